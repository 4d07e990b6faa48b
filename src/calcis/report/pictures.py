"""Which pictures does a report show, and over which time?

Of the body group by group, of the lesion arm by arm and all arms together; nothing of what does not move.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from markupsafe import Markup

from calcis.figures import Line, Panel, areas, curves, settled, swatch
from calcis.quantities import Quantity, described, group_titles, quantities
from calcis.report.flow_figure import Row, flow_figure
from calcis.report.fluxes import Flow, Fluxes, fluxes
from calcis.report.summary import told, whom
from calcis.results.store import Floats, Run, Series
from calcis.wording import capital, digits, listed, per_cent, span

_STYLES = 6  # arms that the stylesheet tells apart
_MOVED = 0.01  # a group of courses is drawn where one moves by more than this share of its size
_LATER = 0.03  # share of the tissue that must still move for a picture of the whole time
_GIVEN = "Plasma or medium, as given"
_LESION = ("tissue", "leukocytes", "deposit", "fluid")
_SEEN = {
    "story.mineral_stainable": "microscope",
    "story.mineral_radiographic": "radiograph of a mouse",
    "story.mineral_ct": "CT",
}
_FLOWED = 0.05  # of the largest net flow: a flow that moves by less has no picture of its course
_LEAST = 0.01  # µmol/d or µg/d: what a lesion takes is not told more finely
_ALIKE = 0.005  # of the largest net flow: two arms that differ by less are drawn once
_ELSEWHERE = ("urine", "lesion")  # their courses are among those of the kidney and of the tissue
_BODY, _ALWAYS = ("blood", "drugs", "kidney", "bone"), ("blood", "drugs")

_Lesions = Mapping[str, Mapping[str, Series]]  # arm -> name -> course


@dataclass(frozen=True)
class Pictures:
    """The pictures of one run, in a system of units."""

    run: Run
    system: str

    def style(self, arm: str) -> str:
        """The class of an arm's lines."""
        return f"s{list(self.run.arms).index(arm) % _STYLES}"

    def mark(self, arm: str) -> Markup:
        """A piece of an arm's line."""
        return Markup(swatch(self.style(arm)))

    def range(self, quantity: Quantity) -> tuple[float, float] | None:
        """The reference range that a course is held against."""
        return quantity.range(self.system, whom(self.run))

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
            still = f"Nothing here moves by more than {per_cent(_MOVED)}"
            found.append({"title": title, "panels": panels, "same": same, "still": still, "titles": titles})
        return found

    def fluxes(self) -> list[dict[str, Any]]:
        """Where each ion goes: a picture for the arms that do not differ, and courses of what moves."""
        found = []
        for one in fluxes(self.run, self.system):
            alike: list[list[str]] = []
            for arm in one.arms:
                others = (each for each in alike if _flow_alike(one, each[0], arm))
                group = next(others, None)
                alike.append([arm]) if group is None else group.append(arm)
            pictures = [
                {
                    "marks": [self.mark(arm) for arm in arms],
                    "names": listed(arms),
                    "svg": Markup(self._flows(one, arms[0])),
                    "changed": one.changed(arms[0]),
                }
                for arms in alike
            ]
            title, unit = one.quantity.title, one.quantity.unit(self.system)
            found.append(
                {
                    "title": title,
                    "unit": unit,
                    "pictures": pictures,
                    "lesion": self._least(one),
                    "panels": self._nets(one),
                }
            )
        return found

    def _flows(self, one: Fluxes, arm: str) -> str:
        seen = {flow.title for flows in one.arms.values() for flow in flows if _there(one, flow)}
        ends = [end for each in one.arms.values() for flow in each for end in _ends(flow)]
        urine = self.range(quantities()[f"{one.ion}_urine"])
        rows = [
            Row(
                flow.title,
                *_ends(flow),
                one.read(flow.mean_gives, nothing=""),
                one.read(flow.mean_takes, nothing=""),
                one.signed(flow.mean),
                urine if flow.said == "urine" else None,
            )
            for flow in one.arms[arm]
            if flow.title in seen
        ]
        scale = max(*ends, 1.2 * urine[0] if urine else 0.0)  # some of the range is seen in any case
        label = f"{one.quantity.title} into and out of the blood ({one.quantity.unit(self.system)})"
        return flow_figure(label, rows, scale, one.signed(sum(flow.mean for flow in one.arms[arm])))

    def _least(self, one: Fluxes) -> str | None:
        """How much the lesion takes or gives, as a mean and at most, where that is too little to draw."""
        lesions = [flow for flows in one.arms.values() for flow in flows if flow.said == "lesion"]
        if not lesions or any(_there(one, flow) for flow in lesions):
            return None
        unit = one.quantity.unit(self.system).replace("m", "µ", 1)
        most = 1000.0 * max(abs(flow.mean) for flow in lesions)
        return f"{digits(most)} {unit}" if most >= _LEAST else f"less than {_LEAST:g} {unit}"

    def _nets(self, one: Fluxes) -> list[dict[str, Any]]:
        """Courses of what moves, but urine and lesion, which are among those of kidney and tissue."""
        nets = {arm: one.together(arm) for arm in one.arms}
        panels = []
        for said in next(iter(nets.values())):
            courses = [net[said][0] for net in nets.values()]
            if said in _ELSEWHERE or not any(np.ptp(each) > _FLOWED * one.largest for each in courses):
                continue
            lines = tuple(
                Line(arm, course, self.style(arm)) for arm, course in zip(nets, courses, strict=True)
            )
            unit, title = one.quantity.unit(self.system), f"{capital(said)} to blood, net"
            named = f"{one.quantity.title}: {title}"
            svg = Markup(curves(Panel(named, unit, self.run.time, lines, reach=(0.0,))))
            panels.append({"title": title, "unit": unit, "range": None, "svg": svg})
        return panels

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
        parts = [course[name].values for course in arms.values() for name in layers if name in course]
        changes = any(
            np.ptp(values[np.isfinite(values)]) > _MOVED for values in parts if np.isfinite(values).any()
        )
        later = any(_changes_after(self.run.time, values, early) for values in parts)
        for end in (early, whole) if later and early < whole else (early,) if changes else ():
            title, unit = group_titles()["tissue"], f"% of volume, {span(end)}"
            pictures = self._tissue(arms, layers, end)
            rows.append({"title": title, "legend": "layers", "unit": unit, "pictures": pictures})
        return {
            "rows": rows,
            "layers": [(layer, quantities()[layer].title) for layer in layers],
            "cells": [(Markup(swatch(f"k{i}")), quantities()[cell].title) for i, cell in enumerate(cells)],
            "panels": [
                (
                    title,
                    span(end),
                    [self._panel(*one, end=end) for one in self._courses(group, list(arms.values()))],
                )
                for group, title, end in (
                    ("deposit", group_titles()["deposit"], whole),
                    ("fluid", group_titles()["fluid"], early),
                )
            ],
        }

    def _tissue(self, arms: _Lesions, layers: list[str], end: float) -> list[tuple[str, Markup]]:
        title, found = group_titles()["tissue"], []
        for name, course in arms.items():
            stack = [(layer, course[layer].values) for layer in layers if layer in course]
            found.append((name, Markup(areas(title, self.run.time, stack, end, self._jumps(name)))))
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
            time, jumps = self.run.time, self._jumps(name)
            panel = Panel(title, "cells/mm³", time, lines, end=end, reach=(0.0, peak), jumps=jumps)
            found.append((name, Markup(curves(panel))))
        return found

    def _jumps(self, *arms: str) -> tuple[float, ...]:
        """When (h) the lesions of these arms were injured: their courses may jump then."""
        injured = [self.run.arms[name].lesion_facts.get("injury_at") for name in arms]
        return tuple(dict.fromkeys(at["value"] for at in injured if at is not None))

    def _levels(self) -> dict[str, float]:
        """Where mineral would be seen, by the numbers of the run (mmol/L)."""
        numbers = {one.name: one.value for one in self.run.parameters}
        return {words: numbers[name] for name, words in _SEEN.items() if name in numbers}

    def _courses(self, group: str, arms: list[Mapping[str, Series]]) -> list[tuple[Quantity, list[Series]]]:
        """The courses of a group that say something, each over all arms."""
        found = []
        for quantity in told(self.run):
            if quantity.group == group:
                series = [course[quantity.name] for course in arms]
                found.append((described(quantity.name, series[0].unit, self.system), series))
        return found

    def _panel(self, quantity: Quantity, series: list[Series], end: float | None = None) -> dict[str, Any]:
        names = list(self.run.arms)
        lines = tuple(
            Line(name, quantity.shown(one.values, one.unit, self.system), self.style(name))
            for name, one in zip(names, series, strict=True)
        )
        times = {name: np.array([dose.time for dose in arm.doses]) for name, arm in self.run.arms.items()}
        doses = {self.style(name): at for name, at in times.items() if len(at)}
        unit, ends = quantity.unit(self.system), self.range(quantity)
        lesion = quantity.group in _LESION
        panel = Panel(
            quantity.title,
            unit,
            self.run.time,
            lines,
            band=ends,
            doses={} if lesion else doses,
            end=end,
            room=quantity.room,
            jumps=self._jumps(*names) if lesion else (),
            levels=self._levels() if quantity.name == "mineral_total" else {},
            decades_from=quantity.decades_from,
        )
        return {"title": quantity.title, "unit": unit, "range": ends, "svg": Markup(curves(panel))}


def _there(one: Fluxes, flow: Flow) -> bool:
    """Whether a flow is ever more than nothing beside the others."""
    ends = (flow.mean_gives, flow.mean_takes, flow.gives.max(), flow.takes.max())
    return one.read(float(max(ends))) != "0"


def _ends(flow: Flow) -> tuple[float, float, float, float]:
    """What it gives and takes: mean over the run, and at the start."""
    return flow.mean_gives, flow.mean_takes, float(flow.gives[0]), float(flow.takes[0])


def _flow_alike(one: Fluxes, first: str, other: str) -> bool:
    """Whether the pictures of two arms would be told apart only by their last digits."""
    here, there = ([end for flow in one.arms[arm] for end in _ends(flow)] for arm in (first, other))
    return np.allclose(here, there, rtol=0.0, atol=_ALIKE * one.largest)


def _moves(series: Iterable[Series]) -> bool:
    for one in series:
        known = one.values[np.isfinite(one.values)]
        if len(known) and np.ptp(known) > _MOVED * float(np.max(np.abs(known))):
            return True
    return False


def _changes_after(time: Floats, values: Floats, early: float) -> bool:
    """Whether a share of the tissue still moves after a time, so much that a picture shows it."""
    later = values[(time >= early) & np.isfinite(values)]
    return len(later) > 0 and float(np.ptp(later)) > _LATER


def _alike(series: list[Series]) -> bool:
    """Whether the curves of all arms lie on each other in a picture."""
    first: Floats = series[0].values
    size = float(np.nanmax(np.abs(first))) if np.isfinite(first).any() else 0.0
    return all(np.allclose(one.values, first, rtol=0, atol=1e-3 * size, equal_nan=True) for one in series)
