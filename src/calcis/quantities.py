"""What is a course called for a reader, in which unit is it shown, and what is its reference range?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from calcis.drugs import drug_part
from calcis.parameters import Parameter, data_path, read_data, read_parameters
from calcis.reference_ranges import ReferenceRange, Whom, reference_ranges
from calcis.units import UnitError, convert
from calcis.wording import digits

Floats = NDArray[np.float64]
Value = TypeVar("Value", float, Floats)

SYSTEMS = ("si", "us")  # units: international, or customary in the United States
_PRETTY = (("^3", "³"), ("^2", "²"), ("ug", "µg"), ("umol", "µmol"), ("um", "µm"))


@dataclass(frozen=True)
class Quantity:
    """How one course is shown; `si` and `us` are units, `molar_mass` in g/mol, `ranges` its reference ranges.

    The rest is told at the head of data/report/quantities.yaml.
    """

    name: str
    title: str
    group: str
    si: str
    us: str
    said: str | None = None
    molar_mass: float | None = None
    ranges: tuple[ReferenceRange, ...] = ()
    key: bool = False
    only_with: str | None = None
    not_with: str | None = None
    room: float = 0.0
    nothing: float = 0.0
    decades_from: float = 0.0

    def unit(self, system: str) -> str:
        """The unit as a reader sees it."""
        if self.said is not None:
            return self.said
        return pretty(self.us if system == "us" else self.si)

    def shown(self, value: Value, unit: str, system: str) -> Value:
        """A value (or course) of `unit` in the unit shown."""
        return value * convert(1.0, unit, self.us if system == "us" else self.si, self.molar_mass)

    def read(self, value: float) -> str:
        """A value in the unit shown, for a reader: what is next to nothing is none."""
        return "0" if abs(value) < self.nothing else digits(value)

    def reference(self, whom: Whom | None) -> ReferenceRange | None:
        """The reference range of a person; None where there is none, or nobody is meant."""
        return None if whom is None else next((one for one in self.ranges if one.holds(whom)), None)

    def range(self, system: str, whom: Whom | None) -> tuple[float, float] | None:
        """Lower and upper end of a person's reference range in the unit shown, or None."""
        found = self.reference(whom)
        if found is None:
            return None
        ends = [self.shown(end.value, end.unit, system) for end in (found.low, found.high)]
        return ends[0], ends[1]


@cache
def quantities() -> dict[str, Quantity]:
    """Every course that Calcis has a reader's name for, in the order of the report."""
    ranges = reference_ranges()
    found = {}
    for group, described in _groups().items():
        for name, entry in described["quantities"].items():
            given = {key: value for key, value in entry.items() if key != "molar_mass"}
            mass = molar_mass(entry["molar_mass"]) if "molar_mass" in entry else None
            found[name] = Quantity(name, group=group, molar_mass=mass, ranges=ranges.get(name, ()), **given)
        if group == "drugs":
            found |= {one.name: one for one in _drugs() if one.name not in found}
    return found


def _drugs() -> list[Quantity]:
    """The plasma concentration of every drug that has one, in the unit of its law or by mass."""
    found = []
    for file in sorted(data_path("drugs").glob("*.yaml")):
        name = f"{file.stem}_plasma"
        if name in drug_part(file.stem).gives:
            mass, unit = molar_mass(file.stem), drug_part(file.stem).gives[name].unit
            title = file.stem.replace("_", " ").capitalize()
            found.append(Quantity(name, title, "drugs", unit, "ng/mL" if mass else unit, molar_mass=mass))
    return found


def group_titles() -> dict[str, str]:
    """Group -> its heading, in the order of the report."""
    return {group: described["title"] for group, described in _groups().items()}


def described(name: str, unit: str, system: str) -> Quantity:
    """The Quantity of a course, made up from its name where it has none or its unit does not fit."""
    quantity = quantities().get(name)
    if quantity is not None:
        try:
            quantity.shown(1.0, unit, system)
            return quantity
        except UnitError:
            pass
    return Quantity(name, name.replace("_", " ").capitalize(), "other", unit, unit)


def number_shown(name: str, value: float, unit: str, system: str) -> tuple[float, str]:
    """The value and unit in which a number of a model, by its dotted name, is shown; else those it has."""
    entry = _data()["numbers"].get(name)
    if entry is None:
        return value, unit
    mass = molar_mass(entry["molar_mass"]) if "molar_mass" in entry else None
    return convert(value, unit, entry[system], mass), entry[system]


def pretty(unit: str) -> str:
    """A unit with its powers and micro signs; nothing for a pure number."""
    if unit == "1":
        return ""
    for plain, shown in _PRETTY:
        unit = unit.replace(plain, shown)
    return unit


def _groups() -> Mapping[str, Any]:
    groups: Mapping[str, Any] = _data()["groups"]
    return groups


@cache
def _data() -> Mapping[str, Any]:
    data: Mapping[str, Any] = read_data(data_path("report", "quantities.yaml")).data
    return data


@cache
def _molar_masses() -> dict[str, Parameter]:
    return read_parameters(data_path("report", "molar_masses.yaml"))


def molar_mass(name: str) -> float | None:
    """g/mol of a substance, or of a drug by its own file; None for a drug that is not there."""
    known = _molar_masses().get(f"molar_mass.{name}")
    if known is not None:
        return known.value
    path = data_path("drugs", f"{name}.yaml")
    entry = read_data(path).data["drug"].get("molar_mass") if path.is_file() else None
    return convert(entry["value"], entry["unit"], "g/mol") if entry else None
