"""Is what is said of a person's labs said where it holds, and only there?"""

import pytest

from calcis.clinical.appraisal import appraise
from calcis.clinical.formulas import constants
from calcis.clinical.grades import calcium_grade, lines, normal, vitamin_d_status
from calcis.parameters import reference_keys


def said(labs: dict[str, float], level: str | None = None, age: float | None = 50.0) -> str:
    remarks = appraise(labs, age, "male").remarks
    return " ".join(one.text for one in remarks if level in (None, one.level))


def test_nothing_is_warned_of_in_a_healthy_person() -> None:
    healthy = {
        "calcium": 2.4,
        "calcium_ionised": 1.2,
        "albumin": 42.0,
        "phosphate": 1.1,
        "creatinine": 0.08,
        "pth": 4.0,
        "vitamin_d_25": 75.0,
    }
    assert said(healthy, "warning") == ""


def test_calcium_is_graded_corrected() -> None:
    """Total calcium of 2.45 with 20 g/L of albumin is 2.85 corrected."""
    assert "not corrected" not in said({"calcium": 2.45, "albumin": 20.0})
    assert "2.85 mmol/L (11.4 mg/dL) is mild hypercalcaemia" in said({"calcium": 2.45, "albumin": 20.0})
    assert "hypercalcaemia" not in said({"calcium": 2.45})
    assert "Calcium is not corrected" in said({"calcium": 2.45}, "warning")


def test_grades_of_calcium_end_where_the_guidance_says() -> None:
    grades = {1.89: "severe hypo", 1.9: "mild hypo", 2.19: "mild hypo", 2.2: "", 2.6: "", 2.61: "mild hyper"}
    grades |= {2.99: "mild hyper", 3.0: "moderate hyper", 3.5: "moderate hyper", 3.51: "severe hyper"}
    for calcium, grade in grades.items():
        assert calcium_grade(calcium) == (f"{grade}calcaemia" if grade else ""), calcium


def test_ionised_calcium_counts_where_the_two_disagree() -> None:
    """Low total, normal ionised: no hypocalcaemia is told, and PTH is judged by ionised calcium."""
    text = said({"calcium": 2.0, "calcium_ionised": 1.2, "pth": 4.0}, "warning")
    assert "ionised calcium counts" in text
    assert "hypocalcaemia" not in text and "PTH" not in text
    assert "does not answer" in said({"calcium": 2.4, "calcium_ionised": 1.5, "pth": 4.0}, "warning")


@pytest.mark.parametrize(
    ("calcium", "pth", "text"),
    [
        (2.9, 4.0, "PTH is not below its range though calcium is high"),
        (2.9, 1.0, ""),
        (1.9, 4.0, "PTH is not above its range though calcium is low"),
        (1.9, 12.0, ""),
        (2.4, 12.0, ""),
    ],
)
def test_pth_is_held_against_calcium(calcium: float, pth: float, text: str) -> None:
    told = said({"calcium": calcium, "albumin": 40.0, "pth": pth}, "warning")
    assert ("PTH is not" in told) == bool(text)
    assert text in told


def test_correction_is_warned_of_where_the_kidneys_fail() -> None:
    labs = {"calcium": 2.3, "albumin": 30.0}
    assert "uncorrected calcium told more" in said({**labs, "creatinine": 0.3}, "warning")
    assert "estimate" not in said({**labs, "creatinine": 0.08}, "warning")
    assert "estimate" in said(labs)
    assert "estimate" not in said({**labs, "calcium_ionised": 1.2})


def test_the_product_uses_corrected_calcium_where_it_can() -> None:
    assert appraise({"calcium": 2.0, "phosphate": 2.0}).value("calcium_phosphate_product") == 4.0
    corrected = appraise({"calcium": 2.0, "phosphate": 2.0, "albumin": 30.0})
    assert corrected.value("calcium_phosphate_product") == pytest.approx(4.4)
    # 55 mg²/dL² over 4.0078·3.0974 is 4.43 mmol²/L²
    assert "target" not in said({"calcium": 2.0, "phosphate": 2.2, "albumin": 40.0}, "warning")
    assert "target" in said({"calcium": 2.0, "phosphate": 2.22, "albumin": 40.0}, "warning")


def test_egfr_needs_age_and_sex() -> None:
    assert appraise({"creatinine": 0.08}, 50.0, None).value("estimated_gfr") is None
    assert "age and sex" in " ".join(one.text for one in appraise({"creatinine": 0.08}).remarks)
    assert appraise({"creatinine": 0.08}, 18.0, "male").value("estimated_gfr") is not None


def test_a_child_is_not_graded() -> None:
    found = appraise({"calcium": 2.9, "albumin": 40.0, "creatinine": 0.05, "fgf23": 2.0}, 17.9, "female")
    assert found.derived == ()
    told = " ".join(one.text for one in found.remarks)
    assert "of adults" in told and "hypercalcaemia" not in told
    assert "Assays are not standardised" in told


def test_the_assay_is_told_only_of_what_was_measured() -> None:
    assert "FGF23" not in said({"pth": 4.0}) and "second generation" in said({"pth": 4.0})
    assert "second generation" not in said({"fgf23": 2.0}) and "C-terminal" in said({"fgf23": 2.0})
    assert "IDMS" in said({"creatinine": 0.08})


def test_vitamin_d_by_its_lines() -> None:
    levels = {29.9: "deficient", 30.0: "inadequate", 49.9: "inadequate", 50.0: "adequate", 125.0: "adequate"}
    assert {level: vitamin_d_status(level) for level in levels} == levels
    assert vitamin_d_status(125.1) == "high"


def test_every_source_that_is_told_is_in_the_bibliography() -> None:
    labs = dict.fromkeys(("pth", "fgf23", "vitamin_d_25"), 10.0)
    cases = [
        {"calcium": level, "albumin": 30.0, "phosphate": 3.0, "creatinine": 0.3} for level in (1.5, 2.2, 3.4)
    ]
    told = [one.source for case in cases for one in appraise({**labs, **case}, 50.0, "male").remarks]
    told += [one.source for one in (*constants().values(), *lines().values(), *normal().values())]
    assert {source.partition(":")[0] for source in told if source} <= reference_keys()
