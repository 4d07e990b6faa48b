"""Minerals: composition, charge, printed solubility products, saturation against PHREEQC, brightness."""

import math
import re

import casadi
import numpy as np
import pytest

from calcis.chemistry.attenuation import (
    elements,
    mass_attenuation,
    radiodensity_per_calcium,
    radiodensity_per_mass,
)
from calcis.chemistry.mineral import (
    BODY,
    HIGHEST,
    LOWEST,
    MIDDLE,
    End,
    log_ksp_on_masters,
    minerals,
    read_minerals,
    saturation_index,
    solubility,
)
from calcis.errors import InputError
from calcis.parameters import data_path, reference_keys
from calcis.reading import parse_yaml, read_text

NAMES = list(minerals())
# lg a of free ions of normal plasma, computed with PHREEQC and minteq.v4.dat at 37 °C; OH from water's 13.62
PLASMA = {"calcium": -3.387, "phosphate": -8.614, "hydrogen": -7.4, "OH-": 7.4 - 13.62}


def atoms_of(formula):
    """Atoms of a formula such as Ca5(PO4)3OH or CaHPO4·2H2O, counted from its text."""
    total = {}
    for part in formula.split("·"):
        times, rest = re.fullmatch(r"([\d.]*)(.*)", part).groups()
        for atom, count in _counted(rest).items():
            total[atom] = total.get(atom, 0.0) + float(times or 1) * count
    return total


def _counted(text):
    total = {}
    for group, group_count, atom, count in re.findall(r"\(([^()]*)\)([\d.]*)|([A-Z][a-z]?)([\d.]*)", text):
        inner = _counted(group) if group else {atom: float(count or 1)}
        for name, each in inner.items():
            total[name] = total.get(name, 0.0) + each * (float(group_count or 1) if group else 1.0)
    return total


@pytest.mark.parametrize("name", NAMES)
def test_a_mineral_has_no_charge_and_the_atoms_of_its_formula(name):
    mineral = minerals()[name]
    assert mineral.charge == 0.0
    written = atoms_of(mineral.title.split(", ")[-1])
    assert mineral.atoms == pytest.approx(written, rel=1e-12)
    mass = sum(count * elements()[atom].mass for atom, count in written.items())
    assert mineral.formula_mass == pytest.approx(mass, rel=1e-12)
    assert mineral.molar_volume * mineral.density * 1e6 == pytest.approx(mass, rel=1e-12)


def test_volume_of_apatite_is_that_of_its_cell():
    cell = 529.086e-30  # m³, two formula units (sudarsanan_young_1969)
    assert minerals()["hydroxyapatite"].molar_volume == pytest.approx(cell / 2 * 6.02214076e23, rel=5e-4)


@pytest.mark.parametrize(
    ("name", "celsius", "printed", "within"),
    [
        ("hydroxyapatite", 25, math.log10(3.04e-59), 0.005),
        ("hydroxyapatite", 37, math.log10(2.35e-59), 0.005),
        ("beta_tricalcium_phosphate", 25, math.log10(1.20e-29), 0.005),
        ("beta_tricalcium_phosphate", 37, math.log10(2.83e-30), 0.005),
        ("brushite", 25, -6.59, 0.01),
        ("brushite", 37.5, -6.63, 0.01),
        ("monetite", 25, -6.90, 1e-9),
        ("monetite", 37, -7.02, 1e-9),
        ("calcite", 25, -8.480, 0.001),
        ("calcium_oxalate_monohydrate", 25, -8.73, 1e-9),
        ("calcium_oxalate_dihydrate", 25, -8.30, 1e-9),
        ("struvite", 25, -13.26, 1e-9),
        ("octacalcium_phosphate", 37, -48.7, 1e-9),
        ("amorphous_calcium_phosphate", 37, -25.7, 1e-9),
        ("carbonated_apatite", 25, -102.8 / 2, 1e-9),
    ],
)
def test_solubility_product_is_as_printed(name, celsius, printed, within):
    assert solubility(minerals()[name]).log_ksp(celsius + 273.15) == pytest.approx(printed, abs=within)


def test_enthalpy_of_oxalate_is_the_slope():
    law, step = solubility(minerals()["calcium_oxalate_monohydrate"]), 1e-3
    slope = (law.log_ksp(298.15 + step) - law.log_ksp(298.15 - step)) / (2 * step)
    assert slope * 8.314462618 * math.log(10) * 298.15**2 == pytest.approx(21500, rel=1e-6)


@pytest.mark.parametrize("name", NAMES)
def test_ends_of_the_literature_stand_around_the_middle(name):
    for temperature in np.linspace(293.15, 315.15, 5):
        low, middle, high = (
            solubility(minerals()[name], end).log_ksp(temperature) for end in (LOWEST, MIDDLE, HIGHEST)
        )
        assert low <= middle <= high
        half = solubility(minerals()[name], End(0.5)).log_ksp(temperature)
        assert half == pytest.approx((middle + high) / 2)


def test_ends_are_the_numbers_of_the_sources():
    octacalcium, apatite = minerals()["octacalcium_phosphate"], minerals()["hydroxyapatite"]
    assert solubility(octacalcium, LOWEST).log_ksp(BODY) == pytest.approx(-49.3)
    assert solubility(octacalcium, HIGHEST).log_ksp(298.15) == pytest.approx(-46.85)
    assert solubility(apatite, LOWEST).log_ksp(298.15) == pytest.approx(-60)
    with pytest.raises(InputError, match="from -1"):
        End(2.0)


@pytest.mark.parametrize(
    ("name", "phreeqc", "within"),
    [
        ("hydroxyapatite", 9.64, 0.03),  # it was given 58.63 too, and rounds its activities
        ("octacalcium_phosphate", 1.91, 0.01),
        ("amorphous_calcium_phosphate", -1.69, 0.01),
        ("beta_tricalcium_phosphate", 2.11, 0.06),  # it was given 29.5, the law has 29.55
    ],
)
def test_saturation_of_plasma_is_that_of_phreeqc(name, phreeqc, within):
    assert saturation_index(minerals()[name], PLASMA) == pytest.approx(phreeqc, abs=within)


def test_saturation_moves_with_the_end_and_asks_for_every_species():
    apatite = minerals()["hydroxyapatite"]
    spread = saturation_index(apatite, PLASMA, end=LOWEST) - saturation_index(apatite, PLASMA, end=HIGHEST)
    assert spread == pytest.approx(3.0)
    with pytest.raises(InputError, match="carbonate"):
        saturation_index(minerals()["calcite"], PLASMA)
    wet = saturation_index(minerals()["octacalcium_phosphate"], PLASMA | {"H2O": -0.01})
    assert wet == pytest.approx(saturation_index(minerals()["octacalcium_phosphate"], PLASMA) - 0.025)


def test_saturation_on_arrays_and_symbols_is_that_on_floats():
    apatite = minerals()["hydroxyapatite"]
    calcium = np.array([-4.0, -3.4, -3.0])
    floats = [saturation_index(apatite, PLASMA | {"calcium": float(x)}) for x in calcium]
    assert saturation_index(apatite, PLASMA | {"calcium": calcium}) == pytest.approx(floats)
    x, temperature = casadi.SX.sym("x"), casadi.SX.sym("t")
    law = casadi.Function(
        "f", [x, temperature], [saturation_index(apatite, PLASMA | {"calcium": x}, temperature)]
    )
    assert [float(law(value, BODY)) for value in calcium] == pytest.approx(floats)


def test_on_master_ions_the_saturation_is_the_same():
    apatite, brushite = minerals()["hydroxyapatite"], minerals()["brushite"]
    on_masters = 5 * PLASMA["calcium"] + 3 * PLASMA["phosphate"] - PLASMA["hydrogen"]
    index = on_masters - log_ksp_on_masters(apatite, {"OH-": -13.62})
    assert index == pytest.approx(saturation_index(apatite, PLASMA))
    hydrogen_phosphate = 12.22 + PLASMA["hydrogen"] + PLASMA["phosphate"]
    index = (
        PLASMA["calcium"]
        + PLASMA["phosphate"]
        + PLASMA["hydrogen"]
        - log_ksp_on_masters(brushite, {"HPO4-2": 12.22})
    )
    assert index == pytest.approx(saturation_index(brushite, PLASMA | {"HPO4-2": hydrogen_phosphate}))
    with pytest.raises(InputError, match="OH-"):
        log_ksp_on_masters(apatite, {})


def test_amounts_per_calcium():
    assert minerals()["hydroxyapatite"].per_calcium("phosphate") == pytest.approx(0.6)
    assert minerals()["octacalcium_phosphate"].per_calcium("phosphate") == pytest.approx(0.75)
    assert minerals()["whitlockite"].per_calcium("magnesium") == pytest.approx(1 / 9)
    with pytest.raises(InputError, match="struvite"):
        minerals()["struvite"].per_calcium("phosphate")


def test_apatite_is_as_bright_as_computed_spectra_say():
    assert 1.29 <= radiodensity_per_mass(minerals()["hydroxyapatite"]) <= 1.42
    per_calcium = radiodensity_per_calcium(minerals()["hydroxyapatite"])
    assert 50 + 620 * per_calcium == pytest.approx(
        130, abs=5
    )  # the tissue's 620 mmol/L at 130 Hounsfield units
    assert radiodensity_per_mass(minerals()["hydroxyapatite"], 60) > 1.6


def test_attenuation_goes_through_its_table_and_falls_with_energy():
    calcium = {"Ca": 1.0}
    assert [mass_attenuation(calcium, energy) for energy in (60, 70, 80)] == pytest.approx(
        elements()["Ca"].attenuation
    )
    courses = np.array([[mass_attenuation(minerals()[n].atoms, e) for e in range(60, 81)] for n in NAMES])
    assert (np.diff(courses) < 0).all()
    with pytest.raises(InputError, match="60 to 80 keV"):
        mass_attenuation(calcium, 40.0)


def test_every_number_names_a_source():
    for mineral in minerals().values():
        for number in mineral.numbers.values():
            assert number.source.partition(":")[0] in reference_keys()


def test_a_misspelt_ion_is_refused_with_the_nearest():
    text = read_text(data_path("chemistry", "minerals.yaml")).replace(
        "{calcium: 5, phosphate: 3, OH-: 1}", "{calcium: 5, phosfate: 3}"
    )
    with pytest.raises(InputError, match=r"expected an ion .* got phosfate; did you mean phosphate\?"):
        read_minerals(parse_yaml(text, "minerals.yaml"))
    text = read_text(data_path("chemistry", "minerals.yaml")).replace(
        "log_ksp_25: {value: -17.4, unit: 1", "enthalpy: {value: 1, unit: J/mol"
    )
    with pytest.raises(InputError, match="log_ksp"):
        read_minerals(parse_yaml(text, "minerals.yaml"))
