"""Does mineral that stays, or phosphate, turn cells to bone forming, and what do they then make?

In muscle and most tissues cells that meet mineral for weeks form bone-like tissue on it.  Smooth muscle of
vessels answers to phosphate too, and then loses what keeps its surroundings free of mineral.
"""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value, maximum
from calcis.part import Part, Signal, State


def mineral_permissiveness(v: Any) -> Value:
    """Weight of surroundings in which mineral forms, 1 - (1 - w)·(1 - ω·ρ·B); w the dead environment.

    ρ is the share of cells that are smooth muscle, B the osteogenic signal: such cells shed vesicles, and
    make fewer of the proteins that hold mineral back.
    """
    return 1.0 - (1.0 - v.dead_environment) * (1.0 - v.permissiveness * v.smooth_muscle * v.osteogenic)


def bone_formation(v: Any) -> Value:
    """Mineral of bone that osteoblasts lay down on mineral (mmol Ca per L and h), k·B⁴/(B⁴ + K⁴)·m·(L + S)·r.

    m is the mineral's share of the call, r the room that is left for it.
    """
    square = v.osteogenic * v.osteogenic
    half = v.bone_half_signal * v.bone_half_signal
    called = square * square / (square * square + half * half)
    calcium = v.calcium_tissue / (maximum(v.calcium_tissue, 0.0) + v.bone_half_calcium)
    cells = v.viability * (v.living_fraction + v.scar_fraction)
    return v.bone_rate * called * _called_by_mineral(v) * cells * calcium * v.mineral_room


def _called_by_mineral(v: Any) -> Value:
    return v.mineral_met / (maximum(v.mineral_met, 0.0) + v.half_mineral)


def rates(v: Any) -> dict[str, Value]:
    """osteogenic' = (T - B)/t, T = 1 - (1 - Z/(Z + K))·(1 - ρ·P⁴/(P⁴ + Kp⁴)): slow, weeks."""
    square = v.phosphate_tissue * v.phosphate_tissue
    half = v.half_phosphate * v.half_phosphate
    by_phosphate = v.smooth_muscle * square * square / (square * square + half * half)
    target = 1.0 - (1.0 - _called_by_mineral(v)) * (1.0 - by_phosphate)
    return {"osteogenic": (v.viability * target - v.osteogenic) / v.response_time}


OSSIFICATION = Part(
    name="ossification",
    states={"osteogenic": State("1", start=lambda v: 0.0, scale=1e-2)},
    parameters={
        "half_mineral": "mmol/L",
        "half_phosphate": "mmol/L",
        "response_time": "h",
        "smooth_muscle": "1",
        "permissiveness": "1",
        "bone_half_signal": "1",
        "bone_half_calcium": "mmol/L",
        "bone_rate": "mmol/L/h",
    },
    needs={
        "viability": "1",
        "living_fraction": "1",
        "scar_fraction": "1",
        "dead_environment": "1",
        "phosphate_tissue": "mmol/L",
        "calcium_tissue": "mmol/L",
        "mineral_met": "mmol/L",
        "mineral_room": "1",
    },
    gives={
        "osteogenic_signal": Signal("1", lambda v: v.osteogenic),
        "mineral_permissiveness": Signal("1", mineral_permissiveness),
        "bone_formation": Signal("mmol/L/h", bone_formation),
    },
    rates=rates,
)
