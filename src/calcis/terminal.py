"""What does a person, or a program, read at the terminal?  Short tables in words and units, or JSON."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from calcis.case.block import block_words
from calcis.laboratory import Laboratory, laboratory, laboratory_json
from calcis.report.comparison import outcomes
from calcis.report.fluxes import changes
from calcis.report.matching import Matching, Row, matching, matching_json
from calcis.report.organ_table import OrganTable, organ_table
from calcis.report.summary import Fact, key_facts, sentences, titled, whatever_is_done
from calcis.wording import digits, moment, span

if TYPE_CHECKING:
    from calcis.case import Case
    from calcis.explain import Explanation
    from calcis.parameters import Parameter
    from calcis.results.store import Arm, Finding, Run, Series

_ORGANS = 6  # rows of organs that are shown
_SEEN = ("microscope", "mouse X-ray", "CT")
_MARKS = {"info": "  ", "warning": "[yellow] ![/]", "urgent": "[red]!![/]"}
_CAUTION = "Research and education, not medical advice."


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[str, float], None]]:
    """Tells what is being done on a terminal; nothing where nobody watches."""
    console = Console(stderr=True)
    if quiet or not console.is_terminal:
        yield lambda stage, share: None
        return
    from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

    left = TimeRemainingColumn(elapsed_when_finished=True)
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), left, TextColumn("left"))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("preparing", total=1.0)

        def tell(stage: str, share: float) -> None:
            if share < bar.tasks[0].completed:  # what is left is told from the speed of this stage alone
                bar.reset(task)
            bar.update(task, description=stage, completed=share)

        yield tell


def show_case(case: Case, file: Path) -> None:
    """What a case would simulate."""
    console = answers()
    console.print(f"[bold]{escape(str(file))}[/] is right: {escape(case.title)}")
    console.print(f"body {case.body}, {span(case.run.duration)}, written every {span(case.run.every)}")
    if case.plasma_words:
        console.print(escape(case.plasma_words))
    for disease in case.diseases:
        what = "; ".join(change.words for change in disease.changes)
        console.print(f"{escape(disease.title)}: {escape(what)}")
    if case.lesion is not None:
        injury = case.lesion.injury
        what = f"{injury.name}, {injury.shape.volume:.3g} mm³" if injury else "no injury"
        console.print(f"lesion in {case.lesion.tissue}: {what}")
        if case.lesion.grid is not None:
            console.print(block_words(case.lesion))
    labs = laboratory(case.text)
    if labs is not None:
        console.print(escape(labs.line))
    hard = {name: arm.hard_findings() for name, arm in case.arms.items()}
    states = dict.fromkeys(one for found in hard.values() for one in found if one.drug is None)
    for state in states:
        console.print(f"{_MARKS[state.level]} {escape(state.text)}")
    for name, arm in case.arms.items():
        console.print(f"arm [bold]{escape(name)}[/]: {escape('; '.join(arm.words)) or 'nothing is done'}")
        for one in hard[name]:
            if one not in states:
                console.print(f"  {_MARKS[one.level]} {escape(one.text)}")
        for finding in arm.findings:
            console.print(f"  {_MARKS['warning']} {escape(finding)}")


def case_json(case: Case) -> dict[str, Any]:
    """A case as JSON: what would be simulated."""
    arms = {
        name: {
            "words": list(arm.words),
            "hard_findings": [vars(one) for one in arm.hard_findings()],
            "findings": list(arm.findings),
        }
        for name, arm in case.arms.items()
    }
    diseases = {disease.name: [change.words for change in disease.changes] for disease in case.diseases}
    labs = laboratory_json(laboratory(case.text))
    return {"title": case.title, "body": case.body, "diseases": diseases, "labs": labs, "arms": arms}


def show_run(run: Run, system: str) -> None:
    """The answer: for each arm its findings and key values; what to mind, what was assumed, where it is."""
    console = answers()
    console.print(f"\n[bold]{escape(titled(run))}[/]")
    if len(outcomes(run)) > 1:
        console.print(_compared(run))
    shared = whatever_is_done(run)
    for one in shared:
        console.print(f"{_MARKS[one.level]} {escape(one.text)}")
    for arm in run.arms.values():
        _show_arm(console, run, arm, system, shared)
    _show_organs(console, organ_table(run))
    _show_labs(console, laboratory(run.case_text, system, found=run.individual is not None))
    _show_individual(console, matching(run, system))
    console.print()
    for line in (*run.limits, *_assumed(run), *_borrowed(run)):
        console.print(escape(line))
    if run.folder is not None:
        console.print(f"Report: [bold]{escape(str(run.folder / 'report.html'))}[/]")
    console.print(f"[dim]{_CAUTION}[/]")


def _show_arm(console: Console, run: Run, arm: Arm, system: str, shared: tuple[Finding, ...]) -> None:
    console.print(f"\n[bold]{escape(arm.name)}[/]  [dim]{escape('; '.join(arm.treatment))}[/]")
    facts, several = arm.lesion_facts, len(outcomes(run)) > 1  # then a table has said part of it
    known = facts.get("headline") if several else None
    own = (finding for finding in arm.findings if finding.text != known and finding not in shared)
    said = [(finding.level, finding.text) for finding in own]
    if arm.failure and arm.failure not in (text for _, text in said):
        said.insert(0, ("urgent", arm.failure))
    seen = [facts["seen"]] if facts.get("seen") and not several else []
    calm = [*facts.get("brief", ()), *seen, *sentences(run, arm, system, outside=False)]
    for level, text in [*said, *(("info", text) for text in calm)]:
        mark, line = _MARKS.get(level, "  "), Table.grid(padding=(0, 1))
        line.add_column(width=2)
        line.add_column()
        line.add_row(mark, escape(text))
        console.print(line)
    table = Table(box=None, padding=(0, 2, 0, 1), header_style="dim")
    for heading in ("", "start → end", "lowest", "highest", "reference range" if run.ranged else ""):
        table.add_column(heading)
    for one in key_facts(run, arm, system):
        if not one.moves and not one.outside:
            continue
        ends = f"{digits(one.range[0])} to {digits(one.range[1])}" if one.range else ""
        table.add_row(
            f"  {one.quantity.title} [dim]{escape(one.unit)}[/]",
            one.change,
            _extreme(one, one.lowest, one.lowest_at),
            _extreme(one, one.highest, one.highest_at),
            ends + (f" [yellow]{one.outside}[/]" if one.outside else ""),
        )
    if table.row_count:
        console.print(table)
    for text in changes(run, arm, system):
        console.print(f"  {escape(text)}")


def _show_organs(console: Console, found: OrganTable | None) -> None:
    """Which organs calcify, or come nearest to it; the first few."""
    if found is None:
        return
    console.print("\n[bold]Organs[/]")
    if not any(cell.calcified or cell.near for row in found.rows for cell in row.cells):
        for arm, text in found.said:
            console.print(f"  {escape(f'{arm}: {text}' if len(found.said) > 1 else text)}")
        return
    table = Table(box=None, padding=(0, 2, 0, 1), header_style="dim")
    for heading in ("nearest to mineral", *(found.arms if len(found.arms) > 1 else ("",)), "at pH 7.4"):
        table.add_column(escape(heading))
    for row in found.rows[:_ORGANS]:
        cells = [f"[yellow]{escape(one.text)}[/]" if one.calcified else escape(one.text) for one in row.cells]
        table.add_row(f"  {escape(row.title)}", *cells, row.at_neutral)
    console.print(table)
    if len(found.rows) > _ORGANS:
        console.print(f"  [dim]{len(found.rows) - _ORGANS} more in the report[/]")
    for note in found.notes:
        console.print(f"  {escape(note)}")


def _show_labs(console: Console, labs: Laboratory | None) -> None:
    """What was measured in the person, what follows from it, what to mind, and what the run makes of it."""
    if labs is None:
        return
    console.print("\n[bold]Labs of this person[/]")
    table = Table(box=None, padding=(0, 2, 0, 1), header_style="dim")
    for heading in ("", "value", "reference range", ""):
        table.add_column(heading)
    for row in (*labs.measured, *labs.derived):
        says = row.says or row.outside
        table.add_row(f"  {row.title} [dim]{row.unit}[/]", row.value, row.ends, f"[yellow]{escape(says)}[/]")
    console.print(table)
    for remark in labs.remarks:
        console.print(f"{_MARKS.get(remark.level, '  ')} {escape(remark.text)}")
    console.print(f"{_MARKS['info' if labs.used else 'warning']} {escape(labs.simulated)}")


def _show_individual(console: Console, found: Matching | None) -> None:
    """The person who was found for the labs: what is different, how well it fits, what else it could be."""
    if found is None:
        return
    console.print("\n[bold]The person found for these labs[/]")
    for text in (*found.changes, found.lived):
        console.print(f"  {escape(text)}")
    table = Table(box=None, padding=(0, 2, 0, 1), header_style="dim")
    for heading in ("", "measured", "± 1 sd", "simulated", "± 1 sd", "off by sd"):
        table.add_column(heading)
    for row in found.rows:
        off = f"{row.off} [yellow]{row.verdict}[/]" if row.verdict else row.off
        table.add_row(_quantity(row), row.measured, row.measured_ends, row.simulated, row.simulated_ends, off)
    for row in found.unseen:
        table.add_row(_quantity(row), "", "", row.simulated, row.simulated_ends, "")
    console.print(table)
    for remark in found.remarks:
        console.print(f"{_MARKS.get(remark.level, '  ')} {escape(remark.text)}")
    if found.others:
        console.print("  Explained nearly as well by:")
    for text in found.others:
        console.print(f"    {escape(text)}")


def _quantity(row: Row) -> str:
    return f"  {row.title} [dim]{row.unit}[/]"


def _compared(run: Run) -> Table:
    """What became of the lesion in each arm, a line each."""
    table = Table(box=None, padding=(0, 2, 0, 1), header_style="dim")
    for heading in ("", "outcome", "calcium at the end", "density", *_SEEN):
        table.add_column(heading)
    for one in outcomes(run):
        seen = [one.stainable_at, one.radiographic_at, one.ct_at]
        verdict = f"[yellow]{one.verdict}[/]" if one.calcified else one.verdict
        days = ["[dim]never[/]" if at is None else moment(at, run.every) for at in seen]
        table.add_row(escape(one.arm), verdict, one.amount, f"{one.radiodensity:.0f} HU", *days)
    for arm in run.arms.values():
        if arm.failure:
            table.add_row(escape(arm.name), "[red]failed[/]")
    return table


def _extreme(one: Fact, value: float, when: float) -> str:
    """An extreme value and its time, where it is not the start or the end."""
    if one.read(value) in (one.read(one.start), one.read(one.end)):
        return ""
    return f"{one.read(value)} [dim]{moment(when)}[/]"


def _assumed(run: Run) -> Iterator[str]:
    """How many numbers nobody measured, and in which parts most of them are."""
    parts: dict[str, int] = {}
    for parameter in run.assumed:
        part = parameter.name.partition(".")[0].replace("_", " ")
        parts[part] = parts.get(part, 0) + 1
    most = sorted(parts.items(), key=lambda item: -item[1])[:4]
    if most:
        where = ", ".join(f"{part} {count}" for part, count in most)
        yield f"Assumed: {len(run.assumed)} of {len(run.parameters)} numbers, most of them in {where}."


def _borrowed(run: Run) -> Iterator[str]:
    """How many numbers are those of other species, and of which."""
    species = {name: len(numbers) for name, numbers in run.borrowed.items()}
    if species:
        whose = ", ".join(f"{name} {count}" for name, count in species.items())
        yield f"Borrowed from other species: {sum(species.values())} numbers ({whose})."


def run_json(run: Run) -> dict[str, Any]:
    """A run as JSON; values that are not known are null."""
    return {
        "command": "run",
        "status": run.status,
        "folder": None if run.folder is None else str(run.folder),
        "labs": laboratory_json(laboratory(run.case_text, found=run.individual is not None)),
        "individual": matching_json(run),
        "arms": {name: _arm_json(arm) for name, arm in run.arms.items()},
        "assumed": [_number_json(parameter) for parameter in run.assumed],
        "species": run.species,
        "borrowed": {species: [one.name for one in numbers] for species, numbers in run.borrowed.items()},
    }


def _arm_json(arm: Arm) -> dict[str, Any]:
    time = {"unit": "h", "values": _numbers(arm.time.tolist())}
    lesion = None
    if arm.lesion_series is not None:
        lesion = {**dict(arm.lesion_facts), "series": {"time": time, **_courses(arm.lesion_series)}}
    return {
        "series": {"time": time, **_courses(arm.body_series)},
        "lesion": lesion,
        "space": {"time": {"unit": "h", "values": _numbers(arm.space_time.tolist())}, **_courses(arm.space)}
        if arm.space
        else None,
        "organs": _organs_json(arm),
        "findings": [vars(finding) for finding in arm.findings],
        "ledger": {name: value if math.isfinite(value) else None for name, value in arm.ledger.items()},
        "doses": [vars(dose) for dose in arm.doses],
        "failure": arm.failure,
    }


def _organs_json(arm: Arm) -> dict[str, Any] | None:
    """The organ map: facts and courses of each place, and the ranking."""
    found = arm.organ_map
    if found is None:
        return None
    facts = dict(arm.organ_facts)
    places = {}
    for k, name in enumerate(found.places):
        series = {
            what: {"unit": one.unit, "values": _numbers(one.values[k].tolist())}
            for what, one in found.series.items()
        }
        places[name] = {**facts.get("places", {}).get(name, {}), "series": series}
    time = {"unit": "h", "values": _numbers(found.time.tolist())}
    return {**facts, "time": time, "places": places}


def _courses(courses: Mapping[str, Series]) -> dict[str, Any]:
    return {
        name: {"unit": one.unit, "values": _numbers(one.values.tolist())} for name, one in courses.items()
    }


def _numbers(values: list[float]) -> list[float | None]:
    return [value if math.isfinite(value) else None for value in values]


def _number_json(parameter: Parameter) -> dict[str, Any]:
    names = ("name", "value", "unit", "source", "species", "note")
    return {name: getattr(parameter, name) for name in names}


def show_explanations(found: list[Explanation]) -> None:
    """What a name means, a block for each meaning."""
    console = answers()
    for one in found:
        console.print(f"[bold]{escape(one.name)}[/]  [dim]{one.sort}[/]")
        table = Table(box=None, show_header=False, padding=(0, 2, 0, 2))
        table.add_column(style="dim", no_wrap=True)
        table.add_column(overflow="fold")
        for label, fact in one.facts.items():
            table.add_row(label, escape(_fact(fact)))
        console.print(table)


def _fact(fact: Any) -> str:
    if isinstance(fact, Mapping):
        return "\n".join(f"{key}: {value}" for key, value in fact.items())
    if isinstance(fact, list):
        return "\n".join(str(value) for value in fact)
    return f"{fact:g}" if isinstance(fact, float) else str(fact)


def answers() -> Console:
    """The console for answers; a file or a pipe gets lines of a readable width."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = 110
    return console
