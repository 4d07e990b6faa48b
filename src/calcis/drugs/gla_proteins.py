"""Which share of the proteins that hold mineral back is left unfinished, by vitamin K and its antagonists?

Matrix Gla protein works once vitamin K has carboxylated it.  Each time, vitamin K is used up and recycled; an
antagonist blocks that.  What is unfinished is replaced over weeks.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calcis.elementary import Value
from calcis.part import Part, Signal, State


def unfinished_later(v: Any) -> Value:
    """The share that is left unfinished in the long run, K/(K + supply·recycling); both 1 in most people."""
    return v.half_supply / (v.half_supply + v.vitamin_k_supply * v.recycling)


def rates(v: Any) -> Mapping[str, Value]:
    """unfinished' = (u∞ - u)/t, 1/h."""
    return {"unfinished": (unfinished_later(v) - v.unfinished) / v.turnover_time}


GLA_PROTEINS = Part(
    name="gla_proteins",
    states={"unfinished": State("1", lambda v: v.half_supply / (v.half_supply + v.supply), 1e-3)},
    parameters={"supply": "1", "recycling": "1", "half_supply": "1", "turnover_time": "h"},
    gives={
        "vitamin_k_supply": Signal("1", lambda v: v.supply),
        "gla_unfinished": Signal("1", lambda v: v.unfinished),
        "gla_unfinished_relative": Signal(
            "1", lambda v: v.unfinished * (v.half_supply + 1.0) / v.half_supply
        ),
    },
    rates=rates,
)
