"""What does an experiment give for many sets of numbers at once?  Every set is a lane of one march.

For what needs thousands of runs that differ in numbers only: derivatives, fits, persons.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from calcis.body import CLAMPED
from calcis.case import Case, Vocabulary, packaged
from calcis.ledger import LEDGER
from calcis.part import Model
from calcis.results.store import Series
from calcis.simulate.clamped import plasma_drive
from calcis.simulate.doses import before
from calcis.simulate.lesion import injury_jumps, lesion_lanes, lesion_model
from calcis.simulate.numbers import Numbers
from calcis.simulate.person import body_lanes, body_model
from calcis.solve import compiled_driver
from calcis.solve.integrate import Integration
from calcis.solve.schedule import Jump, Lane
from calcis.study.courses import Courses, check_states, during, started
from calcis.study.experiment import Experiment
from calcis.tissue import BALANCES, INPUTS

MOST_STEPS = 30_000  # a set of numbers that needs more is given up


@dataclass(frozen=True, eq=False)
class _Kin:
    """A lane with the numbers of the data, and by what a number of a set is multiplied to be its own.

    follows: (parameter,) 0 where the case gives the value itself; inputs: what drives it at the start;
    jumps: what an injury does, by the lane's numbers, where that depends on them.
    """

    lane: Lane
    follows: np.ndarray
    inputs: Mapping[str, float] = field(default_factory=dict)
    jumps: Callable[[np.ndarray], Sequence[Jump]] | None = None

    def lanes(self, table: np.ndarray, starts: np.ndarray) -> list[Lane]:
        """A lane for every row of numbers and its start."""
        return [
            replace(
                self.lane,
                parameters=values,
                start=start,
                jumps=self.lane.jumps if self.jumps is None else self._during(self.jumps(values)),
            )
            for values, start in zip(table, starts, strict=True)
        ]

    def _during(self, jumps: Sequence[Jump]) -> list[Jump]:
        return [jump for jump in jumps if self.lane.begin <= jump.time < self.lane.end]

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

    Raises InputError, with place, for an experiment that is not of a body alone or a lesion alone, and for
    what `courses` refuses.
    """

    def __init__(
        self, experiment: Experiment, asked: Sequence[float] = (), vocabulary: Vocabulary | None = None
    ) -> None:
        compiled_driver.begin()
        self._vocabulary = vocabulary or packaged()
        self.experiment = experiment
        case = experiment.phases[0].case
        if (case.lesion is None) == (case.body == CLAMPED):
            got = "both" if case.lesion is not None else "neither"
            where = (*experiment.where, "case")
            raise experiment.document.error(where, "a body alone, or a lesion alone", got)
        duration = case.run.duration
        self.times = np.array(sorted({*case.run.times, *(time for time in asked if time <= duration)}))
        self._ends = [*(phase.begin for phase in experiment.phases[1:]), duration]
        self._model, self._kernel = body_model(case, False) if case.lesion is None else lesion_model()
        signals = self._model.signals
        units = {name: state.unit for name, state in self._model.states.items()}
        units |= {name: signals[name] for name in self._kernel.system.observed}
        self._units = {name: (k, unit) for k, (name, unit) in enumerate(units.items())}
        if case.lesion is not None:
            for flow in {flow for balance in BALANCES for flow in balance.flows}:
                self._units[f"{flow}_sum"] = self._units[f"{LEDGER}.{flow}_sum"]
        everything = self._vocabulary.parameters(case.body)
        self._probes = [
            {name: replace(number, value=value, range=None) for name, number in everything.items()}
            for value in (1.0, 2.0)
        ]
        self._phases = []
        for k, (phase, end) in enumerate(zip(experiment.phases, self._ends, strict=True)):
            check_states(experiment, phase, [self._model], k)
            kins = self._bodies(phase.case) if case.lesion is None else self._lesions(phase.case)
            self._phases.append(
                [replace(kin, lane=during(kin.lane, phase, end, kin.lane.start, self._model)) for kin in kins]
            )
        shared = Numbers(case, self._vocabulary.parameters(case.body)).shared(self._model)
        values = np.array(list(shared.values()))
        start = np.zeros(len(self._model.states))
        taken = before(case, self._model, case.history)
        self._before = _Kin(
            Lane("the time before the run", values, start, -case.history or -1.0, 0.0, *taken),
            self._follows(case, None),
        )

    def _bodies(self, case: Case) -> list[_Kin]:
        numbers = Numbers(case, self._vocabulary.parameters(case.body))
        lanes = body_lanes(case, self._model, self._kernel, numbers, self._vocabulary)
        return [_Kin(lane, self._follows(case, arm)) for arm, lane in zip(case.arms, lanes, strict=True)]

    def _lesions(self, case: Case) -> list[_Kin]:
        """Lesions in given plasma."""
        assert case.lesion is not None
        model, injury = self._model, case.lesion.injury
        numbers = Numbers(case, self._vocabulary.parameters(case.body))
        drives = {name: plasma_drive(arm.plasma or {}, case.run.duration) for name, arm in case.arms.items()}
        at_start = {
            name: dict(zip(INPUTS, drive.coefficients[0, :, 0], strict=True))
            for name, drive in drives.items()
        }
        found = []
        for lane in lesion_lanes(case, model, numbers, at_start, drives):
            shares = {} if injury is None else numbers.of_part(lane.name, injury.kind)

            def jumps(values: np.ndarray, shares: Mapping[str, float] = shares) -> list[Jump]:
                named = dict(zip(model.parameters, values.tolist(), strict=True))
                return injury_jumps(injury, model, {**named, **shares}, case.run.duration, BALANCES)

            follows = self._follows(case, lane.name)
            found.append(_Kin(lane, follows, at_start[lane.name], None if injury is None else jumps))
        return found

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
            start = lived if lived is not None else _starts(model, kin.parameters(model, sets), kin.inputs)
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
                lane
                for kin, starts in zip(kins, begins, strict=True)
                for lane in kin.lanes(kin.parameters(model, sets), starts)
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


def _starts(model: Model, table: np.ndarray, inputs: Mapping[str, float] | None = None) -> np.ndarray:
    """States at the start (set, state) from numbers (set, parameter); NaN where there is none."""
    with np.errstate(all="ignore"):
        found = model.start(dict(zip(model.parameters, table.T, strict=True)), inputs)
    starts: np.ndarray = np.stack([np.broadcast_to(one, len(table)) for one in found.values()], axis=1)
    return starts.astype(float)
