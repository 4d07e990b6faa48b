"""How supersaturated is a body fluid?  In closed form, for laws that run in every voxel and step.

At 37 °C, from free calcium, total phosphate and pH, without solving for the species: what phosphate is bound
to (protons, calcium, magnesium, sodium) is a sum of terms, and the ionic strength an estimate.  The constants
are fitted to the full speciation (calcis.chemistry.solution) by calibration/fit_saturation.py, one set for
each database of association constants; a threshold fitted with one must never be used with another.  Range
and largest errors stand in data/chemistry/saturation_range.yaml.

>>> minteq = surrogate("minteq")
>>> normal = log_activities(minteq, calcium=1.25, phosphate=1.15, ph=7.4)
>>> from calcis.chemistry.mineral import minerals, saturation_index
>>> round(saturation_index(minerals()["hydroxyapatite"], normal), 1)
9.6
"""

from __future__ import annotations

import math
from types import SimpleNamespace
from typing import Any

from calcis.elementary import Value, exp, log10, maximum, minimum, sqrt
from calcis.errors import InputError, nearest
from calcis.parameters import data_path, read_parameters

_LN10 = math.log(10.0)
_POOREST = 1e-9  # mmol/L; a fluid poorer than this is undersaturated in everything, logarithms stop here
_PEAK = (
    0.3949793385896  # mol/L, where Davies' law has its least activity and is flat; richer fluids stay there
)

FILES = {"minteq": "saturation.yaml", "phreeqc": "saturation_phreeqc.yaml"}

FITTED = {
    "debye_hueckel": "1",
    "calcium_activity": "1",
    "phosphate_activity": "1",
    "phosphate_strength": "1",
    "dihydrogen_strength": "1",
    "salt_phosphate": "L/mmol",
    "dihydrogen_phosphate": "1",
    "calcium_phosphate": "L/mmol",
    "calcium_hydrogen_phosphate": "L/mmol",
    "calcium_dihydrogen_phosphate": "L/mmol",
    "magnesium_phosphate": "L/mmol",
    "magnesium_hydrogen_phosphate": "L/mmol",
}
COMPUTED = {
    "water_log_k": "1",
    "hydrogen_phosphate_log_k": "1",
    "water_log_activity": "1",
    "reference_product": "1",
    "amorphous_log_ksp": "1",
    "octacalcium_log_ksp": "1",
    "apatite_log_ksp": "1",
}
REFERENCE = {"reference_ph": "1"}
REST = {"salt": "mmol/L", "magnesium": "mmol/L"}  # of the fluid: sodium with potassium, and free magnesium
SCALE = {"standard_concentration": "mmol/L"}  # at which an ideal ion has an activity of 1: 1 mol/L
PARAMETERS = REFERENCE | REST | SCALE | FITTED | COMPUTED
RANGE = {
    "lowest_calcium": "mmol/L",
    "highest_calcium": "mmol/L",
    "lowest_phosphate": "mmol/L",
    "highest_phosphate": "mmol/L",
    "lowest_ph": "1",
    "highest_ph": "1",
}


def ten_to(x: Value) -> Value:
    """10 to the power x."""
    return exp(_LN10 * x)


def log_activities(v: Any, calcium: Value, phosphate: Value, ph: Value) -> dict[str, Value]:
    """lg of activities (mol/L) in a fluid of free calcium and total phosphate (mmol/L); `v` has PARAMETERS.

    With H = 10^(7.4 - pH), y = 10^(A·f(I)) the inverse activity coefficient of a single charge by Davies,
    a = c/y⁴ of Ca and Mg, S of salt: lg a_PO₄ = lg(P/1 mol/L) + b + pH - lg(y⁴ + k·S + d·H·y
    + a_Ca·(c₀·y/H + c₁ + c₂·H·y) + a_Mg·(m₀·y/H + m₁)), terms in the order HPO₄²⁻, NaHPO₄⁻, H₂PO₄⁻, CaPO₄⁻,
    CaHPO₄, CaH₂PO₄⁺, MgPO₄⁻, MgHPO₄.  Named as minerals name what they dissolve to.
    """
    calcium, phosphate = maximum(calcium, _POOREST), maximum(phosphate, _POOREST)
    hydrogen = ten_to(v.reference_ph - ph)
    bound = v.debye_hueckel * _davies(_ionic_strength(v, calcium, phosphate, hydrogen))
    y = ten_to(bound)
    divalent = y * y * y * y
    acid = hydrogen * y
    base = y / hydrogen
    free = divalent + v.salt_phosphate * v.salt + v.dihydrogen_phosphate * acid
    by_calcium = (
        v.calcium_phosphate * base + v.calcium_hydrogen_phosphate + v.calcium_dihydrogen_phosphate * acid
    )
    by_magnesium = v.magnesium_phosphate * base + v.magnesium_hydrogen_phosphate
    forms = free + (calcium * by_calcium + v.magnesium * by_magnesium) / divalent
    ion = log10(phosphate / v.standard_concentration / forms) + v.phosphate_activity + ph
    return {
        "calcium": log10(calcium / v.standard_concentration) + v.calcium_activity - 4.0 * bound,
        "phosphate": ion,
        "hydrogen": -ph,
        "OH-": v.water_log_k + v.water_log_activity + ph,
        "HPO4-2": ion + v.hydrogen_phosphate_log_k - ph,
        "H2O": v.water_log_activity,
    }


def _ionic_strength(v: Any, calcium: Value, phosphate: Value, hydrogen: Value) -> Value:
    """Ionic strength (mol/L) where chloride balances charges, S + 3·(Ca + Mg) + s·P/(1 + r·H); capped."""
    divalent_share = v.phosphate_strength / (1.0 + v.dihydrogen_strength * hydrogen)
    strength = v.salt + 3.0 * (calcium + v.magnesium) + phosphate * divalent_share
    return minimum(strength / v.standard_concentration, _PEAK)


def _davies(strength: Value) -> Value:
    root = sqrt(strength)
    return root / (1.0 + root) - 0.3 * strength


def surrogate(database: str) -> SimpleNamespace:
    """PARAMETERS fitted to the speciation with a base of constants, "minteq" or "phreeqc", by their names."""
    if database not in FILES:
        raise InputError(f"one of {', '.join(FILES)}", repr(database), nearest=nearest(database, FILES))
    found = read_parameters(data_path("chemistry", FILES[database]), {"saturation": PARAMETERS})
    return SimpleNamespace(**{name.partition(".")[2]: number.value for name, number in found.items()})
