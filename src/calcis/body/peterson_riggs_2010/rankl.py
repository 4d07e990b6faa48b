"""How much RANK is occupied by RANKL, and how do OPG, PTH and denosumab change it?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calcis.elementary import Value, power
from calcis.part import Part, Signal, State


def _rankl_synthesis(v: Any) -> Value:
    """RANKL made by osteoblasts b under PTH p, pmol/L/h: k·L₀·o·(1 + h)·p/(p + h·p₀·o), o = b^γ."""
    cells = power(v.osteoblasts_relative, v.rankl_osteoblast_exponent)
    pth = v.pth_agonist_plasma
    half = v.rankl_pth_half_relative * v.pth_plasma_normal * cells
    return v.rankl_loss_rate * v.rankl_normal * cells * (1.0 + v.rankl_pth_half_relative) * pth / (pth + half)


def _opg_synthesis(v: Any) -> Value:
    """OPG made by responding osteoblasts d, lowered by PTH p, pmol/L/h: k·O₀·d·(p + K·d)/(2·p)."""
    cells, pth = v.responding_osteoblasts_relative, v.pth_agonist_plasma
    return v.opg_loss_rate * v.opg_normal * cells * (pth + v.opg_pth_half * cells) / (2.0 * pth)


def _rank_synthesis(v: Any) -> Value:
    """RANK made under active TGF-β, pmol/L/h; balances its loss in the normal state."""
    return v.rank_loss_rate * v.rank_normal * power(v.tgf_beta_active_relative, v.rank_tgf_beta_exponent)


def _rates(v: Any) -> Mapping[str, Value]:
    """Synthesis, loss and binding of RANK, RANKL and OPG, pmol/L/h."""
    to_rank = v.rank_rankl_binding * v.rank * v.rankl - v.rank_rankl_release * v.rank_rankl_bound
    to_opg = v.opg_rankl_binding * v.opg * v.rankl - v.opg_rankl_release * v.opg_rankl_bound
    lost = (v.rankl_loss_rate + v.rankl_removal_denosumab) * v.rankl
    return {
        "rankl": v.rankl_synthesis - lost - to_opg - to_rank,
        "rank": v.rank_synthesis - v.rank_loss_rate * v.rank - to_rank,
        "opg": v.opg_synthesis - v.opg_loss_rate * v.opg - to_opg,
        "rank_rankl_bound": to_rank,
        "opg_rankl_bound": to_opg,
    }


def _rank_rankl_normal(v: Any) -> Value:
    return v.rank_rankl_binding * v.rank_normal * v.rankl_normal / v.rank_rankl_release


def _opg_rankl_normal(v: Any) -> Value:
    return v.opg_rankl_binding * v.opg_normal * v.rankl_normal / v.opg_rankl_release


RANKL = Part(
    name="rankl",
    states={
        "rankl": State("pmol/L", "rankl_normal", scale=4e-4),
        "rank": State("pmol/L", "rank_normal", scale=1e-2),
        "opg": State("pmol/L", "opg_normal", scale=4e-3),
        "rank_rankl_bound": State("pmol/L", _rank_rankl_normal, scale=2e-7),
        "opg_rankl_bound": State("pmol/L", _opg_rankl_normal, scale=9e-8),
    },
    parameters={
        "rankl_normal": "pmol/L",
        "rankl_loss_rate": "1/h",
        "rankl_osteoblast_exponent": "1",
        "rankl_pth_half_relative": "1",
        "rank_normal": "pmol/L",
        "rank_loss_rate": "1/h",
        "rank_tgf_beta_exponent": "1",
        "opg_normal": "pmol/L",
        "opg_loss_rate": "1/h",
        "opg_pth_half": "pmol/L",
        "rank_rankl_binding": "L/(pmol*h)",
        "rank_rankl_release": "1/h",
        "opg_rankl_binding": "L/(pmol*h)",
        "opg_rankl_release": "1/h",
    },
    needs={
        "osteoblasts_relative": "1",
        "responding_osteoblasts_relative": "1",
        "tgf_beta_active_relative": "1",
        "pth_agonist_plasma": "pmol/L",
        "pth_plasma_normal": "pmol/L",
        "rankl_removal_denosumab": "1/h",
    },
    neutral={"rankl_removal_denosumab": 0.0},
    gives={
        "rankl_synthesis": Signal("pmol/L/h", _rankl_synthesis),
        "opg_synthesis": Signal("pmol/L/h", _opg_synthesis),
        "rank_synthesis": Signal("pmol/L/h", _rank_synthesis),
        "rankl_free": Signal("pmol/L", lambda v: v.rankl),
        "rank_free": Signal("pmol/L", lambda v: v.rank),
        "opg_free": Signal("pmol/L", lambda v: v.opg),
        "rank_rankl": Signal("pmol/L", lambda v: v.rank_rankl_bound),
        "rank_rankl_relative": Signal("1", lambda v: v.rank_rankl_bound / _rank_rankl_normal(v)),
    },
    rates=_rates,
)
