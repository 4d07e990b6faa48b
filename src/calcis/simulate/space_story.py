"""What did the lesion in space do, in facts and sentences, beside the same lesion in one voxel?"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

import numpy as np

from calcis.case import Case
from calcis.results.store import Arm, Finding, Series
from calcis.simulate.block import Removed
from calcis.simulate.in_space import InSpace
from calcis.simulate.lesion import volume_of
from calcis.simulate.numbers import Numbers
from calcis.tissue.chapter import Chapter
from calcis.wording import digits, per_cent

TITLE = "In space"
_LITTLE = 1e-6  # mg of calcium that are as good as none


def with_space(arm: Arm, found: InSpace, fields_at: tuple[Any, str], case: Case, numbers: Numbers) -> Arm:
    """An arm with its lesion in space: courses, fields, facts, findings, books."""
    space = {name: Series(unit, values) for name, (unit, values) in found.courses.items()}
    mass = numbers.of_part(arm.name, "story")["story.calcium_mass"]
    taken = [_facts(one, mass) for one in found.removed]
    facts: dict[str, Any] = {
        "at_the_end": {name: {"value": _last(one), "unit": one.unit} for name, one in space.items()},
        "removed": taken,
    }
    findings = [Finding("info", _removed(one, mass)) for one in found.removed]
    findings.append(Finding("info", _outcome(space)))
    if arm.lesion_series is not None and case.lesion is not None and arm.failure is None:
        litres = volume_of(case.lesion.injury)
        one_voxel = float(arm.lesion_series["calcium_from_plasma_sum"].values[-1]) * litres * mass
        facts["calcium_from_plasma_in_one_voxel"] = {"value": one_voxel, "unit": "mg"}
        findings.append(Finding("info", _uptakes(_last(space["calcium_from_plasma"]), one_voxel, case)))
    if found.failure is not None:
        findings.insert(0, Finding("urgent", found.failure))
    told = dict(arm.lesion_facts)
    if "story" in told:
        chapters = [asdict(Chapter(TITLE, None, one.text, one.level)) for one in findings]
        told["story"] = [*told["story"], *(one | {"rests_on": []} for one in chapters)]
    return replace(
        arm,
        space=space,
        space_time=found.time,
        fields_at=fields_at,
        lesion_facts={**told, "in_space": facts},
        findings=(*arm.findings, *findings),
        ledger={**arm.ledger, **{f"space.{kind}": share for kind, share in found.defects.items()}},
        failure=arm.failure or found.failure,
    )


def _last(series: Series) -> float:
    """The last value that there is."""
    known = series.values[np.isfinite(series.values)]
    return float(known[-1]) if len(known) else float("nan")


def _facts(one: Removed, mass: float) -> dict[str, Any]:
    return {
        "what": one.words,
        "at": {"value": one.at, "unit": "h"},
        "volume": {"value": one.volume, "unit": "mm^3"},
        "calcium": {"value": one.calcium * mass, "unit": "mg"},
        "share_of_mineral": {"value": 100.0 * one.share, "unit": "%"},
    }


def _removed(one: Removed, mass: float) -> str:
    """What an operation took, in words."""
    what = f"In space, {one.words} took {digits(one.volume)} mm³ of tissue"
    if one.volume == 0.0:
        return f"In space, {one.words} took nothing: nothing was dead or mineral."
    return f"{what} with {_mass(one.calcium * mass)} of calcium, {per_cent(one.share)} of the mineral there."


def _outcome(space: dict[str, Series]) -> str:
    """How much mineral there is at the end, and where it can be seen."""
    mineral, visible = _last(space["calcium_in_mineral"]), _last(space["visible_volume"])
    if mineral < _LITTLE:
        return "In space, there is no mineral at the end."
    highest = _last(space["radiodensity_highest"])
    seen = f"of which CT shows {digits(visible)} mm³" if visible > 0.0 else "of which CT shows nothing"
    stained = digits(_last(space["stainable_volume"]))
    return (
        f"In space, the mineral holds {_mass(mineral)} of calcium at the end, in {stained} mm³ that a stain "
        f"shows, {seen}; its densest voxel has {digits(highest)} HU."
    )


def _uptakes(block: float, one_voxel: float, case: Case) -> str:
    """What the block and the one voxel that the blood feels took up; of a slice, what it is."""
    grid = (case.lesion.grid if case.lesion is not None else None) or (1,)
    if 1 in grid:
        what = "slice" if sum(count > 1 for count in grid) > 1 else "line"
        return (
            f"What is told of the {what} in space is that of one voxel's thickness; the blood feels the "
            f"lesion in one voxel, which took {_amount(one_voxel)}."
        )
    if max(abs(block), abs(one_voxel)) < _LITTLE:
        return "From the blood neither the block nor the lesion in one voxel took any calcium."
    return (
        f"From the blood the block took {_amount(block)}; the lesion in one voxel, which is what "
        f"the blood feels, took {_amount(one_voxel)}."
    )


def _amount(milligrams: float) -> str:
    return "no calcium" if abs(milligrams) < _LITTLE else f"{_mass(milligrams)} of calcium"


def _mass(milligrams: float) -> str:
    return f"{digits(1000.0 * milligrams)} µg" if abs(milligrams) < 0.1 else f"{digits(milligrams)} mg"
