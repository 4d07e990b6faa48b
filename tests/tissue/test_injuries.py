"""Injuries: what each kind does at once and later, and what is refused."""

import pytest

from calcis.case import read_case_text
from calcis.errors import InputError
from calcis.part import assemble
from calcis.tissue import INPUTS, PARTS
from calcis.tissue.injuries import KINDS, Move, jump, moves
from calcis.tissue.numbers import tissue_parameters

LOST = "capillaries.flow_lost"


@pytest.fixture(scope="module")
def numbers():
    return {name: number.value for name, number in tissue_parameters().items()}


def test_a_bite_leaves_dead_tissue_with_its_mitochondria_and_phosphate(numbers):
    gains = {target: coefficient for target, _, coefficient in jump("bite", 0.9, numbers)}
    content = numbers["debris.organic_phosphate_content"]
    assert gains == {
        "parenchyma.living": -0.9,
        "parenchyma.apoptotic": 0.0,
        "debris.dead": 0.9,
        "debris.mitochondria": 0.9,
        "debris.alarmin": 0.9,
        "debris.organic_phosphate": 0.9 * content,
        "fat.lipid": 0.0,
        "fat.fatty_acid": 0.0,
    }
    fat = dict(numbers) | {"fat.fat_content": 2000.0}
    assert ("fat.lipid", "parenchyma.living", 1800.0) in jump("bite", 0.9, fat)


def test_lipase_has_freed_some_of_the_fat_of_fat_necrosis(numbers):
    fat = numbers | {"fat.fat_content": 2000.0, "fat_necrosis.freed_share": 0.4}
    for given, freed in ((None, 0.4), ({"freed": 0.1}, 0.1), ({"freed": 0.0}, 0.0)):
        found = {move.target: move.factor for move in moves("fat_necrosis", 0.5, fat, given)}
        assert found["fat.fatty_acid"] == pytest.approx(1000.0 * freed)
        assert found["fat.lipid"] == pytest.approx(1000.0 * (1.0 - freed))


def test_cells_that_die_by_apoptosis_are_not_dead_yet(numbers):
    half = numbers | {"bite.apoptotic_share": 0.5}
    gains = {target: coefficient for target, _, coefficient in jump("bite", 0.8, half)}
    assert gains["parenchyma.apoptotic"] == gains["debris.dead"] == gains["debris.alarmin"] == 0.4
    assert gains["debris.organic_phosphate"] == 0.4 * numbers["debris.organic_phosphate_content"]


def beside_killing(kind, numbers, given=None):
    """What an injury does beside killing, and when it kills."""
    found = moves(kind, 0.5, numbers, given)
    (when,) = {move.after for move in found if move.target == "parenchyma.living"}
    return [move for move in found if move.source != "parenchyma.living"], when


@pytest.mark.parametrize("kind", ["bite", "toxin", "freezing", "fixation"])
def test_some_kinds_only_kill(numbers, kind):
    assert beside_killing(kind, numbers) == ([], 0.0)


def test_ischaemia_stops_flow_then_kills_then_lets_it_flow(numbers):
    survival = numbers["ischaemia.survival_time"]
    stop = [Move(0.0, LOST, 1.0), Move(0.0, LOST, -1.0, LOST)]
    assert beside_killing("ischaemia", numbers) == (stop, survival)
    reflow = Move(survival + 2.0, LOST, -1.0, LOST)
    found = beside_killing("ischaemia", numbers, {"lasts": survival + 2.0})
    assert found == ([*stop, reflow], survival)
    some = [Move(0.0, LOST, 0.75), Move(0.0, LOST, -0.75, LOST), Move(1.0, LOST, -1.0, LOST)]
    assert beside_killing("ischaemia", numbers, {"flow": 0.25, "lasts": 1.0}) == (some, 1.0)


def test_what_was_lost_before_stays_lost(numbers):
    """A second cut to a quarter leaves a quarter of what flowed."""
    lost = 0.4
    for move in moves("trauma", 0.5, numbers, {"flow": 0.25}):
        if move.target == LOST:
            lost += move.factor * (0.4 if move.source else 1.0)
    assert lost == pytest.approx(1.0 - 0.25 * 0.6, rel=1e-15)


def test_trauma_tears_vessels_and_infection_and_injection_bring_something_in(numbers):
    torn = 1.0 - numbers["trauma.flow_left"]
    assert 0.0 < torn < 1.0
    assert beside_killing("trauma", numbers) == ([Move(0.0, LOST, torn), Move(0.0, LOST, -torn, LOST)], 0.0)
    assert beside_killing("trauma", numbers, {"flow": 1.0}) == ([], 0.0)
    inoculum = Move(0.0, "microbes.density", numbers["infection.inoculum"])
    assert beside_killing("infection", numbers) == ([inoculum], 0.0)
    many = Move(0.0, "microbes.density", 5e4)
    assert beside_killing("infection", numbers, {"microbes": 5e4}) == ([many], 0.0)
    assert beside_killing("injection", numbers) == ([], 0.0)
    share = numbers["interstitial_fluid.fluid_share"]
    both = [Move(0.0, "interstitial_fluid.calcium", 30 / share)]
    both.append(Move(0.0, "interstitial_fluid.phosphate", 6 / share))
    assert beside_killing("injection", numbers, {"calcium": 30.0, "phosphate": 6.0}) == (both, 0.0)


def test_targets_and_sources_are_states(numbers):
    states = assemble(PARTS, INPUTS).states
    every = {"flow": 0.1, "lasts": 5.0, "microbes": 1e3, "freed": 0.3, "calcium": 1.0, "phosphate": 1.0}
    for kind, what in KINDS.items():
        for move in moves(kind, 0.5, numbers, {key: every[key] for key in what.keys}):
            assert move.target in states and (move.source is None or move.source in states)


def test_an_unknown_kind_is_refused_with_the_nearest(numbers):
    with pytest.raises(InputError) as refused:
        jump("bight", 0.5, numbers)
    assert refused.value.nearest == "bite"


@pytest.mark.parametrize("killed", [-0.1, 1.1, float("nan")])
def test_an_impossible_share_is_refused(numbers, killed):
    with pytest.raises(InputError):
        jump("bite", killed, numbers)
    with pytest.raises(InputError):
        moves("ischaemia", 0.5, numbers, {"flow": killed})


def test_a_key_of_another_kind_is_refused(numbers):
    with pytest.raises(InputError, match="a key of ischaemia: flow, lasts"):
        moves("ischaemia", 0.5, numbers, {"microbes": 10.0})


CASE = """\
calcis: 1
body: peterson_riggs_2010
person: {age: 54 y, sex: female, mass: 68 kg}
lesion:
  tissue: skeletal_muscle
  injury: {kind: KIND, at: 1 d, shape: {cone: {diameter: 20 mm, depth: 10 mm}}, killed: 0.5, KEY}
arms: {one: []}
run: {duration: 30 d, every: 1 d}
"""


def read(kind, key):
    return read_case_text(CASE.replace("KIND", kind).replace("KEY", key), "case.yaml")


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_reads_its_own_keys_from_a_case(kind):
    own = KINDS[kind].keys
    injury = read(kind, ", ".join(f"{key}: {value}" for key, value in own.items())).lesion.injury
    assert list(injury.own) == list(own)


def test_keys_of_a_case_are_converted():
    assert read("ischaemia", "flow: 10 %, lasts: 30 min").lesion.injury.own == {"flow": 0.1, "lasts": 0.5}
    assert read("infection", "microbes: 1e6 1/mL").lesion.injury.own == {"microbes": 1e3}
    calcium = read("injection", "calcium: 40.078 mg").lesion.injury.own["calcium"]
    assert calcium == pytest.approx(1.0, rel=1e-12)


@pytest.mark.parametrize(
    ("kind", "key", "expected", "got", "nearest"),
    [
        ("bite", "‸flow: 0.1", "`flow` only with an injury of kind trauma or ischaemia", "kind bite", None),
        ("trauma", "‸lasts: 1 d", "of kind ischaemia (trauma has flow)", "kind trauma", None),
        ("trauma", "‸flows: 0.1", "a key of lesion.injury", "'flows'", "flow"),
        ("ischaemia", "flow: ‸1.1", "at least 0, at most 1", "1.1", None),
        ("ischaemia", "lasts: ‸5", "a number and its unit", "5", None),
        ("ischaemia", "lasts: ‸0 h", "more than 0 y", "'0 h'", None),
        ("injection", "calcium: ‸1 mmol/L", "an amount, such as 0.4 mmol", "mmol/L", None),
        ("infection", "microbes: ‸5 1/h", "a density", "1/h", None),
    ],
)
def test_a_fault_of_a_case_is_refused_with_its_place(kind, key, expected, got, nearest):
    before, _, after = CASE.replace("KIND", kind).replace("KEY", key).partition("‸")
    with pytest.raises(InputError) as wrong:
        read_case_text(before + after, "case.yaml")
    found, column = wrong.value, len(before) - before.rindex("\n")
    assert (found.file, found.line, found.column) == ("case.yaml", 6, column), found
    assert expected in found.expected and got in found.got and found.nearest == nearest, found
