"""What does a reader of a comparison see at the terminal?"""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from calcis.compare.compare import Compared, Comparison
from calcis.compare.criteria import criterion
from calcis.compare.evidence import Support
from calcis.compare.in_space import sentences
from calcis.compare.words import (
    LIMITS,
    columns,
    in_a_sentence,
    persons_words,
    rank_words,
    rows,
    told_at,
    use_words,
)
from calcis.wording import per_cent, span

_MARKS = {"info": "  ", "warning": "[yellow] ![/]", "urgent": "[red]!![/]"}


def show(found: Comparison, page: Path | None, console: Console, system: str) -> None:
    """The answer, the table of arms, what must be known of each, and what it rests on."""
    goal = found.case.goal
    console.print(f"\n[bold]{escape(found.case.title or found.case.file)}[/]")
    for state in found.states:
        console.print(f"{_MARKS[state.level]} {escape(state.text)}")
    if goal is not None:
        console.print(f"Goal: {escape(goal.words)}")
    if found.kind:
        console.print(f"Arms were added for this kind: {escape(found.kind)}.")
    console.print(f"[bold]{escape(in_a_sentence(found))}[/]\n")
    _table(console, found, system)
    for one in found.arms.values():
        _arm(console, found, one)
    for name, why in found.not_simulated.items():
        console.print(f"\n[bold]{escape(name)}[/]  [dim]not simulated[/]\n  {escape(why)}")
    console.print()
    console.print(escape(persons_words(found)))
    if goal is not None:
        console.print(escape(criterion()))
    console.print(escape(LIMITS))
    console.print(f"Assumed: {len(found.assumed)} of the numbers used; what differs among people mostly is.")
    if page is not None:
        console.print(f"Page: [bold]{escape(str(page))}[/]")
    console.print("[dim]Research and education, not medical advice.[/]")


def _table(console: Console, found: Comparison, system: str) -> None:
    shown = columns(found, system)
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim")
    ranked, listed = found.case.goal is not None, list(rows(found, shown))
    if ranked:
        table.add_column("rank", min_width=max(len(row.rank) for row in listed))
    table.add_column("arm")
    if ranked:
        table.add_column("reach it (95 %)")
    for column in shown:
        table.add_column(escape(f"{column.title} {column.unit}".strip()))
    table.add_column("evidence")
    for row in listed:
        marks = [f"[red]{row.rank}[/]" if row.rank == "contraindicated" else row.rank] if ranked else []
        chance = [row.chance] if ranked else []
        table.add_row(*marks, escape(row.name), *chance, *row.cells, escape(row.evidence))
    console.print(table)
    at = span(told_at(found))
    console.print(f"[dim]Medians and, in brackets, where nine in ten persons are, at {at}.[/]")


def _arm(console: Console, found: Comparison, one: Compared) -> None:
    said = [(finding.level, finding.text) for finding in one.findings]
    said += [("warning", remark) for remark in one.remarks]
    if one.failed:
        said.insert(0, ("urgent", f"{one.failed} of {found.persons} persons failed: {one.failure}"))
    said += [
        ("warning", f"Not there at the start: {harm.title} in {per_cent(harm.share)} of persons")
        for harm in one.harms
        if harm.share > 0.005
    ]
    said += [
        ("info", f"{known.level}{_use(known)}: {known.says} [{known.source}]" if known.source else known.says)
        for known in one.evidence
    ]
    if found.first is not None:
        said += sentences(found.first[one.name])
    words = "; ".join(one.words) or "nothing is done"
    rank = rank_words(found, one)
    mark = "  [red]contraindicated, not ranked[/]" if rank == "contraindicated" else ""
    console.print(f"\n[bold]{escape(one.name)}[/]  [dim]{escape(words)}[/]{mark}")
    if one.generated:
        console.print(f"   {escape(one.generated)}")
    if one.alike:
        console.print(f"   Not distinguishable from {escape(', '.join(one.alike))}.")
    for level, text in said:
        line = Table.grid(padding=(0, 1))
        line.add_column(width=2)
        line.add_column()
        line.add_row(_MARKS.get(level, "  "), escape(text))
        console.print(line)


def _use(known: Support) -> str:
    words = use_words(known)
    return f" ({words})" if words else ""
