"""Which organ calcifies first, and when?  The organs of an arm ranked, and what to say of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from calcis.case import Case
from calcis.results.store import Arm, Finding, Floats, OrganMap
from calcis.simulate.organs import AT_NEUTRAL
from calcis.wording import listed, lowered, moment

# Numbers that give an organ a pH of its own.
_ACIDITY = ("interstitial_fluid.base_secretion", "interstitial_fluid.ph_offset")
_MOST_NAMED = 5


def with_organs(arm: Arm, found: OrganMap, case: Case, numbers: Mapping[str, float]) -> Arm:
    """An arm with its organ map, its ranking and what a reader must know of it."""
    assumed = tuple(
        organ.name
        for organ in case.organs
        for change in organ.changes
        if change.name in _ACIDITY and change.kind in (None, "assumed")
    )
    facts = organ_facts(found, numbers["story.mineral_begun"], assumed)
    if arm.failure is not None:
        return replace(arm, organ_map=found, organ_facts=facts)
    level, said = _said(facts)
    findings = (*arm.findings, Finding(level, said)) if level == "warning" else arm.findings
    return replace(arm, organ_map=found, organ_facts={**facts, "said": said}, findings=findings)


def organ_facts(found: OrganMap, begun: float, assumed: Sequence[str] = ()) -> dict[str, Any]:
    """What became of each organ, and their ranking, as JSON values.

    Those that calcify come first, in the order in which mineral begins (`begun`, mmol/L); the others by how
    near their fluid came to the saturation at which amorphous mineral forms.  `assumed`: organs whose own
    pH nobody measured.
    """
    mineral = found.series["mineral_total"].values
    nearest = _highest(found.series["supersaturation_above_threshold"].values)
    neutral = _highest(found.series[AT_NEUTRAL].values)
    ph = found.series["ph_tissue"].values
    places = {}
    begins = [first(found.time, row, begun) for row in mineral]
    for k, name in enumerate(found.places):
        places[name] = {
            "title": found.titles[k],
            "volume": {"value": float(found.volumes[k]), "unit": "L"},
            "begins_at": None if begins[k] is None else {"value": begins[k], "unit": "h"},
            "mineral": _number(_last(mineral[k])),
            "ph": _number(ph[k, 0]),
            "highest_saturation": _number(1.0 + nearest[k]),
            "highest_saturation_at_ph_7_4": _number(1.0 + neutral[k]),
        }
    never = float("inf")
    when = [never if at is None else at for at in begins]
    names = found.places
    ranking = sorted(range(len(names)), key=lambda k: (when[k], -nearest[k]))
    return {
        "places": places,
        "ranking": [names[k] for k in ranking],
        "ranking_at_ph_7_4": [names[k] for k in sorted(range(len(names)), key=lambda k: -neutral[k])],
        "ph_assumed": list(assumed),
        "mineral_begun": begun,
    }


def first(time: Floats, values: Floats, level: float) -> float | None:
    """When (h) values first reach a level, between two outputs on a straight line; None if never."""
    reached = np.flatnonzero(values >= level)
    if not len(reached):
        return None
    k = int(reached[0])
    if k == 0:
        return float(time[0])
    share = (level - values[k - 1]) / (values[k] - values[k - 1])
    return float(time[k - 1] + share * (time[k] - time[k - 1]))


def _highest(values: Floats) -> list[float]:
    return [float(np.nanmax(row)) if np.isfinite(row).any() else -1.0 for row in values]


def _last(row: Floats) -> float:
    known = row[np.isfinite(row)]
    return float(known[-1]) if len(known) else float("nan")


def _number(value: float) -> float | None:
    return float(value) if np.isfinite(value) else None


def _said(facts: Mapping[str, Any]) -> tuple[str, str]:
    """Level and sentence of what the organ map says."""
    places = facts["places"]
    calcified = [name for name in facts["ranking"] if places[name]["begins_at"] is not None]

    def title(name: str) -> str:
        return lowered(str(places[name]["title"]))

    if calcified:
        said = [f"{title(name)} (from {moment(places[name]['begins_at']['value'])})" for name in calcified]
        more = len(said) - _MOST_NAMED
        said = said[:_MOST_NAMED] + ([f"{more} more"] if more > 0 else [])
        return "warning", f"Organs that calcify: {listed(said)}."
    near = facts["ranking"][:3]
    said = [f"{title(name)} ({100 * places[name]['highest_saturation']:.0f} %)" for name in near]
    return "info", (
        f"None of {len(places)} organs calcifies. Nearest to it, in shares of the ion concentration at which "
        f"mineral forms: {listed(said)}."
    )
