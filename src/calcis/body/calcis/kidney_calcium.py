"""How much calcium is lost in urine?  What reaches the distal tubule, less what that can take back."""

from __future__ import annotations

from typing import Any

from calcis.body.calcis.relative_saturation import saturating
from calcis.body.calcis.softplus import softplus, softplus_inverse
from calcis.elementary import Value, hill, power
from calcis.part import Part, Signal


def _sensed(v: Any) -> Value:
    """Answer of the calcium receptor of the thick limb, 0 to 1: zⁿ/(zⁿ + Kⁿ), z sensed calcium."""
    return hill(v.calcium_sensed_kidney, v.sensing_half, v.sensing_exponent)


def _delivered(v: Any) -> Value:
    """Share of filtered calcium that reaches the distal tubule: δ = f·[d₀ + c·(H − H₀)]·vᵐ.

    The calcium receptor H of the thick limb, and more extracellular fluid v, let more pass; f, 1 in health,
    is for drugs.
    """
    response = v.thick_limb_calcium_response - v.thick_limb_calcium_response_normal
    volume = power(v.extracellular_volume_relative, v.delivery_volume_exponent)
    return v.delivery_factor * (v.delivery_normal + v.delivery_sensing * response) * volume


def _capacity(v: Any) -> Value:
    """Distal reabsorption, mmol per litre filtered: f·T₀·[t + (1 − t)·r·(1 + K)/(r + K)]·dᵞ·hᵃ.

    PTH action r, vitamin D drive d and bicarbonate h, over normal, raise it; f is for drugs.  T₀ makes the
    normal state excrete what it retains.
    """
    filtered = v.delivery_normal * v.calcium_ultrafilterable_plasma_normal
    excreted = v.calcium_retained_normal / v.glomerular_filtration_rate_normal
    normal = filtered - softplus_inverse(excreted, v.splay)
    pth = v.capacity_without_pth + (1.0 - v.capacity_without_pth) * saturating(v.pth_action, v.pth_half)
    vitamin_d = power(v.vitamin_d_drive, v.capacity_vitamin_d_exponent)
    bicarbonate = power(v.bicarbonate_relative, v.capacity_bicarbonate_exponent)
    return v.capacity_factor * normal * pth * vitamin_d * bicarbonate


def _urine(v: Any) -> Value:
    """Calcium in urine, mmol/h: GFR·softplus(δ·C − T); C is ultrafilterable calcium."""
    left = v.calcium_delivery_distal * v.calcium_ultrafilterable_plasma - v.calcium_capacity_distal
    return v.glomerular_filtration_rate * softplus(left, v.splay)


KIDNEY_CALCIUM = Part(
    name="kidney_calcium",
    parameters={
        "set_point_factor": "1",
        "sensing_half": "1",
        "sensing_exponent": "1",
        "delivery_normal": "1",
        "delivery_sensing": "1",
        "delivery_volume_exponent": "1",
        "capacity_without_pth": "1",
        "pth_half": "1",
        "capacity_vitamin_d_exponent": "1",
        "capacity_bicarbonate_exponent": "1",
        "capacity_factor": "1",
        "delivery_factor": "1",
        "splay": "mmol/L",
    },
    needs={
        "calcium_plasma": "mmol/L",
        "calcium_ionised_relative": "1",
        "calcium_ultrafilterable_plasma": "mmol/L",
        "calcium_ultrafilterable_plasma_normal": "mmol/L",
        "calcium_retained_normal": "mmol/h",
        "glomerular_filtration_rate": "L/h",
        "glomerular_filtration_rate_normal": "L/h",
        "extracellular_volume_relative": "1",
        "pth_action": "1",
        "vitamin_d_drive": "1",
        "bicarbonate_relative": "1",
    },
    gives={
        # What the calcium receptors of the tubule answer to.
        "calcium_sensed_kidney": Signal("1", lambda v: v.calcium_ionised_relative / v.set_point_factor),
        "thick_limb_calcium_response": Signal("1", _sensed),
        "thick_limb_calcium_response_normal": Signal(
            "1", lambda v: hill(1.0, v.sensing_half, v.sensing_exponent)
        ),
        "calcium_delivery_distal": Signal("1", _delivered),
        "calcium_capacity_distal": Signal("mmol/L", _capacity),
        "calcium_urine": Signal("mmol/h", _urine),
        "calcium_creatinine_clearance_ratio": Signal(
            "1", lambda v: v.calcium_urine / (v.glomerular_filtration_rate * v.calcium_plasma)
        ),
    },
)
