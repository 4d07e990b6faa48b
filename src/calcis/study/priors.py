"""What was believed of each number before a fit?  Read from the file that says what is fitted.

    calcis_calibration: 1
    title: Constants of the body of Calcis
    body: calcis
    fitted_by: calibration/fit_body.py       # observations that say so in `fitted` are what is fitted to
    widths: {others: 5 %, calcium_plasma: 0.5 %}          # of limits: calcis.study.residual
    weights:                                 # of experiments, where not 1
      teriparatide: {weight: 2, why: the only one that says how fast calcium leaves bone}
    parameters:
      kidney_calcium.splay: {centre: 0.02 mmol/L, spread: 0.5, source: "key: where", why: ...}

A prior is a normal distribution of u, with `centre` in the middle and standard deviation `spread`: of
u = ln x for a number above 0; of u = ln((x − a)/(b − x)) for one whose `range` in its data file is [0, 1],
or that is `between: [a, b]`.  So a fit needs no bounds.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, Literal

import numpy as np
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from calcis.body import set_by_person
from calcis.case.complaints import read_form
from calcis.case.quantity import refusal
from calcis.changes import read_quantity_at
from calcis.errors import nearest
from calcis.parameters import Parameter, read_source, reference_keys
from calcis.reading import Document, Where, read_yaml, shown
from calcis.study.residual import Widths
from calcis.units import UnitError, convert

Text = Annotated[str, Field(min_length=1, max_length=2000)]


def _share(entry: Any) -> float:
    words = entry.strip() if isinstance(entry, str) else ""
    try:
        share = float(words[:-1]) / 100.0 if words.endswith("%") else math.nan
    except ValueError:
        share = math.nan
    if not 0.0 < share <= 1.0:
        raise refusal("a share of the limit such as 5 %", shown(entry))
    return share


def _positive(entry: Any) -> float:
    if isinstance(entry, bool) or not isinstance(entry, int | float) or not 0.0 < entry < math.inf:
        raise refusal("a number above 0", shown(entry))
    return float(entry)


Positive = Annotated[float, BeforeValidator(_positive)]


class _Form(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class _Weight(_Form):
    weight: Positive
    why: Text


class _Prior(_Form):
    centre: str | int | float
    spread: Positive
    between: Annotated[list[int | float], Field(min_length=2, max_length=2)] | None = None
    source: Text
    why: Text


class _File(_Form):
    calcis_calibration: Literal[1]
    title: Text
    body: Text
    fitted_by: Text
    widths: dict[str, Annotated[float, BeforeValidator(_share)]] = Field(default_factory=dict)
    weights: dict[str, _Weight] = Field(default_factory=dict)
    parameters: Annotated[dict[str, _Prior], Field(min_length=1)]


@dataclass(frozen=True)
class Prior:
    """What is believed of a number: `centre`, `low` and `high` in the unit of the laws, `spread` of u."""

    name: str
    unit: str
    shown_unit: str
    centre: float
    spread: float
    low: float
    high: float
    source: str
    why: str

    def value(self, z: np.ndarray) -> np.ndarray:
        """The number that lies `z` standard deviations of u above the centre."""
        u = self._u(self.centre) + self.spread * np.asarray(z, float)
        if math.isinf(self.high):
            return self.low + np.exp(np.minimum(u, 700.0))
        return self.low + (self.high - self.low) / (1.0 + np.exp(np.clip(-u, -700.0, 700.0)))

    def z(self, value: float) -> float:
        """How many standard deviations of u a number lies above the centre."""
        return (self._u(value) - self._u(self.centre)) / self.spread

    def _u(self, value: float) -> float:
        if math.isinf(self.high):
            return math.log(value - self.low)
        return math.log((value - self.low) / (self.high - value))

    def inside(self, value: float) -> bool:
        """Whether a number is one that the prior allows."""
        return self.low < value < self.high

    def shown(self, value: float) -> float:
        """A number in the unit of its data file."""
        return convert(value, self.unit, self.shown_unit)


@dataclass(frozen=True)
class Calibration:
    """What is fitted to what."""

    title: str
    body: str
    fitted_by: str
    widths: Widths
    weights: Mapping[str, tuple[float, str]]
    priors: tuple[Prior, ...]
    document: Document


def read_calibration(path: str | Path, parameters: Mapping[str, Parameter]) -> Calibration:
    """A file of what is fitted; `parameters` are the numbers of its body.

    Raises InputError, with place, for a number that is not theirs, that the person of a case sets, or that
    lies with its centre or its value outside of what the prior allows.
    """
    document = read_yaml(path)
    form = read_form(document, _File)
    return Calibration(
        title=form.title,
        body=form.body,
        fitted_by=form.fitted_by,
        widths=Widths(form.widths.get("others", Widths.others), form.widths),
        weights={name: (one.weight, one.why) for name, one in form.weights.items()},
        priors=tuple(
            _prior(document, form.body, name, one, parameters) for name, one in form.parameters.items()
        ),
        document=document,
    )


def _prior(
    document: Document, body: str, name: str, form: _Prior, parameters: Mapping[str, Parameter]
) -> Prior:
    where: Where = ("parameters", name)
    if name not in parameters:
        expected = f"a number of the body {body}"
        raise document.error(where, expected, shown(name), nearest(name, parameters), key=True)
    if name in set_by_person(body):
        raise document.error(where, "a number that no case's person sets", shown(name), key=True)
    number = parameters[name]
    value, unit = read_quantity_at(document, (*where, "centre"), form.centre)
    try:
        centre = convert(value, unit, number.unit)
    except UnitError as wrong:
        raise document.error((*where, "centre"), wrong.expected, wrong.got, wrong.nearest) from None
    low, high = form.between or ((0.0, 1.0) if number.range == (0.0, 1.0) else (0.0, math.inf))
    if form.between is not None:
        low, high = (convert(end, number.shown[1], number.unit) for end in (low, high))
    read_source(document, (*where, "source"), reference_keys())
    prior = Prior(name, number.unit, number.shown[1], centre, form.spread, low, high, form.source, form.why)
    for key, one, what in (("centre", centre, "centre"), ("", number.value, f"value, in {number.file}")):
        if not prior.inside(one):
            expected = f"a {what} between {low:g} and {high:g} {number.unit}"
            raise document.error((*where, key) if key else where, expected, f"{one:g}", key=not key)
    return prior
