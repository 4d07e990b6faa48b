"""Does the body of Calcis keep its masses, and are its laws finite, in any state?"""

from __future__ import annotations

import math
import random
from typing import Any

import casadi
import pytest

from calcis.part import Point
from tests.body.calcis_courses import BODY, INPUTS, NUMBERS

NONE = dict.fromkeys(INPUTS, 0.0)
NORMAL = {name: float(value) for name, value in BODY.start(NUMBERS).items()}


def anywhere(seed: int) -> Point:
    """The body in a random state, each within a factor of three of normal, with every hook in use."""
    dice = random.Random(seed)
    states = {name: (value or 1.0) * 3 ** dice.uniform(-1, 1) for name, value in NORMAL.items()}
    moved = {
        "plasma.calcium_infusion": 1.0,
        "plasma.phosphate_infusion": 2.0,
        "dialysis.phosphate_clearance": 3.0,
        "dialysis.calcium_clearance": 3.0,
        "dialysis.magnesium_clearance": 3.0,
        "acid_base.alkali_intake": 10.0,
        "plasma.pthrp": 20.0,
        "bone_mineral.osteolysis": 3.0,
        "bone_cells.uncoupling": 0.5,
        "bone_cells.resorption_block": 0.9,
        "extracellular_fluid.saline_infusion": 0.2,
        "kidney.filtration_rate": 6.0,
        "gut.calcium_intake_factor": 5.0,
        "gut.phosphate_unbound_fraction": 1.0,
    }
    changed = {name: dice.uniform(0.1, 1.0) * most for name, most in moved.items()}
    taken = {"calcium_uptake_tissue": dice.uniform(-1, 1), "phosphate_uptake_tissue": dice.uniform(-1, 1)}
    return BODY.at(states, {**NUMBERS, **changed}, taken)


def closes(gained: float, net: float, flows: list[float]) -> bool:
    """Is a balance zero to rounding?  Each flow is in it twice; 20 additions, half an ulp each."""
    return abs(gained - net) <= 20 * 2.0**-53 * 2 * math.fsum(map(abs, flows))


@pytest.mark.parametrize("seed", range(30))
def test_masses_are_kept_in_any_state(seed: int) -> None:
    point = anywhere(seed)
    rates, signal = point.rates(), point.signal
    mineral, surface = rates["bone_mineral.mineral"], rates["bone_mineral.surface"]
    inside = [
        "bone_calcium_release",
        "bone_calcium_formation",
        "bone_surface_uptake",
        "phosphate_uptake_cells",
        "phosphate_exchanged_cells",
        "phosphate_released_lysis",
    ]
    calcium = {"calcium_absorbed": 1, "calcium_infused": 1, "calcium_urine": -1, "calcium_dialysed": -1}
    calcium |= {"calcium_lost_gut_and_skin": -1, "calcium_uptake_tissue": -1}
    phosphate = {"phosphate_absorbed": 1, "phosphate_infused": 1, "phosphate_urine": -1}
    phosphate |= {"phosphate_dialysed": -1, "phosphate_uptake_tissue": -1}
    magnesium = {"magnesium_absorbed": 1, "magnesium_urine": -1, "magnesium_dialysed": -1}
    in_bone = NUMBERS["bone_mineral.phosphate_per_calcium_mineral"] * mineral
    in_bone += NUMBERS["bone_mineral.phosphate_per_calcium_surface"] * surface
    stored = {
        "calcium": rates["plasma.calcium"] + mineral + surface,
        "phosphate": rates["plasma.phosphate"]
        + rates["cells.phosphate"]
        + rates["cells.dying_phosphate"]
        + in_bone,
        "magnesium": rates["plasma.magnesium"] + rates["cells.magnesium"],
    }
    for what, flows in (("calcium", calcium), ("phosphate", phosphate), ("magnesium", magnesium)):
        net = math.fsum(share * signal(flow) for flow, share in flows.items())
        sizes = [signal(flow) for flow in [*flows, *inside, "magnesium_uptake_cells"]]
        assert closes(stored[what], net, sizes), what


def test_calcium_in_plasma_is_calcium_in_the_fluid() -> None:
    """The root of the binding equation, put back: free and complexed in the fluid, bound where protein is."""
    for seed in range(30):
        point = anywhere(seed)
        signal = point.signal
        fluid = signal("extracellular_volume") * signal("calcium_ultrafilterable_plasma")
        bound = signal("calcium_protein_bound_plasma") * signal("extracellular_volume_relative")
        whole = fluid + NUMBERS["calcium_binding.albumin_volume"] * bound
        assert whole == pytest.approx(signal("calcium_extracellular"), rel=1e-13)


@pytest.fixture(scope="module")
def jacobian() -> Any:
    y = [casadi.SX.sym(name) for name in NORMAL]
    rates = BODY.at(dict(zip(NORMAL, y, strict=True)), NUMBERS, NONE).rates()
    vector = casadi.vertcat(*(casadi.SX(rate) for rate in rates.values()))
    return casadi.Function("jacobian", y, [casadi.jacobian(vector, casadi.vertcat(*y))])


# The fluid is divided by: a person without any is none.
VANISHING = [name for name in NORMAL if name != "extracellular_fluid.relative_volume"]


@pytest.mark.parametrize("which", ["all", *VANISHING])
@pytest.mark.parametrize("undershoot", [0.0, -1e-9])
def test_laws_and_their_derivatives_are_finite_at_zero_and_just_below(
    which: str, undershoot: float, jacobian: Any
) -> None:
    names = VANISHING if which == "all" else [which]
    states = NORMAL | {name: undershoot * BODY.states[name].scale for name in names}
    assert all(math.isfinite(rate) for rate in BODY.at(states, NUMBERS, NONE).rates().values())
    assert all(map(math.isfinite, jacobian(*states.values()).nonzeros()))
