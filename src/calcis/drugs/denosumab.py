"""How does denosumab spread and leave, and how fast does it take RANKL away?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calcis.elementary import Value
from calcis.part import Part, Signal, State


def _eliminated(v: Any) -> Value:
    """Elimination from plasma, nmol/h: linear, and saturable by binding its target."""
    return (v.clearance + v.target_maximum / (v.target_half + v.denosumab_plasma)) * v.denosumab_plasma


def _rates(v: Any) -> Mapping[str, Value]:
    """Two compartments after first-order absorption, of which a share is lost on the way, nmol/h."""
    leaving = v.absorption_rate * v.subcutaneous
    outward = v.distribution_clearance * (v.denosumab_plasma - v.peripheral / v.peripheral_volume)
    return {
        "subcutaneous": -leaving,
        "central": v.bioavailability * leaving - outward - v.denosumab_eliminated,
        "peripheral": outward,
    }


DENOSUMAB = Part(
    name="denosumab",
    states={
        "subcutaneous": State("nmol", lambda v: 0.0, scale=3e-3, dosable=True),
        "central": State("nmol", lambda v: 0.0, scale=3e-3, dosable=True),
        "peripheral": State("nmol", lambda v: 0.0, scale=3e-3),
    },
    parameters={
        "bioavailability": "1",
        "absorption_rate": "1/h",
        "central_volume": "L",
        "peripheral_volume": "L",
        "clearance": "L/h",
        "distribution_clearance": "L/h",
        "target_maximum": "nmol/h",
        "target_half": "nmol/L",
        "rankl_removal": "L/(nmol*h)",
    },
    gives={
        "denosumab_plasma": Signal("nmol/L", lambda v: v.central / v.central_volume),
        "denosumab_eliminated": Signal("nmol/h", _eliminated),
        "rankl_removal_denosumab": Signal("1/h", lambda v: v.rankl_removal * v.denosumab_plasma),
    },
    rates=_rates,
)
