"""How much of plasma calcium is free, how much complexed, how much bound to albumin, at which pH?"""

from __future__ import annotations

import math
from typing import Any

from calcis.elementary import Value, exp, sqrt
from calcis.part import Part, Signal


def _sites(v: Any) -> Value:
    """Calcium-binding sites of plasma protein, mmol/L of plasma: B·(s·a + 1 − s), a albumin over normal."""
    share = v.albumin_share
    return v.protein_sites * (share * v.albumin / v.albumin_normal + 1.0 - share)


def _ratio_at(v: Any, phosphate: Value, bicarbonate: Value) -> Value:
    """κ at a plasma phosphate, mmol/L, and bicarbonate over normal."""
    anions = v.complexed_citrate + v.complexed_bicarbonate * bicarbonate
    return 1.0 + anions + v.complexed_phosphate * phosphate


def _ultrafilterable_ratio(v: Any) -> Value:
    """Ultrafilterable over ionised calcium: κ = 1 + c + c_H·h + c_P·P: citrate, bicarbonate, phosphate."""
    return _ratio_at(v, v.phosphate_plasma, v.bicarbonate_relative)


def _half(v: Any) -> Value:
    """Ionised calcium that half fills the sites of protein, mmol/L: K·10^(−s·(pH − normal))."""
    return v.protein_half * exp(-math.log(10.0) * v.protein_half_ph_slope * v.ph_shift)


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
    ratio = _ratio_at(v, v.phosphate_plasma_normal, 1.0)
    bound = v.albumin_volume * v.calcium_protein_sites * ionised / (ionised + v.protein_half)
    return v.extracellular_volume_normal * ratio * ionised + bound


CALCIUM_BINDING = Part(
    name="calcium_binding",
    parameters={
        "albumin": "g/L",
        "albumin_normal": "g/L",
        "albumin_share": "1",
        "albumin_volume": "L",
        "protein_sites": "mmol/L",
        "protein_half": "mmol/L",
        "protein_half_ph_slope": "1",
        "complexed_citrate": "1",
        "complexed_bicarbonate": "1",
        "complexed_phosphate": "L/mmol",
    },
    needs={
        "calcium_extracellular": "mmol",
        "calcium_ionised_plasma_normal": "mmol/L",
        "phosphate_plasma": "mmol/L",
        "phosphate_plasma_normal": "mmol/L",
        "extracellular_volume": "L",
        "extracellular_volume_normal": "L",
        "extracellular_volume_relative": "1",
        "bicarbonate_relative": "1",
        "ph_shift": "1",
    },
    gives={
        "calcium_protein_half": Signal("mmol/L", _half),
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
            "mmol/L", lambda v: v.calcium_ultrafilterable_plasma + v.calcium_protein_bound_plasma
        ),
        "calcium_extracellular_normal": Signal("mmol", _normal),
        "calcium_ultrafilterable_plasma_normal": Signal(
            "mmol/L",
            lambda v: _ratio_at(v, v.phosphate_plasma_normal, 1.0) * v.calcium_ionised_plasma_normal,
        ),
    },
)
