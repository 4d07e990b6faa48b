"""How does calcium move between plasma, the exchangeable bone pool and deep bone?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calcis.elementary import Value, power
from calcis.part import Part, Signal, State


def _release_osteoclasts(v: Any) -> Value:
    """Calcium that osteoclasts release, mmol/h.

    Q₀·f·F·rᵞ/(rᵞ + c)·(m/r)^δ,  c = F·Q₀/J − 1, for osteoclasts r and occupied RANK m relative to
    normal, and J the normal exchange.  (m/r)^δ is written r^(γ−δ)·m^δ, which is defined at r = 0.
    """
    maximum_release = v.release_osteoclast_maximum * v.exchangeable_normal
    half = maximum_release / v.exchange_normal - 1.0
    active = power(v.osteoclasts_relative, v.osteoclast_exponent - v.rank_rankl_exponent)
    active = active * power(v.rank_rankl_relative, v.rank_rankl_exponent)
    occupied = power(v.osteoclasts_relative, v.osteoclast_exponent) + half
    return v.release_osteoclast_fraction * maximum_release * active / occupied


def _release(v: Any) -> Value:
    """Calcium from the exchangeable pool to plasma, mmol/h: constant, osteoclast and extra share."""
    constant = v.exchange_normal * (1.0 - v.release_osteoclast_fraction)
    return constant + v.bone_calcium_release_osteoclasts + v.extra_release


def _uptake(v: Any) -> Value:
    """Calcium from plasma into the exchangeable pool, mmol/h: J·(C/C₀)·(1 − f + f·h)."""
    site = 1.0 - v.uptake_hydroxyapatite_fraction + v.uptake_hydroxyapatite_fraction * v.hydroxyapatite
    return v.exchange_normal * v.calcium_plasma / v.calcium_plasma_normal * site


def _formed(v: Any) -> Value:
    """The share of that uptake which follows osteoblasts, mmol/h: J·(C/C₀)·f·h."""
    mineralised = v.uptake_hydroxyapatite_fraction * v.hydroxyapatite
    return v.exchange_normal * v.calcium_plasma / v.calcium_plasma_normal * mineralised


def _surface_uptake(v: Any) -> Value:
    """Net calcium from plasma to bone that no bone cell moves, mmol/h."""
    by_cells = v.bone_calcium_formation - v.bone_calcium_release_osteoclasts
    return v.bone_calcium_uptake - v.bone_calcium_release - by_cells


def _to_deep(v: Any) -> Value:
    """Calcium from the exchangeable pool into deep bone, mmol/h; balances its return when normal."""
    return v.deep_release_rate * v.deep_normal / v.exchangeable_normal * v.exchangeable


def _rates(v: Any) -> Mapping[str, Value]:
    """Pools mmol/h; `hydroxyapatite` is the capacity to mineralise, following osteoblasts, 1/h."""
    to_exchangeable = v.bone_calcium_uptake - v.bone_calcium_release
    to_deep = v.bone_calcium_to_deep - v.bone_calcium_from_deep
    return {
        "exchangeable": to_exchangeable - to_deep,
        "deep": to_deep,
        "hydroxyapatite": (v.osteoblasts_relative - v.hydroxyapatite) / v.hydroxyapatite_time,
    }


BONE_MINERAL = Part(
    name="bone_mineral",
    states={
        # Release does not depend on this pool, so a large net release takes it below zero.
        "exchangeable": State("mmol", "exchangeable_normal", scale=0.1, signed=True),
        "deep": State("mmol", "deep_normal", scale=25.0),
        "hydroxyapatite": State("1", lambda v: 1.0, scale=1e-3),
    },
    parameters={
        "exchangeable_normal": "mmol",
        "deep_normal": "mmol",
        "deep_release_rate": "1/h",
        "exchange_normal": "mmol/h",
        "release_osteoclast_fraction": "1",
        "release_osteoclast_maximum": "1/h",
        "osteoclast_exponent": "1",
        "rank_rankl_exponent": "1",
        "uptake_hydroxyapatite_fraction": "1",
        "hydroxyapatite_time": "h",
        "phosphate_per_calcium": "1",
        "extra_release": "mmol/h",
    },
    needs={
        "calcium_plasma": "mmol/L",
        "calcium_plasma_normal": "mmol/L",
        "osteoclasts_relative": "1",
        "osteoblasts_relative": "1",
        "rank_rankl_relative": "1",
    },
    gives={
        "bone_calcium_release_osteoclasts": Signal("mmol/h", _release_osteoclasts),
        "bone_calcium_release": Signal("mmol/h", _release),
        "bone_calcium_uptake": Signal("mmol/h", _uptake),
        "bone_calcium_to_deep": Signal("mmol/h", _to_deep),
        "bone_calcium_from_deep": Signal("mmol/h", lambda v: v.deep_release_rate * v.deep),
        "bone_phosphate_release": Signal(
            "mmol/h", lambda v: v.phosphate_per_calcium * v.bone_calcium_release
        ),
        "bone_phosphate_uptake": Signal("mmol/h", lambda v: v.phosphate_per_calcium * v.bone_calcium_uptake),
        # What no law asks for, only a reader.
        "bone_calcium_formation": Signal("mmol/h", _formed),
        "bone_surface_uptake": Signal("mmol/h", _surface_uptake),
        "bone_phosphate_release_osteoclasts": Signal(
            "mmol/h", lambda v: v.phosphate_per_calcium * v.bone_calcium_release_osteoclasts
        ),
        "bone_phosphate_formation": Signal(
            "mmol/h", lambda v: v.phosphate_per_calcium * v.bone_calcium_formation
        ),
        "bone_phosphate_surface_uptake": Signal(
            "mmol/h", lambda v: v.phosphate_per_calcium * v.bone_surface_uptake
        ),
        "calcium_bone": Signal("mmol", lambda v: v.exchangeable + v.deep),
    },
    rates=_rates,
)
