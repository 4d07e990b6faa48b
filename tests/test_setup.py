"""Do the files around the package say one thing: commands, pins, versions, licences?"""

import contextlib
import re
import shutil
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from ruamel.yaml import YAML

import calcis

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text("utf-8")


def _blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL)


def _pins() -> dict[str, str]:
    lines = (ROOT / "constraints.txt").read_text("utf-8").splitlines()
    named = [line.partition("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, _, version in named}


def test_the_readme_starts_with_two_commands_of_one_line():
    run, check = (block.splitlines() for block in _blocks("sh"))
    assert len(run) == len(check) == 1
    for command in (run[0], check[0]):
        assert command.startswith("python3 -m venv .venv && .venv/bin/pip install -c constraints.txt ")
    assert run[0].endswith(" && .venv/bin/calcis run examples/insect_bite.yaml")
    assert check[0].endswith(" && .venv/bin/pytest -n auto")


def test_ci_runs_the_commands_of_the_readme():
    script = ROOT / ".ci" / "run"
    dry = script.read_text("utf-8")
    taken = re.search(r"< <\((sed .*README\.md)\)", dry)
    assert taken
    found = subprocess.run(["bash", "-c", taken[1]], cwd=ROOT, capture_output=True, text=True, check=True)
    assert found.stdout.splitlines() == [block.strip() for block in _blocks("sh")]
    assert '"${readme[0]}"' in dry
    assert '"${readme[1]}"' in dry
    assert "-m venv" not in dry  # how to set up stands in the README alone


def test_every_package_that_comes_along_is_pinned():
    pins = _pins()
    assert all(re.fullmatch(r"[\w.]+", version) for version in pins.values())
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    asked = [
        *project["dependencies"],
        *(one for extra in project["optional-dependencies"].values() for one in extra),
    ]
    seen: set[str] = set()
    while asked:
        wanted = Requirement(asked.pop())
        name = canonicalize_name(wanted.name)
        if name == "calcis" or name in seen:
            continue
        seen.add(name)
        with contextlib.suppress(metadata.PackageNotFoundError):  # not on this processor
            asked += [text for text in metadata.requires(name) or [] if _applies(text, wanted.extras)]
    assert sorted(seen - pins.keys()) == []
    assert sorted(pins.keys() - seen) == []


def _applies(text: str, extras: set[str]) -> bool:
    marker = Requirement(text).marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in (*extras, ""))


def test_the_version_is_the_same_everywhere():
    citation = YAML(typ="safe").load((ROOT / "CITATION.cff").read_text("utf-8"))
    release = re.search(r"^## (\S+?),?(?: |$)", (ROOT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert release
    assert citation["version"] == release[1] == metadata.version("calcis") == calcis.__version__
    assert citation["license"] == metadata.metadata("calcis")["License-Expression"]


def test_the_page_where_is_what_names_every_room():
    table = (ROOT / "docs" / "architecture.md").read_text("utf-8").partition("## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    named = [re.findall(r"`(\w+)`", row) for row in rows]
    package = ROOT / "src" / "calcis"
    rooms = {path.stem for path in package.iterdir() if not path.stem.startswith("_")}
    assert sorted(name for row in named for name in row) == sorted(rooms - {"data", "py"})


def test_the_readme_lists_the_commands_that_exist():
    from calcis.cli import app

    table = re.findall(r"^\| `calcis (\w+)", README, re.MULTILINE)
    assert table == [command.name or command.callback.__name__ for command in app.registered_commands]


@pytest.mark.parametrize(
    "page", ["README.md", *(f"docs/{path.name}" for path in (ROOT / "docs").glob("*.md"))]
)
def test_links_lead_somewhere(page):
    text = (ROOT / page).read_text("utf-8")
    for target in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (ROOT / page).parent.joinpath(target).exists(), target


def test_the_python_example_runs(tmp_path):
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    (example,) = _blocks("python")
    done = subprocess.run([sys.executable, "-c", example], cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "calcium_ionised_plasma" in done.stdout


def test_the_case_in_the_readme_is_right(tmp_path):
    (case,) = _blocks("yaml")
    file = tmp_path / "case.yaml"
    file.write_text(case, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "calcis", "check", str(file)], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
