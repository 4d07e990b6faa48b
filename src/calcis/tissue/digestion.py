"""What becomes of the salts that phagocytes carried off?  They dissolve them, and blood gets them back."""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value
from calcis.part import Part, Signal, State


def calcium_from_plasma(v: Any) -> Value:
    """Net calcium that the tissue takes from blood (mmol/L/h): into its fluid, less what is given back."""
    return v.calcium_supply - v.digestion_rate * v.calcium


def phosphate_from_plasma(v: Any) -> Value:
    """Net phosphate that the tissue takes from blood (mmol/L/h)."""
    return v.phosphate_supply - v.digestion_rate * v.phosphate


def rates(v: Any) -> dict[str, Value]:
    """calcium' = carried off - k·calcium, and phosphate alike."""
    return {
        "calcium": v.calcium_carried_off - v.digestion_rate * v.calcium,
        "phosphate": v.phosphate_carried_off - v.digestion_rate * v.phosphate,
    }


_FLOW = "mmol/L/h"

DIGESTION = Part(
    name="digestion",
    states={
        "calcium": State("mmol/L", start=lambda v: 0.0, scale=1e-2),
        "phosphate": State("mmol/L", start=lambda v: 0.0, scale=1e-2),
    },
    parameters={"digestion_rate": "1/h"},
    needs={
        "calcium_supply": _FLOW,
        "phosphate_supply": _FLOW,
        "calcium_carried_off": _FLOW,
        "phosphate_carried_off": _FLOW,
    },
    gives={
        "calcium_in_phagocytes": Signal("mmol/L", lambda v: v.calcium),
        "calcium_from_plasma": Signal(_FLOW, calcium_from_plasma),
        "phosphate_from_plasma": Signal(_FLOW, phosphate_from_plasma),
    },
    rates=rates,
)
