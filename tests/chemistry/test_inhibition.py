"""Inhibitors: the doses that were found, what was said of their order, and how they add."""

import math

import casadi
import numpy as np
import pytest

from calcis.chemistry.inhibition import (
    active_share,
    calciprotein_calcium,
    constants,
    dose,
    growth_left,
    inhibitors,
    pyrophosphate_hydrolysis,
    ripening_time,
    threshold_shift,
)
from calcis.errors import InputError
from calcis.parameters import reference_keys


def value(name):
    return constants()[name].value


def left_by(name, concentration):
    inhibitor = inhibitors()[name]
    return growth_left([dose(concentration, inhibitor.half_growth)], [inhibitor.efficacy])


# What was measured


@pytest.mark.parametrize(
    ("micromolar", "inhibition"),
    [(15.0, 0.61), (46.0, 0.75)],  # means of the peaks in patients (perello_2024)
)
def test_fytate_holds_back_what_it_did_in_plasma_of_patients(micromolar, inhibition):
    assert 1 - left_by("fytate", micromolar * 1e-3) == pytest.approx(inhibition, abs=0.01)


def test_fytate_has_four_fifths_of_its_effect_where_it_was_found():
    greatest = inhibitors()["fytate"].efficacy
    assert 1 - left_by("fytate", 21.9e-3) == pytest.approx(0.8 * greatest, abs=1e-3)
    assert 1e-3 <= inhibitors()["fytate"].half_growth <= 10e-3  # binds apatite with 1-10 umol/L


def test_osteopontin_halves_growth_at_its_dose_and_hardly_without_its_phosphate():
    assert left_by("osteopontin", 0.32) == pytest.approx(0.5)
    low, high = constants()["osteopontin.half_growth"].range
    assert low == 0.06 <= value("osteopontin.half_growth") <= high
    bare = active_share(0.0, value("osteopontin.unphosphorylated"))
    assert 1 / bare >= 40.0


def test_bisphosphonates_stand_in_the_order_in_which_they_bind():
    order = ["zoledronate", "alendronate", "ibandronate", "risedronate", "etidronate", "clodronate"]
    halves = [inhibitors()[name].half_growth for name in order]
    assert halves == sorted(halves)
    assert [1e-6 / (half * 1e-3) for half in halves] == pytest.approx(
        [3.47, 2.94, 2.36, 2.19, 1.19, 0.72], abs=0.01
    )


def test_of_the_small_ones_pyrophosphate_is_the_strongest_and_the_most_of_plasma():
    """In plasma ultrafiltrate (plasma_ultrafiltrate_inhibitors); 30 % of 3.26 umol/L are bound to protein."""
    halves = [inhibitors()[name].half_nucleation for name in ("pyrophosphate", "magnesium", "citrate")]
    assert halves[0] < 0.01 * min(halves[1:])
    shares = [dose(c, half) for c, half in zip((0.7 * 3.26e-3, 0.5, 0.1), halves, strict=True)]
    assert shares[0] > shares[1] > shares[2]


def test_pyrophosphate_of_normal_plasma_lifts_the_threshold_past_kidney_disease():
    shift = threshold_shift([dose(3.3e-3, inhibitors()["pyrophosphate"].half_nucleation)])
    assert -1.2 + shift > -0.99  # saturation of plasma with 2.5 mmol/L of phosphate, minteq
    assert shift == pytest.approx(math.log10(1 + 3.3 / 0.6465))


def test_matrix_gla_protein_works_with_its_carboxyl_groups():
    rest = value("matrix_gla_protein.uncarboxylated")
    assert active_share(1.0, rest) == 1.0
    assert active_share(0.3, rest) == pytest.approx(0.3)


# How they add


def test_doses_add_in_the_threshold_and_compete_for_growth():
    assert threshold_shift([]) == 0.0 and growth_left([]) == 1.0
    assert threshold_shift([9.0]) == pytest.approx(1.0)
    assert threshold_shift([4.0, 5.0]) == pytest.approx(1.0)
    assert growth_left([1.0, 2.0]) == pytest.approx(0.25)
    assert growth_left([1.0, 2.0], [1.0, 1.0]) == pytest.approx(0.25)
    assert growth_left([1.0, 1.0], [1.0, 0.0]) == pytest.approx(
        2 / 3
    )  # an idle one shields a third of the sites
    with pytest.raises(InputError, match="2 efficacies"):
        growth_left([1.0, 1.0], [1.0])


def test_more_of_any_inhibitor_never_makes_more_mineral():
    for inhibitor in inhibitors().values():
        for half in (inhibitor.half_growth, inhibitor.half_nucleation):
            if math.isinf(half):
                assert dose(1.0, half) == 0.0
                continue
            doses = dose(np.geomspace(1e-3, 1e3, 50) * half, half)
            assert (np.diff(threshold_shift([doses])) > 0).all()
            course = growth_left([doses], [inhibitor.efficacy])
            assert (np.diff(course) < 0).all() and (course >= 1 - inhibitor.efficacy).all()


def test_undershoots_of_the_solver_do_nothing():
    assert dose(-1e-9, 1e-3) == 0.0
    assert pyrophosphate_hydrolysis(-1e-9, 1.0, 0.011) == 0.0
    assert calciprotein_calcium(-1e-9, 0.01, 2000.0) == 0.0


# Hydrolysis, calciprotein particles


def test_hydrolysis_is_half_at_its_constant_and_first_order_below():
    half = value("pyrophosphate.hydrolysis_half")
    assert half == pytest.approx(0.011)  # mmol/L
    assert pyrophosphate_hydrolysis(half, 2.0, half) == pytest.approx(1.0)
    assert pyrophosphate_hydrolysis(1e-6, 2.0, half) == pytest.approx(2.0 * 1e-6 / half, rel=1e-3)
    assert pyrophosphate_hydrolysis(1e3, 2.0, half) == pytest.approx(2.0, rel=1e-4)


def test_fetuin_holds_all_of_a_little_and_no_more_than_it_can():
    capacity = 0.01 * value("fetuin.calcium_per_fetuin")
    assert calciprotein_calcium(1e-6, 0.01, 2000.0) == pytest.approx(1e-6, rel=1e-6)
    assert calciprotein_calcium(1e6, 0.01, 2000.0) == pytest.approx(capacity)
    assert calciprotein_calcium(5.0, 0.0, 2000.0) <= 1e-12
    course = calciprotein_calcium(np.linspace(0, 100, 200), 0.01, 2000.0)
    assert (np.diff(course) > 0).all() and (course <= capacity).all()


def test_ripening_takes_the_time_of_the_reference_and_longer_with_inhibitors():
    time = value("fetuin.ripening_time")
    assert time == pytest.approx(329 / 60)  # hours
    assert ripening_time(time, [1.0, 0.5], [1.0, 0.5]) == pytest.approx(time)
    assert ripening_time(time, [2.0, 0.5], [1.0, 0.5]) == pytest.approx(time * 3.5 / 2.5)


def test_more_magnesium_in_dialysate_lengthens_ripening_as_in_the_trial():
    half, free = value("magnesium.half_conversion"), 0.59
    few, many = ([dose(free * total, half)] for total in (1.14, 1.47))
    in_trial = (302 / 247) / (229 / 233)
    assert ripening_time(247.0, many, few) == pytest.approx(247.0 * in_trial, rel=0.005)


@pytest.mark.parametrize(
    "law",
    [
        lambda x: threshold_shift([dose(x, 1e-3), 0.5]),
        lambda x: growth_left([dose(x, 1e-3), 0.5], [0.8, 1.0]),
        lambda x: pyrophosphate_hydrolysis(x, 2.0, 0.011),
        lambda x: calciprotein_calcium(x, 0.01, 2000.0),
    ],
)
def test_laws_on_symbols_have_finite_exact_derivatives(law):
    x = casadi.SX.sym("x")
    both = casadi.Function("f", [x], [law(x), casadi.jacobian(law(x), x)])
    for at in (-1.0, 0.0, 1e-9, 2e-3, 0.3, 50.0):
        result, slope = (float(each) for each in both(at))
        assert result == pytest.approx(law(at)) and math.isfinite(slope)
        if at > 1e-6:
            step = 1e-6 * at
            assert slope == pytest.approx((law(at + step) - law(at - step)) / (2 * step), rel=1e-5)


def test_every_number_names_a_source():
    for number in constants().values():
        assert number.source.partition(":")[0] in reference_keys()
