"""What does `calcis compare` take from the command line, and what does it print?"""

from __future__ import annotations

import shlex
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from calcis.command import FAILED, print_json, told


class Units(StrEnum):
    """Units shown to the reader."""

    SI = "si"
    US = "us"


def compare(
    file: Annotated[
        Path, typer.Argument(metavar="FILE", help="A case file (YAML), or the run.json of a run.")
    ],
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where to write (default: the name of FILE with .compare, here)."),
    ] = None,
    persons: Annotated[int, typer.Option(min=2, max=10_000, help="How many persons are drawn.")] = 200,
    generate: Annotated[
        bool, typer.Option("--generate", help="Add arms that the kind of calcification and the labs suggest.")
    ] = False,
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on where a stopped comparison was; the result is the same."),
    ] = False,
    threads: Annotated[
        int | None, typer.Option(min=1, help="At most so many processors; the result is the same.")
    ] = None,
    units: Annotated[
        Units, typer.Option(help="Units shown: international, or customary in the US.")
    ] = Units.SI,
    json: Annotated[bool, typer.Option("--json", help="Print one JSON object and nothing else.")] = False,
) -> None:
    """Compare the arms of a case over many persons who all match it; rank them by the goal that it states."""
    from calcis.compare.job import compare_file, default_folder

    folder = out or default_folder(file)
    command = shlex.join(["calcis", *sys.argv[1:]])
    again = command if "--resume" in sys.argv else f"{command} --resume"
    with told("compare", json, folder=folder, again=again):
        from calcis.terminal import answers, progress

        with progress(quiet=json) as watched:
            found = compare_file(
                file,
                folder,
                persons=persons,
                generate=generate,
                resume=resume,
                processes=threads,
                units=units.value,
                command=command,
                progress=watched,
            )
        if json:
            from calcis.compare.words import as_json

            print_json(as_json(found, str(folder)))
        else:
            from calcis.compare.terminal import show

            show(found, folder / "compare.html", answers(), units.value)
    if found.status == "failed":
        raise typer.Exit(FAILED)
