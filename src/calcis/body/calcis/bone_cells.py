"""How active are osteoclasts and osteoblasts, and how do PTH, vitamin D and denosumab change them?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calcis.body.calcis.relative_saturation import saturating
from calcis.elementary import Value, power
from calcis.part import Part, Signal, State


def _resistant_action(v: Any) -> Value:
    """PTH action on bone: r·n^β; a skeleton with few nephrons n resists PTH."""
    return v.pth_action * power(v.nephrons_relative, v.resistance_exponent)


def _blocked(v: Any) -> Value:
    """Share of osteoclast activity that is blocked: by hand, and by denosumab C: B·C/(C + C₅₀)."""
    denosumab = v.denosumab_maximum * v.denosumab_plasma / (v.denosumab_plasma + v.denosumab_half)
    return 1.0 - (1.0 - v.resorption_block) * (1.0 - denosumab)


def _osteoclasts_wanted(v: Any) -> Value:
    """Osteoclast activity wanted, over normal: f·[(1 − l_P − l_D) + l_P·ρ + l_D·D]·hᵃ·(1 − block).

    ρ = r·(1 + K)/(r + K) with PTH action r; D = d²·(1 + K²)/(d² + K²) with vitamin D drive d;
    lack of bicarbonate h, over normal, raises it; f, 1 in health, is for diseases.
    """
    drive = v.vitamin_d_drive * v.vitamin_d_drive
    vitamin_d = saturating(drive, v.vitamin_d_half * v.vitamin_d_half)
    pth = saturating(v.pth_action_bone, v.pth_half)
    rest = 1.0 - v.pth_share - v.vitamin_d_share
    wanted = rest + v.pth_share * pth + v.vitamin_d_share * vitamin_d
    acid = power(v.bicarbonate_relative, -v.acid_exponent)
    return v.resorption_factor * wanted * acid * (1.0 - v.osteoclasts_blocked)


def _rates(v: Any) -> Mapping[str, Value]:
    """da/dt = (a∞ − a)/τₐ; formation follows resorption in three equal steps; all 1/h.

    Where bone was resorbed it is first smoothed, dr/dt = (aᶜ − r)/(τ_b/3), then come precursors,
    dp/dt = (r − p)/(τ_b/3), and osteoblasts, db/dt = (p − b)/(τ_b/3): where resorption stops, formation
    goes on for more than a month.
    """
    rate = 3.0 / v.osteoblast_time
    return {
        "osteoclasts": (v.osteoclasts_wanted - v.osteoclasts) / v.osteoclast_time,
        "reversal": rate * (power(v.osteoclasts, v.coupling_exponent) - v.reversal),
        "precursors": rate * (v.reversal - v.precursors),
        "osteoblasts": rate * (v.precursors - v.osteoblasts),
    }


BONE_CELLS = Part(
    name="bone_cells",
    states={
        "osteoclasts": State("1", lambda v: 1.0, scale=1e-3),
        "reversal": State("1", lambda v: 1.0, scale=1e-3),
        "precursors": State("1", lambda v: 1.0, scale=1e-3),
        "osteoblasts": State("1", lambda v: 1.0, scale=1e-3),
    },
    parameters={
        "resistance_exponent": "1",
        "pth_share": "1",
        "pth_half": "1",
        "vitamin_d_share": "1",
        "vitamin_d_half": "1",
        "coupling_exponent": "1",
        "uncoupling": "1",
        "resorption_block": "1",
        "resorption_factor": "1",
        "acid_exponent": "1",
        "denosumab_maximum": "1",
        "denosumab_half": "nmol/L",
        "osteoclast_time": "h",
        "osteoblast_time": "h",
    },
    needs={
        "pth_action": "1",
        "nephrons_relative": "1",
        "vitamin_d_drive": "1",
        "bicarbonate_relative": "1",
        "denosumab_plasma": "nmol/L",
    },
    neutral={"denosumab_plasma": 0.0},
    gives={
        "pth_action_bone": Signal("1", _resistant_action),
        "osteoclasts_blocked": Signal("1", _blocked),
        "osteoclasts_wanted": Signal("1", _osteoclasts_wanted),
        "osteoclasts_relative": Signal("1", lambda v: v.osteoclasts),
        # What a tumour uncouples, it takes from osteoblasts that are there.
        "osteoblasts_relative": Signal("1", lambda v: v.osteoblasts * (1.0 - v.uncoupling)),
    },
    rates=_rates,
)
