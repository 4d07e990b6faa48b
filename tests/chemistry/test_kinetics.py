"""Rates of mineral: limits, monotony, derivatives of every law; nucleation, growth and acid by hand."""

import math

import casadi
import numpy as np
import pytest

from calcis.chemistry import kinetics
from calcis.chemistry.kinetics import (
    affinity_above,
    affinity_below,
    arrhenius,
    constants,
    dissolution,
    excess,
    growth_by_affinity,
    growth_by_ions,
    mean_protonation,
    nucleation_barrier,
    nucleation_rate,
    per_volume,
    protons_released,
    threshold_formation,
    threshold_redissolution,
    transformation,
    wetting_factor,
)
from calcis.chemistry.mineral import minerals
from calcis.parameters import data_path, read_parameters, reference_keys

APATITE = minerals()["hydroxyapatite"]
TENSION = constants()["hydroxyapatite.tension"].value
VOLUME = APATITE.molar_volume
SATURATIONS = [-300.0, -20.0, -1.0, -1e-3, 0.0, 1e-3, 0.3, 1.0, 5.0, 9.65, 16.0]
LAWS = {
    "nucleation": lambda x: nucleation_rate(1e20, nucleation_barrier(x, TENSION, VOLUME)),
    "nucleation on a substrate": lambda x: nucleation_rate(
        1e20, nucleation_barrier(x, TENSION, VOLUME, wetting=0.1)
    ),
    "threshold": lambda x: threshold_formation(2.0, excess(x, -1.2, 5), 0.001),
    "below threshold": lambda x: threshold_redissolution(0.3, 2.0, excess(x, -1.2, 5), 0.001),
    "growth by ions": lambda x: growth_by_ions(3.0, 4e-4, 2e-9, x, 9),
    "growth of first order": lambda x: growth_by_affinity(2.0, x, 9, 1),
    "growth of order 1.25": lambda x: growth_by_affinity(2.0, x, 9, 1.25),
    "growth of second order": lambda x: growth_by_affinity(2.0, x, 9, 2),
    "growth of fourth order": lambda x: growth_by_affinity(2.0, x, 8, 4),
    "dissolution": lambda x: dissolution(1e-6, 5e-5, 0.171, 1e-5, x, 9),
    "transformation": lambda x: transformation(1.2, 3.0, x, 8),
}
RISING = [name for name in LAWS if name not in ("below threshold", "dissolution")]


@pytest.mark.parametrize("name", LAWS)
def test_a_law_is_the_same_on_floats_arrays_and_symbols(name):
    floats = [LAWS[name](x) for x in SATURATIONS]
    assert np.isfinite(floats).all() and min(floats) >= 0.0
    assert LAWS[name](np.array(SATURATIONS)) == pytest.approx(floats)
    x = casadi.SX.sym("x")
    law = casadi.Function("f", [x], [LAWS[name](x)])
    assert [float(law(value)) for value in SATURATIONS] == pytest.approx(floats)


@pytest.mark.parametrize("name", LAWS)
def test_a_law_rises_or_falls_all_the_way(name):
    course = LAWS[name](np.linspace(-10.0, 16.0, 2001))
    steps = np.diff(course) if name in RISING else -np.diff(course)
    assert (steps >= -1e-15 * course.max()).all()
    assert course.max() > 0.0


@pytest.mark.parametrize("name", LAWS)
def test_derivatives_are_finite_everywhere_and_those_of_differences(name):
    x = casadi.SX.sym("x")
    law = LAWS[name](x)
    slope = casadi.Function("g", [x], [casadi.jacobian(law, x)])
    for at in SATURATIONS:
        assert math.isfinite(float(slope(at)))
    for at in (-5.0, -1.5, -0.5, 0.7, 3.0, 9.65):
        step = 1e-5
        difference = (LAWS[name](at + step) - LAWS[name](at - step)) / (2 * step)
        scale = max(abs(difference), abs(LAWS[name](at)), 1e-12)
        assert float(slope(at)) == pytest.approx(difference, abs=1e-5 * scale)


def test_growth_and_dissolution_are_never_at_once():
    for saturation in SATURATIONS:
        assert affinity_above(saturation, 9) * affinity_below(saturation, 9) == 0.0
        assert 0.0 <= affinity_above(saturation, 9) <= 1.0 and 0.0 <= affinity_below(saturation, 9) <= 1.0
    assert affinity_above(0.0, 9) == affinity_below(0.0, 9) == 0.0


def test_barrier_is_that_of_classical_nucleation():
    boltzmann, avogadro, temperature, saturation = 1.380649e-23, 6.02214076e23, 310.15, 9.65
    drive = boltzmann * temperature * saturation * math.log(10) / (VOLUME / avogadro)  # J/m³
    by_hand = 16 * math.pi / 3 * TENSION**3 / drive**2 / (boltzmann * temperature)
    assert nucleation_barrier(saturation, TENSION, VOLUME) == pytest.approx(by_hand, rel=1e-12)
    assert by_hand == pytest.approx(22, abs=0.5)  # normal plasma


def test_substrate_lowers_the_barrier_and_saturation_does_more():
    assert wetting_factor(1.0) == 0.0 and wetting_factor(0.0) == 0.5 and wetting_factor(-1.0) == 1.0
    bulk = nucleation_barrier(9.65, TENSION, VOLUME)
    assert nucleation_barrier(9.65, TENSION, VOLUME, wetting=wetting_factor(0.0)) == pytest.approx(bulk / 2)
    assert nucleation_barrier(11.76, TENSION, VOLUME) == pytest.approx(bulk * (9.65 / 11.76) ** 2)
    assert nucleation_barrier(9.65, 2 * TENSION, VOLUME) == pytest.approx(8 * bulk)


def test_nothing_nucleates_at_saturation_or_below():
    for saturation in (0.0, -1.0, -300.0):
        assert nucleation_barrier(saturation, TENSION, VOLUME) > 1e12
        assert nucleation_rate(1e300, nucleation_barrier(saturation, TENSION, VOLUME)) == 0.0


def test_amorphous_phosphate_nucleates_before_apatite_where_both_can():
    amorphous = minerals()["amorphous_calcium_phosphate"]
    tension = constants()["amorphous_calcium_phosphate.tension"].value
    barrier = nucleation_barrier(1.82, tension, amorphous.molar_volume)  # reagent of the T50 test
    assert barrier < 0.25 * nucleation_barrier(1.82, TENSION, amorphous.molar_volume)


def test_threshold_is_sharp_and_symmetric():
    above, below = excess(-1.0, -1.2, 5), excess(-1.4, -1.2, 5)
    assert above == pytest.approx(10 ** (0.2 / 5) - 1)
    assert threshold_formation(100.0, above, 0.001) == pytest.approx(100 * above, rel=1e-6)
    assert threshold_formation(100.0, below, 0.001) < 1e-30
    assert threshold_redissolution(2.0, 3.0, below, 0.001) == pytest.approx(-6 * below, rel=1e-6)


def test_apatite_in_plasma_would_grow_by_e_in_days_without_inhibitors():
    rate = constants()["hydroxyapatite.growth"].value
    per_area = growth_by_ions(rate, 4.1e-4, 2.4e-9, 9.65, APATITE.ions)
    relative = per_volume(per_area, 1.0, APATITE.formula_mass, 5e4)  # 50 m²/g, per hour
    assert 1 / relative / 24 == pytest.approx(2.7, abs=0.3)  # the drive, 0.92, is in it


def test_growth_hardly_depends_on_saturation_where_it_is_far():
    rates = [growth_by_ions(1.0, 1.0, 1.0, x, 9) for x in (9.65, 12.75)]
    assert rates == pytest.approx([1 - 10 ** (-9.65 / 9), 1 - 10 ** (-12.75 / 9)])


def test_acid_dissolves_apatite_faster_but_never_in_plasma():
    numbers = [
        constants()[f"hydroxyapatite.dissolution_{n}"].value for n in ("neutral", "acid", "acid_order")
    ]
    slow, fast = (dissolution(*numbers, 10**-ph, -2.0, 9) for ph in (7.4, 4.5))
    assert fast > 2 * slow
    assert dissolution(*numbers, 10**-7.4, 9.65, 9) == 0.0


def test_arrhenius_makes_eighteen_of_one_between_room_and_body():
    energy = constants()["hydroxyapatite.growth_activation_energy"].value
    assert arrhenius(energy, 310.15, 298.15) == pytest.approx(18, abs=0.5)
    assert arrhenius(energy, 298.15, 298.15) == 1.0


def test_stages_on_collagen_take_the_times_of_the_pictures():
    first = 1 / constants()["transformation.amorphous_to_octacalcium"].value
    second = 1 / constants()["transformation.octacalcium_to_apatite"].value
    assert (first * 3600, second * 3600) == pytest.approx((3660 - 552, 6000 - 3660))


def test_transformation_stops_where_the_product_is_not_supersaturated():
    assert transformation(1.2, 3.0, -0.1, 8) == 0.0
    assert transformation(1.2, 3.0, 80.0, 8) == pytest.approx(3.6, rel=1e-9)
    assert transformation(1.2, 0.0, 5.0, 8) == 0.0


# Acid


@pytest.mark.parametrize(
    ("name", "protons"),
    [
        ("hydroxyapatite", 4.0),  # 5 Ca + 3 HPO4 + H2O -> Ca5(PO4)3OH + 4 H
        ("octacalcium_phosphate", 2.0),
        ("amorphous_calcium_phosphate", 2.0),
        ("beta_tricalcium_phosphate", 2.0),
        ("brushite", 0.0),
        ("monetite", 0.0),
        ("calcite", 1.0),  # Ca + HCO3 -> CaCO3 + H
        ("calcium_oxalate_monohydrate", 0.0),
        ("calcium_palmitate", 0.0),
        ("struvite", 1.0),
        ("carbonated_apatite", 3.5),
    ],
)
def test_protons_are_those_of_the_reaction(name, protons):
    assert protons_released(minerals()[name], {"phosphate": 1.0, "carbonate": 1.0}) == pytest.approx(protons)


def test_protons_are_those_that_the_tissue_counts():
    tissue = read_parameters(data_path("tissue", "mineral.yaml"))
    for name, part in (("hydroxyapatite", "apatite"), ("amorphous_calcium_phosphate", "amorphous")):
        mineral = minerals()[name]
        assert protons_released(mineral, {"phosphate": 1.0}) / mineral.on_masters["calcium"] == pytest.approx(
            tissue[f"mineral.{part}_acid"].value
        )
        assert mineral.per_calcium("phosphate") == pytest.approx(tissue[f"mineral.{part}_phosphate"].value)


def test_protonation_of_phosphate_against_its_constants():
    formation = (12.38, 19.57, 21.72)  # lg β of HPO4, H2PO4, H3PO4
    assert mean_protonation(10**-9.8, formation) == pytest.approx(1.0, abs=0.01)
    assert mean_protonation(10 ** -(19.57 - 12.38), formation) == pytest.approx(1.5, abs=0.001)
    assert mean_protonation(0.0, formation) == 0.0
    assert mean_protonation(1e6, formation) == pytest.approx(3.0)
    course = [mean_protonation(10**-ph, formation) for ph in np.linspace(2, 13, 100)]
    assert (np.diff(course) < 0).all()


def test_more_acid_is_set_free_the_more_acid_the_fluid():
    x = casadi.SX.sym("x")
    released = protons_released(APATITE, {"phosphate": mean_protonation(10**-x, (12.38, 19.57, 21.72))})
    slope = casadi.Function("g", [x], [released, casadi.jacobian(released, x)])
    for ph in (4.5, 6.0, 7.4, 8.3):
        value, derivative = (float(each) for each in slope(ph))
        assert 4.0 < value < 10.0 and derivative < 0.0  # 10 with all of it H3PO4


def test_every_rate_constant_names_a_source():
    for number in constants().values():
        assert number.source.partition(":")[0] in reference_keys()
    assert kinetics.constants() is constants()
