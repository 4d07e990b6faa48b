"""What do steps, voxels, events and wandering cells do to a line of tissue?"""

import numpy as np
import pytest

from calcis.solve.grid.layout import Grid
from calcis.space.diffusion import CELLS
from calcis.space.lesion import LesionGrid
from tests.space.problems import DAY, PLASMA, mineral

RAT = {**PLASMA, "calcium_ionised_plasma": 1.3, "phosphate_plasma": 2.5}
LENGTH, DEAD, WIDTH = 6.0, 3.0, 0.1  # mm: of the line, of what is dead, over which that falls
FRONT = 50.0  # mmol/L


@pytest.fixture(scope="module")
def numbers(numbers):
    return numbers | {"leukocytes.macrophage_competence": 0.05}


def middles(count):
    return (np.arange(count) + 0.5) * LENGTH / count


def injured(numbers, count, rtol):
    lesion = LesionGrid(Grid((count, 1, 1), LENGTH / count), [numbers], PLASMA, rtol=rtol)
    fine = middles(16 * count).reshape(count, 16)
    lesion.injure("bite", 0.9, (1.0 / (1.0 + np.exp((fine - DEAD) / WIDTH))).mean(axis=1)[None, None, :])
    return lesion


def year(numbers, count, rtol):
    """Total mineral and place of the front (mm) after a month, a season and a year."""
    lesion, found = injured(numbers, count, rtol), []
    x = middles(count)
    for day in (30, 90, 365):
        lesion.advance(day * DAY, PLASMA)
        own = mineral(lesion).ravel()
        last = int(np.nonzero(own > FRONT)[0][-1])
        front = x[last] + (own[last] - FRONT) / (own[last] - own[last + 1]) * (x[1] - x[0])
        found.append((own.sum() * LENGTH / count, front))
    return np.array(found)


def test_longer_steps_and_wider_voxels_change_little(numbers):
    """Steps at 3e-2: 1e-3 of total mineral; voxels of 0.125 mm against half of that: 0.5 %, half a voxel."""
    loose, tight, fine = year(numbers, 48, 3e-2), year(numbers, 48, 1e-3), year(numbers, 96, 1e-3)
    assert loose[:, 0] == pytest.approx(tight[:, 0], rel=1e-3)
    assert loose[:, 1] == pytest.approx(tight[:, 1], abs=1e-3)
    assert tight[:, 0] == pytest.approx(fine[:, 0], rel=5e-3)
    assert tight[:, 1] == pytest.approx(fine[:, 1], abs=0.0625)


def test_flow_that_is_lost_and_comes_back_costs_no_exactness(numbers):
    """Two events and a tolerance of 3e-2: 1e-3 of total mineral, some tens of steps each, books closed."""
    found = []
    for rtol in (3e-2, 1e-3):
        lesion = injured(numbers, 48, rtol)
        for day, lost in ((10, 1.0), (12, 0.0)):
            lesion.advance(day * DAY, PLASMA)
            lesion.integration.set("capillaries.flow_lost", lost)
            lesion.integration.interrupt()
        lesion.advance(60 * DAY, PLASMA)
        found.append((mineral(lesion).sum(), lesion.integration.counts.steps))
        assert max(lesion.defects().values()) < 1e-11
    (total, steps), (truth, _) = found
    assert total == pytest.approx(truth, rel=1e-3)
    assert steps < 250


def test_macrophages_wander_as_the_exact_solution_says(numbers):
    """A wave of residents in healthy tissue fades at rate loss + D·k²; with no motility by loss alone."""
    count, k, amplitude = 48, np.pi / LENGTH * 4.0, 0.5
    wave = np.cos(k * middles(count))
    for motility in (numbers["diffusion.macrophages"], 0.0):
        own = {**numbers, "diffusion.macrophages": motility}
        lesion = LesionGrid(Grid((count, 1, 1), LENGTH / count), [own], PLASMA, rtol=1e-3)
        rest = lesion.state("leukocytes.reparative")
        lesion.integration.set("leukocytes.reparative", rest * (1.0 + amplitude * wave[None, None, :]))
        lesion.integration.interrupt()
        lesion.advance(4 * DAY, PLASMA)
        rate = own["leukocytes.reparative_loss"] + motility * k**2
        truth = rest.ravel() * (1.0 + amplitude * wave * np.exp(-rate * 4 * DAY))
        assert lesion.state("leukocytes.reparative").ravel() == pytest.approx(truth, rel=5e-3)


def test_the_rim_of_an_implant_stays_clear_and_its_core_does_not(numbers):
    """By pyrophosphate of the tissue around; without it the rim calcifies most.  Its cells come in."""
    spacing, count = 0.05, 80
    own = numbers | {"leukocytes.macrophage_competence": 1.0}
    fixed = own | {"parenchyma.fixed": 1.0, "capillaries.perfusion": 0.0}
    inside = np.zeros((1, 1, count))
    inside[0, 0, 30:50] = 1.0
    rims, cores = [], []
    for pyrophosphate in (2e-3, 0.0):
        plasma = RAT | {"pyrophosphate_plasma": pyrophosphate}
        tissue = inside.astype(np.int16)
        lesion = LesionGrid(Grid((count, 1, 1), spacing), [own, fixed], plasma, tissue=tissue)
        lesion.injure("fixation", 1.0, inside)
        lesion.advance(28 * DAY, plasma)
        found = mineral(lesion).ravel()
        assert found[:30].max() < 1.0  # none in the living tissue around
        rims.append(found[30:33].max())
        cores.append(found[33:47].max())
        assert sum(lesion.state(f"leukocytes.{name}") for name in CELLS)[0, 0, 40] > 5.0
    assert rims[0] < 0.01 * cores[0]
    assert rims[1] > cores[1]
