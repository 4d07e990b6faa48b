"""Is a segmented image that a case names part of the case, and are faults of it refused in words?"""

from __future__ import annotations

import nibabel
import numpy as np
import pytest

import calcis
from calcis.case import read_case, read_case_text
from calcis.errors import InputError

CASE = """calcis: 1
body: clamped
plasma: {calcium_ionised: 1.25 mmol/L, phosphate: 1.5 mmol/L, pyrophosphate: 2 umol/L, ph: 7.4}
lesion:
  tissue: skeletal_muscle
  injury:
    kind: toxin
    at: 1 d
    killed: 0.9
    shape: {mask: {file: necrosis.nii.gz, surface: anterior}}
  grid: [8, 8, 6]
  spacing: 0.5 mm
arms:
  watch: []
run: {duration: 2 d, every: 1 d}
"""


@pytest.fixture
def folder(tmp_path):
    inside = np.zeros((20, 12, 10), np.uint8)
    inside[2:12, 3:7, 4:8] = 1
    nibabel.save(nibabel.Nifti1Image(inside, np.diag([0.25, 0.5, 0.5, 1.0])), tmp_path / "necrosis.nii.gz")
    (tmp_path / "case.yaml").write_text(CASE)
    return tmp_path


def test_a_mask_gives_volume_and_place(folder):
    shape = read_case(folder / "case.yaml").lesion.injury.shape
    assert shape.volume == pytest.approx(2.5 * 2.0 * 2.0)
    assert shape.kind.reach == pytest.approx((2.5, 2.0, 2.0))


def test_a_run_is_repeated_from_its_folder_alone(folder):
    run = calcis.run(folder / "case.yaml", folder / "a.run")
    (folder / "necrosis.nii.gz").unlink()
    (folder / "a.run" / "run.json").rename(folder / "kept.json")
    again = calcis.run(folder / "kept.json", folder / "b.run")
    dead = run["watch"].fields.dead_fraction.values
    assert dead[1].sum() * 0.5**3 == pytest.approx(0.9 * 10.0, rel=1e-3)
    assert np.array_equal(again["watch"].fields.dead_fraction.values, dead)


FAULTS = {
    "absent": ("necrosis.nii.gz", "necrosi.nii.gz", "necrosi.nii.gz"),
    "outside": ("necrosis.nii.gz", "../necrosis.nii.gz", "../necrosis.nii.gz"),
    "no image": ("necrosis.nii.gz", "case.yaml", "case.yaml"),
    "label": ("surface: anterior", "label: 4", "without"),
    "surface": ("surface: anterior", "surface: front", "front"),
    "too deep": ("surface: anterior", "depth: 2.5 mm", "3.5"),
    "too wide": ("[8, 8, 6]", "[4, 8, 6]", "2.5 x 2 x 2 mm"),
    "text": ("file: necrosis.nii.gz", "file: {a: 1 2 3}", "another text"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_faults_are_refused_with_their_place(folder, fault):
    old, new, told = FAULTS[fault]
    (folder / "case.yaml").write_text(CASE.replace(old, new))
    with pytest.raises(InputError) as wrong:
        read_case(folder / "case.yaml")
    assert told in wrong.value.got
    assert wrong.value.line in (10, 11)


def test_a_case_in_no_folder_names_no_file():
    with pytest.raises(InputError, match="in no folder"):
        read_case_text(CASE, "case")
