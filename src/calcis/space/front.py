"""How far has a front come?  The radius of what is as large as all voxels behind it."""

from __future__ import annotations

import math

import numpy as np


def front_radius(behind: np.ndarray, spacing: float) -> float:
    """Radius (mm) of a ball of the volume of all voxels (z, y, x) that are `behind` a front.

    In a slice, one voxel thick, it is the radius of a circle of their area; in a line, half of their length.
    """
    edges = sum(count > 1 for count in behind.shape)
    size = float(behind.sum()) * math.pow(spacing, edges)
    if edges == 3:
        return math.cbrt(0.75 * size / math.pi)
    return math.sqrt(size / math.pi) if edges == 2 else 0.5 * size
