"""Do body and lesion march in turn as if they were one system, and is nothing lost between them?

The reference is one system: body, tissue and the part that gives the one's uptake to the other, solved
together.  The lesion is a hand's breadth wide, so that blood feels it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from calcis.case import packaged, read_case_text
from calcis.part import assemble
from calcis.simulate import Pace, coupling, simulate
from calcis.simulate.case_run import coupling_of, rooms_of
from calcis.simulate.lesion import volume_of
from calcis.simulate.numbers import Numbers
from calcis.solve.integrate import solve
from calcis.solve.kernel import compile_system
from calcis.solve.schedule import Lane
from calcis.solve.system import trace
from calcis.tissue.uptake import uptake

CASE = """
calcis: 1
person: {age: 54 y, sex: female, mass: 68 kg}
body: peterson_riggs_2010
lesion:
  tissue: skeletal_muscle
  injury: {kind: trauma, at: 1 d, shape: {cone: {diameter: 20 cm, depth: 10 cm}}, killed: 0.6}
arms:
  failed clearance: [changes: {macrophage_competence: 0.05}]
organs: none
run: {duration: 10 d, every: 6 h, tolerance: 1e-8}
"""


@pytest.fixture(scope="module")
def case():
    return read_case_text(CASE, "case")


@pytest.fixture(scope="module")
def rooms(case):
    return rooms_of(case, Numbers(case, packaged().parameters(case.body)), packaged())


@pytest.fixture(scope="module")
def together(case, rooms):
    """Plasma calcium and phosphate of the one system."""
    body, lesion = rooms["body"], rooms["lesion"]
    parts = [
        part for part in (*body.model.parts.values(), *lesion.model.parts.values()) if part.name != "ledger"
    ]
    model = assemble([*parts, uptake(volume_of(case.lesion.injury))])
    values, start = {}, {}
    for room in (body, lesion):
        values |= dict(zip(room.model.parameters, room.lanes[0].parameters, strict=True))
        start |= dict(zip(room.model.states, room.lanes[0].start, strict=True))
    of_lesion, of_both = list(lesion.model.states), list(model.states)
    jumps = [
        replace(
            jump,
            target=of_both.index(of_lesion[jump.target]),
            source=None if jump.source is None else of_both.index(of_lesion[jump.source]),
        )
        for jump in rooms["lesion"].lanes[0].jumps
        if of_lesion[jump.target] in of_both
    ]
    lane = Lane(
        "both",
        np.array([values[name] for name in model.parameters]),
        np.array([start[name] for name in model.states]),
        0.0,
        case.run.duration,
        jumps=jumps,
    )
    found = solve(compile_system(trace(model)), [lane], np.array(case.run.times), 1e-10)
    assert found.failures == (None,)
    return plasma(found.states[0], model)


def plasma(states, model):
    names = list(model.states)
    return states[:, [names.index("plasma.calcium"), names.index("plasma.phosphate")]]


def coupled(case, rooms):
    """Plasma calcium and phosphate of body and lesion in turn, and the number of intervals."""
    both = coupling_of(case, rooms, threads=1)
    steps = 0
    while both.going:
        both.step()
        steps += 1
    return plasma(both.body.solution().states[0], rooms["body"].model), steps


def test_the_coupling_is_of_second_order(case, rooms, together, monkeypatch):
    """Halving the interval quarters the error, as long as the solver's own (1e-8) is far below it.

    Inflamed tissue of this size turns plasma over in an hour or two: intervals must be well below that.
    """
    monkeypatch.setattr(coupling, "IN_TRANSIT", np.inf)
    errors = []
    monkeypatch.setattr(coupling, "LONGEST_SHARE", 0.0)
    for interval in (1 / 4, 1 / 8, 1 / 16):
        monkeypatch.setattr(coupling, "FIRST", interval)
        monkeypatch.setattr(coupling, "LONGEST", interval)
        found, _ = coupled(case, rooms)
        errors.append(np.abs(found / together - 1.0).max())
    print("relative errors of plasma at 1/4, 1/8, 1/16 h:", errors)
    orders = np.log2(np.array(errors[:-1]) / errors[1:])
    assert errors[-1] > 1e-7
    assert (orders > 1.7).all() and (orders < 2.5).all()


@pytest.mark.parametrize("tolerance", ["1e-4", "1e-6"])
def test_intervals_adapt_so_that_plasma_is_as_right_as_what_may_be_in_transit(tolerance, together):
    case = read_case_text(CASE.replace("1e-8", tolerance), "case")
    rooms = rooms_of(case, Numbers(case, packaged().parameters(case.body)), packaged())
    found, steps = coupled(case, rooms)
    error = np.abs(found / together - 1.0).max()
    print("tolerance", tolerance, "relative error of plasma", error, "intervals", steps)
    assert error < coupling.IN_TRANSIT * case.run.tolerance


def test_intervals_know_neither_outputs_nor_checkpoints(tmp_path, monkeypatch):
    """Outputs hold the interpolant to the tolerance, and so may move steps within it, but no exchange."""
    exchanges = []
    step = coupling.Coupling.step

    def noted(self):
        step(self)
        exchanges[-1].append(float(self.clock.time[0]))

    monkeypatch.setattr(coupling.Coupling, "step", noted)
    runs = []
    for every, pace in (("1 h", Pace(seconds=0.0)), ("1 h", Pace()), ("24 h", Pace())):
        exchanges.append([])
        text = CASE.replace("every: 6 h", f"every: {every}").replace("1e-8", "1e-6")
        runs.append(simulate(read_case_text(text, "case"), tmp_path, pace=pace))
    kept, often, seldom = (run["failed clearance"] for run in runs)
    assert exchanges[0] == exchanges[1]
    assert np.allclose(exchanges[1], exchanges[2], rtol=1e-4) and len(exchanges[0]) > 100
    for name, series in often.lesion_series.items():
        assert np.array_equal(series.values, kept.lesion_series[name].values), name
    mineral = often.lesion_series["mineral_total"].values[::24]
    assert np.allclose(mineral, seldom.lesion_series["mineral_total"].values, rtol=1e-5, atol=1e-5)


def test_what_moved_is_in_the_body_in_the_lesion_or_in_transit():
    """The books of a lesion that blood feels, those of the body, and those between them."""
    ledger = simulate(read_case_text(CASE.replace("1e-8", "1e-6"), "case"))["failed clearance"].ledger
    assert {"exchange.calcium", "exchange.phosphate", "body.calcium", "lesion.calcium"} <= ledger.keys()
    # 1e-9 is promised; rounding of a few thousand steps is far below.
    assert max(ledger.values()) < 1e-11
