"""Do drugs and tissues act more strongly in one person than in another, as much as their data tell?"""

import numpy as np
import pytest

from calcis.case import packaged, read_case_text
from calcis.individual.between import drawn
from calcis.individual.ensemble import ensemble
from calcis.individual.factors import factors
from calcis.simulate.ensemble import MINERAL, Factors, Members, fare

CASE = """
calcis: 1
title: Three persons
person: {age: 60 y, sex: female, mass: 70 kg}
body: calcis
arms:
  watch: []
  zoledronate: [zoledronate 4 mg IV over 15 min]
run: {duration: 2 d, every: 1 d}
"""
HALF = "zoledronate.resorption_half"


def test_each_has_a_factor_of_a_number_by_its_spread_and_the_first_has_none() -> None:
    case = read_case_text(CASE, "case.yaml")
    found = drawn(case, 4001, 1)
    spread = packaged().parameters("calcis")[HALF].spread
    assert spread is not None
    own = np.log(found.values[1:, found.names.index(HALF)])
    assert (found.values[0] == 1.0).all()
    assert own.mean() == pytest.approx(0.0, abs=3.0 * spread.value / 4000**0.5)
    assert own.std() == pytest.approx(spread.value, rel=0.04)
    assert np.array_equal(found.values, drawn(case, 4001, 1).values)
    assert not np.array_equal(found.values, drawn(case, 4001, 2).values)
    assert np.array_equal(found.values[:5], drawn(case, 5, 1).values), "more persons change nobody"


def test_numbers_are_drawn_apart_and_stay_in_their_range() -> None:
    case = read_case_text(CASE, "case.yaml")
    found, numbers = drawn(case, 2000, 3), packaged().parameters("calcis")
    apart = np.corrcoef(np.log(found.values[1:].T)) - np.eye(len(found.names))
    assert np.abs(apart).max() < 0.12
    for name, column in zip(found.names, found.values.T, strict=True):
        low, high = numbers[name].range or (0.0, np.inf)
        assert (column * numbers[name].value <= high * (1.0 + 1e-12)).all(), name
        assert (column * numbers[name].value >= low).all(), name


def test_nothing_differs_between_persons_in_two_ways() -> None:
    moved = {name for factor in factors().values() for name in factor.numbers}
    assert not moved & {*drawn(read_case_text(CASE, "case.yaml"), 2, 1).names}


def test_what_the_case_gives_is_so_in_everybody() -> None:
    given = CASE.replace("arms:", "changes: {zoledronate.resorption_half: 2 umol}\narms:")
    assert HALF not in drawn(read_case_text(given, "case.yaml"), 3, 1).names
    times = CASE.replace("arms:", "changes: {zoledronate.resorption_half: {factor: 2}}\narms:")
    assert HALF in drawn(read_case_text(times, "case.yaml"), 3, 1).names


def _members(name: str, *factors: float) -> Members:
    count = len(factors)
    one = Factors((name,), np.array(factors)[:, None])
    return Members((), np.zeros((count, 0)), np.full(count, 24.0), False, one)


def test_who_needs_more_of_a_drug_has_less_of_its_effect_and_is_the_same_without_it() -> None:
    case = read_case_text(CASE, "case.yaml")
    told = fare(case, _members(HALF, 1.0, 3.0, 0.3), ["resorption_relative"])
    watch, treated = np.moveaxis(told.courses["resorption_relative"][:, :, -1], 1, 0)
    assert np.ptp(watch) == 0.0
    assert treated[2] < treated[0] < treated[1] < watch[0]


def test_an_arm_that_gives_a_value_gives_it_to_everybody() -> None:
    text = CASE.replace(
        "arms:",
        "arms:\n  same: [zoledronate 4 mg IV over 15 min, {changes: {zoledronate.resorption_half: 1 umol}}]",
    )
    told = fare(read_case_text(text, "case.yaml"), _members(HALF, 1.0, 3.0), ["resorption_relative"])
    apart = np.ptp(told.courses["resorption_relative"][:, :, -1], axis=0)
    assert apart[0] == 0.0 and apart[2] > 0.01


def test_tissue_differs_between_persons_in_a_lesion() -> None:
    injury = "{kind: ischaemia, at: 1 h, shape: {sphere: {diameter: 20 mm}}, killed: 0.9}"
    text = CASE.replace("arms:", f"lesion: {{tissue: skeletal_muscle, injury: {injury}}}\narms:")
    differ = _members("interstitial_fluid.pyrophosphate_production", 1.0, 5.0)
    told = fare(read_case_text(text, "case.yaml"), differ, [])
    usual, held_back = told.courses[MINERAL][:, 0, -1]
    assert 0.0 < held_back < 0.9 * usual


def test_persons_of_a_comparison_have_them() -> None:
    found = ensemble(read_case_text(CASE, "case.yaml"), 6, 1)
    assert HALF in found.members.factors.names
    assert found.members.factors.values.shape[0] == len(found) == 6
    assert found.members.some(slice(2, 4)).factors.values.shape[0] == 2
