"""Are numbers read, derived and fitted as they should, and is what cannot be fitted refused?"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest

from calcis.case import packaged
from calcis.errors import InputError
from calcis.study.calibration import Problem
from calcis.study.experiment import read_experiments
from calcis.study.optimum import fit, objective, profile
from calcis.study.priors import Calibration, Prior, read_calibration

EXPERIMENTS = """calcis_validation: 1
title: What is fitted to
source: "peterson_riggs_2010: steady state"
kind: observed
fitted: by this test
why: a reason
case:
  calcis: 1
  person: {age: 50 y, sex: female, mass: 70 kg}
  body: peterson_riggs_2010
  arms: {it: []}
  run: {duration: 30 d, every: 10 d}
experiments:
  rest:
    observations:
      - {of: calcium_plasma, at: 30 d, least: 2.2 mmol/L, most: 2.3 mmol/L}
      - {of: pth_plasma, at: 30 d, most: 4 pmol/L, fitted: false}
  less calcium:
    case: {changes: {gut.calcium_intake: {factor: 0.5}}}
    observations: [{of: phosphate_plasma, at: 20 d, least: 1.1 mmol/L, most: 1.15 mmol/L}]
"""
NUMBERS = """calcis_calibration: 1
title: A test
body: peterson_riggs_2010
fitted_by: by this test
widths: {others: 5 %, calcium_plasma: 1 %}
parameters:
  gut.calcium_intake: {centre: 0.024 mol/d, spread: 0.3, source: "peterson_riggs_2010: code", why: a reason}
  kidney.filtration_rate: {centre: 100 mL/min, spread: 0.2, source: "peterson_riggs_2010: code", why: so}
  parathyroid_gland.pth_clearance: {centre: 90 L/h, spread: 1, between: [0, 200], source: "calcis: x", why: x}
"""


def calibration(folder: Path, text: str = NUMBERS) -> Calibration:
    file = folder / "numbers.yaml"
    file.write_text(text)
    return read_calibration(file, packaged().parameters("peterson_riggs_2010"))


def problem(folder: Path, experiments: str = EXPERIMENTS, numbers: str = NUMBERS) -> Problem:
    file = folder / "experiments.yaml"
    file.write_text(experiments)
    return Problem(calibration(folder, numbers), read_experiments(file), packaged())


def test_priors_are_in_the_units_of_the_laws_and_keep_their_bounds(tmp_path: Path) -> None:
    intake, _, clearance = calibration(tmp_path).priors
    assert (intake.centre, intake.unit) == (pytest.approx(1.0), "mmol/h")
    assert intake.shown(1.0) == pytest.approx(24.0)
    for prior in (intake, clearance):
        assert prior.value(np.array(0.0)) == pytest.approx(prior.centre)
        for z in (-3.0, 0.4, 2.0):
            assert prior.z(float(prior.value(np.array(z)))) == pytest.approx(z)
    assert intake.value(np.array(1.0)) == pytest.approx(np.exp(0.3))
    far = clearance.value(np.array([-60.0, 60.0]))
    assert 0.0 < far[0] < 1e-9
    assert far[1] == pytest.approx(200.0)
    assert not clearance.inside(200.0)


def test_a_share_stays_one() -> None:
    share = Prior("a.b", "1", "1", 0.2, 0.5, 0.0, 1.0, "", "")
    assert share.value(np.array(2.0)) == pytest.approx(1.0 / (1.0 + 4.0 / np.e))


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("gut.calcium_intake:", "gut.calcium_intak:", r"3:.*did you mean gut\.calcium_intake"),
        ("0.024 mol/d", "0.024 mol", r"7:\d+: expected a unit of"),
        ("0.024 mol/d", "-24 mmol/d", r"7:\d+: expected a centre between 0 and inf"),
        ("spread: 0.3", "spread: 0", r"7:\d+: expected a number above 0, got 0"),
        ("between: [0, 200]", "between: [0, 30]", r"9:\d+: expected a centre between 0 and 30"),
        ("others: 5 %", "others: 5", r"5:\d+: expected a share of the limit such as 5 %"),
        ("peterson_riggs_2010: code", "peterson_rigs: code", "7:.*did you mean peterson_riggs"),
        ("why: so", "wy: so", "8:.*did you mean why"),
        ("parameters:", "weights: {rst: {weight: 2, why: so}}\nparameters:", "6:.*did you mean rest"),
    ],
)
def test_a_fault_in_the_numbers_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, said: str
) -> None:
    with pytest.raises(InputError) as wrong:
        problem(tmp_path, numbers=NUMBERS.replace(old, new, 1))
    assert re.search(said, str(wrong.value)), str(wrong.value)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("by this test", "by hand", "expected observations with `fitted: by this test`, got none"),
        ("at: 20 d, least: 1.1", "time_of_highest: [0 d, 20 d], least: 1.1", "told to an output's time only"),
        ("duration: 30 d", "duration: 10 d", "times up to the run's end"),
    ],
)
def test_what_cannot_be_fitted_to_is_refused(tmp_path: Path, old: str, new: str, said: str) -> None:
    with pytest.raises(InputError, match=said):
        found = problem(tmp_path, EXPERIMENTS.replace(old, new))
        found.residuals(found.now()[None])


def test_derivatives_do_not_depend_on_their_step(tmp_path: Path) -> None:
    found = problem(tmp_path)
    z = found.now()
    near, far = found.derivatives(z), found.derivatives(z, step=1e-3)
    np.testing.assert_allclose(near.jacobian, far.jacobian, rtol=1e-4, atol=1e-4)
    assert np.abs(near.jacobian).max() > 0.1
    assert not near.blind.any()
    direction = np.array([0.3, -0.5, 0.8])
    beside = z + np.outer([-1e-4, 1e-4], direction)
    below, above = objective(found.residuals(beside), beside)
    slope = (above - below) / 4e-4
    assert slope == pytest.approx(float(near.gradient(z) @ direction), rel=1e-3)


def test_a_fit_ends_where_the_objective_is_least(tmp_path: Path) -> None:
    found = problem(tmp_path)
    way: list[float] = []
    end = fit(found, found.now(), 30, lambda at: way.append(at.objective))
    assert way == sorted(way, reverse=True)
    assert end.left < 0.01
    around = end.z + 0.1 * np.vstack([np.eye(3), -np.eye(3)])
    assert (objective(found.residuals(around), around) > end.objective).all()
    told = 1.0 - end.derivatives.deviations**2
    assert (told > -1e-9).all()
    assert (told < 1.0).all()
    alone = end.z + np.array([end.derivatives.deviations[0], 0.0, 0.0])
    others_held = float(objective(found.residuals(alone[None]), alone)[0]) - end.objective
    assert 0.5 < profile(found, end, 0, 1.0) < others_held
    again = Problem(found.calibration, [one.experiment for one in found.targets], found.with_values(end.z))
    np.testing.assert_allclose(again.now(), end.z, atol=1e-9)


def test_what_is_left_out_is_predicted_from_the_rest(tmp_path: Path) -> None:
    found = problem(tmp_path)
    end = fit(found, found.now(), 30, lambda at: None)
    with_it, without = found.verdicts(end.z), found.left_out(end.z, end.derivatives)
    assert [one.name for one in with_it] == [one.name for one in without]
    last = "    observations: [{of: phos"
    alone = problem(tmp_path, EXPERIMENTS.replace(last, f"    fitted: false\n{last}"))
    assert len(alone.targets) == 1
    refitted = found.verdicts(fit(alone, alone.now(), 30, lambda at: None).z)
    assert without[1].simulated == pytest.approx(refitted[1].simulated, rel=0.01)
    assert without[1].simulated != pytest.approx(with_it[1].simulated, rel=1e-3)


def test_a_run_that_fails_counts_and_stays_finite(tmp_path: Path) -> None:
    found = problem(tmp_path)
    z = np.tile(found.now(), (2, 1))
    z[1, 0] = 2000.0
    residuals = found.residuals(z)
    assert np.isfinite(residuals).all()
    assert (residuals[1] ** 2).sum() > 100.0
