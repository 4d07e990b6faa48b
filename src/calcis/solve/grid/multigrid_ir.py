"""With which instructions is (S − D Δ) x = r solved on rows of voxels?  Functions for multigrid.

In a voxel S is a block of m × m, and diffusion of field f is d_f a Σ eₙ (xₙ − x) over its neighbours n,
which all have the other colour of the checkerboard.  a and e are 0 in empty voxels: no flux.
Multigrid works in single precision; what is left of the right side is computed in double.  Multigrid knows
of S only the part within each of some smaller blocks, which it inverts; what lies between them is met by
its next cycle, so blocks must be of states that depend strongly on each other.
"""

from __future__ import annotations

from collections.abc import Sequence

from calcis.solve.grid.cells import NEIGHBOURS, Cells, over_row
from calcis.solve.ir import literal

# Threads count themselves, and each waits until all have: target.
_WAIT = """declare i32 @sched_yield()
define void @wait(ptr %count, ptr %target.p) noinline nounwind {
entry:
  %target = ptrtoint ptr %target.p to i64
  %before = atomicrmw add ptr %count, i64 1 seq_cst
  br label %look
look:
  %turn = phi i64 [0, %entry], [%next, %on]
  %now = load atomic i64, ptr %count seq_cst, align 8
  %next = add i64 %turn, 1
  %all = icmp sge i64 %now, %target
  br i1 %all, label %done, label %again
again:
  %low = and i64 %turn, 4095
  %often = icmp eq i64 %low, 4095
  br i1 %often, label %give, label %on
give:
  %ignored = call i32 @sched_yield()
  br label %on
on:
  br label %look
done:
  ret void
}
"""


Blocks = Sequence[Sequence[int]]  # places of diffusing fields


def functions(blocks: Blocks) -> str:
    """The functions for the diffusing fields of some blocks."""
    m = sum(map(len, blocks))
    written = [_start(blocks), _relax(blocks), _excess(m), _prolong(m), _invert(blocks), _flow(m)]
    return "\n".join([*written, _narrow(blocks), _begin(m), _correct(m), _residual(m), _missing(m), _WAIT])


def inverted(blocks: Blocks) -> list[tuple[int, int]]:
    """Row and column in S of every entry that multigrid has of it, in its order."""
    return [(row, column) for block in blocks for row in block for column in block]


def _start(blocks: Blocks) -> str:
    """Relax from zero: x = inverse r."""
    cells = Cells()
    r = [cells.read("%r", f, single=True) for f in range(sum(map(len, blocks)))]
    for f, value in _solved(cells, blocks, r).items():
        cells.put(value, "%x", f, single=True)
    return over_row("start", ("x", "inverse", "r"), cells)


def _relax(blocks: Blocks) -> str:
    """x = inverse (r + d a Σ eₙ xₙ), exact in a voxel's blocks while its neighbours stand."""
    cells, m = Cells(), sum(map(len, blocks))
    around, _ = _around(cells, m, single=True)
    a = cells.read("%a", single=True)
    right = []
    for f in range(m):
        flow = cells.mul(cells.mul(a, cells.load("%d", f)), around[f])
        right.append(cells.add(cells.read("%r", f, single=True), flow))
    for f, value in _solved(cells, blocks, right).items():
        cells.put(value, "%x", f, single=True)
    return over_row("relax", ("x", "other", "e", "a", "d", "inverse", "r"), cells, near=True)


def _excess(m: int) -> str:
    """What relaxing the others from zero leaves here, d a Σ eₙ xₙ: its share is added to a coarse row."""
    cells = Cells()
    around, _ = _around(cells, m, single=True)
    a = cells.mul(cells.read("%a", single=True), cells.load("%share", 0))
    for f in range(m):
        flow = cells.mul(cells.mul(a, cells.load("%d", f)), around[f])
        so_far = cells.read("%coarse", f, single=True, apart="%apart")
        cells.put(cells.add(so_far, flow), "%coarse", f, single=True, apart="%apart")
    pointers = ("other", "e", "a", "d", "share", "coarse")
    return over_row("excess", pointers, cells, near=True, integers=["apart"])


def _prolong(m: int) -> str:
    """x += what stands on four coarse rows, linear between the middles of coarse voxels."""
    cells = Cells()
    weights = [cells.load("%weights", corner) for corner in range(4)]
    for f in range(m):
        value = cells.read("%x", f, single=True)
        for corner, weight in enumerate(weights):
            own = cells.read(f"%coarse{corner}", f, "", single=True, apart="%apart")
            beside = cells.read(f"%coarse{corner}", f, "%side", single=True, apart="%apart")
            between = cells.add(cells.mul(literal(0.75), own), cells.mul(literal(0.25), beside))
            value = cells.add(value, cells.mul(weight, between))
        cells.put(value, "%x", f, single=True)
    pointers = ("x", *(f"coarse{corner}" for corner in range(4)), "weights")
    return over_row("prolong", pointers, cells, integers=["side", "apart"])


def _invert(blocks: Blocks) -> str:
    """inverse = (S + d a Σ eₙ)⁻¹ in place, block by block, without pivoting."""
    cells = Cells()
    _, open_to = _around(cells, 0, single=True)
    conductance = cells.mul(cells.read("%a", single=True), open_to)
    for block, start in zip(blocks, _starts(blocks), strict=True):
        m = len(block)
        rows = [[cells.read("%inverse", start + i * m + j, single=True) for j in range(m)] for i in range(m)]
        for i in range(m):
            rows[i][i] = cells.add(rows[i][i], cells.mul(conductance, cells.load("%d", block[i])))
        for k in range(m):
            pivot = cells.div(literal(1.0), rows[k][k])
            rows[k] = [pivot if j == k else cells.mul(rows[k][j], pivot) for j in range(m)]
            for i in range(m):
                if i != k:
                    factor = rows[i][k]
                    for j in range(m):
                        update = cells.mul(factor, rows[k][j])
                        rows[i][j] = cells.neg(update) if j == k else cells.sub(rows[i][j], update)
        for i in range(m):
            for j in range(m):
                cells.put(rows[i][j], "%inverse", start + i * m + j, single=True)
    return over_row("invert", ("e", "a", "d", "inverse"), cells, near=True)


def _flow(m: int) -> str:
    """flow = d a Σ eₙ (cₙ − c)."""
    cells = Cells()
    around, open_to = _around(cells, m, single=False)
    a = cells.read("%a")
    for f in range(m):
        difference = cells.sub(around[f], cells.mul(open_to, cells.read("%c", f)))
        cells.put(cells.mul(cells.mul(a, cells.load("%d", f)), difference), "%flow", f)
    return over_row("flow", ("c", "other", "e", "a", "d", "flow"), cells, near=True)


def _narrow(blocks: Blocks) -> str:
    """What multigrid has of the blocks S, in single precision."""
    cells, m = Cells(), sum(map(len, blocks))
    for place, (row, column) in enumerate(inverted(blocks)):
        entry = cells.read("%schur", row * m + column, apart="%apart")
        cells.put(entry, "%inverse", place, single=True)
    return over_row("narrow", ("schur", "inverse"), cells, integers=["apart"])


def _begin(m: int) -> str:
    """u = 0, and r = rhs."""
    cells = Cells()
    for f in range(m):
        cells.put(literal(0.0), "%u", f)
        cells.put(cells.read("%rhs", f), "%r", f, single=True)
    return over_row("begin", ("u", "rhs", "r"), cells)


def _correct(m: int) -> str:
    """u += x; sums: of (x/(|c| + floor))² over voxels that are not empty."""
    cells = Cells()
    here = cells.compare("ogt", cells.read("%w"), literal(0.0))
    for f in range(m):
        x = cells.read("%x", f, single=True)
        cells.put(cells.add(cells.read("%u", f), x), "%u", f)
        size = cells.add(cells.call("fabs", cells.read("%c", f)), cells.load("%floor", f))
        share = cells.div(x, size)
        cells.count(cells.select(here, cells.mul(share, share), literal(0.0)), "%sums", f)
    return over_row("correct", ("u", "x", "c", "floor", "w", "sums"), cells)


def _residual(m: int) -> str:
    """r = rhs − S u + d a Σ eₙ (uₙ − u)."""
    cells = Cells()
    around, open_to = _around(cells, m, single=False)
    a = cells.read("%a")
    u = [cells.read("%u", f) for f in range(m)]
    for f, entries in enumerate(_entries(cells, m)):
        difference = cells.sub(around[f], cells.mul(open_to, u[f]))
        flow = cells.mul(cells.mul(a, cells.load("%d", f)), difference)
        left = cells.add(cells.sub(cells.read("%rhs", f), _dot(cells, entries, u)), flow)
        cells.put(left, "%r", f, single=True)
    pointers = ("u", "other", "e", "a", "d", "schur", "rhs", "r")
    return over_row("residual", pointers, cells, near=True, integers=["apart"])


def _missing(m: int) -> str:
    """Sums: of w (rhs − S u), what is missing in all voxels as flows sum to 0, and of w S |u|."""
    cells = Cells()
    w = cells.read("%w")
    u = [cells.read("%u", f) for f in range(m)]
    sizes = [cells.mul(w, cells.call("fabs", value)) for value in u]
    for f, entries in enumerate(_entries(cells, m)):
        left = cells.sub(cells.read("%rhs", f), _dot(cells, entries, u))
        cells.count(cells.mul(w, left), "%sums", f)
        for j, entry in enumerate(entries):
            cells.count(cells.mul(sizes[j], entry), "%sums", m + f * m + j)
    return over_row("missing", ("u", "schur", "rhs", "w", "sums"), cells, integers=["apart"])


def _entries(cells: Cells, m: int) -> list[list[str]]:
    """S of a voxel, row by row."""
    return [[cells.read("%schur", i * m + j, apart="%apart") for j in range(m)] for i in range(m)]


def _around(cells: Cells, fields: int, single: bool) -> tuple[list[str], str]:
    """Σ eₙ xₙ of every field, and Σ eₙ."""
    sums: list[str] = []
    open_to = ""
    for shift in NEIGHBOURS:
        e = cells.read("%e", 0, shift, single)
        terms = [cells.mul(e, cells.read("%other", f, shift, single)) for f in range(fields)]
        sums = [cells.add(a, b) for a, b in zip(sums, terms, strict=True)] if sums else terms
        open_to = cells.add(open_to, e) if open_to else e
    return sums, open_to


def _starts(blocks: Blocks) -> list[int]:
    """At which entry each block of `inverse` begins."""
    return [sum(len(block) ** 2 for block in blocks[:k]) for k in range(len(blocks))]


def _solved(cells: Cells, blocks: Blocks, right: list[str]) -> dict[int, str]:
    """inverse times a right side, block by block."""
    found = {}
    for block, start in zip(blocks, _starts(blocks), strict=True):
        own = [right[f] for f in block]
        for i, f in enumerate(block):
            places = range(start + i * len(block), start + (i + 1) * len(block))
            found[f] = _dot(cells, [cells.read("%inverse", k, single=True) for k in places], own)
    return found


def _dot(cells: Cells, a: list[str], b: list[str]) -> str:
    total, *others = [cells.mul(x, y) for x, y in zip(a, b, strict=True)]
    for term in others:
        total = cells.add(total, term)
    return total
