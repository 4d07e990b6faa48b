"""How are named arrays kept on disk?  As a Zarr version 3 folder that zarr and xarray open.

Written here byte by byte, because importing the zarr library and creating 140 small arrays with it
takes most of a second, a third of a whole warm run; read back through the library itself.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

_LEVEL = 1  # of gzip: courses are small, and level 9 is ten times slower for a few per cent
_GROUP = {"zarr_format": 3, "node_type": "group", "attributes": {}}


@dataclass(frozen=True, eq=False)
class Array:
    """Numbers or texts with named axes, and their unit."""

    values: NDArray[np.float64] | tuple[str, ...]
    dimensions: tuple[str, ...]
    units: str | None = None


def write_groups(folder: Path, groups: Mapping[str, Mapping[str, Array]]) -> None:
    """A new Zarr folder of named groups of arrays, each array in one compressed chunk.

    The descriptions of all are repeated at the top ("consolidated"), where xarray looks for them.
    """
    described: dict[str, Any] = {}
    for group, arrays in groups.items():
        (folder / group).mkdir(parents=True)
        (folder / group / "zarr.json").write_text(json.dumps(_GROUP))
        described[group] = _GROUP
        for name, array in arrays.items():
            described[f"{group}/{name}"] = _write(folder / group / name, array)
    summary = {"kind": "inline", "must_understand": False, "metadata": described}
    (folder / "zarr.json").write_text(json.dumps({**_GROUP, "consolidated_metadata": summary}))


def read_group(folder: Path, name: str) -> Iterator[tuple[str, Array]]:
    """Every array of a group, in the order in which it was written.

    Raises FileNotFoundError for a chunk that is gone (the library alone would fill it in
    silently), and whatever the library raises for bytes that it cannot read.
    """
    import zarr

    group = zarr.open_group(folder, mode="r")[name]
    assert isinstance(group, zarr.Group)
    for member, array in group.arrays():
        chunk = folder / name / member / _chunk(array.ndim)
        if not chunk.is_file():
            raise FileNotFoundError(f"{chunk} is missing")
        units = array.attrs.get("units")
        metadata: Any = array.metadata
        values: Any = np.asarray(array[...])
        if values.dtype != np.float64:
            values = tuple(str(value) for value in values)
        yield member, Array(values, tuple(metadata.dimension_names), None if units is None else str(units))


def _write(folder: Path, array: Array) -> dict[str, Any]:
    """Write one array and return its description."""
    codec: dict[str, Any]
    if isinstance(array.values, tuple):
        shape, data_type, fill = [len(array.values)], "string", ""
        texts = [text.encode() for text in array.values]
        sized = (len(text).to_bytes(4, "little") + text for text in texts)
        content = len(texts).to_bytes(4, "little") + b"".join(sized)
        codec = {"name": "vlen-utf8", "configuration": {}}
    else:
        shape, data_type, fill = list(array.values.shape), "float64", "NaN"
        content = np.ascontiguousarray(array.values, dtype="<f8").tobytes()
        codec = {"name": "bytes", "configuration": {"endian": "little"}}
    described = {
        "zarr_format": 3,
        "node_type": "array",
        "shape": shape,
        "data_type": data_type,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": shape}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "."}},
        "fill_value": fill,
        "codecs": [codec, {"name": "gzip", "configuration": {"level": _LEVEL}}],
        "dimension_names": list(array.dimensions),
        "attributes": {} if array.units is None else {"units": array.units},
    }
    folder.mkdir()
    (folder / "zarr.json").write_text(json.dumps(described))
    # A bare zlib object writes a gzip header without a date, so the same values give the same bytes.
    packer = zlib.compressobj(_LEVEL, wbits=31)
    (folder / _chunk(len(shape))).write_bytes(packer.compress(content) + packer.flush())
    return described


def _chunk(dimensions: int) -> str:
    """File name of the only chunk; beside its description, because folders are slow to make."""
    return ".".join(["c", *"0" * dimensions])
