"""In what may a person differ from the standard one, by how much among the healthy, and how far in disease?

The factors, with their sources, are in data/individual/factors.yaml, what a change costs in search.yaml.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from calcis.changes import read_quantity_at
from calcis.clinical.labs import LABS
from calcis.parameters import (
    Parameter,
    check_keys,
    data_path,
    read_data,
    read_number,
    read_parameters,
    read_species,
    reference_keys,
)
from calcis.reading import Document, shown

_REQUIRED = ("title", "numbers", "range")
_OPTIONAL = ("scale", "spread", "beyond")
_SEARCH = {
    "price": {"change": "1", "disease": "1", "doubt": "1"},
    "telling": {"misfit": "1", "near": "1", "disease": "1"},
    "lived": {"usual": "h", "consuming": "h"},
}


@dataclass(frozen=True)
class Factor:
    """What may be different: the numbers that it moves together (those that a body has), and how far.

    `spread` (natural logarithm) is that of healthy persons, `beyond` that of disease; None where there is
    none.  With a `scale` (value and unit) there is normally nothing of it, and `beyond` and `ends` are in
    units of it; otherwise `ends` are over the person's normal.
    """

    name: str
    title: str
    numbers: tuple[str, ...]
    ends: tuple[float, float]
    scale: tuple[float, str] | None
    spread: float | None
    beyond: float | None


def log_spread(variation: float) -> float:
    """Standard deviation of the natural logarithm of what is log-normal with a coefficient of variation.

    >>> round(log_spread(0.25), 4)
    0.2462
    """
    return math.sqrt(math.log1p(variation * variation))


@cache
def factors() -> Mapping[str, Factor]:
    """All factors, by name.  Raises InputError, with place, for a fault of their file."""
    document = read_data(data_path("individual", "factors.yaml"))
    check_keys(document, (), ("species", "factors"), ("species", "factors"))
    species = read_species(document, ("species",))
    names: Any = document.data["factors"]
    return MappingProxyType({name: _read(document, name, species) for name in names})


@cache
def search() -> Mapping[str, Parameter]:
    """What a change costs, from when on something is told, how long a person has lived, by dotted name."""
    return MappingProxyType(read_parameters(data_path("individual", "search.yaml"), _SEARCH))


@cache
def variation() -> Mapping[str, Parameter]:
    """Analytical variation of labs, and that within persons, as shares: `calcium.analytical` and so on.

    A `floor` is in the lab's own unit.
    """
    found = read_parameters(data_path("clinical", "variation.yaml"))
    units: dict[str, dict[str, str]] = {}
    for name in found:
        part, _, what = name.partition(".")
        units.setdefault(part, {})[what] = LABS[part][1] if what == "floor" else "1"
    return MappingProxyType(read_parameters(data_path("clinical", "variation.yaml"), units))


def lab_floor(lab: str) -> float:
    """Standard deviation that low values of a lab have in addition, in its unit."""
    floor = variation().get(f"{lab}.floor")
    return floor.value if floor is not None else 0.0


def lab_spread(lab: str, value: float) -> float:
    """Standard deviation of the natural logarithm of a lab of a `value`, in its unit, in an unchanged person.

    >>> [round(lab_spread("pth", value), 2) for value in (50.0, 0.6)]
    [0.21, 0.51]
    """
    shares = [
        one.value
        for name, one in variation().items()
        if name.partition(".")[0] == lab and not name.endswith(".floor")
    ]
    return log_spread(math.hypot(*shares, lab_floor(lab) / value))


def _read(document: Document, name: str, species: str) -> Factor:
    where = ("factors", name)
    check_keys(document, where, _REQUIRED, _REQUIRED + _OPTIONAL)
    entry: Any = document.data["factors"][name]
    ends, numbers = entry["range"], entry["numbers"]
    if not isinstance(numbers, list) or not all(isinstance(one, str) for one in numbers):
        raise document.error((*where, "numbers"), "a list of numbers", shown(numbers))
    if not isinstance(ends, list) or len(ends) != 2 or not ends[0] < ends[1]:
        raise document.error((*where, "range"), "[lowest, highest]", shown(ends))
    sizes = {}
    for size in ("spread", "beyond"):
        if size in entry:
            sizes[size] = read_number(
                document, (*where, size), f"{name}.{size}", "1", species, reference_keys()
            )
    if not sizes:
        raise document.error(where, "`spread`, `beyond` or both", "neither")
    return Factor(
        name=name,
        title=str(entry["title"]),
        numbers=tuple(numbers),
        ends=(float(ends[0]), float(ends[1])),
        scale=read_quantity_at(document, (*where, "scale"), entry["scale"]) if "scale" in entry else None,
        spread=log_spread(sizes["spread"].value) if "spread" in sizes else None,
        beyond=sizes["beyond"].value if "beyond" in sizes else None,
    )
