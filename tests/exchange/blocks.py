"""A block of tissue whose fields are formulas, different along every axis and at every time."""

from __future__ import annotations

import numpy as np
import xarray

SPACING = 0.25
TIMES = np.array([0.0, 24.0, 48.0, 72.0])


def block(shape: tuple[int, int, int] = (4, 6, 8), times: np.ndarray = TIMES) -> xarray.Dataset:
    """Fields as `run["arm"].fields` has them; shape (z, y, x)."""
    z, y, x = ((np.arange(count) + 0.5) * SPACING for count in shape)
    grown = times[:, None, None, None] / 24.0
    place = 100.0 * z[:, None, None] + 10.0 * y[None, :, None] + x[None, None, :]
    dense = (50.0 + grown * place[None]).astype(np.float32)
    alive = (np.ones_like(grown) * (1.0 - 0.1 * z[:, None, None]) * np.ones(shape)).astype(np.float32)
    axes = ("time", "z", "y", "x")
    return xarray.Dataset(
        {
            "radiodensity": (axes, dense, {"units": "HU"}),
            "living_fraction": (axes, alive, {"units": "1"}),
        },
        coords={
            "time": ("time", times, {"units": "h"}),
            **{name: (name, values, {"units": "mm"}) for name, values in (("z", z), ("y", y), ("x", x))},
        },
    )
