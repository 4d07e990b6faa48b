"""What does a lesion in space cost?  A year of a dead ball in a block of tissue, the whole tissue model.

    python benchmarks/lesion_grid.py [--edge 64] [--spacing 0.125] [--threads 2] [--rtol 3e-2] [--check]
        [--sizes] [--cells-stay]

`--sizes` instead takes a few steps each of edges from 32 to 128, to show whether a voxel and step costs the
same, and how much memory they take.  `--cells-stay` leaves out the wandering of cells and vessels.
`--check` repeats it at a tenth of the tolerance: the difference in total mineral is the error in time.
PhysiCell's stepping is stated as an extrapolation, from its step and a measured speed of its diffusion.
A voxel and step cost what the steps took; starting and reading results are not in it.
"""

from __future__ import annotations

import argparse
import resource
import time
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from machine import machine

from calcis.simulate.block import sharp
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
SIZES = (32, 48, 64, 96, 128)
# PhysiCell's default step of diffusion, our four dissolved species, and what pyphysicell's kernel updates
# a second, as it was measured once on two cores.
EXPLICIT_STEP_MIN, EXPLICIT_SPECIES, EXPLICIT_SPEED = 0.01, 4, 284e6
DAYS = (1, 7, 30, 90, 180, 365)


@dataclass
class Cost:
    """Of a run: total mineral (umol) at DAYS, seconds, and the largest defect of a balance."""

    mineral: list[float]
    wall: float
    processor: float
    steps: int
    timed: int
    rejected: int
    cycles: int
    defect: float


def lesion_numbers(cells_stay: bool = False) -> dict[str, float]:
    """Numbers of the tissue and of diffusion, of a lesion that macrophages fail to clear."""
    found = {name: number.value for name, number in tissue_parameters().items()}
    found |= {name: number.value for name, number in diffusion_parameters().items()}
    if cells_stay:
        speeds = ("diffusion.alarmin", "diffusion.macrophages", "diffusion.progenitors", "ingrowth.reach")
        found |= dict.fromkeys(speeds, 0.0)
    return sharp(found | {"leukocytes.macrophage_competence": 0.1})


def explicit_hours(voxels: int, days: float) -> float:
    """Hours of explicit stepping for diffusion alone; an extrapolation."""
    return days * 1440.0 / EXPLICIT_STEP_MIN * voxels * EXPLICIT_SPECIES / EXPLICIT_SPEED / 3600.0


def run(
    edge: int, spacing: float, threads: int, rtol: float, days: Sequence[float], cells_stay: bool = False
) -> Cost:
    """Some days of a ball of dead tissue, 0.6 of the block wide, that macrophages fail to clear."""
    numbers = lesion_numbers(cells_stay)
    grid = Grid((edge, edge, edge), spacing)
    lesion = LesionGrid(grid, [numbers], PLASMA, rtol=rtol, threads=threads)
    middle = 0.5 * edge * spacing
    ball = Sphere((middle, middle, middle), 0.6 * edge * spacing)
    lesion.injure("bite", 0.9, share_of_voxels(ball, grid, edge=0.5))
    lesion.advance(1e-4, PLASMA)  # loads what is compiled
    counts, found, wall, processor = lesion.integration.counts, [], 0.0, 0.0
    before = counts.steps
    for day in days:
        began = time.perf_counter(), time.process_time()
        lesion.advance(24.0 * day, PLASMA)
        wall, processor = wall + time.perf_counter() - began[0], processor + time.process_time() - began[1]
        minerals = [name for name in lesion.model.states if name.startswith("mineral.")]
        total = sum(float(lesion.state(name).sum()) for name in minerals)
        found.append(total * spacing**3 * 1e-3)
    defect = max(lesion.defects().values())
    return Cost(
        found, wall, processor, counts.steps, counts.steps - before, counts.rejected, counts.cycles, defect
    )


def most_memory() -> int:
    """Bytes that this process has had at most."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--edge", type=int, default=64)
    options.add_argument("--spacing", type=float, default=0.125)
    options.add_argument("--threads", type=int, default=2)
    options.add_argument("--rtol", type=float, default=3e-2)
    options.add_argument("--check", action="store_true")
    options.add_argument("--sizes", action="store_true")
    options.add_argument("--cells-stay", action="store_true")
    options.add_argument("--days", type=float, default=365.0, help="stop after so many")
    chosen = options.parse_args()
    days = [day for day in DAYS if day < chosen.days] + [chosen.days]
    print("\n".join(f"{key}: {value}" for key, value in machine().items()))
    if chosen.sizes:
        for edge in SIZES:
            few = run(edge, chosen.spacing, chosen.threads, chosen.rtol, [2e-4], chosen.cells_stay)
            each = 1e6 * few.processor / few.timed / edge**3
            print(
                f"{edge}^3: {each:.2f} us of processor a voxel and step, {few.timed} steps;"
                f" {most_memory() / 1e9:.2f} GB at most so far",
                flush=True,
            )
        return
    cost = run(chosen.edge, chosen.spacing, chosen.threads, chosen.rtol, days, chosen.cells_stay)
    voxels = chosen.edge**3
    each = 1e6 * cost.processor / cost.timed / voxels
    memory = most_memory()
    print(f"{chosen.edge}^3 voxels of {chosen.spacing} mm, {chosen.threads} threads, rtol {chosen.rtol}")
    print(f"{cost.wall:.1f} s, {cost.processor:.1f} s of processor, {each:.2f} us a voxel and step")
    print(f"{cost.steps} steps ({cost.rejected} rejected), {cost.cycles} multigrid cycles")
    print(f"{memory / 1e9:.2f} GB at most, {memory / voxels:.0f} bytes a voxel")
    hours = explicit_hours(voxels, chosen.days)
    print(f"explicit steps of {EXPLICIT_STEP_MIN} min for diffusion alone: {hours:.3g} h, an extrapolation")
    print(f"balances close to {cost.defect:.1e}")
    print("total mineral (umol) at days", days, np.round(cost.mineral, 3).tolist())
    if chosen.check:
        fine = run(chosen.edge, chosen.spacing, chosen.threads, chosen.rtol / 10, days, chosen.cells_stay)
        errors = np.divide(cost.mineral, fine.mineral) - 1.0
        print("error in time:", [f"{error:.1e}" for error in errors], f"({fine.steps} steps)")


if __name__ == "__main__":
    main()
