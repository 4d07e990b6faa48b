"""How is a system solved for many lanes, on all cores, interval after interval, watched and stopped?"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass

import numpy as np

from calcis.errors import InputError
from calcis.solve import compiled_driver
from calcis.solve.evaluate import aligned, derived, signals_of
from calcis.solve.ir import LANES
from calcis.solve.kernel import Kernel
from calcis.solve.schedule import Lane, Segments, check, segments
from calcis.solve.status import DONE, NOT_FINITE, RUNNING, STEP_TOO_SMALL, TOO_MANY_STEPS

LEAST_LANES_PER_TASK, MOST_LANES_PER_TASK = 64, 256
MAX_STEPS, STEPS_PER_SEGMENT = 1_000_000, 10_000  # a lane may take the larger of the two
# Recorded steps of a lane between two looks at the recorder, and of all lanes together: 64 MB.
MOST_PIECES, LEAST_PIECES, PIECES_NUMBERS = 256, 16, 8_000_000
AT_ONCE = 1024  # lanes whose signals are made together


# What to keep of recorded steps, called as they come: (plan, what depends on parameters alone, lane of each
# step, (steps, 2 + powers·states): start, length, coefficients in powers of θ) -> (lane of each row, rows).
Recording = Callable[[Segments, np.ndarray, np.ndarray, np.ndarray], tuple[np.ndarray, np.ndarray]]


@dataclass(frozen=True)
class Moment:
    """Where every lane is between two intervals.

    y: (lane, state); clock: (3, lane) time since the segment began, next step, last scaled error;
    counts: (7, lane) segment, next output, status, steps, rejected, worst state, jumps; failures: (lane,)
    sentences, empty where there is none.
    """

    y: np.ndarray
    clock: np.ndarray
    counts: np.ndarray
    failures: np.ndarray


@dataclass(frozen=True)
class Solution:
    """Courses of all lanes.

    states: (lane, time, state), signals: (lane, time, signal); rows after a failure are NaN.
    failures: a sentence per failed lane, None for the others.  steps, rejected: (lane,).
    """

    times: np.ndarray
    states: np.ndarray
    signals: np.ndarray
    failures: tuple[str | None, ...]
    steps: np.ndarray
    rejected: np.ndarray
    finished: bool


class Integration:
    """Lanes on their way, which `advance` takes from interval to interval.

    `states` and `signals` are their courses at `times` (h, ascending) so far, and nothing beyond;
    rtol is the relative tolerance, and a state's absolute one rtol times its scale.  `kept` are the signals
    of which courses are kept, where that is not all.
    """

    def __init__(
        self,
        kernel: Kernel,
        lanes: Sequence[Lane],
        times: np.ndarray,
        rtol: float,
        *,
        threads: int | None = None,
        max_steps: int | None = None,
        kept: Sequence[str] | None = None,
    ) -> None:
        times = np.array(times, float)
        if not np.isfinite(times).all() or (np.diff(times) < 0).any():
            raise InputError("finite output times in ascending order", "others")
        for lane in lanes:
            check(kernel.system, lane)
        count, layout = len(lanes), kernel.layout
        self.kernel, self.lanes, self.times, self.rtol = kernel, lanes, times, rtol
        self.prepared = derived(kernel, lanes)
        self.y = np.array([lane.start for lane in lanes], float).reshape(count, layout.states)
        self.clock = np.zeros((3, count))
        self.clock[2] = 1.0
        self.counts = np.zeros((7, count), np.int64)
        self.states = np.empty((count, len(times), layout.states))
        observed = list(kernel.system.observed)
        self._kept = None if kept is None else [observed.index(name) for name in kept]
        self.signals = np.empty((count, len(times), layout.observed if kept is None else len(kept)))
        self.failures: list[str | None] = [None] * count
        self._threads, self._max_steps, self._scratch = threads or os.cpu_count() or 1, max_steps, _Scratch()
        self._segments = 0
        self._recorded: np.ndarray | None = None

    def moment(self) -> Moment:
        """A copy of where all lanes are."""
        said = np.array([failure or "" for failure in self.failures])
        return Moment(self.y.copy(), self.clock.copy(), self.counts.copy(), said)

    def back(self, moment: Moment, lane: int) -> None:
        """Put a lane back to where it was; its courses are written anew from there."""
        self.y[lane], self.failures[lane] = moment.y[lane], str(moment.failures[lane]) or None
        self.clock[:, lane], self.counts[:, lane] = moment.clock[:, lane], moment.counts[:, lane]

    def restore(self, moment: Moment, states: np.ndarray, signals: np.ndarray) -> None:
        """Go on from where another integration of these lanes was, with its courses so far.

        Raises InputError for arrays of another shape.
        """
        own = (self.y, self.clock, self.counts, self.states, self.signals)
        given = (moment.y, moment.clock, moment.counts, states, signals)
        if [array.shape for array in own] != [array.shape for array in given]:
            raise InputError("a checkpoint of these lanes and output times", "one of another shape")
        for array, other in zip(own, given, strict=True):
            array[...] = other
        self.failures = [str(failure) or None for failure in moment.failures]

    def advance(
        self,
        intervals: Sequence[Lane | None],
        *,
        record: Recording | None = None,
        watch: Callable[[float], None] | None = None,
        stop: np.ndarray | None = None,
        rounds: int = 20_000,
    ) -> list[np.ndarray]:
        """March every lane through its interval (None: it stays), and give what `record` kept, row under row.

        `watch(share done)` is called whenever every task pauses, after at most `rounds` kernel calls of
        each; what it raises ends the march, as setting the first element of `stop` does.  Lanes are then
        somewhere inside their intervals.  A lane that fails has a sentence in `failures`.
        """
        kernel, count = self.kernel, len(self.lanes)
        plan = segments(kernel.system, intervals)
        self._segments += len(plan.start)
        going = [k for k, interval in enumerate(intervals) if interval is not None]
        self.counts[0, going], self.counts[2, going] = -1, RUNNING
        resting = [k for k, interval in enumerate(intervals) if interval is None]
        self.counts[2, resting] = DONE
        final = np.array(
            [
                one is not None and one.end >= whole.end
                for one, whole in zip(intervals, self.lanes, strict=True)
            ]
        )
        due = self.counts[1].copy()
        places = np.full(count, -1 if record is None else 0)
        pieces = self._pieces(0 if record is None else count)
        kept: list[list[np.ndarray]] = [[] for _ in intervals]
        stop = np.zeros(1, np.int64) if stop is None else stop
        task = _Task(
            compiled_driver.march(),
            kernel,
            self.rtol,
            self._max_steps or max(MAX_STEPS, STEPS_PER_SEGMENT * self._segments),
            (plan.first, plan.start, plan.end, plan.smooth, plan.controls),
            (plan.jump_first, plan.jump_target, plan.jump_source, plan.jump_factor),
            self.times,
            (self.prepared, self.y, tuple(self.clock), tuple(self.counts), places, final.astype(np.uint8)),
            self.states,
            pieces,
            stop,
            self._scratch,
        )
        begin = np.array([np.nan if one is None else one.begin for one in intervals])
        span = np.array([np.nan if one is None else one.end for one in intervals]) - begin

        def look() -> None:
            if record is not None and places.any():
                full = np.flatnonzero(places)
                steps = np.concatenate([pieces[lane, : places[lane]] for lane in full])
                lane_of, rows = record(plan, self.prepared, np.repeat(full, places[full]), steps)
                places[full] = 0
                for lane, some in zip(full, np.split(rows, np.searchsorted(lane_of, full[1:])), strict=True):
                    kept[lane].append(some)
            if watch is not None:
                segment = np.where(self.counts[0] < 0, plan.first[:-1], self.counts[0])[going]
                now = plan.start[segment] + self.clock[0, going] - begin[going]
                now = np.where(self.counts[2, going] == RUNNING, now, span[going])
                watch(float(np.mean(now / span[going])))

        # Two tasks of equal size for each thread; one, without a thread of its own, where there is little.
        size = min(MOST_LANES_PER_TASK, -(-count // (2 * self._threads * LANES)) * LANES)
        size = max(size, LEAST_LANES_PER_TASK)
        self._march(
            task, [(a, min(a + size, count)) for a in range(0, count, max(size, 1))], rounds, look, stop
        )
        for lane in going:
            if self.counts[2, lane] not in (RUNNING, DONE):
                self.failures[lane] = _failure(self, lane, plan)
        self._observe(plan, due)
        return [np.concatenate(rows) if rows else np.zeros((0, 0)) for rows in kept]

    def _march(
        self,
        task: _Task,
        ranges: list[tuple[int, int]],
        rounds: int,
        look: Callable[[], None],
        stop: np.ndarray,
    ) -> None:
        """Let tasks march their ranges of lanes until all are through or `stop` is set."""
        while len(ranges) == 1 and not stop[0]:  # threads would take longer to start than most intervals last
            ranges = ranges if task(*ranges[0], rounds) else []
            compiled_driver.seal()
            look()
        if not ranges:
            return
        with ThreadPoolExecutor(min(self._threads, max(len(ranges), 1))) as pool:
            while ranges and not stop[0]:
                pending: dict[Future[bool], tuple[int, int]] = {
                    pool.submit(task, first, last, rounds): (first, last) for first, last in ranges
                }
                left = []
                try:
                    while pending:
                        done, _ = wait(pending, return_when=FIRST_COMPLETED)
                        for future in done:
                            interval = pending.pop(future)
                            if future.result():
                                left.append(interval)
                    compiled_driver.seal()
                    ranges = sorted(left)
                    look()
                except BaseException:
                    stop[0] = 1
                    wait(pending)
                    raise

    def _observe(self, plan: Segments, due: np.ndarray) -> None:
        """Signals of the outputs since `due`, some lanes at a time: of all, states would be copied whole."""
        if not self.kernel.layout.observed:
            return
        for first in range(0, len(due), AT_ONCE):
            now = self.counts[1][first : first + AT_ONCE]
            many = now - due[first : first + AT_ONCE]
            lane_of = np.repeat(np.arange(first, first + len(now)), many)
            if not len(lane_of):
                continue
            output = np.arange(len(lane_of)) - np.repeat(np.cumsum(many) - now, many)
            states = self.states[lane_of, output]
            self.signals[lane_of, output] = signals_of(
                self.kernel, plan, self.prepared, lane_of, self.times[output], states, self._kept
            )

    def _pieces(self, count: int) -> np.ndarray:
        """Room for recorded steps, the same in every interval: fresh memory costs more than the steps."""
        width = 2 + self.kernel.method.powers * self.kernel.layout.states
        if not count:
            return np.zeros((len(self.lanes), 0, width))
        if self._recorded is None:
            most = min(MOST_PIECES, max(LEAST_PIECES, PIECES_NUMBERS // (count * width)))
            self._recorded = np.empty((count, most, width))
        return self._recorded

    def solution(self) -> Solution:
        """The courses so far, NaN beyond."""
        for lane, done in enumerate(self.counts[1]):
            self.states[lane, done:] = np.nan
            self.signals[lane, done:] = np.nan
        return Solution(
            times=self.times,
            states=self.states,
            signals=self.signals,
            failures=tuple(self.failures),
            steps=self.counts[3].copy(),
            rejected=self.counts[4].copy(),
            finished=not (self.counts[2] == RUNNING).any(),
        )


def solve(
    kernel: Kernel,
    lanes: Sequence[Lane],
    times: np.ndarray,
    rtol: float,
    *,
    threads: int | None = None,
    max_steps: int | None = None,
    stop: np.ndarray | None = None,
    watch: Callable[[float], None] | None = None,
    rounds: int = 20_000,
) -> Solution:
    """Solve all lanes in one go and give their states and signals at `times`; see Integration.

    A solution that was stopped has `finished` False.
    """
    found = Integration(kernel, lanes, times, rtol, threads=threads, max_steps=max_steps)
    found.advance(lanes, watch=watch, stop=stop, rounds=rounds)
    return found.solution()


class _Scratch(threading.local):
    """Each thread's own working memory, and the kernel's functions with pointers into it."""

    arrays: tuple[np.ndarray, ...] | None = None
    functions: tuple[object, ...] = ()
    lane_of: np.ndarray = np.zeros(0, np.int64)
    wants: np.ndarray = np.zeros(0, np.int64)

    def prepare(self, kernel: Kernel) -> None:
        """Lay out the arrays that slope, step, dense and locate read and write."""
        layout, powers = kernel.layout, kernel.method.powers
        n, blocks = layout.states, -(-layout.states // LANES)
        sizes = (n, layout.derived, layout.controls, 1, 1, 1, layout.out, 2, n, LANES * powers * blocks)
        y, d, q, s, h, old, out, defect, before, dense = (aligned(size) for size in sizes)
        tolerance, work, slopes = aligned(1), aligned(layout.work), aligned(n)
        self.keep = (work, slopes)
        dense = dense.reshape(LANES, powers, blocks * LANES)
        self.arrays = (y, d, q, s, h, old, out, defect, before, dense, tolerance)

        def at(*arrays: np.ndarray) -> tuple[int, ...]:
            return tuple(array.ctypes.data for array in arrays)

        address = kernel.address
        self.functions = (
            address["slope"],
            at(y, d, q, s, work, out),
            address["step"],
            at(y, d, q, s, tolerance, h, old, work, out),
            address["dense"],
            at(y, out, d, q, s, tolerance, h, work, slopes, dense, defect),
            address["locate"],
            at(y, out, d, q, s, tolerance, h, work),
        )
        self.lane_of, self.wants = np.zeros(LANES, np.int64), np.zeros(LANES, np.int64)


@dataclass(frozen=True)
class _Task:
    """Marches a range of lanes with the compiled driver, on whichever thread calls it."""

    march: Callable[..., bool]
    kernel: Kernel
    rtol: float
    max_steps: int
    plan: tuple[np.ndarray, ...]
    jumps: tuple[np.ndarray, ...]
    times: np.ndarray
    lanes: tuple[np.ndarray | tuple[np.ndarray, ...], ...]
    course: np.ndarray
    pieces: np.ndarray
    stop: np.ndarray
    scratch: _Scratch

    def __call__(self, first: int, last: int, rounds: int) -> bool:
        own = self.scratch
        if own.arrays is None:
            own.prepare(self.kernel)
        return bool(
            self.march(
                first,
                last,
                rounds,
                self.max_steps,
                self.rtol,
                own.functions,
                own.arrays,
                own.lane_of,
                own.wants,
                self.plan,
                self.jumps,
                self.times,
                self.lanes,
                self.course,
                self.pieces,
                self.stop,
            )
        )


def _failure(run: Integration, lane: int, plan: Segments) -> str:
    """Who failed, when, on which state, and what to do."""
    segment, _, status, steps, _, worst, jumps = (int(count) for count in run.counts[:, lane])
    hours = plan.start[max(segment, 0)] + run.clock[0, lane]
    state = run.kernel.system.states[worst]
    value = run.y[lane, worst]
    reason = {
        STEP_TOO_SMALL: "the step fell below what the clock can resolve, because "
        f"{state} ({value:.4g}) changes too fast; check the numbers that drive it, or loosen the tolerance",
        NOT_FINITE: "a rate is not a finite number at the start; check the parameters and initial values",
        TOO_MANY_STEPS: f"it needed more than {steps} steps, mostly for {state}; loosen the tolerance or "
        "shorten the run",
    }[status]
    if status == TOO_MANY_STEPS and jumps > steps // 2:
        reason = f"a law jumped to and fro {jumps} times; let it change over a range instead of at one value"
    return f"{run.lanes[lane].name!r} stopped at {hours / 24:.6g} d: {reason}"
