"""Where is the mineral, how large and how dense is it, and how far have mineral and dead tissue come or gone?

Depth in the lesion is the distance (mm) from the edge of what died, positive inside, whatever its form.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from calcis.space.front import front_radius
from calcis.units import MM3_PER_L

if TYPE_CHECKING:
    import xarray

_DEAD = 0.01  # share of a voxel that is dead: less is no injury
SUMS = {"macrophages": ("macrophages_inflammatory", "macrophages_reparative")}  # shown as one field


@dataclass(frozen=True)
class Extent:
    """A part of the block: the box around it, from which depth on it begins, its volume (mm, mm³)."""

    width: float
    breadth: float
    height: float
    depth: float
    volume: float


@dataclass(frozen=True, eq=False)
class InSpace:
    """What can be measured on the fields of one arm; `perfused` where fluid lies beyond sides and bottom."""

    fields: xarray.Dataset
    perfused: bool = False

    @cached_property
    def time(self) -> np.ndarray:
        """Times of the frames, h."""
        return np.asarray(self.fields["time"].values, float)

    @cached_property
    def spacing(self) -> float:
        """Edge of a voxel, mm."""
        return 2.0 * float(self.fields["x"].values[0])

    def frame(self, name: str, index: int) -> np.ndarray:
        """A field (z, y, x) at a frame; or the sum of some."""
        found = [self.fields[one].isel(time=index).values for one in SUMS.get(name, (name,))]
        return np.asarray(sum(found), float)

    def has(self, name: str) -> bool:
        """Whether a field, or all of a sum, is there."""
        return all(one in self.fields for one in SUMS.get(name, (name,)))

    def highest(self, name: str) -> float:
        """The highest value that a field reaches, over all frames."""
        return max(float(np.nanmax(self.frame(name, k))) for k in range(self.end + 1))

    @cached_property
    def beginning(self) -> int:
        """The first frame in which something is dead; the first of all if nothing ever is."""
        dead = (k for k in range(len(self.time)) if np.nanmax(self.frame("dead_fraction", k)) > _DEAD)
        return next(dead, 0)

    @cached_property
    def end(self) -> int:
        """The last frame that was reached."""
        known = np.isfinite([self.frame("mineral_total", k).flat[0] for k in range(len(self.time))])
        return int(np.flatnonzero(known)[-1]) if known.any() else 0

    @cached_property
    def depth(self) -> np.ndarray | None:
        """Depth in the lesion of every voxel; None where there is no edge: all or nothing died."""
        dead = self.frame("dead_fraction", 0)
        for index in range(1, self.end + 1):
            dead = np.maximum(dead, self.frame("dead_fraction", index))
        inside: np.ndarray = np.zeros(dead.shape, bool)
        if dead.max() > _DEAD:
            inside = np.asarray(dead > 0.5 * dead.max())
        across = int(self.perfused and inside.shape[1] > 1)
        beside, below = int(self.perfused), int(self.perfused and inside.shape[0] > 1)
        around = np.pad(inside, ((0, below), (across, across), (beside, beside)))
        if around.all() or not inside.any():
            return None
        half, (nz, ny, nx) = 0.5 * self.spacing, inside.shape
        into = distance_from(~around, self.spacing)[:nz, across : across + ny, beside : beside + nx] - half
        return np.where(inside, into, half - distance_from(inside, self.spacing))

    @cached_property
    def _bins(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Depth of each bin, a voxel wide; the bin of each voxel; voxels in each."""
        depth = self.depth
        assert depth is not None
        place = np.floor(depth / self.spacing).astype(int)
        first = int(place.min())
        count = np.bincount((place - first).ravel())
        return (np.arange(len(count)) + first + 0.5) * self.spacing, place - first, count

    @property
    def depths(self) -> np.ndarray:
        """Depths in the lesion at which profiles are told, mm."""
        return self._bins[0]

    def profile(self, name: str, index: int) -> np.ndarray:
        """Mean of a field over all voxels of one depth, at a frame; not a number where there are none."""
        _, place, count = self._bins
        sums = np.bincount(place.ravel(), weights=self.frame(name, index).ravel(), minlength=len(count))
        return np.where(count > 0, sums / np.maximum(count, 1), np.nan)

    def edges(self, name: str, least: float) -> tuple[np.ndarray, np.ndarray]:
        """Least and greatest depth (mm) at which a field's profile is at least so much, over the frames."""
        found = np.full((2, len(self.time)), np.nan)
        for k in range(self.end + 1):
            found[:, k] = _ends(self.depths, self.profile(name, k), least)
        return found[0], found[1]

    def extent(self, name: str, least: float, index: int) -> Extent | None:
        """Of all voxels in which a field is at least so much; None where there is none."""
        where = self.frame(name, index) >= least
        if not where.any():
            return None
        reach = []
        for axis in range(3):
            others = tuple({0, 1, 2} - {axis})
            found = np.flatnonzero(where.any(axis=others))
            reach.append((found[0] * self.spacing, (found[-1] + 1) * self.spacing))
        (top, bottom), (front, back), (left, right) = reach
        volume = float(where.sum()) * self.spacing**3
        return Extent(right - left, back - front, bottom - top, top, volume)

    def radii(self, name: str, least: float) -> np.ndarray:
        """Radius (mm) of a front, behind which a field is at least so much, over the frames."""
        found = np.full(len(self.time), np.nan)
        for k in range(self.end + 1):
            found[k] = front_radius(self.frame(name, k) >= least, self.spacing)
        return found

    def projection(self, index: int, axis: str) -> np.ndarray:
        """Calcium of mineral along lines through the block, mmol/mm²; rows as in a slice across `axis`."""
        mineral = self.frame("mineral_total", index)
        return np.asarray(mineral.sum(axis=("z", "y", "x").index(axis)) * self.spacing / MM3_PER_L)

    def most_along(self, name: str, index: int, axis: str) -> np.ndarray:
        """The highest value of a field along lines through the block; rows as in a slice across `axis`."""
        return np.asarray(self.frame(name, index).max(axis=("z", "y", "x").index(axis)))

    def calcium(self, index: int) -> float:
        """Calcium in mineral of the whole block, mmol."""
        return float(self.frame("mineral_total", index).sum()) * self.spacing**3 / MM3_PER_L

    def middle(self, name: str, index: int) -> np.ndarray:
        """The slice (z, x) through the middle of the block; the surface is its first row."""
        field = self.frame(name, index)
        return np.asarray(field[:, field.shape[1] // 2, :])


def distance_from(mask: np.ndarray, spacing: float) -> np.ndarray:
    """Distance (mm) of the middle of every voxel from the nearest one in the mask; exact, axis by axis."""
    square = np.where(mask, np.float32(0.0), np.float32(1e12))
    for axis in range(square.ndim):
        lines = np.moveaxis(square, axis, -1)
        places = spacing * np.arange(lines.shape[-1], dtype=np.float32)
        nearest = np.full_like(lines, 1e12)
        for j, place in enumerate(places):
            np.minimum(nearest, lines[..., j : j + 1] + (places - place) ** 2, out=nearest)
        square = np.moveaxis(nearest, -1, axis)
    return np.asarray(np.sqrt(square.astype(float)))


def _ends(places: np.ndarray, values: np.ndarray, least: float) -> tuple[float, float]:
    """Where a profile first and last is at least so much, between two places where it crosses."""
    above = np.flatnonzero(np.nan_to_num(values, nan=-np.inf) >= least)
    if not len(above):
        return np.nan, np.nan
    first, last = int(above[0]), int(above[-1])

    def between(inner: int, outer: int) -> float:
        if not 0 <= outer < len(places) or not np.isfinite(values[outer]):
            return float(places[inner])
        share = (values[inner] - least) / (values[inner] - values[outer])
        return float(places[inner] + share * (places[outer] - places[inner]))

    return between(first, first - 1), between(last, last + 1)
