"""Is what nobody can be given, be or have refused in words, with its place and the nearest that can be?"""

from __future__ import annotations

import pytest

from calcis.case import read_case_text
from calcis.errors import InputError

CASE = """\
calcis: 1
person: {age: 60 y, sex: female, mass: 70 kg}
body: calcis
MORE
arms:
  watch: []
  it: [ACTION]
run: {duration: 60 d, every: 1 d}
"""
SHAPE = "{cone: {diameter: 6 mm, depth: 4 mm}}"
LESION = f"lesion: {{tissue: dermis, injury: {{kind: bite, at: 1 d, shape: {SHAPE}, killed: 0.9}}}}"
BLOCK = LESION.replace("dermis,", "dermis, grid: [16, 16, 8], spacing: 1 mm,")


def refused(text: str) -> InputError:
    with pytest.raises(InputError) as wrong:
        read_case_text(text, "case.yaml")
    assert wrong.value.line is not None and wrong.value.column is not None
    return wrong.value


def case(action: str = "", more: str = "") -> str:
    return CASE.replace("ACTION", action).replace("MORE", more)


@pytest.mark.parametrize(
    ("action", "said"),
    [
        ("zoledronate 4 g IV", "expected a dose of zoledronate of at most 40 mg, got 4 g"),
        ("zoledronate 4 mg IV every 1 h", "expected at most 40 mg of zoledronate within 24 h, got 96 mg"),
        ("saline 5 L IV over 1 h every 1 h", "expected at most 20 L of saline within 24 h, got 120 L"),
        ("diltiazem 1000 mg PO every 1 h", "at most 2000 mg of diltiazem within 24 h, got 24000 mg"),
        ("zoledronate 30 mg IV, zoledronate 30 mg IV", "at most 40 mg of zoledronate within 24 h, got 60 mg"),
        ("diltiazem 60 mg PO over 3 h", "expected a dose PO at once, or IV over a time, got PO over 3 h"),
        ("zoledronate 4 mgs IV", "got 'mgs'; did you mean mg?"),
        ("calcitonin 100 U SC", "expected IU, or umol/min for an enzyme, got 'U'"),
        ("calcitriol 0.5 ug daily", "expected a route of calcitriol: PO, IV, got none"),
        ("diltiazem 60 mg PO daily daily", "expected how often said once, got 'daily' after 'daily'"),
        ("zolendronate 4 mg IV", "got 'zolendronate'; did you mean zoledronate?"),
        ("diazepam 5 mg PO", "got 'diazepam'"),
        ("benzothiazepine 60 mg PO", "expected one drug of that class: diltiazem"),
        ("benzodiazepine 5 mg PO", "(midazolam, triazolam may stand in `medication`)"),
        ("bisphosphonates 4 mg IV", "expected one drug of that class: alendronate, clodronate"),
        ("haemodialysis 4 h", "expected {disease: dialysis}, which is no dose"),
        ("excision at 10 d", "expected {excise: {at: 30 d, margin: 2 mm}}, which is no dose"),
        ("radiotherapy, radiotherapy", "expected radiotherapy once in an arm, got it again"),
        ("radiotherapy 7 Gy", "expected radiotherapy alone, at the start of the run"),
    ],
)
def test_doses_that_nobody_is_given(action: str, said: str) -> None:
    assert said in str(refused(case(action)))


def test_nobody_is_asked_whether_a_benzodiazepine_is_diltiazem() -> None:
    assert refused(case("diazepam 5 mg PO daily")).nearest is None


@pytest.mark.parametrize(
    ("action", "more", "said"),
    [
        ("{excise: {at: 10 d, margin: 20 mm}}", BLOCK, "so a margin of at most 4 mm, got 46 x 46 x 24 mm"),
        (
            "{excise: {at: 10 d, region: {sphere: {diameter: 2 mm, depth: 30 mm}}}}",
            BLOCK,
            "expected an excision inside the block of 16 x 16 x 8 mm, got 2 x 2 x 31 mm",
        ),
        (
            "{excise: {at: 10 d}}, {curette: {at: 10 d, share: 0.5}}",
            LESION,
            "expected operations at different times, got excise and curette both on day 10",
        ),
        ("", "labs: {calcium: 94 mg/dL}", "expected at least 3.21 mg/dL, at most 24 mg/dL, got '94 mg/dL'"),
        (
            "",
            "labs: {calcium: 9.4 mmol/L}",
            "expected at least 0.8 mmol/L, at most 6 mmol/L, got '9.4 mmol/L'",
        ),
        ("", "labs: {creatinine: 90 mg/dL}", "at most 45.2 mg/dL"),
    ],
)
def test_operations_and_labs_that_cannot_be(action: str, more: str, said: str) -> None:
    assert said in str(refused(case(action, more)))


@pytest.mark.parametrize("mass", ["700 g", "12 kg", "800 kg"])
def test_nobody_has_such_a_mass(mass: str) -> None:
    assert "an adult of 20 to 650 kg" in refused(case().replace("70 kg", mass)).expected


def test_a_child_may_be_light() -> None:
    text = case().replace("60 y", "1 y").replace("70 kg", "9 kg")
    assert read_case_text(text, "case.yaml").person.mass == 9.0


@pytest.mark.parametrize("name", ["Watch", '" watch"', '"watch "', "WATCH"])
def test_two_arms_are_not_called_the_same(name: str) -> None:
    wrong = refused(case().replace("  it: []", f"  {name}: []"))
    assert wrong.expected == "a name unlike that of another arm, 'watch'"


def test_an_infusion_that_the_end_cuts_short_is_told() -> None:
    (told,) = read_case_text(case("saline 3 L IV over 2 d at 59 d"), "case.yaml").arms["it"].remarks
    assert told == "The run ends before the last dose has been given in full: saline 3 L IV over 2 d at 59 d."


def test_a_procedure_is_a_set_of_changes_with_sources() -> None:
    arm = read_case_text(case(" Parathyroidectomy "), "case.yaml").arms["it"]
    assert arm.words == ("Parathyroidectomy, of one adenoma",)
    assert {change.name: change.value for change in arm.sets[0]}["parathyroid_gland.mass_factor"] == 0.75
    peterson = case("parathyroidectomy").replace("body: calcis", "body: peterson_riggs_2010")
    assert "a body in which there is parathyroid_gland.mass_factor" in str(refused(peterson))
