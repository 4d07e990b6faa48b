"""Where do the numbers come from?  Data files of sourced values, checked before anything runs.

A file holds, for each Part, its numbers:

    species: human                      # of every number below that does not say otherwise
    parts:
      kidney:
        filtration_rate: {value: 100, unit: mL/min, kind: published, source: "key: table 2"}

Beside `value`, `unit`, `kind` and `source` a number may have `species`, `range` ([lowest, highest] that it
can mean anything with, in its unit), `note`, and, if fitted, must have `script` (the committed script that
refits it).  What differs between persons may have a `spread`, the standard deviation of its natural
logarithm, with a source of its own:

        half: {value: 2, unit: nmol/L, kind: ..., source: ...,
          spread: {value: 0.4, unit: 1, kind: measured, source: "key: abstract, 42 % between persons"}}
The file of a drug also has `drug:`, how it is given (calcis.case.drugs).
"""

from __future__ import annotations

import hashlib
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources
from pathlib import Path
from typing import Any, Literal, cast, get_args

from calcis.cache import cache_folder, keep, kept
from calcis.errors import nearest
from calcis.reading import Document, Where, parse_yaml, read_text, restored, shown, stored
from calcis.units import UnitError, convert

KINDS = {
    "measured": "a measurement",
    "fitted": "fitted by a script of this project, or to the labs of the case",
    "published": "a constant of a published model, as its authors gave it",
    "assumed": "nobody measured it, or it was seen only on a secondary page",
    "definition": "exact by convention or stoichiometry, or a neutral value",
}
Species = Literal["human", "mouse", "rat", "rabbit", "guinea pig", "pig", "dog", "cow", "sheep", "monkey"]
ALL_SPECIES = ("any", "none")  # numbers that fit every species, and those of things without one
SPECIES = (*get_args(Species), *ALL_SPECIES)
_REQUIRED = ("value", "unit", "kind", "source")
_OPTIONAL = ("species", "spread", "range", "note", "script")
MOST_SPREAD = 2.0  # two thirds of persons within a factor of 7 of the median
_ENTRY = re.compile(r"^\s*@\w+\s*\{\s*([^\s,{}]+)\s*,", re.MULTILINE)


@dataclass(frozen=True)
class Parameter:
    """A number with all that is known about it.

    `value` is in `unit`, the unit of the laws; `shown` is value and unit as its file has them.
    """

    name: str  # dotted: part.name
    value: float
    unit: str
    source: str  # key of references.bib, a colon, and where in it
    kind: str  # one of KINDS
    species: str
    shown: tuple[float, str]
    spread: Parameter | None = None  # standard deviation of its natural logarithm between persons
    note: str = ""
    script: str | None = None
    file: str = ""
    line: int = 0
    changed_by: str | None = None  # who moved it away from its file's value
    range: tuple[float, float] | None = None  # lowest and highest that it may be changed to, in `unit`


def data_path(*parts: str) -> Path:
    """A file or folder of the data that come with Calcis, e.g. data_path("body", "x.yaml")."""
    return cast(Path, resources.files("calcis").joinpath("data", *parts))


def data_name(path: str | Path) -> str:
    """A path as it is shown: short for data of Calcis, as given for others."""
    root = data_path()
    return (
        str(Path("calcis", "data", Path(path).relative_to(root)))
        if Path(path).is_relative_to(root)
        else str(path)
    )


def read_data(path: str | Path) -> Document:
    """A YAML data file; those that come with Calcis are parsed once in a process."""
    if Path(path).is_relative_to(data_path()):
        return _parsed(Path(path))
    return parse_yaml(read_text(path), data_name(path))


@cache
def _parsed(path: Path) -> Document:
    """A data file of Calcis, from what was kept between processes if it can."""
    text, file = read_text(path), data_name(path)
    key = hashlib.sha256(f"document 1\n{text}".encode()).hexdigest()
    content = kept(cache_folder() / f"{key}.json")
    if content is not None:
        return restored(content, file, text)
    document = parse_yaml(text, file)
    keep(cache_folder() / f"{key}.json", stored(document))
    return document


@cache
def reference_keys() -> frozenset[str]:
    """Keys of references.bib, which sources name."""
    return frozenset(bibliography_keys(read_text(data_path("references.bib"))))


def bibliography_keys(text: str) -> list[str]:
    """Keys of the entries of BibTeX text, in their order.

    >>> bibliography_keys("@article{payne_1973, title = {...}}")
    ['payne_1973']
    """
    return _ENTRY.findall(text)


def read_parameters(
    path: str | Path,
    units: Mapping[str, Mapping[str, str]] | None = None,
    references: frozenset[str] | None = None,
) -> dict[str, Parameter]:
    """The parameters of a data file by dotted name, in the units of the laws.

    `units` is part name -> parameter name -> unit (a Part's `parameters`): every one must be in
    the file and nothing else; without it the file's own names and units are taken.  `references`
    are the valid keys of sources (default: references.bib).  Raises InputError with file, line and
    column for a missing, unknown, misspelt, doubled or unsourced number, a wrong dimension, an
    unknown source or kind, a value that is not a finite number, a fitted one without script.
    """
    document = read_data(path)
    keys = reference_keys() if references is None else references
    check_keys(document, (), ("species", "parts"), ("species", "parts", "drug"))
    species = read_species(document, ("species",))
    parts = _mapping(document, ("parts",))
    if units is not None:
        check_keys(document, ("parts",), units, units)
    found: dict[str, Parameter] = {}
    for part in parts:
        names = _mapping(document, ("parts", part))
        wanted = None if units is None else units[part]
        if wanted is not None:
            check_keys(document, ("parts", part), wanted, wanted)
        for name in names:
            unit = None if wanted is None else wanted[name]
            where = ("parts", part, name)
            found[f"{part}.{name}"] = read_number(document, where, f"{part}.{name}", unit, species, keys)
    return found


def read_number(
    document: Document,
    where: Where,
    name: str,
    unit: str | None,
    species: str,
    references: frozenset[str],
) -> Parameter:
    """One sourced number at `where` in a document, in `unit` (None: the file's), checked in full."""
    entry = _mapping(document, where)
    check_keys(document, where, _REQUIRED, _REQUIRED + _OPTIONAL)
    value = _number(document, (*where, "value"))
    shown_unit = _text(document, (*where, "unit"))
    unit = unit or shown_unit
    try:
        converted = convert(value, shown_unit, unit)
    except UnitError as wrong:
        raise document.error((*where, "unit"), wrong.expected, wrong.got, wrong.nearest) from None
    kind = _text(document, (*where, "kind"))
    if kind not in KINDS:
        raise document.error(
            (*where, "kind"), f"one of {', '.join(KINDS)}", shown(kind), nearest(kind, KINDS)
        )
    if kind == "fitted" and "script" not in entry:
        raise document.error(where, "a `script` that refits a fitted number", "none")
    if kind != "fitted" and "script" in entry:
        raise document.error((*where, "script"), "`script` only with kind: fitted", f"kind: {kind}", key=True)
    return Parameter(
        name=name,
        value=converted,
        unit=unit,
        source=read_source(document, (*where, "source"), references),
        kind=kind,
        species=read_species(document, (*where, "species")) if "species" in entry else species,
        shown=(value, shown_unit),
        spread=_spread(document, where, name, species, references) if "spread" in entry else None,
        note=_text(document, (*where, "note")) if "note" in entry else "",
        script=_text(document, (*where, "script")) if "script" in entry else None,
        file=document.file,
        line=document.keys[where].line,
        range=_range(document, (*where, "range"), value, shown_unit, unit) if "range" in entry else None,
    )


def _spread(
    document: Document, where: Where, name: str, species: str, references: frozenset[str]
) -> Parameter:
    """How much the number at `where` differs between persons."""
    own = (*where, "spread")
    said = document.at(own)
    if not isinstance(said, dict):
        raise document.error(own, "a mapping {value: ..., unit: 1, kind: ..., source: ...}", shown(said))
    check_keys(document, own, _REQUIRED, (*_REQUIRED, "note", "script"))
    value = _number(document, (*where, "value"))
    if value <= 0.0:
        raise document.error(own, "`spread` only of a number above 0", f"value: {value:g}", key=True)
    found = read_number(document, own, f"{name}.spread", "1", species, references)
    if not 0.0 < found.value <= MOST_SPREAD:
        expected = f"a standard deviation of the logarithm above 0 and at most {MOST_SPREAD:g}"
        raise document.error((*own, "value"), expected, f"{found.value:g}")
    return found


def read_species(document: Document, where: Where) -> str:
    """The species at `where`, one of SPECIES."""
    text = _text(document, where)
    if text not in SPECIES:
        raise document.error(where, f"one of {', '.join(SPECIES)}", shown(text), nearest(text, SPECIES))
    return text


def read_source(document: Document, where: Where, references: frozenset[str]) -> str:
    """The source at `where`, "key: where in it", with a key that is in `references`."""
    text = _text(document, where)
    key, colon, place = text.partition(":")
    if not colon or not place.strip():
        raise document.error(where, 'a source such as "key: table 2"', shown(text))
    if key.strip() not in references:
        raise document.error(
            where, "the key of an entry in references.bib", shown(key), nearest(key, references)
        )
    return text


def _range(document: Document, where: Where, value: float, shown_unit: str, unit: str) -> tuple[float, float]:
    """Lowest and highest value, around `value`; in the file's unit there, in the laws' unit here."""
    ends = document.at(where)
    if not isinstance(ends, list) or len(ends) != 2:
        raise document.error(where, "[lowest, highest]", shown(ends))
    low, high = (_number(document, (*where, k)) for k in (0, 1))
    if not low <= value <= high:
        raise document.error(where, f"a range around {value:g}", f"{low:g} to {high:g}")
    return convert(low, shown_unit, unit), convert(high, shown_unit, unit)


def _mapping(document: Document, where: Where) -> dict[str, Any]:
    value = document.at(where)
    if not isinstance(value, dict):
        raise document.error(where, "a mapping {...}", shown(value))
    return value


def _text(document: Document, where: Where) -> str:
    value = document.at(where)
    if isinstance(value, str) and value.strip():
        return value
    if where[-1] == "unit" and value == 1 and not isinstance(value, bool):
        return "1"
    raise document.error(where, "text", shown(value))


def _number(document: Document, where: Where) -> float:
    value = document.at(where)
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise document.error(where, "a finite number", shown(value))
    return float(value)


def check_keys(
    document: Document,
    where: Where,
    required: Mapping[str, Any] | tuple[str, ...],
    allowed: Mapping[str, Any] | tuple[str, ...],
) -> None:
    """Refuse unknown keys first: a misspelt one explains the missing one."""
    entry = _mapping(document, where)
    what = f"of {'.'.join(map(str, where[1:]))}" if len(where) > 1 else "of this file"
    what = "of `parts`" if where == ("parts",) else what
    for key in entry:
        if key not in allowed:
            left = [name for name in allowed if name not in entry] or list(allowed)
            expected = f"a key {what}" + (f": {', '.join(allowed)}" if len(allowed) < 10 else "")
            raise document.error((*where, key), expected, shown(key), nearest(key, left), key=True)
    for key in required:
        if key not in entry:
            raise document.error(where, f"{key!r} {what}", "none", key=bool(where))
