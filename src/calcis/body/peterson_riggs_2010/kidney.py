"""How much calcium and phosphate is lost in urine, and how do PTH, calcitriol and GFR change it?"""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value, maximum
from calcis.part import Part, Signal, State


def _calcium_delivered(v: Any) -> Value:
    """Calcium that is filtered and reaches the distal tubule, mmol/h: unbound·distal·GFR·C."""
    share = v.calcium_unbound_fraction * v.calcium_distal_fraction
    return share * v.glomerular_filtration_rate * v.calcium_plasma


def _calcium_capacity(v: Any) -> Value:
    """Capacity of distal calcium reabsorption, mmol/h.

    It excretes U₀ at normal calcium C₀ and PTH whatever the GFR is, and falls with oestrogen e:
    [1 − m·(1 − e)]·(unbound·distal·GFR·C₀ − U₀)·(K + C₀)/C₀,  m = (1 − f)/Δe
    """
    share = v.calcium_unbound_fraction * v.calcium_distal_fraction
    delivered_normal = share * v.glomerular_filtration_rate * v.calcium_plasma_normal
    slope = (1.0 - v.capacity_left_at_oestrogen_loss) / v.oestrogen_loss
    oestrogen_effect = 1.0 - slope + slope * v.oestrogen_relative
    unsaturated = (v.calcium_reabsorption_half + v.calcium_plasma_normal) / v.calcium_plasma_normal
    return oestrogen_effect * (delivered_normal - v.calcium_excreted_normal) * unsaturated


def _calcium_reabsorbed(v: Any) -> Value:
    """Distal calcium reabsorption, mmol/h: capacity·C/(K + C)·(1 + h)·p/(p + h·p₀)."""
    saturation = v.calcium_plasma / (v.calcium_reabsorption_half + v.calcium_plasma)
    half = v.pth_half_relative * v.pth_plasma_normal
    pth_effect = (1.0 + v.pth_half_relative) * v.pth_agonist_plasma / (v.pth_agonist_plasma + half)
    return v.calcium_reabsorption_capacity * saturation * pth_effect


def _calcium_urine(v: Any) -> Value:
    """Urinary calcium, mmol/h: max(0, [2 − 2·D/(D + D₅₀)]·(delivered − reabsorbed)).

    Calcitriol D acts only here, on what is left in the urine, as published.
    """
    calcitriol_effect = 2.0 - 2.0 * v.calcitriol_plasma / (v.calcitriol_plasma + v.calcitriol_half)
    return maximum(0.0, calcitriol_effect * (v.calcium_delivered_distal - v.calcium_reabsorbed_distal))


def _phosphate_urine(v: Any) -> Value:
    """Urinary phosphate, mmol/h: what is filtered above a fixed threshold, without PTH or FGF23."""
    threshold = v.phosphate_filtered_fraction * v.glomerular_filtration_rate * v.phosphate_threshold
    return maximum(0.0, v.phosphate_filtered - threshold)


KIDNEY = Part(
    name="kidney",
    states={"filtration": State("L/h", "filtration_rate", scale=6e-3)},
    parameters={
        "filtration_rate": "L/h",
        "filtration_decline": "L/h",
        "filtration_decline_time": "h",
        "calcium_unbound_fraction": "1",
        "calcium_distal_fraction": "1",
        "calcium_excreted_normal": "mmol/h",
        "calcium_reabsorption_half": "mmol/L",
        "pth_half_relative": "1",
        "calcitriol_half": "pmol/L",
        "capacity_left_at_oestrogen_loss": "1",
        "oestrogen_loss": "1",
        "phosphate_filtered_fraction": "1",
        "phosphate_threshold": "mmol/L",
    },
    needs={
        "calcium_plasma": "mmol/L",
        "calcium_plasma_normal": "mmol/L",
        "phosphate_plasma": "mmol/L",
        "pth_agonist_plasma": "pmol/L",
        "pth_plasma_normal": "pmol/L",
        "calcitriol_plasma": "pmol/L",
        "oestrogen_relative": "1",
    },
    gives={
        "glomerular_filtration_rate": Signal("L/h", lambda v: v.filtration),
        "calcium_delivered_distal": Signal("mmol/h", _calcium_delivered),
        "calcium_reabsorption_capacity": Signal("mmol/h", _calcium_capacity),
        "calcium_reabsorbed_distal": Signal("mmol/h", _calcium_reabsorbed),
        "calcium_urine": Signal("mmol/h", _calcium_urine),
        "phosphate_filtered": Signal(
            "mmol/h",
            lambda v: v.phosphate_filtered_fraction * v.glomerular_filtration_rate * v.phosphate_plasma,
        ),
        "phosphate_urine": Signal("mmol/h", _phosphate_urine),
    },
    rates=lambda v: {
        "filtration": (v.filtration_rate - v.filtration_decline - v.filtration) / v.filtration_decline_time
    },
)
