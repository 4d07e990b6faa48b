"""Is a residual what its docstring says: two standard deviations at a limit, a hinge beyond one alone?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import pytest

from calcis.study.residual import FAILED, Widths, residual


@dataclass
class Refused(Exception):
    key: str
    got: str


def verdict(simulated: float, low: float, high: float, value: float | None = None, minus: Any = None) -> Any:
    """As much of a verdict as a residual looks at."""
    form = SimpleNamespace(of="calcium", minus=minus, least=None if math.isinf(low) else str(low))
    said = SimpleNamespace(form=form, refuse=lambda key, expected, got: Refused(key, got))
    return SimpleNamespace(simulated=simulated, low=low, high=high, value=value, said=said)


@pytest.mark.parametrize(
    ("simulated", "low", "high", "wanted"),
    [
        (2.0, 1.8, 2.2, 0.0),
        (2.2, 1.8, 2.2, 2.0),
        (1.6, 1.8, 2.2, -4.0),
        (-0.5, -0.6, -0.4, 0.0),
        (4.0, 1.0, 4.0, 2.0),
        (2.0, 1.0, 4.0, 0.0),  # the middle is that of the logarithms
        (0.1, 1.0, 4.0, -2.0 - 4.0 * math.log(10.0) / math.log(4.0)),
        (0.0, 1.0, 4.0, -2.0 - 4.0 * (math.log(10.0) + 1.0) / math.log(4.0)),  # goes on straight
        (math.nan, 1.0, 4.0, FAILED),
        (math.inf, 1.0, 4.0, FAILED),
    ],
)
def test_limits_lie_two_deviations_from_the_middle(
    simulated: float, low: float, high: float, wanted: float
) -> None:
    assert residual(verdict(simulated, low, high), Widths()) == pytest.approx(wanted, abs=1e-12)


@pytest.mark.parametrize(("beyond", "wanted"), [(-3, 0.009), (-2, 0.063), (0, 1.063), (1, 2.009), (100, 101)])
def test_one_limit_is_a_hinge_of_its_width(beyond: float, wanted: float) -> None:
    above = verdict(10.0 + 0.5 * beyond, -math.inf, 10.0)
    below = verdict(10.0 - 0.5 * beyond, 10.0, math.inf)
    assert residual(above, Widths()) == residual(below, Widths()) == pytest.approx(wanted, rel=0.02)


def test_a_width_is_that_of_the_quantity_and_wider_for_a_difference() -> None:
    narrow = Widths(courses={"calcium": 0.01})
    assert residual(verdict(10.1, -math.inf, 10.0), narrow) == pytest.approx(2.0, rel=0.01)
    assert residual(verdict(12.5, -math.inf, 10.0, minus=object()), narrow) == pytest.approx(2.0, rel=0.01)


def test_what_has_no_tolerance_cannot_be_fitted_to() -> None:
    with pytest.raises(Refused):
        residual(verdict(1.0, 2.0, 2.0, value=2.0), Widths())
    with pytest.raises(Refused):
        residual(verdict(1.0, 0.0, math.inf), Widths())
