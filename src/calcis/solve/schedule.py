"""What happens to a lane, and when?  Jumps, infusions and driven inputs become segments.

On a segment all controls are constant (inputs are polynomials with constant coefficients), so the
solver ends a step exactly where a segment ends and applies the next one's jumps.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from calcis.errors import InputError
from calcis.solve.system import INPUT_DEGREE, System


@dataclass(frozen=True)
class Jump:
    """At `time` (h): new[target] += factor · old[source], or += factor where source is None.

    A bolus has no source; an injury moves a share of one state to others.
    """

    time: float
    target: int
    factor: float
    source: int | None = None


@dataclass(frozen=True)
class Infusion:
    """A constant rate (state's unit per h) into a dosable state from `start` to `end` (h)."""

    start: float
    end: float
    target: int
    rate: float


@dataclass(frozen=True)
class Drive:
    """Inputs as piecewise polynomials.

    starts: (pieces,) h, ascending; ends: (pieces,) h; coefficients: (pieces, inputs, degree + 1), in
    powers of the time since the piece's own start, lowest first.  rough: the starts at which an input jumps.
    """

    starts: np.ndarray
    ends: np.ndarray
    coefficients: np.ndarray
    rough: tuple[float, ...] = ()


@dataclass(frozen=True)
class Lane:
    """One person, arm or voxel: parameters, initial state, and what happens to it.

    parameters: (parameter,) and start: (state,) in the system's order and units.  `fresh` is False for
    an interval in which state and slope go on from the one before.
    """

    name: str
    parameters: np.ndarray
    start: np.ndarray
    begin: float
    end: float
    jumps: Sequence[Jump] = ()
    infusions: Sequence[Infusion] = ()
    drive: Drive | None = None
    fresh: bool = True

    @property
    def plain(self) -> bool:
        """Whether nothing happens to it."""
        return not self.jumps and not self.infusions and self.drive is None

    def during(self, begin: float, end: float, drive: Drive | None = None) -> Lane:
        """What happens to it in an interval, driven by `drive` if that is given."""
        jumps = [jump for jump in self.jumps if begin <= jump.time < end]
        infusions = [
            replace(drip, start=max(drip.start, begin), end=min(drip.end, end))
            for drip in self.infusions
            if drip.start < end and drip.end > begin
        ]
        events = {jump.time for jump in jumps} | ({*self.drive.rough} if self.drive is not None else set())
        events |= {time for drip in self.infusions for time in (drip.start, drip.end)}
        return replace(
            self,
            begin=begin,
            end=end,
            jumps=jumps,
            infusions=infusions,
            drive=self.drive if drive is None else drive,
            fresh=begin == self.begin or begin in events,
        )


@dataclass(frozen=True)
class Segments:
    """All lanes' segments behind each other, as the driver reads them."""

    first: np.ndarray  # (lane + 1)
    start: np.ndarray
    end: np.ndarray
    smooth: np.ndarray  # 1 where the state and its slope continue from the segment before
    controls: np.ndarray  # (segment, control)
    jump_first: np.ndarray
    jump_target: np.ndarray
    jump_source: np.ndarray
    jump_factor: np.ndarray


def segments(system: System, lanes: Sequence[Lane | None]) -> Segments:
    """Cut every lane's time at its events; None is a lane that stays where it is, without segments."""
    if all(lane is not None and lane.plain for lane in lanes):
        return _plain(system, [lane for lane in lanes if lane is not None])
    first, jump_first = [0], [0]
    starts: list[np.ndarray] = []
    ends: list[np.ndarray] = []
    smooth: list[np.ndarray] = []
    controls: list[np.ndarray] = []
    targets: list[int] = []
    sources: list[int] = []
    factors: list[float] = []
    before, own = None, _NOTHING
    for lane in lanes:
        if lane is None:
            first.append(first[-1])
            continue
        if lane is not before:  # places of one person share their lane's interval
            before, own = lane, _cut(system, lane)
        by_time: dict[float, list[Jump]] = {}
        for jump in lane.jumps:
            by_time.setdefault(jump.time, []).append(jump)
        if by_time:
            for cut in own.start:
                for jump in by_time.get(float(cut), ()):
                    targets.append(jump.target)
                    sources.append(-1 if jump.source is None else jump.source)
                    factors.append(jump.factor)
                jump_first.append(len(targets))
        else:
            jump_first += [len(targets)] * len(own.start)
        starts.append(own.start)
        ends.append(own.end)
        smooth.append(own.smooth)
        controls.append(own.controls)
        first.append(first[-1] + len(own.start))
    return Segments(
        first=np.array(first),
        start=np.concatenate([np.empty(0), *starts]),
        end=np.concatenate([np.empty(0), *ends]),
        smooth=np.concatenate([np.empty(0, np.uint8), *smooth]),
        controls=np.concatenate([np.empty((0, system.controls)), *controls]),
        jump_first=np.array(jump_first),
        jump_target=np.array(targets, np.int64),
        jump_source=np.array(sources, np.int64),
        jump_factor=np.array(factors, float),
    )


@dataclass(frozen=True)
class _Cut:
    """A lane's own segments."""

    start: np.ndarray
    end: np.ndarray
    smooth: np.ndarray
    controls: np.ndarray


_NOTHING = _Cut(*np.zeros((4, 0)))


def _cut(system: System, lane: Lane) -> _Cut:
    """Cut a lane's time at its events and at the pieces of what drives it."""
    corners = {lane.begin} if lane.fresh else set()
    corners.update(jump.time for jump in lane.jumps if jump.time < lane.end)
    for infusion in lane.infusions:
        corners.update(t for t in (infusion.start, infusion.end) if t < lane.end)
    if lane.drive is not None:
        corners.update(t for t in lane.drive.rough if lane.begin < t < lane.end)
    pieces = np.array([lane.begin]) if lane.drive is None else np.asarray(lane.drive.starts, float)
    if pieces[0] == lane.begin and corners <= {lane.begin} and pieces[-1] < lane.end:
        cuts = pieces  # the usual: what drives it was made for just this interval
    else:
        inner = pieces[(pieces > lane.begin) & (pieces < lane.end)]
        cuts = np.unique(np.concatenate([[lane.begin], sorted(corners), inner]))
    table = np.zeros((len(cuts), system.controls))
    table[:, 0] = cuts
    for infusion in lane.infusions:
        inside = (cuts >= infusion.start) & (cuts < infusion.end)
        table[inside, 1 + system.infused.index(infusion.target)] += infusion.rate
    if lane.drive is not None:
        polynomials = np.asarray(lane.drive.coefficients, float)
        if cuts is not pieces:
            place = np.searchsorted(pieces, cuts, side="right") - 1
            polynomials = _shifted(polynomials[place], cuts - pieces[place])
        table[:, 1 + len(system.infused) :] = polynomials.reshape(len(cuts), -1)
    smooth = np.array([cut not in corners for cut in cuts.tolist()], np.uint8)
    return _Cut(cuts, np.append(cuts[1:], lane.end), smooth, table)


def _plain(system: System, lanes: Sequence[Lane]) -> Segments:
    """A segment each for lanes to which nothing happens."""
    controls = np.zeros((len(lanes), system.controls))
    controls[:, 0] = [lane.begin for lane in lanes]
    return Segments(
        first=np.arange(len(lanes) + 1),
        start=controls[:, 0].copy(),
        end=np.array([lane.end for lane in lanes], float),
        smooth=np.array([not lane.fresh for lane in lanes], np.uint8),
        controls=controls,
        jump_first=np.zeros(len(lanes) + 1, np.int64),
        jump_target=np.zeros(0, np.int64),
        jump_source=np.zeros(0, np.int64),
        jump_factor=np.zeros(0),
    )


def check(system: System, lane: Lane) -> None:
    """Raise InputError for arrays of a wrong shape, and for events that cannot be."""
    for what, values, names in (
        ("parameters", lane.parameters, system.parameters),
        ("initial values", lane.start, system.states),
    ):
        if np.shape(values) != (len(names),):
            raise InputError(f"{len(names)} {what} of {lane.name!r}", f"an array of shape {np.shape(values)}")
    if not lane.end > lane.begin:
        raise InputError("an end after the beginning", f"{lane.begin} h to {lane.end} h in {lane.name!r}")
    for event in lane.jumps:
        if not event.time >= lane.begin:
            raise InputError(f"events from {lane.begin} h on", f"one at {event.time} h in {lane.name!r}")
    for infusion in lane.infusions:
        if infusion.target not in system.infused:
            name = system.states[infusion.target]
            raise InputError("an infusion into a dosable state", f"one into {name!r}")
        if not (lane.begin <= infusion.start < infusion.end):
            raise InputError(
                "an infusion that ends after it starts", f"{infusion.start} h to {infusion.end} h"
            )
    if lane.drive is not None and (lane.drive.starts[0] > lane.begin or lane.drive.ends[-1] < lane.end):
        raise InputError("inputs for the whole time", f"a gap in {lane.name!r}")


def _shifted(coefficients: np.ndarray, by: np.ndarray) -> np.ndarray:
    """Coefficients (piece, input, power) of the same polynomials around a later start (Horner's shift)."""
    shifted = coefficients.copy()
    for lowest in range(INPUT_DEGREE):
        for power in range(INPUT_DEGREE - 1, lowest - 1, -1):
            shifted[:, :, power] += shifted[:, :, power + 1] * by[:, None]
    return shifted
