"""Can a virtual trial be about a deposit: what everybody holds at the start, and who answers?"""

from pathlib import Path

import pytest

from calcis.errors import InputError
from calcis.study.experiment import read_experiments
from calcis.study.trials import trial_courses
from tests.study.trial_file import written

TRIAL = """case:
  calcis: 1
  person: {age: 50 y, sex: female, mass: 70 kg}
  body: calcis
  lesion: {tissue: skin}
  arms: {nothing: [], half: [{debulk: {at: 2 d, share: 0.5}}]}
  run: {duration: 10 d, every: 5 d}
experiments:
  one:
    patients:
      simulated: 20
      deposit: 500 mmol/L
      shares: {answer: {mineral_total: below 60 %, of: start}}
    observations:
      - {of: answer, arm: half, at: 10 d, equals: "1", within: [sampling 20]}
"""


def test_everybody_has_the_deposit_and_who_lost_half_of_it_answers(tmp_path: Path) -> None:
    (one,) = read_experiments(written(tmp_path, TRIAL))
    found = trial_courses(one, [])
    nothing, half = found.arms["nothing"], found.arms["half"]
    assert nothing["mineral_total"].unit == "mmol/L"
    assert nothing["mineral_total"].values[0] == pytest.approx(500.0, rel=1e-6)
    assert nothing["mineral_total"].values[-1] > 450.0
    left = half["mineral_total"].values[-1] / nothing["mineral_total"].values[-1]
    assert 0.2 < left < 0.55, "half was taken, and the wound's macrophages took some more"
    assert nothing["answer"].values[-1] == 0.0
    assert half["answer"].values[-1] == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("said", "instead", "expected"),
    [
        ("500 mmol/L", "9000 mmol/L", "at most 6000 mmol/L"),
        ("500 mmol/L", "0 mmol/L", "more than 0"),
        ("500 mmol/L", "5 mm", "mmol/L"),
        (
            "  lesion: {tissue: skin}\n  arms: {nothing: [], half: [{debulk: {at: 2 d, share: 0.5}}]}",
            "",
            "a lesion",
        ),
    ],
)
def test_a_deposit_that_cannot_be_is_refused(tmp_path: Path, said: str, instead: str, expected: str) -> None:
    text = TRIAL.replace(said, instead or "  arms: {half: []}").replace("mineral_total", "calcium_plasma")
    (one,) = read_experiments(written(tmp_path, text))
    with pytest.raises(InputError) as caught:
        trial_courses(one, [])
    assert expected in str(caught.value) and "trial.yaml:" in str(caught.value)
