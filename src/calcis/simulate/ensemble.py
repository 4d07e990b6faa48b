"""How do many persons fare in all arms of a case?  Lanes of one coupled integration: body, lesion, organs.

A lane of the body is a person in an arm, person by person.  Persons differ in numbers of the body, and by
factors in how strongly drugs act and tissues answer.  The lesion is one voxel.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from calcis.body import CLAMPED
from calcis.case import Case, Vocabulary, packaged
from calcis.changes import Change, resolve
from calcis.errors import InputError
from calcis.ledger import LEDGER
from calcis.part import Model
from calcis.simulate.case_run import Room, coupling_of, rooms_of
from calcis.simulate.doses import before
from calcis.simulate.lesion import lesion_jumps
from calcis.simulate.numbers import Numbers
from calcis.simulate.organs import organ_places, starting
from calcis.solve import compiled_driver
from calcis.solve.evaluate import signals
from calcis.solve.integrate import Integration, solve
from calcis.solve.schedule import Lane

MOST_TIMES = 400  # of the courses that are kept of every person
_MOST_OF_ORGANS = 40  # of those of organs, whose mineral grows for years
_TOLERANCE = 1e-6  # of the time before the run

MINERAL = "mineral_total"  # of the lesion, mmol/L
MINERAL_ORGANS = "mineral_organs"  # of all organs together, mmol


@dataclass(frozen=True)
class Factors:
    """By what each person's numbers of drugs and tissue are more or less; `values`: (person, number)."""

    names: tuple[str, ...]
    values: np.ndarray

    def some(self, which: np.ndarray | slice) -> Factors:
        """Those of some persons."""
        return replace(self, values=self.values[which])

    def of(self, parts: Collection[str]) -> tuple[Factors, Factors]:
        """Those of numbers of some parts, and those of all others."""
        mine = np.array([name.partition(".")[0] in parts for name in self.names], bool)

        def only(which: np.ndarray) -> Factors:
            names = tuple(name for name, one in zip(self.names, which, strict=True) if one)
            return Factors(names, self.values[:, which])

        return only(mine), only(~mine)

    def on(self, table: np.ndarray, names: Sequence[str], skipped: Collection[str] = ()) -> None:
        """Multiply numbers `names` of a table (person, number) in place, but for those that are skipped."""
        places = {name: k for k, name in enumerate(names)}
        for k, name in enumerate(self.names):
            if name in places and name not in skipped:
                table[:, places[name]] *= self.values[:, k]


@dataclass(frozen=True)
class Members:
    """Persons by what is different in them; calcis.individual.ensemble makes them.

    names: dotted; values: (person, number); hours: (person,) that each lived so before the run, with the
    diseases and changes of the case, or without them where `plainly`.
    """

    names: tuple[str, ...]
    values: np.ndarray
    hours: np.ndarray
    plainly: bool
    factors: Factors

    def some(self, which: np.ndarray | slice) -> Members:
        """Some of them."""
        factors = self.factors.some(which)
        return replace(self, values=self.values[which], hours=self.hours[which], factors=factors)


@dataclass(frozen=True)
class Fared:
    """What became of persons: `courses` by name, (person, arm, time) at `times` (h), NaN after a failure.

    `units` of the courses; failures: a sentence, by (person, arm).
    """

    times: np.ndarray
    courses: Mapping[str, np.ndarray]
    units: Mapping[str, str]
    failures: Mapping[tuple[int, int], str]


def kept_times(case: Case) -> np.ndarray:
    """The times (h) of courses: those of the case, or every so many of them, and the last."""
    times = np.array(case.run.times)
    step = -(-(len(times) - 1) // MOST_TIMES) or 1
    return np.append(times[:-1:step], times[-1]) if len(times) > 1 else times


def fare(
    case: Case,
    members: Members,
    wanted: Sequence[str],
    *,
    times: np.ndarray | None = None,
    threads: int | None = None,
    progress: Callable[[float], None] | None = None,
    vocabulary: Vocabulary | None = None,
    held: Mapping[str, float] | None = None,
) -> Fared:
    """Simulate persons in every arm; `wanted` are the signals of the body that are kept.

    held: what states of everybody's lesion start with, by dotted name, where it is not what is healthy.

    Raises InputError for a case that gives its plasma, as nobody's body is in it.
    """
    if case.body == CLAMPED:
        raise InputError("a body, in which persons can differ", f"body: {CLAMPED}")
    compiled_driver.begin()
    vocabulary = vocabulary or packaged()
    numbers = Numbers(case, vocabulary.parameters(case.body))
    rooms = rooms_of(case, numbers, vocabulary)
    times = kept_times(case) if times is None else times
    wide = _widened(case, numbers, rooms, members)
    if held:
        wide["lesion"] = _holding(wide["lesion"], held)
    few = times[:: -(-(len(times) - 1) // _MOST_OF_ORGANS) or 1]
    few = few if few[-1] == times[-1] else np.append(few, times[-1])
    kept = {"body": (times, wanted), "lesion": (times, [MINERAL]), "organs": (few, [MINERAL])}
    coupling = coupling_of(case, wide, threads, times, kept)
    while coupling.going:
        coupling.step()
        if progress is not None:
            progress(coupling.share)
    sides, arms = dict(zip(wide, coupling.sides, strict=True)), len(case.arms)
    body = sides["body"].solution()
    shape = (len(members.hours), arms)
    courses = {name: body.signals[:, :, k].reshape(*shape, -1).copy() for k, name in enumerate(wanted)}
    units = {name: wide["body"].model.signals[name] for name in wanted}
    if "lesion" in sides:
        courses[MINERAL] = sides["lesion"].solution().signals[:, :, 0].reshape(*shape, -1).copy()
        units[MINERAL] = wide["lesion"].model.signals[MINERAL]
    if "organs" in sides:
        courses[MINERAL_ORGANS] = _of_organs(wide["organs"], sides["organs"], times, shape)
        units[MINERAL_ORGANS] = "mmol"
    failed = {divmod(k, arms): coupling.failure(k) for k in range(shape[0] * arms)}
    return Fared(times, courses, units, {who: said for who, said in failed.items() if said is not None})


def _widened(case: Case, numbers: Numbers, rooms: Mapping[str, Room], members: Members) -> dict[str, Room]:
    """The rooms of a case with a lane for every person in every arm."""
    body = rooms["body"]
    begun = _lived(case, numbers, body, members)
    tables = [_table(case, numbers, body.model, arm, lane, members) for arm, lane in _arms(case, body)]
    lanes = [
        replace(lane, name=f"person {k} in {arm}", parameters=tables[j][k], start=begun[k])
        for k in range(len(members.hours))
        for j, (arm, lane) in enumerate(_arms(case, body))
    ]
    found = {"body": replace(body, lanes=lanes)}
    if len(rooms) == 1:
        return found
    seen = np.array([signals(body.kernel, one, np.zeros(1), one.start[None])[0] for one in lanes])
    at_start = dict(zip(body.kernel.system.observed, seen.T, strict=True))
    tissues = {name: room for name, room in rooms.items() if name != "body"}
    return found | {name: _tissue(case, numbers, room, members, at_start) for name, room in tissues.items()}


def _tissue(
    case: Case, numbers: Numbers, room: Room, members: Members, at_start: Mapping[str, np.ndarray]
) -> Room:
    """Lesion or organs of everybody in every arm; `at_start` are the signals of their bodies."""
    model, names = room.model, list(room.model.parameters)
    persons, arms = len(members.hours), list(case.arms)
    each = len(room.lanes) // len(arms)
    table = np.tile([lane.parameters for lane in room.lanes], (persons, 1, 1))
    table = table.reshape(persons, len(arms), each, len(names))
    for j, arm in enumerate(arms):
        for place in range(each):
            members.factors.on(table[:, j, place], names, _given(case, numbers, arm))
    table = table.reshape(-1, len(names))
    plasma = {name: np.repeat(at_start[name], each) for name in model.inputs}
    starts = starting(model, table, plasma)
    lanes = [
        replace(lane, parameters=row, start=start)
        for lane, row, start in zip(list(room.lanes) * persons, table, starts, strict=True)
    ]
    assert room.places is not None
    volumes = np.tile(room.places.volume, persons)
    if room.places.quiet:  # organs: what is in their fluid depends on how much of it there is
        return replace(room, lanes=lanes, places=organ_places(model, lanes, volumes))
    if set(members.factors.names).intersection(names):
        lanes = [
            replace(
                lane,
                jumps=lesion_jumps(
                    case, lane.name, model, numbers, dict(zip(names, lane.parameters.tolist(), strict=True))
                ),
            )
            for lane in lanes
        ]
    return replace(room, lanes=lanes, places=replace(room.places, volume=volumes))


def _holding(lesion: Room, held: Mapping[str, float]) -> Room:
    """A lesion in which some states start with what is given."""
    columns = [list(lesion.model.states).index(name) for name in held]
    starts = [lane.start.copy() for lane in lesion.lanes]
    for start in starts:
        start[columns] = list(held.values())
    return replace(
        lesion, lanes=[replace(lane, start=one) for lane, one in zip(lesion.lanes, starts, strict=True)]
    )


def _arms(case: Case, body: Room) -> list[tuple[str, Lane]]:
    return list(zip(case.arms, body.lanes, strict=True))


def _table(case: Case, numbers: Numbers, model: Model, arm: str, lane: Lane, members: Members) -> np.ndarray:
    """Numbers of the body (person, parameter) of all persons in an arm.

    What the arm sets is the same in all; what it moves by a factor is moved from each one's own.
    """
    names = list(model.parameters)
    found = np.tile(lane.parameters, (len(members.hours), 1))
    own = _own(case, numbers, arm)
    for k, name in enumerate(members.names):
        factors = [change.factor for change in own.get(name, [])]
        if None not in factors:
            found[:, names.index(name)] = members.values[:, k] * math.prod(one or 0.0 for one in factors)
    members.factors.on(found, names, _given(case, numbers, arm))
    return found


def _own(case: Case, numbers: Numbers, arm: str) -> dict[str, list[Change]]:
    """What an arm changes, by dotted name."""
    own: dict[str, list[Change]] = {}
    for changes in case.arms[arm].sets:
        for change in changes:
            own.setdefault(resolve(change, numbers.known), []).append(change)
    return own


def _given(case: Case, numbers: Numbers, arm: str) -> set[str]:
    """The numbers of which an arm gives the value."""
    own = _own(case, numbers, arm)
    return {name for name, some in own.items() if any(change.factor is None for change in some)}


def _lived(case: Case, numbers: Numbers, body: Room, members: Members) -> np.ndarray:
    """The states at the run's beginning (person, state) of bodies that have lived as `members` say; the books
    begin with the run.  NaN for who did not live that long.
    """
    plainly = replace(case, changes=(), diseases=())
    model, kernel = body.model, body.kernel
    plain = Numbers(plainly, packaged().parameters(case.body)).shared(model) if members.plainly else None
    values = np.array(list((plain or numbers.shared(model)).values()))
    names, table = list(model.parameters), np.tile(values, (len(members.hours), 1))
    fixed = {change.name for changes in case.changes for change in changes} if members.plainly else set()
    for k, name in enumerate(members.names):
        if name not in fixed:
            table[:, names.index(name)] = members.values[:, k]
    members.factors.on(table, names)
    lanes, places = [], []
    for k, row in enumerate(table):
        try:
            start = np.array(list(model.start(dict(zip(names, row.tolist(), strict=True))).values()), float)
        except ArithmeticError:
            continue
        if np.isfinite(start).all():
            hours = float(members.hours[k])
            taken = before(case, model, hours)
            lanes.append(Lane(f"person {k} before the run", row, start, -hours, 0.0, *taken))
            places.append(k)
    found = np.full((len(table), len(model.states)), np.nan)
    found[places] = solve(kernel, lanes, np.zeros(1), _TOLERANCE).states[:, 0]
    found[:, [name.startswith(f"{LEDGER}.") for name in model.states]] = 0.0
    return found


def _of_organs(room: Room, side: Integration, times: np.ndarray, shape: tuple[int, int]) -> np.ndarray:
    """Mineral of all organs together, mmol, (person, arm, time)."""
    assert room.places is not None
    held = side.solution().signals[:, :, 0] * room.places.volume[:, None]
    held = held.reshape(shape[0] * shape[1], -1, held.shape[1]).sum(axis=1)
    return np.array([np.interp(times, side.times, one) for one in held]).reshape(*shape, -1)
