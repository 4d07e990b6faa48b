"""How does one solved system drive the next?  Its signals become polynomials, at least one per step.

Inside every recorded step the signals are computed at five points of the interpolated state.  The
quartic through them is checked at two more; where it misses by more than the tolerance the step is
halved.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
    """Turns a lane's recorded steps into polynomials of the signals `names`, as the steps come.

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

    def __call__(self, plan: Segments, prepared: np.ndarray, lane: int, pieces: np.ndarray) -> np.ndarray:
        """Rows for recorded steps (step, 2 + powers·states) of a lane, in order."""
        whole = np.arange(len(pieces))
        low, width = np.zeros(len(pieces)), np.ones(len(pieces))
        found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
        for halving in range(MOST_HALVINGS + 1):
            values = self._values(plan, prepared, lane, pieces[whole], low, width)
            fit = [
                sum(_FIT[m, j] * values[:, j] for j in range(INPUT_DEGREE + 1))
                for m in range(INPUT_DEGREE + 1)
            ]
            missed = np.zeros(len(whole), bool)
            for k, theta in enumerate(_CHECKS, start=len(_POINTS)):
                there = sum(fit[m] * theta**m for m in range(INPUT_DEGREE + 1))
                allowed = self.rtol * np.abs(values).max(axis=1)
                missed |= (np.abs(there - values[:, k]) > allowed).any(axis=1)
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
        order = np.lexsort((np.concatenate([f[1] for f in found]), np.concatenate([f[0] for f in found])))
        return np.concatenate([f[2] for f in found])[order]

    def _values(
        self,
        plan: Segments,
        prepared: np.ndarray,
        lane: int,
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
        flat = states.reshape(-1, n)
        found = signals_of(self.kernel, plan, lane, prepared, times.ravel(), flat)
        return found[:, self._columns].reshape(*times.shape, len(self._columns))


def drive(rows: np.ndarray, end: float) -> Drive:
    """The recorded polynomials (row under row) of an interval that ends then (h)."""
    ends = np.append(rows[1:, 0], end)
    return Drive(rows[:, 0], ends, rows[:, 2:].reshape(len(rows), -1, INPUT_DEGREE + 1))
