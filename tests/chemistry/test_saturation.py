"""Saturation in closed form: against the full speciation, its derivatives, its range, an empty fluid."""

from types import SimpleNamespace

import casadi
import numpy as np
import pytest

from calcis.chemistry.database import read_database
from calcis.chemistry.mineral import minerals, saturation_index, solubility
from calcis.chemistry.saturation import FILES, PARAMETERS, log_activities, surrogate
from calcis.chemistry.solution import speciate
from calcis.errors import InputError
from calcis.parameters import data_path, read_parameters
from calcis.tissue.saturation import add_saturation, extrapolated

SOLIDS = {
    "apatite": "hydroxyapatite",
    "amorphous": "amorphous_calcium_phosphate",
    "octacalcium": "octacalcium_phosphate",
    "brushite": "brushite",
}
CLINICAL = ((0.5, 2.6), (0.2, 5.0), (6.6, 7.8))
WHOLE = ((0.03, 10.0), (0.03, 30.0), (4.5, 8.3))
REGIONS = {"clinical": CLINICAL, "neutral": (*WHOLE[:2], CLINICAL[2]), "whole": WHOLE}
# case: free calcium, total phosphate (mmol/kgw), pH, SI of hydroxyapatite, SI of amorphous Ca3(PO4)2, by
# PHREEQC with minteq.v4 at 37 °C; magnesium of 0.44 to 0.72 mmol/L free, ionic strength of 0.142 to 0.146
PHREEQC = {
    "normal": (1.249, 1.15, 7.4, 9.64, -1.69),
    "normal, no protein": (1.877, 1.15, 7.4, 10.49, -1.18),
    "hypercalcaemia": (1.840, 1.5, 7.4, 10.79, -0.97),
    "hypercalcaemia, no protein": (2.734, 1.5, 7.4, 11.61, -0.49),
    "kidney disease": (1.273, 2.5, 7.4, 10.68, -0.99),
    "kidney disease, no protein": (1.891, 2.5, 7.4, 11.52, -0.49),
    "alkaline": (1.137, 1.15, 7.7, 10.71, -1.15),
    "alkaline, no protein": (1.845, 1.15, 7.7, 11.73, -0.55),
    "kidney disease, acid": (1.416, 2.5, 7.2, 10.03, -1.31),
    "kidney disease, acid, no protein": (2.003, 2.5, 7.2, 10.75, -0.88),
    "kidney disease, alkaline": (1.158, 2.5, 7.7, 11.76, -0.46),
    "kidney disease, alkaline, no protein": (1.852, 2.5, 7.7, 12.75, 0.13),
}


def errors(base, region, count=3000):
    """Closed form less full speciation on random fluids of people, written apart from those of the fit."""
    random = np.random.default_rng(5)
    calcium, phosphate = (10 ** random.uniform(*np.log10(ends), count) for ends in region[:2])
    ph = random.uniform(*region[2], count)
    sodium, potassium = random.uniform(120, 160, count), random.uniform(3, 6, count)
    magnesium = random.uniform(0.25, 1.1, count)
    totals = {
        "sodium": sodium,
        "potassium": potassium,
        "phosphate": phosphate,
        "carbonate": random.uniform(5, 42, count),
        "lactate": random.uniform(0.5, 14, count),
        "citrate": random.uniform(0.03, 0.3, count),
        "sulphate": random.uniform(0.2, 1.8, count),
        "chloride": np.full(count, 100.0),
    }
    for _ in range(4):
        fluid = speciate(
            read_database(base), totals, ph=ph, free={"calcium": calcium, "magnesium": magnesium}
        )
        fluid.require()
        totals["chloride"] = np.maximum(totals["chloride"] + fluid.charge, 1e-6)
    v = SimpleNamespace(**{**vars(surrogate(base)), "salt": sodium + potassium, "magnesium": magnesium})
    lg = log_activities(v, calcium, phosphate, ph)
    return {
        name: np.abs(
            saturation_index(minerals()[solid], lg)
            - fluid.saturation(minerals()[solid].dissolves_to, solubility(minerals()[solid]).log_ksp())
        ).max()
        for name, solid in SOLIDS.items()
    }


@pytest.mark.parametrize("base", FILES)
@pytest.mark.parametrize("region", REGIONS)
def test_it_is_the_full_speciation_within_its_stated_error(base, region):
    stated = read_parameters(data_path("chemistry", "saturation_range.yaml"))
    for solid, error in errors(base, REGIONS[region]).items():
        limit = stated[f"{base}.{solid}_{region}"].value
        assert limit <= 0.03
        assert error <= limit, solid


@pytest.mark.parametrize("case", PHREEQC)
def test_it_is_phreeqc(case):
    """0.05: the stated error, the other magnesium and salt of these fluids, and pK 58.6 in place of 58.63."""
    calcium, phosphate, ph, apatite, amorphous = PHREEQC[case]
    v = _voxel(calcium, phosphate, ph)
    assert v.saturation_apatite == pytest.approx(apatite, abs=0.05)
    assert v.saturation_amorphous == pytest.approx(amorphous, abs=0.05)


def _voxel(calcium, phosphate, ph, base="minteq"):
    given = {"calcium_tissue": calcium, "phosphate_tissue": phosphate, "ph_tissue": ph}
    return add_saturation(SimpleNamespace(**vars(surrogate(base)), **given))


def test_growth_drive_is_one_in_the_reference_fluid():
    assert _voxel(1.25, 1.15, 7.4).ion_product_relative == pytest.approx(1.0, abs=2e-6)
    assert _voxel(1.25, 2.3, 7.4).ion_product_relative == pytest.approx(2.0, rel=0.01)


@pytest.mark.parametrize("base", FILES)
def test_derivatives_are_exact(base):
    """Symbols, arrays and numbers give one law; its Jacobian is that of central differences."""
    x = casadi.SX.sym("x", 3)
    lg = log_activities(surrogate(base), x[0], x[1], x[2])
    both = casadi.vertcat(lg["calcium"], lg["phosphate"])
    law, jacobian = casadi.Function("f", [x], [both]), casadi.Function("j", [x], [casadi.jacobian(both, x)])
    random = np.random.default_rng(6)
    for _ in range(50):
        at = np.array([random.uniform(0.03, 10), random.uniform(0.03, 30), random.uniform(4.5, 8.3)])
        numbers = log_activities(surrogate(base), *at.tolist())
        arrays = log_activities(surrogate(base), *(np.array([one]) for one in at))
        there = np.array(law(at)).ravel()
        assert there == pytest.approx([numbers["calcium"], numbers["phosphate"]], abs=1e-12)
        assert there == pytest.approx([arrays["calcium"][0], arrays["phosphate"][0]], abs=1e-12)
        steps = 1e-5 * at
        differences = np.array(
            [
                (law(at + e) - law(at - e)).full().ravel() / (2 * h)
                for e, h in zip(np.diag(steps), steps, strict=True)
            ]
        ).T
        assert np.allclose(jacobian(at).full(), differences, rtol=1e-6, atol=1e-7)


def test_an_empty_fluid_is_undersaturated_not_an_error():
    """Also a tenfold calcium gluconate solution without phosphate: else mineral would form out of nothing."""
    for calcium, phosphate in ((0.0, 1.15), (1.25, 0.0), (-1e-6, -1e-6), (2300.0, 0.0)):
        v = _voxel(calcium, phosphate, 7.4)
        assert -100 < v.saturation_apatite < 0
        assert -100 < v.saturation_amorphous < -5


def test_more_calcium_or_phosphate_never_means_less_saturation_within_the_range():
    calcium = np.geomspace(0.03, 10, 200)[:, None]
    phosphate = np.geomspace(0.03, 30, 200)[None, :]
    for ph in (4.5, 6.0, 7.4, 8.3):
        index = _voxel(calcium, phosphate, np.full((1, 1), ph)).saturation_amorphous
        assert (np.diff(index, axis=0) > 0).all() and (np.diff(index, axis=1) > 0).all()


def test_solubilities_are_those_of_the_minerals():
    for base in FILES:
        v = surrogate(base)
        assert v.apatite_log_ksp == pytest.approx(
            solubility(minerals()["hydroxyapatite"]).log_ksp(), abs=1e-4
        )
        amorphous = solubility(minerals()["amorphous_calcium_phosphate"])
        assert v.amorphous_log_ksp == pytest.approx(amorphous.log_ksp(), abs=1e-4)


def test_a_fluid_that_leaves_the_range_is_told():
    inside = {name: np.array([value, value]) for name, value in _at(1.25, 1.15, 7.4).items()}
    assert extrapolated(inside) == ""
    outside = inside | {"calcium_tissue": np.array([1.25, 40.0]), "ph_tissue": np.array([7.4, 4.2])}
    assert extrapolated(outside) == (
        "The fluid of the lesion had free calcium of 40 mmol/L (computed for 0.03 to 10) and pH of 4.2 "
        "(computed for 4.5 to 8.3); saturation is extrapolated there."
    )


def _at(calcium, phosphate, ph):
    return {"calcium_tissue": calcium, "phosphate_tissue": phosphate, "ph_tissue": ph}


def test_a_base_that_nobody_fitted_is_refused():
    with pytest.raises(InputError, match="minteq"):
        surrogate("mintek")


def test_every_parameter_has_a_unit_and_a_script():
    for file in FILES.values():
        found = read_parameters(data_path("chemistry", file), {"saturation": PARAMETERS})
        scripts = {one.script for one in found.values() if one.kind == "fitted"}
        assert scripts == {"calibration/fit_saturation.py"}
