"""Do drugs move blood pressure, heart rate, AV conduction and unfinished Gla proteins as was measured?"""

from __future__ import annotations

import numpy as np
import pytest

from calcis.case import read_case_text
from calcis.clinical.circulation import of_circulation
from calcis.clinical.hard_findings import Simulated
from calcis.drugs import SITES
from calcis.part import assemble
from calcis.results.store import Run
from calcis.simulate import simulate

CASE = """\
calcis: 1
person: {age: 60 y, sex: female, mass: 70 kg}
body: calcis
organs: none
arms:
  watch: []
  diltiazem: [diltiazem 60 mg PO every 6 h]
  much: [diltiazem 240 mg PO every 6 h]
  both: [diltiazem 60 mg PO every 6 h, verapamil 80 mg PO every 8 h]
  warfarin: [warfarin 5 mg PO daily]
  vitamin_k: [menaquinone_7 309 ug PO daily]
run: {duration: 56 d, every: 12 h}
"""


@pytest.fixture(scope="module")
def run() -> Run:
    return simulate(read_case_text(CASE, "case"))


def level(run: Run, arm: str, name: str) -> float:
    return float(run[arm].body_series[name].values[-20:].mean())


def test_where_no_drug_moves_it_the_circulation_rests(run: Run) -> None:
    for name, rest in (("mean_arterial_pressure", 93.0), ("heart_rate", 70.0), ("pr_interval", 160.0)):
        assert run["watch"].body_series[name].values == pytest.approx(rest)


def test_diltiazem_does_what_was_measured_at_its_concentration(run: Run) -> None:
    """Volunteers: 141 ng/mL, heart 8 % slower, diastolic pressure 6 % lower (yeung_1999)."""
    level_now = level(run, "much", "diltiazem_plasma")
    share = 0.34 / level_now  # the laws are nearly straight lines
    slower = 1 - level(run, "much", "heart_rate") / 70
    assert slower * share == pytest.approx(0.079, rel=0.25)
    assert level(run, "much", "pr_interval") == pytest.approx(160 + 68 * level_now, rel=1e-6)


def test_more_than_in_proportion_arrives_of_a_larger_dose(run: Run) -> None:
    """With four times the dose AUC was 7.7 times as large (diltiazem_dose_1993: group B)."""
    ratio = level(run, "much", "diltiazem_plasma") / level(run, "diltiazem", "diltiazem_plasma")
    assert 4.5 < ratio < 8.0


def test_calcium_of_blood_stays_as_it_is(run: Run) -> None:
    watched = run["watch"].body_series["calcium_plasma"].values
    assert np.allclose(run["much"].body_series["calcium_plasma"].values, watched, rtol=1e-6)


def test_two_drugs_move_it_further_than_one(run: Run) -> None:
    assert level(run, "both", "heart_rate") < level(run, "diltiazem", "heart_rate") - 0.5
    assert level(run, "both", "pr_interval") > level(run, "diltiazem", "pr_interval") + 3


def test_a_reader_is_told_how_far_and_where_it_is_too_far(run: Run) -> None:
    told = [finding.text for finding in run["much"].findings]
    assert any(
        text.startswith("The drugs move the circulation: mean arterial pressure down to") for text in told
    )
    assert any("PR interval above 200 ms" in text and "first-degree AV block" in text for text in told)
    assert not any("circulation" in finding.text for finding in run["watch"].findings)


def test_unfinished_protein_rises_and_falls_as_was_measured(run: Run) -> None:
    """2.3 to 3.4 times with an antagonist (phenprocoumon_ucmgp), a third less with 309 ug (caluwe_2014)."""
    assert 2.0 < run["warfarin"].body_series["gla_unfinished_relative"].values[-1] < 3.4
    assert run["vitamin_k"].body_series["gla_unfinished_relative"].values[-1] == pytest.approx(0.67, abs=0.05)


def test_vitamin_k_helps_who_takes_an_antagonist() -> None:
    part = SITES["gla_proteins"].part
    numbers = {
        "gla_proteins.supply": 1.0,
        "gla_proteins.half_supply": 0.4,
        "gla_proteins.turnover_time": 600.0,
    }
    rates = [
        assemble([part])
        .at(
            {"gla_proteins.unfinished": 0.5},
            {**numbers, "gla_proteins.supply": supply, "gla_proteins.recycling": 0.2},
        )
        .rates()["gla_proteins.unfinished"]
        for supply in (1.0, 5.0)
    ]
    assert rates[0] > 0.0 > rates[1]


def test_lines_are_crossed_downward_and_upward() -> None:
    courses = {
        "mean_arterial_pressure": ("mmHg", np.array([93.0, 60.0])),
        "heart_rate": ("1/h", np.array([4200.0, 2700.0])),
        "pr_interval": ("ms", np.array([160.0, 160.2])),
    }
    found = of_circulation(Simulated(np.array([0.0, 24.0]), courses, 24.0))
    assert [one.rule for one in found] == ["circulation", "pressure_low", "rate_low"]
    assert "heart rate down to 45 per minute (from 70)" in found[0].text
