"""What does the body of Calcis do?  Its model with both drugs and its books, and courses by our solver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from calcis.body.calcis import BALANCES, PARTS
from calcis.drugs import drug_part
from calcis.ledger import books
from calcis.parameters import data_path, read_parameters
from calcis.part import assemble
from calcis.solve.integrate import solve
from calcis.solve.kernel import Kernel, compile_system
from calcis.solve.schedule import Lane
from calcis.solve.system import trace
from calcis.units import HOURS_PER_YEAR

DENOSUMAB = drug_part("denosumab")
TERIPARATIDE = drug_part("teriparatide")

DRUGS = (DENOSUMAB, TERIPARATIDE)
INPUTS = {"calcium_uptake_tissue": "mmol/h", "phosphate_uptake_tissue": "mmol/h"}
BODY = assemble([*PARTS, *DRUGS], INPUTS)  # for its laws
MODEL = assemble([*PARTS, *DRUGS, books(BALANCES)])  # for its courses
NAMES, SIGNALS = list(MODEL.states), list(MODEL.signals)
DAY, YEAR = 24.0, HOURS_PER_YEAR


def _numbers() -> dict[str, float]:
    found = read_parameters(data_path("body", "calcis.yaml"), {part.name: part.parameters for part in PARTS})
    for drug in DRUGS:
        found |= read_parameters(data_path("drugs", f"{drug.name}.yaml"), {drug.name: drug.parameters})
    return {name: parameter.value for name, parameter in found.items()}


NUMBERS = _numbers()


@cache
def kernel() -> Kernel:
    return compile_system(trace(MODEL, SIGNALS))


@dataclass(frozen=True)
class Course:
    """States and signals at `times` (h)."""

    times: tuple[float, ...]
    states: np.ndarray
    signals: np.ndarray

    def at(self, name: str, time: float) -> float:
        """A signal at one of the times."""
        return float(self.signals[self.times.index(time), SIGNALS.index(name)])


def course(
    times: Sequence[float],
    changes: Mapping[str, float] | None = None,
    start: np.ndarray | None = None,
    rtol: float = 1e-7,
) -> Course:
    """From the normal state, or from states `start`, with changed numbers in the units of the laws."""
    numbers = {**NUMBERS, **(changes or {})}
    assert set(numbers) == set(NUMBERS)
    normal = np.array(list(MODEL.start(numbers).values()), float)
    lane = Lane(
        name="it",
        parameters=np.array([numbers[name] for name in MODEL.parameters]),
        start=normal if start is None else start,
        begin=0.0,
        end=times[-1],
        jumps=(),
        infusions=(),
    )
    found = solve(kernel(), [lane], np.array(times), rtol, threads=1)
    assert found.failures == (None,)
    return Course(tuple(times), found.states[0], found.signals[0])
