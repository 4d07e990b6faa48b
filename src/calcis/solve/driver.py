"""How do lanes march?  Each with its own time, step and error control, eight to a kernel call.

Compiled by numba without the interpreter lock (calcis.solve.compiled_driver).  Lanes of a task take
the eight slots in turn: a finished lane makes room for the next.  Nothing here depends on which
slot or task a lane is in.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
# numba infers the types of these functions.

from __future__ import annotations

from typing import Any

from llvmlite import ir
from numba.core import cgutils, types
from numba.extending import intrinsic

from calcis.solve.ir import LANES
from calcis.solve.status import DONE, NOT_FINITE, RUNNING, STEP_TOO_SMALL, TOO_MANY_STEPS

FIRST_STEP = 1e-2  # of the time in which a state changes by its own size
# The moment at which a law jumps is as uncertain as the states that decide it.  A lane's n-th jump since its
# last event is therefore held to 1/n² of the tolerance: errors of many sum up to no more than those of two.
LEAST_TOLERANCE = 1e-2


def _calling(typing_context: Any, address: Any, pointers: Any) -> Any:
    """Call a kernel function at an address with a tuple of pointers."""

    def codegen(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        pointer = ir.IntType(8).as_pointer()
        kind = ir.FunctionType(ir.VoidType(), [pointer] * len(pointers))
        function = builder.inttoptr(arguments[0], kind.as_pointer())
        unpacked = cgutils.unpack_tuple(builder, arguments[1])
        builder.call(function, [builder.inttoptr(argument, pointer) for argument in unpacked])
        return context.get_dummy_value()

    return types.void(address, pointers), codegen


_call: Any = intrinsic(_calling)


def march(first, last, rounds, max_steps, rtol, functions, scratch, lane_of, wants, plan, jumps, times, lanes,
          course, pieces, stop):  # fmt: skip
    """Advance lanes first..last until they finish, fail, pause or are cancelled.

    rounds: at most so many kernel calls, then pause.  functions: (address, pointers) of slope, step,
    dense and locate.  scratch, plan, jumps and lanes: arrays as unpacked below.  course: (lane, time, state).
    pieces: (lane, place, 2 + powers·states): start, length and coefficients of recorded steps.
    stop: (1,), set from outside to cancel.  True if any lane is still running.
    """
    slope_at, slope_with, step_at, step_with, dense_at, dense_with, locate_at, locate_with = functions
    ys, ds, qs, ss, hs, old, out, defect, before, coefficients, tols = scratch
    segment_first, segment_start, segment_end, segment_smooth, controls = plan
    jump_first, jump_target, jump_source, jump_factor = jumps
    # recorded: steps so far, -1 for none wanted; final: 1 where the lane ends with this march.  The others
    # are what a checkpoint holds: state, time since the segment began, next step, last scaled error; segment
    # (-1 before the first), next output, status, steps, rejected steps, state with the worst error, jumps.
    derived, y, clock, counts, recorded, final = lanes
    since, planned, last_error = clock
    segment, due, status, steps, rejected, worst, jumped = counts
    n, nd, nq = y.shape[1], derived.shape[1], controls.shape[1]
    nk, n_times = coefficients.shape[1], len(times)
    waiting = first
    for slot in range(LANES):
        lane_of[slot] = -1
    for _ in range(rounds):
        if stop[0] != 0:
            break
        # Fill free slots, and enter the next segment where one has ended.
        any_fresh = False
        some = -1
        for slot in range(LANES):
            wants[slot] = 0
            lane = lane_of[slot]
            if lane < 0:
                while waiting < last and status[waiting] != RUNNING:
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
                for k in range(nq):
                    qs[k * LANES + slot] = controls[max(segment[lane], 0), k]
            some = slot
            seg = segment[lane]
            if seg < 0 or since[lane] >= segment_end[seg] - segment_start[seg]:
                seg = segment_first[lane] if seg < 0 else seg + 1
                segment[lane] = seg
                since[lane] = 0.0
                for k in range(nq):
                    qs[k * LANES + slot] = controls[seg, k]
                if jump_first[seg + 1] > jump_first[seg]:
                    for k in range(n):
                        before[k] = ys[k * LANES + slot]
                    for j in range(jump_first[seg], jump_first[seg + 1]):
                        value = jump_factor[j]
                        if jump_source[j] >= 0:
                            value *= before[jump_source[j]]
                        ys[jump_target[j] * LANES + slot] += value
                if segment_smooth[seg] == 0:
                    jumped[lane] = 0
                    wants[slot] = 1
                    any_fresh = True
                while due[lane] < n_times and times[due[lane]] <= segment_start[seg]:
                    row = course[lane, due[lane]]
                    for k in range(n):
                        row[k] = ys[k * LANES + slot]
                    due[lane] += 1
            ss[slot] = since[lane]
            tols[slot] = rtol * max(1.0 / max(jumped[lane], 1) ** 2, LEAST_TOLERANCE)
            old[slot] = last_error[lane]
        if some < 0:
            break
        # An empty slot computes what another does; nobody looks.
        for slot in range(LANES):
            if lane_of[slot] < 0:
                for k in range(n):
                    ys[k * LANES + slot] = ys[k * LANES + some]
                for k in range(nd):
                    ds[k * LANES + slot] = ds[k * LANES + some]
                for k in range(nq):
                    qs[k * LANES + slot] = qs[k * LANES + some]
                ss[slot], old[slot], hs[slot], tols[slot] = ss[some], 1.0, 1e-6, rtol
        if any_fresh:
            _call(slope_at, slope_with)
        for slot in range(LANES):
            lane = lane_of[slot]
            if lane < 0:
                continue
            seg = segment[lane]
            length = segment_end[seg] - segment_start[seg]
            if wants[slot] == 1:
                steepest = out[slot]
                if steepest < 0.0:
                    status[lane] = NOT_FINITE
                guess = length
                if steepest * guess > FIRST_STEP:
                    guess = FIRST_STEP / steepest
                if planned[lane] <= 0.0 or planned[lane] > guess:
                    planned[lane] = guess
                last_error[lane] = 1.0
                old[slot] = 1.0
            left = length - since[lane]
            h = planned[lane]
            if h >= left * 0.999:
                h = left
            elif h > 0.5 * left:
                h = 0.5 * left
            hs[slot] = h
        _call(step_at, step_with)
        any_wants, any_jumps = False, False
        for slot in range(LANES):
            lane = lane_of[slot]
            wants[slot] = 0
            if lane >= 0 and out[n * LANES + slot] <= 1.0:
                jumps_here = out[(n + 4) * LANES + slot] <= 1.0
                any_jumps = any_jumps or jumps_here
                seg = segment[lane]
                until = segment_start[seg] + ss[slot] + hs[slot]
                if hs[slot] == segment_end[seg] - segment_start[seg] - ss[slot]:
                    until = segment_end[seg]
                if jumps_here or recorded[lane] >= 0 or (due[lane] < n_times and times[due[lane]] < until):
                    wants[slot] = 1
                    any_wants = True
        if any_wants:
            _call(dense_at, dense_with)
            for slot in range(LANES):
                if wants[slot] == 1:
                    for k in range(2):
                        factor = (n + 1 + k) * LANES + slot
                        out[factor] = min(out[factor], defect[LANES + slot])
                    out[n * LANES + slot] = max(out[n * LANES + slot], defect[slot])
        if any_jumps:
            _call(locate_at, locate_with)
        for slot in range(LANES):
            lane = lane_of[slot]
            if lane < 0:
                continue
            seg = segment[lane]
            length = segment_end[seg] - segment_start[seg]
            error, h = out[n * LANES + slot], hs[slot]
            start = segment_start[seg] + ss[slot]
            steps[lane] += 1
            if out[(n + 3) * LANES + slot] >= 0.0:
                worst[lane] = int(out[(n + 3) * LANES + slot])
            if error > 1.0:
                rejected[lane] += 1
                planned[lane] = h * out[(n + 1) * LANES + slot]
                if start + planned[lane] * 1e-2 <= start or planned[lane] < 1e-20 * length:
                    status[lane] = STEP_TOO_SMALL
            else:
                # Where a law has jumped the step ends, on its own interpolant.
                share = min(out[(n + 4) * LANES + slot], 1.0)
                cut = share < 1.0
                is_last = h == length - ss[slot] and not cut
                until = segment_end[seg] if is_last else start + share * h
                if wants[slot] == 1:
                    own = coefficients[slot]
                    while due[lane] < n_times and times[due[lane]] < until:
                        theta = (times[due[lane]] - segment_start[seg] - ss[slot]) / h
                        row = course[lane, due[lane]]
                        for k in range(n):
                            row[k] = own[0, k] + theta * (
                                own[1, k] + theta * (own[2, k] + theta * (own[3, k] + theta * own[4, k]))
                            )
                        due[lane] += 1
                    if recorded[lane] >= 0:
                        piece = pieces[lane, recorded[lane]]
                        piece[0], piece[1] = start, share * h
                        scale = 1.0
                        for m in range(nk):
                            for k in range(n):
                                piece[2 + m * n + k] = own[m, k] * scale
                            scale *= share
                        recorded[lane] += 1
                        if recorded[lane] == pieces.shape[1]:
                            rounds = 0
                if out[(n + 4) * LANES + slot] <= 1.0:
                    jumped[lane] += 1
                if cut:
                    own = coefficients[slot]
                    for k in range(n):
                        ys[k * LANES + slot] = own[0, k] + share * (
                            own[1, k] + share * (own[2, k] + share * (own[3, k] + share * own[4, k]))
                        )
                else:
                    for k in range(n):
                        ys[k * LANES + slot] = out[k * LANES + slot]
                since[lane] = length if is_last else ss[slot] + share * h
                # A step cut short by the segment's end says nothing against the longer one planned.
                grown = h * out[(n + 2) * LANES + slot]
                if grown > planned[lane] or h >= planned[lane]:
                    planned[lane] = grown
                last_error[lane] = max(error, 1e-4)
                if is_last and seg + 1 == segment_first[lane + 1]:
                    status[lane] = DONE
                    # An output at a time at which more is to come sees what happens then.
                    while final[lane] == 1 and due[lane] < n_times and times[due[lane]] <= until:
                        row = course[lane, due[lane]]
                        for k in range(n):
                            row[k] = ys[k * LANES + slot]
                        due[lane] += 1
            if status[lane] == RUNNING and steps[lane] >= max_steps:
                status[lane] = TOO_MANY_STEPS
            if status[lane] != RUNNING:
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
        busy = busy or status[lane] == RUNNING
    return busy
