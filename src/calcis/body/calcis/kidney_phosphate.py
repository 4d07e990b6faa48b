"""How much phosphate is lost in urine?  What is filtered above a threshold that PTH and FGF23 lower."""

from __future__ import annotations

from typing import Any

from calcis.body.calcis.relative_saturation import inhibiting
from calcis.body.calcis.softplus import softplus, softplus_inverse
from calcis.elementary import Value, power
from calcis.part import Part, Signal


def _threshold(v: Any) -> Value:
    """TmP/GFR, mmol/L: T₀·[l + (1 − l)·((1 + Kₚ)/(r + Kₚ))^bₚ·((1 + K_f)/(F + K_f))^b_f].

    r is PTH action, F FGF23 over normal.  T₀ makes the normal state excrete what it absorbs.
    """
    filtered = v.filtered_fraction * v.phosphate_plasma_normal
    excreted = v.phosphate_absorbed_normal / v.glomerular_filtration_rate_normal
    normal = filtered - softplus_inverse(excreted, v.splay)
    pth = power(inhibiting(v.pth_action, v.pth_half), v.pth_exponent)
    fgf23 = power(inhibiting(v.fgf23_relative, v.fgf23_half), v.fgf23_exponent)
    return normal * (v.threshold_least + (1.0 - v.threshold_least) * pth * fgf23)


def _urine(v: Any) -> Value:
    """Phosphate in urine, mmol/h: GFR·softplus(f·P − TmP/GFR)."""
    above = v.filtered_fraction * v.phosphate_plasma - v.phosphate_threshold
    return v.glomerular_filtration_rate * softplus(above, v.splay)


KIDNEY_PHOSPHATE = Part(
    name="kidney_phosphate",
    parameters={
        "filtered_fraction": "1",
        "splay": "mmol/L",
        "threshold_least": "1",
        "pth_half": "1",
        "pth_exponent": "1",
        "fgf23_half": "1",
        "fgf23_exponent": "1",
    },
    needs={
        "phosphate_plasma": "mmol/L",
        "phosphate_plasma_normal": "mmol/L",
        "phosphate_absorbed_normal": "mmol/h",
        "glomerular_filtration_rate": "L/h",
        "glomerular_filtration_rate_normal": "L/h",
        "pth_action": "1",
        "fgf23_relative": "1",
    },
    gives={
        "phosphate_threshold": Signal("mmol/L", _threshold),
        "phosphate_urine": Signal("mmol/h", _urine),
    },
)
