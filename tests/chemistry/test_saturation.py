"""The log-linear saturation against PHREEQC: the table computed with minteq.v4 at 37 °C, 1 mmol/L lactate."""

from types import SimpleNamespace

import numpy as np
import pytest

from calcis.chemistry.saturation import (
    RANGE,
    REFERENCE,
    coefficient_names,
    departure,
    log_linear,
    ten_to,
    within_range,
)
from calcis.parameters import data_path, read_parameters

# case: free calcium, total phosphate (mmol/kgw), pH, SI of hydroxyapatite, SI of amorphous Ca3(PO4)2
PHREEQC = {
    "normal": (1.249, 1.15, 7.4, 9.64, -1.69),
    "normal, no protein": (1.877, 1.15, 7.4, 10.49, -1.18),
    "hypercalcaemia": (1.840, 1.5, 7.4, 10.79, -0.97),
    "hypercalcaemia, no protein": (2.734, 1.5, 7.4, 11.61, -0.49),
    "kidney disease": (1.273, 2.5, 7.4, 10.68, -0.99),
    "kidney disease, no protein": (1.891, 2.5, 7.4, 11.52, -0.49),
    "alkaline": (1.137, 1.15, 7.7, 10.71, -1.15),
    "alkaline, no protein": (1.845, 1.15, 7.7, 11.73, -0.55),
    "kidney disease, acid": (1.416, 2.5, 7.2, 10.03, -1.31),
    "kidney disease, acid, no protein": (2.003, 2.5, 7.2, 10.75, -0.88),
    "kidney disease, alkaline": (1.158, 2.5, 7.7, 11.76, -0.46),
    "kidney disease, alkaline, no protein": (1.852, 2.5, 7.7, 12.75, 0.13),
}


def values(file, part, names):
    found = read_parameters(data_path("chemistry", file), {part: names})
    return SimpleNamespace(**{name.partition(".")[2]: number.value for name, number in found.items()})


@pytest.fixture(scope="module")
def v():
    quantities = [coefficient_names(quantity) for quantity in ("amorphous", "apatite", "product")]
    return values("saturation.yaml", "saturation", REFERENCE | quantities[0] | quantities[1] | quantities[2])


@pytest.mark.parametrize("case", PHREEQC)
def test_surrogate_is_phreeqc_within_its_stated_error(v, case):
    """0.05: the fit's largest error (0.03) and the other magnesium and ionic strength of these fluids."""
    calcium, phosphate, ph, apatite, amorphous = PHREEQC[case]
    fluid = departure(v, calcium, phosphate, ph)
    assert log_linear(v, "apatite", fluid) == pytest.approx(apatite, abs=0.05)
    assert log_linear(v, "amorphous", fluid) == pytest.approx(amorphous, abs=0.05)


def test_growth_drive_is_one_in_the_reference_fluid(v):
    assert ten_to(log_linear(v, "product", departure(v, 1.25, 1.15, 7.4))) == 1.0
    assert ten_to(log_linear(v, "product", departure(v, 1.25, 2.3, 7.4))) == pytest.approx(2.0)


def test_an_empty_fluid_is_undersaturated_not_an_error(v):
    """Also a tenfold calcium gluconate solution without phosphate: else mineral would form out of nothing."""
    for calcium, phosphate in ((0.0, 1.15), (1.25, 0.0), (-1e-6, -1e-6), (2300.0, 0.0)):
        fluid = departure(v, calcium, phosphate, 7.4)
        assert -100 < log_linear(v, "apatite", fluid) < 0
        assert -100 < log_linear(v, "amorphous", fluid) < -5


def test_range_of_validity():
    limits = values("saturation_range.yaml", "saturation_range", RANGE)
    calcium = np.array([1.25, 0.1, 1.25, 1.25])
    phosphate = np.array([1.15, 1.15, 5.0, 1.15])
    ph = np.array([7.4, 7.4, 7.4, 6.0])
    assert within_range(limits, calcium, phosphate, ph).tolist() == [True, False, False, False]
