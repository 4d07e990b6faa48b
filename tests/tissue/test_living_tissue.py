"""Living tissue: what starves it, what it grows back from, and the fluid that it keeps."""

from pathlib import Path

import numpy as np
import pytest

from tests.tissue.voxel import NUMBERS, at, over

LOST = "capillaries.flow_lost"


def test_usual_flow_starves_nobody_and_half_of_it_hardly_anybody() -> None:
    assert at().signal("oxygenation") == 1.0 and at().signal("primary_necrosis") == 0.0
    starving = NUMBERS["parenchyma.starvation_rate"]
    assert at({LOST: 0.5}).signal("primary_necrosis") < 0.01 * starving
    assert at({LOST: 1.0}).signal("primary_necrosis") == pytest.approx(starving, rel=1e-12)
    tenth = 1.0 - NUMBERS["parenchyma.flow_half"]
    assert at({LOST: tenth}).signal("oxygenation") == pytest.approx(0.5, abs=1e-3)
    assert at({LOST: 1.0}, {"parenchyma.fixed": 1.0}).signal("primary_necrosis") == 0.0


def test_starved_tissue_dies_and_does_not_regrow(tmp_path: Path) -> None:
    """Without vessels that grow in: living by 1/e in each 1/rate, no scar; where flow returns, it refills."""
    days = (0.0, 4.0, 30.0)
    found = over(
        tmp_path,
        days,
        changes="capillaries.vessel_growth: 0 mm^3/d",
        arms="it: []",
        killed="kind: ischaemia, killed: 0, flow: 0",
    )["it"]
    starving = NUMBERS["parenchyma.starvation_rate"] * 24.0
    assert found["living_fraction"] == pytest.approx(np.exp(-starving * np.array(days)), rel=1e-3, abs=1e-7)
    assert np.all(np.abs(found["scar_fraction"]) < 1e-9)
    back = over(tmp_path, (0.0, 40.0), killed="kind: ischaemia, killed: 0.6, flow: 0, lasts: 6 h")["it"]
    assert back["living_fraction"][1] > 0.85


def test_stem_cells_regrow_tissue_that_was_killed_to_the_last_cell(tmp_path: Path) -> None:
    found = over(
        tmp_path,
        (0, 40),
        arms="with: [], without: [{changes: {parenchyma.stem_cells: 0}}]",
        killed="kind: toxin, killed: 1",
    )
    assert found["with"]["living_fraction"][0] == found["without"]["living_fraction"][0] == 0.0
    assert found["with"]["living_fraction"][1] > 0.5
    assert abs(found["without"]["living_fraction"][1]) < 1e-6  # nothing but scar
    assert found["without"]["scar_fraction"][1] > 0.1


def test_outgrowth_starves_a_core(tmp_path: Path) -> None:
    found = over(
        tmp_path,
        (0, 1, 30),
        arms="core: [{changes: {capillaries.outgrowth: 2 1/d}}], still: []",
    )
    assert np.all(found["still"]["blood_flow"] == 1.0) and np.all(found["still"]["living_fraction"] == 1.0)
    flow, living = found["core"]["blood_flow"], found["core"]["living_fraction"]
    assert flow[0] == 1.0 and flow[1] == pytest.approx(np.exp(-2.0), rel=0.05)
    assert living[2] < 0.5 * living[1]


def test_base_that_is_kept_makes_the_fluid_alkaline(tmp_path: Path) -> None:
    """By b/(T·β), from the start on: T the exchange with blood, β what buffers; none where nothing flows."""
    base = 2.0  # mmol/L/h
    usual, alkaline = at(), at(changes={"interstitial_fluid.base_secretion": base})
    exchange = NUMBERS["capillaries.permeability_surface"] * NUMBERS["capillaries.perfusion"]
    rise = base / (exchange * NUMBERS["interstitial_fluid.buffer_capacity"])
    assert alkaline.signal("ph_tissue") - usual.signal("ph_tissue") == pytest.approx(rise, rel=1e-9)
    assert alkaline.rates()["interstitial_fluid.acid"] == pytest.approx(0.0, abs=1e-12)
    cut = {"interstitial_fluid.base_secretion": base, "capillaries.perfusion": 0.0}
    assert at(changes=cut).states["interstitial_fluid.acid"] == 0.0
    arms = "usual: [], alkaline: [{changes: {interstitial_fluid.base_secretion: 2 mmol/L/h}}]"
    found = over(tmp_path, (0, 10), arms=arms)
    risen = found["alkaline"]["ph_tissue"] - found["usual"]["ph_tissue"]
    assert risen == pytest.approx(rise, rel=1e-3)


def test_carbon_dioxide_that_leaves_raises_ph_by_the_offset() -> None:
    offset = at(changes={"interstitial_fluid.ph_offset": 0.2})
    assert offset.signal("ph_tissue") - at().signal("ph_tissue") == pytest.approx(0.2, rel=1e-9)


def test_mineral_makes_the_dead_hard_to_clear() -> None:
    dead, least = 0.5, NUMBERS["debris.least_clearance"]
    loaded = NUMBERS["debris.mineral_resistance"] * (dead + NUMBERS["debris.mineral_load_floor"])

    def left(mineral: float) -> float:
        point = at({"debris.dead": dead, "mineral.apatite": mineral})
        return float(point.signal("clearance_left") / point.signal("mineral_in_reach"))

    assert left(0.0) == 1.0
    assert left(loaded) == pytest.approx(least + (1.0 - least) / 2.0, rel=1e-9)
    assert left(1000.0 * loaded) == pytest.approx(least, rel=1e-3)


def test_mitochondria_load_no_more_than_they_hold(tmp_path: Path) -> None:
    """Those of 60 %: nearly as much as they hold where loading is fast, and less at the usual rate."""
    loading = NUMBERS["debris.loading_rate"] * 24.0
    arms = f"fast: [{{changes: {{debris.loading_rate: {100 * loading} mmol/L/d}}}}], usual: []"
    found = over(tmp_path, (0, 1), arms=arms, killed="kind: toxin, killed: 0.6")
    held = 0.6 * NUMBERS["debris.loading_capacity"]
    fast, usual = (found[arm]["mitochondrial_loading_sum"][1] for arm in ("fast", "usual"))
    assert 0.2 * held < usual < fast < held
    assert fast > 0.75 * held  # mitochondria that fell apart hold nothing
