"""How does an injected hormone that the body also makes reach plasma?

The body says in which volume it spreads and how fast it leaves.  In the model of Peterson and Riggs absorbed
teriparatide is added to endogenous PTH.  Elimination is linear, so a separate state with the same elimination
is the same thing, and an assay can tell the two apart.
"""

from __future__ import annotations

from calcis.part import Part, Signal, State


def own_hormone(name: str, unit: str, scale: float) -> Part:
    """A depot that empties at `apparent_clearance` / `apparent_volume` into what the body says of NAME."""
    absorbed, volume, rate = f"{name}_absorbed", f"{name}_volume", f"{name}_elimination_rate"
    return Part(
        name=name,
        states={
            "subcutaneous": State(unit, lambda v: 0.0, scale, dosable=True),
            "circulating": State(unit, lambda v: 0.0, scale, dosable=True),
        },
        parameters={"apparent_clearance": "L/h", "apparent_volume": "L"},
        needs={volume: "L", rate: "1/h"},
        gives={
            absorbed: Signal(
                f"{unit}/h", lambda v: v.apparent_clearance / v.apparent_volume * v.subcutaneous
            ),
            f"{name}_plasma": Signal(f"{unit}/L", lambda v: v.circulating / getattr(v, volume)),
        },
        rates=lambda v: {
            "subcutaneous": -getattr(v, absorbed),
            "circulating": getattr(v, absorbed) - getattr(v, rate) * v.circulating,
        },
    )
