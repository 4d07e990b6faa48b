"""How is a number, a duration or a moment said to a reader?"""

from __future__ import annotations

import math
from collections.abc import Sequence

from calcis.units import HOURS_PER_YEAR


def digits(value: float) -> str:
    """A number to three significant digits, without exponents where a reader can do without.

    >>> digits(2.3456), digits(0.00012), digits(1234567.0), digits(-3.0), digits(2.46e9)
    ('2.35', '1.20e-4', '1230000', '−3.00', '2.46e9')
    """
    if not math.isfinite(value):
        return "not known"
    rounded = float(f"{value:.3g}")
    power = math.floor(math.log10(abs(rounded))) if rounded else 2
    if power < -3 or power > 7:
        mantissa, exponent = f"{rounded:.2e}".split("e")
        text = f"{mantissa}e{int(exponent)}"
    else:
        text = f"{rounded:.{max(0, 2 - power)}f}"
    return text.replace("-", "−", 1) if value < 0 else text


def about(value: float) -> str:
    """A number to two significant digits, as in speech; thousands apart.

    >>> about(2537.0), about(0.0234), about(9.96), about(84213.0)
    ('2,500', '0.023', '10', '84,000')
    """
    if not math.isfinite(value):
        return "not known"
    rounded = float(f"{value:.2g}")
    power = math.floor(math.log10(abs(rounded))) if rounded else 1
    if power < -4:
        return digits(rounded)
    return f"{rounded:,.{max(0, 1 - power)}f}".replace("-", "−", 1)


def per_cent(share: float) -> str:
    """A share of a whole; one that is there is not called 0, and one that is not whole not 100.

    >>> per_cent(0.853), per_cent(0.0002), per_cent(0.9999), per_cent(1.0), per_cent(-1e-200)
    ('85 %', 'less than 1 %', 'more than 99 %', '100 %', '0 %')
    """
    if 1e-6 < share < 0.005:
        return "less than 1 %"
    if 0.995 < share < 1.0 - 1e-6:
        return "more than 99 %"
    return f"{100.0 * share + 0.0:.0f} %".replace("-0 %", "0 %")


def span(hours: float) -> str:
    """A duration in the unit that suits it.

    >>> span(0.25), span(36.0), span(24.0), span(240.0), span(364 * 24.0), span(17532.0), span(9993.0)
    ('15 min', '36 h', '1 d', '10 d', '52 wk', '2 y', '1.14 y')
    """
    if hours < 1:
        return f"{hours * 60:.3g} min"
    if hours < 72 and hours % 24:
        return f"{hours:.3g} h"
    years = hours / HOURS_PER_YEAR
    if abs(years - round(years)) < 2e-3 and years > 0.5:
        return f"{round(years)} y"
    if hours < 60 * 24 or (hours % 24 == 0 and hours % 168 and years < 1):
        return f"{hours / 24:.3g} d"
    return f"{hours / 168:.3g} wk" if years < 1 or hours % 168 == 0 else f"{years:.3g} y"


def moment(hours: float, every: float = 0.0) -> str:
    """A time since the start, as a reader names it; no finer than outputs `every` so many hours tell.

    >>> moment(0.0), moment(5.0), moment(168.0), moment(10 * HOURS_PER_YEAR)
    ('the start', 'hour 5', 'day 7', 'year 10')
    >>> moment(31.4), moment(31.4, 6.0), moment(31.4, 24.0), moment(3.9, 24.0)
    ('hour 31.4', 'hour 31', 'day 1', 'day 1')
    """
    if hours <= 0:
        return "the start"
    if hours < 48 and hours % 24 and every < 24:
        return f"hour {hours:.0f}" if every >= 1 else f"hour {hours:.3g}"
    years = hours / HOURS_PER_YEAR
    return f"day {max(hours / 24, 1.0):.0f}" if years < 2 else f"year {years:.3g}"


def on(hours: float, every: float = 0.0) -> str:
    """A moment as an adverb.

    >>> on(0.0), on(5.0), on(171.0), on(90000.0)
    ('at the start', 'in hour 5', 'on day 7', 'in year 10.3')
    """
    named = moment(hours, every)
    return f"{'at' if hours <= 0 else 'on' if named.startswith('day') else 'in'} {named}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """Words as an enumeration.

    >>> listed(["a"]), listed(["a", "b"]), listed(["a", "b", "c"])
    ('a', 'a and b', 'a, b and c')
    """
    return f"{', '.join(words[:-1])} {last} {words[-1]}" if len(words) > 1 else "".join(words)


def capital(text: str) -> str:
    """A sentence begins with a capital; the rest stays.

    >>> capital("crystals of HA grew")
    'Crystals of HA grew'
    """
    return text[:1].upper() + text[1:]


def lowered(title: str) -> str:
    """A title inside a sentence; one whose first word has further capitals stays.

    >>> lowered("Kidney"), lowered("FGF23"), lowered("PTHrP in plasma")
    ('kidney', 'FGF23', 'PTHrP in plasma')
    """
    first = title.partition(" ")[0]
    return title if any(letter.isupper() for letter in first[1:]) else title[:1].lower() + title[1:]
