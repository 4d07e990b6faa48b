"""Where does a fluid lie among the minerals?  Phase diagrams as inline SVG: calcium and phosphate, and pH."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from html import escape

import numpy as np

from calcis.fluids.form import in_system, shown, unit_shown
from calcis.fluids.reference import Reference, boundaries, over_ph
from calcis.fluids.solve import AMORPHOUS, Found
from calcis.fluids.words import above, short

_WIDTH, _HEIGHT = 560.0, 380.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 52.0, 158.0, 10.0, 42.0
_LINES = ("hydroxyapatite", "beta_tricalcium_phosphate", "octacalcium_phosphate", "brushite")
_OVER_PH = (
    "hydroxyapatite", "beta_tricalcium_phosphate", "octacalcium_phosphate", "brushite", "calcite", AMORPHOUS,
    "calcium_oxalate_monohydrate", "struvite",
)  # fmt: skip
_STYLES = ("s0", "s3", "s2", "s1", "s4", "s5", "k2", "k3")
_PH = (4.5, 8.3)
_FULL = 100.0  # mmol/L, beyond which no body fluid is drawn for its own sake
_APART = 13.0  # px between two labels
_LABELS = {AMORPHOUS: "amorphous phosphate", "calcium_oxalate_monohydrate": "calcium oxalate"}
Place = Callable[[float], float]


def phase(one: Reference, found: Found, system: str) -> str:
    """Phosphate over calcium, both logarithmic: from where on the fluid is supersaturated, and the fluids."""
    name = "calcium_ionised" if one.kind == "plasma" else "calcium"
    dots = [
        (k, float(found.columns[name][k]), float(found.columns["phosphate"][k])) for k in one.places.tolist()
    ]
    dots = [dot for dot in dots if dot[1] > 0 and dot[2] > 0]
    base = ((0.4, 4.0), (0.2, 10.0)) if one.kind == "plasma" else ((1e4, 1e-4), (1e4, 1e-4))
    room = 1.2 if one.kind == "plasma" else 10.0
    ends = [_ends([dot[at] for dot in dots], base[at - 1], room) for at in (1, 2)]
    calcium, lines = boundaries(one, found, ends[0], ends[1], _LINES)
    across, down = _logarithmic(ends[0], True), _logarithmic(ends[1], False)
    parts = []
    edge = lines["threshold"]
    if np.isfinite(edge).any():
        inside = np.clip(edge, *ends[1])
        path = "L".join(
            f"{across(x):.1f} {down(y):.1f}" for x, y in zip(calcium.tolist(), inside.tolist(), strict=True)
        )
        corners = f"L{across(ends[0][1]):.1f} {_TOP}L{across(ends[0][0]):.1f} {_TOP}Z"
        parts.append(f'<path class="forms" d="M{path}{corners}"/>')
    parts += _axis(ends[0], across, name, system, True) + _axis(ends[1], down, "phosphate", system, False)
    labels, styles = [], iter(_STYLES)
    for mineral, course in lines.items():
        style = "s5" if mineral == "threshold" else next(styles)
        seen = np.isfinite(course) & (course > 0)
        if seen.sum() < 2:
            continue
        points = [
            (across(x), down(y)) for x, y in zip(calcium[seen].tolist(), course[seen].tolist(), strict=True)
        ]
        title, edge_style = (_label(mineral), "") if mineral != "threshold" else ("amorphous forms", " edge")
        parts.append(_path(points, f"line {style}{edge_style}", title))
        labels.append((*points[-1], title, f"{style}{edge_style}"))
    parts += _labels(labels)
    parts += [
        _dot(across(x), down(y), above(found, k), _told(found, k, system), len(dots)) for k, x, y in dots
    ]
    return _svg("phosphate over calcium, with the lines from which minerals can grow", parts)


def everywhere(one: Reference, found: Found) -> list[str]:
    """Minerals with which every fluid of the phase diagram is supersaturated: they have no line in it."""
    here = (0.4, 4.0), (0.2, 10.0)
    if one.kind != "plasma":
        return []
    _, lines = boundaries(one, found, *here, _LINES)
    return [short(name) for name, course in lines.items() if name != "threshold" and (course == 0).all()]


def acidity(one: Reference, found: Found) -> str:
    """Saturation indices over pH, the totals held, and the pH of the fluids."""
    ph = np.linspace(*_PH, 77)
    curves = {name: values for name, values in over_ph(one, found, ph).items() if name in _OVER_PH}
    if not curves:
        return ""
    low = math.floor(max(-12.0, min(float(values.min()) for values in curves.values())) / 2) * 2
    high = math.ceil(max(2.0, *(float(values.max()) for values in curves.values())) / 2) * 2
    across, down = _linear(_PH, True), _linear((low, high), False)
    right = _WIDTH - _RIGHT
    parts = []
    for value in range(low, high + 1, 2):
        parts.append(
            f'<path class="{"axis" if value == 0 else "grid"}" d="M{_LEFT} {down(value):.1f}H{right}"/>'
        )
        text = f"{value}".replace("-", "−")
        parts.append(f'<text class="tick end" x="{_LEFT - 6}" y="{down(value) + 3.5:.1f}">{text}</text>')
    for step in range(10, 17):
        x = across(step / 2)
        parts.append(f'<path class="axis" d="M{x:.1f} {_HEIGHT - _BOTTOM}v4"/>')
        parts.append(f'<text class="tick mid" x="{x:.1f}" y="{_HEIGHT - _BOTTOM + 16}">{step / 2:g}</text>')
    parts.append(f'<text class="tick mid" x="{(_LEFT + right) / 2}" y="{_HEIGHT - 8}">pH</text>')
    at = down(found.threshold)
    parts.append(f'<path class="threshold" d="M{_LEFT} {at:.1f}H{right}"/>')
    labels = [(right, at, "amorphous forms", "threshold")]
    for style, name in zip(_STYLES, [each for each in _OVER_PH if each in curves], strict=False):
        values = curves[name]
        seen = values >= low
        points = [(across(x), down(y)) for x, y in zip(ph[seen].tolist(), values[seen].tolist(), strict=True)]
        parts.append(_path(points, f"line {style}", _label(name)))
        labels.append((*points[-1], _label(name), style))
    parts += _labels(labels)
    for k in one.places.tolist():
        x = min(max(float(found.columns["ph"][k]), _PH[0]), _PH[1])
        if one.many == 1:
            parts.append(f'<path class="mark" d="M{across(x):.1f} {_HEIGHT - _BOTTOM}V{_TOP}"/>')
        if math.isfinite(found.indices[AMORPHOUS][k]) and found.indices[AMORPHOUS][k] >= low:
            y = down(float(found.indices[AMORPHOUS][k]))
            parts.append(_dot(across(x), y, above(found, k), _name(found, k), one.many))
    return _svg("saturation index over pH", parts)


def _ends(values: Sequence[float], base: tuple[float, float], room: float) -> tuple[float, float]:
    if not values:
        return (0.1, 10.0)
    return min(base[0], min(values) / room), min(
        max(base[1], max(values) * room), max(_FULL, max(values) * 1.05)
    )


def _logarithmic(ends: tuple[float, float], flat: bool) -> Place:
    place = _linear((math.log(ends[0]), math.log(ends[1])), flat)
    return lambda value: place(math.log(value))


def _linear(ends: tuple[float, float], flat: bool) -> Place:
    size = _WIDTH - _LEFT - _RIGHT if flat else _HEIGHT - _TOP - _BOTTOM
    slope = size / (ends[1] - ends[0])
    if flat:
        return lambda value: _LEFT + slope * (value - ends[0])
    return lambda value: _HEIGHT - _BOTTOM - slope * (value - ends[0])


def _axis(ends: tuple[float, float], place: Place, name: str, system: str, flat: bool) -> list[str]:
    """Round numbers in the reader's unit along a logarithmic axis, and what it is."""
    factor = in_system(name, 1.0, system)
    parts, right, base = [], _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    low, high = ends[0] * factor, ends[1] * factor
    steps = (1.0, 2.0, 5.0) if high / low < 300 else (1.0,)
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for value in [step * 10.0**power for power in powers for step in steps]:
        if not low * 0.999 <= value <= high * 1.001:
            continue
        at, text = place(value / factor), f"{value:g}"
        if flat:
            parts.append(f'<path class="grid" d="M{at:.1f} {base}V{_TOP}"/>')
            parts.append(f'<text class="tick mid" x="{at:.1f}" y="{base + 16}">{text}</text>')
        else:
            parts.append(f'<path class="grid" d="M{_LEFT} {at:.1f}H{right}"/>')
            parts.append(f'<text class="tick end" x="{_LEFT - 6}" y="{at + 3.5:.1f}">{text}</text>')
    words = {"calcium_ionised": "ionised calcium", "calcium": "calcium"}.get(name, name)
    label = f"{words}, {unit_shown(name, system)}"
    if flat:
        parts.append(f'<text class="tick mid" x="{(_LEFT + right) / 2}" y="{_HEIGHT - 8}">{label}</text>')
    else:
        middle = (_TOP + base) / 2
        parts.append(f'<text class="tick mid" transform="translate(13 {middle}) rotate(-90)">{label}</text>')
    return parts


def _path(points: Sequence[tuple[float, float]], style: str, title: str) -> str:
    path = "L".join(f"{x:.1f} {y:.1f}" for x, y in points)
    return f'<path class="{style}" d="M{path}"><title>{escape(title)}</title></path>'


def _labels(labels: Sequence[tuple[float, float, str, str]]) -> list[str]:
    """Names beside the ends of lines, moved apart where they would touch."""
    x, floor = _WIDTH - _RIGHT, _HEIGHT - _BOTTOM
    order = sorted(labels, key=lambda one: (one[1], -one[0]))
    places: list[float] = []
    for _, y, _, _ in order:
        places.append(max(y, places[-1] + _APART if places else _TOP + 4))
    for k in reversed(range(len(places))):  # none below the axis
        places[k] = min(places[k], floor if k == len(places) - 1 else places[k + 1] - _APART)
    parts = []
    for (end, y, text, style), place in zip(order, places, strict=True):
        lead = (
            f"M{x + 2} {y:.1f}L{x + 10} {place:.1f}H{x + 24}"
            if end > x - 1
            else f"M{x + 10} {place:.1f}H{x + 24}"
        )
        kind = style if style == "threshold" else f"line {style}"
        parts.append(f'<path class="{kind}" d="{lead}"/>')
        parts.append(f'<text class="tick" x="{x + 28}" y="{place + 3.5:.1f}">{escape(text)}</text>')
    return parts


def _label(mineral: str) -> str:
    return _LABELS.get(mineral, short(mineral))


def _dot(x: float, y: float, over: bool, told: str, many: int) -> str:
    """A fluid: filled where it is above the threshold, a ring where below."""
    style, size = ("dot over" if over else "dot"), 5.0 if many == 1 else 3.2 if many < 50 else 2.0
    return (
        f'<circle class="{style}" cx="{x:.1f}" cy="{y:.1f}" r="{size}"><title>{escape(told)}</title></circle>'
    )


def _told(found: Found, k: int, system: str) -> str:
    values = [
        f"{words} {shown(name, float(found.columns[name][k]), system)}"
        for name, words in (("calcium_ionised", "ionised calcium"), ("phosphate", "phosphate"))
    ]
    return f"{_name(found, k)}: {', '.join(values)}"


def _name(found: Found, k: int) -> str:
    return f"{found.fluids[k].name}, pH {found.columns['ph'][k]:.2f}"


def _svg(label: str, parts: Sequence[str]) -> str:
    box = f"0 0 {_WIDTH:.0f} {_HEIGHT:.0f}"
    return f'<svg class="plot" viewBox="{box}" role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'
