"""How long does `calcis compare` take: five arms over 200 persons for two years, with the organ map?

    python benchmarks/compare.py [--persons 200] [--processes 2] [--voxels 24] [--plain]

A person with kidney disease by labs, a lesion in the skin, and all organs; arms give drugs daily (averaged
or, with --plain, dose by dose), monthly and twice a year.  Once with a lesion of one voxel, and once with a
block of --voxels along each edge (0: not), in which the first person's lesion is simulated in every arm.
Kernels are compiled before; finding the persons, starts, simulation and comparison count, the page does not.
"""

from __future__ import annotations

import argparse
import json
import resource
import time

from machine import machine
from persons import WORK

from calcis.case import Case, read_case_text
from calcis.compare.compare import compare

CASE = """calcis: 1
title: Kidney disease by labs, with a lesion
person: {age: 61 y, sex: male, mass: 80 kg}
body: calcis
disease: ckd
labs: {calcium: 8.9 mg/dL, albumin: 3.6 g/dL, phosphate: 5.6 mg/dL, creatinine: 4.9 mg/dL, pth: 250 pg/mL}
lesion:
  tissue: dermis
  GRID
  injury: {kind: bite, at: 10 d, shape: {cone: {diameter: 6 mm, depth: 4 mm}}, killed: 0.9}
goal: {phosphate_plasma: below 1.5 mmol/L, at: 1 y}
arms:
  watch: []
  sevelamer: [sevelamer 2.4 g PO every 8 h AVERAGED]
  vitamin D: [vitamin D3 60000 IU PO every 30 d AVERAGED]
  cinacalcet: [cinacalcet 30 mg PO daily AVERAGED]
  denosumab: [denosumab 60 mg SC every 182 d]
run: {duration: 2 y, every: 2 d}
"""


def _case(plain: bool, voxels: int) -> Case:
    """The case, with a block of 12 mm that has so many voxels along each edge; of one voxel without."""
    grid = f"grid: [{voxels}, {voxels}, {voxels}]\n  spacing: {12 / voxels} mm" if voxels else ""
    text = CASE.replace("  GRID\n", f"  {grid}\n" if grid else "")
    return read_case_text(text.replace(" AVERAGED", "" if plain else " averaged"), "case")


def main() -> None:
    """Measure, print, and write .work/compare.json."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--persons", type=int, default=200)
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--voxels", type=int, default=24)
    options.add_argument("--plain", action="store_true")
    asked = options.parse_args()
    case = _case(asked.plain, 0)
    compare(case, persons=2, processes=1)  # compiles
    begun = time.perf_counter()
    found = compare(case, persons=asked.persons, processes=asked.processes)
    seconds, in_space, worked = time.perf_counter() - begun, None, None
    if asked.voxels:
        block = _case(asked.plain, asked.voxels)
        compare(_case(asked.plain, 6), persons=2, processes=1)
        begun, before = time.perf_counter(), time.process_time()
        compare(block, persons=asked.persons, processes=asked.processes)
        in_space, worked = time.perf_counter() - begun, time.process_time() - before
    told = {
        "machine": machine(), "persons": asked.persons, "arms": len(case.arms), "processes": asked.processes,
        "dose by dose": asked.plain, "seconds": seconds,
        f"seconds with a block of {asked.voxels}³": in_space,
        "processor seconds of it, but for persons": worked,
        "processor seconds of children": resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime,
        "GB of the parent": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
        "GB of a child": resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024**2,
        "failed": sum(arm.failed for arm in found.arms.values()),
        "ranks": {name: arm.rank for name, arm in found.arms.items()},
    }  # fmt: skip
    for key, value in told.items():
        print(f"{key}: {value}")
    WORK.mkdir(exist_ok=True)
    (WORK / "compare.json").write_text(json.dumps(told, indent=1, default=float), encoding="utf-8")


if __name__ == "__main__":
    main()
