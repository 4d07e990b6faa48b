"""For how long has somebody had a disease with which nobody comes to rest, when blood is taken?

Those that are not in data/diagnose/durations.yaml are looked at when the body is at rest with them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from calcis.parameters import data_path, read_parameters


@dataclass(frozen=True)
class Duration:
    """From how long to how long, h."""

    least: float
    most: float


@cache
def durations() -> Mapping[str, Duration]:
    """By disease."""
    path = data_path("diagnose", "durations.yaml")
    names = {name.partition(".")[0] for name in read_parameters(path)}
    found = read_parameters(path, {name: {"least": "h", "most": "h"} for name in names})
    return MappingProxyType(
        {name: Duration(found[f"{name}.least"].value, found[f"{name}.most"].value) for name in sorted(names)}
    )
