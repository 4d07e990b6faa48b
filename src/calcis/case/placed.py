"""Where in a block of voxels do the layers and the injury of a case lie?"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np

from calcis.case.patch import Cone, Growing, Kind, Line, Mask, Patches, Region, Shell
from calcis.solve.grid.layout import Grid
from calcis.space import shapes
from calcis.space.margin import within_margin

GROWTH_STEPS = 24  # in which a core grows


def tissue_of_voxels(count: tuple[int, int, int], spacing: float, thickness: Sequence[float]) -> np.ndarray:
    """Which tissue each voxel (z, y, x) is: a layer's, from the surface down, or the last."""
    nx, ny, nz = count
    depth = (np.arange(nz) + 0.5) * spacing
    kind = np.searchsorted(np.cumsum(thickness), depth, side="right").astype(np.int16)
    return np.asarray(np.broadcast_to(kind[:, None, None], (nz, ny, nx))).copy()


def injured(grid: Grid, shape: Kind, begin: float) -> list[tuple[float, np.ndarray]]:
    """When (h) which share (z, y, x) of every voxel of a block is injured, by an injury that begins then."""
    if isinstance(shape, Mask):
        return [(begin, shape.segment.share_of_voxels(grid, shape.surface, shape.depth))]
    if isinstance(shape, Growing):
        return _joining(grid, _growing(grid, shape), begin)
    if isinstance(shape, Patches):
        return _joining(grid, _patches(grid, shape), begin)
    return [(begin, shapes.share_of_voxels(shape_in(grid, shape), grid))]


def share_within(grid: Grid, shape: Region, margin: float) -> np.ndarray:
    """Share (z, y, x) of every voxel of a block that lies in a shape, or within a margin (mm) of it."""
    found = shapes.share_of_voxels(shape_in(grid, shape), grid)
    return np.maximum(found, within_margin(found > 0.5, margin, grid.spacing)) if margin else found


def share_of_patch(grid: Grid, injury: Kind, region: Region, margin: float) -> float:
    """Share of the injured patch that lies in a region."""
    left = np.ones(grid.shape[::-1])
    for _, within in injured(grid, injury, 0.0):
        left *= 1.0 - within
    patch = 1.0 - left
    return float((patch * share_within(grid, region, margin)).sum() / patch.sum())


def _growing(grid: Grid, shape: Growing) -> Iterator[tuple[float, shapes.Shape]]:
    """A core that grows: when (h since it began) it is how wide."""
    for step in range(GROWTH_STEPS + 1):
        since = shape.over * step / GROWTH_STEPS
        if (core := shape.core(since)) > 0.0:
            yield since, shapes.Sphere(_centre(grid, shape.depth), core)


def _patches(grid: Grid, shape: Patches) -> Iterator[tuple[float, shapes.Shape]]:
    """When (h since the first) which patch dies."""
    x, y, z = _centre(grid, shape.depth)
    for since, (right, back, down) in zip(shape.moments(), shape.places, strict=True):
        yield since, shapes.Sphere((x + right, y + back, z + down), shape.patch)


def _joining(
    grid: Grid, pieces: Iterable[tuple[float, shapes.Shape]], begin: float
) -> list[tuple[float, np.ndarray]]:
    """What joins the injured patch, piece after piece, each as a share of what is left of every voxel."""
    found = []
    left = np.ones(grid.shape[::-1])
    for since, piece in pieces:
        still = np.minimum(left, 1.0 - shapes.share_of_voxels(piece, grid))
        found.append((begin + since, np.where(left > 0.0, 1.0 - still / np.maximum(left, 1e-12), 0.0)))
        left = still
    return found


def shape_in(grid: Grid, shape: Region) -> shapes.Shape:
    """A shape of a case file in a block, around the middle of its surface."""
    width, breadth = (0.5 * count * grid.spacing for count in grid.shape[:2])
    if isinstance(shape, Cone):
        return shapes.Cone((width, breadth), shape.diameter, shape.depth)
    if isinstance(shape, Line):
        return shapes.Line((width, breadth, shape.begin), (width, breadth, shape.end), shape.diameter)
    centre = _centre(grid, shape.depth)
    if isinstance(shape, Shell):
        return shapes.Shell(centre, shape.diameter, shape.thickness)
    return shapes.Sphere(centre, shape.diameter)


def _centre(grid: Grid, depth: float | None) -> shapes.Point:
    """The middle of a block, or the point so deep (mm) below the middle of its surface."""
    width, breadth, deep = (0.5 * count * grid.spacing for count in grid.shape)
    return width, breadth, deep if depth is None else depth
