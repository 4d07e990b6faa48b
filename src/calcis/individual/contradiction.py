"""Which labs do not match, what do they contradict, and who would it be without the disease of the case?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

from calcis.case import Case
from calcis.individual.choice import choose
from calcis.individual.factors import search
from calcis.individual.fit import Fitted, Problem
from calcis.individual.levels import Measured
from calcis.individual.options import ASIDE


def misfit(problem: Problem, best: Fitted) -> list[str]:
    """The labs that a person misses, the worst first."""
    least = search()["telling.misfit"].value
    off = [(abs(float(one)), lab.lab) for lab, one in zip(problem.labs, best.off, strict=True)]
    return [lab for size, lab in sorted(off, key=lambda one: (-one[0], one[1])) if size > least]


def aside(problem: Problem, best: Fitted) -> list[str]:
    """The labs that are set aside."""
    options = [problem.options[index] for index in best.chosen]
    return [option.name for option in options if option.sort == ASIDE]


def contradicted(problem: Problem, lab: str) -> tuple[str, ...]:
    """What a lab that was set aside contradicts.

    Itself where it cannot be had with what the case gives; else each other lab beside which it cannot be
    had; none where it is only all of them together.
    """
    (own,) = [one for one in problem.labs if one.lab == lab]
    if _doubted(problem, own, []):
        return (lab,)
    return tuple(one.lab for one in problem.labs if one.lab != lab and _doubted(problem, own, [one]))


def _doubted(problem: Problem, own: Measured, others: Sequence[Measured]) -> bool:
    """Whether a lab is so much harder to explain beside others than they are alone that it is set aside.

    That the others are rare themselves is not held against it.
    """
    most = search()["price.doubt"].value + (_cost(problem, others) if others else 0.0)
    return _cost(problem, [*others, own], goal=most) > most


def _cost(problem: Problem, labs: Sequence[Measured], goal: float = -math.inf) -> float:
    """What the person costs who has some labs alone; whoever costs no more than `goal` is good enough."""
    trusted = [option for option in problem.options if option.sort != ASIDE]
    few = Problem(problem.response, problem.hours, labs, trusted)
    return choose(few, exchange=False, goal=goal).best.cost


def without_disease(case: Case) -> Case:
    """The same person without the diseases of the case."""
    theirs = [disease.changes for disease in case.diseases]
    kept = tuple(one for one in case.changes if not any(one is other for other in theirs))
    return replace(case, diseases=(), changes=kept)
