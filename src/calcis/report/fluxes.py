"""Where do calcium, phosphate and magnesium go?  What gut, bone, kidney, cells and lesion give and take.

Every flow is seen from the blood, in amount per day: what comes into it is given, what leaves it is taken.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np

from calcis.parameters import data_path, read_data
from calcis.quantities import Quantity, molar_mass
from calcis.results.store import Arm, Floats, Run
from calcis.units import convert
from calcis.wording import capital

_TOLD = 0.15  # of the largest net flow of an arm: a change by more is told in a sentence
_IN_WORDS = 2  # ions at most that a sentence is said of


@dataclass(frozen=True, eq=False)
class Flow:
    """What one thing gives to the blood and takes from it: courses in the unit shown, mean over the run."""

    title: str
    said: str
    gives: Floats
    takes: Floats
    mean_gives: float
    mean_takes: float

    @property
    def net(self) -> Floats:
        """What it gives less what it takes, a course."""
        return self.gives - self.takes

    @property
    def mean(self) -> float:
        """What it gives less what it takes, mean over the run."""
        return self.mean_gives - self.mean_takes


@dataclass(frozen=True, eq=False)
class Fluxes:
    """All flows of one ion into and out of the blood of every arm that did not fail."""

    ion: str
    quantity: Quantity
    arms: Mapping[str, tuple[Flow, ...]]

    @property
    def largest(self) -> float:
        """The largest net flow of any arm at any time."""
        flows = [abs(flow.net).max() for arm in self.arms.values() for flow in arm]
        return float(max(flows, default=0.0))

    def read(self, value: float, nothing: str = "0") -> str:
        """A flow as a reader needs it beside the others: to about a hundredth of the largest net flow."""
        decimals = max(0, 2 - math.floor(math.log10(3.0 * self.largest)))
        text = f"{value:.{decimals}f}".replace("-", "−")
        return text if text.strip("−0.") else nothing

    def signed(self, value: float) -> str:
        """A net flow with its sign."""
        text = self.read(value)
        return text if text == "0" or value < 0 else f"+{text}"

    def changed(self, arm: str) -> str:
        """The net flows of an arm that changed by a sensible share: start → end (mean); empty if none."""
        nets = {
            name: (float(course[0]), float(course[-1]), mean)
            for name, (course, mean) in self.together(arm).items()
        }
        size = max(abs(value) for net in nets.values() for value in net)
        return ", ".join(
            f"{name} {self.signed(first)} → {self.signed(last)} ({self.signed(mean)})"
            for name, (first, last, mean) in nets.items()
            if max(abs(last - first), abs(mean - first)) > _TOLD * size
        )

    def together(self, arm: str) -> dict[str, tuple[Floats, float]]:
        """Net course and mean of the rows that are one in a sentence, by their common name."""
        found: dict[str, tuple[Floats, float]] = {}
        for flow in self.arms[arm]:
            course, mean = found.get(flow.said, (np.zeros(len(flow.gives)), 0.0))
            found[flow.said] = course + flow.net, mean + flow.mean
        return found


def fluxes(run: Run, system: str) -> list[Fluxes]:
    """The fluxes of every ion that the body of a run moves, in a system of units; none of given plasma."""
    found = []
    for ion, described in _described().items():
        unit = ("mmol/d", "mg/d")
        mass = molar_mass(described["molar_mass"])
        quantity = Quantity(f"{ion}_net", capital(ion), "fluxes", *unit, molar_mass=mass)
        arms = {
            name: _flows(arm, ion, described["rows"], quantity, system)
            for name, arm in run.arms.items()
            if not arm.failure and not run.clamped
        }
        one = Fluxes(ion, quantity, arms)
        if one.largest > 0:
            found.append(one)
    return found


def changes(run: Run, arm: Arm, system: str) -> list[str]:
    """Of calcium and phosphate, a line each: which net flows changed by a sensible share since the start."""
    said = []
    for one in fluxes(run, system)[:_IN_WORDS]:
        moved = one.changed(arm.name) if arm.name in one.arms else ""
        if moved:
            unit = one.quantity.unit(system)
            said.append(f"{one.quantity.title}, {unit} into (+) the blood, start → end (mean): {moved}.")
    return said


def _flows(
    arm: Arm, ion: str, rows: Sequence[Mapping[str, Any]], quantity: Quantity, system: str
) -> tuple[Flow, ...]:
    flows = []
    for row in rows:
        sums = [_sum(arm, row.get(side, ()), quantity, system) for side in ("gives", "takes")]
        if row.get("net"):
            net = sums[0] - sums[1]
            sums = [np.maximum(net, 0.0), np.maximum(-net, 0.0)]
            mean = _mean(arm.time, net)
            means = [max(mean, 0.0), max(-mean, 0.0)]
        else:
            means = [_mean(arm.time, one) for one in sums]
        flows.append(Flow(row["title"], row["said"], sums[0], sums[1], *means))
    return (*flows, *_lesion(arm, ion, quantity, system))


def _sum(arm: Arm, names: Sequence[str], quantity: Quantity, system: str) -> Floats:
    there = [arm.body_series[name] for name in names if name in arm.body_series]
    return sum((quantity.shown(one.values, one.unit, system) for one in there), start=np.zeros(len(arm.time)))


def _lesion(arm: Arm, ion: str, quantity: Quantity, system: str) -> tuple[Flow, ...]:
    """What the lesion takes: of a litre of tissue, times its volume; the mean from what was taken in all."""
    series, volume = arm.lesion_series or {}, arm.lesion_facts.get("volume")
    names = f"{ion}_from_plasma", f"{ion}_from_plasma_sum"
    if volume is None or not all(name in series for name in names):
        return ()
    litres = convert(float(volume["value"]), volume["unit"], "L")
    taken, whole = (series[name].values * litres for name in names)
    duration = float(np.ptp(arm.time))
    mean = float(whole[-1] - whole[0]) / duration if duration else 0.0
    course, mean = quantity.shown(taken, "mmol/h", system), quantity.shown(mean, "mmol/h", system)
    gives, takes = np.maximum(-course, 0.0), np.maximum(course, 0.0)
    return (Flow("Lesion", "lesion", gives, takes, max(-mean, 0.0), max(mean, 0.0)),)


def _mean(time: Floats, values: Floats) -> float:
    """Mean over time of a course that is straight between its outputs."""
    if len(time) < 2:
        return float(values[0])
    return float(np.trapezoid(values, time) / np.ptp(time))


@cache
def _described() -> Mapping[str, Any]:
    described: dict[str, Any] = read_data(data_path("report", "fluxes.yaml")).data
    return described
