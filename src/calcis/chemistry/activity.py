"""How much less active is an ion than it is concentrated?  By Davies, or by Truesdell and Jones.

Davies: lg γ = -A z² (√I/(1 + √I) - 0.3 I); Truesdell and Jones: lg γ = -A z² √I/(1 + a B √I) + b I; neutral
species without parameters: lg γ = 0.1 I.  The compiled steps (calcis.chemistry.newton) have the same.
"""

from __future__ import annotations

import math

import numpy as np

from calcis.chemistry.database import Database
from calcis.chemistry.water import debye_hueckel

LN10 = math.log(10.0)
_NEUTRAL = 0.1  # kg/mol, of PHREEQC


def ln_gamma(
    database: Database, temperature: np.ndarray, strength: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """ln γ and d ln γ / d ln I of every species (fluid, species), at temperatures (K) and I (mol/kg)."""
    a, b = (array[..., None] for array in debye_hueckel(np.asarray(temperature, float)))
    i = np.asarray(strength, float)[..., None]
    root = np.sqrt(i)
    davies = np.array([one.gamma is None for one in database.species])
    size = np.array([0.0 if one.gamma is None else one.gamma[0] for one in database.species])
    neutral = davies & (database.charges == 0)
    salting = np.where(
        neutral, _NEUTRAL, [0.0 if one.gamma is None else one.gamma[1] for one in database.species]
    )
    reach = np.where(davies, 1.0, size * b)
    share = 1.0 / (1.0 + reach * root)
    spread = np.where(davies, 0.3, 0.0) * i
    factor = -LN10 * a * database.charges**2
    added = LN10 * salting * i
    return (
        np.asarray(factor * (root * share - spread) + added),
        np.asarray(factor * (0.5 * root * share**2 - spread) + added),
    )
