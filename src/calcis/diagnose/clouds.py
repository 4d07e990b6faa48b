"""How do simulated persons with each disease lie around the labs?  Pictures, as SVG, for the page.

One picture for each lab, with a hill for each disease, and one of the two labs that tell most, with a dot for
each person.  Axes are logarithmic; colours and dashes are the classes `s0`, `s1`, ... of data/report.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

import numpy as np

from calcis.diagnose.answer import Answer
from calcis.diagnose.ensemble import Ensemble
from calcis.diagnose.further import title_of
from calcis.diagnose.hypotheses import Hypothesis
from calcis.diagnose.likelihood import levels_of
from calcis.individual.levels import Measured
from calcis.quantities import Quantity, described
from calcis.wording import digits

STYLES = 5  # of lines: so many hypotheses are drawn
_WIDTH, _LEFT, _RIGHT, _ROW, _BASE = 380.0, 12.0, 12.0, 27.0, 24.0
_TALL, _DOTS = 250.0, 160
_WIDEST = 1e3  # of an axis, from its lower end to its upper
_SQUARE_LEFT = 46.0


@dataclass(frozen=True, eq=False)
class Axis:
    """A logarithmic axis of a lab: its ends in the unit shown, and where it lies in the picture."""

    low: float
    high: float
    begin: float
    end: float

    def at(self, values: np.ndarray | float) -> np.ndarray:
        """Where values lie; those beyond an end lie there."""
        inside = np.clip(values, self.low, self.high)
        share = np.log(inside / self.low) / math.log(self.high / self.low)
        return np.asarray(self.begin + (self.end - self.begin) * share)

    @property
    def ticks(self) -> list[float]:
        """Round numbers between the ends."""
        for steps in (
            (1,),
            (1, 3),
            (1, 2, 5),
            (1, 1.5, 2, 3, 5, 7),
            tuple(k / 10 for k in range(10, 100, 2)),
        ):
            lowest, highest = math.floor(math.log10(self.low)), math.ceil(math.log10(self.high))
            every = [step * 10.0**power for power in range(lowest, highest + 1) for step in steps]
            found = [one for one in every if self.low <= one <= self.high]
            if len(found) >= 3:
                return found[:: max(1, math.ceil(len(found) / 7))]
        return found


@dataclass(frozen=True, eq=False)
class Shown:
    """A lab in the unit shown: its value, its ends by its own variation (95 %), persons by hypothesis."""

    title: str
    unit: str
    value: float
    ends: tuple[float, float]
    persons: dict[Hypothesis, np.ndarray]

    def axis(self, begin: float, end: float) -> Axis:
        """An axis that holds nearly all persons, and the value."""
        most = [np.quantile(values, (0.01, 0.99)) for values in self.persons.values()]
        high = max(self.ends[1], *(float(ends[1]) for ends in most))
        low = min(self.ends[0], *(float(ends[0]) for ends in most))
        return Axis(max(low, high / _WIDEST, 1e-12) / 1.05, 1.05 * high, begin, end)


def told(answer: Answer) -> list[Hypothesis]:
    """Who is drawn: the most probable, and healthy blood to compare with."""
    found = [one.hypothesis for one in answer.found.candidates[: STYLES - 1] if one.after >= 0.005]
    healthy = Hypothesis()
    return found if healthy in found else [*found, healthy]


def labs_shown(answer: Answer, persons: Ensemble, system: str) -> list[Shown]:
    """Every lab that was compared, in the unit shown."""
    whose, evidence = told(answer), answer.found.evidence
    levels = {one: levels_of(persons, one, evidence) for one in whose}
    found = []
    for k, lab in enumerate(evidence.labs):
        quantity = described(lab.signal, lab.unit, system)
        many = {
            one: np.asarray(quantity.shown(table[:, k], lab.unit, system)) for one, table in levels.items()
        }
        value = float(quantity.shown(lab.value, lab.unit, system))
        ends = (value * math.exp(-1.96 * lab.spread), value * math.exp(1.96 * lab.spread))
        found.append(Shown(_title(lab, quantity), quantity.unit(system), value, ends, many))
    return found


def hills(lab: Shown) -> str:
    """A hill for each hypothesis over a lab, and the value across, with its own variation."""
    base = 6.0 + _ROW * len(lab.persons) + 6.0
    axis = lab.axis(_LEFT, _WIDTH - _RIGHT)
    parts = [_value(axis, lab, 4.0, base), _ticks(axis, base)]
    for row, (one, values) in enumerate(lab.persons.items()):
        foot = 6.0 + _ROW * (row + 1)
        at, height = _hill(axis, values)
        top = foot - (_ROW - 3.0) * height
        outline = "L".join(f"{x:.1f} {y:.1f}" for x, y in zip(at, top, strict=True))
        body = f"M{at[0]:.1f} {foot:.1f}L{outline}L{at[-1]:.1f} {foot:.1f}Z"
        name = f"<title>{escape(one.title)}</title>"
        parts.append(f'<path class="between s{row}" d="{body}"/>')
        parts.append(f'<path class="line s{row}" d="M{outline}">{name}</path>')
    return _svg(f"{lab.title} of simulated persons", base + _BASE, parts)


def dots(across: Shown, up: Shown) -> str:
    """A dot for each person over two labs, and the values as a cross, as long as their own variation."""
    base = _TALL - 36.0
    x, y = across.axis(_SQUARE_LEFT, _WIDTH - _RIGHT), up.axis(base, 8.0)
    parts = [_ticks(x, base)]
    for tick in y.ticks:
        at = float(y.at(tick))
        parts.append(f'<path class="grid" d="M{_SQUARE_LEFT} {at:.1f}H{_WIDTH - _RIGHT}"/>')
        parts.append(f'<text class="tick end" x="{_SQUARE_LEFT - 5}" y="{at + 3.5:.1f}">{tick:g}</text>')
    for row, one in reversed(list(enumerate(across.persons))):
        places = zip(x.at(across.persons[one][:_DOTS]), y.at(up.persons[one][:_DOTS]), strict=True)
        marks = "".join(f"M{a - 1.6:.1f} {b:.1f}a1.6 1.6 0 1 0 3.2 0a1.6 1.6 0 1 0 -3.2 0" for a, b in places)
        parts.append(f'<path class="dose s{row}" fill-opacity="0.55" d="{marks}"/>')
    (left, right), (low, high) = x.at(np.array(across.ends)), y.at(np.array(up.ends))
    middle, level = float(x.at(across.value)), float(y.at(up.value))
    cross = f"M{left:.1f} {level:.1f}H{right:.1f}M{middle:.1f} {low:.1f}V{high:.1f}"
    parts.append(f'<path class="before" stroke-width="2.4" d="{cross}"/>')
    said = f"{across.title} {across.unit}".strip()
    middle = (_SQUARE_LEFT + _WIDTH - _RIGHT) / 2
    parts.append(f'<text class="tick mid" x="{middle}" y="{base + 31}">{escape(said)}</text>')
    return _svg(f"{up.title} over {across.title} of simulated persons", _TALL, parts)


def telling(answer: Answer) -> tuple[int, int] | None:
    """Which two labs say most of the first candidate, or of the next where all is settled."""
    labs = [lab.lab for lab in answer.found.evidence.labs]
    if len(labs) < 2:
        return None
    said = answer.reasons.get(answer.found.candidates[0].hypothesis, ())
    places = [labs.index(one.lab) for one in said]
    return (places[0], places[1]) if len(places) > 1 else None


def _title(lab: Measured, quantity: Quantity) -> str:
    return "Filtration rate (eGFR)" if lab.lab == "creatinine" else title_of(lab.lab) or quantity.title


def _hill(axis: Axis, values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where a hill is, and its height, at most 1: how dense persons lie along the axis."""
    at = np.linspace(axis.begin, axis.end, 140)
    lies = axis.at(values)
    width = max(2.5, 0.9 * float(np.std(lies)) * len(lies) ** -0.2)
    height = np.exp(-0.5 * ((at[:, None] - lies[None, :]) / width) ** 2).sum(axis=1)
    height /= height.max()
    there = np.flatnonzero(height > 0.004)
    return at[there[0] : there[-1] + 1], height[there[0] : there[-1] + 1]


def _value(axis: Axis, lab: Shown, top: float, base: float) -> str:
    left, right = axis.at(np.array(lab.ends))
    at, name = float(axis.at(lab.value)), f"<title>measured: {digits(lab.value)}</title>"
    band = f'<rect class="own" x="{left:.1f}" y="{top}" width="{right - left:.1f}" height="{base - top}"/>'
    return f'{band}<path class="before" d="M{at:.1f} {top}V{base}">{name}</path>'


def _ticks(axis: Axis, base: float) -> str:
    parts = [f'<path class="axis" d="M{axis.begin} {base}H{axis.end}"/>']
    for tick in axis.ticks:
        x = float(axis.at(tick))
        parts.append(f'<path class="axis" d="M{x:.1f} {base}v4"/>')
        parts.append(f'<text class="tick mid" x="{x:.1f}" y="{base + 16}">{tick:g}</text>')
    return "".join(parts)


def _svg(label: str, height: float, parts: Sequence[str]) -> str:
    head = (
        f'<svg class="plot" viewBox="0 0 {_WIDTH:.0f} {height:.0f}" role="img" aria-label="{escape(label)}">'
    )
    return head + "".join(parts) + "</svg>"
