"""How much FGF23 does bone make, and how do phosphate, vitamin D, calcium and kidney failure change it?"""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value, power
from calcis.part import Part, Signal, State


def _wanted(v: Any) -> Value:
    """FGF23 at which making and loss balance, pmol/L: F₀·Pᵖ·dᵈ·n⁻ⁿ·xᶜ.

    Phosphate P, vitamin D drive d, nephrons n and ionised calcium x, over normal.  The power of n stands
    for loss of klotho, resistance and loss of clearance together.
    """
    return (
        v.fgf23_normal
        * power(v.phosphate_relative, v.phosphate_exponent)
        * power(v.vitamin_d_drive, v.vitamin_d_exponent)
        * power(v.nephrons_relative, -v.nephron_exponent)
        * power(v.calcium_ionised_relative, v.calcium_exponent)
    )


FGF23 = Part(
    name="fgf23",
    states={"fgf23": State("pmol/L", "fgf23_normal", scale=1.5e-3)},
    parameters={
        "fgf23_normal": "pmol/L",
        "elimination_rate": "1/h",
        "phosphate_exponent": "1",
        "vitamin_d_exponent": "1",
        "nephron_exponent": "1",
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
        "fgf23_wanted": Signal("pmol/L", _wanted),
    },
    rates=lambda v: {"fgf23": v.elimination_rate * (v.fgf23_wanted - v.fgf23)},
)
