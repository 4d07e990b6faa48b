"""How far are the dead felt, from where do leukocytes come, and does an infarct heal from its border?"""

import numpy as np
import pytest

from calcis.solve.grid.layout import Grid
from calcis.space.diffusion import diffusivities
from calcis.space.lesion import LesionGrid
from tests.space.problems import DAY, PLASMA, mineral

LENGTH = 8.0


def line(numbers, spacing, rtol=3e-2):
    count = round(LENGTH / spacing)
    lesion = LesionGrid(Grid((count, 1, 1), spacing), [numbers], PLASMA, rtol=rtol)
    return lesion, (np.arange(count) + 0.5) * spacing


def infarct(numbers, spacing=0.125):
    """A line of which half has no blood and dies."""
    lesion, x = line(numbers, spacing)
    lesion.injure("ischaemia", 0.9, (x < LENGTH / 2).astype(float)[None, None, :], {"flow": 0.0})
    return lesion, x


def test_alarmins_spread_and_are_lost_as_the_exact_solution_says(numbers):
    """A wave of them fades at rate loss + D·k², around a mean that fades at the loss."""
    lesion, x = line(numbers, 0.125, rtol=1e-3)
    k = 2.0 * np.pi / LENGTH
    lesion.integration.set("debris.alarmin", 1e-3 * (1.0 + 0.5 * np.cos(k * x))[None, None, :])
    lesion.integration.interrupt()
    lesion.advance(6.0, PLASMA)
    loss, spread = numbers["debris.alarmin_loss"], diffusivities(numbers)["debris.alarmin"]
    truth = 1e-3 * np.exp(-loss * 6.0) * (1.0 + 0.5 * np.cos(k * x) * np.exp(-spread * k**2 * 6.0))
    assert lesion.state("debris.alarmin").ravel() == pytest.approx(truth, rel=5e-3)


def test_blood_is_felt_over_its_reach(numbers):
    """From the edge of where it flows, ½ e^(-x/reach), once a few times 1/following_rate have passed."""
    lesion, x = line(numbers, 0.0625, rtol=1e-3)
    lesion.integration.set("capillaries.flow_lost", (x < LENGTH / 2).astype(float)[None, None, :])
    lesion.integration.interrupt()
    lesion.advance(8.0, PLASMA)
    into = LENGTH / 2 - x
    near = (into > 0.0) & (into < 1.0)
    truth = 0.5 * np.exp(-into[near] / numbers["ingrowth.reach"])
    assert lesion.state("ingrowth.perfusion_near").ravel()[near] == pytest.approx(truth, rel=0.05)


def test_leukocytes_come_to_living_tissue_near_the_dead_because_alarmins_get_there(numbers):
    found = {}
    for own in (numbers, numbers | {"diffusion.alarmin": 0.0}):
        lesion, x = infarct(own)
        lesion.advance(DAY, PLASMA)
        found[own["diffusion.alarmin"]] = lesion.state("leukocytes.neutrophil").ravel()
    spread, stayed = (found[key] for key in sorted(found, reverse=True))
    near, far = (x > LENGTH / 2 + 0.5) & (x < LENGTH / 2 + 1.0), x > LENGTH - 0.5
    assert spread[near].min() > 100.0
    assert stayed[near].max() < 1.0
    assert spread[far].max() < 0.1 * spread[near].min()


def test_an_infarct_heals_from_its_border_and_keeps_no_stone(numbers):
    """Cleared, fed and regrown ever deeper; at half the spacing as fast, within a tenth."""
    depths = []
    for spacing in (0.125, 0.0625):
        lesion, x = infarct(numbers, spacing)
        into = LENGTH / 2 - x
        middle, inside = (into > 3.5), (into > 0.0)
        lesion.advance(5.0 * DAY, PLASMA)
        dead = lesion.state("debris.dead").ravel()
        assert dead[middle].min() > 0.9
        depths.append(into[inside & (dead < 0.5)].max())
        lesion.advance(40.0 * DAY, PLASMA)
        healed = lesion.state("parenchyma.living") + lesion.state("parenchyma.scar")
        assert healed.min() > 0.9
        assert mineral(lesion).max() < 1.0
        assert max(lesion.defects().values()) < 1e-9
    assert 0.5 < depths[0] < 3.0
    assert depths[1] == pytest.approx(depths[0], rel=0.1, abs=0.125)


def test_an_infarct_that_few_macrophages_come_to_turns_to_stone_at_its_border(numbers):
    lesion, x = infarct(numbers | {"leukocytes.macrophage_competence": 0.05})
    lesion.advance(90.0 * DAY, PLASMA)
    found, into = mineral(lesion).ravel(), LENGTH / 2 - x
    assert found[(into > 0.0) & (into < 0.5)].max() > 5.0 * found[into > 3.0].max()
    assert found[into < -0.25].max() < 0.01 * found.max()
