"""What is a course called for a reader, in which unit is it shown, and what is its reference range?"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from calcis.parameters import Parameter, data_path, read_parameters
from calcis.reading import read_yaml
from calcis.units import UnitError, convert

Floats = NDArray[np.float64]
Value = TypeVar("Value", float, Floats)

SYSTEMS = ("si", "us")  # units: international, or customary in the United States
_PRETTY = (("^3", "³"), ("^2", "²"), ("ug", "µg"), ("umol", "µmol"), ("um", "µm"))


@dataclass(frozen=True)
class Quantity:
    """How one course is shown; `si` and `us` are units, `molar_mass` in g/mol, `low` and `high` its range."""

    name: str
    title: str
    group: str
    si: str
    us: str
    said: str | None = None
    molar_mass: float | None = None
    low: Parameter | None = None
    high: Parameter | None = None
    key: bool = False
    only_with: str | None = None
    not_with: str | None = None
    room: float = 0.0

    def unit(self, system: str) -> str:
        """The unit as a reader sees it."""
        if self.said is not None:
            return self.said
        return pretty(self.us if system == "us" else self.si)

    def shown(self, value: Value, unit: str, system: str) -> Value:
        """A value (or course) of `unit` in the unit shown."""
        return value * convert(1.0, unit, self.us if system == "us" else self.si, self.molar_mass)

    def range(self, system: str) -> tuple[float, float] | None:
        """Lower and upper end of the reference range in the unit shown, or None."""
        if self.low is None or self.high is None:
            return None
        ends = [self.shown(end.value, end.unit, system) for end in (self.low, self.high)]
        return ends[0], ends[1]


@cache
def quantities() -> dict[str, Quantity]:
    """Every course that Calcis has a reader's name for, in the order of the report."""
    ranges = read_parameters(data_path("report", "reference_ranges.yaml"))
    found = {}
    for group, described in _groups().items():
        for name, entry in described["quantities"].items():
            given = {key: value for key, value in entry.items() if key != "molar_mass"}
            mass = _molar_mass(entry["molar_mass"]) if "molar_mass" in entry else None
            low, high = ranges.get(f"{name}.low"), ranges.get(f"{name}.high")
            found[name] = Quantity(name, group=group, molar_mass=mass, low=low, high=high, **given)
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


def pretty(unit: str) -> str:
    """A unit with its powers and micro signs; nothing for a pure number."""
    if unit == "1":
        return ""
    for plain, shown in _PRETTY:
        unit = unit.replace(plain, shown)
    return unit


def digits(value: float) -> str:
    """A number to three significant digits, without exponents where a reader can do without.

    >>> digits(2.3456), digits(0.00012), digits(1234567.0), digits(-3.0)
    ('2.35', '1.20e-4', '1230000', '−3.00')
    """
    if not math.isfinite(value):
        return "not known"
    rounded = float(f"{value:.3g}")
    power = math.floor(math.log10(abs(rounded))) if rounded else 2
    if power < -3:
        mantissa, exponent = f"{rounded:.2e}".split("e")
        text = f"{mantissa}e{int(exponent)}"
    else:
        text = f"{rounded:.{max(0, 2 - power)}f}"
    return text.replace("-", "−", 1) if value < 0 else text


def span(hours: float) -> str:
    """A duration in the unit that suits it.

    >>> span(0.25), span(36.0), span(24.0), span(240.0), span(364 * 24.0), span(17532.0)
    ('15 min', '36 h', '1 d', '10 d', '52 wk', '2 y')
    """
    if hours < 1:
        return f"{hours * 60:.3g} min"
    if hours < 72 and hours % 24:
        return f"{hours:.3g} h"
    years = hours / 8766.0
    if abs(years - round(years)) < 2e-3 and years > 0.5:
        return f"{round(years)} y"
    if hours < 60 * 24:
        return f"{hours / 24:.3g} d"
    return f"{hours / 168:.3g} wk" if years < 2 else f"{years:.3g} y"


def moment(hours: float) -> str:
    """A time since the start, as a reader names it.

    >>> moment(0.0), moment(5.0), moment(168.0), moment(10 * 8766.0)
    ('the start', 'hour 5', 'day 7', 'year 10')
    """
    if hours <= 0:
        return "the start"
    if hours < 48 and hours % 24:
        return f"hour {hours:.3g}"
    return f"day {hours / 24:.0f}" if hours < 2 * 8766 else f"year {hours / 8766:.3g}"


@cache
def _groups() -> Mapping[str, Any]:
    groups: dict[str, Any] = read_yaml(data_path("report", "quantities.yaml")).data["groups"]
    return groups


@cache
def _molar_masses() -> dict[str, Parameter]:
    return read_parameters(data_path("report", "molar_masses.yaml"))


def _molar_mass(name: str) -> float | None:
    """g/mol of a substance, or of a drug by its own file; None for a drug that is not there."""
    known = _molar_masses().get(f"molar_mass.{name}")
    if known is not None:
        return known.value
    path = data_path("drugs", f"{name}.yaml")
    entry = read_yaml(path).data["drug"].get("molar_mass") if path.is_file() else None
    return convert(entry["value"], entry["unit"], "g/mol") if entry else None
