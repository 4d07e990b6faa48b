"""What grows into a voxel from its neighbours?  Progenitor cells, which wander and divide, and vessels.

In one voxel both are there at all times, for living tissue lies around it: nobody gives these signals, and
the laws of the tissue that need them take 1.  In a block they are there where they were or have come.
Neither takes up space, nor carries calcium or phosphate: what cells hold enters the books as they die.
"""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value, maximum
from calcis.part import Part, Signal, State


def vessels_near(v: Any) -> Value:
    """How far blood vessels are in reach, (1 + h)·s/(s + h): 1 where sprouts are as many as anywhere."""
    return (1.0 + v.sprouts_half) * v.sprouts / (maximum(v.sprouts, 0.0) + v.sprouts_half)


def rates(v: Any) -> dict[str, Value]:
    """progenitors' = r·(p - p₀)₊·(1 - p), a front of speed 2√(Dr); sprouts' = g·(o - s), o oxygenation.

    Below p₀, about one cell per mm³, nothing divides: 0 would be unstable, and rounding would fill a gap.
    Sprouts come from vessels that carry blood, and are lost where none does.
    """
    dividing = v.viability * v.division_rate * maximum(v.progenitors - v.progenitors_least, 0.0)
    return {
        "progenitors": dividing * (1.0 - v.progenitors),
        "sprouts": v.sprouting_rate * (v.oxygenation - v.sprouts),
    }


INGROWTH = Part(
    name="ingrowth",
    states={
        "progenitors": State("1", start=lambda v: 1.0, scale=1e-2),
        "sprouts": State("1", start=lambda v: 1.0, scale=1e-2),
    },
    parameters={
        "division_rate": "1/h",
        "progenitors_least": "1",
        "sprouting_rate": "1/h",
        "sprouts_half": "1",
    },
    needs={"viability": "1", "oxygenation": "1"},
    gives={
        "progenitors_here": Signal("1", lambda v: v.progenitors),
        "vessels_near": Signal("1", vessels_near),
    },
    rates=rates,
)
