"""Do persons with a disease have such labs at all?  How many of them have labs that are less likely."""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np

from calcis.diagnose.density import log_sum
from calcis.diagnose.differential import Differential
from calcis.diagnose.ensemble import Ensemble
from calcis.diagnose.hypotheses import Hypothesis
from calcis.diagnose.likelihood import points
from calcis.diagnose.numbers import number

_ASKED = 500


def typical(persons: Ensemble, found: Differential, among: Sequence[Hypothesis]) -> dict[Hypothesis, float]:
    """The share of simulated persons with each hypothesis whose labs are less likely with it than these.

    Persons are judged by the others, their labs vary as measured ones do.
    """
    chance, result = np.random.default_rng(int(number("ensemble.seed"))), {}
    for one in among:
        group, density = points(persons, one, found.evidence), found.densities[one]
        some = chance.permutation(len(group))[:_ASKED]
        logs = density.log_weights(group[some] + chance.standard_normal((len(some), group.shape[1])))
        logs[np.arange(len(some)), some] = -math.inf
        theirs = log_sum(logs) - math.log(len(group) - 1)
        result[one] = float((theirs < found.logs[one]).mean())
    return result
