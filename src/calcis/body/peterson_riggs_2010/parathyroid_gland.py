"""How much PTH does the gland secrete, and how do calcium and calcitriol change gland and secretion?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calcis.body.peterson_riggs_2010.calibrated_saturation import calibrated_saturation
from calcis.elementary import Value, power, tanh
from calcis.part import Part, Signal, State


def _secretion_for_calcium(v: Any) -> Value:
    """Secretion that calcium C asks of a normal gland, pmol/h; falls from maximum to minimum with C.

    At normal calcium it balances the elimination of PTH at its normal concentration.
    """
    sensed = v.calcium_sensitivity * v.calcium_plasma / v.calcium_plasma_normal
    span = v.secretion_minimum - v.secretion_maximum
    balance = v.pth_clearance * v.pth_normal
    return calibrated_saturation(sensed, v.secretion_maximum, span, v.calcium_exponent, balance)


def _pth_secretion(v: Any) -> Value:
    """PTH secretion, pmol/h: what calcium asks, times the pool relative to normal, times gland mass."""
    gland = v.pool / v.pool_normal * v.mass
    return v.secretion_factor * v.pth_secretion_for_calcium * gland


def _pool_rate(v: Any) -> Value:
    """dS/dt = (1 − S)·k·[a·(1 − tanh u) + b] − S·k·[a·(1 + tanh u) + b], 1/h.

    u = s·(D − D₀·(C₀/C)^γ): calcitriol D empties the pool, low calcium fills it.
    """
    wanted = v.pool_calcitriol * power(v.calcium_plasma / v.calcium_plasma_normal, -v.pool_calcium_exponent)
    bend = v.pool_span * tanh(v.pool_steepness * (v.calcitriol_plasma - wanted))
    middle = v.pool_span + v.pool_basal
    return v.pool_rate * ((1.0 - v.pool) * (middle - bend) - v.pool * (middle + bend))


def _mass_wanted(v: Any) -> Value:
    """Gland mass that calcitriol asks for, relative to normal; low calcitriol makes the gland grow."""
    ratio = v.calcitriol_plasma / v.calcitriol_plasma_normal
    span = v.mass_minimum - v.mass_maximum
    return calibrated_saturation(ratio, v.mass_maximum, span, v.mass_calcitriol_exponent, 1.0)


def _rates(v: Any) -> Mapping[str, Value]:
    """PTH pmol/h; pool and mass 1/h."""
    return {
        "pth": v.pth_secretion - v.pth_elimination_rate * v.pth,
        "pool": _pool_rate(v),
        "mass": v.mass_rate * (_mass_wanted(v) - v.mass),
    }


PARATHYROID_GLAND = Part(
    name="parathyroid_gland",
    states={
        "pth": State("pmol", lambda v: v.pth_normal * v.extracellular_volume, scale=0.05, dosable=True),
        "pool": State("1", "pool_normal", scale=5e-4),
        "mass": State("1", lambda v: 1.0, scale=1e-3),
    },
    parameters={
        "pth_normal": "pmol/L",
        "pth_clearance": "L/h",
        "secretion_maximum": "pmol/h",
        "secretion_minimum": "pmol/h",
        "calcium_exponent": "1",
        "calcium_sensitivity": "1",
        "secretion_factor": "1",
        "pool_normal": "1",
        "pool_rate": "1/h",
        "pool_span": "1",
        "pool_basal": "1",
        "pool_steepness": "L/pmol",
        "pool_calcitriol": "pmol/L",
        "pool_calcium_exponent": "1",
        "mass_rate": "1/h",
        "mass_maximum": "1",
        "mass_minimum": "1",
        "mass_calcitriol_exponent": "1",
    },
    needs={
        "extracellular_volume": "L",
        "calcium_plasma": "mmol/L",
        "calcium_plasma_normal": "mmol/L",
        "calcitriol_plasma": "pmol/L",
        "calcitriol_plasma_normal": "pmol/L",
    },
    gives={
        "pth_plasma": Signal("pmol/L", lambda v: v.pth / v.extracellular_volume),
        "pth_plasma_normal": Signal("pmol/L", lambda v: v.pth_normal),
        "pth_elimination_rate": Signal("1/h", lambda v: v.pth_clearance / v.extracellular_volume),
        "teriparatide_volume": Signal("L", lambda v: v.extracellular_volume),
        "teriparatide_elimination_rate": Signal("1/h", lambda v: v.pth_elimination_rate),
        "pth_secretion_for_calcium": Signal("pmol/h", _secretion_for_calcium),
        "pth_secretion": Signal("pmol/h", _pth_secretion),
        "parathyroid_gland_mass": Signal("1", lambda v: v.mass),
    },
    rates=_rates,
)
