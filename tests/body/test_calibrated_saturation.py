"""Is the saturating effect of the model the published one, written in another way?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcis.body.peterson_riggs_2010.calibrated_saturation import calibrated_saturation


@given(x=st.floats(0.01, 100), x0=st.floats(0.1, 10), exponent=st.floats(0.1, 13))
def test_equals_the_published_form_with_its_half_effect(x: float, x0: float, exponent: float) -> None:
    """H(x) = E₀ + E·xᵞ/(xᵞ + c), c = E·x₀ᵞ/(y₀ − E₀) − x₀ᵞ."""
    at_zero, span, at_one = 0.4, 3.2, 1.0
    c = span * x0**exponent / (at_one - at_zero) - x0**exponent
    published = at_zero + span * x**exponent / (x**exponent + c)
    # 1e-9: both forms lose digits alike where 13th powers of the ratio are taken.
    assert calibrated_saturation(x / x0, at_zero, span, exponent, at_one) == pytest.approx(
        published, rel=1e-9
    )


def test_may_fall_and_ends_at_start_plus_span() -> None:
    values = [calibrated_saturation(ratio, 4.0, -3.5, 2.0, 1.0) for ratio in (0.0, 0.5, 1.0, 2.0, 1e9)]
    assert values == sorted(values, reverse=True)
    assert values[0] == 4.0
    assert values[2] == pytest.approx(1.0, rel=1e-15)
    assert values[4] == pytest.approx(0.5, rel=1e-12)
