"""Which labs of a case can a body be held against, and what would a person with other numbers have?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calcis.case import Case, packaged
from calcis.clinical.formulas import estimated_gfr, is_adult
from calcis.clinical.labs import LABS
from calcis.individual.factors import lab_floor, lab_spread
from calcis.part import Model
from calcis.simulate.doses import before
from calcis.simulate.numbers import Numbers
from calcis.simulate.person import body_model
from calcis.solve.integrate import solve
from calcis.solve.schedule import Lane
from calcis.units import convert

FILTRATION = "glomerular_filtration_rate"
ALBUMIN = "calcium_binding.albumin"  # which a body takes as it is given
_TOLERANCE = 1e-6  # of states: well below what labs, and the differences of a derivative, differ by


@dataclass(frozen=True)
class Measured:
    """A lab that the body has: its name in the case, signal, value in the signal's unit, and `spread`.

    That is the standard deviation of its natural logarithm in an unchanged person; `share` is that of high
    values, `floor` the standard deviation of the value itself where it is low.
    """

    lab: str
    signal: str
    value: float
    unit: str
    spread: float
    share: float
    floor: float = 0.0

    def standing(self, logs: np.ndarray) -> np.ndarray:
        """Where values, as natural logarithms, stand on a scale on which the lab varies by 1 everywhere.

        ∫dy/√(f² + (s·y)²) = arsinh(s·y/f)/s with floor f and share s; without a floor ln(y)/s.
        """
        if self.floor > 0.0:
            logs = np.arcsinh(self.share * np.exp(logs) / self.floor)
        found: np.ndarray = logs / self.share
        return found


def measured(case: Case, model: Model) -> tuple[list[Measured], dict[str, str]]:
    """The labs that the body can be held against, and of the others why it cannot, by name."""
    found: list[Measured] = []
    unused: dict[str, str] = {}
    age, sex = case.person.age, case.person.sex
    for lab, value in (case.labs.given if case.labs else {}).items():
        signal, unit = LABS[lab]
        if lab == "albumin":
            if ALBUMIN not in model.parameters:
                unused[lab] = "this body has no albumin"
            continue
        if value <= 0.0:
            unused[lab] = "a value of 0 means less than the assay finds, and not how much less"
            continue
        if lab == "creatinine":
            if age is None or sex is None or not is_adult(age):
                unused[lab] = "eGFR is computed for adults of known age and sex alone"
                continue
            value, signal, unit = estimated_gfr(value, age, sex), FILTRATION, "mL/min"
        if signal not in model.signals:
            unused[lab] = "this body does not have it"
            continue
        own = model.signals[signal]
        spread, share = lab_spread(lab, value), lab_spread(lab, math.inf)
        floor = convert(lab_floor(lab), unit, own)
        found.append(Measured(lab, signal, convert(value, unit, own), own, spread, share, floor))
    return found, unused


class Response:
    """What plasma and kidney of a person would be, who has lived for a while with other numbers.

    `base` are the numbers of the case before any change (parameter,), in the order of `names`.
    """

    def __init__(self, case: Case) -> None:
        self._case = case
        self.model, self._kernel = body_model(case, False)
        self.numbers = packaged().parameters(case.body)
        values = Numbers(case, self.numbers).shared(self.model)
        self.names = list(self.model.parameters)
        self.base = np.array([values[name] for name in self.names])
        self.signals = list(self._kernel.system.observed)

    def levels(self, rows: Sequence[np.ndarray], hours: Sequence[float]) -> np.ndarray:
        """Every signal at the end (person, signal), NaN for who cannot live.

        `rows`: (person, parameter), `hours`: (person,) for how long.
        """
        found = np.full((len(rows), len(self.signals)), np.nan)
        lanes, places = [], []
        for place, row in enumerate(rows):
            try:
                start = self.model.start(dict(zip(self.names, row.tolist(), strict=True)))
            except ArithmeticError:
                continue
            begin = np.array(list(start.values()), float)
            if np.isfinite(begin).all():
                taken = before(self._case, self.model, hours[place])
                lanes.append(Lane(str(place), np.asarray(row, float), begin, -hours[place], 0.0, *taken))
                places.append(place)
        if lanes:
            solution = solve(self._kernel, lanes, np.zeros(1), _TOLERANCE, max_steps=4_000)
            found[places] = solution.signals[:, 0, :]
        return found

    def logs(self, rows: Sequence[np.ndarray], hours: Sequence[float], signals: Sequence[int]) -> np.ndarray:
        """Natural logarithms of some signals (person, signal); NaN where one is not above zero."""
        values = self.levels(rows, hours)[:, list(signals)]
        return np.log(np.where(values > 0.0, values, math.nan))
