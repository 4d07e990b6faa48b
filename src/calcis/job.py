"""What is done when a case is run?  Read, find the person of its labs, simulate every arm, write the run.

And when a run is handed on in another format; as SBML its case is read again, its model put together again.
"""

from __future__ import annotations

import contextlib
import warnings
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from calcis.case import Case, packaged, read_case, read_case_text
from calcis.errors import InputError
from calcis.results.fields import FIELDS
from calcis.results.made_with import OtherVersion, moved_since
from calcis.results.run_folder import claim, save
from calcis.results.store import Arm, Run
from calcis.writing import write_text, writing

Progress = Callable[[str, float], None]  # what is being done, and how much of it is done, 0 to 1


def default_folder(case: str | Path) -> Path:
    """Where a run goes if nobody says: the case file's name with .run, in the working folder.

    A run repeated from its record `NAME.run/run.json` goes to NAME.again.run.
    """
    path = Path(case)
    stem = f"{path.resolve().parent.stem}.again" if path.name == "run.json" else path.stem
    return Path(f"{stem}.run")


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
        moved = moved_since(Path(case)) if Path(case).name == "run.json" else None
        if moved:
            warnings.warn(moved, OtherVersion, stacklevel=2)
        case = read_case(case)
    target = Path(folder) if folder is not None else default_folder(case.file)
    claim(target)
    try:
        from calcis.individual import as_found, find
        from calcis.simulate import simulate

        if progress is not None and case.labs is not None:
            progress("finding the person with these labs", 0.0)
        person = find(case)
        lived = case if person is None else as_found(case, person)
        found = simulate(lived, target, resume=resume, threads=threads, progress=progress)
        individual = None if person is None else person.described()
        found = replace(found, command=command, folder=target, individual=individual)
        if progress is not None:
            progress("writing the report", 1.0)
        from calcis.report.run_page import render

        with writing(target, "a folder with room for the run"):
            save(found, target, render(found, units))
        found = settled(found, target)
    finally:
        with contextlib.suppress(OSError):
            target.rmdir()  # only an empty one: nothing was done in it
    return found


def settled(found: Run, folder: Path) -> Run:
    """A run whose fields are where its folder has them."""

    def moved(arm: Arm) -> Arm:
        return arm if arm.fields_at is None else replace(arm, fields_at=(folder / FIELDS, arm.fields_at[1]))

    return replace(found, arms={name: moved(arm) for name, arm in found.items()})


_ENDINGS = {"csv": "csv", "sbml": "xml", "nifti": "nii.gz", "vtk": "vtk"}


def export(
    folder: Path,
    to: str,
    out: Path | None = None,
    *,
    arm: str | None = None,
    field: str | None = None,
    at: str | None = None,
) -> list[Path]:
    """Write the run of a folder as csv, sbml, nifti or vtk; the files to open.

    `out` is a new file, of vtk a new folder: the run's name with another ending, here, if nobody says.
    `field` and `at` choose among images (calcis.exchange.images).  Raises InputError.
    """
    from calcis.exchange.csv_export import write_csv
    from calcis.exchange.images import write_images
    from calcis.results.run_folder import load

    run = load(folder)
    target = out or Path(f"{folder.resolve().stem}.{_ENDINGS[to]}")
    if to in ("nifti", "vtk"):
        return write_images(run, to, target, arm, field, at)
    if field is not None or at is not None:
        raise InputError("--field and --at with --to nifti or vtk alone", f"--to {to}")
    if target.exists():
        raise InputError("a new file; name another with --out", "one that is there already").at(target)
    if to == "csv":
        write_csv(run, target, arm)
    else:
        write_sbml(run, target, arm)
    return [target]


def write_sbml(run: Run, path: Path, arm: str | None = None) -> None:
    """Write one arm as one SBML model (time in h): body, doses, numbers, and its lesion where it has one.

    Raises InputError where the run has several arms and none is named, and where the file cannot be
    written.
    """
    from calcis.body import body_parts
    from calcis.drugs import in_tissue, with_drugs
    from calcis.exchange.sbml import sbml_text
    from calcis.individual import Individual, as_found
    from calcis.part import assemble
    from calcis.simulate.clamped import plasma_drive
    from calcis.simulate.doses import during
    from calcis.simulate.lesion import injury_jumps, operation_jumps, volume_of
    from calcis.simulate.numbers import Numbers
    from calcis.simulate.person import body_model, lived
    from calcis.tissue import INPUTS, PARTS
    from calcis.tissue.uptake import uptake

    if arm is None and len(run.arms) > 1:
        raise InputError(f"one arm, by --arm NAME: {', '.join(run.arms)}", f"{len(run.arms)} arms")
    one = run[arm] if arm is not None else next(iter(run.arms.values()))
    case = read_case_text(run.case_text, f"{run.folder} (its case)")
    if run.individual is not None:
        case = as_found(case, Individual.of(run.individual))
    treatment = case.arms[one.name]
    drugs = sorted({dose.drug for dose in treatment.doses} | {taken.drug for taken in case.taken})
    parts = with_drugs(case.body, body_parts(case.body), drugs)
    given = case.arms[one.name].plasma
    drive = None if given is None else plasma_drive(given, case.run.duration)
    if case.lesion is not None:
        parts += in_tissue(PARTS, drugs)[0]
        parts += [uptake(volume_of(case.lesion.injury))] if drive is None else []
    model = assemble(parts, None if drive is None else INPUTS)
    numbers = {number.name: number for number in (*run.parameters, *one.changes)}
    jumps, infusions = during(treatment, model, dict(packaged().drugs), case.run.duration)
    if case.lesion is not None:
        values = {name: number.value for name, number in numbers.items()}
        jumps += injury_jumps(case.lesion.injury, model, values, case.run.duration)
        jumps += operation_jumps(case.arms[one.name].operations, model, values)
    start = {}
    if case.history:
        whole, kernel = body_model(case, False)
        state = lived(case, whole, kernel, Numbers(case, packaged().parameters(case.body)))
        start = {
            name: value
            for name, value in zip(whole.states, state.tolist(), strict=True)
            if name in model.states
        }
    title = f"{run.title}: {one.name}"
    text = sbml_text(model, numbers, start, jumps=jumps, infusions=infusions, drive=drive, title=title)
    write_text(path, text)
