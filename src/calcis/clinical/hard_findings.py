"""What must be known of a treatment in this person before it is simulated or ranked?

The rules, with their sources, are in data/clinical/hard_findings.yaml; calcis.clinical.rules reads them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from calcis.clinical.appraisal import appraise
from calcis.clinical.formulas import Sex, is_adult
from calcis.clinical.rules import LEVELS, VALUES, Asked, Given, Patient, Rule, rules, said
from calcis.units import convert
from calcis.wording import capital, listed, on

OF_BODIES = {  # courses of bodies -> values of a person
    "calcium_plasma": "calcium",
    "calcium_ionised_plasma": "calcium_ionised",
    "calcidiol_plasma": "vitamin_d_25",
    "glomerular_filtration_rate": "gfr",
}


@dataclass(frozen=True)
class HardFinding:
    """A sentence about a person or a treatment: level `urgent`, `warning` or `info`, and its source.

    `rule` names it; `drug` is None where it is about the person.  `contraindicated` says that an arm gives
    what this person must not get: such an arm is not ranked.
    """

    rule: str
    level: str
    text: str
    source: str | None = None
    drug: str | None = None
    contraindicated: bool = False


def patient(
    labs: Mapping[str, float],
    age: float | None = None,
    sex: Sex | None = None,
    conditions: Sequence[str] = (),
    medication: Sequence[str] = (),
    gfr: float | None = None,
) -> Patient:
    """A person by labs (names and units of the case file), age (y), sex and history.

    Calcium is corrected for albumin where that is given; GFR (mL/min) is estimated from creatinine, or `gfr`.
    """
    found = {name: labs[name] for name in ("calcium", "calcium_ionised", "vitamin_d_25") if name in labs}
    derived = {one.name: one.value for one in appraise(labs, age, sex).derived}
    if "calcium_corrected" in derived:
        found |= {"calcium": derived["calcium_corrected"], "calcium_measured": labs["calcium"]}
    rate = derived.get("estimated_gfr", gfr)
    if rate is not None:
        found["gfr"] = rate
    return Patient(found, frozenset(conditions), frozenset(medication), not is_adult(age))


@dataclass(frozen=True)
class Simulated:
    """Courses of a body: name -> unit and values at `times` (h), which lie `every` h apart."""

    times: np.ndarray
    courses: Mapping[str, tuple[str, np.ndarray]]
    every: float = 0.0

    def course(self, value: str) -> np.ndarray | None:
        """The course of a value of a person, in its unit; None where the body has none."""
        for name, known in OF_BODIES.items():
            if known == value and name in self.courses:
                unit, values = self.courses[name]
                return values * convert(1.0, unit, VALUES[value][1])
        return None


def hard_findings(
    one: Patient,
    arm: Sequence[Given] = (),
    stopped: Sequence[str] = (),
    simulated: Simulated | None = None,
) -> tuple[HardFinding, ...]:
    """All findings of a person and an arm, gravest first; states of the person before all others.

    Medication that the arm stops is not taken.  What a rule asks and nobody knows is told in one `info`;
    where the body was `simulated`, its values are known, and are those of the hour in which a drug begins.
    What comes to hold at a later dose is told with that dose.
    """
    known = replace(one, medication=one.medication - frozenset(stopped))
    found = [*_of_age(one), *_states(_at(known, simulated, 0.0), arm), *_of_drugs(known, arm, simulated)]
    order = {"urgent": 0, "warning": 1, "info": 2}
    return tuple(sorted(found, key=lambda x: (x.drug is not None, not x.contraindicated, order[x.level])))


def _at(one: Patient, simulated: Simulated | None, time: float) -> Patient:
    """The person at a time (h): at the start measured values count before simulated ones, later not."""
    if simulated is None:
        return one
    index = max(int(np.searchsorted(simulated.times, time, side="right")) - 1, 0)
    later = {
        value: float(course[index])
        for value in VALUES
        if (course := simulated.course(value)) is not None and np.isfinite(course[index])
    }
    if time > 0.0:
        return replace(one, values={**one.values, **later})
    if "calcium" in one.values:
        later.pop("calcium_ionised", None)  # a measured total counts before a simulated ionised calcium
    return replace(one, values={**later, **one.values})


def reached(simulated: Simulated) -> tuple[HardFinding, ...]:
    """States of the person that simulated courses come to, but did not begin with."""
    found = []
    for rule in rules():
        asks = {next(iter(condition)) for condition in rule.when}
        if rule.drugs or len(asks) != 1:
            continue
        [value] = asks
        course = simulated.course(value) if value in VALUES else None
        if course is None:
            continue
        held = [bool(rule.holds(Asked(Patient({value: float(level)}))).truth) for level in course]
        if any(held) and not held[0]:
            first = on(float(simulated.times[held.index(True)]), simulated.every)
            found.append(HardFinding(rule.name, "urgent", f"{rule.says} (first {first}).", rule.source))
    return tuple(found)


def _of_age(one: Patient) -> Iterator[HardFinding]:
    if one.child:
        text = "Hard findings are of adults: for a child doses, limits and ranges are others."
        yield HardFinding("child", "warning", text)


def _states(one: Patient, arm: Sequence[Given]) -> Iterator[HardFinding]:
    for rule in rules():
        if not rule.drugs:
            answer = rule.holds(Asked(one, arm))
            if answer.truth:
                yield HardFinding(rule.name, rule.level, f"{rule.says}{said(answer)}.", rule.source)


def _of_drugs(one: Patient, arm: Sequence[Given], simulated: Simulated | None) -> Iterator[HardFinding]:
    unknown: dict[str, dict[str, None]] = {}
    subjects: list[Given] = [*_courses(arm), *(Given(drug) for drug in sorted(one.medication))]
    gives = {given.drug for given in arm}
    for subject in subjects:
        given = subject.drug in gives and subject in _courses(arm)
        if not given and subject.drug in gives:
            continue
        person = _at(one, simulated, subject.begin)
        for rule in rules():
            if subject.drug not in rule.drugs or (rule.given and not given):
                continue
            answer = rule.holds(Asked(person, arm, subject))
            if answer.truth:
                yield _finding(rule, subject.drug, given, said(answer))
            elif answer.truth is None and given:
                unknown.setdefault(subject.drug, {}).update(dict.fromkeys(answer.unknown))
            elif given and simulated is not None:
                yield from _later(rule, Asked(one, arm, subject), simulated)
    for drug, names in unknown.items():
        text = f"Not checked for {_named(drug)}, as nothing tells it: {listed(list(names))}."
        yield HardFinding("not_checked", "info", text, None, drug)


def _later(rule: Rule, asked: Asked, simulated: Simulated) -> Iterator[HardFinding]:
    """A rule that comes to hold at a later dose, while the drug is being given."""
    drug = asked.drug
    assert drug is not None
    seen: set[int] = set()
    for time in drug.doses:
        index = int(np.searchsorted(simulated.times, time, side="right"))
        if time <= drug.begin or index in seen:
            continue
        seen.add(index)
        answer = rule.holds(asked._replace(patient=_at(asked.patient, simulated, time)))
        if answer.truth:
            when = f" at the dose {on(time, simulated.every)}"
            level = "urgent" if rule.level == LEVELS[0] else rule.level
            text = f"{_worded(rule, drug.drug)}{when}{said(answer)}."
            yield HardFinding(rule.name, level, text, rule.source, drug.drug)
            return


def _courses(arm: Sequence[Given]) -> list[Given]:
    """Each drug by each route once, from its first dose to its last."""
    found: dict[tuple[str, str], Given] = {}
    for one in arm:
        key = (one.drug, one.route)
        old = found.get(key, one)
        doses = tuple(sorted({*old.doses, *one.doses}))
        begin, end, each = min(old.begin, one.begin), max(old.end, one.end), max(old.each, one.each)
        found[key] = Given(one.drug, one.route, begin, end, doses, each)
    return list(found.values())


def _finding(rule: Rule, drug: str, given: bool, shows: str) -> HardFinding:
    text = _worded(rule, drug)
    contraindicated = given and rule.level == LEVELS[0]
    level = "urgent" if rule.level == LEVELS[0] else rule.level
    lead = "Contraindicated. " if contraindicated else "" if given else "Taken: "
    return HardFinding(rule.name, level, f"{lead}{text}{shows}.", rule.source, drug, contraindicated)


def _worded(rule: Rule, drug: str) -> str:
    return rule.says.format(Drug=capital(_named(drug)))


def _named(drug: str) -> str:
    return drug.removeprefix("given_").replace("_", " ")
