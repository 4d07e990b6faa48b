"""At which composition are the lines of a picture drawn, and where do they run?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calcis.chemistry.plasma import per_litre_plasma
from calcis.chemistry.solution import BODY_TEMPERATURE
from calcis.fluids.solve import (
    AMORPHOUS,
    Found,
    index,
    possible_minerals,
    shift,
    speciated,
    threshold,
)

_COLUMNS, _ROWS = 41, 81


@dataclass(frozen=True, eq=False)
class Reference:
    """The fluid asked about, or the median of those for which the same was given.

    `held` are its totals, in the units of calcis.fluids.form, with protein's sites and temperature.
    """

    kind: str
    many: int
    ph: float
    held: dict[str, float]
    places: np.ndarray  # of the fluids that are of its kind


def reference(found: Found) -> Reference | None:
    """The composition for the lines; None where no fluid can be."""
    groups: dict[tuple[str, tuple[str, ...]], list[int]] = {}
    for k in found.possible.tolist():
        one = found.fluids[k]
        groups.setdefault((one.kind, tuple(sorted(one.values))), []).append(k)
    if not groups:
        return None
    (kind, keys), places = max(groups.items(), key=lambda item: len(item[1]))
    values = {key: float(np.median([found.fluids[k].values[key] for k in places])) for key in keys}
    solution = speciated(kind, found.database, {key: np.array([value]) for key, value in values.items()})
    if solution.reasons:  # the median of possible fluids need not be one
        values = dict(found.fluids[places[0]].values)
        solution = speciated(kind, found.database, {key: np.array([value]) for key, value in values.items()})
    per_litre = per_litre_plasma if kind == "plasma" else np.asarray
    held = {
        ("bicarbonate" if master == "carbonate" else master): float(per_litre(solution.total(master))[0])
        for master in found.database.masters
        if master != "protein"
    }
    if kind == "plasma":
        held["protein_sites"] = float(per_litre(solution.total("protein"))[0])
    held["temperature"] = values.get("temperature", BODY_TEMPERATURE)
    all_of_kind = np.array([k for k in found.possible.tolist() if found.fluids[k].kind == kind], int)
    return Reference(kind, len(all_of_kind), float(solution.ph[0]), held, all_of_kind)


def over_ph(one: Reference, found: Found, ph: np.ndarray) -> dict[str, np.ndarray]:
    """Saturation indices at each pH, the totals held, of minerals of which no part is absent."""
    solution = speciated(one.kind, found.database, {**_spread(one.held, len(ph)), "ph": ph}, len(ph))
    known = possible_minerals(found.database)
    curves = {name: index(solution, mineral) + shift(name, found.end) for name, mineral in known.items()}
    return {name: values for name, values in curves.items() if np.isfinite(values).all()}


def boundaries(
    one: Reference,
    found: Found,
    calcium: tuple[float, float],
    phosphate: tuple[float, float],
    minerals: tuple[str, ...],
) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """Phosphate from which a fluid is supersaturated with each mineral, over calcium, both mmol/L.

    Calcium is ionised in plasma and total in a solution.  "threshold" is that of amorphous calcium
    phosphate.  0 where all of the picture is above, infinite where none of it.
    """
    x, y = np.geomspace(*calcium, _COLUMNS), np.geomspace(*phosphate, _ROWS)
    name = "calcium_ionised" if one.kind == "plasma" else "calcium"
    rest = {key: value for key, value in one.held.items() if key not in ("calcium", "phosphate")}
    grid = {**_spread(rest, x.size * y.size), name: np.repeat(x, y.size), "phosphate": np.tile(y, x.size)}
    grid["ph"] = np.full(x.size * y.size, one.ph)
    solution = speciated(one.kind, found.database, grid, x.size * y.size)
    known = possible_minerals(found.database)
    lines = {}
    for mineral in minerals:
        at = index(solution, known[mineral]) + shift(mineral, found.end)
        lines[mineral] = _first(at.reshape(x.size, y.size), y)
    at = index(solution, known[AMORPHOUS]) - threshold(found.base).value
    lines["threshold"] = _first(at.reshape(x.size, y.size), y)
    return x, lines


def _spread(values: dict[str, float], count: int) -> dict[str, np.ndarray]:
    return {key: np.full(count, value) for key, value in values.items()}


def _first(above: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Where each row first rises through 0, between points on the logarithm of y."""
    found = np.full(len(above), np.inf)
    for k, row in enumerate(above):
        over = np.flatnonzero(row >= 0)
        if not len(over):
            continue
        j = int(over[0])
        if j == 0:
            found[k] = 0.0
            continue
        share = -row[j - 1] / (row[j] - row[j - 1])
        found[k] = np.exp(np.log(y[j - 1]) + share * (np.log(y[j]) - np.log(y[j - 1])))
    return found
