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
    return signals_of(kernel, segments(kernel.system, [lane]), 0, derived(kernel, [lane])[0], times, states)


def signals_of(
    kernel: Kernel, plan: Segments, lane: int, prepared: np.ndarray, times: np.ndarray, states: np.ndarray
) -> np.ndarray:
    """The same for a lane whose segments and parameter-only values are known; eight times a call."""
    layout = kernel.layout
    first, last = plan.first[lane], plan.first[lane + 1]
    segment = np.maximum(np.searchsorted(plan.start[first:last], times, side="right") - 1, 0) + first
    calls = -(-len(times) // LANES)
    rows = np.minimum(np.arange(calls * LANES), len(times) - 1).reshape(calls, LANES)
    y, q, s = aligned(calls * layout.states), aligned(calls * layout.controls), aligned(calls)
    d, o = aligned(layout.derived), aligned(calls * layout.observed)
    y.reshape(calls, -1, LANES)[:] = states[rows].transpose(0, 2, 1)
    q.reshape(calls, -1, LANES)[:] = plan.controls[segment[rows]].transpose(0, 2, 1)
    s.reshape(calls, LANES)[:] = (times - plan.start[segment])[rows]
    d.reshape(-1, LANES)[:] = prepared[:, None]
    function = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 5)(kernel.address["observe"])
    vector = 8 * LANES  # bytes
    at = [array.ctypes.data for array in (y, d, q, s, o)]
    for k in range(calls):
        function(
            at[0] + k * layout.states * vector,
            at[1],
            at[2] + k * layout.controls * vector,
            at[3] + k * vector,
            at[4] + k * layout.observed * vector,
        )
    found = o.reshape(calls, layout.observed, LANES).transpose(0, 2, 1)
    return found.reshape(calls * LANES, layout.observed)[: len(times)].copy()
