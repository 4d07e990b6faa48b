"""How much calcium and phosphate does the gut absorb, and how does calcitriol change it?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calcis.elementary import Value, hill
from calcis.part import Part, Signal, State


def _calcium_taken_up(v: Any) -> Value:
    """Dietary calcium that enters the absorbing pool, mmol/h: I·f·R⁴/(R⁴ + R₅₀⁴)."""
    return (
        v.calcium_intake * v.calcium_uptake_maximum * hill(v.calcium_transport, v.calcium_transport_half, 4)
    )


def _calcium_absorbed(v: Any) -> Value:
    """Calcium from the pool T into plasma, mmol/h: active, by transport capacity R, plus passive.

    V(T)·T·(R/R₀)/(T + K) + k·T,  V = Vₘ·T/(T + c),  c = T₀·(Vₘ/V₀ − 1), so that V(T₀) = V₀.
    """
    offset = v.calcium_normal * (v.active_maximum / v.active_normal - 1.0)
    speed = v.active_maximum * v.calcium / (v.calcium + offset)
    relative_capacity = v.calcium_transport / v.calcium_transport_normal
    active = speed * v.calcium * relative_capacity / (v.calcium + v.active_half)
    return active + v.passive_rate * v.calcium


def _rates(v: Any) -> Mapping[str, Value]:
    """Pools in the gut, mmol/h; transport capacity is gained with calcitriol D and lost without it.

    dR/dt = (a + b·h)·(1 − R) − (c − b·h)·R,  h = D/(D + D₅₀)
    """
    induced = v.transport_calcitriol_rate * hill(v.calcitriol_plasma, v.transport_calcitriol_half, 1)
    gain = v.transport_gain_basal + induced
    loss = v.transport_loss_maximum - induced
    return {
        "calcium": v.calcium_uptake_gut - v.calcium_absorbed,
        "phosphate": v.phosphate_uptake_gut - v.phosphate_absorbed,
        "calcium_transport": gain * (1.0 - v.calcium_transport) - loss * v.calcium_transport,
    }


GUT = Part(
    name="gut",
    states={
        "calcium": State("mmol", "calcium_normal", scale=2e-3),
        "phosphate": State("mmol", "phosphate_normal", scale=1e-3),
        "calcium_transport": State("1", "calcium_transport_normal", scale=5e-4),
    },
    parameters={
        "calcium_intake": "mmol/h",
        "calcium_normal": "mmol",
        "calcium_uptake_maximum": "1",
        "calcium_transport_normal": "1",
        "calcium_transport_half": "1",
        "active_maximum": "mmol/h",
        "active_normal": "mmol/h",
        "active_half": "mmol",
        "passive_rate": "1/h",
        "transport_gain_basal": "1/h",
        "transport_loss_maximum": "1/h",
        "transport_calcitriol_rate": "1/h",
        "transport_calcitriol_half": "pmol/L",
        "phosphate_intake": "mmol/h",
        "phosphate_normal": "mmol",
        "phosphate_absorbed_fraction": "1",
        "phosphate_absorption_rate": "1/h",
    },
    needs={"calcitriol_plasma": "pmol/L"},
    gives={
        "calcium_uptake_gut": Signal("mmol/h", _calcium_taken_up),
        "calcium_absorbed": Signal("mmol/h", _calcium_absorbed),
        "phosphate_uptake_gut": Signal(
            "mmol/h", lambda v: v.phosphate_intake * v.phosphate_absorbed_fraction
        ),
        "phosphate_absorbed": Signal("mmol/h", lambda v: v.phosphate_absorption_rate * v.phosphate),
    },
    rates=_rates,
)
