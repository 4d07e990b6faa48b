"""Laws of mineral as a Part: a culture dish, compiled and solved, conserves matter and ripens."""

import numpy as np
import pytest

from calcis.chemistry.inhibition import dose, growth_left, inhibitors, threshold_shift
from calcis.chemistry.kinetics import (
    constants,
    excess,
    threshold_formation,
    threshold_redissolution,
    transformation,
)
from calcis.chemistry.mineral import minerals, saturation_index
from calcis.elementary import log10, maximum
from calcis.part import Part, Signal, State, assemble
from calcis.solve.integrate import solve
from calcis.solve.kernel import compile_system
from calcis.solve.schedule import Lane
from calcis.solve.system import trace

AMORPHOUS = minerals()["amorphous_calcium_phosphate"]
APATITE = minerals()["hydroxyapatite"]
PYROPHOSPHATE = inhibitors()["pyrophosphate"]
CALCIUM_ACTIVITY, PHOSPHATE_ACTIVITY = 0.33e-3, 2.1e-9  # activity (mol/L) per mmol/L at pH 7.4
PHOSPHATE = AMORPHOUS.per_calcium("phosphate")
WIDTH = 0.02


def _index(mineral, v):
    activities = {
        "calcium": log10(CALCIUM_ACTIVITY * maximum(v.calcium, 1e-9)),
        "phosphate": log10(PHOSPHATE_ACTIVITY * maximum(v.phosphate, 1e-9)),
        "OH-": -6.2,
        "hydrogen": -7.4,
    }
    return saturation_index(mineral, activities)


def _above(v):
    threshold = -1.2 + threshold_shift([dose(v.pyrophosphate, PYROPHOSPHATE.half_nucleation)])
    return excess(_index(AMORPHOUS, v), threshold, 5)


def _forms(v):
    formed = threshold_formation(v.sites, _above(v), WIDTH)
    return formed - threshold_redissolution(v.redissolution, v.amorphous, _above(v), WIDTH)


def _ripens(v):
    left = growth_left([dose(v.pyrophosphate, PYROPHOSPHATE.half_growth)])
    return left * transformation(v.ripening, v.amorphous, _index(APATITE, v), 9)


DISH = Part(
    name="dish",
    states={
        "calcium": State("mmol/L", start=lambda v: 1.8, scale=1e-6),
        "phosphate": State("mmol/L", start=lambda v: 3.8, scale=1e-6),
        "amorphous": State("mmol/L", start=lambda v: 0.0, scale=1e-6),
        "apatite": State("mmol/L", start=lambda v: 0.0, scale=1e-6),
    },
    parameters={"sites": "mmol/L/h", "redissolution": "1/h", "ripening": "1/h", "pyrophosphate": "mmol/L"},
    gives={"saturation": Signal("1", lambda v: _index(AMORPHOUS, v))},
    rates=lambda v: {
        "calcium": -_forms(v),
        "phosphate": -PHOSPHATE * _forms(v) + (PHOSPHATE - APATITE.per_calcium("phosphate")) * _ripens(v),
        "amorphous": _forms(v) - _ripens(v),
        "apatite": _ripens(v),
    },
)
RIPENING = constants()["transformation.octacalcium_to_apatite"].value


def _run(pyrophosphate, start=(1.8, 3.8, 0.0, 0.0)):
    model = assemble([DISH])
    numbers = {"sites": 0.1, "redissolution": 2.0, "ripening": RIPENING, "pyrophosphate": pyrophosphate}
    values = np.array([numbers[name.partition(".")[2]] for name in model.parameters])
    lane = Lane("it", values, start=np.array(start), begin=0.0, end=216.0, jumps=[])
    kernel = compile_system(trace(model, observed=["saturation"]))
    courses = solve(kernel, [lane], times=np.array([0.0, 1.0, 24.0, 216.0]), rtol=1e-8)
    states = dict(zip((name.partition(".")[2] for name in model.states), courses.states[0].T, strict=True))
    return states, courses.signals[0, :, 0]


def test_a_dish_conserves_calcium_and_phosphate():
    states, _ = _run(0.0)
    calcium = states["calcium"] + states["amorphous"] + states["apatite"]
    phosphate = (
        states["phosphate"]
        + PHOSPHATE * states["amorphous"]
        + APATITE.per_calcium("phosphate") * states["apatite"]
    )
    assert calcium == pytest.approx(1.8, rel=1e-6) and phosphate == pytest.approx(3.8, rel=1e-6)
    assert states["apatite"][-1] > 0.3


def test_a_dish_stops_at_its_threshold():
    _, saturation = _run(0.0)
    assert saturation[0] > saturation[-1] and saturation[-1] == pytest.approx(-1.2, abs=0.2)


def test_pyrophosphate_spares_a_dish():
    plain, _ = _run(0.0)
    spared, _ = _run(3.3e-3)
    assert spared["apatite"][-1] < 0.5 * plain["apatite"][-1]


def test_without_saturation_amorphous_mineral_goes_and_apatite_stays():
    states, _ = _run(0.0, start=(0.3, 0.3, 0.2, 0.5))
    assert states["amorphous"][-1] == pytest.approx(0.0, abs=1e-3)
    assert states["apatite"][-1] >= 0.5
