"""Is a run in space exported arm by arm, whole or in part, and refused in words?"""

from __future__ import annotations

from pathlib import Path

import nibabel
import numpy as np
import pytest
import pyvista
import xarray

from calcis.errors import InputError
from calcis.exchange.images import write_images
from calcis.results.fields import FieldWriter, finish
from calcis.results.store import Arm, Run
from tests.exchange.blocks import SPACING, block


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Run:
    """`wait & see` to its end; `cut`, all values higher by 7, stopped after two frames of four."""
    store, fields = tmp_path_factory.mktemp("space") / "fields.zarr", block()
    names = ["wait & see", "cut"]
    for k, arm in enumerate(names):
        units = {str(name): str(one.attrs["units"]) for name, one in fields.items()}
        shape = fields["radiodensity"].shape[1:]
        writer = FieldWriter(store, str(k), arm, shape, SPACING, fields["time"].values, units)
        for frame in range((4, 2)[k]):
            writer.write(frame, {name: fields[name].values[frame] + 7 * k for name in units})
    finish(store)
    time = fields["time"].values
    arms = {name: Arm(name, time, {}, fields_at=(store, str(k))) for k, name in enumerate(names)}
    arms["no plasma"] = Arm("no plasma", time, {})
    return Run("Two", "", arms, (), (), {}, {}, None, "")


def test_each_arm_has_its_image(run: Run, tmp_path: Path) -> None:
    written = write_images(run, "nifti", tmp_path / "two.nii.gz")
    assert [path.name for path in written] == ["two.wait_see.nii.gz", "two.cut.nii.gz"]
    whole, stopped = (nibabel.load(path).get_fdata() for path in written)
    assert (whole.shape, stopped.shape) == ((8, 6, 4, 4), (8, 6, 4, 2))
    np.testing.assert_allclose(stopped, whole[..., :2] + 7.0)


def test_one_frame_of_one_field_of_one_arm(run: Run, tmp_path: Path) -> None:
    out = tmp_path / "one.nii"
    assert write_images(run, "nifti", out, "cut", "living_fraction", "20 h") == [out]
    there: xarray.DataArray = block()["living_fraction"].isel(time=1).sel(x=0.125, y=0.125, z=0.375)
    assert nibabel.load(out).get_fdata()[0, 0, 2] == pytest.approx(float(there) + 7.0)


def test_vtk_holds_all_fields_of_all_arms(run: Run, tmp_path: Path) -> None:
    written = write_images(run, "vtk", tmp_path / "two")
    assert [path.name for path in written] == ["wait_see.pvd", "cut.pvd"]
    reader = pyvista.get_reader(written[1])
    assert reader.time_values == [0.0, 1.0]
    assert set(reader.read()[0].cell_data.keys()) == {"radiodensity", "living_fraction"}


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"arm": "cute"}, "did you mean cut"),
        ({"arm": "no plasma"}, "a lesion in space"),
        ({"field": "radiodensty"}, "did you mean radiodensity"),
        ({"at": "4 d", "arm": "wait & see"}, "from the start to 3 d"),
        ({"at": "tomorrow"}, "a time, such as 30 d"),
        ({"at": "3 d", "arm": "cut"}, "from the start to 1 d"),
        ({"out": "a.png"}, r"ends in \.nii\.gz or \.nii"),
        ({"out": "there.nii"}, "there already"),
    ],
)
def test_what_cannot_be_is_refused_in_words(run: Run, tmp_path: Path, asked: dict, expected: str) -> None:
    (tmp_path / "there.nii").write_text("mine")
    given = {"arm": "cut"} | asked
    out = tmp_path / given.pop("out", "a.nii")
    with pytest.raises(InputError, match=expected):
        write_images(run, "nifti", out, **given)
    assert [path.name for path in tmp_path.iterdir()] == ["there.nii"]
    assert (tmp_path / "there.nii").read_text() == "mine"
