"""How much calcitriol is made, and how do PTH and phosphate change it?"""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value, hill, maximum
from calcis.part import Part, Signal, State


def _pth_effect(v: Any) -> Value:
    """Effect of PTH (not PTHrP) on 1α-hydroxylase synthesis, relative: (Kᵃ + p₀ᵃ)/p₀ᵃ·pᵃ/(Kᵃ + pᵃ).

    The exponent is small, so the effect is nearly flat.  The published code scales Kᵃ by the
    phosphate ratio to the power 0, which is 1 and left out.
    """
    now = hill(v.pth_total_plasma, v.pth_half, v.pth_exponent)
    return now / hill(v.pth_plasma_normal, v.pth_half, v.pth_exponent)


def _phosphate_effect(v: Any) -> Value:
    """Effect of phosphate P on 1α-hydroxylase synthesis, relative: 1 up to P₀, falling above it.

    M·[1 − E·Pᵞ/(Pᵞ + P₅₀ᵞ)],  E = (M − 1)/M·(P₀ᵞ + P₅₀ᵞ)/P₀ᵞ.  Above about 2.1 mmol/L the
    published law is slightly negative; synthesis cannot be, so it ends at 0.
    """
    onset = hill(v.phosphate_onset, v.phosphate_half, v.phosphate_exponent)
    now = hill(maximum(v.phosphate_plasma, v.phosphate_onset), v.phosphate_half, v.phosphate_exponent)
    effect = v.phosphate_maximum - (v.phosphate_maximum - 1.0) * now / onset
    return maximum(0.0, effect)


def _hydroxylase_synthesis(v: Any) -> Value:
    """Synthesis of 1α-hydroxylase activity, (pmol/h)/h."""
    effects = v.pth_effect_on_hydroxylase * v.phosphate_effect_on_hydroxylase
    return v.hydroxylase_factor * v.hydroxylase_synthesis_normal * effects


CALCITRIOL = Part(
    name="calcitriol",
    states={
        "calcitriol": State("pmol", lambda v: v.normal * v.extracellular_volume, scale=1.0, dosable=True),
        "hydroxylase": State(
            "pmol/h", lambda v: v.hydroxylase_synthesis_normal / v.hydroxylase_loss_rate, scale=0.1
        ),
    },
    parameters={
        "normal": "pmol/L",
        "elimination_rate": "1/h",
        "infusion": "pmol/h",
        "hydroxylase_synthesis_normal": "pmol/h^2",
        "hydroxylase_loss_rate": "1/h",
        "hydroxylase_factor": "1",
        "pth_half": "pmol/L",
        "pth_exponent": "1",
        "phosphate_onset": "mmol/L",
        "phosphate_half": "mmol/L",
        "phosphate_exponent": "1",
        "phosphate_maximum": "1",
    },
    needs={
        "extracellular_volume": "L",
        "pth_total_plasma": "pmol/L",
        "pth_plasma_normal": "pmol/L",
        "phosphate_plasma": "mmol/L",
    },
    gives={
        "calcitriol_plasma": Signal("pmol/L", lambda v: v.calcitriol / v.extracellular_volume),
        "calcitriol_plasma_normal": Signal("pmol/L", lambda v: v.normal),
        "pth_effect_on_hydroxylase": Signal("1", _pth_effect),
        "phosphate_effect_on_hydroxylase": Signal("1", _phosphate_effect),
        "hydroxylase_synthesis": Signal("pmol/h^2", _hydroxylase_synthesis),
        "calcitriol_synthesis": Signal("pmol/h", lambda v: v.hydroxylase),
    },
    rates=lambda v: {
        "calcitriol": v.calcitriol_synthesis - v.elimination_rate * v.calcitriol + v.infusion,
        "hydroxylase": v.hydroxylase_synthesis - v.hydroxylase_loss_rate * v.hydroxylase,
    },
)
