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
    """A kind with its probability by blood alone and with site, pattern and history; causes beneath it.

    `reasons` say by what factor each thing that is known of the deposit moves its odds; `sources` from where
    it is known how common the kind is.
    """

    kind: Kind
    by_blood: float
    after: float
    causes: Mapping[Hypothesis, float]
    reasons: Mapping[str, float]
    sources: tuple[str, ...]


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
    said = _said(table, asked, site, pattern)
    by_blood = {kind: _joint(table, kind, told, high) for kind in table.kinds}
    blood = {kind: math.fsum(one.values()) for kind, one in by_blood.items()}
    seen_too = _weighed(blood, said)
    without = {name: _weighed(blood, {key: one for key, one in said.items() if key != name}) for name in said}
    result = []
    for name, kind in table.kinds.items():
        causes = {one: share / blood[name] for one, share in by_blood[name].items() if blood[name] > 0.0}
        ordered = dict(sorted(causes.items(), key=lambda item: (-item[1], item[0].name)))
        moved = {what: _odds(seen_too, name) / _odds(without[what], name) for what in said}
        groups = dict.fromkeys(table.group(one) for one in list(ordered)[:2])
        sources = dict.fromkeys(str(table.frequency[group][name].source) for group in groups)
        share = blood[name] / math.fsum(blood.values())
        result.append(Found(kind, share, seen_too[name], ordered, moved, tuple(sources)))
    result.sort(key=lambda one: (-one.after, one.kind.name))
    shares = math.fsum(told.values())
    supersaturated = math.fsum(share * high[one] for one, share in told.items()) / shares
    return Kinded(tuple(result), site, pattern, supersaturated)


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


def _said(table: Kinds, asked: Asked, site: Seen | None, pattern: Seen | None) -> dict[str, dict[str, float]]:
    """How likely each thing that is known of the deposit is with each kind, by its name in words."""
    found = {
        one.title: {kind: table.likelihood(one, kind) for kind in table.kinds}
        for one in (site, pattern)
        if one is not None
    }
    known = {*asked.case.conditions, *asked.case.medication}
    known |= {group for group, drugs in classes().items() if drugs & set(asked.case.medication)}
    for name, (of, one) in table.history.items():
        if name in known:
            found[name.replace("_", " ")] = {kind: one.value if kind in of else 1.0 for kind in table.kinds}
    return found


def _weighed(blood: Mapping[str, float], said: Mapping[str, Mapping[str, float]]) -> dict[str, float]:
    """Probabilities of kinds by blood and all that is said."""
    weights = {kind: one * math.prod(each[kind] for each in said.values()) for kind, one in blood.items()}
    return {kind: one / math.fsum(weights.values()) for kind, one in weights.items()}


def _odds(shares: Mapping[str, float], kind: str) -> float:
    others = math.fsum(one for name, one in shares.items() if name != kind)
    return max(shares[kind], 1e-30) / max(others, 1e-30)
