"""What becomes of the cells that make the tissue: living, dying by apoptosis, replaced by scar?

Volume fractions: living + apoptotic + dead + scar + free space = 1.  Dead tissue is in `debris`.
"""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value, maximum
from calcis.part import Part, Signal, State


def free_space(v: Any) -> Value:
    """Space left by cleared debris, f₀ = max(1 - living - apoptotic - dead - scar, 0)."""
    return maximum(1.0 - v.living - v.apoptotic - v.dead_fraction - v.scar, 0.0)


def viability(v: Any) -> Value:
    """1 where the tissue can respond, 0 in a fixed (chemically cross-linked) implant."""
    return 1.0 - v.fixed


def oxygenation(v: Any) -> Value:
    """How far blood flow keeps cells alive and growing, (1 + K⁴)·F⁴/(F⁴ + K⁴): 1 at usual flow, F = 1."""
    fourth = v.blood_flow * v.blood_flow * v.blood_flow * v.blood_flow
    half = v.flow_half * v.flow_half
    return (1.0 + half * half) * fourth / (fourth + half * half)


def secondary_necrosis(v: Any) -> Value:
    """Apoptotic cells that nobody removed in time and that burst, A/t (1/h)."""
    return v.apoptotic / v.secondary_necrosis_time


def primary_necrosis(v: Any) -> Value:
    """Living cells that burst (1/h): those that microbes kill, and those that blood does not reach."""
    starving = v.starvation_rate * (1.0 - v.oxygenation)
    return v.viability * (v.microbial_death_rate + starving) * v.living


def regrowth(v: Any) -> Value:
    """Living tissue that fills free space (1/h), kL·f₀·(1 - s)·o·n/(n + h), n = (L - L₀)₊ + stem cells.

    Neighbours divide, and stem cells that outlive the injury replace them, those that are here.  Below L₀,
    about one cell per mm³, nothing divides: 0 would be unstable, and rounding would regrow a tissue (or its
    negative).
    """
    parents = maximum(v.living - v.regrowth_least_living, 0.0) + v.stem_cells * v.progenitors_here
    seeded = parents / (parents + v.regrowth_half_living)
    return v.viability * v.regrowth_rate * v.free_space * (1.0 - v.debris_signal) * v.oxygenation * seeded


def rates(v: Any) -> dict[str, Value]:
    """living' = regrowth - viability·u·L - necrosis; apoptotic' = viability·u·L - (e + 1/t)·A;
    scar' = viability·f₀·o·p·(kS·s + k₀); s the debris signal, o oxygenation, p progenitors."""
    dying = v.viability * v.apoptosis_rate * v.living
    scarring = v.scarring_rate * v.debris_signal + v.scarring_rate_clean
    return {
        "living": v.regrowth - dying - v.primary_necrosis,
        "apoptotic": dying - v.efferocytosis_rate * v.apoptotic - v.secondary_necrosis,
        "scar": v.viability * v.free_space * v.oxygenation * v.progenitors_here * scarring,
    }


PARENCHYMA = Part(
    name="parenchyma",
    states={
        "living": State("1", start=lambda v: 1.0, scale=1e-2),
        "apoptotic": State("1", start=lambda v: 0.0, scale=1e-2),
        "scar": State("1", start=lambda v: 0.0, scale=1e-2),
    },
    parameters={
        "fixed": "1",
        "apoptosis_rate": "1/h",
        "secondary_necrosis_time": "h",
        "flow_half": "1",
        "starvation_rate": "1/h",
        "stem_cells": "1",
        "regrowth_rate": "1/h",
        "regrowth_half_living": "1",
        "regrowth_least_living": "1",
        "scarring_rate": "1/h",
        "scarring_rate_clean": "1/h",
    },
    needs={
        "blood_flow": "1",
        "dead_fraction": "1",
        "debris_signal": "1",
        "efferocytosis_rate": "1/h",
        "microbial_death_rate": "1/h",
        "progenitors_here": "1",
    },
    neutral={"progenitors_here": 1.0},
    gives={
        "living_fraction": Signal("1", lambda v: v.living),
        "apoptotic_fraction": Signal("1", lambda v: v.apoptotic),
        "scar_fraction": Signal("1", lambda v: v.scar),
        "free_space": Signal("1", free_space),
        "viability": Signal("1", viability),
        "oxygenation": Signal("1", oxygenation),
        "regrowth": Signal("1/h", regrowth),
        "primary_necrosis": Signal("1/h", primary_necrosis),
        "secondary_necrosis": Signal("1/h", secondary_necrosis),
        "necrosis": Signal("1/h", lambda v: v.primary_necrosis + v.secondary_necrosis),
    },
    rates=rates,
)
