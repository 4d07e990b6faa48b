"""What happened in the lesion, in plain facts?  Was it cleared, did it calcify, when would one see it?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

THRESHOLDS = {
    "dead_cleared": "1",
    "tissue_refilled": "1",
    "mineral_stainable": "mmol/L",
    "mineral_radiographic": "mmol/L",
    "mineral_ct": "mmol/L",
    "osteogenic_on": "1",
}
PARAMETERS = {"story": THRESHOLDS}  # as the data file of the tissue names them
COURSES = (
    "dead_fraction",
    "living_fraction",
    "scar_fraction",
    "mineral_total",
    "radiodensity",
    "osteogenic_signal",
)


@dataclass(frozen=True)
class Story:
    """Facts of one lesion; times in h after the start of the run, None for what never happened.

    `verdict` is `healed` (dead tissue cleared, tissue refilled, mineral not even stainable),
    `calcified` (mineral at the end that a radiograph shows) or `unsettled`.
    """

    verdict: str
    dead_highest: float
    dead_cleared_at: float | None
    mineral_highest: float  # mmol/L
    mineral_highest_at: float
    stainable_at: float | None
    radiographic_at: float | None
    ct_at: float | None
    osteogenic_at: float | None
    living_end: float
    dead_end: float
    scar_end: float
    mineral_end: float  # mmol/L
    radiodensity_end: float  # HU


def tell(time: Floats, courses: Mapping[str, Floats], thresholds: Mapping[str, float]) -> Story:
    """The story of a lesion from its courses (names in COURSES) over `time` (h, shape (n,)).

    `thresholds` by the names of THRESHOLDS.  Crossings are interpolated between output times.
    """
    dead, mineral = courses["dead_fraction"], courses["mineral_total"]
    highest = int(np.argmax(mineral))
    end = {name: float(courses[name][-1]) for name in COURSES}
    cleared = end["dead_fraction"] < thresholds["dead_cleared"]
    refilled = end["living_fraction"] + end["scar_fraction"] >= thresholds["tissue_refilled"]
    if end["mineral_total"] >= thresholds["mineral_radiographic"]:
        verdict = "calcified"
    elif cleared and refilled and end["mineral_total"] < thresholds["mineral_stainable"]:
        verdict = "healed"
    else:
        verdict = "unsettled"
    return Story(
        verdict=verdict,
        dead_highest=float(dead.max()),
        dead_cleared_at=_last_fall(time, dead, thresholds["dead_cleared"]),
        mineral_highest=float(mineral[highest]),
        mineral_highest_at=float(time[highest]),
        stainable_at=_first_rise(time, mineral, thresholds["mineral_stainable"]),
        radiographic_at=_first_rise(time, mineral, thresholds["mineral_radiographic"]),
        ct_at=_first_rise(time, mineral, thresholds["mineral_ct"]),
        osteogenic_at=_first_rise(time, courses["osteogenic_signal"], thresholds["osteogenic_on"]),
        living_end=end["living_fraction"],
        dead_end=end["dead_fraction"],
        scar_end=end["scar_fraction"],
        mineral_end=end["mineral_total"],
        radiodensity_end=end["radiodensity"],
    )


def sentences(story: Story) -> list[tuple[str, str]]:
    """The story as (level, sentence), most important first; level is `info` or `warning`."""
    said = [_verdict(story)]
    if story.dead_highest > 0.0:
        said.append(("info", _clearance(story)))
    seen = {
        "stainable under the microscope": story.stainable_at,
        "dense enough for a radiograph of a mouse": story.radiographic_at,
        "visible on CT": story.ct_at,
    }
    reached = [f"{what} from {_day(when)}" for what, when in seen.items() if when is not None]
    if reached:
        said.append(("info", f"The mineral was {', '.join(reached)}."))
    if story.osteogenic_at is not None:
        said.append(("warning", f"The signal to form bone was on from {_day(story.osteogenic_at)}."))
    return said


def _verdict(story: Story) -> tuple[str, str]:
    density = f"{story.mineral_end:.0f} mmol of calcium per litre of tissue, {story.radiodensity_end:.0f} HU"
    if story.verdict == "calcified":
        return "warning", f"The lesion calcified: at the end {density}."
    if story.verdict == "healed":
        tissue = f"{_percent(story.living_end)} living tissue and {_percent(story.scar_end)} scar"
        return "info", f"The lesion healed: at the end {tissue}, without stainable mineral."
    left = ", ".join(
        f"{_percent(share)} {what}"
        for share, what in ((story.living_end, "living"), (story.scar_end, "scar"), (story.dead_end, "dead"))
    )
    return "warning", f"The lesion has neither healed nor calcified: at the end {left}; {density}."


def _clearance(story: Story) -> str:
    peak = f"At most {_percent(story.dead_highest)} of the tissue was dead"
    if story.dead_cleared_at is None:
        return f"{peak}; it was not cleared."
    return f"{peak}; it was cleared by {_day(story.dead_cleared_at)}."


def _percent(share: float) -> str:
    return f"{100.0 * share:.0f} %"


def _day(time: float) -> str:
    return f"day {time / 24.0:.0f}" if time >= 24.0 else f"hour {time:.0f}"


def _first_rise(time: Floats, course: Floats, threshold: float) -> float | None:
    """When a course first reaches a threshold; None if never."""
    above = np.flatnonzero(course >= threshold)
    return None if above.size == 0 else _crossing(time, course, threshold, int(above[0]))


def _last_fall(time: Floats, course: Floats, threshold: float) -> float | None:
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
