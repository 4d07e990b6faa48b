"""Laws of the tissue: calcium, phosphate and acid balance to rounding; nothing starts to be negative."""

import math

import numpy as np
import pytest

from calcis.part import assemble
from calcis.tissue import INPUTS, PARTS
from calcis.tissue.injuries import KINDS, moves
from calcis.tissue.numbers import tissue_parameters

MODEL = assemble(PARTS, INPUTS)
ROUNDING = 1e-13  # of the sum of absolute flows


@pytest.fixture(scope="module")
def numbers():
    return {name: number.value for name, number in tissue_parameters().items()}


def random_states(rng):
    """States over the ranges of a run."""
    living, apoptotic, scar, dead = map(float, rng.dirichlet(np.ones(5))[:4])
    return {
        "parenchyma.living": living,
        "parenchyma.apoptotic": apoptotic,
        "parenchyma.scar": scar,
        "debris.dead": dead,
        "debris.mitochondria": rng.uniform(0, 1),
        "debris.organic_phosphate": rng.uniform(0, 60),
        "leukocytes.neutrophil": rng.uniform(0, 6000),
        "leukocytes.monocyte": rng.uniform(0, 15000),
        "leukocytes.inflammatory": rng.uniform(0, 10000),
        "leukocytes.reparative": rng.uniform(0, 10000),
        "interstitial_fluid.calcium": 10 ** rng.uniform(-2, 0.5),
        "interstitial_fluid.phosphate": 10 ** rng.uniform(-2, 1),
        "interstitial_fluid.acid": rng.uniform(-3, 3),
        "interstitial_fluid.pyrophosphate": rng.uniform(0, 0.012),
        "mineral.amorphous": 10 ** rng.uniform(-4, 2),
        "mineral.apatite": 10 ** rng.uniform(-4, 3.6),
        "ossification.osteogenic": rng.uniform(0, 1),
        "capillaries.flow_lost": rng.uniform(0, 1),
        "microbes.density": 10 ** rng.uniform(-2, 4.3),
    }


def random_plasma(rng):
    return {
        "calcium_ionised_plasma": rng.uniform(0.8, 2),
        "phosphate_plasma": rng.uniform(0.5, 3),
        "pyrophosphate_plasma": rng.uniform(0, 0.01),
        "ph_plasma": rng.uniform(7.1, 7.6),
    }


def defect(terms):
    """Sum of the terms over the sum of their sizes."""
    return abs(math.fsum(terms)) / math.fsum(map(abs, terms))


def test_calcium_phosphate_and_acid_balance(numbers):
    """What a voxel holds changes by what crosses its border, whatever the state (φ·c + mineral + organic)."""
    rng = np.random.default_rng(3)
    share = numbers["interstitial_fluid.fluid_share"]
    n = {name.partition(".")[2]: value for name, value in numbers.items() if name.startswith("mineral.")}
    for _ in range(200):
        point = MODEL.at(random_states(rng), numbers, random_plasma(rng))
        rate, flow = point.rates(), point.signal
        amorphous, apatite = rate["mineral.amorphous"], rate["mineral.apatite"]
        calcium = [share * rate["interstitial_fluid.calcium"], amorphous, apatite]
        calcium += [-flow("calcium_from_plasma"), flow("calcium_carried_off")]
        phosphate = [share * rate["interstitial_fluid.phosphate"], rate["debris.organic_phosphate"]]
        phosphate += [n["amorphous_phosphate"] * amorphous, n["apatite_phosphate"] * apatite]
        phosphate += [-flow("phosphate_from_plasma"), flow("phosphate_carried_off")]
        phosphate += [-flow("phosphate_of_dying"), -2 * flow("pyrophosphate_hydrolysis")]
        acid = [share * rate["interstitial_fluid.acid"], -flow("acid_from_plasma")]
        acid += [-n["amorphous_acid"] * amorphous, -n["apatite_acid"] * apatite]
        acid += [-flow("base_carried_off"), -flow("pyrophosphate_hydrolysis")]
        assert max(map(defect, (calcium, phosphate, acid))) < ROUNDING


def test_only_cells_remove_apatite(numbers):
    """Without leukocytes and competent macrophages apatite never falls, whatever else the tissue is like."""
    rng = np.random.default_rng(6)
    alone = numbers | {"leukocytes.macrophage_competence": 0.0}
    fell = 0
    for _ in range(200):
        states = random_states(rng)
        plasma = random_plasma(rng)
        without = MODEL.at(states | {"leukocytes.neutrophil": 0.0}, alone, plasma)
        assert without.signal("apatite_resorption") == without.signal("apatite_cleared") == 0.0
        assert without.rates()["mineral.apatite"] >= 0.0
        fell += MODEL.at(states, numbers, plasma).rates()["mineral.apatite"] < 0.0
    assert fell > 20  # with them it often does


def test_what_is_not_there_is_not_taken(numbers):
    """A state at zero has no negative rate (but titratable acid, which may be negative)."""
    rng = np.random.default_rng(4)
    for _ in range(100):
        full, plasma = random_states(rng), random_plasma(rng)
        for name, state in MODEL.states.items():
            if not state.signed:
                assert MODEL.at(full | {name: 0.0}, numbers, plasma).rates()[name] >= 0.0, name


def test_laws_are_defined_slightly_below_zero(numbers):
    """An undershoot of 1 % of each state's scale gives finite rates close to those at zero or above."""
    rng = np.random.default_rng(5)
    for _ in range(50):
        plasma = random_plasma(rng)
        states = random_states(rng)
        for name, state in MODEL.states.items():
            below = MODEL.at(states | {name: -1e-2 * state.scale}, numbers, plasma).rates()
            at = MODEL.at(states | {name: 0.0}, numbers, plasma).rates()
            assert all(map(math.isfinite, below.values())), name
            for other, rate in below.items():
                size = MODEL.states[other].scale
                assert abs(rate - at[other]) < 10 * size + 0.1 * abs(at[other]), (name, other)


@pytest.mark.parametrize("perfusion", [0.1, 0.3, 1.0, 3.0])
def test_healthy_tissue_starts_at_rest(numbers, perfusion):
    """Whatever normal plasma it starts in: every rate is zero to rounding of what flows through it."""
    plasma = {
        "calcium_ionised_plasma": 1.25 * 2.35 / 2.40,
        "phosphate_plasma": 1.2,
        "pyrophosphate_plasma": 3.3e-3,
        "ph_plasma": 7.4,
    }
    parameters = numbers | {"capillaries.perfusion": perfusion}
    start = MODEL.start(parameters, plasma)
    rates = MODEL.at(start, parameters, plasma).rates()
    for name, state in MODEL.states.items():
        assert abs(rates[name]) < 1e-12 * (abs(start[name]) + state.scale), name


@pytest.mark.parametrize("kind", KINDS)
def test_injury_loses_no_tissue(numbers, kind):
    """What leaves living tissue arrives as dead or apoptotic tissue."""
    start = MODEL.start(numbers, random_plasma(np.random.default_rng(5)))
    after = dict(start)
    for move in moves(kind, 0.7, numbers):
        after[move.target] += move.factor * (start[move.source] if move.source else 1.0)
    tissue = ("parenchyma.living", "parenchyma.apoptotic", "parenchyma.scar", "debris.dead")
    assert sum(after[name] for name in tissue) == pytest.approx(1.0, abs=1e-15)
    assert after["parenchyma.living"] == pytest.approx(0.3, abs=1e-15)
    assert all(after[name] >= 0.0 for name in tissue)
    assert 0.0 <= after["capillaries.flow_lost"] <= 1.0


def test_microbes_lose_no_tissue(numbers):
    """The living they kill are dead tissue, whose phosphate is in the books."""
    rng = np.random.default_rng(8)
    for _ in range(50):
        states, plasma = random_states(rng), random_plasma(rng)
        with_them = MODEL.at(states, numbers, plasma).rates()
        without = MODEL.at(states | {"microbes.density": 0.0}, numbers, plasma).rates()
        killed = numbers["microbes.toxicity"] * states["microbes.density"] * states["parenchyma.living"]
        content = numbers["debris.organic_phosphate_content"]
        gains = {"parenchyma.living": -1, "debris.dead": 1, "debris.mitochondria": 1}
        for name, gain in (gains | {"debris.organic_phosphate": content}).items():
            # Differences of rates of a few, at a killing of 1e-10 to 0.1.
            assert with_them[name] - without[name] == pytest.approx(gain * killed, rel=1e-9, abs=1e-13), name
