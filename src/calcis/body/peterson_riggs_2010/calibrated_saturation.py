"""How does this model make a saturating effect that is normal in the normal state?"""

from __future__ import annotations

from calcis.elementary import Value, power


def calibrated_saturation(ratio: Value, at_zero: Value, span: Value, exponent: Value, at_one: Value) -> Value:
    """A Hill function of ratio = x/x₀ whose half-effect is set so that it is `at_one` for x = x₀.

    E = E₀ + S·rᵞ/(rᵞ + c),  c = S/(E₁ − E₀) − 1

    `at_zero` E₀, `span` S (negative for an effect that falls) and `at_one` E₁ share one unit.  The
    published code writes the same function of x itself, with half-effect x₀·c^(1/γ).

    >>> round(calibrated_saturation(1.0, 0.25, 3.0, 2.0, 1.0), 12)
    1.0
    """
    raised = power(ratio, exponent)
    return at_zero + span * raised / (raised + span / (at_one - at_zero) - 1.0)
