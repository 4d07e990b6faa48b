"""Does oestrogen follow age when asked, and stay at 1 when not?"""

from __future__ import annotations

from typing import Any

import pytest

from calcis.body.peterson_riggs_2010.oestrogen import OESTROGEN
from calcis.part import assemble
from calcis.units import HOURS_PER_YEAR as YEAR
from tests.body import traced

MODEL = assemble([OESTROGEN])


def level(numbers: dict[str, float], age: float, **changes: float) -> float:
    """Oestrogen for an age in years."""
    changed = {**numbers, "oestrogen.age_at_start": age * YEAR}
    changed |= {f"oestrogen.{name}": value for name, value in changes.items()}
    return float(MODEL.start(changed)["oestrogen.oestrogen"])


def test_stays_at_one_unless_ageing(body: Any) -> None:
    assert level(body.numbers, 70) == 1.0
    point = MODEL.at({"oestrogen.oestrogen": 1.0}, body.numbers, time=20 * YEAR)
    assert point.rates() == {"oestrogen.oestrogen": 0.0}


def test_is_one_at_the_age_of_entry_and_falls_from_there(body: Any) -> None:
    levels = [level(body.numbers, age, ageing=1.0) for age in range(41, 80)]
    assert levels[0] == 1.0
    assert levels == sorted(levels, reverse=True)


def test_menopause_takes_its_share_between_onset_and_end_and_keeps_it(body: Any) -> None:
    """Half of 0.64 is lost half a duration after onset (by the law's own form), 4/5 at the end."""
    alone = {"ageing": 1.0, "menopause_loss": 0.0}
    for age, share in ((49.34, 0.0), (50.17, 0.5), (51.0, 0.8), (90.0, 1.0)):
        left = level(body.numbers, age, ageing=1.0) / level(body.numbers, age, **alone)
        # 1e-3 where the loss is complete only in the limit; 1e-9 elsewhere.
        assert left == pytest.approx(1.0 - 0.64 * share, rel=1e-3 if share == 1.0 else 1e-9)


def test_a_woman_who_ages_loses_bone_and_calcium(body: Any) -> None:
    years = [0.0, 5 * YEAR, 15 * YEAR]
    course = body.course(years, {"oestrogen.ageing": 1.0})
    for site in ("lumbar_spine", "lumbar_spine_denosumab", "femoral_neck"):
        density = [course.signal(f"bone_density_{site}", year) for year in years]
        assert density[0] > density[1] > density[2]
    urine = [course.signal("calcium_urine", year) for year in years]
    assert urine[0] < urine[1] < urine[2]


def test_bone_density_keeps_its_steady_value(body: Any) -> None:
    """b = (osteoblasts)^α/(osteoclasts)^β is the law's own steady state."""
    numbers, start = body.numbers, traced.MODEL.start(body.numbers)
    start["bone_cells.osteoclasts"] *= 2.0
    start["bone_density.femoral_neck"] = 2.0 ** -numbers["bone_density.femoral_neck_osteoclast_exponent"]
    rates = traced.MODEL.at(start, numbers, dict.fromkeys(traced.INPUTS, 0.0)).rates()
    # 1e-15: rounding of one difference of numbers near 1, times the turnover.
    assert rates["bone_density.femoral_neck"] == pytest.approx(0.0, abs=1e-15 * 5.651e-6 * 10)
    assert rates["bone_density.lumbar_spine"] < 0.0
