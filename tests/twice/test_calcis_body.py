"""Do the Parts of the body of Calcis and their plain twin give the same rates, in any state and disease?"""

from __future__ import annotations

import math
import random

import pytest

from tests.body.calcis_courses import BODY, INPUTS, NUMBERS
from tests.twice import calcis_body_plain as plain

# States of the twin -> those of the Parts, and how many of the first make one of the second.
NAMES = {
    **{"Ca": "plasma.calcium", "Pe": "plasma.phosphate", "Mg": "plasma.magnesium"},
    **{"Pc": "cells.phosphate", "Mc": "cells.magnesium"},
    **{"Q": "bone_mineral.surface", "Bn": "bone_mineral.mineral", "W": "bone_mineral.surface_release"},
    **{"a": "bone_cells.osteoclasts", "b": "bone_cells.osteoblasts"},
    **{"S": "parathyroid_gland.store", "H": "parathyroid_gland.pth"},
    **{"Y": "parathyroid_gland.synthesis", "G": "parathyroid_gland.mass"},
    **{"E": "vitamin_d.hydroxylase", "D": "vitamin_d.calcitriol", "N": "vitamin_d.calcidiol"},
    **{"F": "fgf23.fgf23", "R": "gut.transport", "v": "extracellular_fluid.relative_volume"},
}
SIZES = {"F": 30.0}  # pg/mL in a pmol/L
HOOKS = {
    **{"Gx": "parathyroid_gland.mass_factor", "sp": "parathyroid_gland.set_point_factor"},
    **{"aut": "parathyroid_gland.autonomous", "spK": "kidney_calcium.set_point_factor"},
    **{"PTHrP": "plasma.pthrp", "unc": "bone_cells.uncoupling", "Rext": "bone_mineral.osteolysis"},
    **{"block": "bone_cells.resorption_block", "sal": "extracellular_fluid.saline_infusion"},
    **{"alk": "kidney_calcium.alkalosis", "ICx": "gut.calcium_intake_factor"},
    **{"IPx": "gut.phosphate_intake_factor", "bind": "gut.phosphate_unbound_fraction"},
    **{"inN": "vitamin_d.supply_factor", "IMx": "gut.magnesium_absorbed_factor"},
    **{"auto": "vitamin_d.extrarenal_hydroxylase", "Cainf": "plasma.calcium_infusion"},
    **{"Pinf": "plasma.phosphate_infusion", "dial": "plasma.phosphate_dialysis"},
}
RANGES = {
    **{"Gx": (0, 10), "sp": (0.8, 1.3), "spK": (0.8, 1.3), "n": (0.05, 1.2), "PTHrP": (0, 25)},
    **{"unc": (0, 1), "Rext": (0, 4), "block": (0, 1), "sal": (0, 0.3), "alk": (0, 0.4), "ICx": (0.2, 5)},
    **{"IPx": (0.2, 2), "bind": (0.5, 1), "inN": (0.1, 12), "IMx": (0, 1), "auto": (0, 3)},
    **{"Cainf": (-1, 1), "Pinf": (0, 8), "dial": (0, 5)},
}


def test_both_start_alike() -> None:
    ours = BODY.start(NUMBERS)
    for state, value in zip(plain.STATES, plain.start(), strict=True):
        if state in NAMES:
            assert ours[NAMES[state]] * SIZES.get(state, 1.0) == pytest.approx(value, rel=1e-12), state


@pytest.mark.parametrize("seed", range(60))
def test_both_give_the_same_rates(seed: int) -> None:
    """1e-9 of what flows through a state; corners that the Parts round differ by that much at most, and
    the mass of the gland, where one span goes over into the other, by 1e-5."""
    dice = random.Random(seed)
    states = {
        name: value * math.exp(dice.uniform(-0.5, 0.5))
        for name, value in zip(plain.STATES, map(float, plain.start()), strict=True)
    }
    states |= {"W": dice.uniform(-0.05, 0.3), "Dp": dice.uniform(0, 50), "T": dice.uniform(0, 40)}
    hooks = {name: dice.uniform(*ends) for name, ends in RANGES.items() if dice.random() < 0.5}
    if dice.random() < 0.5:
        hooks["aut"] = 1.0
    if dice.random() < 0.3:
        hooks["xs"] = dice.uniform(0.9, 1.5)
    expected = plain.rates(0.0, [states[name] for name in plain.STATES], hooks)

    numbers = dict(NUMBERS)
    for name, value in hooks.items():
        if name == "n":
            numbers["kidney.filtration_rate"] = value * NUMBERS["kidney.filtration_rate_normal"]
        elif name == "xs":
            numbers |= {"parathyroid_gland.calcium_clamp": 1.0, "parathyroid_gland.calcium_held": value}
        else:
            numbers[HOOKS[name]] = value
    ours = {name: states[twin] / SIZES.get(twin, 1.0) for twin, name in NAMES.items()}
    drugs = {name: 0.0 for name in BODY.states if name.partition(".")[0] in ("denosumab", "teriparatide")}
    volume = NUMBERS["plasma.teriparatide_volume_distribution"]
    drugs["teriparatide.circulating"] = states["T"] * volume
    found = BODY.at(ours | drugs, numbers, dict.fromkeys(INPUTS, 0.0)).rates()
    for twin, rate in zip(plain.STATES, expected, strict=True):
        if twin not in NAMES:
            continue
        size = max(abs(states[twin]), abs(rate), 1.0)
        near = 1e-5 if twin == "G" else 1e-9
        assert found[NAMES[twin]] * SIZES.get(twin, 1.0) == pytest.approx(rate, abs=near * size), twin


@pytest.mark.parametrize("hook", RANGES)
def test_every_hook_moves_a_rate(hook: str) -> None:
    """So that the comparison above compares it."""
    states = [1.05 * value if value else 0.1 for value in plain.start()]
    before = plain.rates(0.0, states)
    ends = [plain.rates(0.0, states, {hook: end}) for end in RANGES[hook]]
    assert max(abs(end - before).max() for end in ends) > 1e-6
