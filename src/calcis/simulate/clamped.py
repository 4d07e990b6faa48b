"""How does a given plasma drive the lesion?  Its courses are polynomials already, exact at every corner."""

from __future__ import annotations

import numpy as np

from calcis.case.plasma import Course, Plasma
from calcis.results.store import Series
from calcis.solve.schedule import Drive
from calcis.solve.system import INPUT_DEGREE
from calcis.tissue import INPUTS


def plasma_drive(plasma: Plasma, end: float) -> Drive:
    """What drives the lesion until `end` (h): a piece from each corner of any course to the next."""
    courses = [plasma[name.removesuffix("_plasma")] for name in INPUTS]
    starts = sorted({time for course in courses for time, _ in course.points if time < end})
    table = np.zeros((len(starts), len(courses), INPUT_DEGREE + 1))
    table[:, :, :2] = [[_from(course, start) for course in courses] for start in starts]
    rough = {time for course in courses for time in _jumps(course) if time < end}
    return Drive(np.array(starts), np.array([*starts[1:], end]), table, tuple(sorted(rough)))


def plasma_series(drive: Drive, times: np.ndarray) -> dict[str, Series]:
    """The courses of a drive at `times` (h); where one jumps, from then on."""
    piece = np.searchsorted(drive.starts, times, side="right") - 1
    since = (times - drive.starts[piece])[:, None]
    values = np.zeros((len(times), len(INPUTS)))
    for power in range(INPUT_DEGREE, -1, -1):
        values = values * since + drive.coefficients[piece, :, power]
    return {name: Series(unit, values[:, k].copy()) for k, (name, unit) in enumerate(INPUTS.items())}


def _from(course: Course, start: float) -> tuple[float, float]:
    """Value and slope (1/h) of a course from a time on, until its next point."""
    last = max(k for k, (time, _) in enumerate(course.points) if time <= start)
    time, value = course.points[last]
    if not course.lines or last + 1 == len(course.points):
        return value, 0.0
    after, then = course.points[last + 1]
    slope = (then - value) / (after - time)
    return value + slope * (start - time), slope


def _jumps(course: Course) -> list[float]:
    """When (h) a course changes its value at once."""
    pairs = zip(course.points, course.points[1:], strict=False)
    return [b[0] for a, b in pairs if a[1] != b[1] and (a[0] == b[0] or not course.lines)]
