"""What is dissolved in a body fluid, and in which form?  Full speciation of many fluids at once.

Amounts are mmol per kg of water (laboratory values are per litre of plasma: calcis.chemistry.plasma),
pressures mmHg, temperatures K.  Activities are on the scale of mol/kg, lg is the decimal logarithm.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from calcis.chemistry import globally, impossible
from calcis.chemistry.compiled import compile_kernel
from calcis.chemistry.database import HYDROGEN, WATER, Database, lg_k, stoichiometry
from calcis.chemistry.lanes import dissolve, equilibrate
from calcis.chemistry.newton import LN10, Closure
from calcis.errors import InputError, nearest

Array = Any  # a number, or one for each fluid
BODY_TEMPERATURE = 310.15  # K
MMHG = 1.0 / 760.0  # atm
NOTHING = 1e-30  # mol/kg, which stands for an absent master


@dataclass(frozen=True, eq=False)
class Solution:
    """Fluids at equilibrium; results are (fluid,) or (fluid, name), NaN where a fluid is impossible.

    `reasons` says in words why a fluid is impossible; `steps` how many steps of Newton each took; `x`
    (state, fluid) is ln a of masters and of H⁺, ln I and the activity of water, as they were solved.
    """

    database: Database
    temperature: np.ndarray
    x: np.ndarray
    steps: np.ndarray
    reasons: Mapping[int, str]
    threads: int | None = None  # cores to use; all

    @property
    def lg_activity(self) -> np.ndarray:
        """lg of the activities of the masters' ions, then of H⁺; -inf of what is absent."""
        return np.asarray(self.x[:-2].T / LN10)

    @property
    def ph(self) -> np.ndarray:
        """-lg of the activity of H⁺."""
        return np.asarray(self.x[-3] / -LN10)

    @property
    def ionic_strength(self) -> np.ndarray:
        """½ Σ z² m, mol/kg water."""
        return np.asarray(np.exp(self.x[-2]))

    @property
    def water_activity(self) -> np.ndarray:
        """Activity of water."""
        return np.asarray(self.x[-1])

    @cached_property
    def molality(self) -> np.ndarray:
        """Molality of every species, mmol/kg water."""
        kernel = compile_kernel(self.database, Closure())
        found = dissolve(kernel, self.x, self.temperature, self.threads)
        for place, ln_activity in enumerate(self.x[: len(self.database.masters)]):
            if np.fmin.reduce(ln_activity, initial=0.0) == -np.inf:
                lacking = np.isneginf(ln_activity)
                holding = np.flatnonzero(self.database.stoichiometry[:, place])
                found[np.ix_(holding, lacking)] = 0.0
        if self.reasons:
            found[:, list(self.reasons)] = np.nan
        return found.T

    @cached_property
    def totals(self) -> np.ndarray:
        """Total of every master, mmol/kg water."""
        return np.asarray(self.molality @ self.database.stoichiometry[:, : len(self.database.masters)])

    @property
    def charge(self) -> np.ndarray:
        """Net charge of all that is dissolved, mmol/kg water."""
        return np.asarray(self.molality @ self.database.charges)

    @property
    def carbon_dioxide_pressure(self) -> np.ndarray:
        """Pressure of CO₂ over the fluid, mmHg."""
        gas = self.database.gases[:1]
        lg = self._product(stoichiometry(self.database, gas)[0]) + lg_k(gas, self.temperature)[:, 0]
        return np.asarray(10.0**lg / MMHG)

    def of(self, species: str) -> np.ndarray:
        """Molality of a species, mmol/kg water."""
        return np.asarray(self.molality[:, self.database.place(species)])

    def total(self, master: str) -> np.ndarray:
        """Total of a master, mmol/kg water."""
        return np.asarray(self.totals[:, _place(master, self.database.masters)])

    def saturation(self, dissolves_to: Mapping[str, float], log_ksp: Array) -> np.ndarray:
        """Saturation index, lg (product of activities / solubility product), of a solid.

        `dissolves_to` says how many of each master, of "hydrogen" (H⁺), of "H2O", or of a species such as
        HPO4-2 or OH- dissolve from it.  -inf where one of them is absent.
        """
        columns = (*self.database.masters, HYDROGEN, WATER)
        row, constant = np.zeros(len(columns)), np.zeros(len(self.temperature))
        for name, count in dissolves_to.items():
            if name in columns:
                row[columns.index(name)] += count
                continue
            place = _place(name, self.database.names)
            row += count * self.database.stoichiometry[place]
            constant += count * lg_k(self.database.species[place : place + 1], self.temperature)[:, 0]
        return np.asarray(self._product(row) + constant - log_ksp)

    def _product(self, row: np.ndarray) -> np.ndarray:
        """lg of a product of activities; what is absent from it does not matter."""
        found = np.zeros(self.x.shape[1])
        for place, count in enumerate(row):
            if count:
                found += count * (np.log(self.x[-1]) if place == len(row) - 1 else self.x[place])
        return found / LN10

    @cached_property
    def sensitivity(self) -> np.ndarray:
        """∂ lg a / ∂ total in kg/mmol (fluid, master, master) at constant pH and temperature, exact.

        By the implicit function theorem on the equations that the fluid solves.
        """
        found = globally.sensitivity(
            self.database, self.temperature, self.molality * 1e-3, self.ionic_strength
        )
        return found / (LN10 * 1e3)

    def require(self) -> Solution:
        """Itself if every fluid is possible; else raises InputError with the first reason."""
        for fluid, reason in self.reasons.items():
            raise InputError("a possible fluid", f"fluid {fluid}: {reason}")
        return self


def speciate(
    database: Database,
    totals: Mapping[str, Array],
    *,
    ph: Array | None = None,
    carbon_dioxide_pressure: Array | None = None,
    charge: Array = 0.0,
    free: Mapping[str, Array] | None = None,
    temperature: Array = BODY_TEMPERATURE,
    threads: int | None = None,
) -> Solution:
    """Equilibrium of fluids with these totals (mmol/kg water by master; absent: none of it).

    pH is given, or follows from the pressure of CO₂ (mmHg) where total carbonate is given too, or from
    the net `charge` (mmol/kg water) of all that is dissolved.  Total carbonate is given, or follows from
    pH or charge and the pressure of CO₂.  `free` gives the molality of a master's free ion (mmol/kg
    water) in place of its total.  A fluid that cannot be is NaN, and `reasons` says why.  Raises InputError
    for names that the database does not have and for arrays that do not fit each other.
    """
    free = dict(free or {})
    closure = _closure(database, totals, ph, carbon_dioxide_pressure, free)
    columns = [*database.masters, HYDROGEN]
    values = {name: np.asarray(value, float) * 1e-3 for name, value in {**totals, **free}.items()}
    gas = np.asarray(0.0 if carbon_dioxide_pressure is None else carbon_dioxide_pressure, float) * MMHG
    acid = {"ph": np.asarray(ph, float) * -LN10 if closure.acid == "ph" else 0.0, "gas": gas, "charge": 0.0}
    values[HYDROGEN] = np.asarray(acid[closure.acid])
    if closure.open_gas:
        values["carbonate"] = gas
    heat, net = np.asarray(temperature, float), np.asarray(charge, float) * 1e-3
    count = _count(heat, net, *values.values())
    given = np.zeros((len(columns), count))
    for name, value in values.items():
        given[columns.index(name)] = value
    heat = np.broadcast_to(heat, count)
    if closure.acid == "charge":  # the protons that the masters' charges ask for
        given[-1] = net
        for j, name in enumerate(database.masters):
            if name not in free and not (closure.open_gas and name == "carbonate"):
                given[-1] -= database.master_charges[j] * given[j]
    return _solved(database, closure, given, heat, threads)


def _count(*values: np.ndarray) -> int:
    """How many fluids these arrays are of."""
    try:
        shape = np.broadcast_shapes(*(value.shape for value in values))
    except ValueError:
        raise InputError("numbers, or arrays of one length", "arrays of different lengths") from None
    if len(shape) > 1:
        raise InputError("numbers, or arrays of one length", f"an array of shape {shape}")
    return shape[0] if shape else 1


def _closure(
    database: Database, totals: Mapping[str, Array], ph: Array, pressure: Array, free: Mapping[str, Array]
) -> Closure:
    for name in (*totals, *free):
        _place(name, database.masters)
    both = [name for name in free if name in totals]
    if both:
        raise InputError(f"the total or the free molality of {both[0]}", "both")
    if pressure is None:
        return Closure("charge" if ph is None else "ph", free=tuple(sorted(free)))
    if "carbonate" not in totals:
        return Closure("charge" if ph is None else "ph", True, tuple(sorted(free)))
    if ph is not None:
        raise InputError("two of pH, total carbonate and pressure of CO2", "all three")
    return Closure("gas", free=tuple(sorted(free)))


def _place(name: str, names: tuple[str, ...]) -> int:
    if name not in names:
        raise InputError(f"one of {', '.join(names)}", repr(name), nearest=nearest(name, names))
    return names.index(name)


def _solved(
    database: Database, closure: Closure, given: np.ndarray, temperature: np.ndarray, threads: int | None
) -> Solution:
    n = len(database.masters)
    reasons = impossible.before(database, closure, given, temperature)
    bad = list(reasons)
    absent = given[:n] <= 0.0
    safe, heat = np.maximum(given, NOTHING), temperature
    safe[n] = given[n]
    if bad:
        heat = temperature.copy()
        safe[:n, bad], safe[n, bad] = 1e-3, -7.0 * LN10 if closure.acid == "ph" else 0.0
        heat[bad] = BODY_TEMPERATURE
    x, steps, ready = equilibrate(compile_kernel(database, closure), safe, heat, threads)
    ready[bad] = True
    for k in map(int, np.flatnonzero(~ready)):
        quick = partial(_at_ph, database, closure, safe[:, k], float(heat[k]))
        found = globally.equilibrium(database, closure, safe[:, k], float(heat[k]), quick)
        if isinstance(found, str):
            reasons[k] = found
        else:
            x[:, k] = found[0]
    reasons |= impossible.after(database, closure, given, x, reasons)
    if absent.any():
        x[:n][absent] = -np.inf
    if reasons:
        x[:, list(reasons)] = np.nan
    return Solution(database, temperature, x, steps, dict(sorted(reasons.items())), threads)


def _at_ph(
    database: Database, closure: Closure, given: np.ndarray, temperature: float, ln_h: float
) -> globally.Found | None:
    """The same fluid at a given pH, if the compiled steps find it."""
    kernel, heat = compile_kernel(database, replace(closure, acid="ph")), np.array([temperature])
    x, _, ready = equilibrate(kernel, np.array([*given[:-1], ln_h])[:, None], heat, 1)
    return (x[:, 0], dissolve(kernel, x, heat, 1)[:, 0] * 1e-3) if ready[0] else None
