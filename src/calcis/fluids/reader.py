"""Which fluids are asked about?  Read from options, a YAML file, or a CSV file with a fluid in each row.

A quantity carries its unit; in a CSV file it may stand in the heading: `phosphate [mg/dL]`.
"""

from __future__ import annotations

import csv
import difflib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from calcis.errors import InputError, nearest
from calcis.fluids.form import FIELDS, like, named, read_value, unit_of
from calcis.reading import Document, parse_yaml, read_text, shown

KINDS = {
    "plasma": "blood plasma: what is not given is that of a healthy adult; amounts are per litre of plasma",
    "solution": "any other fluid, such as a medium or urine: what is not given is absent; a litre is taken "
    "as a kilogram of water",
}
MOST = 200_000  # fluids
_OWN = ("name", "id", "patient", "sample")
_EMPTY = ("", "-", ".", "na", "n/a", "nan", "null", "none")  # cells of what was not measured
_BRACKETS = re.compile(r"(.*?)\s*[\[(]\s*([^\])]+?)\s*[\])]\s*")
_MISSPELT = 0.75  # likeness from which a heading that is not known is taken for a misspelt one


@dataclass(frozen=True)
class Fluid:
    """What is said of one fluid: `values` by field, in the units of calcis.fluids.form."""

    name: str
    kind: str  # of KINDS
    values: Mapping[str, float]
    place: tuple[str, int] | None = None  # file and line


@dataclass
class Asked:
    """Fluids to compute; complaints about rows that cannot be read; columns that mean nothing here."""

    fluids: list[Fluid]
    wrong: list[InputError] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)


def ask(file: Path | None, options: Mapping[str, str], kind: str) -> Asked:
    """The fluids of a file (.csv, else YAML); `options` hold for each that does not say otherwise.

    Raises InputError where nothing can be read.  A row of a CSV file that cannot be read does not stop the
    others.
    """
    common = {}
    for name, text in options.items():
        try:
            common[name] = read_value(name, text)
        except InputError as wrong:
            wrong.expected = f"--{name.replace('_', '-')}: {wrong.expected}"
            raise
    if file is None:
        return Asked([_fluid("fluid", kind, common)])
    text = read_text(file)
    if file.suffix.lower() in (".csv", ".tsv", ".txt"):
        return _table(text, str(file), common, kind)
    return Asked(list(_yaml(parse_yaml(text, str(file)), common, kind)))


def _fluid(name: str, kind: str, values: Mapping[str, float], place: tuple[str, int] | None = None) -> Fluid:
    check(kind, values)
    return Fluid(name, kind, values, place)


def check(kind: str, values: Mapping[str, float]) -> None:
    """Raises InputError, without a place, for quantities that contradict each other."""
    known = [FIELDS[name].title for name in ("ph", "pco2", "bicarbonate") if name in values]
    if len(known) == 3:
        raise InputError(
            "two of pH, pressure of carbon dioxide and bicarbonate, which make the third", "all three"
        )
    if "charge" in values and ("ph" in values or {"pco2", "bicarbonate"} <= values.keys()):
        raise InputError("pH, or the charge that it follows from", "both, or what gives pH, and a charge")
    if kind == "solution":
        if "albumin" in values:
            raise InputError("albumin only in plasma (--fluid plasma)", "albumin in a solution")
        if {"calcium", "calcium_ionised"} <= values.keys():
            raise InputError("total or ionised calcium (both only in plasma)", "both in a solution")
    if {"calcium", "calcium_ionised", "charge"} <= values.keys():
        raise InputError("pH, beside total and ionised calcium", "a charge")


def _merged(common: Mapping[str, float], own: Mapping[str, float]) -> dict[str, float]:
    """Own values over common ones; an own pH, or what gives it, replaces all that gives a common one."""
    acid = ("ph", "pco2", "bicarbonate", "charge")
    kept = dict(common)
    if sum(name in own for name in acid) >= 2 or ("ph" in own and "charge" in common) or "charge" in own:
        kept = {name: value for name, value in common.items() if name not in acid}
    return {**kept, **own}


# A CSV file


def _table(text: str, file: str, common: Mapping[str, float], kind: str) -> Asked:
    lines = text.splitlines()
    head = next((row for row in lines if row.strip()), "")
    comma = max((",", ";", "\t"), key=head.count)
    rows = csv.reader(lines, delimiter=comma, skipinitialspace=True)
    header: list[str] = []
    sound = _sound(rows, file)
    for header in sound:
        if any(cell.strip() for cell in header):
            break
    if not header or not text.strip():
        raise InputError("a table with a heading such as name, calcium [mmol/L]", "an empty file", file, 1, 1)
    found = Asked([])
    columns, label = _columns(header, lines[rows.line_num - 1], file, rows.line_num, found)
    for row in sound:
        line = rows.line_num
        if not any(cell.strip() for cell in row):
            continue
        if len(found.fluids) + len(found.wrong) >= MOST:
            raise InputError(f"at most {MOST} fluids", "more", file, line, 1)
        name = row[label].strip() if label is not None and label < len(row) else ""
        try:
            found.fluids.append(
                _row(row, lines[line - 1], columns, len(header), (file, line), name, common, kind)
            )
        except InputError as wrong:
            found.wrong.append(wrong)
    if not found.fluids:
        raise (
            found.wrong[0] if found.wrong else InputError("a row for each fluid", "none", file, len(lines), 1)
        )
    return found


def _sound(rows: Any, file: str) -> Iterator[list[str]]:
    """Rows as the reader gives them; raises InputError where the text is no table."""
    try:
        yield from rows
    except csv.Error as problem:
        raise InputError("a table", f"text that is none ({problem})", file, rows.line_num, 1) from None


def _columns(
    header: list[str], line: str, file: str, number: int, found: Asked
) -> tuple[dict[int, tuple[str, str | None]], int | None]:
    columns: dict[int, tuple[str, str | None]] = {}
    label = None
    seen: dict[str, str] = {}
    for place, cell in enumerate(header):
        at = (file, number, _column(line, header, place))
        name, unit = _heading(cell)
        if name is None:
            if cell.strip().lower() in _OWN and label is None:
                label = place
                continue
            bare = _BRACKETS.sub(r"\1", cell.strip())
            near = like(bare)
            if near and difflib.SequenceMatcher(None, bare.lower(), near).ratio() >= _MISSPELT:
                expected = "a column of a fluid, or one unlike any of them"
                raise InputError(expected, repr(cell.strip()), *at, nearest=near)
            if cell.strip():
                found.unused.append(cell.strip())
            continue
        if name in seen:
            raise InputError("each quantity once", f"{cell.strip()!r} beside {seen[name]!r}", *at)
        seen[name] = cell.strip()
        if unit is not None:
            try:
                unit_of(name, unit)
            except InputError as wrong:
                example = FIELDS[name].example.partition(" ")[2] or "none"
                raise InputError(
                    f"a unit of {FIELDS[name].title}, such as {example}", repr(unit), *at, wrong.nearest
                ) from None
        columns[place] = (name, unit)
    if not columns:
        raise InputError("a column such as calcium [mmol/L] or phosphate [mg/dL]", "none", file, number, 1)
    return columns, label


def _heading(cell: str) -> tuple[str | None, str | None]:
    """Field and unit of a heading: `calcium [mg/dL]`, `calcium (mg/dL)`, `calcium mg/dL` or `calcium`."""
    whole = named(cell)
    if whole:
        return whole, None
    parts = _BRACKETS.fullmatch(cell.strip())
    if parts is None:
        front, _, back = cell.strip().rpartition(" ")
        return (named(front), back) if front else (None, None)
    return named(parts[1]), parts[2]


def _row(
    row: list[str],
    line: str,
    columns: Mapping[int, tuple[str, str | None]],
    width: int,
    place: tuple[str, int],
    name: str,
    common: Mapping[str, float],
    kind: str,
) -> Fluid:
    if len(row) > width:
        raise InputError(
            f"{width} columns, as in the heading", f"{len(row)}", *place, _column(line, row, width)
        )
    values: dict[str, float] = {}
    for at, (key, unit) in columns.items():
        cell = row[at].strip() if at < len(row) else ""
        if cell.lower() not in _EMPTY:
            try:
                values[key] = read_value(key, cell, unit)
            except InputError as wrong:
                if unit is None and key != "ph":
                    wrong.expected += f", or {key} with its unit in brackets as the heading"
                raise wrong.at(*place, _column(line, row, at)) from None
    try:
        return _fluid(name or f"line {place[1]}", kind, _merged(common, values), place)
    except InputError as wrong:
        raise wrong.at(*place, 1) from None


def _column(line: str, row: list[str], place: int) -> int:
    """Column of the text in which a cell begins, counted from 1; quotes make it approximate."""
    start = 0
    for cell in row[:place]:
        at = line.find(cell, start)
        start = at + len(cell) + 1 if at >= 0 else start
    at = line.find(row[place].strip(), start) if place < len(row) else -1
    return (at if at >= 0 else min(start, len(line))) + 1


# A YAML file


def fluids_of(document: Document, name: str) -> list[Fluid]:
    """The fluids of a document; one that has no name there gets this one."""
    if "fluids" not in document.data:
        return [_entry(document, (), document.data, {}, "plasma", name)]
    return list(_yaml(document, {}, "plasma"))


def _yaml(document: Document, common: Mapping[str, float], kind: str) -> Iterator[Fluid]:
    top = document.data
    if "fluids" not in top:
        yield _entry(document, (), top, common, kind, Path(document.file).stem)
        return
    fluids = top["fluids"]
    if not isinstance(fluids, dict) or not fluids:
        raise document.error(("fluids",), "names of fluids, each with its values", shown(fluids))
    shared = {key: value for key, value in top.items() if key != "fluids"}
    kind, base = _values(document, (), shared, kind)
    for name, entry in fluids.items():
        where = ("fluids", name)
        if not isinstance(entry, dict):
            raise document.error(where, "a mapping, {calcium: 2.4 mmol/L, ...}", shown(entry))
        yield _entry(document, where, entry, _merged(common, base), kind, str(name))


def _entry(
    document: Document,
    where: tuple[str, ...],
    entry: dict[str, Any],
    common: Mapping[str, float],
    kind: str,
    name: str,
) -> Fluid:
    kind, values = _values(document, where, entry, kind)
    place = document.values.get(where)
    try:
        return _fluid(name, kind, _merged(common, values), (document.file, place.line if place else 1))
    except InputError as wrong:
        raise document.error(where, wrong.expected, wrong.got, key=bool(where)) from None


def _values(
    document: Document, where: tuple[str, ...], entry: Mapping[str, Any], kind: str
) -> tuple[str, dict[str, float]]:
    values = {}
    for key, value in entry.items():
        at = (*where, key)
        if key == "fluid":
            if value not in KINDS:
                near = nearest(str(value), KINDS)
                raise document.error(at, f"one of {', '.join(KINDS)}", shown(value), near)
            kind = value
            continue
        name = named(key)
        if name is None:
            expected = (
                f"fluid, fluids, or one of {', '.join(FIELDS)}"
                if not where
                else f"one of {', '.join(FIELDS)}"
            )
            raise document.error(at, expected, shown(key), like(key), key=True)
        if name in values:
            raise document.error(at, "each quantity once", f"{key!r} again", key=True)
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise document.error(at, f"{FIELDS[name].title} such as {FIELDS[name].example}", shown(value))
        try:
            values[name] = read_value(name, str(value))
        except InputError as wrong:
            raise document.error(at, wrong.expected, wrong.got, wrong.nearest) from None
    return kind, values
