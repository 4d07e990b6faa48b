"""Is a dose understood as a clinician means it, and refused where it cannot be?"""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcis.case.dose_text import read_dose
from calcis.case.doses import Dose
from calcis.errors import InputError

END = 1096 * 24.0  # three years
MASS = 68.0


def _read(drugs: dict, text: str, end: float = END) -> Dose:
    return read_dose(text, drugs, end, MASS)


DAYS = [  # text, days of the doses
    ("denosumab 60 mg SC", [0]),
    ("denosumab 60 mg SC once", [0]),
    ("denosumab 60 mg SC at day 10", [10]),
    ("denosumab 60 mg SC on day 10", [10]),
    ("denosumab 60 mg SC at 36 h", [1.5]),
    ("denosumab 60 mg SC at week 2", [14]),
    ("denosumab 60 mg SC every 26 weeks for 2 y", [0, 182, 364, 546]),
    ("denosumab 60 mg SC every 26 weeks", [0, 182, 364, 546, 728, 910, 1092]),
    ("denosumab 60 mg SC every 26 weeks x 3 from day 10", [10, 192, 374]),
    ("denosumab 60 mg SC x3 from 10 d every 26 weeks", [10, 192, 374]),
    ("denosumab 60 mg SC every 12 h for 2 d", [0, 0.5, 1, 1.5]),
    ("denosumab 60 mg SC twice daily for 2 d", [0, 0.5, 1, 1.5]),
    ("denosumab 60 mg SC three times weekly for 1 week", [0, 7 / 3, 14 / 3]),
    ("denosumab 60 mg SC bid for 2 d", [0, 0.5, 1, 1.5]),
    ("denosumab 60 mg SC q12h for 2 d", [0, 0.5, 1, 1.5]),
    ("denosumab 60 mg SC q1w for 3 wk", [0, 7, 14]),
    ("denosumab 60 mg SC every 6 weeks for 20 weeks", [0, 42, 84, 126]),
    ("denosumab 60 mg SC every 12 h for 30 h", [0, 0.5, 1]),
    ("denosumab 60 mg SC daily until day 3", [0, 1, 2]),
    ("denosumab 60 mg SC daily from day 2 until day 4", [2, 3]),
    ("denosumab 60 mg SC daily for 3 doses starting at day 1", [1, 2, 3]),
    ("denosumab 60 mg SC, once weekly, x 2 doses", [0, 7]),
    ("denosumab 60 mg SC every other day for 6 days", [0, 2, 4]),
    ("denosumab 60 mg SC every day for 2 days", [0, 1]),
    ("denosumab 60 mg SC every 2 d for 1 d", [0]),
]


@pytest.mark.parametrize(("text", "days"), DAYS, ids=[text for text, _ in DAYS])
def test_times(drugs: dict, text: str, days: list[float]) -> None:
    dose = _read(drugs, text)
    assert [time / 24 for time in dose.times] == days
    assert (dose.duration, dose.dropped) == (0, 0)


@pytest.mark.parametrize(
    ("text", "amount", "unit", "state", "route"),
    [
        ("denosumab 60 mg SC", 60 / 150_000, "mmol", "denosumab.depot", "SC"),
        ("denosumab 60 mg", 60 / 150_000, "mmol", "denosumab.depot", "SC"),
        ("60 mg denosumab s.c.", 60 / 150_000, "mmol", "denosumab.depot", "SC"),
        ("Prolia 60mg subcutaneously", 60 / 150_000, "mmol", "denosumab.depot", "SC"),
        ("denosumab 1 mg/kg SC", 68 / 150_000, "mmol", "denosumab.depot", "SC"),
        ("teriparatide 20 ug SC", 5e-6, "mmol", "teriparatide.depot", "SC"),
        ("teriparatide 20 µg sc", 5e-6, "mmol", "teriparatide.depot", "SC"),
        ("teriparatide 20 mcg IV", 5e-6, "mmol", "teriparatide.plasma", "IV"),
        ("teriparatide 5 nmol/kg IV bolus", 340e-6, "mmol", "teriparatide.plasma", "IV"),
        ("zoledronic acid 4 mg i.v.", 4, "mg", "zoledronate.plasma", "IV"),
        ("calcitonin 100 IU IM", 100, "IU", "calcitonin.depot", "IM"),
        ("calcitonin 4 IU/kg SC", 272, "IU", "calcitonin.depot", "SC"),
        ("heparin 5 kIU SC", 25, "mg", "heparin.depot", "SC"),
        ("heparin 25 mg by mouth", 25, "mg", "heparin.gut", "PO"),
    ],
)
def test_amounts(drugs: dict, text: str, amount: float, unit: str, state: str, route: str) -> None:
    dose = _read(drugs, text)
    assert dose.amount == pytest.approx(amount, rel=1e-15)  # two roundings
    assert (dose.unit, dose.state, dose.route) == (unit, state, route)


def test_an_infusion_takes_its_time(drugs: dict) -> None:
    dose = _read(drugs, "zoledronate 4 mg IV over 15 min every 28 d x 6")
    assert (dose.duration, len(dose.times), dose.times[-1]) == (0.25, 6, 140 * 24)


def test_doses_after_the_end_are_dropped_and_counted(drugs: dict) -> None:
    dose = _read(drugs, "denosumab 60 mg SC every 26 weeks for 2 y", end=364 * 24)
    assert (dose.times, dose.dropped) == ((0.0, 182 * 24.0), 2)


def test_a_daily_course_of_two_years(drugs: dict) -> None:
    dose = _read(drugs, "teriparatide 20 ug SC daily for 2 y from day 10")
    assert len(dose.times) == 731  # 730.5 d, and half a day is left for the last one
    assert dose.times[-1] == 740 * 24


FAULTS = [  # text, column, expected (in part), got (in part), nearest
    ("denosumab 60 mg SC qd", 20, "`daily` for once a day", "'qd'", None),
    ("denosumab 60 mg SC qod", 20, "every 48 h", "'qod'", None),
    ("", 1, "a drug that `calcis explain` lists", "the end of the dose", None),
    ("denosunab 60 mg SC", 1, "a drug", "'denosunab'", "denosumab"),
    ("60 mg SC", 7, "a drug", "'SC'", None),
    ("denosumab", 10, "an amount, such as 60 mg", "the end of the dose", None),
    ("denosumab sixty mg SC", 11, "an amount", "'sixty'", None),
    ("denosumab 60", 13, "an amount", "the end of the dose", None),
    ("denosumab 60 SC", 14, "an amount", "'SC'", None),
    ("denosumab 60 mgg SC", 14, "an amount", "'mgg'", "mg"),
    ("denosumab 60,5 mg SC", 11, "a decimal point", "'60,5'", None),
    ("denosumab 1e999 mg SC", 11, "a finite number", "'1e999'", None),
    ("denosumab 6٠ mg SC", 11, "an amount", "'6٠'", None),
    ("denosumab 0 mg SC", 11, "an amount above 0", "0 mg", None),
    ("denosumab -60 mg SC", 11, "an amount above 0", "-60 mg", None),
    ("denosumab 1e-320 mg SC", 11, "neither nothing", "9.99989e-321 mg", None),
    ("denosumab 1e308 mg/kg SC", 11, "nor without bounds", "mg/kg", None),
    ("denosumab 60 IU SC", 11, "a dose of denosumab in mg (or that per kg)", "60 IU", None),
    ("calcitonin 100 mg SC", 12, "a dose of calcitonin in IU", "100 mg", None),
    ("denosumab 60 mg/m^2 SC", 11, "a dose of denosumab in mg", "60 mg/m^2", None),
    ("denosumab 60 mg IV", 17, "a route of denosumab: SC", "'IV'", None),
    ("teriparatide 20 ug daily", 25, "a route of teriparatide: SC, IV", "none", None),
    ("denosumab 60 mg SC evry 26 weeks", 20, "a route, over, every", "'evry'", "every"),
    ("denosumab 60 mg mg SC", 17, "a route, over, every", "'mg'", None),
    ("denosumab 60 mg SC monthly", 20, "months differ in length", "'monthly'", None),
    ("denosumab 60 mg SC every 6 months", 28, "months differ in length", "'months'", None),
    ("denosumab 60 mg SC daily for 18 months", 33, "months differ in length", "'months'", None),
    ("denosumab 60 mg SC every", 25, "such as every 12 h", "the end of the dose", None),
    ("denosumab 60 mg SC every 3 mg", 26, "such as every 12 h", "3 mg", None),
    ("denosumab 60 mg SC every 0 h", 26, "at least 1 min", "0 h", None),
    ("denosumab 60 mg SC every -1 d", 26, "at least 1 min", "-1 d", None),
    ("denosumab 60 mg SC every other", 31, "every other day", "the end of the dose", None),
    ("denosumab 60 mg SC every 2 d every 3 d", 30, "how often said once", "'every' after 'every'", None),
    ("denosumab 60 mg SC SC", 20, "the route said once", "'SC' after 'SC'", None),
    ("denosumab 60 mg SC every 3 d for 2 d x 3", 38, "how long said once", "'x' after 'for'", None),
    ("denosumab 60 mg SC twice", 25, "daily, weekly or yearly after twice", "the end of the dose", None),
    ("denosumab 60 mg SC for 2 y", 1, "how often", "only `for`", None),
    ("denosumab 60 mg SC until day 3", 1, "how often", "only `until`", None),
    ("denosumab 60 mg SC x 3", 1, "how often", "a number of doses", None),
    ("denosumab 60 mg SC every 3 d x 0", 32, "a number of doses, 1 to 100000", "'0'", None),
    ("denosumab 60 mg SC every 3 d x", 31, "a number of doses", "the end of the dose", None),
    ("denosumab 60 mg SC every 3 d x " + "9" * 5000, 32, "a number of doses", "'9999", None),
    ("denosumab 60 mg SC every 1 min for 1 y", 1, "at most 100000 doses", "more", None),
    ("denosumab 60 mg SC every 3 d at day 3", 1, "`from`, for the start", "both `every` and `at`", None),
    ("denosumab 60 mg SC every 2 d from day 4 until day 3", 1, "ends after it", "from 4 d until 3 d", None),
    ("denosumab 60 mg SC over 3 d every 1 d", 1, "ends before the next begins", "over 72 h every 24 h", None),
    ("denosumab 60 mg SC over 0 min", 25, "at least 1 min", "0 min", None),
    ("denosumab 60 mg SC at day 1096", 1, "before the end of the run at 1096 d", "1096 d", None),
    ("denosumab 60 mg SC at day -1", 27, "a number, such as day 3", "'-1'", None),
    ("denosumab 60 mg SC at -1 d", 23, "at least 0 min", "-1 d", None),
    ("denosumab 60 mg SC from 1e308 y every 2 d", 25, "fits a float", "1e+308 y", None),
]  # fmt: skip


@pytest.mark.parametrize("fault", FAULTS, ids=[fault[0][:60] for fault in FAULTS])
def test_what_cannot_be_understood_is_refused_at_its_place(drugs: dict, fault: tuple) -> None:
    text, column, expected, got, nearest = fault
    with pytest.raises(InputError) as wrong:
        _read(drugs, text)
    found = wrong.value
    assert (found.column, found.nearest) == (column, nearest), found
    assert expected in found.expected and got in found.got, found
    assert len(str(found)) < 250


def test_a_dose_per_kg_needs_the_mass(drugs: dict) -> None:
    with pytest.raises(InputError) as wrong:
        read_dose("denosumab 1 mg/kg SC", drugs, END)
    assert "mass" in wrong.value.expected


SPOKEN = (
    "denosumab teriparatide heparin 60 mg ug IU mg/kg SC IV by mouth over 15 min every 26 weeks for 2 y x 6 "
    "at day 3 from until once twice daily weekly other bolus q12h x6 -1 1e5 0 , months doses starting bid"
)


@given(st.lists(st.sampled_from(SPOKEN.split()), max_size=14).map(" ".join))
def test_any_words_are_a_dose_or_an_input_error(drugs: dict, text: str) -> None:
    _sound(drugs, text)


@given(st.text(max_size=50))
def test_any_text_is_a_dose_or_an_input_error(drugs: dict, text: str) -> None:
    _sound(drugs, text)
    _sound(drugs, f"denosumab 60 mg SC {text}")


def _sound(drugs: dict, text: str) -> None:
    try:
        dose = _read(drugs, text)
    except InputError as wrong:
        assert wrong.column is not None and 1 <= wrong.column <= len(text) + 1
        return
    assert dose.amount > 0 and math.isfinite(dose.amount) and dose.duration >= 0
    assert all(0 <= time < END for time in dose.times)
    assert list(dose.times) == sorted(set(dose.times)) and dose.times
