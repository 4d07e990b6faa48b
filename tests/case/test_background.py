"""Are conditions and medication of a person read, under any of their names, and refused in words?"""

import pytest

from calcis.case import packaged, read_case_text
from calcis.clinical.history import classes, conditions, medicines
from calcis.errors import InputError

CASE = """\
calcis: 1
person: {age: 61 y, sex: male, mass: 80 kg}
body: calcis
conditions: [heart failure, sarcoidosis, Calcific uraemic arteriolopathy]
medication: [digoxin, cyclosporin, Prolia]
arms: {watch: [], stop: [{stop: denosumab}]}
run: {duration: 30 d, every: 1 d}
"""


def test_conditions_and_medication_are_known_by_any_name() -> None:
    case = read_case_text(CASE, "case")
    assert case.conditions == ("heart_failure", "granulomatous_disease", "calciphylaxis")
    assert case.medication == ("digoxin", "ciclosporin", "denosumab")
    assert case.arms["stop"].stopped == ("denosumab",) and case.arms["watch"].stopped == ()
    assert case.arms["stop"].words == ("denosumab is stopped",)


@pytest.mark.parametrize(
    ("old", "new", "place", "near"),
    [
        ("heart failure", "hart failure", (4, 14), "heart_failure"),
        ("sarcoidosis", "heart_failure", (4, 29), None),
        ("[digoxin", "[digoxine", (5, 14), "digoxin"),
        ("stop: denosumab", "stop: denosumap", (6, 33), "denosumab"),
        ("stop: denosumab", "stop: zoledronate", (6, 33), None),
        ("[digoxin, cyclosporin, Prolia]", "digoxin", (5, 13), None),
        ("[digoxin", "[aspirin", (5, 14), None),
        ("heart failure, sarcoidosis", "hypercalcaemia, hypocalcaemia", (4, 30), None),
        ("80 kg", "80 g", (2, 38), None),
        ("watch: []", "watch: [lithium 300 mg PO]", (6, 16), None),
    ],
)
def test_what_is_not_known_or_not_taken_is_refused(old, new, place, near) -> None:
    with pytest.raises(InputError) as wrong:
        read_case_text(CASE.replace(old, new), "case")
    assert (wrong.value.line, wrong.value.column) == place
    assert wrong.value.nearest == near


def test_names_mean_one_thing_and_classes_have_drugs_that_are_known() -> None:
    words = packaged()
    names = [name for one in conditions().values() for name in (one.name, *one.also)]
    assert len(names) == len(set(names))
    assert all(set(one.diseases) <= set(words.diseases) for one in conditions().values())
    own = {name for group in classes() for name in classes()[group] if group not in classes()[group]}
    assert own >= {"zoledronate", "metoprolol"}
    for group in ("bisphosphonate", "calcium", "vitamin_d", "thiazide", "calcimimetic"):
        assert classes()[group] <= {*words.drugs, *medicines()}


def test_a_drug_and_the_disease_of_taking_it_are_one_thing() -> None:
    text = CASE.replace("medication: [", "disease: thiazide\nmedication: [")
    text = text.replace("watch: []", "watch: [hydrochlorothiazide  25 mg PO daily]")
    with pytest.raises(InputError) as wrong:
        read_case_text(text, "case")
    assert wrong.value.expected == (
        "either hydrochlorothiazide or disease: thiazide, which is its taking for long"
    )
    assert (wrong.value.line, wrong.value.column) == (7, 16)
