"""Do the field's own tools see the same block: values, places, orientation, units and times?"""

from __future__ import annotations

import json
import sys
from pathlib import Path

import nibabel
import numpy as np
import pytest
import pyvista
import vtk

from calcis.errors import InputError
from calcis.exchange.nifti import write_nifti
from calcis.exchange.vtk import write_vtk
from tests.exchange.blocks import SPACING, TIMES, block


@pytest.fixture(scope="module")
def image(tmp_path_factory: pytest.TempPathFactory) -> nibabel.Nifti1Image:
    path = tmp_path_factory.mktemp("nifti") / "watch.nii.gz"
    write_nifti(path, block(), "radiodensity", range(4), {"arm": "wait & see"})
    return nibabel.load(path)


def test_a_point_in_mm_has_the_same_value_in_nifti(image: nibabel.Nifti1Image) -> None:
    """Right, anterior, depth: the value at 1.625, 0.875 and 0.375 mm is that of the block there."""
    fields = block()
    voxel = np.linalg.inv(image.affine) @ [1.625, 0.875, -0.375, 1.0]
    np.testing.assert_allclose(voxel, np.rint(voxel), atol=1e-9)
    i, j, k = np.rint(voxel[:3]).astype(int)
    for time in range(4):
        there = fields["radiodensity"].isel(time=time).sel(x=1.625, y=0.875, z=0.375)
        assert image.get_fdata()[i, j, k, time] == float(there)


def test_the_surface_looks_to_the_head_in_nifti(image: nibabel.Nifti1Image) -> None:
    assert nibabel.aff2axcodes(image.affine) == ("R", "A", "S")
    last = image.get_fdata()[..., -1]
    assert last[0, 0, 0] > last[0, 0, -1]  # the block is denser in its depth
    header = image.header
    assert (int(header["sform_code"]), int(header["qform_code"])) == (1, 1)
    np.testing.assert_allclose(header.get_qform(), header.get_sform())
    top = image.affine @ [0, 0, image.shape[2] - 0.5, 1.0]
    assert top[2] == pytest.approx(0.0)  # the face of the uppermost voxels


def test_spacing_units_and_times_of_nifti(image: nibabel.Nifti1Image) -> None:
    header = image.header
    assert image.shape == (8, 6, 4, 4)
    assert header.get_xyzt_units() == ("mm", "sec")
    assert header.get_zooms() == pytest.approx((SPACING, SPACING, SPACING, 86400.0))
    told = json.loads(header.extensions[0].get_content())
    assert told == {
        "field": "radiodensity", "unit": "HU", "times_h": TIMES.tolist(), "arm": "wait & see",
    }  # fmt: skip


def test_times_that_are_not_even_are_told_but_are_no_step(tmp_path: Path) -> None:
    times = np.array([0.0, 24.0, 168.0])
    write_nifti(tmp_path / "a.nii", block(times=times), "radiodensity", range(3))
    header = nibabel.load(tmp_path / "a.nii").header
    assert header.get_xyzt_units() == ("mm", "unknown")
    assert json.loads(header.extensions[0].get_content())["times_h"] == times.tolist()


def test_one_frame_is_a_volume(tmp_path: Path) -> None:
    write_nifti(tmp_path / "a.nii", block(), "living_fraction", [2])
    assert nibabel.load(tmp_path / "a.nii").shape == (8, 6, 4)


def test_a_line_of_voxels_has_their_spacing(tmp_path: Path) -> None:
    write_nifti(tmp_path / "a.nii", block((1, 1, 8)), "radiodensity", [0])
    assert nibabel.load(tmp_path / "a.nii").header.get_zooms() == pytest.approx((SPACING,) * 3)


def test_without_nibabel_the_reader_is_told_how_to_get_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "nibabel", None)
    with pytest.raises(InputError, match=r"pip install 'calcis\[images\]'"):
        write_nifti(tmp_path / "a.nii", block(), "radiodensity", [0])


@pytest.fixture(scope="module")
def reader(tmp_path_factory: pytest.TempPathFactory) -> pyvista.PVDReader:
    folder = tmp_path_factory.mktemp("vtk")
    found = write_vtk(folder, "watch", block(), ["radiodensity", "living_fraction"], range(4))
    return pyvista.get_reader(found)


def test_a_point_in_mm_has_the_same_value_in_vtk(reader: pyvista.PVDReader) -> None:
    fields = block()
    for time in range(4):
        reader.set_active_time_point(time)
        grid = reader.read()[0]
        cell = grid.find_containing_cell([1.625, 0.875, -0.375])
        for name in ("radiodensity", "living_fraction"):
            there = fields[name].isel(time=time).sel(x=1.625, y=0.875, z=0.375)
            assert grid.cell_data[name][cell] == float(there)


def test_bounds_units_and_times_of_vtk(reader: pyvista.PVDReader) -> None:
    assert reader.time_values == [0.0, 1.0, 2.0, 3.0]  # days
    grid = reader.read()[0]
    assert grid.spacing == (SPACING, SPACING, SPACING)
    assert grid.bounds == (0.0, 2.0, 0.0, 1.5, -1.0, 0.0)
    unit = grid.GetCellData().GetArray("radiodensity").GetInformation().Get(vtk.vtkDataArray.UNITS_LABEL())
    assert unit == "HU"
