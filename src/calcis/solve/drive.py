"""How does one solved system drive the next?  Its signals become polynomials, at least one per step.

Inside every recorded step the signals are computed at five points of the interpolated state.  The
quartic through them is checked at two more; where it misses by more than the tolerance the step is
halved.  Where much is driven, neighbours are merged as long as the same tolerance allows.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from calcis.solve.evaluate import signals_of
from calcis.solve.kernel import Kernel
from calcis.solve.schedule import Drive, Segments
from calcis.solve.system import INPUT_DEGREE

# Chebyshev points with both ends, through which the polynomial is well-conditioned; then two to check.
_POINTS = 0.5 - 0.5 * np.cos(np.pi * np.arange(INPUT_DEGREE + 1) / INPUT_DEGREE)
_FIT = np.linalg.inv(np.vander(_POINTS, increasing=True))
_CHECKS = np.array([0.3, 0.7])
_ALL = np.concatenate([_POINTS, _CHECKS])
MOST_HALVINGS = 12


@dataclass(frozen=True)
class Recorder:
    """Turns recorded steps of lanes into polynomials of the signals `names`, as the steps come.

    rtol: how far a polynomial may miss its signal, relative to the signal's largest value in the
    step.  Rows are (start, length, coefficients in powers of the time since the start, per signal).
    Raises ValueError for a signal that the kernel does not observe.
    """

    kernel: Kernel
    names: Sequence[str]
    rtol: float

    @cached_property
    def _columns(self) -> list[int]:
        return [self.kernel.system.observed.index(name) for name in self.names]

    def __call__(
        self, plan: Segments, prepared: np.ndarray, lane_of: np.ndarray, pieces: np.ndarray
    ) -> tuple[np.ndarray, np.ndarray]:
        """The lane of each row, and rows, for recorded steps (step, 2 + powers·states), lane by lane."""
        whole = np.arange(len(pieces))
        low, width = np.zeros(len(pieces)), np.ones(len(pieces))
        found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        for halving in range(MOST_HALVINGS + 1):
            values = self._values(plan, prepared, lane_of[whole], pieces[whole], low, width)
            fit, missed = fitted(values, self.rtol)
            if halving == MOST_HALVINGS:
                missed[:] = False
            good = ~missed
            length = pieces[whole, 1] * width
            table = np.stack([fit[m] / length[:, None] ** m for m in range(INPUT_DEGREE + 1)], axis=2)
            rows = [pieces[whole, 0] + pieces[whole, 1] * low, length]
            flat = np.concatenate([np.stack(rows, axis=1), table.reshape(len(whole), -1)], axis=1)
            found.append((whole[good], low[good], flat[good]))
            if not missed.any():
                break
            half = 0.5 * width[missed]
            whole = np.repeat(whole[missed], 2)
            low = np.stack([low[missed], low[missed] + half], axis=1).ravel()
            width = np.repeat(half, 2)
        step = np.concatenate([f[0] for f in found])
        order = np.lexsort((np.concatenate([f[1] for f in found]), step))
        return lane_of[step[order]], np.concatenate([f[2] for f in found])[order]

    def _values(
        self,
        plan: Segments,
        prepared: np.ndarray,
        lane_of: np.ndarray,
        pieces: np.ndarray,
        low: np.ndarray,
        width: np.ndarray,
    ) -> np.ndarray:
        """Signals (step, point, signal) at all points; element by element, so that no order matters."""
        n = self.kernel.layout.states
        theta = low[:, None] + width[:, None] * _ALL
        coefficients = pieces[:, 2:].reshape(len(pieces), -1, n)
        states = np.zeros((len(pieces), len(_ALL), n))
        for m in range(coefficients.shape[1] - 1, -1, -1):
            states = states * theta[:, :, None] + coefficients[:, None, m]
        times = pieces[:, :1] + pieces[:, 1:2] * theta
        flat, lanes = states.reshape(-1, n), np.repeat(lane_of, len(_ALL))
        found = signals_of(self.kernel, plan, prepared, lanes, times.ravel(), flat, self._columns)
        return found.reshape(*times.shape, len(self._columns))


def fitted(values: np.ndarray, rtol: float) -> tuple[list[np.ndarray], np.ndarray]:
    """Polynomials through values (piece, point, signal), and which of them miss the points to check.

    Coefficients in powers of the share of a piece, (power, piece, signal); misses are relative to a
    signal's largest value in its piece.
    """
    degrees = range(INPUT_DEGREE + 1)
    fit = [np.asarray(sum(_FIT[m, j] * values[:, j] for j in degrees)) for m in degrees]
    missed = np.zeros(len(values), bool)
    allowed = rtol * np.abs(values).max(axis=1)
    for k, theta in enumerate(_ALL[len(_POINTS) :], start=len(_POINTS)):
        there = sum(fit[m] * theta**m for m in degrees)
        missed |= (np.abs(there - values[:, k]) > allowed).any(axis=1)
    return fit, missed


def drive(rows: np.ndarray, end: float) -> Drive:
    """The recorded polynomials (row under row) of an interval that ends then (h)."""
    ends = np.append(rows[1:, 0], end)
    return Drive(rows[:, 0], ends, rows[:, 2:].reshape(len(rows), -1, INPUT_DEGREE + 1))


def merged(drives: Sequence[Drive], rtol: float) -> list[Drive]:
    """The same drives in fewer pieces: neighbours become one where one quartic fits both.

    It is held to `rtol` of a signal's largest value, at three points inside either.  A piece is never
    merged with one an order of magnitude longer, in which it would hide between the points.
    """
    lane = np.repeat(np.arange(len(drives)), [len(one.starts) for one in drives])
    start, end = (np.concatenate([getattr(one, name) for one in drives]) for name in ("starts", "ends"))
    table = np.concatenate([one.coefficients for one in drives])
    idle, parity = 0, 0
    while idle < 2:
        nth = np.arange(len(lane)) - np.searchsorted(lane, lane)
        length = end - start
        alike = np.maximum(length[1:], length[:-1]) < _ALIKE * np.minimum(length[1:], length[:-1])
        left = np.flatnonzero((nth[:-1] % 2 == parity) & (lane[1:] == lane[:-1]) & alike)
        one, good = _one(start, end, table, left, rtol)
        idle, parity = (0 if good.any() else idle + 1), 1 - parity
        left = left[good]
        end[left], table[left] = end[left + 1], one[good]
        stay = np.ones(len(lane), bool)
        stay[left + 1] = False
        lane, start, end, table = lane[stay], start[stay], end[stay], table[stay]
    first = np.searchsorted(lane, np.arange(len(drives) + 1))
    return [
        replace(drive, starts=start[a:b], ends=end[a:b], coefficients=table[a:b])
        for drive, a, b in zip(drives, first, first[1:], strict=False)
    ]


_ALIKE = 10.0  # how many times as long as the other a neighbour may be
_WITHIN = np.array([0.2, 0.5, 0.8])  # of either piece, where their merger is held to them


def _one(
    start: np.ndarray, end: np.ndarray, table: np.ndarray, left: np.ndarray, rtol: float
) -> tuple[np.ndarray, np.ndarray]:
    """Coefficients of the quartic over each piece and the next, and whether it fits both."""
    begin, middle, until = start[left, None], end[left, None], end[left + 1, None]
    whole = until - begin
    inner = [begin + (middle - begin) * _WITHIN, middle + (until - middle) * _WITHIN]
    times = np.concatenate([begin + whole * _POINTS, *inner], axis=1)
    before = _at(table[left], times - begin)
    values = np.where((times <= middle)[:, :, None], before, _at(table[left + 1], times - middle))
    fit = np.stack(
        [sum(_FIT[m, j] * values[:, j] for j in range(len(_POINTS))) for m in range(len(_POINTS))], axis=2
    )
    one = fit / whole[:, :, None] ** np.arange(len(_POINTS))
    missed = np.abs(_at(one, times - begin) - values) > rtol * np.abs(values).max(axis=1)[:, None]
    return one, ~missed.any(axis=(1, 2))


def _at(table: np.ndarray, since: np.ndarray) -> np.ndarray:
    """Polynomials (piece, signal, power) at times since their starts, (piece, point, signal)."""
    values = np.zeros((*since.shape, table.shape[1]))
    for power in range(table.shape[2] - 1, -1, -1):
        values = values * since[:, :, None] + table[:, None, :, power]
    return values
