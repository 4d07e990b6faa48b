"""How sure is the person who was found?  What remains open of changes and levels, given the labs.

The posterior is linearised at that person, over all that healthy persons differ in, moved or not, and all
that was changed: what was left at its normal value is not known to be normal.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calcis.individual.fit import Fitted, Problem, Start
from calcis.individual.options import ARGUMENT, HEALTH

_DIFFERENCE = 0.05  # of a prior's standard deviation
OPEN = 99.0  # stands for a standard deviation that is not determined


@dataclass(frozen=True)
class Unsure:
    """Standard deviations: of the amounts of the changes made, and of the logarithms of signals."""

    amounts: tuple[float, ...]
    signals: tuple[float, ...]


@dataclass(frozen=True)
class Posterior:
    """What is known of amounts, linearised at a person: normal around `amounts` with `covariance`.

    `chosen` are the changes made, then all else in which healthy persons differ or that a disease left open.
    `of_signals` are the derivatives of logarithms of signals (signal, amount).
    """

    chosen: tuple[int, ...]
    amounts: tuple[float, ...]
    covariance: np.ndarray
    of_signals: np.ndarray


def unsure(problem: Problem, best: Fitted, signals: Sequence[str]) -> Unsure:
    """What remains open of a person's changes and of some signals."""
    found = posterior(problem, best, signals)
    variances = np.einsum("sa,ab,sb->s", found.of_signals, found.covariance, found.of_signals)
    amounts_open = np.sqrt(np.diag(found.covariance))[: len(best.chosen)]
    return Unsure(
        tuple(np.minimum(amounts_open, OPEN).tolist()), tuple(np.minimum(np.sqrt(variances), OPEN).tolist())
    )


def posterior(problem: Problem, best: Fitted, signals: Sequence[str] = ()) -> Posterior:
    """What is known of a person's amounts, given the labs.

    (JᵀJ + P)⁻¹, with J the derivatives of the labs, each over its spread, and P the precision of the priors.
    """
    chosen = list(best.chosen)
    for index, option in enumerate(problem.options):
        if option.sort in (HEALTH, ARGUMENT) and not any(
            index == other or problem.conflict(index, other) for other in chosen
        ):
            chosen.append(index)
    amounts = [*best.amounts, *[0.0] * (len(chosen) - len(best.chosen))]
    spreads = np.array([problem.options[index].spread for index in chosen])
    persons: list[Start] = []
    widths = []
    for place, index in enumerate(chosen):
        ends = problem.options[index].ends
        beside = [amounts[place] + side * _DIFFERENCE * spreads[place] for side in (-1.0, 1.0)]
        beside = [float(np.clip(amount, *ends)) for amount in beside]
        for amount in beside:
            persons.append((tuple(chosen), (*amounts[:place], amount, *amounts[place + 1 :])))
        widths.append(beside[1] - beside[0])
    places = [problem.response.signals.index(name) for name in signals]
    labs = [problem.response.signals.index(lab.signal) for lab in problem.labs]
    logs = problem.logs(persons, [*places, *labs])
    levels = np.hstack([logs[:, : len(places)], problem.standing(logs[:, len(places) :])])
    changes = (levels[1::2] - levels[::2]).T
    slopes = np.nan_to_num(
        np.divide(changes, widths, out=np.zeros_like(changes), where=np.array(widths) > 0.0)
    )
    of_signals, of_labs = slopes[: len(places)], slopes[len(places) :]
    of_labs = of_labs * problem.weights(best.chosen)[:, None]
    covariance = np.linalg.inv(of_labs.T @ of_labs + np.diag(spreads**-2.0))
    return Posterior(tuple(chosen), tuple(amounts), covariance, of_signals)
