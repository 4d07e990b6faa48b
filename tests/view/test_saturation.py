"""Does `calcis saturation` tell, write and refuse as the other commands do?"""

from __future__ import annotations

import csv
import json
import re
from pathlib import Path

from tests.view.test_cli import calcis

TABLE = "id,calcium [mg/dL],phosphate [mg/dL]\nA,9.4,3.5\nB,nine,3.5\n"


def test_one_fluid_in_words(tmp_path: Path) -> None:
    done = calcis(
        "saturation", "--phosphate", "6 mg/dL", "--units", "us", "--picture", "a.html", folder=tmp_path
    )
    assert done.returncode == 0, done.stderr
    words = " ".join(done.stdout.split())
    assert "Supersaturation with apatite is normal" in words
    assert "threshold of −1.24" in words
    assert "Assumed, as in a healthy adult: total calcium 9.619 mg/dL" in words
    assert "not medical advice" in words
    page = (tmp_path / "a.html").read_text("utf-8")
    assert page.count("<svg") == 2
    assert not re.search(r'(?:src|href)="http', page.partition("<ol")[0])  # nothing is loaded
    assert "NaN" not in page and "nan" not in re.sub("[a-z]nan|nan[a-z]", "", page)


def test_a_bad_row_leaves_the_others_and_status_3(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text(TABLE)
    done = calcis("saturation", "a.csv", "--json", "--out", "b.csv", folder=tmp_path)
    assert done.returncode == 3
    found = json.loads(done.stdout)
    assert (found["command"], found["status"]) == ("saturation", "failed")
    (one,), (wrong,) = found["fluids"], found["errors"]
    assert (one["name"], one["line"]) == ("A", 2)
    assert one["saturation_index"]["struvite"]["value"] is None
    assert one["values"]["calcium"]["unit"] == "mmol/L"
    assert (wrong["file"], wrong["line"], wrong["column"]) == ("a.csv", 3, 3)
    with (tmp_path / "b.csv").open() as stream:
        (row,) = csv.DictReader(stream)
    assert row["name"] == "A"
    assert float(row["si_hydroxyapatite"]) > 8
    again = calcis("saturation", "a.csv", "--out", "b.csv", folder=tmp_path)
    assert again.returncode == 2
    assert "a new file" in again.stderr


def test_bad_input_is_refused_with_the_nearest_name(tmp_path: Path) -> None:
    done = calcis("saturation", "--database", "mintec", "--json", folder=tmp_path)
    assert done.returncode == 2
    assert json.loads(done.stdout)["error"]["nearest"] == "minteq"


def test_a_mineral_is_explained(tmp_path: Path) -> None:
    done = calcis("explain", "brushite", folder=tmp_path)
    assert done.returncode == 0
    for words in ("CaHPO4·2H2O", "lg Ksp -6.62 at 37 °C", "Hounsfield", "Gregory"):
        assert words in done.stdout, words
