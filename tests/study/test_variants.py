"""Does a lane among many give what its experiment gives when it is run alone?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from calcis.case import Vocabulary, packaged
from calcis.errors import InputError
from calcis.study.courses import courses
from calcis.study.experiment import Experiment, read_experiments
from calcis.study.variants import Variants

BODY = "peterson_riggs_2010"
FILE = """calcis_validation: 1
title: Many at once
source: "peterson_riggs_2010: steady state"
kind: observed
fitted: false
why: a reason
case:
  calcis: 1
  person: {age: 50 y, sex: female, mass: 70 kg}
  body: peterson_riggs_2010
  run: {duration: 10 d, every: 1 d, tolerance: 1e-9}
experiments:
  everything:
    case:
      changes: {kidney.filtration_rate: {factor: 0.5}, gut.calcium_intake: 20 mmol/d}
      arms: {drug: [teriparatide 20 ug SC daily], less: [{changes: {kidney.filtration_rate: {factor: 0.5}}}]}
      history: 30 d
    infused: {plasma.calcium: 0.1 mmol/h}
    start: {less: {plasma.phosphate: 10 mmol}}
    then: [{at: 5 d, infused: {plasma.calcium: 0.2 mmol/h}}]
    observations: [{of: calcium_plasma, arm: drug, at: 1 d, most: 9 mmol/L}]
"""
VARIED = ("kidney.filtration_rate", "gut.calcium_intake", "parathyroid_gland.pth_clearance")


@pytest.fixture
def experiment(tmp_path: Path) -> Experiment:
    file = tmp_path / "many.yaml"
    file.write_text(FILE)
    return read_experiments(file)[0]


def numbers() -> dict[str, np.ndarray]:
    """Three sets of numbers: of the data, and others."""
    everything = packaged().parameters(BODY)
    factors = np.array([[1.0, 1.0, 1.0], [1.3, 1.1, 0.9], [0.8, 2.0, 1.2]])
    return {name: everything[name].value * factors[:, k] for k, name in enumerate(VARIED)}


def with_numbers(k: int) -> Vocabulary:
    """The vocabulary with the k-th set."""
    sets, everything = numbers(), packaged().parameters(BODY)
    changed = {
        name: replace(one, value=float(sets[name][k])) if name in sets else one
        for name, one in everything.items()
    }
    return replace(packaged(), parameters=lambda body: changed)


def test_every_set_gives_what_a_run_with_its_numbers_gives(experiment: Experiment) -> None:
    """With arms, doses, infusions, starts, a history and a second phase; factors on a number follow it."""
    found = Variants(experiment, [30.0]).run(numbers(), 1e-9)
    for k, one in enumerate(found):
        alone = courses(experiment, [30.0], vocabulary=with_numbers(k))
        assert one.times.tolist() == alone.times.tolist()
        assert set(one.arms) == set(alone.arms) == {"drug", "less"}
        for arm, known in alone.arms.items():
            assert set(one.arms[arm]) == set(known)
            for name in ("calcium_plasma", "pth_plasma", "plasma.phosphate", "teriparatide_plasma"):
                assert one.arms[arm][name].unit == known[name].unit
                np.testing.assert_allclose(
                    one.arms[arm][name].values, known[name].values, rtol=1e-6, atol=1e-9
                )
    assert found[0].arms["drug"]["calcium_plasma"].values[-1] != pytest.approx(
        found[1].arms["drug"]["calcium_plasma"].values[-1], rel=1e-4
    )


def test_a_set_that_fails_leaves_the_others_as_they_are(experiment: Experiment) -> None:
    sets = {"kidney.filtration_rate": np.array([6.0, np.nan, 6.0])}
    whole, broken, again = Variants(experiment).run(sets, 1e-6)
    assert "drug" in broken.failures
    assert np.isnan(broken.arms["drug"]["calcium_plasma"].values[-1])
    assert not whole.failures
    for name in ("calcium_plasma", "pth_plasma"):
        values = whole.arms["drug"][name].values
        assert np.isfinite(values).all()
        np.testing.assert_allclose(values, again.arms["drug"][name].values, rtol=1e-9)


@pytest.mark.parametrize(
    ("old", "new", "got"),
    [
        ("  run: {", "  lesion: {tissue: dermis}\n  run: {", "a lesion"),
        ("plasma.calcium: 0.2", "plasma.calcum: 0.2", "plasma.calcum"),
    ],
)
def test_what_cannot_run_so_is_refused_with_its_place(tmp_path: Path, old: str, new: str, got: str) -> None:
    file = tmp_path / "wrong.yaml"
    text = FILE.replace(old, new)
    if got == "a lesion":
        text = text.replace("    then: [{at: 5 d, infused: {plasma.calcium: 0.2 mmol/h}}]\n", "")
    file.write_text(text)
    with pytest.raises(InputError, match=r"wrong\.yaml:\d+:\d+: .*" + got):
        Variants(read_experiments(file)[0])
