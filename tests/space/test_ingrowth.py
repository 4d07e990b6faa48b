"""Does what lives grow into a gap from its border, as fast as it must, and into nothing else?"""

import numpy as np
import pytest

from calcis.solve.grid.layout import Grid
from calcis.space.lesion import LesionGrid
from calcis.space.shapes import Cone, share_of_voxels
from tests.space.problems import DAY, PLASMA

FILLED = ("parenchyma.living", "parenchyma.apoptotic", "parenchyma.scar", "debris.dead")


def line(numbers, length, spacing, rtol=3e-2):
    count = round(length / spacing)
    lesion = LesionGrid(Grid((count, 1, 1), spacing), [numbers], PLASMA, rtol=rtol)
    return lesion, (np.arange(count) + 0.5) * spacing


def front(x, values, level=0.5):
    """Where values, which fall along x, pass a level."""
    last = int(np.nonzero(values > level)[0][-1])
    return x[last] + (values[last] - level) / (values[last] - values[last + 1]) * (x[1] - x[0])


def wound(numbers, width, spacing, seam=0.5, vessels=False):
    """A line of 8 mm of which the end is cut out; the seam is hurt; vessels are there, or gone."""
    lesion, x = line(numbers, 8.0, spacing)
    cut, wide = (np.clip((x - 8.0 + far) / spacing + 0.5, 0.0, 1.0) for far in (width, width + seam))
    lesion.excise(cut[None, None, :], (wide - cut)[None, None, :])
    if vessels:
        lesion.integration.set("capillaries.flow_lost", 0.0)
        lesion.integration.set("ingrowth.perfusion_near", 1.0)
        lesion.integration.interrupt()
    return lesion


def closing(lesion, limit=120):
    """Day on which the last voxel is half alive again; what it was before is between days."""
    before = 0.0
    for day in range(1, limit):
        lesion.advance(day * DAY, PLASMA)
        now = float(lesion.state("parenchyma.living")[0, 0, -1])
        if now > 0.5:
            return day - (now - 0.5) / (now - before)
        before = now
    raise AssertionError("it did not close")


def test_progenitors_are_the_exact_wave(numbers):
    """Fisher: (1 + e^((x - ct)/w))⁻² with c = 5 √(rD/6) and w = √(6D/r), where none are too few to divide."""
    own = numbers | {"ingrowth.progenitors_least": 0.0}
    spread, rate = own["diffusion.progenitors"], own["ingrowth.division_rate"]
    speed, width = 5.0 * np.sqrt(rate * spread / 6.0), np.sqrt(6.0 * spread / rate)
    lesion, x = line(own, 16.0, 0.0625, rtol=1e-3)
    for day in (0, 5, 10):
        exact = (1.0 + np.exp((x - 5.0 - speed * day * DAY) / width)) ** -2.0
        if day == 0:
            lesion.integration.set("ingrowth.progenitors", exact[None, None, :])
            lesion.integration.interrupt()
        else:
            lesion.advance(day * DAY, PLASMA)
            assert np.abs(lesion.state("ingrowth.progenitors").ravel() - exact).max() < 0.01


def test_they_enter_a_gap_as_fast_as_they_divide_and_wander(numbers):
    """2 √(Dr) from an edge, less what few cells take of it: π²/(2 ln² p₀) (Brunet and Derrida 1997)."""
    fastest = 2.0 * np.sqrt(numbers["diffusion.progenitors"] * numbers["ingrowth.division_rate"])
    for least, within in ((1e-6, 0.02), (1e-4, 0.04)):
        own = numbers | {"ingrowth.progenitors_least": least}
        lesion, x = line(own, 14.0, 0.0625)
        lesion.integration.set("ingrowth.progenitors", np.where(x < 1.0, 1.0, 0.0)[None, None, :])
        lesion.integration.interrupt()
        found = []
        for day in (25, 35):
            lesion.advance(day * DAY, PLASMA)
            found.append(front(x, lesion.state("ingrowth.progenitors").ravel()))
        expected = fastest * (1.0 - 0.5 * (np.pi / np.log(least)) ** 2)
        assert np.diff(found)[0] / (10 * DAY) == pytest.approx(expected, rel=within)


def test_a_gap_closes_from_its_edge_in_a_time_in_proportion_to_its_width(numbers):
    """With vessels in it a quarter of a millimetre a day; half the spacing changes that by 2 %."""
    times = [closing(wound(numbers, width, 0.125, vessels=True)) for width in (2.0, 4.0, 6.0)]
    first, second = np.diff(times)
    assert second == pytest.approx(first, rel=0.05)
    assert 2.0 / second == pytest.approx(0.25, rel=0.05)  # mm a day
    finer = [closing(wound(numbers, width, 0.0625, vessels=True)) for width in (2.0, 4.0)]
    assert np.diff(finer)[0] == pytest.approx(first, rel=0.02)


def test_a_wound_closes_as_fast_as_vessels_follow(numbers):
    """An eighteenth of a millimetre a day; nothing is more than full or less than empty, and books close."""
    found = []
    for width in (1.5, 3.0):
        lesion = wound(numbers, width, 0.125)
        found.append(closing(lesion))
        filled = sum(lesion.state(name) for name in FILLED)
        assert filled.max() < 1.0 + 1e-3
        assert min(lesion.state(name).min() for name in FILLED) > -1e-4
        assert max(lesion.defects().values()) < 1e-9
    assert 1.5 / np.diff(found)[0] == pytest.approx(0.056, rel=0.1)


def test_without_macrophages_no_vessel_enters_and_nothing_lives_in_a_wound(numbers):
    lesion = wound(numbers | {"leukocytes.macrophage_competence": 0.0}, 2.0, 0.125)
    lesion.advance(120 * DAY, PLASMA)
    assert lesion.state("ingrowth.progenitors").min() > 0.99
    assert lesion.state("parenchyma.living")[0, 0, -8:].max() < 1e-3


def test_healthy_layers_stay_as_they_are(numbers):
    other = numbers | {"interstitial_fluid.fluid_share": 0.3, "capillaries.perfusion": 0.4}
    kinds = np.zeros((8, 1, 8), np.int16)
    kinds[:3] = 1
    lesion = LesionGrid(Grid((8, 1, 8), 0.25), [numbers, other], PLASMA, tissue=kinds)
    lesion.advance(365 * DAY, PLASMA)
    for name in ("parenchyma.living", "ingrowth.progenitors", "ingrowth.perfusion_near"):
        assert np.abs(lesion.state(name) - 1.0).max() < 1e-9
    assert np.abs(lesion.state("debris.dead")).max() < 1e-9


def test_a_hole_in_an_ear_closes_in_two_weeks(numbers):
    """2 mm wide: in mice vessels and tissue had filled it by day 12 (rege_2011; sorg_2007 for skin)."""
    days = []
    for count in (20, 40):
        spacing = 2.5 / count
        lesion = LesionGrid(Grid((count, count, 1), spacing), [numbers], PLASMA, rtol=3e-2)
        x = (np.arange(count) + 0.5) * spacing
        far = np.hypot(x[None, :], x[:, None])[None]
        cut, wide = (np.clip(0.5 - (far - radius) / spacing, 0.0, 1.0) for radius in (1.0, 1.5))
        lesion.excise(cut, wide - cut)
        day = 0
        while lesion.state("parenchyma.living")[0, 0, 0] < 0.5:
            day += 1
            lesion.advance(day * DAY, PLASMA)
        days.append(day)
    assert days[0] == days[1]
    assert 9 <= days[0] <= 16


def test_what_freezing_killed_regrows_from_its_border_and_what_a_toxin_killed_at_once(numbers):
    within = np.zeros((1, 1, 64))
    within[0, 0, 16:] = 1.0
    found = {}
    for kind in ("toxin", "freezing"):
        lesion, _ = line(numbers, 8.0, 0.125)
        lesion.injure(kind, 1.0, within)
        lesion.advance(21 * DAY, PLASMA)
        found[kind] = lesion.state("parenchyma.living").ravel()
    assert found["toxin"][30:] == pytest.approx(found["toxin"][-1], rel=0.01)
    assert found["freezing"][20] == pytest.approx(found["toxin"][20], rel=0.1)
    assert found["freezing"][-1] < 0.01


def test_a_bite_through_dermis_into_fat_that_is_cleared_leaves_no_stone(numbers):
    """A quarter of a cone.  Where inflammatory cells wandered off the dead, a ring of stone stayed."""
    fat = {"capillaries.perfusion": 0.47, "interstitial_fluid.fluid_share": 0.17, "fat.fat_content": 2400.0}
    fat |= {"debris.organic_phosphate_content": 12.0}
    loading = [f"debris.loading_{what}" for what in ("rate", "capacity")]
    fat |= {name: 0.2 * numbers[name] for name in loading}
    kinds = np.zeros((24, 16, 16), np.int16)
    kinds[8:] = 1
    tissues = [numbers | {"capillaries.perfusion": 0.3}, numbers | fat]
    lesion = LesionGrid(Grid((16, 16, 24), 0.25), tissues, PLASMA, tissue=kinds, rtol=3e-2)
    lesion.injure("bite", 0.9, share_of_voxels(Cone((0.0, 0.0), 6.0, 4.0), lesion.grid))
    lesion.advance(365 * DAY, PLASMA)
    assert sum(lesion.state(name) for name in lesion.model.states if name.startswith("mineral.")).max() < 1.0
