"""Why does mineral begin, and why does it grow?  Which ion, which inhibitor, and how much of it.

Two laws decide: whether the fluid passes the saturation at which amorphous mineral forms in it, and how
fast a crystal grows in it.  Each is taken before and after, and its change is shared out among all that
changed between: a share is the mean over every order in which the changes could have come (the Shapley
value).  Shares add up exactly; where the law is a sum of terms, a share is the change of its term.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calcis.elementary import Value, log10, maximum
from calcis.tissue.mineral import crystal_growth, saturation_threshold
from calcis.tissue.saturation import add_saturation

Floats = NDArray[np.float64]
Law = Callable[[Any], Value]

PARTS = ("saturation", "mineral")  # whose numbers the laws need
_NONE = 1e-30  # 1/h: a crystal that grows slower does not grow

# What a fluid is described by here.  Tissue and plasma apart: an ion is high because blood brings it, or
# because it is set free or used up on the spot.
CAUSES = (
    "calcium_blood",
    "calcium_local",
    "phosphate_blood",
    "phosphate_local",
    "ph",
    "pyrophosphate",
    "mineral_permissiveness",
    "crowding",
)


@dataclass(frozen=True)
class Fluid:
    """The fluid of the tissue at one moment, and that of blood: what decides on mineral (mmol/L; pH)."""

    calcium: float
    phosphate: float
    ph: float
    pyrophosphate: float
    mineral_permissiveness: float  # weight of membranes and missing proteins, 0..1
    mineral: float
    calcium_blood: float
    phosphate_blood: float


@dataclass(frozen=True)
class Change:
    """A law before and at a moment (h), both fluids, and how much of its change is due to each cause."""

    at: float
    value: float
    value_before: float
    fluid: Fluid
    fluid_before: Fluid
    shares: Mapping[str, float]


def change(law: Law, when: float, before: Fluid, after: Fluid, numbers: Mapping[str, float]) -> Change:
    """A law before and after, `when` that is (h), and how much of the change is due to each cause."""
    shares = split(law, before, after, numbers)
    return Change(when, at(law, after, numbers), at(law, before, numbers), after, before, shares)


def split(law: Law, before: Fluid, after: Fluid, numbers: Mapping[str, float]) -> dict[str, float]:
    """How much of law(after) - law(before) is due to each of CAUSES; the shares add up to it.

    `law` is given the fluid by the names of the tissue's signals, and `numbers` by their bare names.
    """
    first, last = _causes(before), _causes(after)
    moved = [name for name in CAUSES if first[name] != last[name]]
    count = len(moved)
    sets = np.arange(2**count)
    mixed: dict[str, Any] = dict(first)
    for bit, name in enumerate(moved):
        mixed[name] = np.where(sets >> bit & 1, last[name], first[name])
    values = np.broadcast_to(np.asarray(law(_scope(mixed, numbers)), float), sets.shape)
    sizes = np.array([int(one).bit_count() for one in sets])
    shares = dict.fromkeys(CAUSES, 0.0)
    for bit, name in enumerate(moved):
        without = sets[sets >> bit & 1 == 0]
        size = sizes[without]
        orders = np.array([math.factorial(n) * math.factorial(count - n - 1) for n in range(count)])
        weight = orders[size] / math.factorial(count)
        shares[name] = float(np.sum(weight * (values[without | 1 << bit] - values[without])))
    return shares


def excess(v: Any) -> Value:
    """Saturation index of amorphous mineral above the threshold at which it forms; negative below it."""
    return add_saturation(v).saturation_amorphous - saturation_threshold(v)


def growth(v: Any) -> Value:
    """lg of the rate at which a crystal grows (per h); lg of next to nothing where it does not."""
    return log10(maximum(crystal_growth(add_saturation(v)), _NONE))


def at(law: Law, fluid: Fluid, numbers: Mapping[str, float]) -> float:
    """The value of a law in a fluid."""
    return float(law(_scope(_causes(fluid), numbers)))


def grows(fluid: Fluid, numbers: Mapping[str, float]) -> bool:
    """Whether a crystal grows at all in this fluid."""
    return at(growth, fluid, numbers) > math.log10(2.0 * _NONE)


def _causes(fluid: Fluid) -> dict[str, float]:
    """A fluid by CAUSES; local is the tissue's concentration as a multiple of the blood's."""
    blood = {"calcium": fluid.calcium_blood, "phosphate": fluid.phosphate_blood}
    local = {name: getattr(fluid, name) / there if there > 0 else 1.0 for name, there in blood.items()}
    return {
        "calcium_blood": blood["calcium"] if blood["calcium"] > 0 else fluid.calcium,
        "calcium_local": local["calcium"],
        "phosphate_blood": blood["phosphate"] if blood["phosphate"] > 0 else fluid.phosphate,
        "phosphate_local": local["phosphate"],
        "ph": fluid.ph,
        "pyrophosphate": fluid.pyrophosphate,
        "mineral_permissiveness": fluid.mineral_permissiveness,
        "crowding": fluid.mineral,
    }


def _scope(causes: Mapping[str, Any], numbers: Mapping[str, float]) -> SimpleNamespace:
    """What the laws of the tissue see: its signals, its numbers, and one mmol/L of crystals."""
    return SimpleNamespace(
        **numbers,
        calcium_tissue=causes["calcium_blood"] * causes["calcium_local"],
        phosphate_tissue=causes["phosphate_blood"] * causes["phosphate_local"],
        ph_tissue=causes["ph"],
        pyrophosphate_tissue=causes["pyrophosphate"],
        mineral_permissiveness=causes["mineral_permissiveness"],
        mineral_room=maximum(1.0 - causes["crowding"] / numbers["mineral_highest"], 0.0),
        octacalcium=1.0 + numbers["growth_least_crystals"],
        apatite=0.0,
    )


@dataclass(frozen=True)
class Supplied:
    """What blood brought to one lesion more than to another (mmol of calcium per L of tissue), by reason."""

    flow: float  # more exchange with blood
    blood: float  # more calcium in blood
    fluid: float  # less calcium in the fluid, because more crystals or faster ones took it

    @property
    def total(self) -> float:
        """All of it."""
        return self.flow + self.blood + self.fluid


def supplied(time: Floats, one: Mapping[str, Floats], other: Mapping[str, Floats]) -> Supplied:
    """Why `other` was brought more calcium than `one`: shares of the difference of ∫ T·(blood - fluid) dt.

    Courses by name: `exchange_rate` T, `calcium_ionised_plasma`, `calcium_tissue`; between outputs as
    straight lines.  Shares are means over all orders, as in `split`.
    """
    names = ("exchange_rate", "calcium_ionised_plasma", "calcium_tissue")
    whole = {}
    for chosen in range(8):
        rate, blood, fluid = ((other if chosen >> bit & 1 else one)[name] for bit, name in enumerate(names))
        whole[chosen] = float(np.trapezoid(rate * (blood - fluid), time))
    shares = []
    for bit in range(3):
        a, b = (1 << other_bit for other_bit in range(3) if other_bit != bit)
        steps = [(0, 1 / 3), (a, 1 / 6), (b, 1 / 6), (a | b, 1 / 3)]
        shares.append(sum(weight * (whole[start | 1 << bit] - whole[start]) for start, weight in steps))
    return Supplied(*shares)
