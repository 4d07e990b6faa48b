"""Which numbers let the body's closed form of calcium binding follow the speciation of plasma best?

    python -m calibration.fit_binding [--write]

Fits the numbers of `calcium_binding` in data/body/calcis.yaml to ionised and ultrafilterable calcium of
plasma as calcis.chemistry has them (constants of minteq.v4), over the clinical range, and says how far off
they are on other plasma of that range.  With --write they go into the data file, and that into
calibration/binding.md.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import product
from pathlib import Path
from types import SimpleNamespace

import numpy as np
from scipy.optimize import least_squares
from scipy.stats import qmc

from calcis.body.calcis.calcium_binding import CALCIUM_BINDING
from calcis.chemistry.database import read_database
from calcis.chemistry.plasma import electrode_calcium, numbers, plasma
from calcis.parameters import data_path, read_parameters, read_text
from calibration.data_file import Fitted, rewritten

HERE = Path(__file__).parent
SCRIPT = f"{HERE.name}/{Path(__file__).name}"
DATABASE = "minteq"
FIXED = ("albumin", "albumin_normal", "albumin_share", "albumin_volume", "plasma_water")
RANGE = {  # of laboratory values, per litre of plasma
    "calcium": (1.2, 4.5, "mmol/L"),
    "phosphate": (0.4, 4.0, "mmol/L"),
    "albumin": (15.0, 50.0, "g/L"),
    "pH": (7.0, 7.7, ""),
    "bicarbonate": (8.0, 40.0, "mmol/L"),
    "magnesium": (0.4, 2.5, "mmol/L"),
}
TARGET = 0.01  # mmol/L of ionised calcium
ROUNDS = (2, 4, 8, 16)  # powers of the error: the last ones care for the largest
DIGITS = 6


@dataclass(frozen=True)
class Binding:
    """Calcium of plasma: ionised as an electrode tells it, ultrafilterable per litre of water; mmol/L."""

    ionised: np.ndarray
    ultrafilterable: np.ndarray


def some_plasma(count: int, seed: int) -> dict[str, np.ndarray]:
    """Laboratory values: the corners of RANGE, `count` points of its faces and edges, `count` inside."""
    inside = qmc.Sobol(len(RANGE), seed=seed).random(count)
    outside = np.random.default_rng(seed).choice([0.0, 0.5, 1.0], size=(count, len(RANGE)))
    corners = np.array(list(product((0.0, 1.0), repeat=len(RANGE))))
    places = np.vstack([corners, np.where(outside == 0.5, inside, outside), inside])
    return {name: low + (high - low) * places[:, k] for k, (name, (low, high, _)) in enumerate(RANGE.items())}


def speciated(labs: Mapping[str, np.ndarray], database: str = DATABASE) -> Binding:
    """By full speciation.  Chloride gives way to bicarbonate; all else that is not in `labs` is normal."""
    normal = {name: numbers()[f"normal.{name}"].value for name in ("carbonate", "chloride")}
    body, bicarbonate = body_numbers(), labs["bicarbonate"]
    usual = body["acid_base.bicarbonate_normal"]
    dissolved = normal["carbonate"] / usual - 1.0  # carbon dioxide over bicarbonate at the normal pH
    totals = {
        "carbonate": bicarbonate * (1.0 + dissolved * 10.0 ** (body["acid_base.ph_normal"] - labs["pH"])),
        "chloride": normal["chloride"] + usual - bicarbonate,
        **{name: labs[name] for name in ("calcium", "phosphate", "magnesium")},
    }
    fluid = plasma(read_database(database), totals, albumin=labs["albumin"], ph=labs["pH"]).require()
    return Binding(electrode_calcium(fluid), fluid.total("calcium") - fluid.of("CaProtein+"))


@cache
def body_numbers() -> Mapping[str, float]:
    """The numbers of the body by dotted name."""
    return {name: one.value for name, one in read_parameters(data_path("body", "calcis.yaml")).items()}


def closed_form(labs: Mapping[str, np.ndarray], binding: Mapping[str, float]) -> Binding:
    """By the laws of the body, in a litre of plasma: the fluid is its water, and protein is in all of it."""
    body = body_numbers()
    law = {name: signal.law for name, signal in CALCIUM_BINDING.gives.items()}
    v = SimpleNamespace(
        **{
            name.partition(".")[2]: value
            for name, value in body.items()
            if name.startswith("calcium_binding.")
        }
    )
    for name, value in binding.items():
        setattr(v, name, value)
    v.albumin_volume = 1.0
    v.extracellular_volume = v.extracellular_volume_normal = v.plasma_water
    v.extracellular_volume_relative = 1.0
    v.calcium_ionised_plasma_normal = body["plasma.calcium_ionised_normal"]
    v.phosphate_plasma_normal = body["plasma.phosphate_normal"]
    v.magnesium_plasma_normal = body["plasma.magnesium_normal"]
    v.albumin, v.calcium_extracellular = labs["albumin"], labs["calcium"]
    v.phosphate_plasma, v.magnesium_plasma = labs["phosphate"], labs["magnesium"]
    v.bicarbonate_relative = labs["bicarbonate"] / body["acid_base.bicarbonate_normal"]
    v.ph_shift = labs["pH"] - body["acid_base.ph_normal"]
    for name in (
        "calcium_protein_sites",
        "calcium_extracellular_normal",
        "calcium_protein_half",
        "calcium_ultrafilterable_ratio",
        "calcium_ionised_plasma",
        "calcium_ultrafilterable_plasma",
    ):
        setattr(v, name, law[name](v))
    return Binding(v.calcium_ionised_plasma, v.calcium_ultrafilterable_plasma)


def fitted(begin: Mapping[str, float], labs: Mapping[str, np.ndarray]) -> dict[str, float]:
    """The numbers for which the largest errors are least, in ionised and ultrafilterable calcium alike."""
    wanted, names = speciated(labs), list(begin)

    def errors(logs: np.ndarray, power: float) -> np.ndarray:
        found = closed_form(labs, dict(zip(names, np.exp(logs), strict=True)))
        both = np.concatenate(
            [found.ionised - wanted.ionised, (found.ultrafilterable - wanted.ultrafilterable) / 1.5]
        )
        return np.asarray(np.sign(both) * np.abs(both / TARGET) ** (power / 2.0))

    at = np.log(list(begin.values()))
    for power in ROUNDS:
        # logarithms: every number is above 0, and none runs away
        at = least_squares(errors, at, bounds=(-12.0, 6.0), args=(power,), max_nfev=60).x
        print(f"power {power}: largest {np.abs(errors(at, 2.0)).max() * TARGET:.4f} mmol/L", flush=True)
    return {name: float(f"{np.exp(one):.{DIGITS}g}") for name, one in zip(names, at, strict=True)}


REPORT = """# Calibration: binding of calcium in the body of Calcis

Written by `python -m {module}`. The body has a closed form in place of full speciation; these
are its errors on {count} plasma that it was not fitted to, more than half of them on faces, edges and corners
of this range:

| laboratory value | from | to |
|---|---|---|
{labs}

Errors in mmol/L where total calcium is given; of ionised calcium at most {target:g} is wanted. The body is
fitted to {database}. How far it is from other constants tells how much chemistry itself leaves open.

| constants of | ionised: largest | rms | ultrafilterable: largest | rms |
|---|---|---|---|---|
{errors}

Ionised calcium is what an electrode tells: activity over the activity coefficient at an ionic strength of
0.160 mol/kg. Ultrafilterable calcium is per litre of water, total calcium per litre of plasma. Chloride gives
way to bicarbonate, so that ionic strength stays near that of normal plasma, and citrate, sulphate and lactate
are normal: of more of them the closed form knows nothing.
"""


def report(binding: Mapping[str, float]) -> str:
    """How well the closed form follows, on plasma that it was not fitted to."""
    labs = some_plasma(8192, seed=2)
    found, rows = closed_form(labs, binding), []
    for base in (DATABASE, "phreeqc"):
        wanted = speciated(labs, base)
        off = (found.ionised - wanted.ionised, found.ultrafilterable - wanted.ultrafilterable)
        cells = (f"{np.abs(one).max():.4f} | {np.sqrt(np.mean(one**2)):.4f}" for one in off)
        rows.append(f"| {base} | {' | '.join(cells)} |")
    return REPORT.format(
        module=f"{HERE.name}.{Path(__file__).stem}",
        count=len(labs["calcium"]),
        labs="\n".join(
            f"| {name} | {low:g} | {high:g} {unit} |".replace("  ", " ")
            for name, (low, high, unit) in RANGE.items()
        ),
        target=TARGET,
        database=DATABASE,
        errors="\n".join(rows),
    )


def _write(binding: Mapping[str, float]) -> None:
    path = data_path("body", "calcis.yaml")
    numbers = {
        f"calcium_binding.{name}": Fitted(
            f"{value:g}", SCRIPT, f"calcis: chemistry, with {DATABASE}.yaml and body_fluid.yaml", ""
        )
        for name, value in binding.items()
    }
    path.write_text(rewritten(read_text(path), str(path), numbers), "utf-8")
    (HERE / "binding.md").write_text(report(binding), "utf-8")


def main(arguments: Sequence[str] | None = None) -> int:
    """Fit and tell."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="write numbers and report where they are kept")
    options = parser.parse_args(arguments)
    names = [name for name in CALCIUM_BINDING.parameters if name not in FIXED]
    begin = {name: body_numbers()[f"calcium_binding.{name}"] for name in names}
    binding = fitted(begin, some_plasma(4096, seed=1))
    print(*(f"{name} {value:g}" for name, value in binding.items()), sep="\n")
    print(report(binding))
    if options.write:
        _write(binding)
    return 0


if __name__ == "__main__":
    sys.exit(main())
