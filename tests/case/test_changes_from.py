"""May a case take changes from a file beside it, and from nowhere else?"""

import json
from pathlib import Path

import pytest

from calcis.case import Vocabulary, read_case, read_case_text
from calcis.errors import InputError

CHANGES = "title: kidneys\nchanges:\n  kidney.filtration_rate: {factor: 0.5}\n"
CASE = """\
calcis: 1
person: {age: 54 y, sex: female, mass: 68 kg}
body: peterson_riggs_2010
changes_from: organ.yaml
arms: {watch: [], drug: [denosumab 60 mg SC]}
run: {duration: 1 y, every: 1 d}
"""


def _case(folder: Path, name: str = "organ.yaml", changes: str = CHANGES) -> Path:
    (folder / "cases").mkdir(exist_ok=True)
    (folder / "cases" / "organ.yaml").write_text(changes)
    path = folder / "cases" / "case.yaml"
    path.write_text(CASE.replace("changes_from: organ.yaml", f"changes_from: {name}"))
    return path


def test_its_changes_are_applied(tmp_path: Path, vocabulary: Vocabulary) -> None:
    case = read_case(_case(tmp_path), vocabulary)
    numbers = case.parameters(vocabulary.parameters(case.body), "watch")
    assert numbers["kidney.filtration_rate"].value == 3.0
    assert numbers["kidney.filtration_rate"].changed_by == "organ.yaml line 3"


def test_they_come_before_the_case_s_own(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = _case(tmp_path, changes="changes: {kidney.filtration_rate: 4 L/h}")
    path.write_text(path.read_text() + "changes: {kidney.filtration_rate: {factor: 0.5}}\n")
    case = read_case(path, vocabulary)
    assert case.parameters(vocabulary.parameters(case.body), "watch")["kidney.filtration_rate"].value == 2.0


@pytest.mark.parametrize("name", ["organ.yaml", "'organ.yaml'", '"organ.yaml"'])
def test_its_text_joins_the_case_s(tmp_path: Path, vocabulary: Vocabulary, name: str) -> None:
    case = read_case(_case(tmp_path, name), vocabulary)
    again = read_case_text(case.text, "run.json", vocabulary)
    assert again.text == case.text
    base = vocabulary.parameters(case.body)
    assert again.parameters(base, "drug") == case.parameters(base, "drug")


@pytest.mark.parametrize("odd", ["é🦴", "\u2028", "\x85", '"quoted" \\ and \t', "# {a: b}", "\ufeff"])
def test_its_text_survives_in_the_case_s(tmp_path: Path, vocabulary: Vocabulary, odd: str) -> None:
    case = read_case(_case(tmp_path, changes=f"{CHANGES}#{odd}\n"), vocabulary)
    [[change]] = read_case_text(case.text, "run.json", vocabulary).changes
    assert change.document.text == f"{CHANGES}#{odd}\n"


def test_a_fault_in_it_is_placed_in_it(tmp_path: Path, vocabulary: Vocabulary) -> None:
    path = _case(tmp_path, changes="changes:\n  kidny.filtration_rate: {factor: 0.5}\n")
    with pytest.raises(InputError) as wrong:
        read_case(path, vocabulary)
    found = wrong.value
    assert (found.file, found.line, found.column) == ("organ.yaml", 2, 3)
    assert found.nearest == "kidney.filtration_rate"


@pytest.mark.parametrize(
    ("name", "expected", "got"),
    [
        ("../secret.yaml", "the name of a file in the case's folder", "'../secret.yaml'"),
        ("/etc/passwd", "the name of a file in the case's folder", "'/etc/passwd'"),
        ("link.yaml", "the name of a file in the case's folder", "'link.yaml'"),
        ("organs.yaml", "a file", "no such file: 'organs.yaml'"),
        ("{}", "one file", "0"),
        ("{a: x, b: y}", "one file", "2"),
        ("[a]", "text", "a list"),
        ("{a: 3}", "text", "3"),
    ],
)
def test_a_name_that_leads_outside_is_refused(
    tmp_path: Path, vocabulary: Vocabulary, name: str, expected: str, got: str
) -> None:
    path = _case(tmp_path, name)
    (tmp_path / "secret.yaml").write_text(CHANGES)
    (tmp_path / "cases" / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    with pytest.raises(InputError) as wrong:
        read_case(path, vocabulary)
    found = wrong.value
    assert (found.file, found.line) == (str(path), 4)
    assert expected in found.expected and found.got == got, found


def test_a_case_of_a_run_names_no_file(tmp_path: Path, vocabulary: Vocabulary) -> None:
    _case(tmp_path)
    path = tmp_path / "cases" / "run.json"
    path.write_text(json.dumps({"case": CASE}))
    with pytest.raises(InputError) as wrong:
        read_case(path, vocabulary)
    assert wrong.value.expected.startswith("no file names")
