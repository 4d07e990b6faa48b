"""What does a fit tell its reader?  How well each number is known, what agrees, and what was predicted."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from calcis.quantities import pretty
from calcis.study.calibration import Problem
from calcis.study.optimum import Point, objective
from calcis.study.priors import Prior
from calcis.study.residual import residual
from calcis.study.verdict import Verdict
from calcis.validation_report.words import simulated, wanted
from calcis.wording import digits

SHOWN = 8  # combinations of numbers at either end of what is determined
NOTHING = 0.01
UNTOLD = 0.1  # share of information from which on the data are said to determine a number


@dataclass(frozen=True, eq=False)
class Outcome:
    """A fit, where it began, what it was fitted to, and what it was not."""

    problem: Problem
    begin: np.ndarray
    begin_verdicts: Sequence[Verdict]
    end: Point
    verdicts: Sequence[Verdict]
    left_out: Sequence[Verdict]
    held_out: Sequence[Verdict]
    profiles: Sequence[tuple[str, float, float]]  # number, rise two deviations below and above

    @property
    def converged(self) -> bool:
        """Whether the step left to go is a small part of every standard deviation."""
        return self.end.left < 0.05

    @property
    def begin_objective(self) -> float:
        """The objective where the fit began."""
        return float(objective(self.problem.residuals(self.begin[None]), self.begin)[0])

    @property
    def told(self) -> np.ndarray:
        """Of each number the share of its information that comes from data: 1 − posterior/prior variance."""
        found: np.ndarray = 1.0 - self.end.derivatives.deviations**2
        return found


def interval(prior: Prior, z: float, deviation: float) -> tuple[float, float]:
    """From where to where one standard deviation reaches, in the unit of the number's file."""
    low, high = prior.value(np.array([z - deviation, z + deviation]))
    return prior.shown(float(low)), prior.shown(float(high))


def summary(outcome: Outcome) -> list[str]:
    """The fit in a few lines."""
    end, told = outcome.end, outcome.told
    data = float((end.derivatives.residuals**2).sum())
    passed = sum(one.passed for one in outcome.verdicts)
    left = sum(one.passed for one in outcome.left_out)
    held = [one for one in outcome.held_out if one.said.predicted]
    freedom = len(told) - float(np.trace(np.linalg.inv(end.derivatives.information)))
    before = sum(one.passed for one in outcome.begin_verdicts)
    lines = [
        f"{len(outcome.problem.priors)} numbers, {len(outcome.verdicts)} observations of "
        f"{len({one.experiment.name for one in outcome.verdicts})} experiments",
        f"objective {outcome.begin_objective:.4g} at the start, {end.objective:.4g} at the end: "
        f"data {data:.4g}, prior {end.objective - data:.4g}",
        f"{before} of the fitted observations passed at the start, {passed} at the end; "
        f"{left} pass where their own experiment is left out (one linear step)",
        f"{sum(one.passed for one in held)} of {len(held)} held-out observations pass",
        f"data determine {freedom:.1f} of {len(told)} combinations of numbers; "
        f"{(told < UNTOLD).sum()} numbers got less than {100 * UNTOLD:.0f} % of their information from data",
        f"the step left to the optimum is {end.left:.2g} posterior standard deviations"
        + ("" if outcome.converged else ": NOT CONVERGED"),
    ]
    if end.derivatives.blind.any():
        lines.append("runs failed on both sides of a number, whose influence is therefore not known")
    return lines


def failing(outcome: Outcome) -> list[str]:
    """A line for each observation, fitted or held out, that fails."""
    return [
        f"{how}: {one.name}: {simulated(one)} for {wanted(one)}"
        for how, some in (("fitted", outcome.verdicts), ("held out", outcome.held_out))
        for one in some
        if not one.passed
    ]


def undetermined(outcome: Outcome) -> list[str]:
    """The numbers of which data tell least."""
    order = np.argsort(outcome.told)
    names = outcome.problem.names
    return [f"{names[k]} ({_share(outcome.told[k])})" for k in order if outcome.told[k] < UNTOLD]


def markdown(outcome: Outcome, script: str) -> str:
    """The whole report; `script` wrote it."""
    return "\n".join(
        [
            f"# Calibration: {outcome.problem.calibration.title}",
            "",
            f"Written by `{script}`; [README.md](README.md) tells how it is read.",
            "",
            *(f"- {line}" for line in summary(outcome)),
            "",
            *_numbers(outcome),
            *_combinations(outcome),
            *_profiles(outcome),
            *_fitted(outcome),
            *_held_out(outcome),
        ]
    )


def _numbers(outcome: Outcome) -> list[str]:
    end, problem = outcome.end, outcome.problem
    rows = []
    names = [target.experiment.name for target in problem.targets]
    squares = end.derivatives.jacobian**2
    for k, prior in enumerate(problem.priors):
        z, deviation = float(end.z[k]), float(end.derivatives.deviations[k])
        by: dict[str, float] = {}
        for name, square in zip(names, squares[:, k], strict=True):
            by[name] = by.get(name, 0.0) + float(square)
        rows.append(
            [
                f"`{prior.name}`",
                _range(prior, 0.0, 1.0),
                digits(prior.shown(float(prior.value(np.array(z))))) + _unit(prior),
                _range(prior, z, deviation),
                f"{z:+.1f}".replace("-", "−"),
                _share(outcome.told[k]),
                max(by, key=lambda name: by[name]),
            ]
        )
    head = ["number", "prior, 1 sd", "optimum", "1 sd", "from prior, in its sd", "told by data", "most moves"]
    note = "`told by data` is 1 − posterior/prior variance: at 0 % a number is its prior, whatever the fit."
    return ["## Numbers", "", note, "", *_table(head, rows)]


def _combinations(outcome: Outcome) -> list[str]:
    """Eigenvectors of what data tell, from the best to the worst determined."""
    jacobian = outcome.end.derivatives.jacobian
    values, vectors = np.linalg.eigh(jacobian.T @ jacobian)
    order = [k for k in np.argsort(-values) if values[k] > NOTHING]
    rows = []
    for k in (*order[:SHOWN], *order[max(SHOWN, len(order) - SHOWN) :]):
        vector = vectors[:, k] * np.sign(vectors[np.argmax(np.abs(vectors[:, k])), k])
        largest = np.argsort(-np.abs(vector))[:4]
        words = " ".join(f"{vector[j]:+.2f}·`{outcome.problem.names[j]}`" for j in largest)
        known = 1.0 / math.sqrt(1.0 + float(values[k]))
        rows.append([digits(float(values[k])), f"{known:.3f}", words.replace("-", "−")])
    head = ["information of data", "posterior/prior sd", "largest shares, in prior sd"]
    note = (
        "The combinations of which the data tell most, and those of which they tell least, but something. "
        f"Of {int((values > 1.0).sum())} of {len(values)} they tell more than the prior, which tells 1; of "
        f"{len(values) - len(order)} nothing (less than {NOTHING})."
    )
    return ["## Combinations of numbers", "", note, "", *_table(head, rows)]


def _profiles(outcome: Outcome) -> list[str]:
    if not outcome.profiles:
        return []
    note = (
        "By how much the objective rises two posterior standard deviations away, all other numbers fitted "
        "anew. Were the model linear it would be 4; less means that the number is less well known than that."
    )
    rows = [[f"`{name}`", f"{below:.2f}", f"{above:.2f}"] for name, below, above in outcome.profiles]
    return ["## Profiles", "", note, "", *_table(["number", "below", "above"], rows)]


def _fitted(outcome: Outcome) -> list[str]:
    widths = outcome.problem.calibration.widths
    rows = [
        [
            one.name,
            wanted(one),
            simulated(before),
            simulated(one),
            f"{residual(one, widths):+.1f}".replace("-", "−"),
            _passed(one),
            f"{simulated(left)}, {_passed(left)}",
            one.said.kind,
        ]
        for one, before, left in zip(outcome.verdicts, outcome.begin_verdicts, outcome.left_out, strict=True)
    ]
    head = ["observation", "wanted", "before", "fitted", "residual, sd", "", "experiment left out", "kind"]
    note = (
        "Limits lie 2 sd from the middle; at a limit alone the residual is 1. `experiment left "
        "out`: what the run gives with the numbers that all other experiments ask for, one linear step away."
    )
    return ["## What it was fitted to", "", note, "", *_table(head, rows)]


def _held_out(outcome: Outcome) -> list[str]:
    rows = [[one.name, wanted(one), simulated(one), _passed(one), one.said.kind] for one in outcome.held_out]
    note = "Not used here, though whoever wrote the equations may have seen them."
    return [
        "## What it was not fitted to",
        "",
        note,
        "",
        *_table(["observation", "wanted", "predicted", "", "kind"], rows),
    ]


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    lines = [f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    return [*lines, *(f"| {' | '.join(cell.replace('|', '/') for cell in row)} |" for row in rows), ""]


def _range(prior: Prior, z: float, deviation: float) -> str:
    low, high = interval(prior, z, deviation)
    return f"{digits(low)} to {digits(high)}"


def _unit(prior: Prior) -> str:
    return "" if prior.shown_unit == "1" else f" {pretty(prior.shown_unit)}"


def _share(share: float) -> str:
    return f"{100.0 * max(share, 0.0):.0f} %"


def _passed(one: Verdict) -> str:
    return "passed" if one.passed else "FAILED"
