"""What does an experiment give for many sets of numbers at once?  Every set is a lane of one march.

For what needs thousands of runs that differ in numbers only: derivatives, fits, persons.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from calcis.body import CLAMPED
from calcis.case import Case, Vocabulary, packaged
from calcis.ledger import LEDGER
from calcis.part import Model
from calcis.simulate.numbers import Numbers
from calcis.simulate.person import body_lanes, body_model
from calcis.solve import compiled_driver
from calcis.solve.integrate import Integration
from calcis.solve.schedule import Lane
from calcis.store import Series
from calcis.study.courses import Courses, check_states, during, started
from calcis.study.experiment import Experiment

MOST_STEPS = 30_000  # a set of numbers that needs more is given up


@dataclass(frozen=True, eq=False)
class _Kin:
    """A lane with the numbers of the data, and by what a number of a set is multiplied to be its own.

    follows: (parameter,) 0 where the case gives the value itself.
    """

    lane: Lane
    follows: np.ndarray

    def parameters(self, model: Model, sets: Mapping[str, np.ndarray]) -> np.ndarray:
        """Its numbers with each set's values, (set, parameter)."""
        count = len(next(iter(sets.values())))
        table = np.tile(self.lane.parameters, (count, 1))
        for k, name in enumerate(model.parameters):
            if name in sets and self.follows[k]:
                table[:, k] = self.follows[k] * sets[name]
        return table


class Variants:
    """An experiment, ready to be run with many sets of numbers.

    Raises InputError, with place, for an experiment that is not of a body alone, and for what `courses`
    refuses.
    """

    def __init__(
        self, experiment: Experiment, asked: Sequence[float] = (), vocabulary: Vocabulary | None = None
    ) -> None:
        compiled_driver.begin()
        self._vocabulary = vocabulary or packaged()
        self.experiment = experiment
        case = experiment.phases[0].case
        if case.lesion is not None or case.body == CLAMPED:
            got = "a lesion" if case.lesion is not None else "given plasma"
            raise experiment.document.error((*experiment.where, "case"), "a body alone", got)
        duration = case.run.duration
        self.times = np.array(sorted({*case.run.times, *(time for time in asked if time <= duration)}))
        self._ends = [*(phase.begin for phase in experiment.phases[1:]), duration]
        self._model, self._kernel = body_model(case, False)
        signals = self._model.signals
        units = {name: state.unit for name, state in self._model.states.items()}
        units |= {name: signals[name] for name in self._kernel.system.observed}
        self._units = {name: (k, unit) for k, (name, unit) in enumerate(units.items())}
        everything = self._vocabulary.parameters(case.body)
        self._probes = [
            {name: replace(number, value=value, range=None) for name, number in everything.items()}
            for value in (1.0, 2.0)
        ]
        self._phases = []
        for k, (phase, end) in enumerate(zip(experiment.phases, self._ends, strict=True)):
            check_states(experiment, phase, [self._model], k)
            numbers = Numbers(phase.case, self._vocabulary.parameters(case.body))
            lanes = body_lanes(phase.case, self._model, self._kernel, numbers, self._vocabulary)
            self._phases.append(
                [
                    _Kin(during(lane, phase, end, lane.start, self._model), self._follows(phase.case, arm))
                    for arm, lane in zip(phase.case.arms, lanes, strict=True)
                ]
            )
        shared = Numbers(case, self._vocabulary.parameters(case.body)).shared(self._model)
        values = np.array(list(shared.values()))
        start = np.zeros(len(self._model.states))
        self._before = _Kin(
            Lane("the time before the run", values, start, -case.history or -1.0, 0.0),
            self._follows(case, None),
        )

    def run(self, sets: Mapping[str, np.ndarray], rtol: float, threads: int | None = None) -> list[Courses]:
        """The courses for every set; `sets` are values (set,) by dotted name, in the units of the laws.

        A set that fails has NaN from there on, and a sentence in `failures`.
        """
        experiment, case = self.experiment, self.experiment.phases[0].case
        arms, model = list(case.arms), self._model
        count = len(next(iter(sets.values())))
        lived = self._lived(sets, rtol, threads) if case.history else None
        begins: list[np.ndarray] = []
        for arm, kin in zip(arms, self._phases[0], strict=True):
            start = lived if lived is not None else _starts(model, kin.parameters(model, sets))
            begins.append(
                np.array([started(experiment, arm, replace(kin.lane, start=y), model) for y in start])
            )
        found: list[list[tuple[np.ndarray, np.ndarray]]] = [[] for _ in range(count * len(arms))]
        failures: list[dict[str, str]] = [{} for _ in range(count)]
        for phase, kins, end in zip(experiment.phases, self._phases, self._ends, strict=True):
            last = end == self._ends[-1]
            within = self.times[
                (self.times >= phase.begin) & ((self.times < end) | ((self.times == end) & last))
            ]
            lanes = [
                replace(kin.lane, parameters=parameters, start=start)
                for kin, starts in zip(kins, begins, strict=True)
                for parameters, start in zip(kin.parameters(model, sets), starts, strict=True)
            ]
            march = Integration(self._kernel, lanes, within, rtol, threads=threads, max_steps=MOST_STEPS)
            march.advance(lanes)
            solution = march.solution()
            begins = list(march.y.reshape(len(arms), count, -1))
            for k, failure in enumerate(solution.failures):
                found[k].append((solution.states[k], solution.signals[k]))
                if failure is not None:
                    failures[k % count].setdefault(arms[k // count], failure)
                    begins[k // count][k % count] = np.nan
        return [
            Courses(
                self.times,
                {
                    arm: _Arm(self._units, *map(np.concatenate, zip(*found[j * count + k], strict=True)))
                    for j, arm in enumerate(arms)
                },
                failures[k],
            )
            for k in range(count)
        ]

    def _lived(self, sets: Mapping[str, np.ndarray], rtol: float, threads: int | None) -> np.ndarray:
        """States (set, state) of bodies that have lived with the case's diseases and changes."""
        table = self._before.parameters(self._model, sets)
        lanes = [
            replace(self._before.lane, parameters=values, start=start)
            for values, start in zip(table, _starts(self._model, table), strict=True)
        ]
        march = Integration(self._kernel, lanes, np.zeros(0), rtol, threads=threads, max_steps=MOST_STEPS)
        march.advance(lanes)
        ours = [name.startswith(f"{LEDGER}.") for name in self._model.states]
        states = np.where(ours, 0.0, march.y)
        states[[k for k, failure in enumerate(march.failures) if failure]] = np.nan
        return states

    def _follows(self, case: Case, arm: str | None) -> np.ndarray:
        """By what a case multiplies each number of the data: its changes either set or multiply one."""
        values = []
        for probe in self._probes:
            numbers = Numbers(case, probe)
            own = numbers.shared(self._model) if arm is None else numbers.of_model(arm, self._model)
            values.append(np.array(list(own.values())))
        follows: np.ndarray = values[1] - values[0]
        return follows


class _Arm(Mapping[str, Series]):
    """Courses of one arm, states and then signals; each is taken out of the tables when it is asked for."""

    def __init__(self, units: Mapping[str, tuple[int, str]], states: np.ndarray, signals: np.ndarray) -> None:
        self._units, self._states, self._signals = units, states, signals

    def __getitem__(self, name: str) -> Series:
        k, unit = self._units[name]
        width = self._states.shape[1]
        return Series(unit, self._states[:, k] if k < width else self._signals[:, k - width])

    def __contains__(self, name: object) -> bool:
        return name in self._units

    def __iter__(self) -> Iterator[str]:
        return iter(self._units)

    def __len__(self) -> int:
        return len(self._units)


def _starts(model: Model, table: np.ndarray) -> np.ndarray:
    """States at the start (set, state) from numbers (set, parameter); NaN where there is none."""
    with np.errstate(all="ignore"):
        found = model.start(dict(zip(model.parameters, table.T, strict=True)))
    starts: np.ndarray = np.stack([np.broadcast_to(one, len(table)) for one in found.values()], axis=1)
    return starts.astype(float)
