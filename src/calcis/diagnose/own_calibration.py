"""Are the probabilities true for just these labs, where this person is seen?

Persons of the ensembles are drawn as often as the setting has them, each is taken out of the cloud that it
belongs to, and its labs, with the variation that measured ones have, are judged by what is left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from calcis.diagnose.density import log_sum
from calcis.diagnose.differential import Differential
from calcis.diagnose.ensemble import Ensemble
from calcis.diagnose.hypotheses import Hypothesis
from calcis.diagnose.likelihood import points
from calcis.diagnose.numbers import number
from calcis.diagnose.reliability import Reliability, became

_LEAST = 1e-6  # of probability before labs, from which on a hypothesis counts here
_PERSONS, _EACH = 2_000, 200


@dataclass(frozen=True)
class Calibration:
    """What became of probabilities; of persons with the likeliest diseases, how many are told them first."""

    reliability: Reliability
    hits: dict[Hypothesis, float]


def calibration(persons: Ensemble, found: Differential, most: int = 3) -> Calibration | None:
    """The calibration of a differential; None where no lab is of use."""
    if not found.evidence.labs:
        return None
    every = [one for one, share in found.before.items() if share >= _LEAST]
    shares = np.array([found.before[one] for one in every])
    shares /= shares.sum()
    chance = np.random.default_rng(int(number("ensemble.seed")))
    drawn = np.bincount(chance.choice(len(every), _PERSONS, p=shares), minlength=len(every))
    first = [one.hypothesis for one in found.candidates[:most] if one.hypothesis in every]
    truth, table, whose = [], [], []
    for place, one in enumerate(every):
        count = int(drawn[place]) + (_EACH if one in first else 0)
        if count:
            group = points(persons, one, found.evidence)
            some = chance.integers(0, len(group), count)
            truth += [place] * count
            whose.append(some)
            table.append(group[some] + chance.standard_normal((count, group.shape[1])))
    after = _left_out(every, shares, found, np.vstack(table), np.array(truth), np.concatenate(whose))
    places, usual = np.array(truth), np.zeros(len(truth), bool)
    hits = {}
    for place, count in enumerate(drawn):
        mine = np.flatnonzero(places == place)
        usual[mine[:count]] = True
        if every[place] in first:
            more = mine[count:]
            hits[every[place]] = float((after[more].argmax(axis=1) == place).mean())
    return Calibration(became(every, shares, after[usual], places[usual]), {one: hits[one] for one in first})


def _left_out(
    every: list[Hypothesis],
    shares: np.ndarray,
    found: Differential,
    table: np.ndarray,
    truth: np.ndarray,
    whose: np.ndarray,
) -> np.ndarray:
    """P(h | labs) (person, hypothesis), where nobody counts for itself."""
    logs = np.empty((len(table), len(every)))
    for place, one in enumerate(every):
        weights = found.densities[one].log_weights(table)
        mine = np.flatnonzero(truth == place)
        counts = np.full(len(table), float(weights.shape[1]))
        weights[mine, whose[mine]] = -math.inf
        counts[mine] -= 1.0
        logs[:, place] = log_sum(weights) - np.log(counts) + math.log(shares[place])
    after: np.ndarray = np.exp(logs - log_sum(logs)[:, None])
    return after
