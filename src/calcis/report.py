"""How does a run become one page that a clinician can read, print and check?

The answer first, then what was simulated, the courses, and every number with its source.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from calcis import __version__
from calcis.figures import Line, Panel, areas, curves, settled, swatch
from calcis.parameters import KINDS, Parameter, data_path
from calcis.quantities import Quantity, described, group_titles, pretty, quantities
from calcis.reading import parse_yaml
from calcis.references import references
from calcis.store import Arm, Floats, Run, Series
from calcis.summary import Fact, key_facts, sentences, told
from calcis.wording import digits, moment, span

_STYLES = 6  # arms that the stylesheet tells apart
_MOVED = 0.01  # a group of courses is drawn where one moves by more than this share of its size
_GIVEN = "Plasma or medium, as given"
_BODY, _ALWAYS = ("blood", "drugs", "kidney", "bone"), ("blood", "drugs")


def render(run: Run, system: str = "si") -> str:
    """The report of a run as one self-contained HTML page; `system` of units is `si` or `us`."""
    environment = Environment(
        loader=FileSystemLoader(data_path("report")),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    page = _Page(run, system)
    return environment.get_template("report.html.j2").render(
        run=run,
        version=__version__,
        about=_about(run),
        arms=[page.arm(index, arm) for index, arm in enumerate(run.arms.values())],
        values=page.values(),
        lesion=page.lesion(),
        groups=page.groups(),
        dosed=any(arm.doses for arm in run.arms.values()),
        assumed=[page.number(one) for one in run.parameters if one.kind == "assumed"],
        others=[page.number(one) for one in run.parameters if one.kind != "assumed"],
        borrowed=_borrowed(run),
        kinds={kind: KINDS.get(kind, "set by the case") for kind in _kinds(run)},
        ranges=page.ranges(),
        ledger=sorted({name for arm in run.arms.values() for name in arm.ledger}),
        digits=digits,
        references=page.references(),
    )


_Lesions = Mapping[str, Mapping[str, Series]]  # arm -> name -> course


@dataclass
class _Page:
    """Builds the pieces of one report, and numbers the references as they are first named."""

    run: Run
    system: str
    cited: dict[str, int] = field(default_factory=dict)

    def style(self, arm: str) -> str:
        return f"s{list(self.run.arms).index(arm) % _STYLES}"

    def source(self, source: str | None) -> Markup:
        """A source as a link into the list of references, with the place in it."""
        if not source:
            return Markup("")
        key, _, place = source.partition(":")
        if key.strip() not in references():
            return escape(source)
        mark = self.cited.setdefault(key.strip(), len(self.cited) + 1)
        return Markup('<a href="#ref-{}">[{}]</a> {}').format(mark, mark, place.strip())

    def references(self) -> list[tuple[int, str]]:
        """Number and full text of what was named; those to cite for the run are among them."""
        for key in self.run.cite:
            self.source(key)
        return [(mark, references()[key]) for key, mark in self.cited.items()]

    def arm(self, index: int, arm: Arm) -> dict[str, Any]:
        order = {"urgent": 0, "warning": 1, "info": 2}
        told = [finding for finding in arm.findings if finding.text != arm.failure]
        findings = sorted(told, key=lambda finding: order.get(finding.level, 3))
        return {
            "name": arm.name,
            "swatch": Markup(swatch(self.style(arm.name))),
            "treatment": arm.treatment,
            "doses": _doses(arm),
            "failure": arm.failure,
            "findings": [(one.level, one.text, self.source(one.source)) for one in findings],
            "sentences": sentences(self.run, arm, self.system),
            "changes": [self.number(change) for change in arm.changes],
            "ledger": {key: f"{part:.1e}" if part == part else "" for key, part in arm.ledger.items()},
        }

    def values(self) -> list[tuple[Fact, list[Fact | None]]]:
        """Row by row of the table of key values: the quantity, and its fact in each arm."""
        facts = [
            {one.quantity.name: one for one in key_facts(self.run, arm, self.system)}
            for arm in self.run.arms.values()
        ]
        names = dict.fromkeys(name for found in facts for name in found)
        rows = [(name, [found.get(name) for found in facts]) for name in names]
        return [(next(one for one in row if one), row) for _, row in rows]

    def range(self, quantity: Quantity) -> tuple[float, float] | None:
        """The reference range that a course is held against."""
        return None if self.run.clamped else quantity.range(self.system)

    def ranges(self) -> list[tuple[str, str, Markup]]:
        """The reference ranges shown, with their sources."""
        shown = []
        for quantity in quantities().values():
            ends = self.range(quantity)
            there = any(quantity.name in arm.body_series for arm in self.run.arms.values())
            if ends and quantity.low and there:
                text = f"{digits(ends[0])} to {digits(ends[1])} {quantity.unit(self.system)}"
                shown.append((quantity.title, text, self.source(quantity.low.source)))
        return shown

    def groups(self) -> list[dict[str, Any]]:
        """The body's courses, group by group; a group in which nothing moves is only named."""
        found = []
        for group in _BODY:
            courses = self._courses(group, [arm.body_series for arm in self.run.arms.values()])
            if not courses:
                continue
            moving = group in _ALWAYS or any(_moves(series) for _, series in courses)
            panels = [self._panel(quantity, series) for quantity, series in courses] if moving else []
            same = len(self.run.arms) > 1 and all(_alike(series) for _, series in courses)
            titles = [quantity.title for quantity, _ in courses]
            title = _GIVEN if self.run.clamped else group_titles()[group]
            found.append({"title": title, "panels": panels, "same": same, "titles": titles})
        return found

    def lesion(self) -> dict[str, Any] | None:
        """The lesion's pictures: tissue and cells for each arm, what can be compared for all together."""
        arms = {name: arm.lesion_series for name, arm in self.run.arms.items() if arm.lesion_series}
        if not arms:
            return None
        layers = [name for name, one in quantities().items() if one.group == "tissue"]
        cells = [name for name, one in quantities().items() if one.group == "leukocytes"]
        counts = [course[name].values for course in arms.values() for name in cells if name in course]
        came = any(np.any(values > 0) for values in counts)
        whole = float(self.run.time[-1])
        early = settled(self.run.time, counts) if came else whole
        rows: list[dict[str, Any]] = []
        if came:
            title, unit = group_titles()["leukocytes"], f"cells/mm³, {span(early)}"
            pictures = self._cells(arms, cells, early)
            rows.append({"title": title, "legend": "cells", "unit": unit, "pictures": pictures})
        changes = _moves(course[name] for course in arms.values() for name in layers if name in course)
        for end in dict.fromkeys((early, whole)) if changes else ():
            title, unit = group_titles()["tissue"], f"% of volume, {span(end)}"
            pictures = self._tissue(arms, layers, end)
            rows.append({"title": title, "legend": "layers", "unit": unit, "pictures": pictures})
        told = [arm.lesion_facts for arm in self.run.arms.values()]
        same = {key: value for key, value in told[0].items() if all(one.get(key) == value for one in told)}
        facts = {key: value for key, value in same.items() if value is not None}
        deposit = self._courses("deposit", list(arms.values()))
        return {
            "facts": [(key.replace("_", " "), _fact_text(value)) for key, value in facts.items()],
            "rows": rows,
            "layers": [(layer, quantities()[layer].title) for layer in layers],
            "cells": [(Markup(swatch(f"k{i}")), quantities()[cell].title) for i, cell in enumerate(cells)],
            "panels": [self._panel(quantity, series) for quantity, series in deposit],
        }

    def _tissue(self, arms: _Lesions, layers: list[str], end: float) -> list[tuple[str, Markup]]:
        title, found = group_titles()["tissue"], []
        for name, course in arms.items():
            stack = [(layer, course[layer].values) for layer in layers if layer in course]
            found.append((name, Markup(areas(title, self.run.time, stack, end))))
        return found

    def _cells(self, arms: _Lesions, cells: list[str], end: float) -> list[tuple[str, Markup]]:
        title, found = group_titles()["leukocytes"], []
        there = [course[cell].values for course in arms.values() for cell in cells if cell in course]
        peak = max((float(np.nanmax(values)) for values in there if np.isfinite(values).any()), default=1.0)
        for name, course in arms.items():
            lines = tuple(
                Line(quantities()[cell].title, course[cell].values, f"k{index}")
                for index, cell in enumerate(cells)
                if cell in course
            )
            panel = Panel(title, "cells/mm³", self.run.time, lines, end=end, reach=(0.0, peak))
            found.append((name, Markup(curves(panel))))
        return found

    def number(self, parameter: Parameter) -> dict[str, Any]:
        value, unit = parameter.shown
        return {
            "name": parameter.name,
            "value": f"{value:.6g}",
            "unit": pretty(unit),
            "kind": parameter.kind,
            "species": parameter.species,
            "source": self.source(parameter.source),
            "note": parameter.note,
            "by": parameter.changed_by,
        }

    def _courses(self, group: str, arms: list[Mapping[str, Series]]) -> list[tuple[Quantity, list[Series]]]:
        """The courses of a group that say something, each over all arms."""
        found = []
        for quantity in told(self.run):
            if quantity.group == group:
                series = [course[quantity.name] for course in arms]
                found.append((described(quantity.name, series[0].unit, self.system), series))
        return found

    def _panel(self, quantity: Quantity, series: list[Series]) -> dict[str, Any]:
        names = list(self.run.arms)
        lines = tuple(
            Line(name, quantity.shown(one.values, one.unit, self.system), self.style(name))
            for name, one in zip(names, series, strict=True)
        )
        times = {name: np.array([dose.time for dose in arm.doses]) for name, arm in self.run.arms.items()}
        doses = {self.style(name): at for name, at in times.items() if len(at)}
        unit, ends = quantity.unit(self.system), self.range(quantity)
        panel = Panel(quantity.title, unit, self.run.time, lines, band=ends, doses=doses, room=quantity.room)
        return {"title": quantity.title, "unit": unit, "range": ends, "svg": Markup(curves(panel))}


def _about(run: Run) -> list[tuple[str, str]]:
    """Who and what was simulated, from the case's own words."""
    case = parse_yaml(run.case_text, "the case").data
    person = case.get("person") or {}
    alone = not person.keys() - {"species"}
    who = [str(value) for value in person.values()] or [run.species]
    rows = [("Species" if alone else "Person", ", ".join(who))]
    body = "given, no body makes it" if run.clamped else run.body.replace("_", " ")
    rows.append(("Plasma or medium" if run.clamped else "Body model", body))
    duration, every = float(run.time[-1] - run.time[0]), float(np.median(np.diff(run.time)))
    rows.append(("Simulated", f"{span(duration)}, shown every {span(every)}"))
    return [row for row in rows if row[1]]


def _doses(arm: Arm) -> list[str]:
    """How many doses of each drug, and when the first and the last."""
    said = []
    for drug in dict.fromkeys(dose.drug for dose in arm.doses):
        times = [dose.time for dose in arm.doses if dose.drug == drug]
        count = "1 dose" if len(times) == 1 else f"{len(times)} doses"
        when = f"day {times[0] / 24:.3g}" + (f" to day {times[-1] / 24:.3g}" if len(times) > 1 else "")
        said.append(f"{drug}: {count}, {when}")
    return said


def _kinds(run: Run) -> list[str]:
    """The kinds of numbers that occur, in the order in which they are explained."""
    used = dict.fromkeys(one.kind for one in run.parameters)
    return [kind for kind in KINDS if kind in used] + [kind for kind in used if kind not in KINDS]


def _borrowed(run: Run) -> list[tuple[str, int, list[tuple[str, int]]]]:
    """Species other than the case's: how many numbers come from it, and in which parts they are."""
    found = []
    for species, numbers in run.borrowed.items():
        parts: dict[str, int] = {}
        for one in numbers:
            part = one.name.partition(".")[0].replace("_", " ")
            parts[part] = parts.get(part, 0) + 1
        found.append((species, len(numbers), list(parts.items())))
    return found


def _fact_text(value: Any) -> str:
    if isinstance(value, Mapping) and "value" in value:
        number, unit = float(value["value"]), str(value.get("unit", "1"))
        return moment(number) if unit == "h" else f"{digits(number)} {pretty(unit)}".strip()
    return f"{value:.4g}" if isinstance(value, float) else str(value).replace("_", " ")


def _moves(series: Iterable[Series]) -> bool:
    for one in series:
        known = one.values[np.isfinite(one.values)]
        if len(known) and np.ptp(known) > _MOVED * float(np.max(np.abs(known))):
            return True
    return False


def _alike(series: list[Series]) -> bool:
    """Whether the curves of all arms lie on each other in a picture."""
    first: Floats = series[0].values
    size = float(np.nanmax(np.abs(first))) if np.isfinite(first).any() else 0.0
    return all(np.allclose(one.values, first, rtol=0, atol=1e-3 * size, equal_nan=True) for one in series)
