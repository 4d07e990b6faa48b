"""How much FGF23 does bone make, and how do phosphate, vitamin D, calcium and loss of nephrons change it?"""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value, power
from calcis.part import Part, Signal, State


def _wanted(v: Any) -> Value:
    """FGF23 that bone is asked to make, over normal: f·Pᵖ·dᵈ·xᶜ·n⁻ⁿ.

    Phosphate P, vitamin D drive d, ionised calcium x and nephrons n, over normal; f, 1 in health, is for
    diseases of bone cells.
    """
    return (
        v.synthesis_factor
        * power(v.phosphate_relative, v.phosphate_exponent)
        * power(v.vitamin_d_drive, v.vitamin_d_exponent)
        * power(v.calcium_ionised_relative, v.calcium_exponent)
        * power(v.nephrons_relative, -v.nephron_exponent)
    )


def _lost(v: Any) -> Value:
    """Loss of FGF23 over normal: 1 − s + s·n, a share s of it by the nephrons n."""
    return 1.0 - v.renal_share + v.renal_share * v.nephrons_relative


def _rates(v: Any) -> dict[str, Value]:
    """dF/dt = k·(F₀·S − F·lost), pmol/L/h; synthesis dS/dt = (wanted − S)/τ, 1/h."""
    return {
        "fgf23": v.elimination_rate * (v.fgf23_normal * v.synthesis - v.fgf23 * v.fgf23_lost),
        "synthesis": (v.fgf23_wanted - v.synthesis) / v.synthesis_time,
    }


FGF23 = Part(
    name="fgf23",
    states={
        "fgf23": State("pmol/L", "fgf23_normal", scale=1.5e-3),
        "synthesis": State("1", lambda v: 1.0, scale=1e-3),
    },
    parameters={
        "fgf23_normal": "pmol/L",
        "elimination_rate": "1/h",
        "phosphate_exponent": "1",
        "vitamin_d_exponent": "1",
        "nephron_exponent": "1",
        "renal_share": "1",
        "synthesis_factor": "1",
        "synthesis_time": "h",
        "calcium_exponent": "1",
    },
    needs={
        "phosphate_relative": "1",
        "vitamin_d_drive": "1",
        "nephrons_relative": "1",
        "calcium_ionised_relative": "1",
    },
    gives={
        "fgf23_plasma": Signal("pmol/L", lambda v: v.fgf23),
        "fgf23_relative": Signal("1", lambda v: v.fgf23 / v.fgf23_normal),
        "fgf23_wanted": Signal("1", _wanted),
        "fgf23_lost": Signal("1", _lost),
    },
    rates=_rates,
)
