"""How are named arrays kept on disk?  As a Zarr version 3 folder that zarr and xarray open.

Written here byte by byte, because importing the zarr library and creating eighty small arrays
with it takes half a second, a quarter of a whole warm run; read back through the library itself.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_LEVEL = 1  # of gzip: courses are small, and level 9 is ten times slower for a few per cent


def write_group(folder: Path, attributes: Mapping[str, Any] | None = None) -> None:
    """Make `folder` a Zarr group."""
    folder.mkdir(parents=True, exist_ok=True)
    _describe(folder, {"node_type": "group", "attributes": dict(attributes or {})})


def write_floats(
    folder: Path, values: Floats, dimensions: Sequence[str], attributes: Mapping[str, Any]
) -> None:
    """One array of float64 in one compressed chunk; `dimensions` names its axes."""
    codecs = [{"name": "bytes", "configuration": {"endian": "little"}}]
    content = np.ascontiguousarray(values, dtype="<f8").tobytes()
    _write(folder, values.shape, "float64", "NaN", codecs, content, dimensions, attributes)


def write_names(folder: Path, names: Sequence[str], dimension: str) -> None:
    """One array of texts along `dimension`."""
    texts = [name.encode() for name in names]
    content = len(texts).to_bytes(4, "little")
    content += b"".join(len(text).to_bytes(4, "little") + text for text in texts)
    codecs = [{"name": "vlen-utf8", "configuration": {}}]
    _write(folder, (len(texts),), "string", "", codecs, content, [dimension], {})


def read_group(folder: Path) -> Iterator[tuple[str, NDArray[Any], str | None]]:
    """Every array of a group: its name, values, and `units` attribute.

    Raises FileNotFoundError for a chunk that is gone (the library alone would fill it in
    silently), and whatever the library raises for bytes that it cannot read.
    """
    import zarr

    group = zarr.open_group(folder, mode="r")
    for name in sorted(group.array_keys()):
        array = group[name]
        assert isinstance(array, zarr.Array)
        chunk = folder / name / "c" / "/".join("0" * array.ndim)
        if not chunk.is_file():
            raise FileNotFoundError(f"{chunk} is missing")
        units = array.attrs.get("units")
        yield name, np.asarray(array[...]), str(units) if units is not None else None


def _write(
    folder: Path,
    shape: Sequence[int],
    data_type: str,
    fill: str,
    codecs: list[dict[str, Any]],
    content: bytes,
    dimensions: Sequence[str],
    attributes: Mapping[str, Any],
) -> None:
    chunk = folder / "c" / "/".join("0" * len(shape))
    chunk.parent.mkdir(parents=True)
    gzip = {"name": "gzip", "configuration": {"level": _LEVEL}}
    _describe(
        folder,
        {
            "node_type": "array",
            "shape": list(shape),
            "data_type": data_type,
            "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": list(shape)}},
            "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
            "fill_value": fill,
            "codecs": [*codecs, gzip],
            "dimension_names": list(dimensions),
            "attributes": dict(attributes),
        },
    )
    # A bare zlib object writes a gzip header without a date, so the same values give the same bytes.
    packer = zlib.compressobj(_LEVEL, wbits=31)
    chunk.write_bytes(packer.compress(content) + packer.flush())


def _describe(folder: Path, description: Mapping[str, Any]) -> None:
    (folder / "zarr.json").write_text(json.dumps({"zarr_format": 3, **description}, indent=1))
