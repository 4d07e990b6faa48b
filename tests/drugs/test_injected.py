"""Does what is injected into a lesion act there, and there alone; and is it refused where it cannot be?"""

import math
from pathlib import Path

import pytest

from calcis.case import packaged, read_case
from calcis.case.dose_text import read_dose
from calcis.drugs import drug_part, in_tissue
from calcis.errors import InputError
from calcis.parameters import data_path, read_parameters
from calcis.part import assemble
from calcis.tissue import INPUTS
from calcis.tissue.saturation import SATURATION

NAME = "sodium_thiosulphate"
CASE = """calcis: 1
person: {age: 50 y, sex: female, mass: 70 kg}
body: calcis
organs: none
lesion: {tissue: skin}
arms: {it: [sodium_thiosulphate 75 mg IL]}
run: {duration: 10 d, every: 1 d}
"""


@pytest.mark.parametrize("words", ["IL", "intralesional", "intralesionally"])
def test_it_is_written_as_a_route_and_goes_into_the_lesion(words: str) -> None:
    dose = read_dose(f"{NAME} 248.18 mg {words} every 7 d for 3 doses", packaged().drugs, 720.0, 70.0)
    assert (dose.route, dose.state) == ("IL", f"{NAME}.lesion")
    assert dose.amount == pytest.approx(1.0) and dose.unit == "mmol"


@pytest.mark.parametrize("share", [0.0, 1.0, 3.0])
def test_it_binds_calcium_of_the_lesion_by_the_law_of_mass_action_and_none_of_organs(share: float) -> None:
    numbers = {name: one.value for name, one in read_parameters(data_path("drugs", f"{NAME}.yaml")).items()}
    part = drug_part(NAME)
    point = assemble([part], {"glomerular_filtration_rate": "L/h"}).at(
        {f"{NAME}.{name}": 0.0 for name in part.states}
        | {f"{NAME}.lesion": share * numbers[f"{NAME}.calcium_half"]},
        numbers,
        {"glomerular_filtration_rate": 6.0},
    )
    effect = point.signal(f"{NAME}_on_calcium")
    assert effect == pytest.approx(1.0 / (1.0 + share))
    own = {
        name: one.value for name, one in read_parameters(data_path("chemistry", "saturation.yaml")).items()
    }
    found = []
    for lesion in (True, False):
        parts, signals = in_tissue([SATURATION], [NAME], lesion=lesion)
        assert list(signals) == [f"{NAME}_on_calcium"], "what drives lesion and organs is the same"
        fluid = {"calcium_tissue": 1.25, "phosphate_tissue": 1.15, "ph_tissue": 7.4}
        model = assemble(parts, {**INPUTS, **SATURATION.needs, **signals})
        found.append(
            model.at({}, own, {**fluid, f"{NAME}_on_calcium": effect}).signal("saturation_octacalcium")
        )
    assert found[0] - found[1] == pytest.approx(4.0 * math.log10(effect)), (
        "four of calcium in octacalcium phosphate"
    )


def case(folder: Path, said: str, instead: str) -> Path:
    assert said in CASE
    file = folder / "case.yaml"
    file.write_text(CASE.replace(said, instead))
    return file


@pytest.mark.parametrize(
    ("said", "instead", "expected"),
    [
        ("lesion: {tissue: skin}\n", "", "`lesion` in the case file"),
        ("75 mg IL", "6 g IL", "at most 5 g"),
        ("75 mg IL", "400 mg IL every 1 h", "at most 5 g of sodium thiosulphate IL within 24 h"),
        ("75 mg IL", "75 mg IL over 2 h", "at once"),
        ("sodium_thiosulphate 75 mg IL", "diltiazem 60 mg IL", "a route of diltiazem: PO, IV"),
        ("75 mg IL", "75 mg", "a route of sodium thiosulphate: IV, PO, IL"),
    ],
)
def test_what_cannot_be_injected_is_refused(tmp_path: Path, said: str, instead: str, expected: str) -> None:
    with pytest.raises(InputError) as caught:
        read_case(case(tmp_path, said, instead))
    told = str(caught.value)
    assert "case.yaml:" in told and expected in told


def test_a_run_says_that_it_does_nothing_in_blood_and_not_that_of_what_is_injected(tmp_path: Path) -> None:
    injected = read_case(case(tmp_path, "75 mg IL", "75 mg IL")).arms["it"]
    blood = read_case(case(tmp_path, "75 mg IL", "25 g IV")).arms["it"]
    assert not any("does nothing" in remark for remark in injected.remarks)
    assert any("IV it does nothing" in remark for remark in blood.remarks)
