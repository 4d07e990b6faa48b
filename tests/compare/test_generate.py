"""Are the arms that come to mind those of the table, by kind, extent and what is abnormal?"""

import pytest

from calcis.case import packaged, read_case_text
from calcis.compare.generate import Generated, generate

CASE = """calcis: 1
title: Somebody
person: {{age: 60 y, sex: female, mass: 70 kg}}
body: calcis
{more}
arms:
  watch: []
run: {{duration: {duration}, every: 1 d}}
"""
LESION = (
    "lesion: {tissue: dermis, injury: {kind: bite, at: 10 d, "
    "shape: {cone: {diameter: 6 mm, depth: 4 mm}}, killed: 0.9}}"
)
TRIALS = ("sodium thiosulphate", "hexasodium fytate", "minocycline")
_DRUGS = {name: packaged().drugs[name.replace(" ", "_")] for name in TRIALS}
WAITING = [
    name for name, drug in _DRUGS.items() if drug.waits or "IV" in drug.idle
]  # nothing answers to them
AGAINST_CALCIUM = ["saline", "calcitonin", "zoledronate", "denosumab"]
AGAINST_PHOSPHATE = ["sevelamer", "lanthanum", "tenapanor"]
DIALYSED = (
    "disease: dialysis\n"
    "labs: {calcium: 9.3 mg/dL, phosphate: 4.2 mg/dL, pth: 300 pg/mL, creatinine: 8 mg/dL}\n"
)
METASTASES = "disease: {osteolytic_metastases: {release: 45 mmol/d}}\n"


def _generated(more: str, duration: str = "60 d") -> Generated:
    return generate(read_case_text(CASE.format(more=more, duration=duration), "case.yaml"))


@pytest.mark.parametrize(
    ("more", "kind", "arms", "left_out"),
    [
        pytest.param("", "no lesion", [], [], id="nothing"),
        pytest.param(LESION, "a lesion", ["excise"], [], id="localised: watch, excise"),
        pytest.param(
            f"{METASTASES}labs: {{calcium: 13 mg/dL, phosphate: 3 mg/dL}}",
            "calcium or phosphate",
            AGAINST_CALCIUM,
            ["treat: Osteolytic metastases"],
            id="high calcium: the cause cannot be removed, calcium alone",
        ),
        pytest.param(
            "disease: vitamin_d_intoxication",
            "calcium or phosphate",
            ["vitamin D stopped"],
            AGAINST_CALCIUM,
            id="mildly high calcium: the cause",
        ),
        pytest.param(
            "disease: primary_hyperparathyroidism",
            "calcium or phosphate",
            ["parathyroidectomy", "cinacalcet"],
            AGAINST_CALCIUM,
            id="glands of their own will: mildly high calcium needs nothing in haste",
        ),
        pytest.param(
            "disease: milk_alkali_syndrome\nhistory: 90 d",
            "calcium or phosphate",
            ["calcium and alkali stopped", "saline"],
            AGAINST_CALCIUM[1:],
            id="high calcium of the gut: nothing against resorption",
        ),
        pytest.param(
            "disease: familial_hypocalciuric_hypercalcaemia\nhistory: 5 y",
            "calcium or phosphate",
            [],
            ["treat: Familial hypocalciuric hypercalcaemia", *AGAINST_CALCIUM],
            id="a set point that is inborn is left alone",
        ),
        pytest.param(
            "disease: vitamin_d_intoxication\nhistory: 90 d\n"
            "labs: {calcium: 13.2 mg/dL, phosphate: 4.9 mg/dL, pth: 5 pg/mL}",
            "calcium or phosphate",
            ["vitamin D stopped", *AGAINST_CALCIUM],
            AGAINST_PHOSPHATE,
            id="high phosphate for want of PTH: no binder",
        ),
        pytest.param(
            "disease: tumour_lysis", "calcium or phosphate", AGAINST_PHOSPHATE, ["treat: Tumour lysis"],
            id="a disease that begins with the run is looked at in its first days"),
        pytest.param(
            "disease: enpp1_deficiency\nhistory: 5 y",
            "pyrophosphate of blood is low",
            [],
            ["treat: Deficiency of ENPP1 (generalised arterial calcification of infancy)"],
            id="what holds mineral back is lacking",
        ),
        pytest.param(
            f"{LESION}\nconditions: [hip_replacement]",
            "a lesion",
            ["radiotherapy", "indometacin", "excise"],
            [],
            id="ossification after an operation is prevented",
        ),
        pytest.param(
            f"{DIALYSED.replace('4.2', '6.4')}conditions: [calciphylaxis]",
            "calcium or phosphate",
            ["cinacalcet", "etelcalcetide", *AGAINST_PHOSPHATE, "sodium thiosulphate", "hexasodium fytate"],
            ["treat: Kidney failure on haemodialysis"],
            id="calciphylaxis with high phosphate: both",
        ),
        pytest.param(
            "disease: hyperphosphataemic_familial_tumoral_calcinosis\nconditions: [calcinosis]",
            "calcium or phosphate",
            AGAINST_PHOSPHATE,
            ["treat: Hyperphosphataemic familial tumoral calcinosis"],
            id="high phosphate with deposits: phosphate alone, no diltiazem",
        ),
        pytest.param(
            f"{LESION}\ndisease: hyperphosphataemic_familial_tumoral_calcinosis",
            "calcium or phosphate",
            [*AGAINST_PHOSPHATE, "excise"],
            ["treat: Hyperphosphataemic familial tumoral calcinosis"],
            id="a lesion with high phosphate",
        ),
        pytest.param(
            "conditions: [calcinosis, systemic_sclerosis]",
            "deposits in many places",
            ["sodium thiosulphate", "minocycline", "diltiazem"],
            ["treat: systemic sclerosis"],
            id="dystrophic: the disease, trials at reversal, diltiazem last",
        ),
        pytest.param(
            "conditions: [calcinosis, heart_failure]",
            "deposits in many places",
            ["sodium thiosulphate", "minocycline"],
            ["treat: the disease behind the deposits", "diltiazem"],
            id="contraindicated diltiazem is told, not given",
        ),
        pytest.param(
            f"{DIALYSED}conditions: [calciphylaxis]\nmedication: [warfarin]",
            "deposits in many places",
            ["stop warfarin", "cinacalcet", "etelcalcetide", "sodium thiosulphate", "hexasodium fytate"],
            ["treat: Kidney failure on haemodialysis"],
            id="calciphylaxis: warfarin is stopped, no diltiazem",
        ),
    ],
)  # fmt: skip
def test_arms_are_those_of_the_table_in_its_order(
    more: str, kind: str, arms: list[str], left_out: list[str]
) -> None:
    found = _generated(more)
    assert found.kind.startswith(kind)
    waiting = [name for name in arms if name in WAITING]
    assert [name for name in found.case.arms if name != "watch"] == [x for x in arms if x not in waiting]
    assert sorted(found.left_out) == sorted([*left_out, *waiting])
    assert all(found.left_out[name].partition(". ")[2].startswith("Not simulated: ") for name in waiting)


def test_a_drug_is_given_by_a_route_by_which_it_does_something() -> None:
    found = _generated(f"{LESION}\nconditions: [calcinosis]", "120 d")
    if "IV" in packaged().drugs["sodium_thiosulphate"].idle:
        assert {dose.route for dose in found.case.arms["sodium thiosulphate"].doses} == {"IL"}
    without = _generated("conditions: [calcinosis]", "120 d")
    assert "IL" not in {dose.route for arm in without.case.arms.values() for dose in arm.doses}


def test_what_is_contraindicated_is_told_in_the_words_of_its_finding() -> None:
    found = _generated("conditions: [calcinosis, heart_failure]")
    assert found.left_out["diltiazem"].startswith("Contraindicated. Diltiazem weakens the heart")


def test_warfarin_is_stopped_in_calciphylaxis_and_never_given() -> None:
    more = f"{DIALYSED}conditions: [calciphylaxis, calcinosis]\nmedication: [warfarin]"
    found = _generated(more)
    assert found.case.arms["stop warfarin"].stopped == ("warfarin",)
    assert "predisposes to calciphylaxis" in found.why["stop warfarin"]
    assert "not simulated" in found.why["stop warfarin"]
    for name, arm in found.case.arms.items():
        assert (arm.stopped == ("warfarin",)) == (name != "watch"), name
        assert "warfarin" not in {dose.drug for dose in arm.doses}, name
    for conditions in ("[calciphylaxis]", "[calcinosis]", "[calcinosis, calciphylaxis, dialysis]"):
        other = _generated(f"conditions: {conditions}")
        assert not any("warfarin" in name for name in (*other.case.arms, *other.left_out))
        assert not any(dose.drug == "warfarin" for arm in other.case.arms.values() for dose in arm.doses)


def test_what_raises_calcium_is_stopped_where_calcium_is_high() -> None:
    found = _generated("medication: [lithium, metoprolol]\nlabs: {calcium: 14.5 mg/dL, phosphate: 2.4 mg/dL}")
    assert found.case.arms["stop lithium"].stopped == ("lithium",)
    assert not any("metoprolol" in name for name in found.case.arms)
    assert found.case.arms["zoledronate"].stopped == ("lithium",)
    normal = _generated("medication: [lithium]\nlabs: {calcium: 9.5 mg/dL, phosphate: 3.4 mg/dL}")
    assert list(normal.case.arms) == ["watch"]


def test_a_block_without_room_is_cut_with_less_margin() -> None:
    block = LESION.replace("dermis,", "dermis, grid: [16, 16, 12], spacing: 0.5 mm,")
    (one,) = _generated(block).case.arms["excise"].operations
    assert one.margin == 1.0  # type: ignore[union-attr]
    tight = LESION.replace("dermis,", "dermis, grid: [6, 6, 4], spacing: 1 mm,")
    (one,) = _generated(tight).case.arms["excise"].operations
    assert one.margin == 0.0  # type: ignore[union-attr]


def test_drugs_of_long_runs_are_averaged_and_too_many_doses_left_out() -> None:
    found = _generated("conditions: [calcinosis]", "3 y")
    assert found.case.arms["diltiazem"].doses[0].averaged
    long = _generated(f"{DIALYSED}conditions: [calciphylaxis]", "3 y")
    assert "one by one take long" in long.left_out["etelcalcetide"]
    assert "hexasodium fytate" not in long.case.arms


def test_a_drug_that_is_taken_is_not_thought_of_again_and_all_that_is_wrong_stops_at_once() -> None:
    taken = "medication: [sevelamer 2.4 g PO every 8 h]\nlabs: {calcium: 9 mg/dL, phosphate: 6 mg/dL}"
    assert _generated(taken).left_out["sevelamer"] == "High phosphate. It is taken already."
    both = (
        "medication: [vitamin D3 50000 IU PO daily, calcium]\nlabs: {calcium: 13.2 mg/dL, phosphate: 4 mg/dL}"
    )
    found = _generated(both)
    stops = found.case.arms["stop cholecalciferol and calcium supplement"].stopped
    assert set(stops) == {"cholecalciferol", "calcium_supplement"}
    assert "not simulated" in found.why["stop calcium supplement"]
    assert "not simulated" not in found.why["stop cholecalciferol"]
