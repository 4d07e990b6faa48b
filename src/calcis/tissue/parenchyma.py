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


def secondary_necrosis(v: Any) -> Value:
    """Apoptotic cells that nobody removed in time and that burst, A/t (1/h)."""
    return v.apoptotic / v.secondary_necrosis_time


def necrosis(v: Any) -> Value:
    """Share of the tissue that becomes dead tissue in an hour: burst cells, and those microbes kill, μ·L."""
    return v.secondary_necrosis + v.viability * v.microbial_death_rate * v.living


def rates(v: Any) -> dict[str, Value]:
    """living' = viability·(-(u + μ)·L + kL·f₀·(1 - s)·l/(l + h)); apoptotic' = u·L - (e + 1/t)·A;
    scar' = viability·f₀·(kS·s + k₀); s the debris signal, μ by microbes, l = (L - L₀)₊.

    Below L₀, about one cell per mm³, nothing grows back: 0 would be unstable, and rounding would
    regrow a tissue (or its negative).
    """
    free, debris = v.free_space, v.debris_signal
    parents = maximum(v.living - v.regrowth_least_living, 0.0)
    seeded = parents / (parents + v.regrowth_half_living)
    regrowth = v.regrowth_rate * free * (1.0 - debris) * seeded
    dying = v.apoptosis_rate * v.living
    return {
        "living": v.viability * (regrowth - dying - v.microbial_death_rate * v.living),
        "apoptotic": dying - v.efferocytosis_rate * v.apoptotic - v.secondary_necrosis,
        "scar": v.viability * free * (v.scarring_rate * debris + v.scarring_rate_clean),
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
        "regrowth_rate": "1/h",
        "regrowth_half_living": "1",
        "regrowth_least_living": "1",
        "scarring_rate": "1/h",
        "scarring_rate_clean": "1/h",
    },
    needs={
        "dead_fraction": "1",
        "debris_signal": "1",
        "efferocytosis_rate": "1/h",
        "microbial_death_rate": "1/h",
    },
    gives={
        "living_fraction": Signal("1", lambda v: v.living),
        "apoptotic_fraction": Signal("1", lambda v: v.apoptotic),
        "scar_fraction": Signal("1", lambda v: v.scar),
        "free_space": Signal("1", free_space),
        "viability": Signal("1", viability),
        "secondary_necrosis": Signal("1/h", secondary_necrosis),
        "necrosis": Signal("1/h", necrosis),
    },
    rates=rates,
)
