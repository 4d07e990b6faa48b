"""How supersaturated is each fluid, with what, and in which form is its calcium?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

import numpy as np

from calcis.chemistry.database import HYDROGEN, WATER, Database, read_database
from calcis.chemistry.mineral import HIGHEST, LOWEST, MIDDLE, End, Mineral, minerals, solubility
from calcis.chemistry.plasma import electrode_calcium, per_litre_plasma, plasma, plasma_of_both
from calcis.chemistry.plasma import numbers as normal
from calcis.chemistry.solution import BODY_TEMPERATURE, Array, Solution, speciate
from calcis.errors import InputError, nearest
from calcis.fluids.form import FIELDS
from calcis.fluids.reader import Fluid
from calcis.parameters import Parameter, data_path, read_parameters

DATABASES = ("minteq", "phreeqc")
ENDS = {"lowest": LOWEST, "middle": MIDDLE, "highest": HIGHEST}
AMORPHOUS, APATITE = "amorphous_calcium_phosphate", "hydroxyapatite"
BOUND = ("calcium", "magnesium", "phosphate")  # masters of which is told what they are bound to
DISSOLVED = (  # what is told of a fluid, but for its indices and shares
    "ph",
    "pco2",
    "ionic_strength",
    "calcium",
    "calcium_ionised",
    "calcium_free",
    "phosphate",
    "distance",
)
_LEAST, _MOST = 1e-4, 300.0  # mmol/L of phosphate, between which the threshold is looked for
_HALVINGS = 36


@dataclass(frozen=True, eq=False)
class Found:
    """What came out, an array over the fluids for each quantity; NaN where a fluid cannot be.

    `indices` are saturation indices at `end` of the literature; `shares` of calcium, magnesium and
    phosphate, by what they are bound to; `reasons` says why a fluid cannot be.
    """

    fluids: Sequence[Fluid]
    database: Database
    base: str
    end: str
    columns: dict[str, np.ndarray]
    indices: dict[str, np.ndarray]
    shares: dict[str, dict[str, np.ndarray]]
    reasons: dict[int, str] = field(default_factory=dict)

    @property
    def threshold(self) -> float:
        """Saturation index of amorphous calcium phosphate, at this end, above which mineral forms."""
        return threshold(self.base).value + shift(AMORPHOUS, self.end)

    @property
    def possible(self) -> np.ndarray:
        """Places of the fluids that can be."""
        return np.array([k for k in range(len(self.fluids)) if k not in self.reasons], int)

    def range(self, mineral: str, k: int) -> tuple[float, float]:
        """Saturation index of a fluid with the most and with the least soluble that sources have."""
        middle = self.indices[mineral][k] - shift(mineral, self.end)
        return middle + shift(mineral, "highest"), middle + shift(mineral, "lowest")


@cache
def threshold(base: str) -> Parameter:
    """The threshold that belongs to a database, in the middle of the literature."""
    return read_parameters(data_path("chemistry", "thresholds.yaml"))[f"threshold.{base}"]


@cache
def shift(mineral: str, end: str) -> float:
    """How much higher a saturation index is at one end of the literature than in its middle."""
    one = minerals()[mineral]
    return float(solubility(one, MIDDLE).log_ksp() - solubility(one, ENDS[end]).log_ksp())


def database_of(name: str) -> Database:
    """A database by name.  Raises InputError with the nearest."""
    if name not in DATABASES:
        raise InputError(
            f"--database: one of {', '.join(DATABASES)}", repr(name), nearest=nearest(name, DATABASES)
        )
    return read_database(name)


def end_of(name: str) -> End:
    """An end of the literature by name.  Raises InputError with the nearest."""
    if name not in ENDS:
        raise InputError(f"--solubility: one of {', '.join(ENDS)}", repr(name), nearest=nearest(name, ENDS))
    return ENDS[name]


def solve(fluids: Sequence[Fluid], base: str = "minteq", end: str = "middle") -> Found:
    """Speciation and saturation of fluids, those for which the same was given together."""
    database, count = database_of(base), len(fluids)
    end_of(end)
    known = possible_minerals(database)
    columns = {name: np.full(count, np.nan) for name in (*DISSOLVED, "phosphate_at_threshold")}
    indices = {name: np.full(count, np.nan) for name in known}
    shares: dict[str, dict[str, np.ndarray]] = {master: {} for master in BOUND}
    reasons: dict[int, str] = {}
    for kind, keys, places in _alike(fluids):
        given = {key: np.array([fluids[k].values[key] for k in places]) for key in keys}
        solution = speciated(kind, database, given, len(places))
        reasons |= {int(places[k]): why for k, why in solution.reasons.items()}
        with np.errstate(all="ignore"):
            for name, values in _told(kind, solution).items():
                columns[name][places] = values
            for name, mineral in known.items():
                indices[name][places] = index(solution, mineral) + shift(name, end)
            columns["distance"][places] = index(solution, known[AMORPHOUS]) - threshold(base).value
            columns["phosphate_at_threshold"][places] = _phosphate_at_threshold(
                kind, database, base, given, solution
            )
            for master in BOUND:
                for label, values in bound(solution, master).items():
                    shares[master].setdefault(label, np.zeros(count))[places] = values
    return Found(fluids, database, base, end, columns, indices, shares, dict(sorted(reasons.items())))


def speciated(kind: str, database: Database, given: Mapping[str, Array], count: int = 1) -> Solution:
    """Fluids of one kind for which the same was given, in the units of calcis.fluids.form.

    Beside its fields, `protein_sites` of plasma (mmol/L).
    """
    totals = {
        one.master: given[name]
        for name, one in FIELDS.items()
        if one.master and name in given and name != "calcium_ionised"
    }
    if "protein_sites" in given:
        totals["protein"] = given["protein_sites"]
    options = {key: given.get(name) for name, key in _OPTIONS.items() if name in given}
    options.setdefault("temperature", np.full(count, BODY_TEMPERATURE))
    ionised = given.get("calcium_ionised")
    if kind == "solution":
        free = None if ionised is None else {"calcium": ionised}
        return speciate(database, totals, free=free, **options)
    if "albumin" in given:
        options["albumin"] = given["albumin"]
    if ionised is not None and "calcium" in totals:
        return plasma_of_both(database, totals, ionised, **options)
    return plasma(database, totals, ionised_calcium=ionised, **options)


_OPTIONS = {"ph": "ph", "pco2": "carbon_dioxide_pressure", "charge": "charge", "temperature": "temperature"}


def possible_minerals(database: Database) -> dict[str, Mineral]:
    """The minerals of which the database has every part."""
    names = {*database.masters, *database.names, HYDROGEN, WATER}
    return {name: one for name, one in minerals().items() if names >= one.dissolves_to.keys()}


def index(solution: Solution, mineral: Mineral) -> np.ndarray:
    """Saturation index of a mineral in the middle of the literature."""
    return solution.saturation(mineral.dissolves_to, solubility(mineral).log_ksp(solution.temperature))


def bound(solution: Solution, master: str) -> dict[str, np.ndarray]:
    """Shares of a master by what it is bound to: "free" (or with protons only), "protein", "phosphate" ..."""
    database = solution.database
    place = database.masters.index(master)
    total, found = solution.total(master), dict[str, np.ndarray]()
    for k, counts in enumerate(database.stoichiometry):
        if counts[place]:
            others = [name for j, name in enumerate(database.masters) if counts[j] and j != place]
            label = "free" if not others else others[0]
            share = counts[place] * solution.molality[:, k] / total
            found[label] = found.get(label, np.zeros(len(total))) + share
    return found


def assumed(fluid: Fluid, database: Database) -> dict[str, float]:
    """What was not given of a plasma and was taken as normal, by field, in its unit."""
    if fluid.kind != "plasma":
        return {}
    given, found = fluid.values, {}
    for name, one in FIELDS.items():
        key = f"normal.{one.master}"
        if not one.master or name in given or name == "calcium_ionised" or key not in normal():
            continue
        if name == "calcium" and "calcium_ionised" in given:
            continue
        if name == "bicarbonate" and "pco2" in given:
            continue
        if one.master in database.masters:
            found[name] = normal()[key].value
    if "albumin" not in given and not {"calcium", "calcium_ionised"} <= given.keys():
        found["albumin"] = normal()["plasma.albumin_normal"].value
    if not ({"ph", "charge"} & given.keys() or {"pco2", "bicarbonate"} <= given.keys()):
        found["ph"] = 7.4
    if "temperature" not in given:
        found["temperature"] = BODY_TEMPERATURE
    return found


def _alike(fluids: Sequence[Fluid]) -> list[tuple[str, tuple[str, ...], np.ndarray]]:
    """Fluids for which the same was given: kind, fields, places."""
    groups: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for k, fluid in enumerate(fluids):
        groups.setdefault((fluid.kind, tuple(sorted(fluid.values))), []).append(k)
    return [(kind, keys, np.array(places)) for (kind, keys), places in groups.items()]


def _told(kind: str, solution: Solution) -> dict[str, np.ndarray]:
    """Columns of a solution; amounts per litre of plasma, or per kilogram of water."""
    per_litre = per_litre_plasma if kind == "plasma" else np.asarray
    free = solution.of("Ca+2")
    return {
        "ph": solution.ph,
        "pco2": solution.carbon_dioxide_pressure,
        "ionic_strength": solution.ionic_strength,
        "calcium": per_litre(solution.total("calcium")),
        "calcium_ionised": electrode_calcium(solution) if kind == "plasma" else free,
        "calcium_free": free,
        "phosphate": per_litre(solution.total("phosphate")),
    }


def _phosphate_at_threshold(
    kind: str, database: Database, base: str, given: Mapping[str, np.ndarray], solution: Solution
) -> np.ndarray:
    """Phosphate, mmol/L, at which each fluid would be at the threshold, all else as given; NaN: at none.

    pH is kept as it was found, and total calcium where that was given.
    """
    held = {key: value for key, value in given.items() if key not in ("ph", "charge")}
    if {"pco2", "bicarbonate"} <= held.keys():
        del held["pco2"]
    held["ph"] = solution.ph
    count, mineral, wanted = len(solution.ph), minerals()[AMORPHOUS], threshold(base).value
    low, high = np.full(count, np.log(_LEAST)), np.full(count, np.log(_MOST))
    for _ in range(_HALVINGS if count <= 2000 else _HALVINGS // 2):
        middle = (low + high) / 2.0
        at = index(speciated(kind, database, {**held, "phosphate": np.exp(middle)}, count), mineral)
        low, high = np.where(at < wanted, middle, low), np.where(at < wanted, high, middle)
    found = np.exp((low + high) / 2.0)
    inside = (found > 1.01 * _LEAST) & (found < 0.99 * _MOST) & np.isfinite(solution.ph)
    return np.where(inside, found, np.nan)
