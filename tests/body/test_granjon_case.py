"""Does a case of a rat run, with blood that drives a lesion and loses what that takes; is it told right?"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from calcis.case import read_case_text
from calcis.errors import InputError
from calcis.quantities import quantities
from calcis.report.pictures import Pictures
from calcis.report.run_page import render
from calcis.report.summary import key_facts, sentences
from calcis.results.store import Run
from calcis.simulate import simulate

CASE = """\
calcis: 1
person: {species: rat}
body: granjon_2017
lesion:
  tissue: skeletal_muscle
  injury: {kind: bite, at: 1 d, shape: {cone: {diameter: 20 mm, depth: 15 mm}}, killed: 0.9}
changes: {macrophage_competence: 0.1}
arms:
  as it is: []
  much phosphate:
    - changes: {gut.phosphate_intake: {factor: 3}}
run: {duration: 20 d, every: 6 h, tolerance: 1e-7}
"""


@cache
def run() -> Run:
    found = simulate(read_case_text(CASE, "rat.yaml"), threads=1)
    assert found.status == "done"
    return found


def test_phosphate_of_the_diet_reaches_the_lesion() -> None:
    normal, rich = run()["as it is"], run()["much phosphate"]
    end = {arm.name: arm.lesion_series["mineral_total"].values[-1] for arm in (normal, rich)}
    assert end["much phosphate"] > 1.05 * end["as it is"] > 0.0
    before = normal.body_series["phosphate_plasma"].values[0]
    assert rich.body_series["phosphate_plasma"].values[-1] > 1.5 * before


def test_blood_loses_what_the_lesion_takes() -> None:
    """1.6 mL of muscle take twenty times what plasma holds; PTH makes good for it, as far as it can."""
    arm = run()["as it is"]
    assert set(arm.ledger) >= {"body.calcium", "body.phosphate", "lesion.calcium", "exchange.calcium"}
    assert max(arm.ledger.values()) < 1e-9, arm.ledger
    course = {name: series.values for name, series in arm.body_series.items()}
    taken = arm.lesion_series["calcium_from_plasma_sum"].values[-1] * 1.57e-3
    assert taken > 10.0 * course["calcium_plasma"][0] * 0.01
    before = arm.time == 24.0
    assert course["calcium_ionised_plasma"][before] == pytest.approx(1.206, rel=1e-3)
    assert course["calcium_ionised_plasma"][-1] < 0.998 * course["calcium_ionised_plasma"][before]
    assert course["pth_plasma"][-1] > 1.02 * course["pth_plasma"][before]


def test_no_range_of_people_is_held_against_a_rat() -> None:
    for system in ("si", "us"):
        for arm in run().values():
            facts = key_facts(run(), arm, system)
            assert {fact.quantity.name for fact in facts} >= {"calcium_plasma", "pth_plasma"}
            assert not any(fact.range or fact.outside for fact in facts)
            assert not any("reference" in sentence for sentence in sentences(run(), arm, system))
        assert not any(Pictures(run(), system).range(one) for one in quantities().values())
    page = render(run())
    assert "reference range" not in page.lower()
    assert "Species" in page and "granjon 2017" in page


def test_what_is_borrowed_is_told_by_species() -> None:
    assert "rat" not in run().borrowed
    assert {number.name for number in run().borrowed["human"]} >= {"plasma.pyrophosphate"}
    assert any("growing rat" in limit for limit in run().limits)


def test_plasma_that_is_offered_is_all_that_is_dissolved_or_floats() -> None:
    series = run()["as it is"].body_series
    parts = ("phosphate_ultrafilterable_plasma", "calciprotein_particles_plasma")
    total = sum(series[name].values for name in parts)
    assert np.allclose(series["phosphate_plasma"].values, total, rtol=1e-12)


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("species: rat", "species: mouse", "rat, as granjon_2017 is a rat's body"),
        ("{species: rat}", "{age: 2 y, sex: male, mass: 0.3 kg}", "`species: rat` in person"),
        ("granjon_2017", "peterson_riggs_2010", "human, as peterson_riggs_2010 is a human's body"),
        ("arms:", "disease: ckd\narms:", "a body of a human"),
    ],
)
def test_a_body_is_refused_for_another_species(old: str, new: str, expected: str) -> None:
    with pytest.raises(InputError) as wrong:
        read_case_text(CASE.replace(old, new, 1), "rat.yaml")
    assert expected in wrong.value.expected, wrong.value
