"""What does a course say in one line?  Start, end, extremes, and how long it was outside its range."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from calcis.quantities import Quantity, described, quantities
from calcis.reference_ranges import Whom, person_of
from calcis.results.store import Arm, Finding, Floats, Run, Series
from calcis.wording import capital, digits, listed, lowered, moment, on, span

_NOTHING = 1e-4  # of a course's largest value


@dataclass(frozen=True)
class Fact:
    """One course in the unit shown; times in h; `below` and `above` are hours outside the reference range."""

    quantity: Quantity
    unit: str
    start: float
    end: float
    lowest: float
    lowest_at: float
    highest: float
    highest_at: float
    range: tuple[float, float] | None
    below: float
    above: float

    @property
    def outside(self) -> str:
        """How long it was outside its reference range, in words; empty where it never was."""
        parts = [f"below for {span(self.below)}"] if self.below else []
        parts += [f"above for {span(self.above)}"] if self.above else []
        return ", ".join(parts)

    @property
    def change(self) -> str:
        """Start and end, or one number where they read the same."""
        start, end = self.read(self.start), self.read(self.end)
        return start if start == end or not self.moves else f"{start} → {end}"

    @property
    def moves(self) -> bool:
        """Whether a reader would call it a change: half a per cent, or a tenth of its picture's height."""
        size = max(abs(self.lowest), abs(self.highest))
        return self.highest - self.lowest > (0.1 * self.quantity.room or 0.005 * size)

    @property
    def extremes(self) -> str:
        """Lowest and highest value, or nothing where it does not move."""
        return f"{self.read(self.lowest)} to {self.read(self.highest)}" if self.moves else ""

    def read(self, value: float) -> str:
        """A value of this course as a reader needs it: what is next to nothing beside the rest is that."""
        size = max(abs(self.lowest), abs(self.highest))
        tiny = 0 < abs(value) < _NOTHING * size and abs(value) >= self.quantity.nothing
        return "~0" if tiny else self.quantity.read(value)


def titled(run: Run) -> str:
    """The title of a run; made of what was simulated where the case has none."""
    if run.title.strip():
        return run.title
    facts = next(iter(run.arms.values())).lesion_facts
    if not facts:
        return "A simulation"
    return f"{capital(facts.get('injury', 'Tissue'))}: {facts['tissue']}".replace("_", " ")


def whom(run: Run) -> Whom | None:
    """Whose reference ranges are for a run: those of its person; None where no range is for its plasma."""
    return person_of(run.case_text) if run.ranged else None


def fact(name: str, series: Series, time: Floats, system: str, person: Whom | None) -> Fact | None:
    """The facts of one course, and its range for a person; None where it has no number at all."""
    quantity = described(name, series.unit, system)
    values = quantity.shown(series.values, series.unit, system)
    known = np.isfinite(values)
    if not known.any():
        return None
    values, time = values[known], time[known]
    ends = quantity.range(system, person)
    low, high = int(np.argmin(values)), int(np.argmax(values))
    return Fact(
        quantity,
        quantity.unit(system),
        start=float(values[0]),
        end=float(values[-1]),
        lowest=float(values[low]),
        lowest_at=float(time[low]),
        highest=float(values[high]),
        highest_at=float(time[high]),
        range=ends,
        below=_hours(time, values < ends[0]) if ends else 0.0,
        above=_hours(time, values > ends[1]) if ends else 0.0,
    )


def told(run: Run) -> list[Quantity]:
    """The quantities that say something in this run: in every arm, and not zero throughout."""
    arms = [{**arm.body_series, **(arm.lesion_series or {})} for arm in run.arms.values()]
    known = quantities()
    wanted = {*known, *(one.only_with for one in known.values()), *(one.not_with for one in known.values())}
    there = {name: [arm[name] for arm in arms if name in arm] for name in wanted if name is not None}
    alive = {name for name, courses in there.items() if any(_is_there(name, one) for one in courses)}
    return [
        quantity
        for name, quantity in known.items()
        if len(there[name]) == len(arms)
        and (quantity.only_with or name) in alive
        and quantity.not_with not in alive
    ]


def _is_there(name: str, series: Series) -> bool:
    """Whether a course is ever more than nothing; one that is not known counts as there."""
    quantity = quantities().get(name)
    if quantity is None or not quantity.nothing:
        return bool(np.any(series.values))
    values = np.abs(quantity.shown(series.values, series.unit, "si"))
    return not bool(np.all(values < quantity.nothing))


def key_facts(run: Run, arm: Arm, system: str) -> list[Fact]:
    """The facts of the courses that a reader looks at first, in the report's order."""
    courses = {**arm.body_series, **(arm.lesion_series or {})}
    wanted = [quantity.name for quantity in told(run) if quantity.key]
    person = whom(run)
    found = (fact(name, courses[name], arm.time, system, person) for name in wanted)
    return [one for one in found if one is not None]


def whatever_is_done(run: Run) -> tuple[Finding, ...]:
    """The urgent findings that all of several arms share: they are about the person."""
    arms = list(run.arms.values())
    if len(arms) < 2:
        return ()
    return tuple(
        one for one in arms[0].findings if one.level == "urgent" and all(one in arm.findings for arm in arms)
    )


def sentences(run: Run, arm: Arm, system: str, outside: bool = True) -> list[str]:
    """What the blood does in this arm, in plain language, and what the output times cannot show.

    Without `outside`, where a table says it, nothing of what leaves its reference range.  Nothing of an
    arm that failed: where it stopped is told elsewhere, and its ranges mean nothing.
    """
    if arm.failure:
        return []
    facts = [one for one in key_facts(run, arm, system) if one.range]
    calm = [one.quantity.title for one in facts if not one.outside]
    said = [_sentence(one) for one in facts if one.outside and outside]
    if len(calm) == 1:
        said.append(f"{calm[0]} stays within its reference range.")
    elif calm:
        words = [calm[0], *(lowered(title) for title in calm[1:])]
        said.append(f"{listed(words)} stay within their reference ranges.")
    return said + _unseen(arm)


def _unseen(arm: Arm) -> list[str]:
    """A warning for each drug that is given about as often as values are written: its peaks are missed."""
    every, said = float(np.median(np.diff(arm.time))), []
    for drug in dict.fromkeys(dose.drug for dose in arm.doses):
        times = np.array([dose.time for dose in arm.doses if dose.drug == drug])
        if len(times) > 1 and float(np.median(np.diff(times))) < 3 * every:
            said.append(
                f"Values are written every {span(every)}, too seldom to show what rises and falls after each "
                f"dose of {drug}; the extremes told here are those of the values written."
            )
    return said


def _sentence(one: Fact) -> str:
    low, high = one.range or (0.0, 0.0)
    parts = []
    if one.below:
        value = f"{one.quantity.read(one.lowest)} {one.unit} {_when(one.lowest_at)}"
        parts.append(f"lowest {value}, below the reference range for {span(one.below)}")
    if one.above:
        value = f"{one.quantity.read(one.highest)} {one.unit} {_when(one.highest_at)}"
        parts.append(f"highest {value}, above the reference range for {span(one.above)}")
    return f"{one.quantity.title}: {'; '.join(parts)} (range {digits(low)} to {digits(high)})."


def _when(hours: float) -> str:
    """When an extreme was; what is so at the start is so from there."""
    return f"from {moment(hours)}" if hours <= 0 else on(hours)


def _hours(time: Floats, outside: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    """Hours for which a condition holds, each output standing for half the way to its neighbours."""
    if len(time) < 2 or not outside.any():
        return 0.0
    edges = np.concatenate([time[:1], (time[1:] + time[:-1]) / 2, time[-1:]])
    return float(np.diff(edges)[outside].sum())
