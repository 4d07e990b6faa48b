"""Does every rule fire where it should, and only there?  And what is said where nobody knows?"""

from __future__ import annotations

import numpy as np
import pytest

from calcis.case import packaged, read_case_text
from calcis.clinical.hard_findings import Simulated, hard_findings, patient, reached
from calcis.clinical.history import classes, conditions, medicines
from calcis.clinical.rules import Given, Patient, rules

WELL = {"gfr": 95.0, "calcium": 2.4, "calcium_ionised": 1.2, "vitamin_d_25": 75.0}
HIGH, LOW = {"calcium": 3.0, "calcium_ionised": 1.6}, {"calcium": 2.0, "calcium_ionised": 1.0}
FAILING = {"gfr": 14.0}
LONG = Given("calcitonin", "SC", 0.0, 240.0)


def given(*drugs: str, route: str = "IV") -> list[Given]:
    return [Given(drug, route) for drug in drugs]


# rule -> values that are not those of a well person, conditions, medication, what the arm gives
FIRES = {
    "severe_hypercalcaemia": ({"calcium": 3.5, "calcium_ionised": 1.8}, (), (), []),
    "severe_measured_calcium": (HIGH | {"calcium_measured": 3.5}, (), (), []),
    "severe_hypocalcaemia": ({"calcium": 1.89, "calcium_ionised": 0.9}, (), (), []),
    "low_ionised_calcium": ({"calcium_ionised": 1.09}, (), (), []),
    "hypercalcaemia_with_digoxin": (HIGH, (), ("digoxin",), []),
    "denosumab_kidney": (FAILING, (), (), given("denosumab", route="SC")),
    "denosumab_kidney_hypercalcaemia": (FAILING | HIGH, (), (), given("denosumab", route="SC")),
    "denosumab_hypocalcaemia": (LOW, (), (), given("denosumab", route="SC")),
    "antiresorptive_vitamin_d": ({"vitamin_d_25": 20.0}, (), (), given("zoledronate")),
    "bisphosphonate_hypocalcaemia": (LOW, (), (), given("alendronate", route="PO")),
    "older_bisphosphonate_hypocalcaemia": (LOW, (), (), given("pamidronate")),
    "alendronate_kidney": ({"gfr": 34.0}, (), (), given("alendronate", route="PO")),
    "zoledronate_kidney": ({"gfr": 34.0}, (), (), given("zoledronate")),
    "zoledronate_kidney_hypercalcaemia": ({"gfr": 34.0} | HIGH, (), (), given("zoledronate")),
    "zoledronate_reduced": ({"gfr": 55.0}, (), (), [Given("zoledronate", "IV", each=4.0)]),
    "ibandronate_reduced": ({"gfr": 45.0}, (), (), [Given("ibandronate", "IV", each=6.0)]),
    "ibandronate_kidney": ({"gfr": 29.0}, (), (), given("ibandronate")),
    "pamidronate_kidney": ({"gfr": 29.0}, (), (), given("pamidronate")),
    "bisphosphonate_kidney_hypercalcaemia": (FAILING | HIGH, (), (), given("pamidronate")),
    "clodronate_kidney": ({"gfr": 9.0}, (), (), given("clodronate")),
    "clodronate_reduced": ({"gfr": 20.0}, (), (), given("clodronate")),
    "etidronate_kidney": (FAILING, (), (), given("etidronate", route="PO")),
    "bisphosphonate_oesophagus": ({}, ("oesophageal_disorder",), (), given("alendronate", route="PO")),
    "furosemide_before_volume": (HIGH, (), (), given("furosemide")),
    "furosemide_hypercalcaemia": (HIGH, (), (), given("furosemide")),
    "calcitonin_days": (HIGH, (), (), [LONG]),
    "phosphate_hypercalcaemia": (HIGH, (), (), given("sodium_phosphate")),
    "calcitriol_hypercalcaemia": (HIGH, (), (), given("given_calcitriol")),
    "vitamin_d_hypercalcaemia": (HIGH, (), (), given("cholecalciferol", route="PO")),
    "vitamin_d_granuloma": ({}, ("granulomatous_disease",), (), given("cholecalciferol", route="PO")),
    "calcium_hypercalcaemia": (HIGH, (), (), given("calcium_carbonate", route="PO")),
    "teriparatide_hypercalcaemia": (HIGH, (), (), given("teriparatide", route="SC")),
    "teriparatide_bone": ({}, ("paget_disease",), (), given("teriparatide", route="SC")),
    "thiazide_hypercalcaemia": (HIGH, (), (), given("hydrochlorothiazide", route="PO")),
    "lithium_hypercalcaemia": (HIGH, (), ("lithium",), []),
    "saline_heart_failure": ({}, ("heart_failure",), (), given("saline")),
    "calcimimetic_hypocalcaemia": (LOW, (), (), given("cinacalcet", route="PO")),
    "cinacalcet_before_dialysis": (FAILING, (), (), given("cinacalcet", route="PO")),
    "etelcalcetide_before_dialysis": (FAILING, (), (), given("etelcalcetide")),
    "two_calcimimetics": ({}, (), ("cinacalcet",), given("etelcalcetide")),
    "calcium_binder_kidney": (FAILING, (), (), given("calcium_acetate", route="PO")),
    "calcium_with_digoxin": (LOW, (), ("digoxin",), given("calcium_gluconate")),
    "warfarin_calciphylaxis": ({}, ("calciphylaxis",), ("warfarin",), []),
    "warfarin_calcinosis": ({}, ("calcinosis",), (), given("warfarin", route="PO")),
    "slow_channel_block": ({}, ("av_block",), (), given("diltiazem", route="PO")),
    "slow_channel_heart_failure": ({}, ("heart_failure",), (), given("verapamil", route="PO")),
    "slow_channel_beta_blocker": ({}, (), ("metoprolol",), given("diltiazem", route="PO")),
    "slow_channel_ivabradine": ({}, (), ("ivabradine",), given("diltiazem", route="PO")),
    "diltiazem_midazolam": ({}, (), ("midazolam",), given("diltiazem", route="PO")),
    "diltiazem_triazolam": ({}, (), ("triazolam",), given("diltiazem", route="PO")),
    "diltiazem_simvastatin": ({}, (), ("simvastatin",), given("diltiazem", route="PO")),
    "verapamil_triazolam": ({}, (), ("triazolam",), given("verapamil", route="PO")),
    "verapamil_simvastatin": ({}, (), ("simvastatin",), given("verapamil", route="PO")),
    "verapamil_ciclosporin": ({}, (), ("ciclosporin",), given("verapamil", route="PO")),
    "diltiazem_ciclosporin": ({}, (), ("ciclosporin",), given("diltiazem", route="PO")),
}
# What makes the difference is taken away: nothing fires for that rule
CALM = {
    "severe_hypercalcaemia": ({"calcium": 3.5}, (), (), []),  # ionised calcium is normal
    "severe_measured_calcium": ({"calcium": 3.6, "calcium_measured": 3.5}, (), (), []),
    "severe_hypocalcaemia": ({"calcium": 1.7}, (), (), []),
    "furosemide_before_volume": (
        HIGH,
        (),
        (),
        [Given("saline", "IV", 0, 24), Given("furosemide", "IV", 24, 48)],
    ),
    "calcitonin_days": (HIGH, (), (), [Given("calcitonin", "SC", 0.0, 72.0)]),
    "phosphate_hypercalcaemia": (HIGH, (), (), given("sodium_phosphate", route="PO")),
    "bisphosphonate_oesophagus": ({}, ("oesophageal_disorder",), (), given("alendronate", route="IV")),
    "denosumab_kidney": (FAILING | HIGH, (), (), given("denosumab", route="SC")),
    "cinacalcet_before_dialysis": (FAILING, ("dialysis",), (), given("cinacalcet", route="PO")),
    "etelcalcetide_before_dialysis": (FAILING, ("dialysis",), (), given("etelcalcetide")),
    "zoledronate_kidney": ({"gfr": 35.0}, (), (), given("zoledronate")),
    "zoledronate_reduced": ({"gfr": 55.0}, (), (), [Given("zoledronate", "IV", each=3.5)]),
    "ibandronate_reduced": ({"gfr": 45.0} | HIGH, (), (), [Given("ibandronate", "IV", each=6.0)]),
    "warfarin_calcinosis": ({}, ("calcinosis",), ("warfarin",), []),
}


def names(values, said, taken, arm) -> list[str]:
    person = Patient(WELL | values, frozenset(said), frozenset(taken))
    return [one.rule for one in hard_findings(person, arm)]


def test_every_rule_has_a_case() -> None:
    assert set(FIRES) == {rule.name for rule in rules()}


@pytest.mark.parametrize("rule", FIRES)
def test_a_rule_fires_where_it_should_and_not_in_a_well_person(rule: str) -> None:
    values, said, taken, arm = FIRES[rule]
    assert rule in names(values, said, taken, arm)
    well = [one for one in hard_findings(Patient(WELL), arm) if one.rule == rule]
    assert not well or rule == "calcitonin_days"


@pytest.mark.parametrize("rule", CALM)
def test_what_excepts_a_person_or_an_arm_keeps_a_rule_silent(rule: str) -> None:
    assert rule not in names(*CALM[rule])


def test_every_drug_of_a_rule_can_be_given_or_taken() -> None:
    known = {*packaged().drugs, *medicines()}
    assert all(rule.drugs <= known for rule in rules())
    assert all(drugs <= known for drugs in classes().values())


def test_an_arm_that_gives_it_is_contraindicated_one_that_goes_on_is_told_one_that_stops_is_silent() -> None:
    person = Patient(WELL, frozenset({"calciphylaxis"}), frozenset({"warfarin"}))
    [going_on] = hard_findings(person)
    assert going_on.level == "urgent" and not going_on.contraindicated
    assert going_on.text.startswith("Taken: Warfarin predisposes to calciphylaxis")
    assert hard_findings(person, stopped=["warfarin"]) == ()
    [starting] = hard_findings(Patient(WELL, person.conditions), given("warfarin", route="PO"))
    assert starting.contraindicated and starting.text.startswith("Contraindicated. Warfarin")


def test_what_nobody_knows_is_said_and_counts_neither_way() -> None:
    [unknown] = hard_findings(Patient(), given("zoledronate"))
    assert (unknown.level, unknown.contraindicated) == ("info", False)
    assert unknown.text == (
        "Not checked for zoledronate, as nothing tells it: 25-hydroxyvitamin D, calcium and GFR."
    )
    [dialysed] = [
        one for one in hard_findings(Patient({}, frozenset({"dialysis"})), given("zoledronate")) if one.source
    ]
    assert dialysed.rule == "zoledronate_kidney" and dialysed.contraindicated


def test_states_of_the_person_come_first_then_what_is_contraindicated() -> None:
    person = Patient(
        WELL | {"calcium": 3.8, "calcium_ionised": 2.0, "gfr": 20.0}, frozenset({"heart_failure"})
    )
    arm = [*given("zoledronate", "calcium_gluconate", "saline", route="IV"), LONG]
    found = hard_findings(person, arm)
    assert found[0].rule == "severe_hypercalcaemia" and found[1].contraindicated
    assert [one.level for one in found[1:]] == ["urgent", "urgent", "warning", "warning"]


def test_labs_make_a_person_with_corrected_calcium_and_estimated_gfr() -> None:
    person = patient({"calcium": 2.0, "albumin": 20.0, "creatinine": 0.4}, 61.0, "male", ("calcinosis",), ())
    assert person.values["calcium"] == pytest.approx(2.4)
    assert 10.0 < person.values["gfr"] < 16.0
    assert "calcium_ionised" not in person.values and person.conditions == {"calcinosis"}


def test_of_a_child_it_is_said_that_the_rules_are_of_adults() -> None:
    [found] = hard_findings(patient({"calcium": 2.4}, 9.0, "male"))
    assert found.level == "warning" and "of adults" in found.text


def test_a_simulated_body_tells_what_no_lab_does_in_the_hour_when_a_drug_begins() -> None:
    times = np.array([0.0, 24.0, 48.0])
    courses = {"calcium_ionised_plasma": ("mmol/L", np.array([1.2, 1.25, 1.5]))}
    simulated = Simulated(times, courses, 24.0)
    person = Patient({"gfr": 90.0, "vitamin_d_25": 60.0})
    early, late = ([Given("hydrochlorothiazide", "PO", begin, 100.0)] for begin in (0.0, 48.0))
    assert hard_findings(person, early, simulated=simulated) == ()
    assert [one.rule for one in hard_findings(person, late, simulated=simulated)] == [
        "thiazide_hypercalcaemia"
    ]
    measured = Patient({"calcium": 2.9})
    assert hard_findings(measured, early, simulated=simulated)[0].rule == "thiazide_hypercalcaemia"


def test_what_comes_to_hold_at_a_later_dose_is_told_with_that_dose() -> None:
    times = np.array([0.0, 24.0, 48.0, 72.0])
    courses = {"calcium_plasma": ("mmol/L", np.array([2.4, 2.5, 2.8, 2.9]))}
    person = Patient({"gfr": 90.0, "vitamin_d_25": 60.0})
    daily = [Given("given_calcitriol", "PO", 0.0, 72.0, (0.0, 24.0, 48.0, 72.0))]
    [found] = hard_findings(person, daily, simulated=Simulated(times, courses, 24.0))
    assert (found.rule, found.level, found.contraindicated) == ("calcitriol_hypercalcaemia", "urgent", False)
    assert found.text == (
        "Calcitriol raises calcium, which is high at the dose on day 2 (calcium 2.80 mmol/L)."
    )
    once = [Given("given_calcitriol", "PO", 0.0, 0.0, (0.0,))]
    assert hard_findings(person, once, simulated=Simulated(times, courses, 24.0)) == ()


def test_a_course_that_comes_to_an_urgent_state_is_told_with_its_day() -> None:
    times = np.array([0.0, 24.0, 48.0])
    course = {"calcium_plasma": ("mmol/L", np.array([2.4, 3.0, 3.6]))}
    [found] = reached(Simulated(times, course, 24.0))
    assert found.rule == "severe_hypercalcaemia" and found.text.endswith("(first on day 2).")
    steady = {"calcium_plasma": ("mmol/L", np.array([3.6, 3.6, 3.6]))}
    assert reached(Simulated(times, steady, 24.0)) == ()


CASE = """\
calcis: 1
person: {age: 61 y, sex: male, mass: 80 kg}
body: calcis
disease: {ckd: {gfr: 20 mL/min}}
conditions: [calciphylaxis]
medication: [warfarin]
arms:
  watch: []
  denosumab: [denosumab 60 mg SC, {stop: warfarin}]
  dialysed: [{disease: dialysis}, cinacalcet 30 mg PO daily]
run: {duration: 30 d, every: 1 d}
"""


def test_a_case_knows_its_arms_by_disease_conditions_and_medication() -> None:
    arms = read_case_text(CASE.replace("dialysed: [{disease: dialysis}, c", "dialysed: [c"), "case").arms
    assert [one.rule for one in arms["watch"].hard_findings()] == ["warfarin_calciphylaxis"]
    assert [one.rule for one in arms["denosumab"].hard_findings() if one.contraindicated] == [
        "denosumab_kidney"
    ]
    assert arms["dialysed"].hard_findings()[0].rule == "cinacalcet_before_dialysis"


@pytest.mark.parametrize("disease", ["lithium", "thiazide"])
def test_who_has_the_disease_of_taking_something_takes_it(disease: str) -> None:
    text = CASE.replace("disease: {ckd: {gfr: 20 mL/min}}", f"disease: {disease}").replace(
        "arms:", "labs: {calcium: 12 mg/dL}\narms:"
    )
    found = read_case_text(text, "case").arms["watch"].hard_findings()
    assert f"{disease}_hypercalcaemia" in [one.rule for one in found]


def test_of_an_animal_nothing_is_said() -> None:
    text = CASE.partition("arms:")[0].replace("{age: 61 y, sex: male, mass: 80 kg}", "{species: rat}")
    text = text.replace("body: calcis", "body: granjon_2017").replace(
        "disease: {ckd: {gfr: 20 mL/min}}\n", ""
    )
    case = read_case_text(text + "arms: {watch: []}\nrun: {duration: 1 d, every: 1 d}\n", "case")
    assert case.arms["watch"].hard_findings() == ()


def test_conditions_of_rules_are_those_of_the_history() -> None:
    asked = [one for rule in rules() for one in (*rule.when, *rule.unless)]
    used = {about for one in asked for what, about in one.items() if what == "condition"}
    assert used <= set(conditions())


@pytest.mark.parametrize(("dose", "told"), [("4 mg", True), ("3.3 mg", False), ("0.06 mg/kg", True)])
def test_a_dose_that_kidneys_are_too_weak_for_is_told(dose: str, told: bool) -> None:
    text = CASE.replace("gfr: 20", "gfr: 55").replace(
        "denosumab 60 mg SC", f"zoledronate {dose} IV over 15 min"
    )
    found = read_case_text(text, "x").arms["denosumab"].hard_findings()
    assert ("zoledronate_reduced" in [one.rule for one in found]) is told
