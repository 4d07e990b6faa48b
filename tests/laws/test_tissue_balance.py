"""Laws of the tissue: everything in its books balances to rounding; nothing starts to be negative."""

import math

import numpy as np
import pytest

from calcis.part import assemble
from calcis.tissue import BALANCES, INPUTS, PARTS
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
        "debris.alarmin": rng.uniform(0, 1),
        "debris.organic_phosphate": rng.uniform(0, 60),
        "leukocytes.neutrophil": rng.uniform(0, 6000),
        "leukocytes.monocyte": rng.uniform(0, 15000),
        "leukocytes.inflammatory": rng.uniform(0, 10000),
        "leukocytes.reparative": rng.uniform(0, 10000),
        "leukocytes.giant": rng.uniform(0, 100),
        "interstitial_fluid.calcium": 10 ** rng.uniform(-2, 0.5),
        "interstitial_fluid.phosphate": 10 ** rng.uniform(-2, 1),
        "interstitial_fluid.acid": rng.uniform(-3, 3),
        "interstitial_fluid.pyrophosphate": rng.uniform(0, 0.012),
        "mineral.amorphous": 10 ** rng.uniform(-4, 2),
        "mineral.octacalcium": 10 ** rng.uniform(-4, 3),
        "mineral.apatite": 10 ** rng.uniform(-4, 3.6),
        "mineral.bone": 10 ** rng.uniform(-4, 3),
        "mineral.elastic": 10 ** rng.uniform(-4, 3),
        "fat.lipid": rng.uniform(0, 2000),
        "fat.fatty_acid": rng.uniform(0, 30),
        "fat.soap": rng.uniform(0, 100),
        "digestion.calcium": rng.uniform(0, 10),
        "digestion.phosphate": rng.uniform(0, 10),
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
    """Sum of the terms over the sum of their sizes; none where nothing flows, as into stone without room."""
    size = math.fsum(map(abs, terms))
    return abs(math.fsum(terms)) / size if size else 0.0


def odd(numbers):
    """Numbers of a tissue in which every law has something to do."""
    unlike = {"ossification.smooth_muscle": 0.7, "fat.fat_content": 2000.0, "capillaries.outgrowth": 0.01}
    unlike |= {
        "mineral.elastin_rate": 0.1,
        "interstitial_fluid.base_secretion": 2.0,
        "parenchyma.apoptosis_rate": 0.001,
    }
    return numbers | unlike


@pytest.mark.parametrize("balance", BALANCES, ids=lambda one: one.quantity)
def test_every_balance_closes(numbers, balance):
    """What a voxel holds changes by what crosses its border, whatever the state."""
    rng = np.random.default_rng(3)
    unlike = odd(numbers)
    weights = {store: w(unlike) if callable(w) else w for store, w in balance.stores.items()}
    for _ in range(200):
        point = MODEL.at(random_states(rng), unlike, random_plasma(rng))
        rates = point.rates()
        terms = [weight * rates[store] for store, weight in weights.items()]
        terms += [-share * point.signal(flow) for flow, share in balance.flows.items()]
        assert defect(terms) < ROUNDING


def test_only_cells_remove_apatite(numbers):
    """Without leukocytes apatite falls only where fluid is undersaturated with it, whatever else there is."""
    rng = np.random.default_rng(6)
    alone = numbers | {"leukocytes.macrophage_competence": 0.0}
    nobody = {"leukocytes.neutrophil": 0.0, "leukocytes.giant": 0.0}
    fell = safe = 0
    for _ in range(200):
        states, plasma = random_states(rng), random_plasma(rng)
        without = MODEL.at(states | nobody, alone, plasma)
        assert without.signal("apatite_resorption") == without.signal("apatite_cleared") == 0.0
        saturated = without.signal("saturation_apatite") >= 0.0
        assert (without.rates()["mineral.apatite"] >= 0.0) or not saturated
        safe += saturated
        fell += MODEL.at(states, numbers, plasma).rates()["mineral.apatite"] < 0.0
    assert fell > 20  # with them it often does
    assert safe > 100


def test_what_is_not_there_is_not_taken(numbers):
    """A state at zero has no negative rate (but titratable acid, which may be negative)."""
    rng = np.random.default_rng(4)
    numbers = odd(numbers)
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
    numbers = odd(numbers)
    for _ in range(50):
        states, plasma = random_states(rng), random_plasma(rng)
        with_them = MODEL.at(states, numbers, plasma).rates()
        without = MODEL.at(states | {"microbes.density": 0.0}, numbers, plasma).rates()
        killed = numbers["microbes.toxicity"] * states["microbes.density"] * states["parenchyma.living"]
        content = numbers["debris.organic_phosphate_content"]
        gains = {"parenchyma.living": -1, "debris.dead": 1, "debris.mitochondria": 1, "debris.alarmin": 1}
        gains |= {"debris.organic_phosphate": content, "fat.lipid": numbers["fat.fat_content"]}
        for name, gain in gains.items():
            # Differences of rates of a few, at a killing of 1e-10 to 0.1.
            assert with_them[name] - without[name] == pytest.approx(gain * killed, rel=1e-9, abs=1e-13), name
