"""Do probabilities come true on persons in no ensemble?  A small version of calibration/diagnose.py."""

from __future__ import annotations

import math

import numpy as np
import pytest

from calcis.diagnose.answer import every_lab
from calcis.diagnose.ensemble import KEPT, simulated
from calcis.diagnose.hypotheses import Hypothesis
from calcis.diagnose.own_calibration import calibration
from calcis.diagnose.reliability import Reliability, fitting, hits, reliability
from calcis.diagnose.settings import setting
from calcis.diagnose.stages import seen_in
from calcis.individual.levels import Measured
from tests.diagnose.persons import HIGH_PTH, NORMAL, asked, few
from tests.diagnose.persons import found as differential_of

PANEL = ("calcium", "phosphate", "creatinine", "pth")


@pytest.fixture(scope="module")
def panel() -> list[Measured]:
    return [lab for lab in every_lab(asked(NORMAL).case) if lab.lab in PANEL]


@pytest.fixture(scope="module")
def found(panel: list[Measured]) -> Reliability:
    return reliability(few(), setting("endocrine_clinic"), panel, 600, seed=5)


def test_probabilities_come_true(found: Reliability) -> None:
    assert sum(one.told for one in found.bins) == 26 * found.persons
    for one in found.bins:
        error = math.sqrt(max(one.mean * (1.0 - one.mean), 1e-4) / one.told)
        assert abs(one.true - one.mean) < 4.0 * error + 0.01, one


def test_labs_tell_more_than_prevalence(found: Reliability) -> None:
    assert found.brier < 0.65 * found.chance
    assert found.first > 0.6


def test_who_has_a_disease_is_told_it(panel: list[Measured]) -> None:
    told = hits(few(), setting("even"), panel, 30, seed=5)
    for name in ("healthy_blood", "dialysis", "osteolytic_metastases", "secondary_hyperparathyroidism"):
        of, first, three = told[name]
        assert first > 0.6 * of and three > 0.85 * of, name
    assert told["pseudoxanthoma_elasticum"][1] < 5  # of which blood knows nothing


def test_hardly_anybody_is_told_that_nothing_fits(panel: list[Measured]) -> None:
    told, of = fitting(few(), panel, 2, seed=5)
    assert of > 500 and told < 0.02 * of  # few persons make coarse densities; with all it is 0.001


def test_persons_taken_out_of_their_own_cloud_tell_the_same() -> None:
    told = calibration(few(), differential_of(HIGH_PTH, "endocrine_clinic"))
    assert told is not None and told.reliability.persons == 2_000
    for one in told.reliability.bins:
        error = math.sqrt(max(one.mean * (1.0 - one.mean), 1e-4) / one.told)
        assert abs(one.true - one.mean) < 4.0 * error + 0.01, one
    assert 0.4 < next(iter(told.hits.values())) < 1.0
    assert calibration(few(), differential_of("alkaline_phosphatase: 90 U/L")) is None


def test_kidney_disease_is_as_far_gone_as_the_setting_says() -> None:
    where, one = setting("general_practice"), Hypothesis(("ckd",))
    everybody, theirs = few(), seen_in(few(), where.stages)
    rates = [
        who.levels[one][:, KEPT.index("glomerular_filtration_rate")] * 1000 / 60
        for who in (everybody, theirs)
    ]
    assert (rates[0] < 29.5).mean() > 0.4 and (rates[1] < 29.5).mean() < 0.12  # mL/min
    assert rates[1].max() < 59.5 and len(rates[1]) < len(rates[0])
    assert seen_in(everybody, {}) is everybody
    assert theirs.levels[Hypothesis()] is everybody.levels[Hypothesis()]


def test_healthy_calcium_varies_as_that_of_blood_donors() -> None:
    levels = simulated(60.0, few=0.3, among=[Hypothesis()]).levels[Hypothesis()]
    spread = np.log(levels[:, KEPT.index("calcium_ionised_plasma")]).std()
    assert 0.018 < spread < 0.029  # 2.3 % of 121 donors
