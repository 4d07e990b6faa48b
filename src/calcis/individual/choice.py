"""Which fewest changes explain the labs, and which others nearly as well?

Changes are taken up one after the other, always the one after which misfit and prices together are least, as
long as they fall; then one is exchanged for another, or dropped, as long as that helps.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from calcis.individual.factors import search
from calcis.individual.fit import Fitted, Problem, Start
from calcis.individual.options import ARGUMENT, ASIDE, NAMED

_LOOKS = (-3.0, -1.5, -0.6, 0.6, 1.5, 3.0)  # amounts at which a change is first looked at, over its prior
_TRIED, _MOST_CHANGES, _MOST_ROUNDS = 10, 6, 3
_LESS, _ENOUGH, _EXACT = 0.1, 0.03, 1e-6  # of cost: worth a change, left open while looking, at the end


@dataclass(frozen=True)
class Choice:
    """The best person, others who fit nearly as well by other changes, the best first, and who is `plain`:
    without any change but what a disease left open.
    """

    plain: Fitted
    best: Fitted
    others: tuple[Fitted, ...]


def choose(problem: Problem, exchange: bool = True, goal: float = -np.inf) -> Choice:
    """Look for the person; what a disease left open is always free and costs nothing.

    Without `exchange` it is quicker, and good enough to know what the best person costs.  Whoever costs no
    more than `goal` is good enough.
    """
    looked = _Looked(problem)
    open_ = tuple(k for k, option in enumerate(problem.options) if option.sort == ARGUMENT)
    best = plain = looked.fit([(open_, (0.0,) * len(open_))])[0]
    while best.cost > goal and len(best.chosen) - len(open_) < _MOST_CHANGES:
        found = looked.best_of(looked.with_one_more(best))
        if found is None or not found.cost < best.cost - _LESS:
            break
        best = found
    for _ in range(_MOST_ROUNDS if exchange else 0):
        extra = [index for index in best.chosen if index not in open_]
        starts = [start for index in extra for start in looked.without(best, index)]
        found = looked.best_of(starts)
        if found is None or not found.cost < best.cost - _LESS:
            break
        best = found
    others = looked.near(best)
    (best,) = problem.fit([(best.chosen, best.amounts)], _EXACT)
    return Choice(plain, best, others)


class _Looked:
    """All sets of changes that were looked at so far."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        self._found: dict[tuple[int, ...], Fitted] = {}

    def fit(self, starts: Sequence[Start]) -> list[Fitted]:
        """Fit sets of changes, each once."""
        fresh = [start for start in starts if start[0] not in self._found]
        for one in self.problem.fit(fresh, _ENOUGH):
            self._found[one.chosen] = one
        return [self._found[chosen] for chosen, _ in starts]

    def best_of(self, starts: Sequence[Start]) -> Fitted | None:
        """The least costly of some sets."""
        return min(self.fit(starts), key=lambda one: (one.cost, one.chosen), default=None)

    def without(self, one: Fitted, index: int) -> list[Start]:
        """A set without one of its changes, and with each of the most promising others in its stead."""
        place = one.chosen.index(index)
        chosen = one.chosen[:place] + one.chosen[place + 1 :]
        amounts = one.amounts[:place] + one.amounts[place + 1 :]
        (left,) = self.fit([(chosen, amounts)])
        return [(left.chosen, left.amounts), *self.with_one_more(left)]

    def with_one_more(self, one: Fitted) -> list[Start]:
        """A set with each of the most promising further changes, where they are best to start from."""
        problem, trials = self.problem, []
        for index, option in enumerate(problem.options):
            if index in one.chosen or any(problem.conflict(index, other) for other in one.chosen):
                continue
            amounts = [0.0] if option.sort in (NAMED, ASIDE) else []
            amounts += [look * option.spread for look in _LOOKS]
            inside = [amount for amount in amounts if option.ends[0] <= amount <= option.ends[1]]
            trials += [(index, amount) for amount in inside]
        starts = [_joined(one, index, amount) for index, amount in trials]
        offs = problem.off(starts)
        best: dict[int, Fitted] = {}
        for (index, _), start, off in zip(trials, starts, offs, strict=True):
            found = problem.fitted(*start, off)
            if index not in best or found.cost < best[index].cost:
                best[index] = found
        promising = sorted(
            (found for found in best.values() if np.isfinite(found.cost)),
            key=lambda found: (found.cost, found.chosen),
        )
        return [(found.chosen, found.amounts) for found in promising[:_TRIED]]

    def near(self, best: Fitted) -> tuple[Fitted, ...]:
        """Sets that cost little more than the best, and do not only add a little to one that costs less."""
        most = best.cost + search()["telling.near"].value
        near: list[Fitted] = []
        for one in sorted(self._found.values(), key=lambda one: (one.cost, one.chosen)):
            names = {self._moves(one)}
            if one.cost > most or one.chosen == best.chosen:
                continue
            if any(self._adds(one, other) or self._moves(other) in names for other in (best, *near)):
                continue
            near.append(one)
        return tuple(near)

    def _moves(self, one: Fitted) -> frozenset[tuple[int | str, ...]]:
        """Which numbers a set moves, be it as variation or by disease, and which labs it sets aside."""
        options = [self.problem.options[index] for index in one.chosen]
        return frozenset(tuple(sorted(option.touched)) or (option.name,) for option in options)

    def _adds(self, one: Fitted, other: Fitted) -> bool:
        """Whether a set is another and some change of less than a standard deviation in addition."""
        if not set(other.chosen) < set(one.chosen):
            return False
        sizes = self.problem.amounts_over_prior(one.chosen, one.amounts)
        added = [k for k, index in enumerate(one.chosen) if index not in other.chosen]
        doubted = any(self.problem.options[one.chosen[k]].sort == ASIDE for k in added)
        return doubted or bool(np.abs(sizes[added]).min() < 1.0)


def _joined(one: Fitted, index: int, amount: float) -> Start:
    pairs: Iterable[tuple[int, float]] = sorted([*zip(one.chosen, one.amounts, strict=True), (index, amount)])
    chosen, amounts = zip(*pairs, strict=True)
    return chosen, amounts
