"""How much phosphate is in the cells, and how does it exchange with plasma?"""

from __future__ import annotations

from calcis.part import Part, Signal, State

INTRACELLULAR_PHOSPHATE = Part(
    name="intracellular_phosphate",
    states={"phosphate": State("mmol", "phosphate_normal", scale=3.0)},
    parameters={"phosphate_normal": "mmol", "uptake_clearance": "L/h", "release_rate": "1/h"},
    needs={"phosphate_plasma": "mmol/L"},
    gives={
        "phosphate_uptake_cells": Signal("mmol/h", lambda v: v.uptake_clearance * v.phosphate_plasma),
        "phosphate_release_cells": Signal("mmol/h", lambda v: v.release_rate * v.phosphate),
    },
    rates=lambda v: {"phosphate": v.phosphate_uptake_cells - v.phosphate_release_cells},
)
