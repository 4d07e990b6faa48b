"""Does an exported arm, lesion and all, run in another program as it ran here?"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from calcis.case import read_case_text
from calcis.job import write_sbml
from calcis.simulate import simulate

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.mark.parametrize(
    ("example", "name"),
    [("insect_bite", "failed clearance"), ("insect_bite", "competent clearance"), ("denosumab", "two years")],
)
def test_libroadrunner_gives_the_courses_of_the_run(tmp_path, example, name):
    roadrunner = pytest.importorskip("roadrunner")
    text = (EXAMPLES / f"{example}.yaml").read_text().replace("1e-6", "1e-9")
    run = simulate(read_case_text(text, example))
    write_sbml(run, tmp_path / "arm.xml", name)
    courses = {**run[name].body_series, **(run[name].lesion_series or {})}
    other = roadrunner.RoadRunner(str(tmp_path / "arm.xml"))
    other.integrator.setValue("relative_tolerance", 1e-11)
    other.integrator.setValue("absolute_tolerance", 1e-15)
    other.integrator.setValue("maximum_num_steps", 1_000_000)
    other.timeCourseSelections = list(courses)
    found = np.array(other.simulate(times=[float(time) for time in run.time]))
    for k, (signal, series) in enumerate(courses.items()):
        largest = np.abs(series.values).max()
        # Of the largest value: near zero crossings and threshold flows a relative measure has no meaning.
        assert np.abs(found[:, k] - series.values).max() <= 1e-6 * largest + 1e-12, signal
