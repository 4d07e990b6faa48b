"""Which diseases explain labs, how probable is each where the person is seen, and does any explain them?"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from calcis.diagnose.density import Cloud, cloud, log_sum
from calcis.diagnose.ensemble import Ensemble
from calcis.diagnose.hypotheses import HEALTHY, Hypothesis
from calcis.diagnose.likelihood import Evidence, clouds, log_likelihoods, points
from calcis.diagnose.numbers import number
from calcis.diagnose.settings import Setting, prior

_ASKED, _FEW = (
    2_500,
    80,
)  # simulated persons who are asked whether anybody fits, and of those who stand for many


@dataclass(frozen=True)
class Candidate:
    """A hypothesis with its probability before and after the labs, and by what factor they move its odds."""

    hypothesis: Hypothesis
    before: float
    after: float

    @property
    def ratio(self) -> float:
        """Likelihood ratio: odds after the labs over odds before."""
        return odds_ratio(self.before, self.after)


@dataclass(frozen=True)
class Differential:
    """The candidates, the most probable first; each disease, with or without others (before, after).

    `rarer` is the share of simulated persons whose labs are less likely than these, as if all diseases were
    alike; where it is below the stated one nobody fits.  `logs` are logarithms of likelihoods.
    """

    evidence: Evidence
    setting: Setting
    certain: tuple[frozenset[str], ...]
    candidates: tuple[Candidate, ...]
    diseases: Mapping[str, tuple[float, float]]
    rarer: float
    densities: Mapping[Hypothesis, Cloud]
    before: Mapping[Hypothesis, float]
    logs: Mapping[Hypothesis, float]

    @property
    def fits(self) -> bool:
        """Whether any simulated person has such labs."""
        return self.rarer >= number("none.share")

    @property
    def after(self) -> dict[Hypothesis, float]:
        """The probability of each hypothesis after the labs."""
        return {one.hypothesis: one.after for one in self.candidates}


def odds_ratio(before: float, after: float) -> float:
    """Odds after over odds before; infinite or 0 where a probability is 1 or 0.

    >>> odds_ratio(0.5, 0.9)
    9.0
    """
    if not 0.0 < before < 1.0:
        return 1.0
    if after >= 1.0:
        return math.inf
    return round(after / (1.0 - after), 12) / (before / (1.0 - before))


def differential(
    persons: Ensemble,
    evidence: Evidence,
    where: Setting,
    certain: Sequence[Collection[str]] = (),
) -> Differential:
    """The differential of labs in a setting; `certain` as in `prior`."""
    densities = clouds(persons, evidence)
    before = prior(where, list(densities), certain)
    logs = log_likelihoods({one: densities[one] for one in before}, evidence)
    after = posterior(before, logs)
    candidates = [Candidate(one, before[one], after[one]) for one in before]
    candidates.sort(key=lambda one: (-one.after, one.hypothesis.name))
    names = sorted({name for one in before for name in one.diseases})
    diseases = {name: (_with(before, name), _with(after, name)) for name in names}
    diseases[HEALTHY] = tuple(table.get(Hypothesis(), 0.0) for table in (before, after))  # type: ignore[assignment]
    return Differential(
        evidence,
        where,
        tuple(frozenset(one) for one in certain),
        tuple(candidates),
        diseases,
        float(rarer(persons, evidence, evidence.wanted[None, :])[0]),
        densities,
        before,
        logs,
    )


def posterior(
    before: Mapping[Hypothesis, float], logs: Mapping[Hypothesis, float]
) -> dict[Hypothesis, float]:
    """P(h | labs) = P(h)·L(h)/Σ."""
    weights = np.array([math.log(share) + logs[one] for one, share in before.items()])
    total = float(log_sum(weights))
    if not math.isfinite(total):
        return dict(before)
    shares = np.exp(weights - total)
    return dict(zip(before, (shares / shares.sum()).tolist(), strict=True))


def _with(table: Mapping[Hypothesis, float], disease: str) -> float:
    return min(1.0, math.fsum(share for one, share in table.items() if disease in one.diseases))


def rarer(persons: Ensemble, evidence: Evidence, rows: np.ndarray) -> np.ndarray:
    """The share of simulated persons, of all hypotheses alike, whose labs are less likely than these (row,).

    `rows` (row, lab) say where labs stand.  A few of the persons with each hypothesis stand for all of them.
    """
    if not evidence.labs:
        return np.ones(len(rows))
    chance = np.random.default_rng(int(number("ensemble.seed")))
    densities, asked = [], [rows]
    each = max(1, _ASKED // len(persons.levels))
    for one in persons.levels:
        group = points(persons, one, evidence)
        density = cloud(group[: _FEW if len(one.diseases) == 2 else 3 * _FEW])
        if density is not None:
            densities.append(density)
            drawn = group[chance.integers(0, len(group), each)]
            asked.append(drawn + chance.standard_normal(drawn.shape))
    table = np.vstack(asked)
    logs = log_sum(np.stack([density.log_density(table) for density in densities], axis=1))
    others = np.sort(logs[len(rows) :])
    shares: np.ndarray = np.searchsorted(others, logs[: len(rows)], side="right") / len(others)
    return shares
