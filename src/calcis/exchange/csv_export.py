"""How does a run become a table?  CSV: a row for each arm and time, units in the header."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from pathlib import Path

from calcis.results.store import Arm, Run, Series
from calcis.writing import write_text


def csv_text(run: Run, arm: str | None = None) -> str:
    """The courses of body and lesion of all arms, or of one, as CSV.

    Columns `arm`, `time [h]`, then every course with its unit; numbers to the last bit; an empty
    field where a value is not known.
    """
    arms = [run[arm]] if arm is not None else list(run.arms.values())
    courses = [_courses(one) for one in arms]
    header = ["arm", "time [h]", *(f"{name} [{series.unit}]" for name, series in courses[0].items())]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(header)
    for one, course in zip(arms, courses, strict=True):
        columns = [one.time.tolist(), *(series.values.tolist() for series in course.values())]
        for row in zip(*columns, strict=True):
            writer.writerow([one.name, *_known(row)])
    return text.getvalue()


def write_csv(run: Run, path: Path, arm: str | None = None) -> None:
    """Write `csv_text` to a file.  Raises InputError where it cannot be written."""
    write_text(path, csv_text(run, arm))


def _courses(arm: Arm) -> dict[str, Series]:
    """Body and lesion in one; a name that both have is the lesion's with `lesion.` before it."""
    lesion = arm.lesion_series or {}
    return {**arm.body_series, **{f"lesion.{n}" if n in arm.body_series else n: s for n, s in lesion.items()}}


def _known(row: Iterable[float]) -> Iterable[float | str]:
    return ("" if value != value else value for value in row)
