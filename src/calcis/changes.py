"""How is anything varied?  By changes: a parameter's name and its new value or a factor, with a source.

    changes:
      kidney.filtration_rate: 60 mL/min
      macrophage_competence: 0.05               # a bare name, where one part only has it
      gut.calcium_absorption: {factor: 0.5, source: "payne_1973: table 1"}
      bone.turnover: {value: 2 1/y, source: "..."}

A disease, an organ, a person, a sensitivity point and a variant drug are all sets of changes.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from calcis.errors import InputError, nearest
from calcis.parameters import (
    KINDS,
    Parameter,
    check_keys,
    read_data,
    read_source,
    read_species,
    reference_keys,
)
from calcis.reading import Document, Where, parse_yaml, shown
from calcis.units import UnitError, convert, dimension, in_words, read_quantity

_KEYS = ("value", "factor", "source", "kind", "species", "note")


@dataclass(frozen=True)
class Change:
    """One parameter's new value (`value` in `unit`) or `factor`; `document` and `where` place it."""

    name: str  # dotted, or bare
    document: Document
    where: Where
    value: float | None = None
    unit: str | None = None
    factor: float | None = None
    source: str | None = None
    kind: str | None = None
    species: str | None = None
    note: str | None = None

    @property
    def by(self) -> str:
        """Who changed it: file and line."""
        return f"{self.document.file} line {self.document.keys[self.where].line}"

    @property
    def words(self) -> str:
        """The change as a reader sees it, e.g. `kidney.filtration_rate: 60 mL/min`."""
        if self.factor is not None:
            return f"{self.name}: times {self.factor:g}"
        assert self.value is not None and self.unit is not None
        return f"{self.name}: {_said(self.value, self.unit)}"

    def refuse(self, expected: str, got: str, nearest: str | None = None, key: bool = False) -> InputError:
        """A complaint about this change, with its place."""
        where = self.where
        if not key and (*where, "value") in self.document.values:
            where = (*where, "value")
        return self.document.error(where, expected, got, nearest, key=key)


def apply(
    parameters: Mapping[str, Parameter], changes: Iterable[Change], species: str | None = None
) -> dict[str, Parameter]:
    """`parameters` (by dotted name) with one set of changes applied.

    A changed parameter keeps its species unless the change names another, is of kind `given` unless
    the change says, and tells in `changed_by` who moved it.  A given value (not a factor) is of
    `species`, if there is one.  Raises InputError, with place, for a name that is unknown, ambiguous or
    twice in the set, for a unit of another dimension, and for a value outside the number's range.
    """
    changed = dict(parameters)
    done: dict[str, Change] = {}
    for change in changes:
        name = resolve(change, parameters)
        if name in done:
            raise change.refuse("each parameter once", f"{name!r} again (also at {done[name].by})", key=True)
        done[name] = change
        changed[name] = _changed(parameters[name], change, species)
    return changed


def resolve(change: Change, parameters: Iterable[str]) -> str:
    """The dotted name that a change means.  Raises InputError where none or several are meant."""
    names = list(parameters)
    if change.name in names:
        return change.name
    found = [name for name in names if name.rpartition(".")[2] == change.name]
    if len(found) == 1:
        return found[0]
    if found:
        raise change.refuse(f"one of {', '.join(sorted(found))}", shown(change.name), key=True)
    bare = [name.rpartition(".")[2] for name in names]
    valid = names if "." in change.name else bare
    raise change.refuse("the name of a parameter", shown(change.name), nearest(change.name, valid), key=True)


def _changed(old: Parameter, change: Change, species: str | None) -> Parameter:
    if change.factor is not None:
        value, as_given = old.value * change.factor, (old.shown[0] * change.factor, old.shown[1])
    else:
        assert change.value is not None and change.unit is not None
        as_given = (change.value, change.unit)
        try:
            value = convert(change.value, change.unit, old.unit)
        except UnitError:
            words, example = in_words(dimension(old.unit)), f"{old.shown[0]:g} {old.shown[1]}"
            bare = "a number without a unit" if words == "dimensionless" else None
            expected = bare or f"a number and its unit ({words}), such as {example}"
            unit = "without a unit" if change.unit == "1" else change.unit
            raise change.refuse(expected, f"{change.value:g} {unit}") from None
    if not math.isfinite(value):
        raise change.refuse("a finite number", f"{value}")
    if old.range is not None and not old.range[0] <= value <= old.range[1]:
        low, high = (convert(end, old.unit, old.shown[1]) for end in old.range)
        raise change.refuse(f"{old.name} from {low:g} to {_said(high, old.shown[1])}", _said(*as_given))
    own = species if change.kind is None and change.factor is None else None
    return replace(
        old,
        value=value,
        shown=as_given,
        source=change.source or (old.source if change.factor is not None else ""),
        kind=change.kind or "given",
        species=change.species or own or old.species,
        spread=None,
        note=change.note or "",
        script=None,
        changed_by=change.by,
    )


def read_changes(document: Document, where: Where = ("changes",)) -> tuple[Change, ...]:
    """The set of changes at `where` in a document.  Raises InputError for each fault, with its place."""
    entries = document.at(where)
    if entries is None:
        return ()
    if not isinstance(entries, dict):
        raise document.error(where, "a mapping, parameter: value", shown(entries))
    return tuple(read_change(document, (*where, name), name, entry) for name, entry in entries.items())


def parse_changes(text: str, file: str) -> tuple[Change, ...]:
    """The changes of a file's text: `changes:`, and a `title:` if it has one."""
    return _all_changes(parse_yaml(text, file))


def _all_changes(document: Document) -> tuple[Change, ...]:
    check_keys(document, (), ("changes",), ("title", "changes"))
    return read_changes(document)


def read_sourced_changes(path: str | Path, references: frozenset[str] | None = None) -> tuple[Change, ...]:
    """The changes of a data file of Calcis, where each must tell its kind and a source in references.bib."""
    found = _all_changes(read_data(path))
    require_sources(found, references)
    return found


def require_sources(changes: Iterable[Change], references: frozenset[str] | None = None) -> None:
    """Refuse a change without kind, or without a source in `references` (default: references.bib)."""
    keys = reference_keys() if references is None else references
    for change in changes:
        for word in ("kind", "source"):
            if getattr(change, word) is None:
                raise change.document.error(change.where, f"`{word}` of {change.name}", "none", key=True)
        read_source(change.document, (*change.where, "source"), keys)


def read_change(document: Document, where: Where, name: str, entry: Any) -> Change:
    """The change of `name` at `where` in a document.  Raises InputError, with place, for each fault."""
    if not isinstance(entry, dict):
        value, unit = read_quantity_at(document, where, entry)
        return Change(name, document, where, value, unit)
    for key, text in entry.items():
        if key not in _KEYS:
            expected = f"a key of a change: {', '.join(_KEYS)}"
            raise document.error((*where, key), expected, shown(key), nearest(key, _KEYS), key=True)
        if key not in ("value", "factor") and not (isinstance(text, str) and text.strip()):
            raise document.error((*where, key), "text", shown(text))
    if ("value" in entry) == ("factor" in entry):
        got = "both" if "value" in entry else "neither"
        raise document.error(where, "either `value` or `factor`", got, key=True)
    kind = entry.get("kind")
    if kind is not None and kind not in KINDS:
        raise document.error(
            (*where, "kind"), f"one of {', '.join(KINDS)}", shown(kind), nearest(kind, KINDS)
        )
    if "species" in entry:
        read_species(document, (*where, "species"))
    words = {key: entry.get(key) for key in ("source", "kind", "species", "note")}
    if "factor" in entry:
        factor = _number(document, (*where, "factor"), entry["factor"])
        return Change(name, document, where, factor=factor, **words)
    value, unit = read_quantity_at(document, (*where, "value"), entry["value"])
    return Change(name, document, where, value, unit, **words)


def _said(value: float, unit: str) -> str:
    return f"{value:g}" + ("" if unit == "1" else f" {unit}")


def read_quantity_at(document: Document, where: Where, entry: Any) -> tuple[float, str]:
    """Value and unit of an entry at `where`, a number or text such as "25 mL/min".

    Raises InputError, with place, for anything else.
    """
    if not isinstance(entry, str):
        return _number(document, where, entry, "a number, or a number and its unit"), "1"
    try:
        return read_quantity(entry)
    except UnitError as wrong:
        raise document.error(where, wrong.expected, wrong.got, wrong.nearest) from None


def _number(document: Document, where: Where, entry: Any, expected: str = "a finite number") -> float:
    if isinstance(entry, bool) or not isinstance(entry, int | float) or not math.isfinite(entry):
        raise document.error(where, expected, shown(entry))
    return float(entry)
