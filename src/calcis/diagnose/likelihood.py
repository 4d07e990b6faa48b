"""How likely are labs in persons with a disease?  By a smooth density around the simulated persons.

Labs are held against persons on the scale on which each varies by 1 of itself (assay, day, estimate).  Labs
that were not measured are left out.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from calcis.diagnose.density import Cloud, cloud
from calcis.diagnose.ensemble import KEPT, Ensemble
from calcis.diagnose.hypotheses import Hypothesis
from calcis.individual.levels import Measured

_LEAST = 1e-12  # in place of levels that are none, such as PTHrP in health, before their logarithm


@dataclass(frozen=True)
class Evidence:
    """What was measured: labs that persons have, and albumin (g/L), with which calcium is compared."""

    labs: tuple[Measured, ...]
    albumin: float | None = None

    def without(self, lab: str) -> Evidence:
        """The same but for one lab."""
        return Evidence(tuple(one for one in self.labs if one.lab != lab), self.albumin)

    def only(self, lab: str) -> Evidence:
        """The same of one lab."""
        return Evidence(tuple(one for one in self.labs if one.lab == lab), self.albumin)

    @property
    def wanted(self) -> np.ndarray:
        """Where the labs stand (lab,)."""
        found: np.ndarray = standing(self.labs, np.array([[one.value for one in self.labs]]))[0]
        return found


def standing(labs: Sequence[Measured], levels: np.ndarray) -> np.ndarray:
    """Where levels (person, lab), in the units of their signals, stand on the scales of the labs."""
    logs = np.log(np.maximum(levels, _LEAST))
    columns = [lab.standing(logs[:, k]) for k, lab in enumerate(labs)]
    return np.stack(columns, axis=1) if columns else np.zeros((len(levels), 0))


def points(persons: Ensemble, hypothesis: Hypothesis, evidence: Evidence) -> np.ndarray:
    """Where the labs of persons with a disease stand (person, lab), were they of the albumin measured."""
    return standing(evidence.labs, levels_of(persons, hypothesis, evidence))


def levels_of(persons: Ensemble, hypothesis: Hypothesis, evidence: Evidence) -> np.ndarray:
    """What the labs of persons with a disease are (person, lab), in the units of their signals."""
    levels = persons.levels[hypothesis]
    columns = []
    for lab in evidence.labs:
        column = levels[:, KEPT.index(lab.signal)]
        if lab.signal == "calcium_plasma" and evidence.albumin is not None:
            column = column + _bound(persons, hypothesis, evidence.albumin)
        columns.append(column)
    return np.stack(columns, axis=1) if columns else np.zeros((len(levels), 0))


def _bound(persons: Ensemble, hypothesis: Hypothesis, albumin: float) -> np.ndarray:
    """What protein would bind more of calcium with another albumin (person,), mmol/L.

    Sites of protein are s·a + 1 − s, a albumin over normal; ionised calcium stays.
    """
    share, normal = _binding()
    bound = persons.levels[hypothesis][:, KEPT.index("calcium_protein_bound_plasma")]

    def sites(grams: np.ndarray | float) -> np.ndarray | float:
        return share * grams / normal + 1.0 - share

    return np.asarray(bound * (sites(albumin) / sites(persons.albumin[hypothesis]) - 1.0))


def _binding() -> tuple[float, float]:
    from calcis.diagnose.people import response

    body = response()
    share, normal = (
        float(body.base[body.names.index(f"calcium_binding.{name}")])
        for name in ("albumin_share", "albumin_normal")
    )
    return share, normal


def clouds(persons: Ensemble, evidence: Evidence) -> dict[Hypothesis, Cloud]:
    """The densities of all hypotheses that enough people live with."""
    found = {one: cloud(points(persons, one, evidence)) for one in persons.levels}
    return {one: density for one, density in found.items() if density is not None}


def log_likelihoods(densities: Mapping[Hypothesis, Cloud], evidence: Evidence) -> dict[Hypothesis, float]:
    """The logarithm of the density of the labs, by hypothesis."""
    wanted = evidence.wanted[None, :]
    return {one: float(density.log_density(wanted)[0]) for one, density in densities.items()}
