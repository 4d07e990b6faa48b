"""Does the published body rest where it starts, and answer a dose of denosumab in time?"""

from __future__ import annotations

from typing import Any

from calcis.units import HOURS_PER_YEAR
from tests.body import traced


def test_normal_state_drifts_less_than_a_500th_in_ten_years(body: Any) -> None:
    """0.2 %: the published constants are rounded, so that the start is a steady state to that much."""
    course = body.course([0.0, 10 * HOURS_PER_YEAR])
    for k, state in enumerate(traced.MODEL.states):
        start, end = course.states[:, k]
        assert abs(end - start) <= 2e-3 * abs(start), state


def test_denosumab_lowers_calcium_most_after_five_to_seven_days(body: Any) -> None:
    times = [6.0 * k for k in range(4 * 28 + 1)]
    course = body.course(times, doses={"denosumab.subcutaneous": 400.0})
    calcium = [course.signal("calcium_plasma", time) for time in times]
    assert 5 * 24 <= times[calcium.index(min(calcium))] <= 7 * 24
