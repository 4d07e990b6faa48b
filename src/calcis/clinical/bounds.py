"""Which values have few people survived, and when does a course leave them?

The bounds, with their sources, are in data/clinical/bounds.yaml.  A body beyond them was never compared with
anybody, so that what it says from there on means little.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np

from calcis.parameters import Parameter, data_path, read_parameters
from calcis.units import convert
from calcis.wording import digits, on

_NAMED = {
    "calcium_ionised_plasma": "Ionised calcium",
    "phosphate_plasma": "Phosphate in plasma",
    "magnesium_plasma": "Magnesium in plasma",
    "ph_plasma": "pH of plasma",
    "extracellular_volume_relative": "Extracellular fluid over normal",
    "glomerular_filtration_rate": "The glomerular filtration rate",
    "bone_mineral_relative": "Bone mineral over normal",
}


@dataclass(frozen=True)
class Excursion:
    """A course beyond a bound: from when on (h), and its furthest value, in the bound's unit, when (h)."""

    name: str
    bound: Parameter
    above: bool
    since: float
    furthest: float
    furthest_at: float

    def words(self, every: float) -> str:
        """The excursion as a sentence; outputs lie `every` h apart."""
        value, unit = self.bound.shown
        said = "" if unit == "1" else f" {unit}"
        moved, far = ("rises above", "up to") if self.above else ("falls below", "down to")
        whole = f"{_NAMED[self.name]} {moved} {value:g}{said}, first {on(self.since, every)}, and goes {far} "
        whole += f"{digits(self.furthest)}{said} {on(self.furthest_at, every)}: "
        return whole + "hardly anybody survives that, and the body was compared with nobody there."


@cache
def bounds() -> Mapping[str, Parameter]:
    """The ends by dotted name: `calcium_ionised_plasma.low` and so on."""
    return MappingProxyType(read_parameters(data_path("clinical", "bounds.yaml")))


def excursions(times: np.ndarray, courses: Mapping[str, tuple[str, np.ndarray]]) -> list[Excursion]:
    """What of `courses`, name -> unit and values at `times` (h), is beyond a bound; NaN is not.

    >>> [one] = excursions(np.array([0.0, 24.0, 48.0]), {"ph_plasma": ("1", np.array([7.4, 6.7, 6.6]))})
    >>> one.words(24.0).partition(":")[0]
    'pH of plasma falls below 6.8, first on day 1, and goes down to 6.60 on day 2'
    """
    found = []
    for dotted, bound in bounds().items():
        name, _, end = dotted.partition(".")
        if name not in courses:
            continue
        unit, values = courses[name]
        sign, limit = (1.0 if end == "high" else -1.0), convert(*bound.shown, unit)
        beyond = np.nan_to_num(sign * (values - limit), nan=-1.0)
        if (beyond > 0.0).any():
            first, most = int((beyond > 0.0).argmax()), int(beyond.argmax())
            furthest = convert(float(values[most]), unit, bound.shown[1])
            found.append(Excursion(name, bound, sign > 0, float(times[first]), furthest, float(times[most])))
    return found
