"""How common is each disease where this person is seen?  In data/diagnose/settings.yaml, with sources.

    settings:
      dialysis_unit:
        title: A dialysis unit
        everyone: [dialysis, adynamic_bone_disease]   # optional; everybody has one of these
        by_person: true                               # optional; sex and age count
        stages: {...}                                 # optional; of kidney disease, share of each
        prevalence: {...}                             # share of persons, of each disease

Diseases come together as often as if neither knew of the other, where a person can have both.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from types import MappingProxyType
from typing import Any

from calcis.diagnose.hypotheses import Hypothesis, known
from calcis.diagnose.stages import STAGES
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
from calcis.reading import Document, Where, shown
from calcis.units import convert, read_quantity

DEFAULT = "general_practice"
SEXES = ("female", "male")
_OPTIONAL = ("everyone", "by_person", "stages")


@dataclass(frozen=True)
class Setting:
    """Where a person is seen: its title, how common each disease is there, and of which everybody has one.

    `rows` say how many times the odds are for whom; `times` those that were counted of one person; `stages`
    the share of each stage among those with kidney disease, empty where nothing is said.
    """

    name: str
    title: str
    prevalence: Mapping[str, Parameter]
    everyone: tuple[str, ...] = ()
    rows: tuple[ByPerson, ...] = ()
    times: Mapping[str, Parameter] = field(default_factory=dict)
    stages: Mapping[str, float] = field(default_factory=dict)

    def of(self, age: float, sex: str | None) -> Setting:
        """The same for a person of an age (y) and sex."""
        holding = {name: one.times for one in self.rows if one.holds(age, sex) for name in one.of}
        return replace(self, prevalence={**self.prevalence, **self._times(holding)}, times=holding)

    def given(self, prevalence: Mapping[str, float]) -> Setting:
        """The same with how common a case says that diseases are."""
        said = {
            name: replace(
                self.prevalence[name],
                value=share,
                shown=(100.0 * share, "%"),
                kind="definition",
                source="calcis: the case says so",
                note="",
            )
            for name, share in prevalence.items()
        }
        times = {name: one for name, one in self.times.items() if name not in said}
        return replace(self, prevalence={**self.prevalence, **said}, times=times)

    def _times(self, factors: Mapping[str, Parameter]) -> dict[str, Parameter]:
        found = {}
        for name, factor in factors.items():
            one = self.prevalence[name]
            odds = factor.value * one.value / (1.0 - one.value)
            share = odds / (1.0 + odds)
            found[name] = replace(one, value=share, shown=(convert(share, "1", one.shown[1]), one.shown[1]))
        return found


@dataclass(frozen=True)
class ByPerson:
    """How many times the odds of some diseases are of a sex, from one age (y) to below another."""

    of: tuple[str, ...]
    sex: str | None
    ages: tuple[float, float]
    times: Parameter

    def holds(self, age: float, sex: str | None) -> bool:
        """Whether it is about a person."""
        return self.ages[0] <= age < self.ages[1] and self.sex in (None, sex)


@cache
def settings() -> Mapping[str, Setting]:
    """All settings by name.  Raises InputError, with place, for a fault of their file."""
    document = read_data(data_path("diagnose", "settings.yaml"))
    check_keys(document, (), ("species", "by_person", "settings"), ("species", "by_person", "settings"))
    species, found = read_species(document, ("species",)), {}
    rows = tuple(_by_person(document, name, species) for name in document.data["by_person"])
    named: Any = document.data["settings"]
    for name, entry in named.items():
        where = ("settings", name)
        check_keys(document, where, ("title", "prevalence"), ("title", "prevalence", *_OPTIONAL))
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
        stages = _stages(document, name, species) if "stages" in entry else {}
        counted = rows if entry.get("by_person") else ()
        found[name] = Setting(
            name, entry["title"], MappingProxyType(prevalence), everyone, counted, {}, stages
        )
    return MappingProxyType(found)


def _by_person(document: Document, name: str, species: str) -> ByPerson:
    """A row of `by_person`, whose number also says for whom it is."""
    where: Where = ("by_person", name)
    entry: Any = document.data["by_person"][name]
    whom = ("of", "sex", "from", "to")
    for place, disease in enumerate(entry["of"]):
        if disease not in known():
            near = nearest(str(disease), known())
            raise document.error((*where, "of", place), "a disease", shown(disease), near)
    if entry.get("sex") not in (None, *SEXES):
        raise document.error((*where, "sex"), " or ".join(SEXES), shown(entry["sex"]))
    number = {key: value for key, value in entry.items() if key not in whom}
    alone = replace(document, data={**document.data, "by_person": {name: number}})
    times = read_number(alone, where, f"by_person.{name}", "1", species, reference_keys())
    low, high = (_years(entry.get(key, end)) for key, end in (("from", "0 y"), ("to", "200 y")))
    return ByPerson(tuple(entry["of"]), entry.get("sex"), (low, high), times)


def _stages(document: Document, setting: str, species: str) -> dict[str, float]:
    """The share of each stage among those with kidney disease."""
    where = ("settings", setting, "stages")
    check_keys(document, where, STAGES, STAGES)
    found = {
        stage: read_number(
            document, (*where, stage), f"{setting}.{stage}", "1", species, reference_keys()
        ).value
        for stage in STAGES
    }
    if min(found.values()) <= 0.0 or abs(sum(found.values()) - 1.0) > 1e-3:
        raise document.error(where, "shares above 0 that add up to 100 %", f"{100 * sum(found.values()):g} %")
    return found


def _years(text: str) -> float:
    return convert(*read_quantity(text), "y")


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
