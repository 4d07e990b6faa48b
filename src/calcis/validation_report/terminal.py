"""What does a person read at the terminal after a validation?  Counts, what fails, and where the page is."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from calcis.study.validation import Validation
from calcis.study.verdict import Verdict
from calcis.validation_report.words import rows, simulated, verdict_word, wanted

_FEW = 40  # comparisons that are shown one by one; of more only what fails


def show(validation: Validation, page: Path, console: Console) -> None:
    """The answer: how much passed, predicted apart from fitted, and what did not."""
    experiments = {(one.experiment.group, one.experiment.name) for one in validation.verdicts}
    console.print(f"\n[bold]{len(experiments)} experiments, {len(validation.verdicts)} comparisons[/]")
    table = Table(box=None, padding=(0, 2, 0, 1), header_style="dim")
    table.add_column("")
    for heading in ("passed", "failed, as known", "not as said"):
        table.add_column(heading, justify="right")
    for row in rows(validation):
        odd = f"[red]{row['surprises']}[/]" if row["surprises"] else "0"
        table.add_row(row["title"], str(row["passed"]), str(row["declared"]), odd)
    console.print(table)
    if len(validation.verdicts) <= _FEW:
        console.print()
        console.print(_table(validation.verdicts))
    else:
        _told(console, "Known to fail", [one for one in validation.verdicts if one.fails_as_known])
        _told(console, "[red]Not as said[/]", validation.surprises)
    console.print(f"\nReport: [bold]{escape(str(page))}[/]")


def _told(console: Console, title: str, some: Iterable[Verdict]) -> None:
    found = list(some)
    if found:
        console.print(f"\n[bold]{title}[/]")
        console.print(_table(found))


def _table(some: Iterable[Verdict]) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 1), header_style="dim")
    table.add_column("", ratio=3)
    for heading in ("simulated", "observed", ""):
        table.add_column(heading, no_wrap=heading == "simulated")
    for one in some:
        style = "red" if not one.as_expected else "yellow" if not one.passed else "dim"
        reason = one.failure or one.fails
        what = escape(one.name) + (f"\n  [dim]{escape(reason)}[/]" if reason else "")
        table.add_row(what, escape(simulated(one)), escape(wanted(one)), f"[{style}]{verdict_word(one)}[/]")
    return table
