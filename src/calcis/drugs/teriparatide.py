"""How does injected teriparatide reach plasma?

The body says in which volume it spreads and how fast it leaves.  In the model of Peterson and Riggs the
absorbed drug is added to endogenous PTH.  Elimination is linear, so a separate state with the same
elimination is the same thing, and an assay can tell the two apart.
"""

from __future__ import annotations

from calcis.part import Part, Signal, State

TERIPARATIDE = Part(
    name="teriparatide",
    states={
        "subcutaneous": State("pmol", lambda v: 0.0, scale=0.05, dosable=True),
        "circulating": State("pmol", lambda v: 0.0, scale=0.05, dosable=True),
    },
    parameters={"apparent_clearance": "L/h", "apparent_volume": "L"},
    needs={"teriparatide_volume": "L", "teriparatide_elimination_rate": "1/h"},
    gives={
        "teriparatide_absorbed": Signal(
            "pmol/h", lambda v: v.apparent_clearance / v.apparent_volume * v.subcutaneous
        ),
        "teriparatide_plasma": Signal("pmol/L", lambda v: v.circulating / v.teriparatide_volume),
    },
    rates=lambda v: {
        "subcutaneous": -v.teriparatide_absorbed,
        "circulating": v.teriparatide_absorbed - v.teriparatide_elimination_rate * v.circulating,
    },
)
