"""How does the lesion of a case run its course, driven by the plasma of each arm's body?

One voxel of tissue for every arm.  Until the injury the tissue is healthy; plasma is the body's
dense output, step by step.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from calcis.case import Case
from calcis.ledger import books, entries
from calcis.part import Model, assemble
from calcis.simulate.numbers import Numbers
from calcis.solve.kernel import Kernel, compile_system
from calcis.solve.schedule import Drive, Jump, Lane
from calcis.solve.system import trace
from calcis.tissue import BALANCES, INPUTS, PARTS
from calcis.tissue.injuries import jump


def lesion_model() -> tuple[Model, Kernel]:
    """The tissue, driven by plasma, and its kernel."""
    model = assemble([*PARTS, books(BALANCES)], INPUTS)
    return model, compile_system(trace(model, list(model.signals)))


def lesion_lanes(case: Case, model: Model, numbers: Numbers, plasma: Mapping[str, Drive]) -> list[Lane]:
    """A lane for every arm in `plasma`: the healthy tissue in equilibrium with it, then the injury."""
    assert case.lesion is not None
    injury = case.lesion.injury
    names = list(model.states)
    lanes = []
    for arm, drive in plasma.items():
        values = numbers.of_model(arm, model)
        at_start = dict(zip(INPUTS, drive.coefficients[0, :, 0], strict=True))
        start = model.start(values, at_start)
        moved = jump(injury.kind, injury.killed, values | numbers.of_part(arm, injury.kind))
        moved += [
            (entry, source, share)
            for target, source, factor in moved
            for entry, share in entries(BALANCES, target, factor, values)
        ]
        jumps = [
            Jump(injury.at, names.index(target), factor, None if source is None else names.index(source))
            for target, source, factor in moved
        ]
        lanes.append(
            Lane(
                name=arm,
                parameters=np.array(list(values.values())),
                start=np.array(list(start.values())),
                begin=0.0,
                end=case.run.duration,
                jumps=jumps,
                drive=drive,
            )
        )
    return lanes
