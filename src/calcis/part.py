"""What is a Part, and how do Parts become a Model?

A Part is an organ, a gland, a drug, a mineral or a cell population: states, parameters, the
signals it needs and gives, and the laws between them as plain Python on named values.  A Model
is parts wired by signal name.  The same laws run on floats, arrays and symbols.

    def clearance_flow(v):
        return v.clearance * v.concentration

    DRUG = Part(
        name="drug",
        states={"plasma": State("mmol", start="dose", scale=1e-6)},
        parameters={"dose": "mmol", "clearance": "L/h", "volume": "L"},
        gives={
            "concentration": Signal("mmol/L", lambda v: v.plasma / v.volume),
            "flow": Signal("mmol/h", clearance_flow),
        },
        rates=lambda v: {"plasma": -v.flow},
    )
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from calcis.elementary import Value
from calcis.errors import InputError, nearest
from calcis.units import dimension

Law = Callable[[Any], Value]


@dataclass(frozen=True)
class State:
    """One state: its unit, its value at the start, and the magnitude below which it is nothing.

    `start` names a parameter of the same part, or is a law of the part's parameters and of needs that
    drive the model from outside.
    The solver's absolute tolerance is its relative tolerance times `scale` (in `unit`).
    """

    unit: str
    start: str | Law
    scale: float
    dosable: bool = False  # may be given a bolus or an infusion
    signed: bool = False  # may be negative by nature

    def __post_init__(self) -> None:
        if not self.scale > 0:
            raise InputError("a positive scale of a state", repr(self.scale))


@dataclass(frozen=True)
class Signal:
    """A named quantity that a part offers to all others: its unit and its law."""

    unit: str
    law: Law


def _no_rates(_: Any) -> Mapping[str, Value]:
    return {}


@dataclass(frozen=True)
class Part:
    """An organ, a gland, a drug, a mineral or a cell population.

    Laws get one argument `v`, on which the part's own states, parameters, needs and gives are
    attributes, and `v.time` (h).  `rates` returns the derivative of every state, in unit/h.
    """

    name: str
    states: Mapping[str, State] = field(default_factory=dict)
    parameters: Mapping[str, str] = field(default_factory=dict)  # name -> unit inside the laws
    needs: Mapping[str, str] = field(default_factory=dict)  # signal -> unit
    neutral: Mapping[str, float] = field(default_factory=dict)  # value of a need that nobody gives
    gives: Mapping[str, Signal] = field(default_factory=dict)
    rates: Callable[[Any], Mapping[str, Value]] = _no_rates

    def __post_init__(self) -> None:
        for name in self.neutral:
            if name not in self.needs:
                close = nearest(name, self.needs)
                raise InputError(f"a need of part {self.name!r}", repr(name), nearest=close)
        kinds = (self.states, self.parameters, self.needs, self.gives)
        names = [name for kind in kinds for name in kind]
        for name in names:
            if names.count(name) > 1 or name == "time":
                raise InputError("each name once in a part", f"{name!r} twice in part {self.name!r}")


@dataclass(frozen=True)
class Model:
    """Parts wired by signal name; build with `assemble`.

    States and parameters are known by dotted names, `part.name`; signals by their bare name.
    `inputs` (signal -> unit) are driven from outside.
    """

    parts: Mapping[str, Part]
    inputs: Mapping[str, str]
    givers: Mapping[str, str]  # signal -> part that gives it

    @property
    def states(self) -> dict[str, State]:
        """Dotted name -> State, in the order of the solver's vector."""
        return {f"{p.name}.{n}": s for p in self.parts.values() for n, s in p.states.items()}

    @property
    def parameters(self) -> dict[str, str]:
        """Dotted name -> unit."""
        return {f"{p.name}.{n}": unit for p in self.parts.values() for n, unit in p.parameters.items()}

    @property
    def signals(self) -> dict[str, str]:
        """Every signal that a part gives -> unit."""
        return {name: self.parts[part].gives[name].unit for name, part in self.givers.items()}

    def start(
        self, parameters: Mapping[str, Value], inputs: Mapping[str, Value] | None = None
    ) -> dict[str, Value]:
        """Initial value of every state, from parameters by dotted name and what drives the model then."""
        point = Point(self, {}, parameters, inputs)
        values = {}
        for part in self.parts.values():
            scope = _Scope(point, part)
            for name, state in part.states.items():
                law = state.start
                values[f"{part.name}.{name}"] = getattr(scope, law) if isinstance(law, str) else law(scope)
        return values

    def at(
        self,
        states: Mapping[str, Value],
        parameters: Mapping[str, Value],
        inputs: Mapping[str, Value] | None = None,
        time: Value = 0.0,
    ) -> Point:
        """The model at one point (or one course, or one set of symbols): signals and rates."""
        return Point(self, states, parameters, inputs or {}, time)


class Point:
    """A model evaluated at given states, parameters, inputs and time; signals are found on demand."""

    def __init__(
        self,
        model: Model,
        states: Mapping[str, Value],
        parameters: Mapping[str, Value],
        inputs: Mapping[str, Value] | None = None,
        time: Value = 0.0,
    ) -> None:
        self.model, self.states, self.parameters = model, states, parameters
        self.time = time
        self._signals: dict[str, Value] = dict(inputs or {})
        self._asked: list[str] = []

    def signal(self, name: str) -> Value:
        """Value of a signal in its declared unit."""
        if name in self._signals:
            return self._signals[name]
        if name not in self.model.givers:
            raise InputError("a signal of this model", repr(name), nearest=nearest(name, self.model.givers))
        if name in self._asked:
            loop = " -> ".join([*self._asked[self._asked.index(name) :], name])
            raise InputError("signals that do not depend on themselves", f"the loop {loop}")
        self._asked.append(name)
        part = self.model.parts[self.model.givers[name]]
        try:
            value = part.gives[name].law(_Scope(self, part))
        finally:
            self._asked.pop()
        self._signals[name] = value
        return value

    def rates(self) -> dict[str, Value]:
        """Derivative of every state by dotted name, in its unit per hour."""
        found = {}
        for part in self.model.parts.values():
            rates = part.rates(_Scope(self, part))
            if set(rates) != set(part.states):
                odd = sorted(set(rates) ^ set(part.states))
                raise InputError(
                    f"a rate for every state of part {part.name!r} and nothing else", f"a difference in {odd}"
                )
            found.update({f"{part.name}.{name}": rates[name] for name in part.states})
        return found


class _Scope:
    """What a law sees: its own part's names, and nothing else."""

    def __init__(self, point: Point, part: Part) -> None:
        self._point, self._part = point, part

    def __getattr__(self, name: str) -> Value:
        part, point = self._part, self._point
        if name in part.parameters:
            return point.parameters[f"{part.name}.{name}"]
        if name in part.states:
            dotted = f"{part.name}.{name}"
            if dotted not in point.states:
                raise InputError("a start that depends on no state", f"state {dotted!r} in it")
            return point.states[dotted]
        if name in part.gives:
            return point.signal(name)
        if name in part.needs:
            known = name in point.model.givers or name in point.model.inputs
            return point.signal(name) if known else part.neutral[name]
        if name == "time":
            return point.time
        valid = [*part.states, *part.parameters, *part.needs, *part.gives, "time"]
        raise InputError(
            f"a state, parameter, need or give of part {part.name!r}",
            repr(name),
            nearest=nearest(name, valid),
        )


def assemble(parts: Iterable[Part], inputs: Mapping[str, str] | None = None) -> Model:
    """Wire parts by signal name.

    Raises InputError for two parts of one name, a signal given twice or by nobody, and a signal
    that is needed in another dimension than it is given.
    """
    inputs = dict(inputs or {})
    named: dict[str, Part] = {}
    givers: dict[str, str] = {}
    for part in parts:
        if part.name in named:
            raise InputError("one part of each name", f"two named {part.name!r}")
        named[part.name] = part
        for name in part.gives:
            if name in givers or name in inputs:
                other = givers.get(name, "an input")
                raise InputError("each signal given once", f"{name!r} given by {other!r} and {part.name!r}")
            givers[name] = part.name
    for part in named.values():
        for name, unit in part.needs.items():
            if name not in givers and name not in inputs:
                if name in part.neutral:
                    continue
                raise InputError(
                    f"a part that gives the signal which {part.name!r} needs",
                    f"none for {name!r}",
                    nearest=nearest(name, [*givers, *inputs]),
                )
            given = inputs[name] if name in inputs else named[givers[name]].gives[name].unit
            if given != unit:
                same = dimension(given) == dimension(unit)
                raise InputError(
                    f"{name!r} in {given} as it is given"
                    + ("" if not same else " (same dimension, other scale)"),
                    f"{unit} needed by {part.name!r}",
                )
    return Model(named, inputs, givers)
