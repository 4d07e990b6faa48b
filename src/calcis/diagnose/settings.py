"""How common is each disease where this person is seen?  In data/diagnose/settings.yaml, with sources.

    settings:
      dialysis_unit:
        title: A dialysis unit
        everyone: [dialysis, adynamic_bone_disease]   # optional; everybody has one of these
        prevalence: {...}                             # share of persons, of each disease

Diseases come together as often as if neither knew of the other, where a person can have both.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from calcis.diagnose.hypotheses import Hypothesis, known
from calcis.errors import InputError, nearest
from calcis.parameters import (
    Parameter,
    check_keys,
    data_path,
    read_data,
    read_number,
    read_species,
    reference_keys,
)
from calcis.reading import shown

DEFAULT = "general_practice"


@dataclass(frozen=True)
class Setting:
    """Where a person is seen: its title, how common each disease is there, and of which everybody has one."""

    name: str
    title: str
    prevalence: Mapping[str, Parameter]
    everyone: tuple[str, ...] = ()


@cache
def settings() -> Mapping[str, Setting]:
    """All settings by name.  Raises InputError, with place, for a fault of their file."""
    document = read_data(data_path("diagnose", "settings.yaml"))
    check_keys(document, (), ("species", "settings"), ("species", "settings"))
    species, found = read_species(document, ("species",)), {}
    named: Any = document.data["settings"]
    for name, entry in named.items():
        where = ("settings", name)
        check_keys(document, where, ("title", "prevalence"), ("title", "prevalence", "everyone"))
        check_keys(document, (*where, "prevalence"), known(), known())
        prevalence = {
            disease: read_number(
                document, (*where, "prevalence", disease), f"{name}.{disease}", "1", species, reference_keys()
            )
            for disease in entry["prevalence"]
        }
        for disease, one in prevalence.items():
            if not 0.0 < one.value < 1.0:
                got = f"{one.shown[0]:g} {one.shown[1]}"
                raise document.error((*where, "prevalence", disease), "more than 0 and less than 100 %", got)
        everyone = tuple(entry.get("everyone", ()))
        for place, disease in enumerate(everyone):
            if disease not in known():
                near = nearest(str(disease), known())
                raise document.error((*where, "everyone", place), "a disease", shown(disease), near)
        found[name] = Setting(name, entry["title"], MappingProxyType(prevalence), everyone)
    return MappingProxyType(found)


def setting(name: str) -> Setting:
    """One by name.  Raises InputError for one that is not there."""
    if name not in settings():
        expected = f"a setting: {', '.join(settings())}"
        raise InputError(expected, shown(name), nearest=nearest(name, settings()))
    return settings()[name]


def prior(
    where: Setting, among: Sequence[Hypothesis], certain: Sequence[Collection[str]] = ()
) -> dict[Hypothesis, float]:
    """The probability of each hypothesis before labs are known.

    `certain` are sets of diseases of each of which the person has one at least, as the history says.  Raises
    InputError where no hypothesis has them all.
    """
    needed = [set(one) for one in (*certain, *([where.everyone] if where.everyone else []))]
    weights = {}
    for one in among:
        if all(group & set(one.diseases) for group in needed):
            weights[one] = math.prod(_odds(where, disease) for disease in one.diseases)
    total = sum(weights.values())
    if total <= 0.0:
        said = " and ".join(" or ".join(sorted(group)) for group in needed)
        raise InputError("at most two diseases that a person can have together", said)
    return {one: weight / total for one, weight in weights.items()}


def _odds(where: Setting, disease: str) -> float:
    """Odds of a disease; of one that everybody has or may have instead of another, its share."""
    share = where.prevalence[disease].value
    return share if disease in where.everyone else share / (1.0 - share)
