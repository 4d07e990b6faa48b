"""Which case files can one start from?  The examples, commented for a newcomer."""

from __future__ import annotations

from pathlib import Path

from calcis.errors import InputError, nearest
from calcis.parameters import data_path
from calcis.reading import read_text

DEFAULT = "insect_bite"


def templates() -> tuple[str, ...]:
    """Names of the templates."""
    return tuple(sorted(path.stem for path in data_path("templates").glob("*.yaml")))


def template(name: str = DEFAULT) -> str:
    """The text of a template.  Raises InputError for a name that is none."""
    if name not in templates():
        raise InputError(
            f"a template: {', '.join(templates())}", repr(name), nearest=nearest(name, templates())
        )
    return read_text(data_path("templates", f"{name}.yaml"))


def write_template(path: str | Path, name: str = DEFAULT) -> None:
    """Write a template to a new file.  Raises InputError where the file exists or cannot be written."""
    text = template(name)
    try:
        with Path(path).open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        raise InputError("the name of a new file", "one that exists", file=str(path)) from None
    except (OSError, ValueError) as problem:
        raise InputError("a file that can be written", str(problem), file=str(path)) from None
