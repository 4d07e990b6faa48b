"""Is the traced Jacobian, from which kernels are made, the derivative of the laws as plain floats?"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest

from calcis import tissue
from calcis.body.peterson_riggs_2010 import PARTS
from calcis.drugs import drug_part
from calcis.parameters import data_path, read_parameters
from calcis.part import Model, assemble
from calcis.solve.system import INPUT_DEGREE, System, trace
from calcis.tissue.numbers import tissue_parameters
from calcis.units import HOURS_PER_YEAR

DENOSUMAB = drug_part("denosumab")
TERIPARATIDE = drug_part("teriparatide")

# Central differences of two steps, extrapolated: what is left of truncation is STEP⁴ times fifth
# derivatives (Hill exponents up to 12), 1e-8 of an entry; rounding of a rate is 1e-16/STEP of the
# sum of what it depends on.  An order of magnitude above both:
STEP = 3e-4
OF_ENTRY, OF_ROW = 1e-7, 1e-11

APPLY: dict[str, Callable[..., float]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b,
    "neg": lambda a: -a,
    "abs": abs,
    "max": max,
    "min": min,
    "exp": np.exp,
    "log": np.log,
    "sqrt": np.sqrt,
    "lt": lambda a, b: float(a < b),
    "le": lambda a, b: float(a <= b),
    "eq": lambda a, b: float(a == b),
    "ne": lambda a, b: float(a != b),
    "not": lambda a: float(a == 0.0),
    "and": lambda a, b: float(a != 0.0 and b != 0.0),
    "or": lambda a, b: float(a != 0.0 or b != 0.0),
    "pick": lambda condition, a: a if condition != 0.0 else 0.0,
}


def evaluate(system: System, arrays: Mapping[str, np.ndarray]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rates, dense Jacobian and time derivative of a traced system, from its graph."""
    values: list[float] = []
    for kind, *rest in system.graph.nodes:
        if kind == "const":
            values.append(float.fromhex(rest[0]))
        elif kind == "in":
            values.append(float(arrays[rest[0]][rest[1]]))
        else:
            values.append(APPLY[kind](*(values[node] for node in rest)))
    n = len(system.states)
    jacobian, drift = np.zeros((n, n)), np.zeros(n)
    for place, node in system.jacobian.items():
        jacobian[place] = values[node]
    for row, node in system.time_derivative.items():
        drift[row] = values[node]
    return np.array([values[node] for node in system.rates]), jacobian, drift


def slope(law: Callable[[float], np.ndarray], step: float) -> np.ndarray:
    """Derivative of law(x) at 0 by extrapolated central differences."""
    near, far = ((law(reach) - law(-reach)) / (2.0 * reach) for reach in (step, 2.0 * step))
    return (4.0 * near - far) / 3.0


def check(
    model: Model,
    system: System,
    numbers: Mapping[str, float],
    states: np.ndarray,
    controls: np.ndarray,
    inputs: Callable[[float], dict[str, float]],
    since: float,
    step: float,
) -> None:
    """Compare at states, `since` h into a segment, with plain-float laws; `step` (h) is that of time."""
    names, start = list(model.states), controls[0]

    def laws(y: np.ndarray, time: float) -> np.ndarray:
        point = model.at(dict(zip(names, y.tolist(), strict=True)), numbers, inputs(time), start + time)
        return np.array(list(point.rates().values()))

    arrays = {"y": states, "p": np.array(list(numbers.values())), "q": controls, "s": np.array([since])}
    rates, jacobian, drift = evaluate(system, arrays)
    scaled = jacobian * states  # a relative change of a state, in rates
    rows = np.abs(scaled).sum(axis=1)
    wanted = laws(states, since)
    assert np.all(np.abs(rates - wanted) <= 1e-9 * np.abs(wanted) + 1e-13 * rows)
    for column, name in enumerate(names):
        unit = np.arange(len(names)) == column

        def along(by: float, unit: np.ndarray = unit) -> np.ndarray:
            return laws(states * (1.0 + by * unit), since)

        found, exact = slope(along, STEP), scaled[:, column]
        wrong = np.abs(found - exact) > OF_ENTRY * np.abs(exact) + OF_ROW * rows
        assert not wrong.any(), (name, np.array(names)[wrong], found[wrong], exact[wrong])
    found = slope(lambda by: laws(states, since + by * step), STEP)
    assert np.all(np.abs(found - step * drift) <= OF_ENTRY * np.abs(step * drift) + OF_ROW * rows)


@pytest.fixture(scope="module")
def body() -> tuple[Model, System, dict[str, float]]:
    model = assemble([*PARTS, DENOSUMAB, TERIPARATIDE])
    found = read_parameters(
        data_path("body", "peterson_riggs_2010.yaml"), {part.name: part.parameters for part in PARTS}
    )
    for drug in (DENOSUMAB, TERIPARATIDE):
        found |= read_parameters(data_path("drugs", f"{drug.name}.yaml"), {drug.name: drug.parameters})
    return model, trace(model), {name: found[name].value for name in model.parameters}


@pytest.fixture(scope="module")
def lesion() -> tuple[Model, System, dict[str, float]]:
    model = assemble(tissue.PARTS, tissue.INPUTS)
    found = tissue_parameters()
    numbers = {name: found[name].value for name in model.parameters}
    # Wide enough that steps of STEP resolve the bend at the threshold of nucleation.
    return model, trace(model), numbers | {"mineral.smoothing": 0.1}


@pytest.mark.parametrize("seed", range(12))
def test_body(body: tuple[Model, System, dict[str, float]], seed: int) -> None:
    """Around normal by 30 %, both drugs in plasma, at the age where oestrogen falls."""
    model, system, numbers = body
    dice = np.random.default_rng(seed)
    normal = np.array(list(model.start(numbers).values()))
    states = np.where(normal > 0.0, normal, 100.0) * np.exp(0.3 * dice.standard_normal(len(normal)))
    controls = np.zeros(system.controls)
    controls[0] = float(dice.uniform(0.0, 1e4))
    age = {"oestrogen.ageing": 1.0, "oestrogen.age_at_start": 50.0 * HOURS_PER_YEAR}
    changed = numbers | age | {"plasma.pthrp": 2.0, "kidney.filtration_decline": 1.0}
    check(model, system, changed, states, controls, lambda time: {}, since=24.0, step=1e4)


@pytest.mark.parametrize("seed", range(12))
def test_tissue(lesion: tuple[Model, System, dict[str, float]], seed: int) -> None:
    """Clean or laden debris, below or above the threshold, with moving plasma."""
    model, system, numbers = lesion
    dice = np.random.default_rng(seed)
    centre = {
        **{"parenchyma.living": 0.4, "parenchyma.apoptotic": 0.05, "parenchyma.scar": 0.1},
        **{"debris.dead": 0.3, "debris.mitochondria": 0.1, "debris.alarmin": 0.1},
        **{"debris.organic_phosphate": 15.0, "microbes.density": 300.0, "capillaries.flow_lost": 0.3},
        **{"leukocytes.neutrophil": 500.0, "leukocytes.monocyte": 1500.0, "leukocytes.inflammatory": 1500.0},
        **{"leukocytes.reparative": 3000.0, "leukocytes.giant": 20.0, "ossification.osteogenic": 0.3},
        **{"interstitial_fluid.calcium": 1.2, "interstitial_fluid.phosphate": 1.5},
        **{"interstitial_fluid.acid": 0.3, "interstitial_fluid.pyrophosphate": 1e-3},
        **{"mineral.amorphous": 1.0, "mineral.octacalcium": 2.0, "mineral.apatite": 3.0},
        **{"mineral.bone": 1.0, "mineral.elastic": 1.0},
        **{"fat.lipid": 300.0, "fat.fatty_acid": 3.0, "fat.soap": 5.0},
        **{"digestion.calcium": 0.3, "digestion.phosphate": 0.3},
    }
    wide = {"interstitial_fluid.pyrophosphate": 2.0, "mineral.amorphous": 2.0}
    wide |= {"mineral.octacalcium": 2.0, "mineral.apatite": 2.0}
    spread = np.array([wide.get(name, 0.3) for name in model.states])
    states = np.array([centre[name] for name in model.states]) * np.exp(
        spread * dice.standard_normal(len(spread))
    )
    plasma = {
        "calcium_ionised_plasma": 1.25,
        "phosphate_plasma": 1.2,
        "pyrophosphate_plasma": 3e-3,
        "ph_plasma": 7.4,
    }
    moving = np.array(
        [[plasma[name], *dice.normal(0.0, plasma[name] / 240.0, INPUT_DEGREE)] for name in system.inputs]
    )
    moving[:, 2:] /= 24.0 ** np.arange(1, INPUT_DEGREE)
    controls = np.zeros(system.controls)
    controls[-moving.size :] = moving.ravel()

    def inputs(time: float) -> dict[str, float]:
        return dict(zip(system.inputs, moving @ time ** np.arange(INPUT_DEGREE + 1), strict=True))

    changed = numbers | {"parenchyma.apoptosis_rate": 0.002, "leukocytes.macrophage_competence": 0.7}
    changed |= {"ossification.smooth_muscle": 0.6, "fat.fat_content": 2000.0, "capillaries.outgrowth": 0.01}
    changed |= {"interstitial_fluid.base_secretion": 2.0, "microbes.escape": 0.3}
    check(model, system, changed, states, controls, inputs, since=12.0, step=24.0)
