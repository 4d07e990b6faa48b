"""Does an injury that comes again hurt each time what lives then, and is nonsense refused in words?"""

from __future__ import annotations

import numpy as np
import pytest

from calcis.case import read_case_text
from calcis.errors import InputError
from calcis.simulate import simulate

CASE = """
calcis: 1
title: Flares
body: clamped
person: {species: mouse}
plasma: {calcium_ionised: 1.25 mmol/L, phosphate: 1.8 mmol/L, pyrophosphate: 3.3 umol/L, ph: 7.4}
lesion:
  tissue: skeletal_muscle
  injury: {kind: toxin, at: 1 d, killed: 0.3, REPEAT, shape: {cone: {diameter: 4 mm, depth: 3 mm}}}
arms: {it: []}
run: {duration: 70 d, every: 1 d}
"""


def course(repeat: str, name: str) -> np.ndarray:
    run = simulate(read_case_text(CASE.replace("REPEAT", repeat), "case.yaml"))
    found = run["it"].lesion_series
    assert found is not None and run["it"].failure is None
    assert max(run["it"].ledger.values()) < 1e-11
    return found[name].values


def test_each_kills_its_share_of_what_lives_then() -> None:
    living = course("every: 30 d", "living_fraction")
    for day in (1, 31, 61):  # the output at an injury's time is of just before it or just after
        before, after = living[day - 1], living[day + 1]
        assert after == pytest.approx(0.7 * before, rel=0.02)
    assert living[30] > 0.9


def test_times_counts_the_first() -> None:
    twice = course("every: 30 d, times: 2", "living_fraction")
    assert twice[32] < 0.8 and twice[62] > twice[60]
    assert twice[:61] == pytest.approx(course("every: 30 d", "living_fraction")[:61], rel=1e-5)


def test_the_story_says_that_it_came_again() -> None:
    run = simulate(read_case_text(CASE.replace("REPEAT", "every: 30 d"), "case.yaml"))
    said = run["it"].lesion_facts["story"][0]["text"]
    assert "came again 2 times" in said


@pytest.mark.parametrize(
    ("repeat", "expected"),
    [
        ("times: 3", "`every` with `times`"),
        ("every: 1 min", "at most 1000 injuries in a run"),
        ("every: 0 d", "more than 0"),
    ],
)
def test_nonsense_is_refused(repeat: str, expected: str) -> None:
    with pytest.raises(InputError) as wrong:
        read_case_text(CASE.replace("REPEAT", repeat), "case.yaml")
    assert expected in f"{wrong.value.expected}"


def test_flow_returns_before_it_stops_again() -> None:
    case = CASE.replace("kind: toxin", "kind: ischaemia, lasts: 2 d").replace("REPEAT", "every: 1 d")
    with pytest.raises(InputError) as wrong:
        read_case_text(case, "case.yaml")
    assert wrong.value.expected == "longer than the injury lasts, 2 d"
