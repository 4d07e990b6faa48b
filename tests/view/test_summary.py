"""Do the lines for a reader say what the courses do?"""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from calcis.case import packaged
from calcis.drugs import SITES, drug_part
from calcis.quantities import quantities
from calcis.reference_ranges import Whom, person_of
from calcis.report.summary import fact, key_facts, sentences, titled, told
from calcis.results.store import DoseMark, Series
from calcis.units import convert, dimension
from calcis.wording import digits, span
from tests.view.fake_run import fake_run, without_lesion

DAYS = np.arange(11) * 24.0


def test_extremes_and_their_times() -> None:
    values = np.array([2.4, 2.4, 2.1, 2.0, 2.1, 2.4, 2.7, 2.4, 2.4, 2.4, 2.4])
    one = fact("calcium_plasma", Series("mmol/L", values), DAYS, "si", Whom())
    assert one is not None
    assert (one.lowest, one.lowest_at, one.highest, one.highest_at) == (2.0, 72.0, 2.7, 144.0)
    assert one.range == (2.2, 2.6)
    assert (one.below, one.above) == (72.0, 24.0)  # each output stands for half the way to its neighbours
    assert one.outside == "below for 3 d, above for 1 d"


def test_units_of_the_united_states() -> None:
    """2.5 mmol/L of calcium is 10.02 mg/dL, 1 mmol/L of phosphate 3.097, 5 pmol/L of PTH 47.1 pg/mL."""
    for name, value, unit, expected in (
        ("calcium_plasma", 2.5, "mmol/L", 10.0195),
        ("phosphate_plasma", 1.0, "mmol/L", 3.0974),
        ("pth_plasma", 5.0, "pmol/L", 47.124),
        ("calcitriol_plasma", 100.0, "pmol/L", 41.665),
        ("calcium_urine", 0.15, "mmol/h", 144.28),
    ):
        one = fact(name, Series(unit, np.full(11, value)), DAYS, "us", Whom())
        assert one is not None
        assert one.start == pytest.approx(expected, rel=1e-4), name


def test_nothing_known_is_no_fact_and_gaps_are_skipped() -> None:
    assert fact("calcium_plasma", Series("mmol/L", np.full(11, math.nan)), DAYS, "si", Whom()) is None
    values = np.full(11, 2.4)
    values[8:] = math.nan
    one = fact("calcium_plasma", Series("mmol/L", values), DAYS, "si", Whom())
    assert one is not None
    assert one.end == 2.4


def test_a_course_nobody_named_is_shown_as_it_is() -> None:
    one = fact("odd_thing", Series("mmol/h", np.ones(11)), DAYS, "us", Whom())
    assert one is not None
    assert (one.quantity.title, one.unit, one.start) == ("Odd thing", "mmol/h", 1.0)


def test_next_to_nothing_is_not_a_row_of_zeros() -> None:
    one = fact("mineral_total", Series("mmol/L", np.geomspace(9.0, 1e-9, 11)), DAYS, "si", Whom())
    assert one is not None
    assert one.change == "9.00 → 0"
    urine = fact("calcium_urine", Series("mmol/h", np.geomspace(9.0, 1e-14, 11)), DAYS, "si", Whom())
    assert urine is not None
    assert urine.change == "216 → 0"
    small = fact("pth_plasma", Series("pmol/L", np.geomspace(9.0, 1e-9, 11)), DAYS, "si", Whom())
    assert small is not None
    assert small.change == "9.00 → ~0"


def test_dust_is_nothing() -> None:
    """What a solver leaves where nothing is: 1e-232, of either sign, and in a course of its own."""
    for level in (-1e-232, 5e-3, 0.0):
        one = fact("mineral_total", Series("mmol/L", np.full(11, level)), DAYS, "si", Whom())
        assert one is not None
        assert (one.change, one.extremes) == ("0", "")
    run = fake_run()
    dust = {name: Series("1/mm^3", np.full(366, -1e-232)) for name in ("neutrophils", "monocytes")}
    arms = {
        name: replace(arm, lesion_series={**(arm.lesion_series or {}), **dust})
        for name, arm in run.arms.items()
    }
    names = [one.name for one in told(replace(run, arms=arms))]
    assert "neutrophils" not in names and "monocytes" not in names
    assert "neutrophils" in [one.name for one in told(run)]


def test_sentences_tell_calm_from_not() -> None:
    run = fake_run()
    calm, stormy = (sentences(run, arm, "si") for arm in run.arms.values())
    assert calm == ["Total calcium, phosphate and parathyroid hormone stay within their reference ranges."]
    assert stormy[0] == (
        "Total calcium: lowest 2.05 mmol/L on day 100, "
        "below the reference range for 20 d (range 2.20 to 2.60)."
    )
    assert stormy[1] == "Phosphate and parathyroid hormone stay within their reference ranges."


def test_key_facts_follow_the_order_of_the_report() -> None:
    run = fake_run()
    names = [one.quantity.name for one in key_facts(run, run["watch"], "si")]
    assert names[:3] == ["calcium_plasma", "phosphate_plasma", "pth_plasma"]
    assert "nameless_thing" not in names
    assert names == [*names[:3], "osteoclasts_relative"]


def test_a_run_without_a_title_gets_one() -> None:
    run = fake_run()
    assert titled(run) == run.title
    assert titled(replace(run, title=" ")) == "Bite: dermis"
    assert titled(replace(without_lesion(run), title="")) == "A simulation"


def test_what_the_output_times_cannot_show_is_said() -> None:
    run = fake_run()
    daily = tuple(DoseMark("teriparatide", 24.0 * day, "20 ug") for day in range(30))
    arm = replace(run["treated"], doses=daily)
    assert "too seldom" in sentences(run, arm, "si")[-1]
    hourly = replace(arm, time=np.arange(366) * 1.0)
    assert not [said for said in sentences(run, hourly, "si") if "too seldom" in said]


def test_bone_density_is_told_by_the_constants_that_fit_the_drug() -> None:
    run = fake_run()
    density = {
        name: Series("1", np.linspace(1.0, 1.1, 366))
        for name in ("bone_density_lumbar_spine", "bone_density_lumbar_spine_denosumab")
    }
    arms = {name: replace(arm, body_series={**arm.body_series, **density}) for name, arm in run.arms.items()}
    both = [one.name for one in told(replace(run, arms=arms)) if "lumbar" in one.name]
    watch = [one.name for one in told(replace(run, arms={"watch": arms["watch"]})) if "lumbar" in one.name]
    assert both == ["bone_density_lumbar_spine_denosumab"]
    assert watch == ["bone_density_lumbar_spine"]


def test_every_quantity_can_be_shown_in_both_systems() -> None:
    """Both units are of the course's dimension, directly or by the molar mass; ranges are ranges."""
    for quantity in quantities().values():
        factor = convert(1.0, quantity.si, quantity.us, quantity.molar_mass)
        assert factor > 0, quantity.name
        assert dimension(quantity.si)
        for one in quantity.ranges:
            whom = Whom(one.sex, one.ages and one.ages[0])
            ends = quantity.range("si", whom)
            assert ends is not None, quantity.name
            assert 0 < ends[0] < ends[1], quantity.name
            assert quantity.reference(whom) is one, quantity.name


def test_every_quantity_is_a_signal_of_some_part() -> None:
    """A misspelt name in quantities.yaml would silently show nothing."""
    from calcis.body.calcis import PARTS as CALCIS
    from calcis.body.peterson_riggs_2010 import PARTS as BODY
    from calcis.tissue import PARTS as TISSUE

    given = {
        name: signal.unit
        for part in (
            *CALCIS,
            *BODY,
            *TISSUE,
            *map(drug_part, packaged().drugs),
            *(one.part for one in SITES.values()),
        )
        for name, signal in part.gives.items()
    }
    for name, quantity in quantities().items():
        assert name in given, name
        assert quantity.shown(1.0, given[name], "si") > 0, name
        assert quantity.only_with is None or quantity.only_with in given


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.0, "0"), (2.355, "2.35"), (99.96, "100"), (0.05, "0.0500"), (-1.5, "−1.50"), (math.nan, "not known")],
)
def test_digits(value: float, text: str) -> None:
    assert digits(value) == text


def test_span_counts_years_only_where_they_are_whole() -> None:
    assert span(365 * 24.0) == "1 y"
    assert span(300 * 24.0) == "300 d"
    assert span(300.5 * 24.0) == "42.9 wk"


@pytest.mark.parametrize(
    ("person", "calcium", "phosphate"),
    [
        (Whom("female", 54.0), (20, 275), (261, 1078)),
        (Whom("male", 80.9), (25, 300), (390, 1425)),
        (Whom("male", 81.0), (25, 300), (210, 888)),
        (Whom("female", 12.0), (20, 275), None),
        (Whom("female"), (20, 275), None),
        (Whom(age=54.0), None, None),
        (None, None, None),
    ],
)
def test_ranges_are_those_of_sex_and_age(
    person: Whom | None, calcium: tuple[float, float] | None, phosphate: tuple[float, float] | None
) -> None:
    for name, ends in (("calcium_urine", calcium), ("phosphate_urine", phosphate)):
        assert quantities()[name].range("us", person) == (None if ends is None else pytest.approx(ends))


def test_the_person_of_a_case_is_read_with_sex_and_age() -> None:
    assert person_of("person: {age: 54 y, sex: female, mass: 68 kg}\n") == Whom("female", 54.0)
    assert person_of("person: {age: 78 wk, sex: male}\n").age == pytest.approx(1.5, abs=0.01)
    assert person_of("person: {species: mouse}\n") == person_of("title: none\n") == Whom()


def test_urinary_calcium_is_held_against_the_range_of_the_persons_sex() -> None:
    series = {"calcium_urine": Series("mmol/h", np.full(366, 290.0 / 40.078 / 24.0))}
    arm = replace(fake_run().arms["watch"], body_series=series)
    women = replace(fake_run(), arms={"watch": arm})
    men = replace(women, case_text=women.case_text.replace("female", "male"))
    assert key_facts(women, arm, "us")[0].above == pytest.approx(365 * 24.0)
    assert key_facts(men, arm, "us")[0].above == 0
