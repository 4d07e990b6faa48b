"""Is the lesion in space that of the first person, in every arm, and does it go on where it was stopped?"""

import json
from pathlib import Path

import numpy as np
import pytest

import calcis
import calcis.simulate.in_space as in_space
from calcis.case import read_case_text
from calcis.compare.in_space import FOLDER
from calcis.compare.job import compare_file
from calcis.errors import InputError

CASE = """
calcis: 1
title: A bite
person: {age: 54 y, sex: female, mass: 68 kg}
body: calcis
organs: none
lesion:
  tissue: fat
  grid: [8, 8, 6]
  spacing: 1 mm
  injury: {kind: bite, at: 0 d, shape: {cone: {diameter: 6 mm, depth: 4 mm}}, killed: 0.9}
changes: {macrophage_competence: 0.05}
goal: {mineral_total: below 50 %, of: watch, at: 60 d}
arms:
  watch: []
  cut out: [{excise: {at: 40 d, margin: 1 mm}}]
run: {duration: 60 d, every: 20 d}
"""


def _fields(folder: Path) -> list[np.ndarray]:
    run = calcis.load(folder)
    return [arm.fields["mineral_apatite"].values for arm in run.arms.values() if arm.fields is not None]


def test_it_is_that_of_a_run_and_goes_on_where_it_was_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case, target, march = read_case_text(CASE, "case.yaml"), tmp_path / "compared", in_space.march_block
    told: list[str] = []

    def interrupted(*given: object) -> object:
        if given[0].operations:  # type: ignore[attr-defined]
            raise KeyboardInterrupt
        return march(*given)  # type: ignore[arg-type]

    monkeypatch.setattr(in_space, "march_block", interrupted)
    with pytest.raises(KeyboardInterrupt):
        compare_file(case, target, persons=3, processes=1)
    assert (target / FOLDER).is_dir() and not (target / "compare.json").exists()
    begun: list[object] = []
    monkeypatch.setattr(in_space, "march_block", lambda *given: begun.append(given[0]) or march(*given))
    found = compare_file(
        case, target, persons=3, processes=1, resume=True, progress=lambda what, _: told.append(what)
    )
    assert "simulating cut out in space (2 of 2)" in told
    assert sorted(path.name for path in target.iterdir()) == ["compare.html", "compare.json", FOLDER]
    calcis.run(case, tmp_path / "plain.run")
    of_run, kept = _fields(tmp_path / "plain.run"), _fields(target / FOLDER)
    assert len(of_run) == len(kept) == 2 and np.nanmax(kept[0]) > 1.0
    assert all(np.array_equal(one, other, equal_nan=True) for one, other in zip(of_run, kept, strict=True))
    assert found.status == "done" and found.first is not None
    spreads = [one.spread for one in calcis.load(target / FOLDER).parameters]
    assert spreads == [one.spread for one in found.first.parameters] and any(spreads)
    page = (target / "compare.html").read_text()
    assert "The lesion in space" in page and "In space, excision with a margin of 1 mm" in page
    arms = json.loads((target / "compare.json").read_text())["arms"]
    assert arms["watch"]["in_space"]["removed"] == []
    assert arms["cut out"]["in_space"]["removed"][0]["share_of_mineral"]["value"] > 50.0
    # The same folder, of a case without a grid: nothing of the block is left.
    flat = CASE.replace("  grid: [8, 8, 6]\n  spacing: 1 mm\n", "").replace(", margin: 1 mm", "")
    compare_file(read_case_text(flat, "case.yaml"), target, persons=2, processes=1)
    assert not (target / FOLDER).exists()
    assert "The lesion in space" not in (target / "compare.html").read_text()


def test_a_block_beyond_memory_is_refused_before_anybody_is_simulated(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[str] = []
    monkeypatch.setattr(in_space, "memory", lambda lesion: 1e6)
    with pytest.raises(InputError, match="a grid that fits into the"):
        compare_file(
            read_case_text(CASE, "case.yaml"), tmp_path / "c", progress=lambda what, _: told.append(what)
        )
    assert told == []
