"""Is a reader told who was found for the labs, how sure that is, what else it could be, and what is wrong?"""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from calcis.case import packaged
from calcis.individual.factors import factors
from calcis.individual.individual import Individual, Level, Moved, Other
from calcis.parameters import data_path
from calcis.quantities import SYSTEMS, number_shown
from calcis.reading import read_yaml
from calcis.report.matching import Matching, matching, matching_json
from calcis.report.run_page import render
from calcis.results.store import Run
from calcis.terminal import run_json, show_run
from calcis.units import HOURS_PER_YEAR
from tests.view.fake_run import fake_run

CASE = """calcis: 1
person: {age: 54 y, sex: female, mass: 68 kg}
body: calcis
disease: {ckd: {gfr: 20 mL/min}}
labs: {calcium: 12.0 mg/dL, pth: 180 pg/mL, creatinine: 1.0 mg/dL, fgf23: 60 pg/mL}
arms: {watch: []}
run: {duration: 1 y, every: 1 d}
"""
CALCIUM = Level("calcium_plasma", "mmol/L", 2.95, 0.01, "calcium", 2.994, 0.0224, -0.66)
PTH = Level("pth_plasma", "pmol/L", 6.0, 0.2, "pth", 19.1, 0.212, -5.5)
FILTRATION = Level("glomerular_filtration_rate", "L/h", 1.2, 0.1, "creatinine", 3.6, 0.26, -4.2)
SUPPLY = Moved(
    "supply of vitamin D", "variation", (("vitamin_d.supply_factor", 0.4, "1", 1.0),), 0.4, 0.1, 2.5
)
ILL = Moved(
    "Primary hyperparathyroidism, mass of the parathyroid glands",
    "disease",
    (("parathyroid_gland.mass_factor", 5.0, "1", 1.0),),
    5.0,
    0.2,
    0.3,
)
KIDNEY = Moved(
    "kidney function (GFR)", "argument", (("kidney.filtration_rate", 20.0, "mL/min", 100.0),), 0.2, 0.2, 1.0
)
TUMOUR = Moved("PTHrP", "beyond", (("plasma.pthrp", 12.0, "pmol/L", 0.0),), None, 0.5, 1.0)
FOUND = Individual(
    hours=HOURS_PER_YEAR,
    told=False,
    levels=(CALCIUM, PTH, FILTRATION),
    changes=(SUPPLY, ILL),
    unseen=(Level("fgf23_plasma", "pmol/L", 1.5, 0.2),),
    others=(Other((TUMOUR,), 2.0, "pth", -1.0), Other((), 3.0, "pth", -2.0)),
    cost=20.0,
    misfit=("pth", "creatinine"),
    unused={"fgf23": "this body does not have it"},
)


def run_with(found: Individual, case: str = CASE) -> Run:
    """A run of the case for which somebody was found."""
    return replace(fake_run(), case_text=case, individual=json.loads(json.dumps(found.described())))


def told(found: Individual, system: str = "si") -> Matching:
    one = matching(run_with(found), system)
    assert one is not None
    return one


def texts(found: Individual) -> str:
    return " ".join(one.text for one in told(found).remarks)


def test_levels_stand_in_the_units_asked_for_with_a_deviation_to_each_side() -> None:
    calcium, _, filtration = told(FOUND, "us").rows
    assert (calcium.title, calcium.unit, calcium.measured) == ("Total calcium", "mg/dL", "12.0")
    assert (calcium.measured_ends, calcium.simulated) == ("11.7 to 12.3", "11.8")
    assert (calcium.off, calcium.verdict) == ("−0.7", "")
    assert (filtration.title, filtration.measured, filtration.unit) == (
        "eGFR, by creatinine",
        "60.0",
        "mL/min per 1.73 m²",
    )
    (fgf23,) = told(FOUND).unseen
    assert (fgf23.title, fgf23.simulated, fgf23.measured) == ("FGF23", "45.0", "")


def test_changes_are_told_with_what_is_open_and_how_unusual_they_are() -> None:
    found = replace(FOUND, changes=(SUPPLY, ILL, KIDNEY, TUMOUR))
    assert told(found).changes == (
        "Supply of vitamin D: 0.400 of normal (0.362 to 0.442); few healthy people differ as much.",
        "Primary hyperparathyroidism, mass of the parathyroid glands: 5.00 times normal (4.09 to 6.11); "
        "a disease or treatment.",
        "Kidney function (GFR): 20.0 mL/min (16.4 to 24.4), in the standard person 100; part of the disease "
        "of the case.",
        "PTHrP: 12.0 pmol/L (6.00 to 18.0), normally none; more than healthy people differ by.",
    )
    assert told(replace(FOUND, changes=())).changes[0].startswith("Nothing: the labs fit the standard person")


def test_changes_are_told_in_the_units_asked_for() -> None:
    eaten = Moved(
        "calcium eaten", "variation", (("gut.calcium_intake", 20.0, "mmol/d", 24.0),), 0.83, 0.1, 1.0
    )
    level = Moved(
        "own normal level of PTH", "beyond", (("parathyroid_gland.pth_normal", 6.0, "pmol/L", 4.0),), 1.5, 0.1
    )
    found = replace(FOUND, changes=(eaten,), others=(Other((level,), 2.0, "pth", -1.0),))
    changed = (
        "Calcium eaten: 802 mg/d (725 to 886), in the standard person 962; healthy people differ as much."
    )
    assert told(found, "us").changes == (changed,)
    assert told(found, "us").brief.startswith("The person found for the labs: calcium eaten 802 mg/d.")
    assert told(found, "us").others == ("Own normal level of PTH 56.5 pg/mL: 37 % as plausible.",)
    assert told(found).changes[0].startswith("Calcium eaten: 20.0 mmol/d (18.1 to 22.1)")


def test_what_is_next_to_nothing_is_none() -> None:
    urine = Level("calcium_urine", "mmol/h", 3e-15, 0.2)
    (row,) = told(replace(FOUND, unseen=(urine,))).unseen
    assert (row.simulated, row.simulated_ends) == ("0", "0 to 0")


@pytest.mark.parametrize("body", packaged().bodies)
def test_every_number_with_a_unit_in_which_a_person_may_differ_is_shown_in_both_systems(body: str) -> None:
    known, told_of = (
        packaged().parameters(body),
        read_yaml(data_path("report", "quantities.yaml")).data["numbers"],
    )
    moved = {name for factor in factors().values() for name in factor.numbers}
    moved |= {name for one in packaged().diseases.values() for a in one.arguments.values() for name in a.sets}
    with_unit = sorted(name for name in moved & known.keys() if known[name].shown[1] != "1")
    for name in with_unit:
        assert name in told_of
        assert [number_shown(name, *known[name].shown, one)[1] for one in SYSTEMS] == [
            told_of[name][one] for one in SYSTEMS
        ]


def test_others_are_told_with_their_plausibility() -> None:
    assert told(FOUND).others == ("PTHrP 12.0 pmol/L: 37 % as plausible.", "No change: 22 % as plausible.")


def test_labs_that_do_not_match_and_those_not_used_are_told() -> None:
    text = texts(FOUND)
    assert "Parathyroid hormone does not match: the person has 6.00 pmol/L, where 19.1 were measured" in text
    assert "Not used: FGF23, as this body does not have it." in text
    assert told(FOUND).rows[1].verdict == "does not match"
    assert told(FOUND).brief.endswith(
        "Parathyroid hormone of 180 pg/mL and creatinine of 1.0 mg/dL do not match."
    )


@pytest.mark.parametrize(
    ("others", "text"),
    [
        (
            ("pth",),
            "In this body no plausible person with chronic kidney disease, as in the case, has "
            "parathyroid hormone of 180",
        ),
        (
            ("calcium",),
            "contradicts total calcium of 12.0 mg/dL: in this body no plausible person with chronic",
        ),
        (("calcium", "creatinine"), "has it beside any of these"),
        ((), "Parathyroid hormone of 180 pg/mL contradicts all other labs together."),
    ],
)
def test_what_a_lab_that_was_set_aside_contradicts_is_told(others: tuple[str, ...], text: str) -> None:
    found = replace(FOUND, aside={"pth": others})
    assert text in texts(found) and "Either it is wrong (sample, unit, time)" in texts(found)
    assert told(found).rows[1].verdict == "set aside"


@pytest.mark.parametrize(
    ("without", "text"),
    [
        (30.0, "The labs speak for chronic kidney disease: they are harder to explain without."),
        (21.0, "The labs speak neither for nor against chronic kidney disease"),
        (
            10.0,
            "The labs speak against chronic kidney disease: they are explained better without. Alone, it",
        ),
    ],
)
def test_labs_for_and_against_the_disease(without: float, text: str) -> None:
    found = replace(FOUND, without_disease=without, plain={"pth": 6.0})
    assert text in texts(found)


def test_a_lab_set_aside_for_the_disease_alone_speaks_against_it() -> None:
    found = replace(FOUND, without_disease=30.0, aside={"pth": ("pth",)})
    assert (
        "fit chronic kidney disease only with parathyroid hormone set aside; without the disease they fit all"
        in (texts(found))
    )


def test_the_short_of_it_says_that_labs_speak_against_the_disease() -> None:
    against = told(replace(FOUND, without_disease=FOUND.cost - 30.0, aside={})).brief
    assert "The labs speak against chronic kidney disease" in against and "Alone" not in against
    assert "speak" not in told(replace(FOUND, without_disease=FOUND.cost + 30.0, aside={})).brief


def test_a_child_is_told_that_the_body_is_an_adult() -> None:
    child = matching(run_with(FOUND, CASE.replace("54 y", "5 y")))
    assert child is not None and any("labs of a child" in one.text for one in child.remarks)
    assert "labs of a child" not in texts(FOUND)


def test_report_terminal_and_json_have_the_person(capsys: pytest.CaptureFixture[str]) -> None:
    run = run_with(FOUND)
    page = render(run)
    for text in (*told(FOUND).changes, told(FOUND).brief, *told(FOUND).others):
        assert text in page, text
    assert "does not match" in page and "1 y, assumed" in page
    show_run(run, "us")
    shown = " ".join(capsys.readouterr().out.split())
    assert "The person found for these labs" in shown and "Supply of vitamin D: 0.400 of normal" in shown
    found = run_json(run)["individual"]
    assert found == matching_json(run) and json.dumps(found, allow_nan=False)
    assert found["findings"][0]["level"] == "warning"


def test_without_labs_nothing_is_told_of_a_person(capsys: pytest.CaptureFixture[str]) -> None:
    run = fake_run()
    show_run(run, "si")
    assert "person found" not in render(run) + capsys.readouterr().out
    assert run_json(run)["individual"] is None and matching(run) is None
