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
from dataclasses import replace

import numpy as np
from machine import machine
from persons import WORK, Population, timed

from calcis.body import body_parts
from calcis.case import packaged
from calcis.part import assemble
from calcis.solve.kernel import compile_system
from calcis.solve.system import trace

SEED, VARIED, SPREAD = 2011, 20, 0.15
SHOWN = ("calcium_plasma", "calcium_ionised_plasma", "phosphate_plasma", "pth_plasma", "calcitriol_plasma")


def cohort(body: str, count: int, without: str = "") -> tuple[Population, list[str]]:
    """`count` persons, and which numbers, of all parts but one, differ besides the filtration rate."""
    model, numbers = assemble(body_parts(body)), dict(packaged().parameters(body))
    names = list(model.parameters)
    own = [name for name in names if numbers[name].value > 0.0 and numbers[name].kind != "definition"]
    own = [name for name in own if name.partition(".")[0] != without]
    chance = np.random.default_rng(SEED)
    varied = sorted(str(name) for name in chance.choice(own, VARIED, replace=False))
    table = np.tile([numbers[name].value for name in names], (count, 1))
    spread = np.sqrt(np.log1p(SPREAD**2))
    for name in varied:
        table[:, names.index(name)] *= np.exp(spread * chance.standard_normal(count))
    table[:, names.index("kidney.filtration_rate")] *= chance.uniform(0.1, 1.0, count)
    scales = np.array([state.scale for state in model.states.values()])
    return Population(model, numbers, table, scales), varied


def main() -> None:
    """Measure, print, and write .work/cohort.json."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--persons", type=int, default=10_000)
    options.add_argument("--body", default="calcis")
    options.add_argument("--threads", type=int, default=2)
    asked = options.parse_args()
    people, varied = cohort(asked.body, asked.persons)
    kernel = compile_system(trace(people.model, [name for name in SHOWN if name in people.model.signals]))
    timed(replace(people, table=people.table[:8]), kernel, 1e-6, asked.threads)  # loads the driver
    timing, found = timed(people, kernel, 1e-6, asked.threads)
    told = {
        "machine": machine(), "body": asked.body, "persons": asked.persons, "threads": asked.threads,
        "varied": varied, "seconds": timing.wall, "processor seconds": timing.cpu,
        "GB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
        "steps a person": float(found.steps.mean()),
    }  # fmt: skip
    for key, value in told.items():
        print(f"{key}: {value}")
    (WORK / "cohort.json").write_text(json.dumps(told, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
