"""What is a disease?  A set of changes with sources, and a few magnitudes that a case may give.

A disease is one file, data/diseases/<name>.yaml:

    title: Chronic kidney disease
    species: human                           # whose disease; a body of another has other numbers
    steady_after: 20 y                       # how long until nothing moves any more that is tested; or
    never_steady: it consumes bone           # why nobody comes to rest with it
    arguments:                               # optional; what a case may give: the numbers it sets, and
      gfr:                                   # its sensible range
        {title: GFR, sets: [kidney.filtration_rate], from: 5 mL/min, to: 90 mL/min}
    with: dialysis                           # optional; a disease whose arguments and changes it has too
    not_in:                                  # optional; bodies that have the numbers and get it wrong -> how
      peterson_riggs_2010: its calcium rises
    changes:                                 # as in calcis.changes, each with kind and source
      kidney.filtration_rate: {value: 25 mL/min, kind: assumed, source: "key: where", note: ...}

A case names it, and gives what is not as in the file: `disease: {ckd: {gfr: 15 mL/min}}`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from calcis.changes import Change, read_changes, read_quantity_at, require_sources
from calcis.errors import nearest
from calcis.parameters import ALL_SPECIES, Parameter, check_keys, read_data, read_species
from calcis.reading import Document, Where, shown
from calcis.units import UnitError, convert, read_quantity

_ARGUMENT = ("title", "sets", "from", "to")


@dataclass(frozen=True)
class Argument:
    """What a case may give of a disease: its title inside a sentence, the numbers that it sets, and its
    sensible range, as written.
    """

    title: str
    sets: tuple[str, ...]
    least: str
    most: str


@dataclass(frozen=True)
class Disease:
    """A disease: its changes, what a case may give of it, after how long (h) a body with it is steady, or why
    it never is, and bodies that get it wrong, with how they do.
    """

    name: str
    title: str
    species: str
    changes: tuple[Change, ...]
    arguments: Mapping[str, Argument]
    steady_after: float | None
    never_steady: str
    not_in: Mapping[str, str]

    @property
    def words(self) -> str:
        """Its title, and what a case gave of it."""
        said = [f"{argument.title}: {given}" for argument, given in self._given]
        return self.title + (f" ({', '.join(said)})" if said else "")

    @property
    def _given(self) -> list[tuple[Argument, str]]:
        """What a case gave of it, and the value in words."""
        words = {change.name: change.words for change in self.changes if change.source is None}
        return [
            (argument, words[argument.sets[0]].partition(": ")[2])
            for argument in self.arguments.values()
            if argument.sets[0] in words
        ]

    @property
    def untried(self) -> list[str]:
        """A sentence for what a case gave of it beyond the range in which it was tried."""
        changes, said = {change.name: change for change in self.changes}, []
        for argument, given in self._given:
            change = changes[argument.sets[0]]
            if change.value is None or change.unit is None:
                continue
            ends = (argument.least, argument.most)
            least, most = (convert(*read_quantity(end), change.unit) for end in ends)
            if not least <= change.value <= most:
                said.append(
                    f"{self.title}: {argument.title} was tried from {argument.least} to {argument.most}, "
                    f"but here it is {given}."
                )
        return said

    def lacking(self, parameters: Mapping[str, Parameter]) -> list[str]:
        """The numbers that it changes and that are not among `parameters`, or there of another species."""
        fitting = (self.species, *ALL_SPECIES)
        return [
            change.name
            for change in self.changes
            if change.name not in parameters or parameters[change.name].species not in fitting
        ]


def read_disease(path: str | Path, references: frozenset[str] | None = None) -> Disease:
    """The disease that a file describes.  Raises InputError, with place, for each fault."""
    document = read_data(path)
    keys = ("title", "species", "changes")
    check_keys(document, (), keys, (*keys, "with", "arguments", "not_in", "steady_after", "never_steady"))
    own = read_changes(document)
    require_sources(own, references)
    other = _with(document, Path(path), references)
    changes = {change.name: change for change in (*(other.changes if other else ()), *own)}
    wrong: Any = document.data.get("not_in", {})
    if not isinstance(wrong, dict) or not all(isinstance(how, str) for how in wrong.values()):
        raise document.error(("not_in",), "a mapping, body: how it gets the disease wrong", shown(wrong))
    steady_after, never_steady = _steady(document)
    return Disease(
        name=Path(path).stem,
        title=str(document.data["title"]),
        species=read_species(document, ("species",)),
        changes=tuple(changes.values()),
        arguments=(dict(other.arguments) if other else {})
        | _read_arguments(document, {name: one for name, one in changes.items() if one.value is not None}),
        steady_after=steady_after,
        never_steady=never_steady,
        not_in=wrong,
    )


def _with(document: Document, path: Path, references: frozenset[str] | None) -> Disease | None:
    """The disease that comes first, of a file beside this one; None if there is none."""
    if "with" not in document.data:
        return None
    name = str(document.data["with"])
    known = {file.stem: file for file in path.parent.glob("*.yaml") if file != path}
    if name not in known:
        expected = f"another disease: {', '.join(sorted(known))}"
        raise document.error(("with",), expected, shown(name), nearest(name, known))
    return read_disease(known[name], references)


def _read_arguments(document: Document, known: Mapping[str, Change]) -> dict[str, Argument]:
    """What a case may give: each sets numbers that the disease gives a value of the same dimension."""
    given: Any = document.data.get("arguments", {})
    if not isinstance(given, dict):
        raise document.error(
            ("arguments",), "a mapping, argument: {title, sets: [numbers], from, to}", shown(given)
        )
    found = {}
    for argument, entry in given.items():
        where: Where = ("arguments", argument)
        if not isinstance(entry, dict):
            raise document.error(where, "a mapping of title, sets, from, to", shown(entry))
        check_keys(document, where, _ARGUMENT, _ARGUMENT)
        names = entry["sets"]
        if not isinstance(names, list) or not names:
            raise document.error((*where, "sets"), "a list of numbers that the disease sets", shown(names))
        for index, name in enumerate(names):
            if name not in known:
                expected = "a number to which `changes` gives a value"
                raise document.error(
                    (*where, "sets", index), expected, shown(name), nearest(str(name), known)
                )
        least, most = (_in_unit(document, (*where, end), known[names[0]]) for end in ("from", "to"))
        if not least < most:
            raise document.error((*where, "to"), f"more than {entry['from']}", shown(entry["to"]))
        found[argument] = Argument(str(entry["title"]), tuple(names), str(entry["from"]), str(entry["to"]))
    return found


def _in_unit(document: Document, where: Where, change: Change) -> float:
    """The quantity at `where` in the unit of a change."""
    value, unit = read_quantity_at(document, where, document.at(where))
    assert change.unit is not None
    try:
        return convert(value, unit, change.unit)
    except UnitError:
        raise document.error(where, f"a quantity as {change.words}", f"{value:g} {unit}") from None


def _steady(document: Document) -> tuple[float | None, str]:
    """After how long (h) a body with the disease is steady, or why it never is."""
    data: Any = document.data
    if ("steady_after" in data) == ("never_steady" in data):
        got = "both" if "steady_after" in data else "neither"
        raise document.error((), "either `steady_after` or `never_steady`", got)
    if "never_steady" in data:
        why = data["never_steady"]
        if not isinstance(why, str) or not why.strip():
            raise document.error(("never_steady",), "words that say why", shown(why))
        return None, why
    value, unit = read_quantity_at(document, ("steady_after",), data["steady_after"])
    try:
        return convert(value, unit, "h"), ""
    except UnitError:
        raise document.error(("steady_after",), "a duration, such as 20 y", f"{value:g} {unit}") from None


def read_diseases(document: Document, where: Where, known: Mapping[str, Disease]) -> dict[Where, Disease]:
    """The diseases at `where` in a case, with what the case gives of each, by their place.

    Either a name, or a mapping of names to arguments.  Raises InputError, with place, for what is none.
    """
    entry = document.at(where)
    if isinstance(entry, str):
        return {where: _known(document, where, entry, known, key=False)}
    if not isinstance(entry, dict) or not entry:
        expected = "the name of a disease, or {name: {argument: value}}"
        raise document.error(where, expected, shown(entry))
    found = {}
    for name, given in entry.items():
        disease = _known(document, (*where, name), name, known, key=True)
        found[(*where, name)] = _given(document, (*where, name), disease, {} if given is None else given)
    return found


def _known(document: Document, where: Where, name: str, known: Mapping[str, Disease], key: bool) -> Disease:
    if name not in known:
        expected = f"a disease: {', '.join(known)}" if known else "no disease, as there is none"
        raise document.error(where, expected, shown(name), nearest(str(name), known), key=key)
    return known[name]


def _given(document: Document, where: Where, disease: Disease, given: Any) -> Disease:
    """A disease with the values that a case gives in place of those of its file."""
    if not isinstance(given, dict):
        raise document.error(where, f"a mapping of {_arguments(disease)}", shown(given))
    changes = {change.name: change for change in disease.changes}
    for argument, value in given.items():
        place = (*where, argument)
        if argument not in disease.arguments:
            near = nearest(str(argument), disease.arguments)
            raise document.error(place, _arguments(disease), shown(argument), near, key=True)
        number, unit = read_quantity_at(document, place, value)
        for name in disease.arguments[argument].sets:
            changes[name] = Change(name, document, place, number, unit)
    return replace(disease, changes=tuple(changes.values()))


def _arguments(disease: Disease) -> str:
    if not disease.arguments:
        return f"no argument, as {disease.name} has none"
    return f"an argument of {disease.name}: {', '.join(disease.arguments)}"
