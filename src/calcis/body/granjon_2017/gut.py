"""How much calcium and phosphate does the gut absorb, and how does calcitriol change it?"""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value, hill
from calcis.part import Part, Signal


def _calcium_absorbed(v: Any) -> Value:
    """Calcium absorbed, mmol/h: I·(f₀ + f₁·D²/(D² + K²)); there is no delay in the gut."""
    induced = hill(v.calcitriol_plasma, v.calcitriol_half, 2)
    return v.calcium_intake * (v.calcium_fraction_basal + v.calcium_fraction_induced * induced)


def _phosphate_absorbed(v: Any) -> Value:
    """Phosphate absorbed, mmol/h: I·(f₀ + f₁·D²/(D² + K²))."""
    induced = hill(v.calcitriol_plasma, v.calcitriol_half, 2)
    return v.phosphate_intake * (v.phosphate_fraction_basal + v.phosphate_fraction_induced * induced)


GUT = Part(
    name="gut",
    parameters={
        "calcium_intake": "mmol/h",
        "calcium_fraction_basal": "1",
        "calcium_fraction_induced": "1",
        "phosphate_intake": "mmol/h",
        "phosphate_fraction_basal": "1",
        "phosphate_fraction_induced": "1",
        "calcitriol_half": "pmol/L",
    },
    needs={"calcitriol_plasma": "pmol/L"},
    gives={
        "calcium_absorbed": Signal("mmol/h", _calcium_absorbed),
        "phosphate_absorbed": Signal("mmol/h", _phosphate_absorbed),
    },
)
