"""Is the differential the one that probability asks for, and does it name who has the labs?"""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from calcis.diagnose import ensemble as ensembles
from calcis.diagnose.answer import told_by
from calcis.diagnose.density import cloud
from calcis.diagnose.differential import differential, posterior
from calcis.diagnose.ensemble import KEPT, simulated
from calcis.diagnose.further import further
from calcis.diagnose.hypotheses import HEALTHY, Hypothesis, hypotheses, known
from calcis.diagnose.likelihood import Evidence, clouds
from calcis.diagnose.measure import what_next
from calcis.diagnose.reasons import reasons
from calcis.diagnose.settings import prior, setting, settings
from calcis.errors import InputError
from tests.diagnose.persons import HIGH_PTH, NORMAL, asked, few, found

# Labs that textbooks give for each: the disease is among the first two of those that are seen in a clinic.
TYPICAL = {
    "primary_hyperparathyroidism": HIGH_PTH,
    "hypoparathyroidism": "calcium: 7.0 mg/dL, phosphate: 5.2 mg/dL, pth: 8 pg/mL, creatinine: 0.8 mg/dL",
    "vitamin_d_intoxication": "calcium: 13 mg/dL, pth: 5 pg/mL, vitamin_d_25: 320 ng/mL",
    "vitamin_d_deficiency": "calcium: 8.9 mg/dL, pth: 110 pg/mL, vitamin_d_25: 16 nmol/L",
    "ckd": "calcium: 9.2 mg/dL, phosphate: 4.6 mg/dL, pth: 110 pg/mL, creatinine: 2.6 mg/dL",
    "fgf23_excess": "calcium: 9.3 mg/dL, phosphate: 1.9 mg/dL, pth: 40 pg/mL, fgf23: 180 pg/mL",
}


def test_probabilities_are_those_of_bayes() -> None:
    one = found(HIGH_PTH)
    assert math.isclose(math.fsum(one.before.values()), 1.0) and math.isclose(sum(one.after.values()), 1.0)
    first = one.candidates[0]
    others = {key: share for key, share in one.before.items() if key != first.hypothesis}
    most = max(one.logs.values())
    weight = sum(share * math.exp(one.logs[key] - most) for key, share in others.items()) / sum(
        others.values()
    )
    assert math.isclose(first.ratio, math.exp(one.logs[first.hypothesis] - most) / weight, rel_tol=1e-6)
    assert math.isclose(
        first.after / (1 - first.after), first.ratio * first.before / (1 - first.before), rel_tol=1e-6
    )


def test_a_density_around_persons_has_their_mean_and_covariance() -> None:
    chance = np.random.default_rng(1)
    persons = chance.multivariate_normal([1.0, -2.0], [[4.0, 3.0], [3.0, 9.0]], 800)
    density = cloud(persons)
    assert density is not None
    grid = np.stack(np.meshgrid(np.linspace(-14, 16, 121), np.linspace(-22, 18, 121)), axis=-1).reshape(-1, 2)
    weight = np.exp(density.log_density(grid))
    assert math.isclose(weight.sum() * 0.25 * (40 / 120), 1.0, rel_tol=0.01)
    weight /= weight.sum()
    middle = weight @ grid
    spread = (weight[:, None] * (grid - middle)).T @ (grid - middle)
    assert np.allclose(middle, persons.mean(axis=0), atol=0.02)
    assert np.allclose(spread, np.cov(persons.T) + np.eye(2), rtol=0.02)  # and the labs' own variation


@pytest.mark.parametrize("disease", TYPICAL)
def test_typical_labs_are_named(disease: str) -> None:
    one = found(TYPICAL[disease], "endocrine_clinic")
    assert any(disease in candidate.hypothesis.diseases for candidate in one.candidates[:2])
    assert one.fits


def test_normal_labs_are_of_healthy_blood() -> None:
    first = found(NORMAL).candidates[0]
    assert first.hypothesis.name == HEALTHY and first.after > 0.8


def test_nobody_fits_labs_that_contradict_each_other() -> None:
    assert not found("calcium: 14 mg/dL, calcium_ionised: 0.9 mmol/L, phosphate: 3 mg/dL").fits
    assert not found("calcium: 6.0 mg/dL, phosphate: 1.2 mg/dL, pth: 3 pg/mL, vitamin_d_25: 75 nmol/L").fits


def test_without_labs_nothing_is_learnt() -> None:
    evidence = Evidence(())
    before = prior(setting("hospital"), list(clouds(few(), evidence)))
    assert posterior(before, dict.fromkeys(before, 0.0)) == pytest.approx(before)


def test_what_is_known_beforehand_is_in_every_candidate() -> None:
    one = found(NORMAL, extra="medication: [lithium]\nconditions: [dialysis]")
    assert all({"lithium"} <= {*each.hypothesis.diseases} for each in one.candidates)
    assert all({"dialysis", "adynamic_bone_disease"} & {*each.hypothesis.diseases} for each in one.candidates)
    with pytest.raises(InputError) as wrong:
        found(NORMAL, extra="medication: [lithium, hydrochlorothiazide]\nconditions: [dialysis]")
    assert "two diseases" in wrong.value.expected


def test_the_same_seed_gives_the_same_persons_and_another_others() -> None:
    some = [Hypothesis(), Hypothesis(("ckd",)), Hypothesis(("ckd", "tumour_lysis"))]
    small, again = (simulated(60.0, few=0.01, among=some) for _ in range(2))
    other = simulated(60.0, seed=7, few=0.01, among=some)
    for one, levels in small.levels.items():
        assert np.array_equal(levels, again.levels[one])
    healthy = Hypothesis()
    assert not np.array_equal(small.levels[healthy], other.levels[healthy])


def test_persons_are_kept_as_they_were(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    some = tuple(Hypothesis(one) for one in ((), ("ckd",)))
    monkeypatch.setenv("CALCIS_CACHE", str(tmp_path))
    monkeypatch.setattr(ensembles, "hypotheses", lambda: some)
    first = ensembles.ensemble(43.0)
    assert len(list(tmp_path.glob("diagnose-*.npz"))) == 1
    monkeypatch.setattr(ensembles, "simulated", None)
    again = ensembles.ensemble(38.0)  # of the same decade
    for one in some:
        assert np.array_equal(first.levels[one], again.levels[one])
        assert np.array_equal(first.albumin[one], again.albumin[one])


def test_kidneys_of_older_people_filter_less() -> None:
    column = KEPT.index("glomerular_filtration_rate")
    young, old = (
        simulated(age, few=0.02, among=[Hypothesis()]).levels[Hypothesis()][:, column] for age in (30.0, 80.0)
    )
    assert 0.5 < np.median(old) / np.median(young) < 0.8


def test_albumin_decides_what_total_calcium_means() -> None:
    low = found("calcium: 2.15 mmol/L, pth: 4 pmol/L, albumin: 25 g/L")
    not_low = found("calcium: 2.15 mmol/L, pth: 4 pmol/L, albumin: 42 g/L")
    assert low.after[Hypothesis()] > not_low.after[Hypothesis()]


def test_labs_speak_for_and_against() -> None:
    one = found(HIGH_PTH)
    told = reasons(few(), one, most=len(one.candidates))
    first = {reason.lab: reason.speaks for reason in told[one.candidates[0].hypothesis]}
    assert first["calcium"] == first["pth"] == "for"
    healthy = {reason.lab: reason.speaks for reason in told[Hypothesis()]}
    assert healthy["calcium"] == "against"


def test_further_labs_tell_what_blood_does_not() -> None:
    blood = "calcium: 11.2 mg/dL, albumin: 42 g/L, phosphate: 2.9 mg/dL, pth: 52 pg/mL"

    def share(disease: str, **further_labs: float) -> float:
        one = asked(blood)
        further_ = tuple(further()[name].measured(value) for name, value in further_labs.items())
        evidence = Evidence((*told_by(one.case)[0], *further_), 42.0)
        return differential(few(), evidence, setting("endocrine_clinic")).diseases[disease][1]

    family, tumour = "familial_hypocalciuric_hypercalcaemia", "humoral_hypercalcaemia_of_malignancy"
    assert share(family, calcium_creatinine_clearance_ratio=0.005) > 3.0 * share(family)
    assert share(family, calcium_creatinine_clearance_ratio=0.03) < share(family)
    assert share(tumour, pthrp=8.0) > 0.5 > share(tumour)


def test_what_tells_most_is_measured_next() -> None:
    labs = "calcium: 12.4 mg/dL, phosphate: 3.2 mg/dL"
    one = found(labs, "endocrine_clinic")
    full = asked(f"{labs}, pth: 4 pmol/L, magnesium: 0.85 mmol/L, vitamin_d_25: 70 nmol/L")
    others = [lab for lab in told_by(full.case)[0] if lab.lab in ("pth", "magnesium", "vitamin_d_25")]
    bits = {each.lab: each.bits for each in what_next(few(), one, others)}
    assert bits["pth"] > bits["magnesium"] and bits["pth"] > 0.2
    assert all(0.0 <= each <= math.log2(len(one.candidates)) for each in bits.values())


def test_sex_and_age_count_where_a_setting_says_so() -> None:
    where, name = setting("general_practice"), "primary_hyperparathyroidism"
    older, man, young = (where.of(age, sex) for age, sex in ((72, "female"), (72, "male"), (30, "male")))
    assert older.prevalence[name].value > man.prevalence[name].value > young.prevalence[name].value
    odds = [share / (1 - share) for share in (older.prevalence[name].value, where.prevalence[name].value)]
    assert math.isclose(odds[0] / odds[1], older.times[name].value)
    assert not setting("even").of(72, "female").times
    for age in range(18, 100):  # no two rows are about the same person
        for sex in ("female", "male"):
            rows = [one for row in where.rows if row.holds(age, sex) for one in row.of]
            assert len(rows) == len(set(rows))


def test_a_case_may_say_how_common_a_disease_is() -> None:
    one = asked(HIGH_PTH, "prevalence: {primary_hyperparathyroidism: 20 %}")
    where = setting("general_practice").of(61, "female").given(one.prevalence)
    assert math.isclose(where.prevalence["primary_hyperparathyroidism"].value, 0.2)
    assert "primary_hyperparathyroidism" not in where.times and "ckd" in where.times


def test_every_setting_knows_every_disease() -> None:
    for where in settings().values():
        assert {*where.prevalence} == {*known()}
        shares = prior(where, hypotheses())
        assert math.isclose(math.fsum(shares.values()), 1.0) and min(shares.values()) > 0.0


@pytest.mark.parametrize(
    ("text", "expected", "line"),
    [
        ("person: {age: 12 y, sex: male}\nlabs: {calcium: 2.4 mmol/L}", "an adult", 2),
        ("person: {age: 40 y, sex: male}", "`labs`", 1),
        ("person: {age: 40 y, sex: male}\nlabs: {calcium: 2.4 mmol/L}\nsetting: hospitl", "a setting", 4),
        (
            "person: {age: 40 y, sex: male}\nlabs: {calcium: 2.4 mmol/L}\nprevalence: {ckdd: 1 %}",
            "a disease",
            4,
        ),
        (
            "person: {age: 40 y, sex: male}\nlabs: {calcium: 2.4 mmol/L}\nprevalence: {ckd: 100 %}",
            "more than 0",
            4,
        ),
        (
            "person: {age: 40 y, sex: male}\nlabs: {calcium: 2.4 mmol/L}\nprevalence: {ckd: 1 mg}",
            "without a unit",
            4,
        ),
        (
            "person: {age: 40 y, sex: male}\nlabs: {calcium: 2.4 mmol/L}\nsetting: 3",
            "text",
            4,
        ),
        (
            "person: {age: 40 y, sex: male}\nbody: peterson_riggs_2010\nlabs: {calcium: 2.4 mmol/L}",
            "calcis",
            3,
        ),
        ("person: {age: 40 y, sex: male}\nlabs: {calcium: 94 mmol/L}", "mmol/L", 3),
    ],
)
def test_what_cannot_be_asked_is_refused_with_its_place(text: str, expected: str, line: int) -> None:
    from calcis.diagnose.asked import asked_of
    from calcis.reading import parse_yaml

    with pytest.raises(InputError) as wrong:
        asked_of(parse_yaml(f"calcis: 1\n{text}\n", "case.yaml"), {})
    assert expected in wrong.value.expected and wrong.value.line == line, wrong.value
