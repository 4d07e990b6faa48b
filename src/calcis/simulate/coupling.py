"""How do body and tissues act on each other?  They march in turn, from one exchange to the next.

In an interval the body gives at the rate at which tissue took in the last one, and settles what it owed;
tissue marches through the same interval in the plasma that the body made of it.  What it took, exactly
integrated, less what the body gave, is in transit until the next interval.  That amount is an error of
second order in the interval, and decides how long intervals are; each arm has its own.

Tissue is the lesion and the organs, each a side with as many places in every arm.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calcis.ledger import LEAST_FLOW
from calcis.solve.drive import Recorder, drive, merged
from calcis.solve.integrate import Integration, Moment
from calcis.solve.schedule import Drive, Lane
from calcis.solve.system import INPUT_DEGREE

FIRST, SHORTEST = 1.0, 1e-6  # h, of intervals after the start and after an injury; and of any
LONGEST, LONGEST_SHARE = 2160.0, 0.25  # h; of the time that has passed, once that is more
SHRINK, GROW, SAFETY = 0.2, 4.0, 0.9
# How much of what plasma holds may be in transit, over the relative tolerance of a step.
IN_TRANSIT = 100.0


@dataclass(frozen=True)
class Places:
    """What the places of one tissue side take from the body; its lanes are arm by arm, place by place.

    volume: of each lane's place, L.  A litre has taken up Σ weight·state, by `terms` of uptake, state and
    weight (of each lane, or of all).  `quiet`: what drives these places may be told in fewer pieces.
    """

    volume: np.ndarray
    terms: Sequence[tuple[int, int, np.ndarray | float]] = ()
    quiet: bool = False

    def taken(self, y: np.ndarray, size: int) -> np.ndarray:
        """What each lane's place has taken in states `y`, but for a constant (mmol), (lane, uptake)."""
        found = np.zeros((len(y), size))
        for uptake, state, weight in self.terms:
            found[:, uptake] += weight * y[:, state]
        return np.asarray(self.volume[:, None] * found)

    def through(self, y: np.ndarray, size: int) -> np.ndarray:
        """The same with nothing that cancels: what went to and fro between blood and each place."""
        found = np.zeros((len(y), size))
        for uptake, state, weight in self.terms:
            found[:, uptake] += np.abs(weight * y[:, state])
        return np.asarray(self.volume[:, None] * found)


@dataclass(frozen=True)
class Exchange:
    """What goes from one side to the other.

    given: the tissue's inputs, signals of the body; pools: the body's states that lose what is taken, mmol;
    books: those that integrate what it gave; places: of each tissue side.  Uptakes are the body's inputs, in
    this order.
    """

    given: tuple[str, ...] = ()
    pools: tuple[int, ...] = ()
    books: tuple[int, ...] = ()
    places: tuple[Places, ...] = ()


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
    """All arms' bodies and tissues; there may be no body, or no tissue.

    The exchange has no `places` where nothing is exchanged: plasma is given, or a body is alone.  With `keep`
    what drove the tissue of each arm is kept in `driven`, interval by interval.
    """

    def __init__(
        self,
        body: Integration | None,
        tissues: Sequence[Integration],
        exchange: Exchange,
        tolerance: float,
        keep: bool = False,
    ) -> None:
        self.body, self.tissues, self.exchange = body, list(tissues), exchange
        self._allowed = IN_TRANSIT * tolerance
        self._tolerance = tolerance
        self.driven: list[list[Drive]] | None = None
        self._recorder = None
        if body is not None and tissues:
            self._recorder = Recorder(body.kernel, exchange.given, tolerance)
            self.driven = [[] for _ in body.lanes] if keep else None
        self._arms = (self.sides[0] if body is not None else tissues[0]).lanes
        count, uptakes = len(self._arms), len(exchange.pools)
        begin = np.array([lane.begin for lane in self._arms])
        first = LONGEST if self._recorder is None else FIRST
        self.clock = Clock(begin, np.full(count, first), *np.zeros((3, count, uptakes)))
        # Times (h) at which something happens to the tissue of an arm.
        self._events = [
            {jump.time for side in self.tissues for lane in self._of(side, arm) for jump in lane.jumps}
            for arm in range(count)
        ]
        self._begun = self._taken()
        self.kept = self.take()

    @property
    def sides(self) -> list[Integration]:
        """Body and tissues, as far as there are any."""
        return [side for side in (self.body, *self.tissues) if side is not None]

    @property
    def going(self) -> list[int]:
        """Arms that are not at their end and have not failed."""
        return [
            arm
            for arm, lane in enumerate(self._arms)
            if self.clock.time[arm] < lane.end and self.failure(arm) is None
        ]

    def failure(self, arm: int) -> str | None:
        """Why an arm failed: in its body, or in a place of its tissue."""
        for side in self.sides:
            for lane in self._range(side, arm):
                if side.failures[lane] is not None:
                    return side.failures[lane]
        return None

    @property
    def share(self) -> float:
        """How much of all arms' time is done, 0 to 1; a failed arm is done."""
        lanes, going = self._arms, self.going
        left = sum(
            (lanes[arm].end - self.clock.time[arm]) / (lanes[arm].end - lanes[arm].begin) for arm in going
        )
        return float(1.0 - left / len(lanes))

    def take(self) -> tuple[Clock, list[Moment]]:
        """A copy of where everything is; `kept` is that of before the last step."""
        return self.clock.copy(), [side.moment() for side in self.sides]

    def defects(self) -> np.ndarray:
        """Of what tissue took less what the body gave less what is in transit: the share of all that moved.

        Shape (arm, uptake); the defect itself where nothing moved.  What moved too little beside what went to
        and fro to be summed to 1e-9 counts as if it were just enough.
        """
        assert self.body is not None
        given = self.body.y[:, list(self.exchange.books)]
        moved, size = self.clock.moved, len(self.exchange.pools)
        for place, side in self._exchanging:
            moved = np.maximum(moved, LEAST_FLOW * self._by_arm(place.through(side.y, size)))
        defect = np.abs(self._taken() - self._begun - given - self.clock.transit)
        return np.asarray(defect / np.where(moved > 0.0, moved, 1.0))

    def step(self) -> None:
        """One interval of every arm that is going; where too much came in transit, a shorter one follows."""
        self.kept = self.take()
        clock, (_, moments) = self.clock, self.kept
        going = self.going
        ends = {arm: self._end(arm) for arm in going}
        drives: dict[int, Drive] = {}
        taken = self._taken() if self._recorder is not None else np.zeros((0, 0))
        if self.body is not None:
            lanes = self._intervals(self.body, ends, self._giving(ends))
            recorded = self.body.advance(lanes, record=self._recorder)
            if self._recorder is not None:
                fine = [arm for arm in going if self.body.failures[arm] is None]
                drives = {arm: drive(recorded[arm], ends[arm]) for arm in fine}
                ends = {arm: ends[arm] for arm in fine}
        for k, side in enumerate(self.tissues):
            own = drives
            if drives and self.exchange.places[k].quiet:
                own = dict(zip(drives, merged(list(drives.values()), self._tolerance), strict=True))
            side.advance(self._intervals(side, ends, own))
            ends = {arm: end for arm, end in ends.items() if self.failure(arm) is None}
        if self._recorder is not None:
            taken = self._taken() - taken
        for arm, end in ends.items():
            length = end - clock.time[arm]
            excess = self._settle(arm, length, taken[arm], moments[0]) if self._recorder is not None else 0.0
            factor = min(GROW, max(SHRINK, SAFETY / np.sqrt(excess))) if excess > 0.0 else GROW
            if excess > 1.0 and length > SHORTEST:
                for side, moment in zip(self.sides, moments, strict=True):
                    for lane in self._range(side, arm):
                        side.back(moment, lane)
                clock.interval[arm] = length * factor
                continue
            clock.time[arm] = end
            if self.driven is not None:
                self.driven[arm].append(drives[arm])
            # An interval cut short by an event says nothing against the longer one planned.
            if length >= clock.interval[arm] or length * factor > clock.interval[arm]:
                clock.interval[arm] = length * factor
            if self._recorder is not None and end in self._events[arm]:
                clock.interval[arm] = FIRST
            clock.interval[arm] = min(clock.interval[arm], max(LONGEST, LONGEST_SHARE * end))

    def _range(self, side: Integration, arm: int) -> range:
        """Which lanes of a side are an arm's."""
        places = len(side.lanes) // len(self._arms)
        return range(arm * places, (arm + 1) * places)

    def _of(self, side: Integration, arm: int) -> Sequence[Lane]:
        lanes = self._range(side, arm)
        return side.lanes[lanes.start : lanes.stop]

    @property
    def _exchanging(self) -> list[tuple[Places, Integration]]:
        """Tissue sides that exchange with a body, and what their places take from it."""
        return list(zip(self.exchange.places, self.tissues, strict=False))

    def _by_arm(self, values: np.ndarray) -> np.ndarray:
        """The sum over each arm's places, in their order."""
        return np.asarray(values.reshape(len(self._arms), -1, values.shape[1]).sum(axis=1))

    def _taken(self) -> np.ndarray:
        """What all places of an arm have taken, but for a constant (mmol)."""
        found = np.zeros_like(self.clock.rate)
        for place, side in self._exchanging:
            found = found + self._by_arm(place.taken(side.y, found.shape[1]))
        return found

    def _end(self, arm: int) -> float:
        """When an arm's next interval ends: at an event of its tissue, or before."""
        time, interval = self.clock.time[arm], self.clock.interval[arm]
        stop = min([self._arms[arm].end, *(t for t in self._events[arm] if t > time)])
        left = stop - time
        if interval >= left:
            return float(stop)
        return float(time + min(interval, max(0.5 * left, left - interval)))

    def _giving(self, ends: dict[int, float]) -> dict[int, Drive]:
        """What the body gives in its interval: constant rates."""
        if self._recorder is None:
            return {}
        found = {}
        for arm, end in ends.items():
            begin = self.clock.time[arm]
            rates = np.zeros((1, len(self.exchange.pools), INPUT_DEGREE + 1))
            rates[0, :, 0] = self.clock.rate[arm] + self.clock.transit[arm] / (end - begin)
            found[arm] = Drive(np.array([begin]), np.array([end]), rates)
        return found

    def _intervals(
        self, side: Integration, ends: dict[int, float], drives: dict[int, Drive]
    ) -> Sequence[Lane | None]:
        """What happens to each lane of a side; places to which nothing happens by itself share it."""
        found: list[Lane | None] = [None] * len(side.lanes)
        for arm, end in ends.items():
            shared: Lane | None = None
            for k in self._range(side, arm):
                lane = side.lanes[k]
                alike = shared is not None and drives and not lane.jumps and not lane.infusions
                if not alike:
                    found[k] = lane.during(self.clock.time[arm], end, drives.get(arm))
                else:
                    found[k] = shared
                shared = found[k] if not lane.jumps and not lane.infusions else None
        return found

    def _settle(self, arm: int, length: float, taken: np.ndarray, moment: Moment) -> float:
        """Enter what an arm's tissue took in its interval; how much is in transit, over what may be.

        A body that is left for a shorter interval keeps its rate and what it owed.
        """
        clock = self.clock
        transit = taken - clock.rate[arm] * length
        pools = np.abs(moment.y[arm, list(self.exchange.pools)])
        excess = float((np.abs(transit) / (self._allowed * pools)).max())
        if excess <= 1.0 or length <= SHORTEST:
            clock.rate[arm], clock.transit[arm] = taken / length, transit
            clock.moved[arm] += np.abs(taken)
        return excess
