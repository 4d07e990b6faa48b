"""How much bicarbonate is in plasma, and what pH does that make?  Acid eaten, excreted, and breathed out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calcis.body.calcis.relative_saturation import saturating
from calcis.elementary import Value, log10, maximum
from calcis.part import Part, Signal, State


def _excreted(v: Any) -> Value:
    """Net acid in urine, mmol/h: A₀·n·[1 + s·(H₀ + shift − H)] by n nephrons; negative is alkali."""
    wanted = v.bicarbonate_normal + v.threshold_shift - v.bicarbonate_plasma
    return v.acid_production_normal * v.nephrons_relative * (1.0 + v.excretion_sensitivity * wanted)


def _shift(v: Any) -> Value:
    """pH beside normal: log₁₀(H/H₀) − log₁₀(pCO₂/normal), pCO₂ over normal being c·[1 + r·(H − H₀)/H₀].

    The equation of Henderson and Hasselbalch; breathing follows bicarbonate H.
    """
    relative = v.bicarbonate_relative
    carbon_dioxide = v.carbon_dioxide_factor * (1.0 + v.respiratory_compensation * (relative - 1.0))
    return log10(relative) - log10(carbon_dioxide)


def _rates(v: Any) -> Mapping[str, Value]:
    """Bicarbonate of its whole space, mmol/h: each acid that is made takes one, A₀·f·h·(1 + K)/(h + K).

    h is bicarbonate over normal, K small: where hardly any is left, other buffers take the acid.
    """
    buffered = saturating(v.bicarbonate_plasma / v.bicarbonate_normal, v.other_buffers)
    made = v.acid_production_normal * v.acid_production_factor * buffered
    return {"bicarbonate": v.alkali_intake + v.bicarbonate_dialysed_in + v.acid_urine - made}


ACID_BASE = Part(
    name="acid_base",
    states={
        "bicarbonate": State(
            "mmol", lambda v: v.bicarbonate_normal * v.bicarbonate_space, scale=1.0, dosable=True
        )
    },
    parameters={
        "bicarbonate_normal": "mmol/L",
        "bicarbonate_space": "L",
        "bicarbonate_floor": "1",
        "acid_production_normal": "mmol/h",
        "acid_production_factor": "1",
        "other_buffers": "1",
        "alkali_intake": "mmol/h",
        "excretion_sensitivity": "L/mmol",
        "threshold_shift": "mmol/L",
        "ph_normal": "1",
        "respiratory_compensation": "1",
        "carbon_dioxide_factor": "1",
    },
    needs={"nephrons_relative": "1", "bicarbonate_dialysed_in": "mmol/h"},
    gives={
        "bicarbonate_plasma": Signal("mmol/L", lambda v: v.bicarbonate / v.bicarbonate_space),
        "bicarbonate_relative": Signal(
            "1", lambda v: maximum(v.bicarbonate_plasma / v.bicarbonate_normal, v.bicarbonate_floor)
        ),
        "acid_urine": Signal("mmol/h", _excreted),
        "ph_shift": Signal("1", _shift),
        "ph_plasma": Signal("1", lambda v: v.ph_normal + v.ph_shift),
    },
    rates=_rates,
)
