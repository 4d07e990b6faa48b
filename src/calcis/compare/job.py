"""What is done when a case is compared?  Read, add arms that are thought of, simulate, write the folder."""

from __future__ import annotations

import contextlib
import json
import warnings
from dataclasses import replace
from pathlib import Path

from calcis import __version__
from calcis.case import Case, packaged, read_case
from calcis.compare.batches import forget
from calcis.compare.compare import PERSONS, Comparison, Progress, compare
from calcis.compare.generate import MANY
from calcis.compare.generate import generate as generated
from calcis.compare.in_space import FOLDER
from calcis.compare.in_space import forget as forget_first
from calcis.compare.in_space import write as write_first
from calcis.compare.page import write
from calcis.compare.words import as_json
from calcis.errors import InputError
from calcis.writing import make_folder

_OURS = ("compare.html", "compare.json")


def default_folder(case: Path) -> Path:
    """Where a comparison goes if nobody says: the case file's name with .compare, in the working folder."""
    return Path(f"{case.stem}.compare")


def claim(folder: Path) -> None:
    """Make sure that a comparison may be written to `folder`.

    Raises InputError for a file, and for a folder with something else in it.
    """
    if folder.exists() and not folder.is_dir():
        raise InputError("a folder to write the comparison to", "a file of that name").at(folder)
    others = [one for one in folder.iterdir() if not _ours(one)] if folder.is_dir() else []
    if others:
        expected = "a new or empty folder, or one of an earlier comparison to replace"
        raise InputError(expected, f"a folder with {others[0].name} in it").at(folder)
    make_folder(folder)


def many_doses(case: Case) -> list[str]:
    """What takes long and need not: a sentence for every drug given often that could be averaged."""
    found = {}
    for name, arm in case.arms.items():
        for dose in arm.doses:
            averaged = packaged().drugs[dose.drug].averaged
            if averaged and not dose.averaged and len(dose.times) > MANY:
                drug = dose.drug.replace("_", " ")
                found[drug] = (
                    f"“{name}” gives {drug} {len(dose.times)} times: over many persons that takes long. "
                    f"With `averaged` behind the dose it is quick, and off by up to {averaged}."
                )
    return list(found.values())


def _ours(path: Path) -> bool:
    batch = path.name.startswith("batch_") and path.suffix in (".npz", ".new")
    return batch or path.name in (*_OURS, FOLDER) or path.name.startswith(f".{FOLDER}.")


def compare_file(
    file: Path | Case,
    folder: Path | None = None,
    *,
    persons: int = PERSONS,
    generate: bool = False,
    resume: bool = False,
    processes: int | None = None,
    units: str = "si",
    command: str = "calcis.compare",
    progress: Progress | None = None,
) -> Comparison:
    """Compare the arms of a case file; write compare.html and compare.json into `folder`.

    Where the lesion is in space, the run of the first person goes there too.

    `generate` adds arms that the kind of calcification and the labs suggest.  What is done of an interrupted
    comparison is kept there, and taken up with `resume`.  Raises InputError.
    """
    case = file if isinstance(file, Case) else read_case(file)
    target = folder or default_folder(Path(case.file))
    claim(target)
    try:
        if not resume:
            forget(target)
            forget_first(target)
        for text in many_doses(case):
            warnings.warn(text, stacklevel=2)
        thought = generated(case) if generate else None
        found = compare(
            case if thought is None else thought.case,
            persons=persons,
            folder=target,
            resume=resume,
            processes=processes,
            progress=progress,
            thought=thought,
        )
        if found.first is not None:
            found = replace(found, first=write_first(found.first, units, command))
        write(found, target, units)
        told = {"calcis": __version__, **as_json(found, str(target))}
        (target / "compare.json").write_text(
            json.dumps(told, ensure_ascii=False, allow_nan=False), encoding="utf-8"
        )
    except OSError as problem:
        got = problem.strerror or str(problem)
        raise InputError("a folder with room for the comparison", got).at(target) from None
    finally:
        with contextlib.suppress(OSError):
            target.rmdir()  # only an empty one: nothing was done in it
    forget(target)
    return found
