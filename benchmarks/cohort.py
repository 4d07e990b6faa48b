"""How long do many different persons take, and how much memory?

    python benchmarks/cohort.py [--persons 10000] [--body calcis]

Each a year of the body, whose kidneys fall to 10 to 100 % at the start, with daily output of all states
and some signals; 20 other numbers differ by person, log-normal with a coefficient of variation of 15 %.
Starts, schedule, states and signals count; the kernel is compiled before.
"""

from __future__ import annotations

import argparse
import json
import resource
import time

import numpy as np
from machine import machine
from persons import TIMES, WORK

from calcis.body import body_parts
from calcis.case import packaged
from calcis.part import assemble
from calcis.solve.integrate import solve
from calcis.solve.kernel import compile_system
from calcis.solve.schedule import Lane
from calcis.solve.system import trace

SEED, VARIED, SPREAD = 2011, 20, 0.15
SHOWN = ("calcium_plasma", "calcium_ionised_plasma", "phosphate_plasma", "pth_plasma", "calcitriol_plasma")


def main() -> None:
    """Measure, print, and write .work/cohort.json."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--persons", type=int, default=10_000)
    options.add_argument("--body", default="calcis")
    options.add_argument("--threads", type=int, default=2)
    asked = options.parse_args()
    model = assemble(body_parts(asked.body))
    numbers = packaged().parameters(asked.body)
    names = list(model.parameters)
    positive = [name for name in names if numbers[name].value > 0.0 and numbers[name].kind != "definition"]
    chance = np.random.default_rng(SEED)
    varied = sorted(chance.choice(positive, VARIED, replace=False))
    table = np.tile([numbers[name].value for name in names], (asked.persons, 1))
    for name in varied:
        table[:, names.index(name)] *= np.exp(SPREAD * chance.standard_normal(asked.persons))
    table[:, names.index("kidney.filtration_rate")] *= chance.uniform(0.1, 1.0, asked.persons)
    kernel = compile_system(trace(model, [name for name in SHOWN if name in model.signals]))
    small = [Lane("warm", table[0], _starts(model, names, table[:1])[0], 0.0, 24.0)]
    solve(kernel, small, TIMES[:2], 1e-6, threads=asked.threads)
    begun = time.perf_counter()
    starts = _starts(model, names, table)
    lanes = [
        Lane(f"person {i}", row, start, 0.0, float(TIMES[-1]))
        for i, (row, start) in enumerate(zip(table, starts, strict=True))
    ]
    found = solve(kernel, lanes, TIMES, 1e-6, threads=asked.threads)
    seconds = time.perf_counter() - begun
    failed = [failure for failure in found.failures if failure]
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    told = {
        "machine": machine(), "body": asked.body, "persons": asked.persons, "threads": asked.threads,
        "varied": [str(name) for name in varied], "seconds": seconds, "GB": memory, "failed": len(failed),
        "steps a person": float(found.steps.mean()),
    }  # fmt: skip
    for key, value in told.items():
        print(f"{key}: {value}")
    if failed:
        print("first failure:", failed[0])
    (WORK / "cohort.json").write_text(json.dumps(told, indent=1), encoding="utf-8")


def _starts(model, names, table):
    """Everybody's initial state (person, state)."""
    found = model.start(dict(zip(names, table.T, strict=True)))
    return np.stack([np.broadcast_to(value, len(table)) for value in found.values()], axis=1)


if __name__ == "__main__":
    main()
