"""Leukocytes: what calls them, what they clear, and giant cells on crystals."""

from pathlib import Path

import numpy as np
import pytest

from tests.tissue.voxel import NUMBERS, at, over

RATE = "leukocytes.giant"
MANY = {"leukocytes.reparative": 2000.0}
STONE = {"mineral.apatite": 3000.0}


def test_giant_cells_come_only_where_macrophages_meet_crystals() -> None:
    assert at(MANY).rates()[RATE] == 0.0
    assert at(STONE | {"leukocytes.reparative": 0.0}).rates()[RATE] == 0.0
    assert at(STONE | MANY, {"parenchyma.fixed": 1.0}).rates()[RATE] == 0.0
    one = at(STONE | MANY).rates()[RATE]
    twice = at(STONE | {"leukocytes.reparative": 4000.0}).rates()[RATE]
    assert one > 0.0
    assert twice == pytest.approx(4.0 * one, rel=1e-9)  # two meet


def test_a_giant_cell_takes_what_was_measured_of_an_osteoclast() -> None:
    """390 µm³ of mineral an hour in dense mineral, half of it where there is little; fresh or ripe alike."""

    def by_one(octacalcium: float, apatite: float) -> float:
        """mm³ of mineral that one giant cell takes in an hour."""
        mineral = {"mineral.octacalcium": octacalcium, "mineral.apatite": apatite}
        with_, without = (at(mineral | {RATE: count}) for count in (5.0, 0.0))
        flows = ("octacalcium_resorption", "apatite_resorption")
        taken = sum(with_.signal(flow) - without.signal(flow) for flow in flows)
        return float(taken / 5.0 / NUMBERS["leukocytes.giant_density"])

    half = NUMBERS["leukocytes.giant_half"]
    assert by_one(1e6, 0.0) == pytest.approx(390e-9, rel=1e-4)
    assert by_one(0.0, 1e6) == pytest.approx(390e-9, rel=1e-4)
    assert by_one(half / 2, half / 2) == pytest.approx(195e-9, rel=1e-6)


def test_giant_cells_die_when_crystals_are_gone(tmp_path: Path) -> None:
    found = over(
        tmp_path,
        (0, 10, 20, 60),
        arms="crystals: [], none: []",
        start="crystals: {mineral.apatite: 300 mmol/L}, none: {leukocytes.giant: 10 1/mm^3}",
    )
    assert np.all(np.diff(found["crystals"]["giant_cells"][:3]) > 0.0)
    loss = NUMBERS["leukocytes.giant_loss"] * 24.0
    expected = 10.0 * np.exp(-loss * np.array([0.0, 10.0, 20.0, 60.0]))
    assert found["none"]["giant_cells"] == pytest.approx(expected, rel=1e-3)


def test_neutrophils_are_called_by_the_freshly_dead_alone() -> None:
    old = {"debris.dead": 0.8}
    assert at(old).rates()["leukocytes.neutrophil"] == 0.0
    assert at(old).rates()["leukocytes.monocyte"] > 0.0
    fresh = at(old | {"debris.alarmin": NUMBERS["leukocytes.alarm_half"]})
    half = NUMBERS["leukocytes.neutrophil_recruitment"] / 2.0
    assert fresh.rates()["leukocytes.neutrophil"] == pytest.approx(half, rel=1e-9)


def test_alarmins_are_gone_in_days(tmp_path: Path) -> None:
    days = (0.0, 0.5, 2.0)
    found = over(tmp_path, days, killed="kind: toxin, killed: 0.6")["it"]
    loss = NUMBERS["debris.alarmin_loss"] * 24.0
    assert found["alarmins"] == pytest.approx(0.6 * np.exp(-loss * np.array(days)), rel=1e-3)


def test_crystals_call_monocytes_and_no_neutrophils() -> None:
    rates = at(STONE).rates()
    called = NUMBERS["leukocytes.crystal_weight"] * 3000.0 / (3000.0 + NUMBERS["leukocytes.crystal_half"])
    expected = called * NUMBERS["leukocytes.monocyte_recruitment"]
    assert rates["leukocytes.monocyte"] == pytest.approx(expected, rel=1e-9)
    assert rates["leukocytes.neutrophil"] == 0.0


def test_access_limits_all_that_come_from_blood() -> None:
    hurt = {"debris.dead": 0.5, "debris.alarmin": 0.5}
    for cell in ("leukocytes.neutrophil", "leukocytes.monocyte"):
        usual, few = (at(hurt, {"leukocytes.access": access}).rates()[cell] for access in (1.0, 0.3))
        assert few == pytest.approx(0.3 * usual, rel=1e-9) and usual > 0.0


def test_phagocytosis_left_slows_phagocytosis_and_nothing_else(tmp_path: Path) -> None:
    hurt = {"leukocytes.neutrophil": 500.0, "leukocytes.inflammatory": 800.0, "mineral.apatite": 20.0}
    usual, poor = (at(hurt, {"leukocytes.phagocytosis_left": left}) for left in (1.0, 0.25))
    assert poor.signal("phagocytosis_rate") == pytest.approx(
        0.25 * usual.signal("phagocytosis_rate"), rel=1e-9
    )
    kept = ("efferocytosis_rate", "microbes_killed_by_macrophages", "crystal_resorption_rate")
    for signal in kept:
        assert poor.signal(signal) == usual.signal(signal) > 0.0
    found = over(
        tmp_path,
        (0, 5),
        arms="usual: [], poor: [{changes: {leukocytes.phagocytosis_left: 0.1}}]",
        killed="kind: toxin, killed: 0.6",
    )
    assert found["poor"]["dead_fraction"][1] > 2.0 * found["usual"]["dead_fraction"][1]


def test_macrophages_that_microbes_escape_kill_none() -> None:
    inside = {"microbes.density": 100.0, "leukocytes.inflammatory": 2000.0, "leukocytes.neutrophil": 500.0}
    growth = at({"microbes.density": 100.0, "leukocytes.reparative": 0.0}).rates()["microbes.density"]
    killed = [
        growth - at(inside, {"microbes.escape": escape}).rates()["microbes.density"]
        for escape in (0.0, 0.75, 1.0)
    ]
    assert growth > 0.0 and killed[0] > growth
    assert killed[1] == pytest.approx(0.25 * killed[0], rel=1e-9)
    assert killed[2] == pytest.approx(0.0, abs=1e-9 * killed[0])
