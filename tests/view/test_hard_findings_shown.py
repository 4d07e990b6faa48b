"""Do hard findings stand first: in `calcis check`, after a run at the terminal, and on top of the report?"""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from calcis.cli import app

CASE = """\
calcis: 1
title: Calcium of 14.2
person: {age: 61 y, sex: male, mass: 80 kg}
body: calcis
disease: humoral_hypercalcaemia_of_malignancy
history: 90 d
conditions: [heart_failure]
medication: [digoxin]
organs: none
LESION
arms:
  watch: []
  diltiazem: [diltiazem 60 mg PO every 8 h]
run: {duration: 20 d, every: 1 d}
"""
BITE = """lesion:
  tissue: dermis
  injury: {kind: bite, at: 1 d, shape: {cone: {diameter: 4 mm, depth: 3 mm}}, killed: 0.5}"""
PERSON, ARM = "High calcium makes digoxin toxic", "Contraindicated. Diltiazem weakens the heart"


def plain(text: str) -> str:
    return " ".join(text.split())


def test_check_says_them_before_anything_is_simulated(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(CASE.replace("LESION\n", "labs: {calcium: 14.2 mg/dL, albumin: 40 g/L}\n"))
    said = plain(CliRunner().invoke(app, ["check", str(file)]).stdout)
    severe = "Severe hypercalcaemia, which needs treatment at once"
    assert said.count(severe) == said.count(PERSON) == said.count(ARM) == 1
    assert said.index(severe) < said.index("arm watch") < said.index(ARM)
    arms = json.loads(CliRunner().invoke(app, ["check", str(file), "--json"]).stdout)["arms"]
    assert [one["contraindicated"] for one in arms["watch"]["hard_findings"]] == [False, False]
    assert any(one["contraindicated"] for one in arms["diltiazem"]["hard_findings"])


@pytest.mark.parametrize("lesion", ["", BITE + "\n"], ids=["no lesion", "a lesion"])
def test_a_run_says_them_first(tmp_path: Path, lesion: str) -> None:
    file = tmp_path / "case.yaml"
    file.write_text(CASE.replace("LESION\n", lesion))
    said = plain(CliRunner().invoke(app, ["run", str(file), "--out", str(tmp_path / "run")]).stdout)
    assert said.count(PERSON) == 1 and said.count(ARM) == 1  # of all arms, and of its own
    page = plain((tmp_path / "run" / "report.html").read_text(encoding="utf-8"))
    assert "Urgent, whatever is done." in page and page.count(PERSON) == 1
    assert page.index(PERSON) < page.index(ARM)
    assert not lesion or page.index(ARM) < page.index("What happened")
