"""Does a segmented image lie in a block as it lies in the body, with its volume, and is it kept whole?"""

import nibabel
import numpy as np
import pytest

from calcis.errors import InputError
from calcis.solve.grid.layout import Grid
from calcis.space.mask import SURFACES, Segment, as_text, from_text, read_segment

SPACING = (0.5, 0.8, 1.25)  # mm along i, j, k


def image(path, inside, affine, kind=np.uint8):
    nibabel.save(nibabel.Nifti1Image(np.asarray(inside, kind), affine), path)
    return path


@pytest.fixture
def wedge():
    """A box that is wider anteriorly and twice as wide at the top, in an image that is not in RAS order."""
    inside = np.zeros((20, 16, 12), bool)
    inside[4:10, 4:12, 3:6] = True
    inside[4:16, 4:12, 6:9] = True
    affine = np.zeros((4, 4))
    affine[0, 0], affine[1, 1], affine[2, 2] = SPACING
    affine[:, 3] = -70.0, 33.0, 1200.0, 1.0
    return inside, affine


def test_volume_and_place_are_those_of_the_image(tmp_path, wedge):
    inside, affine = wedge
    found = read_segment(image(tmp_path / "a.nii.gz", inside, affine))
    volume = inside.sum() * np.prod(SPACING)
    assert found.volume == pytest.approx(volume)
    grid = Grid((40, 40, 40), 0.25)
    for surface in SURFACES:
        share = found.share_of_voxels(grid, surface)
        assert share.sum() * grid.spacing**3 == pytest.approx(volume, rel=0.02)
    assert found.size("superior") == pytest.approx((6.0, 6.4, 7.5))
    assert found.size("anterior") == pytest.approx((6.0, 7.5, 6.4))
    down = found.share_of_voxels(grid, "superior").sum(axis=(1, 2))
    assert down[10:18].mean() == pytest.approx(2.0 * down[22:30].mean(), rel=0.05)  # wide above
    up = found.share_of_voxels(grid, "inferior").sum(axis=(1, 2))
    assert np.allclose(up, down[::-1])


def test_no_surface_shows_an_image_as_in_a_mirror():
    """x, y and up of the block, which is written as right, anterior and superior, are right-handed."""
    for x, y, depth in SURFACES.values():
        assert np.array_equal(np.cross(x, y), np.negative(depth))


def test_an_oblique_image_is_turned(tmp_path):
    """A long rod, whose image is turned by 30 degrees about the axis from back to front."""
    inside = np.zeros((24, 8, 8), bool)
    inside[2:22, 3:5, 3:5] = True
    turn = np.radians(30.0)
    affine = np.eye(4)
    affine[:3, :3] = [
        [np.cos(turn), 0.0, -np.sin(turn)],
        [0.0, 1.0, 0.0],
        [np.sin(turn), 0.0, np.cos(turn)],
    ]
    share = read_segment(image(tmp_path / "a.nii", inside, affine)).share_of_voxels(
        Grid((48, 16, 32), 0.5), "superior"
    )
    z, _, x = (axis.ravel() for axis in np.indices(share.shape))
    slope = np.polyfit(x, z, 1, w=np.sqrt(share.ravel()))[0]
    assert slope == pytest.approx(-np.tan(turn), rel=0.03)  # up to the right


def test_a_depth_moves_it_down(wedge):
    found = Segment(*wedge)
    grid = Grid((20, 20, 40), 0.5)
    z = (np.arange(40) + 0.5) * 0.5
    for depth in (5.0, 12.0):
        share = found.share_of_voxels(grid, "anterior", depth).sum(axis=(1, 2))
        assert (share * z).sum() / share.sum() == pytest.approx(depth, abs=0.05)


def test_a_mask_is_kept_as_text(tmp_path, wedge):
    found = read_segment(image(tmp_path / "a.nii", *wedge))
    again = from_text(as_text(found))
    assert np.array_equal(again.inside, found.inside)
    assert np.array_equal(again.affine, found.affine)


def test_a_label_is_one_of_several(tmp_path, wedge):
    inside, affine = wedge
    labels = inside.astype(int) + (np.arange(20) > 7)[:, None, None]
    path = image(tmp_path / "a.nii", labels * inside, affine)
    parts = [read_segment(path, label).volume for label in (1, 2)]
    assert sum(parts) == pytest.approx(read_segment(path).volume)
    with pytest.raises(InputError, match="the label 7"):
        read_segment(path, 7)


def test_what_is_no_mask_is_refused(tmp_path, wedge):
    inside, affine = wedge
    for name, content in {"a.nii": b"x" * 400, "b.nii.gz": b"\x1f\x8b broken", "c.nii": b""}.items():
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InputError, match="a NIfTI image"):
            read_segment(tmp_path / name)
    whole = image(tmp_path / "d.nii", inside, affine).read_bytes()
    (tmp_path / "e.nii").write_bytes(whole[:-100])
    with pytest.raises(InputError, match="a NIfTI image"):
        read_segment(tmp_path / "e.nii")
    with pytest.raises(InputError, match="three dimensions"):
        read_segment(image(tmp_path / "f.nii", np.ones((4, 4, 4, 3)), affine))
    with pytest.raises(InputError, match="a value above"):
        read_segment(image(tmp_path / "g.nii", np.zeros((4, 4, 4)), affine))
    huge = nibabel.Nifti1Header()
    huge.set_data_dtype(np.uint8)
    huge.set_data_shape((30000, 30000, 1000))
    (tmp_path / "h.nii").write_bytes(huge.binaryblock + bytes(4))
    with pytest.raises(InputError, match="at most 67108864 voxels"):
        read_segment(tmp_path / "h.nii")
    flat = whole[:254] + bytes(100) + whole[354:]  # no codes of affines, and no size
    flat = flat[:76] + bytes(32) + flat[108:]
    (tmp_path / "i.nii").write_bytes(flat)
    with pytest.raises(InputError, match=r"size of its voxels|a NIfTI image"):
        read_segment(tmp_path / "i.nii")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "1 2 3",
        "a | b | c",
        "1000000 1000000 1000000 | " + "1 " * 12 + "| eNpjAAAAAQAB",
        "2 2 2 | " + "0 " * 12 + "| eNr7DwABAQEA",
        "2 2 2 | " + "nan " * 12 + "| eNr7DwABAQEA",
        "2 2 2 | 1 0 0 0 0 1 0 0 0 0 1 0 | eNpjAAAAAQAB",
        "2 2 2 | 1 0 0 0 0 1 0 0 0 0 1 0 | no base",
    ],
)
def test_a_text_that_no_run_kept_is_refused(text):
    with pytest.raises(InputError):
        from_text(text)
