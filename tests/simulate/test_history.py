"""Has a body lived with its disease when the run begins, as if the run had begun earlier?"""

from __future__ import annotations

import numpy as np
import pytest

from calcis.case import read_case_text
from calcis.errors import InputError
from calcis.simulate import simulate

CASE = """calcis: 1
person: {age: 61 y, sex: male, mass: 78 kg}
body: calcis
disease: {ckd: {gfr: 15 mL/min}}
history: 2 y
arms:
  watch: []
  binder: [changes: {gut.phosphate_unbound_fraction: 0.6}]
run: {duration: 100 d, every: 10 d, tolerance: 1e-8}
"""


def test_the_run_goes_on_where_the_history_ends():
    run = simulate(read_case_text(CASE, "case"))
    longer = CASE.replace("history: 2 y\n", "").replace("duration: 100 d", "duration: 830.5 d")
    whole = simulate(read_case_text(longer.replace("every: 10 d", "every: 730.5 d"), "case"))
    for name in ("calcium_plasma", "phosphate_plasma", "pth_plasma", "fgf23_plasma"):
        found = run["watch"].body_series[name].values
        then = whole["watch"].body_series[name].values
        # Two runs that stop at other times are each within a few tolerances of the truth.
        assert found[[0, -1]] == pytest.approx(then[1:], rel=1e-6), name
    assert then[1] > 1.1 * then[0]  # fgf23 had risen


def test_arms_differ_from_the_run_s_beginning_on_and_the_books_begin_there():
    run = simulate(read_case_text(CASE, "case"))
    watch, binder = (run[name].body_series["phosphate_plasma"].values for name in ("watch", "binder"))
    assert watch[0] == binder[0] > 1.4
    assert binder[-1] < 0.9 * watch[-1]
    for arm in run.arms.values():
        assert max(share for name, share in arm.ledger.items() if not name.startswith("organs.")) < 1e-11
        # In a well-supplied organ a thousand times as much goes to and fro as stays.
        assert max(arm.ledger.values()) < 1e-9
        assert np.isfinite(arm.body_series["calcium_plasma"].values).all()


def test_without_a_body_there_is_no_history():
    text = """calcis: 1
person: {species: mouse}
body: clamped
plasma: {calcium_ionised: 1.25 mmol/L, phosphate: 1.8 mmol/L, pyrophosphate: 1 umol/L, ph: 7.4}
history: 1 y
lesion: {tissue: dermis}
arms: {a: []}
run: {duration: 10 d, every: 1 d}
"""
    with pytest.raises(InputError, match="5:1: expected no history"):
        read_case_text(text, "case")


def test_a_history_that_nobody_survives_is_told():
    text = CASE.replace("history: 2 y", "history: 4 y").replace(
        "disease: {ckd: {gfr: 15 mL/min}}", "changes: {plasma.calcium_infusion: 200 mmol/h}"
    )
    with pytest.raises(InputError, match="can live for its history"):
        simulate(read_case_text(text, "case"))
