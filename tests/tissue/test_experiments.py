"""The prototype's experiments on the tissue Parts as plain floats: the quick ones; `compare.py` runs all."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from calcis.tissue.numbers import tissue_parameters
from calcis.tissue.story import COURSES, THRESHOLDS, tell

ROOM = Path(__file__).parents[2] / "validation" / "tissue_prototype"
QUICK = (
    "normal_muscle_human",
    "abcc6",
    "no_reflow",
    "implant",
    "kidney_disease_plaque",
    "vitamin_d",
    "jono_high_phosphate",
    "villa_bellosta_1_4",
    "aorta_intact",
    "aorta_injured_low",
    "human_lesion",
)


@pytest.fixture(scope="module")
def compare():
    spec = importlib.util.spec_from_file_location("tissue_prototype_compare", ROOM / "compare.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("name", QUICK)
def test_experiment(compare, name):
    for outcome in compare.compare(name, compare.experiments()[name]):
        assert outcome.passed != outcome.expected_to_fail, outcome


def test_smoothing_the_threshold_moves_little(compare):
    """Against a practically sharp threshold, in the experiment that it moves most (0.05 %)."""
    experiment = compare.experiments()["implant"]
    smooth = compare.simulate(experiment, 168.0)("mineral_total", 168.0)
    sharp = {**experiment, "changes": {**experiment["changes"], "mineral.smoothing": 1e-6}}
    change = smooth / compare.simulate(sharp, 168.0)("mineral_total", 168.0) - 1
    assert 0 < change < 6e-4


@pytest.mark.parametrize(("competence", "verdict"), [(1.0, "healed"), (0.05, "calcified")])
def test_a_bite_in_the_dermis_heals_or_calcifies(compare, competence, verdict):
    """The example of the main job, in the plasma of the published body, for a year."""
    plasma = {
        "calcium_ionised_plasma": f"{1.25 * 2.35 / 2.40} mmol/L",
        "phosphate_plasma": "1.2 mmol/L",
        "pyrophosphate_plasma": "3.3 umol/L",
        "ph_plasma": 7.4,
    }
    changes = {"capillaries.perfusion": 0.3, "leukocytes.macrophage_competence": competence}
    bite = {"plasma": plasma, "changes": changes, "injury": {"kind": "bite", "killed": 0.9}}
    course = compare.simulate(bite, 365 * 24.0)
    days = np.linspace(0, 365, 366) * 24.0
    courses = {name: np.array([course(name, day) for day in days]) for name in COURSES}
    numbers = tissue_parameters()
    thresholds = {name: numbers[f"story.{name}"].value for name in THRESHOLDS}
    assert tell(days, courses, thresholds).verdict == verdict
