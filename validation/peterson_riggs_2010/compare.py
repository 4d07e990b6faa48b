"""Does our Peterson and Riggs 2010 give what an independent implementation gave?  Every experiment.

Run from anywhere: `python validation/peterson_riggs_2010/compare.py [NAME ...]`.  The laws are
traced once and solved by SciPy's LSODA, so nothing here depends on the compiled solver.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import casadi
import numpy as np
from scipy.integrate import solve_ivp

from calcis.body.peterson_riggs_2010 import PARTS
from calcis.drugs.denosumab import DENOSUMAB
from calcis.drugs.teriparatide import TERIPARATIDE
from calcis.parameters import data_path, read_parameters
from calcis.part import assemble
from calcis.reading import read_yaml
from calcis.units import convert, read_quantity

EXPERIMENTS: dict[str, Any] = read_yaml(Path(__file__).parent / "experiments.yaml").data
DRUGS = (DENOSUMAB, TERIPARATIDE)
INPUTS = {"calcium_uptake_tissue": "mmol/h", "phosphate_uptake_tissue": "mmol/h"}
MODEL = assemble([*PARTS, *DRUGS], INPUTS)


def numbers() -> dict[str, float]:
    """Value of every parameter of the body and its drugs, in the units of the laws."""
    body = {part.name: part.parameters for part in PARTS}
    found = read_parameters(data_path("body", "peterson_riggs_2010.yaml"), body)
    for drug in DRUGS:
        found |= read_parameters(data_path("drugs", f"{drug.name}.yaml"), {drug.name: drug.parameters})
    return {name: parameter.value for name, parameter in found.items()}


def molar_mass(signal: str) -> float | None:
    """Molar mass (g/mol) to show a signal, or to give a drug, by mass."""
    if signal.startswith("pth_"):
        return float(EXPERIMENTS["pth"]["value"]) * 1000.0
    if signal.startswith("denosumab"):
        return float(read_yaml(data_path("drugs", "denosumab.yaml")).data["drug"]["molar_mass"]["value"])
    return None


class Body:
    """The traced model: states in a vector, rates and exact Jacobian as functions of it."""

    def __init__(self) -> None:
        self.states, self.numbers = tuple(MODEL.states), numbers()
        y = [casadi.SX.sym(name) for name in self.states]
        p = [casadi.SX.sym(name) for name in self.numbers]
        u = [casadi.SX.sym(name) for name in INPUTS]
        t = casadi.SX.sym("t")
        states = dict(zip(self.states, y, strict=True))
        point = MODEL.at(
            states, dict(zip(self.numbers, p, strict=True)), dict(zip(INPUTS, u, strict=True)), t
        )
        rates = casadi.vertcat(*(casadi.SX(rate) for rate in point.rates().values()))
        arguments = [t, casadi.vertcat(*y), casadi.vertcat(*p), casadi.vertcat(*u)]
        jacobian = casadi.densify(casadi.jacobian(rates, arguments[1]))
        self.function = casadi.Function("rates", arguments, [rates])
        self.jacobian = casadi.Function("jacobian", arguments, [jacobian])

    def course(
        self,
        times: Sequence[float],
        changes: Mapping[str, float] | None = None,
        doses: Mapping[str, float] | None = None,
        inputs: Mapping[str, float] | None = None,
        rtol: float = 1e-8,
    ) -> Course:
        """States at `times` (h, rising, from 0), all numbers in the units of the laws."""
        parameters = {**self.numbers, **(changes or {})}
        given = {**dict.fromkeys(INPUTS, 0.0), **(inputs or {})}
        start = MODEL.start(parameters)
        for state, amount in (doses or {}).items():
            start[state] += amount
        p, u = np.array(list(parameters.values())), np.array(list(given.values()))
        if times[-1] == 0.0:
            return Course(parameters, given, (0.0,), np.array([list(start.values())]))
        solution = solve_ivp(
            lambda t, y: np.asarray(self.function(t, y, p, u)).ravel(),
            (0.0, times[-1]),
            list(start.values()),
            method="LSODA",
            t_eval=times,
            rtol=rtol,
            atol=rtol * np.array([state.scale for state in MODEL.states.values()]),
            jac=lambda t, y: np.asarray(self.jacobian(t, y, p, u)),
        )
        if not solution.success:
            raise RuntimeError(solution.message)
        return Course(parameters, given, tuple(times), solution.y.T)


@dataclass(frozen=True)
class Course:
    """States (times x states) of one run, and any signal of it."""

    parameters: Mapping[str, float]
    inputs: Mapping[str, float]
    times: tuple[float, ...]
    states: Any

    def signal(self, name: str, time: float) -> float:
        """Value of a signal at one of `times` (h)."""
        states = dict(zip(MODEL.states, map(float, self.states[self.times.index(time)]), strict=True))
        return float(MODEL.at(states, self.parameters, self.inputs, time).signal(name))


@dataclass(frozen=True)
class Check:
    """One printed value and ours, in the printed unit."""

    of: str
    at: str
    printed: float
    unit: str
    simulated: float
    tolerance: float

    @property
    def passed(self) -> bool:
        """Is ours what was printed, within half of the last digit and the margin?"""
        return abs(self.simulated - self.printed) <= self.tolerance


def tolerance(text: str) -> float:
    """Half of the last printed digit of "2.350 mmol/L", plus the margin."""
    digits = Decimal(text.split()[0])
    exponent = digits.as_tuple().exponent
    assert isinstance(exponent, int)
    return 0.5 * 10.0**exponent + float(EXPERIMENTS["margin"]["value"]) * abs(float(digits))


def in_laws(text: Any, unit: str, name: str = "") -> float:
    """A quantity of the data file in the unit of the laws."""
    return convert(*read_quantity(str(text)), unit, molar_mass(name))


def checks(body: Body, name: str) -> Iterator[Check]:
    """Run one experiment and compare."""
    experiment = EXPERIMENTS["experiments"][name]
    changes = {k: in_laws(v, MODEL.parameters[k]) for k, v in experiment.get("changes", {}).items()}
    doses = {k: in_laws(v, MODEL.states[k].unit, k) for k, v in experiment.get("doses", {}).items()}
    inputs = {k: in_laws(v, INPUTS[k]) for k, v in experiment.get("inputs", {}).items()}
    times = sorted({in_laws(check["at"], "h") for check in experiment["checks"]})
    course = body.course(times, changes, doses, inputs)
    for check in experiment["checks"]:
        printed, unit = read_quantity(check["is"])
        ours = course.signal(check["of"], in_laws(check["at"], "h"))
        shown = convert(ours, MODEL.signals[check["of"]], unit, molar_mass(check["of"]))
        yield Check(check["of"], check["at"], printed, unit, shown, tolerance(check["is"]))


def main(names: Sequence[str]) -> int:
    """Print every check; exit status 1 if one fails."""
    body, failed = Body(), 0
    for name in names or EXPERIMENTS["experiments"]:
        for check in checks(body, name):
            failed += not check.passed
            mark = "ok  " if check.passed else "FAIL"
            ours = f"{check.printed:10.4g} {check.simulated:12.6g} {check.unit}"
            print(f"{mark} {name:28} {check.of:32} {check.at:>6} {ours}")
    print(f"{failed} failed")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
