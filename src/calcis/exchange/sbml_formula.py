"""How does a law become a formula that other programs read?

A law is traced with CasADi symbols of its own part's names, so the formula is as short as the law;
what the law uses twice becomes a formula of its own.  Formulas are infix text of SBML Level 3.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from calcis.elementary import FLOOR
from calcis.errors import InputError
from calcis.exchange.sbml_units import DIMENSIONLESS, Measure, Units
from calcis.part import Model, Part

_WORTH_A_NAME = 2  # operations from which a repeated expression gets a formula of its own


@dataclass(frozen=True, eq=False)
class Term:
    """A node of an expression; `operation` is "number" (`value`), "name" (`name`) or an operation."""

    operation: str
    arguments: tuple[Term, ...] = ()
    value: float = 0.0
    name: str = ""


@dataclass(frozen=True)
class Formula:
    """`target` is given by `text`; `measure` is the unit that follows from it (None: unknown)."""

    target: str
    text: str
    measure: Measure | None
    shared: bool = False  # a repeated expression that got a name
    number: float | None = None  # its value, where it is a literal number


class Scope:
    """What a law of one part sees when it is traced: a symbol for every name.

    `named` is the SBML id of a state, parameter or signal.
    """

    def __init__(self, model: Model, part: Part) -> None:
        self._model, self._part = model, part
        self.symbols: dict[str, Any] = {}

    def __getattr__(self, name: str) -> Any:
        import casadi

        part = self._part
        known = name in part.parameters or name in part.states or name in part.gives or name == "time"
        if not known:
            if name not in part.needs:
                raise InputError(f"a name of part {part.name!r}", repr(name))
            if name not in self._model.givers and name not in self._model.inputs:
                return part.neutral[name]
        own = name in part.parameters or name in part.states
        identity = identifier(f"{part.name}.{name}") if own else name
        if identity not in self.symbols:
            self.symbols[identity] = casadi.SX.sym(identity)
        return self.symbols[identity]


def identifier(dotted: str) -> str:
    """SBML id of a dotted name: `kidney.filtration_rate` is `kidney__filtration_rate`."""
    return dotted.replace(".", "__")


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
    import casadi

    scope = Scope(model, part)
    try:
        found = {target: casadi.SX(value) for target, value in laws(scope).items()}
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            f"laws of part {part.name!r} that can be traced (no Python `if` on a value: use where)",
            f"{type(error).__name__}: {error}",
        ) from error
    function = casadi.Function("laws", list(scope.symbols.values()), list(found.values()))
    roots = read(function, list(scope.symbols))
    writer = _Writer(measures, units, helper, roots)
    for target, root in zip(found, roots, strict=True):
        text, measure = writer.write(root)
        value = root.value if root.operation == "number" else None
        writer.done.append(Formula(target, text, measure, number=value))
    return writer.done


_OPERATIONS = {
    "OP_ADD": "+",
    "OP_SUB": "-",
    "OP_MUL": "*",
    "OP_DIV": "/",
    "OP_LT": "<",
    "OP_LE": "<=",
    "OP_EQ": "==",
    "OP_NE": "!=",
    "OP_AND": "&&",
    "OP_OR": "||",
    "OP_NOT": "!",
    "OP_NEG": "neg",
    "OP_EXP": "exp",
    "OP_LOG": "ln",
    "OP_SQRT": "sqrt",
    "OP_TANH": "tanh",
    "OP_FABS": "abs",
    "OP_FMAX": "max",
    "OP_FMIN": "min",
    "OP_IF_ELSE_ZERO": "pick",
    "OP_POW": "^",
    "OP_CONSTPOW": "^",
}
_CONDITIONS = {"<", "<=", "==", "!=", "&&", "||", "!"}
_FUNCTIONS = {"exp", "ln", "sqrt", "tanh", "abs", "max", "min"}


def read(function: Any, names: Sequence[str]) -> list[Term]:
    """The outputs of a CasADi SX function of scalars as terms; `names` are those of its inputs."""
    import casadi

    plain = {getattr(casadi, code): name for code, name in _OPERATIONS.items()}
    work: dict[int, Term] = {}
    outputs = [number(0.0)] * function.n_out()
    for k in range(function.n_instructions()):
        operation = function.instruction_id(k)
        if operation == casadi.OP_OUTPUT:
            outputs[function.instruction_output(k)[0]] = work[function.instruction_input(k)[0]]
            continue
        target = function.instruction_output(k)[0]
        if operation == casadi.OP_CONST:
            work[target] = number(function.instruction_constant(k))
        elif operation == casadi.OP_INPUT:
            work[target] = Term("name", name=names[function.instruction_input(k)[0]])
        else:
            args = tuple(work[i] for i in function.instruction_input(k))
            if operation in plain:
                work[target] = _recognised(plain[operation], args)
            elif operation == casadi.OP_SQ:
                work[target] = Term("^", (args[0], number(2.0)))
            elif operation == casadi.OP_TWICE:
                work[target] = Term("*", (number(2.0), args[0]))
            elif operation == casadi.OP_INV:
                work[target] = Term("/", (number(1.0), args[0]))
            elif operation == casadi.OP_ASSIGN:
                work[target] = args[0]
            else:
                raise InputError("operations of calcis.elementary in a law", f"CasADi operation {operation}")
    return outputs


def number(value: float) -> Term:
    """A literal number."""
    return Term("number", value=value)


def _recognised(operation: str, args: tuple[Term, ...]) -> Term:
    """The term of an operation; powers and choices as they were before CasADi took them apart."""
    if operation == "*":
        for one, other in (args, args[::-1]):
            base, exponent = other.arguments if other.operation == "^" else (other, number(1.0))
            if one is base and exponent.operation == "number":
                return Term("^", (base, number(exponent.value + 1.0)))
    if operation == "exp" and (power := _power(args[0])):
        return power
    if operation == "+" and args[0].operation == args[1].operation == "pick":
        (condition, yes), (otherwise, no) = args[0].arguments, args[1].arguments
        if otherwise.operation == "!" and otherwise.arguments[0] is condition:
            return Term("piecewise", (yes, condition, no))
        if condition.operation == "!" and condition.arguments[0] is otherwise:
            return Term("piecewise", (no, otherwise, yes))
    return Term(operation, args)


def _power(exponent: Term) -> Term | None:
    """max(x, 1e-300)^n where `exponent` is n·ln max(x, 1e-300): how calcis.elementary takes powers."""
    if exponent.operation == "neg":
        power = _power(exponent.arguments[0])
        return power and Term("^", (power.arguments[0], _negative(power.arguments[1])))
    if exponent.operation == "ln":
        return None
    if exponent.operation == "*":
        for factor, logarithm in (exponent.arguments, exponent.arguments[::-1]):
            if logarithm.operation == "ln" and _is_floored(logarithm.arguments[0]):
                return Term("^", (logarithm.arguments[0], factor))
    return None


def _negative(term: Term) -> Term:
    return number(-term.value) if term.operation == "number" else Term("neg", (term,))


def _is_floored(term: Term) -> bool:
    return term.operation == "max" and any(
        argument.operation == "number" and argument.value == FLOOR for argument in term.arguments
    )


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
