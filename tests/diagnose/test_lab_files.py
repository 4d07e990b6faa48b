"""Are labs of tables and FHIR bundles read as they are meant, and refused where they cannot be?"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from calcis.clinical.labs import LABS
from calcis.diagnose.asked import Asked
from calcis.diagnose.fhir import LOINC, UNITS, codes
from calcis.diagnose.lab_files import KNOWN, lab_called
from calcis.diagnose.question import read_question
from calcis.errors import InputError

TABLE = """lab,value,unit,date
calcium,11.0,mg/dL,2026-03-01
calcium,10.2,mg/dL,2026-01-01
2731-8,105,pg/mL,2026-03-01
phosphorus,2.6,mg/dL,2026-03-01
TSH,2,mIU/L,2026-03-01
albumin,,g/dL,2026-03-01
"""


def of_table(tmp_path: Path, text: str, age: str | None = "61 y", sex: str | None = "female") -> Asked:
    file = tmp_path / "labs.csv"
    file.write_text(text, "utf-8")
    return read_question(file, {}, age, sex)


def observation(code: str, value: float, unit: str, **other: Any) -> dict[str, Any]:
    one = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"coding": [{"system": LOINC, "code": code}]},
        "subject": {"reference": "Patient/1"},
        "effectiveDateTime": "2026-03-01T08:00:00Z",
        "valueQuantity": {"value": value, "unit": unit, "system": UNITS, "code": unit},
    }
    return {"resource": {**one, **other}}


PATIENT = {"resource": {"resourceType": "Patient", "id": "1", "gender": "female", "birthDate": "1964-03-02"}}


def of_bundle(
    tmp_path: Path, *entries: dict[str, Any], text: str | None = None, **options: str | None
) -> Asked:
    file = tmp_path / "bundle.json"
    bundle = {"resourceType": "Bundle", "type": "collection", "entry": list(entries)}
    file.write_text(json.dumps(bundle, indent=1) if text is None else text, "utf-8")
    return read_question(file, {}, **options)


def labs(asked: Asked) -> dict[str, float]:
    assert asked.case.labs is not None
    return asked.case.labs.given


def test_a_table_is_read(tmp_path: Path) -> None:
    asked = of_table(tmp_path, TABLE)
    found = labs(asked)
    assert found == pytest.approx(
        {"calcium": 11.0 / 4.0078, "pth": 105 / 9.4248, "phosphate": 2.6 / 3.09738}, rel=1e-4
    )
    assert any("TSH" in text for text in asked.remarks) and any(
        "last counts" in text for text in asked.remarks
    )


def test_further_labs_are_read(tmp_path: Path) -> None:
    rows = "pthrp,5,pmol/L\ncalcium_creatinine_clearance_ratio,0.02,\nurine calcium,300,mg/d\n"
    asked = of_table(tmp_path, f"lab,value,unit\ncalcium,13,mg/dL\n{rows}")
    wanted = {"calcium_urine": 300 / 40.078, "calcium_creatinine_clearance_ratio": 0.02, "pthrp": 5.0}
    assert asked.further == pytest.approx(wanted, rel=1e-3)
    with pytest.raises(InputError) as wrong:
        of_table(tmp_path, "lab,value,unit\npthrp,5,mg/dL")
    assert (wrong.value.line, wrong.value.column) == (2, 7)


def test_a_bundle_is_read(tmp_path: Path) -> None:
    asked = of_bundle(
        tmp_path,
        PATIENT,
        observation("17861-6", 11.0, "mg/dL"),
        observation("2731-8", 105, "pg/mL"),
        observation("14682-9", 80, "umol/L"),
        observation("6768-6", 70, "U/L"),
        observation("3016-3", 2, "m[IU]/L"),
        observation("2777-1", 2.0, "mg/dL", status="entered-in-error"),
        observation("62292-8", 4, "ng/mL", valueQuantity={"value": 4, "comparator": "<", "unit": "ng/mL"}),
    )
    assert labs(asked) == pytest.approx(
        {"calcium": 11.0 / 4.0078, "pth": 105 / 9.4248, "creatinine": 0.08, "alkaline_phosphatase": 70},
        rel=1e-4,
    )
    assert asked.case.person.sex == "female" and asked.case.person.age == 61  # the day before a birthday
    said = " ".join(asked.remarks)
    assert "entered-in-error" in said and "vitamin d 25 <4 ng/mL" in said and "not used" in said


def test_a_table_of_another_country_is_read(tmp_path: Path) -> None:
    rows = "Calcium;11,0;mg/dl;01.03.2026\nPTH;<5;pg/mL;01.03.2026\nmagnesium;1,6;mEq/L;28.02.2026\n"
    asked = of_table(tmp_path, f"\ufeffTest Name;Result_Value;Units;Collection date\n{rows}")
    assert labs(asked) == pytest.approx({"calcium": 11.0 / 4.0078, "magnesium": 0.8}, rel=1e-4)
    assert any("pth <5 pg/mL" in text for text in asked.remarks)
    assert any("2026-02-28 to 2026-03-01" in text for text in asked.remarks)


def test_a_comma_that_may_part_thousands_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as wrong:
        of_table(tmp_path, "lab;value;unit\npth;1,050;pg/mL\n")
    assert wrong.value.nearest == "1.050 or 1050"


def test_a_number_in_the_wrong_unit_is_refused_with_one_that_fits(tmp_path: Path) -> None:
    for row, near in (("calcium,11.0,mmol/L", "11.0 mg/dL"), ("creatinine,80,mg/dL", "80 umol/L")):
        with pytest.raises(InputError) as wrong:
            of_table(tmp_path, f"lab,value,unit\n{row}\n")
        assert wrong.value.nearest == near


def test_components_and_contained_observations_are_read(tmp_path: Path) -> None:
    calcium, pth = observation("17861-6", 11.0, "mg/dl"), observation("2731-8", 105, "pg/mL")
    panel = observation("24321-2", 0, "1", component=[calcium["resource"], {"code": 3}, "x"])
    del panel["resource"]["valueQuantity"]
    report = {"resource": {"resourceType": "DiagnosticReport", "contained": [pth["resource"]]}}
    urine = observation(
        "6874-2", 300, "mg/(24.h)", effectiveDateTime=None, effectivePeriod={"end": "2026-03"}
    )
    asked = of_bundle(tmp_path, panel, report, urine, age="61 y", sex="female")
    assert labs(asked) == pytest.approx({"calcium": 11.0 / 4.0078, "pth": 105 / 9.4248}, rel=1e-4)
    assert asked.further == pytest.approx({"calcium_urine": 300 / 40.078}, rel=1e-3)


def test_the_last_of_several_dates_counts(tmp_path: Path) -> None:
    old = observation("17861-6", 9.0, "mg/dL", effectiveDateTime="2025-12-01")
    asked = of_bundle(tmp_path, old, CALCIUM, age="61 y", sex="female")
    assert labs(asked)["calcium"] == pytest.approx(11.0 / 4.0078, rel=1e-4)


def test_every_code_is_a_lab() -> None:
    assert set(LABS) < set(codes().values()) < set(KNOWN)
    assert lab_called("Phosphorus") == "phosphate" and lab_called("TSH") is None


@pytest.mark.parametrize(
    ("text", "expected", "got", "place"),
    [
        ("", "a table", "an empty file", (1, 1)),
        ("lab,value\ncalcium,11", "a column `unit`", "lab, value", (1, 1)),
        ("lab,valu,unit\ncalcium,11,mg/dL", "a column `value`", "valu", (1, 1)),
        ("lab,value,unit\ncalcim,11,mg/dL", "a lab", "calcim", (2, 1)),
        ("lab,value,unit\ncalcium,11", "3 cells", "2", (2, 1)),
        ("lab,value,unit\ncalcium,110,mg/dL", "at most", "110 mg/dL", (2, 9)),
        ("lab,value,unit\ncalcium,11,mg/dl!", "a concentration", "mg/dl!", (2, 9)),
        ("lab,value,unit\ncalcium,11,", "a number and its unit", "'11', without", (2, 9)),
        ("lab,value,unit\ncalcium,high,mg/dL", "a concentration", "high", (2, 9)),
        ("lab,value,unit,date\ncalcium,11,mg/dL,1.3.26", "a date", "1.3.26", (2, 18)),
        (
            "lab,value,unit\ncalcium,11,mg/dL\ncalcium,9,mg/dL",
            "one value of calcium",
            "9 mg/dL beside",
            (3, 9),
        ),
        ("lab,value,unit\nTSH,2,mIU/L", "a value of", "none", (None, None)),
    ],
)
def test_a_wrong_table_is_refused(
    tmp_path: Path, text: str, expected: str, got: str, place: tuple[int | None, int | None]
) -> None:
    with pytest.raises(InputError) as wrong:
        of_table(tmp_path, text)
    assert expected in wrong.value.expected and got in wrong.value.got, wrong.value
    assert (wrong.value.line, wrong.value.column) == place and wrong.value.file


@pytest.mark.parametrize(
    ("age", "sex", "expected"),
    [(None, "female", "--age"), ("61 y", None, "--sex"), ("61", "female", "--age"), ("61 y", "f", "--sex"),
     ("12 y", "male", "an adult"), ("610 y", "male", "--age")],
)  # fmt: skip
def test_whose_labs_they_are_is_needed(
    tmp_path: Path, age: str | None, sex: str | None, expected: str
) -> None:
    with pytest.raises(InputError) as wrong:
        of_table(tmp_path, TABLE, age, sex)
    assert expected in wrong.value.expected


CALCIUM = observation("17861-6", 11.0, "mg/dL")


def with_quantity(**given: Any) -> dict[str, Any]:
    return observation("17861-6", 11.0, "mg/dL", valueQuantity=given)


@pytest.mark.parametrize(
    ("entries", "expected", "got"),
    [
        ([with_quantity(value="11", unit="mg/dL")], "a number", "'11'"),
        ([with_quantity(value=11, unit="mg/DL")], "a unit of UCUM", "'mg/DL'"),
        ([with_quantity(value=11)], "a `code` or `unit`", "neither"),
        ([with_quantity(value=11, unit="mmol/L")], "at most", "11 mmol/L"),
        ([with_quantity(value=11, unit="mg/dL", system="http://x")], UNITS, "http://x"),
        ([with_quantity(value=110, unit="mg/dL")], "at most", "110 mg/dL"),
        (
            [CALCIUM, observation("2777-1", 3, "mg/dL", subject={"reference": "Patient/2"})],
            "one patient",
            "several",
        ),
        ([CALCIUM, observation("17861-6", 9.0, "mg/dL")], "one value of calcium", "9.0 mg/dL"),
        ([PATIENT, PATIENT, CALCIUM], "one Patient", "2"),
        (
            [observation("17861-6", 11.0, "mg/dL", effectiveDateTime="yesterday")],
            "a date and time",
            "yesterday",
        ),
        ([], "a value of", "none"),
    ],
)
def test_a_wrong_bundle_is_refused(
    tmp_path: Path, entries: list[dict[str, Any]], expected: str, got: str
) -> None:
    with pytest.raises(InputError) as wrong:
        of_bundle(tmp_path, *entries, age="61 y", sex="female")
    assert expected in wrong.value.expected and got in wrong.value.got, wrong.value
    assert wrong.value.file is not None
    assert wrong.value.line is not None or not entries


@pytest.mark.parametrize(
    "text",
    ['{"resourceType": "Bundle", "entry": 3}', '{"resourceType": "Patient"}', '{"resourceType": "Bundle",',
     '{"resourceType": "Bundle", "x": NaN}',
     '{"resourceType": "Bundle", "x": ' + "[" * 5000 + "]" * 5000 + "}",
     '["resourceType"]'],
)  # fmt: skip
def test_what_is_no_bundle_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(InputError) as wrong:
        of_bundle(tmp_path, text=text, age="61 y", sex="female")
    assert wrong.value.file is not None


def test_age_and_sex_are_not_for_a_case(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text("calcis: 1\nperson: {age: 40 y, sex: male}\nlabs: {calcium: 2.4 mmol/L}\n", "utf-8")
    assert read_question(file, {}).case.person.age == 40
    with pytest.raises(InputError):
        read_question(file, {}, age="50 y")
