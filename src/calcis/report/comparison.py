"""How do the arms compare?  What became of the lesion in each: in a word, a row and a sentence."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from calcis.results.store import Arm, Floats, Run
from calcis.tissue.cause import Supplied, supplied
from calcis.wording import about, digits, listed, moment

_SEEN = (  # what is seen, from the latest to the earliest
    ("ct_at", "visible on CT"),
    ("radiographic_at", "visible on a mouse's radiograph"),
    ("stainable_at", "stainable"),
)
_LITTLE = 0.05  # mmol/L of mineral that is as good as none
_ALIKE = 0.01  # share of a time or an amount by which arms do not differ for a reader


@dataclass(frozen=True)
class Outcome:
    """What became of the lesion in one arm; times in h, None for never."""

    arm: str
    verdict: str
    died: bool  # whether so much of the tissue was dead that it had to be cleared
    cleared_at: float | None
    stainable_at: float | None
    radiographic_at: float | None
    ct_at: float | None
    mineral: float  # mmol/L, at the end
    calcium: float | None  # mg in the whole lesion
    radiodensity: float  # HU

    @property
    def amount(self) -> str:
        """Calcium in mineral at the end, in words."""
        if self.mineral < _LITTLE:
            return "none"
        return f"{digits(self.mineral)} mmol/L" + (
            "" if self.calcium is None else f", {about(self.calcium)} mg"
        )

    @property
    def calcified(self) -> bool:
        """Whether a radiograph would show mineral at the end."""
        return self.verdict.startswith("calcified")


def outcomes(run: Run) -> list[Outcome]:
    """One for each arm that has a lesion and did not fail, in the order of the arms.

    Of several that calcified, the later ones tell whether they did faster or slower than the first.
    """
    cleared = next((one.value for one in run.parameters if one.name == "story.dead_cleared"), 0.0)
    told = [arm for arm in run.arms.values() if "verdict" in arm.lesion_facts and not arm.failure]
    found = [_outcome(arm, cleared) for arm in told]
    first = next((one for one in found if one.calcified), None)
    return [one if first is None or one is first else _against(first, one) for one in found]


def in_a_sentence(run: Run) -> str:
    """What became of the lesion in every arm; empty where there is none."""
    found = outcomes(run)
    failed = [f"“{arm.name}” failed" for arm in run.arms.values() if arm.failure]
    if len(found) == 1 and not failed:
        return f"The lesion {_verb(found[0], run.every)}."
    said = [f"“{one.arm}” {_verb(one, run.every)}" for one in found]
    return f"{listed([*said, *failed])}." if said else ""


def why_more(run: Run) -> list[str]:
    """Why blood brought more (or less) calcium to each calcified arm than to the first of them."""
    calcified = [one for one in outcomes(run) if one.calcified]
    return [
        _why(run, calcified[0], other)
        for other in calcified[1:]
        if abs(other.mineral - calcified[0].mineral) > _ALIKE * calcified[0].mineral
    ]


def _outcome(arm: Arm, cleared: float) -> Outcome:
    """What became of one lesion; dead tissue below the share `cleared` counts as cleared."""
    facts = arm.lesion_facts

    def value(name: str) -> Any:
        return None if facts.get(name) is None else facts[name]["value"]

    return Outcome(
        arm=arm.name,
        verdict=facts["verdict"],
        died=(value("dead_highest") or 0.0) > 100.0 * cleared,
        cleared_at=value("dead_cleared_at"),
        stainable_at=value("stainable_at"),
        radiographic_at=value("radiographic_at"),
        ct_at=value("ct_at"),
        mineral=value("mineral_end") or 0.0,
        calcium=value("calcium_end"),
        radiodensity=value("radiodensity_end") or 0.0,
    )


def _against(first: Outcome, one: Outcome) -> Outcome:
    """Faster or slower than the first that calcified, by when both are seen; faster where only it is."""
    if not one.calcified:
        return one
    for name, _ in _SEEN:
        at, then = getattr(one, name), getattr(first, name)
        if at is None and then is None:
            continue
        if at is not None and then is not None and abs(at - then) <= _ALIKE * then:
            return one
        faster = then is None or (at is not None and at < then)
        return replace(one, verdict="calcified faster" if faster else "calcified slower")
    return one


def _verb(one: Outcome, every: float) -> str:
    """What the lesion did, and when mineral was first seen by the means that sees it last."""
    if not one.calcified:
        return {
            "healed": "healed",
            "intact": "stayed healthy",
            "stainable": "formed mineral that only a stain shows",
            "unsettled": "neither healed nor calcified",
        }.get(one.verdict, one.verdict)
    when = next(
        (
            f"{words} from {moment(at, every)}"
            for name, words in _SEEN
            if (at := getattr(one, name)) is not None
        ),
        "",
    )
    return f"{one.verdict} ({when})" if when else one.verdict


def _why(run: Run, first: Outcome, other: Outcome) -> str:
    """The difference in mineral by what blood brought: more calcium in it, more flow, an emptier fluid."""
    one, two = _courses(run[first.arm]), _courses(run[other.arm])
    shares: Supplied = supplied(run.time, one, two)
    more = other.mineral - first.mineral

    def means(name: str) -> str:
        values = [float(np.trapezoid(course[name], run.time) / np.ptp(run.time)) for course in (two, one)]
        return f"{digits(values[0])} instead of {digits(values[1])}"

    blood = f"blood held {means('calcium_ionised_plasma')} mmol/L of ionised calcium"
    fluid = f"crystals left {means('calcium_tissue')} mmol/L of it in the fluid, whose phosphate was "
    reasons = {
        blood: shares.blood,
        f"{fluid}{means('phosphate_tissue')}": shares.fluid,
        f"exchange with blood was {'larger' if shares.flow > 0 else 'smaller'}": shares.flow,
    }
    ordered = sorted(reasons.items(), key=lambda item: -abs(item[1]))
    told = [f"{_signed(part)} because {why}" for why, part in ordered if abs(part) > 0.05 * abs(more)]
    ended = f"{about(abs(more))} mmol/L {'more' if more > 0 else 'less'} than “{first.arm}”"
    return f"“{other.arm}” ended with {ended}: {listed(told)}; means over the run."


def _courses(arm: Arm) -> Mapping[str, Floats]:
    return {name: one.values for name, one in {**arm.body_series, **(arm.lesion_series or {})}.items()}


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else '−'}{about(abs(value))}"
