"""Which labs does `calcis diagnose` compare beside those of a case's `labs`, and how much do they vary?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from calcis.case.further import FurtherLabs
from calcis.clinical.labs import LABS
from calcis.diagnose.ensemble import units
from calcis.individual.factors import log_spread
from calcis.individual.levels import Measured
from calcis.laboratory import lab_title
from calcis.parameters import check_keys, data_path, read_data, read_number, read_species, reference_keys
from calcis.units import convert

_KEYS = ("title", "signal", "unit", "variation", "floor")


@dataclass(frozen=True)
class Further:
    """A lab: its title, the signal that it is, its unit, variation (a share), and floor, in that unit."""

    name: str
    title: str
    signal: str
    unit: str
    variation: float
    floor: float

    def measured(self, value: float) -> Measured:
        """A value of it, as it is compared."""
        own, share = units()[self.signal], log_spread(self.variation)
        value, floor = (convert(one, self.unit, own) for one in (value, self.floor))
        return Measured(self.name, self.signal, value, own, math.hypot(share, floor / value), share, floor)


@cache
def further() -> Mapping[str, Further]:
    """All of them, by name.  Raises InputError, with place, for a fault of their file."""
    document = read_data(data_path("diagnose", "further_labs.yaml"))
    check_keys(document, (), ("species", "labs"), ("species", "labs"))
    species, found = read_species(document, ("species",)), {}
    check_keys(document, ("labs",), FurtherLabs.model_fields, FurtherLabs.model_fields)
    for name, entry in document.data["labs"].items():
        where = ("labs", name)
        check_keys(document, where, _KEYS, _KEYS)
        wanted = {"variation": "1", "floor": entry["unit"]}
        variation, floor = (
            read_number(document, (*where, key), f"{name}.{key}", unit, species, reference_keys()).value
            for key, unit in wanted.items()
        )
        found[name] = Further(name, entry["title"], entry["signal"], entry["unit"], variation, floor)
    return MappingProxyType(found)


def title_of(lab: str) -> str:
    """What a lab is called for a reader."""
    return lab_title(lab) if lab in LABS else further()[lab].title
