"""How bad is a disease in those who have it, where somebody counted?  In data/diagnose/severities.yaml.

    parts:
      primary_hyperparathyroidism/gland_mass: {middle: ..., spread: ..., least: ..., most: ...}

A log-normal distribution of what the disease lets vary, between two ends; `spread` is the standard deviation
of the logarithm.  All others lie around their usual value within their sensible range.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from calcis.case import packaged
from calcis.diagnose.hypotheses import BODY, known
from calcis.parameters import data_path, read_parameters


@dataclass(frozen=True)
class Severity:
    """A distribution between two ends, in the unit of the laws; `spread` is the standard deviation.

    Log-normal, `spread` of the logarithm, where the ends do not begin at 0.
    """

    middle: float
    spread: float
    least: float
    most: float


@cache
def severities() -> Mapping[tuple[str, str], Severity]:
    """By disease and what it lets vary."""
    path, numbers = data_path("diagnose", "severities.yaml"), packaged().parameters(BODY)
    parts = {name.rpartition(".")[0] for name in read_parameters(path)}
    units = {}
    for part in parts:
        disease, _, argument = part.partition("/")
        unit = numbers[known()[disease].arguments[argument].sets[0]].unit
        units[part] = {"middle": unit, "spread": "1", "least": unit, "most": unit}
    found = read_parameters(path, units)
    return MappingProxyType(
        {
            (part.partition("/")[0], part.partition("/")[2]): Severity(
                *(found[f"{part}.{name}"].value for name in ("middle", "spread", "least", "most"))
            )
            for part in sorted(parts)
        }
    )
