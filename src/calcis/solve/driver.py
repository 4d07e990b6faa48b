"""How do lanes march?  Each with its own time, step and error control, eight to a kernel call.

Compiled by numba without the interpreter lock.  Lanes of a task take the eight slots in turn: a
finished lane makes room for the next.  Nothing here depends on which slot or task a lane is in.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
# numba infers the types of these functions.

from __future__ import annotations

from typing import Any

import numba
import numpy as np
from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

LANES = 8
RUNNING, DONE, STEP_TOO_SMALL, NOT_FINITE, TOO_MANY_STEPS = range(5)
FIRST_STEP = 1e-2  # of the time in which a state changes by its own size


def _caller(count: int) -> Any:
    """An intrinsic that calls a kernel function at an address with `count` pointers."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = ir.IntType(8).as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [pointer] * count)
        function = builder.inttoptr(arguments[0], kind.as_pointer())
        unpacked = cgutils.unpack_tuple(builder, arguments[1])
        builder.call(function, [builder.inttoptr(argument, pointer) for argument in unpacked])
        return context.get_dummy_value()

    @intrinsic
    def call(typing_context: Any, address: Any, pointers: Any) -> Any:
        return types.void(types.intp, types.UniTuple(types.intp, count)), codegen

    return call


_call5, _call6, _call9, _call11 = _caller(5), _caller(6), _caller(9), _caller(11)


@numba.njit(nogil=True, cache=True, error_model="numpy")
def march(
    first,  # first lane of the task
    last,  # one past its last lane
    rounds,  # at most so many kernel calls, then pause
    rtol,
    max_steps,
    slope_at,
    step_at,
    dense_at,
    derived,  # (lane, derived)
    segment_first,  # (lane + 1)
    segment_start,  # (segment)
    segment_end,
    segment_smooth,
    controls,  # (segment, control)
    jump_first,  # (segment + 1)
    jump_target,
    jump_source,
    jump_factor,
    times,  # output times
    y,  # (lane, state) and all below: what a checkpoint holds
    clock,  # (lane, 3): time since the segment began, next step, last scaled error
    counts,  # (lane, 6): segment (-1 before the first), next output, status, steps, rejected, worst state
    outputs,  # (lane, time, state)
    record,  # (lane) next free place in `pieces`, or -1 where nothing is recorded
    pieces,  # (lane, place, 2 + coefficient * state): start, length, coefficients
    buffer,  # 64-byte aligned scratch
    sizes,  # states, derived, controls, work, dense coefficients
    stop,  # (1) set from outside to cancel
):  # fmt: skip
    """Advance lanes until they finish, fail, pause or are cancelled; True if any is still running."""
    n, nd, nq, nw, nk = sizes[0], sizes[1], sizes[2], sizes[3], sizes[4]
    at = 0
    ys = buffer[at : at + n * LANES]
    at += n * LANES
    ds = buffer[at : at + nd * LANES]
    at += nd * LANES
    qs = buffer[at : at + nq * LANES]
    at += nq * LANES
    ss = buffer[at : at + LANES]
    at += LANES
    tol = buffer[at : at + LANES]
    at += LANES
    hs = buffer[at : at + LANES]
    at += LANES
    old = buffer[at : at + LANES]
    at += LANES
    work = buffer[at : at + nw * LANES]
    at += nw * LANES
    out = buffer[at : at + (n + 4) * LANES]
    at += (n + 4) * LANES
    padded = (n + LANES - 1) // LANES * LANES
    coefficients = buffer[at : at + nk * padded * LANES].reshape((LANES, nk, padded))
    at += nk * padded * LANES
    slopes = buffer[at : at + n * LANES]
    at += n * LANES
    defect = buffer[at : at + 2 * LANES]
    at += 2 * LANES
    before = buffer[at : at + n]
    fresh = np.zeros(LANES, np.bool_)
    wants = np.zeros(LANES, np.bool_)
    lane_of = np.full(LANES, -1)
    pointer_y, pointer_d, pointer_q = ys.ctypes.data, ds.ctypes.data, qs.ctypes.data
    pointer_s, pointer_work, pointer_out = ss.ctypes.data, work.ctypes.data, out.ctypes.data
    tol[:] = rtol
    waiting = first
    n_times = len(times)
    for _ in range(rounds):
        if stop[0] != 0:
            break
        # Fill free slots, and enter the next segment where one has ended.
        any_fresh = False
        some = -1
        for slot in range(LANES):
            fresh[slot] = False
            if lane_of[slot] < 0:
                while waiting < last and counts[waiting, 2] != RUNNING:
                    waiting += 1
                if waiting == last:
                    continue
                lane = waiting
                waiting += 1
                lane_of[slot] = lane
                for k in range(n):
                    ys[k * LANES + slot] = y[lane, k]
                for k in range(nd):
                    ds[k * LANES + slot] = derived[lane, k]
                seg = counts[lane, 0]
                if seg >= 0:
                    for k in range(nq):
                        qs[k * LANES + slot] = controls[seg, k]
            lane = lane_of[slot]
            some = slot
            seg = counts[lane, 0]
            ended = seg >= 0 and clock[lane, 0] >= segment_end[seg] - segment_start[seg]
            if seg < 0 or ended:
                seg = segment_first[lane] if seg < 0 else seg + 1
                counts[lane, 0] = seg
                clock[lane, 0] = 0.0
                for k in range(nq):
                    qs[k * LANES + slot] = controls[seg, k]
                begin, end = jump_first[seg], jump_first[seg + 1]
                if end > begin:
                    for k in range(n):
                        before[k] = ys[k * LANES + slot]
                    for j in range(begin, end):
                        value = jump_factor[j]
                        if jump_source[j] >= 0:
                            value *= before[jump_source[j]]
                        ys[jump_target[j] * LANES + slot] += value
                if segment_smooth[seg] == 0:
                    fresh[slot] = True
                    any_fresh = True
                start = segment_start[seg]
                while counts[lane, 1] < n_times and times[counts[lane, 1]] <= start:
                    for k in range(n):
                        outputs[lane, counts[lane, 1], k] = ys[k * LANES + slot]
                    counts[lane, 1] += 1
            ss[slot] = clock[lane, 0]
            old[slot] = clock[lane, 2]
        if some < 0:
            break
        for slot in range(LANES):
            if lane_of[slot] < 0:
                for k in range(n):
                    ys[k * LANES + slot] = ys[k * LANES + some]
                for k in range(nd):
                    ds[k * LANES + slot] = ds[k * LANES + some]
                for k in range(nq):
                    qs[k * LANES + slot] = qs[k * LANES + some]
                ss[slot] = ss[some]
                old[slot] = 1.0
                hs[slot] = 1e-6
        if any_fresh:
            _call6(slope_at, (pointer_y, pointer_d, pointer_q, pointer_s, pointer_work, pointer_out))
            for slot in range(LANES):
                lane = lane_of[slot]
                if lane >= 0 and fresh[slot]:
                    steepest = out[slot]
                    if steepest < 0.0:
                        counts[lane, 2] = NOT_FINITE
                    seg = counts[lane, 0]
                    guess = segment_end[seg] - segment_start[seg]
                    if steepest * guess > FIRST_STEP:
                        guess = FIRST_STEP / steepest
                    if clock[lane, 1] > 0.0 and clock[lane, 1] < guess:
                        guess = clock[lane, 1]
                    clock[lane, 1] = guess
                    clock[lane, 2] = 1.0
                    old[slot] = 1.0
        for slot in range(LANES):
            lane = lane_of[slot]
            if lane >= 0:
                seg = counts[lane, 0]
                left = segment_end[seg] - segment_start[seg] - clock[lane, 0]
                h = clock[lane, 1]
                if h >= left * 0.999:
                    h = left
                elif h > 0.5 * left:
                    h = 0.5 * left
                hs[slot] = h
        _call9(
            step_at,
            (pointer_y, pointer_d, pointer_q, pointer_s, tol.ctypes.data, hs.ctypes.data, old.ctypes.data,
             pointer_work, pointer_out),
        )  # fmt: skip
        any_wants = False
        for slot in range(LANES):
            lane = lane_of[slot]
            wants[slot] = False
            if lane < 0 or out[n * LANES + slot] > 1.0:
                continue
            seg = counts[lane, 0]
            left = segment_end[seg] - segment_start[seg] - ss[slot]
            until = segment_end[seg] if hs[slot] == left else segment_start[seg] + ss[slot] + hs[slot]
            due = counts[lane, 1] < n_times and times[counts[lane, 1]] < until
            wants[slot] = due or record[lane] >= 0
            any_wants = any_wants or wants[slot]
        if any_wants:
            _call11(
                dense_at,
                (pointer_y, pointer_out, pointer_d, pointer_q, pointer_s, tol.ctypes.data, hs.ctypes.data,
                 pointer_work, slopes.ctypes.data, coefficients.ctypes.data, defect.ctypes.data),
            )  # fmt: skip
            for slot in range(LANES):
                if wants[slot]:
                    out[n * LANES + slot] = max(out[n * LANES + slot], defect[slot])
                    for k in range(n + 1, n + 3):
                        out[k * LANES + slot] = min(out[k * LANES + slot], defect[LANES + slot])
        for slot in range(LANES):
            lane = lane_of[slot]
            if lane < 0:
                continue
            seg = counts[lane, 0]
            error = out[n * LANES + slot]
            h = hs[slot]
            start = segment_start[seg] + ss[slot]
            counts[lane, 3] += 1
            if error > 1.0:
                counts[lane, 4] += 1
                counts[lane, 5] = int(out[(n + 3) * LANES + slot])
                shorter = h * out[(n + 1) * LANES + slot]
                clock[lane, 1] = shorter
                if start + shorter * 1e-2 <= start:
                    counts[lane, 2] = STEP_TOO_SMALL
            else:
                left = segment_end[seg] - segment_start[seg] - ss[slot]
                last_step = h == left
                until = segment_end[seg] if last_step else start + h
                if wants[slot]:
                    own = coefficients[slot]
                    while counts[lane, 1] < n_times and times[counts[lane, 1]] < until:
                        theta = (times[counts[lane, 1]] - segment_start[seg] - ss[slot]) / h
                        row = outputs[lane, counts[lane, 1]]
                        for k in range(n):
                            row[k] = own[nk - 1, k]
                        for m in range(nk - 2, -1, -1):
                            for k in range(n):
                                row[k] = row[k] * theta + own[m, k]
                        counts[lane, 1] += 1
                    if record[lane] >= 0:
                        piece = pieces[lane, record[lane]]
                        piece[0], piece[1] = start, h
                        for m in range(nk):
                            for k in range(n):
                                piece[2 + m * n + k] = own[m, k]
                        record[lane] += 1
                        if record[lane] == pieces.shape[1]:
                            rounds = 0
                for k in range(n):
                    ys[k * LANES + slot] = out[k * LANES + slot]
                clock[lane, 0] = segment_end[seg] - segment_start[seg] if last_step else ss[slot] + h
                # A step cut short by the segment's end says nothing against the longer one planned.
                grown = h * out[(n + 2) * LANES + slot]
                if grown > clock[lane, 1] or not (h < clock[lane, 1]):
                    clock[lane, 1] = grown
                clock[lane, 2] = max(error, 1e-4)
                if last_step and seg + 1 == segment_first[lane + 1]:
                    counts[lane, 2] = DONE
                    while counts[lane, 1] < n_times and times[counts[lane, 1]] <= until:
                        for k in range(n):
                            outputs[lane, counts[lane, 1], k] = ys[k * LANES + slot]
                        counts[lane, 1] += 1
            if counts[lane, 2] == RUNNING and counts[lane, 3] >= max_steps:
                counts[lane, 2] = TOO_MANY_STEPS
            if counts[lane, 2] != RUNNING:
                for k in range(n):
                    y[lane, k] = ys[k * LANES + slot]
                lane_of[slot] = -1
        if rounds == 0:
            break
    busy = False
    for slot in range(LANES):
        lane = lane_of[slot]
        if lane >= 0:
            busy = True
            for k in range(n):
                y[lane, k] = ys[k * LANES + slot]
    for lane in range(waiting, last):
        busy = busy or counts[lane, 2] == RUNNING
    return busy


@numba.njit(nogil=True, cache=True, error_model="numpy")
def observe_all(
    observe_at, derived, segment_of, segment_start, controls, times, states, signals, buffer, sizes
):
    """Signals at output times: states (time, state) of one lane -> signals (time, signal)."""
    n, nd, nq, ns = sizes[0], sizes[1], sizes[2], sizes[3]
    at = 0
    ys = buffer[at : at + n * LANES]
    at += n * LANES
    ds = buffer[at : at + nd * LANES]
    at += nd * LANES
    qs = buffer[at : at + nq * LANES]
    at += nq * LANES
    ss = buffer[at : at + LANES]
    at += LANES
    out = buffer[at : at + ns * LANES]
    for k in range(nd):
        ds[k * LANES : (k + 1) * LANES] = derived[k]
    for first in range(0, len(times), LANES):
        for slot in range(LANES):
            i = min(first + slot, len(times) - 1)
            for k in range(n):
                ys[k * LANES + slot] = states[i, k]
            for k in range(nq):
                qs[k * LANES + slot] = controls[segment_of[i], k]
            ss[slot] = times[i] - segment_start[segment_of[i]]
        pointers = (ys.ctypes.data, ds.ctypes.data, qs.ctypes.data, ss.ctypes.data, out.ctypes.data)
        _call5(observe_at, pointers)
        for slot in range(min(LANES, len(times) - first)):
            for k in range(ns):
                signals[first + slot, k] = out[k * LANES + slot]
