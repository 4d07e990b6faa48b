"""How much calcitriol is made and broken down, and how do PTH, FGF23 and the ions change it?"""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value, hill
from calcis.part import Part, Signal, State


def _synthesis(v: Any) -> Value:
    """Calcitriol made, pmol/h: V·S·{k₀ + k₁·p⁶/(p⁶ + K⁶)/[(1 + a·C)(1 + b·D)(1 + c·P)(1 + d·F)]}.

    S calcidiol, p PTH, C ionised calcium, D calcitriol, P free phosphate, F FGF23; only what PTH drives is
    inhibited.
    """
    inhibition = (
        (1.0 + v.calcium_inhibition * v.calcium_ionised_plasma)
        * (1.0 + v.calcitriol_inhibition * v.calcitriol_plasma)
        * (1.0 + v.phosphate_inhibition * v.phosphate_free_plasma)
        * (1.0 + v.fgf23_inhibition * v.fgf23_plasma)
    )
    driven = v.hydroxylation_pth * hill(v.pth_plasma, v.pth_half, 6) / inhibition
    return v.plasma_volume * v.calcidiol * (v.hydroxylation_basal + driven)


def _degradation(v: Any) -> Value:
    """Calcitriol broken down, pmol/h: k·(1 + g·F)·D·V/(1 + p/K), p being PTH."""
    induced = 1.0 + v.degradation_fgf23_induction * v.fgf23_plasma
    return v.degradation_rate * induced * v.calcitriol / (1.0 + v.pth_plasma / v.degradation_pth_half)


CALCITRIOL = Part(
    name="calcitriol",
    states={
        "calcitriol": State("pmol", lambda v: v.normal * v.plasma_volume, scale=5e-3, dosable=True),
    },
    parameters={
        "normal": "pmol/L",
        "calcidiol": "pmol/L",
        "infusion": "pmol/h",
        "hydroxylation_basal": "1/h",
        "hydroxylation_pth": "1/h",
        "pth_half": "pmol/L",
        "calcium_inhibition": "L/mmol",
        "calcitriol_inhibition": "L/pmol",
        "phosphate_inhibition": "L/mmol",
        "fgf23_inhibition": "L/pmol",
        "degradation_rate": "1/h",
        "degradation_fgf23_induction": "L/pmol",
        "degradation_pth_half": "pmol/L",
    },
    needs={
        "plasma_volume": "L",
        "calcium_ionised_plasma": "mmol/L",
        "phosphate_free_plasma": "mmol/L",
        "pth_plasma": "pmol/L",
        "fgf23_plasma": "pmol/L",
    },
    gives={
        "calcitriol_plasma": Signal("pmol/L", lambda v: v.calcitriol / v.plasma_volume),
        "calcidiol_plasma": Signal("pmol/L", lambda v: v.calcidiol),
        "calcitriol_synthesis": Signal("pmol/h", _synthesis),
        "calcitriol_degradation": Signal("pmol/h", _degradation),
    },
    rates=lambda v: {"calcitriol": v.calcitriol_synthesis - v.calcitriol_degradation + v.infusion},
)
