"""How does bone mineral density follow bone cells?  Each site by itself, relative to the start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calcis.elementary import Value, power
from calcis.part import Part, Signal, State

SITES = ("lumbar_spine", "lumbar_spine_denosumab", "femoral_neck")


def _rates(v: Any) -> Mapping[str, Value]:
    """db/dt = k·(osteoblasts^α − osteoclasts^β·b), 1/h, with cells relative to normal."""
    formation = power(v.osteoblasts_relative, v.osteoblast_exponent)
    rates = {}
    for site in SITES:
        loss = power(v.osteoclasts_relative, getattr(v, f"{site}_osteoclast_exponent"))
        rates[site] = getattr(v, f"{site}_turnover") * (formation - loss * getattr(v, site))
    return rates


BONE_DENSITY = Part(
    name="bone_density",
    states={site: State("1", lambda v: 1.0, scale=1e-3) for site in SITES},
    parameters={
        "osteoblast_exponent": "1",
        "lumbar_spine_turnover": "1/h",
        "lumbar_spine_osteoclast_exponent": "1",
        "lumbar_spine_denosumab_turnover": "1/h",
        "lumbar_spine_denosumab_osteoclast_exponent": "1",
        "femoral_neck_turnover": "1/h",
        "femoral_neck_osteoclast_exponent": "1",
    },
    needs={"osteoblasts_relative": "1", "osteoclasts_relative": "1"},
    gives={
        "bone_density_lumbar_spine": Signal("1", lambda v: v.lumbar_spine),
        "bone_density_lumbar_spine_denosumab": Signal("1", lambda v: v.lumbar_spine_denosumab),
        "bone_density_femoral_neck": Signal("1", lambda v: v.femoral_neck),
    },
    rates=_rates,
)
