"""Is it noticed, with who, what, when first and how far, when a body leaves what people survive?"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from calcis.body import CLAMPED, body_parts
from calcis.case import packaged, read_case_text
from calcis.cli import app
from calcis.clinical.bounds import bounds, excursions
from calcis.part import assemble
from calcis.simulate import simulate
from calcis.units import convert

CASE = """\
calcis: 1
person: {age: 50 y, sex: female, mass: 70 kg}
body: calcis
ARMS
run: {duration: 20 d, every: 1 d}
"""
ARMS = """\
arms:
  well: []
  infused: [{changes: {plasma.calcium_infusion: 8 mmol/h}}]
  drained:
    - changes: {resorption_block: 1, parathyroid_gland.mass_factor: 0, calcium_intake_factor: 0}
"""


def test_every_bound_is_of_a_signal_and_the_normal_state_is_within() -> None:
    model = assemble(body_parts("calcis"))
    numbers = {name: one.value for name, one in packaged().parameters("calcis").items()}
    normal = model.at(model.start(numbers), numbers)
    for dotted, bound in bounds().items():
        name, _, end = dotted.partition(".")
        value, limit = normal.signal(name), convert(*bound.shown, model.signals[name])
        assert value < limit if end == "high" else value > limit, dotted
        assert end in ("low", "high") and bound.note


def test_first_and_furthest_are_told_and_what_is_not_known_is_not() -> None:
    times = np.arange(6) * 24.0
    values = np.array([1.2, 2.6, 2.9, 2.4, np.nan, np.nan])
    assert excursions(times, {"calcium_ionised_plasma": ("mmol/L", np.minimum(values, 2.5))}) == []
    (one,) = excursions(
        times, {"calcium_ionised_plasma": ("mmol/L", values), "pth_plasma": ("pmol/L", values)}
    )
    assert (one.since, one.furthest, one.furthest_at, one.above) == (24.0, 2.9, 48.0, True)
    assert one.words(24.0).startswith(
        "Ionised calcium rises above 2.5 mmol/L, first on day 1, and goes up to 2.90 mmol/L on day 2: "
    )


def test_a_course_in_another_unit_is_converted() -> None:
    (one,) = excursions(np.zeros(1), {"glomerular_filtration_rate": ("L/h", np.array([18.0]))})
    assert one.furthest == pytest.approx(300.0)


def test_an_arm_says_what_it_left() -> None:
    run = simulate(read_case_text(CASE.replace("ARMS\n", ARMS), "case.yaml"))
    assert run["well"].findings == ()
    for arm, what in (("infused", "Ionised calcium rises above"), ("drained", "Ionised calcium falls below")):
        (finding,) = (one for one in run[arm].findings if one.text.startswith(what))
        assert finding.level == "urgent" and finding.source in {one.source for one in bounds().values()}


def test_given_plasma_and_animals_are_not_judged() -> None:
    text = f"""\
calcis: 1
body: {CLAMPED}
plasma: {{calcium_ionised: 2.6 mmol/L, phosphate: 1 mmol/L, pyrophosphate: 0 umol/L, ph: 6.7}}
lesion: {{tissue: cell_culture}}
arms: {{it: []}}
run: {{duration: 1 d, every: 1 d}}
"""
    run = simulate(read_case_text(text, "case.yaml"))
    assert not any("survives" in finding.text for finding in run["it"].findings)


def test_the_terminal_the_report_and_json_say_it(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(CASE.replace("ARMS\n", ARMS))
    words = "Ionised calcium rises above 2.5 mmol/L"
    said = CliRunner().invoke(app, ["run", str(file), "--out", str(tmp_path / "run"), "--json"])
    arms = json.loads(said.stdout)["arms"]
    assert any(one["text"].startswith(words) for one in arms["infused"]["findings"])
    page = (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    assert words in page and "hardly anybody survives" in page
    said = CliRunner().invoke(app, ["run", str(file), "--out", str(tmp_path / "again")])
    assert words in " ".join(said.stdout.split())


def test_a_flood_of_calcium_far_beyond_all_bounds_does_not_stop_the_run() -> None:
    flood = "arms: {it: [{changes: {plasma.calcium_infusion: 20 mmol/h}}]}\n"
    assert simulate(read_case_text(CASE.replace("ARMS\n", flood), "case.yaml"))["it"].failure is None
