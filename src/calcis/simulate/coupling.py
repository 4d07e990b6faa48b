"""How do body and lesion act on each other?  They march in turn, from one exchange to the next.

In an interval the body gives at the rate at which tissue took in the last one, and settles what it owed;
the tissue marches through the same interval in the plasma that the body made of it.  What it took, exactly
integrated, less what the body gave, is in transit until the next interval.  That amount is an error of
second order in the interval, and decides how long intervals are; each arm has its own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calcis.solve.drive import Recorder, drive
from calcis.solve.integrate import Integration, Moment
from calcis.solve.schedule import Drive, Lane
from calcis.solve.system import INPUT_DEGREE

FIRST, SHORTEST = 1.0, 1e-6  # h, of intervals after the start and after an injury; and of any
LONGEST, LONGEST_SHARE = 720.0, 0.125  # h; of the time that has passed, once that is more
SHRINK, GROW, SAFETY = 0.2, 4.0, 0.9
# How much of what plasma holds may be in transit, over the relative tolerance of a step.
IN_TRANSIT = 100.0


@dataclass(frozen=True)
class Exchange:
    """What goes from one side to the other.

    given: the tissue's inputs, signals of the body; sums: the tissue's states that integrate what a
    litre takes up; pools: the body's states that lose it, mmol; books: those that integrate what it gave;
    volume: of the lesion, L.  Uptakes are the body's inputs, in this order.
    """

    given: tuple[str, ...] = ()
    sums: tuple[int, ...] = ()
    pools: tuple[int, ...] = ()
    books: tuple[int, ...] = ()
    volume: float = 0.0


@dataclass
class Clock:
    """Where every arm is: time and next interval (h).

    By (arm, uptake): the rate at which tissue took (mmol/h), what is in transit, what has moved (mmol).
    """

    time: np.ndarray
    interval: np.ndarray
    rate: np.ndarray
    transit: np.ndarray
    moved: np.ndarray

    def copy(self) -> Clock:
        """A copy of all of it."""
        return Clock(*(array.copy() for array in vars(self).values()))


class Coupling:
    """All arms' bodies and lesions; either may be None."""

    def __init__(
        self,
        body: Integration | None,
        tissue: Integration | None,
        exchange: Exchange,
        tolerance: float,
    ) -> None:
        self.body, self.tissue, self.exchange = body, tissue, exchange
        self._allowed = IN_TRANSIT * tolerance
        self._recorder = None
        if body is not None and tissue is not None:
            self._recorder = Recorder(body.kernel, exchange.given, tolerance)
        count, uptakes = len(self.sides[0].lanes), len(exchange.sums)
        begin = np.array([lane.begin for lane in self.sides[0].lanes])
        first = LONGEST if self._recorder is None else FIRST
        self.clock = Clock(begin, np.full(count, first), *np.zeros((3, count, uptakes)))
        self.kept = self.take()

    @property
    def sides(self) -> list[Integration]:
        """Body and tissue, as far as there are any."""
        return [side for side in (self.body, self.tissue) if side is not None]

    @property
    def going(self) -> list[int]:
        """Arms that are not at their end and have not failed."""
        lanes = self.sides[0].lanes
        return [
            arm
            for arm, lane in enumerate(lanes)
            if self.clock.time[arm] < lane.end and not any(side.failures[arm] for side in self.sides)
        ]

    @property
    def share(self) -> float:
        """How much of all arms' time is done, 0 to 1; a failed arm is done."""
        lanes, going = self.sides[0].lanes, self.going
        left = sum(
            (lanes[arm].end - self.clock.time[arm]) / (lanes[arm].end - lanes[arm].begin) for arm in going
        )
        return float(1.0 - left / len(lanes))

    def take(self) -> tuple[Clock, list[Moment]]:
        """A copy of where everything is; `kept` is that of before the last step."""
        return self.clock.copy(), [side.moment() for side in self.sides]

    def defects(self) -> np.ndarray:
        """Of what tissue took less what the body gave less what is in transit: the share of all that moved.

        Shape (arm, uptake); the defect itself where nothing moved.
        """
        assert self.body is not None and self.tissue is not None
        taken = self.tissue.y[:, list(self.exchange.sums)] * self.exchange.volume
        given = self.body.y[:, list(self.exchange.books)]
        moved = self.clock.moved
        return np.asarray(np.abs(taken - given - self.clock.transit) / np.where(moved > 0.0, moved, 1.0))

    def step(self) -> None:
        """One interval of every arm that is going; where too much came in transit, a shorter one follows."""
        self.kept = self.take()
        clock, (_, moments) = self.clock, self.kept
        going = self.going
        ends = {arm: self._end(arm) for arm in going}
        drives: dict[int, Drive] = {}
        if self.body is not None:
            lanes = self._intervals(self.body, ends, self._giving(ends))
            recorded = self.body.advance(lanes, record=self._recorder)
            if self._recorder is not None:
                fine = [arm for arm in going if self.body.failures[arm] is None]
                drives = {arm: drive(recorded[arm], ends[arm]) for arm in fine}
                ends = {arm: ends[arm] for arm in fine}
        if self.tissue is not None:
            self.tissue.advance(self._intervals(self.tissue, ends, drives))
        for arm, end in ends.items():
            if self.tissue is not None and self.tissue.failures[arm] is not None:
                continue
            length = end - clock.time[arm]
            excess = self._settle(arm, length, moments) if self._recorder is not None else 0.0
            factor = min(GROW, max(SHRINK, SAFETY / np.sqrt(excess))) if excess > 0.0 else GROW
            if excess > 1.0 and length > SHORTEST:
                for side, moment in zip(self.sides, moments, strict=True):
                    side.back(moment, arm)
                clock.interval[arm] = length * factor
                continue
            clock.time[arm] = end
            # An interval cut short by an event says nothing against the longer one planned.
            if length >= clock.interval[arm] or length * factor > clock.interval[arm]:
                clock.interval[arm] = length * factor
            if self._recorder is not None and end in self._events(arm):
                clock.interval[arm] = FIRST
            clock.interval[arm] = min(clock.interval[arm], max(LONGEST, LONGEST_SHARE * end))

    def _end(self, arm: int) -> float:
        """When an arm's next interval ends: at an event of its lesion, or before."""
        time, interval = self.clock.time[arm], self.clock.interval[arm]
        stop = min([self.sides[0].lanes[arm].end, *(t for t in self._events(arm) if t > time)])
        left = stop - time
        if interval >= left:
            return float(stop)
        return float(time + min(interval, max(0.5 * left, left - interval)))

    def _events(self, arm: int) -> set[float]:
        """Times (h) at which something happens to the lesion."""
        return set() if self.tissue is None else {jump.time for jump in self.tissue.lanes[arm].jumps}

    def _giving(self, ends: dict[int, float]) -> dict[int, Drive]:
        """What the body gives in its interval: constant rates."""
        if self._recorder is None:
            return {}
        found = {}
        for arm, end in ends.items():
            begin = self.clock.time[arm]
            rates = np.zeros((1, len(self.exchange.sums), INPUT_DEGREE + 1))
            rates[0, :, 0] = self.clock.rate[arm] + self.clock.transit[arm] / (end - begin)
            found[arm] = Drive(np.array([begin]), np.array([end]), rates)
        return found

    def _intervals(
        self, side: Integration, ends: dict[int, float], drives: dict[int, Drive]
    ) -> Sequence[Lane | None]:
        return [
            lane.during(self.clock.time[arm], ends[arm], drives.get(arm)) if arm in ends else None
            for arm, lane in enumerate(side.lanes)
        ]

    def _settle(self, arm: int, length: float, moments: list[Moment]) -> float:
        """Enter what an arm's tissue took in its interval; how much is in transit, over what may be.

        A body that is left for a shorter interval keeps its rate and what it owed.
        """
        assert self.body is not None and self.tissue is not None
        clock, sums = self.clock, list(self.exchange.sums)
        taken = (self.tissue.y[arm, sums] - moments[1].y[arm, sums]) * self.exchange.volume
        transit = taken - clock.rate[arm] * length
        pools = np.abs(moments[0].y[arm, list(self.exchange.pools)])
        excess = float((np.abs(transit) / (self._allowed * pools)).max())
        if excess <= 1.0 or length <= SHORTEST:
            clock.rate[arm], clock.transit[arm] = taken / length, transit
            clock.moved[arm] += np.abs(taken)
        return excess
