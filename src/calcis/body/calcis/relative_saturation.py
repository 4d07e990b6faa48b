"""How does an effect that saturates with its signal, and is 1 in the normal state, grow and fall?"""

from __future__ import annotations

from calcis.elementary import Value


def saturating(ratio: Value, half: Value) -> Value:
    """x·(1 + K)/(x + K): 0 at 0, 1 at x = 1, 1 + K far above; x relative to normal."""
    return ratio * (1.0 + half) / (ratio + half)


def inhibiting(ratio: Value, half: Value) -> Value:
    """(1 + K)/(x + K): (1 + K)/K at 0, 1 at x = 1, 0 far above; x relative to normal."""
    return (1.0 + half) / (ratio + half)
