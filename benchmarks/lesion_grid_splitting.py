"""What would splitting cost?  Diffusion and tissue in turns, against both at once, at equal error.

    python benchmarks/lesion_grid_splitting.py [--voxels 32] [--days 30] [--smallest 0.05]

Lie splitting as good as it can be: diffusion exact, by cosines; the tissue of every voxel by the compiled
kernel of one voxel, each with steps of its own that go on across the turns.  Mineral does not hinder
diffusion here and cells stay where they are, so that diffusion is exact.  The step is halved until total
mineral is as near to the reference (coupled, a hundredth of the tolerance) as that of the coupled method,
or `--smallest` (h) is reached.
"""

from __future__ import annotations

import argparse
import time

import numpy as np
from lesion_grid import PLASMA, lesion_numbers
from machine import machine
from scipy.fft import dct, idct

from calcis.part import assemble
from calcis.solve.grid.layout import Grid
from calcis.solve.integrate import Integration
from calcis.solve.kernel import compile_system
from calcis.solve.schedule import Drive, Lane
from calcis.solve.system import INPUT_DEGREE, trace
from calcis.space.diffusion import diffusivities
from calcis.space.lesion import LesionGrid
from calcis.tissue import INPUTS, PARTS

SPACING, RTOL, ALONE = 0.25, 3e-2, 1e-3  # ALONE: tolerance of a voxel between turns


def line(voxels: int, numbers: dict[str, float], rtol: float) -> LesionGrid:
    """A line of tissue, of which half is dead."""
    lesion = LesionGrid(Grid((voxels, 1, 1), SPACING), [numbers], PLASMA, rtol=rtol, threads=1)
    x = (np.arange(voxels) + 0.5) * SPACING
    lesion.injure("bite", 0.9, 1.0 / (1.0 + np.exp((x - 0.5 * voxels * SPACING) / 0.1))[None, None, :])
    return lesion


def coupled(voxels: int, numbers: dict[str, float], rtol: float, hours: float) -> tuple[float, int, float]:
    """Total mineral, steps, and seconds of processor."""
    lesion = line(voxels, numbers, rtol)
    lesion.advance(1e-6, PLASMA)  # loads what is compiled
    began = time.process_time()
    lesion.advance(hours, PLASMA)
    spent = time.process_time() - began
    minerals = [name for name in lesion.model.states if name.startswith("mineral.")]
    return sum(float(lesion.state(name).sum()) for name in minerals), lesion.integration.counts.steps, spent


def split(
    voxels: int, numbers: dict[str, float], step: float, hours: float
) -> tuple[float, int, float, float]:
    """Total mineral, turns, the kernel's steps a voxel, and seconds of processor."""
    model = assemble(PARTS, INPUTS)
    kernel, names = compile_system(trace(model)), list(model.states)
    lesion = line(voxels, numbers, RTOL)
    start = np.array([lesion.state(name).ravel() for name in names]).T
    turns = round(hours / step)
    drive = Drive(np.array([0.0]), np.array([hours]), np.zeros((1, len(model.inputs), INPUT_DEGREE + 1)))
    drive.coefficients[0, :, 0] = [PLASMA[name] for name in model.inputs]
    table = np.array([numbers[name] for name in model.parameters])
    lanes = [Lane("voxel", table, own, 0.0, hours, drive=drive) for own in start]
    march = Integration(kernel, lanes, np.array([hours]), ALONE, threads=1, max_steps=10**9)
    wave = (2.0 - 2.0 * np.cos(np.pi * np.arange(voxels) / voxels)) / SPACING**2
    decay = {names.index(name): np.exp(-d * wave * step) for name, d in diffusivities(numbers).items()}
    began = time.process_time()
    for turn in range(turns):
        for place, factor in decay.items():
            march.y[:, place] = idct(dct(march.y[:, place], norm="ortho") * factor, norm="ortho")
        begin, end = turn * step, hours if turn == turns - 1 else (turn + 1) * step
        march.advance([lane.during(begin, end) for lane in lanes])
    spent = time.process_time() - began
    if any(march.failures):
        raise ArithmeticError(next(failure for failure in march.failures if failure))
    taken = float(march.counts[3].mean())
    places = [names.index(name) for name in names if name.startswith("mineral.")]
    return float(march.y[:, places].sum()), turns, taken, spent


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--voxels", type=int, default=32)
    options.add_argument("--days", type=float, default=30.0)
    options.add_argument("--smallest", type=float, default=0.05, help="h")
    chosen = options.parse_args()
    print("\n".join(f"{key}: {value}" for key, value in machine().items()))
    still = dict.fromkeys(("diffusion.macrophages", "diffusion.progenitors", "diffusion.sprouts"), 0.0)
    numbers = lesion_numbers() | still | {"diffusion.mineral_density": 1e30}
    hours = 24.0 * chosen.days
    truth, many, _ = coupled(chosen.voxels, numbers, RTOL / 100.0, hours)
    total, steps, spent = coupled(chosen.voxels, numbers, RTOL, hours)
    aim = abs(total / truth - 1.0)
    print(f"{chosen.voxels} voxels, {chosen.days} days; the reference took {many} steps")
    print(f"coupled, rtol {RTOL}: error {total / truth - 1.0:.1e}, {steps} steps, {spent:.2f} s of processor")
    step = 12.0
    while step >= chosen.smallest:
        total, turns, taken, cost = split(chosen.voxels, numbers, step, hours)
        error = total / truth - 1.0
        print(
            f"split, {step:g} h: error {error:.1e}, {turns} turns, {taken:.0f} steps a voxel, "
            f"{cost:.2f} s; {taken / steps:.1f} times the steps, {cost / spent:.0f} times the processor",
            flush=True,
        )
        if abs(error) <= aim:
            break
        step /= 2.0
    else:
        print("split: no step down to the smallest was as near")


if __name__ == "__main__":
    main()
