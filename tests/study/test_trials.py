"""Is a virtual trial what a trial is: who is let in, which share answers, how near is near?"""

from pathlib import Path

import numpy as np
import pytest

from calcis.errors import InputError
from calcis.study.experiment import read_experiments
from calcis.study.trials import trial_courses
from calcis.study.validation import validate

TRIAL = """calcis_validation: 1
title: A trial
source: "major_2001: abstract"
kind: observed
fitted: false
why: a test
case:
  calcis: 1
  person: {age: 60 y, sex: female, mass: 70 kg}
  body: calcis
  disease: osteolytic_metastases
  history: 14 d
  arms: {watch: [], it: [zoledronate 4 mg IV over 15 min]}
  run: {duration: 6 d, every: 2 d}
experiments:
  one:
    patients:
      simulated: 20
      entry: {calcium_plasma: 3.0 to 3.6 mmol/L}
      shares:
        normal: {calcium_plasma: below 2.7 mmol/L}
        lower: {calcium_plasma: below 95 %, of: start}
    observations:
      - {of: normal_by, arm: it, at: 6 d, equals: "0.9", within: [sampling 30]}
      - {of: lower, arm: it, at: 6 d, least: "0.9"}
      - {of: calcium_plasma, arm: it, at: 6 d, minus: {arm: watch}, most: 0 mmol/L}
"""


def read(folder: Path, text: str = TRIAL) -> Path:
    file = folder / "trial.yaml"
    file.write_text(text)
    return file


def test_persons_are_let_in_and_shares_of_them_told(tmp_path: Path) -> None:
    (one,) = read_experiments(read(tmp_path))
    found = trial_courses(one, [5.0 * 24.0])
    watch, it = found.arms["watch"], found.arms["it"]
    assert 5.0 * 24.0 in found.times
    assert 3.0 < watch["calcium_plasma"].values[0] < 3.6, "a mean of persons who were let in"
    assert it["normal"].values[0] == it["normal_by"].values[0] == 0.0
    assert not watch["normal_by"].values.any(), "nobody gets well by nothing"
    assert (np.diff(it["normal_by"].values) >= 0.0).all()
    assert (it["normal_by"].values >= it["normal"].values).all()
    shares = it["lower"].values * 20
    assert shares == pytest.approx(np.round(shares)), "shares of twenty persons"


def test_near_is_the_sampling_error_of_the_trial_s_size(tmp_path: Path) -> None:
    found = validate(read_experiments(read(tmp_path)))
    verdict = found.verdicts[0]
    # Wilson's interval of 95 % for 27 of 30 is 0.744 to 0.965.
    assert verdict.high - verdict.low == pytest.approx(0.965 - 0.744, abs=2e-3)
    assert found.verdicts[1].passed and found.verdicts[2].passed


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("3.0 to 3.6 mmol/L", "above 6 mmol/L", "who fulfil the entry"),
        ("entry: {calcium_plasma", "entry: {calcium_plsma", "did you mean calcium_plasma"),
        ("below 95 %, of: start", "below 95 %, of: it", "of: start"),
        ("[sampling 30]", "[sampling none]", "sampling 92"),
        ('equals: "0.9"', 'equals: "1.4"', "a share of persons"),
        (
            "    patients:",
            "    infused: {plasma.calcium: 1 mmol/h}\n    patients:",
            "no such thing in a trial",
        ),
    ],
)
def test_a_trial_that_means_nothing_is_refused(tmp_path: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(InputError) as refused:
        validate(read_experiments(read(tmp_path, TRIAL.replace(old, new))))
    assert says in str(refused.value)
    assert refused.value.line
