"""Is a fluid read as it was meant, and refused with its place and the nearest name where it cannot be?"""

from __future__ import annotations

from pathlib import Path

import pytest

from calcis.errors import InputError
from calcis.fluids.reader import ask


def written(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def refused(folder: Path, name: str, text: str, kind: str = "plasma") -> InputError:
    with pytest.raises(InputError) as told:
        ask(written(folder, name, text), {}, kind)
    return told.value


@pytest.mark.parametrize(
    "head", ["calcium [mg/dL],p (mg/dL)", "Ca mg/dL,Phosphorus mg/dL", "calcium;phosphate"]
)
def test_units_stand_in_the_heading_or_in_the_cells(tmp_path: Path, head: str) -> None:
    row = "9.4 mg/dL;3.6 mg/dL" if ";" in head else "9.4,3.6"
    (one,) = ask(written(tmp_path, "a.csv", f"{head}\n{row}\n"), {}, "plasma").fluids
    assert one.values["calcium"] == pytest.approx(2.345, abs=0.001)
    assert one.values["phosphate"] == pytest.approx(1.162, abs=0.001)


def test_a_bad_row_is_told_with_its_place_and_the_others_go_on(tmp_path: Path) -> None:
    table = "id,calcium [mg/dL],ph,age\nA,9.4,7.4,50\nB,nine,7.4,60\n\nC,NA,7.3,61\nD,9,7.4,2,5\n"
    found = ask(written(tmp_path, "a.csv", table), {"temperature": "38 °C"}, "plasma")
    assert [one.name for one in found.fluids] == ["A", "C"]
    assert "calcium" not in found.fluids[1].values
    assert found.fluids[0].values["temperature"] == pytest.approx(311.15)
    assert [(one.line, one.column) for one in found.wrong] == [(3, 3), (6, 11)]
    assert found.unused == ["age"]


@pytest.mark.parametrize(
    ("head", "expected", "near"),
    [
        ("phosphat [mg/dL]", "a column", "phosphate"),
        ("phosphate [mg]", "a unit of phosphate", None),
        ("phosphate [mg/dL],p [mg/dL]", "each quantity once", None),
        ("colour", "a column such as", None),
    ],
)
def test_a_wrong_heading_is_refused(tmp_path: Path, head: str, expected: str, near: str | None) -> None:
    wrong = refused(tmp_path, "a.csv", f"{head}\n1,2\n")
    assert (wrong.line, wrong.nearest) == (1, near)
    assert expected in wrong.expected


def test_a_number_without_a_unit_is_refused(tmp_path: Path) -> None:
    assert "without a unit" in refused(tmp_path, "a.csv", "calcium\n9.4\n").got
    with pytest.raises(InputError, match="--calcium-ionised: ionised calcium as a number and its unit"):
        ask(None, {"calcium_ionised": "1.2"}, "plasma")
    with pytest.raises(InputError, match="a decimal point"):
        ask(None, {"calcium": "2,4 mmol/L"}, "plasma")


def test_many_fluids_of_a_yaml_file_share_what_stands_above_them(tmp_path: Path) -> None:
    text = "ph: 7.3\nfluids:\n  a: {calcium: 2.4 mmol/L}\n  b: {ph: 7.5}\n  c: {fluid: solution}\n"
    a, b, c = ask(written(tmp_path, "a.yaml", text), {"phosphate": "2 mmol/L"}, "plasma").fluids
    assert (a.values["ph"], b.values["ph"], c.kind) == (7.3, 7.5, "solution")
    assert a.values["phosphate"] == 2.0
    assert a.place == (str(tmp_path / "a.yaml"), 3)


@pytest.mark.parametrize(
    ("text", "line", "column", "near"),
    [
        ("calcium: 2 mmol/L\nphosphat: 1 mmol/L\n", 2, 1, "phosphate"),
        ("calcium: 2 mmol/L\nfluid: plasm\n", 2, 8, "plasma"),
        ("fluids:\n  a: {calcium: 2 mmol}\n", 2, 16, None),
        ("ph: 7.4\npco2: 40 mmHg\nbicarbonate: 24 mmol/L\n", 1, 1, None),
        ("fluid: solution\nalbumin: 40 g/L\n", 1, 1, None),
    ],
)
def test_a_wrong_yaml_file_is_refused(
    tmp_path: Path, text: str, line: int, column: int, near: str | None
) -> None:
    wrong = refused(tmp_path, "a.yaml", text)
    assert (wrong.line, wrong.column, wrong.nearest) == (line, column, near)
