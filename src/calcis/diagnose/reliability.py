"""Are the probabilities true?  What a differential says of simulated persons who are not in its ensembles.

Persons are drawn as often as a setting has them, their labs vary as measured ones do.  Of all who are told a
probability of 30 % of having a disease, 30 % should have it; the Brier score is the mean of (p − truth)².
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from calcis.diagnose.density import Cloud, log_sum
from calcis.diagnose.differential import rarer
from calcis.diagnose.ensemble import Ensemble, simulated_of
from calcis.diagnose.hypotheses import HEALTHY, Hypothesis
from calcis.diagnose.likelihood import Evidence, clouds, points
from calcis.diagnose.numbers import number
from calcis.diagnose.settings import Setting, prior
from calcis.diagnose.stages import DISEASE, seen_in
from calcis.individual.levels import Measured

_MORE = 8  # times as many persons are simulated where some are left out for their stage
EDGES = (0.0, 0.01, 0.05, 0.1, 0.2, 0.4, 0.6, 0.8, 0.9, 0.95, 0.99, 1.0)


@dataclass(frozen=True)
class Bin:
    """Probabilities between two: how many were told, their mean, and what share came true."""

    low: float
    high: float
    told: int
    mean: float
    true: float


@dataclass(frozen=True)
class Reliability:
    """What became of probabilities.

    `bins` and `brier` are over all diseases of all persons, `chance` the Brier score of who tells only how
    common each is, `first` the share of persons whose diseases were the first candidate, all of them.
    `two` is of the probability that a person has two at once; of those who have, `one_first` is the share of
    whom one of the two is told most probable of all diseases, `both_first` that of whom both are before all
    others.
    """

    persons: int
    bins: tuple[Bin, ...]
    brier: float
    chance: float
    first: float
    two: tuple[Bin, ...]
    one_first: float
    both_first: float


def reliability(
    persons: Ensemble, where: Setting, labs: Sequence[Measured], count: int, seed: int
) -> Reliability:
    """The reliability with a panel of labs (with any value) over `count` persons."""
    evidence, persons = Evidence(tuple(labs)), seen_in(persons, where.stages)
    densities = clouds(persons, evidence)
    before = prior(where, list(densities))
    chance = np.random.default_rng(seed)
    every, shares = list(before), np.array(list(before.values()))
    drawn = np.bincount(chance.choice(len(every), count, p=shares / shares.sum()), minlength=len(every))
    truth, tables = [], []
    for place, some in enumerate(drawn):
        if some:
            table = _asked(persons.age, every[place], int(some), seed, evidence, chance, where.stages)
            tables.append(table)
            truth += [place] * len(table)
    after = _posterior(every, shares, densities, np.vstack(tables))
    return became(every, shares, after, np.array(truth))


def became(
    every: Sequence[Hypothesis], shares: np.ndarray, after: np.ndarray, truth: np.ndarray
) -> Reliability:
    """What became of probabilities (person, hypothesis) of persons who have the hypotheses `truth`."""
    names = sorted({name for one in every for name in one.diseases})
    having = np.array([[name in one.diseases for name in names] for one in every], float)
    told, came = (after @ having).ravel(), having[truth].ravel()
    base = np.broadcast_to(shares @ having, (len(truth), len(names))).ravel()
    pairs = np.array([len(one.diseases) == 2 for one in every])
    with_two = np.flatnonzero(pairs[truth])
    order = np.argsort(-(after @ having)[with_two], axis=1)[:, :2]
    found = np.take_along_axis(having[truth[with_two]], order, axis=1)
    return Reliability(
        persons=len(truth),
        bins=_bins(told, came),
        brier=float(((told - came) ** 2).mean()),
        chance=float(((base - came) ** 2).mean()),
        first=float((after.argmax(axis=1) == truth).mean()),
        two=_bins(after[:, pairs].sum(axis=1), pairs[truth].astype(float)),
        one_first=_mean(found[:, 0]),
        both_first=_mean(found.min(axis=1)),
    )


def hits(
    persons: Ensemble, where: Setting, labs: Sequence[Measured], each: int, seed: int
) -> dict[str, tuple[int, int, int]]:
    """By disease: how many had it alone, how many of them were told it first, and among the first three.

    What is told first is a disease with or without another, by its probability.
    """
    evidence = Evidence(tuple(labs))
    densities = clouds(persons, evidence)
    before = prior(where, list(densities))
    every, shares = list(before), np.array(list(before.values()))
    names = [HEALTHY, *sorted({name for one in every for name in one.diseases})]
    having = np.array([[name in (one.diseases or (HEALTHY,)) for name in names] for one in every], float)
    chance, found = np.random.default_rng(seed), {}
    for one in every:
        if len(one.diseases) == 2:
            continue
        table = _asked(persons.age, one, each, seed, evidence, chance)
        order = np.argsort(-(_posterior(every, shares, densities, table) @ having), axis=1)
        rank = (order == names.index(one.name)).argmax(axis=1)
        found[one.name] = (len(table), int((rank == 0).sum()), int((rank < 3).sum()))
    return found


def fitting(
    persons: Ensemble,
    labs: Sequence[Measured],
    each: int,
    seed: int,
    among: Sequence[Hypothesis] | None = None,
) -> tuple[int, int]:
    """How many of other persons, `each` with every hypothesis, or those of some, are told that nothing fits;
    of how many.
    """
    evidence, chance = Evidence(tuple(labs)), np.random.default_rng(seed)
    asked = persons.levels if among is None else among
    tables = [_asked(persons.age, one, each, seed, evidence, chance) for one in asked]
    shares = rarer(persons, evidence, np.vstack(tables))
    return int((shares < number("none.share")).sum()), len(shares)


def _asked(
    age: float,
    one: Hypothesis,
    count: int,
    seed: int,
    evidence: Evidence,
    chance: np.random.Generator,
    stages: Mapping[str, float] | None = None,
) -> np.ndarray:
    """Where measured labs of other persons with a hypothesis stand (person, lab)."""
    more = _MORE if stages and DISEASE in one.diseases else 1
    others = seen_in(simulated_of(one, count * more, age, seed), stages or {})
    others = Ensemble(age, {one: others.levels[one][:count]}, {one: others.albumin[one][:count]})
    table = points(others, one, evidence)
    return table + chance.standard_normal(table.shape)


def _posterior(
    every: Sequence[Hypothesis], shares: np.ndarray, densities: Mapping[Hypothesis, Cloud], table: np.ndarray
) -> np.ndarray:
    """P(h | labs) (person, hypothesis)."""
    logs = np.stack([densities[one].log_density(table) for one in every], axis=1) + np.log(shares)
    found: np.ndarray = np.exp(logs - log_sum(logs)[:, None])
    return found


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")


def _bins(told: np.ndarray, came: np.ndarray) -> tuple[Bin, ...]:
    found = []
    for low, high in pairwise(EDGES):
        inside = (told >= low) & ((told < high) if high < 1.0 else (told <= 1.0))
        if inside.any():
            mean, true = float(told[inside].mean()), float(came[inside].mean())
            found.append(Bin(low, high, int(inside.sum()), mean, true))
    return tuple(found)
