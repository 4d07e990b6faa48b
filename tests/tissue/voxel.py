"""How does a test get at one voxel of tissue: at one moment, or over days?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np

from calcis.part import Point, assemble
from calcis.study.courses import courses
from calcis.study.experiment import read_experiments
from calcis.tissue import INPUTS, PARTS
from calcis.tissue.numbers import tissue_parameters

MODEL = assemble(PARTS, INPUTS)
NUMBERS: Mapping[str, float] = {name: number.value for name, number in tissue_parameters().items()}
PLASMA: Mapping[str, float] = {
    "calcium_ionised_plasma": 1.25,
    "phosphate_plasma": 1.15,
    "pyrophosphate_plasma": 3.3e-3,
    "ph_plasma": 7.4,
}

HEAD = """calcis_validation: 1
title: A voxel
experiments:
  it:
    case:
      calcis: 1
      body: clamped
      lesion: {{tissue: skeletal_muscle{injury}}}
      changes: {{{changes}}}
      plasma: {{{plasma}}}
      arms: {{{arms}}}
      run: {{duration: {duration} d, every: {duration} d}}
    start: {{{start}}}
    observations:
      - {{of: mineral_total, at: 0 d, most: 0 mmol/L, kind: computed, source: "calcis: health", why: none}}
"""
BLOOD = "calcium_ionised: 1.25 mmol/L, phosphate: 1.15 mmol/L, ph: 7.4, pyrophosphate: 3.3 umol/L"


def at(
    states: Mapping[str, float] | None = None,
    changes: Mapping[str, float] | None = None,
    plasma: Mapping[str, float] | None = None,
) -> Point:
    """Healthy tissue at rest, but for the states, numbers and plasma given."""
    numbers, blood = {**NUMBERS, **(changes or {})}, {**PLASMA, **(plasma or {})}
    return MODEL.at(MODEL.start(numbers, blood) | dict(states or {}), numbers, blood)


def over(
    folder: Path,
    days: Sequence[float],
    *,
    arms: str = "it: []",
    start: str = "",
    changes: str = "",
    killed: str = "",
    plasma: str = BLOOD,
) -> dict[str, dict[str, np.ndarray]]:
    """All courses of every arm at `days`; `killed` is the keys of an injury at the start, but its shape."""
    cone = "shape: {cone: {diameter: 20 mm, depth: 10 mm}}"
    injury = f", injury: {{at: 0 d, {cone}, {killed}}}" if killed else ""
    file = folder / "voxel.yaml"
    said = {"arms": arms, "start": start, "changes": changes, "plasma": plasma, "injury": injury}
    file.write_text(HEAD.format(duration=max(days), **said))
    [experiment] = read_experiments(file)
    found = courses(experiment, [day * 24.0 for day in days])
    assert not found.failures
    rows = [int(np.argmin(np.abs(found.times - day * 24.0))) for day in days]
    return {arm: {name: s.values[rows] for name, s in one.items()} for arm, one in found.arms.items()}
