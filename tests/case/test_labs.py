"""Are labs read in the units that clinicians write, and refused where they cannot be right?"""

import pytest

from calcis.case import Vocabulary, read_case_text
from calcis.case.form import Labs
from calcis.errors import InputError

CASE = """\
calcis: 1
person: {age: 61 y, sex: male, mass: 80 kg}
body: peterson_riggs_2010
labs: {%s}
arms: {watch: []}
run: {duration: 1 d, every: 1 d}
"""


def read(labs: str, vocabulary: Vocabulary) -> Labs:
    found = read_case_text(CASE % labs, "case.yaml", vocabulary).labs
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("written", "name", "value"),
    [
        ("calcium: 9.4 mg/dL", "calcium", 94 / 40.078),
        ("calcium_ionised: 1250 umol/L", "calcium_ionised", 1.25),
        ("phosphate: 5.8 mg/dL", "phosphate", 58 / 30.973762),  # as phosphorus
        ("magnesium: 2 mg/dL", "magnesium", 20 / 24.305),
        ("albumin: 4.1 g/dL", "albumin", 41.0),
        ("creatinine: 1 mg/dL", "creatinine", 10 / 113.12),
        ("creatinine: 88.4 µmol/L", "creatinine", 0.0884),
        ("pth: 180 pg/mL", "pth", 180e3 / 9424.8),
        ("pth: 180 ng/L", "pth", 180e3 / 9424.8),
        ("vitamin_d_25: 30 ng/mL", "vitamin_d_25", 30e3 / 400.647),
        ("calcitriol: 40 pg/mL", "calcitriol", 40e3 / 416.646),
        ("fgf23: 60 pg/mL", "fgf23", 2.0),
        ("alkaline_phosphatase: 90 U/L", "alkaline_phosphatase", 90.0),
        ("alkaline_phosphatase: 90 IU/L", "alkaline_phosphatase", 90.0),
    ],
)
def test_labs_are_kept_in_one_unit_each(
    written: str, name: str, value: float, vocabulary: Vocabulary
) -> None:
    assert read(written, vocabulary).given == {name: pytest.approx(value)}


@pytest.mark.parametrize(
    ("written", "column", "text"),
    [
        ("calcium: 9.4 mmol/L", 17, "at most 6 mmol/L"),  # mg/dL was meant
        ("calcium: 2.35 mg/dL", 17, "at least 3.21 mg/dL"),  # mmol/L was meant
        ("vitamin_d_25: 30 pg/mL", 22, "at least 0.5 nmol/L"),  # ng/mL was meant
        ("albumin: 4.1 g/L", 17, "at least 5 g/L"),
        ("creatinine: 80 mg/dL", 20, "at most 45.2 mg/dL"),
        ("fgf23: 120 RU/mL", 15, "C-terminal"),
        ("calcium: 9.4", 17, "a number and its unit"),
        ("ionised_calcium: 1.2 mmol/L", 8, "did you mean calcium_ionised"),
        (
            "calcium: 2.4 mmol/L, calcium_ionised: 2.5 mmol/L",
            46,
            "less ionised calcium than calcium, 2.4 mmol/L",
        ),
        ("", 7, "one of calcium, "),
    ],
)
def test_what_cannot_be_right_is_refused_with_its_place(
    written: str, column: int, text: str, vocabulary: Vocabulary
) -> None:
    with pytest.raises(InputError) as refused:
        read(written, vocabulary)
    assert text in str(refused.value)
    assert (refused.value.line, refused.value.column) == (4, column)


def test_labs_are_of_people(vocabulary: Vocabulary) -> None:
    mouse = CASE.replace("{age: 61 y, sex: male, mass: 80 kg}", "{species: mouse}")
    mouse = mouse.replace(
        "peterson_riggs_2010",
        "clamped\nplasma: {calcium_ionised: 1.2 mmol/L, ph: 7.4, "
        "phosphate: 2 mmol/L, pyrophosphate: 3 umol/L}\nlesion: {tissue: dermis}",
    )
    with pytest.raises(InputError, match="of people"):
        read_case_text(mouse % "calcium: 2.4 mmol/L", "case.yaml", vocabulary)


def test_a_case_without_labs_has_none(vocabulary: Vocabulary) -> None:
    text = CASE.replace("labs: {%s}\n", "")
    assert read_case_text(text, "case.yaml", vocabulary).labs is None
