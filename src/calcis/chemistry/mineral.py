"""Which minerals can form from body fluids: what do they dissolve to, how soluble and how dense are they?

Each is data, in data/chemistry/minerals.yaml, with the sources and with what sources disagree about:

>>> apatite = minerals()["hydroxyapatite"]
>>> apatite.title
'Hydroxyapatite, Ca5(PO4)3OH'
>>> round(solubility(apatite).log_ksp(), 2), round(solubility(apatite, HIGHEST).log_ksp(), 2)
(-58.63, -57.11)

A solubility product belongs to the species that it is written on (`dissolves_to`), and a saturation index to
the constants that gave their activities: minerals do not mend a difference between databases of a solution.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from functools import cache
from types import MappingProxyType
from typing import Any

from calcis.chemistry.attenuation import elements
from calcis.elementary import Value, log10
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
from calcis.reading import Document

BODY = 310.15  # K
_STANDARD = 298.15  # K
_GAS = 8.31446261815324  # J/mol/K, exact since 2019
_UNITS = {
    "constant": "1",
    "linear": "1/K",
    "inverse": "K",
    "logarithm": "1",
    "log_ksp_25": "1",
    "log_ksp_37": "1",
    "enthalpy": "J/mol",
    "lowest_25": "1",
    "lowest_37": "1",
    "highest_25": "1",
    "highest_37": "1",
    "density": "kg/L",
}


@dataclass(frozen=True)
class End:
    """Where within the literature a run stands: at its lowest solubility product (-1) or highest (1)."""

    share: float

    def __post_init__(self) -> None:
        if not -1.0 <= self.share <= 1.0:
            raise InputError("a share from -1 (lowest) to 1 (highest)", f"{self.share:g}")


LOWEST, MIDDLE, HIGHEST = End(-1.0), End(0.0), End(1.0)


@dataclass(frozen=True)
class Solubility:
    """lg Ksp of a mineral against temperature, and how far its sources lie below and above (0: just one)."""

    constant: float
    linear: float = 0.0  # 1/K
    inverse: float = 0.0  # K
    logarithm: float = 0.0
    below: float = 0.0
    above: float = 0.0

    def log_ksp(self, temperature: Value = BODY) -> Value:
        """lg Ksp at a temperature (K): a + b·T + c/T + d·lg T; activities on mol/L."""
        law = self.constant + self.linear * temperature + self.inverse / temperature
        return law + self.logarithm * log10(temperature) if self.logarithm else law

    def at(self, end: End) -> Solubility:
        """The law moved towards one end of its sources."""
        move = self.above * end.share if end.share > 0.0 else self.below * -end.share
        return replace(self, constant=self.constant + move, below=0.0, above=0.0)


@dataclass(frozen=True)
class Mineral:
    """A solid of one composition.

    `dissolves_to` is a formula unit as species of the solution, `on_masters` as master ions (H2O among them).
    """

    name: str
    title: str
    dissolves_to: Mapping[str, float]
    on_masters: Mapping[str, float]
    atoms: Mapping[str, float]
    charge: float
    formula_mass: float  # mg/mmol
    density: float  # kg/L
    solubility: Solubility
    numbers: Mapping[str, Parameter]  # as its file has them, with their sources

    @property
    def molar_volume(self) -> float:
        """Volume of an amount of formula units, L/mmol (which is m³/mol)."""
        return self.formula_mass / self.density * 1e-6

    @property
    def ions(self) -> float:
        """Ions in a formula unit, water not counted: the root that makes a saturation index one per ion."""
        return sum(count for species, count in self.dissolves_to.items() if species != "H2O")

    def per_calcium(self, master: str) -> float:
        """Amount of a master ion in the mineral per amount of its calcium."""
        calcium = self.on_masters.get("calcium", 0.0)
        if not calcium:
            raise InputError("a mineral with calcium", self.name)
        return self.on_masters.get(master, 0.0) / calcium


def solubility(mineral: Mineral, end: End = MIDDLE) -> Solubility:
    """The solubility law of a mineral at one end of the literature, or in its middle."""
    return mineral.solubility.at(end)


def saturation_index(
    mineral: Mineral, log_activity: Mapping[str, Value], temperature: Value = BODY, end: End = MIDDLE
) -> Value:
    """lg(ion activity product / solubility product), Σ νᵢ·lg aᵢ - lg Ksp: above 0 mineral can form.

    `log_activity` holds lg a (mol/L) of every species that the mineral dissolves to; that of water is 0
    where it is missing.  Raises InputError for a species that is missing.
    """
    index = -solubility(mineral, end).log_ksp(temperature)
    for species, count in mineral.dissolves_to.items():
        if species in log_activity:
            index = index + count * log_activity[species]
        elif species != "H2O":
            raise InputError(f"the activity of {species}, of which {mineral.name} is made", "none")
    return index


def log_ksp_on_masters(
    mineral: Mineral, log_formation: Mapping[str, Value], temperature: Value = BODY, end: End = MIDDLE
) -> Value:
    """lg Ksp for the mineral written on master ions: lg Ksp - Σ νₛ·lg βₛ over its other species.

    `log_formation` holds lg β of each such species from masters, as {"OH-": -13.6, "HPO4-2": 12.2}.
    """
    value = solubility(mineral, end).log_ksp(temperature)
    for species, count in mineral.dissolves_to.items():
        if species not in mineral.on_masters:
            if species not in log_formation:
                raise InputError(f"the formation constant of {species}", "none")
            value = value - count * log_formation[species]
    return value


@cache
def minerals() -> Mapping[str, Mineral]:
    """Every mineral by name, of data/chemistry/minerals.yaml."""
    return read_minerals(read_data(data_path("chemistry", "minerals.yaml")))


def read_minerals(document: Document) -> Mapping[str, Mineral]:
    """The minerals of a data file by name, checked in full.  Raises InputError with the place of a fault."""
    keys = ("species", "ions", "made_of", "minerals")
    check_keys(document, (), keys, keys)
    return MappingProxyType({name: _read(document, name) for name in document.data["minerals"]})


def _read(document: Document, name: str) -> Mineral:
    entry, where = document.data["minerals"][name], ("minerals", name)
    keys = ("title", "dissolves_to", "numbers")
    check_keys(document, where, keys, keys)
    check_keys(document, (*where, "numbers"), ("density",), _UNITS)
    species = read_species(document, ("species",))
    numbers = {
        key: read_number(
            document, (*where, "numbers", key), f"{name}.{key}", _UNITS[key], species, reference_keys()
        )
        for key in entry["numbers"]
    }
    on_masters = _on_masters(document, where, entry["dissolves_to"])
    ions = document.data["ions"]
    atoms: dict[str, float] = {}
    for ion, count in on_masters.items():
        for atom, per_ion in ions[ion]["atoms"].items():
            atoms[atom] = atoms.get(atom, 0.0) + count * per_ion
    return Mineral(
        name=name,
        title=entry["title"],
        dissolves_to=MappingProxyType(dict(entry["dissolves_to"])),
        on_masters=MappingProxyType(on_masters),
        atoms=MappingProxyType(atoms),
        charge=float(sum(Fraction(str(count)) * ions[ion]["charge"] for ion, count in on_masters.items())),
        formula_mass=math.fsum(count * elements()[atom].mass for atom, count in atoms.items()),
        density=numbers["density"].value,
        solubility=_law(document, where, {key: number.value for key, number in numbers.items()}),
        numbers=MappingProxyType(numbers),
    )


def _on_masters(document: Document, where: tuple[str, ...], formula: Mapping[str, Any]) -> dict[str, float]:
    ions, made_of = document.data["ions"], document.data["made_of"]
    total: dict[str, float] = {}
    for species, count in formula.items():
        if species not in ions and species not in made_of:
            known = [*ions, *made_of]
            raise document.error(
                (*where, "dissolves_to", species),
                "an ion of this file",
                species,
                nearest(species, known),
                key=True,
            )
        for master, per_species in made_of.get(species, {species: 1}).items():
            total[master] = total.get(master, 0.0) + count * per_species
    return total


def _law(document: Document, where: tuple[str, ...], values: Mapping[str, float]) -> Solubility:
    law = _middle(document, where, values)
    ends = {"below": 0.0, "above": 0.0}
    for end, side in (("lowest", "below"), ("highest", "above")):
        for degrees, temperature in (("25", _STANDARD), ("37", BODY)):
            if f"{end}_{degrees}" in values:
                ends[side] = values[f"{end}_{degrees}"] - law.log_ksp(temperature)
    return replace(law, below=min(ends["below"], 0.0), above=max(ends["above"], 0.0))


def _middle(document: Document, where: tuple[str, ...], values: Mapping[str, float]) -> Solubility:
    if "constant" in values:
        names = ("constant", "linear", "inverse", "logarithm")
        return Solubility(**{name: values.get(name, 0.0) for name in names})
    standard, body = values.get("log_ksp_25"), values.get("log_ksp_37")
    if standard is not None and body is not None:
        inverse = (body - standard) / (1.0 / BODY - 1.0 / _STANDARD)
        return Solubility(standard - inverse / _STANDARD, inverse=inverse)
    known = standard if standard is not None else body
    if known is None:
        raise document.error((*where, "numbers"), "constant, log_ksp_25 or log_ksp_37", "none of them")
    inverse = -values.get("enthalpy", 0.0) / (_GAS * math.log(10.0))
    return Solubility(known - inverse / (BODY if standard is None else _STANDARD), inverse=inverse)
