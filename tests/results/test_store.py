"""Is a run kept whole: equal when loaded, replaced at once or not at all, damage named in words?"""

from __future__ import annotations

import json
import math
import multiprocessing
import os
import subprocess
import sys
import time
import warnings
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from calcis import load
from calcis.errors import InputError
from calcis.results.made_with import OtherVersion, data_hashes, moved_since, versions
from calcis.results.run_folder import CHECKPOINT, claim, save
from calcis.results.store import Arm, Run
from tests.view.fake_run import fake_run, without_lesion

SCALARS = ("title", "case_text", "parameters", "cite", "versions", "data", "seed", "command")


def same_courses(one: Arm, other: Arm) -> bool:
    pairs = [(one.body_series, other.body_series), (one.lesion_series or {}, other.lesion_series or {})]
    return all(
        list(a) == list(b)
        and all(a[name].unit == b[name].unit for name in a)
        and all(a[name].values.tobytes() == b[name].values.tobytes() for name in a)
        for a, b in pairs
    )


def test_loaded_run_equals_saved_one(tmp_path: Path) -> None:
    run = fake_run()
    save(run, tmp_path / "a.run", "<html>")
    found = load(tmp_path / "a.run")
    for name in SCALARS:
        assert getattr(found, name) == getattr(run, name), name
    assert list(found.arms) == list(run.arms)
    for name, arm in run.arms.items():
        other = found[name]
        assert np.array_equal(arm.time, other.time)
        assert same_courses(arm, other)
        for attribute in ("doses", "findings", "failure", "changes", "treatment", "lesion_facts"):
            assert getattr(other, attribute) == getattr(arm, attribute), attribute
    assert found["watch"].ledger == {"calcium": 1e-14}
    assert math.isnan(found["treated"].ledger["calcium"])
    assert found.folder == tmp_path / "a.run"


KEPT = r"""
import sys
from dataclasses import replace
from pathlib import Path

from calcis import load
from calcis.results.run_folder import save
from tests.view.fake_run import fake_run

folder = Path(sys.argv[1])
save(replace(fake_run(30), title="\u03b1 \u2192 \u03b2"), folder, "\u2265")
assert load(folder).title == "\u03b1 \u2192 \u03b2"
"""


def test_a_run_is_kept_in_utf_8_whatever_the_locale(tmp_path: Path) -> None:
    plain = {"PATH": os.environ["PATH"], "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}
    path = {"PYTHONPATH": os.pathsep.join(sys.path)}
    subprocess.run([sys.executable, "-c", KEPT, tmp_path / "a.run"], check=True, env=plain | path)
    assert (tmp_path / "a.run" / "report.html").read_text(encoding="utf-8") == "≥"


def current(run: Run) -> Run:
    """The run as if it had been made here and now."""
    return replace(run, versions=versions(), data=data_hashes())


def test_a_run_made_here_is_loaded_without_a_word(tmp_path: Path) -> None:
    save(current(fake_run()), tmp_path / "a.run", "")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        load(tmp_path / "a.run")
    assert moved_since(tmp_path / "a.run" / "run.json") is None


def test_other_data_or_versions_are_told_on_loading(tmp_path: Path) -> None:
    run = current(fake_run())
    data = {**run.data, "tissue/mineral.yaml": "00", "tissue/gone.yaml": "00"}
    del data["tissue/debris.yaml"]
    old = replace(run, versions={**run.versions, "numpy": "1.0", "python": "2.7"}, data=data)
    save(old, tmp_path / "a.run", "")
    with pytest.warns(OtherVersion) as told:
        found = load(tmp_path / "a.run")
    assert found.versions["numpy"] == "1.0"
    (text,) = [str(one.message) for one in told]
    assert f"numpy 1.0 (here {run.versions['numpy']})" in text
    assert "other data (tissue/debris.yaml, tissue/gone.yaml and 1 more)" in text
    assert "python" not in text  # what moves no result for a reader is not told


def test_a_record_that_cannot_be_read_has_not_moved(tmp_path: Path) -> None:
    assert moved_since(tmp_path / "run.json") is None
    (tmp_path / "run.json").write_text("{}")
    assert moved_since(tmp_path / "run.json") is None


def test_a_run_is_like_a_mapping_of_its_arms() -> None:
    run = fake_run()
    assert list(run) == list(run.keys()) == ["watch", "treated"]
    assert len(run) == 2
    assert [arm.name for arm in run.values()] == ["watch", "treated"]
    assert dict(run) == dict(run.items()) == dict(run.arms)
    assert "watch" in run and "nobody" not in run and 3 not in run
    with pytest.raises(InputError) as wrong:
        run["wach"]
    assert wrong.value.nearest == "watch"


def test_xarray_opens_a_group_of_the_courses(tmp_path: Path) -> None:
    """As the README says; without `group` there is nothing at the top of the folder."""
    import xarray

    run = fake_run()
    save(run, tmp_path / "a.run", "")
    body = xarray.open_zarr(tmp_path / "a.run" / "run.zarr", group="body")
    lesion = xarray.open_zarr(tmp_path / "a.run" / "run.zarr", group="lesion")
    assert body["calcium_plasma"].sel(arm="watch").attrs["units"] == "mmol/L"
    stone = run["watch"].lesion_series or {}
    assert np.array_equal(lesion["mineral_total"].sel(arm="watch"), stone["mineral_total"].values)


def test_not_a_number_and_extremes_survive(tmp_path: Path) -> None:
    run = without_lesion(fake_run())
    hard = np.array([math.nan, math.inf, -0.0, 5e-324] + [1.0] * 362)
    series = {"odd": replace(run["watch"].body_series["calcium_plasma"], values=hard)}
    run = replace(run, arms={"watch": replace(run["watch"], body_series=series, failure="It failed.")})
    save(run, tmp_path / "a.run", "")
    found = load(tmp_path / "a.run")
    assert found["watch"].body_series["odd"].values.tobytes() == hard.tobytes()
    assert found["watch"].lesion_series is None
    assert found["watch"].lesion is None
    assert found.status == "failed"


def test_same_run_gives_same_bytes(tmp_path: Path) -> None:
    for name in ("a.run", "b.run"):
        save(fake_run(), tmp_path / name, "<html>")
        time.sleep(0.01)  # a date in a file would differ
    files = sorted(path.relative_to(tmp_path / "a.run") for path in (tmp_path / "a.run").rglob("*"))
    assert len(files) > 20
    for path in files:
        if (tmp_path / "a.run" / path).is_file():
            assert (tmp_path / "a.run" / path).read_bytes() == (tmp_path / "b.run" / path).read_bytes(), path


def test_xarray_opens_the_courses_with_units_and_without_a_warning(tmp_path: Path) -> None:
    import xarray

    run = fake_run()
    save(run, tmp_path / "a.run", "")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        body = xarray.open_zarr(tmp_path / "a.run" / "run.zarr", group="body")
    one = body["calcium_plasma"].sel(arm="treated")
    assert body["calcium_plasma"].dims == ("arm", "time")
    assert one.attrs["units"] == "mmol/L"
    assert body["time"].attrs["units"] == "h"
    assert np.array_equal(one.values, run["treated"].body_series["calcium_plasma"].values)


def test_arm_offers_datasets_with_units() -> None:
    body = fake_run()["treated"].body
    assert float(body["calcium_plasma"].sel(time=2640.0)) == 2.05
    assert body["calcium_plasma"].attrs["units"] == "mmol/L"
    lesion = fake_run()["watch"].lesion
    assert lesion is not None
    assert float(lesion["mineral_total"][-1]) == 1000.0


def test_unknown_arm_is_named_with_the_nearest() -> None:
    with pytest.raises(InputError) as refused:
        fake_run()["wach"]
    assert refused.value.nearest == "watch"


def test_an_arm_of_another_shape_is_refused_and_the_old_run_stays(tmp_path: Path) -> None:
    save(fake_run(), tmp_path / "a.run", "old")
    broken = fake_run()
    short = replace(broken["watch"], body_series={})
    with pytest.raises(KeyError):
        save(replace(broken, arms={"treated": broken["treated"], "watch": short}), tmp_path / "a.run", "new")
    assert (tmp_path / "a.run" / "report.html").read_text() == "old"
    assert load(tmp_path / "a.run").title == broken.title


def test_run_folder_is_replaced_whole_and_other_files_stay(tmp_path: Path) -> None:
    folder = tmp_path / "a.run"
    save(fake_run(), folder, "first")
    (folder / "notes.txt").write_text("mine")
    (folder / "more").mkdir()
    (folder / "more" / "x.csv").write_text("1")
    (folder / CHECKPOINT).write_text("spent")
    save(without_lesion(fake_run()), folder, "second")
    assert (folder / "report.html").read_text() == "second"
    assert (folder / "notes.txt").read_text() == "mine"
    assert (folder / "more" / "x.csv").read_text() == "1"
    assert not (folder / CHECKPOINT).exists()
    assert not (folder / "run.zarr" / "lesion").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["a.run"]


def test_a_folder_that_is_no_run_folder_is_not_touched(tmp_path: Path) -> None:
    (tmp_path / "thesis").mkdir()
    (tmp_path / "thesis" / "run.json").write_text("{}")
    for path in (tmp_path / "thesis", tmp_path / "thesis" / "run.json"):
        with pytest.raises(InputError):
            claim(path)
        with pytest.raises(InputError):
            save(fake_run(), path, "")
    assert [path.name for path in (tmp_path / "thesis").iterdir()] == ["run.json"]


def test_a_run_killed_between_the_two_renames_is_brought_back(tmp_path: Path) -> None:
    folder = tmp_path / "a.run"
    save(fake_run(), folder, "old")
    folder.rename(tmp_path / ".a.run.previous")
    assert load(folder).title == fake_run().title
    folder.rename(tmp_path / ".a.run.previous")
    claim(folder)
    assert (folder / "report.html").read_text() == "old"


def _save_forever(folder: Path) -> None:
    run = fake_run(days=30)
    for number in range(10_000):
        save(run, folder, f"{number}")


def test_killed_at_any_moment_a_whole_run_is_left(tmp_path: Path) -> None:
    folder = tmp_path / "a.run"
    save(fake_run(days=30), folder, "first")
    for delay in (0.011, 0.017, 0.023, 0.031, 0.041):
        writer = multiprocessing.get_context("fork").Process(target=_save_forever, args=(folder,))
        writer.start()
        time.sleep(delay)
        writer.kill()
        writer.join()
        assert same_courses(load(folder)["watch"], fake_run(days=30)["watch"])


def damaged(folder: Path, how: str) -> None:
    record = folder / "run.json"
    chunk = folder / "run.zarr" / "body" / "calcium_plasma" / "c.0.0"
    if how == "no record":
        record.unlink()
    elif how == "not json":
        record.write_text(record.read_text()[:-40])
    elif how == "another format":
        record.write_text(record.read_text().replace('"calcis_run": 1', '"calcis_run": 99'))
    elif how == "another case":
        record.write_text(record.read_text().replace("54 y", "64 y"))
    elif how == "a field gone":
        record.write_text(json.dumps({**json.loads(record.read_text()), "arms": {"watch": {}}}))
    elif how == "a chunk gone":
        chunk.unlink()
    elif how == "a chunk cut":
        chunk.write_bytes(chunk.read_bytes()[:20])
    elif how == "a bit flipped":
        content = bytearray(chunk.read_bytes())
        content[len(content) // 2] ^= 1
        chunk.write_bytes(bytes(content))
    elif how == "no unit":
        path = chunk.with_name("zarr.json")
        path.write_text(path.read_text().replace("units", "u"))
        top = folder / "run.zarr" / "zarr.json"
        top.write_text(top.read_text().replace("units", "u"))
    elif how == "a group gone":
        (folder / "run.zarr" / "lesion").rename(folder / "elsewhere")


DAMAGES = (
    "no record",
    "not json",
    "another format",
    "another case",
    "a field gone",
    "a chunk gone",
    "a chunk cut",
    "a bit flipped",
    "no unit",
    "a group gone",
)


@pytest.mark.parametrize("how", DAMAGES)
def test_damage_is_told_in_words(tmp_path: Path, how: str) -> None:
    folder = tmp_path / "a.run"
    save(fake_run(), folder, "")
    damaged(folder, how)
    with pytest.raises(InputError) as refused:
        load(folder)
    assert refused.value.file is not None
    assert str(folder) in refused.value.file


def test_missing_and_unfinished_folders_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="got none"):
        load(tmp_path / "nowhere")
    (tmp_path / "a.run").mkdir()
    (tmp_path / "a.run" / CHECKPOINT).write_text("state")
    with pytest.raises(InputError, match="--resume"):
        load(tmp_path / "a.run")


def test_record_names_what_moves_a_bit(tmp_path: Path) -> None:
    named = versions()
    assert {
        "calcis",
        "python",
        "numpy",
        "casadi",
        "llvmlite",
        "numba",
        "processor",
        "processor features",
    } <= set(named)
    assert all(named.values())
    hashes = data_hashes()
    assert len(hashes["references.bib"]) == 64
    assert any(name.startswith("body/") for name in hashes)


def test_writing_is_quick(tmp_path: Path) -> None:
    """A year of two arms and 80 courses in 0.25 s: more would be felt in a run of 2 s."""
    run = fake_run()
    many = {f"course_{i}": run["watch"].body_series["calcium_plasma"] for i in range(80)}
    arms = {name: replace(arm, body_series=many) for name, arm in run.arms.items()}
    large: Run = replace(run, arms=arms)
    spent = []
    for number in range(5):
        start = time.perf_counter()
        save(large, tmp_path / f"{number}.run", "")
        spent.append(time.perf_counter() - start)
    assert min(spent) < 0.25
