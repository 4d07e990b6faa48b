"""What is the body of a case?  Its model with the drugs that are given, and a lane for every arm."""

from __future__ import annotations

from functools import cache

import numpy as np

from calcis.body import body_balances, body_parts, body_supplies
from calcis.case import Case, Vocabulary
from calcis.drugs import drug_part
from calcis.errors import InputError
from calcis.ledger import books
from calcis.part import Model, assemble
from calcis.simulate.doses import events
from calcis.simulate.numbers import Numbers
from calcis.solve.kernel import Kernel, compile_system
from calcis.solve.schedule import Lane
from calcis.solve.system import trace


def body_model(case: Case, with_lesion: bool) -> tuple[Model, Kernel]:
    """The body with the drugs that any arm gives, and its kernel; what a lesion takes is driven from outside.

    Names are those of the vocabulary, checked on reading.
    """
    drugs = sorted({dose.drug for arm in case.arms.values() for dose in arm.doses})
    return _model(case.body, tuple(drugs), with_lesion)


@cache
def _model(body: str, drugs: tuple[str, ...], with_lesion: bool) -> tuple[Model, Kernel]:
    """Put together once in a process: many cases have the same."""
    parts = [*body_parts(body), *(drug_part(drug) for drug in drugs), books(body_balances(body))]
    model = assemble(parts, dict.fromkeys(body_supplies(body), "mmol/h") if with_lesion else {})
    return model, compile_system(trace(model, list(model.signals)))


def body_lanes(case: Case, model: Model, numbers: Numbers, vocabulary: Vocabulary) -> list[Lane]:
    """A lane for every arm, with its doses.

    Raises InputError for numbers with which a body cannot start.
    """
    lanes = []
    for name, arm in case.arms.items():
        values = numbers.of_model(name, model)
        try:
            start = model.start(values)
        except ArithmeticError as problem:
            raise InputError(f"numbers from which the body of arm {name!r} can start", str(problem)) from None
        jumps, infusions = events(arm.doses, model, dict(vocabulary.drugs), case.run.duration)
        lanes.append(
            Lane(
                name=name,
                parameters=np.array(list(values.values())),
                start=np.array(list(start.values()), float),
                begin=0.0,
                end=case.run.duration,
                jumps=jumps,
                infusions=infusions,
            )
        )
    return lanes
