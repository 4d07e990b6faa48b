"""Is what an experiment tells of a fluid that of the chemistry, and is a fluid that is wrong refused?"""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from calcis.chemistry import kinetics
from calcis.errors import InputError
from calcis.fluids.reader import Fluid
from calcis.fluids.solve import DISSOLVED, solve
from calcis.study.dissolved import dissolved
from calcis.study.experiment import read_experiments
from calcis.study.validation import Validation, validate

RIGHT = """calcis_validation: 1
title: Fluids
source: "villa_bellosta_2011: abstract"
kind: observed
fitted: false
why: a reason
experiments:
  serum:
    fluid: {fluid: plasma, fluids: {low: {phosphate: 1 mmol/L}, high: {phosphate: 3 mmol/L}}}
    observations:
      - {of: distance, arm: high minteq, minus: {arm: low minteq}, least: "0.1"}
"""


def outcome(folder: Path, before: str = "", after: str = "") -> Validation:
    assert before in RIGHT
    file = folder / "fluids.yaml"
    file.write_text(RIGHT.replace(before, after, 1))
    return validate(read_experiments(file))


def told(name: str, kind: str = "plasma", base: str = "minteq", **values: float) -> float:
    return float(dissolved([Fluid("it", kind, values)]).arms[base][name].values[0])


@pytest.mark.parametrize("base", ["minteq", "phreeqc"])
@pytest.mark.parametrize("kind", ["plasma", "solution"])
def test_it_is_what_calcis_saturation_says(kind: str, base: str) -> None:
    given = {"calcium": 2.3, "phosphate": 1.9, "sodium": 140.0, "chloride": 120.0, "ph": 7.3}
    found = solve([Fluid("it", kind, given)], base)
    for name in DISSOLVED:
        assert told(name, kind, base, **given) == pytest.approx(
            found.columns[name][0], abs=1e-9, nan_ok=True
        ), name
    for name, values in found.indices.items():
        assert told(f"saturation_{name}", kind, base, **given) == pytest.approx(values[0], abs=1e-9), name
    least, most = found.range("brushite", 0)
    assert told("saturation_brushite_most_soluble", kind, base, **given) == pytest.approx(least)
    assert told("saturation_brushite_least_soluble", kind, base, **given) == pytest.approx(most)


def test_inhibitors_and_rates_are_those_of_their_laws() -> None:
    assert told("ripening_time") == pytest.approx(
        329 / 60
    )  # of the general population, whose plasma is normal
    assert told("ripening_time", magnesium=1.2) > told("ripening_time")
    lifted = told("distance") - told("distance_inhibited")
    assert lifted == pytest.approx(math.log10(1 + 3.26 / 0.6465))
    assert told("excess") == pytest.approx(10 ** (told("distance") / 5) - 1)
    rates = kinetics.constants()
    means = [
        1 / rates[f"transformation.{step}"].value
        for step in ("amorphous_to_octacalcium", "octacalcium_to_apatite")
    ]
    plain = {"calcium": 5.0, "phosphate": 5.0, "sodium": 150.0, "chloride": 150.0, "ph": 10.0}
    assert told("time_to_apatite", "solution", **plain) == pytest.approx(sum(means), rel=0.1)
    assert told("time_to_apatite", "solution", **plain | {"ph": 4.0}) == math.inf


def test_a_comparison_of_fluids_is_said_without_time(tmp_path: Path) -> None:
    [one] = outcome(tmp_path).verdicts
    assert one.passed and one.name == "serum: distance in high minteq minus that in low minteq"


def test_an_impossible_fluid_fails_and_says_why(tmp_path: Path) -> None:
    change = ", minus: {arm: low minteq}"
    plain = RIGHT.replace(change, "").replace(
        "{phosphate: 3 mmol/L}", "{calcium: 1 mmol/L, calcium_ionised: 2 mmol/L}"
    )
    file = tmp_path / "impossible.yaml"
    file.write_text(plain)
    [one] = validate(read_experiments(file)).verdicts
    assert not one.as_expected and "more than the total" in one.failure


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("phosphate: 3 mmol/L", "phosphat: 3 mmol/L", "did you mean phosphate?"),
        ("phosphate: 3 mmol/L", "phosphate: 3", "a number and its unit"),
        ("fluid: plasma", "fluid: plasm", "did you mean plasma?"),
        ("    fluid:", "    start: {}\n    fluid:", "a `fluid` alone"),
        ("    fluid:", "    case: {}\n    fluid:", "a `fluid` alone"),
        ("of: distance", "of: distanc", "did you mean distance?"),
        ("arm: high minteq", "arm: high mintek", "did you mean high minteq?"),
        ("arm: high minteq", "arm: high minteq, at: 1 d", "up to the run's end"),
    ],
)
def test_what_is_wrong_is_refused_with_its_line(tmp_path: Path, before: str, after: str, said: str) -> None:
    with pytest.raises(InputError) as wrong:
        outcome(tmp_path, before, after)
    assert said in str(wrong.value) and wrong.value.line is not None
