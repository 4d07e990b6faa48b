"""What does dead tissue do until it is cleared: signal, load calcium, release phosphate, resist?

Clearing the dead is what prevents dystrophic calcification: it takes away the calcium-loading
mitochondria, the phosphate pool and the mineral-bearing remains before crystals take over.
"""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value, maximum
from calcis.part import Part, Signal, State


def dead_environment(v: Any) -> Value:
    """Weight of the dead environment (membranes, no protein inhibitors), D²/(D² + K²)."""
    square = v.dead * v.dead
    return square / (square + v.environment_half * v.environment_half)


def debris_signal(v: Any) -> Value:
    """What debris tells leukocytes and neighbours, D²/(D² + K²)."""
    square = v.dead * v.dead
    return square / (square + v.signal_half * v.signal_half)


def clearance_left(v: Any) -> Value:
    """What mineral and oil leave of clearance, (r + (1 - r)/(1 + (q/q꜀)²))·a/(1 + o/oᵣ).

    Debris that bears mineral is taken up slower, by the factor r at worst; a is the share in reach, q
    and o are mineral and oil per dead tissue.  Drops of oil are larger than the cells that take them up.
    """
    debris = maximum(v.dead, 0.0) + v.mineral_load_floor
    load = v.mineral_met / debris / v.mineral_resistance
    by_mineral = v.least_clearance + (1.0 - v.least_clearance) / (1.0 + load * load)
    return by_mineral * v.mineral_in_reach / (1.0 + maximum(v.oil, 0.0) / debris / v.oil_resistance)


def debris_clearance_rate(v: Any) -> Value:
    """Clearance of debris κ (1/h): phagocytosis / (1 + D/Dₛ), less what mineral prevents."""
    return v.phagocytosis_rate / (1.0 + maximum(v.dead, 0.0) / v.clearance_saturation) * v.clearance_left


def mitochondrial_loading(v: Any) -> Value:
    """Calcium phosphate taken up by mitochondria of the freshly dead (mmol Ca per L tissue and h).

    k·W·Ca/(Ca + Kca)·P/(P + Kp)·x/(x + Kx)·r, r room, x the exchange relative to resting muscle: without
    blood flow there is no supply and no loading.
    """
    calcium = v.calcium_tissue / (maximum(v.calcium_tissue, 0.0) + v.loading_half_calcium)
    phosphate = v.phosphate_tissue / (maximum(v.phosphate_tissue, 0.0) + v.loading_half_phosphate)
    supply = v.exchange_relative / (v.exchange_relative + v.loading_half_exchange)
    there = v.viability * v.mitochondria * v.mineral_room
    return v.loading_rate * there * calcium * phosphate * supply


def rates(v: Any) -> dict[str, Value]:
    """dead' = n - κ·D; mitochondria' = n - k·W - J/c; alarmin' = n - a·A; phosphate' = OP·n - (kh + κ)·O.

    J is what mitochondria load and c what they hold: full ones take up no more.
    """
    filled = v.mitochondrial_loading / v.loading_capacity
    return {
        "dead": v.necrosis - v.debris_clearance_rate * v.dead,
        "mitochondria": v.necrosis - v.mitochondrial_loss * v.mitochondria - filled,
        "alarmin": v.necrosis - v.alarmin_loss * v.alarmin,
        "organic_phosphate": v.phosphate_of_dying - v.phosphate_release - v.organic_phosphate_cleared,
    }


DEBRIS = Part(
    name="debris",
    states={
        "dead": State("1", start=lambda v: 0.0, scale=1e-2),
        "mitochondria": State("1", start=lambda v: 0.0, scale=1e-2),
        "alarmin": State("1", start=lambda v: 0.0, scale=1e-2),
        "organic_phosphate": State("mmol/L", start=lambda v: 0.0, scale=1e-1),
    },
    parameters={
        "environment_half": "1",
        "signal_half": "1",
        "clearance_saturation": "1",
        "mineral_load_floor": "1",
        "mineral_resistance": "mmol/L",
        "least_clearance": "1",
        "oil_resistance": "mmol/L",
        "organic_phosphate_content": "mmol/L",
        "phosphate_release_rate": "1/h",
        "mitochondrial_loss": "1/h",
        "loading_rate": "mmol/L/h",
        "loading_capacity": "mmol/L",
        "alarmin_loss": "1/h",
        "loading_half_calcium": "mmol/L",
        "loading_half_phosphate": "mmol/L",
        "loading_half_exchange": "1",
    },
    needs={
        "viability": "1",
        "necrosis": "1/h",
        "phagocytosis_rate": "1/h",
        "mineral_met": "mmol/L",
        "mineral_in_reach": "1",
        "mineral_room": "1",
        "oil": "mmol/L",
        "calcium_tissue": "mmol/L",
        "phosphate_tissue": "mmol/L",
        "exchange_relative": "1",
    },
    gives={
        "dead_fraction": Signal("1", lambda v: v.dead),
        "dead_environment": Signal("1", dead_environment),
        "debris_signal": Signal("1", debris_signal),
        "alarmins": Signal("1", lambda v: v.alarmin),
        "phosphate_of_dead_cells": Signal("mmol/L", lambda v: v.organic_phosphate),
        "clearance_left": Signal("1", clearance_left),
        "debris_clearance_rate": Signal("1/h", debris_clearance_rate),
        "mitochondrial_loading": Signal("mmol/L/h", mitochondrial_loading),
        "phosphate_of_dying": Signal("mmol/L/h", lambda v: v.organic_phosphate_content * v.necrosis),
        "phosphate_release": Signal("mmol/L/h", lambda v: v.phosphate_release_rate * v.organic_phosphate),
        "organic_phosphate_cleared": Signal(
            "mmol/L/h", lambda v: v.debris_clearance_rate * v.organic_phosphate
        ),
    },
    rates=rates,
)
