"""How much calcium and phosphate is in plasma, and what does plasma offer to the tissues?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calcis.elementary import Value, maximum
from calcis.part import Part, Signal, State


def _pth_agonist(v: Any) -> Value:
    """What bone and renal tubule take for PTH, pmol/L: PTH + teriparatide + PTHrP.

    Floored far below any value of the published model, because OPG synthesis divides by it.
    """
    return maximum(v.pth_total_plasma + v.pthrp, v.pth_agonist_floor)


def _rates(v: Any) -> Mapping[str, Value]:
    """Mass balance of the extracellular fluid, mmol/h."""
    return {
        "calcium": (
            v.bone_calcium_release
            - v.bone_calcium_uptake
            - v.calcium_urine
            + v.calcium_absorbed
            - v.calcium_uptake_tissue
        ),
        "phosphate": (
            v.bone_phosphate_release
            - v.bone_phosphate_uptake
            - v.phosphate_urine
            + v.phosphate_absorbed
            - v.phosphate_uptake_cells
            + v.phosphate_release_cells
            - v.phosphate_uptake_tissue
        ),
    }


PLASMA = Part(
    name="plasma",
    states={
        "calcium": State("mmol", lambda v: v.calcium_normal * v.volume, scale=0.03, dosable=True),
        "phosphate": State("mmol", lambda v: v.phosphate_normal * v.volume, scale=0.02, dosable=True),
    },
    parameters={
        "volume": "L",
        "calcium_normal": "mmol/L",
        "phosphate_normal": "mmol/L",
        "calcium_ionised_fraction": "1",
        "pyrophosphate": "mmol/L",
        "ph": "1",
        "pthrp": "pmol/L",
        "pth_agonist_floor": "pmol/L",
    },
    needs={
        "bone_calcium_release": "mmol/h",
        "bone_calcium_uptake": "mmol/h",
        "bone_phosphate_release": "mmol/h",
        "bone_phosphate_uptake": "mmol/h",
        "calcium_absorbed": "mmol/h",
        "phosphate_absorbed": "mmol/h",
        "calcium_urine": "mmol/h",
        "phosphate_urine": "mmol/h",
        "phosphate_uptake_cells": "mmol/h",
        "phosphate_release_cells": "mmol/h",
        "calcium_uptake_tissue": "mmol/h",
        "phosphate_uptake_tissue": "mmol/h",
        "pth_plasma": "pmol/L",
        "teriparatide_plasma": "pmol/L",
    },
    neutral={"calcium_uptake_tissue": 0.0, "phosphate_uptake_tissue": 0.0, "teriparatide_plasma": 0.0},
    gives={
        "extracellular_volume": Signal("L", lambda v: v.volume),
        "calcium_plasma": Signal("mmol/L", lambda v: v.calcium / v.volume),
        "calcium_plasma_normal": Signal("mmol/L", lambda v: v.calcium_normal),
        "calcium_ionised_plasma": Signal("mmol/L", lambda v: v.calcium_ionised_fraction * v.calcium_plasma),
        "phosphate_plasma": Signal("mmol/L", lambda v: v.phosphate / v.volume),
        "pyrophosphate_plasma": Signal("mmol/L", lambda v: v.pyrophosphate),
        "ph_plasma": Signal("1", lambda v: v.ph),
        "pthrp_plasma": Signal("pmol/L", lambda v: v.pthrp),
        "pth_total_plasma": Signal("pmol/L", lambda v: v.pth_plasma + v.teriparatide_plasma),
        "pth_agonist_plasma": Signal("pmol/L", _pth_agonist),
    },
    rates=_rates,
)
