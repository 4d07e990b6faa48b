"""How many osteoblasts and osteoclasts are there, and what makes them come and go?

Cell numbers are in the model's own relative scale.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calcis.body.peterson_riggs_2010.calibrated_saturation import calibrated_saturation
from calcis.elementary import Value, power, where
from calcis.part import Part, Signal, State


def _tgf_beta_effect(v: Any, floor: Value, span: Value, exponent: Value) -> Value:
    """An effect of active TGF-β T, relative to normal.

    Published as an amount, floor·T₀ + span·rᵞ/(rᵞ + c) with r = T/T₀ and T₀ at r = 1; here over T₀.
    """
    ratio = v.tgf_beta_active_relative
    return calibrated_saturation(ratio, floor, span / v.tgf_beta_active_normal, exponent, 1.0)


def _effect_on_responding(v: Any) -> Value:
    """Effect of active TGF-β on the making of responding osteoblasts, relative."""
    return _tgf_beta_effect(
        v, v.tgf_beta_responding_floor, v.tgf_beta_responding_span, v.tgf_beta_responding_exponent
    )


def _effect_on_differentiation(v: Any) -> Value:
    """Effect of active TGF-β that holds differentiation back, relative."""
    return _tgf_beta_effect(
        v,
        v.tgf_beta_differentiation_floor,
        v.tgf_beta_differentiation_span,
        v.tgf_beta_differentiation_exponent,
    )


def _effect_on_osteoclasts(v: Any) -> Value:
    """Effect of active TGF-β on the death of osteoclasts, relative."""
    return _tgf_beta_effect(
        v, v.tgf_beta_osteoclast_floor, v.tgf_beta_osteoclast_span, v.tgf_beta_osteoclast_exponent
    )


def _differentiation(v: Any) -> Value:
    """Responding osteoblasts that become osteoblasts, 1/h: k·B₀·(R/R₀)/effect of TGF-β."""
    turnover = v.osteoblast_elimination_rate * v.osteoblasts_normal
    return turnover * v.responding_osteoblasts_relative / v.tgf_beta_effect_on_differentiation


def _bcl2_reduction(v: Any) -> Value:
    """How much Bcl-2 lowers osteoblast elimination, relative to its normal rate constant.

    A jump, as published: nothing changes until Bcl-2 passes a threshold.
    """
    excess = (v.bcl2 - v.bcl2_offset) / (v.bcl2_normal - v.bcl2_offset)
    ratio = where(v.bcl2 > v.bcl2_threshold, excess, 1.0)
    limit = v.bcl2_reduction_maximum * v.elimination_without_bcl2
    return calibrated_saturation(ratio, 0.0, limit, v.bcl2_exponent, v.elimination_without_bcl2 - 1.0)


def _elimination(v: Any) -> Value:
    """Elimination rate constant of osteoblasts relative to normal: a·g(TGF-β)·e^−ε − r(Bcl-2)."""
    top, bottom = v.tgf_beta_elimination_top, v.tgf_beta_elimination_bottom
    exponent = v.tgf_beta_elimination_exponent
    tgf_beta = calibrated_saturation(v.tgf_beta_active_relative, top, bottom - top, exponent, 1.0)
    oestrogen = power(v.oestrogen_relative, -v.oestrogen_elimination_exponent)
    return v.elimination_without_bcl2 * tgf_beta * oestrogen - v.bcl2_effect_on_osteoblast_elimination


def _osteoclast_formation(v: Any) -> Value:
    """New osteoclasts, 1/h: rises with RANK occupied by RANKL."""
    effect = calibrated_saturation(
        v.rank_rankl_relative,
        v.formation_rank_rankl_floor,
        v.formation_rank_rankl_span,
        v.formation_rank_rankl_exponent,
        1.0,
    )
    return v.osteoclast_elimination_rate * v.tgf_beta_active_normal * effect * v.osteoclasts_normal


def _osteoclast_elimination(v: Any) -> Value:
    """Osteoclasts that die, 1/h: more with active TGF-β, fewer with RANK occupied by RANKL."""
    top, bottom = v.survival_rank_rankl_top, v.survival_rank_rankl_bottom
    survival = calibrated_saturation(
        v.rank_rankl_relative, top, bottom - top, v.survival_rank_rankl_exponent, 1.0
    )
    rate = v.osteoclast_elimination_rate * v.tgf_beta_active_normal
    return rate * v.tgf_beta_effect_on_osteoclast_elimination * survival * v.osteoclasts


def _rates(v: Any) -> Mapping[str, Value]:
    """Cells per hour; osteoblasts are a fast and a slow population fed in fixed shares.

    With κ the relative elimination and σ the slow share of it: k_slow = σ·k·κ,
    k_fast = (k·B₀ − k_slow·B₀slow)/B₀fast, so that the sum keeps the normal turnover.
    """
    normal, turnover = v.osteoblasts_normal, v.osteoblast_elimination_rate
    fast_normal = v.osteoblast_fast_fraction * normal
    slow_normal = normal - fast_normal
    kappa = v.osteoblast_elimination_relative
    slow_rate = v.slow_elimination_fraction * turnover * kappa
    fast_rate = (turnover * normal - slow_rate * slow_normal) / fast_normal
    formed = v.osteoblast_differentiation
    to_fast = formed * v.osteoblast_fast_fraction * fast_rate / (turnover * kappa)
    to_slow = formed * (1.0 - v.osteoblast_fast_fraction) * v.slow_elimination_fraction
    new_responding = turnover * normal * v.tgf_beta_effect_on_responding_osteoblasts
    new_responding = new_responding * power(v.oestrogen_relative, -v.oestrogen_formation_exponent)
    return {
        "responding_osteoblasts": new_responding - formed,
        "osteoblasts_fast": to_fast - fast_rate * v.osteoblasts_fast,
        "osteoblasts_slow": to_slow - slow_rate * v.osteoblasts_slow,
        "osteoclasts": v.osteoclast_formation - v.osteoclast_elimination,
    }


BONE_CELLS = Part(
    name="bone_cells",
    states={
        "responding_osteoblasts": State("1", "responding_osteoblasts_normal", scale=1e-6),
        "osteoblasts_fast": State(
            "1", lambda v: v.osteoblast_fast_fraction * v.osteoblasts_normal, scale=4e-6
        ),
        "osteoblasts_slow": State(
            "1", lambda v: (1.0 - v.osteoblast_fast_fraction) * v.osteoblasts_normal, scale=1e-6
        ),
        "osteoclasts": State("1", "osteoclasts_normal", scale=1e-6),
    },
    parameters={
        "responding_osteoblasts_normal": "1",
        "osteoblasts_normal": "1",
        "osteoblast_fast_fraction": "1",
        "osteoblast_elimination_rate": "1/h",
        "slow_elimination_fraction": "1",
        "oestrogen_formation_exponent": "1",
        "oestrogen_elimination_exponent": "1",
        "tgf_beta_responding_floor": "1",
        "tgf_beta_responding_span": "1",
        "tgf_beta_responding_exponent": "1",
        "tgf_beta_differentiation_floor": "1",
        "tgf_beta_differentiation_span": "1",
        "tgf_beta_differentiation_exponent": "1",
        "tgf_beta_elimination_top": "1",
        "tgf_beta_elimination_bottom": "1",
        "tgf_beta_elimination_exponent": "1",
        "elimination_without_bcl2": "1",
        "bcl2_threshold": "1",
        "bcl2_offset": "1",
        "bcl2_reduction_maximum": "1",
        "bcl2_exponent": "1",
        "osteoclasts_normal": "1",
        "osteoclast_elimination_rate": "1/h",
        "tgf_beta_osteoclast_floor": "1",
        "tgf_beta_osteoclast_span": "1",
        "tgf_beta_osteoclast_exponent": "1",
        "formation_rank_rankl_floor": "1",
        "formation_rank_rankl_span": "1",
        "formation_rank_rankl_exponent": "1",
        "survival_rank_rankl_top": "1",
        "survival_rank_rankl_bottom": "1",
        "survival_rank_rankl_exponent": "1",
    },
    needs={
        "tgf_beta_active_relative": "1",
        "tgf_beta_active_normal": "1",
        "rank_rankl_relative": "1",
        "oestrogen_relative": "1",
        "bcl2": "1",
        "bcl2_normal": "1",
    },
    gives={
        "responding_osteoblasts_relative": Signal(
            "1", lambda v: v.responding_osteoblasts / v.responding_osteoblasts_normal
        ),
        "osteoblasts_relative": Signal(
            "1", lambda v: (v.osteoblasts_fast + v.osteoblasts_slow) / v.osteoblasts_normal
        ),
        "osteoclasts_relative": Signal("1", lambda v: v.osteoclasts / v.osteoclasts_normal),
        # What the published model compares with the marker CTX of bone resorption.
        "resorption_relative": Signal("1", lambda v: v.osteoclasts_relative),
        "tgf_beta_effect_on_responding_osteoblasts": Signal("1", _effect_on_responding),
        "tgf_beta_effect_on_differentiation": Signal("1", _effect_on_differentiation),
        "tgf_beta_effect_on_osteoclast_elimination": Signal("1", _effect_on_osteoclasts),
        "bcl2_effect_on_osteoblast_elimination": Signal("1", _bcl2_reduction),
        "osteoblast_differentiation": Signal("1/h", _differentiation),
        "osteoblast_elimination_relative": Signal("1", _elimination),
        "osteoclast_formation": Signal("1/h", _osteoclast_formation),
        "osteoclast_elimination": Signal("1/h", _osteoclast_elimination),
    },
    rates=_rates,
)
