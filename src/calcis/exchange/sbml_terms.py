"""What does a law compute?  It is traced once with CasADi symbols of its own part's names.

What comes out are terms: the law's operations, with powers and choices as they were written.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from calcis.elementary import FLOOR
from calcis.errors import InputError
from calcis.part import Model, Part


@dataclass(frozen=True, eq=False)
class Term:
    """A node of an expression; `operation` is "number" (`value`), "name" (`name`) or an operation."""

    operation: str
    arguments: tuple[Term, ...] = ()
    value: float = 0.0
    name: str = ""


class Scope:
    """What a law of one part sees when it is traced: a symbol for every name.

    `symbols` holds those that were asked for, by SBML id.
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


def traced(model: Model, part: Part, laws: Callable[[Any], Mapping[str, Any]]) -> dict[str, Term]:
    """Terms of the laws that `laws(scope)` returns by target.

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
    return dict(zip(found, read(function, list(scope.symbols)), strict=True))


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
