"""The tissue's data: every number loads and is sourced, and tissues are sets of changes that apply."""

from pathlib import Path

import pytest

from calcis.changes import apply, read_changes
from calcis.parameters import data_path
from calcis.part import assemble
from calcis.reading import read_yaml
from calcis.tissue import INPUTS, PARTS
from calcis.tissue.numbers import tissue_parameters

CALIBRATION = Path(__file__).parents[2] / "calibration/tissue.yaml"
TISSUES = sorted(path.stem for path in data_path("tissues").glob("*.yaml"))


def test_every_parameter_of_the_model_has_a_number():
    numbers = tissue_parameters()
    assert set(assemble(PARTS, INPUTS).parameters) <= set(numbers)


def test_what_is_fitted_is_what_the_script_fits_and_says_how_well_it_is_known():
    numbers = tissue_parameters()
    fitted = {name for name, number in numbers.items() if number.kind == "fitted"}
    fitted = {name for name in fitted if not name.startswith("saturation.")}  # the chemistry has its own
    assert fitted == set(read_yaml(CALIBRATION).data["parameters"])
    for name in fitted:
        assert numbers[name].script == "calibration/fit_tissue.py"
        assert numbers[name].source == "calcis: calibration/tissue.yaml"
        assert "one standard deviation: " in numbers[name].note


def test_what_the_prototype_fitted_is_refitted_or_assumed():
    """Nothing that was fitted by hand to limits of our own counts as measured."""
    by_hand = [number for number in tissue_parameters().values() if "fitted there" in number.note]
    assert by_hand
    assert {number.kind for number in by_hand} <= {"assumed", "fitted"}


@pytest.mark.parametrize("tissue", TISSUES)
def test_a_tissue_is_a_set_of_sourced_changes(tissue):
    document = read_yaml(data_path("tissues", f"{tissue}.yaml"))
    changes = read_changes(document)
    numbers = tissue_parameters()
    changed = apply(numbers, changes)
    moved = [name for name in numbers if changed[name] != numbers[name]]
    assert len(moved) == len(changes)
    assert all(changed[name].source and changed[name].kind != "given" for name in moved)
    assert document.data["title"]


def test_muscle_is_the_reference_and_dermis_is_less_perfused():
    assert "skeletal_muscle" in TISSUES and "dermis" in TISSUES
    document = read_yaml(data_path("tissues", "dermis.yaml"))
    assert apply(tissue_parameters(), read_changes(document))["capillaries.perfusion"].value == 0.3
