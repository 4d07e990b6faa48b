"""How does Calcis refuse bad input?  With where, what was expected, what came, the nearest name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path


@dataclass(eq=False)
class InputError(Exception):
    """Input that cannot be used; the command line prints it and leaves with exit status 2.

    `line` and `column` count from 1; None where the input is not a file's text.
    """

    expected: str
    got: str
    file: str | None = None
    line: int | None = None
    column: int | None = None
    nearest: str | None = None

    def __str__(self) -> str:
        place = ":".join(str(part) for part in (self.file, self.line, self.column) if part is not None)
        text = f"{place}: " if place else ""
        text += f"expected {self.expected}, got {self.got}"
        return text + (f"; did you mean {self.nearest}?" if self.nearest else "")

    def at(self, file: str | Path, line: int | None = None, column: int | None = None) -> InputError:
        """The same complaint with its place, for checks that do not know where a value stood."""
        return replace(self, file=str(file), line=line, column=column)


def nearest(name: str, valid: Iterable[str], least: float = 0.5) -> str | None:
    """The valid name most like `name`, or None if none is close; one of the same words comes first.

    `least` is the likeness (0..1) from which on a name is close.

    >>> nearest("ionised_calcium", ["calcium", "calcium_ionised"])
    'calcium_ionised'
    """
    import difflib  # takes longer to import than most commands need it

    names = list(valid)
    lowered = {candidate.lower(): candidate for candidate in names}
    words = sorted(name.lower().split("_"))
    same = [candidate for low, candidate in lowered.items() if sorted(low.split("_")) == words]
    if same:
        return same[0]
    found = difflib.get_close_matches(name.lower(), list(lowered), n=1, cutoff=least)
    return lowered[found[0]] if found else None
