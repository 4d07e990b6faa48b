"""How dense do simulated persons lie around a point?  A smooth density, narrow where they lie narrowly.

Those with little of a disease and those with much of it differ in covariance.  So persons are split into
groups as long as that makes labs measured in them likelier by more than the numbers it takes (Akaike 1974).
Every person is a normal density: the labs' own variation, which is 1, and a share of the covariance of the
group, so that the density has the mean and the covariance of the group (West 1993).
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from calcis.diagnose.numbers import number

_FEWEST = 8  # persons who make a density
_ROUNDS, _AXES = 4, 2  # of moving persons between two groups; directions in which a group is cut


@dataclass(frozen=True)
class Group:
    """Persons with one covariance: their places, centres (person, lab), square root of the precision."""

    places: np.ndarray
    centres: np.ndarray
    root: np.ndarray
    constant: float

    def log_weights(self, points: np.ndarray) -> np.ndarray:
        """log N(point; person) (point, person)."""
        at, around = points @ self.root, self.centres @ self.root
        squares = (at**2).sum(1)[:, None] + (around**2).sum(1)[None, :] - 2.0 * at @ around.T
        found: np.ndarray = self.constant - 0.5 * np.maximum(squares, 0.0)
        return found


@dataclass(frozen=True)
class Cloud:
    """A density around persons, in groups."""

    groups: tuple[Group, ...]
    persons: int

    def log_weights(self, points: np.ndarray) -> np.ndarray:
        """log N(point; person) (point, person), persons in their order."""
        found = np.empty((len(points), self.persons))
        for group in self.groups:
            found[:, group.places] = group.log_weights(points)
        return found

    def log_density(self, points: np.ndarray) -> np.ndarray:
        """The logarithm of the density (point,)."""
        return log_sum(self.log_weights(points)) - math.log(self.persons)


def log_sum(logs: np.ndarray) -> np.ndarray:
    """log Σ exp over the last axis."""
    most = np.max(logs, axis=-1, keepdims=True)
    most = np.where(np.isfinite(most), most, 0.0)
    with np.errstate(divide="ignore"):
        found: np.ndarray = np.log(np.exp(logs - most).sum(axis=-1)) + most[..., 0]
    return found


def cloud(persons: np.ndarray, width: float | None = None, split: bool = True) -> Cloud | None:
    """The density around persons (person, lab); None where there are too few."""
    count, labs = persons.shape
    if count < _FEWEST:
        return None
    every = np.arange(count)
    groups = _groups(persons, every) if labs and split else [every]
    width = number("density.width") if width is None else width
    return Cloud(tuple(_group(persons[places], places, width) for places in groups), count)


def _group(persons: np.ndarray, places: np.ndarray, width: float) -> Group:
    count, labs = persons.shape
    width = min(1.0, width * count ** (-1.0 / (labs + 4)))
    middle = persons.mean(axis=0)
    kernel = np.eye(labs) + width**2 * _spread(persons)
    root = np.linalg.inv(np.linalg.cholesky(kernel)).T
    centres = middle + math.sqrt(1.0 - width**2) * (persons - middle)
    return Group(places, centres, root, -0.5 * (_size(kernel) + labs * math.log(2.0 * math.pi)))


def _groups(persons: np.ndarray, places: np.ndarray) -> list[np.ndarray]:
    """The places of persons, split into groups as long as it is worth it."""
    group = persons[places]
    labs = group.shape[1]
    whole = _log_likelihood(group, len(group))
    best, halves = whole + 1.0 + labs + 0.5 * labs * (labs + 1), None
    _, axes = np.linalg.eigh(_spread(group))
    for axis in axes.T[::-1][:_AXES]:
        side = _settled(group, (group - group.mean(axis=0)) @ axis > 0.0)
        if side is not None:
            parts = [places[~side], places[side]]
            found = sum(_log_likelihood(persons[part], len(group)) for part in parts)
            if found > best:
                best, halves = found, parts
    if halves is None:
        return [places]
    return [part for half in halves for part in _groups(persons, half)]


def _settled(group: np.ndarray, side: np.ndarray) -> np.ndarray | None:
    """On which of two sides each of a group is likelier; None where one is too small."""
    fewest = 3 * (group.shape[1] + 1)
    for _ in range(_ROUNDS):
        if min(side.sum(), (~side).sum()) < fewest:
            return None
        nearer = [_log_normal(group, group[one]) + math.log(one.mean()) for one in (~side, side)]
        side = nearer[1] > nearer[0]
    return side if min(side.sum(), (~side).sum()) >= fewest else None


def _log_normal(points: np.ndarray, group: np.ndarray) -> np.ndarray:
    """log of the normal density with the mean and covariance of measured labs of a group, less a constant."""
    kernel = np.eye(group.shape[1]) + _spread(group)
    off = points - group.mean(axis=0)
    found: np.ndarray = -0.5 * ((off @ np.linalg.inv(kernel)) * off).sum(axis=1) - 0.5 * _size(kernel)
    return found


def _log_likelihood(group: np.ndarray, of: int) -> float:
    """What labs measured in a group that is part of `of` persons are expected to add, were they normal."""
    count, labs = group.shape
    return float(count * (math.log(count / of) - 0.5 * _size(np.eye(labs) + _spread(group))))


def _spread(group: np.ndarray) -> np.ndarray:
    labs = group.shape[1]
    return np.cov(group.T, bias=True).reshape(labs, labs) if labs else np.zeros((0, 0))


def _size(kernel: np.ndarray) -> float:
    return float(np.linalg.slogdet(kernel)[1])
