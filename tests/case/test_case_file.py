"""Is a case file read into a Case, and every fault refused with file, line and column?"""

import json
from pathlib import Path

import pytest

from calcis.case import Case, Vocabulary, read_case, read_case_text
from calcis.case.form import Difference
from calcis.case.templates import template, templates
from calcis.errors import InputError

GOOD = """\
calcis: 1
title: Nodule after an insect bite
person: {age: 54 y, sex: female, mass: 68 kg, species: human}
body: peterson_riggs_2010
lesion:
  tissue: dermis
  injury: {kind: bite, at: 12 h, shape: {cone: {diameter: 6 mm, depth: 0.4 cm}}, killed: 90 %}
changes: {kidney.filtration_rate: 60 mL/min}
arms:
  watch: []
  failed clearance: [{changes: {macrophage_competence: 0.05}}]
  drug:
    - denosumab 60 mg SC every 26 weeks for 2 y
    - "teriparatide 20 ug SC daily for 1 y from day 10"
run: {duration: 1 y, every: 1 d, tolerance: 1e-6}
"""
ARMS = GOOD[GOOD.index("arms:") + 5 : GOOD.index("run:")]


@pytest.fixture(scope="module")
def good(vocabulary: Vocabulary) -> Case:
    return read_case_text(GOOD, "case.yaml", vocabulary)


def test_quantities_are_in_the_units_of_their_fields(good: Case) -> None:
    assert (good.person.age, good.person.mass, good.person.sex) == (54, 68, "female")
    assert good.lesion is not None
    injury = good.lesion.injury
    assert (injury.kind, injury.at, injury.killed) == ("bite", 12, 0.9)
    assert (injury.shape.cone.diameter, injury.shape.cone.depth) == (6, 4)
    assert injury.shape.cone.volume == pytest.approx(37.699, abs=5e-4)  # π·36·4/12
    assert (good.run.duration, good.run.every, good.run.tolerance) == (8766, 24, 1e-6)


def test_output_times_end_with_the_run(good: Case) -> None:
    times = good.run.times
    assert len(times) == good.run.outputs == 367
    assert times[:3] == (0, 24, 48) and times[-2:] == (365 * 24, 8766)


@pytest.mark.parametrize(
    ("duration", "every", "count"), [("1 d", "1 d", 2), ("364 d", "1 d", 365), ("0.3 d", "0.1 d", 4)]
)
def test_an_even_division_has_no_extra_output(
    vocabulary: Vocabulary, duration: str, every: str, count: int
) -> None:
    text = f"{GOOD[: GOOD.index('lesion:')]}arms: {{a: }}\nrun: {{duration: {duration}, every: {every}}}"
    run = read_case_text(text, "case.yaml", vocabulary).run
    assert len(run.times) == run.outputs == count
    assert len(set(run.times)) == count


def test_arms_have_doses_changes_words_and_findings(good: Case) -> None:
    assert list(good.arms) == ["watch", "failed clearance", "drug"]
    assert good.arms["watch"].words == ()
    assert good.arms["failed clearance"].words == ("macrophage_competence: 0.05",)
    drug = good.arms["drug"]
    assert [dose.drug for dose in drug.doses] == ["denosumab", "teriparatide"]
    assert len(drug.doses[0].times) == 3  # of four, the last lies after the end
    assert (
        drug.findings
        == (
            "1 of 4 doses lie at or after the end of the run and are not given: "
            "denosumab 60 mg SC every 26 weeks for 2 y",
            "9 of 365 doses lie at or after the end of the run and are not given: "
            "teriparatide 20 ug SC daily for 1 y from day 10",
        )
        or len(drug.findings) == 2
    )


def test_parameters_of_an_arm_are_those_of_tissue_case_and_arm(good: Case, vocabulary: Vocabulary) -> None:
    base = vocabulary.parameters(good.body)
    watch, failed = good.parameters(base, "watch"), good.parameters(base, "failed clearance")
    assert {name: p.value for name, p in watch.items() if p.changed_by} == {
        "kidney.filtration_rate": 3.6,
        "capillaries.perfusion": 0.3,
    }
    assert failed["leukocytes.macrophage_competence"].value == 0.05
    assert failed["leukocytes.macrophage_competence"].changed_by == "case.yaml line 11"
    with pytest.raises(InputError) as wrong:
        good.parameters(base, "wach")
    assert wrong.value.nearest == "watch"


def test_a_case_is_all_in_its_text(good: Case, vocabulary: Vocabulary) -> None:
    again = read_case_text(good.text, "case.yaml", vocabulary)
    assert (again.text, again.person, again.run, again.arms["drug"]) == (
        good.text,
        good.person,
        good.run,
        good.arms["drug"],
    )


@pytest.mark.parametrize("case", [GOOD, {"text": GOOD, "sha256": "0"}])
def test_a_run_is_repeated_from_its_run_json(tmp_path: Path, vocabulary: Vocabulary, case: object) -> None:
    path = tmp_path / "run.json"
    path.write_text(json.dumps({"calcis_run": 1, "case": case}, indent=1))
    again = read_case(path, vocabulary)
    assert (again.text, again.title) == (GOOD, "Nodule after an insect bite")


@pytest.mark.parametrize(
    "content", ["{}", '{"case": 3}', '{"case": {"x": 1}}', "[1]", '{"case": ', "{" * 9999]
)
def test_json_that_is_no_run_is_refused(tmp_path: Path, vocabulary: Vocabulary, content: str) -> None:
    path = tmp_path / "run.json"
    path.write_text(content)
    with pytest.raises(InputError) as wrong:
        read_case(path, vocabulary)
    assert wrong.value.file == str(path) and wrong.value.line == 1


def test_a_fault_in_the_case_of_a_run_says_where_it_is(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = tmp_path / "run.json"
    path.write_text(json.dumps({"case": GOOD.replace("54 y", "54 kg")}))
    with pytest.raises(InputError) as wrong:
        read_case(path, vocabulary)
    assert (wrong.value.file, wrong.value.line) == (f"{path} (its case)", 3)


# What is replaced by what (with ‸ before the place of the complaint); expected, got (in part), nearest.
FAULTS = {
    "wrong unit": ("54 y", "‸54 kg", "a time, such as 54 y", "kg (mass)", None),
    "no unit": ("54 y", "‸54", "a number and its unit, such as 54 y", "54", None),
    "unit misspelt": ("54 y", "‸54 yers", "a time, such as 54 y", "'yers'", "years"),
    "misspelt key": ("mass:", "‸mas:", "a key of person: age, sex", "'mas'", "mass"),
    "misspelt top key": ("person:", "‸persn:", "a key of the case file", "'persn'", "person"),
    "deep misspelt key": ("depth", "‸dept", "a key of lesion.injury.shape.cone", "'dept'", "depth"),
    "negative mass": ("68 kg", "‸-68 kg", "more than 0 kg, at most 1000 kg", "'-68 kg'", None),
    "no mass": ("68 kg", "‸0 kg", "more than 0 kg", "'0 kg'", None),
    "no age": ("person: {age: 54 y, ", "‸person: {", "`age` in person", "none", None),
    "too old": ("54 y", "‸540 y", "more than 0 y, at most 130 y", "'540 y'", None),
    "sex": ("female", "‸femal", "female or male", "'femal'", "female"),
    "species": ("human", "‸dog", "human", "'dog'", None),
    "injury after the end": ("12 h", "‸2 y", "before the end of the run at 1 y", "'2 y'", None),
    "injury at the end": ("12 h", "‸1 y", "before the end of the run at 1 y", "'1 y'", None),
    "injury before the start": ("12 h", "‸-1 h", "at least 0 d", "'-1 h'", None),
    "unknown tissue": ("dermis", "‸dermiss", "a tissue: dermis, muscle", "'dermiss'", "dermis"),
    "unknown injury": ("kind: bite", "kind: ‸byte", "an injury: bite", "'byte'", "bite"),
    "unknown body": ("peterson_riggs_2010", "‸clampd", "a body: peterson", "'clampd'", "clamped"),
    "unknown shape": ("cone:", "‸cube:", "a key of lesion.injury.shape: cone", "'cube'", "cone"),
    "killed": ("90 %", "‸1.1", "at least 0, at most 1", "1.1", None),
    "depth": ("0.4 cm", "‸0.4 L", "a length, such as 6 mm", "L (length^3)", None),
    "not yaml": ("body: pet", "body: [pet", "YAML", "", None),
    "second document": ("body:", "‸---\nbody:", "one YAML document", "a second one", None),
    "tag": ("54 y", "‸!!python/object:os.system x", "plain data", "python/object:os.system", None),
    "anchor": ("54 y", "‸&a 54 y", "plain data", "anchor", None),
    "doubled key": ("body:", "‸title: x\nbody:", "each key once", "'title' again", None),
    "doubled arm": ("  drug:", "  ‸watch:", "each key once", "'watch' again", None),
    "format": ("calcis: 1", "calcis: ‸2", "1, the format", "2", None),
    "format true": ("calcis: 1", "calcis: ‸true", "1, the format", "true", None),
    "format text": ("calcis: 1", "calcis: ‸'1'", "1, the format", "'1'", None),
    "title": ("Nodule after an insect bite", "‸3", "text", "3", None),
    "long title": ("Nodule", "‸" + "N" * 500, "at most 200 characters", "'NNN", None),
    "person": ("person: {", "person: ‸3 #", "a mapping", "3", None),
    "unknown parameter": (
        *("kidney.f", "‸kidny.f", "the name of a parameter", "'kidny.f", "kidney.filtration_rate"),
    ),
    "ambiguous parameter": (
        *("kidney.filtration_rate", "‸delay", "one of bone.delay, gut.delay", "'delay'", None),
    ),
    "change of another unit": ("60 mL/min", "‸60 mL", "such as 6 L/h", "60 mL", None),
    "change without unit": ("60 mL/min", "‸60", "such as 6 L/h", "60 without a unit", None),
    "change to infinity": ("60 mL/min", "‸.inf", "a number", "inf", None),
    "changes of a list": (
        "changes: {kidney.filtration_rate: 60 mL/min}",
        "changes: ‸[]",
        "a mapping",
        "a list",
        None,
    ),
    "change in an arm": ("0.05", "‸5 mg", "a number without a unit", "5 mg", None),
    "changes of an arm misspelt": ("{changes", "{‸change", "a key of arms.failed", "'change'", "changes"),
    "arms empty": (f"arms:{ARMS}", "‸arms:\n", "a mapping", "nothing", None),
    "no arms": (f"arms:{ARMS}", "arms: ‸{}\n", "at least one arm", "a mapping", None),
    "arms missing": (f"arms:{ARMS}", "", "`arms` in the case file", "none", None),
    "arm without name": ("watch: []", "‸'': []", "a name", "''", None),
    "arm with a long name": ("watch: []", f"‸{'x' * 101}: []", "at most 100 characters", "'xxx", None),
    "escape of a terminal": ("Nodule after an insect bite", '‸"\\e[2J"', "printable text", "U+001B", None),
    "half a character": ("Nodule after an insect bite", '‸"\\ud800"', "printable text", "U+D800", None),
    "arm is no list": ("watch: []", "watch: ‸denosumab", "a list [...]", "'denosumab'", None),
    "arm of a number": ("watch: []", "watch: [‸3]", "a dose such as", "3", None),
    "arm of a list": ("watch: []", "watch: [‸[]]", "a dose such as", "a list", None),
    "arm of nothing": (
        "watch: []",
        "watch: [‸{}]",
        f"one of {', '.join(Difference.model_fields)}",
        "none",
        None,
    ),
    "unknown drug": (
        "- denosumab",
        "- ‸denosunab",
        "a drug that `calcis explain` lists",
        "'denosunab'",
        "denosumab",
    ),
    "unit of a dose": ("60 mg", "‸60 IU", "a dose of denosumab in mg", "60 IU", None),
    "word of a dose": ("SC every", "SC ‸evry", "a route, over, every", "'evry'", "every"),
    "word of a quoted dose": ("ug SC daily", "ug SC ‸dayly", "a route, over", "'dayly'", "daily"),
    "dose after the end": (
        "denosumab 60 mg SC",
        "‸denosumab 60 mg SC from day 400",
        "end of the run",
        "400 d",
        None,
    ),
    "no duration": ("run: {duration: 1 y, ", "‸run: {", "`duration` in run", "none", None),
    "zero duration": ("duration: 1 y", "duration: ‸0 d", "more than 0 y, at most 150 y", "'0 d'", None),
    "negative duration": ("duration: 1 y", "duration: ‸-1 y", "more than 0 y", "'-1 y'", None),
    "every beyond the run": ("every: 1 d", "every: ‸2 y", "at most the duration of the run", "'2 y'", None),
    "too many outputs": ("every: 1 d", "every: ‸1 s", "at most 200000 output times", "9.47e+07", None),
    "outputs beyond counting": ("every: 1 d", "every: ‸1e-320 s", "at most 200000", "inf", None),
    "loose tolerance": ("1e-6", "‸0.1", "a number of at most 0.01", "0.1", None),
    "tight tolerance": ("1e-6", "‸1e-12", "a number of at least 1e-10", "1e-12", None),
    "no tolerance": ("1e-6", "‸.nan", "a number of at most 0.01", "nan", None),
    "tolerance of words": ("1e-6", "‸tight", "a number", "'tight'", None),
    "a file without folder": ("body:", "changes_from: ‸x.yaml\nbody:", "no file names", "'x.yaml'", None),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_refused_with_its_place(vocabulary: Vocabulary, fault: str) -> None:
    old, new, expected, got, nearest = FAULTS[fault]
    assert old in GOOD
    before, mark, after = GOOD.replace(old, new, 1).partition("‸")
    with pytest.raises(InputError) as wrong:
        read_case_text(before + after, "case.yaml", vocabulary)
    found = wrong.value
    place = (before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert (found.line, found.column) == place or (not mark and found.line), found
    assert (found.file, found.nearest) == ("case.yaml", nearest), found
    assert expected in found.expected and got in found.got, found
    assert len(str(found)) < 300


@pytest.mark.parametrize("content", [b"", b"\x00\x01", b"\x89PNG", b"- 1", b"text", b"#" * 4_000_001])
def test_a_file_that_is_no_case_is_refused(tmp_path: Path, vocabulary: Vocabulary, content: bytes) -> None:
    path = tmp_path / "case.yaml"
    path.write_bytes(content)
    with pytest.raises(InputError) as wrong:
        read_case(path, vocabulary)
    assert wrong.value.file == str(path)


def test_names_of_arms_may_be_anything(vocabulary: Vocabulary) -> None:
    text = GOOD.replace("watch:", '"../../etc/passwd":').replace("  drug:", "  42:")
    assert list(read_case_text(text, "case.yaml", vocabulary).arms) == [
        "../../etc/passwd",
        "failed clearance",
        "42",
    ]


@pytest.mark.parametrize("name", templates())
def test_an_example_is_its_template_and_is_a_case(name: str) -> None:
    """With the data that come with Calcis."""
    example = Path(__file__).parents[2] / "examples" / f"{name}.yaml"
    assert example.read_text() == template(name)
    case = read_case(example)
    assert len(case.arms) >= 2 and case.text == template(name)
