"""Is what drugs did told as it was, also where outputs are far apart, and nothing where they did nothing?"""

from __future__ import annotations

import re

import numpy as np
import pytest

from calcis.case import Case, packaged, read_case_text
from calcis.drugs import drug_actions
from calcis.results.store import Run
from calcis.simulate import simulate
from calcis.simulate.drug_story import targets
from tests.simulate.bitten import bitten

ARMS = """\
  watch: []
  fytate: [hexasodium_fytate 600 mg IV over 2 h every 56 h from 2 d]
  diltiazem: [diltiazem 60 mg PO every 8 h]
  saline: [saline 3 L IV over 1 d]
  warfarin: [warfarin 5 mg PO daily]
  clodronate: [clodronate 800 mg PO twice daily]
"""


def case(every: str) -> Case:
    return read_case_text(bitten(0.2, ARMS, f"duration: 20 d, every: {every}"), "case")


@pytest.fixture(scope="module")
def daily() -> Run:
    return simulate(case("1 d"))


def told(run: Run, arm: str, word: str) -> str:
    return next(one.text for one in run[arm].findings if word in one.text)


def chapter(run: Run, arm: str) -> str:
    return next((one["text"] for one in run[arm].lesion_facts["story"] if one["title"] == "Drugs"), "")


def test_the_mean_effect_is_that_between_outputs_too(daily: Run) -> None:
    often = simulate(case("30 min"))["fytate"]
    factor = often.body_series["hexasodium_fytate_on_crystals"].values[often.time >= 48.0]
    said = re.search(r"by (\d+) % on average \(most on day \d+, by (\d+) %\)", chapter(daily, "fytate"))
    assert said is not None
    assert int(said[1]) == pytest.approx(100 * (1 - factor.mean()), abs=1.0)
    assert int(said[2]) == pytest.approx(100 * (1 - factor.min()), abs=1.0)


def test_what_hardly_acts_is_said_to(daily: Run) -> None:
    assert chapter(daily, "diltiazem").startswith(
        "Diltiazem hardly moved calcium that enters dying cells (by"
    )


def test_what_was_added_is_summed(daily: Run) -> None:
    assert told(daily, "saline", "of fluid") == "Saline added 3.00 L of fluid."
    assert chapter(daily, "saline") == ""


def test_warfarin_is_told_in_blood_and_deposit(daily: Run) -> None:
    assert "recycling of vitamin K by" in told(daily, "warfarin", "vitamin K")
    unfinished = daily["warfarin"].body_series["gla_unfinished_relative"].values[-1]
    assert f"back {unfinished:.2f} times as many" in chapter(daily, "warfarin")


def test_what_nobody_has_is_not_moved(daily: Run) -> None:
    said = told(daily, "clodronate", "resorption of bone")
    assert "tumours" not in said


def test_where_no_drug_is_given_none_is_told(daily: Run) -> None:
    assert chapter(daily, "watch") == ""
    assert not any("on average" in one.text for one in daily["watch"].findings)


def test_the_lowest_pressure_is_seen_between_outputs(daily: Run) -> None:
    (lowest,) = re.findall(r"pressure down to (\d+) mmHg", told(daily, "diltiazem", "circulation"))
    seen = daily["diltiazem"].body_series["mean_arterial_pressure"].values.min()
    assert int(lowest) < np.floor(seen)


def test_every_target_has_words() -> None:
    moved = {
        target
        for name in packaged().drugs
        for action in drug_actions(name)
        for place, all_ in action.on.items()
        if place != "circulation"
        for target in all_
    }
    assert moved - set(targets()) == {"pyrophosphate_plasma"}  # its own course is shown
