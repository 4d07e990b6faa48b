"""Which pictures of a lesion in space does a report show?  Slices, an X-ray's projection, depths, the front.

All arms share their scales of colour, and no picture is finer than 96 by 96 pixels.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from markupsafe import Markup

from calcis.figures import Line, Panel, Place, curves, places, swatch
from calcis.imaging.measures import InSpace
from calcis.imaging.strip import Scale, colour_bar, strip, top
from calcis.wording import digits, listed, span

if TYPE_CHECKING:
    import xarray

_SHOWN = 5  # times
_STYLES = 6  # arms that the stylesheet tells apart
_SOFT, _BONE = ("soft-tissue", -150.0, 250.0), ("bone", -500.0, 1300.0)  # windows in which CT is read, HU
_WAYS = (("y", "from the side"), ("z", "from above"))  # axis along which a beam goes
_CELLS = (  # field, title, unit, less than this is none
    ("dead_fraction", "Dead tissue", "share of volume", 0.02),
    ("microbes", "Microbes", "per mm³", 1.0),
    ("neutrophils", "Neutrophils", "cells/mm³", 10.0),
    ("macrophages", "Macrophages, inflammatory and reparative", "cells/mm³", 10.0),
    ("giant_cells", "Giant cells", "cells/mm³", 0.1),
    ("scar_fraction", "Scar", "share of volume", 0.05),
)
_NONE = Markup('<p class="how">none</p>')
_NO_SHADOW = 0.004  # of the deepest shadow of all arms: a palette has 256 colours
_DEAD = 0.5  # of its highest profile: where dead tissue ends


@dataclass(frozen=True)
class SpacePictures:
    """The pictures of the fields of all arms.

    stained, seen_on_radiograph, seen_on_ct: from how much mineral on (mmol/L); calcium_mass in mg/mmol;
    perfused: whether fluid as in plasma lies beyond sides and bottom of the block.
    """

    fields: Mapping[str, xarray.Dataset]
    stained: float
    seen_on_radiograph: float
    seen_on_ct: float
    calcium_mass: float
    perfused: bool = False

    @cached_property
    def arms(self) -> dict[str, InSpace]:
        """What can be measured in each arm."""
        return {name: InSpace(one, self.perfused) for name, one in self.fields.items()}

    @cached_property
    def first(self) -> InSpace:
        """The first arm: its times and its grid are those of all."""
        return next(iter(self.arms.values()))

    @cached_property
    def frames(self) -> list[int]:
        """The frames that are shown: the first after the injury, the last, others evenly in its logarithm."""
        begin, end = self.first.beginning, max(one.end for one in self.arms.values())
        since = self.first.time - self.first.time[begin]
        if end <= begin + 1:
            return sorted({begin, end})
        steps = np.geomspace(since[begin + 1], since[end], _SHOWN - 1)
        return sorted({begin, *(int(np.argmin(np.abs(since - step))) for step in steps)})

    def told(self) -> dict[str, Any]:
        """All that the page shows of the lesion in space."""
        deep, broad, _ = self.first.frame("mineral_total", 0).shape
        rows = (
            []
            if deep == 1
            else [row for row in (self._ct(), self._densest(), self._xray(), *self._cells()) if row]
        )
        return {
            "edge": f"{self.first.spacing:g}",
            "thin": broad == 1,
            "arms": list(self.arms),
            "rows": rows,
            "table": self._table(),
            "courses": self._courses(),
            "profiles": self._profiles(),
            "fronts": self._fronts(),
        }

    def _ct(self) -> dict[str, Any]:
        highest = max(one.highest("radiodensity") for one in self.arms.values())
        window, low, high = self._window()
        scale = Scale(low, high, "grey", f"HU, {window} window")
        return self._row(
            "radiodensity",
            "As CT would show it: a slice through the middle",
            f"densest {digits(highest)} HU"
            if len(self.arms) == 1
            else f"densest of all arms {digits(highest)} HU",
            scale,
        )

    def _cells(self) -> list[dict[str, Any]]:
        found = []
        for name, title, unit, nothing in _CELLS:
            if not all(one.has(name) for one in self.arms.values()):
                continue
            highest = max(
                float(np.nanmax(one.middle(name, k)))
                for one in self.arms.values()
                for k in self.frames
                if k <= one.end
            )
            if highest > nothing:
                high = 1.0 if unit.startswith("share") else top(highest)
                scale = Scale(0.0, high, "viridis", unit)
                found.append(self._row(name, title, "the same slice", scale, nothing))
        return found

    def _row(
        self, name: str, title: str, about: str, scale: Scale, nothing: float = -np.inf
    ) -> dict[str, Any]:
        pictures = []
        for arm, one in self.arms.items():
            shown = [(self._when(k), one.middle(name, k)) for k in self.frames if k <= one.end]
            if all(float(values.max()) <= nothing for _, values in shown):
                pictures.append((arm, _NONE))
                continue
            highest = [f"{caption} at most {digits(float(values.max()))}" for caption, values in shown]
            label = f"{title}, {arm}, {scale.unit}: {listed(highest)}"
            pictures.append((arm, Markup(strip(label, shown, scale, one.spacing))))
        return {"title": title, "about": about, "bar": Markup(colour_bar(scale)), "pictures": pictures}

    def _xray(self) -> dict[str, Any] | None:
        """Mineral summed along two directions, at the end."""
        views = {
            arm: [(words, 100.0 * self.calcium_mass * one.projection(one.end, axis)) for axis, words in _WAYS]
            for arm, one in self.arms.items()
        }
        highest = max(float(values.max()) for shown in views.values() for _, values in shown)
        if highest < 1e-3:
            return None
        scale = Scale(0.0, top(highest), "grey", "mg calcium in mineral per cm²")
        title, about = (
            "As an X-ray would show it: mineral summed along the beam",
            "; without the tissue around",
        )
        return self._projected(views, scale, title, about, _NO_SHADOW * highest)

    def _densest(self) -> dict[str, Any] | None:
        """Maximum-intensity projection of CT along two directions, at the end."""
        seen = [one.extent("mineral_total", self.seen_on_ct, one.end) for one in self.arms.values()]
        if not any(seen):
            return None
        views = {
            arm: [(words, one.most_along("radiodensity", one.end, axis)) for axis, words in _WAYS]
            for arm, one in self.arms.items()
        }
        words, low, high = self._window()
        title, about = "CT, maximum-intensity projection", "; the densest voxel along every line"
        return self._projected(views, Scale(low, high, "grey", f"HU, {words} window"), title, about)

    def _window(self) -> tuple[str, float, float]:
        """The window in which CT is read: that of bone where anything is denser than soft tissue."""
        highest = max(one.highest("radiodensity") for one in self.arms.values())
        return _SOFT if highest <= _SOFT[2] else _BONE

    def _projected(
        self,
        views: Mapping[str, list[tuple[str, np.ndarray]]],
        scale: Scale,
        title: str,
        about: str,
        nothing: float = -np.inf,
    ) -> dict[str, Any] | None:
        """Views of all arms along the beam; none of a slice or a line, through which there is no beam."""
        if self.first.frame("mineral_total", 0).shape[1] == 1:
            return None
        pictures = []
        for arm, shown in views.items():
            if all(float(values.max()) < nothing for _, values in shown):
                pictures.append((arm, _NONE))
                continue
            most = [f"{words} at most {digits(float(values.max()))}" for words, values in shown]
            label = f"{title}, {arm}, {scale.unit}: {listed(most)}"
            pictures.append((arm, Markup(strip(label, shown, scale, self.first.spacing))))
        about = f"at the end, {self._when(self.first.end)}{about}"
        return {"title": title, "about": about, "bar": Markup(colour_bar(scale)), "pictures": pictures}

    def _when(self, frame: int) -> str:
        hours = float(self.first.time[frame])
        return "the start" if hours == 0 else f"after {span(hours)}"

    @property
    def _round(self) -> str:
        """What a front's radius is."""
        edges = sum(count > 1 for count in self.first.frame("mineral_total", 0).shape)
        found = {3: "radius of a ball as large", 2: "radius of a circle as large"}
        return found.get(edges, "half the length")

    def _table(self) -> list[tuple[str, list[str]]]:
        """Rows of numbers at the end: what, and its value in each arm."""
        found: dict[str, list[str]] = {}
        for one in self.arms.values():
            mineral, dense = one.frame("mineral_total", one.end), one.frame("radiodensity", one.end)
            extent = one.extent("mineral_total", self.seen_on_ct, one.end)
            size = depth = volume = radius = "none"
            if extent is not None:
                size = (
                    " × ".join(digits(edge) for edge in (extent.width, extent.breadth, extent.height)) + " mm"
                )
                depth = f"{digits(extent.depth)} to {digits(extent.depth + extent.height)} mm"
                volume = f"{digits(extent.volume)} mm³"
                radius = f"{digits(float(one.radii('mineral_total', self.seen_on_ct)[one.end]))} mm"
            rows = {
                "Seen on CT: width × breadth × height": size,
                "Seen on CT: depth below the surface": depth,
                "Seen on CT: volume": volume,
                f"Seen on CT: {self._round}": radius,
                "Densest voxel": f"{digits(float(dense.max()))} HU",
                "Calcium in mineral, whole block": _or_none(
                    self.calcium_mass * one.calcium(one.end), "mg", 1e-6
                ),
                "Most mineral in a voxel": _or_none(float(mineral.max()), "mmol/L", 0.01),
            }
            for what, value in rows.items():
                found.setdefault(what, []).append(value)
        return list(found.items())

    def _courses(self) -> dict[str, Any] | None:
        """How much mineral there is, and how far its front has come, over time: all arms in each picture."""
        if not self._mineralises():
            return None
        calcium = "Calcium in mineral, whole block", "mg"
        panels: dict[tuple[str, str], list[np.ndarray]] = {calcium: []}
        for one in self.arms.values():
            reached = [self.calcium_mass * one.calcium(k) for k in range(one.end + 1)]
            panels[calcium].append(np.append(reached, np.full(len(one.time) - len(reached), np.nan)))
            for words, least in (("a stain", self.stained), ("CT", self.seen_on_ct)):
                about = f"Front of what {words} shows", "mm"
                panels.setdefault(about, []).append(one.radii("mineral_total", least))
        styles = [f"s{k % _STYLES}" for k in range(len(self.arms))]
        pictures = []
        for (title, unit), courses in panels.items():
            lines = (
                Line(arm, values, style)
                for arm, values, style in zip(self.arms, courses, styles, strict=True)
            )
            panel = Panel(title, unit, self.first.time, tuple(lines), reach=(0.0,))
            pictures.append({"title": title, "unit": unit, "svg": Markup(curves(panel))})
        marks = [(Markup(swatch(style)), arm) for style, arm in zip(styles, self.arms, strict=True)]
        levels = {"stained": digits(self.stained), "ct": digits(self.seen_on_ct)}
        return {"pictures": pictures, "marks": marks, "front": f"front: {self._round}", **levels}

    def _profiles(self) -> dict[str, Any] | None:
        """Mineral over depth in the lesion, a line for each time, a picture for each arm."""
        arms = {arm: one for arm, one in self.arms.items() if one.depth is not None}
        if not arms or not self._mineralises():
            return None
        shown = [k for k in self.frames if k > 0]
        pictures = []
        most = max(float(np.nanmax(one.profile("mineral_total", k))) for one in arms.values() for k in shown)
        for arm, one in arms.items():
            lines = tuple(
                Place(self._when(k), one.profile("mineral_total", k), f"t{n}")
                for n, k in enumerate(shown)
                if k <= one.end
            )
            svg = places(
                "Mineral over depth in the lesion",
                "mmol/L",
                "mm inside the edge of what died",
                one.depths,
                lines,
                (0.0, most),
            )
            pictures.append((arm, Markup(svg)))
        marks = [(Markup(swatch(f"t{n}")), self._when(k)) for n, k in enumerate(shown)]
        return {"pictures": pictures, "marks": marks}

    def _fronts(self) -> dict[str, Any] | None:
        """Between which depths mineral is seen on a radiograph, and dead tissue lies, over time."""
        arms = {arm: one for arm, one in self.arms.items() if one.depth is not None}
        least = self.seen_on_radiograph
        if not arms or not self._mineralises():
            return None
        pictures = []
        reach = tuple(float(end) for one in arms.values() for end in (-0.5 * one.spacing, one.depths[-1]))
        for arm, one in arms.items():
            mineral, dead = one.edges("mineral_total", least), one.edges("dead_fraction", _DEAD)
            lines = tuple(
                Place(name, values, style)
                for name, values, style in (
                    ("outer edge of mineral", mineral[0], "k0"),
                    ("inner edge of mineral", mineral[1], "k3"),
                    ("outer edge of dead tissue", dead[0], "k2"),
                )
            )
            svg = places("Depth in the lesion", "mm", "weeks", one.time / 168.0, lines, reach)
            pictures.append((arm, Markup(svg)))
        marks = [(Markup(swatch(one.style)), one.name) for one in lines]
        return {"pictures": pictures, "marks": marks, "least": digits(least)}

    def _mineralises(self) -> bool:
        return any(one.highest("mineral_total") >= self.seen_on_radiograph for one in self.arms.values())


def _or_none(value: float, unit: str, nothing: float) -> str:
    return f"{digits(value)} {unit}" if value >= nothing else "none"
