"""How much phosphate is lost in urine?  What is filtered above a threshold that PTH and FGF23 lower."""

from __future__ import annotations

from typing import Any

from calcis.body.calcis.relative_saturation import inhibiting
from calcis.body.calcis.softplus import softplus, softplus_inverse
from calcis.elementary import Value, maximum, power
from calcis.part import Part, Signal, State


def _transport_wanted(v: Any) -> Value:
    """Transport that is left, over normal: l + (1 − l)·((1 + Kₚ)/(r + Kₚ))^bₚ·((1 + K_f)/(F + K_f))^b_f.

    r is PTH action, F action of FGF23.
    """
    pth = power(inhibiting(v.pth_response * v.pth_action, v.pth_half), v.pth_exponent)
    fgf23 = power(inhibiting(v.fgf23_action, v.fgf23_half), v.fgf23_exponent)
    return v.threshold_least + (1.0 - v.threshold_least) * pth * fgf23


def _threshold(v: Any) -> Value:
    """TmP/GFR, mmol/L: f·T₀·z⁻ᶜ·h of the transport h that is there.

    Calcium z, over the set point of its receptor, inhibits the proximal tubule.  T₀ makes the normal state
    excrete what it absorbs; f, 1 in health, is for its own diseases.
    """
    filtered = v.filtered_fraction * v.phosphate_plasma_normal
    excreted = v.phosphate_absorbed_normal / v.glomerular_filtration_rate_normal
    normal = filtered - softplus_inverse(excreted, v.splay)
    calcium = power(v.calcium_sensed_kidney, -v.calcium_exponent)
    return v.threshold_factor * normal * calcium * maximum(v.transport, v.threshold_least)


def _urine(v: Any) -> Value:
    """Phosphate in urine, mmol/h: GFR·softplus(f·P − TmP/GFR)."""
    above = v.filtered_fraction * v.phosphate_plasma - v.phosphate_threshold
    return v.glomerular_filtration_rate * softplus(above, v.splay)


KIDNEY_PHOSPHATE = Part(
    name="kidney_phosphate",
    states={"transport": State("1", lambda v: 1.0, scale=1e-3)},
    parameters={
        "filtered_fraction": "1",
        "splay": "mmol/L",
        "threshold_least": "1",
        "transport_time": "h",
        "pth_half": "1",
        "pth_exponent": "1",
        "fgf23_half": "1",
        "fgf23_exponent": "1",
        "calcium_exponent": "1",
        "pth_response": "1",
        "threshold_factor": "1",
    },
    needs={
        "phosphate_plasma": "mmol/L",
        "phosphate_plasma_normal": "mmol/L",
        "phosphate_absorbed_normal": "mmol/h",
        "glomerular_filtration_rate": "L/h",
        "glomerular_filtration_rate_normal": "L/h",
        "pth_action": "1",
        "fgf23_action": "1",
        "calcium_sensed_kidney": "1",
    },
    gives={
        "phosphate_transport_wanted": Signal("1", _transport_wanted),
        "phosphate_threshold": Signal("mmol/L", _threshold),
        "phosphate_urine": Signal("mmol/h", _urine),
    },
    # Transporters are taken out of the membrane and put back in hours: dh/dt = (wanted − h)/τ, 1/h.
    rates=lambda v: {"transport": (v.phosphate_transport_wanted - v.transport) / v.transport_time},
)
