"""Does a lane's result depend on anything but the lane?  Not on threads, batch, place or pauses."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import numpy as np
import pytest

from calcis.errors import InputError
from calcis.solve.integrate import Integration, solve
from calcis.solve.kernel import compile_system
from calcis.solve.schedule import Drive, Infusion, Jump, Lane
from calcis.solve.system import trace_equations

TIMES = np.linspace(0.0, 40.0, 81)


@pytest.fixture(scope="module")
def kernel():
    """A drug's depot and plasma with saturable elimination, and what it does to a target."""

    def equations(y, p, q, s):
        absorbed, lost = p[0] * y[0], p[1] * y[1] / (1.0 + y[1])
        return [-absorbed + q[1], absorbed - lost, 1.0 - (1.0 + y[1]) * y[2]], [y[1] * 2.0]

    states = {"depot": (1e-3, False), "plasma": (1e-3, False), "target": (1e-2, False)}
    return compile_system(
        trace_equations(
            equations, states, ("absorption", "elimination"), controls=2, infused=(0,), observed=("twice",)
        )
    )


def lanes(count):
    rng = np.random.default_rng(7)
    return [
        Lane(
            f"person {i}",
            np.array([0.5, 1.0]) * np.exp(0.3 * rng.standard_normal(2)),
            np.array([0.0, 0.0, 1.0]),
            0.0,
            40.0,
            jumps=[Jump(t, 0, 3.0) for t in np.arange(rng.integers(1, 9)) * 4.7],
            infusions=[Infusion(2.5, 11.0, 0, 0.4)] if i % 3 else [],
        )
        for i in range(count)
    ]


def test_bits_do_not_depend_on_threads_batch_or_place(kernel):
    everyone = lanes(600)
    together = solve(kernel, everyone, TIMES, 1e-6, threads=2)
    alone = solve(kernel, everyone, TIMES, 1e-6, threads=1)
    assert np.array_equal(together.states, alone.states)
    assert np.array_equal(together.signals, alone.signals)
    for i in (0, 3, 299, 599):
        single = solve(kernel, [everyone[i]], TIMES, 1e-6)
        assert np.array_equal(single.states[0], together.states[i])
    backwards = solve(kernel, everyone[::-1], TIMES, 1e-6)
    assert np.array_equal(backwards.states[::-1], together.states)


def test_a_pause_changes_no_bit_and_a_stop_is_a_stop(kernel):
    everyone = lanes(20)
    whole = solve(kernel, everyone, TIMES, 1e-6)
    shares = []
    paused = solve(kernel, everyone, TIMES, 1e-6, rounds=7, watch=shares.append)
    assert len(shares) > 5 and shares == sorted(shares) and shares[-1] == 1.0
    assert np.array_equal(paused.states, whole.states)
    stop = np.zeros(1, np.int64)
    part = solve(kernel, everyone, TIMES, 1e-6, rounds=7, stop=stop, watch=lambda share: stop.fill(1))
    assert not part.finished and np.isnan(part.states[:, -1]).all()


def halted(kernel, everyone, cuts):
    """All lanes marched through intervals that end at `cuts` (h), each lane's own a little later."""
    found = Integration(kernel, everyone, TIMES, 1e-6)
    for begin, end in pairwise(cuts):
        found.advance(intervals(everyone, begin, end))
    return found


def intervals(everyone, begin, end):
    def own(time, i):
        return time if time in (0.0, 40.0) else time + 0.01 * i

    return [lane.during(own(begin, i), own(end, i)) for i, lane in enumerate(everyone)]


def test_intervals_are_within_the_tolerance_and_a_restored_one_goes_on_to_the_same_bits(kernel):
    """Intervals end steps, no more; events on their borders happen once, and outputs there see them."""
    everyone = lanes(20)
    cuts = (0.0, 2.5, 4.7, 11.0, 11.5, 30.0, 40.0)  # doses and infusions begin and end on some
    whole = halted(kernel, everyone, cuts)
    once = solve(kernel, everyone, TIMES, 1e-6)
    # Both are within a few tolerances of the truth, and so of each other.
    assert np.allclose(whole.states, once.states, rtol=1e-5, atol=1e-8)
    assert np.allclose(whole.signals, once.signals, rtol=1e-5, atol=1e-8)
    part = halted(kernel, everyone, cuts[:4])
    again = Integration(kernel, everyone, TIMES, 1e-6)
    again.restore(part.moment(), part.states, part.signals)
    before = again.moment()
    again.advance(intervals(everyone, 11.0, 20.0))  # thought better of
    for lane in range(20):
        again.back(before, lane)
    for begin, end in pairwise(cuts[3:]):
        again.advance(intervals(everyone, begin, end))
    assert np.array_equal(again.states, whole.states) and np.array_equal(again.signals, whole.signals)


def test_lanes_that_rest_stay_where_they_are(kernel):
    everyone = lanes(3)
    found = Integration(kernel, everyone, TIMES, 1e-6)
    found.advance([everyone[0], None, everyone[2].during(0.0, 5.0)])
    states = found.solution().states
    assert np.isfinite(states[0]).all() and np.isnan(states[1]).all()
    assert np.array_equal(found.y[1], everyone[1].start)
    assert np.isfinite(states[2, TIMES < 5.0]).all() and np.isnan(states[2, TIMES >= 5.0]).all()


def test_doses_are_hit_exactly_and_nothing_is_lost():
    """A linear drug without elimination: what is given is what is there, whenever one looks."""
    kernel = compile_system(
        trace_equations(
            lambda y, p, q, s: ([-0.3 * y[0] + q[1], 0.3 * y[0]], []),
            {"depot": (1e-3, False), "gone": (1e-3, False)},
            (),
            controls=2,
            infused=(0,),
        )
    )
    doses = [Jump(t, 0, 5.0) for t in (0.0, 1.0, 2.5, 33.0)]
    drip = Infusion(10.0, 20.0, 0, 0.7)
    lane = Lane("x", np.zeros(0), np.zeros(2), 0.0, 40.0, jumps=doses, infusions=[drip])
    times = np.array([0.0, 0.5, 1.0, 2.5, 9.9, 15.0, 20.0, 33.0, 40.0])
    solution = solve(kernel, [lane], times, 1e-8)
    given = np.array(
        [sum(5.0 for jump in doses if jump.time <= t) + 0.7 * np.clip(t - 10.0, 0, 10.0) for t in times]
    )
    # A Rosenbrock method keeps a linear balance to rounding; inside a step so does its interpolant.
    assert np.allclose(solution.states[0].sum(axis=1), given, rtol=0, atol=1e-12)
    assert solution.states[0, 0, 0] == 5.0  # an output at a dose's time sees the dose


def test_an_injury_moves_a_share(kernel):
    lane = replace(
        lanes(1)[0], jumps=[Jump(4.0, 0, 8.0), Jump(5.0, 2, -0.25, source=2), Jump(5.0, 1, 0.25, source=2)]
    )
    before, after = solve(kernel, [lane], np.array([5.0 - 1e-9, 5.0]), 1e-9).states[0]
    assert after[2] == pytest.approx(0.75 * before[2], rel=1e-7)
    assert after[1] - before[1] == pytest.approx(0.25 * before[2], rel=1e-7)


def test_driven_inputs_are_followed_through_their_pieces():
    """y' = u(t): with u a quartic on each piece the integral is exact to rounding."""
    from calcis.part import Part, State, assemble
    from calcis.solve.system import trace

    part = Part("sink", states={"sum": State("mmol", start=lambda v: 0.0, scale=1.0)}, needs={"u": "mmol/h"},
                rates=lambda v: {"sum": v.u})  # fmt: skip
    kernel = compile_system(trace(assemble([part], {"u": "mmol/h"})))
    starts, ends = np.array([0.0, 3.0, 4.0]), np.array([3.0, 4.0, 10.0])
    coefficients = np.random.default_rng(3).uniform(0.1, 1.0, (3, 1, 5)) * 10.0 ** -np.arange(5)
    lane = Lane("x", np.zeros(0), np.zeros(1), 0.0, 10.0, drive=Drive(starts, ends, coefficients))
    # The start lies inside the first piece of an earlier drive too: shifting the origin must not matter.
    found = solve(kernel, [lane], np.array([10.0]), 1e-6).states[0, -1, 0]
    powers = np.arange(1, 6)
    exact = sum(
        (c[0] * (e - s) ** powers / powers).sum() for s, e, c in zip(starts, ends, coefficients, strict=True)
    )
    assert found == pytest.approx(exact, rel=1e-12)
    late = Lane("x", np.zeros(0), np.zeros(1), 1.0, 3.5, drive=Drive(starts, ends, coefficients))
    found = solve(kernel, [late], np.array([3.5]), 1e-6).states[0, -1, 0]
    first = (coefficients[0, 0] * (3.0**powers - 1.0**powers) / powers).sum()
    assert found == pytest.approx(first + (coefficients[1, 0] * 0.5**powers / powers).sum(), rel=1e-12)


def test_events_before_the_beginning_are_refused(kernel):
    with pytest.raises(InputError, match=r"events from 0\.0 h on"):
        solve(kernel, [replace(lanes(1)[0], jumps=[Jump(-1.0, 0, 1.0)])], TIMES, 1e-6)
    with pytest.raises(InputError, match="into a dosable state"):
        solve(kernel, [replace(lanes(1)[0], infusions=[Infusion(0.0, 1.0, 2, 1.0)])], TIMES, 1e-6)


def test_a_driven_system_equals_the_coupled_one():
    """A steep signal of the first system drives the second: the polynomials follow it to the tolerance."""
    from calcis.elementary import hill
    from calcis.part import Part, Signal, State, assemble
    from calcis.solve.drive import Recorder, drive
    from calcis.solve.system import trace

    def ramp(v):
        return {"x": 1.0 + 0.0 * v.x}

    source = Part(
        "source",
        states={"x": State("1", start=lambda v: 1.0, scale=1.0)},
        gives={"u": Signal("1", lambda v: hill(v.x, 50.0, 20.0))},
        rates=ramp,
    )
    follower = Part(
        "follower",
        states={"y": State("1", start=lambda v: 0.0, scale=1e-2)},
        needs={"u": "1"},
        rates=lambda v: {"y": v.u - v.y},
    )
    times = np.linspace(0.0, 100.0, 101)
    first = compile_system(trace(assemble([source]), ["u"]))
    lane = Lane("a", np.zeros(0), np.ones(1), 0.0, 100.0)
    second = compile_system(trace(assemble([follower], {"u": "1"})))
    both = compile_system(trace(assemble([source, follower])))
    whole = solve(both, [Lane("a", np.zeros(0), np.array([1.0, 0.0]), 0.0, 100.0)], times, 1e-9).states[
        0, :, 1
    ]
    for rtol in (1e-4, 1e-6):
        (rows,) = Integration(first, [lane], times, rtol).advance([lane], record=Recorder(first, ["u"], rtol))
        driven = replace(lane, start=np.zeros(1), drive=drive(rows, lane.end))
        found = solve(second, [driven], times, rtol).states[0, :, 0]
        # One tolerance for the polynomial, one for the solver, doubled for what each carries on.
        assert np.abs(found - whole).max() <= 4.0 * rtol
