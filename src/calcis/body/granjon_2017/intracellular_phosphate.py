"""How does phosphate move between plasma and the cells?"""

from calcis.part import Part, Signal, State

INTRACELLULAR_PHOSPHATE = Part(
    name="intracellular_phosphate",
    states={"phosphate": State("mmol", "phosphate_normal", scale=3e-3)},
    parameters={"phosphate_normal": "mmol", "uptake_rate": "1/h", "release_rate": "1/h"},
    needs={"phosphate_free_plasma": "mmol/L", "plasma_volume": "L"},
    gives={
        "phosphate_uptake_cells": Signal(
            "mmol/h", lambda v: v.uptake_rate * v.phosphate_free_plasma * v.plasma_volume
        ),
        "phosphate_release_cells": Signal("mmol/h", lambda v: v.release_rate * v.phosphate),
    },
    rates=lambda v: {"phosphate": v.phosphate_uptake_cells - v.phosphate_release_cells},
)
