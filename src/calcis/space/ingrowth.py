"""What comes into a voxel from its neighbours?  Progenitor cells, and what leaves vessels near.

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
    return (1.0 + v.perfusion_half) * v.perfusion_near / (maximum(v.perfusion_near, 0.0) + v.perfusion_half)


def rates(v: Any) -> dict[str, Value]:
    """progenitors' = r·(p - p₀)₊·(1 - p), a front of speed 2√(Dr); perfusion_near' = g·(o - b).

    Below p₀, about one cell per mm³, nothing divides: 0 would be unstable, and rounding would fill a gap.
    o is oxygenation; with its diffusion (`motilities`) b tells within 1/g how near, in reaches, blood flows.
    """
    dividing = v.viability * v.division_rate * maximum(v.progenitors - v.progenitors_least, 0.0)
    return {
        "progenitors": dividing * (1.0 - v.progenitors),
        "perfusion_near": v.following_rate * (v.oxygenation - v.perfusion_near),
    }


def motilities(parameters: Mapping[str, float]) -> dict[str, float]:
    """How fast both move (mm²/h): progenitors wander; nearness of perfusion fades over a reach, √(D/g)."""
    return {
        "progenitors": parameters["diffusion.progenitors"],
        "perfusion_near": parameters["ingrowth.following_rate"] * parameters["ingrowth.reach"] ** 2,
    }


INGROWTH = Part(
    name="ingrowth",
    states={
        "progenitors": State("1", start=lambda v: 1.0, scale=1e-2),
        "perfusion_near": State("1", start=lambda v: 1.0, scale=1e-2),
    },
    parameters={
        "division_rate": "1/h",
        "progenitors_least": "1",
        "following_rate": "1/h",
        "reach": "mm",
        "perfusion_half": "1",
    },
    needs={"viability": "1", "oxygenation": "1"},
    gives={
        "progenitors_here": Signal("1", lambda v: v.progenitors),
        "vessels_near": Signal("1", vessels_near),
    },
    rates=rates,
)
