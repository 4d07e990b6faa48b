"""What happens in an experiment?  The courses of its arms, through all that is done to them in turn."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from calcis.body import CLAMPED
from calcis.case import Case, Vocabulary, packaged
from calcis.errors import nearest
from calcis.part import Model
from calcis.results.store import Series
from calcis.simulate.case_run import coupling_of, found_in, rooms_of
from calcis.simulate.clamped import plasma_drive, plasma_series
from calcis.simulate.march import Checkpoints, Pace, march
from calcis.simulate.numbers import Numbers
from calcis.solve import compiled_driver
from calcis.solve.schedule import Infusion, Lane
from calcis.study.experiment import Experiment, Phase
from calcis.units import UnitError, convert


@dataclass(frozen=True, eq=False)
class Courses:
    """Of every arm: signals, states by dotted names, what flowed since the start; shape (time,) each.

    failures: a sentence for each arm that failed, by its name; its courses are NaN from there on.
    """

    times: np.ndarray
    arms: Mapping[str, Mapping[str, Series]]
    failures: Mapping[str, str]


def courses(
    experiment: Experiment,
    asked: Sequence[float] = (),
    *,
    vocabulary: Vocabulary | None = None,
    threads: int | None = None,
) -> Courses:
    """Run an experiment; kept are the case's times and those that are `asked` for (h).

    What follows later takes the states as they are then.  Raises InputError, with place, for a state or an
    infusion that its model has not.
    """
    compiled_driver.begin()
    first = experiment.phases[0].case
    times = np.array(sorted({*first.run.times, *(time for time in asked if time <= first.run.duration)}))
    ends = [*(phase.begin for phase in experiment.phases[1:]), first.run.duration]
    held: dict[str, np.ndarray] = {}
    found: list[dict[str, dict[str, Series]]] = []
    failures: dict[str, str] = {}
    for k, (phase, end) in enumerate(zip(experiment.phases, ends, strict=True)):
        last = end == first.run.duration
        within = times[(times >= phase.begin) & ((times < end) | ((times == end) & last))]
        numbers = Numbers(phase.case, (vocabulary or packaged()).parameters(phase.case.body))
        rooms = rooms_of(phase.case, numbers, vocabulary or packaged())
        if len(rooms) > 1 and len(ends) > 1:
            expected = "`then` only where a body or a lesion is alone"
            raise experiment.document.error((*experiment.where, "then"), expected, "both", key=True)
        check_states(experiment, phase, [room.model for room in rooms.values()], k)
        for name, room in rooms.items():
            lanes: list[Lane] = []
            for lane, arm in zip(room.lanes, phase.case.arms, strict=True):
                at = held[name][len(lanes)] if name in held else started(experiment, arm, lane, room.model)
                lanes.append(during(lane, phase, end, at, room.model))
            rooms[name] = replace(room, lanes=lanes)
        coupling = coupling_of(phase.case, rooms, threads, within)
        march(coupling, lambda what, share: None, Pace(), Checkpoints(None, False))
        held = {name: side.y.copy() for name, side in zip(rooms, coupling.sides, strict=True)}
        piece: dict[str, dict[str, Series]] = {arm: {} for arm in phase.case.arms}
        for (name, room), side in zip(rooms.items(), coupling.sides, strict=True):
            signals, states = found_in(name, room, side).courses, side.solution().states
            for i, arm in enumerate(phase.case.arms):
                piece[arm] |= signals[i]
                for j, (state, what) in enumerate(room.model.states.items()):
                    piece[arm][state] = Series(what.unit, states[i, :, j])
                if side.failures[i]:
                    failures.setdefault(arm, side.failures[i] or "")
        _add_plasma(piece, phase.case, within)
        found.append(piece)
    joined = {
        arm: {
            name: Series(one.unit, np.concatenate([piece[arm][name].values for piece in found]))
            for name, one in found[0][arm].items()
        }
        for arm in first.arms
    }
    return Courses(times, joined, failures)


def check_states(experiment: Experiment, phase: Phase, models: Sequence[Model], index: int) -> None:
    """Refuse starts of states, and infusions into them, that no model here has."""
    states = {name: state for model in models for name, state in model.states.items()}
    above = experiment.where if index == 0 else (*experiment.where, "then", index - 1)
    for name, (_, unit) in phase.infused.items():
        where = (*above, "infused", name)
        if name not in states or not states[name].dosable:
            known = [name for name, state in states.items() if state.dosable]
            expected = f"a state that something may be infused into: {', '.join(known) or 'there is none'}"
            raise experiment.document.error(where, expected, repr(name), nearest(name, known), key=True)
        _in(experiment, where, 1.0, unit, f"{states[name].unit}/h")
    for arm, given in experiment.start.items():
        for name, (_, unit) in given.items():
            where = (*experiment.where, "start", arm, name)
            if name not in states:
                near = nearest(name, states)
                raise experiment.document.error(where, "a state of the model", repr(name), near, key=True)
            _in(experiment, where, 1.0, unit, states[name].unit)


def _in(experiment: Experiment, where: tuple[str | int, ...], value: float, unit: str, wanted: str) -> float:
    try:
        return convert(value, unit, wanted)
    except UnitError as wrong:
        raise experiment.document.error(where, wrong.expected, wrong.got, wrong.nearest) from None


def started(experiment: Experiment, arm: str, lane: Lane, model: Model) -> np.ndarray:
    """The states of an arm at the start, with those that the experiment gives."""
    start, names = lane.start.copy(), list(model.states)
    for name, (value, unit) in experiment.start.get(arm, {}).items():
        if name in model.states:
            start[names.index(name)] = convert(value, unit, model.states[name].unit)
    return start


def during(lane: Lane, phase: Phase, end: float, start: np.ndarray, model: Model) -> Lane:
    """A lane in a phase, begun anew from `start`, with the phase's infusions."""
    names = list(model.states)
    drips = [
        Infusion(phase.begin, end, names.index(name), convert(rate, unit, f"{model.states[name].unit}/h"))
        for name, (rate, unit) in phase.infused.items()
        if name in model.states
    ]
    part = lane.during(phase.begin, end)
    return replace(part, start=start, infusions=[*part.infusions, *drips], fresh=True)


def _add_plasma(piece: dict[str, dict[str, Series]], case: Case, times: np.ndarray) -> None:
    """The courses of plasma where it is given."""
    if case.body == CLAMPED:
        for arm, treatment in case.arms.items():
            drive = plasma_drive(treatment.plasma or {}, case.run.duration)
            piece[arm] |= plasma_series(drive, times)
