"""Do operations take what they say, is it weighed, do books close, and what comes back?"""

from __future__ import annotations

import numpy as np
import pytest

from calcis.case import read_case_text
from calcis.errors import InputError
from calcis.results.store import Run
from calcis.simulate import simulate
from calcis.tissue.removal import TAKEN

CASE = """\
calcis: 1
body: clamped
plasma: {calcium_ionised: 1.25 mmol/L, phosphate: 1.2 mmol/L, pyrophosphate: 3 umol/L, ph: 7.4}
lesion: {tissue: dermis, injury: INJURY}
changes: {macrophage_competence: COMPETENCE}
arms:
  watch: []
  excise: [{excise: {at: 100 d, margin: 2 mm}}]
  debulk: [{debulk: {at: 100 d, share: 0.7}}]
  lithotripsy: [{lithotripsy: {at: 110 d, share: 0.5}}, {lithotripsy: {at: 100 d, share: 0.5}}]
run: {duration: 200 d, every: 2 d}
"""
BITE = "{kind: bite, at: 1 d, shape: {cone: {diameter: 6 mm, depth: 4 mm}}, killed: 0.9}"


def case(injury: str, competence: str) -> str:
    return CASE.replace("INJURY", injury).replace("COMPETENCE", competence)


@pytest.fixture(scope="module")
def failing() -> Run:
    """Dead tissue that nobody clears calcifies; the cause stays."""
    return simulate(read_case_text(case(BITE, "0.02"), "case"))


def taken(run: Run, arm: str) -> np.ndarray:
    return run[arm].lesion_series[TAKEN].values


def mineral(run: Run, arm: str) -> np.ndarray:
    return run[arm].lesion_series["mineral_total"].values


def test_what_is_taken_is_the_share_of_what_was_there_and_stands_in_the_books(failing: Run) -> None:
    before = mineral(failing, "watch")[49], mineral(failing, "watch")[50]  # days 98 and 100
    for arm, share in (("excise", 1.0), ("debulk", 0.7)):
        assert share * before[0] < taken(failing, arm)[-1] <= share * before[1] * (1 + 1e-6)
    first, both = taken(failing, "lithotripsy")[52], taken(failing, "lithotripsy")[-1]
    assert first == pytest.approx(0.5 * before[1], rel=1e-3) and both > 1.5 * first
    assert TAKEN not in failing["watch"].lesion_series
    for arm in failing.arms.values():
        assert max(arm.ledger.values()) < 1e-9 and arm.failure is None


def test_it_is_weighed_and_told(failing: Run) -> None:
    volume = 37.7e-6
    texts = [one.text for one in failing["excise"].findings]
    said = next(text for text in texts if text.startswith("Excision with a margin of 2 mm on day 100."))
    assert "100 % of what was there" in said
    weight = float(said.partition("took ")[2].split()[0])
    assert weight == pytest.approx(taken(failing, "excise")[-1] * volume * 40.078, rel=0.01)
    for arm, share in (("debulk", "70 %"), ("lithotripsy", "50 %")):  # not of what was there an output before
        texts = [one.text for one in failing[arm].findings if "It took" in one.text]
        assert texts and all(f"{share} of what was there" in one for one in texts)
    titles = [chapter["title"] for chapter in failing["lithotripsy"].lesion_facts["story"]]
    assert titles.count("Surgery") == 2 and titles[-1] == "After it"


def test_mineral_comes_back_where_what_made_it_stays(failing: Run) -> None:
    after = failing["excise"].findings[-1]
    assert after.level == "warning" and after.text.startswith("Mineral came back")
    assert mineral(failing, "excise")[-1] > 20.0


def test_a_small_wound_heals_where_a_large_injury_calcified() -> None:
    once = simulate(read_case_text(case(BITE, "0.2"), "case"))
    assert mineral(once, "watch")[-1] > 150.0  # nine tenths dead were too much for so few macrophages
    assert once["excise"].lesion_facts["verdict"] == "healed"
    assert once["excise"].findings[-1].text == "Mineral did not come back: at the end none is left."


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("at: 100 d, margin", "at: 200 d, margin", "a time before the end of the run at 200 d"),
        ("at: 100 d, margin", "at: 1 d, margin", "a time after the injury at 1 d"),
        ("share: 0.7", "share: 0", "more than 0"),
        ("share: 0.7", "share: 1.2", "at most 1"),
        ("margin: 2 mm", "margin: 2 kg", "a length"),
        ("margin: 2 mm", "share: 0.5", "a key of arms.excise.0.excise: at, margin"),
        (", share: 0.7", "", "`share` in arms.debulk.0.debulk"),
        ("{debulk: {", "{debulc: {", "a key of arms.debulk.0"),
    ],
)
def test_what_cannot_be_done_is_refused(old: str, new: str, expected: str) -> None:
    with pytest.raises(InputError) as wrong:
        read_case_text(case(BITE, "1").replace(old, new), "case")
    assert expected in wrong.value.expected and wrong.value.line is not None


def test_without_a_lesion_there_is_nothing_to_operate_on() -> None:
    text = "calcis: 1\nperson: {age: 50 y, sex: female, mass: 70 kg}\nbody: calcis\n"
    text += "arms: {cut: [{excise: {at: 3 d}}]}\nrun: {duration: 9 d, every: 1 d}\n"
    with pytest.raises(InputError) as wrong:
        read_case_text(text, "case")
    assert wrong.value.expected == "a lesion in the case"
