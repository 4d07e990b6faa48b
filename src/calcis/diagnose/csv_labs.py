"""Which labs does a CSV file have?  A row for each: lab, value, unit, and a date where there are several.

    lab,value,unit,date
    calcium,11.0,mg/dL,2026-03-01
    2731-8,105,pg/mL,2026-03-01

A lab is named as in a case file, or by its LOINC code.  Columns may be separated by commas, semicolons or
tabs; without commas between them numbers may have a decimal comma.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Callable, Iterator

from calcis.diagnose.fhir import codes, left_out
from calcis.diagnose.lab_files import BOUNDS, KNOWN, LabFile, Reading, in_moles, lab_called
from calcis.errors import InputError, nearest
from calcis.reading import shown

MOST = 10_000  # rows
_COLUMNS = {
    "lab": ("lab", "test", "analyte", "code", "loinc", "lab test", "test name", "lab name", "parameter"),
    "value": ("value", "result", "result value", "test result", "numeric value"),
    "unit": ("unit", "units", "result unit", "unit of measure"),
    "date": ("date", "when", "time", "collected", "collection date", "sample date", "test date", "date time"),
}  # fmt: skip
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ][0-9:.+Z-]*)?")
_WITH_DOTS = re.compile(r"(\d{2})\.(\d{2})\.(\d{4})(?:[T ]([0-9:]*))?")
_COMMA = re.compile(r"([+-]?\d+),(\d+)")
_COMPARATORS = ("<", ">", "≤", "≥")
_MISSPELT = 0.75  # likeness from which a lab that is not known is taken for a misspelt one
_EMPTY = ("", "-", ".", "na", "n/a", "nan", "null", "none")


def read_csv(text: str, file: str) -> LabFile:
    """The labs of a table.  Raises InputError, with line and column, for what cannot be read."""
    lines = text.splitlines()
    head = next((line for line in lines if line.strip()), "")
    separator = max((",", ";", "\t"), key=head.count)
    rows = csv.reader(lines, delimiter=separator, skipinitialspace=True)
    try:
        table = [(rows.line_num, row) for row in rows if any(cell.strip() for cell in row)]
    except csv.Error as wrong:
        raise InputError("a table", str(wrong), file, rows.line_num, 1) from None
    if not table:
        raise InputError("a table with the columns lab, value, unit", "an empty file", file, 1, 1)
    if len(table) > MOST:
        raise InputError(f"at most {MOST} rows", f"{len(table)}", file, MOST + 1, 1)
    line, header = table[0]
    columns = _columns(header, file, line)
    found: list[Reading] = []
    unknown: set[str] = set()
    bounds: list[str] = []
    for line, row in table[1:]:
        if len(row) < len(header):
            raise InputError(f"{len(header)} cells", f"{len(row)}", file, line, 1)
        for one in _reading(row, columns, file, line, separator != ","):
            if isinstance(one, Reading):
                found.append(one)
            elif isinstance(one, tuple):
                bounds.append(" ".join(one))
            else:
                unknown.add(one)
    remarks = [f"Not used: {', '.join(sorted(unknown))}."] if unknown else []
    if bounds:
        remarks.append(BOUNDS.format(", ".join(bounds)))
    return LabFile(found, {}, remarks)


def _columns(header: list[str], file: str, line: int) -> dict[str, int]:
    """Where each column is."""
    names = [" ".join(re.split(r"[\W_]+", cell.lower())).strip() for cell in header]
    found = {}
    for name, known in _COLUMNS.items():
        places = [place for place, one in enumerate(names) if one in known]
        if len(places) > 1:
            raise InputError(f"one column `{name}`", f"{len(places)}", file, line, 1)
        if places:
            found[name] = places[0]
    for name in ("lab", "value", "unit"):
        if name not in found:
            near = next((one for one in names if nearest(one, _COLUMNS[name])), None)
            got = shown(near) if near else ", ".join(names)[:80]
            raise InputError(f"a column `{name}`", got, file, line, 1, name if near else None)
    return found


def _reading(
    row: list[str], columns: dict[str, int], file: str, line: int, commas: bool
) -> Iterator[Reading | str | tuple[str, str]]:
    """The reading of a row; lab and value where that is a bound; the name of a lab that is none of ours;
    nothing of a row without a value.  `commas`: whether numbers may have them.
    """
    cells = {name: row[place].strip() for name, place in columns.items()}
    name, value = cells["lab"], cells["value"]

    def place(column: str) -> int:
        return sum(len(cell) + 1 for cell in row[: columns[column]]) + 1

    def error(expected: str, got: str, near: str | None = None) -> InputError:
        return InputError(expected, got, file, line, place("value"), near)

    if value.lower() in _EMPTY:
        return
    lab = codes().get(name) or lab_called(name)
    if lab is None:
        near = nearest(name, KNOWN)
        alike = near is not None and difflib.SequenceMatcher(None, name.lower(), near).ratio() >= _MISSPELT
        if alike and name not in left_out():
            raise InputError(f"a lab: {', '.join(KNOWN)}", shown(name), file, line, place("lab"), near)
        yield name
        return
    if value.startswith(_COMPARATORS):
        yield lab.replace("_", " "), f"{value} {cells['unit']}".strip()
        return
    if commas and (split := _COMMA.fullmatch(value)):
        if len(split[2]) == 3 and split[1].strip("+-") != "0":
            expected = "a number of which it is clear whether the comma is decimal"
            raise error(expected, shown(value), f"{split[1]}.{split[2]} or {split[1]}{split[2]}")
        value = f"{split[1]}.{split[2]}"
    text = in_moles(lab, f"{value} {cells['unit']}".strip())
    yield Reading(lab, text, _date(cells.get("date", ""), file, line, place), error)


def _date(text: str, file: str, line: int, place: Callable[[str], int]) -> str:
    """A date as ISO 8601; with dots the day comes first."""
    dotted = _WITH_DOTS.fullmatch(text)
    if dotted:
        text = "T".join([f"{dotted[3]}-{dotted[2]}-{dotted[1]}", *([dotted[4]] if dotted[4] else [])])
    if text and not _DATE.fullmatch(text):
        raise InputError("a date such as 2026-03-01", shown(text), file, line, place("date"))
    return text.replace(" ", "T")
