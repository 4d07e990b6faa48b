"""Is the radius of a front that of a ball, a circle and a line whose sizes are known?"""

from __future__ import annotations

import math

import numpy as np
import pytest

from calcis.space.front import front_radius


def test_of_a_ball_a_disc_and_a_line() -> None:
    axis = 0.1 * (np.arange(80) - 39.5)
    squared = axis**2
    ball = squared[:, None, None] + squared[:, None] + squared < 2.5**2
    assert front_radius(ball, 0.1) == pytest.approx(2.5, abs=0.01)
    disc = (squared[:, None] + squared < 2.5**2)[:, None, :]
    assert front_radius(disc, 0.1) == pytest.approx(2.5, abs=0.01)
    line = (squared < 2.5**2)[:, None, None]
    assert front_radius(line, 0.1) == pytest.approx(2.5)
    assert front_radius(np.zeros((4, 4, 4), bool), 0.1) == 0.0
    two = np.zeros((3, 3, 3), bool)
    two[0, 0, 0] = two[2, 2, 2] = True
    assert front_radius(two, 0.5) == pytest.approx((0.75 * 2 * 0.125 / math.pi) ** (1 / 3))
