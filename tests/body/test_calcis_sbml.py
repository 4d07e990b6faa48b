"""Does the body of Calcis, exported as SBML, run to the same courses in another program?

libRoadRunner against our solver, every state, as in tests/exchange/test_sbml_courses.py.
"""

from __future__ import annotations

import numpy as np
import pytest

from calcis.body.calcis import PARTS
from calcis.exchange.sbml import sbml_text
from calcis.parameters import data_path, read_parameters
from calcis.part import assemble
from tests.exchange.subjects import Subject, by_calcis, by_roadrunner

YEAR = np.arange(366) * 24.0
SITUATIONS = {
    "normal": {},
    "kidney disease": {"kidney__filtration_rate": 1.2},
    "primary hyperparathyroidism": {
        "parathyroid_gland__mass_factor": 5.0,
        "parathyroid_gland__autonomous": 1.0,
        "parathyroid_gland__set_point_factor": 1.095,
    },
    "vitamin D intoxication": {"vitamin_d__supply_factor": 11.3},
}


@pytest.mark.parametrize("changes", SITUATIONS.values(), ids=SITUATIONS)
def test_the_body_for_a_year(changes: dict[str, float]) -> None:
    """1e-6 of each state or of its scale: both programs are asked for 1e-9 or better in a step."""
    units = {part.name: part.parameters for part in PARTS}
    numbers = read_parameters(data_path("body", "calcis.yaml"), units)
    subject = Subject(assemble(PARTS), numbers, {}).changed(**changes)
    expected = by_calcis(subject, subject.model.start(subject.values), YEAR)
    found = by_roadrunner(subject, sbml_text(subject.model, subject.numbers), YEAR)
    names = list(subject.model.states)
    scales = np.array([state.scale for state in subject.model.states.values()])
    worst = (np.abs(found.states - expected) / np.maximum(np.abs(expected), scales)).max(axis=0)
    assert worst.max() < 1e-6, (names[worst.argmax()], worst.max())
