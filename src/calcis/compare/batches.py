"""How are all persons simulated in all arms?  Some at a time, in two processes, kept so that one can go on.

What a batch gave is kept in a file that names all it depends on; a run that was stopped takes it up again.
Bits do not depend on the number of processes, nor on what was resumed.
"""

from __future__ import annotations

import hashlib
import io
import json
import multiprocessing
import multiprocessing.pool
import os
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import numpy as np

from calcis.case import Case
from calcis.errors import InputError
from calcis.results.made_with import data_hashes, versions
from calcis.simulate.ensemble import Fared, Members, fare, kept_times
from calcis.simulate.lesion import lesion_model
from calcis.simulate.person import body_model
from calcis.solve import compiled_driver
from calcis.writing import writing

LANES = 64  # persons times arms that are simulated together
Progress = Callable[[str, float], None]


def simulate_all(
    case: Case,
    members: Members,
    wanted: Sequence[str],
    *,
    folder: Path | None = None,
    resume: bool = False,
    processes: int | None = None,
    progress: Progress | None = None,
) -> Fared:
    """All persons in all arms.  With a `folder`, batches are kept there until all are done."""
    size = max(1, LANES // len(case.arms))
    edges = list(range(0, len(members.hours), size))
    batches = {k: members.some(slice(first, first + size)) for k, first in enumerate(edges)}
    key = _key(case, wanted)
    found: dict[int, Fared] = {}
    if folder is not None and resume:
        for k, some in batches.items():
            kept = _read(_path(folder, k), _own(key, some))
            if kept is not None:
                found[k] = kept
    left = {k: some for k, some in batches.items() if k not in found}
    tell = progress or (lambda what, share: None)
    tell("simulating persons", len(found) / len(batches))
    for k, fared in _simulated(case, left, wanted, processes, lambda s: tell("simulating persons", s)):
        found[k] = fared
        if folder is not None:
            _write(_path(folder, k), _own(key, batches[k]), fared)
        tell("simulating persons", len(found) / len(batches))
    return _joined([found[k] for k in batches], edges, kept_times(case))


def forget(folder: Path) -> None:
    """Remove what was kept of batches."""
    for path in folder.glob("batch_*.npz"):
        path.unlink(missing_ok=True)


_JOB: list[tuple[Case, dict[int, Members], Sequence[str]]] = []  # what forked processes inherit


def _simulated(
    case: Case,
    batches: dict[int, Members],
    wanted: Sequence[str],
    processes: int | None,
    tell: Callable[[float], None],
) -> Iterator[tuple[int, Fared]]:
    many = min(processes or os.cpu_count() or 1, len(batches))
    if many < 2 or sys.platform != "linux":  # elsewhere a fork is not safe, and a fresh start not quick
        total = len(batches)
        for done, (k, some) in enumerate(batches.items()):
            within = lambda share, done=done: tell((done + share) / total)  # noqa: E731
            yield k, fare(case, some, wanted, threads=processes, progress=within)
        return
    compiled_driver.begin()
    body_model(case, case.lesion is not None or bool(case.organs))  # compiled once, before processes part
    if case.lesion is not None or case.organs:
        lesion_model(case.drugs)
    _JOB.append((case, batches, wanted))
    try:
        with _pool(many) as pool:
            yield from pool.imap_unordered(_one, batches)
    finally:
        _JOB.pop()


@contextmanager
def _pool(many: int) -> Iterator[multiprocessing.pool.Pool]:
    import warnings

    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # of a fork beside the thread of a progress bar
        pool = multiprocessing.get_context("fork").Pool(many, _quiet)
    try:
        yield pool
    finally:
        pool.terminate()
        pool.join()


def _quiet() -> None:
    """An interruption is the parent's to answer."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _one(k: int) -> tuple[int, Fared]:
    case, batches, wanted = _JOB[-1]
    return k, fare(case, batches[k], wanted, threads=1)


def _joined(found: Sequence[Fared], edges: Sequence[int], times: np.ndarray) -> Fared:
    first = found[0]
    courses = {name: np.concatenate([one.courses[name] for one in found]) for name in first.courses}
    failures = {
        (edge + person, arm): said
        for edge, one in zip(edges, found, strict=True)
        for (person, arm), said in one.failures.items()
    }
    return Fared(times, courses, first.units, failures)


def _path(folder: Path, k: int) -> Path:
    return folder / f"batch_{k:03d}.npz"


def _key(case: Case, wanted: Sequence[str]) -> str:
    """All that decides what becomes of a person, but for the person."""
    arms = {name: arm.words for name, arm in case.arms.items()}
    changes = [[one.words for one in some] for some in case.changes]
    run = case.run.model_dump()
    told = [case.text, arms, changes, run, case.history, versions(), data_hashes(), list(wanted)]
    return f"{compiled_driver.identity()} {json.dumps(told, default=str, sort_keys=True)}"


def _own(key: str, some: Members) -> str:
    found = hashlib.sha256(key.encode())
    found.update(repr((some.names, some.plainly, some.factors.names)).encode())
    for values in (some.values, some.hours, some.factors.values):
        found.update(np.ascontiguousarray(values).tobytes())
    return found.hexdigest()


def _write(path: Path, key: str, fared: Fared) -> None:
    content = io.BytesIO()
    failures = json.dumps([[*who, said] for who, said in fared.failures.items()])
    about = json.dumps({"key": key, "units": dict(fared.units), "failures": failures})
    np.savez(content, allow_pickle=False, about=np.array(about), times=fared.times, **fared.courses)
    fresh = path.with_suffix(".new")
    with writing(path.parent, "a folder with room for what is done"):
        path.parent.mkdir(parents=True, exist_ok=True)
        fresh.write_bytes(content.getvalue())
        fresh.replace(path)


def _read(path: Path, key: str) -> Fared | None:
    """A kept batch, or None where there is none or it is damaged.

    Raises InputError for one of other persons or of another case.
    """
    try:
        with np.load(path, allow_pickle=False) as kept:
            about = json.loads(str(kept["about"]))
            if about["key"] != key:
                raise InputError(
                    "what was done of this case, for as many persons, by this version on this machine",
                    "something else; compare without --resume to begin anew",
                ).at(path)
            courses = {name: kept[name] for name in kept.files if name not in ("about", "times")}
            failures = {(a, b): said for a, b, said in json.loads(about["failures"])}
            return Fared(kept["times"], courses, about["units"], failures)
    except (OSError, ValueError, KeyError, EOFError):
        return None
