"""How much FGF23 is made, and how do calcitriol and phosphate change it?"""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value, hill
from calcis.part import Part, Signal, State


def _synthesis(v: Any) -> Value:
    """FGF23 made, pmol/h: V·k·[1 + g·D⁵/(D⁵ + K⁵)·P/(P + Kₚ)], D calcitriol, P free phosphate."""
    by_calcitriol = hill(v.calcitriol_plasma, v.calcitriol_half, 5)
    by_phosphate = hill(v.phosphate_free_plasma, v.phosphate_half, 1)
    return v.plasma_volume * v.synthesis_rate * (1.0 + v.induction * by_calcitriol * by_phosphate)


FGF23 = Part(
    name="fgf23",
    states={"fgf23": State("pmol", lambda v: v.normal * v.plasma_volume, scale=2e-4)},
    parameters={
        "normal": "pmol/L",
        "synthesis_rate": "pmol/L/h",
        "induction": "1",
        "calcitriol_half": "pmol/L",
        "phosphate_half": "mmol/L",
        "degradation_rate": "1/h",
    },
    needs={"plasma_volume": "L", "calcitriol_plasma": "pmol/L", "phosphate_free_plasma": "mmol/L"},
    gives={
        "fgf23_plasma": Signal("pmol/L", lambda v: v.fgf23 / v.plasma_volume),
        "fgf23_synthesis": Signal("pmol/h", _synthesis),
    },
    rates=lambda v: {"fgf23": v.fgf23_synthesis - v.degradation_rate * v.fgf23},
)
