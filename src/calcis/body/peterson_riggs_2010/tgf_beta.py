"""How much TGF-β lies in bone, and how much do osteoclasts set free?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calcis.elementary import Value, power
from calcis.part import Part, Signal, State


def _latent_normal(v: Any) -> Value:
    """Latent TGF-β in the normal state, at which release balances the loss of active TGF-β."""
    return v.active_clearance_ratio * v.active_normal


def _synthesis(v: Any) -> Value:
    """Latent TGF-β that osteoblasts b lay down under oestrogen e, 1/h: k·T₀·b^α·e^−β."""
    cells = power(v.osteoblasts_relative, v.osteoblast_exponent)
    oestrogen = power(v.oestrogen_relative, -v.oestrogen_synthesis_exponent)
    return v.latent_release_rate * _latent_normal(v) * cells * oestrogen


def _activation(v: Any) -> Value:
    """TGF-β that osteoclasts c set free, 1/h: k·T·(T/T₀)^α·c^β·e^γ, with oestrogen e."""
    latent = v.latent * power(v.latent / _latent_normal(v), v.latent_exponent)
    cells = power(v.osteoclasts_relative, v.osteoclast_exponent)
    return v.latent_release_rate * latent * cells * power(v.oestrogen_relative, v.oestrogen_release_exponent)


def _rates(v: Any) -> Mapping[str, Value]:
    """Both 1/h, in the model's own relative scale."""
    loss = v.active_clearance_ratio * v.latent_release_rate * v.active
    return {
        "latent": v.tgf_beta_synthesis - v.tgf_beta_activation,
        "active": v.tgf_beta_activation - loss,
    }


TGF_BETA = Part(
    name="tgf_beta",
    states={
        "latent": State("1", _latent_normal, scale=0.2),
        "active": State("1", "active_normal", scale=2e-4),
    },
    parameters={
        "active_normal": "1",
        "active_clearance_ratio": "1",
        "latent_release_rate": "1/h",
        "latent_exponent": "1",
        "osteoblast_exponent": "1",
        "osteoclast_exponent": "1",
        "oestrogen_synthesis_exponent": "1",
        "oestrogen_release_exponent": "1",
    },
    needs={"osteoblasts_relative": "1", "osteoclasts_relative": "1", "oestrogen_relative": "1"},
    gives={
        "tgf_beta_synthesis": Signal("1/h", _synthesis),
        "tgf_beta_activation": Signal("1/h", _activation),
        "tgf_beta_active_normal": Signal("1", lambda v: v.active_normal),
        "tgf_beta_active_relative": Signal("1", lambda v: v.active / v.active_normal),
    },
    rates=_rates,
)
