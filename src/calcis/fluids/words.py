"""What does a saturation mean, in sentences that a physician can read?"""

from __future__ import annotations

import math
from functools import cache

import numpy as np

from calcis.chemistry.mineral import minerals
from calcis.fluids.form import FIELDS, in_system, shown, unit_shown
from calcis.fluids.solve import AMORPHOUS, APATITE, Found, assumed, threshold
from calcis.parameters import data_path, read_parameters
from calcis.units import convert
from calcis.wording import capital, digits, listed, per_cent

SHORT = {
    "hydroxyapatite": "hydroxyapatite",
    "carbonated_apatite": "carbonated apatite",
    "octacalcium_phosphate": "octacalcium phosphate",
    "amorphous_calcium_phosphate": "amorphous calcium phosphate",
    "amorphous_calcium_phosphate_1": "the first amorphous phase",
    "amorphous_calcium_phosphate_2": "the second amorphous phase",
    "beta_tricalcium_phosphate": "β-tricalcium phosphate",
    "calcium_oxalate_monohydrate": "calcium oxalate monohydrate",
    "calcium_oxalate_dihydrate": "calcium oxalate dihydrate",
}
_CLOSE = 0.1  # of saturation index, by which the threshold is uncertain


def short(mineral: str) -> str:
    """The name of a mineral in a sentence."""
    return SHORT.get(mineral, mineral.replace("_", " "))


def signed(value: float) -> str:
    """A saturation index, with its sign; in words where part of the mineral is absent."""
    if math.isnan(value):
        return "not known"
    return "absent" if math.isinf(value) else f"{value:+.2f}".replace("-", "−")


def supersaturated(found: Found, k: int) -> list[str]:
    """Minerals with which a fluid is supersaturated, the most first."""
    there = {name: values[k] for name, values in found.indices.items() if values[k] > 0}
    return sorted(there, key=lambda name: -there[name])


def above(found: Found, k: int) -> bool:
    """Whether amorphous calcium phosphate forms where nothing holds it back."""
    return bool(found.columns["distance"][k] >= 0)


def verdict(found: Found, k: int) -> str:
    """In a few words, for a table."""
    if k in found.reasons:
        return "cannot be"
    away = found.columns["distance"][k]
    if not math.isfinite(away):
        return "no phosphate or calcium"
    side = "above" if away >= 0 else "below"
    return f"{side}, in doubt" if abs(away) < _CLOSE else side


def sentences(found: Found, k: int, system: str = "si") -> list[str]:
    """What a fluid is supersaturated with, where the threshold is, and in which form its calcium is."""
    if k in found.reasons:
        return [f"This fluid cannot be: {found.reasons[k]}."]
    return [_minerals(found, k), *_threshold(found, k, system), _calcium(found, k, system)]


def _calcium(found: Found, k: int, system: str) -> str:
    one, plasma = found.columns, found.fluids[k].kind == "plasma"
    shares = {label: values[k] for label, values in found.shares["calcium"].items()}
    if not one["calcium"][k] > 0:
        return "There is no calcium in it."
    total, ionised = (
        f"{digits(in_system(name, one[name][k], system))} {unit_shown(name, system)}"
        for name in ("calcium", "calcium_ionised")
    )
    small = {
        label: share for label, share in shares.items() if label not in ("free", "protein") and share >= 0.005
    }
    first = sorted(small, key=lambda label: -small[label])
    complexes = sum(share for label, share in shares.items() if label not in ("free", "protein"))
    names = [f"{_anion(label)} {per_cent(small[label])}" for label in first]
    in_small = f"{per_cent(complexes)} is in complexes" + (f" ({', '.join(names)})" if names else "")
    if plasma:
        return (
            f"Of {total} of calcium, {per_cent(shares['free'])} is free (an electrode would tell {ionised} "
            f"of plasma water), {per_cent(shares.get('protein', 0.0))} is bound to protein, and {in_small}."
        )
    return f"Of {total} of calcium, {per_cent(shares['free'])} is free ({ionised}) and {in_small}."


def _anion(label: str) -> str:
    return "bicarbonate and carbonate" if label == "carbonate" else label


def _minerals(found: Found, k: int) -> str:
    there = supersaturated(found, k)
    if not there:
        return "It is supersaturated with none of the minerals that are known here."
    text = f"It is supersaturated with {listed([short(name) for name in there])}"
    if APATITE in there and found.fluids[k].kind == "plasma":
        return (
            f"{text}. Supersaturation with apatite is normal: all plasma has it, so that apatite never "
            "dissolves there. It does not form by itself either, because crystals must first nucleate."
        )
    return f"{text}: these can grow in it where crystals are, and cannot dissolve."


def _threshold(found: Found, k: int, system: str) -> list[str]:
    away, at = found.columns["distance"][k], found.indices[AMORPHOUS][k]
    if not math.isfinite(away):
        return []
    side = "above" if away >= 0 else "below"
    text = (
        f"Amorphous calcium phosphate, the first to form, has a saturation index of {signed(at)}, "
        f"{abs(away):.2f} {side} the threshold of {signed(found.threshold)} from which mineral forms "
        "where nothing holds it back"
    )
    if abs(away) < _CLOSE:
        text += f"; that is nearer than the threshold is known, to about {_CLOSE:g}"
    said = [f"{text}."]
    there = found.columns["phosphate_at_threshold"][k]
    if math.isfinite(there):
        now = found.columns["phosphate"][k]
        ratio = f", {digits(there / now)} times what it is" if now > 0 else ""
        amount = f"{digits(in_system('phosphate', there, system))} {unit_shown('phosphate', system)}"
        said.append(f"With phosphate of {amount}{ratio}, all else equal, it would be there.")
    pyrophosphate = found.fluids[k].values.get("pyrophosphate")
    if pyrophosphate is None:
        pyrophosphate = assumed(found.fluids[k], found.database).get("pyrophosphate", 0.0)
    if pyrophosphate > 0:
        raised = _raised(pyrophosphate)
        amount = f"{digits(pyrophosphate * 1e3)} µmol/L"
        rest = away - raised
        said.append(
            f"Pyrophosphate of {amount}, where nothing destroys it, raises the threshold by {raised:.2f}: "
            f"this fluid is {abs(rest):.2f} {'above' if rest >= 0 else 'below'} that. Other inhibitors are "
            "not counted."
        )
    return said


def _raised(pyrophosphate: float) -> float:
    """By how much pyrophosphate (mmol/L) raises the threshold: lg(1 + c/K)."""
    return math.log10(1.0 + pyrophosphate / _half())


@cache
def _half() -> float:
    """Pyrophosphate that doubles what nucleation asks for, mmol/L."""
    half = read_parameters(data_path("chemistry", "inhibitors.yaml"))["pyrophosphate.half_nucleation"]
    return convert(half.value, half.unit, "mmol/L")


def together(found: Found) -> list[str]:
    """What many fluids are like together."""
    count = len(found.fluids)
    possible = found.possible
    over = int(sum(above(found, k) for k in possible))
    near = int(np.sum(np.abs(found.columns["distance"][possible]) < _CLOSE))
    verb = "is" if over == 1 else "are"
    said = [
        f"{over} of {len(possible)} fluids {verb} above the threshold of {signed(found.threshold)} from "
        "which amorphous calcium phosphate forms where nothing holds it back.",
        f"Within {_CLOSE:g} of the threshold, which is how well it is known: {near}.",
    ]
    for name in (APATITE, "octacalcium_phosphate", "brushite"):
        many = int(np.sum(found.indices[name][possible] > 0))
        said.append(f"Supersaturated with {short(name)}: {many}.")
    if len(possible) < count:
        said.append(f"Cannot be: {count - len(possible)}, each for a reason that is told with it.")
    return said


def basis(found: Found) -> list[str]:
    """What all of it rests on: constants, solubility, threshold."""
    known = threshold(found.base)
    said = {"middle": "the middle", "lowest": "the least", "highest": "the most"}[found.end]
    return [
        f"Constants: {found.database.name}. Solubility products: {said} of what sources report.",
        f"The threshold, {signed(known.value)} in the middle of the solubilities, is no solubility "
        f"but what fits, and belongs to {found.base} alone: {known.note} ({known.kind}). How far a fluid is "
        "from it does not depend on the choice of solubility.",
    ]


def assumptions(found: Found, k: int, system: str = "si") -> str:
    """What was not given of a fluid and taken as normal, in a sentence; "" where nothing was."""
    taken = assumed(found.fluids[k], found.database)
    if not taken:
        return ""
    parts = []
    for name, value in taken.items():
        amount = f"{digits(value * 1e3)} µmol/L" if name == "pyrophosphate" else shown(name, value, system)
        parts.append(f"{FIELDS[name].title} {amount}" if name != "ph" else f"pH {value:.2f}")
    return f"Assumed, as in a healthy adult: {', '.join(parts)}."


def remarks(found: Found, k: int, system: str = "si") -> list[str]:
    """Values of plasma that hardly anybody has lived with: a wrong unit is likely."""
    said = []
    fluid = found.fluids[k]
    for name, value in fluid.values.items():
        ends = FIELDS[name].plausible
        if fluid.kind == "plasma" and ends and not ends[0] <= value <= ends[1]:
            low = f"{in_system(name, ends[0], system):.3g}"
            high = f"{in_system(name, ends[1], system):.3g} {unit_shown(name, system)}".strip()
            said.append(
                f"{_capital(name)} of {shown(name, value, system)} is outside {low} to {high}, "
                "what people have lived with: is the unit right?"
            )
    return said


def title(mineral: str) -> str:
    """The mineral with its formula."""
    return minerals()[mineral].title


def _capital(name: str) -> str:
    return "pH" if name == "ph" else capital(FIELDS[name].title)
