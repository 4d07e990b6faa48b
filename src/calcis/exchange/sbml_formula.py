"""How does a law become a formula that other programs read?

The formula is as short as the law; what the law uses twice becomes a formula of its own.  Formulas
are infix text of SBML Level 3, in which every literal number carries its unit.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from calcis.errors import InputError
from calcis.exchange.sbml_terms import Term, number, traced
from calcis.exchange.sbml_units import DIMENSIONLESS, Measure, Units
from calcis.part import Model, Part

_WORTH_A_NAME = 2  # operations from which a repeated expression gets a formula of its own
_CONDITIONS = {"<", "<=", "==", "!=", "&&", "||", "!"}
_FUNCTIONS = {"exp", "ln", "sqrt", "tanh", "abs", "max", "min"}


@dataclass(frozen=True)
class Formula:
    """`target` is given by `text`; `measure` is the unit that follows from it (None: unknown)."""

    target: str
    text: str
    measure: Measure | None
    shared: bool = False  # a repeated expression that got a name
    number: float | None = None  # its value, where it is a literal number


def formulas(
    model: Model,
    part: Part,
    laws: Callable[[Any], Mapping[str, Any]],
    measures: Mapping[str, Measure],
    units: Units,
    helper: str | None,
) -> list[Formula]:
    """Formulas of the laws that `laws(scope)` returns by target, each after those it uses.

    What is used twice and worth a name is given to `<helper>__1`, `<helper>__2`, ..., or written out
    wherever it is used if `helper` is None.
    Raises InputError if a law cannot be traced.
    """
    terms = traced(model, part, laws)
    writer = _Writer(measures, units, helper, terms.values())
    for target, root in terms.items():
        text, measure = writer.write(root)
        value = root.value if root.operation == "number" else None
        writer.done.append(Formula(target, text, measure, number=value))
    return writer.done


def _operations(term: Term, counted: dict[int, int]) -> int:
    """How many operations a term takes, written out."""
    if id(term) not in counted:
        own = term.operation not in ("name", "number")
        counted[id(term)] = own + sum(_operations(argument, counted) for argument in term.arguments)
    return counted[id(term)]


class _Writer:
    """Writes terms as infix text, and names what is used more than once."""

    def __init__(
        self, measures: Mapping[str, Measure], units: Units, helper: str | None, roots: Iterable[Term]
    ) -> None:
        self.measures, self.units, self.helper = measures, units, helper
        self.done: list[Formula] = []
        self._uses: dict[int, int] = {}
        self._sizes: dict[int, int] = {}
        self._named: dict[int, Formula] = {}
        seen: set[int] = set()
        stack = list(roots)
        for root in stack:
            self._uses[id(root)] = self._uses.get(id(root), 0) + 1
        while stack:
            term = stack.pop()
            if id(term) in seen:
                continue
            seen.add(id(term))
            for argument in term.arguments:
                self._uses[id(argument)] = self._uses.get(id(argument), 0) + 1
                stack.append(argument)

    def write(self, term: Term) -> tuple[str, Measure | None]:
        """Text of a term, and its unit as far as it is known."""
        if id(term) in self._named:
            known = self._named[id(term)]
            return known.target, known.measure
        text, measure = self._written(term)
        repeated = self.helper is not None and self._uses.get(id(term), 0) > 1
        if repeated and _operations(term, self._sizes) >= _WORTH_A_NAME:
            formula = Formula(f"{self.helper}__{len(self._named) + 1}", text, measure, shared=True)
            self._named[id(term)] = formula
            self.done.append(formula)
            return formula.target, measure
        return text, measure

    def _written(self, term: Term) -> tuple[str, Measure | None]:
        operation = term.operation
        if operation == "name":
            return term.name, self.measures[term.name]
        if operation == "number":
            return self._literal(term.value, DIMENSIONLESS), DIMENSIONLESS
        if operation == "^":
            return self._power(*term.arguments)
        if operation == "pick":
            return self._written(Term("piecewise", (term.arguments[1], term.arguments[0], number(0.0))))
        if operation in ("*", "/"):
            (left, a), (right, b) = (self._value(argument) for argument in term.arguments)
            combined = None if a is None or b is None else a.times(b, 1 if operation == "*" else -1)
            return f"({left} {operation} {right})", combined
        if operation == "piecewise":
            (yes, no), measure = self._alike((term.arguments[0], term.arguments[2]))
            return f"piecewise({yes}, {self.write(term.arguments[1])[0]}, {no})", measure
        if operation == "!":
            return f"!{self.write(term.arguments[0])[0]}", DIMENSIONLESS
        if operation in ("&&", "||"):
            sides = [self.write(argument)[0] for argument in term.arguments]
            return f"({sides[0]} {operation} {sides[1]})", DIMENSIONLESS
        if operation in ("exp", "ln", "tanh"):
            return f"{operation}({self._value(term.arguments[0])[0]})", DIMENSIONLESS
        texts, measure = self._alike(term.arguments)
        if operation in _CONDITIONS:
            return f"({texts[0]} {operation} {texts[1]})", DIMENSIONLESS
        if operation == "neg":
            return f"(-{texts[0]})", measure
        if operation == "sqrt":
            return f"sqrt({texts[0]})", measure and measure.root()
        if operation in _FUNCTIONS:
            return f"{operation}({', '.join(texts)})", measure
        return f"({texts[0]} {operation} {texts[1]})", measure

    def _value(self, term: Term) -> tuple[str, Measure | None]:
        """Text of a term that is used as a number; a condition counts as 1 or 0."""
        if term.operation in _CONDITIONS:
            return self._written(Term("piecewise", (number(1.0), term, number(0.0))))
        return self.write(term)

    def _alike(self, terms: Sequence[Term]) -> tuple[list[str], Measure | None]:
        """Texts of terms that have one unit; a literal among them takes the unit of the others."""
        written = [None if term.operation == "number" else self._value(term) for term in terms]
        others = [measure for pair in written if pair for measure in pair[1:]]
        measure = others[0] if others else DIMENSIONLESS
        texts = [
            pair[0] if pair else self._literal(term.value, measure)
            for pair, term in zip(written, terms, strict=True)
        ]
        return texts, measure

    def _power(self, base: Term, exponent: Term) -> tuple[str, Measure | None]:
        text, measure = self._value(base)
        above = self._value(exponent)[0]
        if measure is not None and measure != DIMENSIONLESS:
            whole = exponent.operation == "number" and exponent.value == int(exponent.value)
            measure = DIMENSIONLESS.times(measure, int(exponent.value)) if whole else None
        return f"({text} ^ {above})", measure

    def _literal(self, value: float, measure: Measure | None) -> str:
        if not math.isfinite(value):
            raise InputError("finite numbers in a law", repr(value))
        shown = f"{int(value)}" if value == int(value) and abs(value) < 1e15 else repr(value)
        unit = self.units.known(measure) if measure is not None else None
        return f"({shown} {unit})" if unit else f"({shown})"
