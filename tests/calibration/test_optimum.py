"""Do the numbers that say they are fitted stand where the fit says, and does the script refit them?"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from calcis.case import packaged
from calcis.study.calibration import Problem
from calcis.study.experiment import experiment_files, read_experiments
from calcis.study.priors import read_calibration
from calibration import fit_body, fit_tissue
from calibration.fitting import HERE, Script

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("script", [fit_body.SCRIPT, fit_tissue.SCRIPT], ids=lambda one: one.file)
def test_numbers_that_say_they_are_fitted_are_at_the_optimum(script: Script) -> None:
    """The linear step from the committed numbers to the optimum is below 5 % of every standard deviation.

    Rounding leaves 1 % and the fit as much; the step would be some 10 % and more after a change of an
    equation or an observation that anybody could see in a result.
    """
    numbers = packaged().parameters(script.body)
    fitted = {name for name, number in numbers.items() if number.script == script.name}
    calibration = read_calibration(HERE / script.calibration, numbers)
    assert fitted == {prior.name for prior in calibration.priors}
    experiments = [one for path in experiment_files() for one in read_experiments(path)]
    problem = Problem(calibration, experiments, packaged())
    z = problem.now()
    found = problem.derivatives(z)
    left = np.abs(found.step(z)) / found.deviations
    worst = int(np.argmax(left))
    assert left[worst] < 0.05, problem.names[worst]
    assert not found.blind.any()


def test_the_script_says_what_is_wrong_and_leaves_with_2(tmp_path: Path) -> None:
    file = tmp_path / "numbers.yaml"
    file.write_text("calcis_calibration: 1\ntitle: x\nbody: calcis\nfitted_by: x\nparametrs: {}\n")
    command = [sys.executable, "-m", "calibration.fit_body", "--calibration", str(file)]
    run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert "numbers.yaml:5:1" in run.stderr
    assert "did you mean parameters" in run.stderr
