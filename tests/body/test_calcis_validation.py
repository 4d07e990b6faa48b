"""Does the body of Calcis give the numbers that its prototype printed, and fail where it is said to?"""

from __future__ import annotations

import pytest

from calcis.parameters import data_path
from calcis.study.experiment import Experiment, read_experiments
from calcis.study.validation import validate

EXPERIMENTS = read_experiments(data_path("validation", "calcis_body.yaml"))


@pytest.mark.parametrize("experiment", EXPERIMENTS, ids=lambda experiment: experiment.name)
def test_as_it_is_said(experiment: Experiment) -> None:
    found = validate([experiment], threads=1)
    assert found.verdicts
    assert [(one.name, one.simulated) for one in found.surprises] == []
