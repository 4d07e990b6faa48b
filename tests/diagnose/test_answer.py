"""What does `calcis diagnose` answer, from a case to terminal and JSON?"""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from rich.console import Console

from calcis.diagnose import answer as answering
from calcis.diagnose.answer import Answer, answer
from calcis.diagnose.output import as_json
from calcis.diagnose.page import render, write
from calcis.diagnose.terminal import show
from calcis.errors import InputError
from tests.diagnose.persons import HIGH_PTH, asked, few

LUNG = "conditions: [dialysis]\nsetting: dialysis_unit\nsite: lung\nfurther_labs: {bicarbonate: 22 mmol/L}"


@pytest.fixture
def found(monkeypatch: pytest.MonkeyPatch) -> Answer:
    monkeypatch.setattr(answering, "ensemble", lambda age, progress: few())
    return answer(asked("calcium: 9.6 mg/dL, phosphate: 7.4 mg/dL, alkaline_phosphatase: 90 U/L", LUNG))


def printed(found: Answer, system: str) -> str:
    console = Console(width=120, force_terminal=False, highlight=False)
    with console.capture() as capture:
        show(found, system, console)
    return " ".join(capture.get().split())


def test_the_terminal_tells_all_of_it(found: Answer) -> None:
    said = printed(found, "us")
    for part in ("Phosphate mg/dL 7.40", "Bicarbonate mmol/L 22.0", "Kidney failure on haemodialysis",
                 "Which kind of calcification?", "Metastatic", "What to measure next",
                 "Alkaline phosphatase is not used", "not medical advice"):  # fmt: skip
        assert part in said, part


def test_json_has_the_same(found: Answer) -> None:
    told = json.loads(json.dumps(as_json(found), allow_nan=False))
    assert told["setting"] == "dialysis_unit" and told["fits"] is True
    assert told["labs"]["bicarbonate"] == {"value": 22.0, "unit": "mmol/L"}
    assert told["kinds"]["kinds"][0]["kind"] == "metastatic"
    assert "alkaline_phosphatase" in told["unused"]
    assert abs(sum(one["after"] for one in told["candidates"]) - 1.0) < 1e-9
    assert {"pth", "pthrp"} <= {one["lab"] for one in told["next"]}


def test_that_nobody_fits_is_said_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "ensemble", lambda age, progress: few())
    said = printed(answer(asked("calcium: 14 mg/dL, calcium_ionised: 0.9 mmol/L")), "si")
    assert 0 < said.index("None of these") < said.index("others together")


def test_the_page_tells_all_of_it(found: Answer, tmp_path: Path) -> None:
    page = write(found, tmp_path / "new").read_text("utf-8")
    for part in ("not medical advice", "Kidney failure on haemodialysis", "Simulated persons, and these labs",
                 "Which kind of calcification?", "What to measure next", "Are the probabilities true?",
                 "two at once", "[1]</a>", "against it: lung"):  # fmt: skip
        assert part in page, part
    assert page.count('<svg class="plot"') == len(found.found.evidence.labs) + 1
    assert "NaN" not in page and not re.search(r"[ML ]nan\b", page)
    blocked = tmp_path / "file"
    blocked.write_text("x")
    with pytest.raises(InputError):
        write(found, blocked)


def test_what_is_urgent_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(answering, "ensemble", lambda age, progress: few())
    found = answer(asked("calcium: 14.6 mg/dL, pth: 5 pg/mL", "title: <b>A & B</b>\nmedication: [digoxin]"))
    assert found.states[0].level == "urgent"
    assert any("digoxin" in one.text for one in found.states)
    said, page = printed(found, "si"), render(found)
    assert said.index("Severe hypercalcaemia") < said.index("Which disease?")
    assert page.index("Severe hypercalcaemia") < page.index("Which disease?</h2>")
    assert "&lt;b&gt;A &amp; B" in page and "<b>A & B" not in page


@pytest.mark.parametrize(
    ("extra", "expected"),
    [("medication: [lithium, hydrochlorothiazide]\nconditions: [dialysis]", "at most two diseases")],
)
def test_what_cannot_be_is_refused_before_anybody_is_simulated(
    monkeypatch: pytest.MonkeyPatch, extra: str, expected: str
) -> None:
    monkeypatch.setattr(answering, "ensemble", None)
    with pytest.raises(InputError) as wrong:
        answer(asked(HIGH_PTH, extra))
    assert expected in wrong.value.expected
