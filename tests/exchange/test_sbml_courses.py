"""Does another program, given our SBML, run to the same courses?

libRoadRunner (CVODE) against calcis.solve, every state, within 1e-6 of its value or of its own scale,
beside which smaller values are nothing: both are asked for 1e-9 or better in a step and add up a few
hundred to a few thousand steps, which leaves about 1e-7; a wrong law, unit or dose shows as far more.
Signals against the laws on the other program's own states, within 1e-9 of the largest value in the
course: rounding, enlarged where a law takes a small difference.
"""

from __future__ import annotations

import numpy as np
import pytest
import roadrunner

from calcis.exchange.sbml import sbml_text
from calcis.solve.schedule import Infusion, Jump
from calcis.tissue import INPUTS
from calcis.tissue.injuries import jump
from tests.exchange.subjects import Courses, Subject, by_calcis, by_roadrunner

YEAR = np.arange(366) * 24.0
MONTH = np.arange(29 * 8) * 3.0  # output every 3 h


def assert_same(subject: Subject, times: np.ndarray, found: Courses, expected: np.ndarray) -> None:
    model = subject.model
    names, scales = list(model.states), np.array([state.scale for state in model.states.values()])
    worst = (np.abs(found.states - expected) / np.maximum(np.abs(expected), scales)).max(axis=0)
    assert worst.max() < 1e-6, (names[worst.argmax()], worst.max())
    states = dict(zip(names, found.states.T, strict=True))
    point = model.at(states, subject.values, subject.inputs, times)
    for name, course in zip(model.signals, found.signals.T, strict=True):
        law = point.signal(name)
        assert np.abs(course - law).max() <= 1e-9 * np.abs(law).max(), name


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"kidney__filtration_rate": 3.0, "gut__calcium_intake": 1.3, "plasma__volume": 12.0},
        {"oestrogen__ageing": 1.0, "kidney__filtration_decline": 2.0, "plasma__pthrp": 3.0},
        {"parathyroid_gland__secretion_factor": 0.5, "calcitriol__infusion": 50.0},
    ],
    ids=["normal", "kidney and diet", "ageing", "gland"],
)
def test_the_body_for_a_year(body: Subject, changes: dict[str, float]) -> None:
    subject = body.changed(**changes)
    found = by_roadrunner(subject, sbml_text(subject.model, subject.numbers), YEAR)
    assert_same(subject, YEAR, found, by_calcis(subject, subject.model.start(subject.values), YEAR))


def test_numbers_changed_in_the_other_program_move_the_start_too(body: Subject) -> None:
    runner = roadrunner.RoadRunner(sbml_text(body.model, body.numbers))
    runner["plasma__volume"] = 10.0
    runner.reset()
    start = body.model.start(body.changed(plasma__volume=10.0).values)
    for name, value in start.items():
        assert runner[name.replace(".", "__")] == pytest.approx(value, rel=1e-15), name


TERIPARATIDE = {"name": "teriparatide.subcutaneous", "amount": 4857.0, "times": np.arange(1, 28) * 24.0}
DENOSUMAB = {"name": "denosumab.subcutaneous", "amount": 400.0, "times": [0.0]}


@pytest.mark.parametrize(
    "doses",
    [[TERIPARATIDE], [DENOSUMAB], [TERIPARATIDE, DENOSUMAB]],
    ids=["teriparatide", "denosumab", "both"],
)
def test_the_body_with_its_drugs(dosed: Subject, doses: list[dict]) -> None:
    jumps = [one for dose in doses for one in dosed.jumps(**dose)]
    found = by_roadrunner(dosed, sbml_text(dosed.model, dosed.numbers, jumps=jumps), MONTH)
    assert_same(dosed, MONTH, found, by_calcis(dosed, dosed.model.start(dosed.values), MONTH, jumps))


def test_the_body_with_infusions_that_overlap(dosed: Subject) -> None:
    calcium = list(dosed.model.states).index("plasma.calcium")
    infusions = [Infusion(10.0, 34.0, calcium, 0.3), Infusion(20.0, 50.5, calcium, 0.2)]
    infusions += [Infusion(100.0 + 48.0 * k, 104.0 + 48.0 * k, calcium, 0.25) for k in range(5)]
    found = by_roadrunner(dosed, sbml_text(dosed.model, dosed.numbers, infusions=infusions), MONTH)
    start = dosed.model.start(dosed.values)
    assert_same(dosed, MONTH, found, by_calcis(dosed, start, MONTH, infusions=infusions))


def bite(subject: Subject, hours: float) -> list[Jump]:
    """A bite that kills nine tenths of the tissue."""
    every = {name: number.value for name, number in subject.numbers.items()}
    states = list(subject.model.states)
    return [
        Jump(hours, states.index(target), gain, source and states.index(source))
        for target, source, gain in jump("bite", 0.9, every)
    ]


@pytest.mark.parametrize("competence", [1.0, 0.05], ids=["cleared", "not cleared"])
def test_the_tissue_after_a_bite(tissue: Subject, competence: float) -> None:
    subject = tissue.changed(leukocytes__macrophage_competence=competence)
    jumps = bite(subject, 30.0)
    text = sbml_text(subject.model, subject.numbers, inputs=subject.inputs, jumps=jumps)
    start = subject.model.start(subject.values, subject.inputs)
    assert_same(subject, YEAR, by_roadrunner(subject, text, YEAR), by_calcis(subject, start, YEAR, jumps))


def test_body_and_tissue_as_one_model(person: Subject, body: Subject, tissue: Subject) -> None:
    """Where tissue starts in the plasma that the body has at its start."""
    jumps = bite(person, 0.0)
    start = body.model.start(body.values)
    point = body.model.at(start, body.values)
    start |= tissue.model.start(tissue.values, {name: point.signal(name) for name in INPUTS})
    found = by_roadrunner(person, sbml_text(person.model, person.numbers, jumps=jumps), YEAR)
    assert_same(person, YEAR, found, by_calcis(person, start, YEAR, jumps))


def test_a_given_start_is_where_it_begins(body: Subject) -> None:
    start = {name: 1.1 * value for name, value in body.model.start(body.values).items()}
    found = by_roadrunner(body, sbml_text(body.model, body.numbers, start), MONTH)
    assert_same(body, MONTH, found, by_calcis(body, start, MONTH))
