"""Bone on mineral that stays, soap in fat that dies, and salts that phagocytes give back to blood."""

from pathlib import Path

import numpy as np
import pytest

from tests.tissue.voxel import NUMBERS, PLASMA, at, over

SIGNAL = "ossification.osteogenic"


def test_bone_comes_only_on_mineral_that_stays(tmp_path: Path) -> None:
    found = over(
        tmp_path,
        (0, 2, 90),
        arms="stone: [], bare: [], little: [], implant: [{changes: {parenchyma.fixed: 1}}]",
        start="stone: {mineral.apatite: 500 mmol/L}, little: {mineral.octacalcium: 3 mmol/L}, "
        "implant: {mineral.apatite: 500 mmol/L}, bare: {ossification.osteogenic: 100 %}",
    )
    bone = {arm: one["mineral_bone"] for arm, one in found.items()}
    assert bone["stone"][1] < 0.01 and bone["stone"][2] > 10.0  # weeks, not days
    assert np.all(bone["implant"] == 0.0)  # nobody there to make it
    assert np.all(np.abs(bone["bare"]) < 1e-6)  # cells that are called, and nothing to build on
    assert 0.0 <= bone["little"][2] < 1e-3


def test_bone_needs_cells_calcium_and_room() -> None:
    called = {SIGNAL: 1.0, "mineral.apatite": 500.0}
    whole = at(called).signal("bone_formation")
    assert whole > 0.0
    half = at(called | {"parenchyma.living": 0.3, "parenchyma.scar": 0.2}).signal("bone_formation")
    assert half == pytest.approx(0.5 * whole, rel=1e-9)
    assert at(called | {"interstitial_fluid.calcium": 0.0}).signal("bone_formation") == 0.0
    full = called | {"mineral.apatite": NUMBERS["mineral.mineral_highest"]}
    assert at(full).signal("bone_formation") == 0.0
    bone = {"mineral.bone": 100.0}
    taken = 100.0 * NUMBERS["mineral.bone_turnover"]
    assert at(bone).signal("bone_resorption") == pytest.approx(taken, rel=1e-9)


def test_phosphate_calls_smooth_muscle_alone() -> None:
    high = {"interstitial_fluid.phosphate": NUMBERS["ossification.half_phosphate"]}
    assert at(high).rates()[SIGNAL] == 0.0
    called = at(high, {"ossification.smooth_muscle": 1.0}).rates()[SIGNAL]
    assert called == pytest.approx(0.5 / NUMBERS["ossification.response_time"], rel=1e-9)
    weight = NUMBERS["ossification.permissiveness"]
    turned = at({SIGNAL: 1.0}, {"ossification.smooth_muscle": 1.0})
    assert turned.signal("mineral_permissiveness") == pytest.approx(weight, rel=1e-9)
    assert at({SIGNAL: 1.0}).signal("mineral_permissiveness") == 0.0


def test_soap_comes_only_where_fat_died_and_binds_calcium(tmp_path: Path) -> None:
    fat = "{changes: {fat.fat_content: 2000 mmol/L}}"
    found = over(
        tmp_path,
        (0, 10, 30),
        arms=f"fat: [{fat}], muscle: []",
        changes="leukocytes.macrophage_competence: 0.05",
        killed="kind: toxin, killed: 0.6",
    )
    alive = over(tmp_path, (0, 30), arms=f"it: [{fat}]")["it"]
    assert np.all(found["muscle"]["calcium_soap"] == 0.0) and np.all(alive["calcium_soap"] == 0.0)
    soap = found["fat"]["calcium_soap"]
    assert soap[0] == 0.0 and soap[1] > 1.0
    # Blood brought it: what entered more than in muscle is soap, mineral, and what phagocytes hold.
    brought = {arm: one["calcium_from_plasma_sum"][1] for arm, one in found.items()}
    assert brought["fat"] > brought["muscle"] + 0.5 * soap[1]


def test_two_fatty_acids_bind_one_calcium_and_lose_their_acid() -> None:
    point = at({"fat.fatty_acid": 10.0, "fat.lipid": 100.0})
    rates, made = point.rates(), point.signal("soap_formation")
    freed, share = point.signal("lipolysis"), NUMBERS["interstitial_fluid.fluid_share"]
    bound = 10.0 / (1.0 + 10.0 / NUMBERS["fat.albumin_binds"])
    washed = NUMBERS["fat.wash_out"] * point.signal("exchange_rate") * bound
    assert made > 0.0 and rates["fat.soap"] == pytest.approx(made, rel=1e-9)
    washed += point.signal("debris_clearance_rate") * 10.0
    assert rates["fat.fatty_acid"] == pytest.approx(freed - 2.0 * made - washed, rel=1e-9)
    still = at().rates()
    for ion, flow in (("calcium", -made), ("acid", 2.0 * made)):
        gained = rates[f"interstitial_fluid.{ion}"] - still[f"interstitial_fluid.{ion}"]
        assert gained * share == pytest.approx(flow, rel=1e-6), ion


def test_blood_gets_back_what_phagocytes_digest(tmp_path: Path) -> None:
    """A deposit that cells take away: all of its calcium and phosphate ends in blood."""
    start = "it: {mineral.apatite: 20 mmol/L}"
    found = over(tmp_path, (0, 30, 360), start=start, changes="mineral.growth_rate: 0 1/d")["it"]
    lost = found["mineral_total"][0] - found["mineral_total"]
    assert lost[2] > 10.0
    given_back = -found["calcium_from_plasma_sum"] - found["calcium_in_phagocytes"]
    share = NUMBERS["interstitial_fluid.fluid_share"]
    fluid = share * (found["calcium_tissue"] - PLASMA["calcium_ionised_plasma"])
    assert -found["calcium_from_plasma_sum"][2] == pytest.approx(lost[2], rel=0.02)
    held = lost + found["calcium_from_plasma_sum"] - found["calcium_in_phagocytes"] - fluid
    assert held == pytest.approx(0.0, abs=1e-6)
    assert given_back[2] > given_back[1] > 0.0


def test_digestion_is_a_delay_and_loses_nothing() -> None:
    point = at({"digestion.calcium": 5.0, "digestion.phosphate": 3.0})
    rate = NUMBERS["digestion.digestion_rate"]
    for ion, amount in (("calcium", 5.0), ("phosphate", 3.0)):
        returned = point.signal(f"{ion}_supply") - point.signal(f"{ion}_from_plasma")
        assert returned == pytest.approx(rate * amount, rel=1e-9)
        kept = point.signal(f"{ion}_carried_off") - rate * amount
        assert point.rates()[f"digestion.{ion}"] == pytest.approx(kept, rel=1e-9)
