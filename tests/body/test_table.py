"""Does the published body give every printed value of an independent implementation of it?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from calcis.reading import read_yaml

VALIDATION = Path(__file__).parents[2] / "validation" / "peterson_riggs_2010"
DATA = read_yaml(VALIDATION / "experiments.yaml").data


@pytest.mark.parametrize("name", DATA["experiments"])
def test_experiment_gives_the_printed_values(name: str, compare: Any, body: Any) -> None:
    checks = list(compare.checks(body, name))
    assert checks
    assert [check for check in checks if not check.passed] == []


def _marked(row: dict[str, str]) -> Any:
    """A row that disagrees fails visibly, with its reason."""
    marks = [pytest.mark.xfail(strict=True, reason=row["disagrees"])] if "disagrees" in row else []
    return pytest.param(row, marks=marks, id=row["calcium"])


@pytest.mark.parametrize("row", [_marked(row) for row in DATA["fast secretion"]])
def test_fast_secretion_is_the_printed_sigmoid(row: dict[str, str], compare: Any, body: Any) -> None:
    calcium = compare.in_laws(row["calcium"], "mmol/L")
    states = compare.MODEL.start(body.numbers)
    states["plasma.calcium"] = calcium * body.numbers["plasma.volume"]
    point = compare.MODEL.at(states, body.numbers, dict.fromkeys(compare.INPUTS, 0.0))
    pth = point.signal("pth_secretion_for_calcium") / body.numbers["parathyroid_gland.pth_clearance"]
    if "pth" in row:
        wanted, tolerance = compare.in_laws(row["pth"], "pmol/L", "pth_plasma"), compare.tolerance(row["pth"])
        assert pth == pytest.approx(wanted, abs=compare.in_laws(f"{tolerance} pg/mL", "pmol/L", "pth_plasma"))
    else:
        times = pth / body.numbers["parathyroid_gland.pth_normal"]
        assert times == pytest.approx(float(row["times_normal"]), abs=compare.tolerance(row["times_normal"]))


def test_normal_state_drifts_less_than_a_500th_in_ten_years(compare: Any, body: Any) -> None:
    """0.2 %: the published constants are rounded, so that the start is a steady state to that much."""
    course = body.course([0.0, 10 * 8766.0])
    for k, state in enumerate(compare.MODEL.states):
        start, end = course.states[:, k]
        assert abs(end - start) <= 2e-3 * abs(start), state


def test_denosumab_lowers_calcium_most_after_five_to_seven_days(compare: Any, body: Any) -> None:
    times = [6.0 * k for k in range(4 * 28 + 1)]
    course = body.course(times, doses={"denosumab.subcutaneous": 400.0})
    calcium = [course.signal("calcium_plasma", time) for time in times]
    assert 5 * 24 <= times[calcium.index(min(calcium))] <= 7 * 24
