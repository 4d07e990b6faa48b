"""How bright is a mineral in computed tomography?  Attenuation at an effective energy, Hounsfield units.

A beam of many energies is taken as one of an effective energy.  At 70 keV apatite that displaces water gives
1.3 Hounsfield units per mg/mL, as computed spectra of 120 kV give behind 20 to 30 cm of water.  Scanners
differ in tube voltage, filter and reconstruction: a scanner's own phantom is better than any number here.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING

from calcis.errors import InputError
from calcis.parameters import data_path, read_parameters

if TYPE_CHECKING:
    from calcis.chemistry.mineral import Mineral

EFFECTIVE_ENERGY = 70.0  # keV, of a beam of 120 kV in a trunk
_ENERGIES = (60.0, 70.0, 80.0)  # keV, of data/chemistry/elements.yaml
_WATER = {"H": 2.0, "O": 1.0}


@dataclass(frozen=True)
class Element:
    """Atomic mass, mg/mmol, and mass attenuation, cm²/g, at each of the energies of the data."""

    mass: float
    attenuation: tuple[float, ...]


@cache
def elements() -> Mapping[str, Element]:
    """The elements that minerals are made of, by symbol (data/chemistry/elements.yaml)."""
    numbers = read_parameters(data_path("chemistry", "elements.yaml"))
    symbols = dict.fromkeys(name.partition(".")[0] for name in numbers)
    found = {}
    for symbol in symbols:
        tables = tuple(numbers[f"{symbol}.attenuation_{energy:.0f}"].value for energy in _ENERGIES)
        found[symbol] = Element(numbers[f"{symbol}.mass"].value, tables)
    return MappingProxyType(found)


def mass_attenuation(atoms: Mapping[str, float], energy: float = EFFECTIVE_ENERGY) -> float:
    """Mass attenuation of a compound, cm²/g: Σ wᵢ·(μ/ρ)ᵢ over its atoms, wᵢ their shares of its mass.

    Between the energies of the data, the parabola through them on logarithms.  Raises InputError outside
    60-80 keV.
    """
    if not _ENERGIES[0] <= energy <= _ENERGIES[-1]:
        raise InputError("a photon energy of 60 to 80 keV", f"{energy:g}")
    known = elements()
    mass = sum(count * known[symbol].mass for symbol, count in atoms.items())
    tables = [
        sum(count * known[symbol].mass * known[symbol].attenuation[k] for symbol, count in atoms.items())
        / mass
        for k in range(len(_ENERGIES))
    ]
    return _between(energy, tables)


def _between(energy: float, values: list[float]) -> float:
    points = [math.log(each) for each in _ENERGIES]
    x, result = math.log(energy), 0.0
    for k, value in enumerate(values):
        weight = 1.0
        for j, other in enumerate(points):
            weight *= (x - other) / (points[k] - other) if j != k else 1.0
        result += weight * math.log(value)
    return math.exp(result)


def radiodensity_per_mass(mineral: Mineral, energy: float = EFFECTIVE_ENERGY) -> float:
    """Hounsfield units per mg/mL of mineral in tissue: (μ/ρ)ₘ/(μ/ρ)_w - 1/ρₘ, with water displaced."""
    relative = mass_attenuation(mineral.atoms, energy) / mass_attenuation(_WATER, energy)
    return relative - 1.0 / mineral.density


def radiodensity_per_calcium(mineral: Mineral, energy: float = EFFECTIVE_ENERGY) -> float:
    """Hounsfield units per mmol/L of a mineral's calcium in tissue.  Raises InputError without calcium."""
    per_calcium = mineral.formula_mass * mineral.per_calcium("calcium") / mineral.on_masters["calcium"]
    return radiodensity_per_mass(mineral, energy) * per_calcium * 1e-3
