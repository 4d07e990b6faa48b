"""Do the formulas give what was computed elsewhere, and by hand?"""

import math

import pytest

from calcis.clinical.formulas import (
    Sex,
    calcium_phosphate_product,
    corrected_calcium,
    estimated_gfr,
    molar_mass,
    product_by_mass,
)
from calcis.clinical.grades import gfr_category
from calcis.units import convert

MG_PER_DL = 1 / 11.312  # of creatinine, in mmol/L


@pytest.mark.parametrize(
    ("creatinine", "age", "sex", "published", "within"),
    [
        (0.8, 70, "male", 95.2, 0.05),  # examples of the R package tabletools, rounded to 0.1
        (0.8, 70, "female", 79.2, 0.05),
        (
            0.9,
            55,
            "female",
            76.0,
            0.8,
        ),  # worked by hand with rounded factors on creatinineclearancecalculator.net
    ],
)
def test_published_examples_of_ckd_epi_2021(
    creatinine: float, age: float, sex: Sex, published: float, within: float
) -> None:
    assert estimated_gfr(creatinine * MG_PER_DL, age, sex) == pytest.approx(published, abs=within)


def test_ckd_epi_2021_where_its_powers_are_one() -> None:
    """At κ both powers are 1, so that 142·0.9938^age is left; at twice κ there is 2^−1.2, at half 2^−α."""
    years = 0.9938**40
    assert estimated_gfr(0.9 * MG_PER_DL, 40, "male") == pytest.approx(142 * years)
    assert estimated_gfr(0.7 * MG_PER_DL, 40, "female") == pytest.approx(142 * years * 1.012)
    assert estimated_gfr(1.8 * MG_PER_DL, 40, "male") == pytest.approx(142 * years * 2**-1.2)
    assert estimated_gfr(0.45 * MG_PER_DL, 40, "male") == pytest.approx(142 * years * 2**0.302)
    assert estimated_gfr(0.35 * MG_PER_DL, 40, "female") == pytest.approx(142 * years * 1.012 * 2**0.241)


def test_corrected_calcium_in_both_systems() -> None:
    """8.5 mg/dL with 3.0 g/dL is 9.3 mg/dL (theprimecalculator.com), by the rounded 0.8 mg/dL per g/dL."""
    mass = molar_mass("calcium")
    corrected = corrected_calcium(convert(8.5, "mg/dL", "mmol/L", mass), 30.0)
    assert corrected == pytest.approx(8.5 / 4.0078 + 0.2)
    assert convert(corrected, "mmol/L", "mg/dL", mass) == pytest.approx(9.3, abs=0.01)
    assert corrected_calcium(2.4, 40.0) == 2.4
    assert corrected_calcium(2.4, 50.0) == pytest.approx(2.2)


def test_the_product_in_both_units() -> None:
    """What is called 70 mg²/dL² is 5.6 mmol²/L² (CARI guideline, 2005)."""
    assert product_by_mass(5.6) == pytest.approx(70, abs=0.6)
    assert product_by_mass(calcium_phosphate_product(2.5, 1.5)) == pytest.approx(
        2.5 * 4.0078 * 1.5 * 3.0973762
    )


def test_creatinine_is_88_4_umol_per_mg_per_dl() -> None:
    assert convert(1.0, "mg/dL", "umol/L", molar_mass("creatinine")) == pytest.approx(88.4, abs=0.005)


def test_categories_of_kdigo_end_where_they_should() -> None:
    ends = {
        90: "G1",
        89: "G2",
        60: "G2",
        59: "G3a",
        45: "G3a",
        44: "G3b",
        30: "G3b",
        29: "G4",
        15: "G4",
        14: "G5",
    }
    assert {gfr: gfr_category(gfr)[0] for gfr in ends} == ends
    assert gfr_category(math.nextafter(59.5, 0))[0] == "G3a"
