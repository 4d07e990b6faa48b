"""How much extracellular fluid is there, and how does high calcium drain it?"""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value, maximum
from calcis.part import Part, Signal, State


def _wanted(v: Any) -> Value:
    """Volume that the kidney settles at, relative to normal: 1 − ν·q²/(q² + k²), q = x₀·max(0, z − 1).

    High ionised calcium, z over normal as the receptor of the tubule senses it, makes the kidney waste salt
    and water, and the person drink less.
    """
    excess = v.calcium_ionised_plasma_normal * maximum(0.0, v.calcium_sensed_kidney - 1.0)
    return 1.0 - v.wasting_maximum * excess * excess / (excess * excess + v.wasting_half * v.wasting_half)


def _rates(v: Any) -> dict[str, Value]:
    """dv/dt = saline/V + (f − 1)·Na/(c·V) − k·(v − v∞), 1/h: salt eaten, Na, brings its water, 1/c of it."""
    salted = (v.sodium_intake_factor - 1.0) * v.sodium_intake_normal / v.sodium_plasma
    return {
        "relative_volume": (v.saline_infusion + salted) / v.volume_normal
        - v.correction_rate * (v.relative_volume - v.extracellular_volume_wanted)
    }


EXTRACELLULAR_FLUID = Part(
    name="extracellular_fluid",
    states={"relative_volume": State("1", lambda v: 1.0, scale=1e-3)},
    parameters={
        "volume_normal": "L",
        "saline_infusion": "L/h",
        "sodium_intake_normal": "mmol/h",
        "sodium_intake_factor": "1",
        "sodium_plasma": "mmol/L",
        "correction_rate": "1/h",
        "wasting_half": "mmol/L",
        "wasting_maximum": "1",
    },
    needs={"calcium_sensed_kidney": "1", "calcium_ionised_plasma_normal": "mmol/L"},
    gives={
        "extracellular_volume_normal": Signal("L", lambda v: v.volume_normal),
        "extracellular_volume_relative": Signal("1", lambda v: v.relative_volume),
        "extracellular_volume": Signal("L", lambda v: v.volume_normal * v.relative_volume),
        "extracellular_volume_wanted": Signal("1", _wanted),
    },
    rates=_rates,
)
