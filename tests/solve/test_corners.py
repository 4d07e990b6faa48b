"""Is a jump or a kink of a law crossed as accurately as smooth stretches are?"""

from __future__ import annotations

import casadi
import numpy as np
import pytest

from calcis.solve.integrate import solve
from calcis.solve.kernel import compile_system
from calcis.solve.schedule import Lane
from calcis.solve.system import trace_equations

TIMES = np.linspace(0.0, 10.0, 11)  # few, so that steps across a corner are long


def crossing(y, p, q, s):
    """A decaying x that falls below p, from when on y (a jump) and z (a kink) follow."""
    below = casadi.if_else(y[0] < p[0], 1.0, 0.0)
    return [-y[0], below - 0.1 * y[1], casadi.fmax(p[0] - y[0], 0.0) - 0.1 * y[2]], []


def exact(threshold: float) -> np.ndarray:
    """x = e^-t crosses at t = -ln p; beyond it both equations are linear."""
    since = np.maximum(TIMES + np.log(threshold), 0.0)
    jump = 10.0 * (1.0 - np.exp(-0.1 * since))
    # z' = p - x - z/10 with x = p e^-since.
    kink = 10.0 * threshold * (1.0 - np.exp(-0.1 * since))
    kink += threshold * (np.exp(-since) - np.exp(-0.1 * since)) / 0.9
    return np.stack([np.exp(-TIMES), jump, kink], axis=1)


@pytest.mark.parametrize("rtol", [1e-4, 1e-5, 1e-6, 1e-7, 1e-8])
def test_a_corner_is_crossed_as_accurately_as_what_is_smooth(rtol: float) -> None:
    """Below rtol, over forty places of the corner; unless steps across it are held back, ten times more."""
    states = dict.fromkeys("xyz", (1.0, False))
    kernel = compile_system(trace_equations(crossing, states, ("threshold",)))
    thresholds = np.linspace(0.05, 0.95, 40)
    lanes = [Lane(f"{p}", np.array([p]), np.array([1.0, 0.0, 0.0]), 0.0, 10.0) for p in thresholds]
    found = solve(kernel, lanes, TIMES, rtol).states
    truth = np.stack([exact(p) for p in thresholds])
    assert np.max(np.abs(found - truth) / np.maximum(np.abs(truth), 1.0)) <= rtol
