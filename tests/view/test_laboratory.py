"""Does a reader see labs with their ranges, in the units asked for, and that they were not simulated?"""

import json
from dataclasses import replace

import pytest

from calcis.case.form import Labs
from calcis.case.quantity import Quantity
from calcis.laboratory import LABS, Laboratory, laboratory, laboratory_json
from calcis.report.run_page import render
from calcis.terminal import run_json, show_run
from tests.view.fake_run import CASE, fake_run

GIVEN = "labs: {calcium: 9.4 mg/dL, albumin: 3.1 g/dL, phosphate: 5.8 mg/dL, creatinine: 100 umol/L}\n"


def labs(system: str = "si", case: str = CASE + GIVEN) -> Laboratory:
    found = laboratory(case, system)
    assert found is not None
    return found


def test_every_lab_of_a_case_can_be_shown() -> None:
    """In the unit in which the form keeps it; a new one without a name for readers would end a run."""
    for name, field in Labs.model_fields.items():
        kept = next(one for one in _metadata(field.annotation) if isinstance(one, Quantity))
        assert LABS[name][1] == kept.unit, name
        case = CASE + f"labs: {{{name}: {kept.example}}}\n"
        (row,) = labs(case=case).measured
        assert row.given == kept.example and row.title
    assert list(LABS) == list(Labs.model_fields)


def _metadata(annotation: object) -> list[object]:
    found = list(getattr(annotation, "__metadata__", ()))
    return found + [one for part in getattr(annotation, "__args__", ()) for one in _metadata(part)]


def test_values_stand_in_the_units_asked_for() -> None:
    for system, calcium, unit, albumin in (("si", "2.35", "mmol/L", "31.0"), ("us", "9.40", "mg/dL", "3.10")):
        rows = {row.name: row for row in labs(system).measured}
        assert (rows["calcium"].value, rows["calcium"].unit) == (calcium, unit)
        assert rows["albumin"].value == albumin
        assert (rows["calcium"].outside, rows["albumin"].outside, rows["phosphate"].outside) == (
            "",
            "low",
            "high",
        )


def test_creatinine_is_held_against_the_range_of_the_sex() -> None:
    women = {row.name: row for row in labs().measured}
    men = {row.name: row for row in labs(case=CASE.replace("female", "male") + GIVEN).measured}
    assert (women["creatinine"].outside, men["creatinine"].outside) == ("high", "")
    assert women["creatinine"].ends == "45.0 to 90.0"


def test_a_child_has_no_ranges() -> None:
    assert not any(row.range for row in labs(case=CASE.replace("54 y", "9 y") + GIVEN).measured)


@pytest.mark.parametrize(
    ("case", "text"),
    [
        (CASE, "looks for the person whose state matches these values, and starts from there."),
        (CASE.replace("peterson_riggs_2010", "clamped"), "its plasma is given."),
    ],
)
def test_it_is_said_what_a_run_makes_of_labs(case: str, text: str) -> None:
    assert labs(case=case + GIVEN).simulated.endswith(text)


def test_report_terminal_and_json_have_the_labs(capsys: pytest.CaptureFixture[str]) -> None:
    run = replace(fake_run(), case_text=CASE + GIVEN)
    page = render(run)
    assert "Labs of this person" in page and "Not simulated" not in page and "9.4 mg/dL" in page
    assert (
        "CKD-EPI 2021" in page and "without race" in page
    )  # the formula, and its source among the references
    show_run(run, "si")
    told = " ".join(capsys.readouterr().out.split())
    assert "Labs of this person" in told and "looks for the person" in told
    found = run_json(run)["labs"]
    assert found == laboratory_json(labs()) and json.dumps(found, allow_nan=False)
    assert found["measured"]["calcium"]["value"] == pytest.approx(94 / 40.078)
    assert found["derived"]["calcium_corrected"]["value"] == pytest.approx(94 / 40.078 + 0.18)


def test_without_labs_nothing_is_told_of_them(capsys: pytest.CaptureFixture[str]) -> None:
    run = fake_run()
    show_run(run, "si")
    assert "Labs" not in render(run) + capsys.readouterr().out
    assert run_json(run)["labs"] is None
