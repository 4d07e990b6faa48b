"""How much calcium and phosphate does the gut absorb, and how does vitamin D change it?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calcis.elementary import Value, minimum, power
from calcis.part import Part, Signal, State


def _calcium_absorbed(v: Any) -> Value:
    """True absorption of calcium, mmol/h: passive, and active by transport capacity R: f·I + A·R·I/(I + K).

    A is such that the normal diet I₀ gives the normal absorption: A = (A₀ − f·I₀)·(I₀ + K)/I₀.
    """
    normal = v.calcium_intake_normal
    active_normal = v.calcium_absorbed_normal - v.calcium_passive_fraction * normal
    active = active_normal * (normal + v.calcium_active_half) / normal * v.transport
    eaten = v.calcium_eaten
    return v.calcium_passive_fraction * eaten + active * eaten / (eaten + v.calcium_active_half)


def _calcium_lost(v: Any) -> Value:
    """Calcium lost with digestive juices and through the skin, mmol/h: in proportion to ionised calcium."""
    return (v.calcium_secreted_normal + v.calcium_skin_normal) * v.calcium_ionised_relative


def _phosphate_fraction(v: Any, transport: Value) -> Value:
    """Share of the phosphate eaten that is absorbed without a binder: min(m, f + a·R)."""
    fraction = v.phosphate_passive_fraction + v.phosphate_active_fraction * transport
    return minimum(v.phosphate_fraction_maximum, fraction)


def _phosphate_absorbed(v: Any) -> Value:
    """Absorption of phosphate, mmol/h: I·b·min(m, f + a·R); a binder leaves the share b of it."""
    left = v.phosphate_unbound_fraction * _phosphate_fraction(v, v.transport)
    return v.phosphate_intake_normal * v.phosphate_intake_factor * left


def _transport_wanted(v: Any) -> Value:
    """Transport capacity that the vitamin D drive d asks for, over normal: R₁·dʰ/(dʰ + R₁ − 1)."""
    driven = power(v.vitamin_d_drive, v.transport_exponent)
    return v.transport_maximum * driven / (driven + v.transport_maximum - 1.0)


def _rates(v: Any) -> Mapping[str, Value]:
    """dR/dt = (R∞ − R)/τ, 1/h."""
    return {"transport": (v.gut_transport_wanted - v.transport) / v.transport_time}


GUT = Part(
    name="gut",
    states={"transport": State("1", lambda v: 1.0, scale=1e-3)},
    parameters={
        "calcium_intake_normal": "mmol/h",
        "calcium_intake_factor": "1",
        "calcium_absorbed_normal": "mmol/h",
        "calcium_passive_fraction": "1",
        "calcium_active_half": "mmol/h",
        "calcium_secreted_normal": "mmol/h",
        "calcium_skin_normal": "mmol/h",
        "phosphate_intake_normal": "mmol/h",
        "phosphate_intake_factor": "1",
        "phosphate_passive_fraction": "1",
        "phosphate_active_fraction": "1",
        "phosphate_fraction_maximum": "1",
        "phosphate_unbound_fraction": "1",
        "magnesium_absorbed_normal": "mmol/h",
        "magnesium_absorbed_factor": "1",
        "transport_exponent": "1",
        "transport_maximum": "1",
        "transport_time": "h",
    },
    needs={"vitamin_d_drive": "1", "calcium_ionised_relative": "1"},
    gives={
        "calcium_eaten": Signal("mmol/h", lambda v: v.calcium_intake_normal * v.calcium_intake_factor),
        "calcium_absorbed": Signal("mmol/h", _calcium_absorbed),
        "calcium_lost_gut_and_skin": Signal("mmol/h", _calcium_lost),
        "calcium_retained_normal": Signal(
            "mmol/h",
            lambda v: v.calcium_absorbed_normal - v.calcium_secreted_normal - v.calcium_skin_normal,
        ),
        "phosphate_absorbed": Signal("mmol/h", _phosphate_absorbed),
        "phosphate_absorbed_normal": Signal(
            "mmol/h", lambda v: v.phosphate_intake_normal * _phosphate_fraction(v, 1.0)
        ),
        "magnesium_absorbed": Signal(
            "mmol/h", lambda v: v.magnesium_absorbed_normal * v.magnesium_absorbed_factor
        ),
        "magnesium_retained_normal": Signal("mmol/h", lambda v: v.magnesium_absorbed_normal),
        "gut_transport_wanted": Signal("1", _transport_wanted),
    },
    rates=_rates,
)
