"""When are persons in a state that is urgent?  The states of the hard findings, over courses of many."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import numpy as np

from calcis.clinical.formulas import molar_mass
from calcis.clinical.grades import normal_range
from calcis.clinical.rules import VALUES, Asked, Patient, Rule, rules
from calcis.units import convert, read_quantity
from calcis.wording import lowered


def states() -> dict[str, Rule]:
    """The rules of states, by name."""
    return {rule.name: rule for rule in rules() if not rule.drugs}


def title(rule: Rule) -> str:
    """What a state is called within a sentence.

    >>> [title(states()[name]) for name in ("severe_hypercalcaemia", "severe_hypocalcaemia")]
    ['severe hypercalcaemia', 'severe hypocalcaemia']
    """
    return lowered(re.split("[,:]", rule.says)[0])


def held(rule: Rule, values: Mapping[str, np.ndarray], patient: Patient) -> np.ndarray:
    """Where a state holds in courses of `values` (by the names and in the units of VALUES) of such a patient.

    What no course tells does not hold, nor does it except.
    """
    shape = np.shape(next(iter(values.values())))
    when = np.ones(shape, bool)
    for condition in rule.when:
        when &= _holds(condition, values, patient, shape)
    for condition in rule.unless:
        when &= ~_holds(condition, values, patient, shape)
    return when


def _holds(
    condition: Mapping[str, Any], values: Mapping[str, np.ndarray], patient: Patient, shape: tuple[int, ...]
) -> np.ndarray:
    [(what, about)] = condition.items()
    if what == "any":
        return np.asarray(np.logical_or.reduce([_holds(one, values, patient, shape) for one in about]))
    if what not in VALUES:  # is the same at all times
        alone = Rule("", frozenset(), "urgent", False, (condition,), (), "", "")
        return np.full(shape, bool(alone.holds(Asked(patient)).truth))
    if isinstance(about, str):
        first = (
            [name for name in ("calcium_ionised", what) if name in values] if what == "calcium" else [what]
        )
        if not first or first[0] not in values:
            return np.zeros(shape, bool)
        low, high = normal_range(VALUES[first[0]][3])
        return np.asarray(values[first[0]] > high if about == "high" else values[first[0]] < low)
    if what not in values:
        return np.zeros(shape, bool)
    [(end, text)] = about.items()
    _, unit, substance, _ = VALUES[what]
    limit = convert(*read_quantity(text), unit, molar_mass(substance) if substance else None)
    course = values[what]
    return np.asarray(
        course < limit if end == "below" else course >= limit if end == "from" else course > limit
    )
