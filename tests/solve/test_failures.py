"""What does the solver say when it cannot?  A sentence: who, when, which state, what to do."""

from __future__ import annotations

import math

import numpy as np
import pytest

from calcis.elementary import sqrt, where
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


def test_a_law_that_jumps_back_at_once_is_a_sentence():
    """x rises below zero and falls above: no step can leave zero."""
    kernel = compile_system(
        trace_equations(lambda y, p, q, s: ([0.5 - where(y[0] > 0.0, 1.0, 0.0)], []), {"x": (1.0, True)}, ())
    )
    lane = Lane("a", np.zeros(0), np.array([-1.0]), 0.0, 48.0)
    (failure,) = solve(kernel, [lane], TIMES, 1e-6, max_steps=1000).failures
    assert "'a' stopped at 0.0833" in failure and "to and fro" in failure


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


@pytest.mark.parametrize(
    "law",
    [
        lambda v: 1.0 if v.x > 0 else 0.0,
        lambda v: -1.0 if float(v.x) > 0.5 else 1.0,
        lambda v: max(0.5, float(v.x)),
        lambda v: -math.exp(v.x),
    ],
)
def test_a_python_decision_on_a_state_is_refused_when_traced(law):
    part = Part("a", states={"x": State("1", start=lambda v: 1.0, scale=1.0)}, rates=lambda v: {"x": law(v)})
    with pytest.raises(InputError, match="no Python `if`"):
        trace(assemble([part]))


def test_after_a_failure_no_course_goes_on(explosive):
    """Laws such as max() swallow a NaN; the signals of a failed lane must not."""
    from calcis.elementary import maximum

    kernel = compile_system(
        trace_equations(
            lambda y, p, q, s: ([p[0] * y[0] * y[0]], [maximum(y[0], 0.5), 7.0]),
            {"cell.mass": (1.0, False)},
            ("r",),
            observed=("floored", "constant"),
        )
    )
    solution = solve(kernel, [Lane("b", np.array([0.1]), np.array([1.0]), 0.0, 48.0)], TIMES, 1e-6)
    assert solution.failures[0] is not None
    gone = np.isnan(solution.states[0, :, 0])
    assert gone.any() and np.isnan(solution.signals[0, gone]).all()


def test_a_failure_names_the_state_that_broke():
    kernel = compile_system(
        trace_equations(
            lambda y, p, q, s: ([-0.1 * y[0], sqrt(0.5 - y[1]) + 1.0], []),
            {"calm": (1.0, False), "culprit": (1.0, False)},
            (),
        )
    )
    (failure,) = solve(
        kernel, [Lane("a", np.zeros(0), np.array([1.0, 0.0]), 0.0, 48.0)], TIMES, 1e-6
    ).failures
    assert failure is not None and "culprit" in failure


@pytest.mark.parametrize(
    ("lane", "complaint"),
    [
        (Lane("a", np.zeros(2), np.ones(1), 0.0, 1.0), "1 parameters of 'a'"),
        (Lane("a", np.zeros(1), np.ones(3), 0.0, 1.0), "1 initial values of 'a'"),
        (Lane("a", np.zeros(1), np.ones(1), 1.0, 1.0), "an end after the beginning"),
    ],
)
def test_arrays_of_the_wrong_shape_are_refused(explosive, lane, complaint):
    with pytest.raises(InputError, match=complaint):
        solve(explosive, [lane], TIMES, 1e-6)


def test_output_times_out_of_order_are_refused(explosive):
    with pytest.raises(InputError, match="ascending order"):
        solve(explosive, [Lane("a", np.zeros(1), np.ones(1), 0.0, 48.0)], TIMES[::-1], 1e-6)
