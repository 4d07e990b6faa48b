"""What does a dose mean: how much of which drug goes where, and at which times?

How a dose is written stands in calcis.case.dose_text, how a drug is described in calcis.case.drugs.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from calcis.case.drugs import Drug
from calcis.errors import InputError
from calcis.units import convert, dimension

MOST_DOSES = 100_000
_DAY = 24.0  # h
_SLACK = 0.05  # share of an interval below which the last dose of a course is not given


@dataclass(frozen=True)
class Dose:
    """One line of a treatment: `amount` (in `unit`) of a drug into `state` at each of `times` (h).

    `duration` (h) is how long each takes, 0 for a bolus.  `dropped` counts the doses that lay at or
    after the end of the run.  `each` is one dose in mg, as prescribed; 0 where that is not known.
    """

    drug: str
    amount: float
    unit: str  # mmol, mg, IU or L; give it to `convert` with the unit of the state
    state: str
    route: str
    times: tuple[float, ...]
    duration: float
    text: str
    dropped: int = 0
    averaged: bool = False
    each: float = 0.0


@dataclass
class Plan:
    """What the words of a dose say about when, in hours; None where they say nothing."""

    route: str | None = None
    over: float = 0.0
    every: float | None = None
    length: float | None = None
    count: int | None = None
    start: float | None = None
    at: float | None = None
    until: float | None = None
    averaged: bool = False

    def times(self, end: float) -> list[float]:
        """Start of each dose (h); a repeated dose without a last one goes on to the run's `end`.

        Raises InputError where what was said does not fit together.
        """
        if self.every is None:
            if self.averaged:
                raise InputError("how often, such as daily", "only averaged")
            return [self._single()]
        if self.at is not None:
            raise InputError("`from`, for the start of a repeated dose", "both `every` and `at`")
        if self.over > self.every:
            got = f"over {self.over:g} h every {self.every:g} h"
            raise InputError("a dose that ends before the next begins", got)
        start, count = self.start or 0.0, self.count or self._count(end)
        if count > MOST_DOSES:
            raise InputError(f"at most {MOST_DOSES} doses", "more")
        return [start + number * self.every for number in range(count)]

    def _single(self) -> float:
        said = [
            word for word, value in (("`for`", self.length), ("`until`", self.until)) if value is not None
        ]
        if self.count not in (None, 1):
            said.append("a number of doses")
        if said:
            raise InputError("how often, such as every 12 h", f"only {said[0]}")
        return self.at or self.start or 0.0

    def _count(self, end: float) -> int:
        start = self.start or 0.0
        stop = self.until if self.until is not None else end
        if self.length is not None:
            stop = start + self.length
        elif stop <= start and self.until is not None:
            got = f"from {start / 24:g} d until {stop / 24:g} d"
            raise InputError("a course that ends after it begins", got)
        assert self.every is not None
        intervals = (stop - start) / self.every
        if intervals > MOST_DOSES + 1:
            return MOST_DOSES + 1
        slack = _SLACK if self.length is not None else 0.0
        return max(1, math.ceil(intervals * (1 - 1e-12) - slack))


def measured(drug: Drug, amount: float, unit: str, mass: float | None) -> tuple[float, str]:
    """An amount of a drug in mmol, or in mg or IU where no number of the drug takes it further.

    `unit` may be per kg of the person's `mass` (kg).  Raises InputError for a unit that the drug is
    not dosed in.
    """
    base = unit.removesuffix("/kg")
    if dimension(base) not in [dimension(known) for known in drug.dose_units]:
        usual = ", ".join(drug.dose_units)
        raise InputError(f"a dose of {drug.title} in {usual} (or that per kg)", f"{amount:g} {unit}")
    if base != unit:
        if mass is None:
            raise InputError("the person's mass, for a dose per kg", "none")
        amount *= mass
    to, molar_mass = "mmol", drug.molar_mass.value if drug.molar_mass else None
    if dimension(base) == dimension("IU"):
        amount, base, to = convert(amount, base, "IU"), "IU", "IU"
        if drug.activity is not None:
            amount, base, to = amount / drug.activity.value, "mg", "mmol"
    if dimension(base) == dimension("L"):
        to = "L"
    elif dimension(base) == dimension("mg") and molar_mass is None:
        to = "mg"
    given = convert(amount, base, to, molar_mass)
    if not (given > 0 and math.isfinite(given)):
        raise InputError("a dose that is neither nothing nor without bounds", f"{amount:g} {unit}")
    if drug.most is not None:
        check_most(drug, given, to, drug.most, f"{amount:g} {base}")
    return given, to


def check_most(
    drug: Drug, given: float, unit: str, most: tuple[float, str], got: str, route: str = ""
) -> None:
    """Refuse an amount, as `measured` gives it, above what may be given at once."""
    molar_mass = drug.molar_mass.value if drug.molar_mass else None
    if given > convert(*_by_mass(drug, *most), unit, molar_mass) * (1 + 1e-9):
        by = f" {route}" if route else ""
        raise InputError(f"a dose of {drug.title}{by} of at most {most[0]:.10g} {most[1]}", got)


def remarks_of(doses: Sequence[Dose], drugs: Mapping[str, Drug], end: float) -> list[str]:
    """A sentence for each drug to which nothing answers, and for doses that are averaged or that the run's
    `end` (h) cuts short.
    """
    named = {dose.drug: drugs[dose.drug] for dose in doses}
    waiting = [
        f"How much {drug.title} there is was computed, but it does nothing: {drug.waits}."
        for drug in named.values()
        if drug.waits
    ]
    waiting += [
        f"How much {drugs[name].title} there is was computed, but {route} it does nothing: "
        f"{drugs[name].idle[route]}."
        for name, route in dict.fromkeys((dose.drug, dose.route) for dose in doses)
        if route in drugs[name].idle
    ]
    averaged = [
        f"Doses are averaged: {dose.text}. Of usual doses the effect is off by up to "
        f"{drugs[dose.drug].averaged} of it."
        for dose in doses
        if dose.averaged
    ]
    cut = [
        f"The run ends before the last dose has been given in full: {dose.text}."
        for dose in doses
        if not dose.averaged and dose.times[-1] + dose.duration > end * (1 + 1e-9)
    ]
    return waiting + averaged + cut


def too_much_in_a_day(doses: Sequence[Dose], drug: Drug, route: str = "") -> tuple[str, str] | None:
    """What may be given of a drug (by a route) within 24 h, and what is given, in words, where it is more."""
    allowed = drug.most_by.get(route) if route else drug.most
    doses = [dose for dose in doses if not route or dose.route == route]
    if allowed is None or not doses:
        return None
    most, unit = allowed
    molar_mass = drug.molar_mass.value if drug.molar_mass else None
    limit = convert(*_by_mass(drug, most, unit), doses[0].unit, molar_mass)
    each = [(np.array(one.times), _in_a_day(one)) for one in doses]
    times = np.concatenate([when for when, _ in each])
    amounts = np.concatenate([np.full(len(when), amount) for when, amount in each])
    order = np.argsort(times, kind="stable")
    times, sums = times[order], np.append(0.0, np.cumsum(amounts[order]))
    most_given = float((sums[np.searchsorted(times, times + _DAY - 1e-6)] - sums[:-1]).max())
    if most_given <= limit * (1 + 1e-9):
        return None
    return f"{most:.10g} {unit}", f"{most * most_given / limit:.10g} {unit}"


def _in_a_day(dose: Dose) -> float:
    """What of one dose is given within 24 h."""
    return dose.amount * (min(1.0, _DAY / dose.duration) if dose.duration else 1.0)


def in_mg(drug: Drug, given: float, unit: str) -> float:
    """An amount as `measured` gives it in mg; 0 where no number of the drug takes it there."""
    molar_mass = drug.molar_mass.value if drug.molar_mass else None
    known = unit == "mg" or (unit == "mmol" and molar_mass is not None)
    return convert(given, unit, "mg", molar_mass) if known else 0.0


def _by_mass(drug: Drug, amount: float, unit: str) -> tuple[float, str]:
    """A quantity of a drug in mg where it is told in units of an activity that is known."""
    if dimension(unit) == dimension("IU") and drug.activity is not None:
        return convert(amount, unit, "IU") / drug.activity.value, "mg"
    return amount, unit
