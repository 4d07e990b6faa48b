"""How is drawn where an ion goes?  Arrows into the blood and out of it, a row for each organ, as inline SVG.

Into the blood is filled, out of it is open, so that print without colour tells them apart.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH, _ROW, _HEAD = 380.0, 22.0, 20.0
_BLOOD, _HALF, _LONGEST = 200.0, 6.0, 78.0  # middle and half width of the blood; length of the largest arrow
_BAR, _TIP, _LEAST = 11.0, 5.0, 4.0
_SEEN = 0.02  # of the longest arrow: a change since the start by less has no mark


@dataclass(frozen=True)
class Row:
    """One organ: what it gives and takes, mean over the run and at the start, as numbers and as read.

    `takes_range` is the reference range of what it takes.
    """

    title: str
    gives: float
    takes: float
    gives_first: float
    takes_first: float
    gives_text: str
    takes_text: str
    net_text: str
    takes_range: tuple[float, float] | None = None


def flow_figure(label: str, rows: Sequence[Row], scale: float, kept: str) -> str:
    """The rows with arrows as long as their share of `scale`; below them what the blood kept."""
    height = _HEAD + _ROW * (len(rows) + 1) + 4
    parts = [
        f'<text class="tick mid" x="{_BLOOD - 46}" y="12">into blood</text>',
        f'<text class="tick mid" x="{_BLOOD + 50}" y="12">out of blood</text>',
        f'<text class="tick end" x="{_WIDTH}" y="12">net</text>',
        f'<rect class="blood" x="{_BLOOD - _HALF}" y="{_HEAD - 2}" width="{2 * _HALF}"'
        f' height="{_ROW * len(rows)}"/>',
    ]
    for index, row in enumerate(rows):
        middle = _HEAD + _ROW * index + 9
        parts.append(f'<text class="name" x="0" y="{middle + 4}">{escape(row.title)}</text>')
        if row.takes_range:
            parts.append(_band(row.takes_range, middle, scale))
        parts.append(_side(row.gives, row.gives_first, row.gives_text, middle, scale, into=True))
        parts.append(_side(row.takes, row.takes_first, row.takes_text, middle, scale, into=False))
        parts.append(f'<text class="net end" x="{_WIDTH}" y="{middle + 4}">{escape(row.net_text)}</text>')
    foot = _HEAD + _ROW * len(rows) + 3
    parts.append(f'<path class="axis" d="M0 {foot}H{_WIDTH}"/>')
    parts.append(f'<text class="name" x="0" y="{foot + 15}">Kept in blood and fluids</text>')
    parts.append(f'<text class="net end" x="{_WIDTH}" y="{foot + 15}">{escape(kept)}</text>')
    head = (
        f'<svg class="plot flows" viewBox="0 0 {_WIDTH:.0f} {height:.0f}" role="img"'
        f' aria-label="{escape(label)}">'
    )
    return head + "".join(parts) + "</svg>"


def _band(ends: tuple[float, float], middle: float, scale: float) -> str:
    """The reference range of what leaves the blood, behind its arrow; what is beyond the picture is cut."""
    low, high = (min(end / scale, 1.0) * _LONGEST for end in ends)
    x = _BLOOD + _HALF + 1 + low
    return f'<rect class="band" x="{x:.1f}" y="{middle - 9}" width="{high - low:.1f}" height="18"/>'


def _side(value: float, first: float, text: str, middle: float, scale: float, into: bool) -> str:
    """An arrow, its number at the end away from the blood, and a mark where it ended at the start.

    What reads as nothing has no arrow.
    """
    length, before = (min(max(one, 0.0) / scale, 1.0) * _LONGEST if scale else 0.0 for one in (value, first))
    edge, way = (_BLOOD - _HALF - 1, -1.0) if into else (_BLOOD + _HALF + 1, 1.0)
    parts, reach = [], 0.0
    if text:
        drawn = max(length, _LEAST)
        parts.append(_arrow(edge, way, drawn, middle, into))
        reach = drawn
    if abs(before - length) > _SEEN * _LONGEST:
        x = edge + way * before
        parts.append(f'<path class="before" d="M{x:.1f} {middle - 8:.1f}v16"/>')
        reach = max(reach, before)
    if text:
        anchor = "end" if into else "start"
        x = edge + way * (reach + 4)
        parts.append(f'<text class="value halo {anchor}" x="{x:.1f}" y="{middle + 4}">{escape(text)}</text>')
    return "".join(parts)


def _arrow(edge: float, way: float, length: float, middle: float, into: bool) -> str:
    """A bar of `length` with a tip, beside the blood: towards it or away from it."""
    tip, half, far = min(_TIP, length), _BAR / 2, edge + way * length
    if into:
        shoulder = edge + way * tip
        points = (
            f"M{far:.1f} {middle - half}H{shoulder:.1f}L{edge:.1f} {middle}L{shoulder:.1f} {middle + half}"
        )
        return f'<path class="flow into" d="{points}H{far:.1f}Z"/>'
    shoulder = far - way * tip
    points = f"M{edge:.1f} {middle - half}H{shoulder:.1f}L{far:.1f} {middle}L{shoulder:.1f} {middle + half}"
    return f'<path class="flow out" d="{points}H{edge:.1f}Z"/>'
