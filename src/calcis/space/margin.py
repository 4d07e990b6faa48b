"""Which voxels lie within a distance of others?"""

from __future__ import annotations

import numpy as np


def within_margin(chosen: np.ndarray, margin: float, spacing: float) -> np.ndarray:
    """Whether each voxel (z, y, x) is one of those `chosen`, or its middle within `margin` (mm) of theirs.

    The squared distance is found axis by axis: d²(x) = min over q of f(q) + (x - q)².
    """
    squared = np.where(chosen, 0.0, np.inf)
    reach = int(margin / spacing * (1.0 + 1e-9))
    for axis in range(chosen.ndim):
        nearest = squared.copy()
        along, start = np.moveaxis(nearest, axis, 0), np.moveaxis(squared, axis, 0)
        for step in range(1, min(reach, chosen.shape[axis] - 1) + 1):
            np.minimum(along[step:], start[:-step] + step**2, out=along[step:])
            np.minimum(along[:-step], start[step:] + step**2, out=along[:-step])
        squared = nearest
    return np.asarray(squared <= (margin / spacing * (1.0 + 1e-9)) ** 2)
