"""The minerals: which grows, which ripens, which dissolves, which cells take away."""

from pathlib import Path

import numpy as np
import pytest

from tests.tissue.voxel import NUMBERS, at, over

N = {name.partition(".")[2]: value for name, value in NUMBERS.items() if name.startswith("mineral.")}
DAYS = (0.0, 2.0, 7.0, 28.0, 90.0)


def crystals(octacalcium: float, apatite: float = 0.0, bone: float = 0.0) -> dict[str, float]:
    return {"mineral.octacalcium": octacalcium, "mineral.apatite": apatite, "mineral.bone": bone}


def test_octacalcium_ripens_to_apatite_which_gives_phosphate_back(tmp_path: Path) -> None:
    """Without growth and cells: a pure decay into apatite, that frees phosphate and takes hydroxide."""
    still = "mineral.growth_rate: 0 1/d, leukocytes.macrophage_competence: 0"
    found = over(tmp_path, DAYS, start="it: {mineral.octacalcium: 10 mmol/L}", changes=still)["it"]
    left = 10.0 * np.exp(-N["ripening_rate"] * 24.0 * np.array(DAYS))
    assert found["mineral.octacalcium"] == pytest.approx(left, rel=1e-4)
    assert found["mineral.apatite"] == pytest.approx(10.0 - left, rel=1e-4)
    point = at(crystals(10.0), {"mineral.growth_rate": 0.0, "leukocytes.macrophage_competence": 0.0})
    ripening = point.signal("octacalcium_conversion")
    assert point.signal("calcium_to_mineral") == pytest.approx(0.0, abs=1e-12)
    assert point.signal("phosphate_to_mineral") == pytest.approx((0.6 - 0.75) * ripening, rel=1e-9)
    assert point.signal("acid_from_mineral") == pytest.approx((0.8 - 0.5) * ripening, rel=1e-9)


def test_octacalcium_grows_on_the_surface_of_either_crystal() -> None:
    def growth(*amounts: float) -> float:
        point = at(crystals(*amounts))
        return float(point.signal("crystal_growth") / point.signal("mineral_room"))

    least, ripe = N["growth_least_crystals"], N["apatite_surface"]
    assert 0.0 < ripe < 1.0
    one = growth(1.0) / (1.0 - least)
    assert growth(0.0, 1.0) == pytest.approx(one * (ripe - least), rel=1e-9)
    assert growth(2.0, 3.0) == pytest.approx(one * (2.0 + 3.0 * ripe - least), rel=1e-9)
    assert growth(0.0, 0.0, 100.0) == 0.0  # on bone only cells lay down mineral
    assert growth(0.9 * least) == 0.0


def test_pyrophosphate_and_room_hold_growth_back() -> None:
    ppi = "interstitial_fluid.pyrophosphate"
    free = at(crystals(1.0) | {ppi: 0.0}).signal("crystal_growth")
    half = at(crystals(1.0) | {ppi: N["growth_half_pyrophosphate"]}).signal("crystal_growth")
    assert half == pytest.approx(free / 2.0, rel=1e-9)
    assert at(crystals(N["mineral_highest"])).signal("crystal_growth") == 0.0


def test_a_crystal_dissolves_only_where_fluid_is_undersaturated_with_it() -> None:
    """Octacalcium sooner than apatite; healthy fluid is undersaturated with neither."""
    healthy = at(crystals(10.0, 10.0))
    assert healthy.signal("octacalcium_dissolution") == healthy.signal("apatite_dissolution") == 0.0
    acid = NUMBERS["interstitial_fluid.buffer_capacity"]  # a unit of pH
    low = {"interstitial_fluid.calcium": 0.6, "interstitial_fluid.phosphate": 0.6}
    between = at(crystals(10.0, 10.0) | low | {"interstitial_fluid.acid": 0.5 * acid})
    assert between.signal("saturation_octacalcium") < 0.0 < between.signal("saturation_apatite")
    assert between.signal("octacalcium_dissolution") > 0.0 == between.signal("apatite_dissolution")
    assert between.signal("crystal_growth") == 0.0
    sour = at(crystals(10.0, 10.0) | low | {"interstitial_fluid.acid": 3.0 * acid})
    shares = [sour.signal(f"{one}_dissolution") / 10.0 for one in ("octacalcium", "apatite")]
    assert shares[0] > shares[1] > 0.0


def test_single_cells_take_ripe_crystals_slower_and_only_from_outside() -> None:
    point = at(crystals(10.0, 10.0))
    ratio = point.signal("apatite_resorption") / point.signal("octacalcium_resorption")
    assert ratio == pytest.approx(N["apatite_surface"], rel=1e-9)
    depth = N["resorption_depth"]
    assert at(crystals(depth)).signal("mineral_in_reach") == pytest.approx(0.5, rel=1e-9)
    gone = [at(crystals(amount)).signal("octacalcium_resorption") for amount in (depth, 100.0 * depth)]
    assert gone[1] < 2.0 * gone[0]  # from a hundred times as much


def test_dense_mineral_closes_vessels() -> None:
    closing = NUMBERS["capillaries.closing_mineral"]
    open_, half, shut = (at(crystals(0.0, amount)).signal("exchange_rate") for amount in (0.0, closing, 1e6))
    assert half == pytest.approx(open_ / 2.0, rel=1e-9) and shut < 1e-3 * open_
