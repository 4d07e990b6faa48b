"""What do compiled laws give at known states?  Parameter-only work once per lane, signals at any time."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

import numpy as np

from calcis.solve.ir import LANES
from calcis.solve.kernel import Kernel, call
from calcis.solve.schedule import Lane, Segments, check, segments


def aligned(vectors: int) -> np.ndarray:
    """Zeros for so many vectors of eight lanes, on a cache line, as vector loads require."""
    raw = np.zeros(vectors * LANES + LANES)
    offset = (-raw.ctypes.data % 64) // 8
    return raw[offset : offset + vectors * LANES]


def derived(kernel: Kernel, lanes: Sequence[Lane]) -> np.ndarray:
    """What depends on parameters alone, (lane, derived)."""
    count = len(lanes)
    table = np.array([lane.parameters for lane in lanes], float).reshape(count, -1)
    found = np.empty((count, kernel.layout.derived))
    given, prepared = aligned(kernel.layout.parameters), aligned(kernel.layout.derived)
    for first in range(0, count, LANES):
        some = table[np.minimum(np.arange(first, first + LANES), count - 1)]
        given.reshape(-1, LANES)[:] = some.T
        call(kernel.address["prepare"], given, prepared)
        found[first : first + LANES] = prepared.reshape(-1, LANES).T[: count - first]
    return found


def signals(kernel: Kernel, lane: Lane, times: np.ndarray, states: np.ndarray) -> np.ndarray:
    """Signals (time, signal) of a lane in given states (time, state) at ascending times (h)."""
    check(kernel.system, lane)
    plan = segments(kernel.system, [lane])
    return signals_of(kernel, plan, derived(kernel, [lane]), np.zeros(len(times), int), times, states)


def signals_of(
    kernel: Kernel,
    plan: Segments,
    prepared: np.ndarray,
    lane_of: np.ndarray,
    times: np.ndarray,
    states: np.ndarray,
    columns: Sequence[int] | None = None,
) -> np.ndarray:
    """Signals (row, signal) of many lanes, whose segments and parameter-only values are known.

    Each row has its lane, time (h) and states; rows of a lane stand together, lanes and their times ascend.
    Eight rows go into a call.  `columns`: which signals, where not all.
    """
    layout = kernel.layout
    wanted = list(range(layout.observed)) if columns is None else list(columns)
    segment = _segment(plan, lane_of, times)
    found = np.empty((len(times), len(wanted)))
    function = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 5)(kernel.address["observe"])
    rows, of_lanes, block = _calls(lane_of)
    for a in range(0, len(rows), _AT_ONCE):
        row, own = rows[a : a + _AT_ONCE], block[a : a + _AT_ONCE] - block[a]
        size, blocks = len(row), own[-1] + 1
        y, q, s = aligned(size * layout.states), aligned(size * layout.controls), aligned(size)
        d, o = aligned(blocks * layout.derived), aligned(size * layout.observed)
        y.reshape(size, -1, LANES)[:] = states[row].transpose(0, 2, 1)
        q.reshape(size, -1, LANES)[:] = plan.controls[segment[row]].transpose(0, 2, 1)
        s.reshape(size, LANES)[:] = (times - plan.start[segment])[row]
        lanes = of_lanes[block[a] : block[a] + blocks]
        d.reshape(blocks, -1, LANES)[:] = prepared[lanes].transpose(0, 2, 1)
        vector = 8 * LANES  # bytes
        y_at, d_at, q_at, s_at, o_at = (array.ctypes.data for array in (y, d, q, s, o))
        for k, of in enumerate(own.tolist()):
            function(
                y_at + k * layout.states * vector,
                d_at + of * layout.derived * vector,
                q_at + k * layout.controls * vector,
                s_at + k * vector,
                o_at + k * layout.observed * vector,
            )
        # A row that fills up a call is written more than once, with the same values.
        found[row] = o.reshape(size, layout.observed, LANES)[:, wanted].transpose(0, 2, 1)
    return found


_AT_ONCE = 512  # calls, so that their copies stay small
_FEW = 6  # rows of a lane on average, for which copying what depends on its parameters costs less than calls


def _calls(lane_of: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows (call, 8) of every call, lanes (block, 8) of blocks of parameter-only values, each call's block.

    A call's rows are of one lane, whose calls share a block; of any lanes where each has but a few.
    """
    total = len(lane_of)
    first = np.flatnonzero(np.diff(lane_of, prepend=-1))
    if total < _FEW * len(first):
        rows = np.minimum(np.arange(-(-total // LANES) * LANES), total - 1).reshape(-1, LANES)
        return rows, lane_of[rows], np.arange(len(rows))
    count = np.diff(first, append=total)
    calls = -(-count // LANES)
    block = np.repeat(np.arange(len(first)), calls)
    nth = np.arange(len(block)) - np.repeat(np.cumsum(calls) - calls, calls)
    row = nth[:, None] * LANES + np.arange(LANES)
    rows = first[block][:, None] + np.minimum(row, count[block][:, None] - 1)
    return rows, np.broadcast_to(lane_of[first][:, None], (len(first), LANES)), block


def _segment(plan: Segments, lane_of: np.ndarray, times: np.ndarray) -> np.ndarray:
    """In which segment each row is: the last that begins at its time or before, else its lane's first."""
    own = np.repeat(np.arange(len(plan.first) - 1), np.diff(plan.first))
    later = np.repeat([0, 1], [len(own), len(times)])  # at equal times the segment comes first
    order = np.lexsort((later, np.concatenate([plan.start, times]), np.concatenate([own, lane_of])))
    begun = np.cumsum(order < len(own)) - 1
    rows = order >= len(own)
    found = np.empty(len(times), int)
    found[order[rows] - len(own)] = begun[rows]
    return np.asarray(np.maximum(found, plan.first[lane_of]))
