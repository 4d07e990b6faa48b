"""How is a Run kept on disk?  As a run folder, replaced whole or not at all.

`run.json` holds what is needed to repeat the run to the same bits, `run.zarr` the courses (zarr
and xarray open it), `report.html` the answer for a reader.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import warnings
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np

from calcis.errors import InputError
from calcis.parameters import Parameter
from calcis.results.fields import FIELDS
from calcis.results.made_with import OtherVersion, moved_since, sha256
from calcis.results.store import Arm, DoseMark, Finding, Floats, OrganMap, Run, Series
from calcis.results.zarr_folder import Array, read_group, write_groups
from calcis.writing import make_folder

FORMAT = 1  # of run.json
CHECKPOINT = "checkpoint"  # an unfinished run keeps its state under this name in the run folder


Courses = dict[str, dict[str, Series]]  # arm -> name -> series


def claim(folder: Path) -> None:
    """Make sure that a run may be written to `folder`; creates it if there is none.

    Raises InputError for a file, and for a folder with other people's work in it.
    """
    _recover(folder)
    if folder.exists() and not folder.is_dir():
        raise InputError("a folder to write the run to", "a file of that name").at(folder)
    if folder.is_dir() and any(folder.iterdir()) and not is_run(folder):
        raise InputError(
            "a new or empty folder, or a Calcis run folder to replace", "a folder with something else in it"
        ).at(folder)
    make_folder(folder)


def save(run: Run, folder: Path, report: str) -> None:
    """Write the run folder whole, then put it in place of the old one.

    Files of other people in the old folder are kept; a checkpoint is dropped, being spent.
    """
    claim(folder)
    folder = folder.resolve()
    new = folder.with_name(f".{folder.name}.{os.getpid()}.new")
    shutil.rmtree(new, ignore_errors=True)
    new.mkdir()
    (new / "run.json").write_text(_json(_described(run)), encoding="utf-8")
    (new / "report.html").write_text(report, encoding="utf-8")
    _write_courses(run, new / "run.zarr")
    fields = folder / CHECKPOINT / FIELDS
    if any(arm.fields_at is not None for arm in run.values()) and fields.is_dir():
        fields.rename(new / FIELDS)
    ours = {"run.json", "report.html", "run.zarr", FIELDS, CHECKPOINT}
    for entry in folder.iterdir():
        if entry.name not in ours:
            _copy(entry, new / entry.name)
    old = _previous(folder)
    shutil.rmtree(old, ignore_errors=True)
    folder.rename(old)
    new.rename(folder)
    shutil.rmtree(old)


def load(folder: str | Path) -> Run:
    """The Run that a run folder holds, with the same values to the last bit.

    Warns (OtherVersion) where it was made with other data or versions than are installed.  Raises
    InputError for a folder that is missing, not a run folder, unfinished or damaged.
    """
    folder = Path(folder)
    _recover(folder)
    record = folder / "run.json"
    if not record.is_file():
        unfinished = (folder / CHECKPOINT).exists()
        got = "an unfinished run; finish it with --resume" if unfinished else "none"
        raise InputError("a run folder, with run.json in it", got).at(folder)
    try:
        described = json.loads(record.read_text(encoding="utf-8"))
        if described.get("calcis_run") != FORMAT:
            raise InputError(f"a run of format {FORMAT}", repr(described.get("calcis_run"))).at(record)
        found = _undescribed(described, folder)
    except InputError:
        raise
    except Exception as problem:  # a damaged file can fail in any way that json, zarr or zlib know
        got = f"a damaged one ({type(problem).__name__}: {problem})"
        raise InputError("a whole run folder", got).at(folder) from problem
    moved = moved_since(record)
    if moved:
        warnings.warn(moved, OtherVersion, stacklevel=2)
    return found


def case_text(record: Path) -> str | None:
    """The case inside a `run.json`, to repeat a run from that file alone; None if it is not one."""
    try:
        described = json.loads(record.read_text(encoding="utf-8"))
        text = described["case"]["text"] if described["calcis_run"] == FORMAT else None
    except (ValueError, KeyError, TypeError, OSError):
        return None
    return text if isinstance(text, str) else None


def _described(run: Run) -> dict[str, Any]:
    arms = {}
    for name, arm in run.arms.items():
        arms[name] = {
            "treatment": list(arm.treatment),
            "changes": [asdict(change) for change in arm.changes],
            "doses": [vars(dose) for dose in arm.doses],
            "findings": [vars(finding) for finding in arm.findings],
            "ledger": {key: value if math.isfinite(value) else None for key, value in arm.ledger.items()},
            "lesion_facts": dict(arm.lesion_facts),
            "organ_facts": dict(arm.organ_facts),
            "space": _described_space(arm),
            "failure": arm.failure,
        }
    return {
        "calcis_run": FORMAT,
        "title": run.title,
        "status": run.status,
        "command": run.command,
        "seed": run.seed,
        "versions": dict(run.versions),
        "case": {"sha256": sha256(run.case_text.encode()), "text": run.case_text},
        "data": dict(run.data),
        "groups": list(_courses(run)),
        "organs": [organ_map.titles for arm in run.values() if (organ_map := arm.organ_map)][:1],
        "arms": arms,
        "parameters": [asdict(parameter) for parameter in run.parameters],
        "cite": list(run.cite),
        "limits": list(run.limits),
        "body": run.body,
        "species": run.species,
        "individual": run.individual,
        "borrowed": {species: [one.name for one in numbers] for species, numbers in run.borrowed.items()},
    }


def _json(described: Mapping[str, Any]) -> str:
    """JSON with a line for each entry and each number: readable, and written by the fast encoder."""

    def words(value: Any) -> str:
        return json.dumps(value, ensure_ascii=False, allow_nan=False)

    lines = []
    for key, value in described.items():
        rows = ",\n  ".join(words(row) for row in value) if isinstance(value, list) and value else None
        lines.append(f"{words(key)}: {words(value) if rows is None else f'[{chr(10)}  {rows}{chr(10)} ]'}")
    return "{\n " + ",\n ".join(lines) + "\n}\n"


def _undescribed(described: Mapping[str, Any], folder: Path) -> Run:
    text = described["case"]["text"]
    if sha256(text.encode()) != described["case"]["sha256"]:
        raise InputError("the case as it was run", "a text that was changed since").at(folder / "run.json")
    time, courses = _read_courses(folder / "run.zarr", described["groups"])
    maps = _read_organs(folder / "run.zarr", described.get("organs", []))
    arms: dict[str, Arm] = {}
    for name, arm in described["arms"].items():
        ledger = {key: math.nan if value is None else value for key, value in arm["ledger"].items()}
        arms[name] = Arm(
            name=name,
            time=time,
            body_series=courses["body"][name],
            lesion_series=courses["lesion"][name] if "lesion" in courses else None,
            lesion_facts=arm["lesion_facts"],
            organ_map=maps.get(name),
            organ_facts=arm.get("organ_facts", {}),
            **_read_space(folder, len(arms), arm.get("space")),
            doses=tuple(DoseMark(**dose) for dose in arm["doses"]),
            findings=tuple(Finding(**finding) for finding in arm["findings"]),
            ledger=ledger,
            failure=arm["failure"],
            changes=tuple(_parameter(change) for change in arm["changes"]),
            treatment=tuple(arm["treatment"]),
        )
    return Run(
        title=described["title"],
        case_text=text,
        arms=arms,
        parameters=tuple(_parameter(parameter) for parameter in described["parameters"]),
        cite=tuple(described["cite"]),
        limits=tuple(described["limits"]),
        body=described["body"],
        species=described["species"],
        individual=described.get("individual"),
        versions=described["versions"],
        data=described["data"],
        seed=described["seed"],
        command=described["command"],
        folder=folder,
    )


def _described_space(arm: Arm) -> dict[str, Any] | None:
    """The courses of a lesion in space, of few times; its fields are beside."""
    if not arm.space:
        return None
    courses = {"time": Series("h", arm.space_time), **arm.space}
    return {
        name: {"unit": one.unit, "values": [v if math.isfinite(v) else None for v in one.values.tolist()]}
        for name, one in courses.items()
    }


def _read_space(folder: Path, group: int, described: Mapping[str, Any] | None) -> dict[str, Any]:
    if described is None:
        return {}
    courses = {
        name: Series(one["unit"], np.array([math.nan if v is None else v for v in one["values"]], float))
        for name, one in described.items()
    }
    fields = folder / FIELDS
    if not (fields / str(group)).is_dir():
        raise ValueError(f"{FIELDS} has no group {group}")
    return {
        "space_time": courses.pop("time").values,
        "space": courses,
        "fields_at": (fields, str(group)),
    }


def _parameter(described: Mapping[str, Any]) -> Parameter:
    ends, spread = described["range"], described["spread"]
    kept = {"shown": tuple(described["shown"]), "range": None if ends is None else tuple(ends)}
    return Parameter(**{**described, **kept, "spread": None if spread is None else _parameter(spread)})


def _courses(run: Run) -> dict[str, list[Mapping[str, Series]]]:
    """Group of run.zarr -> the courses of each arm."""
    arms = list(run.arms.values())
    groups: dict[str, list[Mapping[str, Series]]] = {"body": [arm.body_series for arm in arms]}
    lesions = [arm.lesion_series for arm in arms if arm.lesion_series is not None]
    return groups | {"lesion": lesions} if lesions else groups


def _write_courses(run: Run, folder: Path) -> None:
    groups = {}
    for group, courses in _courses(run).items():
        arrays = {"arm": Array(tuple(run.arms), ("arm",)), "time": Array(run.time, ("time",), "h")}
        for name, first in courses[0].items():
            values = np.stack([course[name].values for course in courses])
            arrays[name] = Array(values, ("arm", "time"), first.unit)
        groups[group] = arrays
    maps = [arm.organ_map for arm in run.arms.values() if arm.organ_map is not None]
    if maps:
        groups["organs"] = _organ_arrays(run, maps)
    write_groups(folder, groups)


def _organ_arrays(run: Run, maps: list[OrganMap]) -> dict[str, Array]:
    one = maps[0]
    arrays = {
        "arm": Array(tuple(run.arms), ("arm",)),
        "place": Array(one.places, ("place",)),
        "volume": Array(one.volumes, ("place",), "L"),
        "time": Array(one.time, ("time",), "h"),
    }
    for name, first in one.series.items():
        values = np.stack([found.series[name].values for found in maps])
        arrays[name] = Array(values, ("arm", "place", "time"), first.unit)
    return arrays


def _read_organs(folder: Path, titles: list[list[str]]) -> dict[str, OrganMap]:
    """The organ map of every arm; none where there is no group of organs."""
    if not titles:
        return {}
    arrays = dict(read_group(folder, "organs"))
    arms, places = (tuple(map(str, arrays.pop(name).values)) for name in ("arm", "place"))
    volumes, time = (np.asarray(arrays.pop(name).values, float) for name in ("volume", "time"))
    for name, array in arrays.items():
        if array.units is None or np.shape(array.values) != (len(arms), len(places), len(time)):
            raise ValueError(f"organs/{name} has no unit or another shape than (arm, place, time)")
    found = {}
    for k, arm in enumerate(arms):
        series = {
            name: Series(str(array.units), np.asarray(array.values)[k]) for name, array in arrays.items()
        }
        found[arm] = OrganMap(places, tuple(titles[0]), volumes, time, series)
    return found


def _read_courses(folder: Path, groups: list[str]) -> tuple[Floats, dict[str, Courses]]:
    found = {}
    for group in groups:
        arrays = dict(read_group(folder, group))
        names, time = arrays.pop("arm").values, arrays.pop("time").values
        courses: Courses = {str(name): {} for name in names}
        for name, array in arrays.items():
            values, unit = np.asarray(array.values), array.units
            if unit is None or values.shape != (len(names), len(time)):
                raise ValueError(f"{group}/{name} has no unit or another shape than (arm, time)")
            for arm, row in zip(names, values, strict=True):
                courses[str(arm)][name] = Series(unit, row)
        found[group] = courses
    return np.asarray(time, dtype=float), found


def is_run(folder: Path) -> bool:
    """Whether a folder holds a run, or a part of one that was stopped."""
    return case_text(folder / "run.json") is not None or (folder / CHECKPOINT).exists()


def _previous(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}.previous")


def _recover(folder: Path) -> None:
    """Bring back the old folder if a run was killed between the two renames that replace it."""
    folder = folder.resolve()
    if not folder.exists() and _previous(folder).is_dir():
        _previous(folder).rename(folder)


def _copy(source: Path, target: Path) -> None:
    if source.is_dir() and not source.is_symlink():
        shutil.copytree(source, target, symlinks=True)
    else:
        shutil.copy2(source, target, follow_symlinks=False)
