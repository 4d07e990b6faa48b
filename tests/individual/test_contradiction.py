"""Is a contradiction told where two labs cannot be had together, and only there?"""

from __future__ import annotations

import pytest

from calcis.clinical.labs import LABS
from calcis.individual.contradiction import contradicted
from calcis.individual.fit import Problem
from calcis.individual.levels import Response, measured
from calcis.individual.options import doubts, options
from tests.individual.persons import YEAR, case


@pytest.mark.parametrize(
    ("labs", "lab", "others"),
    [
        ("magnesium: 3.6 mmol/L, vitamin_d_25: 200 nmol/L", "vitamin_d_25", ()),  # two rare ones
        ("calcium: 15 mg/dL, calcium_ionised: 1.1 mmol/L", "calcium_ionised", ("calcium",)),
        ("calcium: 9.4 mg/dL, magnesium: 8 mmol/L", "magnesium", ("magnesium",)),
    ],
)
def test_a_lab_contradicts_what_cannot_be_had_beside_it(labs: str, lab: str, others: tuple[str, ...]) -> None:
    given = case(labs)
    response = Response(given)
    known, _ = measured(given, response.model)
    known.sort(key=lambda one: list(LABS).index(one.lab))
    problem = Problem(response, YEAR, known, [*options(given, response), *doubts(known)])
    assert contradicted(problem, lab) == others
