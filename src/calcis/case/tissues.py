"""What is a tissue, and where is it in the body?  A set of changes; with a volume, a place in the organ map.

A tissue is one file, data/tissues/<name>.yaml, or an entry under `tissues:` of a case:

    title: Kidney (interstitium)
    like: pancreas                           # optional; the tissue whose numbers it has, but for those below
    volume: {value: 0.3 L, kind: assumed, source: "key: where", note: ...}   # of an adult: it is an organ
    sex: female                              # optional; only of them
    changes:                                 # as in calcis.changes; none: all numbers are those of muscle
      capillaries.perfusion: {value: 100, kind: assumed, source: "key: where"}

In the files of Calcis each number has a kind and a source; a case may give bare values.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from calcis.changes import Change, read_change, read_changes, require_sources
from calcis.errors import nearest
from calcis.parameters import Parameter, check_keys, read_data
from calcis.reading import Document, Where, shown
from calcis.units import UnitError, convert

SEXES = ("female", "male")
LARGEST = 200.0  # L, of an organ
_KEYS = ("title", "like", "volume", "sex", "changes")


@dataclass(frozen=True)
class Tissue:
    """A tissue: its changes, and its volume (L) in an adult where it is an organ."""

    name: str
    title: str
    changes: tuple[Change, ...]
    volume: Parameter | None = None
    sex: str | None = None

    def of(self, sex: str | None) -> bool:
        """Whether it is an organ of such a person."""
        return self.volume is not None and self.sex in (None, sex)


def read_tissue(path: str | Path, known: Mapping[str, Tissue] | None = None) -> Tissue:
    """The tissue of a data file of Calcis.  Raises InputError, with place, for each fault."""
    document = read_data(path)
    tissue = tissue_at(document, (), Path(path).stem, known or {})
    sourced = [change for change in tissue.changes if change.document is document]
    if tissue.volume is not None and "volume" in document.data:
        sourced.append(read_change(document, ("volume",), "volume", document.data["volume"]))
    require_sources(sourced)
    return tissue


def tissue_at(document: Document, where: Where, name: str, known: Mapping[str, Tissue]) -> Tissue:
    """The tissue at `where` of a document; `known` are those that it may be like."""
    check_keys(document, where, (), _KEYS)
    entry = document.at(where)
    title = entry.get("title") or name.replace("_", " ").capitalize()
    if not isinstance(title, str):
        raise document.error((*where, "title"), "text", shown(title))
    like = entry.get("like")
    if like is not None and like not in known:
        near = nearest(str(like), known)
        raise document.error((*where, "like"), f"a tissue: {', '.join(known)}", shown(like), near)
    model = None if like is None else known[like]
    sex = entry.get("sex", model.sex if model else None)
    if sex not in (None, *SEXES):
        raise document.error((*where, "sex"), " or ".join(SEXES), shown(sex))
    own = read_changes(document, (*where, "changes")) if "changes" in entry else ()
    mine = {change.name for change in own}  # dotted, or bare
    others = () if model is None else tuple(one for one in model.changes if mine.isdisjoint(_names(one)))
    volume = _volume(document, where, name, entry["volume"]) if "volume" in entry else None
    return Tissue(name, title, (*others, *own), volume, sex)


def _names(change: Change) -> tuple[str, str]:
    """What its number may be called."""
    return change.name, change.name.rpartition(".")[2]


def _volume(document: Document, where: Where, name: str, entry: Any) -> Parameter:
    place = (*where, "volume")
    change = read_change(document, place, "volume", entry)
    if change.value is None or change.unit is None:
        raise document.error(place, "a volume, such as 0.3 L", "a factor", key=True)
    try:
        litres = convert(change.value, change.unit, "L")
    except UnitError as wrong:
        raise change.refuse(wrong.expected, wrong.got, wrong.nearest) from None
    if not 0.0 < litres <= LARGEST:
        got = f"{change.value:g} {change.unit}"
        raise change.refuse(f"a volume above 0 and up to {LARGEST:g} L", got)
    return Parameter(
        name=f"{name}.volume",
        value=litres,
        unit="L",
        source=change.source or "",
        kind=change.kind or "given",
        species=change.species or "human",
        shown=(change.value, change.unit),
        note=change.note or "",
        file=document.file,
        line=document.keys.get(place, document.values[place]).line,
        changed_by=None if change.kind else change.by,
    )
