"""Do the data of persons fit the bodies and the labs that there are?"""

from __future__ import annotations

import pytest

from calcis.case import packaged
from calcis.clinical.labs import LABS
from calcis.individual.factors import factors, lab_spread, search, variation

BODIES = ("calcis", "peterson_riggs_2010")


@pytest.mark.parametrize("name", factors())
def test_every_number_of_a_factor_is_in_a_body(name: str) -> None:
    for number in factors()[name].numbers:
        assert any(number in packaged().parameters(body) for body in BODIES), number


@pytest.mark.parametrize("name", factors())
def test_a_factor_moves_from_normal_into_its_range(name: str) -> None:
    factor = factors()[name]
    low, high = factor.ends
    assert low == 0.0 < high if factor.scale is not None else 0.0 < low < 1.0 < high
    assert all(size is None or size > 0.0 for size in (factor.spread, factor.beyond))
    if factor.spread is not None and factor.beyond is not None:
        assert factor.beyond > factor.spread
    if factor.scale is not None:
        assert factor.spread is None and factor.beyond is not None


def test_every_lab_has_its_variation() -> None:
    assert {name.partition(".")[0] for name in variation()} == set(LABS)
    for lab in LABS:
        assert 0.005 < lab_spread(lab, 1e9) < 0.5
    assert lab_spread("pth", 0.5) > lab_spread("pth", 50.0)


def test_disease_costs_more_than_variation_and_a_doubt_more_than_two_diseases() -> None:
    price = {name: search()[f"price.{name}"].value for name in ("change", "disease", "doubt")}
    assert 0.0 < price["change"] < price["disease"]
    assert price["doubt"] > 2.0 * (price["change"] + price["disease"])
