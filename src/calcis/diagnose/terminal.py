"""What does a person read at the terminal after `calcis diagnose`?"""

from __future__ import annotations

from pathlib import Path

from rich.console import Console, Group, RenderableType
from rich.markup import escape
from rich.padding import Padding
from rich.table import Table

from calcis.diagnose.answer import Answer
from calcis.diagnose.further import further
from calcis.diagnose.kinds import Kinded
from calcis.diagnose.words import (
    CAUTION,
    LEAST,
    MOST,
    WITH_CAUSES,
    because,
    beneath,
    in_a_sentence,
    next_words,
    ratio,
    remarks,
    rough,
    share,
    why_kind,
)
from calcis.laboratory import laboratory
from calcis.wording import digits

_MARKS = {"info": "  ", "warning": "[yellow] ![/]", "urgent": "[red]!![/]"}


def show(answer: Answer, system: str, console: Console, page: Path | None = None) -> None:
    """What must be known first, labs, candidates with reasons, what to measure next, and what to mind."""
    for state in answer.states:
        console.print(f"{_MARKS[state.level]} {escape(state.text)}")
    labs = laboratory(answer.asked.case.text, system)
    if labs is not None:
        console.print()
        table = Table(box=None, padding=(0, 2, 0, 1), header_style="dim")
        for heading in ("labs", "value", "reference range", ""):
            table.add_column(heading)
        for row in (*labs.measured, *labs.derived):
            says = row.says or row.outside
            unit = f" [dim]{escape(row.unit)}[/]" if row.unit else ""
            table.add_row(f"  {row.title}{unit}", row.value, row.ends, f"[yellow]{escape(says)}[/]")
        for name, value in answer.asked.further.items():
            one = further()[name]
            unit = f" [dim]{escape(one.unit)}[/]" if one.unit != "1" else ""
            table.add_row(f"  {escape(one.title)}{unit}", digits(value), "", "")
        console.print(table)
    console.print(f"\n[bold]Which disease?[/]  [dim]{escape(answer.found.setting.title)}[/]")
    warnings = [text for level, text in remarks(answer) if level == "warning"]
    for text in warnings:
        console.print(f"{_MARKS['warning']} {escape(text)}")
    console.print(f"[bold]{escape(in_a_sentence(answer))}[/]\n")
    console.print(_candidates(answer))
    if answer.kinds is not None:
        _show_kinds(answer.kinds, console)
    told = next_words(answer)
    if told:
        console.print("\n[bold]What to measure next[/]  [dim]bits that it is expected to tell[/]")
        console.print(f"   {escape('; '.join(told))}")
    console.print()
    for level, text in remarks(answer):
        if level != "warning":
            console.print(f"{_MARKS[level]} {escape(text)}")
    if page is not None:
        console.print(f"\nPage: {escape(str(page))}", soft_wrap=True)
    console.print(f"[dim]{CAUTION}[/]")


def _show_kinds(found: Kinded, console: Console) -> None:
    """The kinds of the calcification, with what lies beneath each."""
    where = [one.title for one in (found.site, found.pattern) if one is not None]
    console.print(f"\n[bold]Which kind of calcification?[/]  [dim]{escape('; '.join(where))}[/]")
    table = Table(box=None, padding=(0, 2, 0, 1), header_style="dim")
    table.add_column("")
    for heading in ("by blood alone", "after"):
        table.add_column(heading, justify="right", no_wrap=True)
    for one in found.found:
        said: list[RenderableType] = [f"  {escape(one.kind.title)}: {escape(one.kind.says)}"]
        why = why_kind(one, found.supersaturated)
        if why and (one.after >= WITH_CAUSES or one.by_blood >= WITH_CAUSES):
            said.append(Padding(f"[dim]{escape(why)}[/]", (0, 0, 0, 4)))
        if one.after >= WITH_CAUSES:
            said.append(Padding(f"[dim]{escape(beneath(one))}[/]", (0, 0, 0, 4)))
        table.add_row(Group(*said), rough(one.by_blood), f"[bold]{rough(one.after)}[/]")
    console.print(table)
    console.print(f"   Blood is supersaturated beyond that of healthy persons: {rough(found.supersaturated)}")


def _candidates(answer: Answer) -> Table:
    table = Table(box=None, padding=(0, 2, 0, 1), header_style="dim")
    table.add_column("")
    for heading in ("before labs", "odds", "after"):
        table.add_column(heading, justify="right", no_wrap=True)
    told = [one for one in answer.found.candidates[:MOST] if one.after >= LEAST]
    for one in told:
        why = because(answer, one.hypothesis)
        said: list[RenderableType] = [f"  {escape(one.hypothesis.title)}"]
        if why:
            said.append(Padding(f"[dim]{escape(why)}[/]", (0, 0, 0, 4)))
        table.add_row(Group(*said), share(one.before), ratio(one.ratio), f"[bold]{share(one.after)}[/]")
    rest = [one for one in answer.found.candidates if one not in told]
    if rest:
        before, after = (sum(getattr(one, when) for one in rest) for when in ("before", "after"))
        table.add_row(f"  [dim]{len(rest)} others together[/]", share(before), "", share(after))
    return table
