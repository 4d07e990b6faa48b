"""How do calcium and phosphate move between plasma, the fluid of bone and its mineral?

The published fast pool is called bone fluid here: it exchanges with plasma within minutes to hours, forms
complexes as plasma does, and mineral is made from it.  Resorption goes from mineral to plasma.  The rat
grows: more mineral is made than resorbed.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calcis.elementary import Value, hill
from calcis.part import Part, Signal, State


def _resorption(v: Any) -> Value:
    """Calcium set free from mineral, mmol/h: R·{r₀ + r₁·[s·p²/(p² + Kₚ²) + (1 - s)·D²/(D² + K²)]}.

    It does not depend on how much mineral there is.
    """
    by_pth = v.resorption_pth_share * hill(v.pth_plasma, v.resorption_pth_half, 2)
    by_calcitriol = (1.0 - v.resorption_pth_share) * hill(
        v.calcitriol_plasma, v.resorption_calcitriol_half, 2
    )
    return v.resorption_factor * (v.resorption_basal + v.resorption_regulated * (by_pth + by_calcitriol))


def _product(v: Any, calcium: Value, phosphate: Value) -> Value:
    """Ion product times the volume of bone fluid, mmol²/L: c·p/V."""
    return calcium * phosphate / v.fluid_volume


def _formed(v: Any) -> dict[str, Value]:
    """CaHPO₄ and CaH₂PO₄⁺ that form in bone fluid less what falls apart, mmol/h."""
    product = _product(v, v.calcium, v.phosphate)
    return {
        "hydrogen_phosphate": v.calcium_hydrogen_phosphate_association * product
        - v.calcium_phosphate_dissociation * v.hydrogen_phosphate,
        "dihydrogen_phosphate": v.calcium_dihydrogen_phosphate_association * product
        - v.calcium_dihydrogen_phosphate_dissociation * v.dihydrogen_phosphate,
    }


def _rates(v: Any) -> Mapping[str, Value]:
    """Pools of bone fluid and mineral, mmol/h."""
    formed = _formed(v)
    complexed = formed["hydrogen_phosphate"] + formed["dihydrogen_phosphate"]
    return {
        "calcium": v.bone_calcium_uptake
        - v.bone_calcium_release_fluid
        - v.bone_calcium_formation
        - complexed,
        "phosphate": v.bone_phosphate_uptake
        - v.bone_phosphate_release_fluid
        - v.bone_phosphate_formation
        - complexed,
        **formed,
        "calcium_mineral": v.bone_calcium_formation - v.bone_calcium_release_osteoclasts,
        "phosphate_mineral": v.bone_phosphate_formation - v.bone_phosphate_release_osteoclasts,
    }


def _hydrogen_phosphate_start(v: Any) -> Value:
    """CaHPO₄ at rest in the normal bone fluid, mmol."""
    product = _product(v, v.calcium_normal, v.phosphate_normal)
    return v.calcium_hydrogen_phosphate_association * product / v.calcium_phosphate_dissociation


def _dihydrogen_phosphate_start(v: Any) -> Value:
    """CaH₂PO₄⁺ at rest in the normal bone fluid, mmol."""
    product = _product(v, v.calcium_normal, v.phosphate_normal)
    lost = v.calcium_dihydrogen_phosphate_dissociation
    return v.calcium_dihydrogen_phosphate_association * product / lost


BONE_MINERAL = Part(
    name="bone_mineral",
    states={
        "calcium": State("mmol", "calcium_normal", scale=2e-3),
        "phosphate": State("mmol", "phosphate_normal", scale=8e-4),
        "hydrogen_phosphate": State("mmol", _hydrogen_phosphate_start, scale=1e-4),
        "dihydrogen_phosphate": State("mmol", _dihydrogen_phosphate_start, scale=3e-6),
        # Resorption goes on whatever is left of them.
        "calcium_mineral": State("mmol", "calcium_mineral_normal", scale=0.3, signed=True),
        "phosphate_mineral": State("mmol", "phosphate_mineral_normal", scale=0.1, signed=True),
    },
    parameters={
        "calcium_normal": "mmol",
        "phosphate_normal": "mmol",
        "calcium_mineral_normal": "mmol",
        "phosphate_mineral_normal": "mmol",
        "fluid_volume": "L",
        "calcium_uptake_rate": "1/h",
        "calcium_release_rate": "1/h",
        "calcium_accretion_rate": "1/h",
        "phosphate_uptake_rate": "1/h",
        "phosphate_release_rate": "1/h",
        "phosphate_accretion_rate": "1/h",
        "resorption_factor": "1",
        "resorption_basal": "mmol/h",
        "resorption_regulated": "mmol/h",
        "resorption_pth_share": "1",
        "resorption_pth_half": "pmol/L",
        "resorption_calcitriol_half": "pmol/L",
        "phosphate_per_calcium": "1",
    },
    needs={
        "plasma_volume": "L",
        "calcium_ionised_plasma": "mmol/L",
        "phosphate_free_plasma": "mmol/L",
        "pth_plasma": "pmol/L",
        "calcitriol_plasma": "pmol/L",
        "calcium_hydrogen_phosphate_association": "L/mmol/h",
        "calcium_dihydrogen_phosphate_association": "L/mmol/h",
        "calcium_phosphate_dissociation": "1/h",
        "calcium_dihydrogen_phosphate_dissociation": "1/h",
    },
    gives={
        "bone_calcium_uptake": Signal(
            "mmol/h", lambda v: v.calcium_uptake_rate * v.calcium_ionised_plasma * v.plasma_volume
        ),
        "bone_calcium_release_fluid": Signal("mmol/h", lambda v: v.calcium_release_rate * v.calcium),
        "bone_phosphate_uptake": Signal(
            "mmol/h", lambda v: v.phosphate_uptake_rate * v.phosphate_free_plasma * v.plasma_volume
        ),
        "bone_phosphate_release_fluid": Signal("mmol/h", lambda v: v.phosphate_release_rate * v.phosphate),
        "bone_calcium_formation": Signal("mmol/h", lambda v: v.calcium_accretion_rate * v.calcium),
        "bone_phosphate_formation": Signal("mmol/h", lambda v: v.phosphate_accretion_rate * v.phosphate),
        "bone_calcium_release_osteoclasts": Signal("mmol/h", _resorption),
        "bone_phosphate_release_osteoclasts": Signal(
            "mmol/h", lambda v: v.phosphate_per_calcium * v.bone_calcium_release_osteoclasts
        ),
        "bone_calcium_release": Signal(
            "mmol/h", lambda v: v.bone_calcium_release_osteoclasts + v.bone_calcium_release_fluid
        ),
        "bone_phosphate_release": Signal(
            "mmol/h", lambda v: v.bone_phosphate_release_osteoclasts + v.bone_phosphate_release_fluid
        ),
        # What the fluid of bone keeps of what plasma gives it; no law asks for it, only a reader.
        "bone_surface_uptake": Signal(
            "mmol/h",
            lambda v: v.bone_calcium_uptake - v.bone_calcium_release_fluid - v.bone_calcium_formation,
        ),
        "bone_phosphate_surface_uptake": Signal(
            "mmol/h",
            lambda v: v.bone_phosphate_uptake - v.bone_phosphate_release_fluid - v.bone_phosphate_formation,
        ),
        "calcium_bone": Signal(
            "mmol",
            lambda v: v.calcium_mineral + v.calcium + v.hydrogen_phosphate + v.dihydrogen_phosphate,
        ),
    },
    rates=_rates,
)
