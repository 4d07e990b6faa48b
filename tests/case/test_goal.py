"""Is a goal read as it is meant, and refused where it means nothing?"""

import pytest

from calcis.case import Case, read_case_text
from calcis.errors import InputError

CASE = """calcis: 1
person: {age: 60 y, sex: female, mass: 70 kg}
body: BODY
disease: {osteolytic_metastases: {release: 36 mmol/d}}
organs: none
goal: GOAL
arms: {watch: [], zoledronate: [zoledronate 4 mg IV over 15 min]}
run: {duration: 30 d, every: 1 d}
"""


def read(goal: str, body: str = "calcis") -> Case:
    return read_case_text(CASE.replace("GOAL", goal).replace("BODY", body), "case.yaml")


@pytest.mark.parametrize(
    ("goal", "low", "high", "of", "when", "time"),
    [
        ("{calcium_plasma: 2.1 to 2.6 mmol/L, by: 30 d}", 2.1, 2.6, "", "by", 720.0),
        ("{calcium_plasma: below 10.4 mg/dL, at: 96 h}", 0.0, 10.4 / 4.0078, "", "at", 96.0),
        ("{pth_plasma: above 2 pmol/L, from: 10 d}", 2.0, float("inf"), "", "from", 240.0),
        ("{phosphate_plasma: 80 to 120 %, of: start, at: 1 d}", 0.8, 1.2, "start", "at", 24.0),
        ("{calcium_plasma: below 90 %, of: watch, at: 1 d}", 0.0, 0.9, "watch", "at", 24.0),
    ],
)
def test_a_goal_is_read(goal: str, low: float, high: float, of: str, when: str, time: float) -> None:
    found = read(goal).goal
    assert found is not None
    assert (found.low, found.high) == pytest.approx((low, high), rel=1e-4)
    assert (found.of, found.when, found.time) == (of, when, time)


@pytest.mark.parametrize(
    ("goal", "says"),
    [
        ("{calcium_plsma: below 2 mmol/L, at: 3 d}", "did you mean calcium_plasma"),
        ("{mineral_total: below 50 %, of: start, at: 3 d}", "a lesion in the case"),
        ("{mineral_organs: below 5 mmol, at: 3 d}", "organs in the case"),
        ("{calcium_plasma: below 2 mmol/L}", "one of by, at and from"),
        ("{calcium_plasma: below 2 mmol/L, at: 3 d, by: 3 d}", "one of by, at and from"),
        ("{at: 3 d}", "one quantity"),
        ("{calcium_plasma: below 2 mmol/L, at: 3 y}", "within the run"),
        ("{calcium_plasma: below 2 mmol/L, at: 3}", "a time such as"),
        ("{calcium_plasma: below 2 mL, at: 3 d}", "mmol/L"),
        ("{calcium_plasma: 2, at: 3 d}", "2.1 to 2.6 mmol/L"),
        ("{calcium_plasma: 3 to 2 mmol/L, at: 3 d}", "a lower end"),
        ("{calcium_plasma: below 50 %, of: wach, at: 3 d}", "did you mean watch"),
        ("{calcium_plasma: below 2 mmol/L, bye: 3 d}", "got 'bye'; did you mean by?"),
        ("{calcium_plasma: below 50 %, off: start, at: 3 d}", "got 'off'; did you mean of?"),
        (
            "{calcium_plsma: below 2 mmol/L, pth_plasma: below 2 pmol/L, at: 3 d}",
            "did you mean calcium_plasma?",
        ),
        ("{calcium_plasma: below 0 mmol/L, at: 3 d}", "a limit above 0"),
        ("{calcium_plasma: below 2 mmol/L, at: -1 d}", "from 0 to"),
    ],
)
def test_a_goal_that_means_nothing_is_refused_in_its_place(goal: str, says: str) -> None:
    with pytest.raises(InputError) as refused:
        read(goal)
    assert says in str(refused.value)
    assert (refused.value.file, refused.value.line) == ("case.yaml", 6)
