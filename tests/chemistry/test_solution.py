"""Speciation against PHREEQC with our own constants, against a table computed earlier, and against itself."""

import numpy as np
import pytest

from calcis.chemistry.database import lg_k, read_database
from calcis.chemistry.mineral import minerals
from calcis.chemistry.solution import speciate
from calcis.errors import InputError
from tests.chemistry.fluids import random_fluids
from tests.chemistry.phreeqc import Phreeqc

BASES = ("minteq", "phreeqc")
# Formula of what dissolves, PHREEQC's reaction for it, lg of the solubility product; one solid with protons
# and one with water among them.
SOLIDS = {
    "apatite": (
        {"calcium": 5, "phosphate": 3, "H2O": 1, "hydrogen": -1},
        "Ca5(PO4)3OH + H+ = 5 Ca+2 + 3 PO4-3 + H2O",
        -44.6,
    ),
    "octacalcium": (
        {"calcium": 4, "phosphate": 3, "hydrogen": 1},
        "Ca4H(PO4)3 = 4 Ca+2 + H+ + 3 PO4-3",
        -47.95,
    ),
    "brushite": (
        {"calcium": 1, "phosphate": 1, "hydrogen": 1, "H2O": 2},
        "CaHPO4:2H2O = Ca+2 + PO4-3 + H+ + 2 H2O",
        -18.995,
    ),
    "tricalcium": ({"calcium": 3, "phosphate": 2}, "Ca3(PO4)2 = 3 Ca+2 + 2 PO4-3", -25.7),
    "calcite": ({"calcium": 1, "carbonate": 1}, "CaCO3 = Ca+2 + CO3-2", -8.48),
    "struvite": (
        {"magnesium": 1, "ammonium": 1, "phosphate": 1, "H2O": 6},
        "MgNH4PO4:6H2O = Mg+2 + NH4+ + PO4-3 + 6 H2O",
        -13.26,
    ),
}
NORMAL = {
    "calcium": 2.40,
    "magnesium": 0.85,
    "sodium": 140.0,
    "potassium": 4.2,
    "phosphate": 1.15,
    "carbonate": 25.2,
    "chloride": 103.0,
    "citrate": 0.10,
    "lactate": 1.0,
    "protein": 12.0,
}


@pytest.fixture(scope="module", params=BASES)
def database(request):
    return read_database(request.param)


def by_phreeqc(database, totals, ph, temperature):
    solids = {name: (reaction, lg) for name, (_, reaction, lg) in SOLIDS.items()}
    table = np.column_stack([totals[name] for name in database.masters]) * 1e-3
    return Phreeqc(database, solids).run(table, ph, temperature)


def test_two_thousand_fluids_as_phreeqc(database):
    """1e-6 in every species that PHREEQC has, 1e-5 in every saturation index: what is asked of the engine."""
    totals, ph, temperature = random_fluids(database.masters, 2000)
    found = speciate(database, totals, ph=ph, temperature=temperature).require()
    expected = by_phreeqc(database, totals, ph, temperature)
    there = expected["molality"] > 1e-90  # 1e-99: absent
    off = np.abs(found.molality * 1e-3 / np.where(there, expected["molality"], 1.0) - 1.0)
    assert (found.molality[~there] == 0.0).all()
    assert off[there].max() < 1e-6
    assert np.abs(found.ionic_strength / expected["ionic_strength"] - 1.0).max() < 1e-7
    assert np.abs(found.water_activity - expected["water_activity"]).max() < 1e-8
    for place, (formula, _, lg) in enumerate(SOLIDS.values()):
        index, other = found.saturation(formula, lg), expected["saturation"][:, place]
        dissolved = other > -900  # PHREEQC's way to say that part of the solid is absent
        assert np.abs(index - other)[dissolved].max() < 1e-5
        assert (index[~dissolved] == -np.inf).all()


def test_ph_from_charge_as_phreeqc(database):
    totals, ph, temperature = random_fluids(database.masters, 200, seed=2)
    uncharged = speciate(database, totals, ph=ph, temperature=temperature)
    totals["chloride"] = totals["chloride"] + uncharged.charge + 1.0  # near balance, not at the same pH
    found = speciate(database, totals, temperature=temperature).require()
    expected = by_phreeqc(database, totals, None, temperature)
    assert np.abs(found.charge).max() < 1e-8
    assert np.abs(found.ph - expected["ph"]).max() < 1e-7


# Computed with PHREEQC 3 from its own database files, before this engine was written; 37 °C.  Case: pH and
# changes to NORMAL; ionic strength, free Ca, Mg, HPO4 (mmol/kg), PO4 (nmol/kg), lg a of Ca and of PO4,
# saturation indices of octacalcium phosphate (pK 47.95) and Ca3(PO4)2 (25.7).
TABLE = {
    "minteq": {
        "normal": (7.4, {}, (0.1437, 1.249, 0.499, 0.556, 29.7, -3.387, -8.614, 1.16, -1.69)),
        "without protein": (
            7.4,
            {"protein": 0},
            (0.1417, 1.877, 0.717, 0.539, 28.7, -3.208, -8.626, 1.84, -1.18),
        ),
        "hypercalcaemia": (
            7.4,
            {"calcium": 3.5, "phosphate": 1.5},
            (0.1453, 1.840, 0.503, 0.713, 38.2, -3.220, -8.508, 2.14, -0.97),
        ),
        "kidney disease": (
            7.4,
            {"calcium": 2.5, "phosphate": 2.5},
            (0.1451, 1.273, 0.484, 1.213, 65.0, -3.379, -8.277, 2.20, -0.99),
        ),
        "alkaline": (
            7.7,
            {"carbonate": 24.6},
            (0.1444, 1.137, 0.460, 0.596, 63.6, -3.428, -8.285, 1.68, -1.15),
        ),
        "kidney disease, acid": (
            7.2,
            {"calcium": 2.5, "phosphate": 2.5, "carbonate": 18.0, "chloride": 106},
            (0.1427, 1.416, 0.524, 1.120, 37.7, -3.331, -8.509, 1.89, -1.31),
        ),
    },
    "phreeqc": {
        "normal": (7.4, {}, (0.1439, 1.251, 0.462, 0.762, 54.3, -3.365, -8.450, 1.73, -1.30)),
        "without protein": (
            7.4,
            {"protein": 0},
            (0.1420, 1.949, 0.679, 0.720, 50.9, -3.171, -8.473, 2.44, -0.76),
        ),
        "hypercalcaemia": (
            7.4,
            {"calcium": 3.5, "phosphate": 1.5},
            (0.1456, 1.839, 0.464, 0.964, 69.2, -3.199, -8.350, 2.70, -0.60),
        ),
        "kidney disease": (
            7.4,
            {"calcium": 2.5, "phosphate": 2.5},
            (0.1458, 1.255, 0.437, 1.662, 119.4, -3.365, -8.113, 2.74, -0.62),
        ),
        "alkaline": (
            7.7,
            {"carbonate": 24.6},
            (0.1447, 1.128, 0.422, 0.836, 119.3, -3.411, -8.110, 2.27, -0.75),
        ),
    },
}


@pytest.mark.parametrize(("base", "case"), [(base, case) for base in TABLE for case in TABLE[base]])
def test_table_computed_earlier(base, case):
    """0.3 %: constants of lactate, and in phreeqc those of citrate, were others then."""
    ph, changes, expected = TABLE[base][case]
    found = speciate(read_database(base), NORMAL | changes, ph=ph).require()
    strength, calcium, magnesium, hydrogenphosphate, phosphate, lg_ca, lg_po4, octacalcium, amorphous = (
        expected
    )
    for species, value in (("Ca+2", calcium), ("Mg+2", magnesium), ("HPO4-2", hydrogenphosphate)):
        assert found.of(species)[0] == pytest.approx(value, rel=3e-3)
    assert found.of("PO4-3")[0] * 1e6 == pytest.approx(phosphate, rel=5e-3)
    assert found.ionic_strength[0] == pytest.approx(strength, abs=2e-4)
    masters = found.database.masters
    assert found.lg_activity[0, masters.index("calcium")] == pytest.approx(lg_ca, abs=1.5e-3)
    assert found.lg_activity[0, masters.index("phosphate")] == pytest.approx(lg_po4, abs=2.5e-3)
    for solid, value in (("octacalcium", octacalcium), ("tricalcium", amorphous)):
        formula, _, lg = SOLIDS[solid]
        assert found.saturation(formula, lg)[0] == pytest.approx(value, abs=0.012)


def test_what_is_given_comes_back(database):
    """pH from charge, or from carbonate and CO2; total carbonate and calcium from what follows of them."""
    totals, ph, temperature = random_fluids(database.masters, 200, seed=3)
    known = {"temperature": temperature}
    found = speciate(database, totals, ph=ph, **known).require()
    assert (found.total("carbonate") > 0).all()
    pressure = found.carbon_dioxide_pressure
    carbonless = {name: value for name, value in totals.items() if name != "carbonate"}
    fluids = {
        "charge": speciate(database, totals, charge=found.charge, **known),
        "carbon dioxide": speciate(database, totals, carbon_dioxide_pressure=pressure, **known),
        "pressure and pH": speciate(database, carbonless, ph=ph, carbon_dioxide_pressure=pressure, **known),
        "pressure and charge": speciate(
            database, carbonless, charge=found.charge, carbon_dioxide_pressure=pressure, **known
        ),
        "free calcium": speciate(
            database,
            {name: value for name, value in totals.items() if name != "calcium"},
            free={"calcium": found.of("Ca+2")},
            ph=ph,
            **known,
        ),
    }
    for how, fluid in fluids.items():
        assert not fluid.reasons, how
        assert np.abs(fluid.ph - ph).max() < 1e-9, how
        assert np.allclose(fluid.molality, found.molality, rtol=1e-8, atol=0), how


def test_mass_is_kept_over_nine_orders_of_magnitude(database):
    random = np.random.default_rng(4)
    totals = {
        name: np.where(random.random(400) < 0.1, 0.0, 10.0 ** random.uniform(-7, 2, 400))
        for name in database.masters
    }
    ph, temperature = random.uniform(2, 12, 400), random.uniform(273.15, 373.15, 400)
    found = speciate(database, totals, ph=ph, temperature=temperature).require()
    for name, total in totals.items():
        assert np.allclose(found.total(name), total, rtol=1e-11, atol=0)
    strength = 0.5e-3 * found.molality @ database.charges**2
    assert np.allclose(found.ionic_strength, strength, rtol=1e-11)
    assert (found.molality >= 0).all()
    gas = speciate(database, totals, temperature=310.15, charge=0.0)
    assert np.nanmax(np.abs(gas.charge)) < 1e-7


def test_the_way_round_gives_the_same(database):
    """Fluids too strong for Newton's steps take nested convex problems; both ways meet where both work."""
    from calcis.chemistry import globally
    from calcis.chemistry.newton import LN10, Closure

    totals, ph, temperature = random_fluids(database.masters, 8, seed=5)
    found = speciate(database, totals, ph=ph, temperature=temperature)
    for k in range(8):
        given = np.array([*(max(totals[name][k] * 1e-3, 1e-30) for name in database.masters), -ph[k] * LN10])
        _, molality = globally.equilibrium(database, Closure(), given, temperature[k])
        there = found.molality[k] > 0
        assert np.allclose(molality[there], found.molality[k, there] * 1e-3, rtol=1e-9)


def test_a_brine_that_newton_does_not_find():
    """Of the strongest fluids a tenth; their steps are then all spent, but the masses are kept."""
    random = np.random.default_rng(6)
    database = read_database("minteq")
    totals = {name: 10.0 ** random.uniform(1, 3, 25) for name in database.masters}
    found = speciate(database, totals, ph=random.uniform(2, 12, 25))
    possible = np.isfinite(found.ionic_strength)
    assert (found.steps[possible] >= 60).any()
    assert all("more than water dissolves" in reason for reason in found.reasons.values())
    for name, total in totals.items():
        assert np.allclose(found.total(name)[possible], total[possible], rtol=1e-9)


def test_sensitivity_is_the_derivative(database):
    totals, ph, _ = random_fluids(database.masters, 40, seed=7)
    found = speciate(database, totals, ph=ph)
    for place, name in enumerate(database.masters):
        change = 1e-4 * np.where(totals[name] > 0, totals[name], np.nan)
        if np.isnan(change).all():
            continue
        more, less = (
            speciate(database, totals | {name: np.nan_to_num(totals[name] + sign * change)}, ph=ph)
            for sign in (1, -1)
        )
        with np.errstate(invalid="ignore"):
            slope = (more.lg_activity - less.lg_activity)[:, : len(database.masters)] / (2 * change[:, None])
        mine = found.sensitivity[:, :, place]
        sure = np.isfinite(slope) & np.isfinite(mine)
        assert sure.any()
        assert np.allclose(mine[sure], slope[sure], rtol=1e-5, atol=1e-6 * np.abs(slope[sure]).max())
        assert np.isnan(mine[np.isnan(change)]).all()


def test_a_fluid_does_not_depend_on_its_neighbours():
    database = read_database("minteq")
    totals, ph, temperature = random_fluids(database.masters, 20_000, seed=8)
    one = speciate(database, totals, ph=ph, temperature=temperature, threads=1)
    two = speciate(database, totals, ph=ph, temperature=temperature, threads=2)
    assert np.array_equal(one.molality, two.molality)
    some = slice(13, 16)
    alone = speciate(
        database, {name: v[some] for name, v in totals.items()}, ph=ph[some], temperature=temperature[some]
    )
    assert np.array_equal(alone.molality, one.molality[some])


IMPOSSIBLE = {
    "negative": ({"calcium": -1.0}, {"ph": 7.4}, "calcium of -1 mmol/kg water is negative"),
    "not a number": ({"calcium": np.nan}, {"ph": 7.4}, "calcium of nan mmol/kg water is not a finite number"),
    "too much": ({"sodium": 9000.0}, {"ph": 7.4}, "more than water dissolves"),
    "acid": ({}, {"ph": -2.0}, "pH -2 is not between 0 and 14"),
    "no pH": (
        {"sodium": 140.0, "chloride": 3000.0, "carbonate": 0.0},
        {},
        "no pH between 0 and 14 balances the charges",
    ),
    "carbon dioxide": (
        {"carbonate": 0.5},
        {"carbon_dioxide_pressure": 60.0},
        "dissolves to more than all of it",
    ),
    "no carbonate": ({"carbonate": 0.0}, {"carbon_dioxide_pressure": 40.0}, "no carbonate"),
    "pressure": ({}, {"carbon_dioxide_pressure": -1.0}, "a pressure of CO2 of -1 mmHg"),
    "heat": ({}, {"ph": 7.4, "temperature": 500.0}, "a temperature of 226.85 °C"),
}


@pytest.mark.parametrize("case", IMPOSSIBLE)
def test_an_impossible_fluid_says_why(case):
    changes, given, words = IMPOSSIBLE[case]
    fluid = {name: np.array([NORMAL[name], value, NORMAL[name]]) for name, value in changes.items()}
    found = speciate(read_database("minteq"), NORMAL | {"magnesium": np.full(3, 0.85)} | fluid, **given)
    assert words in found.reasons[1]
    assert np.isnan(found.molality[1]).all()
    with pytest.raises(InputError, match="a possible fluid"):
        found.require()
    if changes:
        good = speciate(read_database("minteq"), NORMAL, **given)
        assert np.array_equal(found.molality[0], good.molality[0], equal_nan=True)


def test_what_does_not_fit_is_refused():
    database = read_database("minteq")
    with pytest.raises(InputError, match="did you mean phosphate"):
        speciate(database, {"phosphat": 1.0}, ph=7.4)
    with pytest.raises(InputError, match="the total or the free"):
        speciate(database, NORMAL, free={"calcium": 1.2}, ph=7.4)
    with pytest.raises(InputError, match="two of pH"):
        speciate(database, NORMAL, ph=7.4, carbon_dioxide_pressure=40.0)
    with pytest.raises(InputError, match="arrays of one length"):
        speciate(database, NORMAL | {"calcium": np.ones(3)}, ph=np.full(2, 7.4))
    with pytest.raises(KeyError, match=r"did you mean Ca\+2"):
        speciate(database, NORMAL, ph=7.4).of("Ca2+")


def test_constants_are_those_of_the_databases():
    """lg K at 25 °C as printed in minteq.v4.dat and phreeqc.dat."""
    for base, species, expected in (
        ("minteq", "CaHPO4", 15.035),
        ("minteq", "NaHPO4-", 13.445),
        ("minteq", "CaCitrate-", 4.87),
        ("phreeqc", "CaHPO4", 12.346 + 2.739),
        ("phreeqc", "MgH2PO4+", 19.553 + 1.513),
        ("phreeqc", "CaHCO3+", 11.435),
    ):
        database = read_database(base)
        found = lg_k(database.species, np.array(298.15))[database.place(species)]
        assert found == pytest.approx(expected, abs=2e-3 if species == "CaHCO3+" else 1e-9)


def test_minerals_are_named_as_the_solution_names_things(database):
    """A solid written on HPO4 and OH is the same as on masters, with the constants of this database."""
    found = speciate(database, NORMAL, ph=7.4)
    lg = {name: lg_k(database.species, np.array(310.15))[database.place(name)] for name in ("HPO4-2", "OH-")}
    whole = found.saturation({"calcium": 1, "HPO4-2": 1, "H2O": 2}, -6.63)
    parts = found.saturation({"calcium": 1, "hydrogen": 1, "phosphate": 1, "H2O": 2}, -6.63 - lg["HPO4-2"])
    assert whole == pytest.approx(parts)
    for name, mineral in minerals().items():
        if "calcium_" not in name or "oxalate" in name or "phosphate" in name:  # not the soaps
            assert np.isfinite(found.saturation(mineral.dissolves_to, -10.0)) == (
                "oxalate" not in name and name != "struvite"
            )
    with pytest.raises(InputError, match="did you mean OH-"):
        found.saturation({"calcium": 1, "OH": 2}, -5.0)


def test_pure_water_and_no_fluid_at_all(database):
    """pH of water at 37 °C is 6.81; carbon dioxide makes it acid; an empty table gives an empty one."""
    assert speciate(database, {}).ph[0] == pytest.approx(6.81, abs=0.01)
    fizzy = speciate(database, {}, carbon_dioxide_pressure=40.0).require()
    assert fizzy.ph[0] == pytest.approx(4.58, abs=0.02)
    assert speciate(database, {"calcium": np.zeros(0)}, ph=7.4).molality.shape == (0, len(database.species))
