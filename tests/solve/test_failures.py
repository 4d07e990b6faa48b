"""What does the solver say when it cannot?  A sentence: who, when, which state, what to do."""

from __future__ import annotations

import numpy as np
import pytest

from calcis.errors import InputError
from calcis.part import Part, State, assemble
from calcis.solve.integrate import solve
from calcis.solve.kernel import compile_system
from calcis.solve.schedule import Lane
from calcis.solve.system import trace, trace_equations

TIMES = np.linspace(0.0, 48.0, 9)


@pytest.fixture(scope="module")
def explosive():
    """y' = r y²: infinite at 1/(r y₀)."""
    return compile_system(
        trace_equations(lambda y, p, q, s: ([p[0] * y[0] * y[0]], []), {"cell.mass": (1.0, False)}, ("r",))
    )


def test_a_lane_that_fails_says_why_and_the_others_go_on(explosive):
    group = [
        Lane(name, np.array([r]), np.array([1.0]), 0.0, 48.0)
        for name, r in (("a", 1e-3), ("b", 0.1), ("c", -0.1))
    ]
    solution = solve(explosive, group, TIMES, 1e-6)
    assert solution.failures[0] is None and solution.failures[2] is None
    assert "'b' stopped at 0.4166" in solution.failures[1]
    assert "cell.mass" in solution.failures[1] and "tolerance" in solution.failures[1]
    assert np.isfinite(solution.states[1, 0]).all() and np.isnan(solution.states[1, -1]).all()
    assert solution.states[2, -1, 0] == pytest.approx(1.0 / 5.8, rel=1e-5)


def test_too_many_steps_is_a_sentence(explosive):
    lane = Lane("a", np.array([0.02]), np.array([1.0]), 0.0, 48.0)
    (failure,) = solve(explosive, [lane], TIMES, 1e-9, max_steps=3).failures
    assert "more than 3 steps" in failure


def test_a_start_that_is_no_number_is_a_sentence(explosive):
    (failure,) = solve(
        explosive, [Lane("a", np.array([np.nan]), np.array([1.0]), 0.0, 48.0)], TIMES, 1e-6
    ).failures
    assert "not a finite number" in failure


def test_no_state_falls_below_minus_its_absolute_tolerance():
    """A pump that empties a pool far faster than it fills, through a steep switch."""
    from calcis.elementary import hill

    kernel = compile_system(
        trace_equations(
            lambda y, p, q, s: ([1e-6 - 50.0 * hill(y[0], 1e-3, 4)], []), {"pool": (1e-3, False)}, ()
        )
    )
    for rtol in (1e-3, 1e-6):
        solution = solve(
            kernel, [Lane("a", np.zeros(0), np.array([1.0]), 0.0, 48.0)], np.linspace(0, 48, 5000), rtol
        )
        assert solution.failures == (None,)
        # Outputs lie on the interpolant, whose own error is held to one tolerance.
        assert solution.states.min() >= -2.0 * rtol * 1e-3


def test_a_python_if_on_a_state_is_refused_when_traced():
    part = Part(
        "a",
        states={"x": State("1", start=lambda v: 1.0, scale=1.0)},
        rates=lambda v: {"x": 1.0 if v.x > 0 else 0.0},
    )
    with pytest.raises(InputError, match="no Python `if`"):
        trace(assemble([part]))
