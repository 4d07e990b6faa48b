"""Is a shape on a grid as large as it should be?"""

import numpy as np
import pytest

from calcis.solve.grid.layout import Grid
from calcis.space.shapes import Cone, Line, Shell, Sphere, share_of_voxels

GRID = Grid((48, 48, 48), 0.125)
MIDDLE = (3.0, 3.0, 3.0)


@pytest.mark.parametrize(
    ("shape", "volume"),
    [
        (Sphere(MIDDLE, 4.0), np.pi * 4.0**3 / 6),
        (Shell(MIDDLE, 4.0, 0.5), np.pi * (4.0**3 - 3.0**3) / 6),
        (Cone((3.0, 3.0), 4.0, 4.0), np.pi * 4.0**2 * 4.0 / 12),
        (Line((3.0, 3.0, 1.0), (3.0, 3.0, 4.0), 1.0), np.pi * 1.0**2 / 4 * 3.0 + np.pi * 1.0**3 / 6),
    ],
)
def test_volumes_are_those_of_geometry(shape, volume):
    found = share_of_voxels(shape, GRID).sum() * GRID.spacing**3
    assert found == pytest.approx(volume, rel=0.015)


def test_the_line_of_a_slanted_needle_is_as_long():
    slanted = Line((1.0, 1.0, 1.0), (4.0, 4.0, 4.0), 1.0)
    volume = np.pi / 4 * 3.0 * np.sqrt(3.0) + np.pi / 6
    assert share_of_voxels(slanted, GRID).sum() * GRID.spacing**3 == pytest.approx(volume, rel=0.015)


def test_a_cone_is_widest_at_the_surface():
    share = share_of_voxels(Cone((3.0, 3.0), 4.0, 4.0), GRID)
    areas = share.sum(axis=(1, 2))
    assert (np.diff(areas[:32]) < 0).all()
    assert areas[34:].max() == 0.0
