"""Does a lesion in space go on from within a march to the same bits?  And how are its books judged?"""

import numpy as np
import pytest

from calcis.case import read_case_text
from calcis.simulate import in_space, simulate
from calcis.solve.grid.layout import Grid
from calcis.solve.schedule import Drive
from calcis.solve.system import INPUT_DEGREE
from calcis.space.lesion import LesionGrid
from calcis.tissue import INPUTS
from tests.simulate.kills import SPACE, everything
from tests.space.problems import PLASMA


def line(numbers):
    lesion = LesionGrid(Grid((16, 1, 1), 0.25), [numbers], PLASMA, rtol=3e-2)
    lesion.injure("bite", 0.9, (np.arange(16) < 8)[None, None, :].astype(float))
    return lesion


def two_days():
    """Plasma in two pieces, the second of which begins with a jump of phosphate and rises."""
    table = np.zeros((2, len(INPUTS), INPUT_DEGREE + 1))
    table[:, :, 0] = [PLASMA[name] for name in INPUTS]
    place = list(INPUTS).index("phosphate_plasma")
    table[1, place, :2] = 1.8, 0.3
    return Drive(np.array([0.0, 20.0]), np.array([20.0, 48.0]), table, rough=(20.0,))


def test_it_goes_on_from_between_two_steps_to_the_same_bits(numbers):
    """From before a jump in the middle of a march, and from after it."""
    whole, kept = line(numbers), []
    whole.advance(48.0, two_days(), lambda: kept.append(whole.moment()))
    times = [moment.clock[0] for moment in kept]
    assert sum(time < 20.0 for time in times) > 5
    assert sum(time > 20.0 for time in times) > 5
    for moment in (kept[3], kept[-4]):
        again = line(numbers)
        again.restore(moment)
        again.advance(48.0, two_days())
        assert again.moment().states.tobytes() == whole.moment().states.tobytes()
        assert again.defects() == whole.defects()


def test_books_are_measured_by_what_flows_either_way(numbers):
    """One half gives to plasma what the other takes: the net flow is far less than what has flowed."""
    lesion = LesionGrid(Grid((16, 1, 1), 0.25), [numbers], PLASMA, rtol=3e-2)
    lesion.integration.set("interstitial_fluid.calcium", np.where(np.arange(16) < 8, 1.35, 1.15)[None, None])
    lesion.advance(4.0, PLASMA)
    name = "ledger.calcium_from_plasma_sum"
    share = numbers["interstitial_fluid.fluid_share"]
    assert abs(lesion.integration.total(name)) < 0.01 * share
    assert 0.02 * share < lesion.integration.flown(name) < 0.2 * share


def test_what_is_done_of_a_long_frame_is_not_lost(tmp_path, monkeypatch):
    """A checkpoint after every step, and stopped at the thirtieth, which lies within a frame."""
    text = SPACE.replace("[12, 12, 12]", "[8, 8, 8]").replace("0.25 mm", "0.375 mm").replace("24 d", "14 d")
    case, keep, times = read_case_text(text, "case"), in_space._keep, []
    whole = simulate(case)

    def at_the_thirtieth(block, *others):
        keep(block, *others)
        times.append(block.time)
        if len(times) == 30:
            raise KeyboardInterrupt

    monkeypatch.setattr(in_space, "KEEP_EVERY", 0.0)
    monkeypatch.setattr(in_space, "_keep", at_the_thirtieth)
    with pytest.raises(KeyboardInterrupt):
        simulate(case, tmp_path, resume=True)
    assert times[-1] not in whole["watch"].space_time
    again = simulate(case, tmp_path, resume=True)
    assert times[30] > times[29]  # none of it was done again
    assert np.array_equal(everything(again), everything(whole))
