"""Does a run agree with an observation?  The number it is about, what it should be, and whether it is."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

import numpy as np

from calcis.errors import nearest
from calcis.study.courses import Courses
from calcis.study.experiment import Experiment, Said
from calcis.study.form import MEASURES, Measure
from calcis.units import UnitError, convert, read_quantity
from calcis.wording import span


@dataclass(frozen=True)
class Verdict:
    """An observation and what was simulated, both in `unit`.

    low, high: what it should lie between, ends included; value: what it should equal, if it should.
    failure: why there is no number, else empty; `simulated` is then NaN.
    """

    experiment: Experiment
    said: Said
    what: str
    unit: str
    simulated: float
    value: float | None
    low: float
    high: float
    failure: str = ""

    @property
    def passed(self) -> bool:
        """Whether the simulated number lies where it should; one that is not known does not."""
        return self.low <= self.simulated <= self.high

    @property
    def fails(self) -> str:
        """Why it is known to fail, or empty."""
        return self.said.form.fails or ""

    @property
    def as_expected(self) -> bool:
        """It passes, or fails and was declared to; a run that failed is not what was declared."""
        return self.passed != bool(self.fails) and not self.failure

    @property
    def fails_as_known(self) -> bool:
        """Whether it fails and was declared to."""
        return self.as_expected and not self.passed

    @property
    def name(self) -> str:
        """The experiment's name and what of it is compared, and whether with a computed number."""
        return f"{self.experiment.name}: {self.what}{', computed' if self.said.kind == 'computed' else ''}"


def asked_times(experiment: Experiment) -> Iterator[float]:
    """The times (h) that the observations of an experiment look at."""
    for said in experiment.observations:
        for measure in (said.form, said.form.over, said.form.minus):
            for name in MEASURES[:-1] if measure is not None else ():
                given = getattr(measure, name)
                yield from given if isinstance(given, list) else () if given is None else (given,)


def verdict(experiment: Experiment, said: Said, found: Courses) -> Verdict:
    """Compare an observation with the courses of its experiment.

    Raises InputError, with place, for an arm or a quantity that the run has not, a time after its end,
    and a comparison that is none.
    """
    form = said.form
    value, unit = _measured(said, (), form, found)
    words = _words(form)
    for name, other in (("over", form.over), ("minus", form.minus)):
        if other is None:
            continue
        merged = _completed(form, other)
        beside, its_unit = _measured(said, (name,), merged, found)
        words += f" {name} that {_words(merged, form)}"
        beside = _in(said, name, beside, its_unit, unit, None)
        value, unit = (value - beside, unit) if name == "minus" else (_ratio(value, beside), "1")
    if form.per is not None:
        size, per = _read(said, "per", form.per)
        value, unit, words = _ratio(value, size), f"{unit}/({per})", f"{words} per {form.per}"
    molar_mass = experiment.molar_masses.get(form.of) if isinstance(form.of, str) else None
    shown, centre, low, high = _wanted(said)
    for key in ("equals", "least", "most"):
        if getattr(form, key) is not None:
            value = _in(said, key, value, unit, shown, molar_mass)
            break
    arms = {form.arm, *(one.arm for one in (form.over, form.minus) if one is not None)}
    failures = (text for arm, text in found.failures.items() if arm in arms or len(found.arms) == 1)
    failure = next(failures, "") if math.isnan(value) else ""  # before an arm fails its numbers are good
    return Verdict(experiment, said, words, shown, value, centre, low, high, failure)


def _completed(form: Measure, other: Measure) -> Measure:
    """What an observation is set in relation to: the same but for what is said to be different."""
    given = {name: getattr(other, name) for name in Measure.model_fields}
    fields = {name: value for name, value in given.items() if value is not None}
    keep = {"of": form.of, "arm": form.arm}
    if not any(name in fields for name in MEASURES):
        keep |= {name: getattr(form, name) for name in MEASURES}
    return Measure.model_construct(**{**given, **keep, **fields})


def _measured(said: Said, where: tuple[str, ...], form: Measure, found: Courses) -> tuple[float, str]:
    """The number that a measure takes from a run, and its unit."""
    arm = _arm(said, where, form, found)
    values, unit = _course(said, where, form, found, arm)
    times = found.times
    named = [name for name in MEASURES if getattr(form, name) is not None]
    if len(times) == 1 and not named:  # a fluid, which has no time
        return float(values[0]), unit
    place = (*said.where, *where)
    if len(named) != 1:
        got = ", ".join(named) or "none"
        raise said.document.error(place, f"one of {', '.join(MEASURES)}", got)
    [name] = named
    given = getattr(form, name)
    ends = given if isinstance(given, list) else [given] if isinstance(given, float) else []
    if any(end > times[-1] * (1 + 1e-12) for end in ends):
        end = span(float(times[-1]))
        raise said.document.error((*place, name), f"times up to the run's end at {end}", _text(form, name))
    if name == "at":
        return _value(times, values, given), unit
    if name == "reaches":
        level = _in(said, name, *_read(said, name, given), unit, None)
        return _first_at_least(times, values, level), "h"
    begin, end = given
    if not begin < end:
        raise said.document.error((*place, name), "a first time before the last", _text(form, name))
    if name == "decay":
        early, late = _value(times, values, begin), _value(times, values, end)
        ratio = _ratio(early, late)
        return (math.log(ratio) if ratio > 0 else math.nan) / (end - begin), "1/h"
    inside = (times >= begin) & (times <= end)
    window, when = values[inside], times[inside]
    if not np.isfinite(window).all():
        return math.nan, "h" if name.startswith("time") else unit
    if name == "mean":
        return float(np.trapezoid(window, when)) / (end - begin), unit
    pick: Callable[[np.ndarray], np.intp] = np.argmax if name.endswith("highest") else np.argmin
    chosen = int(pick(window))
    return (float(when[chosen]), "h") if name.startswith("time") else (float(window[chosen]), unit)


def _arm(said: Said, where: tuple[str, ...], form: Measure, found: Courses) -> str:
    place = (*said.where, *where)
    if form.arm is None:
        if len(found.arms) > 1:
            raise said.document.error(place, f"`arm`, one of {', '.join(found.arms)}", "none")
        return next(iter(found.arms))
    if form.arm not in found.arms:
        near = nearest(form.arm, found.arms)
        raise said.document.error((*place, "arm"), "an arm of the case", repr(form.arm), near)
    return form.arm


def _course(
    said: Said, where: tuple[str, ...], form: Measure, found: Courses, arm: str
) -> tuple[np.ndarray, str]:
    """The values over time of a quantity, or of a sum of several in the unit of the first."""
    known, of = found.arms[arm], form.of or ""
    weights = {of: 1.0} if isinstance(of, str) else of
    place = (*said.where, *where, "of")
    total, unit = np.zeros(len(found.times)), ""
    for name, weight in weights.items():
        if name not in known:
            raise said.document.error(place, "a quantity of the run", repr(name), nearest(name, known))
        unit = unit or known[name].unit
        try:
            total = total + weight * convert(1.0, known[name].unit, unit) * known[name].values
        except UnitError as wrong:
            raise said.document.error(place, wrong.expected, wrong.got, wrong.nearest) from None
    return total, unit


def _value(times: np.ndarray, values: np.ndarray, at: float) -> float:
    return float(values[int(np.argmin(np.abs(times - at)))])  # it was asked for, so it is there


def _first_at_least(times: np.ndarray, values: np.ndarray, level: float) -> float:
    """When (h) a course is first at least `level`, on straight lines between its times; never: infinity."""
    if not np.isfinite(values).all():
        return math.nan
    above = np.flatnonzero(values >= level)
    if not len(above):
        return math.inf
    k = int(above[0])
    if k == 0:
        return float(times[0])
    share = (level - values[k - 1]) / (values[k] - values[k - 1])
    return float(times[k - 1] + share * (times[k] - times[k - 1]))


def _ratio(above: float, below: float) -> float:
    return above / below if below else math.nan


def _wanted(said: Said) -> tuple[str, float | None, float, float]:
    """Unit, value to equal, least and most of what an observation should be."""
    form = said.form
    if (form.equals is None) == (form.least is None and form.most is None):
        raise said.document.error(
            said.where, "`equals`, or one or both of `least` and `most`", "none or both"
        )
    if form.equals is not None:
        value, unit = _read(said, "equals", form.equals)
        low, high = _around(said, form.equals, value, unit)
        return unit, value, low, high
    key = "least" if form.least is not None else "most"
    low, unit = _read(said, key, getattr(form, key))
    high = math.inf
    if form.most is not None:
        high, own = _read(said, "most", form.most)
        high = _in(said, "most", high, own, unit, None)
    low = low if form.least is not None else -math.inf
    if not low <= high:
        raise said.refuse("least", "at most the `most`", repr(form.least))
    return unit, None, low, high


def _around(said: Said, text: str, value: float, unit: str) -> tuple[float, float]:
    """The lowest and highest number that counts as equal: the terms of `within`, added."""
    if not said.within:
        raise said.document.error(said.where, "`within`, here or above: how near is equal", "none")
    below = above = 0.0
    for term in said.within:
        name, _, rest = term.partition(" ")
        if term == "digits":
            size = _half_digit(text)
        elif name == "sampling":
            low, high = _sampling(said, rest, value, unit)
            below, above = below + value - low, above + high - value
            continue
        elif name == "factor":
            factor = _number(said, rest, 1.0)
            below, above = below + abs(value) * (1 - 1 / factor), above + abs(value) * (factor - 1)
            continue
        elif term.endswith("%"):
            size = _number(said, term[:-1]) / 100.0 * abs(value)
        else:
            size = abs(_in(said, "within", *_read(said, "within", term), unit, None))
        below, above = below + size, above + size
    return value - below, value + above


def _sampling(said: Said, text: str, share: float, unit: str) -> tuple[float, float]:
    """Wilson's interval of 95 % of a share of so many persons, as a trial of that size has it."""
    if unit != "1" or not 0.0 <= share <= 1.0:
        raise said.refuse("within", "sampling N for a share of persons alone", f"one of {share:g} {unit}")
    n, z = _number(said, text, 1.0), 1.96
    middle = (share + z * z / (2.0 * n)) / (1.0 + z * z / n)
    size = z * math.sqrt(share * (1.0 - share) / n + z * z / (4.0 * n * n)) / (1.0 + z * z / n)
    return min(middle - size, share), max(middle + size, share)


def number_of(text: str) -> str:
    """The number of "2.350 mmol/L" as it is printed."""
    found = re.match(r"\s*([+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?)", text)
    return found[1] if found else ""


def _half_digit(text: str) -> float:
    """Half of the last printed digit of "2.350 mmol/L"."""
    exponent = Decimal(number_of(text)).as_tuple().exponent
    assert isinstance(exponent, int)
    return float(Decimal("0.5").scaleb(exponent))


def _number(said: Said, text: str, above: float = 0.0) -> float:
    try:
        found = float(Decimal(text.strip()))
    except InvalidOperation:
        found = math.nan
    if not above < found < math.inf:
        expected = (
            "digits, a share such as 5 %, a factor above 1 such as factor 2, sampling 92, or a quantity"
        )
        raise said.refuse("within", expected, repr(text))
    return found


def _read(said: Said, key: str, text: str) -> tuple[float, str]:
    try:
        return read_quantity(text)
    except UnitError as wrong:
        raise said.refuse(key, wrong.expected, wrong.got, wrong.nearest) from None


def _in(said: Said, key: str, value: float, unit: str, wanted: str, molar_mass: float | None) -> float:
    try:
        return convert(value, unit, wanted, molar_mass)
    except UnitError as wrong:
        raise said.refuse(key, wrong.expected, wrong.got, wrong.nearest) from None


def _words(form: Measure, beside: Measure | None = None) -> str:
    """A measure in words; of one that is set beside another, what is different."""
    of = form.of if isinstance(form.of, str) else _sum(form.of or {})
    of = getattr(form, "called", None) or of
    said = [] if beside is not None and beside.of == form.of else [of or ""]
    if form.arm is not None and (beside is None or beside.arm != form.arm):
        said.append(f"in {form.arm}")
    name = next((name for name in MEASURES if getattr(form, name) is not None), "")
    if name and (beside is None or _text(beside, name) != _text(form, name)):
        said.append(_text(form, name))
    return " ".join(word for word in said if word)


def _sum(weights: Mapping[str, float]) -> str:
    """`a − b`, `2·a + b`."""
    said = ""
    for name, weight in weights.items():
        sign = "−" if weight < 0 else "+"
        size = "" if abs(weight) == 1 else f"{abs(weight):g}·"
        said += f" {sign} {size}{name}" if said or weight < 0 else f"{size}{name}"
    return said.strip()


def _text(form: Measure, name: str) -> str:
    given = getattr(form, name)
    if given == 0.0 and name == "at":
        return "at the start"
    if isinstance(given, list):
        return f"{name.replace('_', ' ')} {span(given[0])} to {span(given[1])}"
    return f"{name} {given if isinstance(given, str) or given is None else span(given)}"
