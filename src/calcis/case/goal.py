"""What does the user want of a treatment?  One quantity, where it should be, and when.

    goal: {calcium_plasma: 2.1 to 2.6 mmol/L, by: 30 d}
    goal: {phosphate_plasma: below 1.8 mmol/L, from: 90 d}
    goal: {mineral_total: below 50 %, of: start, at: 1 y}
    goal: {mineral_organs: below 80 %, of: watch, at: 1 y}      # of what it is then in the arm `watch`

`by`: at some output at least until then; `at`: then; `from`: at every output from then to the end.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from calcis.clinical.formulas import molar_mass
from calcis.errors import nearest
from calcis.reading import Document, Where, shown
from calcis.units import UnitError, convert, read_quantity
from calcis.wording import span

LESION, ORGANS = "mineral_total", "mineral_organs"
_MINERAL = {LESION: "mmol/L", ORGANS: "mmol"}
WHEN = ("by", "at", "from")
START = "start"
_SUBSTANCES = {"phosphate": "phosphorus"}  # those of other names are their own
_MASSES = ("calcium", "phosphate", "magnesium", "pth", "calcitriol", "calcidiol", "fgf23")
_FORM = "'2.1 to 2.6 mmol/L', 'below 1.8 mmol/L' or 'above 2.1 mmol/L'"


@dataclass(frozen=True)
class Goal:
    """Where `quantity` should be: between `low` and `high` in `unit`; `when` is one of WHEN, `time` in h.

    With `of` these are shares of what it was at the start, or is at the time in another arm.
    """

    quantity: str
    low: float
    high: float
    unit: str
    of: str
    when: str
    time: float
    text: str  # as the user wrote where it should be

    @property
    def words(self) -> str:
        """The goal as a reader sees it."""
        whose = "" if not self.of else f" of {'that at the start' if self.of == START else f'“{self.of}”'}"
        said = "from then on, from" if self.when == "from" else self.when
        return f"{self.quantity.replace('_', ' ')} {self.text}{whose} {said} {span(self.time)}"


def read_goal(
    document: Document,
    given: Mapping[str, Any],
    signals: Mapping[str, str],
    arms: Collection[str],
    end: float,
    tissue: Collection[str],
) -> Goal:
    """The goal of a case.

    `signals`: those of its body, with units; `tissue`: which of LESION and ORGANS it has.  Raises InputError,
    with place, for all that is wrong with it.
    """
    where: Where = ("goal",)
    units = {**signals, **{name: unit for name, unit in _MINERAL.items() if name in tissue}}
    named = [name for name in given if name not in (*WHEN, "of")]
    misspelt = [name for name in named if name not in {*units, *_MINERAL}]
    if len(named) > 1 and misspelt:
        expected, own = "one quantity, one of by, at and from, and perhaps `of`", misspelt[-1]
        meant = nearest(own, (*WHEN, "of", *units))
        raise document.error((*where, own), expected, shown(own), meant, key=True)
    if len(named) != 1:
        expected = "one quantity and where it should be, such as calcium_plasma: 2.1 to 2.6 mmol/L"
        raise document.error(where, expected, ", ".join(named) or "none", key=True)
    [quantity] = named
    if quantity not in units:
        body = "a quantity of the body, such as calcium_plasma (`calcis explain` lists them)"
        what = body if quantity not in _MINERAL else _lacks(quantity)
        near = nearest(quantity, units) if quantity not in _MINERAL else None
        raise document.error((*where, quantity), what, shown(quantity), near, key=True)
    whens = [name for name in given if name in WHEN]
    if len(whens) != 1:
        raise document.error(where, "one of by, at and from", ", ".join(whens) or "none", key=True)
    [when] = whens
    time = _time(document, (*where, when), given[when], end)
    of = given.get("of", "")
    if "of" in given and of != START and of not in arms:
        known = [START, *arms]
        raise document.error(
            (*where, "of"), f"start, or an arm: {', '.join(arms)}", shown(of), nearest(str(of), known)
        )
    if of == START and START in arms:
        expected = f"no arm called {START!r} beside `of: {START}`, which is the start of the run"
        raise document.error((*where, "of"), expected, "one")
    at = (*where, quantity)
    low, high, text = read_bounds(document, at, given[quantity], quantity, "1" if of else units[quantity])
    return Goal(quantity, low, high, "1" if of else units[quantity], str(of), when, time, text)


def _lacks(quantity: str) -> str:
    return "a lesion in the case, to speak of its mineral" if quantity == LESION else "organs in the case"


def _time(document: Document, where: Where, given: Any, end: float) -> float:
    try:
        value, unit = read_quantity(given if isinstance(given, str) else shown(given))
        found = convert(value, unit, "h")
    except UnitError as wrong:
        raise document.error(where, "a time such as 30 d", shown(given), wrong.nearest) from None
    if not 0.0 <= found <= end:
        raise document.error(where, f"a time within the run, from 0 to {span(end)}", shown(given))
    return found


def read_bounds(
    document: Document, where: Where, given: Any, quantity: str, unit: str
) -> tuple[float, float, str]:
    """Lowest and highest value of "below 2 mmol/L" and the like, in `unit`, and the text."""
    text = str(given).strip()
    form = _FORM if unit != "1" or not quantity.startswith("mineral") else "'below 50 %' or '80 to 100 %'"
    if not isinstance(given, str):
        raise document.error(where, form, shown(given))
    one = re.fullmatch(r"(below|above)\s+(.+)", text)
    both = re.fullmatch(r"([0-9.eE+-]+)\s+to\s+(.+)", text)
    if one is None and both is None:
        raise document.error(where, form, shown(given))
    if one is not None:
        level = read_level(document, where, one[2], quantity, unit)
        if one[1] == "below" and level == 0.0:
            raise document.error(where, "a limit above 0, as nothing is below it", shown(given))
        return (0.0, level, text) if one[1] == "below" else (level, float("inf"), text)
    assert both is not None
    high = read_level(document, where, both[2], quantity, unit)
    own = both[2].strip()
    last = re.match(r"[0-9.eE+-]+", own)
    low = read_level(document, where, f"{both[1]} {own[last.end() if last else 0 :]}", quantity, unit)
    if not 0.0 <= low < high:
        raise document.error(where, "a lower end of at least 0 below the upper one", shown(given))
    return low, high, text


def read_level(document: Document, where: Where, text: str, quantity: str, unit: str) -> float:
    """A value of at least 0 in `unit`; masses of what is known by name are read too."""
    substance = quantity.partition("_")[0]
    mass = molar_mass(_SUBSTANCES.get(substance, substance)) if substance in _MASSES else None
    try:
        value, own = read_quantity(text)
        found = convert(value, own, unit, mass)
    except UnitError as wrong:
        expected = "a share such as 50 %" if unit == "1" else wrong.expected
        raise document.error(where, expected, wrong.got, wrong.nearest) from None
    if found < 0.0:
        raise document.error(where, "a value of at least 0", shown(text))
    return found
