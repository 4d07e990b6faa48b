"""With which numbers is a differential reckoned?  They are in data/diagnose/numbers.yaml, with sources."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from calcis.parameters import Parameter, data_path, read_parameters

_UNITS = {
    "ensemble": {"healthy": "1", "one": "1", "two": "1", "staged": "1", "seed": "1"},
    "people": {"shared": "1"},
    "filtration": {"falls_from": "y", "fall": "1/y"},
    "density": {"width": "1"},
    "medication": {"untold": "1"},
    "none": {"share": "1"},
}


@cache
def numbers() -> Mapping[str, Parameter]:
    """All of them, by dotted name."""
    return MappingProxyType(read_parameters(data_path("diagnose", "numbers.yaml"), _UNITS))


def number(name: str) -> float:
    """The value of one."""
    return numbers()[name].value
