"""Do the examples in space run, keep their books, and calcify where they say and nowhere else?

Each on a few voxels and for a short time, which shows that they work, not what they show.
"""

from __future__ import annotations

import re

import numpy as np
import pytest

from calcis.case import read_case_text
from calcis.case.templates import template, templates
from calcis.imaging.measures import InSpace
from calcis.report.run_page import render
from calcis.simulate import simulate

# For each: voxels and their edge, how long and how often, and the arm in which mineral comes.
SMALL = {
    "bite_in_space": ("[8, 8, 6]", "1 mm", "60 d", "failed clearance"),
    "injection_in_space": ("[6, 6, 10]", "1 mm", "60 d", "failed clearance"),
    "fibroid_in_space": ("[12, 12, 12]", "1 mm", "300 d", "hardly any leukocytes come"),
    "granuloma_in_space": ("[8, 8, 8]", "1 mm", "90 d", "microbes escape, and caseum stays"),
    "infarct_in_space": ("[24, 24]", "0.5 mm", "40 d", "few macrophages come"),
    "implant_in_space": ("[10, 20]", "0.1 mm", "21 d", "as in the rat"),
}


def test_every_example_in_space_is_tried() -> None:
    assert [name for name in templates() if name.endswith("_in_space")] == sorted(SMALL)


@pytest.mark.parametrize("name", SMALL)
def test_an_example_runs_on_few_voxels(name: str) -> None:
    voxels, edge, duration, stony = SMALL[name]
    text = template(name)
    for key, value in (("grid", voxels), ("spacing", edge), ("duration", duration)):
        text, changed = re.subn(rf"(?m)^(  {key}: )(\[[^\]]*\]|[^#\n]*)", rf"\g<1>{value} ", text)
        assert changed == 1
    run = simulate(read_case_text(text, name))
    assert run.status == "done"
    for arm in run.values():
        books = [share for kind, share in arm.ledger.items() if kind.startswith("space.")]
        assert len(books) > 3 and max(books) < 1e-9
    found = InSpace(run[stony].fields, perfused="border: perfused" in text)
    mineral = found.frame("mineral_total", found.end)
    assert mineral.max() > 20.0
    assert found.depth is not None
    outside = found.depth < -1.5 * found.spacing
    assert not outside.any() or mineral[outside].max() < 0.02 * mineral.max()
    assert np.isfinite(found.frame("radiodensity", found.end)).all()
    assert "The lesion in space" in render(run)
