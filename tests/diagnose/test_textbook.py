"""Are patients whom textbooks describe told what textbooks say?  Rankings and directions, no numbers."""

from __future__ import annotations

import pytest

from calcis.diagnose import answer as answering
from calcis.diagnose.answer import answer, told_by
from calcis.diagnose.differential import differential
from calcis.diagnose.further import further
from calcis.diagnose.likelihood import Evidence
from calcis.diagnose.reasons import reasons
from calcis.diagnose.settings import setting
from calcis.diagnose.words import remarks
from tests.diagnose.persons import asked, few, found

TUMOUR, GLAND = "humoral_hypercalcaemia_of_malignancy", "primary_hyperparathyroidism"
SUPPRESSED = "calcium: 14.4 mg/dL, albumin: 4 g/dL, phosphate: 2.2 mg/dL, pth: 8 pg/mL, creatinine: 1.1 mg/dL"
LEVEL = "calcium: 12.4 mg/dL, phosphate: 2.3 mg/dL, pth: {} pg/mL, creatinine: 0.9 mg/dL"
BORN = (
    "calcium: 11 mg/dL, albumin: 4.3 g/dL, phosphate: 3 mg/dL, pth: 45 pg/mL, creatinine: 0.8 mg/dL, "
    "magnesium: 2.2 mg/dL"
)
# Labs, setting, and the disease that is most probable, alone or beside another.
FIRST = {
    "suppressed PTH, low phosphate": (SUPPRESSED, "general_practice", TUMOUR),
    "severe adenoma": (
        "calcium: 13.4 mg/dL, albumin: 4 g/dL, phosphate: 2.0 mg/dL, pth: 400 pg/mL, creatinine: 1.2 mg/dL",
        "hospital",
        GLAND,
    ),
    "parathyroid crisis": (
        "calcium: 15.8 mg/dL, albumin: 4 g/dL, phosphate: 2.0 mg/dL, pth: 719 pg/mL, creatinine: 1.6 mg/dL",
        "hospital",
        GLAND,
    ),
    "sarcoidosis": (
        "calcium: 11.8 mg/dL, phosphate: 3.9 mg/dL, pth: 8 pg/mL, creatinine: 1.2 mg/dL, "
        "calcitriol: 95 pg/mL, vitamin_d_25: 25 ng/mL",
        "hospital",
        "granulomatous_disease",
    ),
    "intoxication": (
        "calcium: 13.5 mg/dL, phosphate: 4.4 mg/dL, pth: 6 pg/mL, vitamin_d_25: 300 ng/mL",
        "hospital",
        "vitamin_d_intoxication",
    ),
    "uraemia": (
        "calcium: 8.4 mg/dL, phosphate: 6.2 mg/dL, pth: 420 pg/mL, creatinine: 7 mg/dL",
        "kidney_clinic",
        "ckd",
    ),
    "osteomalacia": (
        "calcium: 8.2 mg/dL, phosphate: 2.3 mg/dL, pth: 180 pg/mL, vitamin_d_25: 5 ng/mL",
        "general_practice",
        "vitamin_d_deficiency",
    ),
    "no glands": (
        "calcium: 6.8 mg/dL, phosphate: 6.0 mg/dL, pth: 5 pg/mL, creatinine: 0.8 mg/dL, magnesium: 1.9 mg/dL",
        "endocrine_clinic",
        "hypoparathyroidism",
    ),
    "phosphate kept": (
        "calcium: 9.7 mg/dL, phosphate: 7.4 mg/dL, pth: 20 pg/mL, calcitriol: 80 pg/mL",
        "endocrine_clinic",
        "hyperphosphataemic_familial_tumoral_calcinosis",
    ),
    "cells that fall apart": (
        "calcium: 7.4 mg/dL, phosphate: 8.5 mg/dL, pth: 180 pg/mL, creatinine: 1.4 mg/dL",
        "hospital",
        "tumour_lysis",
    ),
}


@pytest.mark.parametrize("patient", FIRST)
def test_a_patient_of_textbooks_is_told_the_disease(patient: str) -> None:
    labs, where, disease = FIRST[patient]
    told = found(labs, where).diseases
    assert max(told, key=lambda name: told[name][1]) == disease


def test_suppressed_pth_excludes_hyperparathyroidism_and_speaks_for_a_tumour() -> None:
    one = found(SUPPRESSED)
    assert one.diseases[GLAND][1] < 0.02
    said = {reason.lab: reason.speaks for reason in reasons(few(), one)[one.candidates[0].hypothesis]}
    assert said["pth"] == "for"


def test_pth_tells_glands_from_tumours() -> None:
    low, high = (found(LEVEL.format(pth), "hospital").diseases for pth in (8, 110))
    assert high[GLAND][1] > 0.5 > low[GLAND][1] and high[TUMOUR][1] < low[TUMOUR][1]


def share(disease: str, labs: str, where: str, **further_labs: float) -> float:
    """The probability of a disease, with labs that only a diagnosis compares."""
    more = tuple(further()[name].measured(value) for name, value in further_labs.items())
    evidence = Evidence((*told_by(asked(labs).case)[0], *more))
    return differential(few(), evidence, setting(where)).diseases[disease][1]


@pytest.mark.parametrize(
    ("disease", "labs", "where", "lab", "against", "speaks_for"),
    [
        ("milk_alkali_syndrome", "calcium: 13.2 mg/dL, pth: 8 pg/mL", "hospital", "bicarbonate", 23, 35),
        ("osteolytic_metastases", "calcium: 13 mg/dL, pth: 6 pg/mL", "hospital", "pthrp", 9, 0.5),
        (
            "autosomal_dominant_hypocalcaemia",
            "calcium: 7.6 mg/dL, pth: 14 pg/mL",
            "endocrine_clinic",
            "calcium_urine",
            1,
            8,
        ),
        ("thiazide", "calcium: 10.6 mg/dL, pth: 18 pg/mL", "general_practice", "calcium_urine", 8, 2),
        (
            "familial_hypocalciuric_hypercalcaemia",
            BORN,
            "endocrine_clinic",
            "calcium_creatinine_clearance_ratio",
            0.03,
            0.005,
        ),
    ],
)
def test_a_further_lab_moves_it_as_textbooks_say(
    disease: str, labs: str, where: str, lab: str, against: float, speaks_for: float
) -> None:
    assert share(disease, labs, where, **{lab: speaks_for}) > 2.0 * share(
        disease, labs, where, **{lab: against}
    )


def test_in_dialysis_low_pth_is_bone_that_does_not_turn_over() -> None:
    labs, bone = "calcium: 10.2 mg/dL, phosphate: 5.5 mg/dL, pth: {} pg/mL", "adynamic_bone_disease"
    low, high = (found(labs.format(pth), "dialysis_unit").diseases[bone][1] for pth in (30, 600))
    assert low > 0.5 > 0.1 > high


def test_pth_tells_lack_of_hormone_from_lack_of_answer() -> None:
    labs = "calcium: 8.0 mg/dL, phosphate: 5.2 mg/dL, pth: {} pg/mL, creatinine: 0.8 mg/dL"
    lacks, deaf = (found(labs.format(pth), "endocrine_clinic").diseases for pth in (6, 200))
    glands, answer_ = "hypoparathyroidism", "pseudohypoparathyroidism"
    assert lacks[glands][1] > 0.5 > lacks[answer_][1] and deaf[answer_][1] > deaf[glands][1]


def test_a_drug_that_would_explain_it_is_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "ensemble", lambda age, progress: few())
    where = "setting: endocrine_clinic\nfurther_labs: {calcium_creatinine_clearance_ratio: 0.005}"
    assert any("Ask about thiazide" in text for _, text in remarks(answer(asked(BORN, where))))


def test_who_is_unlike_others_with_the_disease_is_told_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "ensemble", lambda age, progress: few())
    usual, odd = (
        answer(asked(labs)) for labs in (SUPPRESSED, "calcium: 14 mg/dL, calcium_ionised: 0.9 mmol/L")
    )
    assert usual.typical[usual.found.candidates[0].hypothesis] > 0.02
    assert odd.typical[odd.found.candidates[0].hypothesis] < 0.01


@pytest.mark.parametrize(
    ("labs", "of", "kind"),
    [
        ("calcium: 9.4 mg/dL, phosphate: 3.5 mg/dL", "site: elbow\npattern: sheets", "dystrophic"),
        (
            "calcium: 9.6 mg/dL, phosphate: 6.6 mg/dL, pth: 350 pg/mL",
            "conditions: [dialysis]\nmedication: [warfarin]\nsetting: dialysis_unit\n"
            "site: thigh_or_belly\npattern: necrosis",
            "calciphylaxis",
        ),
        (
            "calcium: 9.7 mg/dL, phosphate: 6.8 mg/dL, creatinine: 0.8 mg/dL",
            "site: hip\npattern: lobulated_mass",
            "tumoral_calcinosis",
        ),
    ],
)
def test_site_and_pattern_tell_the_kind(
    labs: str, of: str, kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(answering, "ensemble", lambda age, progress: few())
    kinds = answer(asked(labs, of)).kinds
    assert kinds is not None and kinds.found[0].kind.name == kind


def test_a_medication_that_names_no_thiazide_says_that_none_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "ensemble", lambda age, progress: few())
    where = "setting: endocrine_clinic\nfurther_labs: {calcium_creatinine_clearance_ratio: 0.005}\n"
    told = answer(asked(BORN, where + "medication: []"))
    assert not any("Ask about thiazide" in text for _, text in remarks(told))
    assert told.found.setting.prevalence["thiazide"].value < 1e-3
    named = answer(asked(BORN, where + "medication: [digoxin]\nprevalence: {thiazide: 20 %}"))
    assert named.found.setting.prevalence["thiazide"].value == 0.2
