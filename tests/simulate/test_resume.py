"""Does a run that was killed, at any moment, end with the same bits when it is taken up again?"""

from __future__ import annotations

import random
import signal
import subprocess
import sys
import time

import numpy as np
import pytest

from calcis.case import read_case_text
from calcis.errors import InputError
from calcis.simulate import Pace, simulate

CASE = """
calcis: 1
person: {age: 66 y, sex: female, mass: 68 kg}
body: peterson_riggs_2010
lesion:
  tissue: dermis
  injury: {kind: bite, at: 2 d, shape: {cone: {diameter: 6 mm, depth: 4 mm}}, killed: 0.9}
arms:
  denosumab: ["denosumab 60 mg SC every 26 weeks for 2 y"]
  teriparatide: ["teriparatide 20 ug SC daily for 60 d", {changes: {macrophage_competence: 0.05}}]
run: {duration: 2 y, every: 7 d, tolerance: 1e-8}
"""
PACE = Pace(rounds=400, seconds=0.0)  # a checkpoint every few milliseconds, so that a kill falls between two

RUN = """
import sys
from pathlib import Path
import numpy as np
from calcis.case import read_case_text
from calcis.simulate import simulate
from tests.simulate.test_resume import CASE, PACE, everything
folder = Path(sys.argv[1])
run = simulate(read_case_text(CASE, "case"), folder, resume=True, threads=1, pace=PACE)
np.save(folder / "all.npy", everything(run))
"""


def everything(run):
    """All courses of a run as one array."""
    groups = [group for arm in run.arms.values() for group in (arm.body_series, arm.lesion_series)]
    return np.array([series.values for group in groups for series in group.values()])


@pytest.fixture(scope="module")
def undisturbed():
    return everything(simulate(read_case_text(CASE, "case")))


def test_killed_and_resumed_to_the_same_bits(tmp_path, undisturbed):
    chance = random.Random(11)
    kills = 0
    for _ in range(40):
        process = subprocess.Popen([sys.executable, "-c", RUN, str(tmp_path)], stderr=subprocess.PIPE)
        # Most of a start is imports: wait for the first checkpoint of this attempt, then a moment more.
        stamp = latest(tmp_path)
        while process.poll() is None and latest(tmp_path) == stamp:
            time.sleep(0.002)
        time.sleep(chance.uniform(0.0, 0.4))
        if process.poll() is None and kills < 5:
            process.send_signal(signal.SIGKILL)
            process.wait()
            kills += 1
            continue
        _, complaint = process.communicate()
        assert process.returncode == 0, complaint.decode()
        break
    assert kills >= 3  # else the run was too short to be a test
    assert np.array_equal(np.load(tmp_path / "all.npy"), undisturbed)


def latest(folder):
    """When the newest checkpoint was written, 0 if none was."""
    return max((path.stat().st_mtime_ns for path in (folder / "checkpoint").glob("*.npz")), default=0)


def test_a_damaged_checkpoint_is_ignored_and_another_cases_refused(tmp_path, undisturbed):
    case = read_case_text(CASE, "case")
    simulate(case, tmp_path, pace=PACE)
    kept = sorted((tmp_path / "checkpoint").glob("*.npz"))
    assert [path.name for path in kept] == ["body.npz", "lesion.npz"]
    for content in (b"", kept[0].read_bytes()[:1000], b"not a checkpoint"):
        kept[0].write_bytes(content)
        assert np.array_equal(everything(simulate(case, tmp_path, resume=True)), undisturbed)
    other = read_case_text(CASE.replace("66 y", "67 y"), "case")
    with pytest.raises(InputError, match="checkpoint of this case"):
        simulate(other, tmp_path, resume=True)


def test_an_interrupt_leaves_a_checkpoint_that_goes_on(tmp_path, undisturbed):
    case = read_case_text(CASE, "case")

    def interrupt(stage, share):
        if share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(case, tmp_path, progress=interrupt, pace=Pace(rounds=40, seconds=1e9))
    assert (tmp_path / "checkpoint" / "body.npz").exists()
    assert np.array_equal(everything(simulate(case, tmp_path, resume=True)), undisturbed)
