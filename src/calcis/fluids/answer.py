"""What does `calcis saturation` do, from what was asked to what is told and written?"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from calcis.errors import InputError, nearest
from calcis.fluids.form import FIELDS
from calcis.fluids.reader import KINDS, ask
from calcis.fluids.solve import database_of, end_of, solve

if TYPE_CHECKING:
    from rich.console import Console


def answer(
    file: Path | None,
    options: Mapping[str, str],
    *,
    system: str,
    out: Path | None = None,
    picture: Path | None = None,
    console: Console | None = None,
) -> tuple[dict[str, Any] | None, bool]:
    """Compute fluids and tell of them at a console, without one as JSON; and whether anything failed.

    `options` are those of the command line by name: what is in the fluid, `fluid`, `database` and
    `solubility`.  What cannot be written is refused before anything is computed.
    """
    kind, base, end = options["fluid"], options["database"], options["solubility"]
    if kind not in KINDS:
        raise InputError(f"--fluid: one of {', '.join(KINDS)}", repr(kind), nearest=nearest(kind, KINDS))
    database_of(base)
    end_of(end)
    _may_write(out, picture)
    asked = ask(file, {name: text for name, text in options.items() if name in FIELDS}, kind)
    found = solve(asked.fluids, base, end)
    if out is not None:
        from calcis.fluids.output import write_csv

        write_csv(found, out, system)
    if picture is not None:
        from calcis.fluids.page import write

        write(found, picture, system, asked.wrong)
    failed = bool(found.reasons or asked.wrong)
    if console is None:
        from calcis.fluids.output import as_json

        files = {name: str(path) for name, path in (("out", out), ("picture", picture)) if path is not None}
        return {**files, **as_json(found, asked.wrong, asked.unused)}, failed
    from calcis.fluids.terminal import show

    show(found, console, system, asked.wrong, asked.unused)
    for path in (out, picture):
        if path is not None:
            console.print(f"Wrote {path}", markup=False)
    return None, failed


def _may_write(out: Path | None, picture: Path | None) -> None:
    if out is not None and out.exists():
        raise InputError("a new file; name another with --out", "one that is there already").at(out)
    if picture is not None and picture.suffix not in (".html", ".htm"):
        raise InputError("a name that ends in .html, for a page", repr(picture.name)).at(picture)
