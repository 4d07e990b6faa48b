"""What is a disease?  A set of changes with sources, and a few magnitudes that a case may give.

A disease is one file, data/diseases/<name>.yaml:

    title: Chronic kidney disease
    species: human                           # whose disease; a body of another has other numbers
    arguments:                               # optional; what a case may give -> the numbers it sets
      gfr: [kidney.filtration_rate]
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


@dataclass(frozen=True)
class Disease:
    """A disease: its changes, for each argument of a case the names of the changes that it sets, and bodies
    that get it wrong, with how they do.
    """

    name: str
    title: str
    species: str
    changes: tuple[Change, ...]
    arguments: Mapping[str, tuple[str, ...]]
    not_in: Mapping[str, str]

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
    check_keys(document, (), keys, (*keys, "arguments", "not_in"))
    changes = read_changes(document)
    require_sources(changes, references)
    known = {change.name for change in changes if change.value is not None}
    arguments: dict[str, tuple[str, ...]] = {}
    given: Any = document.data.get("arguments", {})
    if not isinstance(given, dict):
        raise document.error(("arguments",), "a mapping, argument: [numbers]", shown(given))
    for argument, names in given.items():
        where: Where = ("arguments", argument)
        if not isinstance(names, list) or not names:
            raise document.error(where, "a list of numbers that the disease sets", shown(names))
        for index, name in enumerate(names):
            if name not in known:
                expected = "a number to which `changes` gives a value"
                raise document.error((*where, index), expected, shown(name), nearest(str(name), known))
        arguments[argument] = tuple(names)
    wrong: Any = document.data.get("not_in", {})
    if not isinstance(wrong, dict) or not all(isinstance(how, str) for how in wrong.values()):
        raise document.error(("not_in",), "a mapping, body: how it gets the disease wrong", shown(wrong))
    species = read_species(document, ("species",))
    return Disease(Path(path).stem, str(document.data["title"]), species, changes, arguments, wrong)


def read_diseases(document: Document, where: Where, known: Mapping[str, Disease]) -> dict[Where, Disease]:
    """The diseases at `where` in a case, with what the case gives of each, by their place.

    Either a name, or a mapping of names to arguments.  Raises InputError, with place, for what is none.
    """
    entry: Any = document.data
    for step in where:
        entry = entry[step]
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
        for name in disease.arguments[argument]:
            changes[name] = Change(name, document, place, number, unit)
    return replace(disease, changes=tuple(changes.values()))


def _arguments(disease: Disease) -> str:
    if not disease.arguments:
        return f"no argument, as {disease.name} has none"
    return f"an argument of {disease.name}: {', '.join(disease.arguments)}"
