"""Who reaches a goal, and when are two arms told apart?"""

from dataclasses import replace

import numpy as np
import pytest

from calcis.case.goal import Goal
from calcis.clinical.hard_findings import OF_BODIES
from calcis.clinical.rules import Asked, Patient
from calcis.clinical.states import states
from calcis.compare.criteria import better, chance, harms, ranks, reached
from calcis.simulate.ensemble import MINERAL, Fared

TIMES = np.array([0.0, 24.0, 48.0])


def fared(course: list[list[list[float]]], name: str = "calcium_plasma") -> Fared:
    """Courses (person, arm, time) of one quantity."""
    return Fared(TIMES, {name: np.array(course, float)}, {name: "mmol/L"}, {})


def goal(when: str, time: float, low: float = 2.0, high: float = 2.6, of: str = "") -> Goal:
    return Goal("calcium_plasma", low, high, "mmol/L", of, when, time, "")


ONE = [[[3.0, 2.5, 2.9]], [[3.0, 2.8, 2.5]], [[2.5, 2.5, 2.5]]]


@pytest.mark.parametrize(
    ("when", "time", "who"),
    [
        ("by", 48.0, [1, 1, 1]),
        ("by", 24.0, [1, 0, 1]),
        ("at", 48.0, [0, 1, 1]),
        ("at", 36.0, [0, 0, 1]),
        ("from", 24.0, [0, 0, 1]),
        ("from", 48.0, [0, 1, 1]),
    ],
)
def test_by_at_and_from(when: str, time: float, who: list[int]) -> None:
    assert reached(goal(when, time), fared(ONE), ["it"])[:, 0].tolist() == who


def test_a_share_of_the_start_or_of_another_arm_is_each_person_s_own() -> None:
    two = fared([[[4.0, 4.0, 4.0], [4.0, 2.0, 1.0]], [[1.0, 1.0, 1.0], [1.0, 1.0, 0.9]]])
    assert reached(goal("at", 48.0, 0.0, 0.5, "start"), two, ["watch", "it"])[:, 1].tolist() == [1, 0]
    assert reached(goal("at", 48.0, 0.0, 0.5, "watch"), two, ["watch", "it"])[:, 1].tolist() == [1, 0]


def test_for_whom_it_is_a_share_of_nothing_does_not_count() -> None:
    none = reached(goal("at", 48.0, 0.0, 0.5, "start"), fared([[[0.0, 1.0, 2.0]]]), ["it"])
    assert np.isnan(none).all()
    two = [[[0.0, 9.0, 8.0], [0.0, 1.0, 1.0]], [[0.0, 1e-3, 1e-3], [0.0, 1e-4, 1e-4]]]
    mineral = replace(goal("at", 48.0, 0.0, 0.5, "watch"), quantity=MINERAL)
    found = reached(mineral, fared(two, MINERAL), ["watch", "it"])
    assert np.array_equal(found, [[0.0, 1.0], [np.nan, np.nan]], equal_nan=True)


def test_what_another_arm_has_not_yet_is_no_share_yet() -> None:
    growing = fared([[[0.0, 9.0, 9.0], [0.0, 8.0, 1.0]], [[0.0, 9.0, 9.0], [0.0, 8.0, 8.0]]])
    asked = goal("by", 48.0, 0.0, 0.5, "watch")
    assert reached(asked, growing, ["watch", "it"])[:, 1].tolist() == [1, 0]


def test_who_fails_before_the_goal_s_time_is_not_counted() -> None:
    found = reached(goal("at", 48.0), fared([[[2.5, 2.5, np.nan]], [[2.5, 2.5, 2.5]]]), ["it"])
    assert np.isnan(found[0, 0])
    assert chance(found[:, 0]).persons == 1


def test_the_interval_of_a_chance_is_wilson_s() -> None:
    found = chance(np.array([1.0] * 8 + [0.0] * 2))
    assert (found.share, found.low, found.high) == pytest.approx((0.8, 0.4902, 0.9433), abs=1e-4)
    many = chance(np.array([1.0] * 16 + [0.0] * 4), 0.5)
    assert (many.low, many.high) == pytest.approx((found.low, found.high)), "twenty who are worth ten"


def test_arms_are_told_apart_by_the_same_persons() -> None:
    none, all_ = np.zeros(100), np.ones(100)
    few, some = none.copy(), none.copy()
    few[:9], some[:20] = 1.0, 1.0
    assert better(all_, none)
    assert better(some, none)
    assert not better(few, none), "nine in a hundred are less than the model is sure of"
    assert not better(none, all_)
    little = np.zeros(5)
    little[0] = 1.0
    assert not better(little, np.zeros(5)), "one of five persons tells nothing"
    assert not better(all_[:3], none[:3]), "nor do three of whom all do, by chance one in eight"
    assert better(all_[:10], none[:10])
    assert better(some, none, 0.5)
    assert not better(some, none, 0.05), "a hundred persons who are worth five tell little"


def test_arms_that_are_not_told_apart_share_a_rank_and_some_are_not_ranked() -> None:
    reach = np.zeros((100, 4))
    reach[:, 0], reach[:95, 1], reach[:, 3] = 1.0, 1.0, 1.0
    assert ranks(reach, [0, 1, 2]) == {0: 1, 1: 1, 2: 3}


def test_harm_is_what_was_not_there_at_the_start() -> None:
    low = fared([[[2.4, 1.8, 2.4]], [[1.8, 1.8, 1.8]], [[2.4, 2.4, 2.4]]])
    (found,) = [one for one in harms(low, 0, Patient()) if one.name == "severe_hypocalcaemia"]
    assert found.share == pytest.approx(1 / 3)
    assert (found.title, found.source) == ("severe hypocalcaemia", "turner_2016: severe hypocalcaemia")


@pytest.mark.parametrize("with_ionised", [True, False])
@pytest.mark.parametrize("calcium", [4.2, 3.0, 2.4, 2.0, 1.5])
def test_every_urgent_state_is_a_harm_by_the_same_lines(calcium: float, with_ionised: bool) -> None:
    taking = Patient({}, frozenset(), frozenset({"digoxin"}))
    names = ["calcium_plasma", *(["calcium_ionised_plasma"] if with_ionised else [])]
    levels = {name: (calcium if name == "calcium_plasma" else 0.5 * calcium) for name in names}
    courses = {
        name: np.array([[[2.4 if name == "calcium_plasma" else 1.25, levels[name]]]]) for name in names
    }
    told = Fared(np.array([0.0, 24.0]), courses, dict.fromkeys(names, "mmol/L"), {})
    found = {one.name: one.share for one in harms(told, 0, taking)}
    now = replace(taking, values={OF_BODIES[name]: level for name, level in levels.items()})
    assert len(states()) >= 4
    for name, rule in states().items():
        assert found[name] == float(bool(rule.holds(Asked(now)).truth)), name


def test_high_calcium_harms_those_who_take_digoxin() -> None:
    high = fared([[[2.4, 3.0, 2.4]]])
    for medication, share in ((frozenset({"digoxin"}), 1.0), (frozenset(), 0.0)):
        told = {one.name: one.share for one in harms(high, 0, Patient({}, frozenset(), medication))}
        assert told["hypercalcaemia_with_digoxin"] == share


def test_what_drugs_do_to_the_heart_counts_as_harm() -> None:
    courses = {"pr_interval": np.array([[[160.0, 190.0]], [[160.0, 210.0]]])}
    fared = Fared(np.array([0.0, 24.0]), courses, {"pr_interval": "ms"}, {})
    (found,) = harms(fared, 0, Patient())
    assert (found.title, found.share) == ("PR interval above 200 ms", 0.5)
