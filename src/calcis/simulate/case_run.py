"""How is a case simulated?  First what makes plasma in every arm, then the lesion, driven by that plasma.

A body is solved, all arms as lanes of one run; plasma that is given needs no solving.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from calcis.body import CLAMPED, body_balances, body_limits, body_parts
from calcis.case import Case, Treatment, Vocabulary, packaged
from calcis.drugs import drug_part
from calcis.errors import InputError
from calcis.ledger import Balance, books, defects, flown
from calcis.part import Model, assemble
from calcis.run_folder import CHECKPOINT, data_hashes, versions
from calcis.simulate.clamped import plasma_drive, plasma_series
from calcis.simulate.doses import events
from calcis.simulate.lesion import lesion_lanes, lesion_model
from calcis.simulate.march import Checkpoints, March, Pace, Progress
from calcis.simulate.numbers import Numbers
from calcis.solve import compiled_driver
from calcis.solve.drive import Recorder, drives
from calcis.solve.integrate import Solution
from calcis.solve.kernel import Kernel, compile_system
from calcis.solve.schedule import Drive, Lane
from calcis.solve.system import trace
from calcis.store import Arm, DoseMark, Finding, Run, Series
from calcis.tissue import BALANCES, INPUTS
from calcis.tissue.story import PARTS, Injured, tell
from calcis.tissue.telling import outcome, sentences

Courses = Mapping[str, Series]


@dataclass(frozen=True)
class Supply:
    """What makes plasma, arm by arm: courses, what drives the lesion (None after a failure), balances."""

    courses: list[Courses]
    plasma: list[Drive | None]
    ledgers: list[dict[str, float]]
    failures: list[str | None]


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
    march = March(
        times=np.array(case.run.times),
        tolerance=case.run.tolerance,
        threads=threads,
        progress=progress or (lambda stage, share: None),
        pace=pace or Pace(),
        checkpoints=Checkpoints(None if folder is None else folder / CHECKPOINT, resume),
    )
    tissue = None if case.lesion is None else lesion_model()  # compiled while the driver is
    if case.body == CLAMPED:
        supply = _given(case, march.times)
    else:
        supply = _solved(case, numbers, vocabulary, march, record=tissue is not None)
    courses, ledgers, failures = supply.courses, supply.ledgers, list(supply.failures)
    lesions: list[Courses | None] = [None] * len(courses)
    if tissue is not None:
        model, tissue_kernel = tissue
        names = list(case.arms)
        plasma = {names[i]: drive for i, drive in enumerate(supply.plasma) if drive is not None}
        going = [i for i, name in enumerate(names) if name in plasma]
        voxels = lesion_lanes(case, model, numbers, plasma)
        lesions = [_nothing(model, march.times)] * len(courses)
        if voxels:
            of_tissue = march("lesion", tissue_kernel, voxels)
            kept = _ledgers("lesion", BALANCES, model, voxels, of_tissue)
            found = [
                {**course, **_flown(model, states)}
                for course, states in zip(
                    _courses(tissue_kernel, model, of_tissue), of_tissue.states, strict=True
                )
            ]
            for i, course, ledger, failure in zip(going, found, kept, of_tissue.failures, strict=True):
                lesions[i], failures[i] = course, failure
                ledgers[i] |= ledger
    arms = {
        name: _arm(case, arm, numbers, march.times, courses[i], lesions[i], ledgers[i], failures[i])
        for i, (name, arm) in enumerate(case.arms.items())
    }
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


def _given(case: Case, times: np.ndarray) -> Supply:
    """Plasma as the case gives it: nothing is solved, nothing is kept in books, nothing fails."""
    plasma = [plasma_drive(arm.plasma or {}, case.run.duration) for arm in case.arms.values()]
    return Supply(
        courses=[plasma_series(drive, times) for drive in plasma],
        plasma=list(plasma),
        ledgers=[{} for _ in plasma],
        failures=[None] * len(plasma),
    )


def _solved(case: Case, numbers: Numbers, vocabulary: Vocabulary, march: March, record: bool) -> Supply:
    """Plasma as the body makes it; only if `record`, with what drives a lesion."""
    model, kernel = _body_model(case)
    lanes = _body_lanes(case, model, numbers, vocabulary)
    recorder = Recorder(kernel, lanes, list(INPUTS), case.run.tolerance) if record else None
    found = march("body", kernel, lanes, recorder)
    plasma: list[Drive | None] = [None] * len(lanes)
    if record:
        going = [i for i, failure in enumerate(found.failures) if failure is None]
        recorded = drives([found.pieces[i] for i in going], [lanes[i] for i in going])
        for i, drive in zip(going, recorded, strict=True):
            plasma[i] = drive
    return Supply(
        courses=_courses(kernel, model, found),
        plasma=plasma,
        ledgers=_ledgers("body", body_balances(case.body), model, lanes, found),
        failures=list(found.failures),
    )


def _body_model(case: Case) -> tuple[Model, Kernel]:
    """The body with the drugs that any arm gives; names are those of the vocabulary, checked on reading."""
    given = sorted({dose.drug for arm in case.arms.values() for dose in arm.doses})
    parts = [*body_parts(case.body), *(drug_part(drug) for drug in given)]
    model = assemble([*parts, books(body_balances(case.body))])
    return model, compile_system(trace(model, list(model.signals)))


def _body_lanes(case: Case, model: Model, numbers: Numbers, vocabulary: Vocabulary) -> list[Lane]:
    lanes = []
    for name, arm in case.arms.items():
        values = numbers.of_model(name, model)
        try:
            start = model.start(values)
        except ArithmeticError as problem:
            raise InputError(f"numbers from which the body of arm {name!r} can start", str(problem)) from None
        jumps, infusions = events(arm.doses, model, dict(vocabulary.drugs), case.run.duration)
        lanes.append(
            Lane(
                name=name,
                parameters=np.array(list(values.values())),
                start=np.array(list(start.values()), float),
                begin=0.0,
                end=case.run.duration,
                jumps=jumps,
                infusions=infusions,
            )
        )
    return lanes


def _courses(kernel: Kernel, model: Model, solution: Solution) -> list[Courses]:
    """Every signal of every lane at the output times."""
    units = model.signals
    return [
        {name: Series(units[name], lane[:, k].copy()) for k, name in enumerate(kernel.system.observed)}
        for lane in solution.signals
    ]


def _nothing(model: Model, times: np.ndarray) -> Courses:
    """The courses of a lesion whose body failed: not known at any time."""
    signals = {name: Series(unit, np.full(len(times), np.nan)) for name, unit in model.signals.items()}
    return signals | _flown(model, np.full((len(times), len(model.states)), np.nan))


def _flown(model: Model, states: np.ndarray) -> dict[str, Series]:
    """What has flowed into and out of the lesion's stores since the start, from its books."""
    return {
        name: Series(unit, values.copy()) for name, (unit, values) in flown(BALANCES, model, states).items()
    }


def _ledgers(
    room: str, balances: Sequence[Balance], model: Model, lanes: Sequence[Lane], solution: Solution
) -> list[dict[str, float]]:
    """For every lane the defect of each balance, by `room.quantity`."""
    found = []
    for lane, states in zip(lanes, solution.states, strict=True):
        values = dict(zip(model.parameters, lane.parameters, strict=True))
        shares = defects(balances, model, states, values)
        found.append({f"{room}.{quantity}": share for quantity, share in shares.items()})
    return found


def _arm(
    case: Case,
    arm: Treatment,
    numbers: Numbers,
    times: np.ndarray,
    body: Courses,
    lesion: Courses | None,
    ledger: Mapping[str, float],
    failure: str | None,
) -> Arm:
    findings = [Finding("warning", text) for text in arm.findings]
    facts: dict[str, Any] = {}
    if lesion is not None and case.lesion is not None:
        facts = {"tissue": case.lesion.tissue}
        injury, injured = case.lesion.injury, None
        if injury is not None:
            volume = injury.shape.cone.volume
            injured = Injured(injury.kind, injury.at, injury.killed, volume, injury.own)
            facts |= {
                "injury": injury.kind,
                "injury_at": {"value": injury.at, "unit": "h"},
                "killed": {"value": 100.0 * injury.killed, "unit": "%"},
                "volume": {"value": volume, "unit": "mm^3"},
            }
        values = {name: one for part in PARTS for name, one in numbers.of_part(arm.name, part).items()}
        if failure is None:
            courses = {name: one.values for name, one in {**body, **lesion}.items()}
            story = tell(times, courses, values, injured)
            facts |= outcome(story, case.lesion.tissue)
            findings += [Finding(level, text) for level, text in sentences(story)]
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
