"""How long do many different persons take with all their organs, and how much memory?

    python benchmarks/organ_map.py [--persons 10000] [--processes 2] [--batch 500]

Persons as in `cohort.py`, whose kidneys fall to 10 to 100 % at the start, for a year: body and organs in
turn, as in `calcis run`, with feedback to the blood; daily output of the body, monthly of the organs.  What
makes their pH is not varied: 15 % of a pK would be a pH of 5 to 9.  Kernels are compiled before; starts,
schedules, states, signals and starting the processes count.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from itertools import pairwise
from multiprocessing import get_context

import numpy as np
from cohort import cohort
from machine import machine
from persons import TIMES, WORK, starts

from calcis.body import body_supplies
from calcis.case import packaged, read_case_text
from calcis.ledger import LEDGER
from calcis.simulate.coupling import Coupling, Exchange
from calcis.simulate.lesion import lesion_model
from calcis.simulate.numbers import Numbers
from calcis.simulate.organs import KEPT, organ_places, starting
from calcis.simulate.person import body_model
from calcis.solve.evaluate import signals
from calcis.solve.integrate import Integration
from calcis.solve.schedule import Lane
from calcis.tissue import INPUTS
from calcis.tissue.uptake import TAKEN

TOLERANCE = 1e-6
MONTHS = np.linspace(0.0, TIMES[-1], 13)
CASE = """calcis: 1
person: {age: 50 y, sex: female, mass: 68 kg}
body: calcis
arms: {watch: []}
run: {duration: 1 y, every: 1 d}
"""


def batch(first: int, last: int, count: int) -> dict[str, float]:
    """Persons first..last of `count`: the steps and intervals they took, and what became of their organs."""
    case = read_case_text(CASE, "case")
    people, _ = cohort("calcis", count, "acid_base")
    model, kernel = body_model(case, True)
    tissue, tissue_kernel = lesion_model()
    names, end = list(people.model.parameters), float(TIMES[-1])
    assert list(model.parameters)[: len(names)] == names
    bodies = [
        Lane(str(first + k), numbers, np.zeros(len(model.states)), 0.0, end)
        for k, numbers in enumerate(people.table[first:last])
    ]
    begun = starts(people, people.table[first:last])
    for lane, state in zip(bodies, begun, strict=True):
        lane.start[: begun.shape[1]] = state
    column = [kernel.system.observed.index(name) for name in INPUTS]
    seen = np.array([signals(kernel, lane, np.zeros(1), lane.start[None])[0, column] for lane in bodies])
    numbers, places = Numbers(case, packaged().parameters(case.body)), len(case.organs)
    organs = np.array([list(numbers.of_organ("watch", organ, tissue).values()) for organ in case.organs])
    table = np.tile(organs, (len(bodies), 1))
    plasma = dict(zip(INPUTS, np.repeat(seen, places, axis=0).T, strict=True))
    lanes = [
        Lane("organ", values, state, 0.0, end)
        for values, state in zip(table, starting(tissue, table, plasma), strict=True)
    ]
    volumes = np.tile([organ.volume.value for organ in case.organs if organ.volume], len(bodies))
    of_body = list(model.states)
    exchange = Exchange(
        given=tuple(INPUTS),
        pools=tuple(of_body.index(body_supplies(case.body)[loss]) for loss in TAKEN),
        books=tuple(of_body.index(f"{LEDGER}.{loss}_sum") for loss in TAKEN),
        places=(organ_places(tissue, lanes, volumes),),
    )
    body = Integration(kernel, bodies, TIMES, TOLERANCE, threads=1, kept=list(INPUTS))
    organ = Integration(tissue_kernel, lanes, MONTHS, TOLERANCE, threads=1, kept=list(KEPT))
    both, intervals = Coupling(body, [organ], exchange, TOLERANCE), 0
    while going := len(both.going):
        both.step()
        intervals += going
    mineral = organ.signals[:, -1, KEPT.index("mineral_total")].reshape(-1, places)
    return {
        "failed": sum(both.failure(k) is not None for k in range(len(bodies))),
        "steps of a body": float(body.counts[3].mean()),
        "steps of an organ": float(organ.counts[3].mean()),
        "intervals": intervals / len(bodies),
        "persons with mineral in an organ": int((mineral > 1.0).any(axis=1).sum()),
        "largest defect": float(both.defects().max()),
        "GB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2,
    }


def main() -> None:
    """Measure, print, and write .work/organ_map.json."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--persons", type=int, default=10_000)
    options.add_argument("--processes", type=int, default=2)
    options.add_argument("--batch", type=int, default=500)
    asked = options.parse_args()
    batch(0, 8, 8)  # compiles
    begun = time.perf_counter()
    edges = [*range(0, asked.persons, asked.batch), asked.persons]
    with ProcessPoolExecutor(asked.processes, mp_context=get_context("fork")) as pool:
        jobs = [pool.submit(batch, a, b, asked.persons) for a, b in pairwise(edges)]
        found = [job.result() for job in jobs]
    told = {
        "machine": machine(), "persons": asked.persons, "processes": asked.processes, "batch": asked.batch,
        "seconds": time.perf_counter() - begun,
        "processor seconds": resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime,
    }  # fmt: skip
    for name in found[0]:
        values = [one[name] for one in found]
        most = name in ("GB", "largest defect")
        mean = name in ("steps of a body", "steps of an organ", "intervals")
        told[name] = max(values) if most else float(np.mean(values)) if mean else sum(values)
    for key, value in told.items():
        print(f"{key}: {value}")
    (WORK / "organ_map.json").write_text(json.dumps(told, indent=1, default=float), encoding="utf-8")


if __name__ == "__main__":
    main()
