"""What of a fluid is there to compare?  Saturation, ionised calcium, how long amorphous lasts: without time.

Each fluid is an arm for each database, named by that, and by the fluid's name where there are several.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from calcis.chemistry import inhibition, kinetics
from calcis.chemistry.mineral import minerals
from calcis.chemistry.plasma import electrode_calcium, per_litre_plasma
from calcis.chemistry.solution import BODY_TEMPERATURE, Solution
from calcis.fluids.reader import Fluid
from calcis.fluids.solve import (
    AMORPHOUS,
    APATITE,
    DATABASES,
    database_of,
    index,
    possible_minerals,
    shift,
    speciated,
    threshold,
)
from calcis.results.store import Series
from calcis.study.courses import Courses

_NORMAL = Fluid("normal", "plasma", {})
_WAY = {"amorphous_to_octacalcium": "octacalcium_phosphate", "octacalcium_to_apatite": APATITE}


def dissolved(fluids: Sequence[Fluid]) -> Courses:
    """All that is told of fluids, as courses of a single moment, at 0 h."""
    arms: dict[str, dict[str, Series]] = {}
    failures: dict[str, str] = {}
    for base in DATABASES:
        normal = doses(_NORMAL, solution(_NORMAL, base))
        for fluid in fluids:
            arm = base if len(fluids) == 1 else f"{fluid.name} {base}"
            found = solution(fluid, base)
            told = {**of_solution(fluid, found, base), **of_rates(fluid, found, base, normal)}
            arms[arm] = {name: Series(unit, np.atleast_1d(value)) for name, (unit, value) in told.items()}
            if found.reasons:
                failures[arm] = found.reasons[0]
    return Courses(np.zeros(1), arms, failures)


def solution(fluid: Fluid, base: str) -> Solution:
    """The speciation of one fluid."""
    given = {name: np.array([value]) for name, value in fluid.values.items()}
    return speciated(fluid.kind, database_of(base), given)


def amount(fluid: Fluid, found: Solution, master: str) -> np.ndarray:
    """Total of a master, mmol per litre of plasma, or per kilogram of water of another fluid."""
    total = found.total(master)
    return per_litre_plasma(total) if fluid.kind == "plasma" else total


def of_solution(fluid: Fluid, found: Solution, base: str) -> dict[str, tuple[str, np.ndarray]]:
    """Unit and value of what is dissolved and of every saturation index.

    `saturation_MINERAL` is in the middle of the literature, `_least_soluble` and `_most_soluble` at its
    ends; `distance` is that of amorphous phosphate above the threshold of the database.
    """
    free = found.of("Ca+2")
    told = {
        "ph": ("1", found.ph),
        "pco2": ("mmHg", found.carbon_dioxide_pressure),
        "ionic_strength": ("mol/kg", found.ionic_strength),
        "calcium": ("mmol/L", amount(fluid, found, "calcium")),
        "calcium_ionised": ("mmol/L", electrode_calcium(found) if fluid.kind == "plasma" else free),
        "calcium_free": ("mmol/kg", free),
        "magnesium_free": ("mmol/kg", found.of("Mg+2")),
        "phosphate": ("mmol/L", amount(fluid, found, "phosphate")),
        "distance": ("1", index(found, minerals()[AMORPHOUS]) - threshold(base).value),
    }
    for name, mineral in possible_minerals(found.database).items():
        for end, word in (("middle", ""), ("lowest", "_least_soluble"), ("highest", "_most_soluble")):
            told[f"saturation_{name}{word}"] = "1", index(found, mineral) + shift(name, end)
    return told


def of_rates(
    fluid: Fluid, found: Solution, base: str, normal_doses: Sequence[np.ndarray]
) -> dict[str, tuple[str, np.ndarray]]:
    """Unit and value of what follows from rates and inhibitors.

    `excess` is that of `kinetics.excess`, what forms in proportion; `distance_inhibited` is above the
    threshold that pyrophosphate lifts; `time_to_apatite` the mean time from amorphous phosphate to apatite;
    `ripening_time` that of calciprotein particles (T50), which here inhibitors alone make.
    """
    constants, rates, known = inhibition.constants(), kinetics.constants(), minerals()
    distance = index(found, known[AMORPHOUS]) - threshold(base).value
    half = constants["pyrophosphate.half_nucleation"].value
    lift = inhibition.threshold_shift([inhibition.dose(amount(fluid, found, "pyrophosphate"), half)])
    slows = doses(fluid, found)
    energy = rates["transformation.activation_energy"].value
    speed = kinetics.arrhenius(energy, found.temperature, BODY_TEMPERATURE) * inhibition.growth_left(slows)
    time = np.zeros(1)
    with np.errstate(divide="ignore"):
        for step, product in _WAY.items():
            drive = kinetics.affinity_above(index(found, known[product]), known[product].ions)
            time = time + 1.0 / (rates[f"transformation.{step}"].value * speed * drive)
    reference = constants["fetuin.ripening_time"].value
    return {
        "excess": ("1", np.asarray(kinetics.excess(distance, 0.0, known[AMORPHOUS].ions))),
        "distance_inhibited": ("1", distance - lift),
        "time_to_apatite": ("h", time),
        "ripening_time": ("h", np.asarray(inhibition.ripening_time(reference, slows, normal_doses))),
    }


def doses(fluid: Fluid, found: Solution) -> list[np.ndarray]:
    """Pyrophosphate and free magnesium, as multiples of what halves the change of amorphous phosphate."""
    halves = inhibition.constants()
    present = {"pyrophosphate": amount(fluid, found, "pyrophosphate"), "magnesium": found.of("Mg+2")}
    return [inhibition.dose(what, halves[f"{name}.half_conversion"].value) for name, what in present.items()]
