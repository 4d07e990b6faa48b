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
    """da/dt = (a∞ − a)/τₐ; formation follows resorption: db/dt = (aᶜ·(1 − uncoupled) − b)/τ_b; 1/h."""
    coupled = power(v.osteoclasts, v.coupling_exponent) * (1.0 - v.uncoupling)
    return {
        "osteoclasts": (v.osteoclasts_wanted - v.osteoclasts) / v.osteoclast_time,
        "osteoblasts": (coupled - v.osteoblasts) / v.osteoblast_time,
    }


BONE_CELLS = Part(
    name="bone_cells",
    states={
        "osteoclasts": State("1", lambda v: 1.0, scale=1e-3),
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
        "osteoblasts_relative": Signal("1", lambda v: v.osteoblasts),
    },
    rates=_rates,
)
