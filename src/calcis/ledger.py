"""Is anything lost?  Balances that a model declares, kept by the solver itself.

Every flow over a balance's border is integrated with the states, by the same steps.  A Rosenbrock
method keeps linear balances, so what is left over is rounding, at whatever tolerance.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from calcis.part import Model, Part, State

LEDGER = "ledger"  # name of the part that keeps the books
LEAST_FLOW = (
    1e-5  # of what is stored: rounding of the stores, up to 1e-14 under stiff exchange, is 1e-9 of it
)
Weight = float | Callable[[Mapping[str, float]], float]


@dataclass(frozen=True)
class Balance:
    """What is kept: Σ weight·store = start + what events gave + Σ share·∫flow dt.

    stores: dotted state -> weight, a number or a law of the parameters by dotted name.  flows: signal,
    in `unit` per hour -> its share, positive into the stores.
    """

    quantity: str
    unit: str
    stores: Mapping[str, Weight]
    flows: Mapping[str, float]


def books(balances: Sequence[Balance]) -> Part:
    """The part that integrates the flows of all balances, and holds what events gave."""
    units = {flow: one.unit for one in balances for flow in one.flows}
    states = {
        f"{flow}_sum": State(unit, lambda v: 0.0, scale=1.0, signed=True) for flow, unit in units.items()
    }
    for one in balances:
        states[f"{one.quantity}_given"] = State(one.unit, lambda v: 0.0, scale=1.0, signed=True)
    given = {f"{one.quantity}_given": 0.0 for one in balances}
    return Part(
        name=LEDGER,
        states=states,
        needs={flow: f"{unit}/h" for flow, unit in units.items()},
        neutral=dict.fromkeys(units, 0.0),
        rates=lambda v: {f"{flow}_sum": getattr(v, flow) for flow in units} | given,
    )


def entries(
    balances: Iterable[Balance], target: str, factor: float, parameters: Mapping[str, float]
) -> list[tuple[str, float]]:
    """What an event that adds `factor` to a state enters in the books: (state of the ledger, factor)."""
    return [
        (f"{LEDGER}.{one.quantity}_given", factor * _weight(one.stores[target], parameters))
        for one in balances
        if target in one.stores
    ]


def defects(
    balances: Iterable[Balance],
    model: Model,
    states: np.ndarray,
    parameters: Mapping[str, float],
    least: float = LEAST_FLOW,
    nothing: float = 0.0,
) -> dict[str, float]:
    """Largest defect of each balance over a course, as a share of all that flowed in it.

    states: (time, state) from the start on; rows of NaN, after a failure, do not count, and nothing is
    found where there are no others.  Flows below `least` of the stores, too small beside them to be summed
    to 1e-9, or below `nothing` count as if they were just large enough; the defect itself where there is
    nothing at all.
    """
    states = states[np.isfinite(states).all(axis=1)]
    if not len(states):
        return {}
    column = {name: states[:, k] for k, name in enumerate(model.states)}
    found = {}
    for one in balances:
        stored = np.zeros(len(states))
        for name, weight in one.stores.items():
            stored = stored + column[name] * _weight(weight, parameters)
        given = column[f"{LEDGER}.{one.quantity}_given"]
        flows = [share * column[f"{LEDGER}.{flow}_sum"] for flow, share in one.flows.items()]
        defect = np.abs(stored - stored[0] - (given - given[0]) - sum(flows)).max()
        turned_over = sum(np.abs(flow).max() for flow in [*flows, given])
        turned_over = max(turned_over, least * np.abs(stored).max(), nothing)
        found[one.quantity] = float(defect / turned_over) if turned_over > 0 else float(defect)
    return found


def flown(balances: Iterable[Balance], model: Model, states: np.ndarray) -> dict[str, tuple[str, np.ndarray]]:
    """What has flowed since the start: `flow_sum` -> its unit and ∫flow dt, shape (time,)."""
    names = list(model.states)
    units = {f"{flow}_sum": one.unit for one in balances for flow in one.flows}
    return {name: (unit, states[:, names.index(f"{LEDGER}.{name}")]) for name, unit in units.items()}


def _weight(weight: Weight, parameters: Mapping[str, float]) -> float:
    return weight(parameters) if callable(weight) else weight
