"""How are many fluids spread over lanes and cores?  In blocks of eight, some thousand to a task.

Arrays here are (what, fluid): the values of one thing for all fluids lie together, as lanes do.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import numpy as np

from calcis.chemistry.compiled import CONVERGED, Kernel
from calcis.chemistry.water import debye_hueckel
from calcis.solve.evaluate import aligned
from calcis.solve.ir import LANES

_TASK = 512  # blocks: their arrays stay in a core's cache


def equilibrate(
    kernel: Kernel, given: np.ndarray, temperature: np.ndarray, threads: int | None = None
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """x (state, fluid), steps taken, and whether it converged, of fluids with `given` (master and H⁺, fluid).

    x: ln a of masters and of H⁺, ln I, activity of water.  On all cores unless `threads` says how many.
    """
    fluids = given.shape[1]
    x, steps, ready = np.empty((kernel.states, fluids)), np.empty(fluids, np.int64), np.empty(fluids, bool)

    def task(first: int, last: int) -> None:
        blocks = -(-(last - first) // LANES)
        t, same, c = _packed(given[:, first:last]), *_water(temperature[first:last])
        xs, o = aligned(blocks * kernel.states), aligned(blocks * 2)
        k, y = aligned(kernel.constants), aligned(kernel.states + 1)
        kernel.equilibrate(*(a.ctypes.data for a in (xs, t, c, o, k, y)), blocks, same, 0)
        _unpack(x[:, first:last], xs)
        report = np.empty((2, last - first))
        _unpack(report, o)
        steps[first:last] = report[0]
        ready[first:last] = (report[1] < CONVERGED) & np.isfinite(x[:, first:last]).all(axis=0)

    _spread(task, fluids, threads)
    return x, steps, ready


def dissolve(
    kernel: Kernel, x: np.ndarray, temperature: np.ndarray, threads: int | None = None
) -> np.ndarray:
    """Molalities of every species (species, fluid), mmol/kg, at x."""
    fluids = x.shape[1]
    molality = np.empty((kernel.species, fluids))

    def task(first: int, last: int) -> None:
        blocks = -(-(last - first) // LANES)
        xs, same, c = _packed(x[:, first:last]), *_water(temperature[first:last])
        ms, k = aligned(blocks * kernel.species), aligned(kernel.constants)
        kernel.dissolve(*(a.ctypes.data for a in (xs, c, ms, k)), blocks, same)
        ms *= 1e3
        _unpack(molality[:, first:last], ms)

    _spread(task, fluids, threads)
    return molality


def _spread(task: Callable[[int, int], None], fluids: int, threads: int | None) -> None:
    size = _TASK * LANES
    parts = [(first, min(first + size, fluids)) for first in range(0, fluids, size)]
    workers = min(threads or os.cpu_count() or 1, len(parts))
    if workers <= 1:
        for first, last in parts:
            task(first, last)
        return
    with ThreadPoolExecutor(workers) as pool:
        list(pool.map(lambda part: task(*part), parts))


def _water(temperature: np.ndarray) -> tuple[int, np.ndarray]:
    """Whether all are of one temperature, and temperature, A and B in lanes."""
    same = bool((temperature == temperature[0]).all())
    if same:
        a, b = debye_hueckel(temperature[:1])
        packed = aligned(3)
        packed.reshape(3, LANES)[:] = np.array([temperature[:1], a, b])
        return 1, packed
    return 0, _packed(np.array([temperature, *debye_hueckel(temperature)]))


def _packed(values: np.ndarray) -> np.ndarray:
    """(what, fluid) -> blocks of vectors of eight lanes; the last fluid fills up the last block."""
    what, fluids = values.shape
    blocks = -(-fluids // LANES)
    packed = aligned(blocks * what)
    lanes = packed.reshape(blocks, what, LANES).transpose(1, 0, 2)
    whole = fluids // LANES
    lanes[:, :whole] = values[:, : whole * LANES].reshape(what, whole, LANES)
    if whole < blocks:
        rows = np.minimum(np.arange(whole * LANES, blocks * LANES), fluids - 1)
        lanes[:, whole] = values[:, rows]
    return packed


def _unpack(values: np.ndarray, packed: np.ndarray) -> None:
    """Blocks of vectors of eight lanes -> (what, fluid), in place."""
    what, fluids = values.shape
    lanes = packed.reshape(-1, what, LANES).transpose(1, 0, 2)
    whole = fluids // LANES
    values[:, : whole * LANES] = lanes[:, :whole].reshape(what, -1)
    if whole * LANES < fluids:
        values[:, whole * LANES :] = lanes[:, whole, : fluids - whole * LANES]
