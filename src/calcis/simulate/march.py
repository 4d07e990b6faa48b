"""How does a stage of a run march on, report its progress, and survive being killed?

A checkpoint holds the whole integrator state of a stage between two steps, so a run that was killed
goes on to the same bits.  Files are written under another name and renamed; a damaged one is ignored.
"""

from __future__ import annotations

import io
import time
import zipfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from calcis.errors import InputError
from calcis.solve.integrate import Checkpoint, Solution, solve
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
    """Where a run keeps its state: `folder` (None: nowhere).

    `key` identifies case, data and versions; a checkpoint of another key is refused.
    """

    folder: Path | None
    key: str
    resume: bool

    def write(self, stage: str, state: Checkpoint) -> None:
        """Keep the state of a stage, replacing the one before."""
        if self.folder is None:
            return
        content = io.BytesIO()
        pieces = {f"pieces{i}": piece for i, piece in enumerate(state.pieces)}
        np.savez(
            content,
            allow_pickle=False,
            key=np.array(self.key),
            y=state.y,
            clock=state.clock,
            counts=state.counts,
            outputs=state.outputs,
            **pieces,
        )
        self.folder.mkdir(parents=True, exist_ok=True)
        fresh = self.folder / f"{stage}.new"
        fresh.write_bytes(content.getvalue())
        fresh.replace(self.folder / f"{stage}.npz")

    def read(self, stage: str) -> Checkpoint | None:
        """The kept state of a stage, or None where there is none to go on from.

        Raises InputError for one of another case, data or version.
        """
        if self.folder is None or not self.resume:
            return None
        path = self.folder / f"{stage}.npz"
        try:
            with np.load(path, allow_pickle=False) as kept:
                if str(kept["key"]) != self.key:
                    raise InputError(
                        "a checkpoint of this case, made by this version on this machine",
                        "another; run without --resume to begin anew",
                    ).at(path)
                count = sum(name.startswith("pieces") for name in kept.files)
                pieces = tuple(kept[f"pieces{i}"] for i in range(count))
                return Checkpoint(kept["y"], kept["clock"], kept["counts"], kept["outputs"], pieces)
        except (OSError, EOFError, ValueError, KeyError, zipfile.BadZipFile):
            return None


@dataclass(frozen=True)
class March:
    """Solves one stage after another, each taken up again where a checkpoint holds it."""

    times: np.ndarray
    tolerance: float
    threads: int | None
    progress: Progress
    pace: Pace
    checkpoints: Checkpoints

    def __call__(self, stage: str, kernel: Kernel, lanes: Sequence[Lane], record: bool = False) -> Solution:
        """The solution of all lanes at the run's output times."""
        last = time.monotonic()

        def watch(share: float, take: Callable[[], Checkpoint], interrupted: bool) -> None:
            nonlocal last
            self.progress(stage, share)
            if interrupted or share == 1.0 or time.monotonic() - last >= self.pace.seconds:
                self.checkpoints.write(stage, take())
                last = time.monotonic()

        self.progress(stage, 0.0)
        return solve(
            kernel,
            lanes,
            self.times,
            self.tolerance,
            record=record,
            threads=self.threads,
            rounds=self.pace.rounds,
            resume=self.checkpoints.read(stage),
            watch=watch,
        )
