"""Do half the tolerance and half the spacing move mineral by less than docs/science/space.md states?"""

import numpy as np
import pytest

from calcis.solve.grid.layout import Grid
from calcis.space.diffusion import diffusion_parameters
from calcis.space.lesion import LesionGrid
from calcis.tissue.numbers import tissue_parameters

PLASMA = {
    "calcium_ionised_plasma": 1.25,
    "phosphate_plasma": 1.15,
    "pyrophosphate_plasma": 3.26e-3,
    "ph_plasma": 7.4,
}
LENGTH, SPACING, RTOL = 8.0, 0.25, 3e-2  # mm; RTOL: that of a case
IN_TIME, IN_SPACE, IN_FRONT = 3e-4, 5e-3, SPACING  # stated; the front within a voxel


def line(spacing, rtol):
    """Total mineral (mmol/L mm) of a line, half of it dead, after 7 and 30 days; and where it ends (mm)."""
    count = round(LENGTH / spacing)
    numbers = {
        name: number.value for name, number in {**tissue_parameters(), **diffusion_parameters()}.items()
    }
    numbers["leukocytes.macrophage_competence"] = 0.1
    lesion = LesionGrid(Grid((count, 1, 1), spacing), [numbers], PLASMA, rtol=rtol, threads=1)
    points = (np.arange(16 * count) + 0.5) * spacing / 16  # each voxel gets the mean of 16
    dead = (1.0 / (1.0 + np.exp((points - 4.0) / 0.2))).reshape(count, 16).mean(axis=1)
    lesion.injure("bite", 0.9, dead[None, None, :])
    totals = []
    for day in (7.0, 30.0):
        lesion.advance(24.0 * day, PLASMA)
        minerals = [lesion.state(name).ravel() for name in lesion.model.states if name.startswith("mineral.")]
        mineral = np.sum(minerals, axis=0)
        totals.append(mineral.sum() * spacing)
    last = np.flatnonzero(mineral > 50.0)[-1]
    beyond = (mineral[last] - 50.0) / (mineral[last] - mineral[last + 1])
    return np.array(totals), (last + 0.5 + beyond) * spacing


def test_half_the_tolerance_and_half_the_spacing_change_little():
    totals, front = line(SPACING, RTOL)
    in_time, front_in_time = line(SPACING, 0.5 * RTOL)
    in_space, front_in_space = line(0.5 * SPACING, RTOL)
    assert totals == pytest.approx(in_time, rel=IN_TIME)
    assert front == pytest.approx(front_in_time, abs=1e-3)
    assert totals == pytest.approx(in_space, rel=IN_SPACE)
    assert front == pytest.approx(front_in_space, abs=IN_FRONT)
    assert totals[-1] > 1000.0
