"""How much free calcium and phosphate is in plasma, how much in all, and what does plasma offer to tissue?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calcis.elementary import Value
from calcis.part import Part, Signal, State


def _rates(v: Any) -> Mapping[str, Value]:
    """Mass balance of what is free in plasma, mmol/h; what complexes take and give back is `complexes`."""
    return {
        "calcium": (
            v.calcium_absorbed
            + v.bone_calcium_release
            - v.bone_calcium_uptake
            - v.calcium_urine
            + v.calcium_infused
            - v.calcium_uptake_complexes
            - v.calcium_uptake_tissue
        ),
        "phosphate": (
            v.phosphate_absorbed
            + v.bone_phosphate_release
            - v.bone_phosphate_uptake
            - v.phosphate_urine
            + v.phosphate_infused
            - v.phosphate_uptake_complexes
            - v.phosphate_uptake_cells
            + v.phosphate_release_cells
            - v.phosphate_uptake_tissue
        ),
    }


PLASMA = Part(
    name="plasma",
    states={
        "calcium": State("mmol", lambda v: v.calcium_ionised_normal * v.volume, scale=1e-5, dosable=True),
        "phosphate": State("mmol", lambda v: v.phosphate_free_normal * v.volume, scale=1e-5, dosable=True),
    },
    parameters={
        "volume": "L",
        "calcium_ionised_normal": "mmol/L",
        "phosphate_free_normal": "mmol/L",
        "calcium_infusion": "mmol/h",
        "phosphate_infusion": "mmol/h",
        "pyrophosphate": "mmol/L",
        "ph": "1",
    },
    needs={
        "calcium_absorbed": "mmol/h",
        "phosphate_absorbed": "mmol/h",
        "bone_calcium_release": "mmol/h",
        "bone_calcium_uptake": "mmol/h",
        "bone_phosphate_release": "mmol/h",
        "bone_phosphate_uptake": "mmol/h",
        "calcium_urine": "mmol/h",
        "phosphate_urine": "mmol/h",
        "phosphate_uptake_cells": "mmol/h",
        "phosphate_release_cells": "mmol/h",
        "calcium_complexed": "mmol",
        "phosphate_complexed": "mmol",
        "calcium_uptake_complexes": "mmol/h",
        "phosphate_uptake_complexes": "mmol/h",
        "calcium_uptake_tissue": "mmol/h",
        "phosphate_uptake_tissue": "mmol/h",
    },
    neutral={"calcium_uptake_tissue": 0.0, "phosphate_uptake_tissue": 0.0},
    gives={
        "plasma_volume": Signal("L", lambda v: v.volume),
        "calcium_ionised_plasma_normal": Signal("mmol/L", lambda v: v.calcium_ionised_normal),
        "phosphate_free_plasma_normal": Signal("mmol/L", lambda v: v.phosphate_free_normal),
        "calcium_ionised_plasma": Signal("mmol/L", lambda v: v.calcium / v.volume),
        "phosphate_free_plasma": Signal("mmol/L", lambda v: v.phosphate / v.volume),
        "calcium_plasma": Signal("mmol/L", lambda v: (v.calcium + v.calcium_complexed) / v.volume),
        "phosphate_plasma": Signal("mmol/L", lambda v: (v.phosphate + v.phosphate_complexed) / v.volume),
        "pyrophosphate_plasma": Signal("mmol/L", lambda v: v.pyrophosphate),
        "ph_plasma": Signal("1", lambda v: v.ph),
        "calcium_infused": Signal("mmol/h", lambda v: v.calcium_infusion),
        "phosphate_infused": Signal("mmol/h", lambda v: v.phosphate_infusion),
    },
    rates=_rates,
)
