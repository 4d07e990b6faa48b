"""Is the start of the body of Calcis a steady state, whatever its constants, and does it stay there?"""

from __future__ import annotations

import random

import numpy as np
import pytest

from calcis.parameters import data_path, read_parameters
from tests.body.calcis_courses import BODY, INPUTS, MODEL, NAMES, NUMBERS, YEAR, course

NONE = dict.fromkeys(INPUTS, 0.0)
# What diseases move; all else are constants of the normal state.
NEUTRAL = {
    name
    for name, one in read_parameters(data_path("body", "calcis.yaml")).items()
    if one.source.startswith("calcis: neutral")
} - {"calcium_binding.albumin"}
# Shares of a whole, and what is bounded by another number: moved by few per cent only.
NARROW = ("share", "fraction", "capacity_without_pth", "threshold_least", "release_least")


def residuals(numbers: dict[str, float]) -> dict[str, float]:
    """Each state's rate at the start, 1/h of the state, or of 1 for those that start at nothing."""
    start = BODY.start(numbers)
    rates = BODY.at(start, numbers, NONE).rates()
    return {name: abs(rate) / max(abs(start[name]), 1.0) for name, rate in rates.items()}


def test_the_start_is_a_steady_state() -> None:
    assert max(residuals(NUMBERS).values()) < 1e-12


@pytest.mark.parametrize("seed", range(20))
def test_it_is_one_whatever_constant_is_changed(seed: int) -> None:
    """All constants at once, by up to a fifth, shares by up to a fiftieth; with any albumin."""
    dice = random.Random(seed)
    changed = dict(NUMBERS)
    for name in NUMBERS:
        if name not in NEUTRAL:
            span = 0.02 if any(word in name for word in NARROW) else 0.2
            changed[name] *= dice.uniform(1 - span, 1 + span)
    changed["kidney.filtration_rate"] = changed["kidney.filtration_rate_normal"]
    changed["calcium_binding.albumin"] = dice.uniform(15.0, 50.0)
    found = residuals(changed)
    assert max(found.values()) < 1e-12, max(found, key=found.__getitem__)


def test_neutral_numbers_are_neutral() -> None:
    """Zero or one, as their notes say, so that nobody starts with a disease."""
    assert len(NEUTRAL) > 20
    assert {NUMBERS[name] for name in NEUTRAL} == {0.0, 1.0, 6.0}
    assert NUMBERS["kidney.filtration_rate"] == NUMBERS["kidney.filtration_rate_normal"] == 6.0
    assert NUMBERS["calcium_binding.albumin"] == NUMBERS["calcium_binding.albumin_normal"]


def test_it_holds_for_ten_years() -> None:
    """1e-9: rounding that ten years' steps add, far below the tolerance of a step."""
    found = course([0.0, YEAR, 10 * YEAR])
    begin = np.abs(found.states[0])
    for k, name in enumerate(NAMES):
        if not name.startswith("ledger."):
            drift = np.abs(found.states[:, k] - found.states[0, k]).max()
            assert drift <= 1e-9 * max(begin[k], MODEL.states[name].scale), name


def test_albumin_moves_total_calcium_and_leaves_ionised_calcium() -> None:
    """0.02 mmol/L for a g/L of albumin, as the usual correction has it, to its printed digit."""
    total = {}
    for albumin in (40.0, 20.0):
        numbers = {**NUMBERS, "calcium_binding.albumin": albumin}
        point = BODY.at(BODY.start(numbers), numbers, NONE)
        assert point.signal("calcium_ionised_plasma") == pytest.approx(
            NUMBERS["plasma.calcium_ionised_normal"], rel=1e-12
        )
        total[albumin] = point.signal("calcium_plasma")
    assert total[40.0] - total[20.0] == pytest.approx(0.02 * 20.0, abs=0.005 * 20.0)
