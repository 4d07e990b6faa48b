"""What does a tolerance buy?  Error, steps and speed of our solver for rtol 1e-4 to 1e-9, on one core.

    python benchmarks/work_precision.py [--persons 1000]

The errors are global: after a year, over every state, output and person, against the reference.
"""

from __future__ import annotations

import argparse
import json

from machine import machine
from persons import WORK, Timing, population, timed
from reference import reference, worth

from calcis.solve.kernel import compile_system
from calcis.solve.system import trace

TOLERANCES = (1e-4, 1e-5, 1e-6, 1e-7, 1e-8, 1e-9)
ROUNDS = 5


def main() -> None:
    """Measure, print the table, and write .work/work_precision.json."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--persons", type=int, default=1000)
    people = population(options.parse_args().persons)
    truth, kernel = reference(people), compile_system(trace(people.model))
    where = machine()
    print("\n".join(f"{key}: {value}" for key, value in where.items()))
    print(f"{len(people.table)} persons, of whom {int(truth.crossed[:, 0].sum())} cross the model's jump\n")
    print("| rtol | largest error | /rtol | without the jump | /rtol | median error | steps | runs/s |")
    print("|---|---|---|---|---|---|---|---|")
    timed(people, kernel, 1e-6, 1)
    rows = []
    for rtol in TOLERANCES:
        timings: list[Timing] = []
        for _ in range(ROUNDS):
            timing, solution = timed(people, kernel, rtol, 1)
            timings.append(timing)
        error = worth(solution.states, truth, people.scales)
        speed = len(people.table) / min(timing.wall for timing in timings)
        row = {
            "rtol": rtol,
            "error": error,
            "steps": float(solution.steps.mean()),
            "rejected": float(solution.rejected.mean()),
            "per_second": speed,
            "per_cpu_second": len(people.table) / min(timing.cpu for timing in timings),
        }
        rows.append(row)
        print(
            f"| {rtol:.0e} | {error['all']:.1e} | {error['all'] / rtol:.2g} | {error['no jump']:.1e} "
            f"| {error['no jump'] / rtol:.2g} | {error['median']:.1e} | {row['steps']:.0f} | {speed:.0f} |"
        )
    (WORK / "work_precision.json").write_text(
        json.dumps({"machine": where, "persons": len(people.table), "rows": rows}, indent=1), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
