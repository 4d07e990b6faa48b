"""How many body fluids a second are speciated, against PHREEQC (phreeqpython) at the same constants?

    python benchmarks/speciation.py [--fluids 200000] [--peer 1000] [--base minteq]

Both sides get the same random fluids (plasma, interstitial fluid, dying tissue, urine; 37 °C, or 20-42 °C)
and the same constants.  Ours is timed from arrays of totals to activities, ionic strength, the molality of
every species and three saturation indices.  Of the peer the engine alone is timed, at its best: its input is
written before, and no result is asked of it.  How far both are apart is measured on the same fluids beside.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import sys
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

import numpy as np
from machine import machine

sys.path.insert(0, str(Path(__file__).parents[1]))
from calcis.chemistry.database import read_database
from calcis.chemistry.solution import Solution, speciate
from tests.chemistry.fluids import random_fluids
from tests.chemistry.phreeqc import Phreeqc

WORK = Path(__file__).parent / ".work"
ROUNDS = 15
TOLERANCE = 1e-8  # of the peer when it is timed: its own; 1e-12 when results are compared
SOLIDS = {
    "apatite": (
        {"calcium": 5, "phosphate": 3, "H2O": 1, "hydrogen": -1},
        "Ca5(PO4)3OH + H+ = 5 Ca+2 + 3 PO4-3 + H2O",
        -44.6,
    ),
    "tricalcium": ({"calcium": 3, "phosphate": 2}, "Ca3(PO4)2 = 3 Ca+2 + 2 PO4-3", -25.7),
    "calcite": ({"calcium": 1, "carbonate": 1}, "CaCO3 = Ca+2 + CO3-2", -8.48),
}


def ours(base: str, fluids: tuple[Any, ...], threads: int) -> tuple[float, float, Solution, np.ndarray]:
    """Seconds by the clock and of the processor, fluids, and their saturation indices."""
    totals, ph, temperature = fluids
    start, used = time.perf_counter(), time.process_time()
    found = speciate(read_database(base), totals, ph=ph, temperature=temperature, threads=threads)
    assert found.molality.shape[0] == len(ph)
    indices = np.array([found.saturation(formula, lg) for formula, _, lg in SOLIDS.values()])
    assert not found.reasons
    return time.perf_counter() - start, time.process_time() - used, found, indices


def peer(base: str, fluids: tuple[Any, ...], tolerance: float, asked: Any) -> None:
    """A process with PHREEQC in it: asked "go" it sends its seconds, "table" the results."""
    totals, ph, temperature = fluids
    database = read_database(base)
    table = np.column_stack([totals[name] for name in database.masters]) * 1e-3
    bare = Phreeqc(database, tolerance=tolerance)
    text = bare.text(table, ph, temperature)
    while (what := asked.recv()) != "end":
        if what == "table":
            solids = {name: one[1:] for name, one in SOLIDS.items()}
            asked.send(Phreeqc(database, solids, 1e-12).run(table, ph, temperature))
            continue
        start, used = time.perf_counter(), time.process_time()
        bare.engine.run_string(text)
        asked.send((time.perf_counter() - start, time.process_time() - used))


def part(fluids: tuple[Any, ...], some: slice) -> tuple[Any, ...]:
    """Some of the fluids."""
    totals, ph, temperature = fluids
    return {name: values[some] for name, values in totals.items()}, ph[some], temperature[some]


def compare(base: str, count: int, few: int, temperature: float | None) -> dict[str, Any]:
    """Fluids a second of both, on one core and on two, and how far apart they are."""
    database = read_database(base)
    fluids = random_fluids(database.masters, count, temperature=temperature)
    spawn = multiprocessing.get_context("spawn")
    pipes = []
    for k in range(2):
        mine, other = spawn.Pipe()
        some = part(fluids, slice(k * few, (k + 1) * few))
        spawn.Process(target=peer, args=(base, some, TOLERANCE, other), daemon=True).start()
        pipes.append(mine)
    pipes[0].send("table")
    told: dict[str, Any] = {"apart": apart(base, part(fluids, slice(0, few)), pipes[0].recv())}
    best = {(who, cores): [np.inf, np.inf] for who in ("ours", "peer") for cores in (1, 2)}
    for _ in range(ROUNDS):
        for cores in (1, 2):
            clock, used, *_ = ours(base, fluids, cores)
            best["ours", cores] = np.minimum(best["ours", cores], [clock / count, used / count]).tolist()
            for pipe in pipes[:cores]:
                pipe.send("go")
            times = np.array([pipe.recv() for pipe in pipes[:cores]])
            spent = [times[:, 0].max() / (few * cores), times[:, 1].sum() / (few * cores)]
            best["peer", cores] = np.minimum(best["peer", cores], spent).tolist()
    for pipe in pipes:
        pipe.send("end")
    for cores in (1, 2):
        (clock, used), (clock_peer, used_peer) = best["ours", cores], best["peer", cores]
        told[f"on {cores} core{'s' * (cores - 1)}"] = {
            "ours, fluids/s": round(1.0 / clock),
            "peer, fluids/s": round(1.0 / clock_peer),
            "ratio": round(clock_peer / clock),
            "ratio by processor time": round(used_peer / used),
        }
    return told


def apart(base: str, fluids: tuple[Any, ...], table: dict[str, np.ndarray]) -> dict[str, float]:
    """Largest differences: relative in molalities of free ions and of all species, absolute in indices."""
    *_, found, indices = ours(base, fluids, 1)
    there = table["molality"] > 1e-90
    off = np.where(there, np.abs(found.molality * 1e-3 / np.where(there, table["molality"], 1.0) - 1.0), 0.0)
    other = table["saturation"].T
    free = len(found.database.masters)
    return {
        "free ions": float(off[:, :free].max()),
        "every species": float(off.max()),
        "saturation index": float(np.abs(indices - other)[other > -900].max()),
    }


def main() -> None:
    """Measure, print, and write .work/speciation.json."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--fluids", type=int, default=200_000)
    options.add_argument("--peer", type=int, default=1_000, help="fluids for each process of the peer")
    options.add_argument("--base", choices=("minteq", "phreeqc"), action="append")
    asked = options.parse_args()
    told: dict[str, Any] = {"machine": machine() | {"peer": f"phreeqpython {version('phreeqpython')}"}}
    for base in asked.base or ("minteq", "phreeqc"):
        for temperature, name in ((310.15, "37 °C"), (None, "20-42 °C")):
            told[f"{base}, {name}"] = compare(base, asked.fluids, asked.peer, temperature)
            print(f"{base}, {name}", json.dumps(told[f"{base}, {name}"], indent=1), flush=True)
    WORK.mkdir(exist_ok=True)
    (WORK / "speciation.json").write_text(json.dumps(told, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
