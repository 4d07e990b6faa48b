"""Who reaches the goal, when are two arms told apart, and who comes to harm?

The numbers, with their sources, are in data/compare/criteria.yaml and data/clinical; what is urgent is harm.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

import numpy as np

from calcis.case.goal import START, Goal
from calcis.clinical.circulation import WATCHED
from calcis.clinical.grades import lines, normal
from calcis.clinical.hard_findings import OF_BODIES
from calcis.clinical.rules import VALUES, Patient
from calcis.clinical.states import held, states, title
from calcis.parameters import Parameter, data_path, read_parameters
from calcis.simulate.ensemble import MINERAL, MINERAL_ORGANS, Fared
from calcis.units import convert

_UNITS = {
    "ranking": {"least_difference": "1", "normal_quantile": "1"},
    "generated": {"usual_resorption": "1", "failing_filtration": "mL/min", "lacking_pyrophosphate": "1"},
    "harm": {"formation_low": "1"},
}
CRITERION = (
    "Two arms are told apart if, over the same persons, at least {least:.0f} in a hundred more reach the "
    "goal with the one than with the other, and the interval of 95 % of that difference leaves out none. "
    "Others share a rank."
)


@cache
def criteria() -> Mapping[str, Parameter]:
    """The numbers by dotted name."""
    return MappingProxyType(read_parameters(data_path("compare", "criteria.yaml"), _UNITS))


def criterion() -> str:
    """When two arms are told apart, in words."""
    return CRITERION.format(least=100.0 * criteria()["ranking.least_difference"].value)


@dataclass(frozen=True)
class Chance:
    """The share of persons who reach the goal, of those who did not fail; ends of 95 % by their number."""

    share: float
    low: float
    high: float
    persons: int


@dataclass(frozen=True)
class Harm:
    """Persons in whom something is so after the start that was not at the start, as a share."""

    name: str
    title: str
    share: float
    source: str


# Beside the urgent states, name: (title, course, whether too low or too high, where the line is)
_HARMS = {
    "high_calcium": ("high ionised calcium", "calcium_ionised_plasma", "high", "normal"),
    "low_phosphate": ("low phosphate", "phosphate_plasma", "low", "normal"),
    "low_turnover": ("bone hardly turns over", "formation_relative", "low", "harm.formation_low"),
    **{
        one.line: (one.harm, one.course, "high" if one.high else "low", f"circulation.{one.line}")
        for one in WATCHED
    },
}
NO_MINERAL = 0.005  # mmol/L of a lesion, mmol of organs: nobody would see it
_NONE = {MINERAL: NO_MINERAL, MINERAL_ORGANS: NO_MINERAL}
HARMED = (*OF_BODIES, *(course for _, course, _, _ in _HARMS.values()))  # courses that tell a harm


def reached(goal: Goal, fared: Fared, arms: Sequence[str]) -> np.ndarray:
    """Whether each person reaches the goal in each arm (person, arm): 1 or 0.

    NaN for who failed before, and for whom it would be a share of nothing.
    """
    plain, times = fared.courses[goal.quantity], fared.times
    values, there = plain, np.ones((len(plain), 1), bool)
    if goal.of:
        base = plain[:, :, :1] if goal.of == START else plain[:, [list(arms).index(goal.of)]]
        least = _NONE.get(goal.quantity, 0.0)
        values = plain / np.where(base > least, base, np.nan)
        there = (base[:, :, 0] if goal.of == START else _at(base, times, goal.time)) > least
    looked = _looked(goal, values, times)
    inside = (looked >= goal.low) & (looked <= goal.high)
    found = (inside.any(axis=2) if goal.when == "by" else inside.all(axis=2)).astype(float)
    lived = np.isfinite(_looked(goal, plain, times)).all(axis=2)
    known = there & (lived | ((goal.when == "by") & (found > 0.0)))
    return np.where(known, found, np.nan)


def _looked(goal: Goal, values: np.ndarray, times: np.ndarray) -> np.ndarray:
    """Values (person, arm, time) at all times at which the goal looks."""
    exact = np.stack([_at(values, times, goal.time)], axis=2)
    if goal.when == "by":
        return np.concatenate([values[:, :, times <= goal.time], exact], axis=2)
    if goal.when == "from":
        return np.concatenate([exact, values[:, :, times >= goal.time]], axis=2)
    return exact


def _at(values: np.ndarray, times: np.ndarray, time: float) -> np.ndarray:
    """Values (person, arm) at a time, on a straight line between outputs."""
    k = int(np.clip(np.searchsorted(times, time), 1, len(times) - 1))
    share = (time - times[k - 1]) / (times[k] - times[k - 1])
    return np.asarray((1.0 - share) * values[:, :, k - 1] + share * values[:, :, k])


def chance(reach: np.ndarray, independent: float = 1.0) -> Chance:
    """The share of persons (person,) who reach the goal, with Wilson's interval of 95 %.

    independent: as how many independent persons each counts, as labs weigh some more than others.
    """
    known = reach[np.isfinite(reach)]
    n, z = len(known), criteria()["ranking.normal_quantile"].value
    if not n:
        return Chance(math.nan, math.nan, math.nan, 0)
    p = float(known.mean())
    m = independent * n
    middle, width = p + z * z / (2 * m), z * math.sqrt(p * (1 - p) / m + z * z / (4 * m * m))
    scale = 1 + z * z / m
    return Chance(p, max(0.0, (middle - width) / scale), min(1.0, (middle + width) / scale), n)


def better(one: np.ndarray, other: np.ndarray, independent: float = 1.0) -> bool:
    """Whether one arm is told apart from another as better, by the same persons (person,) in both.

    For the interval of the difference one person is added who reaches the goal with the one alone, and one
    with the other alone: so that where all persons agree, few of them still tell nothing.
    """
    both = np.isfinite(one) & np.isfinite(other)
    if not both.any():
        return False
    differ = one[both] - other[both]
    if float(differ.mean()) < criteria()["ranking.least_difference"].value:
        return False
    n = independent * len(differ)
    mean = n * float(differ.mean()) / (n + 2.0)
    square = (n * float((differ**2).mean()) + 2.0) / (n + 2.0)
    error = math.sqrt((square - mean * mean) / (n + 2.0))
    return mean - criteria()["ranking.normal_quantile"].value * error > 0.0


def ranks(reach: np.ndarray, ranked: Sequence[int], independent: float = 1.0) -> dict[int, int]:
    """Rank of each arm of `ranked` by who reaches the goal (person, arm).

    Arms that are not told apart from the first of a rank share it.
    """
    order = sorted(ranked, key=lambda k: -np.nan_to_num(chance(reach[:, k]).share, nan=-1.0))
    found: dict[int, int] = {}
    first = None
    for place, k in enumerate(order, start=1):
        if first is None or better(reach[:, first], reach[:, k], independent):
            first = k
            found[k] = place
        else:
            found[k] = found[first]
    return found


def harms(fared: Fared, arm: int, patient: Patient) -> list[Harm]:
    """What befalls persons in an arm, and how many of them: every state that is urgent, and some others."""
    known = {
        OF_BODIES[name]: values[:, arm] * convert(1.0, fared.units[name], VALUES[OF_BODIES[name]][1])
        for name, values in fared.courses.items()
        if name in OF_BODIES
    }
    found = []
    for rule in states().values() if known else ():
        alive = np.isfinite(next(iter(known.values()))[:, 0])
        found.append(_harm(rule.name, title(rule), held(rule, known, patient), alive, rule.source))
    for name, (words, course, side, line) in _HARMS.items():
        if course not in fared.courses:
            continue
        number = normal()[f"{course}.{side}"] if line == "normal" else {**lines(), **criteria()}[line]
        limit = convert(number.value, number.unit, fared.units[course])
        values = fared.courses[course][:, arm]
        beyond = values < limit if side == "low" else values > limit
        found.append(_harm(name, words, beyond, np.isfinite(values[:, 0]), number.source))
    return found


def _harm(name: str, words: str, beyond: np.ndarray, alive: np.ndarray, source: str) -> Harm:
    """Of those who are simulated, the share in whom something (person, time) comes after the start."""
    fresh = beyond[:, 1:].any(axis=1) & ~beyond[:, 0]
    return Harm(name, words, float(fresh[alive].mean()) if alive.any() else math.nan, source)
