"""Causes of mineral: shares are exact, and what they rank first is what a rerun without it shows."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from calcis.case import read_case_text
from calcis.simulate import simulate
from calcis.tissue import cause
from calcis.tissue.cause import CAUSES, Fluid, change, excess, grows, growth, split
from calcis.tissue.numbers import tissue_parameters

_NUMBERS = {name: number.value for name, number in tissue_parameters().items()}
LOADING = f"debris.loading_rate: {24.0 * _NUMBERS['debris.loading_rate']} mmol/L/d"  # as the data say
CASE = f"""calcis: 1
title: A bite in which the mitochondria of the dead take up nothing
person: {{age: 54 y, sex: female, mass: 68 kg, species: human}}
body: peterson_riggs_2010
lesion:
  tissue: dermis
  injury: {{kind: bite, at: 3 d, shape: {{cone: {{diameter: 6 mm, depth: 4 mm}}}}, killed: 0.9}}
changes: {{macrophage_competence: 0.05, debris.loading_rate: 0 mmol/L/d}}
arms:
  as it is: []
  no phosphate of the dead: [{{changes: {{debris.organic_phosphate_content: 1e-6 mmol/L}}}}]
  pyrophosphate not destroyed: [{{changes: {{interstitial_fluid.pyrophosphatase_dead: 0 1/d}}}}]
  no membranes: [{{changes: {{mineral.membrane_shift: 0}}}}]
  less pyrophosphate in blood: [{{changes: {{plasma.pyrophosphate: 1 umol/L}}}}]
  high phosphate in blood:
    - changes:
        kidney.phosphate_threshold: 1.94 mmol/L
        plasma.phosphate_normal: 2 mmol/L
        intracellular_phosphate.phosphate_normal: {{factor: 1.667}}
  mitochondria: [{{changes: {{{LOADING}}}}}]
  mitochondria, proteins stay:
    - changes: {{{LOADING}, mineral.growth_dead: {_NUMBERS["mineral.growth_living"]}}}
  mitochondria, pyrophosphate not destroyed:
    - changes: {{{LOADING}, interstitial_fluid.pyrophosphatase_dead: 0 1/d}}
run: {{duration: 30 d, every: 3 h}}
"""
HEALTHY = Fluid(1.25, 1.2, 7.4, 8e-3, 0.0, 0.0, 1.25, 1.2)
LESION = Fluid(0.8, 2.5, 7.38, 1e-3, 0.97, 30.0, 1.3, 2.0)


@pytest.fixture(scope="module")
def numbers():
    """Numbers of the laws by their bare names."""
    return {
        name.partition(".")[2]: number.value
        for name, number in tissue_parameters().items()
        if name.partition(".")[0] in cause.PARTS
    }


@pytest.fixture(scope="module")
def run():
    return simulate(read_case_text(CASE, "the case"))


def test_shares_of_the_excess_add_up_and_are_its_terms(numbers):
    """Pyrophosphate and membranes are terms of their own; ions and pH act together, nearly in proportion."""
    found = change(excess, 0.0, HEALTHY, LESION, numbers)
    assert sum(found.shares.values()) == pytest.approx(found.value - found.value_before, abs=1e-12)
    half, shift = numbers["threshold_half_pyrophosphate"], numbers["membrane_shift"]
    terms = {
        "pyrophosphate": np.log10((1 + 8e-3 / half) / (1 + 1e-3 / half)),
        "mineral_permissiveness": shift * 0.97,
        "crowding": 0.0,
    }
    for name, term in terms.items():
        assert found.shares[name] == pytest.approx(term, abs=1e-12), name
    ions = {
        "calcium_blood": 3 * np.log10(1.3 / 1.25),
        "calcium_local": 3 * np.log10(0.8 / 1.3),
        "phosphate_blood": 2 * np.log10(2.0 / 1.2),
        "phosphate_local": 2 * np.log10(2.5 / 2.0),
    }
    for name, share in ions.items():  # what they bind of each other is missing from this
        assert found.shares[name] == pytest.approx(share, rel=0.05), name
    assert set(found.shares) == set(CAUSES)


def test_shares_of_growth_add_up_and_are_its_factors(numbers):
    """Growth is a product, but for the drive, in which ions and pH act together."""
    found = change(growth, 0.0, HEALTHY, LESION, numbers)
    assert sum(found.shares.values()) == pytest.approx(found.value - found.value_before, abs=1e-12)
    half = numbers["growth_half_pyrophosphate"]
    assert found.shares["pyrophosphate"] == pytest.approx(np.log10((1 + 8e-3 / half) / (1 + 1e-3 / half)))
    living, dead = numbers["growth_living"], numbers["growth_dead"]
    assert found.shares["mineral_permissiveness"] == pytest.approx(
        np.log10(1 + 0.97 * (dead - living) / living)
    )
    assert found.shares["crowding"] == pytest.approx(np.log10(1 - 30.0 / numbers["mineral_highest"]))
    # The ion product, and the drive 1 - 10^(-SI/8), which is small in healthy fluid and rises with it.
    assert found.shares["phosphate_blood"] > np.log10(2.0 / 1.2)


def test_a_share_does_not_depend_on_how_causes_are_ordered(numbers, monkeypatch):
    there = split(growth, HEALTHY, LESION, numbers)
    monkeypatch.setattr(cause, "CAUSES", CAUSES[::-1])
    back = split(growth, HEALTHY, LESION, numbers)
    assert back == pytest.approx(there, rel=1e-12, abs=1e-14)


def test_what_did_not_change_has_no_share(numbers):
    moved = replace(HEALTHY, pyrophosphate=1e-3)
    shares = split(excess, HEALTHY, moved, numbers)
    assert [name for name, share in shares.items() if share != 0.0] == ["pyrophosphate"]
    assert set(split(excess, HEALTHY, HEALTHY, numbers).values()) == {0.0}


def test_a_medium_without_ions_is_no_error(numbers):
    """Phosphate of a medium may be 0, and a crystal then does not grow."""
    poor = replace(HEALTHY, phosphate=0.0, phosphate_blood=0.0)
    shares = split(excess, HEALTHY, poor, numbers)
    assert shares["phosphate_blood"] < -5
    assert np.isfinite(list(shares.values())).all()
    assert not grows(replace(poor, calcium=0.0, calcium_blood=0.0), numbers)
    assert grows(HEALTHY, numbers)


def from_fluid(arm):
    """Mineral that formed in the fluid, mmol/L."""
    return float(arm.lesion_series["amorphous_formation_sum"].values[-1])


def shares_of(arm):
    return arm.lesion_facts["causes"]["saturation"]["shares"]


def test_causes_are_those_without_which_less_forms(run):
    """Taking a cause away and running again hits in the order of the shares; without the first none forms."""
    shares, whole = shares_of(run["as it is"]), from_fluid(run["as it is"])
    without = {
        "phosphate_local": from_fluid(run["no phosphate of the dead"]),
        "pyrophosphate": from_fluid(run["pyrophosphate not destroyed"]),
        "mineral_permissiveness": from_fluid(run["no membranes"]),
    }
    assert whole > 0.1
    assert shares["phosphate_local"] > shares["pyrophosphate"] > shares["mineral_permissiveness"] > 0
    assert without["phosphate_local"] < without["pyrophosphate"] < without["mineral_permissiveness"] < whole
    assert abs(without["phosphate_local"]) < 1e-6
    assert without["pyrophosphate"] < 0.05 * whole
    assert without["mineral_permissiveness"] > 0.3 * whole


def test_what_holds_back_is_told_as_such(run):
    """Calcium of the fluid is used up, a negative share; with less pyrophosphate in blood more forms."""
    shares = shares_of(run["as it is"])
    assert shares["calcium_local"] < 0
    assert from_fluid(run["less pyrophosphate in blood"]) > from_fluid(run["as it is"])
    usual = run["as it is"].lesion_facts["causes"]["saturation"]["fluid_before"]
    assert run["less pyrophosphate in blood"].lesion_facts["causes"]["saturation"]["fluid_before"] == usual


def test_the_share_of_a_cause_that_was_taken_away_is_gone(run):
    assert shares_of(run["no membranes"])["mineral_permissiveness"] == 0
    bare = shares_of(run["no phosphate of the dead"])
    assert bare["phosphate_local"] < 0.05 * bare["pyrophosphate"]


def test_mitochondria_are_told_where_the_first_mineral_came_from_them(run):
    """Where they load, the first mineral is theirs; what they take up keeps the fluid from forming any."""
    told = {
        name: next(one["text"] for one in run[name].lesion_facts["story"] if one["title"] == "First mineral")
        for name in ("as it is", "mitochondria")
    }
    assert "in the fluid between the cells" in told["as it is"] and "mitochondria" not in told["as it is"]
    assert "in the mitochondria" in told["mitochondria"] and "fluid" not in told["mitochondria"]
    assert abs(from_fluid(run["mitochondria"])) < 1e-6
    budget = run["mitochondria"].lesion_facts["budget"]
    left = budget["from_mitochondria"] - budget["redissolved"] - budget["cleared_amorphous"]
    assert budget["converted"] == pytest.approx(left, rel=1e-6)  # all that is amorphous has gone by day 30


def test_the_books_of_mineral_are_its_amount(run):
    for arm in run.arms.values():
        budget = arm.lesion_facts["budget"]
        sources = budget["from_fluid"] + budget["from_mitochondria"] + budget["from_growth"]
        sinks = sum(
            budget[name]
            for name in ("redissolved", "cleared_amorphous", "cleared_crystals", "dissolved", "resorbed")
        )
        sources, sinks = sources + budget["bone_formed"], sinks + budget["bone_resorbed"]
        assert sources - sinks == pytest.approx(
            arm.lesion_facts["mineral_end"]["value"], rel=1e-10, abs=1e-12
        )


def test_phosphate_of_the_blood_is_told_apart_from_that_of_the_dead(run):
    """Where the kidneys keep phosphate its share is large, and more forms; the dead set free the same."""
    low, high = (shares_of(run[name]) for name in ("as it is", "high phosphate in blood"))
    rise = sum(share for share in high.values() if share > 0)
    assert high["phosphate_blood"] > 0.2 * rise
    assert high["phosphate_local"] > 0.1 * rise
    assert abs(low["phosphate_blood"]) < 0.05 * sum(share for share in low.values() if share > 0)
    assert from_fluid(run["high phosphate in blood"]) > 1.5 * from_fluid(run["as it is"])


def test_factors_of_growth_are_those_without_which_less_grows(run):
    """Most by missing proteins, next by missing pyrophosphate: runs with each of them back, in order."""
    grown = {
        name: run[name].lesion_facts["budget"]["from_growth"]
        for name in (
            "mitochondria, proteins stay",
            "mitochondria, pyrophosphate not destroyed",
            "mitochondria",
        )
    }
    shares = run["mitochondria"].lesion_facts["causes"]["growth"]["shares"]
    assert shares["mineral_permissiveness"] > shares["pyrophosphate"] > 0.5
    assert list(grown.values()) == sorted(grown.values())
    assert grown["mitochondria, proteins stay"] < 0.02 * grown["mitochondria"]
    assert grown["mitochondria, pyrophosphate not destroyed"] < 0.7 * grown["mitochondria"]


def test_the_growth_told_is_that_of_the_run(run):
    """The law taken at the moment told gives the growth that the run had then, crystal for crystal."""
    arm = run["mitochondria"]
    told = arm.lesion_facts["causes"]["growth"]
    at = int(np.argmin(np.abs(arm.time - told["at"])))
    lesion = {name: float(series.values[at]) for name, series in arm.lesion_series.items()}
    surface = lesion["mineral_octacalcium"] + _NUMBERS["mineral.apatite_surface"] * lesion["mineral_apatite"]
    assert lesion["crystal_growth"] / surface == pytest.approx(10 ** told["value"], rel=1e-4)
    saturation = arm.lesion_facts["causes"]["saturation"]
    at = int(np.argmin(np.abs(arm.time - saturation["at"])))
    excess_then = (
        arm.lesion_series["saturation_amorphous"].values - arm.lesion_series["saturation_threshold"].values
    )
    assert saturation["value"] == pytest.approx(excess_then[at], abs=1e-12)
    assert excess_then[at] == excess_then[arm.time >= 72.0].max()  # from the injury on
