"""Which frames of which fields of which arms become images, and in which files?"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from calcis.errors import InputError, nearest
from calcis.exchange.nifti import ENDINGS, write_nifti
from calcis.exchange.vtk import write_vtk
from calcis.results.store import Run
from calcis.units import UnitError, convert, read_quantity
from calcis.wording import span

if TYPE_CHECKING:
    import xarray

DEFAULT_FIELD = "radiodensity"  # of NIfTI, which has one in a file


def write_images(
    run: Run,
    to: str,
    out: Path,
    arm: str | None = None,
    field: str | None = None,
    at: str | None = None,
) -> list[Path]:
    """Write the fields of all arms, or of one, and say which files to open.

    `to` is `nifti`, one field in a file (radiodensity, or `field`) for each arm, whose name joins that of
    `out` where there are several; or `vtk`, all fields or one in a new folder `out`.  All frames, or the one
    nearest to the time `at`.  Raises InputError; nothing that is there already is replaced.
    """
    arms = {arm: run[arm]} if arm is not None else dict(run.items())
    there = {name: found for name, one in arms.items() if (found := one.fields) is not None}
    if not there:
        got = f"{arm}, which has none" if arm is not None and len(run) > 1 else "none"
        where = run.folder or Path("the run")
        raise InputError("a lesion in space (lesion: {grid: ..., spacing: ...})", got).at(where)
    known = [str(name) for name in next(iter(there.values()))]
    if field is not None and field not in known:
        expected = f"--field with one of: {', '.join(known)}"
        raise InputError(expected, repr(field), nearest=nearest(field, known))
    frames = {name: _frames(fields, at) for name, fields in there.items()}
    names = _file_names(list(there))
    if to == "vtk":
        _must_be_new(out)
        chosen = [field] if field else known
        return [write_vtk(out, names[name], fields, chosen, frames[name]) for name, fields in there.items()]
    ending = next((one for one in ENDINGS if out.name.endswith(one)), None)
    if ending is None:
        raise InputError(f"a file that ends in {' or '.join(ENDINGS)}", out.name).at(out)
    stem = out.name.removesuffix(ending)
    paths = {
        name: out if len(there) == 1 else out.with_name(f"{stem}.{names[name]}{ending}") for name in there
    }
    for path in paths.values():
        _must_be_new(path)
    for name, fields in there.items():
        about = {"arm": name, "title": run.title}
        write_nifti(paths[name], fields, field or DEFAULT_FIELD, frames[name], about)
    return list(paths.values())


def _frames(fields: xarray.Dataset, at: str | None) -> list[int]:
    """The frame nearest to a time; all that were reached if none is named."""
    times = np.asarray(fields["time"].values, float)
    reached = np.isfinite(next(iter(fields.values())).isel(z=0, y=0, x=0).values)
    if at is None:
        return np.flatnonzero(reached).tolist()
    try:
        hours = convert(*read_quantity(at), "h")
    except UnitError as wrong:
        raise InputError("--at with a time, such as 30 d", repr(at), nearest=wrong.nearest) from None
    if not times[0] <= hours <= times[reached].max():
        raise InputError(f"--at with a time from the start to {span(times[reached].max())}", repr(at))
    return [int(np.argmin(np.abs(times - hours)))]


def _file_names(arms: list[str]) -> dict[str, str]:
    """A name for each arm that any file system takes, and each another."""
    found: dict[str, str] = {}
    for arm in arms:
        name = re.sub(r"[^\w-]+", "_", arm).strip("_")[:60] or "arm"
        taken = {one.lower() for one in found.values()}
        found[arm] = name if name.lower() not in taken else f"{name}_{len(found)}"
    return found


def _must_be_new(path: Path) -> None:
    if path.exists():
        raise InputError("a new name; give another with --out", "one that is there already").at(path)
