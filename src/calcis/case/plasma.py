"""What does a given plasma, or a culture medium, offer the tissue, and when?

    body: clamped
    plasma:
      between: steps                   # or lines; for courses only
      calcium_ionised: 1.25 mmol/L     # one value, or a course of points:
      phosphate: [{at: 0 d, value: 3.0 mmol/L}, {at: 8 d, value: 1.8 mmol/L}]
      pyrophosphate: 3.3 umol/L
      ph: 7.4

With `steps`, as medium is changed, a value holds until the next point; with `lines`, as samples are
taken, the values run straight from point to point, and two points at one time make a jump.  After
the last point its value stays.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache

from calcis.case.form import PlasmaForm
from calcis.parameters import data_path, read_parameters
from calcis.reading import Document, Where, shown
from calcis.wording import listed

OFFERED = tuple(name for name in PlasmaForm.model_fields if name != "between")
_TITLES = {"calcium_ionised": "ionised calcium", "ph": "pH"}


@dataclass(frozen=True)
class Course:
    """One quantity over time: points of time (h) and value, in the unit of the tissue's input."""

    points: tuple[tuple[float, float], ...]
    lines: bool = False


Plasma = Mapping[str, Course]  # by the names that case files use, OFFERED


def read_plasma(document: Document, where: Where, form: PlasmaForm, between: str | None) -> dict[str, Course]:
    """What a `plasma` of a case file gives; `between` holds for an arm that does not say it again.

    Raises InputError, with place, for points that do not begin at 0, do not ascend, or of which
    nobody says how to go from one to the next.
    """
    between = form.between or between
    found = {}
    for name in OFFERED:
        given = getattr(form, name)
        if given is None:
            continue
        if isinstance(given, float):
            found[name] = Course(((0.0, given),))
            continue
        if len(given) > 1 and between is None:
            expected = (
                "`between: steps` (medium is changed) or `between: lines` (samples are joined) in plasma"
            )
            raise document.error((*where, name), expected, "none", key=True)
        course = Course(tuple((point.at, point.value) for point in given), between == "lines")
        _check(document, (*where, name), course)
        found[name] = course
    return found


def _check(document: Document, where: Where, course: Course) -> None:
    """Refuse points that do not begin at the start of the run, or go back in time."""
    times = [time for time, _ in course.points]
    said = [point["at"] for point in document.at(where)]
    if times[0] != 0.0:
        raise document.error(
            (*where, 0, "at"), "0 d, the start of the run, for a first point", shown(said[0])
        )
    for k in range(1, len(times)):
        jumps = course.lines and times[k] == times[k - 1] > times[max(k - 2, 0)]
        if times[k] <= times[k - 1] and not jumps:
            expected = f"a point after that at {said[k - 1]}"
            if course.lines:
                expected += " (or one more at that time, for a jump)"
            raise document.error((*where, k, "at"), expected, shown(said[k]))


def complete(document: Document, where: Where, plasma: Plasma) -> None:
    """Raises InputError for what plasma must offer and nobody gives: nothing is assumed."""
    missing = [f"`{name}`" for name in OFFERED if name not in plasma]
    if missing:
        raise document.error(where, f"{listed(missing)} in plasma", "none", key=bool(where))


def words(document: Document, where: Where, given: Plasma) -> str:
    """What a `plasma` of a file says, in its own values: `plasma: phosphate 1.4 mmol/L; pH 7.4`."""
    said = []
    for name, entry in document.at(where).items():
        if isinstance(entry, list):
            points = ", ".join(f"{point['value']} at {point['at']}" for point in entry)
            entry = f"{points} ({'in lines' if given[name].lines else 'in steps'})"
        if name in given:
            said.append(f"{_title(name)} {entry}")
    return f"plasma: {'; '.join(said)}"


def remarks(plasma: Plasma, end: float) -> list[str]:
    """What a reader of the results must know: points too late to count, values beyond the chemistry."""
    said = []
    for name, course in plasma.items():
        late = [time for time, _ in course.points if time >= end]
        if course.lines:
            late = late[1:]  # the first of them still gives the slope
        if late:
            count = f"{len(late)} of {len(course.points)} points of {_title(name)} in plasma"
            said.append(f"Not used, being at or after the end of the run: {count}.")
    for name, (low, high) in _limits().items():
        values = [value for _, value in plasma[name].points]
        if min(values) < low or max(values) > high:
            unit = "" if name == "ph" else " mmol/L"
            there = " to ".join(f"{value:.3g}" for value in dict.fromkeys((min(values), max(values))))
            said.append(
                f"Plasma has {_title(name)} of {there}{unit}; saturation was computed for {low:g} to "
                f"{high:g}{unit} and is extrapolated beyond."
            )
    return said


@cache
def _limits() -> dict[str, tuple[float, float]]:
    """Lowest and highest value for which saturation was computed."""
    file = data_path("chemistry", "saturation_range.yaml")
    known = {name.partition(".")[2]: one.value for name, one in read_parameters(file).items()}
    names = {"calcium_ionised": "calcium", "phosphate": "phosphate", "ph": "ph"}
    return {name: (known[f"lowest_{bare}"], known[f"highest_{bare}"]) for name, bare in names.items()}


def _title(name: str) -> str:
    return _TITLES.get(name, name)
