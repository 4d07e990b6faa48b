"""Which labs speak for a disease, and which against it?  What the odds lose without each of them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from calcis.diagnose.differential import Differential, posterior
from calcis.diagnose.ensemble import Ensemble
from calcis.diagnose.hypotheses import Hypothesis
from calcis.diagnose.likelihood import Evidence, clouds, log_likelihoods

_TOLD = 1.5  # by which factor a lab must move the odds to be told
_MOST = 100.0  # log of a factor, beyond which it is all the same


@dataclass(frozen=True)
class Reason:
    """A lab, and by what factor it moves the odds of a disease, with the other labs known."""

    lab: str
    factor: float

    @property
    def speaks(self) -> str:
        """For, against, or neither."""
        return "for" if self.factor >= _TOLD else "against" if self.factor <= 1.0 / _TOLD else ""


def reasons(persons: Ensemble, found: Differential, most: int = 5) -> dict[Hypothesis, tuple[Reason, ...]]:
    """For the most probable hypotheses, what each lab does to their odds, the strongest first."""
    told = [one.hypothesis for one in found.candidates[:most]]
    whole = found.after
    factors: dict[Hypothesis, list[Reason]] = {one: [] for one in told}
    for lab in found.evidence.labs:
        without = _after(persons, found, found.evidence.without(lab.lab))
        for one in told:
            factors[one].append(Reason(lab.lab, _factor(whole[one], without.get(one, 0.0))))
    return {
        one: tuple(sorted(all_, key=lambda reason: (-abs(math.log(reason.factor)), reason.lab)))
        for one, all_ in factors.items()
    }


def _after(persons: Ensemble, found: Differential, evidence: Evidence) -> Mapping[Hypothesis, float]:
    if not evidence.labs:
        return found.before
    densities = clouds(persons, evidence)
    kept = {one: share for one, share in found.before.items() if one in densities}
    return posterior(kept, log_likelihoods({one: densities[one] for one in kept}, evidence))


def _factor(whole: float, without: float) -> float:
    """Odds with a lab over odds without it."""
    return math.exp(max(-_MOST, min(_MOST, _log_odds(whole) - _log_odds(without))))


def _log_odds(share: float) -> float:
    least = 1e-40
    return math.log(max(share, least)) - math.log(max(1.0 - share, least))
