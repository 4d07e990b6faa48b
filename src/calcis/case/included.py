"""How does a file that a case names become part of the case's own text?"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import Discriminator, Tag

from calcis.errors import InputError
from calcis.reading import Document, Where, inside, read_text, shown


def _naming(entry: Any) -> str:
    return "texts" if isinstance(entry, dict) else "name"


# The name of a file beside the case; in a case that is read again, {name: text of the file}.
NamedFile = Annotated[
    Annotated[str, Tag("name")] | Annotated[dict[str, str], Tag("texts")], Discriminator(_naming)
]


def read_named(document: Document, where: Where, name: str, folder: str | Path | None) -> str:
    """The text of the file `name` in `folder`.  Raises InputError, at `where` in the case."""
    if folder is None:
        raise document.error(where, "no file names, as this case is in no folder", shown(name))
    try:
        path = inside(folder, name)
    except InputError as wrong:
        raise document.error(where, wrong.expected, wrong.got) from None
    try:
        return read_text(path)
    except InputError as wrong:
        if wrong.line is not None:
            raise replace(wrong, file=name) from None
        near = Path(wrong.nearest).name if wrong.nearest else None
        raise document.error(where, wrong.expected, f"{wrong.got}: {name!r}", near) from None


def enclosed(document: Document, where: Where, case: str, name: str, text: str) -> str:
    """The text of a case with a named file's text in place of its name, so that it is all of the case."""
    place = document.values[where]
    lines = case.split("\n")
    line = lines[place.line - 1]
    rest = line[place.column - 1 :]
    forms = [form for form in (name, f"'{name}'", f'"{name}"') if rest.startswith(form)]
    if not forms:
        raise document.error(where, "a file name on one line", shown(name))
    whole = json.dumps({name: text}, ensure_ascii=False)
    for break_ in "\x85\u2028\u2029":  # to YAML they end a line, to JSON they do not
        whole = whole.replace(break_, f"\\u{ord(break_):04x}")
    lines[place.line - 1] = line[: place.column - 1] + whole + rest[len(forms[0]) :]
    return "\n".join(lines)
