"""What does a drug do where it is?  The laws of action: from an amount or concentration to a factor or flow.

An action has a law, is driven `by` a signal or state of the drug, and moves numbers or signals of a body.
With `delayed` it follows after `ACTION_time`; with `escape` it fades while it lasts (and comes back in
`ACTION_recovery_time` once it is over), as calcitonin's does.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from calcis.elementary import Value, hill, maximum
from calcis.part import Part, Signal, State


@dataclass(frozen=True)
class Law:
    """How strongly a drug acts: what it says, and its numbers with units ({by} and {on} stand for some)."""

    says: str
    times: bool  # multiplies what it acts on; else it is added
    parameters: Mapping[str, str]
    of_log: bool = False  # multiplies what stands as its decadic logarithm


_SATURABLE = {"half": "{by}", "exponent": "1"}
LAWS = {
    "inhibits": Law("times 1 − maximum·{x}ʰ/({x}ʰ + halfʰ)", True, {"maximum": "1", **_SATURABLE}),
    "stimulates": Law("times 1 + maximum·{x}ʰ/({x}ʰ + halfʰ)", True, {"maximum": "1", **_SATURABLE}),
    "adds": Law("plus gain·{x}", False, {"gain": "{on}/({by})"}),
    "binds": Law("plus lg of what is left free, 1/(1 + {x}/half)", False, {"half": "{by}"}, True),
    "adds up to": Law("plus maximum·{x}ʰ/({x}ʰ + halfʰ)", False, {"maximum": "{on}", **_SATURABLE}),
}


@dataclass(frozen=True)
class Action:
    """What a drug moves: by which law, driven by what, and in each body which numbers or signals.

    `unit` is that of what is added.  `on` has dotted numbers (part.number) and signals (bare).
    `signal` is what the drug's Part calls its factor or addition.
    """

    name: str
    law: str
    by: str
    on: Mapping[str, tuple[str, ...]]
    signal: str
    unit: str = "1"
    delayed: bool = False
    escape: bool = False

    @property
    def times(self) -> bool:
        return LAWS[self.law].times

    @property
    def of_log(self) -> bool:
        return LAWS[self.law].of_log


def acting(part: Part, action: Action) -> Part:
    """The Part of a drug with the numbers, states and signal of one of its actions."""
    driver = part.gives[action.by].unit if action.by in part.gives else part.states[action.by].unit
    said = {"by": driver, "on": action.unit}
    own = {
        f"{action.name}_{key}": _plain(unit.format(**said))
        for key, unit in LAWS[action.law].parameters.items()
    }
    states, before = dict(part.states), part.rates
    driven = _read(action.by)
    laws: dict[str, Callable[[Any], Value]] = {}
    if action.delayed:
        site = f"{action.name}_site"
        states[site] = State(driver, lambda v: 0.0, next(iter(part.states.values())).scale)
        own[f"{action.name}_time"] = "h"
        laws[site] = _approach(driven, site, f"{action.name}_time")
        driven = _read(site)
    effect = _effect(action, driven)
    if action.escape:
        escaped = f"{action.name}_escaped"
        states[escaped] = State("1", lambda v: 0.0, 1e-3)
        own |= {f"{action.name}_{time}": "h" for time in ("escape_time", "recovery_time")}
        laws[escaped] = _escape(action, driven)
    return replace(
        part,
        states=states,
        parameters={**part.parameters, **own},
        gives={**part.gives, action.signal: Signal(action.unit, effect)},
        rates=lambda v: {**before(v), **{name: law(v) for name, law in laws.items()}},
    )


def _plain(unit: str) -> str:
    return unit.replace("/(1)", "").replace("(1)", "1")


def _read(name: str) -> Callable[[Any], Value]:
    return lambda v: getattr(v, name)


def _approach(driven: Callable[[Any], Value], site: str, time: str) -> Callable[[Any], Value]:
    return lambda v: (driven(v) - getattr(v, site)) / getattr(v, time)


def _occupied(action: Action, driven: Callable[[Any], Value], v: Any) -> Value:
    """Share of the receptors or enzymes that the drug holds."""
    return hill(driven(v), getattr(v, f"{action.name}_half"), getattr(v, f"{action.name}_exponent"))


def _effect(action: Action, driven: Callable[[Any], Value]) -> Callable[[Any], Value]:
    def law(v: Any) -> Value:
        if action.law == "adds":
            return getattr(v, f"{action.name}_gain") * driven(v)
        if action.law == "binds":
            return 1.0 / (1.0 + maximum(driven(v), 0.0) / getattr(v, f"{action.name}_half"))
        strength = getattr(v, f"{action.name}_maximum") * _occupied(action, driven, v)
        if action.escape:
            strength = strength * (1.0 - getattr(v, f"{action.name}_escaped"))
        if action.law == "adds up to":
            return strength
        return 1.0 - strength if action.law == "inhibits" else 1.0 + strength

    law.__doc__ = f"What it acts on is moved: {LAWS[action.law].says.format(x=action.by)}."
    return law


def _escape(action: Action, driven: Callable[[Any], Value]) -> Callable[[Any], Value]:
    def rate(v: Any) -> Value:
        """dE/dt = o·(1 − E)/τ − (1 − o)·E/τᵣ, 1/h: what is held long stops answering."""
        held, escaped = _occupied(action, driven, v), getattr(v, f"{action.name}_escaped")
        fading = held * (1.0 - escaped) / getattr(v, f"{action.name}_escape_time")
        return fading - (1.0 - held) * escaped / getattr(v, f"{action.name}_recovery_time")

    return rate
