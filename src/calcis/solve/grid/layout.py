"""Where does a voxel stand in memory?  Rows of one colour of the checkerboard, on every level of multigrid.

A row along the first axis holds the voxels of one colour; eight neighbours in it make a vector.  The voxel
at x of row (z, y) has colour (x + y + z) mod 2 and place x // 2, so its neighbours in other rows have the
same place in the other colour.  Every row, and the grid, is followed by empty voxels.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calcis.errors import InputError
from calcis.solve.ir import LANES

# Columns of the table of levels: edges, vectors in a row, elements from row to row, from plane to plane,
# from colour to colour, and from field to field.
NX, NY, NZ, VECTORS, ROW, PLANE, COLOUR, FIELD = range(8)
# Where a level's single-precision fields begin in their pool: correction, right side, inverse blocks,
# openness twice; and as coarse grid in the order of x: start, elements from row to row, from field to field.
X, R, INVERSE, E, A, NATURAL, NATURAL_ROW, NATURAL_FIELD = range(8, 16)


@dataclass(frozen=True)
class Grid:
    """A regular grid of cubic voxels; shape (x, y, z), spacing in mm.

    Raises InputError for an odd number of voxels along the first axis.
    """

    shape: tuple[int, int, int]
    spacing: float

    def __post_init__(self) -> None:
        if min(self.shape) < 1 or self.shape[0] % 2:
            raise InputError("an even number of voxels along the first axis", f"a grid of {self.shape}")

    @property
    def voxels(self) -> int:
        """Number of voxels."""
        return int(np.prod(self.shape))

    @property
    def vectors(self) -> int:
        """Vectors of eight in a row of one colour."""
        return -(-self.shape[0] // (2 * LANES))

    def levels(self, fields: int, inverted: int) -> tuple[np.ndarray, int]:
        """Table (level, column) from fine to coarse, and the length of the single-precision pool.

        inverted: entries of the inverse blocks of a voxel.
        """
        shapes = [self.shape]
        while _can_halve(shapes[-1]):
            shapes.append(tuple(max(edge // 2, 1) for edge in shapes[-1]))  # type: ignore[arg-type]
        table = np.zeros((len(shapes), 16), np.int64)
        taken = 0
        for level, (nx, ny, nz) in enumerate(shapes):
            line = table[level]
            half = nx // 2
            line[[NX, NY, NZ, VECTORS]] = nx, ny, nz, -(-half // LANES)
            line[ROW] = LANES * -(-(half + 1) // LANES)
            line[PLANE] = line[ROW] * (ny + 2)
            line[COLOUR] = line[PLANE] * (nz + 2) + 2 * LANES
            line[FIELD] = 2 * line[COLOUR]
            for column, count in ((X, fields), (R, fields), (INVERSE, inverted), (E, 1), (A, 1)):
                line[column] = taken
                taken += count * line[FIELD]
            if level:
                line[NATURAL] = taken + LANES
                line[NATURAL_ROW] = LANES * table[level - 1, VECTORS] + 2 * LANES
                line[NATURAL_FIELD] = line[NATURAL_ROW] * ny * nz + 2 * LANES
                taken += fields * line[NATURAL_FIELD]
        return table, taken

    def places(self) -> np.ndarray:
        """Place of every voxel (z, y, x) in arrays of vectors: (vector, lane) as one number."""
        nx, ny, nz = self.shape
        z, y, x = np.indices((nz, ny, nx), sparse=True)
        row = ((x + y + z) % 2 * nz + z) * ny + y
        return np.asarray(row * (self.vectors * LANES) + x // 2, np.int32)

    def elements(self, line: np.ndarray) -> np.ndarray:
        """Index of every voxel (z, y, x) in a field of rows."""
        nx, ny, nz = self.shape
        z, y, x = np.indices((nz, ny, nx), sparse=True)
        start = LANES + (z + 1) * line[PLANE] + (y + 1) * line[ROW]
        return np.asarray((x + y + z) % 2 * line[COLOUR] + start + x // 2)


def _can_halve(shape: tuple[int, int, int]) -> bool:
    """Whether every axis of more than one voxel can be halved, and the first one is then still even."""
    return all(edge == 1 or (edge % 2 == 0 and edge > 2) for edge in shape) and shape[0] % 4 == 0
