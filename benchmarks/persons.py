"""Whom do the benchmarks simulate?  A thousand persons of the published body, each for a year.

Persons differ in PERSONAL: log-normal factors with the coefficients of variation given there,
independent of each other, drawn with SEED.  The spreads are moderate and made up for the benchmark.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from calcis.body.peterson_riggs_2010 import PARTS
from calcis.parameters import Parameter, data_path, read_parameters
from calcis.part import Model, assemble
from calcis.solve.integrate import Solution, solve
from calcis.solve.kernel import Kernel
from calcis.solve.schedule import Lane

WORK = Path(__file__).parent / ".work"  # environments, references, results: not in git
SEED = 2010
TIMES = np.arange(366) * 24.0  # h: the start and every day of a year
PERSONAL = {
    "plasma.volume": 0.10,
    "gut.calcium_intake": 0.20,
    "gut.phosphate_intake": 0.15,
    "gut.active_maximum": 0.15,
    "kidney.filtration_rate": 0.15,
    "kidney.phosphate_threshold": 0.10,
    "parathyroid_gland.secretion_factor": 0.20,
    "parathyroid_gland.pth_clearance": 0.15,
    "calcitriol.hydroxylase_factor": 0.15,
    "calcitriol.elimination_rate": 0.10,
    "bone_mineral.exchange_normal": 0.10,
    "bone_cells.osteoclast_elimination_rate": 0.10,
    "bone_cells.osteoblast_elimination_rate": 0.10,
    "rankl.rankl_loss_rate": 0.10,
}


@dataclass(frozen=True)
class Population:
    """The model, its sourced numbers, and everybody's numbers (person, parameter) in the model's order."""

    model: Model
    numbers: dict[str, Parameter]
    table: np.ndarray
    scales: np.ndarray

    @property
    def names(self) -> list[str]:
        """Dotted names of the table's columns."""
        return list(self.model.parameters)


def population(count: int = 1000) -> Population:
    """The first `count` persons; who they are does not depend on `count`."""
    model = assemble(PARTS)
    path = data_path("body", "peterson_riggs_2010.yaml")
    numbers = read_parameters(path, {part.name: part.parameters for part in PARTS})
    names = list(model.parameters)
    table = np.tile([numbers[name].value for name in names], (count, 1))
    spread = np.sqrt(np.log1p(np.square(list(PERSONAL.values()))))
    factors = np.exp(np.random.default_rng(SEED).standard_normal((count, len(spread))) * spread)
    for name, factor in zip(PERSONAL, factors.T, strict=True):
        table[:, names.index(name)] *= factor
    scales = np.array([state.scale for state in model.states.values()])
    return Population(model, numbers, table, scales)


def starts(people: Population, table: np.ndarray) -> np.ndarray:
    """Everybody's initial state (person, state)."""
    found = people.model.start(dict(zip(people.names, table.T, strict=True)))
    return np.stack([np.broadcast_to(value, len(table)) for value in found.values()], axis=1)


def simulate(people: Population, kernel: Kernel, table: np.ndarray, rtol: float, threads: int) -> Solution:
    """From everybody's numbers to everybody's course: all of it is what a run takes."""
    lanes = [
        Lane(f"person {i}", numbers, start, 0.0, float(TIMES[-1]))
        for i, (numbers, start) in enumerate(zip(table, starts(people, table), strict=True))
    ]
    solution = solve(kernel, lanes, TIMES, rtol, threads=threads)
    failed = [failure for failure in solution.failures if failure]
    if failed:
        raise RuntimeError(f"{len(failed)} persons failed, first: {failed[0]}")
    return solution


def errors(states: np.ndarray, reference: np.ndarray, scales: np.ndarray) -> np.ndarray:
    """Largest relative error of every person over all states and outputs.

    A state's error is relative to its reference value or its own scale, whichever is larger.
    """
    relative = np.abs(states - reference) / np.maximum(np.abs(reference), scales)
    return np.asarray(relative.max(axis=(1, 2)))


@dataclass(frozen=True)
class Timing:
    """Seconds that a run took, on the clock and on processors."""

    wall: float
    cpu: float


def timed(people: Population, kernel: Kernel, rtol: float, threads: int) -> tuple[Timing, Solution]:
    """Everybody's course, and what it took."""
    wall, cpu = time.perf_counter(), time.process_time()
    solution = simulate(people, kernel, people.table, rtol, threads)
    return Timing(time.perf_counter() - wall, time.process_time() - cpu), solution
