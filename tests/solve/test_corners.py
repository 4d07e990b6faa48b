"""Is a jump or a kink of a law crossed as accurately as smooth stretches are, be it once or many times?"""

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


def test_a_relay_that_switches_two_hundred_times_keeps_its_beat() -> None:
    """x″ = ∓1 by the sign of x: arcs of parabolas, v₀ = 1, one every 2 h; time errors add up and never fade.

    Between jumps the solution is exact, so what is left is where steps end: some 2e-14 of a step of up
    to 400 h behind each of 200 jumps makes 2e-9 h, by which speed grows and the beat shifts 200 times.
    """

    def relay(y, p, q, s):
        return [y[1], casadi.if_else(y[0] < 0.0, 1.0, -1.0)], []

    kernel = compile_system(trace_equations(relay, {"x": (1.0, True), "v": (1.0, True)}, ()))
    times = np.linspace(0.0, 400.0, 401)
    found = solve(kernel, [Lane("relay", np.zeros(0), np.array([0.0, 1.0]), 0.0, 400.0)], times, 1e-4)
    phase = times % 4.0
    side, since = np.where(phase < 2.0, 1.0, -1.0), phase % 2.0
    truth = np.stack([side * since * (1.0 - since / 2.0), side * (1.0 - since)], axis=1)
    inside = phase % 2.0 > 0.0  # on a jump itself the speed changes sign
    assert np.abs(found.states[0] - truth)[inside].max() <= 1e-6
    assert found.steps[0] < 250


@pytest.mark.parametrize("rtol", [1e-4, 1e-6, 1e-8])
def test_what_happens_beyond_a_jump_for_less_than_a_step_counts(rtol: float) -> None:
    """z counts the time for which sin t is above 0.9: twenty visits of 0.9 h, to within rtol."""

    def visits(y, p, q, s):
        return [y[1], -y[0], casadi.if_else(y[0] > 0.9, 1.0, 0.0)], []

    states = {"x": (1.0, True), "v": (1.0, True), "z": (1.0, False)}
    kernel = compile_system(trace_equations(visits, states, ()))
    end = 40.0 * np.pi
    found = solve(
        kernel, [Lane("z", np.zeros(0), np.array([0.0, 1.0, 0.0]), 0.0, end)], np.array([end]), rtol
    )
    assert found.states[0, -1, 2] == pytest.approx(20.0 * (np.pi - 2.0 * np.arcsin(0.9)), rel=rtol)
