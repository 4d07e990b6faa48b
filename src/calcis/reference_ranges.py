"""Which range of healthy people is a value held against?  One for everybody, or that of sex and age."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cache

from calcis.parameters import Parameter, data_path, read_parameters
from calcis.reading import parse_yaml
from calcis.units import convert, read_quantity

_NAME = re.compile(r"(?:(female|male)_)?(?:(\d+)_to_(\d+)_)?(low|high)")


@dataclass(frozen=True)
class Whom:
    """A person as far as ranges ask: sex, and age (y); None where it is not known."""

    sex: str | None = None
    age: float | None = None


@dataclass(frozen=True)
class ReferenceRange:
    """Lower and upper end, and for whom: a sex, and ages (y) from the first up to before the second."""

    low: Parameter
    high: Parameter
    sex: str | None = None
    ages: tuple[float, float] | None = None

    def holds(self, whom: Whom) -> bool:
        """Whether it is for such a person; what is not known of them fits no range that asks for it."""
        aged = self.ages is None or (whom.age is not None and self.ages[0] <= whom.age < self.ages[1])
        return aged and self.sex in (None, whom.sex)

    @property
    def whose(self) -> str:
        """For whom, in words; nothing where it is for all."""
        sex = {"female": "women", "male": "men", None: ""}[self.sex]
        aged = f"{self.ages[0]:g} to under {self.ages[1]:g} y" if self.ages else ""
        return f"{sex} {aged}".strip()


@cache
def reference_ranges() -> Mapping[str, tuple[ReferenceRange, ...]]:
    """The ranges of every quantity that has any.

    Raises ValueError for an end whose name is not [female_|male_][AGE_to_AGE_]low or high, or is alone.
    """
    ends: dict[tuple[str, str | None, tuple[float, float] | None], dict[str, Parameter]] = {}
    for dotted, number in read_parameters(data_path("report", "reference_ranges.yaml")).items():
        quantity, _, name = dotted.partition(".")
        found = _NAME.fullmatch(name)
        if found is None:
            raise ValueError(f"{dotted} is not the end of a range")
        sex, first, last, end = found.groups()
        ages = (float(first), float(last)) if first else None
        ends.setdefault((quantity, sex, ages), {})[end] = number
    ranges: dict[str, tuple[ReferenceRange, ...]] = {}
    for (quantity, sex, ages), both in ends.items():
        if len(both) < 2:
            raise ValueError(f"a range of {quantity} has one end only")
        one = ReferenceRange(both["low"], both["high"], sex, ages)
        ranges[quantity] = (*ranges.get(quantity, ()), one)
    return ranges


@cache
def person_of(case_text: str) -> Whom:
    """Whose ranges are for the person of a case, by the case's own words."""
    person = parse_yaml(case_text, "the case").data.get("person") or {}
    whom = Whom(sex=person.get("sex"))
    if person.get("age") is None:
        return whom
    value, unit = read_quantity(str(person["age"]))
    return replace(whom, age=convert(value, unit, "y"))
