"""How is a source cited in full?  Entries of references.bib as sentences.

>>> cited("@article{a_2020, author = {Doe, Jane and R{\\\\'i}o, A.}, title = {On {Ca}}, year = {2020}}")
{'a_2020': 'Doe, Jane; Río, A. (2020). On Ca.'}
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from calcis.parameters import data_path
from calcis.reading import read_text

_ENTRY = re.compile(r"@\w+\s*\{\s*([^\s,{}]+)\s*,")
_FIELD = re.compile(r"\s*(\w+)\s*=\s*")
_ACCENT = re.compile(r"\{?\\([`'^\"~=.cvuHrk])\s*\{?\\?([A-Za-z])\}?\}?")
_COMBINING = {
    "`": "\u0300",
    "'": "\u0301",
    "^": "\u0302",
    "~": "\u0303",
    "=": "\u0304",
    "u": "\u0306",
    ".": "\u0307",
    '"': "\u0308",
    "r": "\u030a",
    "H": "\u030b",
    "v": "\u030c",
    "c": "\u0327",
    "k": "\u0328",
}
_LETTERS = {
    r"\ss": "ß",
    r"\o": "ø",
    r"\O": "Ø",
    r"\ae": "æ",
    r"\AE": "Æ",
    r"\aa": "å",
    r"\l": "ł",
    r"\L": "Ł",
}


@cache
def references() -> dict[str, str]:
    """Key -> full reference, for every source that Calcis names."""
    return cited(read_text(data_path("references.bib")))


def in_full(source: str) -> str:
    """A number's source, "key: where", with the key's full reference in place of the key."""
    key, colon, place = source.partition(":")
    full = references().get(key.strip())
    if full is None:
        return source
    return f"{full} {place.strip()[:1].upper()}{place.strip()[1:]}." if colon and place.strip() else full


def cited(bibtex: str) -> dict[str, str]:
    """Key -> full reference, for the entries of BibTeX text."""
    found = {}
    for entry in _ENTRY.finditer(bibtex):
        found[entry[1]] = _sentence(_fields(bibtex, entry.end()))
    return found


def _fields(text: str, position: int) -> dict[str, str]:
    fields = {}
    while field := _FIELD.match(text, position):
        start = field.end()
        depth, position = 0, start
        while position < len(text) and (depth or text[position] not in ",}"):
            depth += {"{": 1, "}": -1}.get(text[position], 0)
            position += 1
        fields[field[1].lower()] = _plain(text[start:position])
        position += 1 if text[position : position + 1] == "," else 0
    return fields


def _plain(value: str) -> str:
    """Text without BibTeX's braces and accents."""
    value = _ACCENT.sub(lambda m: unicodedata.normalize("NFC", m[2] + _COMBINING[m[1]]), value)
    for code, letter in _LETTERS.items():
        value = re.sub(re.escape(code) + r"(?![A-Za-z])\s*", letter, value)
    value = re.sub(r"\\([&%_#$])", r"\1", value.strip().strip('"'))
    return " ".join(value.replace("{", "").replace("}", "").replace("--", "–").replace("~", " ").split())


def _sentence(fields: dict[str, str]) -> str:
    author = fields.get("author", "").replace(" and others", " et al.").replace(" and ", "; ")
    title = fields.get("title", "")
    year = f" ({fields['year']})" if "year" in fields else ""
    head, title = (author + year, title) if author else (title + year, "")
    place = fields.get("journal") or fields.get("booktitle") or fields.get("howpublished") or ""
    place = ", ".join(part for part in (place, fields.get("publisher"), fields.get("institution")) if part)
    if "volume" in fields:
        place += f" {fields['volume']}" + (f"({fields['number']})" if "number" in fields else "")
    if "pages" in fields:
        place += f":{fields['pages']}"
    link = f"https://doi.org/{fields['doi']}" if "doi" in fields else fields.get("url", "")
    parts = [head.strip(), title, place.strip(), fields.get("note", ""), link]
    return " ".join(part if part == link else part.rstrip(".") + "." for part in parts if part)
