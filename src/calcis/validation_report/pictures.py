"""How is a comparison drawn?  As inline SVG: what is accepted, and where the simulated number lies.

Colours are the classes of report.css: `k0` for what passed, `s1` for what failed.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from html import escape

from calcis.study.verdict import Verdict
from calcis.validation_report.words import simulated, wanted

_SIZE, _EDGE = 300.0, 44.0  # of the picture, and of the room for its axes
_STRIP, _LOW, _HIGH = 150.0, 50.0, 100.0  # width of a strip; where what is accepted begins and ends


def strip(one: Verdict) -> str:
    """Where the simulated number lies beside what is accepted, which is the shaded middle, as SVG.

    A limit without another has its shade to the edge, and is as long as the limit's own size.
    """
    low, high = one.low, one.high
    size = high - low
    if not math.isfinite(size):
        size = abs(low if math.isfinite(low) else high) or 1.0
    at = math.nan
    if not math.isnan(one.simulated):
        base, place = (low, _LOW) if math.isfinite(low) else (high, _HIGH)
        share = (one.simulated - base) / size if size else math.copysign(9.0, one.simulated - base)
        at = _LOW + (_HIGH - _LOW) / 2 if not size and one.passed else place + share * (_HIGH - _LOW)
    left, right = (_LOW if math.isfinite(low) else 0.0), (_HIGH if math.isfinite(high) else _STRIP)
    shade = f'<rect class="band" x="{left}" y="2" width="{right - left}" height="12"/>'
    axis = f'<path class="grid" d="M0 8H{_STRIP}"/>'
    style = "k0" if one.passed else "s1"
    mark = ""
    if not math.isnan(at):
        if at < 4:
            mark = f'<path class="line {style}" d="M8 3L3 8L8 13"/>'
        elif at > _STRIP - 4:
            mark = f'<path class="line {style}" d="M{_STRIP - 8} 3L{_STRIP - 3} 8L{_STRIP - 8} 13"/>'
        else:
            mark = f'<path class="line {style}" d="M{at:.1f} 1V15"/>'
    label = escape(f"simulated {simulated(one)}, observed {wanted(one)}")
    body = f"{shade}{axis}{mark}"
    return f'<svg class="strip" viewBox="0 0 {_STRIP:.0f} 16" role="img" aria-label="{label}">{body}</svg>'


def points(some: Sequence[Verdict]) -> list[tuple[Verdict, float, float, float]]:
    """Verdicts that logarithmic axes can show, with the middle and the ends of what is accepted."""
    found = []
    for one in some:
        ends = [end for end in (one.low, one.high) if math.isfinite(end)]
        middle = (
            one.value
            if one.value is not None
            else math.sqrt(math.prod(ends))
            if min(ends) > 0 and len(ends) == 2
            else ends[0]
        )
        if middle > 0 and 0 < one.simulated < math.inf:
            low = one.low if one.low > 0 else 0.0
            found.append((one, middle, low, one.high))
    return found


def against(some: Sequence[Verdict]) -> str:
    """Simulated against observed, each in its own unit, with what is accepted as a bar; as SVG.

    Both axes are logarithmic; a bar open on one side goes to the edge, and agreement is the diagonal.
    What is a hundred times less than all that was observed is drawn at the edge.
    """
    shown = points(some)
    values = [value for one, middle, _, _ in shown for value in (middle, one.simulated)]
    least = min(middle for _, middle, _, _ in shown) / 100.0
    first = math.floor(math.log10(max(least, min(values))))
    last = max(math.ceil(math.log10(max(values))), first + 1)
    room = _SIZE - _EDGE - 10.0

    def along(value: float) -> float:
        share = (math.log10(value) - first) / (last - first) if value > 0 else 0.0
        return min(1.0, max(0.0, share)) * room

    left, base = _EDGE, 10.0 + room
    parts = []
    step = max(1, math.ceil((last - first) / 6))
    for power in range(first, last + 1, step):
        at = along(10.0**power)
        parts.append(
            f'<path class="grid" d="M{left} {base - at:.1f}H{left + room}M{left + at:.1f} {base}V10"/>'
        )
        label = escape(f"{10.0**power:g}")
        parts.append(f'<text class="tick end" x="{left - 5}" y="{base - at + 3.5:.1f}">{label}</text>')
        parts.append(f'<text class="tick mid" x="{left + at:.1f}" y="{base + 14}">{label}</text>')
    parts.append(f'<path class="threshold" d="M{left} {base}L{left + room} 10"/>')
    parts.append(f'<text class="tick mid" x="{left + room / 2:.1f}" y="{base + 30:.1f}">observed</text>')
    for one, middle, low, high in shown:
        x, y = left + along(middle), base - along(one.simulated)
        style = "k0" if one.passed else "s1"
        ends = f"M{left + along(low):.1f} {y:.1f}H{left + along(min(high, 10.0**last)):.1f}"
        shape = f"M{x - 3:.1f} {y:.1f}h6M{x:.1f} {y - 3:.1f}v6"
        told = escape(f"{one.name}: simulated {simulated(one)}, observed {wanted(one)}")
        parts.append(f'<g><title>{told}</title><path class="reach {style}" d="{ends}"/>')
        parts.append(f'<path class="line point {style}" d="{shape}"/></g>')
    box = f"0 0 {_SIZE + 14:.0f} {_SIZE + 8:.0f}"
    head = f'<svg class="plot" viewBox="{box}" role="img" aria-label="simulated against observed">'
    return head + "".join(parts) + "</svg>"
