"""Why can a fluid not be?  Checks of what is given before it is solved, and of what came out.

Each gives fluid -> reason in words, in the units of a reader: mmol/kg water and mmHg.
"""

from __future__ import annotations

import numpy as np

from calcis.chemistry.database import Database
from calcis.chemistry.newton import LN10, Closure
from calcis.chemistry.water import HIGHEST, LOWEST, ZERO_CELSIUS

HIGHEST_PH = 14.0  # and the lowest is 0
MOST = 6.0  # mol/kg water of all together, about saturated brine


def before(
    database: Database, closure: Closure, given: np.ndarray, temperature: np.ndarray
) -> dict[int, str]:
    """What is wrong with amounts, pH, pressure or temperature themselves."""
    found: dict[int, str] = {}

    def refuse(bad: np.ndarray, words: str, values: np.ndarray) -> None:
        for k in np.flatnonzero(bad):
            found.setdefault(int(k), words.format(values[k]))

    for j, name in enumerate(database.masters):
        values, amount = given[:, j], f"{name} of {{:.6g}} mmol/kg water"
        if name == "carbonate" and closure.open_gas:
            pressure = values * 760.0
            refuse(~(pressure > 0) | (pressure > 1e5), "a pressure of CO2 of {:.6g} mmHg", pressure)
            continue
        kind = "free " if name in closure.free else ""
        refuse(~np.isfinite(values), f"{kind}{amount} is not a finite number", values * 1e3)
        refuse(values < 0, f"{kind}{amount} is negative", values * 1e3)
        if kind:
            refuse(values == 0, f"free {name} of 0: give its total of 0 instead", values)
    closed = [j for j, name in enumerate(database.masters) if not (name == "carbonate" and closure.open_gas)]
    everything = given[:, closed].sum(axis=1)
    refuse(
        everything > MOST,
        "{:.6g} mmol/kg water of all together is more than water dissolves",
        everything * 1e3,
    )
    acid = given[:, -1]
    if closure.acid == "ph":
        ph = -acid / LN10
        refuse(~((ph >= 0) & (ph <= HIGHEST_PH)), f"pH {{:.6g}} is not between 0 and {HIGHEST_PH:g}", ph)
    elif closure.acid == "gas":
        refuse(
            ~(acid > 0) | ~np.isfinite(acid), "a pressure of CO2 of {:.6g} mmHg is not positive", acid * 760.0
        )
        place = database.masters.index("carbonate")
        refuse(
            given[:, place] <= 0, "no carbonate ({:.6g}), which pressure of CO2 needs for pH", given[:, place]
        )
    else:
        refuse(~np.isfinite(acid), "a net charge of {:.6g} is not a finite number", acid)
    limits = f"{LOWEST - ZERO_CELSIUS:g} and {HIGHEST - ZERO_CELSIUS:g}"
    warmth = f"a temperature of {{:.6g}} °C is not between {limits}"
    refuse(~((temperature >= LOWEST) & (temperature <= HIGHEST)), warmth, temperature - ZERO_CELSIUS)
    return found


def after(
    database: Database, closure: Closure, given: np.ndarray, x: np.ndarray, good: np.ndarray
) -> dict[int, str]:
    """What makes no sense in what was found: a pH that no fluid has."""
    if closure.acid == "ph":
        return {}
    ph = -x[:, len(database.masters)] / LN10
    bad = good & ~((ph >= 0) & (ph <= HIGHEST_PH))
    return {int(k): no_ph(closure, given[k]) for k in np.flatnonzero(bad)}


def no_ph(closure: Closure, given: np.ndarray) -> str:
    """Why no pH fits."""
    if closure.acid == "gas":
        return (
            f"no pH between 0 and {HIGHEST_PH:g} holds total carbonate at this pressure of CO2: of carbon "
            f"dioxide {given[-1] * 760.0:.6g} mmHg dissolves to more than all of it, or hardly any of it"
        )
    return (
        f"no pH between 0 and {HIGHEST_PH:g} balances the charges: the strong ions leave "
        f"{abs(given[-1]) * 1e3:.6g} mmol/kg water of {'cations' if given[-1] < 0 else 'anions'} unbalanced"
    )
