"""Can every name of the model be explained, with its source, and is a wrong one answered with the right?"""

from __future__ import annotations

import pytest

from calcis.body import body_parts
from calcis.drugs import drug_part
from calcis.errors import InputError
from calcis.explain import Explanation, explain, explainable
from calcis.part import Part

DENOSUMAB = drug_part("denosumab")
TERIPARATIDE = drug_part("teriparatide")


def every_part() -> list[Part]:
    from calcis.body.peterson_riggs_2010 import PARTS as BODY
    from calcis.tissue import PARTS as TISSUE

    return [*BODY, *TISSUE, DENOSUMAB, TERIPARATIDE]


def of_body(name: str, body: str = "peterson_riggs_2010") -> list[Explanation]:
    """What a name means in one body, or whatever the body."""
    return [one for one in explain(name) if one.facts.get("of body", body) == body]


@pytest.mark.parametrize("part", every_part(), ids=lambda part: part.name)
def test_every_number_of_a_part_has_a_full_source_and_a_user(part: Part) -> None:
    for name in part.parameters:
        (one,) = of_body(f"{part.name}.{name}")
        assert one.sort == "parameter"
        assert {"value", "unit", "kind", "species", "source", "used by", "number of"} <= set(one.facts)
        assert len(one.facts["source"]) > 40, (part.name, name)
        assert one.facts["used by"], (part.name, name)


@pytest.mark.parametrize("part", every_part(), ids=lambda part: part.name)
def test_every_signal_tells_who_gives_and_who_needs_it(part: Part) -> None:
    for name, signal in part.gives.items():
        signals = [one for one in of_body(name) if one.sort == "signal"]
        assert len(signals) == 1
        assert signals[0].facts["unit"] == signal.unit
        assert str(signals[0].facts["given by"]).startswith(part.name)
    for name in part.needs:
        needed = next(one for one in of_body(name) if one.sort == "signal").facts["needed by"]
        assert part.name in needed


def test_a_bare_name_means_every_number_of_that_name() -> None:
    names = [one.name for one in explain("denosumab.clearance")]
    assert names == ["denosumab.clearance"]
    assert explain("macrophage_competence")[0].name == "leukocytes.macrophage_competence"
    assert explain("CALCIUM_PLASMA")[0].name == "calcium_plasma"


def test_who_uses_a_number_is_read_from_the_laws() -> None:
    used = explain("denosumab.target_half")[0].facts["used by"]
    assert used == ["signal denosumab_eliminated"]
    assert "rates of its states" in explain("denosumab.absorption_rate")[0].facts["used by"]


def test_what_a_signal_is_made_from() -> None:
    assert of_body("calcium_plasma")[0].facts["made from"] == "calcium, volume"


def test_drugs_tissues_injuries_and_bodies() -> None:
    (drug,) = explain("Prolia")
    assert (drug.name, drug.sort) == ("denosumab", "drug")
    assert drug.facts["routes"]["SC"] == "denosumab.subcutaneous"
    findings = drug.facts["hard findings"]
    assert findings[0].startswith("contraindicated: GFR below 30 mL/min, unless high calcium. Denosumab in")
    assert any("JAMA" in source for source in drug.facts["sources"])
    (condition,) = explain("left_ventricular_failure")
    assert (condition.name, condition.sort) == ("heart_failure", "condition")
    assert any("goldstein_1991" in finding for finding in condition.facts["hard findings"])
    assert "calciphylaxis" in explain("phenprocoumon")[0].facts["hard findings"][0]
    assert explain("dermis")[0].sort == "tissue"
    assert explain("bite")[0].sort == "injury"
    assert "kidney" in explain("peterson_riggs_2010")[0].facts["parts"]


@pytest.mark.parametrize("part", every_part(), ids=lambda part: part.name)
def test_every_part_tells_its_states_signals_and_numbers(part: Part) -> None:
    one = next(one for one in of_body(part.name) if one.name == part.name and one.sort in ("part", "drug"))
    assert {name.rpartition(".")[2] for name in one.facts.get("numbers", {})} == set(part.parameters)
    if one.sort == "part":
        assert set(one.facts.get("states", {})) == set(part.states)
        assert set(one.facts.get("gives", {})) == set(part.gives)


def test_all_that_is_listed_can_be_explained() -> None:
    listed = explainable()
    assert {"kidney", "leukocytes"} <= set(listed["parts"]) and "dermis" in listed["tissues"]
    for sort, names in zip(
        [
            "body",
            "disease",
            "tissue",
            "injury",
            "drug",
            "mineral",
            "part",
            "signal",
            "operation",
            "procedure",
            "condition",
            "medicine",
        ],
        listed.values(),
        strict=True,
    ):
        for name in names:
            assert sort in [one.sort for one in explain(name)], name


def test_a_disease_tells_what_it_changes_and_what_a_case_may_give() -> None:
    (one,) = explain("ckd")
    assert one.sort == "disease"
    assert one.facts["a set of changes"] == {"kidney.filtration_rate": "25 mL/min"}
    assert one.facts["in a case"] == "disease: {ckd: {gfr: 25 mL/min}}"
    assert one.facts["with body"] == "calcis, peterson_riggs_2010"
    assert "prototype" in one.facts["sources"][0]


@pytest.mark.parametrize("part", body_parts("calcis"), ids=lambda part: part.name)
def test_every_number_and_signal_of_the_body_of_calcis_is_explained(part: Part) -> None:
    for name in part.parameters:
        (one,) = of_body(f"{part.name}.{name}", "calcis")
        assert one.facts["used by"] and one.facts["source"], name
    for name in part.gives:
        given = [one for one in of_body(name, "calcis") if one.sort == "signal"]
        assert len(given) == 1 and str(given[0].facts["given by"]).startswith(part.name), name


def test_each_body_answers_with_its_own_number() -> None:
    bodies = {one.facts["of body"]: one.facts["value"] for one in explain("kidney.filtration_rate")}
    assert bodies["calcis"] == bodies["peterson_riggs_2010"] == 100


def test_given_plasma_tells_what_a_case_gives() -> None:
    (one,) = explain("clamped")
    assert "ph: ..." in one.facts["what a case gives with it"]


def test_a_range_comes_with_its_source() -> None:
    facts = explain("phosphate_plasma")[0].facts
    assert facts["reference range"] == "0.81 to 1.45 mmol/L"
    assert "MSD Manual" in facts["source of the range"]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ("calcium_plasm", "calcium_plasma"),
        ("kidney.filtraton_rate", "kidney.filtration_rate"),
        ("denosumap", "denosumab"),
    ],
)
def test_a_wrong_name_is_answered_with_the_nearest(wrong: str, right: str) -> None:
    with pytest.raises(InputError) as refused:
        explain(wrong)
    assert refused.value.nearest == right


def test_nonsense_is_refused_without_a_guess() -> None:
    with pytest.raises(InputError) as refused:
        explain("\x00]]{{%")
    assert refused.value.nearest is None
