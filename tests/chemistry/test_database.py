"""Databases: what is in them, what is refused, and what water itself does."""

import numpy as np
import pytest

from calcis.chemistry import database as module
from calcis.chemistry.database import Database, lg_k, read_database
from calcis.chemistry.solution import speciate
from calcis.chemistry.water import debye_hueckel, density, dielectric_constant
from calcis.errors import InputError
from calcis.parameters import reference_keys

NORMAL = {"calcium": 2.6, "sodium": 150.0, "chloride": 110.0, "phosphate": 1.2, "carbonate": 27.0}
GOOD = """title: small
kind: published
source: "minteq_v4: SOLUTION_SPECIES"
masters:
  hydrogen: {species: H+}
  calcium: {species: Ca+2}
  carbonate: {species: CO3-2}
species:
  - {reaction: H2O = OH- + H+, log_k: -13.997}
  - {reaction: H+ + CO3-2 = HCO3-, log_k: 10.329, delta_h: -14.6, gamma: [5.4, 0]}
  - {reaction: Ca+2 + HCO3- = CaHCO3+, log_k: 1.27}
"""


def read(text: str, tmp_path, monkeypatch) -> Database:
    (tmp_path / "small.yaml").write_text(text, encoding="utf-8")
    monkeypatch.setattr(module, "data_path", lambda *parts: tmp_path / parts[-1])
    return read_database.__wrapped__("small", None)


def test_reactions_are_summed_up_to_masters(tmp_path, monkeypatch):
    small = read(GOOD, tmp_path, monkeypatch)
    assert small.masters == ("calcium", "carbonate")
    bound = small.species[small.place("CaHCO3+")]
    assert bound.formula == {"calcium": 1.0, "hydrogen": 1.0, "carbonate": 1.0}
    lg = lg_k(small.species, np.array([298.15, 310.15]))
    assert lg[0, small.place("CaHCO3+")] == pytest.approx(10.329 + 1.27)
    warm = 10.329 - 14.6 / (8.3147e-3 * np.log(10)) * (1 / 298.15 - 1 / 310.15)
    assert lg[1, small.place("HCO3-")] == pytest.approx(warm)


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("CaHCO3+, log_k", "CaHCO3+2, log_k", "a balance of charges"),
        ("Ca+2 + HCO3-", "Ca+2 + HCO3", "did you mean HCO3-"),
        ("log_k: 1.27", "delta_h: 1.27", "`log_k` or `analytic`"),
        ("log_k: 1.27", "log_k: high", "a number"),
        ("log_k: 1.27", "analytic: [1, a]", "a list of 1 to 6 numbers"),
        ("[5.4, 0]", "[5.4]", "a list of 2 to 2 numbers"),
        ("log_k: 1.27", "log_kk: 1.27", "did you mean log_k"),
        ("minteq_v4:", "minteq_v44:", "references.bib"),
        ("kind: published", "kind: publishd", "did you mean published"),
        ("= CaHCO3+,", "= HCO3-,", "a species once"),
        ("H2O = OH- + H+", "H2O to OH- + H+", "a reaction such as"),
    ],
)
def test_bad_data_are_refused_with_their_place(old, new, words, tmp_path, monkeypatch):
    assert old in GOOD
    with pytest.raises(InputError, match=r"small\.yaml:[0-9]+:[0-9]+") as refused:
        read(GOOD.replace(old, new), tmp_path, monkeypatch)
    assert words in str(refused.value)


def test_an_unknown_base_is_refused():
    with pytest.raises(InputError, match=r"did you mean .*minteq\.yaml"):
        read_database("minteg")


@pytest.mark.parametrize("base", ["minteq", "phreeqc"])
def test_every_constant_has_its_source(base):
    found = read_database(base, "body_fluid", "calcium_phosphate_2024")
    formed = [one for one in found.species if one.reaction]
    assert len(formed) > 60
    for one in (*formed, *found.gases):
        assert one.source.partition(":")[0] in reference_keys(), one.name
    assumed = {one.name for one in formed if one.kind == "assumed"}
    assert assumed == {"HProtein", "CaProtein+", "MgProtein+"}


@pytest.mark.parametrize("base", ["minteq", "phreeqc"])
def test_the_revision_of_calcium_phosphate(base):
    """CaPO4 binds a hundred times more weakly, which leaves phosphate free; apatite's index hardly moves."""
    old, new = (read_database(base, "body_fluid", name) for name in (None, "calcium_phosphate_2024"))
    assert new.name.endswith("calcium_phosphate_2024") and new.names == old.names
    before, after = (speciate(one, NORMAL, ph=7.4).require() for one in (old, new))
    assert after.of("CaPO4-")[0] < 0.05 * before.of("CaPO4-")[0]
    formula = {"calcium": 5, "phosphate": 3, "OH-": 1}
    assert after.saturation(formula, -58.6) == pytest.approx(before.saturation(formula, -58.6), abs=0.2)
    with pytest.raises(InputError, match="a species that the base has"):
        _revise_what_is_not_there()


def _revise_what_is_not_there():
    builder = module._Builder("minteq")
    document = module._document("calcium_phosphate_2024")
    builder.react(document, ("species", 0), revised=True)


def test_water_between_melting_and_boiling():
    """Density and dielectric constant at 25 °C as in tables: 997.05 kg/m³, 78.4; A 0.51, B 0.329."""
    celsius = np.array([0.0, 25.0, 37.0, 100.0]) + 273.15
    assert density(celsius) == pytest.approx([999.84, 997.05, 993.33, 958.35], abs=0.05)
    assert dielectric_constant(celsius)[1] == pytest.approx(78.4, abs=0.1)
    a, b = debye_hueckel(celsius)
    assert a[1] == pytest.approx(0.510, abs=1e-3)
    assert b[1] == pytest.approx(0.3285, abs=1e-3)
    assert (np.diff(a) > 0).all()
