"""How is a case simulated?  Body and lesion of every arm march in turn; given plasma needs no body."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from calcis.body import CLAMPED, body_balances, body_limits, body_supplies
from calcis.case import Case, Treatment, Vocabulary, packaged
from calcis.clinical.bounds import excursions
from calcis.clinical.circulation import of_circulation
from calcis.clinical.hard_findings import Simulated, reached
from calcis.drugs import INJECTED, acts_on
from calcis.ledger import LEDGER, Balance, defects, flown
from calcis.part import Model
from calcis.results.made_with import data_hashes, versions
from calcis.results.run_folder import CHECKPOINT
from calcis.results.store import Arm, DoseMark, Finding, OrganMap, Run, Series
from calcis.simulate.clamped import plasma_drive, plasma_series
from calcis.simulate.coupling import Coupling, Exchange, Places
from calcis.simulate.drug_story import Given, circulation, in_deposit, of_drugs
from calcis.simulate.in_space import InSpace, joined, simulate_in_space
from calcis.simulate.lesion import lesion_lanes, lesion_model, lesion_places, operation_numbers
from calcis.simulate.march import Checkpoints, Pace, Progress, march
from calcis.simulate.numbers import Numbers
from calcis.simulate.organ_story import with_organs
from calcis.simulate.organs import KEPT, organ_lanes, organ_maps, organ_places, organ_times
from calcis.simulate.person import body_lanes, body_model
from calcis.simulate.space_story import with_space
from calcis.solve import compiled_driver
from calcis.solve.evaluate import signals
from calcis.solve.integrate import Integration
from calcis.solve.kernel import Kernel
from calcis.solve.schedule import Drive, Lane
from calcis.tissue import BALANCES, INPUTS, removal
from calcis.tissue.saturation import extrapolated
from calcis.tissue.story import PARTS, Injured, tell
from calcis.tissue.telling import outcome, sentences
from calcis.tissue.uptake import TAKEN

Courses = Mapping[str, Series]


def simulate(
    case: Case,
    folder: Path | None = None,
    *,
    resume: bool = False,
    threads: int | None = None,
    progress: Progress | None = None,
    command: str = "",
    pace: Pace | None = None,
    vocabulary: Vocabulary | None = None,
) -> Run:
    """Simulate every arm of a case.

    With a `folder` the state is kept there while the run goes on, and `resume` takes it up again.
    An arm that fails has a `failure` and NaN from there on; the others go on.  Raises InputError for
    a checkpoint of another case, data or version.
    """
    compiled_driver.begin()
    described, data = versions(), data_hashes()
    vocabulary = vocabulary or packaged()
    numbers = Numbers(case, vocabulary.parameters(case.body))
    rooms = rooms_of(case, numbers, vocabulary)
    coupling = coupling_of(case, rooms, threads)
    kept, told = None if folder is None else folder / CHECKPOINT, progress or (lambda what, share: None)
    in_space = case.lesion is not None and case.lesion.grid is not None
    # Of a run with a lesion in space all before is done again in seconds: what drove it is not kept.
    march(coupling, told, pace or Pace(), Checkpoints(None if in_space else kept, resume))
    times = np.array(case.run.times)
    sides = dict(zip(rooms, coupling.sides, strict=True))
    found = {
        room: found_in(room, one, sides[room], case.arms) for room, one in rooms.items() if room != "organs"
    }
    maps: list[OrganMap] = []
    if "organs" in rooms:
        maps, ledgers = organ_maps(case, rooms["organs"].model, sides["organs"])
        found["organs"] = Found([], ledgers)
    if "body" in found:
        bodies = found["body"].courses
    else:
        drives = [plasma_drive(arm.plasma or {}, case.run.duration) for arm in case.arms.values()]
        bodies = [plasma_series(drive, times) for drive in drives]
    blocks: list[InSpace | None] = []
    if in_space:
        fine = coupling.driven or [[drive] for drive in drives]
        driven = [None if coupling.failure(i) else joined(own) for i, own in enumerate(fine)]
        blocks, store = simulate_in_space(case, numbers, driven, kept, resume, threads, told)
    usual = None
    if case.person.species != "human":  # nobody's normal plasma is known here but that of people
        usual = {name: float(bodies[0][name].values[0]) for name in INPUTS}
    arms = {}
    for i, (name, arm) in enumerate(case.arms.items()):
        lesion = found["lesion"].courses[i] if "lesion" in found else None
        ledger = {name: share for one in found.values() for name, share in one.ledgers[i].items()}
        failure = coupling.failure(i)
        if coupling.exchange.places and failure is None:
            what = [f"exchange.{loss.partition('_')[0]}" for loss in TAKEN]
            ledger |= dict(zip(what, coupling.defects()[i].tolist(), strict=True))
        arms[name] = _arm(case, arm, numbers, times, bodies[i], lesion, usual, ledger, failure)
        if maps:
            arms[name] = with_organs(arms[name], maps[i], case, numbers.of_part(name, "story"))
        if blocks and (block := blocks[i]) is not None:
            arms[name] = with_space(arms[name], block, (store, str(i)), case, numbers)
    return Run(
        title=case.title,
        case_text=case.text,
        arms=arms,
        parameters=numbers.used,
        cite=tuple(sorted({number.source.partition(":")[0] for number in numbers.used if number.source})),
        versions=described,
        data=data,
        seed=None,
        command=command,
        limits=body_limits(case.body),
        folder=folder,
        body=case.body,
        species=case.person.species,
    )


@dataclass(frozen=True)
class Room:
    """A model with a lane for every arm, and what it keeps in its books."""

    model: Model
    kernel: Kernel
    lanes: Sequence[Lane]
    balances: Sequence[Balance]
    places: Places | None = None  # where it exchanges with the body


@dataclass(frozen=True)
class Found:
    """What a room's arms did: courses, and the defects of their books by `room.quantity`."""

    courses: list[Courses]
    ledgers: list[dict[str, float]]


def rooms_of(case: Case, numbers: Numbers, vocabulary: Vocabulary) -> dict[str, Room]:
    """The body, unless plasma is given, the lesion, if there is one, and the organs of the case."""
    rooms = {}
    no_tissue = case.lesion is None and not case.organs
    tissue = None if no_tissue else lesion_model(case.drugs)  # while the driver is made
    at_start: dict[str, dict[str, float]] = {}
    drives: dict[str, Drive] = {}
    if case.body == CLAMPED:
        for name, arm in case.arms.items():
            drives[name] = plasma_drive(arm.plasma or {}, case.run.duration)
            at_start[name] = dict(zip(INPUTS, drives[name].coefficients[0, :, 0], strict=True))
    else:
        model, kernel = body_model(case, tissue is not None)
        rooms["body"] = Room(
            model, kernel, body_lanes(case, model, kernel, numbers, vocabulary), body_balances(case.body)
        )
        for lane in rooms["body"].lanes:
            seen = signals(kernel, lane, np.zeros(1), np.array([lane.start]))[0]
            at_start[lane.name] = dict(zip(kernel.system.observed, seen, strict=True))
    if tissue is not None and case.lesion is not None:
        lanes = lesion_lanes(case, tissue[0], numbers, at_start, drives)
        rooms["lesion"] = Room(*tissue, lanes, BALANCES, lesion_places(case, tissue[0]))
    if tissue is not None and case.organs:
        if any(acts_on(name, INJECTED) for name in case.drugs):
            tissue = lesion_model(case.drugs, False)
        lanes = organ_lanes(case, tissue[0], numbers, at_start)
        volumes = np.tile([organ.volume.value for organ in case.organs if organ.volume], len(case.arms))
        rooms["organs"] = Room(*tissue, lanes, BALANCES, organ_places(tissue[0], lanes, volumes))
    return rooms


def coupling_of(
    case: Case,
    rooms: Mapping[str, Room],
    threads: int | None,
    times: np.ndarray | None = None,
    kept: Mapping[str, tuple[np.ndarray, Sequence[str] | None]] | None = None,
) -> Coupling:
    """All arms at the start; without `times` (h), those of the case are kept.

    `kept`: times and signals of which rooms' courses are kept, where others than usual.
    """
    times = np.array(case.run.times) if times is None else times
    sides = {}
    for name, room in rooms.items():
        asked = (organ_times(times), KEPT) if name == "organs" else (times, None)
        asked = (kept or {}).get(name, asked)
        one = Integration(
            room.kernel, room.lanes, asked[0], case.run.tolerance, threads=threads, kept=asked[1]
        )
        sides[name] = one
    exchange = Exchange()
    tissues = [name for name in rooms if name != "body"]
    if "body" in rooms and tissues:
        of_body, supplies = list(rooms["body"].model.states), body_supplies(case.body)
        exchange = Exchange(
            given=tuple(rooms[tissues[0]].model.inputs),
            pools=tuple(of_body.index(supplies[loss]) for loss in TAKEN),
            books=tuple(of_body.index(f"{LEDGER}.{loss}_sum") for loss in TAKEN),
            places=tuple(room.places for name in tissues if (room := rooms[name]).places is not None),
        )
    keep = case.lesion is not None and case.lesion.grid is not None
    all_tissues = [sides[name] for name in tissues]
    return Coupling(sides.get("body"), all_tissues, exchange, case.run.tolerance, keep)


def found_in(name: str, room: Room, side: Integration, arms: Mapping[str, Treatment] | None = None) -> Found:
    """Every signal of every lane at the output times, and what has flowed through a lesion's books.

    Of lanes that are `arms` with operations, also what those took.
    """
    solution, units = side.solution(), room.model.signals
    courses: list[Courses] = []
    ledgers = []
    for lane, states, values in zip(room.lanes, solution.states, solution.signals, strict=True):
        names = room.kernel.system.observed
        course = {one: Series(units[one], values[:, k].copy()) for k, one in enumerate(names)}
        if name == "lesion":
            for one, (unit, amounts) in flown(room.balances, room.model, states).items():
                course[one] = Series(unit, amounts.copy())
            if arms is not None and arms[lane.name].operations:
                course[removal.TAKEN] = Series("mmol/L", removal.taken(room.model, states))
        courses.append(course)
        parameters = dict(zip(room.model.parameters, lane.parameters, strict=True))
        shares = defects(room.balances, room.model, states, parameters)
        ledgers.append({f"{name}.{quantity}": share for quantity, share in shares.items()})
    return Found(courses, ledgers)


def _arm(
    case: Case,
    arm: Treatment,
    numbers: Numbers,
    times: np.ndarray,
    body: Courses,
    lesion: Courses | None,
    usual: Mapping[str, float] | None,
    ledger: Mapping[str, float],
    failure: str | None,
) -> Arm:
    """What one arm gave; `usual` is the plasma against which its story tells, None for that of people."""
    courses = {name: (one.unit, one.values) for name, one in body.items()}
    simulated = Simulated(times, courses, case.run.every) if case.body != CLAMPED else None
    hard = arm.hard_findings(simulated)
    given = Given(arm.doses, times, body, case.run.every, numbers.of_arm(arm.name), packaged().drugs)
    if simulated is not None and case.person.species == "human":
        hard += reached(simulated)
        if failure is None and (moved := circulation(given)) is not None:
            hard += of_circulation(moved)
    findings = [Finding(one.level, one.text, one.source) for one in hard]
    findings += [Finding("warning", text) for text in arm.findings]
    if simulated is not None and case.person.species == "human":
        beyond = excursions(times, courses)
        findings += [Finding("urgent", one.words(case.run.every), one.bound.source) for one in beyond]
    if failure is None:
        findings += [Finding("info", text) for text in of_drugs(given)]
    facts: dict[str, Any] = {}
    if lesion is not None and case.lesion is not None:
        facts = {"tissue": case.lesion.tissue}
        injury, injured = case.lesion.injury, None
        if injury is not None:
            volume = injury.shape.volume
            again = injury.moments(case.run.duration)[1:]
            injured = Injured(
                injury.name, injury.at, injury.killed, volume, injury.own, again, like=injury.kind
            )
            facts |= {
                "injury": injury.name,
                "injury_at": {"value": injury.at, "unit": "h"},
                "killed": {"value": 100.0 * injury.killed, "unit": "%"},
                "volume": {"value": volume, "unit": "mm^3"},
            }
        values = {name: one for part in PARTS for name, one in numbers.of_part(arm.name, part).items()}
        if failure is None:
            levels = {name: one.values for name, one in {**body, **lesion}.items()}
            story = tell(times, levels, values, injured, usual)
            facts |= outcome(story, case.lesion.tissue)
            if (drugs := in_deposit(given)) is not None:
                facts["story"].append(asdict(drugs) | {"rests_on": list(drugs.rests_on)})
                facts["brief"].append(drugs.text)
            findings += [Finding(level, text) for level, text in sentences(story)]
            if arm.operations:
                takes = operation_numbers(numbers, arm.name, arm.operations)
                size = None if case.lesion.injury is None else case.lesion.injury.shape.volume
                weight = None if size is None else 1e-6 * size * values["story.calcium_mass"]
                operated = [
                    (one.at, one.words, one.share * takes[f"{one.kind}.takes_mineral"])
                    for one in arm.operations
                ]
                stainable = values["story.mineral_stainable"]
                told = removal.chapters(operated, times, levels, stainable, weight)
                facts["story"] += [asdict(one) | {"rests_on": list(one.rests_on)} for one in told]
                findings += [Finding(one.level, one.text) for one in told]
            beyond_chemistry = extrapolated(levels)
            findings += [Finding("warning", beyond_chemistry)] if beyond_chemistry else []
    if failure is not None:
        findings.insert(0, Finding("urgent", failure))
    return Arm(
        name=arm.name,
        time=times,
        body_series=body,
        lesion_series=lesion,
        lesion_facts=facts,
        doses=tuple(DoseMark(dose.drug, time, dose.text) for dose in arm.doses for time in dose.times),
        findings=tuple(findings),
        ledger=ledger,
        failure=failure,
        changes=numbers.changed(arm.name),
        treatment=arm.words,
    )
