"""How does a grid of voxels march through time?  Step after step, each with its error held to a tolerance.

The error of a state is the root mean square of error / (size + floor) over the voxels in which anything
changes in the step, so that healthy tissue around a lesion makes it no better.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from calcis.errors import InputError
from calcis.solve import compiled_driver
from calcis.solve.evaluate import aligned
from calcis.solve.grid import table as at
from calcis.solve.grid.kernel import GridKernel
from calcis.solve.grid.layout import FIELD, INVERSE, NX, NY, NZ, ROW, A, E, Grid
from calcis.solve.grid.multigrid_ir import inverted
from calcis.solve.ir import LANES
from calcis.solve.kernel import call

SAFETY, SHRINK, GROW, FAILED = 0.85, 0.2, 3.0, 0.4  # of the step-size controller
LINEAR = 0.01  # what a multigrid cycle may still move, as a share of the tolerance
FIRST_STEP, LEAST_STEP = 1e-3, 1e-12  # h; the first after an event
LEAST_PER_THREAD = 16_384  # voxels for which another thread is worth its while
MOST_MEMORY = 3.3e9  # bytes for all arrays, if they can do with that


@dataclass
class Counts:
    """What a march has cost."""

    steps: int = 0
    rejected: int = 0
    cycles: int = 0


@dataclass(frozen=True)
class Moment:
    """Where a grid is: states in the order of memory, summed states, and what decides the next step.

    clock: time, next step, last error, in how many voxels the last step changed anything, and when the
    march began.  flown: what has flowed of each summed state, in either direction.
    """

    states: np.ndarray
    clock: np.ndarray
    summed: np.ndarray
    flown: np.ndarray


class GridIntegration:
    """Voxels on their way.  Arrays over the grid are (z, y, x).

    parameters: one array (parameter,) per kind of tissue, or one for all.  tissue: which kind each voxel is.
    diffusivity: mm²/h of each diffusing state.  share: of a voxel, in which the diffusing states are
    dissolved.  rtol: relative tolerance; floor: multiple of a state's scale below which its relative
    error does not count.  passable: what is left of diffusion in each voxel, from 0 to 1, asked for at the
    start of every step and held through it.  keep_blocks: for what share of rows a step keeps the blocks
    that are left for diffusing states, not computed in each cycle anew, which takes memory and saves time;
    as many as fit into MOST_MEMORY.  No bit depends on it.
    """

    def __init__(
        self,
        kernel: GridKernel,
        grid: Grid,
        parameters: np.ndarray,
        diffusivity: Mapping[str, float],
        *,
        share: float | np.ndarray = 1.0,
        tissue: np.ndarray | None = None,
        rtol: float = 1e-2,
        floor: float = 10.0,
        threads: int | None = None,
        passable: Callable[[], np.ndarray] | None = None,
        keep_blocks: float | None = None,
    ) -> None:
        system, sizes = kernel.system, kernel.sizes
        names = [system.states[i] for i in kernel.roles.diffusing]
        if set(diffusivity) != set(names):
            raise InputError(f"diffusivities of {', '.join(names)}", f"those of {', '.join(diffusivity)}")
        self.kernel, self.grid, self.rtol, self.time = kernel, grid, rtol, 0.0
        self.began = 0.0  # of the march that goes on: whoever plans it may keep here when
        self.threads = threads or max(1, min(os.cpu_count() or 1, grid.voxels // LEAST_PER_THREAD))
        self.counts = Counts()
        self.interrupt()
        self.summed = np.zeros(sizes.summed)  # means over the grid
        self._flown = np.zeros(sizes.summed)
        self._places = grid.places()
        nx, ny, nz = grid.shape
        vectors = 2 * nz * ny * grid.vectors
        empty = np.setdiff1d(np.arange(vectors * LANES), self._places)
        self._empty, self._first = np.divmod(empty, LANES), divmod(int(self._places.flat[0]), LANES)
        m, entries = sizes.diffusing, inverted(kernel.roles.blocks)
        self._levels, pool = grid.levels(m, len(entries))
        field, row = map(int, self._levels[0, [FIELD, ROW]])
        self._arrays: dict[int, np.ndarray] = {
            at.CONC: aligned(m * field // LANES),
            at.SOLUTION: aligned(m * field // LANES),
            at.RHS: aligned(m * field // LANES),
            at.ROWS: aligned(m * m * row // LANES * self.threads),
            at.OPEN: aligned(field // LANES),
            at.ENTRY: aligned(field // LANES),
            at.WEIGHT: aligned(field // LANES),
            at.STATE: aligned(vectors * sizes.states),
            at.STAGES: aligned(vectors * sizes.states * sizes.kept),
            at.CONTROLS: aligned(system.controls),
            at.TIME: aligned(1),
            at.STEP: aligned(4),
            at.SPREAD: aligned(m),
            at.FLOOR: aligned(sizes.states),
            at.WORK: aligned((sizes.work + 8) * self.threads),
            at.CORNERS: aligned(4),
            at.SHARE: aligned(1),
            at.BARRIER: np.zeros(8, np.int64),
        }
        self._pool = np.zeros(pool + 64, np.float32)
        self._arrays[at.POOL] = self._pool
        # A stage and multigrid count in turns, in the same place.
        width = max(sizes.sums, 2 * m + m * m)
        self._sums = aligned(nz * width).reshape(nz, width, LANES)
        self._arrays[at.SUMS] = self._sums
        self._derive(parameters, tissue, vectors)
        layer = 2 * nz * m * m * row // LANES  # blocks of the rows at one y
        if keep_blocks is None:
            taken = sum(array.nbytes for array in self._arrays.values())
            keep_blocks = (MOST_MEMORY - taken) / (layer * LANES * 8 * ny)
        rows_kept = int(ny * min(max(keep_blocks, 0.0), 1.0))
        self._arrays[at.SCHUR] = aligned(layer * rows_kept)
        self._share, self._passable = np.broadcast_to(np.asarray(share, float), (nz, ny, nx)), passable
        self._elements = [Grid(tuple(line[[NX, NY, NZ]]), 1.0).elements(line) for line in self._levels]
        for line in self._levels:
            for place, (i, j) in enumerate(entries):
                start = line[INVERSE] + place * line[FIELD]
                self._pool[start : start + line[FIELD]] = float(i == j)
        self._open(1.0)
        spread = [diffusivity[name] / grid.spacing**2 for name in names]
        self._splat(at.SPREAD, spread)
        scales = np.array([system.scales[i] for i in kernel.roles.voxel])
        self._splat(at.FLOOR, floor * scales)
        halved = sum(edge > 1 for edge in grid.shape)
        self._splat(at.SHARE, [0.5**halved])
        self._splat(at.CORNERS, [0.75 * 0.75, 0.75 * 0.25, 0.25 * 0.75, 0.25 * 0.25])
        own = sizes.states, m, sizes.summed, sizes.stages, sizes.kept, sizes.derived, sizes.work
        self._sizes = np.array([*own, len(entries), rows_kept], np.int64)
        self._met = [np.zeros(1, np.int64) for _ in range(self.threads)]
        self._workers = ThreadPoolExecutor(self.threads)
        self._book = np.zeros((sizes.stages + 1, 2, sizes.summed))
        self._report = np.zeros(sizes.states + 4)

    def _splat(self, which: int, values: Any) -> None:
        self._arrays[which].reshape(-1, LANES)[: len(values)] = np.asarray(values, float)[:, None]

    def _derive(self, parameters: np.ndarray, tissue: np.ndarray | None, vectors: int) -> None:
        """What depends on parameters alone, for every mix of tissues that a vector of eight has."""
        table = np.atleast_2d(np.asarray(parameters, float))
        kinds = np.zeros(vectors * LANES, np.int64)
        if tissue is not None:
            kinds[self._places.ravel()] = np.asarray(tissue).ravel()
        mixes, which = np.unique(kinds.reshape(-1, LANES), axis=0, return_inverse=True)
        self._kind_of = which.reshape(-1).astype(np.int64)
        given, found = aligned(table.shape[1]), aligned(len(mixes) * self.kernel.sizes.derived)
        each = found.reshape(len(mixes), -1)
        for mix, row in zip(mixes, each, strict=True):
            given.reshape(-1, LANES)[:] = table[mix].T
            own = aligned(self.kernel.sizes.derived)
            call(self.kernel.prepare, given, own)
            row[:] = own
        self._arrays[at.DERIVED] = found

    def _open(self, passable: float | np.ndarray) -> None:
        """How open voxels are to each other, on every level: e = √(share·passable), a = e/share."""
        share = self._share
        e = np.sqrt(share * passable)
        a = e / share
        for array, values in ((at.OPEN, e), (at.ENTRY, a), (at.WEIGHT, share)):
            self._arrays[array][self._elements[0]] = values
        for number, (line, element) in enumerate(zip(self._levels, self._elements, strict=True)):
            if number:
                shape = tuple(int(line[k]) for k in (NZ, NY, NX))
                e, a = (_means(values, shape) for values in (e, a))  # type: ignore[arg-type]
                a = a / 4.0
            self._pool[line[E] + element] = e
            self._pool[line[A] + element] = a

    def set(self, name: str, values: float | np.ndarray) -> None:
        """Set a state everywhere, from its values over the grid."""
        own = self._of(name)
        values = np.broadcast_to(np.asarray(values, float), self._places.shape)
        new = np.full(own.size, values.flat[0])  # empty voxels too, which are computed and ignored
        new[self._places] = values
        own[:] = new.reshape(own.shape)

    def get(self, name: str, planes: slice = slice(None)) -> np.ndarray:
        """Values of a state over the grid, or some planes of it."""
        place = self._places[planes]
        return np.asarray(self._of(name)[place // LANES, place % LANES])

    def sum_of(self, names: Sequence[str]) -> np.ndarray:
        """The sum of some states over the grid."""
        total = self._of(names[0]).copy()
        for name in names[1:]:
            total += self._of(name)
        return np.asarray(total.ravel()[self._places])

    def _of(self, name: str) -> np.ndarray:
        """A state, vector by vector."""
        place = self.kernel.roles.voxel.index(self.kernel.system.states.index(name))
        return self._arrays[at.STATE].reshape(-1, self.kernel.sizes.states, LANES)[:, place]

    def total(self, name: str) -> float:
        """A summed state: its mean over the grid."""
        return float(self.summed[self._sum(name)])

    def flown(self, name: str) -> float:
        """What a summed state has got in all voxels and at all times, in either direction; about."""
        return float(self._flown[self._sum(name)])

    def add_to_total(self, name: str, amount: float) -> None:
        """What an event adds to a summed state."""
        self._sum_up(np.where(np.arange(len(self.summed)) == self._sum(name), amount, 0.0))

    def _sum_up(self, more: np.ndarray, sizes: float | np.ndarray = 0.0) -> None:
        self.summed += more
        self._flown += np.maximum(sizes, np.abs(more))

    def _sum(self, name: str) -> int:
        return self.kernel.roles.summed.index(self.kernel.system.states.index(name))

    def moment(self, copy: bool = True) -> Moment:
        """All that decides how it goes on; if it is no copy, true until it does."""
        clock = np.array([self.time, self.step, self._before, self._active, self.began])
        states = self._arrays[at.STATE]
        return Moment(states.copy() if copy else states, clock, self.summed.copy(), self._flown.copy())

    def restore(self, moment: Moment) -> None:
        """Go on from a moment of this grid, to the same bits."""
        if moment.states.shape != self._arrays[at.STATE].shape:
            raise InputError("a moment of this grid", "one of another shape")
        self._arrays[at.STATE][:] = moment.states
        self.time, self.step, self._before, self._active, self.began = map(float, moment.clock)
        self.summed, self._flown = moment.summed.copy(), moment.flown.copy()

    def interrupt(self) -> None:
        """Something has happened: the next step is a short one."""
        self.step, self._before, self._active = FIRST_STEP, 1.0, float(self.grid.voxels)

    def advance(self, until: float, controls: np.ndarray, between: Callable[[], None] | None = None) -> None:
        """March to a time (h), with the `controls` of the segment that has begun at controls[0].

        between: called between steps.
        """
        self._splat(at.CONTROLS, controls)
        fresh = True
        while self.time < until:
            if fresh and self._passable is not None:
                self._open(self._passable())
            fresh = False
            left = until - self.time
            h = left if self.step >= 0.999 * left else min(self.step, max(0.5 * left, FIRST_STEP))
            error = self._attempt(h, self.time - controls[0])
            order = self.kernel.method.order
            self.counts.steps += 1
            if error is None or not error <= 1.0:
                self.counts.rejected += 1
                self.step = h * (FAILED if error is None else max(SHRINK, 0.8 * error ** (-1.0 / order)))
                if self.step < LEAST_STEP:
                    raise ArithmeticError(f"steps became too small at {self.time} h")
                continue
            self._accept(h)
            fresh = True
            self.time = until if h == left else self.time + h
            size = max(error, 1e-3)
            factor = SAFETY * size ** (-0.7 / order) * self._before ** (0.3 / order)
            self._before = size
            grown = h * min(max(factor, 0.3), GROW)
            if h >= self.step or grown > self.step:
                self.step = grown
            if between is not None and self.time < until:
                between()

    def only(self, h: float, controls: np.ndarray) -> None:
        """One step of h, whatever its error; ArithmeticError if it cannot be taken."""
        self._splat(at.CONTROLS, controls)
        if self._attempt(h, self.time - controls[0]) is None:
            raise ArithmeticError(f"no step of {h} h at {self.time} h")
        self._accept(h)
        self.time += h

    def _attempt(self, h: float, since: float) -> float | None:
        """One step; its scaled error, None if it cannot be said."""
        gamma = self.kernel.method.gamma
        self._splat(at.STEP, [h, 1.0 / h, 1.0 / (gamma * h), self.rtol])
        self._splat(at.TIME, [since])
        addresses = np.array([self._arrays[which].ctypes.data for which in range(at.ADDRESSES)], np.int64)
        n = self.kernel.sizes.states
        self._report[:] = 0.0
        solution = self._arrays[at.SOLUTION]

        def one(me: int) -> None:
            compiled_driver.grid_step()(
                me, self.threads, self._met[me], self._levels, self._sizes, self._pool, solution,
                self._kind_of, self._sums, np.zeros(self._sums.shape[1]), self._book,
                self._report, LINEAR * self.rtol, self._active, addresses, self.kernel.functions,
            )  # fmt: skip

        if self.threads == 1:
            one(0)
        else:
            list(self._workers.map(one, range(self.threads)))
        if self.counts.steps == 0:
            compiled_driver.seal(compiled_driver.GRID_STEP)
        squares, (under, broken, changed, cycles) = self._report[:n], map(float, self._report[n:])
        self.counts.cycles += int(abs(cycles))
        self._active = changed if changed > 0.0 else float(self.grid.voxels)
        if cycles < 0 or broken != 0.0 or not np.isfinite(squares).all():
            return None
        worst = float(np.sqrt(squares.max() / max(changed, 1.0)))
        return max(worst, float(under)) / self.rtol

    def _accept(self, h: float) -> None:
        n, stages = self.kernel.sizes.states, self._arrays[at.STAGES]
        new = stages.reshape(-1, self.kernel.sizes.kept * n, LANES)[:, :n]
        states = self._arrays[at.STATE].reshape(-1, n, LANES)
        states[:] = new
        # Empty voxels are the first one anew: their error is not controlled, and what is no number spreads.
        (rows, lanes), (row, lane) = self._empty, self._first
        states[rows, :, lanes] = states[row, :, lane]
        if not len(self.summed):
            return
        method = self.kernel.method
        u: list[np.ndarray] = []
        for stage in range(method.stages):
            right = self._book[stage].sum(axis=0) / self.grid.voxels
            for c, earlier in zip(method.c[stage], u, strict=False):
                right = right + c / h * earlier
            u.append(right * (method.gamma * h))
        more = sum((a * part for a, part in zip(method.a[-1], u, strict=False)), u[-1])
        self._sum_up(more, h * self._book[-1, 1] / self.grid.voxels)


def _means(values: np.ndarray, shape: tuple[int, int, int]) -> np.ndarray:
    """Means within the voxels of a coarser grid."""
    (nz, ny, nx), (hz, hy, hx) = shape, (high // low for high, low in zip(values.shape, shape, strict=True))
    return np.asarray(values.reshape(nz, hz, ny, hy, nx, hx).mean(axis=(1, 3, 5)))
