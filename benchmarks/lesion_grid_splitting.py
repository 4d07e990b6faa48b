"""What would splitting cost?  Diffusion and tissue in turns, against both at once, at equal error.

    python benchmarks/lesion_grid_splitting.py [--voxels 32] [--days 30] [--smallest 0.03]

Lie splitting as good as it can be: diffusion exact, by cosines; the tissue of every voxel by the compiled
kernel of one voxel, each with steps of its own that go on across the turns.  Mineral does not hinder
diffusion here, so that diffusion is exact.  An error is the largest of total mineral at a tenth of the time,
a third and the end, against a coupled march at a hundredth of the tolerance.

Equal error from both sides: turns are shortened as far as `--smallest` (h), and the tolerance of the coupled
march is loosened, far beyond what anybody would use.  Beside each length of turns stands the cheapest coupled
march that is at least as near, and at last the cheapest of each that stay within 1 %.
"""

from __future__ import annotations

import argparse
import time
from dataclasses import dataclass

import numpy as np
from lesion_grid import PLASMA, lesion_numbers
from machine import machine
from scipy.fft import dct, idct

from calcis.solve.grid.layout import Grid
from calcis.solve.integrate import Integration
from calcis.solve.kernel import compile_system
from calcis.solve.schedule import Drive, Lane
from calcis.solve.system import INPUT_DEGREE, trace
from calcis.space.diffusion import diffusivities
from calcis.space.lesion import LesionGrid, tissue_model

SPACING, EXACT = 0.25, 3e-4  # mm; tolerance of the reference
TOLERANCES = (3e-2, 1e-1, 3e-1, 1.0, 3.0, 10.0)  # of the coupled march
ALONE = (3e-2, 1e-3)  # tolerances of a voxel between turns
TURNS = (12.0, 3.0, 0.75, 0.1875, 0.0625, 0.03125)  # h
ENOUGH = 1e-2
PARTS_OF_TIME = (0.1, 1.0 / 3.0, 1.0)


@dataclass(frozen=True)
class March:
    """What a march found and cost: total mineral, steps of a voxel, stages of them, seconds of processor."""

    name: str
    mineral: np.ndarray
    steps: float
    stages: float
    seconds: float

    def error(self, truth: np.ndarray) -> float:
        return float(np.abs(self.mineral / truth - 1.0).max())


def line(voxels: int, numbers: dict[str, float], rtol: float) -> LesionGrid:
    """A line of tissue, of which half is dead."""
    lesion = LesionGrid(Grid((voxels, 1, 1), SPACING), [numbers], PLASMA, rtol=rtol, threads=1)
    x = (np.arange(voxels) + 0.5) * SPACING
    lesion.injure("bite", 0.9, 1.0 / (1.0 + np.exp((x - 0.5 * voxels * SPACING) / 0.1))[None, None, :])
    return lesion


def coupled(voxels: int, numbers: dict[str, float], rtol: float, times: np.ndarray) -> March:
    """Both at once."""
    lesion = line(voxels, numbers, rtol)
    lesion.advance(1e-6, PLASMA)  # loads what is compiled
    minerals = [name for name in lesion.model.states if name.startswith("mineral.")]
    found, spent = [], 0.0
    for until in times:
        began = time.process_time()
        lesion.advance(float(until), PLASMA)
        spent += time.process_time() - began
        found.append(sum(float(lesion.state(name).sum()) for name in minerals))
    steps = lesion.integration.counts.steps
    stages = steps * lesion.kernel.method.stages
    return March(f"coupled, rtol {rtol:g}", np.array(found), steps, stages, spent)


def split(voxels: int, numbers: dict[str, float], turn: float, alone: float, times: np.ndarray) -> March:
    """In turns of some hours, voxels at a tolerance of their own."""
    model = tissue_model()
    kernel, names = compile_system(trace(model)), list(model.states)
    lesion, hours = line(voxels, numbers, 1.0), float(times[-1])
    start = np.array([
        lesion.state(name).ravel() if not name.startswith("ledger.") else np.zeros(voxels) for name in names
    ]).T  # fmt: skip
    drive = Drive(np.array([0.0]), np.array([hours]), np.zeros((1, len(model.inputs), INPUT_DEGREE + 1)))
    drive.coefficients[0, :, 0] = [PLASMA[name] for name in model.inputs]
    table = np.array([numbers[name] for name in model.parameters])
    lanes = [Lane("voxel", table, own, 0.0, hours, drive=drive) for own in start]
    march = Integration(kernel, lanes, np.array([hours]), alone, threads=1, max_steps=10**9)
    wave = (2.0 - 2.0 * np.cos(np.pi * np.arange(voxels) / voxels)) / SPACING**2
    decay = {names.index(name): np.exp(-d * wave * turn) for name, d in diffusivities(numbers).items()}
    minerals = [names.index(name) for name in names if name.startswith("mineral.")]
    turns, found = round(hours / turn), []
    due = [round(until / turn) for until in times]
    began = time.process_time()
    for k in range(turns):
        for place, factor in decay.items():
            march.y[:, place] = idct(dct(march.y[:, place], norm="ortho") * factor, norm="ortho")
        begin, end = k * turn, hours if k == turns - 1 else (k + 1) * turn
        march.advance([lane.during(begin, end) for lane in lanes])
        if k + 1 in due:
            found.append(float(march.y[:, minerals].sum()))
    spent = time.process_time() - began
    if any(march.failures):
        raise ArithmeticError(next(failure for failure in march.failures if failure))
    steps = float(march.counts[3].mean())
    name = f"turns of {turn:g} h, voxels at {alone:g}"
    return March(name, np.array(found), steps, steps * kernel.method.stages, spent)


def against(one: March, other: March, truth: np.ndarray) -> str:
    """A march in turns against a coupled one."""
    return (
        f"{one.name}: error {one.error(truth):.1e}, {one.steps:.0f} steps a voxel, {one.seconds:.1f} s;"
        f" {other.name}: error {other.error(truth):.1e}, {other.steps:.0f} steps, {other.seconds:.3f} s:"
        f" {one.stages / other.stages:.0f} times the stages, {one.seconds / other.seconds:.0f} times the"
        " processor"
    )


def main() -> None:
    """Measure and print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--voxels", type=int, default=32)
    options.add_argument("--days", type=float, default=30.0)
    options.add_argument("--smallest", type=float, default=0.03, help="h")
    chosen = options.parse_args()
    print("\n".join(f"{key}: {value}" for key, value in machine().items()))
    numbers = lesion_numbers() | {"diffusion.mineral_density": 1e30}
    times = 24.0 * chosen.days * np.array(PARTS_OF_TIME)
    exact = coupled(chosen.voxels, numbers, EXACT, times)
    truth = exact.mineral
    print(f"{chosen.voxels} voxels, {chosen.days:g} days; the reference took {exact.steps} steps")
    print("s: seconds of processor")
    both = []
    for rtol in TOLERANCES:
        own = min(
            (coupled(chosen.voxels, numbers, rtol, times) for _ in range(5)), key=lambda own: own.seconds
        )
        print(
            f"{own.name}: error {own.error(truth):.1e}, {own.steps} steps, {own.seconds:.2f} s of processor"
        )
        both.append(own)
    within: list[March] = []
    for turn in TURNS:
        if turn < chosen.smallest:
            break
        for alone in ALONE:
            own = split(chosen.voxels, numbers, turn, alone, times)
            near = [other for other in both if other.error(truth) <= own.error(truth)]
            if not near:
                print(f"{own.name}: error {own.error(truth):.1e}, nearer than any coupled march", flush=True)
                continue
            print(against(own, min(near, key=lambda other: other.seconds), truth), flush=True)
            if own.error(truth) <= ENOUGH:
                within.append(own)
    enough = [own for own in both if own.error(truth) <= ENOUGH]
    if within and enough:
        print(f"within {ENOUGH:.0%}, the cheapest of each:")
        print(against(*(min(some, key=lambda own: own.seconds) for some in (within, enough)), truth))


if __name__ == "__main__":
    main()
