"""Are the arms compared by what happened in them, and is the difference shared out exactly?"""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from calcis.report.comparison import in_a_sentence, outcomes, why_more
from calcis.results.store import Run, Series
from calcis.tissue.cause import supplied
from tests.view.fake_run import fake_run, number, without_lesion


def with_facts(run: Run, **facts: dict[str, Any]) -> Run:
    """The run with other facts of some of its arms' lesions."""
    arms = dict(run.arms)
    for name, given in facts.items():
        arms[name] = replace(arms[name], lesion_facts={**arms[name].lesion_facts, **given})
    return replace(run, arms=arms)


def stone(days: float | None, mineral: float = 1000.0) -> dict[str, Any]:
    """Facts of a lesion that calcified, to be seen on CT from a day on."""
    ct = None if days is None else {"value": 24 * days, "unit": "h"}
    early = {"value": 240.0, "unit": "h"}
    amount = {"mineral_end": {"value": mineral, "unit": "mmol/L"}}
    return {"verdict": "calcified", "ct_at": ct, "radiographic_at": early, "stainable_at": early, **amount}


def test_an_arm_a_row() -> None:
    watch, treated = outcomes(fake_run())
    assert (watch.arm, watch.verdict, watch.amount) == ("watch", "calcified", "1000 mmol/L, 1.5 mg")
    assert (treated.arm, treated.verdict, treated.amount) == ("treated", "healed", "none")
    assert (treated.cleared_at, treated.ct_at) == (585.0, None)


@pytest.mark.parametrize(("dead", "died"), [(4.0, False), (6.0, True)])
def test_what_never_was_too_much_needs_no_clearing(dead: float, died: bool) -> None:
    """What never rose above the share that counts as cleared is not told as never cleared."""
    run = with_facts(
        fake_run(), watch={"dead_highest": {"value": dead, "unit": "%"}, "dead_cleared_at": None}
    )
    run = replace(run, parameters=(*run.parameters, number("story.dead_cleared", 0.05)))
    assert outcomes(run)[0].died is died


@pytest.mark.parametrize(
    ("days", "verdict"),
    [
        (100.0, "calcified faster"),
        (226.0, "calcified"),
        (300.0, "calcified slower"),
        (None, "calcified slower"),
    ],
)
def test_faster_and_slower_are_told_against_the_first(days: float | None, verdict: str) -> None:
    """The first is seen on CT on day 226.3; a day is less than a reader tells apart there."""
    found = outcomes(with_facts(fake_run(), treated=stone(days)))
    assert [one.verdict for one in found] == ["calcified", verdict]


def test_only_one_of_them_on_ct_is_faster() -> None:
    run = with_facts(fake_run(), watch={"ct_at": None}, treated=stone(200.0))
    assert outcomes(run)[1].verdict == "calcified faster"


def test_arms_in_a_sentence() -> None:
    run = fake_run()
    assert in_a_sentence(run) == "“watch” calcified (visible on CT from day 226) and “treated” healed."
    assert in_a_sentence(replace(run, arms={"watch": run["watch"]})) == (
        "The lesion calcified (visible on CT from day 226)."
    )
    assert in_a_sentence(without_lesion(run)) == ""


def test_a_failed_arm_is_not_compared() -> None:
    run = fake_run()
    failed = replace(run, arms={**run.arms, "watch": replace(run["watch"], failure="It stopped.")})
    assert [one.arm for one in outcomes(failed)] == ["treated"]
    assert in_a_sentence(failed) == "“treated” healed and “watch” failed."


def test_more_calcium_is_shared_out_exactly() -> None:
    """∫ T·(blood - fluid) dt of two arms, by hand: T = 1 and 1, blood 1.2 and 1.4, fluid 0.2 and 0.1."""
    time = np.linspace(0.0, 100.0, 11)

    def course(rate: float, blood: float, fluid: float) -> dict[str, np.ndarray]:
        names = ("exchange_rate", "calcium_ionised_plasma", "calcium_tissue")
        return {name: np.full(11, value) for name, value in zip(names, (rate, blood, fluid), strict=True)}

    found = supplied(time, course(1.0, 1.2, 0.2), course(1.0, 1.4, 0.1))
    assert (found.flow, found.blood, found.fluid) == pytest.approx((0.0, 20.0, 10.0))
    everything = supplied(time, course(1.0, 1.2, 0.2), course(0.5, 1.4, 0.1))
    assert everything.total == pytest.approx(100 * (0.5 * 1.3 - 1.0 * 1.0))
    assert everything.flow == pytest.approx(-0.5 * 100 * (1.0 + 1.3) / 2)  # the mean drop of the two arms
    mirrored = supplied(time, course(0.5, 1.4, 0.1), course(1.0, 1.2, 0.2))
    assert (mirrored.flow, mirrored.blood) == pytest.approx((-everything.flow, -everything.blood))


def test_why_one_arm_has_more_is_told_in_words() -> None:
    run = with_facts(fake_run(), treated=stone(100.0, 1500.0))
    flat = np.ones(len(run.time))
    hours = float(run.time[-1])
    arms = {}
    for name, blood, fluid in (("watch", 1.2, 0.2), ("treated", 1.3, 0.1)):
        lesion = {
            "exchange_rate": Series("1/h", 2500.0 / hours * flat),
            "calcium_tissue": Series("mmol/L", fluid * flat),
            "phosphate_tissue": Series("mmol/L", flat),
        }
        arm = run[name]
        arms[name] = replace(
            arm,
            body_series={**arm.body_series, "calcium_ionised_plasma": Series("mmol/L", blood * flat)},
            lesion_series={**(arm.lesion_series or {}), **lesion},
        )
    (said,) = why_more(replace(run, arms=arms))
    assert said.startswith("“treated” ended with 500 mmol/L more than “watch”: +250 because ")
    assert "blood held 1.30 instead of 1.20 mmol/L of ionised calcium" in said
    assert "crystals left 0.100 instead of 0.200 mmol/L of it in the fluid" in said
    assert "exchange" not in said
    assert why_more(fake_run()) == []
