"""Do drugs in the blood move the tissue that they name, and nothing where none of them is?"""

from __future__ import annotations

import numpy as np
import pytest

from calcis.case import packaged, read_case_text
from calcis.drugs import TISSUE, drug_actions, in_tissue
from calcis.part import assemble
from calcis.simulate import simulate
from calcis.tissue import INPUTS, PARTS
from tests.tissue.voxel import MODEL, NUMBERS, PLASMA

ACTING = sorted(name for name in packaged().drugs if any(TISSUE in one.on for one in drug_actions(name)))

CASE = """calcis: 1
person: {age: 60 y, sex: male, mass: 70 kg}
body: calcis
lesion:
  tissue: arterial_media
  injury: {kind: trauma, at: 0 d, shape: {cone: {diameter: 3 mm, depth: 3 mm}}, killed: 0.5}
changes: {macrophage_competence: 0.05}
organs: none
arms:
  none: []
  held: [{DOSE}]
  later: [{LATE}]
run: {duration: 30 d, every: 5 d}
"""


def test_some_drug_acts_there() -> None:
    assert "hexasodium_fytate" in ACTING


@pytest.mark.parametrize("name", ACTING)
def test_what_a_drug_moves_in_tissue_is_there(name: str) -> None:
    found = set(MODEL.parameters) | set(MODEL.signals)
    for action in drug_actions(name):
        assert set(action.on.get(TISSUE, ())) <= found


@pytest.mark.parametrize("name", ACTING)
def test_a_drug_moves_the_laws_by_its_factor_and_none_by_one(name: str) -> None:
    parts, signals = in_tissue(PARTS, [name])
    moved = assemble(parts, INPUTS | signals)
    states = {state: float(value) for state, value in MODEL.start(NUMBERS, PLASMA).items()}
    states |= {"mineral.octacalcium": 30.0, "debris.dead": 0.4, "debris.mitochondria": 0.3}
    states |= {"ossification.osteogenic": 0.9, "microbes.density": 1e3}
    plain = MODEL.at(states, NUMBERS, PLASMA).rates()
    assert moved.at(states, NUMBERS, {**PLASMA, **dict.fromkeys(signals, 1.0)}).rates() == plain
    half = moved.at(states, NUMBERS, {**PLASMA, **dict.fromkeys(signals, 0.5)}).rates()
    assert half != plain


def test_a_lesion_grows_slower_while_fytate_is_there_and_as_before_without() -> None:
    text = CASE.replace("{DOSE}", "hexasodium_fytate 60 mg IV over 1 h every 2 h for 30 d").replace(
        "{LATE}", "hexasodium_fytate 60 mg IV over 1 h at 29 d"
    )
    run = simulate(read_case_text(text, "case"))
    mineral = {
        arm: course.lesion_series["mineral_total"].values
        for arm, course in run.items()
        if course.lesion_series
    }
    assert mineral["held"][-1] < 0.5 * mineral["none"][-1]
    assert np.allclose(mineral["later"][:-1], mineral["none"][:-1], rtol=1e-4)
    assert max(run["held"].ledger.values()) < 1e-9
