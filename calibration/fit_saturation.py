"""Which constants make the closed form of saturation agree best with the full speciation?

    python -m calibration.fit_saturation [--write]

Fits calcis.chemistry.saturation to calcis.chemistry.solution at 37 °C on random fluids, once for each
database, and measures its largest errors on others; with --write both go into src/calcis/data/chemistry.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from scipy.optimize import least_squares

from calcis.chemistry.database import lg_k, read_database
from calcis.chemistry.mineral import BODY, minerals, saturation_index, solubility
from calcis.chemistry.saturation import FILES, FITTED, PARAMETERS, log_activities
from calcis.chemistry.solution import Solution, speciate
from calcis.parameters import data_path

SCRIPT = f"{Path(__file__).parent.name}/{Path(__file__).name}"
RANGE_FILE = "saturation_range.yaml"
SEED, COUNT = 2026, 4000
CHECKED = 40_000
CLINICAL_WEIGHT = 2.0
TOLERATED = 0.02  # the error from which on high powers of it take over
REFERENCE = {"reference_ph": 7.4}
NORMAL = {"calcium": 1.25, "phosphate": 1.15, "ph": 7.4}  # plasma, as in tissue/story.yaml
REST = {"salt": 144.2, "magnesium": 0.5}
SCALE = {"standard_concentration": 1000.0}
SHOWN = ("apatite", "amorphous", "octacalcium", "brushite")
SOLIDS = {
    "apatite": "hydroxyapatite",
    "amorphous": "amorphous_calcium_phosphate",
    "octacalcium": "octacalcium_phosphate",
    "brushite": "brushite",
}
START = (0.52, 0.0, -12.2, 0.5, 0.3, 0.01, 0.65, 0.05, 0.7, 0.02, 0.05, 1.0)  # of FITTED, not far from tables


@dataclass(frozen=True)
class Region:
    """Lowest and highest free calcium and total phosphate (mmol/L, uniform in lg) and pH of random fluids."""

    calcium: tuple[float, float]
    phosphate: tuple[float, float]
    ph: tuple[float, float]


CLINICAL = Region((0.5, 2.6), (0.2, 5.0), (6.6, 7.8))
WHOLE = Region((0.03, 10.0), (0.03, 30.0), (4.5, 8.3))
NEUTRAL = Region(WHOLE.calcium, WHOLE.phosphate, CLINICAL.ph)
REGIONS = {"clinical": CLINICAL, "neutral": NEUTRAL, "whole": WHOLE}


@dataclass(frozen=True)
class Fluids:
    """Random fluids: what the closed form is given, and the activities that the full speciation finds."""

    given: Mapping[str, np.ndarray]  # calcium, phosphate, ph
    rest: Mapping[str, np.ndarray]  # salt, magnesium
    engine: Solution

    def exact(self, solid: str) -> np.ndarray:
        """Saturation index by the full speciation."""
        mineral = minerals()[SOLIDS[solid]]
        return self.engine.saturation(mineral.dissolves_to, solubility(mineral).log_ksp())


def fluids(base: str, region: Region, count: int, seed: int) -> Fluids:
    """Fluids of a region: sodium, potassium, magnesium, bicarbonate and organic acids as in people.

    Chloride balances the charge, so that phosphate and calcium come and go without changing the salt.
    """
    random = np.random.default_rng(seed)

    def spread(low: float, high: float) -> np.ndarray:
        return np.asarray(np.exp(random.uniform(np.log(low), np.log(high), count)))

    calcium, phosphate = spread(*region.calcium), spread(*region.phosphate)
    ph = random.uniform(*region.ph, count)
    sodium, potassium = random.uniform(115.0, 165.0, count), random.uniform(2.5, 7.0, count)
    magnesium = spread(0.2, 1.2)
    totals = {
        "sodium": sodium,
        "potassium": potassium,
        "phosphate": phosphate,
        "carbonate": spread(3.0, 45.0),
        "lactate": spread(0.3, 15.0),
        "citrate": spread(0.02, 0.3),
        "sulphate": spread(0.2, 2.0),
        "chloride": np.full(count, 100.0),
    }
    free = {"calcium": calcium, "magnesium": magnesium}
    database = read_database(base)
    found = speciate(database, totals, ph=ph, free=free).require()
    for _ in range(3):
        totals["chloride"] = np.maximum(totals["chloride"] + found.charge, 1e-3)
        found = speciate(database, totals, ph=ph, free=free).require()
    assert np.abs(found.charge).max() < 0.1, "chloride cannot balance the charge"
    given = {"calcium": calcium, "phosphate": phosphate, "ph": ph}
    return Fluids(given, {"salt": sodium + potassium, "magnesium": magnesium}, found)


def constants(base: str) -> dict[str, float]:
    """What the closed form takes from the database and from minerals unchanged, at 37 °C."""
    database = read_database(base)
    of_interest = [database.species[database.place(name)] for name in ("OH-", "HPO4-2")]
    water, hydrogen_phosphate = lg_k(tuple(of_interest), np.array([BODY]))[0]
    solids = {f"{name}_log_ksp": solubility(minerals()[SOLIDS[name]]).log_ksp() for name in SHOWN[:3]}
    return {"water_log_k": water, "hydrogen_phosphate_log_k": hydrogen_phosphate, **solids}


def fit(base: str, start: Sequence[float] = START) -> dict[str, float]:
    """FITTED, by least squares and then by the eighth power of errors, which makes the largest one small."""
    points = [
        (fluids(base, CLINICAL, COUNT // 2, SEED), CLINICAL_WEIGHT),
        (fluids(base, WHOLE, COUNT, SEED), 1.0),
    ]
    places = [read_database(base).masters.index(name) for name in ("calcium", "phosphate")]
    fixed = {**REFERENCE, **SCALE, **constants(base), "water_log_activity": 0.0}

    def residuals(x: np.ndarray, power: int) -> np.ndarray:
        found = []
        for some, weight in points:
            v = SimpleNamespace(**fixed, **some.rest, **dict(zip(FITTED, x, strict=True)))
            lg = log_activities(v, **some.given)
            calcium = lg["calcium"] - some.engine.lg_activity[:, places[0]]
            phosphate = lg["phosphate"] - some.engine.lg_activity[:, places[1]]
            found += [5 * calcium * weight, 3 * phosphate * weight, (5 * calcium + 3 * phosphate) * weight]
        errors = np.concatenate(found) / TOLERATED
        return np.asarray(np.sign(errors) * np.abs(errors) ** (power / 2))

    x = np.array(start)
    lowest = np.where([name in ("calcium_activity", "phosphate_activity") for name in FITTED], -20.0, 0.0)
    for power in (2, 4, 8):
        scale = np.maximum(np.abs(x), 0.01)
        x = least_squares(residuals, x, bounds=(lowest, 20.0), x_scale=scale, args=(power,), max_nfev=400).x
    return dict(zip(FITTED, map(float, x), strict=True))


def complete(base: str, fitted: Mapping[str, float]) -> dict[str, float]:
    """All numbers of a surrogate, rounded as they are written."""
    water = fluids(base, CLINICAL, COUNT, SEED).engine.water_activity
    known = {**REFERENCE, **REST, **SCALE, **{name: float(f"{value:.5g}") for name, value in fitted.items()}}
    known = {name: 0.0 if name in fitted and abs(value) < 1e-5 else value for name, value in known.items()}
    for name, value in constants(base).items():
        known[name] = round(float(value), 4)
    known["water_log_activity"] = round(float(np.mean(np.log10(water))), 4)
    lg = log_activities(SimpleNamespace(**known), **NORMAL)
    return {**known, "reference_product": round(float(lg["calcium"] + lg["phosphate"]), 6)}


def largest_errors(
    base: str, numbers: Mapping[str, float], count: int = CHECKED, seed: int = SEED + 1
) -> dict[str, float]:
    """Largest difference of saturation indices from the full speciation, by mineral and region."""
    found = {}
    for name, region in REGIONS.items():
        some = fluids(base, region, count, seed)
        lg = log_activities(SimpleNamespace(**{**numbers, **some.rest}), **some.given)
        for solid in SHOWN:
            error = saturation_index(minerals()[SOLIDS[solid]], lg) - some.exact(solid)
            found[f"{solid}_{name}"] = float(np.max(np.abs(error)))
    return found


def stated(errors: Mapping[str, float]) -> dict[str, float]:
    """Errors as they are told: with a tenth to spare, rounded up to 0.005."""
    return {name: math.ceil(1.1 * error / 0.005) * 0.005 for name, error in errors.items()}


_SAYS = {
    "debye_hueckel": "A in lg γ = -A·z²·(√I/(1 + √I) - 0.3·I)",
    "calcium_activity": "what lg γ of Ca2+ is more than that",
    "phosphate_activity": "lg a of PO4 3- over that of HPO4 2-, less pH",
    "phosphate_strength": "ionic strength of HPO4 2- above that of the chloride in its place",
    "dihydrogen_strength": "H2PO4- per HPO4 2- at pH 7.4, for the ionic strength",
    "salt_phosphate": "NaHPO4- and KHPO4-, per HPO4 2- and mmol/L of salt",
    "dihydrogen_phosphate": "H2PO4-, per HPO4 2- at pH 7.4",
    "calcium_phosphate": "CaPO4-, per HPO4 2- at pH 7.4 and activity of calcium",
    "calcium_hydrogen_phosphate": "CaHPO4, per HPO4 2- and activity of calcium",
    "calcium_dihydrogen_phosphate": "CaH2PO4+, per HPO4 2- at pH 7.4 and activity of calcium",
    "magnesium_phosphate": "MgPO4-, per HPO4 2- at pH 7.4 and activity of magnesium",
    "magnesium_hydrogen_phosphate": "MgHPO4, per HPO4 2- and activity of magnesium",
    "water_log_k": "lg of a(H+)·a(OH-)/a(H2O)",
    "hydrogen_phosphate_log_k": "lg of a(HPO4 2-)/a(H+)/a(PO4 3-)",
    "water_log_activity": "mean of the clinical fluids",
    "reference_product": "lg of a(Ca2+)·a(PO4 3-) at calcium 1.25, phosphate 1.15 mmol/L and pH 7.4",
}
_NORMAL = 'kind: definition, source: "calcis: where H2PO4- and what pH binds are counted from"'
_KINDS = {
    **dict.fromkeys(REFERENCE, _NORMAL),
    "standard_concentration": 'kind: definition, source: "calcis: activities are on the scale of 1 mol/L"',
    "salt": 'kind: assumed, source: "calcis: a typical adult", note: "sodium 140 and potassium 4.2"',
    "magnesium": 'kind: assumed, source: "calcis: a typical adult", '
    'note: "free magnesium that full speciation finds in 0.85 mmol/L of plasma"',
    "amorphous_log_ksp": 'kind: assumed, source: "pmc_5445792: table 3, footnote c", '
    'note: "as in minerals.yaml, at 37 °C"',
    "apatite_log_ksp": 'kind: measured, source: "mcdowell_1977: abstract", '
    'note: "as in minerals.yaml, at 37 °C"',
    "octacalcium_log_ksp": 'kind: assumed, source: "pmc_7281443: table 4, 3.98e-98 for the doubled formula", '
    'note: "as in minerals.yaml, at 37 °C"',
}


def numbers_text(base: str, numbers: Mapping[str, float]) -> str:
    """The data file of one surrogate."""
    lines = [
        "# Saturation of body fluids at 37 °C in closed form (calcis.chemistry.saturation), fitted to the",
        f"# full speciation with the constants of databases/{base}.yaml and body_fluid.yaml.",
        f"# Written by {SCRIPT}; range and largest errors: {RANGE_FILE}.",
        "species: any",
        "parts:",
        "  saturation:",
    ]
    source = {"minteq": "minteq_v4", "phreeqc": "phreeqc_dat"}[base]
    made = f'kind: fitted, script: {SCRIPT}, source: "{source}: computed by full speciation", note: "%s"'
    for name, value in numbers.items():
        kind = _KINDS.get(name) or made % _SAYS[name]
        lines.append(f"    {name}: {{value: {value:.12g}, unit: {PARAMETERS[name]}, {kind}}}")
    return "\n".join(lines) + "\n"


def range_text(errors: Mapping[str, Mapping[str, float]]) -> str:
    """The data file of ranges and largest errors."""
    lines = [
        "# Where the closed form of saturation was fitted, and its largest error there (of an index,",
        f"# against the full speciation, on {CHECKED:,} random fluids; a tenth to spare, rounded up).",
        "# whole: the limits here.  neutral: pH 6.6-7.8.  clinical: also free calcium 0.5-2.6, phosphate",
        "# 0.2-5 mmol/L.  In all: sodium 115-165, potassium 2.5-7, free magnesium 0.2-1.2, bicarbonate 3-45,",
        f"# lactate 0.3-15 mmol/L; chloride balances the charge.  Written by {SCRIPT}.",
        "species: any",
        "parts:",
        "  saturation_range:",
    ]
    for name, unit in (("calcium", "mmol/L"), ("phosphate", "mmol/L"), ("ph", "1")):
        for end, value in zip(("lowest", "highest"), getattr(WHOLE, name), strict=True):
            lines.append(
                f"    {end}_{name}: {{value: {value:g}, unit: {unit}, kind: definition, "
                'source: "calcis: range of the computed fluids"}'
            )
    for base, found in errors.items():
        lines.append(f"  {base}:")
        for name, value in found.items():
            lines.append(
                f"    {name}: {{value: {value:.3f}, unit: 1, kind: fitted, script: {SCRIPT}, "
                'source: "calcis: largest error"}'
            )
    return "\n".join(lines) + "\n"


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and tell; write where asked to."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="write numbers and errors into the data files")
    options = parser.parse_args(arguments)
    texts, told = {}, {}
    for base, file in FILES.items():
        numbers = complete(base, fit(base))
        errors = largest_errors(base, numbers)
        told[base] = stated(errors)
        texts[file] = numbers_text(base, numbers)
        print(base, *(f"  {name} {value:.5g}" for name, value in numbers.items()), sep="\n")
        print(
            "largest errors",
            *(f"  {name} {value:.4f}" for name, value in errors.items()),
            sep="\n",
            flush=True,
        )
    texts[RANGE_FILE] = range_text(told)
    if options.write:
        for file, text in texts.items():
            data_path("chemistry", file).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
