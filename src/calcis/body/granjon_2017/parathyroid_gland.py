"""How much PTH does the gland make, store and set free, and what do the ions and calcitriol change?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calcis.elementary import Value, hill, log, tanh
from calcis.part import Part, Signal, State


def _synthesis(v: Any) -> Value:
    """PTH made, pmol/h: k/(1 + g·D)·P³/(K³ + P³), D calcitriol, P free phosphate."""
    inhibited = 1.0 + v.calcitriol_inhibition * v.calcitriol_plasma
    return v.synthesis_rate / inhibited * hill(v.phosphate_free_plasma, v.phosphate_half, 3)


def _exponent(v: Any) -> Value:
    """Steepness of exocytosis on calcium C: n₀ + Δn/[1 + e^(s·(C - C½))], steeper where C is low.

    1/(1 + eˣ) is written ½·[1 - tanh(x/2)], which does not overflow.
    """
    above = v.exponent_steepness * (v.calcium_ionised_plasma - v.exponent_calcium_half)
    return v.exponent_least + 0.5 * v.exponent_span * (1.0 - tanh(0.5 * above))


def _exocytosis(v: Any) -> Value:
    """Share of the stored PTH set free per hour: e₁ - (e₁ - e₀)·Cⁿ/(Cⁿ + Kⁿ).

    The Hill law is written ½·[1 + tanh(½·n·ln(C/K))], which overflows for no set point K.
    """
    above = log(v.calcium_ionised_plasma / v.calcium_half)
    sensed = 0.5 * (1.0 + tanh(0.5 * _exponent(v) * above))
    return v.exocytosis_maximum - v.exocytosis_suppressible * sensed


def _rates(v: Any) -> Mapping[str, Value]:
    """pmol/h; what is lost from plasma is a clearance times the concentration."""
    return {
        "stored": v.pth_synthesis - v.degradation_rate * v.stored - v.pth_secretion,
        "pth": v.pth_secretion - v.pth_clearance * v.pth_plasma,
    }


PARATHYROID_GLAND = Part(
    name="parathyroid_gland",
    states={
        "stored": State("pmol", "stored_normal", scale=1.0),
        "pth": State("pmol", lambda v: v.pth_normal * v.plasma_volume, scale=1e-4),
    },
    parameters={
        "stored_normal": "pmol",
        "pth_normal": "pmol/L",
        "synthesis_rate": "pmol/h",
        "calcitriol_inhibition": "L/pmol",
        "phosphate_half": "mmol/L",
        "degradation_rate": "1/h",
        "exocytosis_maximum": "1/h",
        "exocytosis_suppressible": "1/h",
        "calcium_half": "mmol/L",
        "exponent_least": "1",
        "exponent_span": "1",
        "exponent_steepness": "L/mmol",
        "exponent_calcium_half": "mmol/L",
        "pth_clearance": "L/h",
    },
    needs={
        "plasma_volume": "L",
        "calcium_ionised_plasma": "mmol/L",
        "phosphate_free_plasma": "mmol/L",
        "calcitriol_plasma": "pmol/L",
    },
    gives={
        "pth_plasma": Signal("pmol/L", lambda v: v.pth / v.plasma_volume),
        "pth_synthesis": Signal("pmol/h", _synthesis),
        "pth_exocytosis": Signal("1/h", _exocytosis),
        "pth_secretion": Signal("pmol/h", lambda v: v.pth_exocytosis * v.stored),
    },
    rates=_rates,
)
