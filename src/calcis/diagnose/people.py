"""Who has a disease?  Simulated persons with it: how they differ, how ill they are, and for how long already.

A person's numbers differ as those of healthy persons do (data/individual/factors.yaml), but that those which
set ionised calcium share the spread that it has; what a disease lets vary is as bad as somebody counted, or
lies around its usual value, its sensible range four standard deviations wide, and within that range.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from calcis.case import read_case_text
from calcis.case.disease import Disease
from calcis.changes import apply
from calcis.diagnose.durations import Duration, durations
from calcis.diagnose.hypotheses import Hypothesis, known
from calcis.diagnose.numbers import number
from calcis.diagnose.severities import Severity, severities
from calcis.individual.factors import factors
from calcis.individual.levels import Response
from calcis.units import HOURS_PER_YEAR, convert, read_quantity

FILTRATION = "kidney.filtration_rate"
HEALTHY_HOURS = HOURS_PER_YEAR  # a standard body is at rest at once; of persons who differ, it settles
# Factors that move ionised calcium, each of which has its whole spread in data/individual.
_SHARED = ("calcium_level", "gland_set_point", "gland_sensitivity", "kidney_set_point")
_CASE = """calcis: 1
person: {age: 50 y, sex: female, mass: 70 kg}
body: calcis
arms: {it: []}
run: {duration: 1 d, every: 1 d}
"""


@dataclass(frozen=True)
class People:
    """Numbers of persons (person, parameter) with what they have had for long, and with all they have.

    `before` and `since` (person,) say for how long, h; where nothing came last, `since` is 0.
    """

    before_numbers: np.ndarray
    numbers: np.ndarray
    before: np.ndarray
    since: np.ndarray


@cache
def response() -> Response:
    """The standard body, which persons are changes of."""
    return Response(read_case_text(_CASE, "the standard person"))


def people(hypothesis: Hypothesis, count: int, age: float, seed: int) -> People:
    """`count` persons of an age (y) with what a hypothesis says; the same ones for the same seed."""
    chance = np.random.default_rng([seed, _fingerprint(hypothesis.name), round(age)])
    body, diseases = response(), [known()[name] for name in hypothesis.diseases]
    table = np.tile(body.base, (count, 1))
    fixed = {change.name for disease in diseases for change in disease.changes}
    if FILTRATION not in fixed:
        table[:, body.names.index(FILTRATION)] *= filtration_share(age)
    for name, factor in factors().items():
        columns = [body.names.index(name) for name in factor.numbers if name in body.names]
        if factor.spread is None or not columns:
            continue
        spread = factor.spread * (number("people.shared") if name in _SHARED else 1.0)
        amounts = np.clip(chance.standard_normal(count), -3.0, 3.0) * spread
        if fixed.intersection(factor.numbers):
            continue
        table[:, columns] *= np.exp(amounts)[:, None]
    for name, parameter in body.numbers.items():
        if parameter.range is not None and name in body.names:
            column = body.names.index(name)
            table[:, column] = np.clip(table[:, column], *parameter.range)
    before, before_table, since = np.full(count, HEALTHY_HOURS), table.copy(), np.zeros(count)
    for disease in diseases:
        amounts_of = _severities(disease, count, chance)
        lasts = durations().get(disease.name)
        for name, values in amounts_of.items():
            table[:, body.names.index(name)] = values
            if lasts is None:
                before_table[:, body.names.index(name)] = values
        if lasts is None:
            before = np.maximum(before, disease.steady_after or 0.0)
        else:
            since = np.maximum(since, _drawn(lasts, count, chance))
    return People(before_table, table, before, since)


def filtration_share(age: float) -> float:
    """Filtration rate at an age (y) over that of the standard body, which is that of younger people."""
    start, fall = number("filtration.falls_from"), number("filtration.fall")
    return max(0.3, 1.0 - fall * max(0.0, age - start))


def _severities(disease: Disease, count: int, chance: np.random.Generator) -> dict[str, np.ndarray]:
    """Every number that a disease sets (person,), in the units of the laws."""
    body = response()
    ill = apply(body.numbers, disease.changes)
    found = {change.name: np.full(count, ill[change.name].value) for change in disease.changes}
    for key, argument in disease.arguments.items():
        unit = ill[argument.sets[0]].unit
        low, high = (convert(*read_quantity(end), unit) for end in (argument.least, argument.most))
        usual = [ill[name].value for name in argument.sets]
        counted = severities().get((disease.name, key))
        drawn = _around(counted or _sensible(usual[0], low, high), count, chance)
        for name, own in zip(argument.sets, usual, strict=True):
            found[name] = drawn if own == usual[0] else drawn * own / usual[0]
    return found


def _sensible(usual: float, low: float, high: float) -> Severity:
    """Around the usual value, the sensible range four standard deviations wide."""
    logs = low > 0.0 and usual > 0.0
    return Severity(usual, (math.log(high / low) if logs else high - low) / 4.0, low, high)


def _around(how: Severity, count: int, chance: np.random.Generator) -> np.ndarray:
    """Values around the middle one, between two ends; log-normal where these do not begin at 0."""
    logs = how.least > 0.0 and how.middle > 0.0
    centre, least, most = (math.log(one) if logs else one for one in (how.middle, how.least, how.most))
    found, left = np.full(count, centre), np.ones(count, bool)
    for _ in range(50):
        found[left] = centre + how.spread * chance.standard_normal(int(left.sum()))
        left = (found < least) | (found > most)
    found = np.clip(found, least, most)
    values: np.ndarray = np.exp(found) if logs else found
    return values


def _drawn(lasts: Duration, count: int, chance: np.random.Generator) -> np.ndarray:
    found: np.ndarray = chance.uniform(lasts.least, lasts.most, count)
    return found


def _fingerprint(name: str) -> int:
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big")


def columns_of(names: Sequence[str]) -> list[int]:
    """Places of some signals among those of the body."""
    return [response().signals.index(name) for name in names]
