"""Is a disease read as a set of sourced changes, and does a case name it with what it gives of it?"""

from __future__ import annotations

from pathlib import Path

import pytest

from calcis.case import packaged, read_case_text
from calcis.case.disease import read_disease
from calcis.errors import InputError
from calcis.parameters import KINDS
from calcis.simulate import simulate

CASE = """\
calcis: 1
person: {age: 50 y, sex: female, mass: 70 kg}
body: calcis
disease: DISEASE
arms: {it: []}
run: {duration: 1 d, every: 1 d}
"""
FILE = """\
title: A disease
species: human
steady_after: 5 y
arguments:
  gfr: {title: GFR, sets: [kidney.filtration_rate], from: 5 mL/min, to: 90 mL/min}
changes:
  kidney.filtration_rate: {value: 25 mL/min, kind: assumed, source: "a_2000: x"}
  gut.calcium_intake: {factor: 2, kind: assumed, source: "a_2000: x"}
"""


def numbers(disease: str, more: str = "") -> dict[str, float]:
    """Numbers of a case with a disease that differ from those without one."""
    case = read_case_text(CASE.replace("DISEASE", disease) + more, "case.yaml")
    base = packaged().parameters("calcis")
    found = case.parameters(base, "it")
    return {name: one.value for name, one in found.items() if one.value != base[name].value}


def test_a_disease_by_its_name_has_the_magnitudes_of_its_file() -> None:
    assert numbers("ckd") == pytest.approx({"kidney.filtration_rate": 1.5})
    assert numbers("vitamin_d_deficiency") == {"vitamin_d.supply_factor": 0.2}


def test_a_case_gives_a_magnitude_in_its_own_unit() -> None:
    assert numbers("{ckd: {gfr: 3 L/h}}") == {"kidney.filtration_rate": 3.0}
    assert numbers("{osteolytic_metastases: {release: 1 mmol/h}}") == {"bone_mineral.osteolysis": 1.0}


def test_one_magnitude_may_set_several_numbers() -> None:
    names = ("parathyroid_gland.set_point_factor", "kidney_calcium.set_point_factor")
    assert numbers("{lithium: {set_point: 1.1}}") == dict.fromkeys(names, 1.1)


def test_several_diseases_and_changes_after_them() -> None:
    found = numbers(
        "{ckd: , vitamin_d_deficiency: {supply: 0.5}}", "changes: {kidney.filtration_rate: 1 L/h}\n"
    )
    assert found == {"kidney.filtration_rate": 1.0, "vitamin_d.supply_factor": 0.5}


def test_a_given_magnitude_is_told_as_the_cases_own() -> None:
    case = read_case_text(CASE.replace("DISEASE", "{ckd: {gfr: 15 mL/min}}"), "case.yaml")
    one = case.parameters(packaged().parameters("calcis"), "it")["kidney.filtration_rate"]
    assert (one.kind, one.shown, one.changed_by) == ("given", (15.0, "mL/min"), "case.yaml line 4")
    (disease,) = case.diseases
    assert (disease.name, disease.title) == ("ckd", "Chronic kidney disease")


@pytest.mark.parametrize(
    ("disease", "said"),
    [
        ("{ckd: {gfr: 5 mL/min}}", ()),
        ("{vitamin_d_intoxication: {supply: 20}, thiazide: }", ()),
        (
            "{vitamin_d_intoxication: {supply: 30}}",
            ("Vitamin D intoxication: supply of vitamin D was tried from 4 to 20, but here it is 30.",),
        ),
        (
            "{ckd: {gfr: 0.06 L/h}}",
            ("Chronic kidney disease: GFR was tried from 5 mL/min to 90 mL/min, but here it is 0.06 L/h.",),
        ),
    ],
)
def test_a_magnitude_beyond_what_was_tried_is_told(disease: str, said: tuple[str, ...]) -> None:
    assert read_case_text(CASE.replace("DISEASE", disease), "case.yaml").arms["it"].findings == said


@pytest.mark.parametrize("name", packaged().diseases)
def test_every_disease_goes_with_the_body_and_moves_it(name: str) -> None:
    disease = packaged().diseases[name]
    assert disease.title and not disease.lacking(packaged().parameters("calcis"))
    moved = set(numbers(name))
    assert moved and moved <= {change.name for change in disease.changes}
    assert {change.kind for change in disease.changes} <= set(KINDS)


@pytest.mark.parametrize(
    ("disease", "expected", "got", "nearest"),
    [
        ("‸cdk", "a disease: adynamic_bone_disease, autosomal_dominant_hypocalcaemia, ckd, ", "'cdk'", "ckd"),
        (
            "{‸ckdd: {}}",
            "a disease: adynamic_bone_disease, autosomal_dominant_hypocalcaemia, ckd, ",
            "'ckdd'",
            "ckd",
        ),
        ("‸[ckd]", "the name of a disease, or", "a list", None),
        ("‸{}", "the name of a disease, or", "a mapping", None),
        ("{ckd: ‸3}", "an argument of ckd: gfr", "3", None),
        ("{ckd: {‸gf: 20 mL/min}}", "an argument of ckd: gfr", "'gf'", "gfr"),
        ("{ckd: {gfr: ‸20 mmol/L}}", "a number and its unit", "20 mmol/L", None),
        ("{ckd: {gfr: ‸many}}", "a number and its unit", "'many'", None),
        ("{ckd: {gfr: ‸-3 mL/min}}", "kidney.filtration_rate from", "-3 mL/min", None),
        (
            "{ckd: , ‸milk_alkali_syndrome: }",
            "diseases of which one sets kidney.filtration_rate",
            "ckd and",
            None,
        ),
    ],
)
def test_what_is_no_disease_is_refused_with_its_place(
    disease: str, expected: str, got: str, nearest: str | None
) -> None:
    before, _, after = CASE.replace("DISEASE", disease).partition("‸")
    with pytest.raises(InputError) as wrong:
        read_case_text(before + after, "case.yaml")
    found = wrong.value
    assert (found.line, found.column) == (4, len(before.splitlines()[-1]) + 1)
    assert expected in found.expected and got in found.got and found.nearest == nearest, found


@pytest.mark.parametrize(
    ("body", "disease", "lacks"),
    [
        ("peterson_riggs_2010", "osteolytic_metastases", "a human in which there is bone_mineral.osteolysis"),
        ("granjon_2017", "ckd", "a human in which there is kidney.filtration_rate"),
    ],
)
def test_a_body_without_its_numbers_or_of_another_species_refuses_it(
    body: str, disease: str, lacks: str
) -> None:
    text = CASE.replace("DISEASE", disease).replace("body: calcis", f"body: {body}")
    if body == "granjon_2017":
        text = text.replace("{age: 50 y, sex: female, mass: 70 kg}", "{species: rat}")
    with pytest.raises(InputError) as wrong:
        read_case_text(text, "case.yaml")
    assert lacks in wrong.value.expected and wrong.value.got == f"body: {body}"


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("title:", "‸titel:", "a key of this file"),
        ("species: human", "species: ‸humans", "one of human"),
        ("gfr: {title", "gfr: ‸3 #", "a mapping of title, sets, from, to"),
        ("title: GFR, sets", "‸sets", "'title' of gfr"),
        ("[kidney.filtration_rate]", "‸kidney.filtration_rate", "a list of numbers"),
        ("[kidney.filtration_rate]", "[‸kidney.filtration_rat]", "a number to which `changes` gives"),
        ("[kidney.filtration_rate]", "[‸gut.calcium_intake]", "a number to which `changes` gives"),
        ("from: 5 mL/min", "from: ‸5 mmol/L", "a quantity as kidney.filtration_rate: 25 mL/min"),
        ("to: 90 mL/min", "to: ‸4 mL/min", "more than 5 mL/min"),
        ("steady_after: 5 y", "steady_after: ‸5 mL", "a duration"),
        ("steady_after: 5 y", "never_steady: ‸3", "words that say why"),
        ("steady_after: 5 y\n", "", "either `steady_after` or `never_steady`"),
        ("kind: assumed, source", "‸knd: assumed, source", "a key of a change"),
        ("25 mL/min, kind: assumed, source", "25 mL/min, source", "`kind` of kidney.filtration_rate"),
        ('"a_2000: x"}\n  gut', '‸"b_2000: x"}\n  gut', "the key of an entry"),
    ],
)
def test_a_fault_of_a_disease_file_is_refused(tmp_path: Path, old: str, new: str, expected: str) -> None:
    path = tmp_path / "a_disease.yaml"
    before, mark, after = FILE.replace(old, new, 1).partition("‸")
    path.write_text(before + after)
    with pytest.raises(InputError) as wrong:
        read_disease(path, frozenset({"a_2000"}))
    assert expected in wrong.value.expected
    assert not mark or wrong.value.line == before.count("\n") + 1


def test_a_disease_may_begin_with_another(tmp_path: Path) -> None:
    """Its own changes and arguments come in place of those of the other."""
    (tmp_path / "first.yaml").write_text(FILE)
    own = "with: first\nchanges: {gut.calcium_intake: {factor: 3, kind: assumed, source: 'a_2000: x'}}\n"
    path = tmp_path / "second.yaml"
    path.write_text("title: Another\nspecies: human\nsteady_after: 2 y\n" + own)
    found = read_disease(path, frozenset({"a_2000"}))
    assert (found.title, found.steady_after, list(found.arguments)) == ("Another", 2 * 8766.0, ["gfr"])
    assert {one.name: one.factor or one.value for one in found.changes} == {
        "kidney.filtration_rate": 25.0,
        "gut.calcium_intake": 3.0,
    }
    path.write_text(path.read_text().replace("with: first", "with: firs"))
    with pytest.raises(InputError, match="another disease: first") as wrong:
        read_disease(path, frozenset({"a_2000"}))
    assert (wrong.value.line, wrong.value.nearest) == (4, "first")


def test_a_body_that_gets_a_disease_wrong_is_refused() -> None:
    """Peterson and Riggs have a filtration rate, and a calcium that rises with kidney failure."""
    text = """calcis: 1
person: {age: 54 y, sex: female, mass: 68 kg}
body: peterson_riggs_2010
disease: {ckd: {gfr: 25 mL/min}}
arms: {watch: []}
run: {duration: 30 d, every: 1 d}
"""
    with pytest.raises(InputError, match=r"4:11: expected a body that gets ckd right.*its calcium rises"):
        read_case_text(text, "case.yaml")
    assert read_case_text(text.replace("peterson_riggs_2010", "calcis"), "case.yaml").diseases


ARMS = """\
calcis: 1
person: {age: 50 y, sex: female, mass: 70 kg}
body: calcis
disease: {ckd: {gfr: 60 mL/min}}
history: 1 y
arms:
  as before: []
  worse: [{disease: {ckd: {gfr: 15 mL/min}, vitamin_d_deficiency: }}]
  and more: [{disease: thiazide, changes: {kidney.filtration_rate: 30 mL/min}}, {disease: lithium}]
run: {duration: 30 d, every: 10 d}
"""


def test_an_arm_has_its_own_diseases_after_those_of_the_case_and_before_its_changes() -> None:
    case = read_case_text(ARMS, "case.yaml")
    base = packaged().parameters("calcis")

    def of(arm: str, name: str) -> float:
        return case.parameters(base, arm)[name].value

    rates = [of(arm, "kidney.filtration_rate") for arm in case.arms]
    assert rates == pytest.approx([3.6, 0.9, 1.8])
    assert [of(arm, "vitamin_d.supply_factor") for arm in case.arms] == [1.0, 0.2, 1.0]
    assert of("and more", "kidney_calcium.capacity_factor") > 1.0
    assert of("and more", "parathyroid_gland.set_point_factor") > 1.0
    assert case.arms["worse"].words == (
        "Chronic kidney disease (GFR: 15 mL/min)",
        "Vitamin D deficiency",
    )
    assert case.arms["and more"].words[:2] == ("Thiazide diuretic", "Lithium treatment")


def test_what_an_arm_has_begins_with_the_run() -> None:
    run = simulate(read_case_text(ARMS, "case.yaml"))
    calcidiol, phosphate = (
        {name: arm.body_series[signal].values for name, arm in run.items()}
        for signal in ("calcidiol_plasma", "phosphate_plasma")
    )
    assert calcidiol["worse"][0] == calcidiol["as before"][0] > calcidiol["worse"][-1]
    assert phosphate["worse"][0] == phosphate["as before"][0] < phosphate["worse"][-1]
    changed = {number.name for number in run["worse"].changes}
    assert changed == {"kidney.filtration_rate", "vitamin_d.supply_factor"}


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("{disease: thiazide,", "{disease: ‸thiazid,", "a disease: "),
        (
            "{disease: lithium}",
            "{disease: familial_hypocalciuric_hypercalcaemia}, {disease: ‸lithium}",
            "of which one",
        ),
        ("body: calcis", "body: peterson_riggs_2010", "a body that gets ckd right"),
        ("{disease: thiazide,", "{‸diseas: thiazide,", "a key of"),
    ],
)
def test_what_is_no_disease_of_an_arm_is_refused(old: str, new: str, expected: str) -> None:
    before, mark, after = ARMS.replace(old, new).partition("‸")
    with pytest.raises(InputError) as wrong:
        read_case_text(before + after, "case.yaml")
    assert expected in wrong.value.expected, wrong.value
    assert not mark or wrong.value.line == before.count("\n") + 1
