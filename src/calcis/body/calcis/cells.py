"""How much phosphate and magnesium do the cells of the body hold, and take from plasma?"""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value
from calcis.part import Part, Signal, State


def _phosphate_exchanged(v: Any) -> Value:
    """Net phosphate from plasma to living cells, mmol/h: k·(P/P₀ − C/C₀)."""
    return v.phosphate_exchange * (v.phosphate_relative - v.phosphate / v.phosphate_cells_normal)


def _magnesium_uptake(v: Any) -> Value:
    """Net magnesium from plasma to cells, mmol/h: k·(m/m₀ − C/C₀)."""
    return v.magnesium_exchange * (v.magnesium_relative - v.magnesium / v.magnesium_cells_normal)


CELLS = Part(
    name="cells",
    states={
        "phosphate": State("mmol", "phosphate_cells_normal", scale=0.2),
        "magnesium": State("mmol", "magnesium_cells_normal", scale=0.3),
        # Phosphate in cells that fall apart, as in tumour lysis: none in health.
        "dying_phosphate": State("mmol", "lysis_phosphate", scale=0.02, dosable=True),
    },
    parameters={
        "lysis_phosphate": "mmol",
        "lysis_rate": "1/h",
        "phosphate_cells_normal": "mmol",
        "phosphate_exchange": "mmol/h",
        "magnesium_cells_normal": "mmol",
        "magnesium_exchange": "mmol/h",
    },
    needs={"phosphate_relative": "1", "magnesium_relative": "1"},
    gives={
        "phosphate_exchanged_cells": Signal("mmol/h", _phosphate_exchanged),
        "phosphate_released_lysis": Signal("mmol/h", lambda v: v.lysis_rate * v.dying_phosphate),
        "phosphate_uptake_cells": Signal(
            "mmol/h", lambda v: v.phosphate_exchanged_cells - v.phosphate_released_lysis
        ),
        "magnesium_uptake_cells": Signal("mmol/h", _magnesium_uptake),
    },
    rates=lambda v: {
        "phosphate": v.phosphate_exchanged_cells,
        "magnesium": v.magnesium_uptake_cells,
        "dying_phosphate": -v.phosphate_released_lysis,
    },
)
