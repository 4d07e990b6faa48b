"""How does a run march on, report its progress, and survive being killed?

A checkpoint holds the whole state of all integrators at an exchange, so a run that was killed goes on
to the same bits.  Files are written under another name and renamed; a damaged one is ignored.
"""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np

from calcis.errors import InputError
from calcis.simulate.coupling import Clock, Coupling
from calcis.solve import compiled_driver
from calcis.solve.integrate import Moment
from calcis.writing import writing

MOST_WRITING = 20.0  # how many times as long as a checkpoint takes to write the next one waits at least
Progress = Callable[[str, float], None]  # (what is being done, share of it that is done)
Arrays = Mapping[str, np.ndarray]


@dataclass(frozen=True)
class Pace:
    """At most how often a run writes a checkpoint (s of wall time)."""

    seconds: float = 0.5


@dataclass(frozen=True)
class Checkpoints:
    """Where a run keeps its state: `folder` (None: nowhere)."""

    folder: Path | None
    resume: bool

    def write(self, key: str, arrays: Arrays) -> None:
        """Keep a state, replacing the one before; `key` identifies what was being solved."""
        if self.folder is None:
            return
        content = io.BytesIO()
        np.savez(content, allow_pickle=False, key=np.array(key), **arrays)
        whole = content.getvalue()
        fresh = self.folder / "run.new"
        with writing(self.folder, "a folder with room for checkpoints"):
            self.folder.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(hashlib.sha256(whole).digest() + whole)
            fresh.replace(self._path)

    def read(self, key: str) -> Arrays | None:
        """The kept state, or None where there is none to go on from.

        Raises InputError for one of something else than `key`.
        """
        if self.folder is None or not self.resume:
            return None
        try:
            content = self._path.read_bytes()
        except OSError:
            return None
        if hashlib.sha256(content[32:]).digest() != content[:32]:
            return None
        with np.load(io.BytesIO(content[32:]), allow_pickle=False) as kept:
            if str(kept["key"]) != key:
                raise InputError(
                    "a checkpoint of this case, made by this version on this machine",
                    "another; run without --resume to begin anew",
                ).at(self._path)
            return {name: kept[name] for name in kept.files}

    @property
    def _path(self) -> Path:
        assert self.folder is not None
        return self.folder / "run.npz"


def march(coupling: Coupling, progress: Progress, pace: Pace, checkpoints: Checkpoints) -> None:
    """Take all arms to their ends, from the checkpoint on if there is one."""
    key = _key(coupling)
    kept = checkpoints.read(key)
    if kept is not None:
        _restore(coupling, kept)
    due = time.monotonic() + pace.seconds
    progress("simulating", coupling.share)
    try:
        while coupling.going:
            coupling.step()
            begun = time.monotonic()
            if begun >= due:
                checkpoints.write(key, _state(coupling, *coupling.take()))
                done = time.monotonic()
                due = done + max(pace.seconds, MOST_WRITING * (done - begun))
            progress("simulating", coupling.share)
    except BaseException:
        # Somewhere inside a step: what goes on is what was before it.
        checkpoints.write(key, _state(coupling, *coupling.kept))
        raise


def _state(coupling: Coupling, clock: Clock, moments: list[Moment]) -> Arrays:
    found = {f"clock.{name}": array for name, array in vars(clock).items()}
    for k, (side, moment) in enumerate(zip(coupling.sides, moments, strict=True)):
        found |= {f"{k}.{name}": array for name, array in vars(moment).items()}
        found |= {f"{k}.states": side.states, f"{k}.signals": side.signals}
    return found


def _restore(coupling: Coupling, kept: Arrays) -> None:
    coupling.clock = Clock(*(kept[f"clock.{field.name}"] for field in fields(Clock)))
    for k, side in enumerate(coupling.sides):
        moment = Moment(*(kept[f"{k}.{field.name}"] for field in fields(Moment)))
        side.restore(moment, kept[f"{k}.states"], kept[f"{k}.signals"])


def _key(coupling: Coupling) -> str:
    """Checksum of all that decides the bits: code, processor, exchange, times, tolerance, lanes, events."""
    settings = f"{compiled_driver.identity()} {coupling.exchange!r}"
    found = hashlib.sha256(settings.encode())
    for side in coupling.sides:
        found.update(f"{side.kernel.key} {side.rtol!r}".encode() + side.times.tobytes())
        for lane in side.lanes:
            found.update(repr((lane.name, lane.begin, lane.end, lane.jumps, lane.infusions)).encode())
            arrays = [lane.parameters, lane.start]
            if lane.drive is not None:
                arrays += [lane.drive.starts, lane.drive.ends, lane.drive.coefficients]
            for array in arrays:
                found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()
