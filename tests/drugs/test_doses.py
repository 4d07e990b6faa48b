"""Are doses of the drugs of Calcis read as meant, mistakes refused, and averages as near as is said?"""

from __future__ import annotations

import pytest

from calcis.case import Dose, packaged, read_case_text
from calcis.case.dose_text import read_dose
from calcis.errors import InputError
from calibration.averaging import MOST, USUAL, errors

CASE = """calcis: 1
title: A person
person: {age: 60 y, sex: female, mass: 70 kg}
body: BODY
arms: ARMS
run: {duration: 60 d, every: 1 d}
"""


def read(text: str) -> Dose:
    return read_dose(text, packaged().drugs, 1096 * 24.0, 70.0)


@pytest.mark.parametrize(
    ("text", "amount", "unit", "over"),
    [
        ("zoledronic acid 4 mg IV over 15 min", 4 / 272.09, "mmol", 0.25),
        ("calcitonin 4 IU/kg SC every 12 h for 2 d", 280, "IU", 0),
        ("saline 500 mL IV over 2 h", 0.5, "L", 2),
        ("vitamin D3 1000 IU PO daily", 0.025 / 384.64, "mmol", 0),
        ("sodium thiosulphate 25 g IV over 1 h every 48 h", 25000 / 248.18, "mmol", 1),
        ("sevelamer 2.4 g PO every 8 h", 2400, "mg", 0),
        ("calcium 500 mg PO twice daily", 500 / 40.078, "mmol", 0),
        ("alendronate 10 mg PO daily for 2 y averaged", 730.5 * 10 / 249.1, "mmol", 730.5 * 24),
    ],
)
def test_doses_as_a_clinician_writes_them(text: str, amount: float, unit: str, over: float) -> None:
    dose = read(text)
    # 1e-3: two years are 730 or 731 doses.
    assert (dose.amount, dose.duration) == pytest.approx((amount, over), rel=1e-3)
    assert dose.unit == unit


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("zoledronate 4 g IV over 15 min", "at most 40 mg"),
        ("vitamin D3 50 g PO", "at most 2000000 IU"),
        ("calcitonin 40000 IU SC", "at most 10000 IU"),
        ("saline 4 mg IV", "in L"),
        ("zoledronate 4 mg PO", "IV"),
        ("calcitonin 100 IU SC every 12 h for 2 d averaged", "doses of calcitonin one by one"),
        ("alendronate 10 mg PO averaged", "how often"),
    ],
)
def test_mistakes_are_refused(text: str, expected: str) -> None:
    with pytest.raises(InputError) as wrong:
        read(text)
    assert expected in wrong.value.expected


def test_the_largest_dose_itself_is_given() -> None:
    for drug in packaged().drugs.values():
        assert drug.most is not None
        amount, unit = drug.most
        read(f"{drug.name} {amount:g} {unit} {next(iter(drug.routes))}")


def test_a_body_in_which_a_drug_has_no_law_refuses_it() -> None:
    with pytest.raises(InputError) as wrong:
        read_case_text(
            CASE.replace("BODY", "peterson_riggs_2010").replace("ARMS", "{it: [zoledronate 4 mg IV]}"), "x"
        )
    assert wrong.value.got == "zoledronate, for which it has no law on which it acts"
    assert "denosumab" in wrong.value.expected


def test_a_reader_is_told_what_does_nothing_and_what_is_averaged() -> None:
    doses = "{it: [sodium thiosulphate 25 g IV over 1 h, cinacalcet 30 mg PO daily averaged]}"
    case = read_case_text(CASE.replace("BODY", "calcis").replace("ARMS", doses), "x")
    does_nothing, averaged = case.arms["it"].remarks
    assert "sodium thiosulphate" in does_nothing
    assert "18 % of it" in averaged


@pytest.mark.parametrize("name", [name for name, drug in packaged().drugs.items() if drug.averaged])
def test_an_average_is_off_by_no_more_than_its_file_says(name: str) -> None:
    told = float(packaged().drugs[name].averaged.removesuffix(" %")) / 100
    found = list(errors(name))
    assert found and max(one.error for one in found) <= told <= MOST


@pytest.mark.parametrize("name", ["calcitonin", "furosemide"])
def test_what_an_average_would_get_wrong_is_not_averaged(name: str) -> None:
    assert max(one.error for one in errors(name)) > MOST
    assert not packaged().drugs[name].averaged


def test_every_drug_taken_by_mouth_for_long_has_been_measured() -> None:
    by_mouth = {name for name, drug in packaged().drugs.items() if "PO" in drug.routes}
    assert by_mouth - set(USUAL) == {"sodium_thiosulphate"}  # into a vein, but for one study
