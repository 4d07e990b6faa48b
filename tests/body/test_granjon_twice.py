"""Do the rat's Parts, and the courses that our solver gives of them, agree with the flat second writing?"""

from __future__ import annotations

import math
from functools import cache

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from tests.body.granjon_rat import INPUTS, MODEL, changed, course
from tests.twice import granjon_plain as plain

MINUTES = 60.0  # in an hour
VP = plain.VP

# Plain state -> state of the Parts, and amount per plain unit: concentrations there are amounts here.
STATES = {
    "PTHg": ("parathyroid_gland.stored", 1.0),
    "PTHp": ("parathyroid_gland.pth", 1.0),
    "D": ("calcitriol.calcitriol", VP),
    "F": ("fgf23.fgf23", VP),
    "Ca": ("plasma.calcium", VP),
    "Caf": ("bone_mineral.calcium", 1.0),
    "Cab": ("bone_mineral.calcium_mineral", 1.0),
    "P": ("plasma.phosphate", VP),
    "Pf": ("bone_mineral.phosphate", 1.0),
    "Pb": ("bone_mineral.phosphate_mineral", 1.0),
    "Pc": ("intracellular_phosphate.phosphate", 1.0),
    "CaHPO4": ("complexes.hydrogen_phosphate", VP),
    "CaH2PO4": ("complexes.dihydrogen_phosphate", VP),
    "CPP": ("complexes.particles", VP),
    "CaHPO4f": ("bone_mineral.hydrogen_phosphate", 1.0),
    "CaH2PO4f": ("bone_mineral.dihydrogen_phosphate", 1.0),
    "CaProt": ("complexes.protein_bound", VP),
    "NaPO4": ("complexes.sodium_phosphate", VP),
}
NAMES = [name for name, _ in STATES.values()]
FACTORS = np.array([factor for _, factor in STATES.values()])
PLACES = [list(MODEL.states).index(name) for name in NAMES]
NORMAL = changed({})

# Powers are multiplied out or exp(n·ln x) on one side and x**n on the other, with n up to 130: some 1e-13.
# Rates of complexes are what is left of flows a thousand times larger.
SAME = 1e-9


def numbers(hooks: dict[str, float]) -> dict[str, float]:
    """The Parts' numbers where the plain rat has these hooks."""
    every = plain.HOOKS | hooks
    found = dict(NORMAL)
    for hook, name in {
        "synthesis": "parathyroid_gland.synthesis_rate",
        "25OHD": "calcitriol.calcidiol",
        "GFR": "kidney.filtration_rate",
        "res": "bone_mineral.resorption_factor",
        "urine": "kidney.calcium_urine_factor",
        "Ca diet": "gut.calcium_intake",
        "P diet": "gut.phosphate_intake",
    }.items():
        found[name] *= every[hook]
    found["complexes.phosphate_pk"] = 7.4 - math.log10(every["r"])
    found["calcitriol.infusion"] = every["D3"] * VP * MINUTES
    found["plasma.calcium_infusion"] = every["Ca"] * MINUTES
    found["plasma.phosphate_infusion"] = every["P"] * MINUTES
    if every["exocytosis"]:
        found["parathyroid_gland.calcium_half"] = 1e-6
    if every["TAL"]:
        found["kidney.thick_limb_calcium_half"] = 1e6
    return found


def parts_rates(y: np.ndarray, values: dict[str, float]) -> np.ndarray:
    """Rates of the Parts where the plain rat is at `y`, in plain units per minute."""
    states = dict(zip(NAMES, (y * FACTORS).tolist(), strict=True))
    every = dict.fromkeys(MODEL.states, 0.0) | states
    rates = MODEL.at(every, values, dict.fromkeys(INPUTS, 0.0)).rates()
    return np.array([rates[name] for name in NAMES]) / FACTORS / MINUTES


def anywhere(seed: int) -> tuple[np.ndarray, dict[str, float]]:
    """State and hooks of a rat, log-normal by 30 % around normal."""
    dice = np.random.default_rng(seed)
    y = plain.start() * np.exp(0.3 * dice.standard_normal(len(plain.STATES)))
    hooks = {
        name: value * float(np.exp(0.3 * dice.standard_normal()))
        for name, value in (plain.HOOKS | {"D3": 3.0, "Ca": 2e-3, "P": 5e-3}).items()
    }
    return y, hooks | {"exocytosis": float(seed % 5 == 0), "TAL": float(seed % 7 == 0)}


def same(found: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    return np.abs(found - wanted) <= SAME * np.abs(wanted)


@pytest.mark.parametrize("seed", range(40))
def test_rates(seed: int) -> None:
    y, hooks = anywhere(seed)
    agree = same(parts_rates(y, numbers(hooks)), plain.rates(0.0, y, hooks))
    assert agree.all(), np.array(plain.STATES)[~agree]


# Numbers that no rate depends on: of the start, and what is offered to tissue.
UNSEEN = {name for name in NORMAL if name.endswith("_normal") or name.endswith(".normal")}
UNSEEN |= {"plasma.pyrophosphate"}


def test_no_number_can_be_wrong_unseen() -> None:
    """A number off by 5 % breaks the comparison at one of the states that it is made at."""
    tried = [anywhere(seed) for seed in range(1, 5)]
    wanted = [plain.rates(0.0, y, hooks) for y, hooks in tried]
    unseen = set()
    for name in NORMAL:
        wrong = [
            parts_rates(y, values | {name: 1.05 * values[name] or 0.05})
            for (y, _), values in zip(tried, (numbers(hooks) for _, hooks in tried), strict=True)
        ]
        if all(same(one, other).all() for one, other in zip(wrong, wanted, strict=True)):
            unseen.add(name)
    assert unseen == UNSEEN


COMPLEXES = {"CaHPO4", "CaH2PO4", "CPP", "CaHPO4f", "CaH2PO4f", "CaProt", "NaPO4"}


def test_the_start_is_the_printed_one() -> None:
    """Complexes start in equilibrium with the free ions at 10^0.6, and are printed at a ratio of 4: 1 %."""
    start = MODEL.start(NORMAL)
    for name, value in zip(plain.STATES, plain.start(), strict=True):
        part, factor = STATES[name]
        within = 0.01 if name in COMPLEXES else 1e-15
        assert start[part] == pytest.approx(value * factor, rel=within), name


COURSES: dict[str, dict[str, float]] = {
    "as published": {},
    "hyperparathyroidism": {"synthesis": 100.0},
    "no gland": {"synthesis": 0.0},
    "no calcidiol": {"25OHD": 0.0},
    "phosphate infused": {"P": 5e-3},
}
HOURS = np.array([0.0, 1e-4, 1e-2, 1.0, 10.0, 72.0, 720.0])


@cache
def radau(name: str) -> np.ndarray:
    """States of the plain rat at HOURS, by SciPy's Radau at a thousandth of the best tolerance here."""
    start = np.array(list(MODEL.start(NORMAL).values()))[PLACES] / FACTORS
    scales = np.array([MODEL.states[part].scale for part in NAMES]) / FACTORS
    end = float(HOURS[-1]) * MINUTES
    found = solve_ivp(
        lambda t, y: plain.rates(t, y, COURSES[name]),
        (0.0, end),
        start,
        method="Radau",
        t_eval=HOURS * MINUTES,
        rtol=1e-11,
        atol=1e-11 * scales,
    )
    assert found.success
    return found.y.T


@pytest.mark.parametrize("name", COURSES)
@pytest.mark.parametrize("rtol", [1e-4, 1e-6, 1e-8])
def test_courses_are_those_of_radau_at_any_tolerance(name: str, rtol: float) -> None:
    """Within the tolerance, of the state's size and scale; the worst seen is 0.3 of that."""
    run = course({}, HOURS.tolist(), rtol=rtol, numbers=numbers(COURSES[name]))
    wanted = radau(name) * FACTORS
    scales = np.array([MODEL.states[part].scale for part in NAMES])
    error = np.abs(run.states[:, PLACES] - wanted) / (np.abs(wanted) + scales) / rtol
    worst = np.unravel_index(np.argmax(error), error.shape)
    assert error[worst] <= 1.0, (NAMES[worst[1]], HOURS[worst[0]], error[worst])
