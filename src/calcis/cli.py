"""How is Calcis used from a terminal?  Each command reads, calls one function, and tells what came out.

Nothing heavy is imported before a command needs it.
"""

from __future__ import annotations

import shlex
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from calcis import __version__
from calcis.cli_diagnose import diagnose
from calcis.command import BAD_INPUT, FAILED, Json, Units, UnitsShown, print_json, refuse, told
from calcis.compare.command import compare
from calcis.errors import InputError

app = typer.Typer(
    name="calcis",
    help="How soft tissue calcifies, and what undoes it. Research and education, not medical advice.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


class Format(StrEnum):
    """What a run can be exported to."""

    CSV = "csv"
    SBML = "sbml"
    NIFTI = "nifti"
    VTK = "vtk"


CaseFile = Annotated[
    Path, typer.Argument(metavar="FILE", help="A case file (YAML), or the run.json of a run.")
]
Threads = Annotated[
    int | None, typer.Option(min=1, help="At most so many processor threads; the result is the same.")
]


@app.callback(invoke_without_command=True)
def _calcis(
    version: Annotated[bool, typer.Option("--version", help="Print the version and stop.")] = False,
) -> None:
    if version:
        typer.echo(f"calcis {__version__}")
        raise typer.Exit


@app.command()
def new(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The case file to write.")],
    template: Annotated[
        str, typer.Option(metavar="NAME", help="Which example to start from; a wrong name lists them.")
    ] = "insect_bite",
    json: Json = False,
) -> None:
    """Write a commented case file to start from."""
    with told("new", json):
        from calcis.case.templates import write_template

        write_template(file, template)
        if json:
            print_json({"command": "new", "status": "done", "file": str(file), "template": template})
        else:
            typer.echo(f"Wrote {file}. Check it with: calcis check {shlex.quote(str(file))}")


@app.command()
def check(file: CaseFile, json: Json = False) -> None:
    """Say whether a case is right, and what it would simulate."""
    with told("check", json):
        from calcis.case import read_case

        case = read_case(file)
        from calcis.terminal import case_json, show_case

        if json:
            print_json({"command": "check", "status": "done", "file": str(file), **case_json(case)})
        else:
            show_case(case, file)


@app.command()
def run(
    file: CaseFile,
    out: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Where to write (default: the name of FILE with .run, here)."),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on where a stopped run was; the result is the same.")
    ] = False,
    threads: Threads = None,
    units: UnitsShown = Units.SI,
    json: Json = False,
) -> None:
    """Simulate every arm of a case; write the run folder and its report.html."""
    from calcis.job import default_folder

    folder = out or default_folder(file)
    with told("run", json, folder=folder, again=_resumed()):
        from calcis.job import run as run_case
        from calcis.terminal import progress, run_json, show_run

        with progress(quiet=json) as watched:
            found = run_case(
                file,
                folder,
                resume=resume,
                threads=threads,
                units=units.value,
                command=_command(),
                progress=watched,
            )
        if json:
            print_json(run_json(found))
        else:
            show_run(found, units.value)
    if found.status == "failed":
        raise typer.Exit(FAILED)


@app.command()
def explain(
    name: Annotated[
        str | None,
        typer.Argument(
            help="A parameter, signal, state, part, drug, mineral, disease, tissue or body; none lists them."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Say what a name means: value, unit, source, kind, species, who gives it and who uses it."""
    with told("explain", json):
        from calcis.explain import Explanation, explainable
        from calcis.explain import explain as look_up

        if name is None and json:
            print_json({"command": "explain", "status": "done", "names": explainable()})
            return
        if name is None:
            names = {sort: ", ".join(known) for sort, known in explainable().items()}
            found = [Explanation("calcis explain NAME", "with a name such as", names)]
        else:
            found = look_up(name)
        if json:
            meanings = [{"name": one.name, "sort": one.sort, **one.facts} for one in found]
            print_json({"command": "explain", "status": "done", "meanings": meanings})
        else:
            from calcis.terminal import show_explanations

            show_explanations(found)


def _amount(help: str) -> Any:
    return typer.Option(
        metavar="VALUE", help=help, rich_help_panel="What is in the fluid, such as '9.4 mg/dL'"
    )


@app.command()
def saturation(
    context: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="FILE", help="YAML, or CSV with a fluid in each row (default: options alone)."
        ),
    ] = None,
    fluid: Annotated[
        str,
        typer.Option(
            help="plasma, in which what is not given is normal; or solution, in which it is absent."
        ),
    ] = "plasma",
    calcium: Annotated[str | None, _amount("Total calcium.")] = None,
    calcium_ionised: Annotated[str | None, _amount("Ionised calcium, as an electrode tells it.")] = None,
    albumin: Annotated[str | None, _amount("Albumin of plasma.")] = None,
    phosphate: Annotated[str | None, _amount("Inorganic phosphate, or phosphorus by mass.")] = None,
    magnesium: Annotated[str | None, _amount("Total magnesium.")] = None,
    sodium: Annotated[str | None, _amount("Sodium.")] = None,
    potassium: Annotated[str | None, _amount("Potassium.")] = None,
    ammonium: Annotated[str | None, _amount("Ammonium.")] = None,
    chloride: Annotated[str | None, _amount("Chloride.")] = None,
    bicarbonate: Annotated[
        str | None, _amount("As a chemistry laboratory tells it: with dissolved carbon dioxide.")
    ] = None,
    sulphate: Annotated[str | None, _amount("Sulphate.")] = None,
    citrate: Annotated[str | None, _amount("Citrate.")] = None,
    lactate: Annotated[str | None, _amount("Lactate.")] = None,
    oxalate: Annotated[str | None, _amount("Oxalate.")] = None,
    pyrophosphate: Annotated[str | None, _amount("Pyrophosphate.")] = None,
    ph: Annotated[str | None, _amount("pH; or two of pH, --pco2 and --bicarbonate make the third.")] = None,
    pco2: Annotated[str | None, _amount("Pressure of carbon dioxide.")] = None,
    charge: Annotated[str | None, _amount("Net charge of what is given, from which pH follows.")] = None,
    temperature: Annotated[str | None, _amount("Temperature, such as '37 °C'.")] = None,
    database: Annotated[str, typer.Option(help="Association constants: minteq or phreeqc.")] = "minteq",
    solubility: Annotated[
        str, typer.Option(help="Which end of the literature on solubility: lowest, middle or highest.")
    ] = "middle",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="A CSV file to write, a row for each fluid.")
    ] = None,
    picture: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="A page to write (.html), with phase diagrams; one there is replaced."
        ),
    ] = None,
    units: UnitsShown = Units.SI,
    json: Json = False,
) -> None:
    """Say what is dissolved in a fluid, with what it is supersaturated, and how near mineral is."""
    with told("saturation", json):
        from calcis.fluids.answer import answer

        console = None
        if not json:
            from calcis.terminal import answers

            console = answers()
        found, failed = answer(
            file,
            {name: value for name, value in context.params.items() if isinstance(value, str)},
            system=units.value,
            out=out,
            picture=picture,
            console=console,
        )
        if found is not None:
            print_json({"command": "saturation", "status": "failed" if failed else "done", **found})
    if failed:
        raise typer.Exit(FAILED)


app.command()(compare)
app.command()(diagnose)


@app.command()
def validate(
    name: Annotated[
        str | None,
        typer.Argument(
            help="Only those with this in their file, name or title; or a file of experiments (default: all)."
        ),
    ] = None,
    out: Annotated[
        Path, typer.Option(metavar="FILE", help="The page to write; one that is there is replaced.")
    ] = Path("validation.html"),
    threads: Threads = None,
    json: Json = False,
) -> None:
    """Rerun every published experiment; say what agrees and what does not."""
    with told("validate", json):
        from calcis.study.validation import choose
        from calcis.study.validation import validate as compare
        from calcis.terminal import progress

        with progress(quiet=json) as watched:
            found = compare(choose(name), progress=watched, threads=threads)
        from calcis.validation_report.page import write

        write(found, out)
        if json:
            from calcis.validation_report.words import as_json

            status = "done" if found.passed else "failed"
            head = {"command": "validate", "status": status, "report": str(out)}
            print_json({**head, "experiments": as_json(found)})
        else:
            from calcis.terminal import answers
            from calcis.validation_report.terminal import show

            show(found, out, answers())
    if not found.passed:
        raise typer.Exit(FAILED)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(metavar="RUN", help="A run folder.")],
    to: Annotated[
        Format, typer.Option(help="Courses (csv), a model (sbml), or a lesion in space (nifti, vtk).")
    ],
    arm: Annotated[
        str | None, typer.Option(metavar="NAME", help="One arm (default: all; SBML takes one).")
    ] = None,
    field: Annotated[
        str | None, typer.Option(metavar="NAME", help="One field (default: radiodensity; of vtk all).")
    ] = None,
    at: Annotated[
        str | None, typer.Option(metavar="TIME", help="The frame nearest to it, such as '30 d' (all).")
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="What to write (default: the name of RUN with another ending, here)."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Write a run in another format."""
    with told("export", json):
        from calcis.job import export as write

        files = [str(path) for path in write(folder, to.value, out, arm=arm, field=field, at=at)]
        if json:
            head = {"command": "export", "status": "done", "format": to.value}
            print_json({**head, "file": files[0], "files": files})
        else:
            typer.echo("\n".join(f"Wrote {file}" for file in files))


def main() -> None:
    """The `calcis` command."""
    if "--json" not in sys.argv[1:]:
        app()
        return
    try:
        status = app(standalone_mode=False)
    except Exception as wrong:
        message = getattr(wrong, "format_message", None)  # what typer raises for a wrong command line
        if message is None:
            raise
        refuse(InputError("a command line of calcis (see calcis --help)", message()), json=True)
        status = BAD_INPUT
    sys.exit(status if isinstance(status, int) else 0)


def _command() -> str:
    """The command line as it was given."""
    return shlex.join(["calcis", *sys.argv[1:]])


def _resumed() -> str:
    return _command() if "--resume" in sys.argv else f"{_command()} --resume"
