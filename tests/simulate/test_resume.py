"""Does a run that was killed or interrupted, at any moment, end with the same bits when it is resumed?"""

from __future__ import annotations

import numpy as np
import pytest

from calcis.case import read_case_text
from calcis.errors import InputError
from calcis.simulate import Pace, simulate
from tests.simulate.kills import CASE, everything, kills


@pytest.fixture(scope="module")
def undisturbed():
    return everything(simulate(read_case_text(CASE, "case")))


def test_killed_and_resumed_to_the_same_bits(tmp_path):
    """Three of the fifty that `python -m tests.simulate.kills` does."""
    assert kills(3, 5, tmp_path)[0] == 3


def interrupted(at):
    def progress(what, share):
        if share > at:
            raise KeyboardInterrupt

    return progress


def test_an_interrupt_leaves_a_checkpoint_that_goes_on(tmp_path, undisturbed):
    case = read_case_text(CASE, "case")
    for share in (0.0, 0.2, 0.2, 0.9):  # the third ends at once where the second did
        with pytest.raises(KeyboardInterrupt):
            simulate(case, tmp_path, resume=True, progress=interrupted(share), pace=Pace(seconds=1e9))
    shares = []
    run = simulate(case, tmp_path, resume=True, progress=lambda what, share: shares.append(share))
    assert shares[0] > 0.8 and shares[-1] == 1.0
    assert np.array_equal(everything(run), undisturbed)


def test_a_damaged_checkpoint_is_ignored_and_another_cases_refused(tmp_path, undisturbed):
    case = read_case_text(CASE, "case")
    with pytest.raises(KeyboardInterrupt):
        simulate(case, tmp_path, progress=interrupted(0.5))
    (kept,) = (tmp_path / "checkpoint").iterdir()
    sound = kept.read_bytes()
    for content in (b"", sound[:1000], b"not a checkpoint"):
        kept.write_bytes(content)
        assert np.array_equal(everything(simulate(case, tmp_path, resume=True)), undisturbed)
    kept.write_bytes(sound)
    other = read_case_text(CASE.replace("66 y", "67 y"), "case")
    with pytest.raises(InputError, match="checkpoint of this case"):
        simulate(other, tmp_path, resume=True)
