"""Models, numbers and simulators that the tests of SBML share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import roadrunner

from calcis.body.peterson_riggs_2010 import PARTS as BODY
from calcis.drugs import drug_part
from calcis.parameters import Parameter, data_path, read_parameters
from calcis.part import Model, assemble
from calcis.solve.integrate import solve
from calcis.solve.kernel import compile_system
from calcis.solve.schedule import Drive, Infusion, Jump, Lane
from calcis.solve.system import INPUT_DEGREE, trace
from calcis.tissue import INPUTS
from calcis.tissue import PARTS as TISSUE
from calcis.tissue.numbers import tissue_parameters

DENOSUMAB = drug_part("denosumab")
TERIPARATIDE = drug_part("teriparatide")

DRUGS = (DENOSUMAB, TERIPARATIDE)
PLASMA = dict(zip(INPUTS, (1.25, 1.6, 0.0033, 7.4), strict=True))


@dataclass(frozen=True)
class Subject:
    """A model with its numbers and what drives it from outside."""

    model: Model
    numbers: Mapping[str, Parameter]
    inputs: Mapping[str, float]

    def changed(self, **values: float) -> Subject:
        """With other numbers, given by name with two underscores for the dot."""
        numbers = dict(self.numbers)
        for name, value in values.items():
            dotted = name.replace("__", ".")
            numbers[dotted] = replace(numbers[dotted], value=value)
        return replace(self, numbers=numbers)

    @property
    def values(self) -> dict[str, float]:
        return {name: self.numbers[name].value for name in self.model.parameters}

    def jumps(self, name: str, amount: float, times: Sequence[float]) -> list[Jump]:
        """Doses into a state."""
        return [Jump(float(time), list(self.model.states).index(name), amount) for time in times]


def numbers() -> dict[str, Parameter]:
    """Every number of body, drugs and tissue, by dotted name."""
    found = tissue_parameters()
    units = {part.name: part.parameters for part in BODY}
    found |= read_parameters(data_path("body", "peterson_riggs_2010.yaml"), units)
    for drug in DRUGS:
        found |= read_parameters(data_path("drugs", f"{drug.name}.yaml"), {drug.name: drug.parameters})
    return found


def body() -> Subject:
    return Subject(assemble(BODY), numbers(), {})


def dosed() -> Subject:
    """The body with both drugs."""
    return Subject(assemble([*BODY, *DRUGS]), numbers(), {})


def tissue() -> Subject:
    """The tissue in plasma that does not change."""
    return Subject(assemble(TISSUE, INPUTS), numbers(), PLASMA)


def person() -> Subject:
    """Body and tissue as one model, in which the body gives what drives the tissue."""
    return Subject(assemble([*BODY, *TISSUE]), numbers(), {})


@dataclass(frozen=True)
class Courses:
    """Courses of a run: states (time, state) and signals (time, signal), in the order of the model."""

    states: np.ndarray
    signals: np.ndarray


def by_calcis(
    subject: Subject,
    start: Mapping[str, float],
    times: np.ndarray,
    jumps: Sequence[Jump] = (),
    infusions: Sequence[Infusion] = (),
) -> np.ndarray:
    """States (time, state) by our solver at a relative tolerance of 1e-9."""
    kernel = compile_system(trace(subject.model))
    end = float(times[-1])
    constant = np.zeros((1, len(subject.inputs), INPUT_DEGREE + 1))
    constant[0, :, 0] = list(subject.inputs.values())
    lane = Lane(
        "subject",
        np.array([subject.values[name] for name in kernel.system.parameters]),
        np.array([start[name] for name in kernel.system.states], float),
        0.0,
        end,
        jumps,
        infusions,
        Drive(np.zeros(1), np.array([end]), constant) if subject.inputs else None,
    )
    solution = solve(kernel, [lane], times, 1e-9)
    assert solution.failures == (None,)
    return solution.states[0]


def roadrunner_of(text: str) -> roadrunner.RoadRunner:
    """libRoadRunner with a model.

    It writes every formula out wherever it is used: making that fast takes far longer than it saves here.
    """
    config = roadrunner.Config
    config.setValue(config.LLVM_BACKEND, config.LLJIT)
    config.setValue(config.LLJIT_OPTIMIZATION_LEVEL, config.NONE)
    return roadrunner.RoadRunner(text)


def by_roadrunner(subject: Subject, text: str, times: np.ndarray) -> Courses:
    """libRoadRunner on SBML text at a relative tolerance of 1e-11, absolute ones of each state's scale."""
    runner = roadrunner_of(text)
    states = {name.replace(".", "__"): state.scale for name, state in subject.model.states.items()}
    runner.integrator.setValue("relative_tolerance", 1e-11)
    runner.integrator.setValue("maximum_num_steps", 1_000_000)
    for name, scale in states.items():
        runner.integrator.setIndividualTolerance(name, 1e-11 * scale)
    runner.timeCourseSelections = [*states, *subject.model.signals]
    found = np.array(runner.simulate(0.0, times[-1], len(times)))
    return Courses(found[:, : len(states)], found[:, len(states) :])
