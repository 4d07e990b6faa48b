"""Does the tissue model still give what its hand-built prototype gave?  All experiments, as plain floats.

Run from anywhere: `python validation/tissue_prototype/compare.py [NAME ...]`.  Laws are evaluated as
plain floats under SciPy's Radau, so nothing here depends on the compiled solver.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from math import inf, log
from pathlib import Path
from typing import Any

import numpy as np
from scipy.integrate import solve_ivp

from calcis.part import Model, assemble
from calcis.reading import read_yaml
from calcis.tissue import INPUTS, PARTS
from calcis.tissue.injuries import Move, moves
from calcis.tissue.numbers import tissue_parameters
from calcis.units import convert, read_quantity

HERE = Path(__file__).parent
DAY = 24.0  # h


def in_unit(text: Any, unit: str) -> float:
    """A quantity of the data file ("1.8 mmol/L") in `unit`."""
    return convert(*read_quantity(str(text)), unit)


@dataclass(frozen=True)
class Course:
    """The course of one experiment: any state or signal at any time."""

    model: Model
    pieces: tuple[tuple[float, float, Callable[[float], Any], dict[str, float], dict[str, float]], ...]

    def __call__(self, name: str, time: float) -> float:
        """Value of a state (dotted), a signal, or `calcium_gain`, at a time in h."""
        piece = next(p for p in self.pieces if time <= p[1] + 1e-9)
        states = dict(zip(self.model.states, map(float, piece[2](time)), strict=True))
        point = self.model.at(states, piece[3], piece[4], time)
        if name == "calcium_gain":
            dissolved = states["interstitial_fluid.calcium"] - piece[4]["calcium_ionised_plasma"]
            return point.signal("mineral_total") + piece[3]["interstitial_fluid.fluid_share"] * dissolved
        return states[name] if name in states else point.signal(name)

    def many(self, name: str, until: float) -> list[float]:
        """Values from the start to a time, dense where things are fast."""
        times = np.concatenate([[0.0], np.geomspace(0.1, until, 400)])
        return [self(name, time) for time in times]


def simulate(experiment: Mapping[str, Any], end: float, rtol: float = 1e-5) -> Course:
    """Run an experiment of the data file to `end` (h): start in health, injure, change conditions."""
    model = assemble(PARTS, INPUTS)
    parameters = {name: number.value for name, number in tissue_parameters().items()}
    plasma = {name: in_unit(text, INPUTS[name]) for name, text in experiment["plasma"].items()}
    units = model.parameters
    for name, text in experiment.get("changes", {}).items():
        parameters[name] = in_unit(text, units[name])
    states = {name: float(value) for name, value in model.start(parameters, plasma).items()}
    injury = _moves(experiment["injury"], parameters) if "injury" in experiment else []
    states = _moved(states, injury, 0.0)
    for name, text in experiment.get("states", {}).items():
        states[name] = in_unit(text, model.states[name].unit)
    steps = {in_unit(step["at"], "h"): step for step in experiment.get("steps", [])}
    corners = sorted({end, *(time for time in (*steps, *(move.after for move in injury)) if 0 < time < end)})
    pieces, now = [], 0.0
    for then in corners:
        dense, states = _piece(model, states, parameters, plasma, (now, then), rtol)
        pieces.append((now, then, dense, dict(parameters), dict(plasma)))
        now, states, step = then, _moved(states, injury, then), steps.get(then, {})
        for name, text in step.get("changes", {}).items():
            parameters[name] = in_unit(text, units[name])
        for name, text in step.get("plasma", {}).items():
            plasma[name] = in_unit(text, INPUTS[name])
    return Course(model, tuple(pieces))


_OWN = {"flow": "1", "lasts": "h", "microbes": "1/mm^3", "calcium": "mmol/L", "phosphate": "mmol/L"}


def _moves(injury: Mapping[str, Any], parameters: Mapping[str, float]) -> list[Move]:
    """What an injury does; salts as mmol per litre of tissue, as there is no patch."""
    given = {key: in_unit(injury[key], unit) for key, unit in _OWN.items() if key in injury}
    return moves(injury["kind"], float(injury["killed"]), parameters, given)


def _moved(states: Mapping[str, float], injury: list[Move], time: float) -> dict[str, float]:
    """The states after what an injury does at a time."""
    after = dict(states)
    for move in injury:
        if move.after == time:
            after[move.target] += move.factor * (states[move.source] if move.source else 1.0)
    return after


def _piece(
    model: Model,
    states: Mapping[str, float],
    parameters: Mapping[str, float],
    plasma: Mapping[str, float],
    span: tuple[float, float],
    rtol: float,
) -> tuple[Callable[[float], Any], dict[str, float]]:
    names = list(model.states)
    tolerance = [rtol * state.scale for state in model.states.values()]

    def rates(time: float, values: Any) -> Any:
        columns = values.tolist() if values.ndim == 1 else values  # plain floats, or arrays for the Jacobian
        found = model.at(dict(zip(names, columns, strict=True)), parameters, plasma, time).rates()
        return np.array([np.broadcast_to(rate, values.shape[1:]) for rate in found.values()])

    start = [states[name] for name in names]
    options = {"method": "Radau", "rtol": rtol, "atol": tolerance, "dense_output": True, "vectorized": True}
    solved = solve_ivp(rates, span, start, **options)
    if not solved.success:
        raise ArithmeticError(solved.message)
    return solved.sol, dict(zip(names, map(float, solved.y[:, -1]), strict=True))


def measure(course: Course, check: Mapping[str, Any]) -> float:
    """The number that a check is about."""
    of = check["of"]
    if "at" in check:
        return course(of, in_unit(check["at"], "h"))
    if "highest_until" in check:
        return max(course.many(of, in_unit(check["highest_until"], "h")))
    if "lowest_until" in check:
        return min(course.many(of, in_unit(check["lowest_until"], "h")))
    if "ratio" in check:
        late, early = (course(of, in_unit(time, "h")) for time in check["ratio"])
        return late / early
    if "decay" in check:
        early, late = (in_unit(time, "h") for time in check["decay"])
        return log(course(of, early) / course(of, late)) / (late - early) * DAY
    low, high = 0.0, course.pieces[-1][1]
    if course(of, high) < float(check["days_to_reach"]):
        return inf
    while high - low > 1e-3:
        middle = (low + high) / 2
        low, high = (low, middle) if course(of, middle) >= float(check["days_to_reach"]) else (middle, high)
    return high / DAY


def last_time(experiment: Mapping[str, Any]) -> float:
    """Last time that any check of an experiment looks at (h)."""
    times = [in_unit("400 d", "h")] if any("days_to_reach" in c for c in experiment["checks"]) else []
    for check in experiment["checks"]:
        single = (check[key] for key in ("at", "highest_until", "lowest_until") if key in check)
        pair = (time for key in ("ratio", "decay") for time in check.get(key, ()))
        times += [in_unit(time, "h") for time in (*single, *pair)]
    return max(times)


@dataclass(frozen=True)
class Outcome:
    """One check: what was found, what was wanted, and why so."""

    experiment: str
    what: str
    found: float
    wanted: tuple[float, float]
    expected_to_fail: bool
    why: str

    @property
    def passed(self) -> bool:
        """Whether the found number lies in what was wanted."""
        return self.wanted[0] <= self.found <= self.wanted[1]


def _wanted(check: Mapping[str, Any]) -> tuple[float, float]:
    if "equals" in check:
        return check["equals"] - check["within"], check["equals"] + check["within"]
    return check.get("least", -inf), check.get("most", inf)


def compare(name: str, experiment: Mapping[str, Any]) -> Iterator[Outcome]:
    """Every check of one experiment."""
    course = simulate(experiment, last_time(experiment))
    for check in experiment["checks"]:
        what = " ".join(f"{key} {check[key]}" for key in check if key in _ASKED)
        found, fails = measure(course, check), check.get("fails", False)
        yield Outcome(name, what, found, _wanted(check), fails, check["why"])


_ASKED = ("of", "at", "highest_until", "lowest_until", "ratio", "decay", "days_to_reach")


def experiments() -> dict[str, Any]:
    """The experiments of the data file, each with the default plasma filled in."""
    data = read_yaml(HERE / "experiments.yaml").data
    return {
        name: {**entry, "plasma": {**data["plasma"], **entry.get("plasma", {})}}
        for name, entry in data["experiments"].items()
    }


def main(names: list[str]) -> int:
    """Print every check; the number of checks that did not end as expected."""
    odd = 0
    for name, experiment in experiments().items():
        if names and name not in names:
            continue
        for outcome in compare(name, experiment):
            verdict = "pass" if outcome.passed else "FAIL"
            if outcome.passed == outcome.expected_to_fail:
                odd, verdict = odd + 1, verdict + " (unexpected)"
            low, high = outcome.wanted
            print(f"{name:28} {outcome.what:48} {outcome.found:10.5g}  [{low:.6g}, {high:.6g}]  {verdict}")
    return odd


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
