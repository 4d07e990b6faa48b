"""When does a course cross a threshold, and how high does it go?

Between outputs a course is taken as a straight line, so a crossing is known to an output interval.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Peak:
    """The highest value of a course, and when (h)."""

    value: float
    at: float


@dataclass(frozen=True)
class Spell:
    """A time (h) in which a course was beyond a threshold: the extreme value, begin, and end if it ended."""

    value: float
    begin: float
    end: float | None


def peak(time: Floats, course: Floats) -> Peak:
    """The highest value at an output, and when."""
    highest = int(np.argmax(course))
    return Peak(float(course[highest]), float(time[highest]))


def spell(time: Floats, course: Floats | None, threshold: float, below: bool = False) -> Spell | None:
    """From the first to the last time that a course was above (or below) a threshold; None if never."""
    if course is None:
        return None
    sign = -1.0 if below else 1.0
    begin = first_rise(time, sign * course, sign * threshold)
    if begin is None:
        return None
    extreme = float(course.min() if below else course.max())
    return Spell(extreme, begin, last_fall(time, sign * course, sign * threshold))


def first_rise(time: Floats, course: Floats, threshold: float) -> float | None:
    """When a course first reaches a threshold; None if never."""
    above = np.flatnonzero(course >= threshold)
    return None if above.size == 0 else _crossing(time, course, threshold, int(above[0]))


def last_fall(time: Floats, course: Floats, threshold: float) -> float | None:
    """When a course falls below a threshold for good; None if it never was above, or ends above."""
    above = np.flatnonzero(course >= threshold)
    if above.size == 0 or above[-1] == len(course) - 1:
        return None
    return _crossing(time, course, threshold, int(above[-1]) + 1)


def _crossing(time: Floats, course: Floats, threshold: float, after: int) -> float:
    """The time at which a straight line between outputs meets the threshold, just before `after`."""
    if after == 0:
        return float(time[0])
    rise: Any = course[after] - course[after - 1]
    share = (threshold - course[after - 1]) / rise
    return float(time[after - 1] + share * (time[after] - time[after - 1]))
