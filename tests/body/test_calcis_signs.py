"""Does the body of Calcis answer in the direction that people do, where the published bodies do not?"""

from __future__ import annotations

from itertools import pairwise

import pytest

from tests.body.calcis_courses import DAY, YEAR, Course, course

GLAND = "parathyroid_gland."


def after(time: float, **changes: float) -> Course:
    return course([0.0, time], {name.replace("__", "."): value for name, value in changes.items()})


def rising(values: list[float]) -> bool:
    return all(a < b for a, b in pairwise(values))


@pytest.fixture(scope="module")
def kidneys() -> list[Course]:
    """Five years at a GFR of 100, 60, 45, 30, 20, 10 and 5 mL/min."""
    return [after(5 * YEAR, kidney__filtration_rate=0.06 * gfr) for gfr in (100, 60, 45, 30, 20, 10, 5)]


@pytest.mark.parametrize("signal", ["phosphate_plasma", "pth_plasma", "fgf23_plasma"])
def test_the_worse_the_kidneys_the_higher(kidneys: list[Course], signal: str) -> None:
    assert rising([one.at(signal, 5 * YEAR) for one in kidneys])


@pytest.mark.parametrize("signal", ["calcitriol_plasma", "calcium_urine"])
def test_the_worse_the_kidneys_the_lower(kidneys: list[Course], signal: str) -> None:
    """To a GFR of 10: with 5, urinary calcium is a trace more than with 10, and both hardly any."""
    assert rising([-one.at(signal, 5 * YEAR) for one in kidneys[:6]])


def test_kidney_disease_lowers_calcium(kidneys: list[Course]) -> None:
    """From a GFR of 45 on; until 30 it is a trace above normal, which is known to be wrong."""
    assert rising([-one.at("calcium_plasma", 5 * YEAR) for one in kidneys[2:]])
    normal = kidneys[0].at("calcium_plasma", 0.0)
    assert all(one.at("calcium_plasma", 5 * YEAR) < 0.99 * normal for one in kidneys[4:])


def test_fgf23_rises_before_pth_and_phosphate(kidneys: list[Course]) -> None:
    mild = kidneys[1]
    fgf23, pth, phosphate = (
        mild.at(name, 5 * YEAR) / mild.at(name, 0.0)
        for name in ("fgf23_plasma", "pth_plasma", "phosphate_plasma")
    )
    assert fgf23 > pth > phosphate > 1.0


def test_the_less_vitamin_d_the_lower_calcium_and_the_higher_pth() -> None:
    found = [after(2 * YEAR, vitamin_d__supply_factor=supply) for supply in (1.0, 0.5, 0.2, 0.1)]
    assert rising([-one.at("calcium_plasma", 2 * YEAR) for one in found])
    assert rising([one.at("pth_plasma", 2 * YEAR) for one in found])
    assert rising([-one.at("phosphate_plasma", 2 * YEAR) for one in found])


def test_calcitriol_raises_calcium_and_lowers_pth() -> None:
    """Given for 60 d at 0, a quarter, a half and one of what a healthy person makes."""
    made = 4.6
    found = [after(60 * DAY, vitamin_d__calcitriol_infusion=share * made) for share in (0.0, 0.25, 0.5, 1.0)]
    for signal in ("calcium_plasma", "calcium_urine", "calcitriol_plasma"):
        assert rising([one.at(signal, 60 * DAY) for one in found]), signal
    assert rising([-one.at("pth_plasma", 60 * DAY) for one in found])


def test_the_larger_autonomous_glands_the_higher_calcium_and_the_lower_phosphate() -> None:
    found = [
        course([0.0, 2 * YEAR], {GLAND + "mass_factor": mass, GLAND + "autonomous": 1.0})
        for mass in (0.0, 0.02, 0.5, 1.0, 2.0, 5.0, 10.0)
    ]
    for signal in ("calcium_plasma", "pth_plasma"):
        assert rising([one.at(signal, 2 * YEAR) for one in found]), signal
    assert rising([-one.at("phosphate_plasma", 2 * YEAR) for one in found])
    assert found[0].at("calcium_plasma", 2 * YEAR) < found[1].at("calcium_plasma", 2 * YEAR) < 2.0


def test_pthrp_goes_beyond_three() -> None:
    of_tumours = {"bone_cells__uncoupling": 0.8, "bone_cells__resorption_factor": 3.2}
    found = [after(30 * DAY, plasma__pthrp=pthrp, **of_tumours) for pthrp in (0.0, 4.0, 10.0, 25.0)]
    calcium = [one.at("calcium_plasma", 30 * DAY) for one in found]
    assert rising(calcium[1:]) and calcium[2] > 3.0
    assert rising([-one.at("pth_plasma", 30 * DAY) for one in found])


def test_a_higher_set_point_raises_calcium_without_raising_its_loss() -> None:
    found = [
        course(
            [0.0, 2 * YEAR], {GLAND + "set_point_factor": factor, "kidney_calcium.set_point_factor": factor}
        )
        for factor in (0.9, 1.0, 1.1, 1.2)
    ]
    assert rising([one.at("calcium_plasma", 2 * YEAR) for one in found])
    ratios = [one.at("calcium_creatinine_clearance_ratio", 2 * YEAR) for one in found]
    assert rising([-one for one in ratios])
