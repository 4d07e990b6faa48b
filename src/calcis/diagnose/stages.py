"""How far gone is kidney disease in those who have it, where they are seen?  Simulated persons, chosen so.

A disease is simulated over its whole sensible range.  Of kidney disease it was counted how common its stages
are; where a setting says so, as many persons are kept as there are with stages in those shares, nobody twice.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from calcis.clinical.grades import gfr_category
from calcis.diagnose.ensemble import KEPT, STAGED, Ensemble, units
from calcis.units import convert

DISEASE, STAGES = STAGED, ("G3", "G4", "G5")
_FILTRATION = "glomerular_filtration_rate"


def seen_in(persons: Ensemble, stages: Mapping[str, float]) -> Ensemble:
    """The persons of a setting; `stages` are the shares of those with kidney disease, or nothing."""
    if not stages:
        return persons
    levels, albumin = dict(persons.levels), dict(persons.albumin)
    for one, table in persons.levels.items():
        if DISEASE in one.diseases:
            kept = chosen(table, stages)
            levels[one], albumin[one] = table[kept], persons.albumin[one][kept]
    return Ensemble(persons.age, levels, albumin)


def chosen(table: np.ndarray, stages: Mapping[str, float]) -> np.ndarray:
    """Places of persons (person, quantity) whose stages are in the given shares, in order."""
    rates = table[:, KEPT.index(_FILTRATION)] * convert(1.0, units()[_FILTRATION], "mL/min")
    of = np.array([gfr_category(rate)[0][:2] for rate in rates])
    there = {stage: np.flatnonzero(of == stage) for stage in stages}
    there = {stage: places for stage, places in there.items() if len(places)}
    if not there:
        return np.arange(len(table))
    most = min(len(places) / stages[stage] for stage, places in there.items())
    kept = [places[: round(most * stages[stage])] for stage, places in there.items()]
    return np.sort(np.concatenate(kept))
