"""Do the schema, the templates and the data that come with Calcis fit the code that reads them?"""

import json
import re
from pathlib import Path

import pytest

from calcis.case import packaged, read_case_text, schema
from calcis.case.drugs import read_drug
from calcis.case.templates import DEFAULT, template, templates, write_template
from calcis.drugs import drug_part
from calcis.errors import InputError
from calcis.parameters import data_path
from calcis.tissue.injuries import KINDS

DENOSUMAB = drug_part("denosumab")
TERIPARATIDE = drug_part("teriparatide")


def test_the_published_schema_is_that_of_the_form() -> None:
    """If this fails, write json.dumps(schema(), indent=2, ensure_ascii=False) and a newline to the file."""
    assert json.loads(data_path("case.schema.json").read_text()) == schema()


def test_the_schema_names_every_key_of_the_examples() -> None:
    properties = schema()["properties"]
    assert set(properties) >= {"calcis", "title", "person", "body", "lesion", "changes", "arms", "run"}
    assert schema()["additionalProperties"] is False


def test_a_template_is_written_once(tmp_path: Path) -> None:
    path = tmp_path / "mine.yaml"
    write_template(path)
    assert path.read_text() == template(DEFAULT)
    with pytest.raises(InputError) as wrong:
        write_template(path, "denosumab")
    assert (wrong.value.file, wrong.value.got) == (str(path), "one that exists")
    assert path.read_text() == template(DEFAULT)
    for impossible in (tmp_path / "no" / "folder.yaml", tmp_path / ("x" * 300), f"{tmp_path}/a\0b"):
        with pytest.raises(InputError):
            write_template(impossible)


def test_an_unknown_template_is_refused_with_the_nearest() -> None:
    with pytest.raises(InputError) as wrong:
        template("denosumap")
    assert wrong.value.nearest == "denosumab"
    with pytest.raises(InputError):
        template("../references")


def test_examples_are_links_to_the_templates() -> None:
    examples = Path(__file__).parents[2] / "examples"
    assert sorted(path.stem for path in examples.glob("*.yaml")) == list(templates())
    for path in examples.glob("*.yaml"):
        assert path.resolve() == data_path("templates", path.name).resolve()


@pytest.mark.parametrize(("page", "count"), [("case_file", 5), ("lesion_in_space", 1)])
def test_the_cases_of_the_documentation_are_cases(page: str, count: int) -> None:
    text = (Path(__file__).parents[2] / "docs" / f"{page}.md").read_text()
    cases = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert len(cases) == count
    for text in cases:
        assert not any(arm.findings for arm in read_case_text(text, "page").arms.values())


@pytest.mark.parametrize("part", [DENOSUMAB, TERIPARATIDE], ids=lambda part: part.name)
def test_routes_of_a_drug_lead_to_dosable_states_of_its_part(part) -> None:
    drug = packaged().drugs[part.name]
    for state in drug.routes.values():
        name, _, bare = state.partition(".")
        assert name == part.name and part.states[bare].dosable


def test_the_vocabulary_knows_what_the_rooms_know() -> None:
    vocabulary = packaged()
    assert set(vocabulary.injuries) == set(KINDS)
    assert "dermis" in vocabulary.tissues and "peterson_riggs_2010" in vocabulary.bodies
    names = vocabulary.parameters("peterson_riggs_2010")
    assert {"leukocytes.macrophage_competence", "kidney.filtration_rate"} <= set(names)
    for tissue in vocabulary.tissues.values():
        assert {change.name for change in tissue.changes} <= set(names)


@pytest.mark.parametrize(
    ("change", "expected", "got"),
    [
        ("macrophage_competence: ‸-0.2", "leukocytes.macrophage_competence from 0 to 1", "-0.2"),
        ("capillaries.perfusion: {factor: ‸-1}", "capillaries.perfusion from 0 to 1000", "-0.3"),
        ("plasma.calcium_normal: ‸100 mmol/L", "plasma.calcium_normal from 0.8 to 6 mmol/L", "100 mmol/L"),
        ("bite.apoptotic_share: ‸120 %", "bite.apoptotic_share from 0 to 1", "120 %"),
    ],
)
def test_what_can_mean_nothing_is_refused_by_check(change: str, expected: str, got: str) -> None:
    text = template().replace("arms:\n", f"changes: {{{change}}}\narms:\n", 1)
    before, _, after = text.partition("‸")
    with pytest.raises(InputError) as wrong:
        read_case_text(before + after, "case.yaml")
    assert (wrong.value.expected, wrong.value.got) == (expected, got)
    assert wrong.value.line == before.count("\n") + 1


DRUG = """\
species: human
drug:
  name: heparin
  synonyms: [UFH]
  dose_units: [IU, mg]
  activity: {value: 200, unit: IU/mg, kind: assumed, source: "a_2000: x"}
  routes: {SC: {state: heparin.depot}}
parts:
  heparin: {}
"""


def test_a_drug_is_read(tmp_path: Path) -> None:
    path = tmp_path / "heparin.yaml"
    path.write_text(DRUG)
    drug = read_drug(path, frozenset({"a_2000"}))
    assert (drug.routes, drug.dose_units, drug.synonyms) == ({"SC": "heparin.depot"}, ("IU", "mg"), ("UFH",))
    assert drug.activity is not None and drug.activity.value == 200 and drug.molar_mass is None


@pytest.mark.parametrize(
    ("old", "new", "expected", "got", "nearest"),
    [
        ("name: heparin", "name: ‸heparine", "the file's name, heparin", "'heparine'", None),
        ("dose_units:", "‸dose_unit:", "a key of", "'dose_unit'", "dose_units"),
        ("[IU, mg]", "[IU, ‸m]", "a unit of mass, amount, biological activity or volume", "m", None),
        ("[IU, mg]", "[IU, ‸mgg]", "a unit such as", "'mgg'", "mg"),
        ("[IU, mg]", "‸[]", "a list of words", "a list", None),
        ("{SC: {state: heparin.depot}}", "‸{}", "at least one route", "none", None),
        ("SC:", "‸SQ:", "a key of", "'SQ'", "SC"),
        ("heparin.depot", "‸depot", "a state, dotted, of heparin", "'depot'", None),
        ("{state: heparin.depot}", "‸SC", "a mapping", "'SC'", None),
        ("IU/mg", "‸mg/IU", "a unit of biological activity / mass", "mg/IU", None),
        ('"a_2000: x', '‸"b_2000: x', "the key of an entry", "'b_2000'", "a_2000"),
    ],
)
def test_a_fault_of_a_drug_is_refused_with_its_place(
    tmp_path: Path, old: str, new: str, expected: str, got: str, nearest: str | None
) -> None:
    path = tmp_path / "heparin.yaml"
    before, mark, after = DRUG.replace(old, new, 1).partition("‸")
    path.write_text(before + after)
    with pytest.raises(InputError) as wrong:
        read_drug(path, frozenset({"a_2000"}))
    found = wrong.value
    assert found.line == before.count("\n") + 1 and mark, found
    assert expected in found.expected and got in found.got and found.nearest == nearest, found


def test_a_drug_that_does_not_act_in_a_body_is_refused() -> None:
    """Denosumab has nothing to bind to in the rat, and would be given in silence."""
    text = """calcis: 1
person: {species: rat}
body: granjon_2017
arms:
  a: [denosumab 60 mg SC at day 1]
run: {duration: 30 d, every: 1 d}
"""
    with pytest.raises(InputError, match="5:7: expected a drug that acts in granjon_2017"):
        read_case_text(text, "rat.yaml")
    human = text.replace("species: rat", "age: 54 y, sex: female, mass: 68 kg")
    for body in ("calcis", "peterson_riggs_2010"):
        assert read_case_text(human.replace("granjon_2017", body), "human.yaml").arms["a"].doses
