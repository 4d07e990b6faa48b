"""Does denosumab keep its mass, and are its molar constants the published ones in nanograms?"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcis.drugs import drug_part
from calcis.parameters import data_path, read_parameters
from calcis.part import assemble
from calcis.reading import read_yaml
from calcis.units import convert

DENOSUMAB = drug_part("denosumab")

MODEL = assemble([DENOSUMAB])
FILE = data_path("drugs", "denosumab.yaml")
NUMBERS = {k: p.value for k, p in read_parameters(FILE, {"denosumab": DENOSUMAB.parameters}).items()}
MOLAR_MASS = read_yaml(FILE).data["drug"]["molar_mass"]["value"]
AMOUNT = st.floats(0, 2000)


@given(depot=AMOUNT, central=AMOUNT, peripheral=AMOUNT)
def test_what_leaves_is_eliminated_or_lost_on_the_way(
    depot: float, central: float, peripheral: float
) -> None:
    states = dict(zip(MODEL.states, (depot, central, peripheral), strict=True))
    point = MODEL.at(states, NUMBERS)
    rates = point.rates()
    lost = (1 - NUMBERS["denosumab.bioavailability"]) * -rates["denosumab.subcutaneous"]
    # Rounding of the flows, of which none is above 1 per hour of what is there.
    rounding = 1e-14 * (depot + central + peripheral)
    assert sum(rates.values()) + point.signal("denosumab_eliminated") + lost == pytest.approx(0, abs=rounding)


def test_molar_constants_are_the_published_ones_by_mass() -> None:
    target = NUMBERS["denosumab.target_maximum"], NUMBERS["denosumab.target_half"]
    assert convert(target[0], "nmol/h", "ng/h", MOLAR_MASS) == pytest.approx(3110, rel=1e-12)
    assert convert(target[1], "nmol/L", "ng/mL", MOLAR_MASS) == pytest.approx(188, rel=1e-12)


def test_removes_rankl_in_proportion_to_its_picomolar_concentration() -> None:
    states = {"denosumab.subcutaneous": 0.0, "denosumab.central": 10.0, "denosumab.peripheral": 0.0}
    point = MODEL.at(states, NUMBERS)
    picomolar = convert(10.0 / 2.34, "nmol/L", "pmol/L")
    assert point.signal("rankl_removal_denosumab") == pytest.approx(2.0e-6 * picomolar, rel=1e-12)


def test_target_saturates() -> None:
    """Elimination per concentration falls to the linear clearance."""

    def clearance(central: float) -> float:
        states = {"denosumab.subcutaneous": 0.0, "denosumab.central": central, "denosumab.peripheral": 0.0}
        point = MODEL.at(states, NUMBERS)
        return float(point.signal("denosumab_eliminated") / point.signal("denosumab_plasma"))

    linear, maximum, half = (
        NUMBERS[f"denosumab.{n}"] for n in ("clearance", "target_maximum", "target_half")
    )
    assert clearance(1e-9) == pytest.approx(linear + maximum / half, rel=1e-9)
    assert clearance(1e9) == pytest.approx(linear, rel=1e-7)


def test_routes_lead_to_states_that_may_be_dosed() -> None:
    for route in read_yaml(FILE).data["drug"]["routes"].values():
        assert MODEL.states[route["state"]].dosable
