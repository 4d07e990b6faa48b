"""Between what is decided?  Healthy blood, each disease, and two at once that do not set the same number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from calcis.case import packaged
from calcis.case.disease import Disease
from calcis.wording import lowered

BODY = "calcis"
HEALTHY = "healthy_blood"


@dataclass(frozen=True)
class Hypothesis:
    """What a person may have: no disease, one, or two."""

    diseases: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """Its name: `ckd`, `ckd + thiazide`."""
        return " + ".join(self.diseases) or HEALTHY

    @property
    def title(self) -> str:
        """Its name for a reader."""
        titles = [known()[name].title for name in self.diseases]
        return " and ".join([*titles[:1], *(lowered(title) for title in titles[1:])]) or "Healthy blood"


def known() -> Mapping[str, Disease]:
    """The diseases that the body can have, by name."""
    numbers = packaged().parameters(BODY)
    return {
        name: one
        for name, one in packaged().diseases.items()
        if BODY not in one.not_in and not one.lacking(numbers)
    }


def hypotheses() -> tuple[Hypothesis, ...]:
    """All that a person may have, in a fixed order."""
    diseases = known()
    pairs = [pair for pair in combinations(diseases, 2) if _together(*(diseases[name] for name in pair))]
    return (Hypothesis(), *(Hypothesis((name,)) for name in diseases), *(Hypothesis(pair) for pair in pairs))


def _together(one: Disease, other: Disease) -> bool:
    """Whether a person may have both: a case refuses diseases that set the same number."""
    return not {change.name for change in one.changes} & {change.name for change in other.changes}
