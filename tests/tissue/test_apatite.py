"""What removes apatite, and how much does the smoothed threshold move?  By the prototype's experiments."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from calcis.study.courses import courses
from calcis.study.experiment import read_experiments

HEAD = """calcis_validation: 1
title: Apatite
experiments:
  it:
    case:
      calcis: 1
      body: clamped
      lesion: {lesion}
      changes: {changes}
      plasma:
        {{calcium_ionised: {calcium} mmol/L, phosphate: {phosphate} mmol/L, ph: 7.4,
         pyrophosphate: {pyrophosphate} umol/L}}
      arms: {arms}
      run: {{duration: {duration}, every: {duration}}}
    start: {start}
    observations:
      - {{of: mineral_total, at: 0 d, most: 0 mmol/L, kind: computed, source: "calcis: health", why: none}}
"""


def run(folder: Path, of: str, days: tuple[float, ...], **said: str) -> dict[str, np.ndarray]:
    """A course by arm, at `days`."""
    file = folder / "apatite.yaml"
    file.write_text(HEAD.format(**said))
    [experiment] = read_experiments(file)
    found = courses(experiment, [day * 24.0 for day in days])
    rows = [int(np.argmin(np.abs(found.times - day * 24.0))) for day in days]
    return {arm: one[of].values[rows] for arm, one in found.arms.items()}


@pytest.mark.parametrize(("calcium", "phosphate"), [("1.9", "3.0"), ("1.25", "1.15")])
def test_only_cells_remove_apatite(tmp_path: Path, calcium: str, phosphate: str) -> None:
    """Without resorbing cells none is lost, whatever the plasma; with them most of a small deposit fades."""
    found = run(
        tmp_path,
        "mineral.apatite",
        (0, 1, 7, 28, 90, 180, 365),
        lesion="{tissue: skeletal_muscle}",
        changes="{}",
        calcium=calcium,
        phosphate=phosphate,
        pyrophosphate="3.3",
        arms="{cells: [], none: [{changes: {leukocytes.macrophage_competence: 0}}]}",
        start="{cells: {mineral.apatite: 60 mmol/L}, none: {mineral.apatite: 60 mmol/L}}",
        duration="365 d",
    )
    assert np.all(np.diff(found["none"]) > 0.0)  # normal plasma is supersaturated for apatite, too
    if calcium == "1.25":
        assert np.all(np.diff(found["cells"]) < 0.0) and found["cells"][-1] < 10.0


def test_smoothing_the_threshold_moves_little(tmp_path: Path) -> None:
    """Against a practically sharp threshold, in the experiment that it moves most (0.05 %): an implant."""
    found = run(
        tmp_path,
        "mineral_total",
        (7,),
        lesion="{tissue: skeletal_muscle, injury: {kind: fixation, at: 0 d, killed: 1, "
        "shape: {cone: {diameter: 4 mm, depth: 3 mm}}}}",
        changes="{parenchyma.fixed: 1, leukocytes.macrophage_competence: 0, capillaries.perfusion: 2.2}",
        calcium="1.35",
        phosphate="2.8",
        pyrophosphate="2",
        arms="{smooth: [], sharp: [{changes: {mineral.smoothing: 1.0e-6}}]}",
        start="{}",
        duration="7 d",
    )
    change = found["smooth"][0] / found["sharp"][0] - 1
    assert 0 < change < 6e-4
