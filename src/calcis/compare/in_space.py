"""What does the lesion in space do, in every arm, in the first person, whom `calcis run` simulates too?

Its run is written beside the comparison, as any other: to be looked at, exported and loaded.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from calcis.case import Case
from calcis.individual import Individual
from calcis.job import settled
from calcis.report.run_page import render
from calcis.results.run_folder import claim, is_run, save
from calcis.results.store import Arm, Run
from calcis.simulate import simulate
from calcis.simulate.space_story import TITLE

FOLDER = "first_person.run"  # inside that of the comparison


def has_block(case: Case) -> bool:
    """Whether the lesion of a case is simulated in space."""
    return case.lesion is not None and case.lesion.grid is not None


def first_person(
    lived: Case,
    individual: Individual | None,
    folder: Path | None,
    resume: bool,
    threads: int | None,
    progress: Callable[[str, float], None],
) -> Run:
    """The run of the first person, kept in the `folder` of the comparison while it goes on."""
    target = None if folder is None else folder / FOLDER
    if target is not None:
        claim(target)
    found = simulate(lived, target, resume=resume, threads=threads, progress=progress)
    return replace(found, individual=None if individual is None else individual.described(), folder=target)


def write(run: Run, units: str, command: str) -> Run:
    """Write the run of the first person into its folder."""
    assert run.folder is not None
    told = replace(run, command=command)
    save(told, run.folder, render(told, units))
    return settled(told, run.folder)


def forget(folder: Path) -> None:
    """Remove the run of an earlier comparison from its folder."""
    if is_run(folder / FOLDER):
        shutil.rmtree(folder / FOLDER)


def sentences(arm: Arm) -> list[tuple[str, str]]:
    """What is told of an arm's lesion in space, and how much it matters."""
    return [(one["level"], one["text"]) for one in arm.lesion_facts.get("story", ()) if one["title"] == TITLE]
