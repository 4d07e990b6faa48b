"""What is the body of a case?  Its model with the drugs that are given, and a lane for every arm."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import numpy as np

from calcis.body import body_balances, body_parts
from calcis.case import Case, Vocabulary
from calcis.drugs import with_drugs
from calcis.errors import InputError
from calcis.ledger import LEDGER, books
from calcis.part import Model, assemble
from calcis.simulate.doses import before, during
from calcis.simulate.numbers import Numbers
from calcis.solve.integrate import solve
from calcis.solve.kernel import Kernel, compile_system
from calcis.solve.schedule import Lane
from calcis.solve.system import trace
from calcis.tissue.uptake import TAKEN


def body_model(case: Case, with_lesion: bool) -> tuple[Model, Kernel]:
    """The body with the drugs that any arm gives, and its kernel; what a lesion takes is driven from outside.

    Names are those of the vocabulary, checked on reading.
    """
    return _model(case.body, case.drugs, with_lesion)


@cache
def _model(body: str, drugs: tuple[str, ...], with_lesion: bool) -> tuple[Model, Kernel]:
    """Put together once in a process: many cases have the same."""
    parts = [*with_drugs(body, body_parts(body), drugs), books(body_balances(body))]
    model = assemble(parts, dict.fromkeys(TAKEN, "mmol/h") if with_lesion else {})
    return model, compile_system(trace(model, list(model.signals)))


def body_lanes(
    case: Case, model: Model, kernel: Kernel, numbers: Numbers, vocabulary: Vocabulary
) -> list[Lane]:
    """A lane for every arm, with its doses.

    Raises InputError for numbers with which a body cannot start, or could not have lived till then.
    """
    lanes = []
    begin = lived(case, model, kernel, numbers) if case.history else None
    for name, arm in case.arms.items():
        values = numbers.of_model(name, model)
        start = _start(model, values, f"the body of arm {name!r}") if begin is None else begin
        jumps, infusions = during(arm, model, dict(vocabulary.drugs), case.run.duration)
        lanes.append(
            Lane(
                name=name,
                parameters=np.array(list(values.values())),
                start=start,
                begin=0.0,
                end=case.run.duration,
                jumps=jumps,
                infusions=infusions,
            )
        )
    return lanes


def _start(model: Model, values: Mapping[str, float], who: str) -> np.ndarray:
    try:
        return np.array(list(model.start(values).values()), float)
    except ArithmeticError as problem:
        raise InputError(f"numbers from which {who} can start", str(problem)) from None


def lived(case: Case, model: Model, kernel: Kernel, numbers: Numbers) -> np.ndarray:
    """The state at the run's beginning of a body that has lived with the case's diseases and changes.

    What arms change or give begins with the run; so do the books.  Raises InputError where it fails.
    """
    values = numbers.shared(model)
    jumps, infusions = before(case, model, case.history)
    lane = Lane(
        "the time before the run",
        np.array(list(values.values())),
        _start(model, values, "the body"),
        -case.history,
        0.0,
        jumps,
        infusions,
    )
    found = solve(kernel, [lane], np.zeros(1), case.run.tolerance)
    (failure,) = found.failures
    if failure is not None:
        raise InputError("diseases and changes with which the body can live for its history", failure)
    ours = [name.startswith(f"{LEDGER}.") for name in model.states]
    return np.where(ours, 0.0, found.states[0, -1])
