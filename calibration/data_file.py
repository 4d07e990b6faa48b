"""How are fitted numbers written into a data file, and nothing else in it touched?"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from calcis.errors import InputError
from calcis.reading import parse_yaml

# What a note said of how its number was fitted; what stands behind it stays.
_STALE = re.compile(r"^(fitted by hand|by hand|one standard deviation:)[^;]*(; )?")
_PIECES = re.compile(r"""(?:"[^"]*"|'[^']*'|\[[^\]]*\]|\{(?:"[^"]*"|[^{}"])*\}|[^,"'\[\]{}])+""")


@dataclass(frozen=True)
class Fitted:
    """A fitted number in the unit of its file, with the digits it is to have, and what is known of it."""

    value: str
    script: str
    source: str
    deviation: str  # from where to where one standard deviation reaches; empty where the fit is not to data


def rewritten(text: str, file: str, numbers: Mapping[str, Fitted]) -> str:
    """The text of a data file with the fitted `numbers` (by dotted name) in place of what they were.

    Raises InputError, with place, for a number that does not stand in braces, `name: {value: ...}`.
    """
    document = parse_yaml(text, file)
    begins = [0]
    for line in text.split("\n"):
        begins.append(begins[-1] + len(line) + 1)
    edits = []
    for dotted, fitted in numbers.items():
        place = document.values[("parts", *dotted.split("."))]
        begin = begins[place.line - 1] + place.column - 1
        if text[begin] != "{":
            raise InputError("a number in braces", f"{dotted} without", file, place.line, place.column)
        end = _closing(text, begin)
        edits.append((begin + 1, end, _entry(text[begin + 1 : end], fitted)))
    for begin, end, entry in sorted(edits, reverse=True):
        text = text[:begin] + entry + text[end:]
    return text


def _closing(text: str, begin: int) -> int:
    """Where the brace that opens at `begin` is closed."""
    quote, inside = "", 0
    for k in range(begin + 1, len(text)):
        if quote:
            quote = "" if text[k] == quote else quote
        elif text[k] in "\"'":
            quote = text[k]
        elif text[k] == "{":
            inside += 1
        elif text[k] == "}" and inside:
            inside -= 1
        elif text[k] == "}":
            return k
    raise AssertionError("it was parsed before")


def _entry(inside: str, fitted: Fitted) -> str:
    """The keys of an entry as they stood, with new values, the script behind `kind`, a note at the end."""
    entries = {}
    for piece in _PIECES.findall(inside):
        key, _, value = piece.partition(":")
        entries[key.strip()] = (piece[: len(piece) - len(piece.lstrip())], value.strip())
    gap, note = entries.pop("note", ("\n      ", '""'))
    entries.pop("script", None)
    rest = _STALE.sub("", note[1:-1])
    told = f"one standard deviation: {fitted.deviation}" if fitted.deviation else ""
    said = "; ".join(words for words in (told, rest) if words)
    entries["value"] = (entries["value"][0], fitted.value)
    entries["source"] = (entries["source"][0], f'"{fitted.source}"')
    found = []
    for key, (space, value) in entries.items():
        if key == "kind":
            found += [f"{space}kind: fitted", f"{space}script: {fitted.script}"]
        else:
            found.append(f"{space}{key}: {value}")
    return ",".join([*found, f'{gap}note: "{said}"'])
