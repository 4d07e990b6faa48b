"""How far is a body from all that its numbers are fitted to, for many sets of numbers at once?

Numbers are fitted in z, standard deviations of their priors: the prior's own information is then 1 for each,
and what the data add is measured against it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

import numpy as np

from calcis.case import Vocabulary
from calcis.errors import InputError, nearest
from calcis.parameters import Parameter
from calcis.study.experiment import Experiment, Said
from calcis.study.priors import Calibration
from calcis.study.residual import FAILED, residual
from calcis.study.variants import Variants
from calcis.study.verdict import Verdict, asked_times, verdict

RTOL = 1e-8
STEP = 2e-4  # in standard deviations of the prior, for derivatives: those are then right to 1e-5

Progress = Callable[[str, float], None]


@dataclass(frozen=True)
class Target:
    """An observation that is fitted to; `weight` is that of its squared residual."""

    experiment: Experiment
    said: Said
    weight: float


@dataclass(frozen=True, eq=False)
class Derivatives:
    """Residuals (target,) and their derivatives (target, parameter) by z at a point.

    A derivative is 0 where a run fails on both sides of the point; `blind` tells of which targets that is so.
    """

    residuals: np.ndarray
    jacobian: np.ndarray
    blind: np.ndarray

    def gradient(self, z: np.ndarray) -> np.ndarray:
        """Derivative of half the objective, |residuals|² + |z|², by z."""
        found: np.ndarray = self.jacobian.T @ self.residuals + z
        return found

    @property
    def information(self) -> np.ndarray:
        """Fisher information of data and prior, in z: JᵀJ + 1."""
        found: np.ndarray = self.jacobian.T @ self.jacobian + np.eye(self.jacobian.shape[1])
        return found

    def step(self, z: np.ndarray) -> np.ndarray:
        """Where, from here, the linear model has its optimum: −(JᵀJ + 1)⁻¹ (Jᵀr + z)."""
        found: np.ndarray = -np.linalg.solve(self.information, self.gradient(z))
        return found

    @property
    def deviations(self) -> np.ndarray:
        """Posterior standard deviations of z: 1 where data say nothing."""
        found: np.ndarray = np.sqrt(np.diag(np.linalg.inv(self.information)))
        return found


class Problem:
    """Observations, priors, and the experiments that connect them.

    An experiment with n observations weighs as much as √n of one each: one run's observations share what is
    wrong with its equations, so that the tenth tells less than the first.  Raises InputError, with place, for
    what cannot be fitted to, and where nothing is there to be fitted to.
    """

    def __init__(
        self,
        calibration: Calibration,
        experiments: Sequence[Experiment],
        vocabulary: Vocabulary,
        fitted_by: str | None = None,
        rtol: float = RTOL,
    ) -> None:
        self.calibration, self.priors, self.rtol = calibration, calibration.priors, rtol
        self.vocabulary = vocabulary
        script = fitted_by or calibration.fitted_by
        self.targets: list[Target] = []
        self._runs: list[tuple[Variants, list[int]]] = []
        by_key: dict[str, int] = {}
        chosen = [
            (one, [said for said in one.observations if said.kind != "computed" and script in said.fitted])
            for one in experiments
            if one.phases and one.phases[0].case.body == calibration.body
        ]
        known = [one.name for one, saids in chosen if saids]
        for name in calibration.weights:
            if name not in known:
                expected, near = "an experiment that is fitted to", nearest(name, known)
                raise calibration.document.error(("weights", name), expected, repr(name), near, key=True)
        for one, saids in chosen:
            if not saids:
                continue
            weight = calibration.weights.get(one.name, (1.0, ""))[0] / len(saids) ** 0.5
            for said in saids:
                if said.form.time_of_highest or said.form.time_of_lowest or said.form.reaches:
                    expected = "`fitted: false`: when something happens is told to an output's time only"
                    raise said.document.error(said.where, expected, f"fitted: {said.fitted}")
                if one.key not in by_key:
                    same = [other for other in experiments if other.key == one.key]
                    asked = [time for other in same for time in asked_times(other)]
                    by_key[one.key] = len(self._runs)
                    self._runs.append((Variants(one, asked, vocabulary), []))
                self._runs[by_key[one.key]][1].append(len(self.targets))
                self.targets.append(Target(one, said, weight))
        if not self.targets:
            raise InputError(f"observations with `fitted: {script}`", "none")
        self._root_weights = np.sqrt([target.weight for target in self.targets])

    @property
    def names(self) -> list[str]:
        """Dotted names of what is fitted."""
        return [prior.name for prior in self.priors]

    def now(self) -> np.ndarray:
        """z of the numbers as the vocabulary has them."""
        numbers = self.vocabulary.parameters(self.calibration.body)
        return np.array([prior.z(numbers[prior.name].value) for prior in self.priors])

    def values(self, z: np.ndarray) -> dict[str, np.ndarray]:
        """The numbers in the units of the laws, by dotted name; z has parameters last."""
        return {prior.name: prior.value(z[..., k]) for k, prior in enumerate(self.priors)}

    def residuals(self, z: np.ndarray, progress: Progress | None = None) -> np.ndarray:
        """Weighted residuals (set, target) for sets z (set, parameter)."""
        sets, widths = self.values(z), self.calibration.widths
        found = np.empty((len(z), len(self.targets)))
        for done, (variants, members) in enumerate(self._runs):
            if progress is not None:
                progress(variants.experiment.title[:60], done / len(self._runs))
            for k, courses in enumerate(variants.run(sets, self.rtol)):
                for j in members:
                    target = self.targets[j]
                    found[k, j] = residual(verdict(target.experiment, target.said, courses), widths)
        return found * self._root_weights

    def verdicts(self, z: np.ndarray) -> list[Verdict]:
        """What is simulated beside what was observed, of every target, for one set."""
        sets = self.values(z[None])
        found: dict[int, Verdict] = {}
        for variants, members in self._runs:
            (courses,) = variants.run(sets, self.rtol)
            for j in members:
                found[j] = verdict(self.targets[j].experiment, self.targets[j].said, courses)
        return [found[j] for j in range(len(self.targets))]

    def left_out(self, z: np.ndarray, found: Derivatives) -> list[Verdict]:
        """What every target's run gives where it was not fitted to: one linear step from an optimum z."""
        told: dict[int, Verdict] = {}
        for variants, members in self._runs:
            rest = np.delete(np.arange(len(self.targets)), members)
            without = Derivatives(found.residuals[rest], found.jacobian[rest], found.blind[rest])
            (courses,) = variants.run(self.values((z + without.step(z))[None]), self.rtol)
            for j in members:
                told[j] = verdict(self.targets[j].experiment, self.targets[j].said, courses)
        return [told[j] for j in range(len(self.targets))]

    def derivatives(self, z: np.ndarray, step: float = STEP, progress: Progress | None = None) -> Derivatives:
        """Residuals and derivatives at z by central differences; one-sided where a run fails on one side."""
        n = len(z)
        sets = np.concatenate([z[None], z + step * np.eye(n), z - step * np.eye(n)])
        found = self.residuals(sets, progress)
        middle, above, below = found[0], found[1 : n + 1].T, found[n + 1 :].T
        failed = FAILED * self._root_weights[:, None]
        lost, lost_below = np.abs(above) == failed, np.abs(below) == failed
        above = np.where(lost, middle[:, None], above)
        below = np.where(lost_below, middle[:, None], below)
        jacobian = (above - below) / (step * (2.0 - lost - lost_below + 2.0 * (lost & lost_below)))
        return Derivatives(middle, jacobian, (lost & lost_below).any(axis=1))

    def with_values(self, z: np.ndarray) -> Vocabulary:
        """The vocabulary with the numbers of a set."""
        own = self.calibration.body
        values = self.values(z)
        before = self.vocabulary.parameters
        changed: dict[str, Parameter] = {
            name: replace(number, value=float(values[name])) if name in values else number
            for name, number in before(own).items()
        }
        return replace(self.vocabulary, parameters=lambda body: changed if body == own else before(body))
