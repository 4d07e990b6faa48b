"""How do fluids leave: as one JSON object, or as a CSV table with a row for each?"""

from __future__ import annotations

import csv
import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from calcis.errors import InputError
from calcis.fluids.form import FIELDS, in_system, unit_shown
from calcis.fluids.solve import Found, assumed, threshold
from calcis.fluids.words import basis, remarks, sentences

_UNITS = {
    "ph": "",
    "pco2": "mmHg",
    "ionic_strength": "mol/kg",
    "calcium_free": "mmol/kg",
    "distance": "",
}  # those of no field; what is a field has its own


def as_json(found: Found, wrong: Sequence[InputError] = (), unused: Sequence[str] = ()) -> dict[str, Any]:
    """All fluids as JSON, in SI units; what is not known, or absent, is null."""
    known = threshold(found.base)
    places = ("file", "line", "column", "expected", "got", "nearest")
    return {
        "database": found.database.name,
        "solubility": found.end,
        "threshold": {
            "value": _number(found.threshold),
            "kind": known.kind,
            "source": known.source,
            "note": known.note,
        },
        "fluids": [_fluid(found, k) for k in range(len(found.fluids))],
        "errors": [{name: getattr(one, name) for name in places} for one in wrong],
        "unused": list(unused),
        "basis": basis(found),
    }


def _fluid(found: Found, k: int) -> dict[str, Any]:
    fluid = found.fluids[k]
    taken = assumed(fluid, found.database)
    said = {
        "name": fluid.name,
        "line": fluid.place[1] if fluid.place else None,
        "fluid": fluid.kind,
        "given": _fields(dict(fluid.values)),
        "assumed": _fields(taken),
        "failure": found.reasons.get(k),
        "sentences": sentences(found, k),
        "remarks": remarks(found, k),
    }
    if k in found.reasons:
        return said
    values = {name: {"value": _number(found.columns[name][k]), "unit": _unit(name)} for name in _NAMES}
    indices = {}
    for name, every in found.indices.items():
        low, high = found.range(name, k)
        indices[name] = {"value": _number(every[k]), "least": _number(low), "most": _number(high)}
    shares = {
        master: {label: _number(values[k]) for label, values in by.items() if values[k] > 0}
        for master, by in found.shares.items()
    }
    return {**said, "values": values, "shares": shares, "saturation_index": indices}


_NAMES = (
    "ph", "pco2", "ionic_strength", "calcium", "calcium_ionised", "calcium_free", "phosphate", "distance",
    "phosphate_at_threshold",
)  # fmt: skip


def _unit(name: str) -> str:
    return _UNITS.get(name, "mmol/L")


def _fields(values: dict[str, float]) -> dict[str, Any]:
    return {
        name: {"value": in_system(name, value, "si"), "unit": unit_shown(name, "si")}
        for name, value in values.items()
    }


def _number(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def write_csv(found: Found, path: Path, system: str = "si") -> None:
    """A row for each fluid, with its name, what came out, and why where nothing did.

    Raises InputError for a file that is there already or cannot be written.
    """
    header = ["name", "line"]
    parts: list[tuple[str, str]] = []  # name and field in whose unit it is
    for name in _NAMES:
        key = "phosphate" if name == "phosphate_at_threshold" else name
        unit = unit_shown(key, system) if key in FIELDS else _UNITS[name]
        header.append(f"{name} [{unit}]" if unit else name)
        parts.append((name, key))
    shares = {f"calcium_{label}": values for label, values in found.shares["calcium"].items()}
    header += [f"{label}_share" for label in shares] + [f"si_{name}" for name in found.indices]
    rows = []
    for k, fluid in enumerate(found.fluids):
        cells: list[float] = []
        for name, key in parts:
            value = float(found.columns[name][k])
            cells.append(in_system(key, value, system) if key in FIELDS else value)
        cells += [float(values[k]) if k not in found.reasons else math.nan for values in shares.values()]
        cells += [float(values[k]) for values in found.indices.values()]
        line = fluid.place[1] if fluid.place else ""
        words = [f"{cell:.6g}" if math.isfinite(cell) else "" for cell in cells]
        rows.append([fluid.name, line, *words, found.reasons.get(k, "")])
    try:
        with path.open("x", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([[*header, "failure"], *rows])
    except FileExistsError:
        raise InputError("a new file; name another with --out", "one that is there already").at(
            path
        ) from None
    except OSError as problem:
        raise InputError("a file that can be written", problem.strerror or str(problem)).at(path) from None
