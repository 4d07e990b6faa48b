"""Injuries: what a bite does, and what is refused."""

import pytest

from calcis.errors import InputError
from calcis.part import assemble
from calcis.tissue import INPUTS, PARTS
from calcis.tissue.injuries import KINDS, jump
from calcis.tissue.numbers import tissue_parameters


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
        "debris.organic_phosphate": 0.9 * content,
    }


def test_cells_that_die_by_apoptosis_are_not_dead_yet(numbers):
    half = numbers | {"bite.apoptotic_share": 0.5}
    gains = {target: coefficient for target, _, coefficient in jump("bite", 0.8, half)}
    assert gains["parenchyma.apoptotic"] == gains["debris.dead"] == 0.4
    assert gains["debris.organic_phosphate"] == 0.4 * numbers["debris.organic_phosphate_content"]


def test_targets_and_sources_are_states(numbers):
    states = assemble(PARTS, INPUTS).states
    for kind in KINDS:
        for target, source, _ in jump(kind, 0.5, numbers):
            assert target in states and source in states


def test_an_unknown_kind_is_refused_with_the_nearest(numbers):
    with pytest.raises(InputError) as refused:
        jump("bight", 0.5, numbers)
    assert refused.value.nearest == "bite"


@pytest.mark.parametrize("killed", [-0.1, 1.1, float("nan")])
def test_an_impossible_share_is_refused(numbers, killed):
    with pytest.raises(InputError):
        jump("bite", killed, numbers)
