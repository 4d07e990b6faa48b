"""Where is the sum of squared residuals and the prior least?  Levenberg and Marquardt, many steps at once.

Trial steps are lanes of the same march as derivatives, so that each round tries a whole range of dampings μ,

    (JᵀJ + 1 + μ·D) δ = −(Jᵀr + z),  D the diagonal of JᵀJ + 1,

and takes the one that is best, instead of searching for it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from calcis.study.calibration import Derivatives, Problem, Progress

DAMPINGS = np.array([0.0, *np.logspace(-3.0, 4.0, 15)])
SHARES = (1.0, 0.5)
NEAR = 0.01  # posterior standard deviations that a step is at most, at the optimum
LEAST_GAIN = 1e-6  # of the objective in a round, for another one


@dataclass(frozen=True, eq=False)
class Point:
    """Where a fit is; `left` is the largest step that is left to go, in posterior standard deviations."""

    z: np.ndarray
    objective: float
    derivatives: Derivatives
    left: float
    round: int


def objective(residuals: np.ndarray, z: np.ndarray) -> np.ndarray:
    """|r|² + |z|² of every set."""
    found: np.ndarray = (residuals**2).sum(axis=-1) + (z**2).sum(axis=-1)
    return found


def point(problem: Problem, z: np.ndarray, round: int = 0, progress: Progress | None = None) -> Point:
    """All that is known at z."""
    found = problem.derivatives(z, progress=progress)
    left = float(np.max(np.abs(found.step(z)) / found.deviations))
    return Point(z, float(objective(found.residuals, z)), found, left, round)


def fit(
    problem: Problem,
    z: np.ndarray,
    rounds: int,
    reached: Callable[[Point], None],
    progress: Progress | None = None,
    held: int | None = None,
) -> Point:
    """The optimum from z on, or the best after so many rounds; `reached` is told every point on the way.

    Ends where the step that is left is below NEAR, or no step is better.  The number `held` stays as it is.
    """
    free = np.delete(np.arange(len(z)), [] if held is None else [held])
    at = point(problem, z, 0, progress)
    reached(at)
    for k in range(1, rounds + 1):
        if held is None and at.left < NEAR:
            break
        information = at.derivatives.information[np.ix_(free, free)]
        gradient = at.derivatives.gradient(at.z)[free]
        scale = np.diag(np.diag(information))
        steps = [-np.linalg.solve(information + damping * scale, gradient) for damping in DAMPINGS]
        trials = np.tile(at.z, (len(steps) * len(SHARES), 1))
        trials[:, free] += [share * step for step in steps for share in SHARES]
        found = objective(problem.residuals(trials, progress), trials)
        best = int(np.argmin(found))
        if not found[best] < at.objective - LEAST_GAIN:
            break
        at = point(problem, trials[best], k, progress)
        reached(at)
    return at


def profile(problem: Problem, optimum: Point, number: int, deviations: float, rounds: int = 6) -> float:
    """By how much the objective rises where a number is held so many posterior standard deviations away.

    All others are fitted anew.  Were the model linear it would be the square of `deviations`.
    """
    covariance = np.linalg.inv(optimum.derivatives.information)[:, number]
    away = optimum.z + deviations * covariance / np.sqrt(covariance[number])
    return fit(problem, away, rounds, lambda _: None, held=number).objective - optimum.objective
