"""How much does the kidney filter?"""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value, maximum
from calcis.part import Part, Signal


def _filtration(v: Any) -> Value:
    """Glomerular filtration rate, L/h: GFR·max(least, 1 − g·max(0, 1 − v))·(1 − c·H).

    Less fluid v lowers it, and so does high calcium, which narrows the vessels that feed the glomeruli:
    H = q²/(q² + k²), q = max(0, x/x₀ − 1).
    """
    contraction = maximum(0.0, 1.0 - v.extracellular_volume_relative)
    volume = maximum(v.filtration_least, 1.0 - v.filtration_volume_slope * contraction)
    excess = maximum(0.0, v.calcium_ionised_relative - 1.0)
    squared, half = excess * excess, v.filtration_calcium_half * v.filtration_calcium_half
    return v.filtration_rate * volume * (1.0 - v.filtration_calcium_loss * squared / (squared + half))


KIDNEY = Part(
    name="kidney",
    parameters={
        "filtration_rate": "L/h",
        "filtration_rate_normal": "L/h",
        "filtration_volume_slope": "1",
        "filtration_least": "1",
        "filtration_calcium_loss": "1",
        "filtration_calcium_half": "1",
    },
    needs={"extracellular_volume_relative": "1", "calcium_ionised_relative": "1"},
    gives={
        "glomerular_filtration_rate": Signal("L/h", _filtration),
        "glomerular_filtration_rate_normal": Signal("L/h", lambda v: v.filtration_rate_normal),
        "nephrons_relative": Signal("1", lambda v: v.filtration_rate / v.filtration_rate_normal),
    },
)
