"""Which problems does a stiff solver have to get right?  Exact solutions, and the known hard ones.

The classical five are stated in Hairer and Wanner, Solving Ordinary Differential Equations II, and
in the Bari test set.  Each declares its own scales: the magnitude below which a state is nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from calcis.elementary import exp
from calcis.solve.kernel import Kernel, compile_system
from calcis.solve.schedule import Lane
from calcis.solve.system import trace_equations


@dataclass(frozen=True)
class Problem:
    """y' = rates(t, y), y(0) = start, on [0, end]; solution(t) -> states where it is known."""

    name: str
    rates: Callable[[Any, Sequence[Any]], list[Any]]
    start: tuple[float, ...]
    end: float
    scales: tuple[float, ...]
    signed: bool = False
    solution: Callable[[np.ndarray], np.ndarray] | None = None

    def kernel(self) -> Kernel:
        """The problem, compiled."""
        states = {str(i): (scale, self.signed) for i, scale in enumerate(self.scales)}
        return compile_system(trace_equations(lambda y, p, q, s: (self.rates(q[0] + s, y), []), states, ()))

    def lane(self, **more: Any) -> Lane:
        """One lane that solves the whole problem."""
        return Lane(self.name, np.zeros(0), np.array(self.start), 0.0, self.end, **more)

    def error(self, states: np.ndarray, reference: np.ndarray) -> np.ndarray:
        """Error of every state relative to its size plus its own scale."""
        return np.abs(states - reference) / (np.abs(reference) + np.array(self.scales))


def robertson(t, y):
    a, b, c = 0.04 * y[0], 1e4 * y[1] * y[2], 3e7 * y[1] * y[1]
    return [b - a, a - b - c, c]


def hires(t, y):
    loss = 280.0 * y[5] * y[7]
    return [
        -1.71 * y[0] + 0.43 * y[1] + 8.32 * y[2] + 0.0007,
        1.71 * y[0] - 8.75 * y[1],
        -10.03 * y[2] + 0.43 * y[3] + 0.035 * y[4],
        8.32 * y[1] + 1.71 * y[2] - 1.12 * y[3],
        -1.745 * y[4] + 0.43 * y[5] + 0.43 * y[6],
        -loss + 0.69 * y[3] + 1.71 * y[4] - 0.43 * y[5] + 0.69 * y[6],
        loss - 1.81 * y[6],
        1.81 * y[6] - loss,
    ]


def van_der_pol(t, y):
    return [y[1], ((1.0 - y[0] * y[0]) * y[1] - y[0]) * 1e6]


def oregonator(t, y):
    return [
        77.27 * (y[1] + y[0] * (1.0 - 8.375e-6 * y[0] - y[1])),
        (y[2] - (1.0 + y[0]) * y[1]) / 77.27,
        0.161 * (y[0] - y[2]),
    ]


def e5(t, y):
    a, b, c, d = 7.89e-10 * y[0], 1.1e7 * y[0] * y[2], 1.13e9 * y[1] * y[2], 1.13e3 * y[3]
    return [-a - b, a - c, a - b + d - c, b - d]


CLASSICAL = (
    Problem("Robertson", robertson, (1.0, 0.0, 0.0), 1e5, (1.0, 1e-5, 1.0)),
    Problem(
        "HIRES", hires, (1.0, 0, 0, 0, 0, 0, 0, 0.0057), 321.8122, (0.1, 0.1, 0.1, 0.1, 0.1, 0.1, 1e-2, 1e-2)
    ),
    Problem("Van der Pol", van_der_pol, (2.0, 0.0), 2.0, (1.0, 1.0), signed=True),
    Problem("OREGO", oregonator, (1.0, 2.0, 3.0), 360.0, (1.0, 1.0, 1.0)),
    Problem("E5", e5, (1.76e-3, 0.0, 0.0, 0.0), 1e7, (1e-3, 1e-10, 1e-12, 1e-12)),
)

# A stiff attraction (1e3 per unit of time) to a moving solution, in which order reduction shows.
FOLLOWING = Problem(
    "Prothero-Robinson",
    lambda t, y: [-1e3 * (y[0] - exp(-t)) - exp(-t)],
    (1.0,),
    2.0,
    (1.0,),
    solution=lambda t: np.exp(-t)[:, None],
)
LOGISTIC = Problem(
    "logistic",
    lambda t, y: [y[0] * (1.0 - y[0])],
    (0.1,),
    4.0,
    (1.0,),
    solution=lambda t: (1.0 / (1.0 + 9.0 * np.exp(-t)))[:, None],
)
# Non-linear, coupled and explicitly dependent on time: y = (1/(1+t), t²).
DRIVEN = Problem(
    "driven pair",
    lambda t, y: [-y[0] * y[0] + (y[1] - t * t), 2.0 * t - y[0] * (y[1] - t * t)],
    (1.0, 0.0),
    2.0,
    (1.0, 1.0),
    solution=lambda t: np.stack([1.0 / (1.0 + t), t * t], axis=1),
)
EXACT = (LOGISTIC, DRIVEN, FOLLOWING)
