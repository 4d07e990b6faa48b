"""How is a YAML or text file from anywhere read safely, remembering where every value stands?

YAML 1.2, as plain data: mappings, lists, text, numbers, true/false, null.  Nothing in a file can
build an object, run code, repeat itself by alias, or nest or grow without end.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calcis.errors import InputError, nearest

LARGEST = 4_000_000  # bytes of a file
_DEEPEST, _MOST = 40, 200_000  # levels of nesting, values in one file

Where = tuple[str | int, ...]  # keys and list positions from the top of a file to a value
_WORDS: dict[str, Any] = (
    dict.fromkeys(("", "~", "null", "Null", "NULL"))
    | dict.fromkeys(("true", "True", "TRUE"), True)
    | dict.fromkeys(("false", "False", "FALSE"), False)
    | dict.fromkeys((".inf", ".Inf", ".INF", "+.inf", "+.Inf", "+.INF"), math.inf)
    | dict.fromkeys(("-.inf", "-.Inf", "-.INF"), -math.inf)
    | dict.fromkeys((".nan", ".NaN", ".NAN"), math.nan)
)
_INTEGER = re.compile(r"[-+]?[0-9]{1,15}")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@dataclass(frozen=True)
class Place:
    """Line and column, counted from 1."""

    line: int
    column: int


@dataclass(frozen=True)
class Document:
    """A YAML file: its data, and the place of every key and value by the way to it."""

    file: str
    text: str
    data: dict[str, Any]
    values: Mapping[Where, Place]
    keys: Mapping[Where, Place]

    def at(self, where: Where) -> Any:
        """What stands at `where`."""
        value: Any = self.data
        for step in where:
            value = value[step]
        return value

    def error(
        self,
        where: Where,
        expected: str,
        got: str,
        nearest: str | None = None,
        key: bool = False,
        offset: int = 0,
    ) -> InputError:
        """A complaint about the value (or key) at `where`, or about what is nearest above it.

        `offset` counts characters into a text value; it is used where the file shows them as they are.
        """
        place = None
        known = self.keys if key else self.values
        while place is None:
            place = known.get(where) or self.values.get(where) or (Place(1, 1) if not where else None)
            where, offset = (where, offset) if place else (where[:-1], 0)
        column = place.column + self._shift(where, place, offset)
        return InputError(expected, got, self.file, place.line, column, nearest)

    def _shift(self, where: Where, place: Place, offset: int) -> int:
        value = self.at(where)
        lines = self.text.split("\n", place.line)
        if not isinstance(value, str) or not 0 < offset <= len(value) or len(lines) < place.line:
            return 0
        shown = lines[place.line - 1][place.column - 1 :]
        quotes = 1 if shown[:1] in ("'", '"') else 0
        return quotes + offset if shown[quotes:].startswith(value) else 0


def read_text(path: str | Path) -> str:
    """The text of a file (UTF-8, at most 4 MB).  Raises InputError for anything else."""
    path = Path(path)
    try:
        if not path.is_file():
            return _absent(path)
        with path.open("rb") as stream:
            content = stream.read(LARGEST + 1)
    except (OSError, ValueError) as problem:
        raise InputError("a file that can be read", str(problem), file=str(path)) from None
    return decode(content, str(path))


def _absent(path: Path) -> str:
    got = "a folder" if path.is_dir() else ("no regular file" if path.exists() else "no such file")
    like = None
    if path.parent.is_dir():
        like = nearest(path.name, (other.name for other in path.parent.iterdir() if other.is_file()))
    raise InputError("a file", got, file=str(path), nearest=like and str(path.with_name(like)))


def decode(content: bytes, file: str) -> str:
    """UTF-8 text of at most 4 MB without control characters.  Raises InputError with the place."""
    if len(content) > LARGEST:
        raise InputError("a file of at most 4 MB", "a larger one", file=file)
    try:
        text, bad = content.decode("utf-8-sig"), None
    except UnicodeDecodeError as problem:
        text, bad = content[: problem.start].decode("utf-8-sig"), f"byte 0x{content[problem.start]:02x}"
        end = len(text)
    unprintable = _UNPRINTABLE.search(text)
    if unprintable:
        bad, end = f"character U+{ord(unprintable.group()):04X}", unprintable.start()
    if bad:
        line, column = text.count("\n", 0, end) + 1, end - (text.rfind("\n", 0, end) + 1) + 1
        raise InputError("text in UTF-8", bad, file, line, column)
    return text


def inside(folder: str | Path, name: str) -> Path:
    """The file `name` within `folder`.  Raises InputError where the name, or a link, leads outside."""
    root = Path(folder).resolve()
    try:
        path = (root / name).resolve()
    except (OSError, ValueError, RuntimeError):  # a loop of links, a NUL, a name that is too long
        path = root
    if not name or Path(name).is_absolute() or path == root or not path.is_relative_to(root):
        raise InputError("the name of a file in the case's folder", repr(name))
    return path


def read_yaml(path: str | Path) -> Document:
    """A YAML file as plain data with places.  Raises InputError for whatever is not that."""
    return parse_yaml(read_text(path), str(path))


def parse_yaml(text: str, file: str) -> Document:
    """YAML text, one mapping, as plain data with places; `file` is its name in complaints.

    Raises InputError for text that is not YAML, is empty, is not a mapping, has two documents, a
    key twice, a tag, an anchor or alias, or is nested or long beyond reason.
    """
    reader = _Reader(text, file)
    try:
        reader.read()
    except InputError:
        raise
    except Exception as problem:  # the parser fails in many ways on hostile text: all are bad input
        mark = getattr(problem, "problem_mark", None) or getattr(problem, "context_mark", None)
        what = getattr(problem, "problem", None) or str(problem) or type(problem).__name__
        line, column = (mark.line + 1, mark.column + 1) if mark else (reader.line, 1)
        fault = " ".join(str(what).split())[:200]
        raise InputError("YAML", f"text that is not ({fault})", file, line, column) from None
    if not isinstance(reader.data, dict):
        got = "an empty file" if reader.data is None else shown(reader.data)
        raise InputError("a mapping, lines of `key: value`", got, file, 1, 1)
    return Document(file, text, reader.data, reader.values, reader.keys)


def stored(document: Document) -> bytes:
    """A document in a form that is read back faster than YAML."""
    places = [
        [[list(where), place.line, place.column] for where, place in one.items()]
        for one in (document.values, document.keys)
    ]
    return json.dumps([document.data, *places]).encode()


def restored(content: bytes, file: str, text: str) -> Document:
    """The document of `text` that was stored."""
    data, *places = json.loads(content)
    values, keys = ({tuple(where): Place(line, column) for where, line, column in one} for one in places)
    return Document(file, text, data, values, keys)


def shown(value: Any) -> str:
    """A value from a file as a complaint shows it: short, and in the file's words, not Python's."""
    if value is None or isinstance(value, bool):
        return {None: "nothing", True: "true", False: "false"}[value]
    if isinstance(value, dict | list):
        return "a mapping" if isinstance(value, dict) else "a list"
    text = repr(value)
    return text if len(text) <= 80 else f"{text[:77]}..."


def _scalar(text: str, plain: bool) -> Any:
    """The value of a scalar in YAML 1.2's core schema; quoted text stays text."""
    if not plain:
        return text
    if text in _WORDS:
        return _WORDS[text]
    if _INTEGER.fullmatch(text):
        return int(text)
    return float(text) if _FLOAT.fullmatch(text) else text


class _Reader:
    """Builds plain data from the parser's events with a stack of its own, so depth cannot hurt."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file, self.line = text, file, 1
        self.data: Any = None
        self.values: dict[Where, Place] = {}
        self.keys: dict[Where, Place] = {}
        self.documents = 0
        self.open: list[tuple[Where, Any]] = []  # way to, and data of, what is open
        self.key: list[str | None] = []  # the key that waits for its value, for each open mapping

    def read(self) -> None:
        from ruamel.yaml import YAML

        for event in YAML(typ="safe", pure=True).parse(self.text):
            mark = event.start_mark
            self.line = mark.line + 1
            place, kind = Place(mark.line + 1, mark.column + 1), type(event).__name__
            if kind == "DocumentStartEvent":
                self.documents += 1
                if self.documents > 1:
                    raise self._refuse("one YAML document", "a second one", place)
            elif kind == "AliasEvent" or getattr(event, "anchor", None):
                raise self._refuse("plain data", f"anchor or alias {event.anchor!r}", place)
            elif getattr(event, "ctag", None):
                raise self._refuse("plain data", f"the tag {event.tag!r}", place)
            elif kind == "ScalarEvent":
                self._check_printable(event.value, place)
                self._scalar(event.value, event.style is None, place)
            elif kind in ("MappingStartEvent", "SequenceStartEvent"):
                self._begin({} if kind[0] == "M" else [], place)
            elif kind in ("MappingEndEvent", "SequenceEndEvent"):
                self.open.pop()
                self.key.pop()

    def _check_printable(self, text: str, place: Place) -> None:
        """Escapes in quoted text could bring in what decode() keeps out, down to a terminal's commands."""
        odd = _UNPRINTABLE.search(text)
        if odd:
            raise self._refuse("printable text", f"character U+{ord(odd.group()):04X}", place)

    def _refuse(self, expected: str, got: str, place: Place) -> InputError:
        return InputError(expected, got, self.file, place.line, place.column)

    def _scalar(self, text: str, plain: bool, place: Place) -> None:
        if not self.open or isinstance(self.open[-1][1], list) or self.key[-1] is not None:
            if plain and not text and self.key and self.key[-1] is not None:
                place = self.keys[(*self.open[-1][0], self.key[-1])]  # an empty value stands nowhere itself
            self._put(_scalar(text, plain), place)
            return
        where, mapping = self.open[-1]
        if text in mapping:
            first = self.keys[(*where, text)].line
            raise self._refuse("each key once", f"{text!r} again (first on line {first})", place)
        self.keys[(*where, text)] = place
        self.key[-1] = text

    def _put(self, value: Any, place: Place) -> Where:
        """Store a value where it belongs and return the way to it."""
        if len(self.values) >= _MOST:
            raise self._refuse(f"at most {_MOST} values", "more", place)
        where: Where = ()
        if not self.open:
            self.data = value
        else:
            above, holder = self.open[-1]
            if isinstance(holder, list):
                where = (*above, len(holder))
                holder.append(value)
            else:
                key = self.key[-1]
                if key is None:
                    raise self._refuse("text as a key", "a mapping or list", place)
                where = (*above, key)
                holder[key], self.key[-1] = value, None
        self.values[where] = place
        return where

    def _begin(self, holder: Any, place: Place) -> None:
        if len(self.open) >= _DEEPEST:
            raise self._refuse(f"at most {_DEEPEST} levels", "more", place)
        where = self._put(holder, place)
        self.open.append((where, holder))
        self.key.append(None)
