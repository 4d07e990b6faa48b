"""How long does `calcis compare` take: five arms over 200 persons for two years, with the organ map?

    python benchmarks/compare.py [--persons 200] [--processes 2] [--plain]

A person with kidney disease by labs, a lesion in the skin, and all organs; arms give drugs daily (averaged
or, with --plain, dose by dose), monthly and twice a year.  Kernels are compiled before; finding the persons,
starts, simulation and comparison count, the page does not.
"""

from __future__ import annotations

import argparse
import json
import resource
import time

from machine import machine
from persons import WORK

from calcis.case import read_case_text
from calcis.compare.compare import compare

CASE = """calcis: 1
title: Kidney disease by labs, with a lesion
person: {age: 61 y, sex: male, mass: 80 kg}
body: calcis
disease: ckd
labs: {calcium: 8.9 mg/dL, albumin: 3.6 g/dL, phosphate: 5.6 mg/dL, creatinine: 4.9 mg/dL, pth: 250 pg/mL}
lesion:
  tissue: dermis
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


def main() -> None:
    """Measure, print, and write .work/compare.json."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--persons", type=int, default=200)
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--plain", action="store_true")
    asked = options.parse_args()
    case = read_case_text(CASE.replace(" AVERAGED", "" if asked.plain else " averaged"), "case")
    compare(case, persons=2, processes=1)  # compiles
    begun = time.perf_counter()
    found = compare(case, persons=asked.persons, processes=asked.processes)
    told = {
        "machine": machine(), "persons": asked.persons, "arms": len(case.arms), "processes": asked.processes,
        "dose by dose": asked.plain, "seconds": time.perf_counter() - begun,
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
