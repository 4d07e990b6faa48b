"""How is something written, and what is said where it cannot be?"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from calcis.errors import InputError

FILE, FOLDER = "a file that can be written", "a folder that can be written"


@contextmanager
def writing(place: Path, expected: str = FILE) -> Iterator[None]:
    """Says in words what could not be written within.  Raises InputError, with `place`."""
    try:
        yield
    except OSError as problem:
        raise InputError(expected, problem.strerror or str(problem)).at(place) from None


def write_text(path: Path, text: str) -> None:
    """Write a text file.  Raises InputError where it cannot be written."""
    with writing(path):
        path.write_text(text, encoding="utf-8")


def make_folder(folder: Path) -> None:
    """Make a folder where there is none.  Raises InputError where that cannot be done."""
    with writing(folder, FOLDER):
        folder.mkdir(parents=True, exist_ok=True)


def write_into(folder: Path, name: str, text: str) -> Path:
    """Write a text file into a folder, which is made; gives its path.  Raises InputError as `write_text`."""
    make_folder(folder)
    with writing(folder, FOLDER):
        (folder / name).write_text(text, encoding="utf-8")
    return folder / name
