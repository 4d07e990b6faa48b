"""Does the published body keep its masses, stay finite and stay positive, in any state?"""

from __future__ import annotations

import math
import random
from typing import Any

import pytest

from calcis.body.peterson_riggs_2010 import PARTS
from calcis.drugs import drug_part
from calcis.parameters import data_path, read_parameters
from calcis.part import Point, assemble

DENOSUMAB = drug_part("denosumab")
TERIPARATIDE = drug_part("teriparatide")

DRUGS = (DENOSUMAB, TERIPARATIDE)
INPUTS = {"calcium_uptake_tissue": "mmol/h", "phosphate_uptake_tissue": "mmol/h"}
MODEL = assemble([*PARTS, *DRUGS], INPUTS)
NONE = dict.fromkeys(INPUTS, 0.0)


def _numbers() -> dict[str, float]:
    found = read_parameters(
        data_path("body", "peterson_riggs_2010.yaml"), {part.name: part.parameters for part in PARTS}
    )
    for drug in DRUGS:
        found |= read_parameters(data_path("drugs", f"{drug.name}.yaml"), {drug.name: drug.parameters})
    return {name: parameter.value for name, parameter in found.items()}


NUMBERS = _numbers()
NORMAL = {name: float(value) for name, value in MODEL.start(NUMBERS).items()}


def anywhere(seed: int) -> Point:
    """The body in a random state, each within a factor of ten of normal, with every hook in use."""
    dice = random.Random(seed)
    states = {name: (value or 100.0) * 10 ** dice.uniform(-1, 1) for name, value in NORMAL.items()}
    numbers = NUMBERS | {
        "bone_mineral.extra_release": dice.uniform(0, 3),
        "plasma.pthrp": dice.uniform(0, 20),
        "calcitriol.infusion": dice.uniform(0, 200),
        "oestrogen.ageing": 1.0,
    }
    taken = {"calcium_uptake_tissue": dice.uniform(-1, 1), "phosphate_uptake_tissue": dice.uniform(-1, 1)}
    return MODEL.at(states, numbers, taken, time=dice.uniform(0, 2e5))


def closes(defect: float, flows: list[float]) -> bool:
    """Is a balance zero to rounding?  Each flow is in it twice; 20 additions, half an ulp each."""
    return abs(defect) <= 20 * 2.0**-53 * 2 * math.fsum(map(abs, flows))


@pytest.mark.parametrize("seed", range(50))
def test_calcium_is_kept(seed: int) -> None:
    point = anywhere(seed)
    rates, signal = point.rates(), point.signal
    stores = ("plasma.calcium", "gut.calcium", "bone_mineral.exchangeable", "bone_mineral.deep")
    gained = math.fsum(rates[store] for store in stores)
    net = signal("calcium_uptake_gut") - signal("calcium_urine") - signal("calcium_uptake_tissue")
    flows = ["calcium_uptake_gut", "calcium_urine", "calcium_absorbed", "bone_calcium_release"]
    flows += ["bone_calcium_uptake", "bone_calcium_to_deep", "bone_calcium_from_deep"]
    assert closes(gained - net, [signal(flow) for flow in flows])


@pytest.mark.parametrize("seed", range(50))
def test_phosphate_is_kept_with_what_bone_holds(seed: int) -> None:
    point = anywhere(seed)
    rates, signal = point.rates(), point.signal
    stores = ("plasma.phosphate", "gut.phosphate", "intracellular_phosphate.phosphate")
    bone = rates["bone_mineral.exchangeable"] + rates["bone_mineral.deep"]
    gained = math.fsum(
        [*(rates[store] for store in stores), NUMBERS["bone_mineral.phosphate_per_calcium"] * bone]
    )
    net = signal("phosphate_uptake_gut") - signal("phosphate_urine") - signal("phosphate_uptake_tissue")
    flows = ["phosphate_uptake_gut", "phosphate_urine", "phosphate_absorbed", "bone_phosphate_release"]
    flows += ["bone_phosphate_uptake", "bone_calcium_to_deep", "bone_calcium_from_deep"]
    flows += ["phosphate_uptake_cells", "phosphate_release_cells"]
    assert closes(gained - net, [signal(flow) for flow in flows])


def test_starts_in_a_steady_state() -> None:
    """1e-4 per hour of each state: the published start is rounded to about that."""
    rates = MODEL.at(NORMAL, NUMBERS, NONE).rates()
    for name, rate in rates.items():
        assert abs(rate) <= 1e-4 * abs(NORMAL[name]), name


def test_drugs_not_given_change_nothing() -> None:
    alone = assemble(PARTS)
    rates = MODEL.at(NORMAL, NUMBERS, NONE).rates()
    assert alone.at(NORMAL, NUMBERS).rates() == {name: rates[name] for name in alone.states}


def below(name: str) -> float:
    """The undershoot below zero that a solver may leave."""
    return -1e-9 * MODEL.states[name].scale


@pytest.mark.parametrize("which", ["all", *MODEL.states])
@pytest.mark.parametrize("undershoot", [False, True])
def test_laws_and_their_derivatives_are_finite_at_zero_and_just_below(
    which: str, undershoot: bool, traced: Any
) -> None:
    names = list(NORMAL) if which == "all" else [which]
    states = NORMAL | {name: below(name) if undershoot else 0.0 for name in names}
    assert all(math.isfinite(rate) for rate in MODEL.at(states, NUMBERS, NONE).rates().values())
    assert all(map(math.isfinite, traced(list(states.values())).nonzeros()))


@pytest.fixture(scope="module")
def traced() -> Any:
    """The exact Jacobian as a function of the states."""
    import casadi

    states = {name: casadi.SX.sym(name) for name in MODEL.states}
    rates = MODEL.at(states, NUMBERS, NONE).rates()
    vector = casadi.vertcat(*states.values())
    return casadi.Function("j", [vector], [casadi.jacobian(casadi.vertcat(*rates.values()), vector)])


@pytest.mark.parametrize("seed", range(10))
def test_nothing_that_is_used_up_falls_below_zero(seed: int) -> None:
    """A state at zero does not fall, whatever the others are; but for two published laws.

    The exchangeable pool is declared signed; uptake of phosphate by bone ignores phosphate.
    """
    somewhere = anywhere(seed)
    for name, state in MODEL.states.items():
        if state.signed or name == "plasma.phosphate":
            continue
        states = {**somewhere.states, name: 0.0}
        rate = MODEL.at(states, somewhere.parameters, NONE, somewhere.time).rates()[name]
        assert rate >= 0.0, name
