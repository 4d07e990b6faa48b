"""How much calcium and phosphate is lost in urine, and what do PTH, FGF23, calcitriol and the ions change?"""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value, hill
from calcis.part import Part, Signal


def _calcium_proximal(v: Any) -> Value:
    """Share of filtered calcium reabsorbed in the proximal tubule: f₀ + f₁·K⁵/(K⁵ + p⁵), p being PTH."""
    inhibited = hill(v.pth_plasma, v.calcium_proximal_pth_half, 5)
    return v.calcium_proximal_basal + v.calcium_proximal_regulated * (1.0 - inhibited)


def _calcium_thick_limb(v: Any) -> Value:
    """Share of filtered calcium reabsorbed in the thick ascending limb: f₀ + f₁·K⁴/(K⁴ + C⁴) + f₂·p/(p + Kₚ).

    The calcium-sensing receptor is the second term, C being ionised calcium.
    """
    sensed = hill(v.calcium_ionised_plasma, v.thick_limb_calcium_half, 4)
    by_pth = v.thick_limb_pth_regulated * hill(v.pth_plasma, v.thick_limb_pth_half, 1)
    return v.thick_limb_basal + v.thick_limb_calcium_regulated * (1.0 - sensed) + by_pth


def _calcium_distal(v: Any) -> Value:
    """Share of filtered calcium reabsorbed in the distal tubule, p being PTH and D calcitriol.

    f₀ + f₁·[s·p/(p + Kₚ) + (1 - s)·D/(D + K)]
    """
    by_pth = v.distal_pth_share * hill(v.pth_plasma, v.distal_pth_half, 1)
    by_calcitriol = (1.0 - v.distal_pth_share) * hill(v.calcitriol_plasma, v.distal_calcitriol_half, 1)
    return v.distal_basal + v.distal_regulated * (by_pth + by_calcitriol)


def _phosphate_reabsorbed(v: Any) -> Value:
    """Share of filtered phosphate that is reabsorbed.

    f₀ + Σ fᵢ·Kᵢ⁵/(Kᵢ⁵ + xᵢ⁵) over PTH, FGF23 and free phosphate, proximal; and a constant share behind.
    """
    by_pth = v.phosphate_pth_regulated * (1.0 - hill(v.pth_plasma, v.phosphate_pth_half, 5))
    by_fgf23 = v.phosphate_fgf23_regulated * (1.0 - hill(v.fgf23_plasma, v.phosphate_fgf23_half, 5))
    by_phosphate = v.phosphate_self_regulated * (
        1.0 - hill(v.phosphate_free_plasma, v.phosphate_self_half, 5)
    )
    return v.phosphate_proximal_basal + by_pth + by_fgf23 + by_phosphate + v.phosphate_distal


def _calcium_urine(v: Any) -> Value:
    """Urinary calcium, mmol/h: what is filtered and not reabsorbed, times a factor for diuretics."""
    return v.calcium_urine_factor * (1.0 - v.calcium_reabsorbed_fraction) * v.calcium_filtered


KIDNEY = Part(
    name="kidney",
    parameters={
        "filtration_rate": "L/h",
        "calcium_urine_factor": "1",
        "calcium_proximal_basal": "1",
        "calcium_proximal_regulated": "1",
        "calcium_proximal_pth_half": "pmol/L",
        "thick_limb_basal": "1",
        "thick_limb_calcium_regulated": "1",
        "thick_limb_calcium_half": "mmol/L",
        "thick_limb_pth_regulated": "1",
        "thick_limb_pth_half": "pmol/L",
        "distal_basal": "1",
        "distal_regulated": "1",
        "distal_pth_share": "1",
        "distal_pth_half": "pmol/L",
        "distal_calcitriol_half": "pmol/L",
        "phosphate_proximal_basal": "1",
        "phosphate_pth_regulated": "1",
        "phosphate_pth_half": "pmol/L",
        "phosphate_fgf23_regulated": "1",
        "phosphate_fgf23_half": "pmol/L",
        "phosphate_self_regulated": "1",
        "phosphate_self_half": "mmol/L",
        "phosphate_distal": "1",
    },
    needs={
        "calcium_ionised_plasma": "mmol/L",
        "phosphate_free_plasma": "mmol/L",
        "calcium_ultrafilterable_plasma": "mmol/L",
        "phosphate_ultrafilterable_plasma": "mmol/L",
        "pth_plasma": "pmol/L",
        "calcitriol_plasma": "pmol/L",
        "fgf23_plasma": "pmol/L",
    },
    gives={
        "glomerular_filtration_rate": Signal("L/h", lambda v: v.filtration_rate),
        "calcium_filtered": Signal(
            "mmol/h", lambda v: v.glomerular_filtration_rate * v.calcium_ultrafilterable_plasma
        ),
        "phosphate_filtered": Signal(
            "mmol/h", lambda v: v.glomerular_filtration_rate * v.phosphate_ultrafilterable_plasma
        ),
        "calcium_reabsorbed_fraction": Signal(
            "1", lambda v: _calcium_proximal(v) + _calcium_thick_limb(v) + _calcium_distal(v)
        ),
        "phosphate_reabsorbed_fraction": Signal("1", _phosphate_reabsorbed),
        "calcium_urine": Signal("mmol/h", _calcium_urine),
        "phosphate_urine": Signal(
            "mmol/h", lambda v: (1.0 - v.phosphate_reabsorbed_fraction) * v.phosphate_filtered
        ),
    },
)
