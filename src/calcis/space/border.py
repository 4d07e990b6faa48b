"""What lies beyond a block of tissue: nothing that anything could cross to, or perfused healthy tissue?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from calcis.solve.grid.layout import Grid
from calcis.space.diffusion import diffusivities


def perfused(
    grid: Grid, tissues: Sequence[Mapping[str, float]], tissue: np.ndarray
) -> tuple[list[Mapping[str, float]], np.ndarray]:
    """Tissues, and which of them each voxel (z, y, x) is, with fluid as in plasma beyond sides and bottom.

    A voxel at n such faces exchanges n·φ·2D/h² more with plasma: what diffuses over half a voxel, D that of
    calcium.  The surface stays closed, and so are faces across which the block has one voxel.
    """
    nx, ny, nz = grid.shape
    z, y, x = np.indices((nz, ny, nx), sparse=True)
    faces = np.zeros((nz, ny, nx), np.int16)
    for place, count in ((x, nx), (y, ny)):
        if count > 1:
            faces += ((place == 0) | (place == count - 1)).astype(np.int16)
    if nz > 1:
        faces += (z == nz - 1).astype(np.int16)
    found, kinds = list(tissues), tissue.copy()
    for kind, own in enumerate(tissues):
        for count in range(1, 4):
            here = (tissue == kind) & (faces == count)
            if here.any():
                kinds[here] = len(found)
                found.append(
                    {**own, "capillaries.perfusion": own["capillaries.perfusion"] + count * _more(own, grid)}
                )
    return found, kinds


def _more(own: Mapping[str, float], grid: Grid) -> float:
    """Perfusion, relative to resting muscle's, that exchanges as half a voxel of fluid does."""
    spread = diffusivities(own)["interstitial_fluid.calcium"]
    exchange = own["interstitial_fluid.fluid_share"] * 2.0 * spread / grid.spacing**2
    return exchange / own["capillaries.permeability_surface"]
