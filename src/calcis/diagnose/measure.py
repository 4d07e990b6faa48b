"""What is to be measured next, and how much would it tell?

In bits, how much the uncertainty between hypotheses falls on average: the entropy of their probabilities now
less the mean of it after the lab, over what simulated persons, each as probable as the labs make it, would
have.  A bit is what a fair coin tells.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from calcis.diagnose.differential import Differential
from calcis.diagnose.ensemble import Ensemble
from calcis.diagnose.hypotheses import Hypothesis
from calcis.diagnose.likelihood import Evidence, levels_of, standing
from calcis.diagnose.numbers import number
from calcis.individual.levels import Measured

_LEAST = 1e-3  # of probability, from which on a hypothesis counts here
_ASKED = 600
_EXPECTED, _ENDS = 3, (0.05, 0.5, 0.95)  # candidates of whom a lab is foretold, and its quantiles


@dataclass(frozen=True)
class Next:
    """A lab that was not measured, and the bits that it is expected to tell.

    `expected` is what it would be (5 %, half, 95 % of persons) in the first candidates, by the labs known; in
    the `unit` of its `signal`.
    """

    lab: str
    bits: float
    signal: str
    unit: str
    expected: Mapping[Hypothesis, tuple[float, ...]]


def what_next(persons: Ensemble, found: Differential, others: Sequence[Measured]) -> tuple[Next, ...]:
    """The labs not measured (with any value), the most telling first."""
    told = [one for one in found.candidates if one.after >= _LEAST]
    shares = np.array([one.after for one in told])
    shares = shares / shares.sum()
    weights = [weights_of(found, one.hypothesis) for one in told]
    chance = np.random.default_rng(int(number("ensemble.seed")))
    result = []
    for lab in others:
        alone = Evidence((lab,), found.evidence.albumin)
        levels = [levels_of(persons, one.hypothesis, alone) for one in told]
        columns = [standing((lab,), one)[:, 0] for one in levels]
        expected = {
            one.hypothesis: _quantiles(values[:, 0], weight)
            for one, values, weight in zip(told[:_EXPECTED], levels, weights, strict=False)
        }
        result.append(Next(lab.lab, _bits(columns, weights, shares, chance), lab.signal, lab.unit, expected))
    return tuple(sorted(result, key=lambda one: (-one.bits, one.lab)))


def entropy(shares: np.ndarray) -> np.ndarray:
    """−Σ p·log₂ p over the last axis, bits."""
    with np.errstate(divide="ignore", invalid="ignore"):
        terms = np.where(shares > 0.0, shares * np.log2(shares), 0.0)
    found: np.ndarray = -terms.sum(axis=-1)
    return found


def weights_of(found: Differential, hypothesis: Hypothesis) -> np.ndarray:
    """How probable each simulated person with a hypothesis is after the labs (person,)."""
    logs = found.densities[hypothesis].log_weights(found.evidence.wanted[None, :])[0]
    weights: np.ndarray = np.exp(logs - logs.max())
    weights /= weights.sum()
    return weights


def _quantiles(values: np.ndarray, weights: np.ndarray) -> tuple[float, ...]:
    """Values below which the shares `_ENDS` of the weight lie."""
    order = np.argsort(values)
    below = np.cumsum(weights[order])
    places = np.minimum(np.searchsorted(below, _ENDS), len(values) - 1)
    return tuple(values[order][places].tolist())


def _bits(
    columns: Sequence[np.ndarray],
    weights: Sequence[np.ndarray],
    shares: np.ndarray,
    chance: np.random.Generator,
) -> float:
    """Expected fall of entropy by one lab; columns and weights (person,) by hypothesis."""
    whose = chance.choice(len(shares), _ASKED, p=shares)
    asked = np.empty(_ASKED)
    for k, column in enumerate(columns):
        mine = whose == k
        asked[mine] = chance.choice(column, int(mine.sum()), p=weights[k])
    asked += chance.standard_normal(_ASKED)
    logs = np.empty((_ASKED, len(shares)))
    for k, (column, weight) in enumerate(zip(columns, weights, strict=True)):
        middle = float(weight @ column)
        spread = float(weight @ (column - middle) ** 2)
        effective = 1.0 / float((weight**2).sum())
        width = 1.0 + spread * effective ** (-0.4)
        squares = (asked[:, None] - column[None, :]) ** 2 / width
        density = np.exp(-0.5 * squares) @ weight / np.sqrt(width)
        logs[:, k] = np.log(np.maximum(density, 1e-300)) + np.log(shares[k])
    after = np.exp(logs - logs.max(axis=1, keepdims=True))
    after /= after.sum(axis=1, keepdims=True)
    return max(0.0, float(entropy(shares) - entropy(after).mean()))
