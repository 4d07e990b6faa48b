"""How is `calcis diagnose` used from a terminal?"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from calcis.command import Json, Units, UnitsShown, print_json, told


def diagnose(
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE",
            help="A case file (YAML) with labs, a table of labs (CSV), or a FHIR bundle (JSON).",
        ),
    ],
    setting: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Where the person is seen; a wrong name lists the settings."),
    ] = None,
    age: Annotated[
        str | None, typer.Option(metavar="AGE", help="Of the person of a table or bundle, such as '54 y'.")
    ] = None,
    sex: Annotated[str | None, typer.Option(metavar="SEX", help="The same: female or male.")] = None,
    site: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="Where a calcification is; a wrong name lists the sites."),
    ] = None,
    pattern: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="How it looks; a wrong name lists the patterns."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="DIR", help="Where to write the page (default: the name of FILE with .diagnose, here)."
        ),
    ] = None,
    units: UnitsShown = Units.SI,
    json: Json = False,
) -> None:
    """Say which diseases explain the labs of a case, how probable each is, and what to measure next."""
    with told("diagnose", json):
        from calcis.diagnose.answer import answer
        from calcis.diagnose.page import claimed, default_folder, write
        from calcis.diagnose.question import read_question
        from calcis.terminal import answers, progress

        given = {"setting": setting, "site": site, "pattern": pattern}
        asked = read_question(file, {name: value for name, value in given.items() if value}, age, sex)
        folder = claimed(out or default_folder(file))
        with progress(quiet=json) as watched:
            found = answer(asked, watched)
        page = write(found, folder, units.value)
        if json:
            from calcis.diagnose.output import as_json

            print_json(
                {
                    "command": "diagnose",
                    "status": "done",
                    "file": str(file),
                    "page": str(page),
                    **as_json(found),
                }
            )
        else:
            from calcis.diagnose.terminal import show

            show(found, units.value, answers(), page)
