"""How is the lesion of a case simulated in space?  Each arm's block of voxels marches in its body's plasma.

The blood feels the lesion in one voxel, which is marched before; what the block took beside it is told.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np

from calcis.case import Case
from calcis.case.block import memory
from calcis.errors import InputError
from calcis.results.fields import FIELDS, FieldWriter, finish
from calcis.simulate.block import UNITS, Block, Removed
from calcis.simulate.march import Progress
from calcis.simulate.numbers import Numbers
from calcis.solve import compiled_driver
from calcis.solve.grid.integrate import Moment
from calcis.solve.schedule import Drive

MOST_FRAMES = 49  # of an arm: a frame of 64 x 64 x 64 voxels takes some megabytes, and a fifth of a second
_FEWEST = 25  # so many even frames are preferred to more of which the last interval is shorter
KEEP_EVERY = 60.0  # s of work between checkpoints, at frames and between them


@dataclass(frozen=True)
class InSpace:
    """What the block of an arm did: courses over its frames, what was taken, defects of its books."""

    time: np.ndarray
    courses: Mapping[str, tuple[str, np.ndarray]]  # name -> unit, values
    removed: Sequence[Removed]
    defects: Mapping[str, float]
    failure: str | None


def frame_times(times: np.ndarray) -> np.ndarray:
    """Output times (h) of frames: every so many of a case's, and the last; even, where that can be."""
    intervals = len(times) - 1
    if intervals < 1:
        return times
    least = -(-intervals // (MOST_FRAMES - 1))
    even = (step for step in range(least, intervals // (_FEWEST - 1) + 1) if intervals % step == 0)
    return np.append(times[: -1 : next(even, least)], times[-1])


def simulate_in_space(
    case: Case,
    numbers: Numbers,
    plasma: Sequence[Drive | None],
    folder: Path | None,
    resume: bool,
    threads: int | None,
    progress: Progress,
) -> tuple[list[InSpace | None], Any]:
    """March the block of every arm that has plasma; what they did, and where their fields are kept.

    With a `folder` checkpoints and fields are kept there while it goes on; fields are in memory else.
    """
    check_memory(case)
    store = _store(folder, resume)
    times = frame_times(np.array(case.run.times))
    found: list[InSpace | None] = []
    for k, (arm, drive) in enumerate(zip(case.arms, plasma, strict=True)):
        if drive is None:
            found.append(None)
            continue
        said = f"simulating {arm} in space ({k + 1} of {len(case.arms)})"
        progress(said, k / len(case.arms))
        block = Block(case, arm, numbers, drive, threads)
        shape = block.lesion.tissue.shape
        with _room():
            writer = FieldWriter(store, str(k), arm, shape, block.spacing, times, block.units)
        path = None if folder is None else folder / f"space_{k}.npz"
        key = key_of(block, arm, case.text)

        def tell(share: float, said: str = said, k: int = k) -> None:
            progress(said, (k + share) / len(case.arms))

        found.append(march_block(block, times, writer, path, key, tell))
        del block  # before the memory of the next one is taken
    with _room():
        finish(store)
    return found, store


def check_memory(case: Case) -> None:
    """Raises InputError for a block that this machine cannot hold."""
    assert case.lesion is not None
    needed, there = memory(case.lesion), os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    if needed > there:
        expected = f"a grid that fits into the {there:.2g} GB of memory of this machine"
        raise InputError(expected, f"one that takes about {needed:.2g} GB")


def _store(folder: Path | None, resume: bool) -> Any:
    """Where zarr keeps the fields; what is there of another run goes."""
    if folder is None:
        from zarr.storage import MemoryStore

        return MemoryStore()
    path = folder / FIELDS
    if not resume:
        shutil.rmtree(path, ignore_errors=True)
        for old in folder.glob("space_*.npz"):
            old.unlink()
    return path


def joined(drives: Sequence[Drive]) -> Drive:
    """One drive of those of successive intervals."""
    rough = tuple(time for one in drives for time in one.rough)
    starts, ends, table = (
        np.concatenate([getattr(one, name) for one in drives]) for name in ("starts", "ends", "coefficients")
    )
    return Drive(starts, ends, table, rough)


def march_block(
    block: Block,
    times: np.ndarray,
    writer: FieldWriter,
    checkpoint: Path | None,
    key: str,
    progress: Callable[[float], None],
) -> InSpace:
    """Take a block to the last of the frames at `times` (h), from its checkpoint on if that is of `key`."""
    courses = {name: np.full(len(times), np.nan) for name in UNITS}
    removed: list[Removed] = []
    frame = _restored(block, checkpoint, key, courses, removed)
    kept = monotonic()

    def keep() -> None:
        nonlocal kept
        if checkpoint is not None:
            with _room():
                _keep(block, checkpoint, key, frame, courses, removed)
        kept = monotonic()

    def between() -> None:
        if monotonic() - kept > KEEP_EVERY:
            keep()

    failure = None
    while frame < len(times) and failure is None:
        try:
            _reach(block, float(times[frame]), removed, between)
        except ArithmeticError as problem:
            failure = f"the lesion in space stopped at {block.time / 24.0:.6g} d: {problem}"
            break
        fields = block.fields(dtype=np.float32)  # as they are kept
        for name, value in block.measures(fields).items():
            courses[name][frame] = value
        frame += 1
        with _room():
            writer.write(frame - 1, fields)
        del fields  # before the memory of the next steps is taken
        keep()
        progress(frame / len(times))
    told = {name: (UNITS[name], values) for name, values in courses.items()}
    return InSpace(times, told, removed, block.lesion.defects(), failure)


@contextmanager
def _room() -> Iterator[None]:
    """Says in words that nothing could be written."""
    try:
        yield
    except OSError as problem:
        got = problem.strerror or str(problem)
        raise InputError("a folder with room for fields and checkpoints, and then --resume", got) from None


def _reach(block: Block, until: float, removed: list[Removed], between: Callable[[], None]) -> None:
    """March to a time, and operate on the way."""
    for operation in block.operations[len(removed) :]:
        if operation.at > until:
            break
        block.lesion.advance(operation.at, block.plasma, between)
        removed.append(block.operate(operation))
    block.lesion.advance(until, block.plasma, between)


def _keep(
    block: Block, path: Path, key: str, frame: int, courses: Mapping[str, np.ndarray], removed: list[Removed]
) -> None:
    """Write where a block is; what was there before stays until this is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    told = json.dumps([vars(one) for one in removed])
    with fresh.open("wb") as file:
        np.savez(
            file,
            allow_pickle=False,
            key=np.array(key),
            frame=np.array(frame),
            removed=np.array(told),
            **{f"moment.{name}": array for name, array in vars(block.lesion.moment(copy=False)).items()},
            **{f"courses.{name}": array for name, array in courses.items()},
        )
    fresh.replace(path)


def _restored(
    block: Block, path: Path | None, key: str, courses: dict[str, np.ndarray], removed: list[Removed]
) -> int:
    """Put a block to where its checkpoint is; the next frame.  A damaged checkpoint is none.

    Raises InputError for one of something else than `key`.
    """
    if path is None or not path.is_file():
        return 0
    try:
        with np.load(path, allow_pickle=False) as kept:
            found = {name: kept[name] for name in kept.files}  # checked by zip's own sums
        if str(found["key"]) != key:
            raise InputError(
                "a checkpoint of this case, made by this version on this machine",
                "another; run without --resume to begin anew",
            ).at(path)
        moment = Moment(*(found[f"moment.{name}"] for name in Moment.__annotations__))
        done = [Removed(**one) for one in json.loads(str(found["removed"]))]
        block.lesion.restore(moment)
        courses |= {name: found[f"courses.{name}"] for name in courses}
        removed += done
        return int(found["frame"])
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return 0


def key_of(block: Block, arm: str, text: str) -> str:
    """Checksum of all that decides the bits of a block: code, processor, case, arm, numbers, plasma."""
    found = hashlib.sha256(f"{compiled_driver.identity()} {block.lesion.kernel.key} {arm}".encode())
    found.update(text.encode())
    for own in block.lesion.tissues:
        found.update(repr(sorted(own.items())).encode())
    for array in (block.plasma.starts, block.plasma.ends, block.plasma.coefficients):
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()
