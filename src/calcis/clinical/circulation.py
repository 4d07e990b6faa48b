"""What do drugs do to blood pressure, heart rate and AV conduction, and is that too much?

Where a drug moves them, their courses are in the body (calcis.drugs.circulation); the lines beyond which they
are too low or slow stand in data/clinical/grades.yaml.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from calcis.clinical.grades import lines
from calcis.clinical.hard_findings import HardFinding, Simulated
from calcis.parameters import Parameter
from calcis.units import convert
from calcis.wording import capital, listed, on


class Watched(NamedTuple):
    """A course, its title and unit, whether high is the danger, its line, and what is past that."""

    course: str
    title: str
    unit: str
    high: bool
    line: str
    beyond: str

    @property
    def limit(self) -> Parameter:
        """The line, with its source."""
        return lines()[f"circulation.{self.line}"]

    @property
    def unit_words(self) -> str:
        """The unit, as it is said in a sentence."""
        return "per minute" if self.unit == "1/min" else self.unit

    @property
    def harm(self) -> str:
        """What it is to be past the line."""
        return f"{self.title} {'above' if self.high else 'below'} {self.limit.value:g} {self.unit_words}"


WATCHED = (
    Watched(
        "mean_arterial_pressure", "mean arterial pressure", "mmHg", False, "pressure_low", "shock is near"
    ),
    Watched("heart_rate", "heart rate", "1/min", False, "rate_low", "that is bradycardia"),
    Watched("pr_interval", "PR interval", "ms", True, "conduction_slow", "that is first-degree AV block"),
)
_NOTHING = 0.5  # mmHg, beats per minute or ms that nobody notices


def of_circulation(simulated: Simulated) -> tuple[HardFinding, ...]:
    """How far drugs move the circulation, and a warning for each line that is crossed."""
    moved, found = [], []
    for one in WATCHED:
        unit, values = simulated.courses.get(one.course, ("", np.zeros(0)))
        values = values[np.isfinite(values)]
        if not len(values):
            continue
        values = values * convert(1.0, unit, one.unit)
        rest, far = float(values[0]), float(values.max() if one.high else values.min())
        if abs(far - rest) < _NOTHING:
            continue
        way = "up" if one.high else "down"
        moved.append(f"{one.title} {way} to {far:.0f} {one.unit_words} (from {rest:.0f})")
        beyond = values > one.limit.value if one.high else values < one.limit.value
        if beyond.any():
            first = on(float(simulated.times[int(beyond.argmax())]), simulated.every)
            text = f"{capital(one.harm)}, first {first}: {one.beyond}."
            found.append(HardFinding(one.line, "warning", text, one.limit.source))
    if not moved:
        return ()
    whole = f"The drugs move the circulation: {listed(moved)}."
    return (HardFinding("circulation", "info", whole), *found)
