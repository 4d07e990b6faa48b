"""How much of plasma calcium is free, how much complexed, how much bound to protein, at which pH?

A closed form in place of calcis.chemistry, to which calibration/fit_binding.py fits its numbers.  Ionised
calcium is what an electrode tells; ultrafilterable calcium is per litre of water, as in an ultrafiltrate;
total and bound calcium are per litre of plasma.
"""

from __future__ import annotations

import math
from typing import Any

from calcis.elementary import Value, exp, sqrt
from calcis.part import Part, Signal


def _ten_to(x: Value) -> Value:
    return exp(math.log(10.0) * x)


def _relative_sites(v: Any) -> Value:
    """Sites of plasma protein over normal: s·a + 1 − s, a albumin over normal."""
    return v.albumin_share * v.albumin / v.albumin_normal + 1.0 - v.albumin_share


def _sites(v: Any) -> Value:
    """Calcium-binding sites of plasma protein, mmol/L of plasma."""
    return v.protein_sites * _relative_sites(v)


def _ratio_at(
    v: Any, calcium: Value, phosphate: Value, magnesium: Value, bicarbonate: Value, alkali: Value
) -> Value:
    """κ = 1 + citrate/(k + m·Mg + x) + b·h·(1 + c·(A − 1)) + f·P·(1 + t·A)/(1 + p/A + u·x + w·Mg).

    Ultrafilterable over ionised calcium at a `calcium` x that citrate and phosphate see; h bicarbonate over
    normal, A the `alkali`, 10^(pH − normal): carbonate and the phosphates follow it.
    """
    citrate = v.citrate / (v.citrate_half + v.citrate_magnesium * magnesium + calcium)
    carbonate = v.complexed_bicarbonate * bicarbonate * (1.0 + v.carbonate_share * (alkali - 1.0))
    salts = v.complexed_phosphate * phosphate * (1.0 + v.phosphate_trivalent * alkali)
    taken = v.phosphate_protons / alkali + v.phosphate_calcium * calcium + v.phosphate_magnesium * magnesium
    return 1.0 + citrate + carbonate + salts / (1.0 + taken)


def _ratio_normal(v: Any) -> Value:
    return _ratio_at(
        v,
        v.calcium_ionised_plasma_normal,
        v.phosphate_plasma_normal,
        v.magnesium_plasma_normal,
        1.0,
        1.0,
    )


def _ultrafilterable_ratio(v: Any) -> Value:
    """Ultrafilterable over ionised calcium.

    Citrate and phosphate fill with calcium; so that its equation stays quadratic they are taken to see
    x₀·Ca/Ca₀, as if it followed total calcium.
    """
    content = v.calcium_extracellular / v.extracellular_volume_relative
    seen = v.calcium_ionised_plasma_normal * (content / v.calcium_extracellular_normal)
    return _ratio_at(
        v, seen, v.phosphate_plasma, v.magnesium_plasma, v.bicarbonate_relative, _ten_to(v.ph_shift)
    )


def _half_at(v: Any, magnesium: Value, alkali: Value) -> Value:
    """Ionised calcium that half fills the sites of protein, mmol/L: K·[1 + p·(1/A − 1) + m·Mg/(n + s)].

    Protons and magnesium compete for the sites s; the more sites there are, the less magnesium is free.
    """
    free = magnesium / (v.magnesium_unbound + _relative_sites(v))
    return v.protein_half * (1.0 + v.protein_protons * (1.0 / alkali - 1.0) + v.protein_magnesium * free)


def _ionised(v: Any) -> Value:
    """Ionised calcium x, mmol/L: the positive root of V·κ·x + Vₐ·B·x/(x + K) = Ca.

    V·κ·x² + (V·κ·K + Vₐ·B − Ca)·x − Ca·K = 0, in the form without cancellation.
    """
    free = v.extracellular_volume * v.calcium_ultrafilterable_ratio
    bound = v.albumin_volume * v.calcium_protein_sites
    linear = free * v.calcium_protein_half + bound - v.calcium_extracellular
    constant = v.calcium_extracellular * v.calcium_protein_half
    return 2.0 * constant / (linear + sqrt(linear * linear + 4.0 * free * constant))


def _protein_bound(v: Any) -> Value:
    """Calcium bound to plasma protein, mmol/L of plasma: (B/v)·x/(x + K), v the fluid over normal."""
    ionised = v.calcium_ionised_plasma
    return (
        v.calcium_protein_sites
        / v.extracellular_volume_relative
        * ionised
        / (ionised + v.calcium_protein_half)
    )


def _normal(v: Any) -> Value:
    """Exchangeable extracellular calcium in the normal state with this albumin, mmol."""
    ionised = v.calcium_ionised_plasma_normal
    half = _half_at(v, v.magnesium_plasma_normal, 1.0)
    bound = v.albumin_volume * v.calcium_protein_sites * ionised / (ionised + half)
    return v.extracellular_volume_normal * _ratio_normal(v) * ionised + bound


CALCIUM_BINDING = Part(
    name="calcium_binding",
    parameters={
        "albumin": "g/L",
        "albumin_normal": "g/L",
        "albumin_share": "1",
        "albumin_volume": "L",
        "plasma_water": "1",
        "protein_sites": "mmol/L",
        "protein_half": "mmol/L",
        "protein_protons": "1",
        "protein_magnesium": "L/mmol",
        "magnesium_unbound": "1",
        "citrate": "mmol/L",
        "citrate_half": "mmol/L",
        "citrate_magnesium": "1",
        "complexed_bicarbonate": "1",
        "carbonate_share": "1",
        "complexed_phosphate": "L/mmol",
        "phosphate_protons": "1",
        "phosphate_trivalent": "1",
        "phosphate_calcium": "L/mmol",
        "phosphate_magnesium": "L/mmol",
    },
    needs={
        "calcium_extracellular": "mmol",
        "calcium_ionised_plasma_normal": "mmol/L",
        "phosphate_plasma": "mmol/L",
        "phosphate_plasma_normal": "mmol/L",
        "magnesium_plasma": "mmol/L",
        "magnesium_plasma_normal": "mmol/L",
        "extracellular_volume": "L",
        "extracellular_volume_normal": "L",
        "extracellular_volume_relative": "1",
        "bicarbonate_relative": "1",
        "ph_shift": "1",
    },
    gives={
        "calcium_protein_half": Signal(
            "mmol/L", lambda v: _half_at(v, v.magnesium_plasma, _ten_to(v.ph_shift))
        ),
        "calcium_protein_sites": Signal("mmol/L", _sites),
        "calcium_ultrafilterable_ratio": Signal("1", _ultrafilterable_ratio),
        "calcium_ionised_plasma": Signal("mmol/L", _ionised),
        "calcium_ionised_relative": Signal(
            "1", lambda v: v.calcium_ionised_plasma / v.calcium_ionised_plasma_normal
        ),
        "calcium_ultrafilterable_plasma": Signal(
            "mmol/L", lambda v: v.calcium_ultrafilterable_ratio * v.calcium_ionised_plasma
        ),
        "calcium_protein_bound_plasma": Signal("mmol/L", _protein_bound),
        "calcium_plasma": Signal(
            "mmol/L",
            lambda v: v.plasma_water * v.calcium_ultrafilterable_plasma + v.calcium_protein_bound_plasma,
        ),
        "calcium_extracellular_normal": Signal("mmol", _normal),
        "calcium_ultrafilterable_plasma_normal": Signal(
            "mmol/L", lambda v: _ratio_normal(v) * v.calcium_ionised_plasma_normal
        ),
    },
)
