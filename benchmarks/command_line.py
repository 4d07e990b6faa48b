"""How long does the command line keep one waiting?

    python benchmarks/command_line.py [CALCIS]

`calcis run examples/insect_bite.yaml` with empty caches of kernels and with full ones, and
`calcis --help`: best and median of five.  CALCIS is the command (default: beside this Python).
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from machine import machine

CASE = Path(__file__).resolve().parents[1] / "examples" / "insect_bite.yaml"
ROUNDS = 5


def seconds(command: list[str], folder: Path, caches: Path) -> tuple[float, float]:
    """Wall and processor seconds of a command run in `folder`, with its caches of kernels in `caches`."""
    own = {"CALCIS_CACHE": str(caches / "calcis"), "NUMBA_CACHE_DIR": str(caches / "numba")}
    before, begun = os.times(), time.perf_counter()
    done = subprocess.run(
        command, cwd=folder, env={**os.environ, **own}, capture_output=True, text=True, check=False
    )
    wall, after = time.perf_counter() - begun, os.times()
    if done.returncode:
        raise RuntimeError(f"{' '.join(command)} ended with {done.returncode}: {done.stderr[-2000:]}")
    spent = after.children_user + after.children_system - before.children_user - before.children_system
    return wall, spent


def main() -> None:
    """Measure, print, and write .work/command_line.json."""
    calcis = sys.argv[1] if len(sys.argv) > 1 else str(Path(sys.executable).with_name("calcis"))
    run = [calcis, "run", str(CASE)]
    found: dict[str, list[tuple[float, float]]] = {"help": [], "cold": [], "warm": []}
    with tempfile.TemporaryDirectory() as kept:
        seconds([calcis, "--help"], Path(kept), Path(kept))  # the first import writes Python's own caches
        seconds(run, Path(kept), Path(kept))
        for _ in range(ROUNDS):
            found["help"].append(seconds([calcis, "--help"], Path(kept), Path(kept)))
            with tempfile.TemporaryDirectory() as fresh:
                found["cold"].append(seconds(run, Path(fresh), Path(fresh)))
            found["warm"].append(seconds(run, Path(kept), Path(kept)))
    where = machine()
    print("\n".join(f"{key}: {value}" for key, value in where.items()))
    names = {"help": "calcis --help", "cold": "calcis run, empty caches", "warm": "calcis run, full caches"}
    print("\n| command | best s | median s | best processor s |\n|---|---|---|---|")
    for key, timings in found.items():
        walls = [wall for wall, _ in timings]
        cpu = min(spent for _, spent in timings)
        print(f"| {names[key]} | {min(walls):.2f} | {statistics.median(walls):.2f} | {cpu:.2f} |")
    work = Path(__file__).parent / ".work"
    work.mkdir(exist_ok=True)
    (work / "command_line.json").write_text(
        json.dumps({"machine": where, "wall_and_cpu_s": found}, indent=1), encoding="utf-8"
    )


if __name__ == "__main__":
    main()
