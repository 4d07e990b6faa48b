"""Do the fitted numbers of drugs stand where the script says, and the same number in two places alike?"""

from __future__ import annotations

from calcis.case import packaged
from calcis.study.optimum import point
from calibration.fit_drugs import SAME, SCRIPT, problem


def test_fitted_numbers_stand_at_the_optimum() -> None:
    """Less than 5 % of a standard deviation is left to go, as rounding leaves."""
    drugs = problem()
    assert point(drugs, drugs.now()).left < 0.05


def test_every_number_that_says_so_is_fitted_by_the_script() -> None:
    numbers = packaged().parameters("calcis")
    assert {name for name, one in numbers.items() if one.script == SCRIPT} == set(problem().names)


def test_numbers_that_are_the_same_are_the_same() -> None:
    numbers = packaged().parameters("calcis")
    for name, other in SAME.items():
        assert numbers[name].value == numbers[other].value, name
