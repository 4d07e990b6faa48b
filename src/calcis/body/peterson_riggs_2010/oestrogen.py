"""How does oestrogen fall with age and at the menopause?"""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value, maximum, power
from calcis.part import Part, Signal, State


def _level(v: Any, age: Value) -> Value:
    """Oestrogen that a woman of `age` (h) tends to, relative to the reference age.

    (a/a₀)^−γ·{1 − L·x²/[(D/2)² + x²]},  x = max(0, a − onset); the menopause of duration D begins
    at its onset, D before it is done, and its loss L stays.
    """
    onset = v.menopause_done - v.menopause_duration
    past = maximum(0.0, age - onset)
    half = v.menopause_duration / 2.0
    lost = v.menopause_loss * past * past / (half * half + past * past)
    return power(age / v.reference_age, -v.age_exponent) * (1.0 - lost)


def _target(v: Any) -> Value:
    """Oestrogen for this age, relative; 1 for men and where ageing is switched off."""
    return 1.0 + v.ageing * (_level(v, v.age_at_start + v.time) - 1.0)


OESTROGEN = Part(
    name="oestrogen",
    states={
        "oestrogen": State("1", lambda v: 1.0 + v.ageing * (_level(v, v.age_at_start) - 1.0), scale=1e-3),
    },
    parameters={
        "ageing": "1",
        "age_at_start": "h",
        "reference_age": "h",
        "age_exponent": "1",
        "menopause_loss": "1",
        "menopause_duration": "h",
        "menopause_done": "h",
        "elimination_rate": "1/h",
        "floor": "1",
    },
    gives={
        "oestrogen_for_age": Signal("1", _target),
        # Floored because bone cells take it to negative powers.
        "oestrogen_relative": Signal("1", lambda v: maximum(v.oestrogen, v.floor)),
    },
    rates=lambda v: {"oestrogen": v.elimination_rate * (v.oestrogen_for_age - v.oestrogen)},
)
