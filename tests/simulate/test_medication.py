"""Is a person simulated under what they take already, and what follows when it is stopped?"""

from __future__ import annotations

import numpy as np
import pytest

from calcis.case import read_case_text
from calcis.compare.compare import compare
from calcis.errors import InputError
from calcis.individual import as_found
from calcis.individual.ensemble import ensemble
from calcis.simulate.case_run import simulate
from calcis.simulate.ensemble import fare

LIVED = """calcis: 1
person: {age: 61 y, sex: male, mass: 80 kg}
body: calcis
organs: none
history: 1 y
medication: [hydrochlorothiazide 25 mg PO daily, denosumab 60 mg SC every 26 weeks, lithium]
arms:
  on: []
  off: [{stop: hydrochlorothiazide}]
run: {duration: 20 d, every: 1 d}
"""
LABS = """calcis: 1
person: {age: 61 y, sex: male, mass: 80 kg}
body: calcis
organs: none
disease: ckd
medication: [sevelamer 2.4 g PO every 8 h]
labs: {calcium: 9.2 mg/dL, phosphate: 4.6 mg/dL, creatinine: 3.9 mg/dL}
goal: {phosphate_plasma: below 1.6 mmol/L, at: 20 d}
arms:
  on: []
  the same: []
  off: [{stop: sevelamer}]
run: {duration: 20 d, every: 1 d, seed: 1}
"""


def test_what_is_taken_acts_from_the_start_and_ends_where_it_is_stopped() -> None:
    run = simulate(read_case_text(LIVED, "case"))
    on, off = (run[name].body["hydrochlorothiazide_plasma"].values for name in ("on", "off"))
    urine = {name: run[name].body["calcium_urine"].values for name in ("on", "off")}
    assert on == pytest.approx(on[0], rel=0.02)
    assert off[-1] < 1e-3 * off[0]
    assert urine["off"][-1] > 1.1 * urine["on"][-1]
    assert urine["on"][0] == pytest.approx(urine["off"][0])
    denosumab = run["on"].body["denosumab_plasma"].values
    assert 0.0 < denosumab[0] < denosumab.max()  # what is left of half a year, and the next dose


def test_what_is_not_simulated_is_told() -> None:
    told = read_case_text(LIVED, "case").arms["off"].findings
    assert any("as it has no model: lithium" in one for one in told)
    assert any(one.startswith("Taken before the run, and stopped as it begins: hydro") for one in told)
    more = LIVED.replace("on: []", "on: [hydrochlorothiazide 25 mg PO daily]")
    assert "Hydrochlorothiazide is given beside that." in read_case_text(more, "case").arms["on"].findings
    doseless = read_case_text(LIVED.replace(", lithium", ", warfarin"), "case").arms["on"].findings
    assert any("as its dose is not told: warfarin" in one for one in doseless)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("history: 1 y\n", "", "`history` in the case"),
        ("hydrochlorothiazide 25 mg PO daily", "hydrochlorothiazide 25 mg PO", "how often it is taken"),
        ("25 mg PO daily", "25 mg PO daily for 3 d", "nothing of a beginning or an end"),
        ("25 mg PO daily", "600 mg PO twice daily", "within 24 h"),
        ("every 26 weeks", "every 60 weeks", "1 to 400 doses before the run"),
        ("denosumab 60 mg SC every 26 weeks", "calcitonin 50 IU SC every 12 h", "730 within 365"),
        ("lithium", "lithium 300 mg PO daily", "may stand in `medication`"),
        ("lithium", "hydrochlorothiazide", "each medicine once"),
        ("organs: none\n", "organs: none\ndisease: thiazide\n", "either hydrochlorothiazide or disease"),
    ],
)
def test_what_cannot_be_taken_so_is_refused(old: str, new: str, said: str) -> None:
    with pytest.raises(InputError) as wrong:
        read_case_text(LIVED.replace(old, new), "case")
    assert said in str(wrong.value)


def test_labs_are_those_under_what_is_taken_in_everybody() -> None:
    case = read_case_text(LABS, "case")
    found = ensemble(case, 40, 1)
    assert found.individual is not None
    fared = fare(as_found(case, found.individual), found.members, ["phosphate_plasma"])
    phosphate = fared.courses["phosphate_plasma"]
    logs = np.log(phosphate[:, 0, 0] / (4.6 / 3.097))
    assert abs(logs.mean()) < 0.05
    assert logs.std() < 0.12
    half = found.members.values[:, found.members.names.index("sevelamer.binding_half")]
    assert half[0] == np.median(half) or half.std() > 0.1 * half.mean()
    assert (phosphate[:, 2, -1] > 1.01 * phosphate[:, 0, -1]).all()


def test_the_same_arm_under_two_names_is_not_told_apart() -> None:
    arms = compare(read_case_text(LABS, "case"), persons=40, processes=1).arms
    assert arms["on"].rank == arms["the same"].rank == 1
    assert arms["on"].alike == ("the same",)
    assert arms["off"].rank == 3
