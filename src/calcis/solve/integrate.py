"""How is a system solved for many lanes, on all cores, so that it can be watched, stopped and resumed?"""

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
from calcis.solve.schedule import Lane, Segments, segments
from calcis.solve.status import DONE, NOT_FINITE, RUNNING, STEP_TOO_SMALL, TOO_MANY_STEPS

MOST_LANES_PER_TASK = 256
MAX_STEPS, STEPS_PER_SEGMENT = 1_000_000, 10_000  # a lane may take the larger of the two
PIECES = 256  # recorded steps per lane between two looks at the recorder


# Of recorded steps (lane, (steps, 2 + powers·states): start, length, coefficients in powers of θ), what to
# keep; called as the steps come.
Recording = Callable[[int, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Checkpoint:
    """The whole integrator state between two steps of every lane; plain arrays, ready to store.

    y: (lane, state); clock: (3, lane) time since the segment began, next step, last scaled error;
    counts: (7, lane) segment, next output, status, steps, rejected, worst state, jumps; outputs: (lane,
    time, state); pieces: as in Solution.
    """

    y: np.ndarray
    clock: np.ndarray
    counts: np.ndarray
    outputs: np.ndarray
    pieces: tuple[np.ndarray, ...]


@dataclass(frozen=True)
class Solution:
    """Courses of all lanes.

    states: (lane, time, state), signals: (lane, time, signal); rows after a failure are NaN.
    failures: a sentence per failed lane, None for the others.  steps, rejected: (lane,).
    pieces: what `record` kept of each lane, row under row.
    """

    times: np.ndarray
    states: np.ndarray
    signals: np.ndarray
    failures: tuple[str | None, ...]
    steps: np.ndarray
    rejected: np.ndarray
    pieces: tuple[np.ndarray, ...]
    finished: bool


def solve(
    kernel: Kernel,
    lanes: Sequence[Lane],
    times: np.ndarray,
    rtol: float,
    *,
    record: Recording | None = None,
    threads: int | None = None,
    max_steps: int | None = None,
    stop: np.ndarray | None = None,
    watch: Callable[[float, Callable[[], Checkpoint], bool], None] | None = None,
    rounds: int = 20_000,
    resume: Checkpoint | None = None,
) -> Solution:
    """Solve all lanes and give their states and signals at `times` (h, ascending).

    rtol: relative tolerance; a state's absolute tolerance is rtol times its scale.  `stop` is an
    array whose first element is set from outside to cancel.  `record` keeps what it makes of the steps.
    `watch(share done, take checkpoint,
    interrupted)` is called whenever every task pauses, after at most `rounds` kernel calls of each,
    and once more when an exception such as KeyboardInterrupt ends the run.  A solution that was
    stopped has `finished` False.
    """
    times = np.array(times, float)
    if not np.isfinite(times).all() or (np.diff(times) < 0).any():
        raise InputError("finite output times in ascending order", "others")
    plan = segments(kernel.system, lanes)
    if max_steps is None:
        max_steps = max(MAX_STEPS, STEPS_PER_SEGMENT * len(plan.start))
    prepared = derived(kernel, lanes)
    n, count = kernel.layout.states, len(lanes)
    if resume is None:
        y = np.array([lane.start for lane in lanes], float).reshape(count, n)
        clock = np.zeros((3, count))
        clock[2] = 1.0
        counts = np.zeros((7, count), np.int64)
        counts[0] = -1
        outputs = np.empty((count, len(times), n))
        kept: list[list[np.ndarray]] = [[] for _ in lanes]
    else:
        y, clock, counts, outputs = (
            np.array(a) for a in (resume.y, resume.clock, resume.counts, resume.outputs)
        )
        shapes = (y.shape, clock.shape, counts.shape, outputs.shape)
        if shapes != ((count, n), (3, count), (7, count), (count, len(times), n)):
            raise InputError("a checkpoint of these lanes and output times", "one of another shape")
        kept = [[rows] if len(rows) else [] for rows in resume.pieces] if record else [[] for _ in lanes]
    width = 2 + kernel.method.powers * n
    places = np.full(count, 0 if record else -1)
    pieces = np.zeros((count, PIECES if record else 0, width))
    stop = np.zeros(1, np.int64) if stop is None else stop
    task = _Task(
        compiled_driver.march(),
        kernel,
        rtol,
        max_steps,
        (plan.first, plan.start, plan.end, plan.smooth, plan.controls),
        (plan.jump_first, plan.jump_target, plan.jump_source, plan.jump_factor),
        times,
        (prepared, y, *clock, *counts, places),
        outputs,
        pieces,
        stop,
        _Scratch(),
    )

    def collect() -> None:
        for lane in range(count if record else 0):
            if places[lane] and record is not None:
                kept[lane].append(record(lane, pieces[lane, : places[lane]]))
                places[lane] = 0

    def recorded() -> tuple[np.ndarray, ...]:
        return tuple(np.concatenate(rows) if rows else np.zeros((0, 0)) for rows in kept) if record else ()

    def checkpoint() -> Checkpoint:
        return Checkpoint(y.copy(), clock.copy(), counts.copy(), outputs.copy(), recorded())

    def look(interrupted: bool) -> None:
        collect()
        if watch is not None:
            segment = np.where(counts[0] < 0, plan.first[:-1], counts[0])
            now = np.where(counts[2] == RUNNING, plan.start[segment] + clock[0] - begin, span)
            watch(float(np.mean(now / span)), checkpoint, interrupted)

    workers = threads or os.cpu_count() or 1
    size = min(MOST_LANES_PER_TASK, -(-count // (2 * workers * LANES)) * LANES)  # two equal tasks for each
    ranges = [(a, min(a + size, count)) for a in range(0, count, max(size, 1))]
    begin = np.array([lane.begin for lane in lanes])
    span = np.array([lane.end for lane in lanes]) - begin
    with ThreadPoolExecutor(min(workers, max(len(ranges), 1))) as pool:
        while ranges:
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
                look(False)
            except BaseException:
                stop[0] = 1
                wait(pending)
                look(True)
                raise
            if stop[0]:
                break
    for lane, done in enumerate(counts[1]):
        outputs[lane, done:] = np.nan
    signals = np.empty((count, len(times), kernel.layout.observed))
    for lane in range(count if kernel.layout.observed else 0):
        signals[lane] = signals_of(kernel, plan, lane, prepared[lane], times, outputs[lane])
        signals[lane, counts[1, lane] :] = np.nan  # laws may swallow a NaN
    failures = tuple(_failure(kernel, lane, i, plan, clock, counts, y) for i, lane in enumerate(lanes))
    return Solution(
        times=times,
        states=outputs,
        signals=signals,
        failures=failures,
        steps=counts[3].copy(),
        rejected=counts[4].copy(),
        pieces=recorded(),
        finished=not ranges,
    )


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
    lanes: tuple[np.ndarray, ...]
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


def _failure(
    kernel: Kernel, lane: Lane, i: int, plan: Segments, clock: np.ndarray, counts: np.ndarray, y: np.ndarray
) -> str | None:
    """Who failed, when, on which state, and what to do; None if the lane did not fail."""
    segment, _, status, steps, _, worst, jumps = (int(count) for count in counts[:, i])
    if status in (RUNNING, DONE):
        return None
    hours = plan.start[max(segment, 0)] + clock[0, i]
    state = kernel.system.states[worst]
    value = y[i, worst]
    reason = {
        STEP_TOO_SMALL: "the step fell below what the clock can resolve, because "
        f"{state} ({value:.4g}) changes too fast; check the numbers that drive it, or loosen the tolerance",
        NOT_FINITE: "a rate is not a finite number at the start; check the parameters and initial values",
        TOO_MANY_STEPS: f"it needed more than {steps} steps, mostly for {state}; loosen the tolerance or "
        "shorten the run",
    }[status]
    if status == TOO_MANY_STEPS and jumps > steps // 2:
        reason = f"a law jumped to and fro {jumps} times; let it change over a range instead of at one value"
    return f"{lane.name!r} stopped at {hours / 24:.6g} d: {reason}"
