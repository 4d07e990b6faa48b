"""Is a run that was killed at a random moment, and taken up again, the same to the last bit?

    python -m tests.simulate.kills [--times 50] [--seed 11] [--space]

Each time `calcis.run` works on a case in a process of its own, with a checkpoint twenty times a second,
and is killed (SIGKILL) at a moment drawn from its whole life: while it imports, compiles, marches, writes
its checkpoint, its folder or its report.  It is then resumed, and killed again as often as the dice say.
With `--space` the lesion is a block of voxels.
"""

from __future__ import annotations

import argparse
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np

import calcis
from calcis.results.store import Run

# A lesion that blood feels, so that there are many exchanges, and doses.
CASE = """
calcis: 1
person: {age: 66 y, sex: female, mass: 68 kg}
body: peterson_riggs_2010
lesion:
  tissue: skeletal_muscle
  injury: {kind: trauma, at: 2 d, shape: {cone: {diameter: 15 cm, depth: 8 cm}}, killed: 0.6}
arms:
  denosumab: ["denosumab 60 mg SC every 26 weeks for 1 y"]
  teriparatide: ["teriparatide 20 ug SC daily for 30 d", {changes: {macrophage_competence: 0.05}}]
run: {duration: 40 d, every: 1 d, tolerance: 1e-6}
"""

# A lesion in space, that is cut out.
SPACE = """
calcis: 1
body: clamped
plasma: {calcium_ionised: 1.25 mmol/L, phosphate: 1.5 mmol/L, pyrophosphate: 2 umol/L, ph: 7.4}
lesion:
  tissue: skeletal_muscle
  injury: {kind: toxin, at: 2 d, shape: {sphere: {diameter: 2 mm}}, killed: 0.9}
  grid: [12, 12, 12]
  spacing: 0.25 mm
changes: {macrophage_competence: 0.1}
arms:
  watch: []
  cut: [{excise: {at: 12 d, margin: 0.3 mm}}]
run: {duration: 24 d, every: 1 d}
"""

RUN = """
import sys
from functools import partial
import calcis.simulate.case_run as case_run
case_run.Pace = partial(case_run.Pace, seconds=0.05)
import calcis
calcis.run(sys.argv[1], sys.argv[2], resume=True, threads=1)
"""

AGAIN = 0.25  # how likely a resumed run is killed once more


def everything(run: Run) -> np.ndarray:
    """All courses of a run, of body, lesion and organs, and its fields in space, as one array."""
    found = []
    for arm in run.values():
        groups = [arm.body_series, arm.lesion_series, arm.space]
        groups += [] if arm.organ_map is None else [arm.organ_map.series]
        found += [series.values.ravel() for group in groups for series in group.values()]
        found += [] if arm.fields is None else [one.values.ravel() for one in arm.fields.data_vars.values()]
    return np.concatenate(found)


def run(case: Path, folder: Path, kill_after: float | None = None) -> bool:
    """Run or resume; True if it came to its end before it was killed.  RuntimeError if it failed."""
    command = [sys.executable, "-c", RUN, str(case), str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    try:
        _, complaint = process.communicate(timeout=kill_after)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGKILL)
        process.communicate()
        return False
    if process.returncode != 0:
        raise RuntimeError(complaint.decode())
    return True


def kills(times: int, seed: int, room: Path, text: str = CASE) -> tuple[int, int]:
    """How many killed runs ended with the bits of an undisturbed one, and how many kills there were."""
    case = room / "case.yaml"
    case.write_text(text, encoding="utf-8")
    run(case, room / "warm")  # compiles, so that the next is as long as the killed ones
    begun = time.monotonic()
    run(case, room / "whole")
    life = time.monotonic() - begun
    whole, chance = everything(calcis.load(room / "whole")), random.Random(seed)
    same = struck = 0
    for number in range(times):
        folder = room / f"killed-{number}"
        ended = False
        while run(case, folder, chance.uniform(0.0, life)):  # it was faster than the kill: from the start
            shutil.rmtree(folder)
        struck += 1
        while not ended:
            ended = run(case, folder, chance.uniform(0.0, life) if chance.random() < AGAIN else None)
            struck += not ended
        same += np.array_equal(everything(calcis.load(folder)), whole)
        shutil.rmtree(folder)
        print(f"\r{same} of {number + 1} the same, {struck} kills", end="", flush=True)
    print()
    return same, struck


def main() -> None:
    """Exit status 1 if any run ended with other bits."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--times", type=int, default=50)
    options.add_argument("--seed", type=int, default=11)
    options.add_argument("--space", action="store_true")
    asked = options.parse_args()
    with tempfile.TemporaryDirectory() as room:
        same, _ = kills(asked.times, asked.seed, Path(room), SPACE if asked.space else CASE)
    sys.exit(same != asked.times)


if __name__ == "__main__":
    main()
