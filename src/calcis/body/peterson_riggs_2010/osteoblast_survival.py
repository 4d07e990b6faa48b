"""How does PTH keep osteoblasts alive?  Through RUNX2 and CREB, which together make Bcl-2."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calcis.elementary import Value
from calcis.part import Part, Signal, State


def _pth_share(v: Any, maximum: Value, normal: Value) -> Value:
    """maximum·p/(p + c) with c = p₀·(maximum/normal − 1), so that it is `normal` at normal PTH p₀."""
    half = v.pth_plasma_normal * (maximum / normal - 1.0)
    return maximum * v.pth_agonist_plasma / (v.pth_agonist_plasma + half)


def _rates(v: Any) -> Mapping[str, Value]:
    """Each 1/h.  PTH speeds the loss of RUNX2 and the making of CREB; Bcl-2 follows their product."""
    runx2_loss = v.runx2_loss_basal + v.pth_effect_on_runx2_loss
    creb_wanted = v.creb_normal * (v.creb_basal_fraction + v.pth_effect_on_creb)
    return {
        "runx2": v.runx2_loss_rate * v.runx2_normal - runx2_loss * v.runx2,
        "creb": v.creb_loss_rate * (creb_wanted - v.creb),
        "bcl2_protein": v.bcl2_loss_rate * (v.creb * v.runx2 - v.bcl2_protein),
    }


OSTEOBLAST_SURVIVAL = Part(
    name="osteoblast_survival",
    states={
        "runx2": State("1", "runx2_normal", scale=0.01),
        "creb": State("1", "creb_normal", scale=0.01),
        "bcl2_protein": State("1", lambda v: v.creb_normal * v.runx2_normal, scale=0.1),
    },
    parameters={
        "runx2_normal": "1",
        "runx2_loss_rate": "1/h",
        "runx2_loss_basal": "1/h",
        "runx2_loss_pth_maximum": "1/h",
        "creb_normal": "1",
        "creb_loss_rate": "1/h",
        "creb_basal_fraction": "1",
        "creb_pth_maximum": "1",
        "bcl2_loss_rate": "1/h",
    },
    needs={"pth_agonist_plasma": "pmol/L", "pth_plasma_normal": "pmol/L"},
    gives={
        "bcl2": Signal("1", lambda v: v.bcl2_protein),
        "bcl2_normal": Signal("1", lambda v: v.creb_normal * v.runx2_normal),
        "pth_effect_on_runx2_loss": Signal(
            "1/h", lambda v: _pth_share(v, v.runx2_loss_pth_maximum, v.runx2_loss_rate - v.runx2_loss_basal)
        ),
        "pth_effect_on_creb": Signal(
            "1", lambda v: _pth_share(v, v.creb_pth_maximum, 1.0 - v.creb_basal_fraction)
        ),
    },
    rates=_rates,
)
