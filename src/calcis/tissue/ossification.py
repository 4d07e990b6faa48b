"""Does persistent mineral call for bone?  An osteogenic signal that follows mineral slowly."""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value, maximum
from calcis.part import Part, Signal, State


def rates(v: Any) -> dict[str, Value]:
    """osteogenic' = (Z/(Z + K) - B)/t: mineral that stays for weeks raises the signal."""
    target = v.mineral_total / (maximum(v.mineral_total, 0.0) + v.half_mineral)
    return {"osteogenic": (target - v.osteogenic) / v.response_time}


OSSIFICATION = Part(
    name="ossification",
    states={"osteogenic": State("1", start=lambda v: 0.0, scale=1e-2)},
    parameters={"half_mineral": "mmol/L", "response_time": "h"},
    needs={"mineral_total": "mmol/L"},
    gives={"osteogenic_signal": Signal("1", lambda v: v.osteogenic)},
    rates=rates,
)
