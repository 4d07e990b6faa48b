"""Do the claims name sources and pages that are there, and say of diltiazem what a run shows?"""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from calcis.case import read_case_text
from calcis.parameters import reference_keys
from calcis.simulate import simulate
from tests.simulate.bitten import bitten

PAGE = Path(__file__).parents[1] / "docs" / "claims.md"
ARMS = """\
  watch: []
  diltiazem: [diltiazem 120 mg PO every 8 h averaged]
"""


def test_every_source_and_page_is_there() -> None:
    text = PAGE.read_text()
    keys = set(re.findall(r"\b[a-z]+(?:_[a-z]+)*_(?:[0-9]{4}|hypercalcemia)\b", text))
    assert len(keys) > 12 and keys <= reference_keys()
    for link in re.findall(r"\]\(([^)]+)\)", text):
        assert (PAGE.parent / link).is_file(), link


def test_diltiazem_moves_neither_calcium_nor_a_deposit() -> None:
    run = simulate(read_case_text(bitten(0.05, ARMS, "duration: 60 d, every: 1 d"), "case"))
    lesions = [run[arm].lesion_series for arm in ("watch", "diltiazem")]
    bodies = [run[arm].body_series for arm in ("watch", "diltiazem")]
    watched, treated = (one["mineral_total"].values[-1] for one in lesions if one is not None)
    assert watched > 10.0 and abs(treated / watched - 1.0) < 0.01
    assert np.allclose(*(one["calcium_ionised_plasma"].values for one in bodies), rtol=1e-3)
    (told,) = [one["text"] for one in run["diltiazem"].lesion_facts["story"] if one["title"] == "Drugs"]
    (share,) = re.findall(r"by at most ([0-9.]+) %", told)
    assert 0.1 < float(share) < 1.0
