"""Does an operation do to a block what it does to one voxel, and is the wound an injury like any other?"""

import numpy as np
import pytest

from calcis.errors import InputError
from calcis.solve.grid.layout import Grid
from calcis.space.lesion import LesionGrid, stays_whole
from calcis.space.margin import within_margin
from calcis.space.shapes import Sphere, share_of_voxels
from calcis.tissue.surgery import KINDS, moves
from tests.space.problems import DAY, PLASMA, mineral


@pytest.mark.parametrize("kind", KINDS)
def test_an_operation_on_a_block_is_that_on_one_voxel_there_and_nowhere_else(numbers, kind):
    fat = numbers | {"fat.fat_content": 2400.0}
    tissue = np.array([0, 0, 0, 0, 1, 1, 1, 1])[None, None, :]
    lesion = LesionGrid(Grid((8, 1, 1), 0.25), [numbers, fat], PLASMA, tissue=tissue)
    lesion.injure("bite", 0.7, np.ones((1, 1, 8)))
    lesion.advance(5 * DAY, PLASMA)
    names = [name for name in lesion.model.states if not name.startswith("ledger.")]
    before = {name: lesion.state(name) for name in names}
    here = np.array([1.0, 1.0, 1.0, 0.0, 0.0, 1.0, 1.0, 1.0])
    took = lesion.operate(kind, 0.6, here[None, None, :])
    for own, places, untouched in ((numbers, [0, 1, 2], 3), (fat, [5, 6, 7], 4)):
        tissue_states = [name for name in names if not name.startswith("ingrowth.")]
        for name in tissue_states:
            old, new = before[name][0, 0], lesion.state(name)[0, 0]
            expected = old.copy()
            for move in moves(kind, 0.6, own, tissue_states):
                if move.target == name:
                    expected += move.factor * (1.0 if move.source is None else before[move.source][0, 0])
            assert new[places] == pytest.approx(expected[places], rel=1e-12), name
            assert new[untouched] == old[untouched]
    assert took["calcium"] > 0.0
    lesion.advance(6 * DAY, PLASMA)
    assert max(lesion.defects().values()) < 1e-11


def cut(numbers, competence, closed):
    """Mineral before a ball was cut out of a block, or of one voxel and closed; a day later; at a year."""
    own = numbers | {"leukocytes.macrophage_competence": competence}
    edge = 2 if closed else 16
    lesion = LesionGrid(Grid((edge, edge, edge), 0.25), [own], PLASMA, rtol=3e-2)
    ones = np.ones((edge, edge, edge))
    within = ones if closed else share_of_voxels(Sphere((0.0, 0.0, 0.0), 3.0), lesion.grid)  # an eighth of it
    lesion.injure("bite", 0.9, within)
    lesion.advance(60 * DAY, PLASMA)
    before = mineral(lesion).sum()
    if closed:
        lesion.operate("excise", 1.0, ones)
    else:
        sick = (mineral(lesion) > 1.0) | (lesion.state("debris.dead") > 0.05)
        region = within_margin(sick, 0.5, 0.25).astype(float)
        lesion.excise(region, within_margin(region > 0.0, 0.5, 0.25) * (1.0 - region))
    lesion.advance(61 * DAY, PLASMA)
    after = mineral(lesion).sum()
    lesion.advance(365 * DAY, PLASMA)
    assert max(lesion.defects().values()) < 1e-9
    assert lesion.state("parenchyma.living")[0, 0, 0] > 0.2  # the wound has filled
    return before, after, mineral(lesion).sum()


@pytest.mark.parametrize(("competence", "again"), [(0.05, True), (0.2, False)])
def test_what_is_cut_out_comes_back_where_its_cause_is_still_there(numbers, competence, again):
    """In a block as in one voxel: at the seam of the wound, which is an injury."""
    for closed in (False, True):
        before, after, end = cut(numbers, competence, closed)
        assert after < 1e-2 * before
        assert (end > before) if again else (end < after)


def test_tissue_that_stays_whole_is_the_same_without_what_grows_in(numbers):
    found = []
    for whole in (True, False):
        lesion = LesionGrid(Grid((16, 8, 8), 0.25), [numbers], PLASMA, rtol=3e-2, whole=whole)
        lesion.injure("bite", 0.9, share_of_voxels(Sphere((2.0, 1.0, 1.0), 1.5), lesion.grid))
        lesion.advance(10 * DAY, PLASMA)
        found.append(mineral(lesion))
    assert found[0] == pytest.approx(found[1], rel=1e-6)


def test_whole_tissue_cannot_be_cut_frozen_or_robbed_of_blood(numbers):
    lesion = LesionGrid(Grid((2, 2, 2), 0.25), [numbers], PLASMA, whole=True)
    ones = np.ones((2, 2, 2))
    for kind, given in (("freezing", {}), ("trauma", {}), ("ischaemia", {"lasts": 5.0})):
        assert not stays_whole(kind, given, [numbers])
        with pytest.raises(InputError):
            lesion.injure(kind, 0.5, ones, given)
    with pytest.raises(InputError):
        lesion.excise(ones)
    assert stays_whole("bite", {}, [numbers])
    assert not stays_whole("bite", {}, [numbers | {"capillaries.outgrowth": 1e-4}])
