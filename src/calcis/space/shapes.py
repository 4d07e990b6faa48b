"""Where is tissue injured?  Shapes, and the share of every voxel that lies within.

A shape gives its signed distance (mm, negative inside) at points; x, y, z are from the corner of the grid,
and z is the depth below the surface.  The share of a voxel follows from the distance of its middle.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np

from calcis.solve.grid.layout import Grid

Point = tuple[float, float, float]

_TRIES = 2000  # places that are tried for one ball before there is none for it


class Shape(Protocol):
    """Something with an inside."""

    def distance(self, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Distance (mm) of points from its surface, negative inside."""
        ...


@dataclass(frozen=True)
class Sphere:
    """A ball: its centre and diameter (mm)."""

    centre: Point
    diameter: float

    def distance(self, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Distance from its surface."""
        cx, cy, cz = self.centre
        return np.asarray(np.sqrt((x - cx) ** 2 + (y - cy) ** 2 + (z - cz) ** 2) - 0.5 * self.diameter)


@dataclass(frozen=True)
class Shell:
    """The wall of a ball, such as a granuloma's: centre, outer diameter and thickness (mm)."""

    centre: Point
    diameter: float
    thickness: float

    def distance(self, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Distance from the nearer of its surfaces."""
        outer = Sphere(self.centre, self.diameter).distance(x, y, z)
        return np.asarray(np.maximum(outer, -outer - self.thickness))


@dataclass(frozen=True)
class Cone:
    """A bite's: its base on the surface (z = 0) around a point, diameter of the base, and depth (mm)."""

    centre: tuple[float, float]
    diameter: float
    depth: float

    def distance(self, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Distance from its side or base; beyond the edges a little less."""
        radius = 0.5 * self.diameter
        out = np.hypot(x - self.centre[0], y - self.centre[1])
        side = (out * self.depth + z * radius - radius * self.depth) / np.hypot(self.depth, radius)
        return np.asarray(np.maximum(side, -z))


@dataclass(frozen=True)
class Line:
    """A needle's: from a point to another, rounded at both ends; diameter (mm)."""

    begin: Point
    end: Point
    diameter: float

    def distance(self, x: np.ndarray, y: np.ndarray, z: np.ndarray) -> np.ndarray:
        """Distance from its surface."""
        begin = np.array(self.begin)
        along = np.array(self.end) - begin
        given = [axis - start for axis, start in zip((x, y, z), begin, strict=True)]
        share = sum(axis * part for axis, part in zip(given, along, strict=True)) / float(along @ along)
        share = np.clip(share, 0.0, 1.0)
        off = [axis - share * part for axis, part in zip(given, along, strict=True)]
        return np.asarray(np.sqrt(sum(part**2 for part in off)) - 0.5 * self.diameter)


def share_of_voxels(shape: Shape, grid: Grid, edge: float = 0.0) -> np.ndarray:
    """Share (z, y, x) of every voxel that lies within; it falls from 1 to 0 over `edge` mm, at least a voxel.

    Mineral in time fills every voxel of which some is dead, so that with a sharp edge the lesion is half
    a voxel too large all around; one that is wider than a voxel makes the result independent of the grid.
    """
    nx, ny, nz = grid.shape
    z, y, x = ((np.arange(count) + 0.5) * grid.spacing for count in (nz, ny, nx))
    distance = shape.distance(x[None, None, :], y[None, :, None], z[:, None, None])
    return np.asarray(np.clip(0.5 - distance / max(edge, grid.spacing), 0.0, 1.0))


def scattered(number: int, each: float, diameter: float, seed: int) -> np.ndarray | None:
    """Centres (number, 3; mm) of balls in a ball around 0, at random and apart; None if they do not fit."""
    chance = np.random.default_rng(seed)
    reach = 0.5 * (diameter - each)
    placed = np.empty((0, 3))
    for _ in range(number):
        tried = chance.uniform(-reach, reach, (_TRIES, 3))
        free = (tried**2).sum(axis=1) <= reach**2
        for other in placed:
            free &= ((tried - other) ** 2).sum(axis=1) >= each**2
        if not free.any():
            return None
        placed = np.vstack([placed, tried[int(free.argmax())]])
    return placed
