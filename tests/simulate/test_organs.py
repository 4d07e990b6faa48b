"""What do the organs of a body do: nothing to a healthy one, and what becomes mineral leaves the blood?"""

from __future__ import annotations

import numpy as np
import pytest

from calcis.case import packaged, read_case_text
from calcis.errors import InputError
from calcis.results.run_folder import load, save
from calcis.results.store import OrganMap, Series
from calcis.simulate import simulate
from calcis.simulate.case_run import coupling_of, rooms_of
from calcis.simulate.numbers import Numbers
from calcis.simulate.organ_story import first, organ_facts
from calcis.simulate.organs import KEPT, MOST_TIMES, organ_times
from calcis.solve.drive import merged
from calcis.solve.schedule import Drive
from calcis.tissue import BALANCES

QUIET = """calcis: 1
person: {age: 61 y, sex: male, mass: 78 kg}
body: calcis
disease: {ckd: {gfr: 20 mL/min}}
arms:
  watch: []
  binder: [changes: {gut.phosphate_unbound_fraction: 0.6}]
run: {duration: 100 d, every: 10 d, tolerance: 1e-7}
"""
# A patch of skin and muscle that cannot hold mineral back, so that the blood feels it.
HARD = """calcis: 1
person: {age: 61 y, sex: female, mass: 60 kg}
body: calcis
tissues:
  hard: {like: skin, volume: 50 mL, changes: {mineral.threshold: -2.8}}
  soft: {like: skin, volume: 1 mL}
organs: [kidney, hard, soft]
arms: {watch: []}
run: {duration: 20 d, every: 1 d, tolerance: 1e-7}
"""


@pytest.fixture(scope="module")
def hard():
    return simulate(read_case_text(HARD, "case"))["watch"]


def test_healthy_organs_take_nothing_from_the_blood():
    with_organs, without = (simulate(read_case_text(QUIET + more, "c")) for more in ("", "organs: none\n"))
    for arm in with_organs:
        assert len(with_organs[arm].organ_map.places) == 16 and without[arm].organs is None
        for name in ("calcium_plasma", "phosphate_plasma", "pth_plasma", "fgf23_plasma"):
            found, expected = (run[arm].body_series[name].values for run in (with_organs, without))
            assert found == pytest.approx(expected, rel=1e-6), name
        assert max(with_organs[arm].ledger.values()) < 1e-9


def test_what_becomes_mineral_in_an_organ_leaves_the_blood(hard):
    """Calcium in mineral, and what was carried off, against what the body's books say it gave."""
    case = read_case_text(HARD, "case")
    rooms = rooms_of(case, Numbers(case, packaged().parameters(case.body)), packaged())
    both = coupling_of(case, rooms, threads=1)
    while both.going:
        both.step()
    (organs,) = both.tissues
    (books,) = (one for one in BALANCES if one.quantity == "calcium")
    names, numbers = list(rooms["organs"].model.states), rooms["organs"].lanes[0].parameters
    values = dict(zip(rooms["organs"].model.parameters, numbers, strict=True))
    stored = 0.0
    for name, weight in books.stores.items():
        if not name.startswith("interstitial_fluid."):
            share = weight(values) if callable(weight) else weight
            stored += share * float(hard.organ_map.volumes @ organs.y[:, names.index(name)])
    for flow, share in books.flows.items():
        if flow != "calcium_from_plasma":
            stored -= share * float(hard.organ_map.volumes @ organs.y[:, names.index(f"ledger.{flow}_sum")])
    given = both.body.y[0, both.exchange.books[0]] + both.clock.transit[0, 0]
    assert given == pytest.approx(stored, rel=1e-9) and stored > 1.0
    assert hard.organs["mineral_total"].sel(place="soft").values.max() < 1e-6
    assert hard.ledger["exchange.calcium"] < 1e-9 and hard.ledger["organs.hard.calcium"] < 1e-9


def test_the_first_to_calcify_is_ranked_first_and_told(hard):
    facts = hard.organ_facts
    assert facts["ranking"][0] == "hard" and facts["places"]["hard"]["begins_at"]["value"] < 480.0
    assert facts["places"]["kidney"]["begins_at"] is None
    assert any("Organs that calcify: hard" in one.text for one in hard.findings if one.level == "warning")


def test_threads_do_not_move_a_bit():
    case = read_case_text(QUIET, "case")
    one, two = (simulate(case, threads=threads) for threads in (1, 2))
    for arm in one:
        for name, series in one[arm].organ_map.series.items():
            assert np.array_equal(series.values, two[arm].organ_map.series[name].values), name


def test_the_organ_map_is_kept_on_disk(hard, tmp_path):
    import xarray

    run = simulate(read_case_text(HARD, "case"))
    save(run, tmp_path / "a.run", "<html></html>")
    found = load(tmp_path / "a.run")["watch"]
    assert found.organ_map.places == hard.organ_map.places and found.organ_map.titles[1] == "Hard"
    assert found.organ_facts == hard.organ_facts
    for name, series in hard.organ_map.series.items():
        assert np.array_equal(found.organ_map.series[name].values, series.values)
    opened = xarray.open_zarr(tmp_path / "a.run" / "run.zarr", group="organs")
    assert opened["mineral_total"].dims == ("arm", "place", "time")
    assert opened["mineral_total"].attrs["units"] == "mmol/L" and set(KEPT) <= set(opened)


@pytest.mark.parametrize("count", [1, 2, 100, 121, 122, 5000])
def test_organs_have_few_outputs_the_first_and_the_last_among_them(count):
    times = np.linspace(0.0, 100.0, count)
    few = organ_times(times)
    assert few[0] == 0.0 and few[-1] == times[-1] and len(few) <= MOST_TIMES + 1
    assert set(few) <= set(times) and (np.diff(few) > 0).all()


def test_the_beginning_is_found_between_outputs():
    time = np.array([0.0, 10.0, 20.0])
    assert first(time, np.array([0.0, 0.5, 1.5]), 1.0) == pytest.approx(15.0)
    assert first(time, np.array([2.0, 0.5, 1.5]), 1.0) == 0.0
    assert first(time, np.array([0.0, 0.5, 0.9]), 1.0) is None


def test_organs_that_calcify_come_before_those_that_come_near():
    rows = {
        "mineral_total": [[0.0, 2.0], [0.0, 0.0], [0.0, 4.0]],
        "supersaturation_above_threshold": [[0.1, 0.1], [0.3, 0.2], [0.2, 0.2]],
        "supersaturation_at_ph_7_4": [[0.3, 0.1], [0.2, 0.2], [0.1, 0.2]],
        "ph_tissue": [[7.4, 7.4]] * 3,
    }
    series = {name: Series("1", np.array(values)) for name, values in rows.items()}
    facts = organ_facts(
        OrganMap(("a", "b", "c"), ("A", "B", "C"), np.ones(3), np.array([0.0, 8.0]), series), 1.0
    )
    assert facts["ranking"] == ["c", "a", "b"] and facts["ranking_at_ph_7_4"] == ["a", "b", "c"]


def test_pieces_are_merged_only_where_one_polynomial_fits_them():
    """Pieces of a quartic are one again; a corner, and a bump in a short piece, stay."""
    starts, ends = np.arange(0.0, 8.0), np.arange(1.0, 9.0)
    quartic = np.array([[[s**4 + 1, 4 * s**3, 6 * s**2, 4 * s, 1.0]] for s in starts])
    (one,) = merged([Drive(starts, ends, quartic)], 1e-9)
    assert len(one.starts) == 1 and one.ends[-1] == 8.0
    assert one.coefficients[0, 0] == pytest.approx([1.0, 0.0, 0.0, 0.0, 1.0], abs=1e-6)
    corner = np.zeros((8, 1, 5))
    corner[:, 0, 0] = 1.0 + np.maximum(starts - 3.0, 0.0)
    corner[3:, 0, 1] = 1.0
    (kept,) = merged([Drive(starts, ends, corner)], 1e-6)
    assert 2 <= len(kept.starts) < 8 and 3.0 in kept.starts
    bump = np.zeros((2, 1, 5))
    bump[:, 0, 0] = 1.0
    bump[0, 0, 1:3] = 1e3, -1e6
    drives = merged([Drive(np.array([0.0, 1e-3]), np.array([1e-3, 1.0]), bump)] * 2, 1e-6)
    assert [len(drive.starts) for drive in drives] == [2, 2]


CASE = """calcis: 1
person: {age: 61 y, sex: male, mass: 78 kg}
body: calcis
arms: {watch: []}
run: {duration: 10 d, every: 1 d}
"""


@pytest.mark.parametrize(
    ("more", "words"),
    [
        ("organs: [kidney, kidny]", "6:18: expected all, none, or organs.*got 'kidny'.*kidney"),
        ("organs: uterus", r"6:9: expected an organ of this person.*uterus \(of a female\)"),
        ("organs: [dermis]", "6:10: expected an organ of this person.*dermis, a tissue without a `volume`"),
        ("organs: [skin, skin]", "6:16: expected each organ once"),
        ("tissues: {kidney: {}}", "6:11: expected a name that no tissue has yet"),
        ("tissues: {a: {like: kidny}}", "6:21: expected a tissue.*kidney"),
        ("tissues: {a: {volume: 20 g}}", "6:23: expected"),
        ("tissues: {a: {volume: 900 L}}", "6:23: expected a volume above 0 and up to 200 L"),
        ("tissues: {a: {colour: red}}", "6:15: expected"),
        ("tissues: {a: {changes: {perfusio: 2}}}", "6:25: expected the name of a parameter.*perfusion"),
        ("tissues: {a: {changes: {perfusion: 2 L}}}", "6:36: expected a number without a unit"),
    ],
)
def test_a_wrong_organ_is_refused_with_its_place(more, words):
    with pytest.raises(InputError, match=words):
        read_case_text(f"{CASE}{more}\n", "case")


def test_given_plasma_and_animals_have_no_organs():
    text = """calcis: 1
body: clamped
plasma: {calcium_ionised: 1.25 mmol/L, phosphate: 1.2 mmol/L, pyrophosphate: 3 umol/L, ph: 7.4}
lesion: {tissue: dermis}
arms: {a: []}
run: {duration: 1 d, every: 1 d}
"""
    assert read_case_text(text, "case").organs == ()
    with pytest.raises(InputError, match="expected no `organs`"):
        read_case_text(text + "organs: all\n", "case")


def test_a_tissue_of_the_cases_own_is_an_organ_and_may_be_the_lesions():
    text = f"{CASE}tissues: {{thyroid: {{like: pancreas, volume: 20 mL, changes: {{perfusion: 30}}}}}}\n"
    case = read_case_text(f"{text}lesion: {{tissue: thyroid}}\norgans: thyroid\n", "case")
    (organ,) = case.organs
    assert (organ.title, organ.volume.value) == ("Thyroid", pytest.approx(0.02))
    everything = packaged().parameters("calcis")
    assert case.parameters(everything)["capillaries.perfusion"].value == 30.0
    assert case.parameters(everything, "watch", organ)["capillaries.perfusion"].value == 30.0
    assert [one.name for one in read_case_text(case.text, "again").organs] == ["thyroid"]
    assert "thyroid" in {one.name for one in read_case_text(text, "case").organs}


def test_what_a_case_changes_holds_for_every_organ():
    text = CASE.replace(
        "{watch: []}", "{watch: [changes: {interstitial_fluid.buffer_capacity: {factor: 2}}]}"
    )
    case, everything = read_case_text(text, "case"), packaged().parameters("calcis")
    kidney = next(one for one in case.organs if one.name == "kidney")
    before, after = (
        case.parameters(everything, arm, kidney)["interstitial_fluid.buffer_capacity"].value
        for arm in (None, "watch")
    )
    assert after == 2 * before
