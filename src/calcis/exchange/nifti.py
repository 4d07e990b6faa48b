"""How does a field in space become an image that 3D Slicer opens?  NIfTI-1: mm, seconds, the surface up.

Voxel axes are right, anterior and superior (RAS+), with z = -depth, so that the surface of the tissue lies
at z = 0 and looks to the head.  Position in a body is not known: x and y count from the block's corner.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from calcis import __version__
from calcis.errors import InputError
from calcis.writing import writing

if TYPE_CHECKING:
    import xarray

ENDINGS = (".nii.gz", ".nii")
_SCANNER = 1  # code of the affine: coordinates of the scanner, here of the block
_COMMENT = 6  # code of a header extension in plain text
_SECONDS = 3600.0  # in an hour


def unit_of(field: xarray.DataArray) -> str:
    """The unit of a field as its readers know it."""
    return str(field.attrs.get("units", "1"))


def spacing_of(fields: xarray.Dataset) -> float:
    """Edge of a voxel, mm; that of a block of one voxel is told by its depth, which is half an edge."""
    axes = (np.asarray(fields[axis].values, float) for axis in ("x", "y", "z"))
    return float(next((axis[1] - axis[0] for axis in axes if len(axis) > 1), 2.0 * fields["z"].values[0]))


def affine(fields: xarray.Dataset) -> np.ndarray:
    """From voxel (i, j, k) to mm right, anterior and superior; k = 0 is the deepest layer."""
    spacing = spacing_of(fields)
    found = np.diag([spacing, spacing, spacing, 1.0])
    found[:3, 3] = fields["x"].values[0], fields["y"].values[0], -fields["z"].values[-1]
    return found


def upright(values: np.ndarray) -> np.ndarray:
    """An array (..., z, y, x) of depths as (x, y, z upwards, ...)."""
    return np.asarray(np.moveaxis(values[..., ::-1, :, :], (-1, -2, -3), (0, 1, 2)))


def write_nifti(
    path: Path, fields: xarray.Dataset, name: str, frames: Sequence[int], about: dict[str, Any] | None = None
) -> None:
    """Some frames of one field as a 3-D or 4-D image; times (h), unit and `about` in its header, as JSON.

    Raises InputError without nibabel, and where the file cannot be written.
    """
    try:
        import nibabel
    except ImportError:
        raise InputError(
            "nibabel, which writes NIfTI; it comes with the extra 'images': pip install 'calcis[images]'",
            "none installed",
        ) from None
    field = fields[name].isel(time=list(frames))
    times = np.asarray(field["time"].values, float)
    values = upright(np.asarray(field.values, np.float32))
    steps = np.diff(times)
    even = len(steps) > 0 and bool(np.allclose(steps, steps[0], rtol=1e-6))
    image = nibabel.Nifti1Image(values if len(frames) > 1 else values[..., 0], affine(fields))
    header, unit = image.header, unit_of(field)
    header.set_xyzt_units("mm", "sec" if even else "unknown")
    header.set_sform(affine(fields), _SCANNER)
    header.set_qform(affine(fields), _SCANNER)
    if even:
        header["pixdim"][4] = steps[0] * _SECONDS
        header["toffset"] = times[0] * _SECONDS
    header["intent_name"] = name[:15].encode()
    header["descrip"] = f"{name} [{unit}], Calcis {__version__}"[:79].encode()
    told = {"field": name, "unit": unit, "times_h": times.tolist(), **(about or {})}
    header.extensions.append(
        nibabel.nifti1.Nifti1Extension(_COMMENT, json.dumps(told, ensure_ascii=False).encode())
    )
    with writing(path):
        nibabel.save(image, path)
