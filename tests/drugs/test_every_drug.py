"""Does every drug keep its mass, do nothing where none of it is, and act within its bounds where much is?"""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcis.body import body_parts
from calcis.case import packaged
from calcis.drugs import absent, drug_actions, drug_part, with_drugs
from calcis.drugs.action import LAWS
from calcis.drugs.compartments import FILTRATION
from calcis.parameters import data_path, read_parameters
from calcis.part import Model, assemble

DRUGS = sorted(packaged().drugs)
OWN = {name for name in DRUGS if "teriparatide" in name}  # its volume is the body's


def alone(name: str) -> Model:
    """A drug without a body."""
    return assemble([drug_part(name)], drug_part(name).needs)


def numbers(name: str) -> dict[str, float]:
    part = drug_part(name)
    file = data_path("drugs", f"{name}.yaml")
    return {key: one.value for key, one in read_parameters(file, {part.name: part.parameters}).items()}


def inputs(name: str) -> dict[str, float]:
    return {need: 6.0 if need == FILTRATION else 10.0 for need in drug_part(name).needs}


@pytest.mark.parametrize("name", DRUGS)
def test_routes_lead_to_states_that_may_be_dosed(name: str) -> None:
    states = drug_part(name).states
    for state in packaged().drugs[name].routes.values():
        part, _, own = state.partition(".")
        assert part == name
        assert states[own].dosable


@pytest.mark.parametrize("name", [name for name in DRUGS if name not in OWN])
@given(amount=st.lists(st.floats(0, 1e3), min_size=9, max_size=9))
def test_what_leaves_is_eliminated_or_lost_on_the_way(name: str, amount: list[float]) -> None:
    model, part = alone(name), drug_part(name)
    states = dict(zip(model.states, amount, strict=False))
    point = model.at(states, numbers(name), inputs(name))
    rates = point.rates()
    amounts = [key for key in part.states if not key.endswith(("_site", "_escaped"))]
    depots = [key for key in amounts if key not in ("central", "peripheral", "bone_surface", "buried")]
    values = numbers(name)
    lost = 0.0
    for depot in depots:
        share = values.get(f"{name}.bioavailability", values.get(f"{name}.bioavailability_{depot}"))
        assert share is not None
        if f"{name}.first_pass_half" in values:
            half = values[f"{name}.first_pass_half"]
            share = 1 - (1 - share) * half / (half + point.signal(f"{name}_plasma"))
        lost += (1 - share) * -rates[f"{name}.{depot}"]
    central = "central" in part.states
    gone = point.signal(f"{name}_eliminated" if central else f"{name}_absorbed")
    change = sum(rates[f"{name}.{key}"] for key in amounts)
    # Rounding of flows of up to some hundred times the amounts per hour.
    assert change + gone + lost == pytest.approx(0, abs=1e-11 * (1 + sum(amount)))


@pytest.mark.parametrize("name", DRUGS)
def test_where_there_is_none_nothing_is_moved(name: str) -> None:
    model = alone(name)
    point = model.at(dict.fromkeys(model.states, 0.0), numbers(name), inputs(name))
    for action in drug_actions(name):
        assert point.signal(action.signal) == (1.0 if action.times or action.of_log else 0.0)
    assert set(point.rates().values()) == {0.0}


@pytest.mark.parametrize("name", DRUGS)
def test_much_of_it_acts_at_most_as_far_as_its_maximum(name: str) -> None:
    model = alone(name)
    states = {key: 0.0 if key.endswith("_escaped") else 1e9 for key in model.states}
    point, values = model.at(states, numbers(name), inputs(name)), numbers(name)
    for action in drug_actions(name):
        if action.law in ("adds", "binds"):
            continue
        most = values[f"{name}.{action.name}_maximum"]
        full = {"inhibits": 1 - most, "stimulates": 1 + most, "adds up to": most}[action.law]
        # 1e-3: a receptor is never quite full.
        assert point.signal(action.signal) == pytest.approx(full, rel=1e-3, abs=1e-3 * abs(most))


@pytest.mark.parametrize("name", DRUGS)
def test_what_it_moves_is_in_the_bodies_that_it_names(name: str) -> None:
    for body in ("calcis", "peterson_riggs_2010"):
        parts = body_parts(body)
        named = any(action.on.get(body) for action in drug_actions(name))
        if named:
            assert absent(name, body, parts) == ""
            assert {part.name for part in with_drugs(body, parts, [name])} == {*(p.name for p in parts), name}


def test_a_body_without_the_law_refuses_the_drug_in_words() -> None:
    assert absent("zoledronate", "peterson_riggs_2010", body_parts("peterson_riggs_2010")) == (
        "it has no law on which it acts"
    )


@pytest.mark.parametrize("law", LAWS)
def test_every_law_is_used(law: str) -> None:
    actions: list[Any] = [action for name in DRUGS for action in drug_actions(name)]
    assert any(action.law == law for action in actions)
