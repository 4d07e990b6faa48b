"""How much magnesium is lost in urine?  What is filtered above a threshold that calcium and PTH move."""

from __future__ import annotations

from typing import Any

from calcis.body.calcis.softplus import softplus, softplus_inverse
from calcis.elementary import Value
from calcis.part import Part, Signal


def _threshold(v: Any) -> Value:
    """Threshold, mmol/L: f·T₀·[1 − s·(H − H₀)/(1 − H₀)]·[1 + p·((r − 1)/(r + 1))].

    The calcium receptor H of the thick limb lowers it, PTH action r raises it.  T₀ makes the normal
    state excrete what it absorbs; f, 1 in health, is less where the kidney wastes magnesium.
    """
    filtered = v.filtered_fraction * v.magnesium_plasma_normal
    excreted = v.magnesium_retained_normal / v.glomerular_filtration_rate_normal
    normal = filtered - softplus_inverse(excreted, v.splay)
    rest = v.thick_limb_calcium_response_normal
    sensing = 1.0 - v.threshold_sensing * (v.thick_limb_calcium_response - rest) / (1.0 - rest)
    pth = 1.0 + v.threshold_pth * (v.pth_action - 1.0) / (v.pth_action + 1.0)
    return v.threshold_factor * normal * sensing * pth


def _urine(v: Any) -> Value:
    """Magnesium in urine, mmol/h: GFR·softplus(f·m − T)."""
    above = v.filtered_fraction * v.magnesium_plasma - v.magnesium_threshold
    return v.glomerular_filtration_rate * softplus(above, v.splay)


KIDNEY_MAGNESIUM = Part(
    name="kidney_magnesium",
    parameters={
        "filtered_fraction": "1",
        "splay": "mmol/L",
        "threshold_sensing": "1",
        "threshold_pth": "1",
        "threshold_factor": "1",
    },
    needs={
        "magnesium_plasma": "mmol/L",
        "magnesium_plasma_normal": "mmol/L",
        "magnesium_retained_normal": "mmol/h",
        "glomerular_filtration_rate": "L/h",
        "glomerular_filtration_rate_normal": "L/h",
        "thick_limb_calcium_response": "1",
        "thick_limb_calcium_response_normal": "1",
        "pth_action": "1",
    },
    gives={
        "magnesium_threshold": Signal("mmol/L", _threshold),
        "magnesium_urine": Signal("mmol/h", _urine),
    },
)
