"""What does a lesion in space cost?  A year of a dead ball in a block of tissue, the whole tissue model.

    python benchmarks/lesion_grid.py [--edge 64] [--spacing 0.125] [--threads 2] [--rtol 1e-2] [--check]

`--check` repeats it at a tenth of the tolerance: the difference in total mineral is the error in time.
A voxel and step cost what the steps took; starting and reading results are not in it.
"""

from __future__ import annotations

import argparse
import resource
import time
from dataclasses import dataclass

import numpy as np
from machine import machine

from calcis.solve.grid.layout import Grid
from calcis.space.diffusion import diffusion_parameters
from calcis.space.lesion import LesionGrid
from calcis.space.shapes import Sphere, share_of_voxels
from calcis.tissue.numbers import tissue_parameters

PLASMA = {
    "calcium_ionised_plasma": 1.25,
    "phosphate_plasma": 1.15,
    "pyrophosphate_plasma": 3.26e-3,
    "ph_plasma": 7.4,
}
DAYS = (1, 7, 30, 90, 180, 365)


@dataclass
class Cost:
    """Of a run: total mineral (umol) at DAYS, seconds, and the largest defect of a balance."""

    mineral: list[float]
    wall: float
    processor: float
    steps: int
    rejected: int
    cycles: int
    defect: float


def run(edge: int, spacing: float, threads: int, rtol: float, days: list[float]) -> Cost:
    """Some days of a ball of dead tissue, 0.6 of the block wide, that macrophages fail to clear."""
    numbers = {name: number.value for name, number in tissue_parameters().items()}
    numbers |= {name: number.value for name, number in diffusion_parameters().items()}
    numbers["leukocytes.macrophage_competence"] = 0.1
    grid = Grid((edge, edge, edge), spacing)
    lesion = LesionGrid(grid, [numbers], PLASMA, rtol=rtol, threads=threads)
    middle = 0.5 * edge * spacing
    ball = Sphere((middle, middle, middle), 0.6 * edge * spacing)
    lesion.injure("bite", 0.9, share_of_voxels(ball, grid, edge=0.5))
    lesion.advance(1e-4, PLASMA)  # loads what is compiled
    counts, found, wall, processor = lesion.integration.counts, [], 0.0, 0.0
    for day in days:
        began = time.perf_counter(), time.process_time()
        lesion.advance(24.0 * day, PLASMA)
        wall, processor = wall + time.perf_counter() - began[0], processor + time.process_time() - began[1]
        minerals = [name for name in lesion.model.states if name.startswith("mineral.")]
        total = sum(float(lesion.state(name).sum()) for name in minerals)
        found.append(total * spacing**3 * 1e-3)
    defect = max(lesion.defects().values())
    return Cost(found, wall, processor, counts.steps, counts.rejected, counts.cycles, defect)


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--edge", type=int, default=64)
    options.add_argument("--spacing", type=float, default=0.125)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--rtol", type=float, default=1e-2)
    options.add_argument("--check", action="store_true")
    options.add_argument("--days", type=float, default=365.0, help="stop after so many")
    chosen = options.parse_args()
    days = [day for day in DAYS if day < chosen.days] + [chosen.days]
    print("\n".join(f"{key}: {value}" for key, value in machine().items()))
    cost = run(chosen.edge, chosen.spacing, chosen.threads, chosen.rtol, days)
    voxels = chosen.edge**3
    each = 1e6 * cost.processor / cost.steps / voxels
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    print(f"{chosen.edge}^3 voxels of {chosen.spacing} mm, {chosen.threads} threads, rtol {chosen.rtol}")
    print(f"{cost.wall:.1f} s, {cost.processor:.1f} s of processor, {each:.2f} us a voxel and step")
    print(f"{cost.steps} steps ({cost.rejected} rejected), {cost.cycles} multigrid cycles")
    print(f"{memory / 1e9:.2f} GB at most, {memory / voxels:.0f} bytes a voxel")
    print(f"balances close to {cost.defect:.1e}")
    print("total mineral (umol) at days", days, np.round(cost.mineral, 3).tolist())
    if chosen.check:
        fine = run(chosen.edge, chosen.spacing, chosen.threads, chosen.rtol / 10, days)
        errors = np.divide(cost.mineral, fine.mineral) - 1.0
        print("error in time:", [f"{error:.1e}" for error in errors], f"({fine.steps} steps)")


if __name__ == "__main__":
    main()
