"""Why can a fluid not be?  Checks of what is given before it is solved, and of what came out.

Each gives fluid -> reason in words, in the units of a reader: mmol/kg water and mmHg.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from calcis.chemistry.database import Database
from calcis.chemistry.newton import LN10, Closure
from calcis.chemistry.water import HIGHEST, LOWEST, ZERO_CELSIUS

HIGHEST_PH = 14.0  # and the lowest is 0
MOST = 6.0  # mol/kg water of all together, about saturated brine


def before(
    database: Database, closure: Closure, given: np.ndarray, temperature: np.ndarray
) -> dict[int, str]:
    """What is wrong with amounts, pH, pressure or temperature; `given` is (master and H⁺, fluid)."""
    found: dict[int, str] = {}

    def refuse(bad: np.ndarray, words: str, values: np.ndarray) -> None:
        if bad.any():
            for k in np.flatnonzero(bad):
                found.setdefault(int(k), words.format(values[k]))

    everything = np.zeros(given.shape[1])
    for name, values in zip(database.masters, given, strict=False):
        if name == "carbonate" and closure.open_gas:
            pressure = values * 760.0
            refuse(~(pressure > 0) | (pressure > 1e5), "a pressure of CO2 of {:.6g} mmHg", pressure)
            continue
        kind = "free " if name in closure.free else ""
        amount = f"{kind}{name} of {{:.6g}} mmol/kg water"
        if not (values >= 0.0).all() or np.isinf(values).any():
            refuse(~np.isfinite(values), f"{amount} is not a finite number", values * 1e3)
            refuse(values < 0, f"{amount} is negative", values * 1e3)
        if kind:
            refuse(values == 0, f"free {name} of {{:g}}: give its total of 0 instead", values)
        everything += values
    too_much = "{:.6g} mmol/kg water of all together is more than water dissolves"
    refuse(everything > MOST, too_much, everything * 1e3)
    acid = given[-1]
    if closure.acid == "ph":
        ph = acid / -LN10
        refuse(~((ph >= 0) & (ph <= HIGHEST_PH)), f"pH {{:.6g}} is not between 0 and {HIGHEST_PH:g}", ph)
    elif closure.acid == "gas":
        positive = (acid > 0) & np.isfinite(acid)
        refuse(~positive, "a pressure of CO2 of {:.6g} mmHg is not positive", acid * 760.0)
        carbonate = given[database.masters.index("carbonate")]
        refuse(carbonate <= 0, "no carbonate ({:.6g}), of which pressure of CO2 would give the pH", carbonate)
    else:
        refuse(~np.isfinite(acid), "a net charge of {:.6g} is not a finite number", acid)
    limits = f"{LOWEST - ZERO_CELSIUS:g} and {HIGHEST - ZERO_CELSIUS:g}"
    cold_or_hot = ~((temperature >= LOWEST) & (temperature <= HIGHEST))
    refuse(cold_or_hot, f"a temperature of {{:.6g}} °C is not between {limits}", temperature - ZERO_CELSIUS)
    return found


def after(
    database: Database, closure: Closure, given: np.ndarray, x: np.ndarray, known: Mapping[int, str]
) -> dict[int, str]:
    """What makes no sense in what was found: a pH that no fluid has."""
    if closure.acid == "ph":
        return {}
    ph = x[len(database.masters)] / -LN10
    bad = np.flatnonzero(~((ph >= 0) & (ph <= HIGHEST_PH)))
    return {int(k): no_ph(closure, given[:, k]) for k in bad if k not in known}


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
