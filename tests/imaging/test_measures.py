"""Are sizes, depths, fronts and projections those of a ball and a shell whose formulas are known?"""

from __future__ import annotations

import numpy as np
import pytest
import xarray

from calcis.imaging.measures import InSpace, distance_from

SPACING, COUNT, RADIUS, MIDDLE = 0.25, 24, 2.0, (3.0, 3.0, 2.5)


def ball(radius: float = RADIUS) -> np.ndarray:
    """Share of every voxel that lies in a ball of 2 mm, half a millimetre above the middle of 6 mm."""
    z, y, x = (SPACING * (np.arange(COUNT) + 0.5) for _ in range(3))
    cx, cy, cz = MIDDLE
    r = np.sqrt((x - cx) ** 2 + (y - cy)[:, None] ** 2 + (z - cz)[:, None, None] ** 2)
    return (r < radius).astype(float)


def fields() -> xarray.Dataset:
    """Dead from the second frame on; a shell of mineral whose inner edge moves in by half a millimetre."""
    dead = np.stack([0 * ball(), 0.9 * ball(), 0.9 * ball()])
    mineral = 1000.0 * np.stack([0 * ball(), ball() - ball(1.5), ball() - ball(1.0)])
    axes = ("time", "z", "y", "x")
    places = SPACING * (np.arange(COUNT) + 0.5)
    return xarray.Dataset(
        {"dead_fraction": (axes, dead), "mineral_total": (axes, mineral), "radiodensity": (axes, mineral)},
        coords={"time": [0.0, 24.0, 48.0], "z": places, "y": places, "x": places},
    )


@pytest.fixture(scope="module")
def found() -> InSpace:
    return InSpace(fields())


def test_depth_is_the_distance_from_the_surface_of_the_ball(found: InSpace) -> None:
    """To the unevenness of a ball of voxels: half the diagonal of one."""
    places = SPACING * (np.arange(COUNT) + 0.5)
    cx, cy, cz = MIDDLE
    r = np.sqrt((places - cx) ** 2 + (places - cy)[:, None] ** 2 + (places - cz)[:, None, None] ** 2)
    assert found.beginning == 1
    assert found.depth is not None
    assert np.abs(found.depth - (RADIUS - r)).max() < 0.5 * np.sqrt(3.0) * SPACING


def test_distance_is_exact_to_the_nearest_voxel() -> None:
    mask = np.zeros((5, 4, 6), bool)
    mask[0, 3, 1] = mask[4, 0, 5] = True
    z, y, x = np.indices(mask.shape)
    one = (z - 0) ** 2 + (y - 3) ** 2 + (x - 1) ** 2
    other = (z - 4) ** 2 + (y - 0) ** 2 + (x - 5) ** 2
    np.testing.assert_allclose(distance_from(mask, 0.5), 0.5 * np.sqrt(np.minimum(one, other)), rtol=1e-6)


def test_the_edges_of_a_shell_are_where_they_are(found: InSpace) -> None:
    outer, inner = found.edges("mineral_total", 500.0)
    assert np.isnan([outer[0], inner[0]]).all()
    assert outer[1:] == pytest.approx([0.0, 0.0], abs=0.6 * SPACING)
    assert inner[1:] == pytest.approx([0.5, 1.0], abs=0.6 * SPACING)


def test_extent_and_calcium(found: InSpace) -> None:
    extent = found.extent("mineral_total", 500.0, 1)
    assert extent is not None
    assert (extent.width, extent.breadth, extent.height) == (4.0, 4.0, 4.0)
    assert extent.depth == 0.5
    shell = (ball() - ball(1.5)).sum() * SPACING**3
    assert extent.volume == pytest.approx(shell)
    assert found.calcium(1) == pytest.approx(1000.0 * shell * 1e-6)
    assert found.extent("mineral_total", 500.0, 0) is None


@pytest.mark.parametrize("axis", ["y", "z"])
def test_a_projection_holds_all_calcium(found: InSpace, axis: str) -> None:
    projected = found.projection(2, axis)
    assert projected.sum() * SPACING**2 == pytest.approx(found.calcium(2))
    rim, middle = projected[10, 4], projected[10, 12]
    assert rim > 0.0 and middle == pytest.approx(
        2e-6 * 1000.0 * (RADIUS - 1.0), rel=0.3
    )  # two walls of a shell


@pytest.mark.parametrize("axis", ["y", "z"])
def test_the_densest_along_a_line_is_that_of_its_densest_voxel(found: InSpace, axis: str) -> None:
    """Of a shell: as much through its middle, where two walls are, as at its rim."""
    mineral, most = found.frame("mineral_total", 2), found.most_along("mineral_total", 2, axis)
    assert most[10, 4] == most[10, 12] == mineral.max()
    assert most[0, 0] == 0.0


def test_fluid_beyond_the_sides_is_an_edge() -> None:
    """All of a block is dead: depth is the distance from its sides and bottom, its surface is none."""
    whole = fields()
    whole["dead_fraction"][:] = 1.0
    depth = InSpace(whole, perfused=True).depth
    assert depth is not None
    z, y, x = np.indices(depth.shape)
    last = COUNT - 1
    nearest = np.minimum.reduce([x, y, last - x, last - y, last - z])
    np.testing.assert_allclose(depth, (nearest + 0.5) * SPACING, rtol=1e-6)


def test_where_nothing_or_all_died_there_is_no_edge() -> None:
    whole = fields()
    whole["dead_fraction"][:] = 1.0
    assert InSpace(whole).depth is None
    whole["dead_fraction"][:] = 0.0
    assert InSpace(whole).depth is None
