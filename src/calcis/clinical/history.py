"""What can be said of a person's history: which conditions, which medicines, and of which class is each?

The words are in data/clinical/history.yaml.  A medicine may also be any drug that can be given.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from calcis.parameters import data_path, read_data


@dataclass(frozen=True)
class Named:
    """A condition or medicine: its name, what it is in words, other names, and diseases that imply it."""

    name: str
    title: str
    also: tuple[str, ...] = ()
    diseases: tuple[str, ...] = ()


@cache
def conditions() -> Mapping[str, Named]:
    """The conditions by name."""
    return _named("conditions")


@cache
def medicines() -> Mapping[str, Named]:
    """The medicines by name that a person may take though Calcis cannot give them."""
    return _named("medication")


@cache
def classes() -> Mapping[str, frozenset[str]]:
    """The drugs of each class; every medicine is also a class of its own."""
    said = _said()
    found = {name: set(drugs) for name, drugs in said["classes"].items()}
    for name, about in said["medication"].items():
        for group in (*about.get("class", ()), name):
            found.setdefault(group, set()).add(name)
    return MappingProxyType({name: frozenset(drugs) for name, drugs in found.items()})


def members(names: tuple[str, ...]) -> frozenset[str]:
    """The drugs that `names` of drugs and classes stand for."""
    return frozenset().union(*(classes().get(name, frozenset({name})) for name in names))


def implied(diseases: tuple[str, ...]) -> frozenset[str]:
    """The conditions that diseases of a case imply.

    >>> sorted(implied(("dialysis",)))
    ['dialysis']
    """
    return _of_diseases(conditions(), diseases)


def taken(diseases: tuple[str, ...]) -> frozenset[str]:
    """The medicines of which diseases of a case are the taking.

    >>> sorted(taken(("lithium", "ckd")))
    ['lithium']
    """
    return _of_diseases(medicines(), diseases)


def _of_diseases(named: Mapping[str, Named], diseases: tuple[str, ...]) -> frozenset[str]:
    return frozenset(name for name, one in named.items() if set(one.diseases) & set(diseases))


def _said() -> Mapping[str, Any]:
    found: Mapping[str, Any] = read_data(data_path("clinical", "history.yaml")).data
    return found


def _named(sort: str) -> Mapping[str, Named]:
    found = {}
    for name, about in _said()[sort].items():
        lists = {key: tuple(about.get(key, ())) for key in ("also", "diseases")}
        found[name] = Named(name, about.get("title", name.replace("_", " ")), **lists)
    return MappingProxyType(found)
