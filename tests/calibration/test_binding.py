"""Does the body's closed form of calcium binding follow the chemistry of plasma, within its target?"""

from __future__ import annotations

import numpy as np
import pytest

from calcis.body.calcis.calcium_binding import CALCIUM_BINDING
from calcis.chemistry.plasma import numbers, per_litre_plasma
from calcis.parameters import data_path, read_parameters, read_text
from calibration.fit_binding import (
    FIXED,
    HERE,
    SCRIPT,
    TARGET,
    Binding,
    body_numbers,
    closed_form,
    report,
    some_plasma,
    speciated,
)

NOW = {
    name: body_numbers()[f"calcium_binding.{name}"]
    for name in CALCIUM_BINDING.parameters
    if name not in FIXED
}


def errors(labs: dict[str, np.ndarray]) -> Binding:
    found, wanted = closed_form(labs, NOW), speciated(labs)
    return Binding(found.ionised - wanted.ionised, found.ultrafilterable - wanted.ultrafilterable)


@pytest.mark.parametrize("seed", (11, 12, 13))
def test_any_plasma_of_the_clinical_range_is_within_the_target(seed: int) -> None:
    """0.01 mmol/L of ionised calcium, half more of what is filtered; on plasma that was not fitted to."""
    off = errors(some_plasma(2048, seed))
    assert np.abs(off.ionised).max() < TARGET
    assert np.abs(off.ultrafilterable).max() < 1.5 * TARGET


@pytest.mark.parametrize(
    ("lab", "step", "allowed"),
    # What half the target over a quarter of the range comes to.
    [("calcium", 0.05, 0.01), ("phosphate", 0.05, 0.006), ("albumin", 0.5, 0.0006), ("pH", 0.01, 0.03)],
)
def test_ionised_calcium_moves_with_labs_as_chemistry_has_it(lab: str, step: float, allowed: float) -> None:
    labs = some_plasma(1024, seed=14)
    middle = {name: 0.1 * value + 0.9 * value.mean() for name, value in labs.items()}
    more, less = ({**middle, lab: middle[lab] + sign * step} for sign in (1.0, -1.0))
    ours = (closed_form(more, NOW).ionised - closed_form(less, NOW).ionised) / (2.0 * step)
    theirs = (speciated(more).ionised - speciated(less).ionised) / (2.0 * step)
    assert np.abs(ours - theirs).max() < allowed


def test_the_report_tells_of_the_numbers_that_stand() -> None:
    found = read_parameters(data_path("body", "calcis.yaml"))
    assert {found[f"calcium_binding.{name}"].script for name in NOW} == {SCRIPT}
    assert report(NOW) == read_text(HERE / "binding.md")


def test_body_and_chemistry_mean_the_same_plasma() -> None:
    engine, body = numbers(), body_numbers()
    assert body["calcium_binding.plasma_water"] == per_litre_plasma(1.0)
    for name in ("albumin_normal", "albumin_share"):
        assert body[f"calcium_binding.{name}"] == engine[f"plasma.{name}"].value
