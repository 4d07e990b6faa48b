"""In which order are the rows and voxels of a grid visited in a step, by several threads together?

Compiled by numba without the interpreter lock.  Every thread has its planes; all threads call the same
function and meet at barriers.  Sums are kept per plane and added in the order of planes, so that no bit
depends on the number of threads.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
# numba infers the types of these functions.

from __future__ import annotations

from calcis.solve.driver import _call
from calcis.solve.grid.layout import COLOUR, FIELD, INVERSE, NY, NZ, PLANE, ROW, VECTORS, R, X
from calcis.solve.grid.multigrid import cycle, inner, invert_levels, left_of, meet, planes, start_of
from calcis.solve.grid.table import (
    BEGIN,
    BUILD,
    CONC,
    CONTROLS,
    CORRECT,
    DERIVED,
    DIFFUSING,
    ENTRY,
    FINISH,
    FLOOR,
    FLOW,
    INVERTED,
    MEET,
    MISSING,
    NARROW,
    NUMBER_DERIVED,
    NUMBER_KEPT,
    NUMBER_OF_STAGES,
    OPEN,
    POOL,
    RESIDUAL,
    RHS,
    ROWS,
    ROWS_KEPT,
    SCHUR,
    SOLUTION,
    SPREAD,
    STAGES,
    STATE,
    STATES,
    STEP,
    SUMMED,
    SUMS,
    TIME,
    WEIGHT,
    WORK,
    WORK_SIZE,
)  # fmt: skip
from calcis.solve.ir import LANES

MOST_CYCLES = 30


@inner
def _clear(sums, first, last, begin, end):
    """Set sums (plane, place, lane) of some planes and places to zero."""
    for plane in range(first, last):
        for place in range(begin, end):
            for lane in range(LANES):
                sums[plane, place, lane] = 0.0


@inner
def _total(sums, begin, count, totals):
    """Add sums (plane, place, lane) in a fixed order."""
    for place in range(count):
        total = 0.0
        for plane in range(sums.shape[0]):
            for lane in range(LANES):
                total += sums[plane, begin + place, lane]
        totals[place] = total


@inner
def _blocks(me, level, colour, z, y, sizes, kind_of, at, fn, anew):
    """Where the blocks S of a row are, entry after entry; computed anew if they are not kept."""
    n, m, nd = sizes[STATES], sizes[DIFFUSING], sizes[NUMBER_DERIVED]
    kept = y < sizes[ROWS_KEPT]
    if kept:
        schur = at[SCHUR] + 8 * m * m * level[ROW] * ((colour * level[NZ] + z) * sizes[ROWS_KEPT] + y)
    else:
        schur = at[ROWS] + 8 * m * m * level[ROW] * me
    if anew or not kept:
        vector = ((colour * level[NZ] + z) * level[NY] + y) * level[VECTORS]
        for k in range(level[VECTORS]):
            _call(fn[BUILD], (at[STATE] + 64 * n * (vector + k), at[DERIVED] + 64 * nd * kind_of[vector + k],
                              at[CONTROLS], at[TIME], at[STEP], schur + 64 * k, level[ROW]))  # fmt: skip
    return schur


@inner
def _prepare(me, threads, met, levels, sizes, singles, kind_of, at, fn):
    """The blocks S, as multigrid has them."""
    level = levels[0]
    first, last = planes(me, threads, level)
    for z in range(first, last):
        for colour in range(2):
            for y in range(level[NY]):
                schur = _blocks(me, level, colour, z, y, sizes, kind_of, at, fn, True)
                inverse = at[POOL] + 4 * (level[INVERSE] + start_of(level, colour, z, y))
                _call(fn[NARROW], (schur, inverse, level[ROW], level[FIELD], level[VECTORS]))
    meet(threads, met, at, fn)
    invert_levels(me, threads, met, levels, sizes[INVERTED], singles, at, fn)


@inner
def _solve(me, threads, met, levels, sizes, singles, kind_of, solution, sums, totals, tolerance, active, at,
           fn):  # fmt: skip
    """Solve for the diffusing states of one stage, until what a cycle moves is within the tolerance.

    At last every field is moved a little, in proportion to its own size, so that what is left of the
    right side sums to zero: then nothing is lost, whatever the tolerance.  Gives the number of cycles,
    0 if they did not converge.
    """
    level, m = levels[0], sizes[DIFFUSING]
    first, last = planes(me, threads, level)
    width = 64 * sums.shape[1]
    for z in range(first, last):
        for colour in range(2):
            for y in range(level[NY]):
                own = start_of(level, colour, z, y)
                _call(fn[BEGIN], (at[SOLUTION] + 8 * own, at[RHS] + 8 * own, at[POOL] + 4 * (level[R] + own),
                                  level[FIELD], level[VECTORS]))  # fmt: skip
    meet(threads, met, at, fn)
    before, cycles, converged = 0.0, 0, False
    while True:
        cycle(me, threads, met, levels, m, singles, at, fn)
        _clear(sums, first, last, 0, m)
        for z in range(first, last):
            for colour in range(2):
                for y in range(level[NY]):
                    own = start_of(level, colour, z, y)
                    x = at[POOL] + 4 * (level[X] + own)
                    _call(fn[CORRECT], (at[SOLUTION] + 8 * own, x, at[CONC] + 8 * own, at[FLOOR],
                                        at[WEIGHT] + 8 * own, at[SUMS] + z * width, level[FIELD],
                                        level[VECTORS]))  # fmt: skip
        meet(threads, met, at, fn)
        _total(sums, 0, m, totals)
        size = 0.0
        for f in range(m):
            share = (totals[f] / active) ** 0.5
            size = share if not share <= size else size
        cycles += 1
        rate = min(size / before, 0.5) if cycles > 1 else 0.2
        converged = size * rate / (1.0 - rate) <= tolerance
        before = size
        meet(threads, met, at, fn)
        done = converged or cycles == MOST_CYCLES or not size < 1e30
        if done:
            _clear(sums, first, last, 0, m + m * m)
        for z in range(first, last):
            for colour in range(2):
                for y in range(level[NY]):
                    own = start_of(level, colour, z, y)
                    schur = _blocks(me, level, colour, z, y, sizes, kind_of, at, fn, False)
                    if done:
                        _call(fn[MISSING], (at[SOLUTION] + 8 * own, schur, at[RHS] + 8 * own,
                                            at[WEIGHT] + 8 * own, at[SUMS] + z * width, level[ROW],
                                            level[FIELD], level[VECTORS]))  # fmt: skip
                        continue
                    other = own + (1 - 2 * colour) * level[COLOUR]
                    _call(fn[RESIDUAL], (at[SOLUTION] + 8 * own, at[SOLUTION] + 8 * other,
                                         at[OPEN] + 8 * other, at[ENTRY] + 8 * own, at[SPREAD], schur,
                                         at[RHS] + 8 * own, at[POOL] + 4 * (level[R] + own),
                                         left_of(colour, z, y), level[ROW], level[PLANE], level[ROW],
                                         level[FIELD], level[VECTORS]))  # fmt: skip
        meet(threads, met, at, fn)
        if done:
            break
    _total(sums, 0, m + m * m, totals)
    meet(threads, met, at, fn)
    _eliminate(totals, m)
    for f in range(m):
        for colour in range(2):
            begin = start_of(level, colour, first, -1)
            end = start_of(level, colour, last, -1)
            for k in range(f * level[FIELD] + begin, f * level[FIELD] + end):
                solution[k] += totals[f] * abs(solution[k])
    return cycles if converged else 0


@inner
def _eliminate(x, m):
    """Solve for the first m of x; the matrix (row, column) stands behind them."""
    for k in range(m):
        for i in range(k + 1, m):
            if x[m + k * m + k] == 0.0:  # a field in which nothing moves
                break
            factor = x[m + i * m + k] / x[m + k * m + k]
            for j in range(k, m):
                x[m + i * m + j] -= factor * x[m + k * m + j]
            x[i] -= factor * x[k]
    for i in range(m - 1, -1, -1):
        for j in range(i + 1, m):
            x[i] -= x[m + i * m + j] * x[j]
        x[i] = x[i] / x[m + i * m + i] if x[m + i * m + i] != 0.0 else 0.0


@inner
def _rows_of(levels, me, threads, at, fn, work, which, sizes, kind_of, width):
    """Call a function of the voxel on every vector of this thread's planes: meet, stage or finish."""
    level = levels[0]
    first, last = planes(me, threads, level)
    n, nd = sizes[STATES], sizes[NUMBER_DERIVED]
    stages, kept = sizes[NUMBER_OF_STAGES], sizes[NUMBER_KEPT]
    field = level[FIELD]
    for z in range(first, last):
        sums = at[SUMS] + z * width
        for colour in range(2):
            for y in range(level[NY]):
                own = 8 * start_of(level, colour, z, y)
                vector = ((colour * level[NZ] + z) * level[NY] + y) * level[VECTORS]
                for _ in range(level[VECTORS]):
                    state, stage = at[STATE] + 64 * n * vector, at[STAGES] + 64 * n * kept * vector
                    d = at[DERIVED] + 64 * nd * kind_of[vector]
                    if which == FINISH:
                        _call(fn[which], (state, stage, d, at[CONTROLS], at[TIME], at[STEP],
                                          at[SOLUTION] + own, stage, at[WEIGHT] + own, work, sums, at[FLOOR],
                                          field))  # fmt: skip
                    elif which < MEET + stages:
                        _call(fn[which], (state, stage, at[SOLUTION] + own, at[CONC] + own, field))
                    else:
                        _call(fn[which], (state, stage, d, at[CONTROLS], at[TIME], at[STEP],
                                          at[SOLUTION] + own, at[RHS] + own, at[WEIGHT] + own, work, sums,
                                          field))  # fmt: skip
                    own += 64
                    vector += 1


def step(me, threads, met, levels, sizes, singles, solution, kind_of, sums, totals, book, report,
         tolerance, active, at, fn):  # fmt: skip
    """One step of every voxel; called by every thread at once.

    tolerance: of multigrid; active: number of voxels over which its mean is taken.
    book: (stage + 1, 2, summed), rates of summed states and what they get from each stage's U; in its last
    row sizes of their rates, voxel by voxel, as the step begins.  report:
    sums of squares of scaled errors, worst undershoot, NaN if any, number of voxels that have changed,
    multigrid cycles (negative: failed).
    """
    ns, stages, n = sizes[SUMMED], sizes[NUMBER_OF_STAGES], sizes[STATES]
    level = levels[0]
    first, last = planes(me, threads, level)
    work = at[WORK] + 64 * (sizes[WORK_SIZE] + 8) * me
    width = 64 * sums.shape[1]
    _prepare(me, threads, met, levels, sizes, singles, kind_of, at, fn)
    cycles = 0
    for stage in range(stages):
        _rows_of(levels, me, threads, at, fn, work, MEET + stage, sizes, kind_of, width)
        meet(threads, met, at, fn)
        for z in range(first, last):
            for colour in range(2):
                for y in range(level[NY]):
                    own = start_of(level, colour, z, y)
                    other = own + (1 - 2 * colour) * level[COLOUR]
                    _call(fn[FLOW], (at[CONC] + 8 * own, at[CONC] + 8 * other, at[OPEN] + 8 * other,
                                     at[ENTRY] + 8 * own, at[SPREAD], at[RHS] + 8 * own,
                                     left_of(colour, z, y), level[ROW], level[PLANE], level[FIELD],
                                     level[VECTORS]))  # fmt: skip
        _clear(sums, first, last, 0, sums.shape[1])
        _rows_of(levels, me, threads, at, fn, work, MEET + stages + stage, sizes, kind_of, width)
        meet(threads, met, at, fn)
        _total(sums, 0, 2 * ns, totals)
        if me == 0:
            for k in range(ns):
                book[stage, 0, k] = totals[k]
                book[stage - 1, 1, k] = totals[ns + k]  # of the first stage sizes, in the last row
        meet(threads, met, at, fn)
        found = _solve(me, threads, met, levels, sizes, singles, kind_of, solution, sums, totals, tolerance,
                       active, at, fn)  # fmt: skip
        cycles += found
        if found == 0:
            if me == 0:
                report[n + 3] = -1.0
            meet(threads, met, at, fn)
            return
    _clear(sums, first, last, 0, sums.shape[1])
    _rows_of(levels, me, threads, at, fn, work, FINISH, sizes, kind_of, width)
    meet(threads, met, at, fn)
    _total(sums, 0, sums.shape[1], totals)
    if me == 0:
        for k in range(ns):
            book[stages - 1, 1, k] = totals[ns + k]
        for k in range(n):
            report[k] = totals[2 * ns + k]
        worst = 0.0
        for plane in range(sums.shape[0]):
            for lane in range(LANES):
                worst = max(worst, sums[plane, 2 * ns + n, lane])
        report[n], report[n + 1], report[n + 2] = worst, totals[2 * ns + n + 1], totals[2 * ns + n + 2]
        report[n + 3] = cycles
    meet(threads, met, at, fn)
