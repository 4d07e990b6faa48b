"""What does a dose do to the body model?  A bolus is a jump of a state, an infusion a rate into it."""

from __future__ import annotations

from collections.abc import Iterable

from calcis.case import Case, Dose, Drug, Treatment, packaged
from calcis.part import Model
from calcis.solve.schedule import Infusion, Jump
from calcis.units import convert


def before(case: Case, model: Model, hours: float) -> tuple[list[Jump], list[Infusion]]:
    """Jumps and infusions of what the person takes, in the `hours` before the run."""
    return events([one.before(hours) for one in case.taken], model, dict(packaged().drugs), 0.0)


def during(
    arm: Treatment, model: Model, drugs: dict[str, Drug], end: float
) -> tuple[list[Jump], list[Infusion]]:
    """Jumps and infusions of what an arm gives, and of what the person takes as before, until `end` (h)."""
    return events((*arm.doses, *arm.taken), model, drugs, end)


def events(
    doses: Iterable[Dose], model: Model, drugs: dict[str, Drug], end: float
) -> tuple[list[Jump], list[Infusion]]:
    """Jumps and infusions (h, in the unit of the state) of all doses until `end` (h)."""
    names, states = list(model.states), model.states
    jumps, infusions = [], []
    for dose in doses:
        mass = drugs[dose.drug].molar_mass
        unit = states[dose.state].unit
        amount = convert(dose.amount, dose.unit, unit, molar_mass=None if mass is None else mass.value)
        target = names.index(dose.state)
        for time in dose.times:
            if dose.duration > 0:
                rate = amount / dose.duration
                infusions.append(Infusion(time, min(time + dose.duration, end), target, rate))
            else:
                jumps.append(Jump(time, target, amount))
    return jumps, infusions
