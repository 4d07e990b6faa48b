"""What does `calcis diagnose` find, from what is asked to what is told?"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from calcis.case import Case
from calcis.case.form import Labs
from calcis.clinical.hard_findings import HardFinding, hard_findings
from calcis.diagnose.asked import Asked
from calcis.diagnose.differential import Differential, differential
from calcis.diagnose.ensemble import KEPT, Ensemble, ensemble
from calcis.diagnose.further import further
from calcis.diagnose.hypotheses import Hypothesis, hypotheses
from calcis.diagnose.kind_data import seen
from calcis.diagnose.kinds import Kinded, is_asked, kinds_of
from calcis.diagnose.likelihood import Evidence
from calcis.diagnose.measure import Next, what_next
from calcis.diagnose.own_calibration import Calibration, calibration
from calcis.diagnose.people import response
from calcis.diagnose.reasons import Reason, reasons
from calcis.diagnose.settings import prior, setting
from calcis.diagnose.stages import seen_in
from calcis.diagnose.typical import typical
from calcis.individual.levels import Measured, measured

# A value of each lab, only so that it can be asked what it would tell.
_ANY = {
    "calcium": 2.4, "calcium_ionised": 1.2, "phosphate": 1.1, "magnesium": 0.85, "creatinine": 0.08,
    "pth": 4.0, "vitamin_d_25": 75.0, "calcitriol": 100.0, "fgf23": 1.5,
}  # fmt: skip

_ANY_FURTHER = {
    "calcium_urine": 5.0,
    "calcium_creatinine_clearance_ratio": 0.015,
    "pthrp": 1.0,
    "bicarbonate": 24.0,
}
_NONE = "a value of 0 means less than the assay finds, and not how much less"


@dataclass(frozen=True)
class Answer:
    """What was asked, the differential, reasons for and against, of those who have each the share whose labs
    are less likely, what to measure next, labs without use; the kinds where a calcification is told of, what
    must be known of the person before all of it, how true the probabilities are, and the simulated persons.
    """

    asked: Asked
    found: Differential
    reasons: Mapping[Hypothesis, tuple[Reason, ...]]
    typical: Mapping[Hypothesis, float]
    next: tuple[Next, ...]
    unused: Mapping[str, str]
    kinds: Kinded | None
    states: tuple[HardFinding, ...]
    calibration: Calibration | None
    persons: Ensemble


def answer(asked: Asked, progress: Callable[[str, float], None] = lambda stage, share: None) -> Answer:
    """The differential of a case."""
    case = asked.case
    assert case.person.age is not None
    where = setting(asked.setting).of(case.person.age, case.person.sex).given(asked.prevalence)
    certain = [diseases for diseases, _ in asked.certain]
    prior(where, hypotheses(), certain)  # what cannot be is refused before anybody is simulated
    for key, name in (("site", asked.site), ("pattern", asked.pattern)):
        if name is not None:
            seen(key, name)
    persons = seen_in(ensemble(case.person.age, progress), where.stages)
    labs, unused = told_by(case)
    progress("comparing", 0.3)
    labs = (*labs, *(further()[name].measured(value) for name, value in asked.further.items() if value > 0.0))
    unused |= {name: _NONE for name, value in asked.further.items() if value <= 0.0}
    evidence = Evidence(labs, case.labs.albumin if case.labs else None)
    found = differential(persons, evidence, where, certain)
    progress("comparing", 0.7)
    others = [lab for lab in every_lab(case) if lab.lab not in {one.lab for one in labs}]
    kinded = kinds_of(asked, persons, found) if is_asked(asked) else None
    said = reasons(persons, found)
    return Answer(
        asked,
        found,
        said,
        typical(persons, found, list(said)),
        what_next(persons, found, others),
        unused,
        kinded,
        states(case),
        calibration(persons, found),
        persons,
    )


def states(case: Case) -> tuple[HardFinding, ...]:
    """What must be known of a person first: urgent states, and what medication taken does in them."""
    known = next(iter(case.arms.values())).known
    return hard_findings(known) if known is not None else ()


def told_by(case: Case) -> tuple[tuple[Measured, ...], dict[str, str]]:
    """The labs of a case that simulated persons have too, and of the others why they are of no use."""
    labs, unused = measured(case, response().model)
    return tuple(lab for lab in labs if lab.signal in KEPT), unused


def every_lab(case: Case) -> tuple[Measured, ...]:
    """Every lab that could be measured in the person of a case, with any value."""
    theirs = told_by(replace(case, labs=Labs.model_construct(None, **_ANY)))[0]
    return (*theirs, *(one.measured(_ANY_FURTHER[name]) for name, one in further().items()))
