"""How are doses, infusions and injuries said in SBML?  As events, repeated ones as one event each.

An event that repeats counts how often it happened, in a parameter of its own.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from calcis.solve.schedule import Infusion, Jump

_SAME = 1e-12  # of a time: what rounding leaves between a sum of intervals and a multiple of one

Assignments = Mapping[str, str]  # SBML id -> formula of its new value


@dataclass(frozen=True)
class Series:
    """The same assignments at `first`, `first + interval`, ... (h), `count` times."""

    assignments: Assignments
    first: float
    interval: float
    count: int


def jump_series(
    jumps: Iterable[Jump], states: Sequence[str], literal: Callable[[float, str, str | None], str]
) -> list[Series]:
    """Jumps of the state vector, with `states` its SBML ids.

    All jumps at one time happen at once, from the state before.  `literal(value, id, per)` writes a
    number in the unit of one id, per that of another.
    """
    by_time: dict[float, list[Jump]] = {}
    for jump in jumps:
        by_time.setdefault(float(jump.time), []).append(jump)
    happenings = []
    for time, together in by_time.items():
        gains: dict[str, str] = {}
        for jump in together:
            target = states[jump.target]
            source = None if jump.source is None else states[jump.source]
            gain = literal(jump.factor, target, source) + ("" if source is None else f" * {source}")
            gains[target] = gains.get(target, target) + f" + ({gain})"
        happenings.append((time, gains))
    return in_series(happenings)


def infusion_series(
    infusions: Iterable[Infusion], rates: Mapping[int, str], literal: Callable[[float, str, str | None], str]
) -> list[Series]:
    """Infusions as steps of rate parameters; `rates` is state index -> SBML id of its rate."""
    infusions = list(infusions)
    happenings: list[tuple[float, Assignments]] = []
    for index, rate in rates.items():
        own = [infusion for infusion in infusions if infusion.target == index]
        for corner in sorted({time for infusion in own for time in (infusion.start, infusion.end)}):
            total = sum(infusion.rate for infusion in own if infusion.start <= corner < infusion.end)
            happenings.append((float(corner), {rate: literal(total, rate, None)}))
    return in_series(happenings)


def in_series(happenings: Iterable[tuple[float, Assignments]]) -> list[Series]:
    """The same happenings with equal ones at equal intervals gathered.

    >>> [series.count for series in in_series([(t, {"x": "0"}) for t in (0.0, 24.0, 48.0, 50.0)])]
    [3, 1]
    """
    alike: dict[tuple[tuple[str, str], ...], list[float]] = {}
    for time, assignments in happenings:
        alike.setdefault(tuple(sorted(assignments.items())), []).append(time)
    found = []
    for key, times in alike.items():
        left = sorted(times)
        while left:
            count = min(2, len(left))
            interval = left[1] - left[0] if count == 2 else 0.0
            while count < len(left) and math.isclose(left[0] + count * interval, left[count], rel_tol=_SAME):
                count += 1
            if count == 2:
                count, interval = 1, 0.0
            found.append(Series(dict(key), left[0], interval, count))
            left = left[count:]
    return sorted(found, key=lambda series: series.first)


def write_events(model: Any, series: Iterable[Series], hour: str, parse: Callable[[str], Any]) -> None:
    """Write events into a libSBML model; `hour` is the id of the unit of time, `parse` reads formulas."""
    for number, one in enumerate(series, 1):
        event = model.createEvent()
        event.setId(f"event_{number}")
        event.setUseValuesFromTriggerTime(True)
        trigger = event.createTrigger()
        trigger.setPersistent(True)
        trigger.setInitialValue(False)
        condition = f"time >= {one.first!r} {hour}"
        assignments = dict(one.assignments)
        if one.count > 1:
            done = f"event_{number}__done"
            counter = model.createParameter()
            counter.setId(done)
            counter.setName(f"how often event_{number} has happened")
            counter.setConstant(False)
            counter.setValue(0.0)
            counter.setUnits("dimensionless")
            condition = (
                f"time >= {one.first!r} {hour} + {done} * {one.interval!r} {hour} "
                f"&& {done} < {one.count} dimensionless"
            )
            assignments[done] = f"{done} + 1 dimensionless"
        trigger.setMath(parse(condition))
        for target, text in assignments.items():
            assignment = event.createEventAssignment()
            assignment.setVariable(target)
            assignment.setMath(parse(text))
