"""Is given plasma followed exactly, and does a run of it say whose numbers it borrowed?"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.integrate import solve_ivp

from calcis.case import read_case, read_case_text
from calcis.case.plasma import OFFERED, Course
from calcis.part import assemble
from calcis.report.run_page import render
from calcis.results.run_folder import load, save
from calcis.simulate import Pace, coupling, simulate
from calcis.simulate.clamped import plasma_drive, plasma_series
from calcis.solve.schedule import Lane, segments
from calcis.solve.system import trace
from calcis.terminal import run_json, show_run
from calcis.tissue import INPUTS, PARTS

EXAMPLES = Path(__file__).parents[2] / "examples"
CALM = dict(zip(OFFERED, (Course(((0.0, value),)) for value in (1.25, 1.2, 0.0033, 7.4)), strict=True))


@some.composite
def courses(draw: some.DrawFn) -> Course:
    lines = draw(some.booleans())
    times = [0.0, *sorted(draw(some.lists(some.floats(0.1, 90.0), max_size=6, unique=True)))]
    if lines and len(times) > 1 and draw(some.booleans()):
        times.insert(2, times[1])  # a jump
    values = draw(some.lists(some.floats(0.0, 5.0), min_size=len(times), max_size=len(times)))
    return Course(tuple(zip(times, values, strict=True)), lines)


def by_hand(course: Course, time: float) -> float:
    """The value of a course, where it jumps the later one."""
    past = [k for k, (at, _) in enumerate(course.points) if at <= time][-1]
    at, value = course.points[past]
    if not course.lines or past + 1 == len(course.points):
        return value
    then, other = course.points[past + 1]
    return value + (other - value) * (time - at) / (then - at)


@given(some.lists(courses(), min_size=4, max_size=4), some.floats(10.0, 100.0))
@settings(max_examples=200)
def test_a_drive_is_its_courses(drawn: list[Course], end: float) -> None:
    drive = plasma_drive(dict(zip(OFFERED, drawn, strict=True)), end)
    corners = {time for course in drawn for time, _ in course.points if time < end}
    assert drive.starts.tolist() == sorted(corners)
    assert drive.ends.tolist() == [*sorted(corners)[1:], end]
    times = np.unique(
        np.concatenate([drive.starts, np.linspace(0.0, end, 37)[:-1]])
    )  # a step at the end is late
    for course, series in zip(drawn, plasma_series(drive, times).values(), strict=True):
        wanted = [by_hand(course, time) for time in times]
        # A line's value at a corner of another course is rounded; slopes between close points are steep.
        assert series.values == pytest.approx(wanted, rel=1e-9, abs=1e-9)
    jumps = {
        after[0]
        for course in drawn
        for before, after in zip(course.points, course.points[1:], strict=False)
        if before[1] != after[1] and (before[0] == after[0] or not course.lines) and after[0] < end
    }
    assert set(drive.rough) == jumps


COURSES = """
calcis: 1
person: {species: rat}
body: clamped
plasma: {calcium_ionised: 1.3 mmol/L, phosphate: 1.4 mmol/L, pyrophosphate: 1 umol/L, ph: 7.4}
lesion: {tissue: skeletal_muscle}
changes: {macrophage_competence: 0, capillaries.perfusion: 20, parenchyma.apoptosis_rate: 0.02 1/d}
arms:
  steps:
    - plasma:
        between: steps
        phosphate: [{at: 0 d, value: 1.4 mmol/L}, {at: 1.3 d, value: 3.2 mmol/L}, {at: 2 d, value: 2 mmol/L}]
  lines:
    - plasma:
        between: lines
        ph: [{at: 0 d, value: 7.3}, {at: 2 d, value: 7.5}, {at: 2 d, value: 7.42}, {at: 9 d, value: 7.45}]
        pyrophosphate: [{at: 0 d, value: 1 umol/L}, {at: 1.5 d, value: 0.1 umol/L}]
        phosphate: [{at: 0 d, value: 1.4 mmol/L}, {at: 1 d, value: 2.4 mmol/L}, {at: 2.5 d, value: 2 mmol/L}]
run: {duration: 3 d, every: 5 h, tolerance: 1e-9}
"""
CORNERS = {"steps": (31.2, 48.0), "lines": (24.0, 36.0, 48.0, 60.0)}  # h


@pytest.fixture(scope="module")
def driven():
    return simulate(read_case_text(COURSES, "case"))


@pytest.mark.parametrize("name", ["steps", "lines"])
def test_the_tissue_follows_given_plasma_as_an_independent_solver_says(driven, name: str) -> None:
    """SciPy's Radau from corner to corner, on the laws as plain floats, with the courses done by hand."""
    case = read_case_text(COURSES, "case")
    offered = case.arms[name].plasma
    assert offered is not None
    model = assemble(PARTS, INPUTS)
    numbers = {one.name: one.value for one in driven.parameters}

    def plasma(time: float) -> dict[str, float]:
        return {signal: by_hand(offered[signal.removesuffix("_plasma")], time) for signal in INPUTS}

    def rates(time: float, states: np.ndarray, until: float) -> list[float]:
        # Just before a corner, the value that held until then.
        there = model.at(
            dict(zip(model.states, states.tolist(), strict=True)), numbers, plasma(min(time, until))
        )
        return list(there.rates().values())

    times, states = driven[name].time, np.array(list(model.start(numbers, plasma(0.0)).values()), float)
    scales = np.array([state.scale for state in model.states.values()])
    wanted = dict.fromkeys(("mineral_total", "ph_tissue", "phosphate_tissue", "pyrophosphate_tissue"), ())
    for begin, end in zip((0.0, *CORNERS[name]), (*CORNERS[name], 72.0), strict=True):
        within = times[(times >= begin) & ((times < end) | (end == 72.0))]
        solved = solve_ivp(
            rates, (begin, end), states, "Radau", np.unique([*within, end]), args=(np.nextafter(end, 0.0),),
            rtol=1e-8, atol=1e-8 * scales,
        )  # fmt: skip
        for time, column in zip(within, solved.y.T, strict=False):
            there = model.at(dict(zip(model.states, column.tolist(), strict=True)), numbers, plasma(time))
            for signal in wanted:
                wanted[signal] += (float(there.signal(signal)),)
        states = solved.y[:, -1]
    for signal, values in wanted.items():
        found = driven[name].lesion_series[signal].values
        # Ten times what SciPy is allowed in a step, as errors add up from step to step.
        assert found == pytest.approx(values, rel=1e-5, abs=1e-5 * max(values)), signal
    assert max(wanted["mineral_total"]) > 1.0  # else there was nothing to follow


def test_a_jump_begins_afresh_and_a_corner_does_not() -> None:
    offered = read_case_text(COURSES, "case").arms["lines"].plasma
    assert offered is not None
    system = trace(assemble(PARTS, INPUTS))
    parameters, states = np.zeros(len(system.parameters)), np.zeros(len(system.states))
    lane = Lane("a", parameters, states, 0.0, 72.0, drive=plasma_drive(offered, 72.0))
    plan = segments(system, [lane])
    assert dict(zip(plan.start, plan.smooth, strict=True)) == {0: 0, 24: 1, 36: 1, 48: 0, 60: 1}


def test_the_body_of_a_run_is_the_given_plasma(driven) -> None:
    case = read_case_text(COURSES, "case")
    for name, arm in driven.arms.items():
        assert list(arm.body_series) == list(INPUTS)
        offered = case.arms[name].plasma
        assert offered is not None
        for signal, unit in INPUTS.items():
            assert arm.body_series[signal].unit == unit
            wanted = [by_hand(offered[signal.removesuffix("_plasma")], time) for time in arm.time]
            assert arm.body_series[signal].values == pytest.approx(wanted, rel=1e-12)
    assert driven["steps"].body.phosphate_plasma.attrs["units"] == "mmol/L"  # xarray


def test_a_run_lists_what_it_borrowed(driven) -> None:
    species = {one.name: one.species for one in driven.parameters}
    assert driven.species == "rat" and species["parenchyma.apoptosis_rate"] == "rat"  # the case gave it
    borrowed = driven.borrowed
    assert "rat" not in borrowed and not {"any", "none"} & set(borrowed)
    assert "leukocytes.monocyte_recruitment" in [one.name for one in borrowed["mouse"]]
    listed = {one.name for numbers in borrowed.values() for one in numbers}
    assert listed == {name for name, whose in species.items() if whose not in ("rat", "any", "none")}
    counts = [len(numbers) for numbers in borrowed.values()]
    assert counts == sorted(counts, reverse=True) and counts[0] > 10
    assert "mouse" not in replace(driven, species="mouse").borrowed


def test_a_run_is_kept_with_body_species_and_what_was_borrowed(driven, tmp_path: Path) -> None:
    save(replace(driven, folder=tmp_path / "a.run"), tmp_path / "a.run", "report")
    again = load(tmp_path / "a.run")
    assert (again.body, again.species, again.borrowed) == ("clamped", "rat", driven.borrowed)
    for name, series in driven["lines"].body_series.items():
        assert np.array_equal(again["lines"].body_series[name].values, series.values)
    record = json.loads((tmp_path / "a.run" / "run.json").read_text())
    assert record["borrowed"]["mouse"] == [one.name for one in driven.borrowed["mouse"]]


def test_nobody_s_blood_is_in_a_report_of_given_plasma(driven, capsys: pytest.CaptureFixture[str]) -> None:
    page = render(driven)
    show_run(driven, "si")
    shown = page[page.index("<body>") :] + capsys.readouterr().out
    for word in ("Peterson", "eference range", "<h2>Blood", "Body model", "not known"):
        assert word not in shown, word
    assert "<h2>Plasma or medium, as given</h2>" in page and "Species: <b>rat</b>" in page
    assert re.search(r"Pyrophosphate\s*<", page) and "Fluid between the cells" in page
    numbers = sum(len(numbers) for numbers in driven.borrowed.values())
    mice = len(driven.borrowed["mouse"])
    assert f"Borrowed from other species: {numbers} numbers (mouse {mice}, " in " ".join(shown.split())
    assert f"<b>{mice} from mouse</b>" in page
    told = run_json(driven)
    assert told["species"] == "rat" and len(told["borrowed"]["mouse"]) == mice
    assert list(told["arms"]["steps"]["series"]) == ["time", *INPUTS]


def test_given_plasma_goes_on_from_a_checkpoint_to_the_same_bits(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(coupling, "LONGEST", 12.0)  # so that there are checkpoints before the end
    monkeypatch.setattr(coupling, "LONGEST_SHARE", 0.0)
    case, pace = read_case_text(COURSES, "case"), Pace(seconds=0.0)
    whole = simulate(case)

    def stop(stage: str, share: float) -> None:
        if share > 0.3:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        simulate(case, tmp_path, progress=stop, pace=pace)
    again = simulate(case, tmp_path, resume=True)
    for name, arm in whole.arms.items():
        for signal, series in arm.lesion_series.items():
            assert np.array_equal(again[name].lesion_series[signal].values, series.values), (name, signal)


def test_the_culture_of_the_examples_mineralises_in_the_richer_medium_alone() -> None:
    """Jono and others 2000, who saw mineral: more than can be stained."""
    run = simulate(read_case(EXAMPLES / "culture.yaml"))
    low, high = (run[name].lesion_series["mineral_total"].values[-1] for name in run.arms)
    assert low < 0.5
    assert high > 20.0
    assert all("injury" not in arm.lesion_facts for arm in run.arms.values())


def test_the_mice_of_the_examples() -> None:
    """Mineral that goes, stays, or is held back; above 100 mmol/L a mouse radiograph shows it."""
    run = simulate(read_case(EXAMPLES / "mouse.yaml"))
    mineral = {name: arm.lesion_series["mineral_total"].values for name, arm in run.arms.items()}
    day = {number: int(np.flatnonzero(run.time == number * 24.0)[0]) for number in (7, 28, 56)}
    assert mineral["normal"].max() < 15
    assert mineral["without Abcc6"][day[7]] > 100
    assert mineral["without Abcc6"][day[56]] < 5
    stays = mineral["without Abcc6, macrophages depleted"]
    assert stays[day[56]] > stays[day[28]] > 100
    late = mineral["without Abcc6, pyrophosphate from day 3"]
    assert np.array_equal(late[:6], mineral["without Abcc6"][:6])  # the same bits until it is given
    assert late.max() < 0.6 * mineral["without Abcc6"].max()
    assert run.species == "mouse" and "mouse" not in run.borrowed
