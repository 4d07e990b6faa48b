"""Which segmented image does a case name?  Its mask becomes part of the own text of the case."""

from __future__ import annotations

from pathlib import Path

from calcis.case.form import CaseForm
from calcis.case.included import enclosed
from calcis.errors import InputError, nearest
from calcis.reading import Document, Where, inside, shown
from calcis.space.mask import ENDINGS, Segment, as_text, from_text, read_segment

_WHERE: Where = ("lesion", "injury", "shape", "mask", "file")


def fill_mask(document: Document, form: CaseForm, text: str, folder: str | Path | None) -> str:
    """Fill the mask of the injury's shape, if it is one; the text of the case with it.

    Raises InputError, with place, for a file that is none, outside the folder of the case, or no mask.
    """
    injury = None if form.lesion is None else form.lesion.injury
    mask = None if injury is None else injury.shape.mask
    if mask is None:
        return text
    try:
        if isinstance(mask.file, dict):
            if len(mask.file) != 1:
                raise InputError("one file", f"{len(mask.file)}")
            [kept] = mask.file.values()
            mask.filled(from_text(kept))
            return text
        segment = _read(document, mask.file, mask.label, folder)
        mask.filled(segment)
        return enclosed(document, _WHERE, text, mask.file, as_text(segment))
    except InputError as wrong:
        if wrong.line is not None:
            raise
        raise document.error(_WHERE, wrong.expected, wrong.got, wrong.nearest) from None


def _read(document: Document, name: str, label: int | None, folder: str | Path | None) -> Segment:
    if folder is None:
        raise document.error(_WHERE, "no file names, as this case is in no folder", shown(name))
    path = inside(folder, name)
    if not path.is_file() and path.parent.is_dir():
        images = [other.name for other in path.parent.iterdir() if other.name.endswith(ENDINGS)]
        raise InputError("a file", f"none called {name!r}", nearest=nearest(path.name, images))
    return read_segment(path, label)
