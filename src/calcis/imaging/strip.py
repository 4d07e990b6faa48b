"""How are slices drawn?  Side by side on one scale, as inline SVG, with a scale bar and a colour bar."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from calcis.figures import number
from calcis.imaging.raster import inline, png

_WIDTH, _GAP, _CAPTION = 780.0, 10.0, 20.0
_TALLEST, _WIDEST = 210.0, 240.0
_MOST_PIXELS = 96  # along an edge: a finer array is averaged, so that a page stays small


@dataclass(frozen=True)
class Scale:
    """Which value has which colour: `low` the first of a palette, `high` the last; in a unit."""

    low: float
    high: float
    colours: str
    unit: str


def strip(label: str, pictures: Sequence[tuple[str, np.ndarray]], scale: Scale, spacing: float) -> str:
    """Pictures (caption, rows from the top) side by side; every one has its own size, all one scale of mm."""
    pixels = [coarser(values) for _, values in pictures]
    heights = [values.shape[0] * spacing for _, values in pictures]
    widths = [values.shape[1] * spacing for _, values in pictures]
    room = _WIDTH - _GAP * (len(pictures) - 1)
    per_mm = min(room / sum(widths), _TALLEST / max(heights), _WIDEST / max(widths))
    tall = per_mm * max(heights)
    bar = _round_below(0.4 * widths[0])
    parts, left = [], 0.0
    for k, ((caption, _), values) in enumerate(zip(pictures, pixels, strict=True)):
        wide, high = per_mm * widths[k], per_mm * heights[k]
        address = inline(png(values, scale.low, scale.high, scale.colours))
        place = f'x="{left:.1f}" y="0" width="{wide:.1f}" height="{high:.1f}"'
        parts.append(f'<image class="voxels" {place} preserveAspectRatio="none" href="{address}"/>')
        parts.append(f'<rect class="frame" {place}/>')
        if k == 0:
            parts.append(_bar(left + 7.0, high - 8.0, per_mm * bar, f"{bar:g} mm"))
        parts.append(f'<text class="tick" x="{left:.1f}" y="{tall + 14:.1f}">{escape(caption)}</text>')
        left += wide + _GAP
    wide = max(left - _GAP, 1.0)
    box = f'viewBox="0 0 {wide:.0f} {tall + _CAPTION:.0f}" style="max-width:{wide / 16:.1f}rem"'
    return f'<svg class="plot strip" {box} role="img" aria-label="{escape(label)}">{"".join(parts)}</svg>'


def colour_bar(scale: Scale) -> str:
    """What the colours of a scale mean, as SVG."""
    colours = inline(png(np.linspace(0.0, 1.0, 256)[None], 0.0, 1.0, scale.colours))
    step = (scale.high - scale.low) / 2.0
    ends = [
        f'<text class="tick {place}" x="{x}" y="26">{escape(number(value, step))}{unit}</text>'
        for place, x, value, unit in (
            ("", 0, scale.low, ""),
            ("mid", 100, scale.low + step, ""),
            ("end", 200, scale.high, ""),
        )
    ]
    unit = f'<text class="tick" x="210" y="11">{escape(scale.unit)}</text>'
    image = f'<image x="0" y="0" width="200" height="13" preserveAspectRatio="none" href="{colours}"/>'
    frame = '<rect class="frame" x="0" y="0" width="200" height="13"/>'
    said = f"colours from {scale.low:g} to {scale.high:g} {scale.unit}"
    head = f'<svg class="plot colours" viewBox="0 0 420 30" role="img" aria-label="{escape(said)}">'
    return f"{head}{image}{frame}{''.join(ends)}{unit}</svg>"


def coarser(values: np.ndarray) -> np.ndarray:
    """An array of at most 96 by 96: means of blocks; what is left over at the far edges is smaller ones."""
    step = -(-max(values.shape) // _MOST_PIXELS)
    if step == 1:
        return np.asarray(values)
    rows, columns = (np.arange(0, count, step) for count in values.shape)
    sums = np.add.reduceat(np.add.reduceat(values, rows, axis=0), columns, axis=1)
    sizes = [
        np.diff(np.append(starts, count)) for starts, count in zip((rows, columns), values.shape, strict=True)
    ]
    return np.asarray(sums / np.outer(*sizes))


def top(highest: float) -> float:
    """A round number not below a value: 1, 1.5, 2, 3, 4, 5, 6 or 8 times a power of ten."""
    size = 10.0 ** math.floor(math.log10(highest))
    return next(
        factor * size
        for factor in (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)
        if factor * size >= highest * (1.0 - 1e-9)
    )


def _round_below(length: float) -> float:
    size = 10.0 ** math.floor(math.log10(length))
    return next(factor * size for factor in (5.0, 2.0, 1.0) if factor * size <= length * (1.0 + 1e-9))


def _bar(x: float, y: float, length: float, text: str) -> str:
    path = f"M{x:.1f} {y - 3:.1f}v6m0 -3h{length:.1f}m0 -3v6"
    under, over = (f'<path class="{name}" d="{path}"/>' for name in ("bar under", "bar"))
    return f'{under}{over}<text class="bar-text" x="{x:.1f}" y="{y - 6:.1f}">{escape(text)}</text>'
