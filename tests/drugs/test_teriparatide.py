"""Does injected teriparatide come and go as its two rate constants say?"""

from __future__ import annotations

from math import exp

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from calcis.drugs import drug_part
from calcis.parameters import data_path, read_parameters
from calcis.part import assemble
from calcis.reading import read_yaml
from calcis.units import convert

TERIPARATIDE = drug_part("teriparatide")

INPUTS = {"teriparatide_volume": "L", "teriparatide_elimination_rate": "1/h"}
MODEL = assemble([TERIPARATIDE], INPUTS)
FILE = data_path("drugs", "teriparatide.yaml")
NUMBERS = {k: p.value for k, p in read_parameters(FILE, {"teriparatide": TERIPARATIDE.parameters}).items()}
BODY = {"teriparatide_volume": 14.0, "teriparatide_elimination_rate": 100.0 / 14.0}


def test_follows_the_two_exponentials_of_absorption_and_elimination() -> None:
    dose, absorption, elimination = 4857.0, 62.2 / 94.4, 100.0 / 14.0

    def rates(_: float, y: np.ndarray) -> list[float]:
        return list(
            MODEL.at(dict(zip(MODEL.states, map(float, y), strict=True)), NUMBERS, BODY).rates().values()
        )

    times = [0.25, 0.5, 1.0, 4.0, 12.0]
    solved = solve_ivp(rates, (0, 12), [dose, 0.0], "LSODA", times, rtol=1e-10, atol=1e-10)
    for time, depot, circulating in zip(times, *solved.y, strict=True):
        gone = exp(-absorption * time)
        exact = dose * absorption / (elimination - absorption) * (gone - exp(-elimination * time))
        # 1e-7: what LSODA at 1e-10 keeps over its steps.
        assert depot == pytest.approx(dose * gone, rel=1e-7)
        assert circulating == pytest.approx(exact, rel=1e-7, abs=1e-7)
        point = MODEL.at(dict(zip(MODEL.states, (depot, circulating), strict=True)), NUMBERS, BODY)
        assert point.signal("teriparatide_plasma") == circulating / 14.0


def test_twenty_micrograms_are_4857_picomoles() -> None:
    """5e-5: the amount is published with four digits."""
    molar_mass = read_yaml(FILE).data["drug"]["molar_mass"]["value"]
    assert convert(20, "ug", "pmol", molar_mass) == pytest.approx(4857, rel=5e-5)


def test_routes_lead_to_states_that_may_be_dosed() -> None:
    for route in read_yaml(FILE).data["drug"]["routes"].values():
        assert MODEL.states[route["state"]].dosable
