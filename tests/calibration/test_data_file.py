"""Are fitted numbers written where they belong, and is everything else left as it stood?"""

from __future__ import annotations

from pathlib import Path

import pytest

from calcis.errors import InputError
from calcis.parameters import Parameter, data_path, read_parameters, read_text
from calibration.data_file import Fitted, rewritten

TEXT = """# A comment, with {braces: 1} and "quotes".
species: human
parts:
  gut:  # here too
    share: {value: 0.5, unit: "1", range: [0, 1], kind: assumed, source: "calcis: a {choice}, by us",
      note: "fitted by hand, first guess 0.4; of what is eaten, {mostly}"}
    time: {value: 24, unit: h, kind: assumed, source: "calcis: a choice"}   # at the end
    other: {value: 3, unit: h, kind: assumed, source: "calcis: a choice", note: "by hand"}
"""
SHARE = Fitted("0.4321", "calibration/fit_body.py", "calcis: calibration/body.yaml", "0.4 to 0.5")


def test_only_what_was_fitted_changes(tmp_path: Path) -> None:
    text = rewritten(TEXT, "x.yaml", {"gut.share": SHARE, "gut.time": SHARE})
    lines = text.split("\n")
    head = 'kind: fitted, script: calibration/fit_body.py, source: "calcis: calibration/body.yaml",'
    assert lines[4] == f'    share: {{value: 0.4321, unit: "1", range: [0, 1], {head}'
    assert lines[5] == '      note: "one standard deviation: 0.4 to 0.5; of what is eaten, {mostly}"}'
    assert lines[6] == f"    time: {{value: 0.4321, unit: h, {head}"
    assert lines[7] == '      note: "one standard deviation: 0.4 to 0.5"}   # at the end'
    assert (lines[:4], lines[8:]) == (TEXT.split("\n")[:4], TEXT.split("\n")[7:])
    file = tmp_path / "x.yaml"
    file.write_text(text)
    numbers = read_parameters(file)
    assert numbers["gut.share"].script == "calibration/fit_body.py"
    assert numbers["gut.other"].kind == "assumed"
    assert rewritten(text, "x.yaml", {"gut.share": SHARE, "gut.time": SHARE}) == text


def test_the_body_as_it_stands_can_be_written(tmp_path: Path) -> None:
    """Every number of it, read back with all that was said of it."""
    path = data_path("body", "calcis.yaml")
    before = read_parameters(path)
    fitted = Fitted("0.5", "calibration/fit_body.py", "calcis: calibration/body.yaml", "0.4 to 0.6")
    inside = {name for name, one in before.items() if one.range is None or one.range == (0.0, 1.0)}
    file = tmp_path / "body.yaml"
    file.write_text(rewritten(read_text(path), str(path), dict.fromkeys(inside, fitted)), "utf-8")
    after = read_parameters(file)
    assert after.keys() == before.keys()
    for name, one in after.items():
        assert one.shown == ((0.5, before[name].shown[1]) if name in inside else before[name].shown)
        assert (one.range, one.species) == (before[name].range, before[name].species)
        assert [_told(of.spread) for of in (one, before[name])] == [_told(before[name].spread)] * 2


def _told(spread: Parameter | None) -> tuple[object, ...] | None:
    return None if spread is None else (spread.shown, spread.kind, spread.source, spread.note)


def test_a_number_that_is_not_in_braces_is_refused() -> None:
    text = "species: human\nparts:\n  gut:\n    share:\n      value: 1\n"
    with pytest.raises(InputError, match=r"x\.yaml:5:7: expected a number in braces"):
        rewritten(text, "x.yaml", {"gut.share": SHARE})
