"""How does a stage of a run march on, report its progress, and survive being killed?

A checkpoint holds the whole integrator state of a stage between two steps, so a run that was killed
goes on to the same bits.  Files are written under another name and renamed; a damaged one is ignored.
"""

from __future__ import annotations

import hashlib
import io
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from calcis.errors import InputError
from calcis.solve import compiled_driver
from calcis.solve.integrate import Checkpoint, Recording, Solution, solve
from calcis.solve.kernel import Kernel
from calcis.solve.schedule import Lane

Progress = Callable[[str, float], None]  # (stage, share of it that is done)


@dataclass(frozen=True)
class Pace:
    """How often a run pauses (kernel calls of a task) and writes a checkpoint (s of wall time)."""

    rounds: int = 20_000
    seconds: float = 2.0


@dataclass(frozen=True)
class Checkpoints:
    """Where a run keeps its state: `folder` (None: nowhere)."""

    folder: Path | None
    resume: bool

    def write(self, stage: str, key: str, state: Checkpoint) -> None:
        """Keep the state of a stage, replacing the one before; `key` identifies what was being solved."""
        if self.folder is None:
            return
        content = io.BytesIO()
        pieces = {f"pieces{i}": piece for i, piece in enumerate(state.pieces)}
        np.savez(
            content,
            allow_pickle=False,
            key=np.array(key),
            y=state.y,
            clock=state.clock,
            counts=state.counts,
            outputs=state.outputs,
            **pieces,
        )
        fresh = self.folder / f"{stage}.new"
        whole = content.getvalue()
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            fresh.write_bytes(hashlib.sha256(whole).digest() + whole)
            fresh.replace(self.folder / f"{stage}.npz")
        except OSError as problem:
            got = problem.strerror or str(problem)
            raise InputError("a folder with room for checkpoints", got).at(self.folder) from None

    def read(self, stage: str, key: str) -> Checkpoint | None:
        """The kept state of a stage, or None where there is none to go on from.

        Raises InputError for one of something else than `key`.
        """
        if self.folder is None or not self.resume:
            return None
        path = self.folder / f"{stage}.npz"
        try:
            content = path.read_bytes()
        except OSError:
            return None
        if hashlib.sha256(content[32:]).digest() != content[:32]:
            return None
        with np.load(io.BytesIO(content[32:]), allow_pickle=False) as kept:
            if str(kept["key"]) != key:
                raise InputError(
                    "a checkpoint of this case, made by this version on this machine",
                    "another; run without --resume to begin anew",
                ).at(path)
            count = sum(name.startswith("pieces") for name in kept.files)
            pieces = tuple(kept[f"pieces{i}"] for i in range(count))
            return Checkpoint(kept["y"], kept["clock"], kept["counts"], kept["outputs"], pieces)


@dataclass(frozen=True)
class March:
    """Solves one stage after another, each taken up again where a checkpoint holds it."""

    times: np.ndarray
    tolerance: float
    threads: int | None
    progress: Progress
    pace: Pace
    checkpoints: Checkpoints

    def __call__(
        self, stage: str, kernel: Kernel, lanes: Sequence[Lane], record: Recording | None = None
    ) -> Solution:
        """The solution of all lanes at the run's output times."""
        last = time.monotonic()
        key = self._key(kernel, lanes)

        def watch(share: float, take: Callable[[], Checkpoint], interrupted: bool) -> None:
            nonlocal last
            if interrupted or share == 1.0 or time.monotonic() - last >= self.pace.seconds:
                self.checkpoints.write(stage, key, take())
                last = time.monotonic()
            if not interrupted:
                self.progress(stage, share)

        self.progress(stage, 0.0)
        return solve(
            kernel,
            lanes,
            self.times,
            self.tolerance,
            record=record,
            threads=self.threads,
            rounds=self.pace.rounds,
            resume=self.checkpoints.read(stage, key),
            watch=watch,
        )

    def _key(self, kernel: Kernel, lanes: Sequence[Lane]) -> str:
        """Checksum of all that decides the bits: code, processor, times, tolerance, lanes and events."""
        code = f"{kernel.key} {compiled_driver.identity()} {self.tolerance!r}"
        found = hashlib.sha256(code.encode() + self.times.tobytes())
        for lane in lanes:
            found.update(repr((lane.name, lane.begin, lane.end, lane.jumps, lane.infusions)).encode())
            arrays = [lane.parameters, lane.start]
            if lane.drive is not None:
                arrays += [lane.drive.starts, lane.drive.ends, lane.drive.coefficients]
            for array in arrays:
                found.update(np.ascontiguousarray(array).tobytes())
        return found.hexdigest()
