"""What stands behind an arm: trials, series of patients, opinion?

The files of drugs tell of drugs, data/compare/rules.yaml of operations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from calcis.case import Drug, Treatment
from calcis.parameters import data_path, read_data, read_source, reference_keys


@dataclass(frozen=True)
class Support:
    """What is known of one drug (or operation) in one use: `level` is trial, series or opinion, or `none`."""

    drug: str
    use: str
    level: str
    says: str
    source: str


def support(arm: Treatment, drugs: Mapping[str, Drug]) -> tuple[Support, ...]:
    """The evidence behind all that an arm does; where none was looked up it says so."""
    found = []
    for kind in dict.fromkeys(one.kind for one in arm.operations):
        told = rules()["operations"].get(kind)
        if told is None:
            found.append(Support(kind, "", "none", "no evidence was looked up", ""))
        else:
            found.append(Support(kind, "deposit", told["level"], told["says"], told["source"]))
    for name in dict.fromkeys(dose.drug for dose in arm.doses):
        known = drugs[name].evidence
        found += [Support(name, one.use, one.level, one.says, one.source) for one in known]
        if not known:
            found.append(Support(name, "", "none", "no evidence was looked up", ""))
    return tuple(found)


@cache
def rules() -> Mapping[str, Any]:
    """The table of arms that are thought of, and of operations; every source is checked."""
    document = read_data(data_path("compare", "rules.yaml"))
    for room in ("kinds", "targets", "waits", "operations"):
        for name in document.data[room]:
            read_source(document, (room, name, "source"), reference_keys() | {"calcis"})
    data: Mapping[str, Any] = document.data
    return data
