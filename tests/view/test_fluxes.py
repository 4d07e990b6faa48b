"""Is what a reader is told of flows into and out of the blood what the body's laws move?"""

from __future__ import annotations

import itertools
import random
import re
from dataclasses import replace
from importlib import import_module

import numpy as np
import pytest

from calcis.body import body_parts
from calcis.parameters import data_path, read_parameters
from calcis.part import assemble
from calcis.reading import read_yaml
from calcis.report.flow_figure import Row, flow_figure
from calcis.report.fluxes import changes, fluxes
from calcis.report.pictures import Pictures
from calcis.report.run_page import render
from calcis.results.store import Arm, Run, Series
from calcis.terminal import show_run
from tests.view.fake_run import fake_run, without_lesion

BODIES = ("calcis", "granjon_2017", "peterson_riggs_2010")
DESCRIBED = read_yaml(data_path("report", "fluxes.yaml")).data
INPUTS = {"calcium_uptake_tissue": 0.3, "phosphate_uptake_tissue": 0.2}
DAYS = fake_run().time


def rated(**courses: float | np.ndarray) -> dict[str, Series]:
    """Courses in mmol/d, as signals are, in mmol/h."""
    return {name: Series("mmol/h", values * np.ones(len(DAYS)) / 24.0) for name, values in courses.items()}


def moving() -> Run:
    """`watch`: gut 4, urine 4, bone 0.  `treated`: bone gives ever more, up to 6 net, urine too."""
    rise = DAYS / DAYS[-1]
    calm = rated(
        calcium_absorbed=7.5,
        calcium_lost_gut_and_skin=3.5,
        calcium_urine=4.0,
        bone_calcium_release_osteoclasts=8.0,
        bone_calcium_formation=8.0,
        bone_surface_uptake=0.0,
    )
    loud = calm | rated(
        calcium_urine=4.0 + 6.0 * rise,
        bone_calcium_release_osteoclasts=8.0 + 8.0 * rise,
        bone_surface_uptake=2.0 * rise,
    )
    run = fake_run()
    arms = {
        name: replace(arm, body_series=series)
        for (name, arm), series in zip(run.arms.items(), (calm, loud), strict=True)
    }
    return replace(run, arms=arms)


@pytest.mark.parametrize("body", BODIES)
def test_every_body_gives_the_common_flows_under_the_same_names(body: str) -> None:
    given = {name: signal.unit for part in body_parts(body) for name, signal in part.gives.items()}
    for ion in ("calcium", "phosphate"):
        rows = {row["title"]: row for row in DESCRIBED[ion]["rows"]}
        common = [*rows["Gut"]["gives"], *rows["Urine"]["takes"]]
        common += [*rows["Bone cells"]["gives"], *rows["Bone cells"]["takes"], *rows["Bone surface"]["takes"]]
        assert {name: given.get(name) for name in common} == dict.fromkeys(common, "mmol/h")


def test_no_name_of_a_flow_is_misspelt() -> None:
    given = {name for body in BODIES for part in body_parts(body) for name in part.gives}
    rows = [row for ion in DESCRIBED.values() for row in ion["rows"]]
    assert {name for row in rows for side in ("gives", "takes") for name in row.get(side, ())} <= given


@pytest.mark.parametrize(
    ("body", "ion"), [*itertools.product(BODIES, ("calcium", "phosphate")), ("calcis", "magnesium")]
)
def test_the_rows_are_all_that_moves_the_blood(body: str, ion: str) -> None:
    """In any state their sum less what the lesion takes is the rate of what blood holds, to rounding."""
    parts = body_parts(body)
    needed = {name for part in parts for name in part.needs if name not in part.neutral}
    given = {name for part in parts for name in part.gives}
    assert needed <= given
    model = assemble(parts, dict.fromkeys(INPUTS, "mmol/h"))
    file = data_path("body", f"{body}.yaml")
    read = read_parameters(file, {part.name: part.parameters for part in parts})
    numbers = {name: one.value for name, one in read.items()}
    moved = ("plasma.calcium_infusion", "plasma.phosphate_infusion", "plasma.phosphate_dialysis")
    numbers |= {name: 1.5 for name in moved if name in numbers}
    numbers |= {"bone_mineral.osteolysis": 2.0} if "bone_mineral.osteolysis" in numbers else {}
    dice = random.Random(body)
    start = model.start(numbers, INPUTS)
    states = {
        name: max(float(value), model.states[name].scale) * 2 ** dice.uniform(-1, 1)
        for name, value in start.items()
    }
    point = model.at(states, numbers, INPUTS)
    flows = 0.0
    for row in DESCRIBED[ion]["rows"]:
        for side, way in (("gives", 1.0), ("takes", -1.0)):
            flows += way * sum(point.signal(name) for name in row.get(side, ()) if name in model.signals)
    rates = point.rates()
    held = rates[f"plasma.{ion}"]
    if body == "granjon_2017":  # plasma holds part of it in complexes, which particles leave
        balance = next(one for one in import_module(f"calcis.body.{body}").BALANCES if one.quantity == ion)
        held += sum(rates[name] for name in balance.stores if name.startswith("complexes."))
    size = max(abs(float(point.signal(f"bone_{ion}_uptake"))) if ion != "magnesium" else 1.0, 1.0)
    assert flows - INPUTS.get(f"{ion}_uptake_tissue", 0.0) == pytest.approx(float(held), abs=1e-10 * size)


def test_flows_are_means_over_time_seen_from_the_blood() -> None:
    (calcium,) = fluxes(moving(), "si")
    flows = {flow.title: flow for flow in calcium.arms["treated"]}
    assert flows["Bone cells"].mean_gives == pytest.approx(12.0)
    assert flows["Bone cells"].mean_takes == pytest.approx(8.0)
    assert flows["Bone surface"].mean == pytest.approx(-1.0)
    assert flows["Urine"].mean == pytest.approx(-7.0)
    assert flows["Gut"].mean == pytest.approx(4.0)
    assert sum(flow.mean for flow in flows.values()) == pytest.approx(0.0, abs=1e-12)
    assert float(flows["Bone cells"].gives[0]) == pytest.approx(8.0)
    assert calcium.largest == pytest.approx(10.0)
    (us,) = fluxes(moving(), "us")
    assert us.largest == pytest.approx(10.0 * 40.078)


def test_a_mean_counts_time_not_outputs() -> None:
    """What is written every hour for a day and then once at the end of a year is not mostly that day."""
    time = np.array([0.0, 1.0, 2.0, 1000.0])
    arm = Arm("watch", time, {"calcium_urine": Series("mmol/h", np.array([0.0, 0.0, 0.0, 1.0]))})
    (calcium,) = fluxes(replace(fake_run(), arms={"watch": arm}), "si")
    urine = next(flow for flow in calcium.arms["watch"] if flow.said == "urine")
    assert urine.mean_takes == pytest.approx(24.0 * 0.5 * 998.0 / 1000.0)


def test_only_what_changed_is_said_in_two_lines_at_most() -> None:
    run = moving()
    assert changes(run, run.arms["watch"], "si") == []
    head = "Calcium, mmol/d into (+) the blood, start → end (mean): "
    said = "bone 0 → +6.0 (+3.0), urine −4.0 → −10.0 (−7.0)."
    assert changes(run, run.arms["treated"], "si") == [head + said]
    more = rated(phosphate_absorbed=20.0 + 5.0 * DAYS / DAYS[-1], magnesium_absorbed=DAYS)
    arm = replace(run.arms["treated"], body_series={**run.arms["treated"].body_series, **more})
    three = replace(run, arms={"treated": arm})
    assert [line.partition(",")[0] for line in changes(three, arm, "si")] == ["Calcium", "Phosphate"]


def test_the_terminal_says_what_changed(capsys: pytest.CaptureFixture[str]) -> None:
    show_run(moving(), "si")
    assert " ".join(capsys.readouterr().out.split()).count("into (+) the blood") == 1


def test_a_small_lesion_is_told_in_words_and_a_large_one_drawn() -> None:
    """It took 2 mmol per litre in all, of which the course between outputs shows nothing."""
    run = moving()
    for volume, drawn in ((37.7e3, False), (37.7e6, True)):
        taken = {
            "calcium_from_plasma": Series("mmol/L/h", 0.0 * DAYS),
            "calcium_from_plasma_sum": Series("mmol/L", np.where(DAYS > 0, 2.0, 0.0)),
        }
        arm = run.arms["watch"]
        facts = {**arm.lesion_facts, "volume": {"value": volume, "unit": "mm^3"}}
        arm = replace(arm, lesion_series={**(arm.lesion_series or {}), **taken}, lesion_facts=facts)
        one = replace(run, arms={"watch": arm})
        lesion = next(flow for flow in fluxes(one, "si")[0].arms["watch"] if flow.said == "lesion")
        assert lesion.mean == pytest.approx(-2.0 * volume * 1e-6 / 365.0)
        (shown,) = Pictures(one, "si").fluxes()
        assert ("Lesion" in shown["pictures"][0]["svg"]) == drawn
        assert (shown["lesion"] is None) == drawn
        if not drawn:
            assert shown["lesion"] == "0.207 µmol/d"


def test_arms_that_do_not_differ_share_a_picture() -> None:
    run = moving()
    same = replace(run, arms={**run.arms, "again": replace(run.arms["watch"], name="again")})
    (calcium,) = Pictures(same, "si").fluxes()
    assert [picture["names"] for picture in calcium["pictures"]] == ["watch and again", "treated"]
    assert [panel["title"] for panel in calcium["panels"]] == ["Bone to blood, net"]


def test_the_report_has_the_section_where_a_body_moves_something() -> None:
    assert "<h2>Where calcium goes</h2>" in render(moving())
    assert "<h2>Where" not in render(fake_run())
    assert fluxes(replace(moving(), body="clamped"), "si") == []


def test_an_arm_that_failed_is_not_counted() -> None:
    run = moving()
    broken = {
        name: Series(one.unit, one.values * np.nan) for name, one in run.arms["watch"].body_series.items()
    }
    arm = replace(run.arms["watch"], body_series=broken, failure="It failed.")
    half = replace(run, arms={**run.arms, "watch": arm})
    assert list(fluxes(half, "si")[0].arms) == ["treated"]
    assert changes(half, arm, "si") == []
    assert "nan" not in render(without_lesion(half)).split("<h2>Where")[1].split("</section>")[0]


def test_arrows_are_as_long_as_their_share_and_point_the_right_way() -> None:
    row = Row("Bone <cells>", 10.0, 5.0, 10.0, 2.5, "10", "5", "+5", (2.5, 50.0))
    svg = flow_figure("label", [row], 10.0, "+5")
    (into,) = re.findall(r'flow into" d="M([\d.]+) [\d.]+H([\d.]+)L([\d.]+)', svg)
    (out,) = re.findall(r'flow out" d="M([\d.]+) [\d.]+H([\d.]+)L([\d.]+)', svg)
    first, _, tip = (float(x) for x in into)
    begin, _, end = (float(x) for x in out)
    assert first < tip < begin < end  # both point to the right: into the blood, and out of it
    assert (end - begin) / (tip - first) == pytest.approx(0.5)
    (mark,) = re.findall(r'class="before" d="M([\d.]+) ', svg)  # only what changed since the start has one
    assert float(mark) - begin == pytest.approx((end - begin) / 2)
    (band,) = re.findall(r'class="band" x="([\d.]+)" y="[\d.]+" width="([\d.]+)"', svg)
    assert float(band[0]) == float(mark)
    assert float(band[0]) + float(band[1]) - begin == pytest.approx(tip - first)  # cut at the longest arrow
    assert "Bone &lt;cells&gt;" in svg
