"""Does each command do its work, say so in words or JSON, and leave with the right status?"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import pytest

CASE = """calcis: 1
title: Short
person: {age: 54 y, sex: female, mass: 68 kg, species: human}
body: peterson_riggs_2010
arms:
  watch: []
  drug: [denosumab 60 mg SC at day 1]
run: {duration: 30 d, every: 1 d}
"""


def calcis(*words: str, folder: Path) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "calcis", *words]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def only_json(done: subprocess.CompletedProcess[str]) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, subprocess.CompletedProcess[str]]:
    folder = tmp_path_factory.mktemp("ran")
    (folder / "short.yaml").write_text(CASE)
    return folder, calcis("run", "short.yaml", folder=folder)


Ran = tuple[Path, subprocess.CompletedProcess[str]]


def test_run_writes_the_folder_and_tells_a_short_answer(ran: Ran) -> None:
    folder, done = ran
    assert done.returncode == 0
    assert done.stderr == ""  # no progress where nobody watches
    names = sorted(path.name for path in (folder / "short.run").iterdir())
    assert names == ["report.html", "run.json", "run.zarr"]
    assert "Total calcium mmol/L" in done.stdout
    assert "denosumab 60 mg SC at day 1" in done.stdout
    assert "not medical advice" in done.stdout
    assert "short.run/report.html" in done.stdout
    assert len(done.stdout.splitlines()) < 40


def test_run_json_is_one_object_as_agreed(ran: Ran) -> None:
    folder, _ = ran
    done = calcis("run", "short.yaml", "--json", "--out", "json.run", folder=folder)
    found = only_json(done)
    assert done.stderr == ""
    assert {"calcis", "command", "status", "folder", "arms", "assumed"} <= set(found)
    assert (found["command"], found["status"], found["folder"]) == ("run", "done", "json.run")
    arm = found["arms"]["drug"]
    assert {"series", "lesion", "organs", "findings", "ledger"} <= set(arm)
    assert arm["series"]["time"]["unit"] == "h"
    assert arm["series"]["calcium_plasma"]["unit"] == "mmol/L"
    assert len(arm["series"]["calcium_plasma"]["values"]) == len(arm["series"]["time"]["values"]) == 31
    assert arm["lesion"] is None
    assert {"name", "value", "unit", "source"} <= set(found["assumed"][0])


def test_run_json_file_repeats_the_run_to_the_same_bits(ran: Ran) -> None:
    folder, _ = ran
    again = calcis("run", "short.run/run.json", "--out", "again.run", folder=folder)
    assert again.returncode == 0
    chunks = sorted((folder / "short.run" / "run.zarr").rglob("c.0*"))
    assert len(chunks) > 20
    for chunk in chunks:
        other = folder / "again.run" / chunk.relative_to(folder / "short.run")
        assert chunk.read_bytes() == other.read_bytes(), chunk


def test_units_of_the_united_states(ran: Ran) -> None:
    folder, _ = ran
    done = calcis("run", "short.yaml", "--units", "us", "--out", "us.run", folder=folder)
    assert "Total calcium mg/dL" in done.stdout
    assert "mg/dL" in (folder / "us.run" / "report.html").read_text()


def test_python_does_the_same(ran: Ran, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import calcis as package

    folder, _ = ran
    monkeypatch.chdir(tmp_path)
    steps: list[tuple[str, float]] = []
    run = package.run(folder / "short.yaml", progress=lambda stage, share: steps.append((stage, share)))
    assert run.folder == Path("short.run")
    assert steps
    other = package.load(folder / "short.run")
    for name, series in other["drug"].body_series.items():
        assert run["drug"].body_series[name].values.tobytes() == series.values.tobytes(), name


def test_new_writes_a_case_that_check_finds_right(tmp_path: Path) -> None:
    for template in ("insect_bite", "denosumab", "teriparatide"):
        done = calcis("new", "--template", template, f"{template}.yaml", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        checked = calcis("check", f"{template}.yaml", "--json", folder=tmp_path)
        assert only_json(checked)["status"] == "done"
        assert only_json(checked)["arms"]
    assert "is right" in calcis("check", "denosumab.yaml", folder=tmp_path).stdout


def test_new_does_not_overwrite_and_names_the_templates(tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("precious")
    assert calcis("new", "mine.yaml", folder=tmp_path).returncode == 2
    assert (tmp_path / "mine.yaml").read_text() == "precious"
    done = calcis("new", "--template", "insect_bit", "a.yaml", folder=tmp_path)
    assert done.returncode == 2
    assert "did you mean insect_bite?" in done.stderr


@pytest.mark.parametrize("command", ["check", "run"])
def test_bad_input_is_told_with_its_place(tmp_path: Path, command: str) -> None:
    (tmp_path / "bad.yaml").write_text(CASE.replace("mass: 68 kg", "mas: 68 kg"))
    done = calcis(command, "bad.yaml", folder=tmp_path)
    assert done.returncode == 2
    assert done.stdout == ""
    assert "bad.yaml:3:" in done.stderr
    assert "Traceback" not in done.stderr
    error = only_json(calcis(command, "bad.yaml", "--json", folder=tmp_path))["error"]
    assert set(error) == {"file", "line", "column", "expected", "got", "nearest"}
    assert (error["file"], error["line"], error["nearest"]) == ("bad.yaml", 3, "mass")
    assert [path.name for path in tmp_path.iterdir()] == ["bad.yaml"]


def test_wrong_command_line_is_json_too(tmp_path: Path) -> None:
    for words in (
        ["run", "--json"],
        ["explain", "--json", "a", "b"],
        ["run", "x", "--unitz", "us", "--json"],
    ):
        done = calcis(*words, folder=tmp_path)
        assert done.returncode == 2
        assert only_json(done)["error"]["got"]


def test_a_folder_with_other_work_is_left_alone(ran: Ran) -> None:
    folder, _ = ran
    (folder / "thesis").mkdir()
    (folder / "thesis" / "text.txt").write_text("mine")
    done = calcis("run", "short.yaml", "--out", "thesis", folder=folder)
    assert done.returncode == 2
    assert [path.name for path in (folder / "thesis").iterdir()] == ["text.txt"]


def test_export_to_csv_holds_every_value(ran: Ran, tmp_path: Path) -> None:
    import csv

    from calcis import load

    folder, _ = ran
    done = calcis("export", str(folder / "short.run"), "--to", "csv", "--arm", "drug", folder=tmp_path)
    assert done.returncode == 0
    rows = list(csv.DictReader((tmp_path / "short.csv").open()))
    run = load(folder / "short.run")
    for name, series in run["drug"].body_series.items():
        assert [float(row[f"{name} [{series.unit}]"]) for row in rows] == series.values.tolist(), name
    assert [float(row["time [h]"]) for row in rows] == run.time.tolist()
    assert {row["arm"] for row in rows} == {"drug"}
    everything = calcis(
        "export", str(folder / "short.run"), "--to", "csv", "--out", "all.csv", "--json", folder=tmp_path
    )
    assert only_json(everything)["file"] == "all.csv"
    assert len((tmp_path / "all.csv").read_text().splitlines()) == 1 + 2 * 31


def test_export_to_sbml_holds_the_arm_and_its_dose(ran: Ran, tmp_path: Path) -> None:
    import libsbml

    folder, _ = ran
    run = str(folder / "short.run")
    for arm, events in (("drug", 1), ("watch", 0)):
        done = calcis("export", run, "--to", "sbml", "--arm", arm, "--out", f"{arm}.xml", folder=tmp_path)
        assert done.returncode == 0, done.stderr
        document = libsbml.readSBMLFromFile(str(tmp_path / f"{arm}.xml"))
        assert document.getNumErrors(libsbml.LIBSBML_SEV_ERROR) == 0
        model = document.getModel()
        assert model.getNumEvents() == events
        assert model.getParameter("kidney__filtration_rate").getValue() == 6.0  # L/h
        assert (model.getParameter("denosumab__clearance") is not None) == (arm == "drug")
    several = calcis("export", run, "--to", "sbml", folder=tmp_path)
    assert several.returncode == 2
    assert "watch, drug" in several.stderr


def test_export_refuses_in_words(ran: Ran) -> None:
    folder, _ = ran
    for words in (["nowhere"], ["short.run", "--arm", "drugs"], ["short.run", "--out", "no/such/folder.csv"]):
        done = calcis("export", *words, "--to", "csv", folder=folder)
        assert done.returncode == 2, words
        assert "Traceback" not in done.stderr


def test_explain(tmp_path: Path) -> None:
    done = calcis("explain", "kidney.filtration_rate", "--json", folder=tmp_path)
    meanings = only_json(done)["meanings"]
    meaning = next(one for one in meanings if one["of body"] == "peterson_riggs_2010")
    assert (meaning["value"], meaning["unit"], meaning["sort"]) == (100.0, "mL/min", "parameter")
    assert "Peterson" in meaning["source"]
    assert "mL/min" in calcis("explain", "kidney.filtration_rate", folder=tmp_path).stdout
    listed = calcis("explain", "--json", folder=tmp_path)
    assert "kidney" in only_json(listed)["names"]["parts"]
    assert "dermis" in calcis("explain", folder=tmp_path).stdout
    wrong = calcis("explain", "calcium_plasm", folder=tmp_path)
    assert wrong.returncode == 2
    assert "did you mean calcium_plasma?" in wrong.stderr


def interrupted(folder: Path, sent: signal.Signals, *words: str) -> subprocess.Popen[str]:
    """Start a run of many years, send a signal when it has a checkpoint, and wait."""
    command = [sys.executable, "-m", "calcis", "run", "long.yaml", *words]
    running = subprocess.Popen(
        command,
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        # Whatever a shell starts in the background ignores SIGINT, and so would these tests' children.
        preexec_fn=partial(signal.signal, signal.SIGINT, signal.SIG_DFL),
    )
    until = time.monotonic() + 60
    while running.poll() is None and time.monotonic() < until:
        if (folder / "long.run" / "checkpoint").exists():
            break
        time.sleep(0.002)
    os.kill(running.pid, sent)
    running.wait(timeout=60)
    return running


def test_interrupted_it_says_how_to_go_on_and_ends_the_same(tmp_path: Path) -> None:
    (tmp_path / "long.yaml").write_text(
        CASE.replace("duration: 30 d", "duration: 20 y")
        .replace("1 d}", "10 d, tolerance: 1e-8}")
        .replace("denosumab 60 mg SC at day 1", "teriparatide 20 ug SC daily for 4 y")
    )
    stopped = interrupted(tmp_path, signal.SIGINT)
    assert stopped.returncode == 130
    assert stopped.stderr is not None
    told = stopped.stderr.read()
    assert "calcis run long.yaml --resume" in told
    assert "Traceback" not in told
    assert calcis("run", "long.yaml", "--resume", folder=tmp_path).returncode == 0
    assert calcis("run", "long.yaml", "--out", "whole.run", folder=tmp_path).returncode == 0
    for chunk in (tmp_path / "whole.run" / "run.zarr").rglob("c.0*"):
        other = tmp_path / "long.run" / chunk.relative_to(tmp_path / "whole.run")
        assert chunk.read_bytes() == other.read_bytes(), chunk
    assert not (tmp_path / "long.run" / "checkpoint").exists()


def test_help_imports_nothing_heavy() -> None:
    """What makes it feel instant; its time is measured in benchmarks/."""
    heavy = "('numpy', 'pydantic', 'casadi', 'numba')"
    code = f"import sys, calcis, calcis.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_version(tmp_path: Path) -> None:
    from calcis import __version__

    assert calcis("--version", folder=tmp_path).stdout == f"calcis {__version__}\n"


def test_run_does_not_import_what_only_readers_need(ran: Ran) -> None:
    folder, _ = ran
    code = (
        "import sys, calcis; calcis.run('short.yaml', 'lean.run');"
        "print([m for m in ('xarray', 'zarr', 'matplotlib', 'pandas', 'rich') if m in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=True
    )
    assert done.stdout.strip() == "[]"


def test_a_failed_arm_is_exit_status_3_and_the_rest_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    from dataclasses import replace

    from typer.testing import CliRunner

    from calcis import job
    from calcis.cli import app
    from tests.view.fake_run import fake_run

    run = fake_run()
    sentence = "Arm watch: step size fell below 1e-12 h at day 3 in plasma.calcium."
    failed = replace(run, arms={**run.arms, "watch": replace(run["watch"], failure=sentence)})
    monkeypatch.setattr(job, "run", lambda *words, **options: failed)
    told = CliRunner().invoke(app, ["run", "case.yaml"])
    assert told.exit_code == 3
    assert sentence in " ".join(told.output.split())
    assert "It healed." in told.output
    machine = CliRunner().invoke(app, ["run", "case.yaml", "--json"])
    assert machine.exit_code == 3
    found = json.loads(machine.output)
    assert found["status"] == "failed"
    assert found["arms"]["watch"]["failure"] == sentence
    assert found["arms"]["treated"]["ledger"] == {"calcium": None}


def test_a_bug_is_not_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    from typer.testing import CliRunner

    from calcis import job
    from calcis.cli import app

    def broken(*words: object, **options: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(job, "run", broken)
    assert isinstance(CliRunner().invoke(app, ["run", "case.yaml"]).exception, ZeroDivisionError)
