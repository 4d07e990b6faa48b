"""Does one arm that fails leave the others whole?"""

from __future__ import annotations

import numpy as np

from calcis.case import read_case_text
from calcis.simulate import simulate

CASE = """
calcis: 1
person: {age: 54 y, sex: female, mass: 68 kg}
body: peterson_riggs_2010
lesion:
  tissue: dermis
  injury: {kind: bite, at: 0 d, shape: {cone: {diameter: 6 mm, depth: 4 mm}}, killed: 0.9}
arms:
  good: []
  bad from the start: [{changes: {plasma.volume: 0 L}}]
  bad after days: [{changes: {gut.calcium_intake: -10 mmol/h}}]
run: {duration: 30 d, every: 1 d}
"""


def test_the_good_arm_is_complete_and_the_bad_ones_say_why():
    run = simulate(read_case_text(CASE, "case"))
    alone = simulate(read_case_text(CASE[: CASE.index("  bad from")] + CASE[CASE.index("run:") :], "case"))
    assert run.status == "failed"
    assert run["good"].failure is None
    for group in ("body_series", "lesion_series"):
        for name, series in getattr(alone["good"], group).items():
            assert np.array_equal(series.values, getattr(run["good"], group)[name].values), name
    for name in ("bad from the start", "bad after days"):
        arm = run[name]
        assert arm.failure is not None and name in arm.failure
        assert arm.findings[0].level == "urgent"
        assert np.isnan(arm.body_series["calcium_plasma"].values[-1])
        assert all(np.isnan(series.values[-1]) for series in arm.body_series.values())
        assert all(np.isnan(series.values[-1]) for series in arm.lesion_series.values())


def test_a_failed_arm_is_not_called_calm_and_its_picture_stops():
    from calcis.report.run_page import render
    from calcis.report.summary import sentences

    run = simulate(read_case_text(CASE, "case"))
    for name in ("bad from the start", "bad after days"):
        assert sentences(run, run[name], "si") == []
    page = render(run).partition("<body>")[2].partition("<h2>Numbers")[0]
    assert "nan" not in page.lower()
