"""Is a virtual trial what a trial is: who is let in, which share answers, how near is near?"""

from pathlib import Path

import numpy as np
import pytest

from calcis.errors import InputError
from calcis.study.baseline import taken, weights_of
from calcis.study.experiment import read_experiments
from calcis.study.patients import read_patients
from calcis.study.trials import _measured, let_in, trial_courses
from calcis.study.validation import validate
from calcis.validation_report.words import patients
from tests.study.trial_file import written

TRIAL = """case:
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


def test_persons_are_let_in_and_shares_of_them_told(tmp_path: Path) -> None:
    (one,) = read_experiments(written(tmp_path, TRIAL))
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
    found = validate(read_experiments(written(tmp_path, TRIAL)))
    verdict = found.verdicts[0]
    # Wilson's interval of 95 % for 27 of 30 is 0.744 to 0.965.
    assert (verdict.low, verdict.high) == pytest.approx((0.744, 0.965), abs=1e-3)
    assert found.verdicts[1].passed and found.verdicts[2].passed


TOLD = "entry: {calcium_plasma: 3.0 to 3.6 mmol/L}"
BASELINE = """entry: {calcium_plasma: above 3.0 mmol/L}
      baseline: {calcium_plasma: {mean: 13.8 mg/dL, sd: 1.2 mg/dL}, phosphate_plasma: {mean: 1.4 mmol/L}}"""


def test_patients_have_the_baseline_that_was_told(tmp_path: Path) -> None:
    text = TRIAL.replace(TOLD, BASELINE)
    (one,) = read_experiments(written(tmp_path, text.replace("simulated: 20", "simulated: 60")))
    watch = trial_courses(one, []).arms["watch"]
    assert watch["calcium_plasma"].values[0] == pytest.approx(13.8 / 4.0078, rel=0.01)
    assert watch["phosphate_plasma"].values[0] == pytest.approx(1.4, rel=0.03)


TITRATED = f"""{TOLD}
      titrated: {{more: {{arms: [watch, it], until: {{calcium_plasma: below 2.8 mmol/L}}, at: 6 d}}}}"""
PRIOR = """at: 3 d
      titrated: {raised: {arms: [it, more], until: {calcium_plasma: below 2.8 mmol/L}, at: 9 d}}
      entry: {calcium_plasma: 3.0 to 3.6 mmol/L}"""
SALINE = "saline 3 L IV over 24 h daily for 9 d"
ARMS = f"{{it: [{SALINE}, zoledronate 1 mg IV from 3 d], more: [{SALINE}, zoledronate 8 mg IV from 3 d]}}"


def test_patients_are_let_in_after_prior_treatment_and_doses_are_raised_until_they_do_enough(
    tmp_path: Path,
) -> None:
    text = TRIAL.replace(TOLD, PRIOR).replace("duration: 6 d", "duration: 9 d")
    text = text.replace("{watch: [], it: [zoledronate 4 mg IV over 15 min]}", ARMS)
    (one,) = read_experiments(written(tmp_path, text))
    found = trial_courses(one, [])
    begin = int(np.flatnonzero(found.times == 72.0)[0])
    few, many, raised = (found.arms[arm]["lower"].values for arm in ("it", "more", "raised"))
    calcium = [found.arms[arm]["calcium_plasma"].values for arm in ("it", "more", "raised")]
    assert 3.0 < calcium[0][begin] < 3.6 < calcium[0][0], "fluid lowered it, and they were let in then"
    assert not few[: begin + 1].any() and few[-1] > 0.0
    assert many[-1] >= raised[-1] >= few[-1]
    assert calcium[0][-1] > calcium[2][-1] >= calcium[1][-1]


def test_patients_can_have_different_diseases(tmp_path: Path) -> None:
    kinds = "diseases: {osteolytic_metastases: 3, humoral_hypercalcaemia_of_malignancy: 1}"
    text = TRIAL.replace("  disease: osteolytic_metastases\n", "").replace("simulated: 20", "simulated: 80")
    text = text.replace(TOLD, f"{kinds}\n      {BASELINE}")
    (one,) = read_experiments(written(tmp_path, text))
    assert [share for _, share in one.kinds] == [0.75, 0.25]
    persons = let_in(one, read_patients(one, {"calcium_plasma": "mmol/L", "phosphate_plasma": "mmol/L"}))
    assert [counts.sum() for _, counts in persons] == pytest.approx([0.75, 0.25], abs=0.01)
    watch = trial_courses(one, []).arms["watch"]
    assert watch["calcium_plasma"].values[0] == pytest.approx(13.8 / 4.0078, rel=0.01)


def test_shares_are_of_what_is_measured_which_varies_from_week_to_week() -> None:
    times = np.array([0.0, 24.0, 48.0, 24.0 * 8, 24.0 * 15])
    for name, variation in (("calcium_plasma", 0.0224), ("pth_plasma", 0.214), ("resorption_relative", 0.0)):
        found = np.log(_measured(name, np.full((4000, 5), 50.0), times) / 50.0)
        assert found.std(axis=0) == pytest.approx(np.full(5, variation), rel=0.05)
        assert (found[:, 1] == found[:, 2]).all(), "within a week a person stays where it is"
        if variation:
            assert abs(np.corrcoef(found[:, 0], found[:, 1])[0, 1]) < 0.05


def test_a_reader_is_told_who_the_patients_are(tmp_path: Path) -> None:
    (one,) = read_experiments(written(tmp_path, TRIAL.replace(TOLD, BASELINE)))
    said = patients(one)
    assert "let in with calcium plasma above 3.0 mmol/L" in said
    assert "given, not compared: calcium plasma 13.8 mg/dL ± 1.2 mg/dL, phosphate plasma 1.4 mmol/L" in said


def test_weights_are_those_nearest_to_counting_each_alike() -> None:
    values = np.linspace(-3.0, 3.0, 601)
    even = np.full(601, 1.0 / 601)
    assert weights_of(values[:, None], np.zeros(1), values.std(keepdims=True)) == pytest.approx(even)
    # Of what is spread evenly, all that the normal density asks for.
    bell = np.exp(-0.5 * ((values - 0.5) / 0.5) ** 2)
    weights = weights_of(values[:, None], np.array([0.5]), np.array([0.5]))
    assert weights == pytest.approx(bell / bell.sum(), rel=1e-3)


def test_persons_are_taken_as_often_as_they_weigh_and_nobody_twice() -> None:
    weights = np.array([0.5, *np.full(50, 0.01)])
    often = np.zeros(51)
    for seed in range(300):
        chosen, counts = taken(weights, 11, np.random.default_rng(seed))
        assert len(set(chosen.tolist())) == len(chosen) == 11
        assert 0 in chosen and counts[list(chosen).index(0)] == pytest.approx(0.5)
        often[chosen] += 1.0
    assert often[1:].mean() == pytest.approx(60.0) and often[1:].std() < 15.0


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        (TOLD, "baseline: {calcium_plasma: {mean: 25 mg/dL, sd: 1 mg/dL}}", "among those who are let in"),
        (TOLD, "baseline: {calcium_plasma: {mean: 13.8 mg/dL, sd: 0 mg/dL}}", "above 0, or none"),
        (TOLD, "baseline: {calcium_plasma: {mean: 13.8 d, sd: 1 mg/dL}}", "got d (time)"),
        (TOLD, "baseline: {calcium_plsma: {mean: 13.8 mg/dL}}", "did you mean calcium_plasma"),
        ("3.0 to 3.6 mmol/L", "above 6 mmol/L", "who fulfil the entry"),
        ("entry: {calcium_plasma", "entry: {calcium_plsma", "did you mean calcium_plasma"),
        (TOLD, f"at: 2 d\n      {TOLD}", "the same until patients are let in"),
        (TOLD, f"at: 7 d\n      {TOLD}", "before the run's end"),
        ("simulated: 20", "diseases: {osteolytic_metastases: 1}", "without `disease`"),
        ("simulated: 20", "diseases: {osteolytic_metastases: 0}", "got 0"),
        (TOLD, TITRATED.replace("[watch, it]", "[watch, its]"), "did you mean it"),
        (TOLD, TITRATED.replace("more:", "it:"), "no arm of the case has"),
        (TOLD, TITRATED.replace("6 d", "8 d"), "up to the run's end"),
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
        validate(read_experiments(written(tmp_path, TRIAL.replace(old, new))))
    assert says in str(refused.value)
    assert refused.value.line
