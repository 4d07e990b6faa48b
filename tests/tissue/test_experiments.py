"""The prototype's experiments on the tissue Parts as plain floats: the quick ones; `compare.py` runs all."""

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

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
    "ischaemia_reperfused",
    "ischaemia_for_good",
    "calcium_injected",
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


def test_only_cells_remove_apatite(compare):
    """Without resorbing cells none is lost, whatever the plasma; with them a small deposit fades."""

    def course(competence, calcium, phosphate):
        experiment = {
            "plasma": {
                "calcium_ionised_plasma": f"{calcium} mmol/L",
                "phosphate_plasma": f"{phosphate} mmol/L",
                "pyrophosphate_plasma": "3.3 umol/L",
                "ph_plasma": 7.4,
            },
            "changes": {"leukocytes.macrophage_competence": competence},
            "states": {"mineral.apatite": "60 mmol/L"},
        }
        found = compare.simulate(experiment, 365 * 24.0)
        return np.array([found("mineral.apatite", day * 24.0) for day in (0, 1, 7, 28, 90, 180, 365)])

    assert np.all(np.diff(course(0, 1.9, 3.0)) > 0.0)  # supersaturated far beyond normal
    assert np.all(np.diff(course(0, 1.25, 1.15)) > 0.0)  # normal plasma is supersaturated for apatite
    assert np.all(np.diff(course(1, 1.25, 1.15)) < 0.0) and course(1, 1.25, 1.15)[-1] < 6.0
