"""What do the arms of a case do, over all persons it may be about, and which of them reaches the goal?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from calcis.body import CLAMPED
from calcis.case import Case, Treatment, packaged
from calcis.case.goal import START, Goal
from calcis.clinical.hard_findings import HardFinding, Simulated
from calcis.clinical.rules import Patient
from calcis.compare.batches import simulate_all
from calcis.compare.criteria import HARMED, Chance, Harm, better, chance, harms, ranks, reached
from calcis.compare.evidence import Support, support
from calcis.compare.generate import Generated
from calcis.compare.in_space import first_person, has_block
from calcis.errors import InputError
from calcis.individual import Individual, as_found
from calcis.individual.ensemble import ensemble
from calcis.parameters import Parameter
from calcis.part import Model
from calcis.results.store import Run
from calcis.simulate.ensemble import MINERAL, MINERAL_ORGANS, Members, fare
from calcis.simulate.in_space import check_memory
from calcis.simulate.lesion import lesion_model
from calcis.simulate.numbers import Numbers
from calcis.simulate.person import body_model

PERSONS = 200
Progress = Callable[[str, float], None]
_SHOWN = (
    "calcium_plasma",
    "calcium_ionised_plasma",
    "phosphate_plasma",
    "pth_plasma",
    "fgf23_plasma",
    "calcitriol_plasma",
    "calcidiol_plasma",
    "glomerular_filtration_rate",
    "resorption_relative",
    "formation_relative",
    "osteoclasts_relative",
    "osteoblasts_relative",
)
_MOMENT = 1e-3  # h
_NOTHING: dict[str, Any] = {"doses": (), "operations": (), "changes": (), "diseases": ()}  # is done in an arm
BAND = (5.0, 50.0, 95.0)  # per cent of persons


@dataclass(frozen=True, eq=False)
class Band:
    """Over persons, at each time: 5 %, median, 95 %; and the first person, whom `calcis run` simulates."""

    unit: str
    low: np.ndarray
    median: np.ndarray
    high: np.ndarray
    central: np.ndarray


@dataclass(frozen=True, eq=False)
class Compared:
    """One arm: bands by name, who reaches the goal, its rank (None where it has none), harms, what must be
    known of it, the evidence behind it, and how many persons failed.
    """

    name: str
    words: tuple[str, ...]
    bands: Mapping[str, Band]
    chance: Chance | None
    rank: int | None
    alike: tuple[str, ...]  # arms from which it is not told apart
    harms: tuple[Harm, ...]
    findings: tuple[HardFinding, ...]
    remarks: tuple[str, ...]
    evidence: tuple[Support, ...]
    failed: int
    failure: str = ""
    generated: str = ""  # why it was thought of, where the case did not give it

    @property
    def contraindicated(self) -> bool:
        """Whether it gives what this person must not get."""
        return any(one.contraindicated for one in self.findings)


@dataclass(frozen=True, eq=False)
class Comparison:
    """The arms of a case over its persons; times in h.  `worth`: as calcis.individual.ensemble has it."""

    case: Case
    persons: int
    worth: float
    times: np.ndarray
    arms: Mapping[str, Compared]
    individual: Individual | None
    states: tuple[HardFinding, ...]  # of the person, whatever is done
    not_simulated: Mapping[str, str]  # arms that were thought of, and why they are not here
    kind: str = ""  # of calcification, by which arms were thought of
    assumed: tuple[Parameter, ...] = ()  # numbers that nobody measured, of those that were used
    first: Run | None = None  # of the first person, where the lesion is simulated in space

    @property
    def status(self) -> str:
        """`failed` where somebody could not be simulated to the end, or the first person in space."""
        alone = self.first is not None and self.first.status == "failed"
        return "failed" if alone or any(one.failed for one in self.arms.values()) else "done"

    @property
    def ranked(self) -> list[Compared]:
        """The ranked arms, the best first."""
        some = [one for one in self.arms.values() if one.rank is not None]
        return sorted(some, key=lambda one: (one.rank or 0, -(one.chance.share if one.chance else 0.0)))


def compare(
    case: Case,
    *,
    persons: int = PERSONS,
    folder: Path | None = None,
    resume: bool = False,
    processes: int | None = None,
    progress: Progress | None = None,
    thought: Generated | None = None,
) -> Comparison:
    """Simulate `persons` persons in every arm of a case and compare the arms.

    `thought`: of arms that are not the user's.  A lesion with a grid is simulated in space in the first
    person alone.  With a `folder`, what is done is kept there until all is.  Raises InputError for a case
    that gives its plasma, is about an animal, or in which nobody can live.
    """
    if case.body == CLAMPED:
        raise InputError("a case with a body, in which persons can differ", f"body: {CLAMPED}").at(case.file)
    if case.person.species != "human":
        raise InputError("a human person", f"species {case.person.species}").at(case.file)
    if has_block(case):
        check_memory(case)
    tell = progress or (lambda what, share: None)
    tell("finding persons who match", 0.0)
    found = ensemble(case, persons, case.run.seed)
    lived = case if found.individual is None else as_found(case, found.individual)
    model, _ = body_model(case, case.lesion is not None or bool(case.organs))
    wanted = _wanted(case, model)
    if case.goal is not None and case.goal.of == START:
        _check_start(case.goal, lived, found.members.some(slice(1)))
    fared = simulate_all(
        lived, found.members, wanted, folder=folder, resume=resume, processes=processes, progress=progress
    )
    first = None
    if has_block(case):
        first = first_person(lived, found.individual, folder, resume, processes, tell)
    tell("comparing", 1.0)
    names = list(case.arms)
    reach = None if case.goal is None else reached(case.goal, fared, names)
    findings = {
        name: arm.hard_findings(
            Simulated(fared.times, {one: (fared.units[one], fared.courses[one][0, j]) for one in wanted})
        )
        for j, (name, arm) in enumerate(case.arms.items())
    }
    allowed = [j for j, name in enumerate(names) if not any(one.contraindicated for one in findings[name])]
    places = {} if reach is None or not np.isfinite(reach).any() else ranks(reach, allowed, found.independent)
    arms = {}
    for j, (name, arm) in enumerate(case.arms.items()):
        failures = [said for (_, k), said in fared.failures.items() if k == j]
        arms[name] = Compared(
            name=name,
            words=arm.words,
            bands={one: _band(values[:, j], fared.units[one]) for one, values in fared.courses.items()},
            chance=None if reach is None else chance(reach[:, j], found.independent),
            rank=places.get(j),
            alike=()
            if reach is None or j not in places
            else _alike(reach, j, allowed, names, found.independent),
            harms=tuple(harms(fared, j, _taking(arm))),
            findings=tuple(one for one in findings[name] if one.drug is not None),
            remarks=arm.findings,
            evidence=support(arm, packaged().drugs),
            failed=len(failures),
            failure=failures[0] if failures else "",
            generated="" if thought is None else thought.why.get(name, ""),
        )
    states = dict.fromkeys(one for some in findings.values() for one in some if one.drug is None)
    return Comparison(
        case=case,
        persons=len(found),
        worth=found.worth,
        times=fared.times,
        arms=arms,
        individual=found.individual,
        states=tuple(states),
        not_simulated={} if thought is None else thought.left_out,
        kind="" if thought is None else thought.kind,
        assumed=_assumed(lived, model),
        first=first,
    )


def _assumed(case: Case, model: Model) -> tuple[Parameter, ...]:
    numbers = Numbers(case, packaged().parameters(case.body))
    models = [model, *([lesion_model(case.drugs)[0]] if case.lesion is not None or case.organs else [])]
    for one in models:
        numbers.shared(one)
    return tuple(one for one in numbers.used if one.kind == "assumed")


def _check_start(goal: Goal, case: Case, first: Members) -> None:
    """Refuse a share of what is not there at the start, before anybody is simulated for long."""
    run = case.run.model_copy(update={"duration": _MOMENT, "every": _MOMENT})
    watched = replace(case, run=run, arms={"watch": replace(next(iter(case.arms.values())), **_NOTHING)})
    asked = [] if goal.quantity in (MINERAL, MINERAL_ORGANS) else [goal.quantity]
    there = replace(goal, when="at", time=0.0)
    known = reached(there, fare(watched, first, asked, times=np.array([0.0, _MOMENT])), ["watch"])
    if not np.isfinite(known).any():
        what = goal.quantity.replace("_", " ")
        expected = "a goal of a quantity that there is at the start"
        raise InputError(expected, f"{what}, of which there is none").at(case.file)


def _taking(arm: Treatment) -> Patient:
    """The person of an arm, who does not take what it stops."""
    known = arm.known or Patient()
    return replace(known, medication=known.medication - frozenset(arm.stopped))


def _wanted(case: Case, model: Model) -> list[str]:
    """The courses of the body that are kept."""
    asked = (
        [] if case.goal is None or case.goal.quantity in (MINERAL, MINERAL_ORGANS) else [case.goal.quantity]
    )
    return [name for name in dict.fromkeys((*_SHOWN, *HARMED, *asked)) if name in model.signals]


def _band(values: np.ndarray, unit: str) -> Band:
    """The band of courses (person, time); who failed is left out from there on."""
    with np.errstate(all="ignore"):
        known = np.isfinite(values).any(axis=0)
        low, median, high = np.full((3, values.shape[1]), np.nan)
        low[known], median[known], high[known] = np.nanpercentile(values[:, known], BAND, axis=0)
    return Band(unit, low, median, high, values[0].copy())


def _alike(
    reach: np.ndarray, arm: int, others: list[int], names: list[str], independent: float
) -> tuple[str, ...]:
    """The arms from which one is not told apart, in either direction."""
    return tuple(
        names[k]
        for k in others
        if k != arm
        and not better(reach[:, arm], reach[:, k], independent)
        and not better(reach[:, k], reach[:, arm], independent)
    )
