"""What does a body become when drugs act in it?  The same laws, in which some numbers and signals are moved.

As `changes:` of a case move a number for good, a drug moves it while it is there: by a factor or an amount
that the drug's Part gives.  A body knows nothing of drugs, and is untouched where none is given; factors of
several drugs on one number are multiplied, as of drugs that act independently.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from functools import wraps
from typing import Any

from calcis.drugs.action import Action
from calcis.elementary import Value, log10
from calcis.part import Part, Signal

Moves = Mapping[str, Sequence[Action]]  # name inside a part, or of a signal -> what moves it


class _Moved:
    """What a law sees where drugs act: its own names, some of them moved."""

    def __init__(self, v: Any, moves: Moves) -> None:
        self._v, self._moves = v, moves

    def __getattr__(self, name: str) -> Value:
        return _moved(getattr(self._v, name), self._v, self._moves.get(name, ()))


def _moved(value: Value, v: Any, actions: Iterable[Action]) -> Value:
    """A value with the factors on it, then what is added to it."""
    ordered = sorted(actions, key=lambda action: not action.times)
    for action in ordered:
        effect = getattr(v, action.signal)
        effect = log10(effect) if action.of_log else effect
        value = value * effect if action.times else value + effect
    return value


def treated(parts: Iterable[Part], actions: Iterable[tuple[str, Action]]) -> list[Part]:
    """The parts of a body in which each action moves its target: a number (part.number) or a signal."""
    targets: dict[str, list[Action]] = {}
    for target, action in actions:
        targets.setdefault(target, []).append(action)
    return [_treated(part, targets) for part in parts]


def _treated(part: Part, targets: Mapping[str, Sequence[Action]]) -> Part:
    numbers = {
        name: targets[f"{part.name}.{name}"] for name in part.parameters if f"{part.name}.{name}" in targets
    }
    signals = {name: targets[name] for name in part.gives if name in targets}
    if not numbers and not signals:
        return part
    acting = {
        action.signal: action.unit for some in (*numbers.values(), *signals.values()) for action in some
    }
    gives = {
        name: Signal(signal.unit, _in_moved(signal.law, numbers, signals.get(name, ())))
        for name, signal in part.gives.items()
    }
    rates = part.rates
    return replace(
        part, needs={**part.needs, **acting}, gives=gives, rates=lambda v: rates(_Moved(v, numbers))
    )


def _in_moved(
    law: Callable[[Any], Value], numbers: Moves, actions: Sequence[Action]
) -> Callable[[Any], Value]:
    @wraps(law)
    def moved(v: Any) -> Value:
        return _moved(law(_Moved(v, numbers)), v, actions)

    return moved
