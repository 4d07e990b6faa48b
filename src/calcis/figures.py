"""How is a course drawn?  As inline SVG for the report: curves with their reference range, stacked areas.

Written out directly: the plotting library takes 0.7 s to load and draw this and 400 kB to say it, a
third of a warm run.  Colours and dashes are CSS classes (`s0`, `s1`, ... for arms, `k0`, `k1`, ...
for kinds of cells, `layer-NAME` for areas): one picture serves light, dark and black-and-white print.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from html import escape

import numpy as np
from numpy.typing import NDArray

from calcis.units import HOURS_PER_YEAR

Floats = NDArray[np.float64]

_WIDTH, _HEIGHT = 380.0, 196.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 46.0, 10.0, 9.0, 34.0
_TIMES = (  # shown up to (h), name, hours in one, steps between ticks
    (72.0, "hours", 1.0, (1, 2, 3, 6, 12, 24)),
    (14 * 168.0, "days", 24.0, (1, 2, 5, 7, 14, 28)),
    (3.05 * HOURS_PER_YEAR, "weeks", 168.0, (1, 2, 4, 8, 13, 26, 52)),
    (math.inf, "years", HOURS_PER_YEAR, (1, 2, 5, 10, 20, 50)),
)


@dataclass(frozen=True, eq=False)
class Line:
    """One course in a panel, and the class of its line; `low` and `high` are the edges of its band."""

    name: str
    values: Floats
    style: str
    low: Floats | None = None
    high: Floats | None = None


@dataclass(frozen=True, eq=False)
class Panel:
    """What one small picture shows.

    `time` in h; `band` the reference range; `doses` the dose times (h) of each line class; `end` the
    last time shown; `reach` are values that the axis holds in any case; `room` is the least height of the
    axis, a fifth of the values where 0.  Times at which courses may jump are `jumps` (h); `levels` are
    named values to compare with; with `decades_from` the axis is logarithmic and begins there.
    """

    title: str
    unit: str
    time: Floats
    lines: tuple[Line, ...]
    band: tuple[float, float] | None = None
    doses: Mapping[str, Floats] = field(default_factory=dict)
    end: float | None = None
    reach: tuple[float, ...] = ()
    room: float = 0.0
    jumps: tuple[float, ...] = ()
    levels: Mapping[str, float] = field(default_factory=dict)
    decades_from: float = 0.0


def curves(panel: Panel) -> str:
    """The lines of a panel over time, as SVG."""
    end = panel.end or float(panel.time[-1])
    shown, levels = panel.time <= end, panel.levels
    courses = [line.values[shown] for line in panel.lines]
    edges = [line.low[shown] for line in panel.lines if line.low is not None]
    edges += [line.high[shown] for line in panel.lines if line.high is not None]
    if panel.decades_from:
        courses = [np.log10(np.maximum(values, panel.decades_from)) for values in courses]
        levels = {name: math.log10(value) for name, value in levels.items()}
        low, high, step = _decades(courses, panel.decades_from)
    else:
        low, high, step = _span([*courses, *edges], (*(panel.band or ()), *panel.reach), panel.room)
    frame = _Frame(float(panel.time[0]), end, low, high, powers=panel.decades_from > 0)
    parts = []
    if panel.band:
        parts.append(frame.band(*panel.band))
    parts += [frame.rows(step), frame.columns()]
    parts += [frame.level(name, value) for name, value in levels.items() if value <= high]
    for row, (style, times) in enumerate(panel.doses.items()):
        parts.append(frame.doses(style, times[times <= end], row))
    parts += [
        frame.between(panel.time[shown], line.low[shown], line.high[shown], line.style)
        for line in panel.lines
        if line.low is not None and line.high is not None
    ]
    for line, values in zip(panel.lines, courses, strict=True):
        time, (held,) = _held(panel.time[shown], [values], panel.jumps)
        path = frame.path(time, held)
        name = f"<title>{escape(line.name)}</title>"
        parts.append(f'<path class="line {line.style}" d="{path}">{name}</path>')
    return _svg(
        f"{panel.title} ({panel.unit}) over time" if panel.unit else f"{panel.title} over time", parts
    )


def areas(
    title: str,
    time: Floats,
    layers: Sequence[tuple[str, Floats]],
    end: float | None = None,
    jumps: Sequence[float] = (),
) -> str:
    """Fractions of a whole stacked from the bottom, as SVG; each layer is (name, values in 0..1).

    At the times of `jumps` (h) they change at once.
    """
    end = end or float(time[-1])
    frame = _Frame(float(time[0]), end, 0.0, 100.0)
    shown = (time <= end) & np.isfinite(sum(values for _, values in layers))  # nothing after a failure
    time, courses = _held(time[shown], [values[shown] for _, values in layers], jumps, at_once=True)
    parts, below = [], np.zeros(len(time))
    for (name, _), values in zip(layers, courses, strict=True):
        above = below + 100.0 * values
        edge = frame.path(time, above)
        back = frame.path(time[::-1], below[::-1]).replace("M", "L", 1)
        outline = f'<path class="layer layer-{escape(name)}" d="{edge}{back}Z">'
        parts.append(f"{outline}<title>{escape(name)}</title></path>")
        below = above
    parts += [frame.rows(25.0), frame.columns()]
    return _svg(f"{title} over time, in per cent of the volume", parts)


@dataclass(frozen=True, eq=False)
class Place:
    """A line over places or times of its own, and the class of its line."""

    name: str
    values: Floats
    style: str


def places(
    title: str, unit: str, across: str, where: Floats, lines: Sequence[Place], reach: tuple[float, ...]
) -> str:
    """Lines over a length or another axis with round numbers, as SVG; `across` is what it says.

    `reach` are values that the other axis holds in any case.
    """
    low, high, step = _span([line.values for line in lines], reach, 0.0)
    frame = _Frame(float(where[0]), float(where[-1]), low, high)
    parts = [frame.rows(step), frame.round_columns(across)]
    for line in lines:
        name = f"<title>{escape(line.name)}</title>"
        parts.append(f'<path class="line {line.style}" d="{frame.path(where, line.values)}">{name}</path>')
    return _svg(f"{title} ({unit}) over {across}", parts)


def swatch(style: str) -> str:
    """A short piece of an arm's line, for legends, as SVG."""
    line = f'<line class="line {style}" x1="1" y1="5" x2="31" y2="5"/>'
    return f'<svg class="swatch" viewBox="0 0 32 10" aria-hidden="true">{line}</svg>'


def settled(time: Floats, courses: Sequence[Floats], within: float = 0.02) -> float:
    """A round time (h) by which all courses have come to stay within a fraction of their range at the end.

    At least a week and never more than the whole course, so that what is over in days can be seen.
    """
    last = 0.0
    for values in courses:
        finite = values[np.isfinite(values)]
        if len(finite) < 2 or np.ptp(finite) == 0:
            continue
        away = np.flatnonzero(np.abs(values - finite[-1]) > within * np.ptp(finite))
        last = max(last, float(time[away[-1]]) if len(away) else 0.0)
    whole = float(time[-1])
    for weeks in (1, 2, 4, 6, 8, 12, 16, 26, 52, 104):
        if last <= weeks * 168.0 < 0.8 * whole:
            return weeks * 168.0
    return whole


def number(value: float, step: float) -> str:
    """A tick's number, with the decimals that its step needs and a true minus sign."""
    decimals = max(0, -math.floor(math.log10(step) + 1e-9)) if step > 0 else 0
    if step > 0 and abs(step * 10**decimals - round(step * 10**decimals)) > 1e-6:
        decimals += 1
    text = f"{value:.{decimals}f}"
    if abs(value) >= 1e5 or 0 < step < 1e-4:
        text = f"{value:.3g}"
    return text.replace("-", "−") if float(text) else text.lstrip("-")


class _Frame:
    """Where a time and a value lie in the picture, and the axes around it."""

    def __init__(self, start: float, end: float, low: float, high: float, powers: bool = False) -> None:
        self.start, self.end, self.low, self.high = start, max(end, start + 1e-9), low, high
        self.powers = powers  # whether values are those of lg

    def x(self, time: Floats) -> Floats:
        return _LEFT + (time - self.start) * ((_WIDTH - _LEFT - _RIGHT) / (self.end - self.start))

    def y(self, value: Floats) -> Floats:
        return _HEIGHT - _BOTTOM - (value - self.low) * ((_HEIGHT - _TOP - _BOTTOM) / (self.high - self.low))

    def path(self, time: Floats, values: Floats) -> str:
        """The data of an SVG path; a gap where a value is not a number."""
        x, y = self.x(time), self.y(values)
        keep = _thin(x, y)
        words, pen = [], "M"
        for across, down in zip(x[keep].tolist(), y[keep].tolist(), strict=True):
            if not math.isfinite(down):
                pen = "M"
                continue
            words.append(f"{pen}{across:.1f} {down:.1f}")
            pen = "L"
        return "".join(words)

    def band(self, low: float, high: float) -> str:
        top, bottom = self.y(np.array([min(high, self.high), max(low, self.low)])).tolist()
        width = _WIDTH - _LEFT - _RIGHT
        return f'<rect class="band" x="{_LEFT}" y="{top:.1f}" width="{width}" height="{bottom - top:.1f}"/>'

    def between(self, time: Floats, low: Floats, high: Floats, style: str) -> str:
        """The area between two courses, as far as both are known."""
        known = np.isfinite(low) & np.isfinite(high)
        edge = self.path(time[known], high[known])
        back = self.path(time[known][::-1], low[known][::-1]).replace("M", "L", 1)
        return f'<path class="between {style}" d="{edge}{back}Z"/>'

    def rows(self, step: float) -> str:
        """Horizontal grid with the numbers of the value axis."""
        first, last = math.ceil(self.low / step - 1e-9), math.floor(self.high / step + 1e-9)
        parts = []
        for value in (index * step for index in range(first, last + 1)):
            y = float(self.y(np.array(value)))
            parts.append(f'<path class="grid" d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}"/>')
            text = escape(f"{10.0**value:g}" if self.powers else number(value, step))
            parts.append(f'<text class="tick end" x="{_LEFT - 5}" y="{y + 3.5:.1f}">{text}</text>')
        return "".join(parts)

    def level(self, name: str, value: float) -> str:
        """A value to compare with: a line across, and its name above it, or below it at the top."""
        y = float(self.y(np.array(value)))
        above = y - 3 if y > _TOP + 12 else y + 10
        line = f'<path class="threshold" d="M{_LEFT} {y:.1f}H{_WIDTH - _RIGHT}"/>'
        return (
            f'{line}<text class="tick end halo" x="{_WIDTH - _RIGHT}" y="{above:.1f}">{escape(name)}</text>'
        )

    def columns(self) -> str:
        """Time axis with its ticks and its unit."""
        hours = self.end - self.start
        _, unit, size, steps = next(row for row in _TIMES if hours <= row[0])
        step = next((step for step in steps if hours / size / step <= 6.5), steps[-1])
        base = _HEIGHT - _BOTTOM
        parts = [f'<path class="axis" d="M{_LEFT} {base}H{_WIDTH - _RIGHT}"/>']
        first = math.ceil(self.start / size / step - 1e-9)
        for index in range(first, math.floor(self.end / size / step + 1e-9) + 1):
            x = float(self.x(np.array(index * step * size)))
            parts.append(f'<path class="axis" d="M{x:.1f} {base}v4"/>')
            parts.append(f'<text class="tick mid" x="{x:.1f}" y="{base + 15}">{index * step}</text>')
        middle = (_LEFT + _WIDTH - _RIGHT) / 2
        parts.append(f'<text class="tick mid" x="{middle}" y="{base + 29}">{unit}</text>')
        return "".join(parts)

    def round_columns(self, across: str) -> str:
        """An axis with round numbers, and what it says."""
        base, step = _HEIGHT - _BOTTOM, _step((self.end - self.start) / 5)
        parts = [f'<path class="axis" d="M{_LEFT} {base}H{_WIDTH - _RIGHT}"/>']
        for index in range(math.ceil(self.start / step - 1e-9), math.floor(self.end / step + 1e-9) + 1):
            x = float(self.x(np.array(index * step)))
            parts.append(f'<path class="axis" d="M{x:.1f} {base}v4"/>')
            text = escape(number(index * step, step))
            parts.append(f'<text class="tick mid" x="{x:.1f}" y="{base + 15}">{text}</text>')
        middle = (_LEFT + _WIDTH - _RIGHT) / 2
        parts.append(f'<text class="tick mid" x="{middle}" y="{base + 29}">{escape(across)}</text>')
        return "".join(parts)

    def doses(self, style: str, times: Floats, row: int) -> str:
        """A mark for every dose; a bar where they come too close to tell apart."""
        x = self.x(times)
        y = _TOP - 6 + 7 * row
        if len(x) > 2 and float(np.median(np.diff(x))) < 5.0:
            return f'<path class="doses {style}" d="M{x[0]:.1f} {y + 2}H{max(x[-1], x[0] + 2):.1f}"/>'
        marks = "".join(f"M{at - 3:.1f} {y}h6l-3 5z" for at in x.tolist())
        return f'<path class="dose {style}" d="{marks}"/>' if marks else ""


def _held(
    time: Floats, courses: Sequence[Floats], jumps: Sequence[float], at_once: bool = False
) -> tuple[Floats, list[Floats]]:
    """Courses with a point just before each jump, so that a straight line does not lead up to it.

    With `at_once` a jump between two outputs is drawn as one; without, a course goes straight from there
    to the next output, because not every course jumps.
    """
    found = list(courses)
    for jump in sorted(set(jumps)):
        after = int(np.searchsorted(time, jump))
        if not 0 < after < len(time):
            continue
        before = [after - 1, after] if at_once and time[after] > jump else [after - 1]
        found = [np.insert(values, after, values[before]) for values in found]
        time = np.insert(time, after, [jump] * len(before))
    return time, found


def _decades(courses: Sequence[Floats], low: float) -> tuple[float, float, float]:
    """Lower end, upper end and tick step of a logarithmic axis, as powers of ten."""
    joined = np.concatenate(list(courses))
    finite = joined[np.isfinite(joined)]
    first = math.log10(low)
    top = math.ceil(float(finite.max()) - 1e-9) if len(finite) else first
    return first, max(top, first + 1.0), 1.0


def _thin(x: Floats, y: Floats) -> NDArray[np.intp]:
    """First, lowest, highest and last point of every half pixel: a year of minutes stays a small picture."""
    if len(x) <= 4 * _WIDTH:
        return np.arange(len(x))
    column = np.floor(2 * x).astype(int)
    starts = np.flatnonzero(np.diff(column, prepend=column[0] - 1))
    keep: set[int] = set()
    for begin, stop in zip(starts.tolist(), [*starts[1:].tolist(), len(x)], strict=True):
        piece = y[begin:stop]
        finite = np.flatnonzero(np.isfinite(piece))
        keep |= {begin, stop - 1}
        if len(finite):
            keep |= {
                begin + int(finite[np.argmin(piece[finite])]),
                begin + int(finite[np.argmax(piece[finite])]),
            }
    return np.array(sorted(keep))


def _span(courses: Sequence[Floats], reach: tuple[float, ...], least: float) -> tuple[float, float, float]:
    """Lower end, upper end and tick step of the value axis.

    It holds the reference range whole, and a course that hardly moves looks as if it hardly moves.
    """
    joined = np.concatenate([*courses, np.array(reach)])
    finite = joined[np.isfinite(joined)]
    low, high = (float(finite.min()), float(finite.max())) if len(finite) else (0.0, 1.0)
    if 0 < low < 0.35 * high:
        low = 0.0
    room = max(high - low, least or 0.2 * max(abs(low), abs(high))) or 1.0
    middle = (low + high) / 2
    if high - low < room:
        low, high = (low, low + room) if low == 0 else (middle - room / 2, middle + room / 2)
    step = _step((high - low) / 4)
    top = high + 0.04 * room
    return (low if low == 0 else low - 0.06 * room), max(top, math.ceil(high / step - 1e-9) * step), step


def _step(about: float) -> float:
    size = 10.0 ** math.floor(math.log10(about))
    return next(factor * size for factor in (1.0, 2.0, 2.5, 5.0, 10.0) if factor * size >= about * 0.999)


def _svg(label: str, parts: Sequence[str]) -> str:
    head = (
        f'<svg class="plot" viewBox="0 0 {_WIDTH:.0f} {_HEIGHT:.0f}" role="img" aria-label="{escape(label)}">'
    )
    return head + "".join(parts) + "</svg>"
