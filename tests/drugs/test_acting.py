"""Do drugs move what they name, and nothing else; do several of them act as if each were alone?"""

from __future__ import annotations

from dataclasses import replace
from math import exp

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from calcis.body import body_parts
from calcis.drugs import drug_part, with_drugs
from calcis.drugs.acting import treated
from calcis.drugs.action import Action, acting
from calcis.drugs.compartments import compartments
from calcis.parameters import data_path, read_parameters
from calcis.part import Part, Signal, assemble

ORGAN = Part(
    name="organ",
    parameters={"gain": "1", "other": "1"},
    gives={
        "flow": Signal("1", lambda v: v.gain * v.other),
        "twice": Signal("1", lambda v: 2.0 * v.flow),
    },
)
NUMBERS = {"organ.gain": 3.0, "organ.other": 5.0}


def giver(name: str, value: float) -> Part:
    return Part(name=name, gives={name: Signal("1", lambda v: value)})


def action(signal: str, law: str = "inhibits") -> Action:
    return Action(signal, law, "x", {}, signal)


def test_a_number_is_moved_by_factors_then_by_what_is_added() -> None:
    actions = [("organ.gain", action("c", "adds")), ("organ.gain", action("a")), ("organ.gain", action("b"))]
    model = assemble([*treated([ORGAN], actions), giver("a", 0.5), giver("b", 0.25), giver("c", 2.0)])
    assert model.at({}, NUMBERS).signal("flow") == (3.0 * 0.5 * 0.25 + 2.0) * 5.0


def test_a_signal_is_moved_once_for_all_who_read_it() -> None:
    model = assemble([*treated([ORGAN], [("flow", action("a"))]), giver("a", 0.5)])
    point = model.at({}, NUMBERS)
    assert (point.signal("flow"), point.signal("twice")) == (7.5, 15.0)


def test_parts_on_which_nothing_acts_are_the_same_objects() -> None:
    parts = body_parts("calcis")
    found = with_drugs("calcis", parts, ["cinacalcet"])
    moved = [old.name for old, new in zip(parts, found, strict=False) if old is not new]
    assert moved == ["parathyroid_gland"]
    assert all(old is new for old, new in zip(parts, with_drugs("calcis", parts, []), strict=True))


def test_a_drug_moves_only_what_it_names() -> None:
    """Calcitonin moves release, capacity, and what is made of them."""
    parts = body_parts("calcis")
    files = [data_path("body", "calcis.yaml"), data_path("drugs", "calcitonin.yaml")]
    units = [
        {part.name: part.parameters for part in parts},
        {"calcitonin": drug_part("calcitonin").parameters},
    ]
    values = {
        name: one.value
        for file, unit in zip(files, units, strict=True)
        for name, one in read_parameters(file, unit).items()
    }
    model = assemble(with_drugs("calcis", parts, ["calcitonin"]))
    start = model.start(values)
    without, given = model.at(start, values), model.at({**start, "calcitonin.central": 50.0}, values)
    moved = {name for name in model.signals if without.signal(name) != given.signal(name)}
    own = {name for name in moved if name.startswith("calcitonin")}
    assert moved - own == {
        "bone_calcium_release_osteoclasts",
        "bone_calcium_release",
        "bone_phosphate_release",
        "bone_phosphate_release_osteoclasts",
        "resorption_relative",
        "calcium_capacity_distal",
        "calcium_urine",
        "calcium_creatinine_clearance_ratio",
    }


def test_escape_follows_its_two_times_while_the_drug_is_held() -> None:
    """dE/dt = o·(1 − E)/τ − (1 − o)·E/τᵣ at constant occupancy o."""
    base = compartments("drug", "umol", 1e-3)
    whole = acting(base, replace(action("drug_on_it"), name="it", by="drug_plasma", escape=True))
    values = {"central_volume": 1.0, "clearance": 0.0, "it_maximum": 0.8, "it_half": 1.0, "it_exponent": 1.0}
    values |= {"it_escape_time": 36.0, "it_recovery_time": 96.0}
    values = {f"drug.{name}": value for name, value in values.items()}
    model = assemble([whole])

    def rates(_: float, y: np.ndarray) -> list[float]:
        states = {"drug.central": 3.0, "drug.it_escaped": float(y[0])}
        return [model.at(states, values).rates()["drug.it_escaped"]]

    (escaped,) = solve_ivp(rates, (0, 48), [0.0], rtol=1e-10, atol=1e-12).y[:, -1]
    held = 0.75
    speed = held / 36.0 + (1 - held) / 96.0
    exact = held / 36.0 / speed * (1 - exp(-speed * 48.0))
    assert escaped == pytest.approx(exact, rel=1e-8)  # what the solver keeps
    states = {"drug.central": 3.0, "drug.it_escaped": escaped}
    assert model.at(states, values).signal("drug_on_it") == pytest.approx(
        1 - 0.8 * held * (1 - exact), rel=1e-8
    )


@pytest.mark.parametrize(("name", "shares"), [("zoledronate", (0.41, 0.65)), ("pamidronate", (0.30, 0.65))])
def test_kidneys_that_filter_less_leave_more_to_bone(name: str, shares: tuple[float, float]) -> None:
    """Of what leaves plasma the share in urine falls with filtration, with no other number moved."""
    part = drug_part(name)
    values = {
        key: one.value
        for key, one in read_parameters(data_path("drugs", f"{name}.yaml"), {name: part.parameters}).items()
    }
    model = assemble([part], part.needs)
    found = []
    for filtration in (6.0, 1.8):
        states = dict.fromkeys(model.states, 0.0) | {f"{name}.central": 1.0}
        point = model.at(states, values, {"glomerular_filtration_rate": filtration})
        urine, bone = point.signal(f"{name}_eliminated"), point.rates()[f"{name}.bone_surface"]
        found.append(urine / (urine + bone))
        assert urine / point.signal(f"{name}_plasma") == pytest.approx(
            values[f"{name}.renal_share"] * filtration, rel=1e-12
        )
    assert shares[0] - 0.06 < found[0] < shares[1]
    assert found[1] < 0.6 * found[0]
