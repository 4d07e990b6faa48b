"""How strongly do drugs act, and tissues answer, in one person more than in another?  Factors on numbers.

A number whose data tell a `spread` (calcis.parameters) is the file's value times a factor of each person,
log-normal and the same in every arm.  It depends on seed, person and number alone: no arm that is added, and
no person, changes those of others.  Numbers are drawn apart from each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from calcis.case import Case, packaged
from calcis.changes import resolve
from calcis.parameters import Parameter
from calcis.simulate.ensemble import Factors


def drawn(case: Case, count: int, seed: int) -> Factors:
    """Factors of `count` persons; the first has those of the files.

    What the case itself gives as a value is so in everybody.
    """
    numbers = packaged().parameters(case.body)
    given = {resolve(one, numbers) for some in case.changes for one in some if one.value is not None}
    given -= _of_tissue(case, numbers)
    names = tuple(name for name, one in numbers.items() if one.spread is not None and name not in given)
    factors = [_of(numbers[name], count, np.random.default_rng([seed, *name.encode()])) for name in names]
    found = np.array(factors).reshape(len(names), count).T
    found[:1] = 1.0
    return Factors(names, found)


def others(case: Case, names: Sequence[str], count: int, chance: np.random.Generator) -> Factors:
    """Factors on some numbers of `count` persons who are not yet those of a case."""
    numbers = packaged().parameters(case.body)
    factors = [_of(numbers[name], count, chance) for name in names]
    return Factors(tuple(names), np.array(factors).reshape(len(names), count).T)


def _of(number: Parameter, count: int, chance: np.random.Generator) -> np.ndarray:
    assert number.spread is not None
    found = np.exp(number.spread.value * chance.standard_normal(count))
    low, high = number.range or (0.0, np.inf)
    return np.clip(found, low / number.value, high / number.value)


def _of_tissue(case: Case, numbers: Mapping[str, Parameter]) -> set[str]:
    """What the kind of tissue of the lesion sets: its middle, around which persons differ."""
    return set() if case.lesion is None else {resolve(one, numbers) for one in case.changes[0]}
