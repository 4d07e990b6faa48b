"""What does the published body do under SciPy's LSODA?  Traced once; nothing here is the compiled solver."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import casadi
import numpy as np
from scipy.integrate import solve_ivp

from calcis.body.peterson_riggs_2010 import PARTS
from calcis.drugs import drug_part
from calcis.parameters import data_path, read_parameters
from calcis.part import assemble

DENOSUMAB = drug_part("denosumab")
TERIPARATIDE = drug_part("teriparatide")

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
