"""What is known of kinds of calcification: how often, where, how they look, what history speaks for them?

The tables, with sources, are in data/diagnose/kinds.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from calcis.diagnose.hypotheses import Hypothesis, known
from calcis.errors import InputError, nearest
from calcis.parameters import (
    Parameter,
    check_keys,
    data_path,
    read_data,
    read_number,
    read_source,
    read_species,
    reference_keys,
)
from calcis.reading import Document, Where, shown

OTHER = "other"
RANKS = ("often", "sometimes", "seldom", "hardly")
_KEYS = ("species", "ranks", "supersaturated", "kinds", "frequency", "sites", "patterns", "history")


@dataclass(frozen=True)
class Kind:
    """A kind of calcification: its title, what it is, whether it needs supersaturated blood, and whether a
    disease that blood tells lies beneath it.
    """

    name: str
    title: str
    says: str
    needs_blood: bool
    metabolic: bool


@dataclass(frozen=True)
class Seen:
    """A site or pattern: its title, and the rank of each kind there (one that is not named: hardly).

    Of some kinds the share of deposits that are there was `counted`.
    """

    name: str
    title: str
    ranks: Mapping[str, str]
    source: str
    counted: Mapping[str, Parameter]


@dataclass(frozen=True)
class Kinds:
    """All tables.  `frequency` by group of diseases, `groups` which disease belongs to which."""

    kinds: Mapping[str, Kind]
    ranks: Mapping[str, Parameter]
    supersaturated: float
    frequency: Mapping[str, Mapping[str, Parameter]]
    groups: Mapping[str, str]
    sites: Mapping[str, Seen]
    patterns: Mapping[str, Seen]
    history: Mapping[str, tuple[tuple[str, ...], Parameter]]

    def group(self, hypothesis: Hypothesis) -> str:
        """The group of a hypothesis: that of the first of its diseases that has one."""
        found = [self.groups[name] for name in hypothesis.diseases if name in self.groups]
        return found[0] if found else OTHER

    def likelihood(self, seen: Seen, kind: str) -> float:
        """How often deposits of a kind are at a site, or look like a pattern."""
        if kind in seen.counted:
            return seen.counted[kind].value
        return self.ranks[seen.ranks.get(kind, "hardly")].value


@cache
def kinds() -> Kinds:
    """The tables.  Raises InputError, with place, for a fault of their file."""
    document = read_data(data_path("diagnose", "kinds.yaml"))
    check_keys(document, (), _KEYS, _KEYS)
    species, data = read_species(document, ("species",)), document.data

    def number(*where: str) -> Parameter:
        return read_number(document, where, ".".join(where), "1", species, reference_keys())

    check_keys(document, ("ranks",), RANKS, RANKS)
    own: Any = data["kinds"]
    found = {
        name: Kind(
            name, one["title"], one["says"], one.get("needs") == "supersaturated", bool(one.get("metabolic"))
        )
        for name, one in own.items()
    }
    frequency: dict[str, dict[str, Parameter]] = {}
    groups: dict[str, str] = {}
    for group, entry in data["frequency"].items():
        check_keys(document, ("frequency", group), found, {**found, "diseases": None})
        frequency[group] = {kind: number("frequency", group, kind) for kind in found}
        for place, disease in enumerate(entry.get("diseases", ())):
            _known(document, ("frequency", group, "diseases", place), disease, known(), "a disease")
            groups[disease] = group
    history = {}
    for name, entry in data["history"].items():
        for place, kind in enumerate(entry["of"]):
            _known(document, ("history", name, "of", place), kind, found, "a kind")
        history[name] = (tuple(entry["of"]), _ratio(document, name, species))
    return Kinds(
        found,
        {rank: number("ranks", rank) for rank in RANKS},
        number("supersaturated").value,
        frequency,
        groups,
        {name: _seen(document, "sites", name, found, species) for name in data["sites"]},
        {name: _seen(document, "patterns", name, found, species) for name in data["patterns"]},
        history,
    )


def _ratio(document: Document, name: str, species: str) -> Parameter:
    """A likelihood ratio, whose entry also says of which kinds."""
    entry: Any = {key: value for key, value in document.data["history"][name].items() if key != "of"}
    data = {**document.data, "history": {**document.data["history"], name: entry}}
    return read_number(
        replace(document, data=data), ("history", name), f"history.{name}", "1", species, reference_keys()
    )


def _seen(document: Document, table: str, name: str, known_kinds: Mapping[str, Kind], species: str) -> Seen:
    where: Where = (table, name)
    check_keys(document, where, ("title", "source"), ("title", "source", "counted", *RANKS))
    entry: Any = document.data[table][name]
    ranks: dict[str, str] = {}
    for rank in RANKS:
        for place, kind in enumerate(entry.get(rank, ())):
            _known(document, (*where, rank, place), kind, known_kinds, "a kind")
            if kind in ranks:
                raise document.error((*where, rank, place), "each kind once", f"{kind} again")
            ranks[kind] = rank
    counted = {}
    for kind in entry.get("counted", {}):
        there = (*where, "counted", kind)
        _known(document, there, kind, known_kinds, "a kind")
        if kind in ranks:
            raise document.error(there, "a kind without a rank there", kind)
        counted[kind] = read_number(document, there, f"{table}.{name}.{kind}", "1", species, reference_keys())
    source = read_source(document, (*where, "source"), reference_keys())
    return Seen(name, entry["title"], ranks, source, counted)


def _known(document: Document, where: Where, name: Any, names: Mapping[str, Any], what: str) -> None:
    if name not in names:
        expected = f"{what}: {', '.join(names)}"
        raise document.error(where, expected, shown(name), nearest(str(name), names))


def seen(table: str, name: str) -> Seen:
    """A `site` or `pattern` by name.  Raises InputError for one that is not there."""
    there = kinds().sites if table == "site" else kinds().patterns
    if name not in there:
        expected = f"a {table}: {', '.join(there)}"
        raise InputError(expected, shown(name), nearest=nearest(name, there))
    return there[name]
