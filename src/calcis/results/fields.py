"""How are courses over a grid kept on disk?  A Zarr folder with a group for each arm, a chunk for each frame.

`xarray.open_zarr(folder / "fields.zarr", group="0")` opens the first arm's: variables (time, z, y, x) with
their units, times in h, and the middles of voxels in mm; z is the depth below the surface.
"""

from __future__ import annotations

import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    import xarray

FIELDS = "fields.zarr"
_AXES = ("z", "y", "x")
_ABOUT = {
    "time": {"units": "h", "long_name": "time since the start"},
    "z": {"units": "mm", "long_name": "depth below the surface", "positive": "down"},
    "y": {"units": "mm", "long_name": "along the surface, from its front to its back"},
    "x": {"units": "mm", "long_name": "along the surface, from left to right"},
}


class FieldWriter:
    """Writes an arm's frames one by one; what is there of an earlier attempt is written over.

    store: a folder, or whatever zarr keeps arrays in.  shape (z, y, x); spacing in mm; times in h; units of
    the variables by name.
    """

    def __init__(
        self,
        store: Any,
        group: str,
        arm: str,
        shape: tuple[int, int, int],
        spacing: float,
        times: np.ndarray,
        units: Mapping[str, str],
    ) -> None:
        import zarr

        self._group = zarr.open_group(store, mode="a").require_group(group)
        whole = (len(times), *shape)
        self._arrays: dict[str, Any] = {name: self._group[name] for name in units if name in self._group}
        begun = self._group.attrs.get("arm") == arm  # written last, when all is there
        if begun and [array.shape for array in self._arrays.values()] == [whole] * len(units):
            return
        self._group.attrs.pop("arm", None)
        coords = {"time": times}
        coords |= {axis: (np.arange(count) + 0.5) * spacing for axis, count in zip(_AXES, shape, strict=True)}
        self._arrays = {}
        for name, unit in units.items():
            array = self._group.create_array(
                name,
                shape=whole,
                chunks=(1, *shape),
                dtype="float32",
                overwrite=True,
                fill_value=np.nan,
                dimension_names=("time", *_AXES),
            )
            array.attrs.update({"units": unit, "long_name": name.replace("_", " ")})
            self._arrays[name] = array
        for name, values in coords.items():
            array = self._group.create_array(
                name, shape=values.shape, dtype="float64", dimension_names=(name,), overwrite=True
            )
            array[:] = values
            array.attrs.update(_ABOUT[name])
        self._group.attrs["spacing_mm"] = spacing
        self._group.attrs["arm"] = arm

    def write(self, frame: int, values: Mapping[str, np.ndarray]) -> None:
        """All variables of a frame, each (z, y, x)."""
        for name, array in self._arrays.items():
            array[frame] = np.asarray(values[name], np.float32)


def finish(store: Any) -> None:
    """Repeat the descriptions of all arrays at the top, where xarray looks for them."""
    import zarr

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # zarr says that version 3 does not specify where
        zarr.consolidate_metadata(store)


def open_fields(store: Any, group: str) -> xarray.Dataset:
    """An arm's fields, read as they are asked for."""
    import xarray

    found: xarray.Dataset = xarray.open_zarr(store, group=group, chunks=None)
    return found
