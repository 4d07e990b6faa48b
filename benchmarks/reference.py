"""What is the right answer?  SciPy's Radau on the rates of the Parts, relative tolerance 1e-11.

Independent of the solver, of its kernels and of the SBML.  Kept in .work/, and made anew whenever
the equations, numbers, persons or times differ.
"""

from __future__ import annotations

import hashlib
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
from persons import TIMES, WORK, Population, errors, population, starts

RTOL = 1e-11
# Where laws are not smooth: what crosses zero there.  The first is a jump, the others are kinks.
CORNERS = ("Bcl-2 switch", "phosphate onset", "phosphate threshold", "no calcium in urine")


@dataclass(frozen=True)
class Reference:
    """Courses (person, time, state), and for every person which of CORNERS it crosses.

    `doubt` is the largest difference to ten times tighter tolerances, over one person of every batch.
    """

    states: np.ndarray
    crossed: np.ndarray
    doubt: float


def reference(people: Population) -> Reference:
    """The reference of all persons, from .work/ if it is there."""
    parts = [Rates(people).equations, people.table.tobytes(), TIMES.tobytes(), repr((RTOL, CORNERS)).encode()]
    path = WORK / f"reference-{hashlib.sha256(b''.join(parts)).hexdigest()[:16]}.npz"
    if not path.exists():
        WORK.mkdir(exist_ok=True)
        batches = np.array_split(np.arange(len(people.table)), 2 * max(1, len(people.table) // 50))
        with ProcessPoolExecutor(2) as pool:
            states, crossed, doubt = zip(
                *pool.map(_batch, [(len(people.table), batch) for batch in batches]), strict=True
            )
        np.savez(path, states=np.concatenate(states), crossed=np.concatenate(crossed), doubt=max(doubt))
    with np.load(path) as kept:
        return Reference(kept["states"], kept["crossed"], float(kept["doubt"]))


def worth(states: np.ndarray, truth: Reference, scales: np.ndarray) -> dict[str, float]:
    """Largest error over persons: all, those who cross no jump, those who cross no corner; and the median."""
    found = errors(states, truth.states[: len(states)], scales)
    crossed = truth.crossed[: len(states)]
    return {
        "all": float(found.max()),
        "no jump": float(found[~crossed[:, 0]].max()),
        "smooth": float(found[~crossed.any(axis=1)].max()),
        "median": float(np.median(found)),
    }


def _batch(task: tuple[int, np.ndarray]) -> tuple[np.ndarray, np.ndarray, float]:
    count, batch = task
    people = population(count)
    table = people.table[batch]
    rates, begin = Rates(people), starts(people, table)
    found = [rates.solve(numbers, start) for numbers, start in zip(table, begin, strict=True)]
    finer = rates.solve(table[0], begin[0], RTOL / 10)[0]
    doubt = errors(found[0][0][None], finer[None], people.scales)[0]
    return (
        np.stack([states for states, _ in found]),
        np.stack([crossed for _, crossed in found]),
        float(doubt),
    )


class Rates:
    """Rates, Jacobian and corners as CasADi's own interpreter computes them."""

    def __init__(self, people: Population) -> None:
        import casadi

        model, names = people.model, people.names
        t = casadi.SX.sym("t")
        y = casadi.SX.sym("y", len(model.states))
        p = casadi.SX.sym("p", len(names))
        numbers = dict(zip(names, casadi.vertsplit(p), strict=True))
        point = model.at(dict(zip(model.states, casadi.vertsplit(y), strict=True)), numbers, {}, t)
        rates = casadi.vertcat(*point.rates().values())
        phosphate = point.signal("phosphate_plasma")
        corners = [
            point.signal("bcl2") - numbers["bone_cells.bcl2_threshold"],
            phosphate - numbers["calcitriol.phosphate_onset"],
            phosphate - numbers["kidney.phosphate_threshold"],
            point.signal("calcium_delivered_distal") - point.signal("calcium_reabsorbed_distal"),
        ]
        self.scales = people.scales
        function = casadi.Function("f", [t, y, p], [rates])
        self.equations = function.serialize().encode()
        self._rates = _Fast(function)
        self._jacobian = _Fast(casadi.Function("j", [t, y, p], [casadi.densify(casadi.jacobian(rates, y))]))
        self._corners = _Fast(casadi.Function("c", [t, y, p], [casadi.vertcat(*corners)]))
        self._agrees(people)

    def _agrees(self, people: Population) -> None:
        """The interpreter computes what the plain laws give on floats, but for rounding."""
        start, numbers = starts(people, people.table[:1])[0], people.table[0]
        states = dict(zip(people.model.states, start * 1.1, strict=True))
        point = people.model.at(states, dict(zip(people.names, numbers, strict=True)))
        plain = np.array(list(point.rates().values()))
        ours = self._rates.of(numbers)(0.0, start * 1.1).ravel()
        assert np.allclose(ours, plain, rtol=1e-9, atol=1e-12 * np.abs(start).max())

    def solve(
        self, numbers: np.ndarray, start: np.ndarray, rtol: float = RTOL
    ) -> tuple[np.ndarray, np.ndarray]:
        """The course (time, state) of one person, and which corners it crosses."""
        from scipy.integrate import solve_ivp

        corners = self._corners.of(numbers)
        rates = self._rates.of(numbers)
        found = solve_ivp(
            lambda t, y: rates(t, y).ravel(),
            (0.0, TIMES[-1]),
            start,
            method="Radau",
            t_eval=TIMES,
            rtol=rtol,
            atol=rtol * self.scales,
            jac=self._jacobian.of(numbers),
            events=[lambda t, y, k=k: corners(t, y)[k, 0] for k in range(len(CORNERS))],
        )
        if not found.success:
            raise RuntimeError(found.message)
        return found.y.T, np.array([np.any(times > 0.0) for times in found.t_events])


class _Fast:
    """A CasADi function called without copying its arguments through Python."""

    def __init__(self, function: Any) -> None:
        self._function = function

    def of(self, numbers: np.ndarray) -> Any:
        """The function of time and states, for these parameters."""
        function = self._function
        buffer, evaluate = function.buffer()
        time, state = np.zeros(1), np.zeros(function.numel_in(1))
        parameters, shape = np.array(numbers, float), function.size_out(0)
        result = np.zeros(shape[0] * shape[1])
        for k, array in enumerate((time, state, parameters)):
            buffer.set_arg(k, memoryview(array))
        buffer.set_res(0, memoryview(result))

        def call(t: float, y: np.ndarray) -> np.ndarray:
            time[0], state[:] = t, y
            evaluate()
            return result.reshape(shape, order="F").copy()

        call.kept = buffer, parameters  # type: ignore[attr-defined]  # read at every call, owned by nobody else
        return call
