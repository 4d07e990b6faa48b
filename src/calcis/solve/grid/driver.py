"""In which order are the rows of a grid visited, by several threads together?

Compiled by numba without the interpreter lock.  Every thread has its planes; all threads call the same
function and meet at barriers.  Sums are kept per plane and added in the order of planes, so that no bit
depends on the number of threads.
"""

# mypy: allow-untyped-defs, allow-untyped-calls
# numba infers the types of these functions.

from __future__ import annotations

from numba import njit

from calcis.solve.driver import _call
from calcis.solve.grid.layout import (
    COLOUR,
    FIELD,
    INVERSE,
    NATURAL,
    NATURAL_FIELD,
    NATURAL_ROW,
    NX,
    NY,
    NZ,
    PLANE,
    ROW,
    VECTORS,
    A,
    E,
    R,
    X,
)

LANES = 8
# Places in the table of addresses.
(CONC, SOLUTION, RHS, SCHUR, OPEN, ENTRY, WEIGHT, STATE, STAGES, NEW, DERIVED, CONTROLS, TIME, STEP, SPREAD,
 FLOOR, WORK, SUMS, CORNERS, SHARE, POOL, BARRIER) = range(22)  # fmt: skip
# Places in the table of functions; meet and stage follow, one of each for every stage.
(START, RELAX, EXCESS, PROLONG, INVERT, FLOW, NARROW, CORRECT, RESIDUAL, WAIT, BUILD, FINISH,
 MEET) = range(13)  # fmt: skip
# Places in the table of sizes.
STATES, DIFFUSING, SUMMED, NUMBER_OF_STAGES, NUMBER_DERIVED, WORK_SIZE, SUM_SIZE = range(7)
SMALL = 16**3  # voxels of a level that one thread does alone
MOST_CYCLES = 30
ON_COARSEST, ON_COARSEST_LARGE = 6, 30  # double sweeps, where it has at most 4 voxels a side and else

_inner = njit(nogil=True, error_model="numpy", inline="never")


@_inner
def _meet(threads, met, at, fn):
    """Wait until every thread is here."""
    if threads > 1:
        met[0] += threads
        _call(fn[WAIT], (at[BARRIER], met[0]))


@_inner
def _planes(me, threads, level):
    """First and last plane of a thread; small levels are the first thread's alone."""
    nz = level[NZ]
    if nz * level[NY] * level[NX] <= SMALL:
        return 0, nz if me == 0 else 0
    return me * nz // threads, (me + 1) * nz // threads


@_inner
def _start_of(level, colour, z, y):
    """Element at which a row begins."""
    return colour * level[COLOUR] + LANES + (z + 1) * level[PLANE] + (y + 1) * level[ROW]


@_inner
def _left(colour, z, y):
    """How far the left neighbour is in a row of the other colour: -1 or 0."""
    return (z + y + colour) % 2 - 1


@_inner
def _relax(level, colour, first, last, at, fn, fresh):
    pool = at[POOL]
    for z in range(first, last):
        for y in range(level[NY]):
            own = _start_of(level, colour, z, y)
            other = own + (1 - 2 * colour) * level[COLOUR]
            x, inverse = pool + 4 * (level[X] + own), pool + 4 * (level[INVERSE] + own)
            r = pool + 4 * (level[R] + own)
            if fresh:
                _call(fn[START], (x, inverse, r, level[FIELD], level[VECTORS]))
            else:
                around = pool + 4 * (level[X] + other)
                e, a = pool + 4 * (level[E] + other), pool + 4 * (level[A] + own)
                _call(fn[RELAX], (x, around, e, a, at[SPREAD], inverse, r, _left(colour, z, y), level[ROW],
                                  level[PLANE], level[FIELD], level[VECTORS]))  # fmt: skip


@_inner
def _restrict(level, coarse, m, first, last, singles, at, fn):
    """What is left on the fine level after a first sweep becomes the right side of the coarse one."""
    pool = at[POOL]
    high_y, high_z = level[NY] // coarse[NY], level[NZ] // coarse[NZ]
    for z in range(first, last):
        for y in range(coarse[NY]):
            natural = coarse[NATURAL] + (z * coarse[NY] + y) * coarse[NATURAL_ROW]
            for f in range(m):
                begin = natural + f * coarse[NATURAL_FIELD]
                singles[begin : begin + coarse[NATURAL_ROW] - LANES] = 0.0
            for fine_z in range(high_z * z, high_z * (z + 1)):
                for fine_y in range(high_y * y, high_y * (y + 1)):
                    own = _start_of(level, 0, fine_z, fine_y)
                    other = own + level[COLOUR]
                    around, e = pool + 4 * (level[X] + other), pool + 4 * (level[E] + other)
                    a = pool + 4 * (level[A] + own)
                    _call(fn[EXCESS], (around, e, a, at[SPREAD], at[SHARE], pool + 4 * natural,
                                       _left(0, fine_z, fine_y), level[ROW], level[PLANE],
                                       coarse[NATURAL_FIELD], level[FIELD], level[VECTORS]))  # fmt: skip
            for colour in range(2):
                parity = (z + y + colour) % 2
                r = coarse[R] + _start_of(coarse, colour, z, y)
                for f in range(m):
                    begin = natural + f * coarse[NATURAL_FIELD] + parity
                    for k in range(coarse[NX] // 2):
                        singles[r + k] = singles[begin + 2 * k]
                    r += coarse[FIELD]


@_inner
def _in_order(coarse, m, first, last, singles):
    """The coarse correction in the order of x, with its end voxels repeated beyond the ends."""
    nx = coarse[NX]
    for z in range(first, last):
        for y in range(coarse[NY]):
            natural = coarse[NATURAL] + (z * coarse[NY] + y) * coarse[NATURAL_ROW]
            for f in range(m):
                begin = natural + f * coarse[NATURAL_FIELD]
                for colour in range(2):
                    parity = (z + y + colour) % 2
                    x = coarse[X] + _start_of(coarse, colour, z, y) + f * coarse[FIELD]
                    for k in range(nx // 2):
                        singles[begin + 2 * k + parity] = singles[x + k]
                singles[begin - 1] = singles[begin]
                singles[begin + nx] = singles[begin + nx - 1]


@_inner
def _prolong(level, coarse, first, last, at, fn):
    """Add the coarse correction to the voxels of colour 1; those of colour 0 are relaxed next."""
    pool = at[POOL]
    ny, nz = coarse[NY], coarse[NZ]
    high_y, high_z = level[NY] // ny, level[NZ] // nz
    for z in range(first, last):
        z0 = z // high_z
        z1 = min(max(z0 + (2 * (z % 2) - 1) * (high_z - 1), 0), nz - 1)
        for y in range(level[NY]):
            y0 = y // high_y
            y1 = min(max(y0 + (2 * (y % 2) - 1) * (high_y - 1), 0), ny - 1)
            own = pool + 4 * (level[X] + _start_of(level, 1, z, y))
            base = pool + 4 * coarse[NATURAL]
            row = 4 * coarse[NATURAL_ROW]
            side = 2 * ((z + y + 1) % 2) - 1
            _call(fn[PROLONG], (own, base + (z0 * ny + y0) * row, base + (z0 * ny + y1) * row,
                                base + (z1 * ny + y0) * row, base + (z1 * ny + y1) * row, at[CORNERS],
                                side, coarse[NATURAL_FIELD], level[FIELD], level[VECTORS]))  # fmt: skip


@_inner
def _cycle(me, threads, met, levels, m, singles, at, fn):
    """One V-cycle for r on the finest level; its correction stands in x."""
    deepest = len(levels) - 1
    for place in range(deepest):
        level, coarse = levels[place], levels[place + 1]
        first, last = _planes(me, threads, level)
        _relax(level, 0, first, last, at, fn, True)
        _meet(threads, met, at, fn)
        _relax(level, 1, first, last, at, fn, False)
        _meet(threads, met, at, fn)
        first, last = _planes(me, threads, coarse)
        _restrict(level, coarse, m, first, last, singles, at, fn)
        _meet(threads, met, at, fn)
    level = levels[deepest]
    first, last = (0, level[NZ]) if me == 0 else (0, 0)
    large = max(level[NX], level[NY], level[NZ]) > 4
    _relax(level, 0, first, last, at, fn, True)
    _relax(level, 1, first, last, at, fn, False)
    for _ in range((ON_COARSEST_LARGE if large else ON_COARSEST) - 1):
        _relax(level, 0, first, last, at, fn, False)
        _relax(level, 1, first, last, at, fn, False)
    for place in range(deepest - 1, -1, -1):
        level, coarse = levels[place], levels[place + 1]
        if place == deepest - 1:
            _meet(threads, met, at, fn)
        first, last = _planes(me, threads, coarse)
        _in_order(coarse, m, first, last, singles)
        _meet(threads, met, at, fn)
        first, last = _planes(me, threads, level)
        _prolong(level, coarse, first, last, at, fn)
        _meet(threads, met, at, fn)
        _relax(level, 0, first, last, at, fn, False)
        _meet(threads, met, at, fn)
        _relax(level, 1, first, last, at, fn, False)
        _meet(threads, met, at, fn)


@_inner
def _total(sums, count, totals):
    """Add sums (plane, place, lane) in a fixed order."""
    for place in range(count):
        total = 0.0
        for plane in range(sums.shape[0]):
            for lane in range(LANES):
                total += sums[plane, place, lane]
        totals[place] = total


@_inner
def _blocks(me, threads, met, levels, m, singles, at, fn):
    """The blocks S on every level, inverted with what diffuses out."""
    level = levels[0]
    first, last = _planes(me, threads, level)
    for z in range(first, last):
        for colour in range(2):
            for y in range(level[NY]):
                own = _start_of(level, colour, z, y)
                inverse = at[POOL] + 4 * (level[INVERSE] + own)
                _call(fn[NARROW], (at[SCHUR] + 8 * own, inverse, level[FIELD], level[VECTORS]))
    _meet(threads, met, at, fn)
    for place in range(1, len(levels)):
        level, coarse = levels[place - 1], levels[place]
        first, last = _planes(me, threads, coarse)
        _average(level, coarse, m * m, first, last, singles)
        _meet(threads, met, at, fn)
    for place in range(len(levels)):
        level = levels[place]
        first, last = _planes(me, threads, level)
        for z in range(first, last):
            for colour in range(2):
                for y in range(level[NY]):
                    own = _start_of(level, colour, z, y)
                    other = own + (1 - 2 * colour) * level[COLOUR]
                    e, a = at[POOL] + 4 * (level[E] + other), at[POOL] + 4 * (level[A] + own)
                    inverse = at[POOL] + 4 * (level[INVERSE] + own)
                    _call(fn[INVERT], (e, a, at[SPREAD], inverse, _left(colour, z, y), level[ROW],
                                       level[PLANE], level[FIELD], level[VECTORS]))  # fmt: skip
    _meet(threads, met, at, fn)


@_inner
def _average(level, coarse, blocks, first, last, singles):
    """Blocks of a coarse level: the means of those within each of its voxels."""
    high_y, high_z = level[NY] // coarse[NY], level[NZ] // coarse[NZ]
    share = 1.0 / (2 * high_y * high_z)
    for z in range(first, last):
        for colour in range(2):
            for y in range(coarse[NY]):
                parity = (z + y + colour) % 2
                for block in range(blocks):
                    to = coarse[INVERSE] + block * coarse[FIELD] + _start_of(coarse, colour, z, y)
                    for k in range(coarse[NX] // 2):
                        singles[to + k] = 0.0
                    for fine_z in range(high_z * z, high_z * (z + 1)):
                        for fine_y in range(high_y * y, high_y * (y + 1)):
                            for fine in range(2):
                                begin = level[INVERSE] + block * level[FIELD] + parity
                                begin += _start_of(level, fine, fine_z, fine_y)
                                for k in range(coarse[NX] // 2):
                                    singles[to + k] += share * singles[begin + 2 * k]


@_inner
def _solve(me, threads, met, levels, m, singles, solution, sums, totals, tolerance, at, fn):
    """Solve for the diffusing states of one stage, until what a cycle moves is within the tolerance.

    At last every field is moved a little, in proportion to its own size, so that what is left of the
    right side sums to zero: then nothing is lost, whatever the tolerance.  Gives the number of cycles,
    0 if they did not converge.
    """
    level = levels[0]
    first, last = _planes(me, threads, level)
    voxels = level[NX] * level[NY] * level[NZ]
    width = 64 * sums.shape[1]
    for f in range(m):
        for colour in range(2):
            begin = _start_of(level, colour, first, -1)
            end = _start_of(level, colour, last, -1)
            solution[f * level[FIELD] + begin : f * level[FIELD] + end] = 0.0
    _meet(threads, met, at, fn)
    before, cycles, done, corrections = 0.0, 0, False, m + m * m
    while True:
        sums[first:last, :corrections] = 0.0
        for z in range(first, last):
            for colour in range(2):
                for y in range(level[NY]):
                    own = _start_of(level, colour, z, y)
                    other = own + (1 - 2 * colour) * level[COLOUR]
                    _call(fn[RESIDUAL], (at[SOLUTION] + 8 * own, at[SOLUTION] + 8 * other,
                                         at[OPEN] + 8 * other, at[ENTRY] + 8 * own, at[SPREAD],
                                         at[SCHUR] + 8 * own, at[RHS] + 8 * own, at[WEIGHT] + 8 * own,
                                         at[POOL] + 4 * (level[R] + own), at[SUMS] + z * width,
                                         _left(colour, z, y), level[ROW], level[PLANE], level[FIELD],
                                         level[VECTORS]))  # fmt: skip
        _meet(threads, met, at, fn)
        if done or cycles == MOST_CYCLES:
            break
        _cycle(me, threads, met, levels, m, singles, at, fn)
        sums[first:last, corrections : corrections + m] = 0.0
        for z in range(first, last):
            for colour in range(2):
                for y in range(level[NY]):
                    own = _start_of(level, colour, z, y)
                    x = at[POOL] + 4 * (level[X] + own)
                    _call(fn[CORRECT], (at[SOLUTION] + 8 * own, x, at[CONC] + 8 * own, at[FLOOR],
                                        at[WEIGHT] + 8 * own, at[SUMS] + z * width + 64 * corrections,
                                        level[FIELD], level[VECTORS]))  # fmt: skip
        _meet(threads, met, at, fn)
        _total(sums[:, corrections:], m, totals)
        size = 0.0
        for f in range(m):
            share = (totals[f] / voxels) ** 0.5
            size = share if not share <= size else size
        cycles += 1
        rate = min(size / before, 0.5) if cycles > 1 else 0.2
        done = size * rate / (1.0 - rate) <= tolerance
        before = size
        if not size < 1e30:
            break
    _total(sums, corrections, totals)
    _meet(threads, met, at, fn)
    _eliminate(totals[m:], totals, m)
    for f in range(m):
        for colour in range(2):
            begin = _start_of(level, colour, first, -1)
            end = _start_of(level, colour, last, -1)
            for k in range(f * level[FIELD] + begin, f * level[FIELD] + end):
                solution[k] += totals[f] * abs(solution[k])
    return cycles if done else 0


@_inner
def _eliminate(matrix, x, m):
    """Solve matrix (row, column) x = x in place."""
    for k in range(m):
        for i in range(k + 1, m):
            if matrix[k * m + k] == 0.0:  # a field in which nothing moves
                break
            factor = matrix[i * m + k] / matrix[k * m + k]
            for j in range(k, m):
                matrix[i * m + j] -= factor * matrix[k * m + j]
            x[i] -= factor * x[k]
    for i in range(m - 1, -1, -1):
        for j in range(i + 1, m):
            x[i] -= matrix[i * m + j] * x[j]
        x[i] = x[i] / matrix[i * m + i] if matrix[i * m + i] != 0.0 else 0.0


@_inner
def _rows_of(levels, me, threads, at, fn, work, which, sizes, kind_of, width):
    """Call a function of the voxel on every vector of this thread's planes: build, meet, stage or finish."""
    level = levels[0]
    first, last = _planes(me, threads, level)
    n, nd = sizes[STATES], sizes[NUMBER_DERIVED]
    stages = sizes[NUMBER_OF_STAGES]
    field = level[FIELD]
    for z in range(first, last):
        sums = at[SUMS] + z * width
        for colour in range(2):
            for y in range(level[NY]):
                own = 8 * _start_of(level, colour, z, y)
                vector = ((colour * level[NZ] + z) * level[NY] + y) * level[VECTORS]
                for _ in range(level[VECTORS]):
                    state, stage = at[STATE] + 64 * n * vector, at[STAGES] + 64 * n * stages * vector
                    d = at[DERIVED] + 64 * nd * kind_of[vector]
                    if which == BUILD:
                        _call(fn[which], (state, d, at[CONTROLS], at[TIME], at[STEP], at[SCHUR] + own, field))
                    elif which == FINISH:
                        new = at[NEW] + 64 * n * vector
                        _call(fn[which], (state, stage, d, at[CONTROLS], at[TIME], at[STEP],
                                          at[SOLUTION] + own, new, at[WEIGHT] + own, work, sums, at[FLOOR],
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
         tolerance, at, fn):  # fmt: skip
    """One step of every voxel; called by every thread at once.

    book: (stage + 1, 2, summed), rates of summed states and what they get from each stage's U.  report:
    sums of squares of scaled errors, worst undershoot, NaN if any, multigrid cycles (negative: failed).
    """
    m, ns, stages, n = sizes[DIFFUSING], sizes[SUMMED], sizes[NUMBER_OF_STAGES], sizes[STATES]
    level = levels[0]
    first, last = _planes(me, threads, level)
    work = at[WORK] + 64 * (sizes[WORK_SIZE] + 8) * me
    width = 64 * sums.shape[1]
    _rows_of(levels, me, threads, at, fn, work, BUILD, sizes, kind_of, width)
    _blocks(me, threads, met, levels, m, singles, at, fn)
    cycles = 0
    for stage in range(stages):
        _rows_of(levels, me, threads, at, fn, work, MEET + stage, sizes, kind_of, width)
        _meet(threads, met, at, fn)
        for z in range(first, last):
            for colour in range(2):
                for y in range(level[NY]):
                    own = _start_of(level, colour, z, y)
                    other = own + (1 - 2 * colour) * level[COLOUR]
                    _call(fn[FLOW], (at[CONC] + 8 * own, at[CONC] + 8 * other, at[OPEN] + 8 * other,
                                     at[ENTRY] + 8 * own, at[SPREAD], at[RHS] + 8 * own,
                                     _left(colour, z, y), level[ROW], level[PLANE], level[FIELD],
                                     level[VECTORS]))  # fmt: skip
        sums[first:last] = 0.0
        _rows_of(levels, me, threads, at, fn, work, MEET + stages + stage, sizes, kind_of, width)
        _meet(threads, met, at, fn)
        _total(sums, 2 * ns, totals)
        if me == 0:
            book[stage, 0] = totals[:ns]
            if stage > 0:
                book[stage - 1, 1] = totals[ns : 2 * ns]
        _meet(threads, met, at, fn)
        found = _solve(me, threads, met, levels, m, singles, solution, sums, totals, tolerance, at, fn)
        cycles += found
        if found == 0:
            if me == 0:
                report[n + 2] = -1.0
            _meet(threads, met, at, fn)
            return
    sums[first:last] = 0.0
    _rows_of(levels, me, threads, at, fn, work, FINISH, sizes, kind_of, width)
    _meet(threads, met, at, fn)
    _total(sums, sums.shape[1], totals)
    if me == 0:
        book[stages - 1, 1] = totals[ns : 2 * ns]
        for k in range(n):
            report[k] = totals[2 * ns + k]
        worst = 0.0
        for plane in range(sums.shape[0]):
            for lane in range(LANES):
                worst = max(worst, sums[plane, 2 * ns + n, lane])
        report[n], report[n + 1], report[n + 2] = worst, totals[2 * ns + n + 1], cycles
    _meet(threads, met, at, fn)
