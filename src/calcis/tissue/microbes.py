"""How do microbes grow in the tissue, what do they kill, and what kills them?

An infection brings them in.  Alive they kill cells and call leukocytes; neutrophils kill them, and so do
macrophages as far as they are competent.  Without any, nothing here moves.
"""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value, maximum
from calcis.part import Part, Signal, State


def microbe_signal(v: Any) -> Value:
    """What microbes tell leukocytes, B/(B + K)."""
    return v.density / (maximum(v.density, 0.0) + v.signal_half)


def microbial_death_rate(v: Any) -> Value:
    """Share of living cells that microbes kill in an hour, k·B."""
    return v.toxicity * v.density


def rates(v: Any) -> dict[str, Value]:
    """density' = g·(B - B₀)₊·(1 - B/B∞) - (1 - e)·(n + m/(1 + B/Bₛ))·B; n, m by neutrophils and macrophages.

    Macrophages saturate, so that they clear few microbes alone but not many.  Less than B₀, one in a
    patch, does not grow: 0 would be unstable, and rounding would infect.  e is the share of killing that a
    microbe escapes, as a mycobacterium does inside the macrophages of its granuloma.
    """
    density = maximum(v.density, 0.0)
    growth = v.growth_rate * maximum(v.density - v.least, 0.0) * (1.0 - v.density / v.highest)
    by_macrophages = v.microbes_killed_by_macrophages / (1.0 + density / v.phagocytosis_saturation)
    killed = (1.0 - v.escape) * (v.microbes_killed_by_neutrophils + by_macrophages) * v.density
    return {"density": growth - killed}


MICROBES = Part(
    name="microbes",
    states={"density": State("1/mm^3", start=lambda v: 0.0, scale=1.0)},
    parameters={
        "growth_rate": "1/h",
        "highest": "1/mm^3",
        "least": "1/mm^3",
        "escape": "1",
        "phagocytosis_saturation": "1/mm^3",
        "signal_half": "1/mm^3",
        "toxicity": "mm^3/h",
    },
    needs={"microbes_killed_by_neutrophils": "1/h", "microbes_killed_by_macrophages": "1/h"},
    gives={
        "microbes": Signal("1/mm^3", lambda v: v.density),
        "microbe_signal": Signal("1", microbe_signal),
        "microbial_death_rate": Signal("1/h", microbial_death_rate),
    },
    rates=rates,
)
