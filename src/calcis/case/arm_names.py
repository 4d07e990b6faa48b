"""What may the arms of a case be called?"""

from __future__ import annotations

from collections.abc import Sequence

from calcis.reading import Document


def check_names(document: Document, names: Sequence[str]) -> None:
    """Names can be read, and no two arms have such that a reader takes for one.  Raises InputError."""
    seen: dict[str, str] = {}
    for name in names:
        plain = " ".join(name.lower().replace("_", " ").split())
        if not plain or not name.isprintable():
            expected = "a name" if not plain else "a name on one line, of characters that can be read"
            raise document.error(("arms", name), expected, repr(name), key=True)
        if plain in seen:
            expected = f"a name unlike that of another arm, {seen[plain]!r}"
            raise document.error(("arms", name), expected, repr(name), key=True)
        seen[plain] = name
