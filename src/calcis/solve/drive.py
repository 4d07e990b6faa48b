"""How does one solved system drive the next?  Its signals become polynomials, one per step.

Inside every recorded step the driving signals are computed at five points of the interpolated
state; the quartic through them is as exact as the interpolant itself.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from calcis.solve.evaluate import signals
from calcis.solve.integrate import Solution
from calcis.solve.kernel import Kernel
from calcis.solve.schedule import Drive, Lane
from calcis.solve.system import INPUT_DEGREE

# Chebyshev points with both ends: the polynomial through them is well-conditioned.
_POINTS = 0.5 - 0.5 * np.cos(np.pi * np.arange(INPUT_DEGREE + 1) / INPUT_DEGREE)
_FIT = np.linalg.inv(np.vander(_POINTS, increasing=True))


def drives(kernel: Kernel, lanes: Sequence[Lane], solution: Solution, names: Sequence[str]) -> list[Drive]:
    """For every lane the observed signals `names` over its recorded steps.

    Raises ValueError for a signal that the kernel does not observe.
    """
    n = kernel.layout.states
    columns = [kernel.system.observed.index(name) for name in names]
    found = []
    for lane, pieces in zip(lanes, solution.pieces, strict=True):
        starts, lengths = pieces[:, 0], pieces[:, 1]
        coefficients = pieces[:, 2:].reshape(len(pieces), -1, n)
        powers = _POINTS[:, None] ** np.arange(coefficients.shape[1])
        # einsum's own loop: its order of summation does not depend on the number of steps or threads.
        states = np.einsum("jm,imk->ijk", powers, coefficients, optimize=False)
        times = starts[:, None] + lengths[:, None] * _POINTS
        flat = np.ascontiguousarray(states.reshape(-1, n))
        driving = signals(kernel, lane, times.ravel(), flat)[:, columns]
        table = np.einsum("mj,ijk->ikm", _FIT, driving.reshape(*times.shape, len(columns)), optimize=False)
        table /= lengths[:, None, None] ** np.arange(INPUT_DEGREE + 1)
        found.append(Drive(starts, np.append(starts[1:], lane.end), table))
    return found
