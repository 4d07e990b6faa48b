"""Is given plasma read as it was meant: values, steps and lines, for the case and for an arm?"""

import pytest

from calcis.case import Case, Vocabulary, packaged, read_case_text
from calcis.case.plasma import OFFERED, Course
from calcis.errors import InputError
from calcis.tissue import INPUTS

GIVEN = """\
calcis: 1
person: {species: mouse}
body: clamped
plasma:
  calcium_ionised: 5 mg/dL
  phosphate: [{at: 0 d, value: 3 mmol/L}, {at: 8 d, value: 1800 umol/L}]
  between: steps
  pyrophosphate: 1.5 umol/L
  ph: 7.4
lesion: {tissue: muscle}
arms:
  control: []
  richer: [{plasma: {phosphate: 6.2 mg/dL}}, {changes: {perfusion: 2}}]
  joined: [{plasma: {between: lines, ph: [{at: 0 d, value: 7.2}, {at: 1 d, value: 7.4}]}}]
run: {duration: 10 d, every: 1 d}
"""


@pytest.fixture(scope="module")
def given(vocabulary: Vocabulary) -> Case:
    return read_case_text(GIVEN, "case.yaml", vocabulary)


def test_what_a_case_offers_is_what_drives_the_tissue() -> None:
    assert [f"{name}_plasma" for name in OFFERED] == list(INPUTS)


def test_values_and_courses_are_in_the_units_of_the_tissue(given: Case) -> None:
    plasma = given.arms["control"].plasma
    assert plasma is not None
    (only,) = plasma["calcium_ionised"].points
    assert only == (0.0, pytest.approx(50 / 40.078))  # mg/L over g/mol
    assert plasma["phosphate"] == Course(((0.0, 3.0), (192.0, 1.8)), lines=False)
    assert plasma["pyrophosphate"].points == ((0.0, 0.0015),)
    assert plasma["ph"].points == ((0.0, 7.4),)


def test_an_arm_gives_its_own_and_keeps_the_rest(given: Case) -> None:
    control, richer, joined = (given.arms[name].plasma for name in ("control", "richer", "joined"))
    assert control is not None and richer is not None and joined is not None
    assert richer["phosphate"].points == ((0.0, pytest.approx(62 / 30.973762)),)  # as phosphorus
    assert {name for name in OFFERED if richer[name] != control[name]} == {"phosphate"}
    assert joined["ph"] == Course(((0.0, 7.2), (24.0, 7.4)), lines=True)
    assert not joined["phosphate"].lines  # the case said steps
    assert given.arms["richer"].words == ("plasma: phosphate 6.2 mg/dL", "perfusion: 2")
    assert given.arms["joined"].words == ("plasma: pH 7.2 at 0 d, 7.4 at 1 d (in lines)",)
    assert given.plasma_words == (
        "plasma: ionised calcium 5 mg/dL; phosphate 3 mmol/L at 0 d, 1800 umol/L at 8 d (in steps); "
        "pyrophosphate 1.5 umol/L; pH 7.4"
    )


def test_numbers_and_plasma_may_stand_together(given: Case, vocabulary: Vocabulary) -> None:
    text = GIVEN.replace("}}, {changes", "}, changes")
    together = read_case_text(text, "case.yaml", vocabulary).arms["richer"]
    assert (together.plasma, together.words) == (given.arms["richer"].plasma, given.arms["richer"].words)


def test_nobody_needs_an_age_where_no_body_is(given: Case, vocabulary: Vocabulary) -> None:
    assert (given.person.species, given.person.age, given.person.mass) == ("mouse", None, None)
    alone = read_case_text(GIVEN.replace("person: {species: mouse}\n", ""), "case.yaml", vocabulary)
    assert alone.person.species == "human"


def test_values_that_a_case_gives_are_of_its_species(given: Case, vocabulary: Vocabulary) -> None:
    found = given.parameters(vocabulary.parameters("clamped"), "richer")
    assert found["capillaries.perfusion"].species == "mouse"
    assert found["leukocytes.macrophage_competence"].species == "human"


def test_two_points_at_one_time_are_a_jump_between_lines(vocabulary: Vocabulary) -> None:
    course = "[{at: 0 d, value: 7}, {at: 1 d, value: 7.5}, {at: 1 d, value: 7}, {at: 2 d, value: 7.2}]"
    text = GIVEN.replace("ph: 7.4", f"ph: {course}").replace("between: steps", "between: lines")
    plasma = read_case_text(text, "case.yaml", vocabulary).arms["control"].plasma
    assert plasma is not None
    assert plasma["ph"].points == ((0.0, 7.0), (24.0, 7.5), (24.0, 7.0), (48.0, 7.2))


def test_what_a_reader_must_know(vocabulary: Vocabulary) -> None:
    text = GIVEN.replace("duration: 10 d", "duration: 8 d").replace("5 mg/dL", "12 mmol/L")
    said = read_case_text(text, "case.yaml", vocabulary).arms["control"].findings
    assert said == (
        "Not used, being at or after the end of the run: 1 of 2 points of phosphate in plasma.",
        "Plasma has ionised calcium of 12 mmol/L; saturation was computed for 0.03 to 10 mmol/L and is "
        "extrapolated beyond.",
    )
    lines = text.replace("between: steps", "between: lines")  # where the point at the end gives the slope
    assert len(read_case_text(lines, "case.yaml", vocabulary).arms["control"].findings) == 1
    assert read_case_text(GIVEN, "case.yaml", vocabulary).arms["control"].findings == ()


FIRST, LAST = "{at: 0 d, value: 3 mmol/L}", "{at: 8 d, value: 1800 umol/L}"
# What is replaced by what (with ‸ before the place of the complaint); expected, got (in part), nearest.
FAULTS = {
    "misspelt": (
        "  phosphate:",
        "  ‸phosphat:",
        "a key of plasma: between, calcium",
        "'phosphat'",
        "phosphate",
    ),
    "total calcium": ("calcium_ionised", "‸calcium", "a key of plasma", "'calcium'", "calcium_ionised"),
    "misspelt in an arm": (
        "{phosphate:",
        "{‸fosfate:",
        "a key of arms.richer.0.plasma: between",
        "",
        "phosphate",
    ),
    "no pH": ("plasma:\n", "‸plasma:\n", "`ph` in plasma", "none", None),
    "no plasma": (
        *(GIVEN[GIVEN.index("plasma:") : GIVEN.index("lesion:")], ""),
        *("`calcium_ionised`, `phosphate`, `pyrophosphate` and `ph` in plasma", "none", None),
    ),
    "no number": ("7.4", "‸neutral", "a number without dimension, such as 7.4", "'neutral'", None),
    "no unit": ("1.5 umol/L", "‸1.5", "a number and its unit, such as 3.3 umol/L", "1.5", None),
    "mass of pyrophosphate": (
        "1.5 umol/L",
        "‸1.5 mg/dL",
        "a concentration, such as 3.3 umol/L",
        "1.5 mg/dL",
        None,
    ),
    "unit of another kind": ("5 mg/dL", "‸5 mg", "a concentration, such as 1.25 mmol/L", "mg (mass)", None),
    "negative": ("5 mg/dL", "‸-5 mg/dL", "at least 0 mg/dL, at most 401 mg/dL", "'-5 mg/dL'", None),
    "moles": ("5 mg/dL", "‸1.25 mol/L", "at most 100 mmol/L", "'1.25 mol/L'", None),
    "infinite": ("5 mg/dL", "‸.inf", "a number and its unit", "inf", None),
    "pH of 15": ("ph: 7.4", "ph: ‸15", "at least 0, at most 14", "15", None),
    "no points": (f"[{FIRST}, {LAST}]", "‸[]", "1 to 10000 points of a course", "a list", None),
    "point without time": (FIRST, "‸{value: 3 mmol/L}", "`at` in plasma.phosphate.0", "none", None),
    "point misspelt": ("{at: 8 d,", "{‸att: 8 d,", "a key of plasma.phosphate.1: at, value", "'att'", "at"),
    "point of another unit": (
        "1800 umol/L",
        "‸1800 umol",
        "a concentration, such as 1.2",
        "umol (amount)",
        None,
    ),
    "a late start": ("at: 0 d, value: 3", "at: ‸1 d, value: 3", "0 d, the start of the run", "'1 d'", None),
    "back in time": (
        f"{LAST}]",
        f"{LAST}, {{at: ‸7 d, value: 2 mmol/L}}]",
        "a point after that at 8 d",
        "'7 d'",
        None,
    ),
    "twice at a time": (
        LAST,
        f"{LAST}, {{at: ‸8 d, value: 2 mmol/L}}",
        "a point after that at 8 d",
        "'8 d'",
        None,
    ),
    "neither steps nor lines": (
        "  between: steps\n",
        "",
        "`between: steps` (medium is changed) or",
        "none",
        None,
    ),
    "between what": ("between: steps", "between: ‸stairs", "steps or lines", "'stairs'", "steps"),
    "between for nothing": (
        *("{phosphate: 6.2 mg/dL}", "{phosphate: 6.2 mg/dL, ‸between: lines}"),
        *("a course that it is for", "none", None),
    ),
    "no lesion": ("lesion: {tissue: muscle}\n", "", "`lesion` in the case file", "none", None),
    "a dose": (
        "control: []",
        "control: [‸denosumab 60 mg SC]",
        "no body for a drug to act in",
        "'denosumab",
        None,
    ),
    "two in an arm": (
        "{changes: {perfusion: 2}}",
        "{‸plasma: {ph: 7}}",
        "one `plasma` in an arm",
        "another",
        None,
    ),
    "nothing different": (
        "{changes: {perfusion: 2}}",
        "‸{}",
        "one of disease, changes, plasma, stop, excise, debulk, curette, laser, lithotripsy",
        "none",
        None,
    ),
    "species": ("mouse", "‸mous", "human, mouse, rat", "'mous'", "mouse"),
    "a body and a plasma": (
        *(
            "body: clamped\nplasma",
            "body: peterson_riggs_2010\n‸plasma",
            "no `plasma`, as peterson_r",
            "one",
            None,
        ),
    ),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_refused_with_its_place(vocabulary: Vocabulary, fault: str) -> None:
    old, new, expected, got, nearest = FAULTS[fault]
    good = GIVEN if fault != "no pH" else GIVEN.replace("  ph: 7.4\n", "")
    assert old in good
    before, mark, after = good.replace(old, new, 1).partition("‸")
    with pytest.raises(InputError) as wrong:
        read_case_text(before + after, "case.yaml", vocabulary)
    found = wrong.value
    place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert (found.line, found.column) == place or not mark, found
    assert expected in found.expected and got in found.got and found.nearest == nearest, found


BODY = """\
calcis: 1
person: {age: 54 y, sex: female, mass: 68 kg}
body: peterson_riggs_2010
arms: {a: []}
run: {duration: 10 d, every: 1 d}
"""
BODY_FAULTS = {
    "plasma in an arm": ("a: []", "a: [{‸plasma: {ph: 7}}]", "no `plasma`, as peterson_riggs_2010", "one"),
    "an animal": ("mass: 68 kg", "mass: 68 kg, species: ‸pig", "human, as peterson_riggs_2010", "'pig'"),
    "no person": ("person: {age: 54 y, sex: female, mass: 68 kg}\n", "", "`person` in the case", "none"),
    "no sex": ("person: {age: 54 y, sex: female, ", "‸person: {age: 54 y, ", "`sex` in person", "none"),
}


@pytest.mark.parametrize("fault", BODY_FAULTS)
def test_a_body_makes_its_plasma_and_is_a_person_s(vocabulary: Vocabulary, fault: str) -> None:
    old, new, expected, got = BODY_FAULTS[fault]
    before, mark, after = BODY.replace(old, new, 1).partition("‸")
    with pytest.raises(InputError) as wrong:
        read_case_text(before + after, "case.yaml", vocabulary)
    place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert not mark or (wrong.value.line, wrong.value.column) == place
    assert expected in wrong.value.expected and got in wrong.value.got, wrong.value


IDLE = """\
calcis: 1
person: {age: 54 y, sex: female, mass: 68 kg}
body: peterson_riggs_2010
lesion:
  tissue: skeletal_muscle
  injury: {kind: bite, at: 0 d, shape: {cone: {diameter: 6 mm, depth: 4 mm}}, killed: 0.9}
changes:
  kidney.filtration_rate: 60 mL/min
  macrophage_competence: 0.2
  freezing.apoptotic_share: 0.1
  bite.apoptotic_share: 0.1
arms:
  watch: []
  drug: ["denosumab 60 mg SC", {changes: {denosumab.clearance: {factor: 2}}}]
  other: [{changes: {denosumab.clearance: {factor: 2}}}]
run: {duration: 10 d, every: 1 d}
"""


def test_a_change_without_effect_is_told() -> None:
    """With the numbers that come with Calcis."""
    case = read_case_text(IDLE, "case.yaml", packaged())
    frozen = (
        "freezing.apoptotic_share is changed (case.yaml line 10) without effect, as there is no injury of "
    )
    frozen += "kind freezing."
    assert case.arms["watch"].findings == case.arms["drug"].findings == (frozen,)
    assert case.arms["other"].findings == (
        frozen,
        "denosumab.clearance is changed (case.yaml line 15) without effect, as no denosumab is given.",
    )
    text = IDLE[: IDLE.index("lesion:")] + "organs: none\n" + IDLE[IDLE.index("changes:") :]
    said = read_case_text(text, "case.yaml", packaged()).arms["watch"].findings
    assert [sentence.split()[0] for sentence in said] == [
        "leukocytes.macrophage_competence",
        "freezing.apoptotic_share",
        "bite.apoptotic_share",
    ]
    assert all("there is no lesion" in sentence for sentence in said)
