"""How are persons chosen who are, at the start, as the patients of a trial were: their means and deviations?

Of all ways to weigh the persons drawn, the one that is nearest to counting each alike (least relative
entropy) and has the means and standard deviations that were told: w ∝ exp(Σ a·z + b·z²).  Nothing else is
known of the patients, so nothing else is assumed.  Then so many are taken, each as often as it weighs.
"""

from __future__ import annotations

import numpy as np

_ROUNDS = 200


def weights_of(values: np.ndarray, means: np.ndarray, deviations: np.ndarray) -> np.ndarray:
    """Weights (person,), of sum 1, with which `values` (person, quantity) have these means and deviations.

    A deviation may be NaN where none was told.  Where no weights do, those that came nearest.

    >>> weights = weights_of(np.linspace(0.0, 1.0, 101)[:, None], np.array([0.3]), np.array([0.1]))
    >>> round(float(weights @ np.linspace(0.0, 1.0, 101)), 6)
    0.3
    """
    told = np.isfinite(deviations)
    scale = np.where(told, deviations, values.std(axis=0) + 1e-12)
    away = (values - means) / scale
    features = np.hstack([away, away[:, told] ** 2 - 1.0])
    slopes = np.zeros(features.shape[1])
    least, weights = _potential(features, slopes)
    for _ in range(_ROUNDS):
        off = weights @ features
        if np.abs(off).max() < 1e-9:
            break
        apart = features - off
        curved = (apart.T * weights) @ apart
        step = np.linalg.lstsq(curved, off)[0]
        for half in 0.5 ** np.arange(30.0):
            lower, found = _potential(features, slopes - half * step)
            if lower < least:
                break
        else:
            break
        slopes, least, weights = slopes - half * step, lower, found
    return weights


def worth(weights: np.ndarray) -> float:
    """To how many persons who are counted alike weights amount: (Σw)²/Σw².

    >>> worth(np.ones(5))
    5.0
    """
    return float(weights.sum() ** 2 / (weights**2).sum())


def taken(weights: np.ndarray, count: int, chance: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Which `count` persons are taken, nobody twice, and what each then counts, of sum 1.

    Each is taken with a chance in proportion to its weight; who would be taken more than once counts more.
    Systematic sampling in the order given: neighbours share places, so their mean is kept.
    """
    chances = np.zeros(len(weights))
    sure = np.zeros(len(weights), bool)
    while True:
        left = ~sure
        chances[left] = (count - sure.sum()) * weights[left] / weights[left].sum()
        more = left & (chances >= 1.0)
        if not more.any():
            break
        chances[more], sure = 1.0, sure | more
        if sure.sum() >= count:
            chances[~sure] = 0.0
            break
    marks = np.floor(np.append(0.0, np.cumsum(chances)) + chance.uniform(0.0, 1.0))
    chosen = np.flatnonzero(np.diff(marks) > 0.0)
    counts = weights[chosen] / chances[chosen]
    return chosen, counts / counts.sum()


def _potential(features: np.ndarray, slopes: np.ndarray) -> tuple[float, np.ndarray]:
    """ln mean exp(features·slopes), whose least is where the features are zero on average, and weights."""
    logs = features @ slopes
    top = logs.max()
    raised = np.exp(logs - top)
    return float(top + np.log(raised.mean())), raised / raised.sum()
