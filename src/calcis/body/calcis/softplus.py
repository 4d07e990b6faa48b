"""How does a saturable transport let through what is above its threshold, softly?"""

from __future__ import annotations

from calcis.elementary import Value, exp, log


def softplus(x: Value, width: Value) -> Value:
    """w·ln(1 + e^(x/w)): zero far below 0, x far above, bent over a width of about w; in the unit of x."""
    return width * log(1.0 + exp(x / width))


def softplus_inverse(y: Value, width: Value) -> Value:
    """The x of which `softplus` makes y: w·ln(e^(y/w) − 1)."""
    return width * log(exp(y / width) - 1.0)
