"""What is the lesion of a case?  One voxel of tissue for every arm, healthy until the injury."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from calcis.case import Case
from calcis.case.form import Injury
from calcis.case.surgery import Operation
from calcis.drugs import in_tissue
from calcis.ledger import LEDGER, Balance, books, entries
from calcis.part import Model, assemble
from calcis.simulate.coupling import Places
from calcis.simulate.numbers import Numbers
from calcis.solve.kernel import Kernel, compile_system
from calcis.solve.schedule import Drive, Jump, Lane
from calcis.solve.system import trace
from calcis.tissue import BALANCES, INPUTS, PARTS
from calcis.tissue.injuries import moves
from calcis.tissue.surgery import WOUND
from calcis.tissue.surgery import moves as surgery_moves
from calcis.tissue.uptake import TAKEN
from calcis.units import MM3_PER_L


@cache
def lesion_model(drugs: tuple[str, ...] = (), lesion: bool = True) -> tuple[Model, Kernel]:
    """The tissue, driven by plasma and by drugs in it, and its kernel; put together once in a process.

    lesion: with what is injected into it; organs are without.
    """
    parts, acting = in_tissue(PARTS, drugs, lesion=lesion)
    model = assemble([*parts, books(BALANCES)], INPUTS | acting)
    return model, compile_system(trace(model, list(model.signals)))


def injury_jumps(
    injury: Injury | None,
    model: Model,
    parameters: Mapping[str, float],
    end: float,
    balances: Sequence[Balance] = (),
) -> list[Jump]:
    """What an injury, if there is one, does to the model's states and enters in the books of `balances`.

    `end` (h) is that of the run, for an injury that comes again.
    """
    if injury is None:
        return []
    given = injury.own
    for salt in given.keys() & {"calcium", "phosphate"}:
        given[salt] /= volume_of(injury)
    names, jumps = list(model.states), []
    for move in moves(injury.kind, injury.killed, parameters, given):
        source = None if move.source is None else names.index(move.source)
        entered = entries(balances, move.target, move.factor, parameters)
        jumps += [
            Jump(moment + move.after, names.index(target), factor, source)
            for moment in injury.moments(end)
            for target, factor in [(move.target, move.factor), *entered]
        ]
    return sorted(jumps, key=lambda jump: jump.time)


def operation_jumps(
    operations: Sequence[Operation],
    model: Model,
    parameters: Mapping[str, float],
    balances: Sequence[Balance] = (),
) -> list[Jump]:
    """What operations on the lesion do to the model's states, and enter in the books of `balances`."""
    names, jumps = list(model.states), []
    tissue = [state for part in PARTS for state in (f"{part.name}.{one}" for one in part.states)]
    for one in operations:
        for move in surgery_moves(one.kind, one.share, parameters, tissue):
            source = None if move.source is None else names.index(move.source)
            entered = entries(balances, move.target, move.factor, parameters)
            jumps += [
                Jump(one.at, names.index(target), factor, source)
                for target, factor in [(move.target, move.factor), *entered]
            ]
    return jumps


def operation_numbers(numbers: Numbers, arm: str, operations: Sequence[Operation]) -> dict[str, float]:
    """The numbers that the operations of an arm need beside those of the model."""
    kinds = dict.fromkeys([*(one.kind for one in operations), *([WOUND] if operations else [])])
    return {name: value for kind in kinds for name, value in numbers.of_part(arm, kind).items()}


def volume_of(injury: Injury | None) -> float:
    """Litres of tissue that are injured; without an injury none, so that nothing is taken from the blood."""
    return 0.0 if injury is None else injury.shape.volume / MM3_PER_L


def lesion_places(case: Case, model: Model) -> Places:
    """What the lesion of every arm takes from the body: all that it takes up."""
    assert case.lesion is not None
    names = list(model.states)
    return Places(
        volume=np.full(len(case.arms), volume_of(case.lesion.injury)),
        terms=[(k, names.index(f"{LEDGER}.{flow}_sum"), 1.0) for k, flow in enumerate(TAKEN.values())],
    )


def lesion_lanes(
    case: Case,
    model: Model,
    numbers: Numbers,
    at_start: Mapping[str, Mapping[str, float]],
    drives: Mapping[str, Drive],
) -> list[Lane]:
    """A lane for every arm: healthy tissue in equilibrium with plasma `at_start` (by arm), then the injury.

    `drives`: plasma that is given, by arm; that of a body comes as it is made.
    """
    assert case.lesion is not None
    lanes = []
    for arm in case.arms:
        values = numbers.of_model(arm, model)
        lanes.append(
            Lane(
                name=arm,
                parameters=np.array(list(values.values())),
                start=np.array(list(model.start(values, at_start[arm]).values())),
                begin=0.0,
                end=case.run.duration,
                jumps=lesion_jumps(case, arm, model, numbers, values),
                drive=drives.get(arm),
            )
        )
    return lanes


def lesion_jumps(
    case: Case, arm: str, model: Model, numbers: Numbers, values: Mapping[str, float]
) -> list[Jump]:
    """What injury and operations do to the lesion of an arm, with these numbers of the model."""
    assert case.lesion is not None
    injury, operations = case.lesion.injury, case.arms[arm].operations
    shares = {} if injury is None else numbers.of_part(arm, injury.kind)
    known = {**values, **shares, **operation_numbers(numbers, arm, operations)}
    jumps = injury_jumps(injury, model, known, case.run.duration, BALANCES)
    jumps += operation_jumps(operations, model, known, BALANCES)
    return sorted(jumps, key=lambda jump: jump.time)
