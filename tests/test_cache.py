"""Is what is kept between processes what was read, and trusted only where it is safe?"""

from __future__ import annotations

from pathlib import Path

import pytest

from calcis import parameters
from calcis.cache import cache_folder, keep, kept
from calcis.parameters import data_path


def _read(path: Path) -> parameters.Document:
    return parameters._parsed.__wrapped__(path)


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("CALCIS_CACHE", str(tmp_path / "kept"))
    return cache_folder()


def test_a_data_file_read_again_is_the_same_with_its_places(folder: Path) -> None:
    for path in sorted(data_path().rglob("*.yaml")):
        first, again = _read(path), _read(path)
        assert (again.data, again.text, again.file) == (first.data, first.text, first.file)
        assert dict(again.values) == dict(first.values) and dict(again.keys) == dict(first.keys)
    assert len(list(folder.glob("*.json"))) > 50


def test_what_was_changed_is_read_anew(folder: Path) -> None:
    path = data_path("tissue", "mineral.yaml")
    true = _read(path).data
    (file,) = folder.glob("*.json")
    file.write_bytes(file.read_bytes().replace(b"6000", b"9999"))
    assert kept(file) is None and _read(path).data == true
    keep(file, b"[{}, [], []]")
    file.chmod(0o666)  # anybody may have written it
    assert _read(path).data == true
