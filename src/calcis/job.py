"""What is done when a case is run?  Read, simulate every arm, write the run folder with its report."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from calcis.case import Case, read_case
from calcis.run_folder import claim, save
from calcis.store import Run

Progress = Callable[[str, float], None]  # what is being done, and how much of it is done, 0 to 1


def default_folder(case: str | Path) -> Path:
    """Where a run goes if nobody says: the case file's name with .run, in the working folder."""
    return Path(f"{Path(case).stem}.run")


def run(
    case: str | Path | Case,
    folder: str | Path | None = None,
    *,
    resume: bool = False,
    threads: int | None = None,
    units: str = "si",
    command: str = "calcis.run",
    progress: Progress | None = None,
) -> Run:
    """Simulate every arm of a case file (or of a `run.json`, or of a Case) and write its run folder.

    `folder` is where to (default: the case's name with .run, in the working folder); what was there
    of an earlier run is replaced when this one is complete.  `resume` goes on from the checkpoint of
    a run that was stopped there, to the same bits.  `units` (si or us) are those of the report.
    An arm that fails says so in its `failure`; the others are complete.  Raises InputError.
    """
    if not isinstance(case, Case):
        folder = folder or default_folder(case)
        case = read_case(case)
    target = Path(folder) if folder is not None else default_folder(case.file)
    claim(target)
    try:
        from calcis.simulate import simulate

        found = simulate(case, target, resume=resume, threads=threads, progress=progress)
        found = replace(found, command=command, folder=target)
        if progress is not None:
            progress("writing the report", 1.0)
        from calcis.report import render

        save(found, target, render(found, units))
    finally:
        with contextlib.suppress(OSError):
            target.rmdir()  # only an empty one: nothing was done in it
    return found
