"""Does a fluid come out as the engine has it, whatever was given, alone or among a thousand?"""

from __future__ import annotations

import math

import numpy as np
import pytest

from calcis.chemistry.plasma import electrode_calcium, plasma
from calcis.fluids.reader import Fluid, ask
from calcis.fluids.reference import boundaries, over_ph, reference
from calcis.fluids.solve import DATABASES, assumed, solve, threshold
from calcis.fluids.words import sentences
from calcis.parameters import data_path, read_parameters

AMORPHOUS = "amorphous_calcium_phosphate"


def fluid(kind: str = "plasma", **values: str) -> Fluid:
    return ask(None, values, kind).fluids[0]


def test_normal_plasma_is_supersaturated_with_apatite_and_below_the_threshold() -> None:
    found = solve([fluid()])
    direct = plasma(found.database, {})
    assert found.columns["calcium_ionised"][0] == pytest.approx(electrode_calcium(direct)[0])
    assert found.indices["hydroxyapatite"][0] > 9
    assert -0.6 < found.columns["distance"][0] < -0.4
    assert sum(values[0] for values in found.shares["calcium"].values()) == pytest.approx(1.0)
    taken = assumed(found.fluids[0], found.database)
    assert {"calcium", "phosphate", "albumin", "ph", "temperature"} <= taken.keys()


@pytest.mark.parametrize("base", DATABASES)
def test_what_a_solution_tells_gives_it_again(base: str) -> None:
    """pH from pressure and bicarbonate, from charge, and calcium from what is ionised."""
    first = solve([fluid(calcium="2.6 mmol/L", phosphate="2 mmol/L", ph="7.3")], base)
    one = first.columns
    other = fluid(
        calcium_ionised=f"{one['calcium_ionised'][0]} mmol/L",
        phosphate="2 mmol/L",
        pco2=f"{one['pco2'][0]} mmHg",
        bicarbonate="25.2 mmol/L",
    )
    again = solve([other], base)
    for name in ("ph", "calcium", "distance"):
        assert again.columns[name][0] == pytest.approx(one[name][0], rel=1e-6), name
    charged = plasma(first.database, {"calcium": 2.6, "phosphate": 2.0}, ph=7.3).charge[0] * 0.93
    by_charge = solve([fluid(calcium="2.6 mmol/L", phosphate="2 mmol/L", charge=f"{charged} mmol/L")], base)
    assert by_charge.columns["ph"][0] == pytest.approx(7.3, abs=1e-6)


def test_a_fluid_is_the_same_alone_and_among_others_of_all_kinds() -> None:
    some = [
        fluid(),
        fluid(calcium="9.4 mg/dL", albumin="2 g/dL"),
        fluid(calcium="2.4 mmol/L", calcium_ionised="1.2 mmol/L"),
        fluid("solution", calcium="2 mmol/L", phosphate="1 mmol/L", ph="7.4", sodium="140 mmol/L"),
        fluid(calcium="1.4 mmol/L", calcium_ionised="1.5 mmol/L"),
    ]
    together = solve(some)
    for k, one in enumerate(some[:-1]):
        assert together.columns["distance"][k] == pytest.approx(solve([one]).columns["distance"][0], abs=1e-9)
    assert list(together.reasons) == [4]
    assert "more than the total of 1.4" in sentences(together, 4)[0]


def test_phosphate_at_the_threshold_is_at_the_threshold() -> None:
    found = solve([fluid(calcium_ionised="1.3 mmol/L", pco2="45 mmHg", bicarbonate="22 mmol/L")])
    there, ph = found.columns["phosphate_at_threshold"][0], found.columns["ph"][0]
    again = solve(
        [
            fluid(
                calcium_ionised="1.3 mmol/L", ph=f"{ph}", bicarbonate="22 mmol/L", phosphate=f"{there} mmol/L"
            )
        ]
    )
    assert again.columns["distance"][0] == pytest.approx(0.0, abs=1e-6)


def test_the_distance_does_not_depend_on_the_end_of_the_literature() -> None:
    ends = [solve([fluid()], end=end) for end in ("lowest", "middle", "highest")]
    indices = [one.indices[AMORPHOUS][0] for one in ends]
    assert indices[0] > indices[1] > indices[2]
    for one in ends:
        away = one.indices[AMORPHOUS][0] - one.threshold
        assert away == pytest.approx(ends[1].columns["distance"][0])
        assert one.range(AMORPHOUS, 0) == pytest.approx((indices[2], indices[0]))


def test_the_threshold_is_the_one_that_tissue_uses() -> None:
    tissue = read_parameters(data_path("tissue", "mineral.yaml"))["mineral.threshold"]
    assert threshold("minteq").value == tissue.value


def test_what_is_absent_is_said_so() -> None:
    found = solve([fluid("solution", sodium="100 mmol/L", chloride="100 mmol/L", ph="7")])
    assert found.indices["hydroxyapatite"][0] == -math.inf
    assert sentences(found, 0)[-1] == "There is no calcium in it."


def test_lines_of_a_picture_go_through_the_fluid_that_lies_on_them() -> None:
    there = solve([fluid(ph="7.4")]).columns["phosphate_at_threshold"][0]
    found = solve([fluid(phosphate=f"{there} mmol/L", ph="7.4")])
    one = reference(found)
    assert one is not None
    at_ph = over_ph(one, found, np.array([7.4]))
    for name, values in at_ph.items():
        assert values[0] == pytest.approx(found.indices[name][0], abs=1e-6), name
    calcium, lines = boundaries(one, found, (0.4, 4.0), (0.2, 10.0), ("brushite",))
    ionised = found.columns["calcium_ionised"][0]
    line = np.interp(np.log(ionised), np.log(calcium), np.log(lines["threshold"]))
    assert np.exp(line) == pytest.approx(there, rel=0.01)
