"""In which order does multigrid visit the rows of its levels, by several threads together?

Compiled by numba as part of the driver.  Every thread has its planes and they meet at barriers, so that no
bit depends on their number.
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
)  # fmt: skip
from calcis.solve.grid.table import (
    BARRIER,
    CORNERS,
    EXCESS,
    INVERT,
    POOL,
    PROLONG,
    RELAX,
    SHARE,
    SPREAD,
    START,
    WAIT,
)  # fmt: skip
from calcis.solve.ir import LANES

SMALL = 16**3  # voxels of a level that one thread does alone
ON_COARSEST, ON_COARSEST_LARGE = 6, 30  # double sweeps, where it has at most 4 voxels a side and else

inner = njit(nogil=True, error_model="numpy", inline="never")


@inner
def meet(threads, met, at, fn):
    """Wait until every thread is here."""
    if threads > 1:
        met[0] += threads
        _call(fn[WAIT], (at[BARRIER], met[0]))


@inner
def planes(me, threads, level):
    """First and last plane of a thread; small levels are the first thread's alone."""
    nz = level[NZ]
    if nz * level[NY] * level[NX] <= SMALL:
        return 0, nz if me == 0 else 0
    return me * nz // threads, (me + 1) * nz // threads


@inner
def start_of(level, colour, z, y):
    """Element at which a row begins."""
    return colour * level[COLOUR] + LANES + (z + 1) * level[PLANE] + (y + 1) * level[ROW]


@inner
def left_of(colour, z, y):
    """How far the left neighbour is in a row of the other colour: -1 or 0."""
    return (z + y + colour) % 2 - 1


@inner
def _relax(level, colour, first, last, at, fn, fresh):
    pool = at[POOL]
    for z in range(first, last):
        for y in range(level[NY]):
            own = start_of(level, colour, z, y)
            other = own + (1 - 2 * colour) * level[COLOUR]
            x, inverse = pool + 4 * (level[X] + own), pool + 4 * (level[INVERSE] + own)
            r = pool + 4 * (level[R] + own)
            if fresh:
                _call(fn[START], (x, inverse, r, level[FIELD], level[VECTORS]))
            else:
                around = pool + 4 * (level[X] + other)
                e, a = pool + 4 * (level[E] + other), pool + 4 * (level[A] + own)
                _call(fn[RELAX], (x, around, e, a, at[SPREAD], inverse, r, left_of(colour, z, y), level[ROW],
                                  level[PLANE], level[FIELD], level[VECTORS]))  # fmt: skip


@inner
def _restrict(level, coarse, m, first, last, singles, at, fn):
    """What is left on the fine level after a first sweep becomes the right side of the coarse one."""
    pool = at[POOL]
    high_y, high_z = level[NY] // coarse[NY], level[NZ] // coarse[NZ]
    for z in range(first, last):
        for y in range(coarse[NY]):
            natural = coarse[NATURAL] + (z * coarse[NY] + y) * coarse[NATURAL_ROW]
            for f in range(m):
                begin = natural + f * coarse[NATURAL_FIELD]
                for k in range(begin, begin + coarse[NATURAL_ROW] - LANES):
                    singles[k] = 0.0
            for fine_z in range(high_z * z, high_z * (z + 1)):
                for fine_y in range(high_y * y, high_y * (y + 1)):
                    own = start_of(level, 0, fine_z, fine_y)
                    other = own + level[COLOUR]
                    around, e = pool + 4 * (level[X] + other), pool + 4 * (level[E] + other)
                    a = pool + 4 * (level[A] + own)
                    _call(fn[EXCESS], (around, e, a, at[SPREAD], at[SHARE], pool + 4 * natural,
                                       left_of(0, fine_z, fine_y), level[ROW], level[PLANE],
                                       coarse[NATURAL_FIELD], level[FIELD], level[VECTORS]))  # fmt: skip
            for colour in range(2):
                parity = (z + y + colour) % 2
                r = coarse[R] + start_of(coarse, colour, z, y)
                for f in range(m):
                    begin = natural + f * coarse[NATURAL_FIELD] + parity
                    for k in range(coarse[NX] // 2):
                        singles[r + k] = singles[begin + 2 * k]
                    r += coarse[FIELD]


@inner
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
                    x = coarse[X] + start_of(coarse, colour, z, y) + f * coarse[FIELD]
                    for k in range(nx // 2):
                        singles[begin + 2 * k + parity] = singles[x + k]
                singles[begin - 1] = singles[begin]
                singles[begin + nx] = singles[begin + nx - 1]


@inner
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
            own = pool + 4 * (level[X] + start_of(level, 1, z, y))
            base = pool + 4 * coarse[NATURAL]
            row = 4 * coarse[NATURAL_ROW]
            side = 2 * ((z + y + 1) % 2) - 1
            _call(fn[PROLONG], (own, base + (z0 * ny + y0) * row, base + (z0 * ny + y1) * row,
                                base + (z1 * ny + y0) * row, base + (z1 * ny + y1) * row, at[CORNERS],
                                side, coarse[NATURAL_FIELD], level[FIELD], level[VECTORS]))  # fmt: skip


@inner
def cycle(me, threads, met, levels, m, singles, at, fn):
    """One V-cycle for r on the finest level; its correction stands in x."""
    deepest = len(levels) - 1
    for place in range(deepest):
        level, coarse = levels[place], levels[place + 1]
        first, last = planes(me, threads, level)
        _relax(level, 0, first, last, at, fn, True)
        meet(threads, met, at, fn)
        _relax(level, 1, first, last, at, fn, False)
        meet(threads, met, at, fn)
        first, last = planes(me, threads, coarse)
        _restrict(level, coarse, m, first, last, singles, at, fn)
        meet(threads, met, at, fn)
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
            meet(threads, met, at, fn)
        first, last = planes(me, threads, coarse)
        _in_order(coarse, m, first, last, singles)
        meet(threads, met, at, fn)
        first, last = planes(me, threads, level)
        _prolong(level, coarse, first, last, at, fn)
        meet(threads, met, at, fn)
        _relax(level, 0, first, last, at, fn, False)
        meet(threads, met, at, fn)
        _relax(level, 1, first, last, at, fn, False)
        meet(threads, met, at, fn)


@inner
def invert_levels(me, threads, met, levels, inverted, singles, at, fn):
    """What stands of the blocks S on the finest level, on every level, inverted with what diffuses out."""
    for place in range(1, len(levels)):
        level, coarse = levels[place - 1], levels[place]
        first, last = planes(me, threads, coarse)
        _average(level, coarse, inverted, first, last, singles)
        meet(threads, met, at, fn)
    for place in range(len(levels)):
        level = levels[place]
        first, last = planes(me, threads, level)
        for z in range(first, last):
            for colour in range(2):
                for y in range(level[NY]):
                    own = start_of(level, colour, z, y)
                    other = own + (1 - 2 * colour) * level[COLOUR]
                    e, a = at[POOL] + 4 * (level[E] + other), at[POOL] + 4 * (level[A] + own)
                    inverse = at[POOL] + 4 * (level[INVERSE] + own)
                    _call(fn[INVERT], (e, a, at[SPREAD], inverse, left_of(colour, z, y), level[ROW],
                                       level[PLANE], level[FIELD], level[VECTORS]))  # fmt: skip
    meet(threads, met, at, fn)


@inner
def _average(level, coarse, entries, first, last, singles):
    """Blocks of a coarse level: the means of those within each of its voxels."""
    high_y, high_z = level[NY] // coarse[NY], level[NZ] // coarse[NZ]
    share = 1.0 / (2 * high_y * high_z)
    for z in range(first, last):
        for colour in range(2):
            for y in range(coarse[NY]):
                parity = (z + y + colour) % 2
                for entry in range(entries):
                    to = coarse[INVERSE] + entry * coarse[FIELD] + start_of(coarse, colour, z, y)
                    for k in range(coarse[NX] // 2):
                        singles[to + k] = 0.0
                    for fine_z in range(high_z * z, high_z * (z + 1)):
                        for fine_y in range(high_y * y, high_y * (y + 1)):
                            for fine in range(2):
                                begin = level[INVERSE] + entry * level[FIELD] + parity
                                begin += start_of(level, fine, fine_z, fine_y)
                                for k in range(coarse[NX] // 2):
                                    singles[to + k] += share * singles[begin + 2 * k]
