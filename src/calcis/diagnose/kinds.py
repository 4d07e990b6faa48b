"""Of which kind is the calcification of this person, and what lies beneath it?

Blood tells metastatic calcification from the others: it needs blood that is supersaturated, which the
chemistry says of every simulated person.  Site, pattern and history tell the others apart:
P(kind, h | all) ∝ P(h | labs)·frequency(kind, h)·P(supersaturated | h, labs) where needed
·P(site | kind)·P(pattern | kind)·ratios of history.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from calcis.clinical.history import classes
from calcis.diagnose.asked import Asked
from calcis.diagnose.differential import Differential
from calcis.diagnose.ensemble import KEPT, Ensemble
from calcis.diagnose.hypotheses import Hypothesis
from calcis.diagnose.kind_data import Kind, Kinds, Seen, kinds, seen
from calcis.diagnose.measure import weights_of
from calcis.fluids.solve import AMORPHOUS, database_of, index, possible_minerals, speciated, threshold

_LEAST = 1e-5  # of probability, from which on a hypothesis counts here
_DATABASE = "minteq"
_SOLUTES = {
    "calcium_ionised": "calcium_ionised_plasma",
    "phosphate": "phosphate_plasma",
    "magnesium": "magnesium_plasma",
    "ph": "ph_plasma",
}


@dataclass(frozen=True)
class Found:
    """A kind with its probability by blood alone and with site, pattern and history; causes beneath it."""

    kind: Kind
    by_blood: float
    after: float
    causes: Mapping[Hypothesis, float]


@dataclass(frozen=True)
class Kinded:
    """The kinds, the most probable first; the deposit; how probably blood is supersaturated."""

    found: tuple[Found, ...]
    site: Seen | None
    pattern: Seen | None
    supersaturated: float


def is_asked(asked: Asked) -> bool:
    """Whether a calcification is told of."""
    case = asked.case
    of_deposit = {"calcinosis", "calciphylaxis"} & set(case.conditions)
    return bool(asked.site or asked.pattern or case.lesion or of_deposit)


def kinds_of(asked: Asked, persons: Ensemble, found: Differential) -> Kinded:
    """The kinds of a calcification.  Raises InputError for an unknown site or pattern."""
    table = kinds()
    site = seen("site", asked.site) if asked.site else None
    pattern = seen("pattern", asked.pattern) if asked.pattern else None
    told = {one.hypothesis: one.after for one in found.candidates if one.after >= _LEAST}
    high = supersaturation(persons, found, list(told))
    looks = {kind: _looks(table, kind, site, pattern) * _ratio(table, asked, kind) for kind in table.kinds}
    by_blood = {kind: _joint(table, kind, told, high) for kind in table.kinds}
    total = math.fsum(math.fsum(one.values()) for one in by_blood.values())
    seen_too = {kind: looks[kind] * math.fsum(one.values()) for kind, one in by_blood.items()}
    result = []
    for name, kind in table.kinds.items():
        whole = math.fsum(by_blood[name].values())
        causes = {one: share / whole for one, share in by_blood[name].items() if whole > 0.0}
        ordered = dict(sorted(causes.items(), key=lambda item: (-item[1], item[0].name)))
        result.append(Found(kind, whole / total, seen_too[name] / math.fsum(seen_too.values()), ordered))
    result.sort(key=lambda one: (-one.after, one.kind.name))
    shares = math.fsum(told.values())
    blood = math.fsum(share * high[one] for one, share in told.items()) / shares
    return Kinded(tuple(result), site, pattern, blood)


def supersaturation(
    persons: Ensemble, found: Differential, among: list[Hypothesis]
) -> dict[Hypothesis, float]:
    """How probably blood is supersaturated, by hypothesis, after the labs."""
    line = float(np.quantile(distance(persons.levels[Hypothesis()]), kinds().supersaturated))
    return {one: float(weights_of(found, one) @ (distance(persons.levels[one]) > line)) for one in among}


def distance(levels: np.ndarray) -> np.ndarray:
    """How far plasma is above what mineral takes without inhibitors (person,), as a saturation index."""
    given = {name: levels[:, KEPT.index(signal)] for name, signal in _SOLUTES.items()}
    solution = speciated("plasma", database_of(_DATABASE), given, len(levels))
    mineral = possible_minerals(database_of(_DATABASE))[AMORPHOUS]
    found: np.ndarray = index(solution, mineral) - threshold(_DATABASE).value
    distances: np.ndarray = np.nan_to_num(found, nan=-np.inf)
    return distances


def _joint(
    table: Kinds, kind: str, told: Mapping[Hypothesis, float], high: Mapping[Hypothesis, float]
) -> dict[Hypothesis, float]:
    """How often persons with such blood have a deposit of a kind, by hypothesis."""
    needs = table.kinds[kind].needs_blood
    return {
        one: share * table.frequency[table.group(one)][kind].value * (high[one] if needs else 1.0)
        for one, share in told.items()
    }


def _looks(table: Kinds, kind: str, site: Seen | None, pattern: Seen | None) -> float:
    return math.prod(table.likelihood(one, kind) for one in (site, pattern) if one is not None)


def _ratio(table: Kinds, asked: Asked, kind: str) -> float:
    """What history says for a kind."""
    known = {*asked.case.conditions, *asked.case.medication}
    known |= {group for group, drugs in classes().items() if drugs & set(asked.case.medication)}
    return math.prod(one.value for name, (of, one) in table.history.items() if name in known and kind in of)
