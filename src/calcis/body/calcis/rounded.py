"""How do laws change over at a value, where a person lives, without a corner for the solver to look for?"""

from __future__ import annotations

from calcis.elementary import Value, sqrt


def rounded_positive(x: Value, width: Value) -> Value:
    """(x + √(x² + w²))/2: max(0, x) with its corner rounded over a width w in the unit of x."""
    return 0.5 * (x + sqrt(x * x + width * width))


def rounded_step(x: Value, width: Value) -> Value:
    """(1 + x/√(x² + w²))/2: from 0 below zero to 1 above, over a width w in the unit of x."""
    return 0.5 * (1.0 + x / sqrt(x * x + width * width))
