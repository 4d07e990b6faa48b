"""How much calcium and phosphate moves between plasma, the surface of bone and its mineral?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calcis.body.calcis.relative_saturation import saturating
from calcis.body.calcis.rounded import rounded_positive
from calcis.elementary import Value, power
from calcis.part import Part, Signal, State


def _resorbed(v: Any) -> Value:
    """Mineral calcium set free, mmol/h: (J·a + E)·B/B₀ by osteoclasts a, and E by a tumour."""
    return (v.turnover_normal * v.osteoclasts_relative + v.osteolysis) * v.mineral / v.mineral_normal


def _formed(v: Any) -> Value:
    """Mineral calcium laid down, mmol/h: J·b·hᵃ·s·(1 + K)/(s + K), by osteoblasts b.

    s is the product of calcium and phosphate, h bicarbonate, over normal: acid hinders mineral.
    """
    product = saturating(v.calcium_ionised_relative * v.phosphate_relative, v.product_half)
    acid = power(v.bicarbonate_relative, v.acid_exponent)
    return v.turnover_normal * v.osteoblasts_relative * product * acid


def _surface_uptake(v: Any) -> Value:
    """Net calcium from plasma to the surface of bone, mmol/h: X₀·[x·Pᵃ − Q/Q₀·(1 + W)].

    Calcium x and phosphate P over normal: what moves is a salt of both.
    """
    released = v.surface / v.surface_normal * (1.0 + v.surface_release)
    offered = v.calcium_ionised_relative * power(v.phosphate_relative, v.surface_phosphate_exponent)
    return v.surface_exchange_normal * (offered - released)


def _rates(v: Any) -> Mapping[str, Value]:
    """Surface and mineral mmol/h; the fast action W of PTH action r on release from the surface 1/h.

    dW/dt = (W∞ − W)/τ,  W∞ = g·(r − 1)/(1 + max(0, r − 1)/s), its corner rounded
    """
    excess = v.pth_action_bone - 1.0
    above = rounded_positive(excess, v.surface_release_bend)
    release = v.surface_release_gain * excess / (1.0 + above / v.surface_release_saturation)
    return {
        "surface": v.bone_surface_uptake,
        "mineral": v.bone_calcium_formation - v.bone_calcium_release_osteoclasts,
        "surface_release": (release - v.surface_release) / v.surface_release_time,
    }


BONE_MINERAL = Part(
    name="bone_mineral",
    states={
        "surface": State("mmol", "surface_normal", scale=0.1),
        "mineral": State("mmol", "mineral_normal", scale=25.0),
        "surface_release": State("1", lambda v: 0.0, scale=1.0, signed=True),  # counts beside 1
    },
    parameters={
        "mineral_normal": "mmol",
        "turnover_normal": "mmol/h",
        "osteolysis": "mmol/h",
        "product_half": "1",
        "acid_exponent": "1",
        "surface_normal": "mmol",
        "surface_exchange_normal": "mmol/h",
        "surface_phosphate_exponent": "1",
        "surface_release_gain": "1",
        "surface_release_saturation": "1",
        "surface_release_bend": "1",
        "surface_release_time": "h",
        "phosphate_per_calcium_mineral": "1",
        "phosphate_per_calcium_surface": "1",
    },
    needs={
        "calcium_ionised_relative": "1",
        "phosphate_relative": "1",
        "pth_action_bone": "1",
        "bicarbonate_relative": "1",
        "osteoclasts_relative": "1",
        "osteoblasts_relative": "1",
    },
    gives={
        "bone_calcium_release_osteoclasts": Signal("mmol/h", _resorbed),
        "bone_calcium_formation": Signal("mmol/h", _formed),
        "bone_surface_uptake": Signal("mmol/h", _surface_uptake),
        "bone_calcium_release": Signal("mmol/h", lambda v: v.bone_calcium_release_osteoclasts),
        "bone_calcium_uptake": Signal("mmol/h", lambda v: v.bone_calcium_formation + v.bone_surface_uptake),
        "bone_phosphate_release": Signal(
            "mmol/h", lambda v: v.phosphate_per_calcium_mineral * v.bone_calcium_release_osteoclasts
        ),
        "bone_phosphate_uptake": Signal(
            "mmol/h",
            lambda v: (
                v.phosphate_per_calcium_mineral * v.bone_calcium_formation
                + v.phosphate_per_calcium_surface * v.bone_surface_uptake
            ),
        ),
        # What no law asks for, only a reader.
        "bone_phosphate_release_osteoclasts": Signal("mmol/h", lambda v: v.bone_phosphate_release),
        "bone_phosphate_formation": Signal(
            "mmol/h", lambda v: v.phosphate_per_calcium_mineral * v.bone_calcium_formation
        ),
        "bone_phosphate_surface_uptake": Signal(
            "mmol/h", lambda v: v.phosphate_per_calcium_surface * v.bone_surface_uptake
        ),
        "bone_mineral_relative": Signal("1", lambda v: v.mineral / v.mineral_normal),
        "resorption_relative": Signal("1", lambda v: v.bone_calcium_release_osteoclasts / v.turnover_normal),
        "formation_relative": Signal("1", lambda v: v.bone_calcium_formation / v.turnover_normal),
    },
    rates=_rates,
)
