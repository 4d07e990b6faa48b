"""What does a person take already when the run begins, how much of it, and how often?

Each line of `medication` is a name alone, which rules know, or a dose that goes on, which is simulated: since
the body began to live before the run, and in every arm that does not `stop` it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from calcis.case.dose_text import read_dose
from calcis.case.doses import Dose, too_much_in_a_day
from calcis.case.drugs import Drug
from calcis.errors import InputError
from calcis.reading import shown
from calcis.units import HOURS_PER_YEAR
from calcis.wording import capital, listed

_AMOUNT = re.compile(r"\s[0-9.,]+\s?[A-Za-zµ]+")
_LONG = 10 * HOURS_PER_YEAR  # of which the interval between doses is read
_MOST = 400  # doses one by one before the run
_ENDS = {"for", "from", "starting", "until", "at", "on", "x"}  # words of a course that does not just go on


@dataclass(frozen=True)
class Taken:
    """A drug that the person takes: `during` the run, and `every` so many hours since long before it.

    averaged: the doses are poured in evenly, as the drug's file allows.
    """

    during: Dose
    every: float

    @property
    def drug(self) -> str:
        return self.during.drug

    def before(self, hours: float) -> Dose:
        """What is taken in the `hours` before the run; the next dose is due as it begins."""
        if self.during.averaged:
            amount = self.during.amount / self.during.duration * hours
            return replace(self.during, amount=amount, duration=hours, times=(-hours,))
        count = self._count(hours)
        return replace(self.during, times=tuple(-k * self.every for k in range(count, 0, -1)))

    def check(self, hours: float) -> None:
        """Raise InputError where no dose, or more than are simulated one by one, fall into the `hours`."""
        count = self._count(hours)
        if not self.during.averaged and not 0 < count <= _MOST:
            expected = f"1 to {_MOST} doses before the run, which are given one by one (another `history`)"
            raise InputError(expected, f"{count} within {hours / 24:g} d")

    def _count(self, hours: float) -> int:
        return int(hours / self.every * (1 + 1e-9))


def is_dose(text: str) -> bool:
    """Whether a line of medication tells how much is taken."""
    return _AMOUNT.search(text) is not None


def read_taken(text: str, drugs: Mapping[str, Drug], end: float, mass: float | None) -> Taken:
    """The dose that somebody takes, averaged where the drug's file knows how far that is off.

    Raises InputError whose `column` is the place in `text`, for what is no dose that goes on.
    """
    words = text.lower().split()
    long = read_dose(text, drugs, _LONG, mass)
    drug = drugs[long.drug]
    if _ENDS & set(words) or (len(long.times) == 1 and not long.averaged):
        expected = "how often it is taken, such as daily, and nothing of a beginning or an end"
        raise InputError(f"{expected} (what is given once, or stops, stands in an arm)", shown(text))
    one_by_one = " ".join(word for word in text.split() if word.lower() != "averaged")
    plainly = read_dose(one_by_one, drugs, _LONG, mass)
    much = too_much_in_a_day([plainly], drug)
    if much:
        raise InputError(f"at most {much[0]} of {drug.title} within 24 h", much[1])
    averaged = bool(drug.averaged) and not long.averaged
    during = read_dose(f"{text} averaged" if averaged else text, drugs, end, mass)
    return Taken(replace(during, text=" ".join(text.split())), plainly.times[1] - plainly.times[0])


def told(
    taken: Sequence[Taken],
    medication: Sequence[str],
    stopped: Sequence[str],
    given: Collection[str],
    drugs: Mapping[str, Drug],
) -> list[str]:
    """What a reader must know of medication in an arm: what of it is simulated, and what is not.

    `stopped` and `given` are the drugs that the arm stops, and gives.
    """
    on = [_words(one, drugs[one.drug]) for one in taken if one.drug not in stopped]
    off = [_words(one, drugs[one.drug]) for one in taken if one.drug in stopped]
    others = [name for name in medication if name not in {one.drug for one in taken}]
    doseless = [name.replace("_", " ") for name in others if name in drugs]
    unknown = [name.replace("_", " ") for name in others if name not in drugs]
    said = [f"Taken before the run, and stopped as it begins: {listed(off)}."] if off else []
    said += [f"Taken before the run and on: {listed(on)}."] if on else []
    beside = sorted({one.drug for one in taken} & {*given} - {*stopped})
    said += [f"{capital(drugs[name].title)} is given beside that." for name in beside]
    idle = [drugs[one.drug] for one in taken if drugs[one.drug].waits]
    said += [f"{capital(drug.title)} does nothing: {drug.waits}." for drug in idle]
    said += [f"Taken, but not simulated, as its dose is not told: {name}." for name in doseless]
    return said + [f"Taken, but not simulated, as it has no model: {name}." for name in unknown]


def _words(one: Taken, drug: Drug) -> str:
    averaged = f" (averaged; its effect is off by up to {drug.averaged})" if one.during.averaged else ""
    return f"{one.during.text}{averaged}"
