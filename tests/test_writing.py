"""Is it said in words, and where, that something cannot be written?"""

import pytest

from calcis.errors import InputError
from calcis.writing import make_folder, write_into, write_text


def test_a_page_is_written_into_a_folder_that_is_made(tmp_path):
    path = write_into(tmp_path / "one" / "two", "page.html", "µ")
    assert path == tmp_path / "one" / "two" / "page.html" and path.read_text(encoding="utf-8") == "µ"


def test_what_cannot_be_written_is_refused_where_it_is(tmp_path):
    file = tmp_path / "a_file"
    write_text(file, "kept")
    for wrong in (lambda: make_folder(file / "two"), lambda: write_into(file / "two", "page.html", "")):
        with pytest.raises(InputError, match=r"a_file/two: expected a folder that can be written, got Not a"):
            wrong()
    with pytest.raises(InputError, match=r": expected a file that can be written, got Is a directory"):
        write_text(tmp_path, "")
    assert file.read_text() == "kept"
