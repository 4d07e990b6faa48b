"""What does one linearly implicit step compute in every voxel?  LLVM functions on vectors of eight voxels.

A stage solves (g − J − D Δ) U = b.  In a voxel the states that stay there are eliminated, exactly and
unrolled; the blocks that are left for those that diffuse go to multigrid.  The factors are computed anew
in every stage from the state at the step's start, which takes less time and memory than keeping them.

Memory is mostly the Uᵢ of a step.  Those before the last stage but one are kept, all but the last of them:
what there is no place for, its right side, is computed a second time.  Of these Uᵢ the last stage but one
leaves two sums, which is all that is needed of them afterwards: where the state is, and what the last gets.

States are ordered: those that diffuse, then those that stay.  Summed states, on which nothing depends,
are kept for the whole grid: a voxel adds what it has to their rates.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from calcis.errors import InputError, nearest
from calcis.solve.elimination import eliminate, loaded
from calcis.solve.grid.cells import Cells, on_vector
from calcis.solve.ir import LANES, VECTOR, Writer, function, literal
from calcis.solve.system import System
from calcis.solve.tableau import Tableau

_STANDS, _GETS, _LAST = range(3)  # what the last stages keep: y + Σ a U, Σ c U of the last one, the last U


@dataclass(frozen=True)
class Roles:
    """Which states of a system diffuse, which stay in their voxel, and which are summed over the grid.

    blocks: places among those that diffuse, of those that multigrid solves for together.
    """

    diffusing: tuple[int, ...]
    staying: tuple[int, ...]
    summed: tuple[int, ...]
    blocks: tuple[tuple[int, ...], ...]

    @property
    def voxel(self) -> tuple[int, ...]:
        """The states of a voxel, in their order."""
        return (*self.diffusing, *self.staying)


@dataclass(frozen=True)
class Sizes:
    """Vectors of eight in the arrays of a voxel's functions."""

    states: int
    diffusing: int
    summed: int
    stages: int
    derived: int
    work: int

    @property
    def kept(self) -> int:
        """Vectors of a step in which a voxel keeps U or sums of it."""
        return max(self.stages - 3, _LAST + 1)

    @property
    def sums(self) -> int:
        """What a stage counts: rates of summed states, and what they get from U; at the end errors.

        At first, where they get nothing, the sizes of their rates.
        """
        return 2 * self.summed + self.states + 3


def roles(system: System, diffusing: Sequence[Sequence[str]], summed: Sequence[str]) -> Roles:
    """The roles of a system's states by name; those that diffuse in their blocks.

    Raises InputError for an unknown state, and for a summed one that a rate reads.
    """
    place = {name: i for i, name in enumerate(system.states)}
    names = [name for block in diffusing for name in block]
    for name in (*names, *summed):
        if name not in place:
            raise InputError("a state of the system", repr(name), nearest=nearest(name, place))
    total = {place[name] for name in summed}
    moving = [place[name] for name in names]
    if any(column in total for _, column in system.jacobian):
        raise InputError("summed states on which nothing depends", "one that a rate reads")
    staying = [i for i in range(len(system.states)) if i not in total and i not in moving]
    blocks = tuple(tuple(names.index(name) for name in block) for block in diffusing)
    return Roles(tuple(moving), tuple(staying), tuple(sorted(total)), blocks)


class _Voxel:
    """The functions of one system under one method."""

    def __init__(self, system: System, method: Tableau, part: Roles) -> None:
        self.a, self.c = ([_filled(row, i) for i, row in enumerate(rows)] for rows in (method.a, method.c))
        if self.a[-1] != (*self.a[-2], 1.0):
            raise ValueError(f"{method.name}: its last stage must stand where the one before it ends")
        self.system, self.method, self.part, self.graph = system, method, part, system.graph
        self.late = method.stages - 2
        self.n, self.m, self.ns = len(part.voxel), len(part.diffusing), len(part.summed)
        place = {state: i for i, state in enumerate(part.voxel)}
        self.place = place
        inner = {(place[r], place[c]): node for (r, c), node in system.jacobian.items() if r in place}
        shift = self.graph.input("g", 0)
        self.factors = eliminate(self.graph, self.n, inner, shift, keep=range(self.m))
        # The rates of summed states are linear in U: (index of sum, state) -> node.
        of_sum = {state: i for i, state in enumerate(part.summed)}
        self.onto = {(of_sum[r], place[c]): node for (r, c), node in system.jacobian.items() if r in of_sum}
        self.rates = [system.rates[i] for i in (*part.voxel, *part.summed)]
        order = {state: i for i, state in enumerate((*part.voxel, *part.summed))}
        self.drift = {order[row]: node for row, node in system.time_derivative.items()}
        kept = [node for node in self.factors.entries if self.graph.value(node) is None]
        kept += [*self.onto.values(), *self.drift.values()]
        self.entry = {node: i for i, node in enumerate(dict.fromkeys(kept))}
        used = self.graph.needed([*self.rates, *self.entry, *self.factors.kept.values()], stop_at_fixed=True)
        self.fixed = [k for k in used if self.graph.is_fixed(k) and self.graph.value(k) is None]
        self.work = {"f": 0, "z": self.n + self.ns, "si": 2 * self.n + self.ns}
        self.work["last"] = self.work["si"] + 1
        self.work["lu"] = self.work["last"] + self.n

    def sizes(self) -> Sizes:
        work = self.work["lu"] + len(self.entry)
        return Sizes(self.n, self.m, self.ns, self.method.stages, len(self.fixed), work)

    def known(self, writer: Writer, outputs: Sequence[int]) -> dict[int, str]:
        """Values of nodes, computed from y, d, q, s and g."""
        graph = self.graph
        needed = graph.needed(outputs, stop_at_fixed=True)
        derived = {node: i for i, node in enumerate(self.fixed)}
        values = {}
        for node in needed:
            kind, *rest = graph.nodes[node]
            if node in derived:
                values[node] = writer.load("%d", derived[node])
            elif kind == "in" and rest[0] == "y":
                values[node] = writer.load("%y", self.place[rest[1]])
        writer.nodes(graph, needed, values, {"q": "%q", "s": "%s", "g": "%g"})
        return values

    def stored(self, name: str, arguments: list[str], nodes: Sequence[int]) -> str:
        """A function that stores the values of nodes in its last argument."""
        writer = Writer()
        known = self.known(writer, nodes)
        for i, node in enumerate(nodes):
            writer.store(known[node], f"%{arguments[-1]}", i)
        return function(name, arguments, writer, internal=True)

    def prepare(self) -> str:
        """d, from the parameters p."""
        writer = Writer()
        known: dict[int, str] = {}
        writer.nodes(self.graph, self.graph.needed(self.fixed), known, {"p": "%p"})
        for i, node in enumerate(self.fixed):
            writer.store(known[node], "%d", i)
        return function("prepare", ["p", "d"], writer)

    def build(self) -> str:
        """The blocks S that are left for the diffusing states."""
        cells = Cells()
        zero = self.graph.constant(0.0)
        nodes = [self.factors.kept.get((i, j), zero) for i in range(self.m) for j in range(self.m)]
        cells.lines.append(f"  %g = getelementptr {VECTOR}, ptr %step, i64 2")
        known = self.known(cells, nodes)
        for i, node in enumerate(nodes):
            cells.put(known[node], "%schur", i)
        return on_vector("build", ["y", "d", "q", "s", "step", "schur"], cells)

    def meet(self, stage: int) -> str:
        """Where the diffusing states are in a stage: c = y + Σ a U, the last U as multigrid solved it."""
        cells = Cells()
        for f in range(self.m):
            cells.put(self._stands(cells, stage, f, cells.read("%u_now", f) if stage else ""), "%c", f)
        return on_vector(f"meet{stage}", ["y", "u", "u_now", "c"], cells)

    def _stands(self, cells: Cells, stage: int, k: int, last: str) -> str:
        """Where a state is in a stage: y + Σ a U; `last`: the last U."""
        if stage > self.late:
            return cells.add(cells.load("%u", _STANDS * self.n + k), last)
        value = cells.load("%y", k)
        for j, a in enumerate(self.a[stage]):
            if a:
                u = last if j == stage - 1 else cells.load("%u", j * self.n + k)
                value = cells.add(value, cells.mul(literal(a), u))
        return value

    def _gets(self, cells: Cells, at: dict[str, str], stage: int, k: int) -> str:
        """What a state gets in a stage from those before: Σ c U."""
        row = self.c[stage]
        if stage > self.late:
            last = cells.mul(literal(row[-1]), cells.load("%u", _LAST * self.n + k))
            return cells.add(cells.load("%u", _GETS * self.n + k), last)
        return self._combined(cells, at, row, k)

    def _combined(self, cells: Cells, at: dict[str, str], row: Sequence[float], k: int) -> str:
        """Σ c U of a state over the first stages, all still kept."""
        value = literal(0.0)
        for j, c in enumerate(row):
            if c:
                array, start = self._kept(at, j)
                value = cells.add(value, cells.mul(literal(c), cells.load(array, start + k)))
        return value

    def _kept(self, at: dict[str, str], stage: int) -> tuple[str, int]:
        """Where U of a stage is kept, and until it is solved the right side of the states that stay."""
        if stage == self.late - 1:
            return at["last"], 0
        return "%u", (stage if stage < self.late else _LAST) * self.n

    def _solved(self, cells: Cells, at: dict[str, str], stage: int) -> None:
        """U of a stage in the states that stay, from the diffusing ones; what summed states get of it."""
        entry = self._entry(cells, at)
        array, start = self._kept(at, stage)
        if array == at["last"]:  # there was no place for its right side
            eliminated = dict(enumerate(self._right(cells, at, stage)[: self.n]))
            self.factors.forward(cells, entry, eliminated)
        else:
            eliminated = {k: cells.load(array, start + k) for k in range(self.m, self.n)}
        eliminated |= {f: cells.read("%u_now", f) for f in range(self.m)}
        self.factors.backward(cells, entry, eliminated)
        for k in range(self.n):
            cells.store(eliminated[k], array, start + k)
        here = cells.compare("ogt", cells.read("%w"), literal(0.0))
        for i in range(self.ns):
            total = literal(0.0)
            for (row, column), node in self.onto.items():
                if row == i:
                    total = cells.add(total, cells.mul(entry(node), eliminated[column]))
            cells.count(cells.select(here, total, literal(0.0)), "%sums", self.ns + i)

    def _right(self, cells: Cells, at: dict[str, str], stage: int) -> list[str]:
        """The right side of a stage, without diffusion and not eliminated; then rates of summed states.

        Where it stands is left in `z`.
        """
        h, per_h = cells.load("%step", 0), cells.load("%step", 1)
        for k in range(self.n):
            last = ""
            if stage:
                array, start = self._kept(at, stage - 1)
                last = cells.load(array, start + k)
            cells.store(self._stands(cells, stage, k, last), at["z"], k)
        moved = cells.mul(h, literal(self.method.nodes[stage]))
        cells.store(cells.add(cells.load("%s", 0), moved), at["si"], 0)
        cells.run("rates", at["z"], "%d", "%q", at["si"], at["f"])
        entry, weight = self._entry(cells, at), self.method.time_weights[stage]
        found = []
        for k in range(self.n + self.ns):
            value = cells.load(at["f"], k)
            if k in self.drift and weight:
                value = cells.add(value, cells.mul(cells.mul(h, literal(weight)), entry(self.drift[k])))
            if stage and k < self.n:
                value = cells.add(value, cells.mul(per_h, self._gets(cells, at, stage, k)))
            found.append(value)
        return found

    def _entry(self, cells: Cells, at: dict[str, str]) -> Callable[[int], str]:
        get = loaded(cells, at["lu"], self.entry)

        def entry(node: int) -> str:
            value = self.graph.value(node)
            return get(node) if value is None else literal(value)

        return entry

    def stage(self, stage: int) -> str:
        """Finish the stage before; then the right side of this one, eliminated down to `rhs`.

        At first `rhs` holds what diffuses into the voxel.
        """
        cells, n, m = Cells(), self.n, self.m
        at = {name: cells.offset("%work", place) for name, place in self.work.items()}
        cells.run("factor", "%y", "%d", "%q", "%s", cells.offset("%step", 2), at["lu"])
        if stage:
            self._solved(cells, at, stage - 1)
        right = self._right(cells, at, stage)
        here = cells.compare("ogt", cells.read("%w"), literal(0.0))
        for i, rate in enumerate(right[n:]):
            value = cells.select(here, rate, literal(0.0))
            cells.count(value, "%sums", i)
            if not stage:
                cells.count(cells.call("fabs", value), "%sums", self.ns + i)
        x = dict(enumerate(right[:n]))
        x |= {f: cells.add(x[f], cells.read("%rhs", f)) for f in range(m)}
        self.factors.forward(cells, self._entry(cells, at), x)
        array, start = self._kept(at, stage)
        for k in range(n):
            if stage == self.late:
                cells.store(self._combined(cells, at, self.c[-1][:-1], k), "%u", _GETS * n + k)
            if stage >= self.late:
                cells.store(cells.load(at["z"], k), "%u", _STANDS * n + k)
            if k < m:
                cells.put(cells.select(here, x[k], literal(0.0)), "%rhs", k)
            elif array != at["last"]:
                cells.store(x[k], array, start + k)
        return on_vector(f"stage{stage}", _STAGE, cells)

    def finish(self) -> str:
        """The new state, in the first place kept, and sums of squares of scaled errors.

        Then the worst undershoot, in units of a state's scale and lane by lane; NaN if anything is; and
        the number of voxels in which a state has changed by more than the tolerance.
        """
        cells, n = Cells(), self.n
        at = {name: cells.offset("%work", place) for name, place in self.work.items()}
        cells.run("factor", "%y", "%d", "%q", "%s", cells.offset("%step", 2), at["lu"])
        self._solved(cells, at, self.method.stages - 1)
        here = cells.compare("ogt", cells.read("%w"), literal(0.0))
        place = 2 * self.ns
        changed = literal(0.0)
        worst, broken = cells.load("%sums", place + n), cells.load("%sums", place + n + 1)
        for k, state in enumerate(self.part.voxel):
            old = cells.load("%y", k)
            error = cells.load("%u", _LAST * n + k)
            new = cells.add(cells.load("%u", _STANDS * n + k), error)
            cells.store(new, "%u", _STANDS * n + k)
            sizes = cells.call("fabs", old), cells.call("fabs", new)
            size = cells.select(cells.compare("oge", *sizes), *sizes)
            per_size = cells.div(literal(1.0), cells.add(size, cells.load("%floor", k)))
            share, moved = cells.mul(error, per_size), cells.mul(cells.sub(new, old), per_size)
            cells.count(cells.select(here, cells.mul(share, share), literal(0.0)), "%sums", place + k)
            moved = cells.call("fabs", moved)
            changed = cells.select(cells.compare("ogt", moved, changed), moved, changed)
            broken = cells.add(broken, cells.strict("fsub", new, new))
            if not self.system.signed[state]:
                below = cells.mul(new, literal(-1.0 / self.system.scales[state]))
                below = cells.select(here, below, literal(0.0))
                worst = cells.select(cells.compare("oge", worst, below), worst, below)
        cells.store(worst, "%sums", place + n)
        cells.store(broken, "%sums", place + n + 1)
        one = cells.select(cells.compare("ogt", changed, cells.load("%step", 3)), literal(1.0), literal(0.0))
        cells.count(cells.select(here, one, literal(0.0)), "%sums", place + n + 2)
        return on_vector("finish", [*_STAGE, "floor"], cells)


def _filled(row: Sequence[float], length: int) -> tuple[float, ...]:
    """A row of a method with the zeros at its end."""
    return (*row, *(0.0 for _ in range(length - len(row))))


_STAGE = ["y", "u", "d", "q", "s", "step", "u_now", "rhs", "w", "work", "sums"]


def voxel_module(system: System, method: Tableau, part: Roles) -> tuple[str, Sizes]:
    """The functions of a voxel as LLVM text: prepare, build, meetᵢ and stageᵢ of every stage, finish."""
    voxel = _Voxel(system, method, part)
    parts = [
        voxel.prepare(),
        voxel.stored("rates", ["y", "d", "q", "s", "f"], voxel.rates),
        voxel.stored("factor", ["y", "d", "q", "s", "g", "lu"], list(voxel.entry)),
        voxel.build(),
        *(voxel.meet(i) for i in range(method.stages)),
        *(voxel.stage(i) for i in range(method.stages)),
        voxel.finish(),
    ]
    intrinsics = "".join(
        f"declare {VECTOR} @llvm.{name}.v{LANES}f64({VECTOR})\n" for name in ("sqrt", "fabs")
    )
    return intrinsics + "\n".join(parts), voxel.sizes()
