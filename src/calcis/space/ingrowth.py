"""What comes into a voxel from its neighbours?  Progenitor cells, which wander and divide, and blood's cells.

In one voxel both are there at all times, for living tissue lies around it: nobody gives these signals, and
the laws of the tissue that need them take 1.  In a block they are there where they were or have come.
Neither takes up space, nor carries calcium or phosphate: what cells hold enters the books as they die.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calcis.elementary import Value, maximum
from calcis.part import Part, Signal, State


def vessels_near(v: Any) -> Value:
    """How far leukocytes and sprouts of vessels get here from blood that flows, (1 + h)·b/(b + h)."""
    return (1.0 + v.blood_half) * v.blood / (maximum(v.blood, 0.0) + v.blood_half)


def rates(v: Any) -> dict[str, Value]:
    """progenitors' = r·(p - p₀)₊·(1 - p), a front of speed 2√(Dr); blood' = g·(o - b), o oxygenation.

    Below p₀, about one cell per mm³, nothing divides: 0 would be unstable, and rounding would fill a gap.
    With its diffusion (`motilities`) blood is felt, within 1/g, over a `reach` of where it flows.
    """
    dividing = v.viability * v.division_rate * maximum(v.progenitors - v.progenitors_least, 0.0)
    return {
        "progenitors": dividing * (1.0 - v.progenitors),
        "blood": v.following_rate * (v.oxygenation - v.blood),
    }


def motilities(parameters: Mapping[str, float]) -> dict[str, float]:
    """How fast both move (mm²/h): progenitors wander; what follows from blood gets reach·√(1/g) in 1/g."""
    return {
        "progenitors": parameters["diffusion.progenitors"],
        "blood": parameters["ingrowth.following_rate"] * parameters["ingrowth.reach"] ** 2,
    }


INGROWTH = Part(
    name="ingrowth",
    states={
        "progenitors": State("1", start=lambda v: 1.0, scale=1e-2),
        "blood": State("1", start=lambda v: 1.0, scale=1e-2),
    },
    parameters={
        "division_rate": "1/h",
        "progenitors_least": "1",
        "following_rate": "1/h",
        "reach": "mm",
        "blood_half": "1",
    },
    needs={"viability": "1", "oxygenation": "1"},
    gives={
        "progenitors_here": Signal("1", lambda v: v.progenitors),
        "vessels_near": Signal("1", vessels_near),
    },
    rates=rates,
)
