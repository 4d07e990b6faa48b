"""Does each hook for a disease act where it should, and nowhere else?"""

from __future__ import annotations

from typing import Any

import pytest

from calcis.units import HOURS_PER_YEAR
from tests.body import traced

# Signals that PTH reaches directly.  PTHrP acts on the first group only.
BONE_AND_TUBULE = (
    "calcium_reabsorbed_distal",
    "rankl_synthesis",
    "opg_synthesis",
    "pth_effect_on_runx2_loss",
    "pth_effect_on_creb",
)
HYDROXYLASE = ("pth_effect_on_hydroxylase",)


@pytest.fixture
def changed(body: Any) -> Any:
    """Signals that differ from the normal state, and the point they were read from."""

    def look(changes: dict[str, float], states: dict[str, float] | None = None) -> tuple[set[str], Any, Any]:
        numbers = {**body.numbers, **changes}
        start, inputs = traced.MODEL.start(body.numbers), dict.fromkeys(traced.INPUTS, 0.0)
        normal = traced.MODEL.at(start, body.numbers, inputs)
        moved = traced.MODEL.at({**start, **(states or {})}, numbers, inputs)
        return {n for n in traced.MODEL.signals if normal.signal(n) != moved.signal(n)}, normal, moved

    return look


def test_every_hook_is_neutral() -> None:
    numbers = traced.numbers()
    factors = ("secretion_factor", "calcium_sensitivity")
    assert [numbers[f"parathyroid_gland.{factor}"] for factor in factors] == [1.0, 1.0]
    assert numbers["calcitriol.hydroxylase_factor"] == 1.0
    zero = ("calcitriol.infusion", "plasma.pthrp", "bone_mineral.extra_release", "kidney.filtration_decline")
    assert [numbers[name] for name in (*zero, "oestrogen.ageing")] == [0.0] * 5


def test_pthrp_acts_like_pth_except_on_hydroxylase(changed: Any) -> None:
    touched, _, _ = changed({"plasma.pthrp": 5.0})
    assert touched >= {*BONE_AND_TUBULE, "pth_agonist_plasma"}
    assert not touched & {*HYDROXYLASE, "pth_plasma", "pth_total_plasma", "pth_secretion"}


def test_teriparatide_acts_like_pth_everywhere_and_is_not_taken_for_it(changed: Any) -> None:
    touched, _, _ = changed({}, {"teriparatide.circulating": 70.0})
    assert touched >= {*BONE_AND_TUBULE, *HYDROXYLASE, "pth_total_plasma"}
    assert not touched & {"pth_plasma", "pth_secretion"}


def test_teriparatide_in_its_own_state_is_the_same_as_more_pth(body: Any) -> None:
    """As the published model has it; 1e-12: rounding of the two sums."""
    start, inputs = traced.MODEL.start(body.numbers), dict.fromkeys(traced.INPUTS, 0.0)
    pth = start["parathyroid_gland.pth"]
    apart = {**start, "teriparatide.circulating": 70.0, "teriparatide.subcutaneous": 300.0}
    one = {**start, "parathyroid_gland.pth": pth + 70.0, "teriparatide.subcutaneous": 300.0}
    apart, one = (traced.MODEL.at(x, body.numbers, inputs).rates() for x in (apart, one))
    for rates in (apart, one):
        rates["pth and teriparatide"] = rates.pop("parathyroid_gland.pth") + rates.pop(
            "teriparatide.circulating"
        )
    assert apart == pytest.approx(one, rel=1e-12, abs=1e-15)


def test_secretion_factor_multiplies_secretion_alone(changed: Any) -> None:
    touched, normal, moved = changed({"parathyroid_gland.secretion_factor": 5.0})
    assert touched == {"pth_secretion"}
    assert moved.signal("pth_secretion") == pytest.approx(5 * normal.signal("pth_secretion"), rel=1e-15)


def test_sensitivity_moves_the_calcium_that_secretion_senses_alone(changed: Any) -> None:
    touched, _, moved = changed({"parathyroid_gland.calcium_sensitivity": 1.1})
    assert touched == {"pth_secretion", "pth_secretion_for_calcium"}
    _, _, more_calcium = changed({}, {"plasma.calcium": 1.1 * 32.9})
    assert moved.signal("pth_secretion") == pytest.approx(more_calcium.signal("pth_secretion"), rel=1e-12)


def test_less_filtration_also_lowers_the_capacity_to_reabsorb(changed: Any) -> None:
    """In the normal state urinary calcium stays, phosphate falls in proportion."""
    _, normal, moved = changed({}, {"kidney.filtration": 3.0})
    lower = moved.signal("calcium_reabsorption_capacity") < normal.signal("calcium_reabsorption_capacity")
    assert lower
    # 1e-13 of what is filtered: the excretion is a small difference.
    assert moved.signal("calcium_urine") == pytest.approx(normal.signal("calcium_urine"), rel=1e-11)
    assert moved.signal("phosphate_urine") == pytest.approx(normal.signal("phosphate_urine") / 2, rel=1e-12)


def test_filtration_declines_exponentially_to_its_end(body: Any) -> None:
    ten_years = 10 * HOURS_PER_YEAR
    course = body.course([0.0, ten_years], {"kidney.filtration_decline": 3.0})
    left = 6.0 - 3.0 * (1 - 2.718281828459045**-1)
    assert course.signal("glomerular_filtration_rate", ten_years) == pytest.approx(left, rel=1e-7)


def test_hydroxylase_factor_and_infusion(changed: Any, body: Any) -> None:
    touched, normal, moved = changed({"calcitriol.hydroxylase_factor": 0.5})
    assert touched == {"hydroxylase_synthesis"}
    assert moved.signal("hydroxylase_synthesis") == 0.5 * normal.signal("hydroxylase_synthesis")
    start, inputs = traced.MODEL.start(body.numbers), dict.fromkeys(traced.INPUTS, 0.0)
    numbers = {**body.numbers, "calcitriol.infusion": 25.0}
    assert traced.MODEL.at(start, numbers, inputs).rates()["calcitriol.calcitriol"] == pytest.approx(25.0)


def test_hydroxylase_synthesis_ends_at_zero_where_phosphate_is_very_high(changed: Any) -> None:
    """The published law goes below zero above about 2.1 mmol/L."""
    at = [
        changed({}, {"plasma.phosphate": 14.0 * c})[2].signal("hydroxylase_synthesis")
        for c in (1.0, 1.2, 2.0, 3.0)
    ]
    assert at[0] == at[1] == pytest.approx(6.3)
    assert 0 < at[2] < 0.1 * 6.3
    assert at[3] == 0.0


def test_extra_release_takes_phosphate_with_it(changed: Any) -> None:
    _, normal, moved = changed({"bone_mineral.extra_release": 2.0})
    calcium, phosphate = (
        moved.signal(name) - normal.signal(name)
        for name in ("bone_calcium_release", "bone_phosphate_release")
    )
    assert calcium == pytest.approx(2.0, rel=1e-12)
    assert phosphate == pytest.approx(0.464 * 2.0, rel=1e-12)


def test_tissue_uptake_is_taken_from_plasma(body: Any) -> None:
    start = traced.MODEL.start(body.numbers)
    none, some = (
        traced.MODEL.at(
            start, body.numbers, {"calcium_uptake_tissue": c, "phosphate_uptake_tissue": p}
        ).rates()
        for c, p in ((0.0, 0.0), (0.5, 0.3))
    )
    differences = {name: none[name] - some[name] for name in none if none[name] != some[name]}
    assert differences == pytest.approx({"plasma.calcium": 0.5, "plasma.phosphate": 0.3}, rel=1e-9)
