"""Is the SBML of the rat sound, and does another program run it to the same courses?

Tolerances are those of tests/exchange, and told there.
"""

from __future__ import annotations

import libsbml
import numpy as np
import pytest

from calcis.body.granjon_2017 import PARTS
from calcis.exchange.sbml import sbml_text
from calcis.part import assemble
from calcis.solve.schedule import Infusion
from calcis.tissue import INPUTS
from calcis.tissue import PARTS as TISSUE
from calcis.tissue.numbers import tissue_parameters
from tests.body.granjon_rat import NUMBERS
from tests.exchange.subjects import Subject, by_calcis, by_roadrunner
from tests.exchange.test_sbml_courses import MONTH, assert_same, bite

RAT = Subject(assemble(PARTS), NUMBERS, {})
BITTEN = Subject(assemble([*PARTS, *TISSUE]), NUMBERS | tissue_parameters(), {})


def bitten_start() -> dict[str, float]:
    """The rat's start, and that of its tissue in the plasma that it then has."""
    start = RAT.model.start(RAT.values)
    point = RAT.model.at(start, RAT.values)
    tissue = assemble(TISSUE, INPUTS)
    values = {name: BITTEN.values[name] for name in tissue.parameters}
    return start | tissue.start(values, {name: point.signal(name) for name in INPUTS})


@pytest.mark.parametrize("subject", [RAT, BITTEN], ids=["rat", "with a bite"])
def test_libsbml_finds_nothing_to_say(subject: Subject) -> None:
    """All categories, units and modelling practice too: not even a warning."""
    jumps = bite(subject, 0.0) if subject is BITTEN else []
    document = libsbml.readSBMLFromString(sbml_text(subject.model, subject.numbers, jumps=jumps))
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_MODELING_PRACTICE, True)
    document.checkConsistency()
    assert [document.getError(i).getMessage() for i in range(document.getNumErrors())] == []


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"parathyroid_gland__synthesis_rate": 60.0 * 419.2 * 50, "kidney__filtration_rate": 0.06},
        {"plasma__phosphate_infusion": 0.1, "calcitriol__calcidiol": 5000.0, "plasma__ph": 7.2},
    ],
    ids=["normal", "much PTH and little filtration", "phosphate, little vitamin D, acid"],
)
def test_the_rat_for_a_month(changes: dict[str, float]) -> None:
    subject = RAT.changed(**changes)
    found = by_roadrunner(subject, sbml_text(subject.model, subject.numbers), MONTH)
    assert_same(subject, MONTH, found, by_calcis(subject, subject.model.start(subject.values), MONTH))


def test_the_rat_with_a_bite_as_one_model() -> None:
    jumps, start = bite(BITTEN, 0.0), bitten_start()
    found = by_roadrunner(BITTEN, sbml_text(BITTEN.model, BITTEN.numbers, jumps=jumps), MONTH)
    assert_same(BITTEN, MONTH, found, by_calcis(BITTEN, start, MONTH, jumps))


def test_an_infusion_that_ends() -> None:
    calcium = list(RAT.model.states).index("plasma.calcium")
    infusions = [Infusion(10.0, 11.0, calcium, 0.12), Infusion(50.0, 60.0, calcium, 0.05)]
    text = sbml_text(RAT.model, RAT.numbers, infusions=infusions)
    times = np.arange(41) * 3.0
    start = RAT.model.start(RAT.values)
    assert_same(
        RAT, times, by_roadrunner(RAT, text, times), by_calcis(RAT, start, times, infusions=infusions)
    )
