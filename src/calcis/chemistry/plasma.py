"""How much of the calcium of blood plasma is ionised, from laboratory values?  And the way back.

Laboratory values are mmol per litre of plasma, of which 0.93 kg is water; here, and nowhere else, one becomes
the other.  Ionised calcium is what a calcium electrode tells: activity over the activity coefficient at an
ionic strength of 0.160 mol/kg, in mmol/L of plasma's water (IFCC, burnett_2000).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from functools import cache, partial

import numpy as np

from calcis.chemistry.activity import ln_gamma
from calcis.chemistry.database import Database
from calcis.chemistry.solution import BODY_TEMPERATURE, Array, Solution, speciate
from calcis.errors import InputError
from calcis.parameters import Parameter, data_path, read_parameters

NORMAL_PH = 7.4
_TURNS = 60  # of the search for binding sites
_CLOSE = 1e-10  # relative, of total calcium


@cache
def numbers() -> Mapping[str, Parameter]:
    """The numbers of data/chemistry/plasma.yaml by dotted name."""
    return read_parameters(data_path("chemistry", "plasma.yaml"))


def _number(name: str) -> float:
    return numbers()[f"plasma.{name}"].value


def per_kg_water(per_litre: Array) -> np.ndarray:
    """mmol per litre of plasma -> mmol per kg of its water."""
    return np.asarray(per_litre, float) / _number("water")


def per_litre_plasma(per_kg: Array) -> np.ndarray:
    """mmol per kg of plasma's water -> mmol per litre of plasma."""
    return np.asarray(per_kg, float) * _number("water")


def binding_sites(albumin: Array) -> np.ndarray:
    """Sites of plasma protein that bind calcium, magnesium or a proton, mmol/L; albumin in g/L."""
    share = _number("albumin_share")
    relative = np.asarray(albumin, float) / _number("albumin_normal")
    return np.asarray(_number("protein_sites") * (share * relative + 1.0 - share))


def plasma(
    database: Database,
    totals: Mapping[str, Array],
    *,
    albumin: Array | None = None,
    ionised_calcium: Array | None = None,
    ph: Array | None = None,
    carbon_dioxide_pressure: Array | None = None,
    charge: Array | None = None,
    temperature: Array = BODY_TEMPERATURE,
) -> Solution:
    """Speciation of blood plasma with these totals, mmol/L of plasma by master; what is not given is normal.

    `albumin` g/L (40); `ionised_calcium` as an electrode tells it, mmol/L, in place of the total; pH (7.4)
    or, beside total carbonate, the pressure of CO₂, mmHg; pH and pressure together make total carbonate.
    The result is per kg of water: see `total_calcium` and `electrode_calcium`.
    """
    if ionised_calcium is not None and "calcium" in totals:
        raise InputError("total or ionised calcium (both: see `plasma_of_both`)", "both")
    normal = {name.partition(".")[2]: one.value for name, one in numbers().items() if "normal." in name}
    values: dict[str, Array] = {}
    values.update({name: value for name, value in normal.items() if name in database.masters})
    values.update(totals)
    values.setdefault("protein", binding_sites(_number("albumin_normal") if albumin is None else albumin))
    if carbon_dioxide_pressure is not None:
        if "carbonate" not in totals:
            del values["carbonate"]
            ph = NORMAL_PH if ph is None and charge is None else ph
    elif ph is None and charge is None:
        ph = NORMAL_PH
    water = {name: per_kg_water(value) for name, value in values.items()}
    solve = partial(
        speciate,
        database,
        ph=ph,
        carbon_dioxide_pressure=carbon_dioxide_pressure,
        charge=0.0 if charge is None else per_kg_water(charge),
        temperature=temperature,
    )
    if ionised_calcium is None:
        return solve(water)
    del water["calcium"]
    ionised = np.asarray(ionised_calcium, float)
    found = solve(water, free={"calcium": ionised})
    for _ in range(4):  # the electrode's activity coefficient is not quite the fluid's
        share = electrode_calcium(found) / found.of("Ca+2")
        found = solve(water, free={"calcium": np.where(np.isfinite(share), ionised / share, ionised)})
    return found


def plasma_of_both(
    database: Database, totals: Mapping[str, Array], ionised_calcium: Array, **given: Array
) -> Solution:
    """Plasma of which total and ionised calcium were both measured: tells what this plasma's proteins bind.

    As `plasma`, but protein's sites (`total("protein")`, mmol/kg water) are what makes both true.
    """
    wanted, rest = per_kg_water(totals["calcium"]), {k: v for k, v in totals.items() if k != "calcium"}

    def solve(sites: Array) -> Solution:
        return plasma(database, {**rest, "protein": sites}, ionised_calcium=ionised_calcium, **given)

    unbound = solve(np.zeros_like(wanted)).total("calcium")
    sites = np.where(wanted > unbound, _number("protein_sites"), 0.0)
    for _ in range(_TURNS):
        found = solve(sites)
        total, few = found.total("calcium"), sites > 0
        if np.all(np.abs(total / wanted - 1.0)[few] < _CLOSE):
            break
        with np.errstate(invalid="ignore", divide="ignore"):
            sites = np.where(few, sites * (wanted - unbound) / (total - unbound), 0.0)
    reasons = dict(found.reasons)
    wanted = np.broadcast_to(wanted, unbound.shape)
    for k in map(int, np.flatnonzero(wanted < unbound)):
        least, most = per_litre_plasma(unbound[k]), per_litre_plasma(wanted[k])
        words = f"with what small anions bind of it is {least:.4g} mmol/L of plasma"
        reasons.setdefault(k, f"ionised calcium {words}: more than the total of {most:.4g}")
    x = found.x.copy()
    x[:, list(reasons)] = np.nan
    return replace(found, x=x, reasons=dict(sorted(reasons.items())))


def _gamma(database: Database, temperature: Array, strength: Array) -> np.ndarray:
    """Activity coefficient of Ca²⁺."""
    logs, _ = ln_gamma(database, *np.broadcast_arrays(np.asarray(temperature, float), strength))
    return np.asarray(np.exp(logs[..., database.place("Ca+2")]))


def electrode_calcium(fluid: Solution) -> np.ndarray:
    """Ionised calcium as a calcium electrode tells it, mmol/L."""
    place = fluid.database.masters.index("calcium")
    strength = _number("electrode_ionic_strength") * 1e-3
    return np.asarray(
        1e3 * 10.0 ** fluid.lg_activity[:, place] / _gamma(fluid.database, fluid.temperature, strength)
    )


def total_calcium(fluid: Solution) -> np.ndarray:
    """Total calcium of plasma, mmol/L of plasma."""
    return per_litre_plasma(fluid.total("calcium"))
