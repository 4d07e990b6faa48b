"""The rat of Granjon and others with its books, compiled once, that its tests run under named changes."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from calcis.body.granjon_2017 import BALANCES, PARTS, SUPPLIES
from calcis.changes import apply, parse_changes
from calcis.ledger import books, defects
from calcis.parameters import Parameter, data_path, read_parameters
from calcis.part import assemble
from calcis.solve.integrate import solve
from calcis.solve.kernel import Kernel, compile_system
from calcis.solve.schedule import Drive, Lane
from calcis.solve.system import INPUT_DEGREE, trace

Changes = Mapping[str, Any]  # parameter -> "2 mmol/h" or {factor: 2}, as in a case file

INPUTS = dict.fromkeys(SUPPLIES, "mmol/h")
MODEL = assemble([*PARTS, books(BALANCES)], INPUTS)
NUMBERS = read_parameters(
    data_path("body", "granjon_2017.yaml"), {part.name: part.parameters for part in PARTS}
)


def changed(changes: Changes) -> dict[str, float]:
    """The numbers with a case's changes, by dotted name."""
    found: Mapping[str, Parameter] = NUMBERS
    if changes:
        found = apply(NUMBERS, parse_changes(json.dumps({"changes": changes}), "a test"))
    return {name: found[name].value for name in MODEL.parameters}


@cache
def kernel() -> Kernel:
    return compile_system(trace(MODEL))


@dataclass(frozen=True)
class Course:
    """States at `times` (h) under some numbers."""

    times: np.ndarray
    states: np.ndarray
    numbers: Mapping[str, float]
    taken: Mapping[str, float]
    steps: int

    def signal(self, name: str, at: int = -1) -> float:
        """A signal at an output, in the unit of the laws; the last unless another is named."""
        states = dict(zip(MODEL.states, self.states[at].tolist(), strict=True))
        return float(MODEL.at(states, self.numbers, self.taken).signal(name))

    def defects(self) -> dict[str, float]:
        return defects(BALANCES, MODEL, self.states, self.numbers)


def course(
    changes: Changes,
    times: Sequence[float],
    start: np.ndarray | None = None,
    rtol: float = 1e-6,
    taken: Mapping[str, float] | None = None,
    numbers: Mapping[str, float] | None = None,
) -> Course:
    """From the normal state, or `start`, under changes, or `numbers`, while tissue takes `taken` (mmol/h)."""
    numbers = changed(changes) if numbers is None else numbers
    if start is None:
        start = np.array(list(MODEL.start(changed({})).values()), float)
    every = dict.fromkeys(INPUTS, 0.0) | dict(taken or {})
    held = np.zeros((1, len(INPUTS), INPUT_DEGREE + 1))
    held[0, :, 0] = list(every.values())
    end = float(times[-1])
    drive = Drive(np.zeros(1), np.array([end]), held)
    lane = Lane("rat", np.array(list(numbers.values())), start, 0.0, end, drive=drive)
    solution = solve(kernel(), [lane], np.array(times), rtol, threads=1)
    assert solution.failures == (None,)
    return Course(np.array(times), solution.states[0], numbers, every, int(solution.steps[0]))
