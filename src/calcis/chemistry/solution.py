"""What is dissolved in a body fluid, and in which form?  Full speciation of many fluids at once.

Amounts are mmol per kg of water (laboratory values are per litre of plasma: calcis.chemistry.plasma),
pressures mmHg, temperatures K.  Activities are on the scale of mol/kg, lg is the decimal logarithm.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cached_property, partial
from typing import Any

import numpy as np

from calcis.chemistry import globally, impossible
from calcis.chemistry.compiled import CONVERGED, Kernel, compile_kernel, vectors
from calcis.chemistry.database import HYDROGEN, WATER, Database, Species, lg_k, stoichiometry
from calcis.chemistry.newton import LN10, Closure
from calcis.chemistry.water import debye_hueckel
from calcis.errors import InputError, nearest
from calcis.solve.ir import LANES

Array = Any  # a number, or one for each fluid
BODY_TEMPERATURE = 310.15  # K
MMHG = 1.0 / 760.0  # atm
NOTHING = 1e-30  # mol/kg, which stands for an absent master
_CHUNK = 1024  # blocks of lanes in a task


@dataclass(frozen=True)
class Solution:
    """Fluids at equilibrium; arrays are (fluid,) or (fluid, name), NaN where a fluid is impossible.

    `totals` (mmol/kg water) and `molality` (mmol/kg water) are by master and by species of the database;
    `lg_activity` by master, then of H⁺ and of H₂O.  `reasons` says in words why a fluid is impossible.
    """

    database: Database
    temperature: np.ndarray
    totals: np.ndarray
    lg_activity: np.ndarray
    ionic_strength: np.ndarray  # mol/kg water
    molality: np.ndarray
    steps: np.ndarray
    reasons: Mapping[int, str]

    @cached_property
    def ph(self) -> np.ndarray:
        """-lg of the activity of H⁺."""
        return np.asarray(-self.lg_activity[:, -2])

    @property
    def water_activity(self) -> np.ndarray:
        """Activity of water."""
        return np.asarray(10.0 ** self.lg_activity[:, -1])

    @property
    def charge(self) -> np.ndarray:
        """Net charge of all that is dissolved, mmol/kg water."""
        return np.asarray(self.molality @ self.database.charges)

    @property
    def carbon_dioxide_pressure(self) -> np.ndarray:
        """Pressure of CO₂ over the fluid, mmHg."""
        lg = self.lg_product(self.database.gases[0]) + lg_k(self.database.gases[:1], self.temperature)[:, 0]
        return np.asarray(10.0**lg / MMHG)

    def of(self, species: str) -> np.ndarray:
        """Molality of a species, mmol/kg water."""
        return np.asarray(self.molality[:, self.database.place(species)])

    def total(self, master: str) -> np.ndarray:
        """Total of a master, mmol/kg water."""
        return np.asarray(self.totals[:, self.database.masters.index(master)])

    def lg_product(self, formed: Species) -> np.ndarray:
        """lg of the product of activities of what a gas or solid is formed of."""
        return self._product(stoichiometry(self.database, (formed,))[0])

    def _product(self, row: np.ndarray) -> np.ndarray:
        return np.asarray(self.lg_activity[:, row != 0] @ row[row != 0])  # absent: -inf, not -inf times 0

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

    @cached_property
    def sensitivity(self) -> np.ndarray:
        """∂ lg a / ∂ total in kg/mmol (fluid, master, master) at constant pH and temperature, exact.

        By the implicit function theorem on the equations that the fluid solves.
        """
        return globally.sensitivity(
            self.database, self.temperature, self.molality * 1e-3, self.ionic_strength
        ) / (LN10 * 1e3)

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
    values: dict[str, Any] = {**totals, **free}
    values = {
        _name(name, database.masters): np.asarray(value, float) * 1e-3 for name, value in values.items()
    }
    gas = np.asarray(0.0 if carbon_dioxide_pressure is None else carbon_dioxide_pressure, float) * MMHG
    acid = {"ph": np.asarray(ph, float) * -LN10 if closure.acid == "ph" else 0.0, "gas": gas, "charge": 0.0}
    values[HYDROGEN] = acid[closure.acid]
    if closure.open_gas:
        values["carbonate"] = gas
    heat, net = np.asarray(temperature, float), np.asarray(charge, float) * 1e-3
    try:
        shape = np.broadcast_shapes(heat.shape, net.shape, *(np.shape(value) for value in values.values()))
    except ValueError:
        raise InputError("numbers, or arrays of one length", "arrays of different lengths") from None
    if len(shape) > 1:
        raise InputError("numbers, or arrays of one length", f"an array of shape {shape}")
    count = shape[0] if shape else 1
    given = np.zeros((count, len(columns)))
    for name, value in values.items():
        given[:, columns.index(name)] = value
    heat, net = np.broadcast_to(heat, count).copy(), np.broadcast_to(net, count)
    if closure.acid == "charge":  # the protons that the masters' charges ask for
        open_totals = {*free, *(("carbonate",) if closure.open_gas else ())}
        counted = [j for j, name in enumerate(database.masters) if name not in open_totals]
        given[:, -1] = net - given[:, counted] @ database.master_charges[counted]
    reasons = impossible.before(database, closure, given, heat)
    good = np.array([k not in reasons for k in range(count)])
    return _solved(database, closure, given, heat, good, reasons, threads)


def _closure(
    database: Database, totals: Mapping[str, Array], ph: Array, pressure: Array, free: Mapping[str, Array]
) -> Closure:
    for name in (*totals, *free):
        _name(name, database.masters)
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


def _name(name: str, names: tuple[str, ...]) -> str:
    _place(name, names)
    return name


def _place(name: str, names: tuple[str, ...]) -> int:
    if name not in names:
        raise InputError(f"one of {', '.join(names)}", repr(name), nearest=nearest(name, names))
    return names.index(name)


def _solved(
    database: Database,
    closure: Closure,
    given: np.ndarray,
    temperature: np.ndarray,
    good: np.ndarray,
    reasons: dict[int, str],
    threads: int | None,
) -> Solution:
    count, n = len(given), len(database.masters)
    safe = np.where(good[:, None], given, given[good][0] if good.any() else 1e-3)
    heat = np.where(good, temperature, temperature[good][0] if good.any() else BODY_TEMPERATURE)
    safe[:, :n] = np.maximum(safe[:, :n], NOTHING)
    x, molality, steps, ready = equilibrate(compile_kernel(database, closure), safe, heat, threads)
    for k in np.flatnonzero(good & ~ready):
        quick = partial(_at_ph, database, closure, safe[k], heat[k])
        found = globally.equilibrium(database, closure, safe[k], float(heat[k]), quick)
        if isinstance(found, str):
            good[k], reasons[int(k)] = False, found
        else:
            x[k], molality[k] = found
    absent = given[:, :n] <= 0
    for place in np.flatnonzero(absent.any(axis=0)):
        holding = database.stoichiometry[:, place] != 0
        molality[np.ix_(absent[:, place], holding)] = 0.0
    totals = molality @ database.stoichiometry[:, :n]
    reasons |= impossible.after(database, closure, given, x, good)
    good = good & np.array([k not in reasons for k in range(count)])
    lg = np.column_stack([x[:, : n + 1] / LN10, np.log10(x[:, n + 2])])
    lg[:, :n][absent] = -np.inf
    strength = np.exp(x[:, n + 1])
    for array in (lg, strength, molality, totals):
        array[~good] = np.nan
    return Solution(
        database,
        temperature,
        totals * 1e3,
        lg,
        strength,
        molality * 1e3,
        steps,
        dict(sorted(reasons.items())),
    )


def _at_ph(
    database: Database, closure: Closure, given: np.ndarray, temperature: float, ln_h: float
) -> globally.Found | None:
    """The same fluid at a given pH, if the compiled steps find it."""
    kernel = compile_kernel(database, replace(closure, acid="ph"))
    x, molality, _, ready = equilibrate(kernel, np.array([[*given[:-1], ln_h]]), np.array([temperature]), 1)
    return (x[0], molality[0]) if ready[0] else None


def equilibrate(
    kernel: Kernel, given: np.ndarray, temperature: np.ndarray, threads: int | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """x, molalities (mol/kg), steps, and whether it converged, of fluids with `given` (fluid, master and H⁺).

    `x` is (fluid, ln a of masters and H⁺, ln I, a of water).  Runs on `threads` cores (all by default).
    """
    count = len(given)
    same = bool((temperature == temperature[0]).all())
    blocks = -(-count // LANES)
    rows = np.minimum(np.arange(blocks * LANES), count - 1)
    x = np.empty((blocks * LANES, kernel.states))
    molality = np.empty((blocks * LANES, kernel.species))
    report = np.empty((blocks * LANES, 2))
    warm = temperature[:1] if same else temperature
    water = np.broadcast_to(np.column_stack([warm, *debye_hueckel(warm)]), (count, 3))

    def chunk(first: int) -> None:
        last = min(first + _CHUNK, blocks)
        size, part = last - first, rows[first * LANES : last * LANES]
        t, c = vectors(size * kernel.given), vectors(size * 3)
        xs, ms, o = vectors(size * kernel.states), vectors(size * kernel.species), vectors(size * 2)
        k, y = vectors(kernel.constants), vectors(kernel.states + 1)
        _pack(t, given[part])
        _pack(c, water[part])
        kernel.equilibrate(*(a.ctypes.data for a in (xs, t, c, o, k, y)), size, int(same), 0)
        kernel.dissolve(*(a.ctypes.data for a in (xs, c, ms, k)), size, int(same))
        for array, packed in ((x, xs), (molality, ms), (report, o)):
            _unpack(array[first * LANES : last * LANES], packed)

    starts = range(0, blocks, _CHUNK)
    workers = min(threads or os.cpu_count() or 1, len(starts))
    if workers > 1:
        with ThreadPoolExecutor(workers) as pool:
            list(pool.map(chunk, starts))
    else:
        for first in starts:
            chunk(first)
    x, molality, steps = x[:count], molality[:count], report[:count, 0].astype(int)
    ready = (report[:count, 1] < CONVERGED) & np.isfinite(molality).all(axis=1)
    return x, molality, steps, ready


def _pack(packed: np.ndarray, rows: np.ndarray) -> None:
    """(lane, value) -> blocks of vectors of eight lanes."""
    blocks = len(rows) // LANES
    packed.reshape(blocks, -1, LANES)[:] = rows.reshape(blocks, LANES, -1).transpose(0, 2, 1)


def _unpack(rows: np.ndarray, packed: np.ndarray) -> None:
    blocks = len(rows) // LANES
    rows.reshape(blocks, LANES, -1)[:] = packed.reshape(blocks, -1, LANES).transpose(0, 2, 1)
