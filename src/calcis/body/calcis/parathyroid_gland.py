"""How much PTH does the gland secrete, and how do calcium, phosphate, magnesium and vitamin D change it?

Calcium acts in minutes on secretion, with vitamin D and phosphate in days on synthesis and in months on
the mass of the gland.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calcis.body.calcis.rounded import rounded_step
from calcis.elementary import Value, exp, hill, log, power, tanh
from calcis.part import Part, Signal, State


def _sensed(v: Any) -> Value:
    """Calcium that the gland senses, mmol/L: x + c·(m − m₀) with magnesium m, or what a clamp holds."""
    magnesium = v.magnesium_potency * (v.magnesium_plasma - v.magnesium_plasma_normal)
    return v.calcium_clamp * v.calcium_held + (1.0 - v.calcium_clamp) * (v.calcium_ionised_plasma + magnesium)


def _release_rate(v: Any) -> Value:
    """Rate at which the store is released, 1/h: ρ₀·f·[l + (h − l)/(1 + s·zⁿ)], falling with calcium.

    z is sensed calcium over the set point; s makes the normal state release ρ₀; f, 1 at normal
    magnesium M, is M³/(M³ + k³)·(1 + k³): without magnesium nothing is released.
    """
    relative = v.parathyroid_calcium_sensed / (v.calcium_ionised_plasma_normal * v.set_point_factor)
    least, span = v.release_least, v.release_most - v.release_least
    steepness = span / (1.0 - least) - 1.0
    half = v.magnesium_half
    magnesium = hill(v.magnesium_relative, half, 3) * (1.0 + half * half * half)
    calcium = least + span / (1.0 + steepness * power(relative, v.calcium_exponent))
    return v.release_normal * magnesium * calcium


def _asked(v: Any, vitamin_d: Value, phosphate: Value, calcium: Value) -> Value:
    """What vitamin D, phosphate and calcium ask for, as a logarithm: −a·ln d + b·ln P − c·ln(x/set point)."""
    relative = v.calcium_ionised_relative / v.set_point_factor
    return (
        phosphate * log(v.phosphate_relative) - vitamin_d * log(v.vitamin_d_drive) - calcium * log(relative)
    )


def _wanted(v: Any, asked: Value, up: Value, down: Value) -> Value:
    """What is asked for as a logarithm u, within what cells can do, over normal: e^(l·tanh(u/l)).

    The span l is `up` where more is asked for, `down` where less is.
    """
    span = down + (up - down) * rounded_step(asked, v.span_bend)
    return exp(span * tanh(asked / span))


def _synthesis_wanted(v: Any) -> Value:
    """Synthesis wanted, over normal: much more where calcium is low, hardly less where it is high."""
    asked = _asked(v, v.synthesis_vitamin_d, v.synthesis_phosphate, v.synthesis_calcium)
    return _wanted(v, asked, v.synthesis_span_up, v.synthesis_span_down)


def _mass_wanted(v: Any) -> Value:
    """Gland mass wanted, over normal; 1 where growth is autonomous."""
    asked = (1.0 - v.autonomous) * _asked(v, v.mass_vitamin_d, v.mass_phosphate, v.mass_calcium)
    return _wanted(v, asked, v.mass_span_up, v.mass_span_down)


def _elimination_rate(v: Any) -> Value:
    """Rate at which PTH leaves plasma, 1/h: k·(1 − s + s·n), s being the share of the nephrons n."""
    return v.elimination_rate * (1.0 - v.renal_share + v.renal_share * v.nephrons_relative)


def _rates(v: Any) -> Mapping[str, Value]:
    """Store, synthesis and mass 1/h, PTH pmol/L/h.

    dS/dt = (k_d + ρ₀)·G·Y − (k_d + ρ)·S;  dH/dt = k·p₀·ρ/ρ₀·S − H's elimination
    """
    made = (v.store_loss_rate + v.release_normal) * v.mass_factor * v.mass * v.synthesis
    return {
        "store": made - (v.store_loss_rate + v.pth_release_rate) * v.store,
        "pth": v.pth_secretion - v.pth_elimination_rate * v.pth,
        "synthesis": (v.pth_synthesis_wanted - v.synthesis) / v.synthesis_time,
        "mass": (v.parathyroid_mass_wanted - v.mass) / v.mass_time,
    }


PARATHYROID_GLAND = Part(
    name="parathyroid_gland",
    states={
        "store": State("1", lambda v: 1.0, scale=1e-3),
        "pth": State("pmol/L", "pth_normal", scale=4e-3),
        "synthesis": State("1", lambda v: 1.0, scale=1e-3),
        "mass": State("1", lambda v: 1.0, scale=1e-3),
    },
    parameters={
        "pth_normal": "pmol/L",
        "elimination_rate": "1/h",
        "renal_share": "1",
        "set_point_factor": "1",
        "calcium_clamp": "1",
        "calcium_held": "mmol/L",
        "magnesium_potency": "1",
        "magnesium_half": "1",
        "release_normal": "1/h",
        "release_least": "1",
        "release_most": "1",
        "calcium_exponent": "1",
        "store_loss_rate": "1/h",
        "synthesis_vitamin_d": "1",
        "synthesis_phosphate": "1",
        "synthesis_calcium": "1",
        "synthesis_span_up": "1",
        "synthesis_span_down": "1",
        "synthesis_time": "h",
        "mass_factor": "1",
        "autonomous": "1",
        "mass_vitamin_d": "1",
        "mass_phosphate": "1",
        "mass_calcium": "1",
        "mass_span_up": "1",
        "mass_span_down": "1",
        "span_bend": "1",
        "mass_time": "h",
    },
    needs={
        "calcium_ionised_plasma": "mmol/L",
        "calcium_ionised_plasma_normal": "mmol/L",
        "calcium_ionised_relative": "1",
        "phosphate_relative": "1",
        "magnesium_plasma": "mmol/L",
        "magnesium_plasma_normal": "mmol/L",
        "magnesium_relative": "1",
        "vitamin_d_drive": "1",
        "nephrons_relative": "1",
    },
    gives={
        "pth_plasma": Signal("pmol/L", lambda v: v.pth),
        "pth_plasma_normal": Signal("pmol/L", lambda v: v.pth_normal),
        "pth_elimination_rate": Signal("1/h", _elimination_rate),
        "parathyroid_calcium_sensed": Signal("mmol/L", _sensed),
        "pth_release_rate": Signal("1/h", _release_rate),
        "pth_secretion": Signal(
            "pmol/L/h",
            lambda v: v.elimination_rate * v.pth_normal * v.pth_release_rate / v.release_normal * v.store,
        ),
        "pth_synthesis_wanted": Signal("1", _synthesis_wanted),
        "parathyroid_mass_wanted": Signal("1", _mass_wanted),
        "parathyroid_gland_mass": Signal("1", lambda v: v.mass_factor * v.mass),
    },
    rates=_rates,
)
