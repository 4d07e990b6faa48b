"""With a given set of changes, which amounts of them fit the labs best?  Many sets are fitted together.

For each set the sum of squares of (labs off by standard deviations) and (amounts over their priors) is made
as small as it can be, by damped Gauss-Newton steps; all persons of a step are lanes of one solution.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calcis.individual.levels import Measured, Response
from calcis.individual.options import ASIDE, Option
from calcis.simulate.ensemble import Factors

_DIFFERENCE = 0.02  # of a prior's standard deviation, for derivatives
_SHARES = (1.0, 0.3, 0.1, 0.03)  # of a step, of which the first that is better is taken
_LARGEST = 2.0  # of a step, in standard deviations of the prior
_MOST_STEPS = 25

Start = tuple[tuple[int, ...], tuple[float, ...]]  # a person: indices of options, and their amounts


@dataclass(frozen=True)
class Fitted:
    """A set of changes (indices of options, ascending) with its best amounts.

    `off`: by how many standard deviations each lab is off (simulated less measured); `misfit`: the sum of
    squares of amounts, and of labs that are not set aside; `price` of the changes; inf where nobody lives
    with them.
    """

    chosen: tuple[int, ...]
    amounts: tuple[float, ...]
    off: np.ndarray
    misfit: float
    price: float

    @property
    def cost(self) -> float:
        """What is to be small: misfit and price."""
        return self.misfit + self.price


class Problem:
    """Labs, what may be changed, and what follows of changes in a person who lives with them for `hours`."""

    def __init__(
        self, response: Response, hours: float, labs: Sequence[Measured], choices: Sequence[Option]
    ) -> None:
        self.response, self.hours = response, hours
        self.labs, self.options = tuple(labs), tuple(choices)
        self._signals = [response.signals.index(lab.signal) for lab in labs]
        self._wanted = self.standing(np.log([[lab.value for lab in labs]]))

    def row(self, chosen: Sequence[int], amounts: Sequence[float]) -> np.ndarray:
        """The numbers of a person with these changes."""
        row = self.response.base.copy()
        for index, amount in zip(chosen, amounts, strict=True):
            self.options[index].apply(row, amount)
        return row

    def lived(self, chosen: Sequence[int]) -> float:
        """For how long a person lives with these changes, h."""
        return min([self.hours, *(self.options[index].hours for index in chosen)])

    def logs(
        self, persons: Sequence[Start], signals: Sequence[int], factors: Factors | None = None
    ) -> np.ndarray:
        """Natural logarithms of some signals (person, signal) of persons with changes, and `factors`."""
        rows, hours = [self.row(*one) for one in persons], [self.lived(one[0]) for one in persons]
        if factors is not None:
            table = np.array(rows)
            factors.on(table, self.response.names)
            rows = list(table)
        return self.response.logs(rows, hours, signals)

    def standing(self, logs: np.ndarray) -> np.ndarray:
        """Where labs, as natural logarithms (person, lab), stand in standard deviations."""
        columns = [lab.standing(logs[:, k]) for k, lab in enumerate(self.labs)]
        return np.stack(columns, axis=1) if columns else logs

    def off(self, persons: Sequence[Start], factors: Factors | None = None) -> np.ndarray:
        """By how many standard deviations labs are off (person, lab); NaN for who cannot live."""
        found: np.ndarray = self.standing(self.logs(persons, self._signals, factors)) - self._wanted
        return found

    def conflict(self, one: int, other: int) -> bool:
        """Whether two options move the same number."""
        return bool(self.options[one].touched & self.options[other].touched)

    def weights(self, chosen: Sequence[int]) -> np.ndarray:
        """0 for labs that are set aside, 1 for the others."""
        aside = {self.options[index].name for index in chosen if self.options[index].sort == ASIDE}
        return np.array([lab.lab not in aside for lab in self.labs], float)

    def amounts_over_prior(self, chosen: Sequence[int], amounts: Sequence[float]) -> np.ndarray:
        """Amounts in standard deviations of their priors."""
        spreads = [self.options[index].spread for index in chosen]
        return np.array(amounts, float) / np.array(spreads) if chosen else np.zeros(0)

    def fitted(self, chosen: Sequence[int], amounts: Sequence[float], off: np.ndarray) -> Fitted:
        """A person with what their labs are off."""
        prior, counted = self.amounts_over_prior(chosen, amounts), off * self.weights(chosen)
        misfit = float(counted @ counted + prior @ prior)
        price = sum(self.options[index].price for index in chosen)
        return Fitted(tuple(chosen), tuple(amounts), off, misfit if np.isfinite(misfit) else np.inf, price)

    def fit(self, starts: Sequence[Start], enough: float) -> list[Fitted]:
        """The best amounts of each set of changes, from where they start, till misfit falls by no more than
        `enough` in a step.
        """
        now = [
            self.fitted(chosen, amounts, off)
            for (chosen, amounts), off in zip(starts, self.off(starts), strict=True)
        ]
        going = [place for place, one in enumerate(now) if one.chosen and np.isfinite(one.misfit)]
        for _ in range(_MOST_STEPS):
            if not going:
                break
            steps = self._steps([now[place] for place in going])
            step_of, better = dict(zip(going, steps, strict=True)), {}
            for share in _SHARES:
                left = [place for place in going if place not in better]
                trials = [self._moved(now[place], share * step_of[place]) for place in left]
                if not left:
                    break
                offs = self.off([(now[place].chosen, one) for place, one in zip(left, trials, strict=True)])
                for place, amounts, off in zip(left, trials, offs, strict=True):
                    found = self.fitted(now[place].chosen, amounts, off)
                    if found.misfit < now[place].misfit:
                        better[place] = found
            going = [place for place, one in better.items() if now[place].misfit - one.misfit > enough]
            for place, one in better.items():
                now[place] = one
        return now

    def _moved(self, one: Fitted, step: np.ndarray) -> tuple[float, ...]:
        """Amounts after a step, within their ends."""
        ends = [self.options[index].ends for index in one.chosen]
        moved = np.array(one.amounts) + step
        return tuple(float(np.clip(amount, *end)) for amount, end in zip(moved, ends, strict=True))

    def _steps(self, persons: Sequence[Fitted]) -> list[np.ndarray]:
        """A Gauss-Newton step of each; an amount that stands at its end and is pressed against it stays."""
        persons_beside: list[Start] = []
        widths = []
        for one in persons:
            for place, index in enumerate(one.chosen):
                width = _DIFFERENCE * self.options[index].spread
                if one.amounts[place] + width > self.options[index].ends[1]:
                    width = -width
                beside = list(one.amounts)
                beside[place] += width
                persons_beside.append((one.chosen, tuple(beside)))
                widths.append(width)
        offs, at, steps = self.off(persons_beside), 0, []
        for one in persons:
            count = len(one.chosen)
            slopes = (offs[at : at + count] - one.off).T / np.array(widths[at : at + count])
            at += count
            steps.append(self._step(one, np.nan_to_num(slopes) * self.weights(one.chosen)[:, None]))
        return steps

    def _step(self, one: Fitted, slopes: np.ndarray) -> np.ndarray:
        spreads = np.array([self.options[index].spread for index in one.chosen])
        ends = np.array([self.options[index].ends for index in one.chosen])
        amounts, free = np.array(one.amounts), np.ones(len(spreads), bool)
        step = np.zeros(len(spreads))
        for _ in range(len(spreads)):
            slope, spread = slopes[:, free], spreads[free]
            left = slope.T @ one.off + amounts[free] / spread**2
            step[:] = 0.0
            step[free] = -np.linalg.solve(slope.T @ slope + np.diag(spread**-2.0), left)
            pressed = free & (
                ((amounts <= ends[:, 0]) & (step < 0.0)) | ((amounts >= ends[:, 1]) & (step > 0.0))
            )
            if not pressed.any():
                break
            free &= ~pressed
            if not free.any():
                return np.zeros(len(spreads))
        largest = float(np.max(np.abs(step) / spreads))
        return step * min(1.0, _LARGEST / largest) if largest > 0.0 else step
