"""Is the person found who has the labs, and no other where it need not be?"""

from __future__ import annotations

import json
from itertools import combinations

import pytest

import calcis
from calcis.case import Case, packaged, read_case_text
from calcis.individual import Individual, as_found, find
from calcis.individual.contradiction import without_disease
from calcis.individual.factors import search
from calcis.individual.levels import Response
from calcis.individual.options import ARGUMENT, ASIDE, BEYOND, options
from calcis.parameters import KINDS
from tests.individual.persons import YEAR, case, labs_of, written

KIDNEY = "{kidney.filtration_rate: 25 mL/min, vitamin_d.supply_factor: 0.5}"


def found(given: Case) -> Individual:
    one = find(given)
    assert one is not None
    return one


@pytest.fixture(scope="module")
def normal() -> dict[str, str]:
    return labs_of()


@pytest.fixture(scope="module")
def kidney() -> dict[str, str]:
    return labs_of(KIDNEY)


def test_a_standard_person_needs_no_change(normal: dict[str, str]) -> None:
    for some in ([normal], [{lab: value} for lab, value in normal.items()]):
        for labs in some:
            one = found(case(written(labs)))
            assert one.changes == () and one.misfit == () and one.aside == {}
            assert one.cost < 1e-6
            assert all(abs(level.off or 0.0) < 1e-3 for level in one.levels)


def test_variation_within_a_person_is_no_reason_for_a_change(normal: dict[str, str]) -> None:
    value, unit = normal["pth"].split()
    one = found(case(written({**normal, "pth": f"{1.2 * float(value)} {unit}"})))
    assert one.changes == ()


def test_the_person_with_kidney_disease_is_found(kidney: dict[str, str]) -> None:
    one = found(case(written(kidney), "disease: ckd"))
    assert one.misfit == () and one.aside == {}
    moved = {name: value for change in one.changes for name, value, _, _ in change.numbers}
    sizes = {name: change.unsure for change in one.changes for name, *_ in change.numbers}
    assert abs(moved["kidney.filtration_rate"] / 25.0 - 1.0) < 3.0 * sizes["kidney.filtration_rate"]
    assert abs(moved["vitamin_d.supply_factor"] / 0.5 - 1.0) < 3.0 * sizes["vitamin_d.supply_factor"]
    for level in one.levels:
        assert level.off is not None and abs(level.off) < 2.0, level


def test_the_run_starts_from_who_was_found(kidney: dict[str, str]) -> None:
    given = case(written(kidney), "disease: ckd")
    one = found(given)
    lived = as_found(given, one)
    response = Response(lived)
    (levels,) = response.levels([response.base], [lived.history])
    for level in (*one.levels, *one.unseen):
        assert levels[response.signals.index(level.signal)] == level.simulated
    for change in one.changes:
        for name, value, _, _ in change.numbers:
            own = lived.parameters(response.numbers)[name]
            assert own.shown[0] == value and own.kind == "fitted" and "labs" in own.source
            assert own.kind in KINDS


def test_the_order_of_labs_does_not_matter(kidney: dict[str, str]) -> None:
    turned = dict(reversed(kidney.items()))
    assert found(case(written(kidney))) == found(case(written(turned)))


def test_every_subset_of_labs_gives_a_finding(kidney: dict[str, str]) -> None:
    for size in (1, len(kidney) - 1):
        for names in combinations(kidney, size):
            one = found(case(written({name: kidney[name] for name in names}), "disease: ckd"))
            assert {level.lab for level in one.levels} == set(names)
            assert all(level.unsure > 0.0 and level.simulated > 0.0 for level in one.unseen)
            assert one.misfit == ()


def test_less_is_known_with_fewer_labs(kidney: dict[str, str]) -> None:
    """FGF23 and GFR are seen worse where PTH, phosphate and vitamin D were not measured."""
    few = found(case(written({"calcium": kidney["calcium"]}), "disease: ckd"))
    many = {**kidney}
    many.pop("fgf23")
    more = found(case(written(many), "disease: ckd"))

    def unsure(one: Individual, signal: str) -> float:
        return next(level.unsure for level in one.unseen if level.signal == signal)

    for signal in ("fgf23_plasma", "glomerular_filtration_rate"):
        assert unsure(more, signal) < unsure(few, signal)


def test_what_the_case_gives_stays(kidney: dict[str, str]) -> None:
    one = found(
        case(written(kidney), "disease: {ckd: {gfr: 40 mL/min}}\nchanges: {vitamin_d.supply_factor: 1.5}")
    )
    moved = {name for change in one.changes for name, *_ in change.numbers}
    assert not moved & {"kidney.filtration_rate", "vitamin_d.supply_factor"}
    assert not any(change.sort == ARGUMENT for change in one.changes)
    assert "vitamin_d_25" in one.misfit


def test_albumin_is_taken_as_measured() -> None:
    one = found(case("albumin: 31 g/L, calcium: 2.1 mmol/L"))
    assert one.changes[0].sort == "measured" and one.changes[0].numbers[0][1] == 31.0
    assert found(case("albumin: 31 g/L", "changes: {calcium_binding.albumin: 25 g/L}")).unused == {
        "albumin": "the case sets it itself"
    }


def test_calcium_and_ionised_calcium_that_nobody_has_contradict_each_other() -> None:
    one = found(case("calcium: 15 mg/dL, calcium_ionised: 1.1 mmol/L"))
    assert set(one.aside) & {"calcium", "calcium_ionised"} and set(one.aside) == set(one.misfit)
    (lab, others), *_ = one.aside.items()
    assert set(others) == {"calcium", "calcium_ionised"} - {lab}


def test_labs_against_the_disease_are_told() -> None:
    one = found(
        case(
            "calcium: 8 mg/dL, phosphate: 5 mg/dL, pth: 180 pg/mL, creatinine: 65 umol/L",
            "disease: hypoparathyroidism",
        )
    )
    assert "pth" in one.aside and "pth" not in one.aside_without_disease
    assert one.plain["pth"] < 0.5 * 180 / 9.425


def test_labs_for_the_disease_are_told(kidney: dict[str, str]) -> None:
    one = found(case(written(kidney), "disease: ckd"))
    assert one.without_disease is not None
    assert one.without_disease - one.cost > search()["telling.disease"].value


def test_high_calcium_with_high_pth_is_a_disease_of_the_glands() -> None:
    ill = labs_of("{parathyroid_gland.mass_factor: 5, parathyroid_gland.autonomous: 1}")
    one = found(case(written({name: ill[name] for name in ("calcium", "phosphate", "pth")})))
    moved = {name for change in one.changes for name, *_ in change.numbers}
    assert any(name.startswith("parathyroid_gland.") for name in moved)
    assert not any(change.sort == ASIDE for change in one.changes) and one.misfit == ()


def test_fgf23_that_wastes_phosphate_is_found_though_no_disease_by_name_does_it() -> None:
    one = found(case("phosphate: 0.5 mmol/L, fgf23: 400 pg/mL"))
    assert one.aside == {} and one.misfit == ()
    moved = {name: value for change in one.changes for name, value, *_ in change.numbers}
    assert moved["fgf23.synthesis_factor"] > 5.0


def test_without_its_disease_a_person_does_not_have_it_under_another_name() -> None:
    given = case("calcium: 2.9 mmol/L, pth: 20 pmol/L", "disease: primary_hyperparathyroidism")
    response = Response(without_disease(given))
    left = options(without_disease(given), response, {"primary_hyperparathyroidism"})
    glands = [one for one in left if one.sort == BEYOND and one.name.startswith("gland_")]
    assert glands and all(one.ends[1] == 0.0 for one in glands if one.name != "gland_sensitivity.beyond")


def test_low_pth_is_held_against_what_an_assay_can_tell() -> None:
    """Suppressed glands: a tenth of a low value is as good as that value, not two natural logarithms away."""
    ill = labs_of("{plasma.pthrp: 10 pmol/L}")
    low = float(ill["pth"].split()[0])
    one = found(
        case(f"pth: {low + 0.35} pmol/L, calcium: {ill['calcium']}", "changes: {plasma.pthrp: 10 pmol/L}")
    )
    (off,) = [level.off for level in one.levels if level.lab == "pth"]
    assert one.changes == () and off is not None and -1.0 < off < -0.8


def test_a_disease_may_be_worse_than_its_sensible_range_at_a_price() -> None:
    one = found(case("vitamin_d_25: 4 nmol/L"))
    (supply,) = [value for change in one.changes for name, value, *_ in change.numbers]
    least = packaged().diseases["vitamin_d_deficiency"].arguments["supply"].least
    assert one.aside == {} and one.misfit == () and 0.03 < supply < float(least)


def test_the_default_life_is_that_of_the_data_and_the_case_s_own_counts() -> None:
    usual, consuming = (search()[f"lived.{name}"].value for name in ("usual", "consuming"))
    assert found(case("calcium: 9.4 mg/dL")).hours == usual
    assert found(case("calcium: 9.4 mg/dL", "disease: ckd\nhistory: 3 y")).hours == 3 * YEAR
    assert found(case("calcium: 13 mg/dL", "disease: osteolytic_metastases")).hours == consuming


def test_a_body_is_held_against_what_it_has() -> None:
    labs = "calcium: 9.4 mg/dL, fgf23: 60 pg/mL, vitamin_d_25: 20 ng/mL, creatinine: 1 mg/dL, pth: 0 pmol/L"
    one = found(case(labs, body="peterson_riggs_2010"))
    assert {level.lab for level in one.levels} == {"calcium", "creatinine"}
    assert one.unused == {
        "fgf23": "this body does not have it",
        "vitamin_d_25": "this body does not have it",
        "pth": "a value of 0 means less than the assay finds, and not how much less",
    }


def test_where_plasma_is_given_nobody_is_looked_for() -> None:
    text = """calcis: 1
person: {age: 61 y, sex: male}
body: clamped
plasma: {calcium_ionised: 1.25 mmol/L, phosphate: 1.8 mmol/L, pyrophosphate: 1 umol/L, ph: 7.4}
labs: {calcium: 9.4 mg/dL}
lesion: {tissue: dermis}
arms: {a: []}
run: {duration: 10 d, every: 1 d}
"""
    assert find(read_case_text(text, "case")) is None


def test_a_run_keeps_its_person_and_repeats_to_the_same_bits(tmp_path, kidney: dict[str, str]) -> None:
    given = case(written({name: kidney[name] for name in ("calcium", "pth")}), "disease: ckd")
    first = calcis.run(given, tmp_path / "a.run")
    again = calcis.run(tmp_path / "a.run" / "run.json", tmp_path / "b.run")
    kept = calcis.load(tmp_path / "a.run")
    assert first.individual is not None and kept.individual is not None and again.individual is not None
    one = Individual.of(first.individual)
    assert one == Individual.of(kept.individual) == Individual.of(again.individual)
    assert json.loads(json.dumps(first.individual)) == kept.individual
    for name, series in first["watch"].body_series.items():
        assert series.values.tobytes() == again["watch"].body_series[name].values.tobytes()
    for level in (*one.levels, *one.unseen):
        start = first["watch"].body_series[level.signal].values[0]
        assert start == pytest.approx(level.simulated, rel=1e-9)
