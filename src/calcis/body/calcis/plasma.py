"""How much calcium, phosphate and magnesium is in the extracellular fluid, and what does plasma offer?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calcis.elementary import Value
from calcis.part import Part, Signal, State


def _rates(v: Any) -> Mapping[str, Value]:
    """Mass balance of the extracellular fluid, mmol/h."""
    return {
        "calcium": (
            v.calcium_absorbed
            + v.calcium_infused
            - v.calcium_lost_gut_and_skin
            - v.calcium_urine
            - v.calcium_dialysed
            + v.bone_calcium_release
            - v.bone_calcium_uptake
            - v.calcium_uptake_tissue
        ),
        "phosphate": (
            v.phosphate_absorbed
            + v.phosphate_infused
            - v.phosphate_dialysed
            - v.phosphate_urine
            + v.bone_phosphate_release
            - v.bone_phosphate_uptake
            - v.phosphate_uptake_cells
            - v.phosphate_uptake_tissue
        ),
        "magnesium": (
            v.magnesium_absorbed - v.magnesium_urine - v.magnesium_dialysed - v.magnesium_uptake_cells
        ),
    }


PLASMA = Part(
    name="plasma",
    states={
        "calcium": State("mmol", "calcium_extracellular_normal", scale=0.03, dosable=True),
        "phosphate": State(
            "mmol", lambda v: v.phosphate_normal * v.extracellular_volume_normal, scale=0.02, dosable=True
        ),
        "magnesium": State(
            "mmol", lambda v: v.magnesium_normal * v.extracellular_volume_normal, scale=0.01, dosable=True
        ),
    },
    parameters={
        "calcium_ionised_normal": "mmol/L",
        "phosphate_normal": "mmol/L",
        "magnesium_normal": "mmol/L",
        "calcium_infusion": "mmol/h",
        "phosphate_infusion": "mmol/h",
        "pyrophosphate": "mmol/L",
        "pthrp": "pmol/L",
        "teriparatide_volume_distribution": "L",
        "teriparatide_elimination": "1/h",
    },
    needs={
        "extracellular_volume": "L",
        "extracellular_volume_normal": "L",
        "calcium_extracellular_normal": "mmol",
        "calcium_absorbed": "mmol/h",
        "calcium_lost_gut_and_skin": "mmol/h",
        "calcium_urine": "mmol/h",
        "calcium_dialysed": "mmol/h",
        "bone_calcium_release": "mmol/h",
        "bone_calcium_uptake": "mmol/h",
        "calcium_uptake_tissue": "mmol/h",
        "phosphate_absorbed": "mmol/h",
        "phosphate_urine": "mmol/h",
        "phosphate_dialysed": "mmol/h",
        "bone_phosphate_release": "mmol/h",
        "bone_phosphate_uptake": "mmol/h",
        "phosphate_uptake_cells": "mmol/h",
        "phosphate_uptake_tissue": "mmol/h",
        "magnesium_absorbed": "mmol/h",
        "magnesium_urine": "mmol/h",
        "magnesium_dialysed": "mmol/h",
        "magnesium_uptake_cells": "mmol/h",
        "pth_plasma": "pmol/L",
        "pth_plasma_normal": "pmol/L",
        "teriparatide_plasma": "pmol/L",
    },
    neutral={"calcium_uptake_tissue": 0.0, "phosphate_uptake_tissue": 0.0, "teriparatide_plasma": 0.0},
    gives={
        "calcium_extracellular": Signal("mmol", lambda v: v.calcium),
        "calcium_ionised_plasma_normal": Signal("mmol/L", lambda v: v.calcium_ionised_normal),
        "phosphate_plasma": Signal("mmol/L", lambda v: v.phosphate / v.extracellular_volume),
        "phosphate_plasma_normal": Signal("mmol/L", lambda v: v.phosphate_normal),
        "phosphate_relative": Signal("1", lambda v: v.phosphate_plasma / v.phosphate_normal),
        "magnesium_plasma": Signal("mmol/L", lambda v: v.magnesium / v.extracellular_volume),
        "magnesium_plasma_normal": Signal("mmol/L", lambda v: v.magnesium_normal),
        "magnesium_relative": Signal("1", lambda v: v.magnesium_plasma / v.magnesium_normal),
        "calcium_infused": Signal("mmol/h", lambda v: v.calcium_infusion),
        "phosphate_infused": Signal("mmol/h", lambda v: v.phosphate_infusion),
        "pyrophosphate_plasma_normal": Signal("mmol/L", lambda v: v.pyrophosphate),
        "pthrp_plasma": Signal("pmol/L", lambda v: v.pthrp),
        "pth_total_plasma": Signal("pmol/L", lambda v: v.pth_plasma + v.teriparatide_plasma),
        "teriparatide_volume": Signal("L", lambda v: v.teriparatide_volume_distribution),
        "teriparatide_elimination_rate": Signal("1/h", lambda v: v.teriparatide_elimination),
        # What bone and renal tubule take for PTH, relative to normal PTH.
        "pth_action": Signal("1", lambda v: (v.pth_total_plasma + v.pthrp) / v.pth_plasma_normal),
    },
    rates=_rates,
)
