"""Ionised and total calcium of plasma, from laboratory values and back."""

import numpy as np
import pytest

from calcis.chemistry.database import read_database
from calcis.chemistry.plasma import (
    electrode_calcium,
    per_kg_water,
    per_litre_plasma,
    plasma,
    plasma_of_both,
    total_calcium,
)
from calcis.errors import InputError


@pytest.fixture(scope="module", params=("minteq", "phreeqc"))
def database(request):
    return read_database(request.param)


def test_plasma_water_is_93_per_cent():
    assert per_kg_water(0.93) == pytest.approx(1.0)
    assert per_litre_plasma(per_kg_water(2.4)) == pytest.approx(2.4)


def test_normal_plasma(database):
    """Total 2.40 mmol/L, ionised 1.25: to that the sites were chosen."""
    fluid = plasma(database, {}).require()
    assert total_calcium(fluid)[0] == pytest.approx(2.4)
    assert electrode_calcium(fluid)[0] == pytest.approx(1.25, abs=0.002)
    assert fluid.carbon_dioxide_pressure[0] == pytest.approx(40.0, abs=6.0)
    assert fluid.ionic_strength[0] == pytest.approx(0.155, abs=0.003)


def test_total_from_ionised_and_back(database):
    albumin, ph, phosphate = np.array([40.0, 20.0, 30.0, 45.0]), np.array([7.4, 7.2, 7.6, 7.4]), 1.5
    totals = {"phosphate": phosphate}
    fluid = plasma(database, totals | {"calcium": [2.4, 1.9, 3.5, 1.5]}, albumin=albumin, ph=ph).require()
    ionised = electrode_calcium(fluid)
    back = plasma(database, totals, ionised_calcium=ionised, albumin=albumin, ph=ph).require()
    assert total_calcium(back) == pytest.approx([2.4, 1.9, 3.5, 1.5], rel=1e-9)
    assert electrode_calcium(back) == pytest.approx(ionised, rel=1e-9)


def test_alkali_binds_calcium_and_albumin_holds_it(database):
    """About 0.05 mmol/L for each 0.1 of pH; low albumin lowers the total, not what is ionised."""
    ph = plasma(database, {}, ph=np.array([7.3, 7.4, 7.5]))
    falls = -np.diff(electrode_calcium(ph))
    assert (falls > 0.03).all() and (falls < 0.07).all()
    albumin = plasma(database, {}, ionised_calcium=1.25, albumin=np.array([20.0, 40.0]))
    assert 0.01 < np.diff(total_calcium(albumin))[0] / 20.0 < 0.03


def test_sites_from_total_and_ionised(database):
    fluid = plasma(database, {"calcium": 2.4}, albumin=np.array([20.0, 40.0, 50.0])).require()
    found = plasma_of_both(database, {"calcium": 2.4}, electrode_calcium(fluid)).require()
    assert found.total("protein") == pytest.approx(fluid.total("protein"), rel=1e-6)
    assert found.of("Ca+2") == pytest.approx(fluid.of("Ca+2"), rel=1e-7)


def test_more_ionised_than_there_is(database):
    found = plasma_of_both(database, {"calcium": np.array([1.3, 2.4])}, 1.5)
    assert "more than the total of 1.3" in found.reasons[0]
    assert np.isnan(found.ph[0]) and list(found.reasons) == [0]
    with pytest.raises(InputError, match="total or ionised"):
        plasma(database, {"calcium": 2.4}, ionised_calcium=1.2)


def test_carbon_dioxide_makes_ph(database):
    normal = plasma(database, {})
    pressure = normal.carbon_dioxide_pressure
    again = plasma(database, {"carbonate": 25.2}, carbon_dioxide_pressure=pressure)
    assert again.ph == pytest.approx(normal.ph, abs=1e-9)
    more = plasma(database, {}, carbon_dioxide_pressure=2 * pressure)
    assert per_litre_plasma(more.total("carbonate"))[0] > 40
