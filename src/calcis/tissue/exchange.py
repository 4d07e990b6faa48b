"""How fast does blood supply the tissue, and what stands in the fluid between the cells?

Capillaries set the exchange, as far as blood flows; interstitial fluid holds free calcium, phosphate,
titratable acid (from which pH follows) and pyrophosphate, each exchanged with plasma.
"""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value, minimum, where
from calcis.part import Part, Signal, State


def exchange_rate(v: Any) -> Value:
    """Exchange with plasma (L/L/h), PS·perfusion·F·(p₀ + (1 - p₀)·(L + S))·(1 + h·i)/(1 + (Z/Zᵥ)²).

    F is the flow left; i is inflammation: inflamed tissue is hyperaemic; p₀ is what is left when all
    tissue is dead; dense mineral closes vessels.
    """
    vessels = minimum(v.living_fraction + v.scar_fraction, 1.0)
    open_share = v.exchange_left_in_dead + (1.0 - v.exchange_left_in_dead) * vessels
    stone = v.mineral_met / v.closing_mineral
    hyperaemia = 1.0 + v.hyperaemia * v.inflammation
    return v.exchange_resting * v.blood_flow * open_share * hyperaemia / (1.0 + stone * stone)


def _vessels_grow(v: Any) -> dict[str, Value]:
    """flow_lost' = o·(1 - flow_lost) - k·(M1 + M2)·n·flow_lost: vessels grow where macrophages call them.

    From vessels near, n; o is the rate at which a mass outgrows its supply, as the core of a fibroid does.
    """
    macrophages = v.macrophages_inflammatory + v.macrophages_reparative
    growing = v.vessel_growth * macrophages * v.vessels_near
    return {"flow_lost": v.outgrowth * v.blood_flow - growing * v.flow_lost}


CAPILLARIES = Part(
    name="capillaries",
    states={"flow_lost": State("1", start=lambda v: 0.0, scale=1e-2)},
    parameters={
        "permeability_surface": "1/h",
        "perfusion": "1",
        "exchange_left_in_dead": "1",
        "hyperaemia": "1",
        "vessel_growth": "mm^3/h",
        "outgrowth": "1/h",
        "closing_mineral": "mmol/L",
    },
    needs={
        "living_fraction": "1",
        "scar_fraction": "1",
        "inflammation": "1",
        "mineral_met": "mmol/L",
        "macrophages_inflammatory": "1/mm^3",
        "macrophages_reparative": "1/mm^3",
        "vessels_near": "1",
    },
    neutral={"vessels_near": 1.0},
    gives={
        "blood_flow": Signal("1", lambda v: 1.0 - v.flow_lost),
        "exchange_resting": Signal("1/h", lambda v: v.permeability_surface * v.perfusion),
        "exchange_rate": Signal("1/h", exchange_rate),
        "exchange_relative": Signal("1", lambda v: v.exchange_rate / v.permeability_surface),
    },
    rates=_vessels_grow,
)


def ph_tissue(v: Any) -> Value:
    """pH of the tissue fluid: of plasma, + what carbon dioxide lost here adds, - acid/buffer capacity."""
    return v.ph_plasma + v.ph_offset - v.acid / v.buffer_capacity


def pyrophosphate_hydrolysis(v: Any) -> Value:
    """PPi -> 2 HPO₄ + H by alkaline phosphatase (mmol PPi per L tissue and h)."""
    activity = v.pyrophosphatase_dead * v.dead_fraction + v.pyrophosphatase_living * v.living_fraction
    return activity * v.pyrophosphate


def base_kept(v: Any) -> Value:
    """Base that stays where living cells secrete acid elsewhere (mmol/L/h), as far as blood feeds them."""
    return v.viability * v.base_secretion * v.blood_flow * v.living_fraction


def _exchanged(v: Any) -> Value:
    """Whether fluid and plasma were in exchange before the injury (not in implants, not without flow)."""
    return v.viability * v.exchange_resting > 0.0


def _base_at_rest(v: Any) -> Value:
    """Acid of tissue that secretes acid elsewhere and keeps the base (mmol/L), -b/T; 0 without exchange."""
    exchange = where(_exchanged(v), v.exchange_resting, 1.0)
    return where(_exchanged(v), -v.base_secretion / exchange, 0.0)


def pyrophosphate_start(v: Any) -> Value:
    """Steady PPi of healthy tissue, (T·Xₚ + q)/(T + k), Xₚ that of plasma; Xₚ where nothing is exchanged."""
    supply = v.exchange_resting * v.pyrophosphate_plasma + v.pyrophosphate_production
    steady = supply / (v.exchange_resting + v.pyrophosphatase_living)
    return where(_exchanged(v), steady, v.pyrophosphate_plasma)


def acid_start(v: Any) -> Value:
    """Acid of healthy tissue (mmol/L): what PPi hydrolysis makes, less the base left of secreted acid."""
    return _hydrolysis_at_rest(v) + _base_at_rest(v)


def _hydrolysis_at_rest(v: Any) -> Value:
    """PPi split in healthy tissue, as the concentration of what it makes (mmol/L)."""
    exchange = where(_exchanged(v), v.exchange_resting, 1.0)
    return where(_exchanged(v), v.pyrophosphatase_living * pyrophosphate_start(v) / exchange, 0.0)


def rates(v: Any) -> dict[str, Value]:
    """φ·c' = T·(plasma - c) + sources - sinks, per litre of tissue; φ the share of fluid."""
    hydrolysis = v.pyrophosphate_hydrolysis
    per_tissue = {
        "calcium": v.calcium_supply - v.calcium_to_mineral - v.soap_formation,
        "phosphate": v.phosphate_supply + v.phosphate_release + 2.0 * hydrolysis - v.phosphate_to_mineral,
        "acid": v.acid_from_plasma + v.acid_from_mineral + hydrolysis + 2.0 * v.soap_formation - v.base_kept,
        "pyrophosphate": v.pyrophosphate_from_plasma
        + v.pyrophosphate_production * v.living_fraction
        - hydrolysis,
    }
    return {name: rate / v.fluid_share for name, rate in per_tissue.items()}


INTERSTITIAL_FLUID = Part(
    name="interstitial_fluid",
    states={
        "calcium": State("mmol/L", start=lambda v: v.calcium_ionised_plasma, scale=1e-2),
        "phosphate": State(
            "mmol/L", start=lambda v: v.phosphate_plasma + 2.0 * _hydrolysis_at_rest(v), scale=1e-2
        ),
        "acid": State("mmol/L", start=acid_start, scale=1e-2, signed=True),
        "pyrophosphate": State("mmol/L", start=pyrophosphate_start, scale=1e-5),
    },
    parameters={
        "fluid_share": "1",
        "buffer_capacity": "mmol/L",
        "base_secretion": "mmol/L/h",
        "ph_offset": "1",
        "pyrophosphate_production": "mmol/L/h",
        "pyrophosphatase_dead": "1/h",
        "pyrophosphatase_living": "1/h",
    },
    needs={
        "calcium_ionised_plasma": "mmol/L",
        "phosphate_plasma": "mmol/L",
        "pyrophosphate_plasma": "mmol/L",
        "ph_plasma": "1",
        "exchange_resting": "1/h",
        "exchange_rate": "1/h",
        "blood_flow": "1",
        "viability": "1",
        "living_fraction": "1",
        "dead_fraction": "1",
        "phosphate_release": "mmol/L/h",
        "calcium_to_mineral": "mmol/L/h",
        "phosphate_to_mineral": "mmol/L/h",
        "acid_from_mineral": "mmol/L/h",
        "soap_formation": "mmol/L/h",
    },
    gives={
        "calcium_tissue": Signal("mmol/L", lambda v: v.calcium),
        "phosphate_tissue": Signal("mmol/L", lambda v: v.phosphate),
        "pyrophosphate_tissue": Signal("mmol/L", lambda v: v.pyrophosphate),
        "ph_tissue": Signal("1", ph_tissue),
        "pyrophosphate_hydrolysis": Signal("mmol/L/h", pyrophosphate_hydrolysis),
        "base_kept": Signal("mmol/L/h", base_kept),
        "calcium_supply": Signal(
            "mmol/L/h", lambda v: v.exchange_rate * (v.calcium_ionised_plasma - v.calcium)
        ),
        "phosphate_supply": Signal(
            "mmol/L/h", lambda v: v.exchange_rate * (v.phosphate_plasma - v.phosphate)
        ),
        "acid_from_plasma": Signal("mmol/L/h", lambda v: -v.exchange_rate * v.acid),
        "pyrophosphate_from_plasma": Signal(
            "mmol/L/h", lambda v: v.exchange_rate * (v.pyrophosphate_plasma - v.pyrophosphate)
        ),
    },
    rates=rates,
)
