"""Which labs speak for a disease, and which against it?

By what factor each moves the odds: the middle, on a logarithmic scale, of what it does alone and of what it
does when all others are known.  So two labs that say the same share what they say, and neither goes unsaid.
"""

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
    """A lab, and by what factor it moves the odds of a disease."""

    lab: str
    factor: float

    @property
    def speaks(self) -> str:
        """For, against, or neither."""
        return "for" if self.factor >= _TOLD else "against" if self.factor <= 1.0 / _TOLD else ""


def reasons(persons: Ensemble, found: Differential, most: int = 5) -> dict[Hypothesis, tuple[Reason, ...]]:
    """For the most probable hypotheses, what each lab does to their odds, the strongest first."""
    told = [one.hypothesis for one in found.candidates[:most]]
    whole, before = found.after, found.before
    factors: dict[Hypothesis, list[Reason]] = {one: [] for one in told}
    for lab in found.evidence.labs:
        without = _after(persons, found, found.evidence.without(lab.lab))
        alone = _after(persons, found, found.evidence.only(lab.lab))
        for one in told:
            last, first = _log_factor(whole[one], without[one]), _log_factor(alone[one], before[one])
            factors[one].append(Reason(lab.lab, math.exp(0.5 * (last + first))))
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


def _log_factor(whole: float, without: float) -> float:
    """Logarithm of odds with a lab over odds without it."""
    return max(-_MOST, min(_MOST, _log_odds(whole) - _log_odds(without)))


def _log_odds(share: float) -> float:
    least = 1e-40
    return math.log(max(share, least)) - math.log(max(1.0 - share, least))
