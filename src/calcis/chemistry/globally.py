"""How is a fluid solved on which Newton's method fails?  By nested problems that each have one solution.

At given pH, ionic strength and activity of water the molalities minimise the convex function
Σ m - Σ total · ln a; the ionic strength is then found between bounds, and pH, where it is not given,
between 0 and 14.  Slow, and for the few: a fluid takes some hundredths of a second.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from calcis.chemistry.activity import LN10, ln_gamma
from calcis.chemistry.database import Database, lg_k, stoichiometry
from calcis.chemistry.impossible import HIGHEST_PH, no_ph
from calcis.chemistry.newton import DRIEST, WATER_FACTOR, Closure

_WEAKEST, _STRONGEST = math.log(1e-8), math.log(100.0)  # ln I between which it is sought


Found = tuple[np.ndarray, np.ndarray]  # x and molalities (mol/kg) as of the compiled steps


def equilibrium(
    database: Database,
    closure: Closure,
    given: np.ndarray,
    temperature: float,
    quick: Callable[[float], Found | None] = lambda _: None,
) -> Found | str:
    """The equilibrium, or why there is no such fluid, in words.

    `quick` finds it at a given ln a of H⁺ by the compiled steps, or gives None.
    """
    nested = _Nested(database, closure, given, temperature, quick)
    try:
        if closure.acid == "ph":
            return nested.at(given[-1])
        low, high = -HIGHEST_PH * LN10, 0.0
        if nested.imbalance(low) * nested.imbalance(high) > 0:
            return no_ph(closure, given)
        return nested.at(_root(nested.imbalance, low, high))
    except (np.linalg.LinAlgError, OverflowError, ValueError):
        return "no equilibrium: activity coefficients have no meaning in so strong a solution"


class _Nested:
    def __init__(
        self,
        database: Database,
        closure: Closure,
        given: np.ndarray,
        temperature: float,
        quick: Callable[[float], Found | None],
    ) -> None:
        self.quick = quick
        self.database, self.closure, self.given, self.temperature = database, closure, given, temperature
        self.n = len(database.masters)
        self.ln_k = LN10 * lg_k(database.species, np.array(temperature))
        fixed = [j for j, name in enumerate(database.masters) if name in closure.free]
        self.carbonate = database.masters.index("carbonate") if "carbonate" in database.masters else -1
        self.fixed = [*fixed, *([self.carbonate] if closure.open_gas else [])]
        self.sought = [j for j in range(self.n) if j not in self.fixed]

    def ln_gas(self, ln_h: float, ln_water: float, u: np.ndarray) -> float:
        """ln of the pressure of CO₂."""
        gas = self.database.gases[:1]
        row = stoichiometry(self.database, gas)[0]
        constant = LN10 * lg_k(gas, np.array(self.temperature))[0]
        return float(constant + row @ np.array([*u, ln_h, ln_water]))

    def imbalance(self, ln_h: float) -> float:
        """What is zero at the fluid's pH; both kinds rise with ln h."""
        x, molality = self.at(ln_h)
        if self.closure.acid == "gas":
            return self.ln_gas(ln_h, math.log(x[-1]), x[: self.n]) - math.log(self.given[-1])
        charge = float(molality @ self.database.charges)
        net = self.given[-1] + float(self.given[self.sought] @ self.database.master_charges[self.sought])
        return charge - float(net)

    def at(self, ln_h: float) -> Found:
        """x and molalities at an activity of H⁺."""
        soon = self.quick(ln_h)
        if soon is not None:
            return soon
        found: list[Found] = []

        def excess(ln_strength: float) -> float:
            ln_water = 0.0
            for _ in range(30):
                molality, u = self.bound(ln_h, ln_strength, ln_water)
                before, ln_water = ln_water, math.log(max(DRIEST, 1.0 - WATER_FACTOR * molality.sum()))
                if abs(ln_water - before) < 1e-13:
                    break
            strength = 0.5 * float(molality @ self.database.charges**2)
            found[:] = [(np.array([*u, ln_h, ln_strength, math.exp(ln_water)]), molality)]
            return math.log(strength) - ln_strength

        low = _WEAKEST  # upwards, because the laws of activity make no sense far above
        while excess(low + 1.0) > 0.0 and low < _STRONGEST:
            low += 1.0
        _root(excess, low, low + 1.0)
        return found[0]

    def bound(self, ln_h: float, ln_strength: float, ln_water: float) -> Found:
        """Molalities and ln a of masters at given pH, ionic strength and activity of water."""
        gamma, _ = ln_gamma(self.database, np.array([self.temperature]), np.exp([ln_strength]))
        numbers = self.database.stoichiometry
        u = np.zeros(self.n)
        for j in self.fixed:
            if j == self.carbonate and self.closure.open_gas:
                u[j] = math.log(self.given[j]) - self.ln_gas(ln_h, ln_water, np.zeros(self.n))
            else:
                u[j] = math.log(self.given[j]) + gamma[0, j]
        constant = self.ln_k - gamma[0] + numbers[:, self.n :] @ np.array([ln_h, ln_water])
        constant = constant + numbers[:, self.fixed] @ u[self.fixed]
        free = numbers[:, self.sought]
        u[self.sought] = _least(constant, free, self.given[self.sought])
        return np.exp(constant + free @ u[self.sought]), u


def _least(constant: np.ndarray, numbers: np.ndarray, totals: np.ndarray) -> np.ndarray:
    """u that minimises Σ exp(constant + numbers u) - totals u: a convex function, by damped Newton steps."""
    mixed = numbers.any(axis=1)
    constant, numbers = constant[mixed], numbers[mixed]
    u = np.log(totals) - 1.0
    for _ in range(200):  # down until nothing holds more than there is
        with np.errstate(over="ignore"):
            held = numbers.T @ np.exp(np.minimum(constant + numbers @ u, 600.0))
        if (held <= totals).all():
            break
        u -= np.log(np.maximum(held / totals, 1.0))

    def height(at: np.ndarray) -> float:
        with np.errstate(over="ignore"):
            return float(np.exp(constant + numbers @ at).sum() - totals @ at)

    best = height(u)
    for _ in range(500):
        molality = np.exp(constant + numbers @ u)
        held = numbers.T @ molality
        curved = (numbers * molality[:, None]).T @ numbers
        scale = np.sqrt(held)
        step = np.linalg.solve(curved / np.outer(scale, scale), scale * np.log(totals / held)) / scale
        slope = float((held - totals) @ step)
        if not slope < 0.0:
            step = np.linalg.solve(curved / np.outer(scale, scale), (totals - held) / scale) / scale
            slope = float((held - totals) @ step)
        longest = float(np.abs(step).max())
        if longest < 1e-13:
            break
        share = min(1.0, 20.0 / longest)
        while share > 1e-12:
            risen = height(u + share * step)
            if risen <= best + 1e-4 * share * slope or longest < 1e-5:
                break
            share *= 0.5
        u, best = u + share * step, risen
    return np.asarray(u)


def _root(rising_or_falling: Callable[[float], float], low: float, high: float) -> float:
    """Where a function of one sign change between two bounds is zero (bisection with the Illinois method)."""
    at_low, at_high = rising_or_falling(low), rising_or_falling(high)
    middle = low
    for turn in range(200):
        middle = 0.5 * (low + high)
        if turn % 3 and at_low * at_high < 0 and math.isfinite(at_low) and math.isfinite(at_high):
            middle = (low * at_high - high * at_low) / (at_high - at_low)
        found = rising_or_falling(middle)
        if found == 0.0 or high - low < 1e-13 * max(1.0, abs(middle)):
            break
        if found * at_low > 0:
            low, at_low, at_high = middle, found, 0.5 * at_high
        else:
            high, at_high, at_low = middle, found, 0.5 * at_low
    rising_or_falling(middle)
    return middle


def sensitivity(
    database: Database, temperature: np.ndarray, molality: np.ndarray, strength: np.ndarray
) -> np.ndarray:
    """∂ ln a / ∂ total in kg/mol (fluid, master, master) at constant pH, by the implicit function theorem.

    Amounts in mol/kg.  NaN in the column of a master that is absent, and 0 in its row.
    """
    n, numbers, charges = len(database.masters), database.stoichiometry, database.charges
    count = len(molality)
    _, rise = ln_gamma(database, temperature, strength)
    water = 1.0 - WATER_FACTOR * molality.sum(axis=1)
    moved = np.concatenate(  # ∂m/∂(ln a, ln I, a of water), over m
        [
            np.broadcast_to(numbers[:, :n], (count, len(numbers), n)),
            -rise[:, :, None],
            numbers[None, :, n + 1, None] / water[:, None, None],
        ],
        axis=2,
    )
    weights = np.column_stack([numbers[:, :n], 0.5 * charges**2, np.full(len(numbers), WATER_FACTOR)])
    matrix = np.einsum("iw,fi,fik->fwk", weights, molality, moved)
    matrix[:, n, n] -= strength
    matrix[:, n + 1, n + 1] += 1.0
    absent = molality[:, :n] <= 0
    fluid, place = np.nonzero(absent)
    matrix[fluid, place, :], matrix[fluid, :, place] = 0.0, 0.0
    matrix[fluid, place, place] = 1.0
    right = np.zeros((n + 2, n))
    right[:n] = np.eye(n)
    bad = ~np.isfinite(matrix).all(axis=(1, 2))
    matrix[bad] = np.eye(n + 2)
    found = np.linalg.solve(matrix, np.broadcast_to(right, (count, n + 2, n)))[:, :n]
    found[fluid, place, :] = 0.0
    found[fluid, :, place] = np.nan
    found[bad] = np.nan
    return np.asarray(found)
