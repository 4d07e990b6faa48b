"""How does a command turn bad input, an interruption, or an answer into words, JSON and an exit status?"""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from calcis import __version__
from calcis.errors import InputError

BAD_INPUT, FAILED, INTERRUPTED = 2, 3, 130


class Units(StrEnum):
    """Units shown to the reader."""

    SI = "si"
    US = "us"


UnitsShown = Annotated[Units, typer.Option(help="Units shown: international, or customary in the US.")]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")]


@contextmanager
def told(command: str, json: bool, folder: Path | None = None, again: str = "") -> Iterator[None]:
    """Turn bad input, warnings and an interruption into words and an exit status."""
    warnings.formatwarning = lambda message, *_, **__: f"calcis: {message}\n"
    try:
        yield
    except InputError as wrong:
        refuse(wrong, json)
        raise typer.Exit(BAD_INPUT) from None
    except KeyboardInterrupt:
        if json:
            where = {"folder": str(folder)} if folder else {}
            print_json({"command": command, "status": "interrupted", **where})
        else:
            typer.echo("Interrupted.", err=True)
        if folder is not None:
            typer.echo(_kept(folder, again), err=True)
        raise typer.Exit(INTERRUPTED) from None


def _kept(folder: Path, again: str) -> str:
    """What is left of an interrupted run, and how to go on."""
    from calcis.results.run_folder import CHECKPOINT

    if (folder / CHECKPOINT).exists() or any(folder.glob("batch_*.npz")):
        return f"What is done so far is kept in {folder}. Go on with: {again}"
    return "Nothing was done yet that could be kept."


def refuse(wrong: InputError, json: bool) -> None:
    """Say what is wrong with the input, on stderr or as JSON."""
    names = ("file", "line", "column", "expected", "got", "nearest")
    if json:
        print_json({"error": {name: getattr(wrong, name) for name in names}})
    else:
        typer.echo(f"calcis: {wrong}", err=True)


def print_json(content: dict[str, Any]) -> None:
    """Print an answer as the one JSON object of a command."""
    import json

    head = {} if "error" in content else {"calcis": __version__}
    typer.echo(json.dumps({**head, **content}, ensure_ascii=False, allow_nan=False))
