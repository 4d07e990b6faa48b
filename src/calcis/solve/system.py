"""How does a model become something that can be solved?  It is traced once, with symbols.

The traced System holds the exact rates, their exact sparse Jacobian and time derivative, and the
observed signals, all as one Graph in which every distinct computation stands once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from calcis.elementary import FLOOR
from calcis.errors import InputError
from calcis.part import Model
from calcis.solve.graph import Graph

INPUT_DEGREE = 4  # signals from outside are polynomials of this degree on every segment


@dataclass(frozen=True)
class System:
    """Equations ready for compilation.

    Arrays that the nodes read: `y` states, `p` parameters, `q` controls (constant on a segment),
    `s` time since the segment began.  Controls are the segment's start time, then one infusion
    rate per dosable state, then the polynomial coefficients of every input, lowest first.
    """

    states: tuple[str, ...]
    scales: tuple[float, ...]
    signed: tuple[bool, ...]
    parameters: tuple[str, ...]
    infused: tuple[int, ...]  # states that may be infused
    inputs: tuple[str, ...]
    observed: tuple[str, ...]
    graph: Graph
    rates: tuple[int, ...]
    jacobian: Mapping[tuple[int, int], int]  # (row, column) -> node, structural non-zeros only
    time_derivative: Mapping[int, int]
    signals: tuple[int, ...]

    @property
    def controls(self) -> int:
        """Number of controls of a segment."""
        return 1 + len(self.infused) + (INPUT_DEGREE + 1) * len(self.inputs)


def trace(model: Model, observed: Sequence[str] = ()) -> System:
    """Trace a model; `observed` names the signals to compute at output times.

    Raises InputError if a law cannot be traced, such as one with a Python `if` on a state.
    """
    states, parameters = model.states, model.parameters
    infused = tuple(i for i, state in enumerate(states.values()) if state.dosable)
    inputs = tuple(model.inputs)

    def equations(y: Any, p: Any, q: Any, s: Any) -> tuple[list[Any], list[Any]]:
        given = {}
        for k, name in enumerate(inputs):
            first = 1 + len(infused) + k * (INPUT_DEGREE + 1)
            value = q[first + INPUT_DEGREE]
            for power in range(INPUT_DEGREE - 1, -1, -1):
                value = value * s + q[first + power]
            given[name] = value
        point = model.at(
            dict(zip(states, y, strict=True)), dict(zip(parameters, p, strict=True)), given, q[0] + s
        )
        rates = list(point.rates().values())
        for k, state in enumerate(infused):
            rates[state] = rates[state] + q[1 + k]
        return rates, [point.signal(name) for name in observed]

    controls = 1 + len(infused) + (INPUT_DEGREE + 1) * len(inputs)
    try:
        return trace_equations(
            equations,
            states={name: (state.scale, state.signed) for name, state in states.items()},
            parameters=tuple(parameters),
            controls=controls,
            infused=infused,
            inputs=inputs,
            observed=tuple(observed),
        )
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            "laws that can be traced (no Python `if` on a value: use where)",
            f"{type(error).__name__}: {error}",
        ) from error


def trace_equations(
    equations: Callable[[Any, Any, Any, Any], tuple[list[Any], list[Any]]],
    states: Mapping[str, tuple[float, bool]],
    parameters: tuple[str, ...],
    controls: int = 1,
    infused: tuple[int, ...] = (),
    inputs: tuple[str, ...] = (),
    observed: tuple[str, ...] = (),
) -> System:
    """Trace `equations(y, p, q, s) -> (rates, observed)`; `states` gives (scale, signed) by name."""
    import casadi

    n = len(states)
    y = [casadi.SX.sym(f"y{i}") for i in range(n)]
    p = [casadi.SX.sym(f"p{i}") for i in range(len(parameters))]
    q = [casadi.SX.sym(f"q{i}") for i in range(controls)]
    s = casadi.SX.sym("s")
    with _no_floats(casadi.SX):
        found, seen = equations(y, p, q, s)
    if any(casadi.SX(rate).shape != (1, 1) for rate in found) or len(found) != n:
        raise InputError(f"one number as the rate of each of {n} states", "another shape")
    rates = casadi.vertcat(*(casadi.SX(rate) for rate in found))
    signals = casadi.vertcat(casadi.SX(0, 1), *(casadi.SX(signal) for signal in seen))
    states_vector = casadi.vertcat(*y)
    jacobian = casadi.jacobian(rates, states_vector)
    drift = casadi.jacobian(rates, s)
    function = casadi.Function(
        "f", [states_vector, casadi.vertcat(*p), casadi.vertcat(*q), s], [rates, jacobian, drift, signals]
    )
    graph = Graph()
    outputs = _read(function, graph)
    rows, columns = jacobian.sparsity().get_triplet()
    entries = {(r, c): outputs[1, k] for k, (r, c) in enumerate(zip(rows, columns, strict=True))}
    drift_rows, _ = drift.sparsity().get_triplet()
    drifts = {r: outputs[2, k] for k, r in enumerate(drift_rows)}
    return System(
        states=tuple(states),
        scales=tuple(scale for scale, _ in states.values()),
        signed=tuple(signed for _, signed in states.values()),
        parameters=parameters,
        infused=infused,
        inputs=inputs,
        observed=observed,
        graph=graph,
        rates=tuple(_dense(outputs, 0, rates, graph)),
        jacobian={place: node for place, node in entries.items() if graph.value(node) != 0.0},
        time_derivative={row: node for row, node in drifts.items() if graph.value(node) != 0.0},
        signals=tuple(_dense(outputs, 3, signals, graph)),
    )


@contextmanager
def _no_floats(symbol: Any) -> Iterator[None]:
    """While tracing, a symbol has no value as a float: CasADi's NaN would decide an `if` silently."""

    def refuse(_: Any) -> float:
        raise TypeError(
            "a law needs the number behind a symbol; call calcis.elementary instead of math or float"
        )

    before = symbol.__float__
    symbol.__float__ = refuse
    try:
        yield
    finally:
        symbol.__float__ = before


def _dense(outputs: Mapping[tuple[int, int], int], which: int, vector: Any, graph: Graph) -> list[int]:
    """Nodes of a vector output; a structural zero is the constant 0."""
    nodes = [graph.constant(0.0)] * vector.shape[0]
    for k, row in enumerate(vector.sparsity().get_triplet()[0]):
        nodes[row] = outputs[which, k]
    return nodes


def _read(function: Any, graph: Graph) -> dict[tuple[int, int], int]:
    """Copy a CasADi SX function's instructions into the graph; (output, non-zero) -> node."""
    import casadi

    plain = {
        casadi.OP_ADD: "add",
        casadi.OP_SUB: "sub",
        casadi.OP_MUL: "mul",
        casadi.OP_DIV: "div",
        casadi.OP_NEG: "neg",
        casadi.OP_EXP: "exp",
        casadi.OP_LOG: "log",
        casadi.OP_SQRT: "sqrt",
        casadi.OP_FABS: "abs",
        casadi.OP_FMAX: "max",
        casadi.OP_FMIN: "min",
        casadi.OP_LT: "lt",
        casadi.OP_LE: "le",
        casadi.OP_EQ: "eq",
        casadi.OP_NE: "ne",
        casadi.OP_NOT: "not",
        casadi.OP_AND: "and",
        casadi.OP_OR: "or",
        casadi.OP_IF_ELSE_ZERO: "pick",
    }
    arrays = ("y", "p", "q", "s")
    work: dict[int, int] = {}
    outputs: dict[tuple[int, int], int] = {}
    one = graph.constant(1.0)
    for k in range(function.n_instructions()):
        operation = function.instruction_id(k)
        if operation == casadi.OP_OUTPUT:
            which, index = function.instruction_output(k)
            outputs[which, index] = work[function.instruction_input(k)[0]]
            continue
        target = function.instruction_output(k)[0]
        if operation == casadi.OP_CONST:
            work[target] = graph.constant(function.instruction_constant(k))
            continue
        if operation == casadi.OP_INPUT:
            which, index = function.instruction_input(k)
            work[target] = graph.input(arrays[which], index, fixed=which == 1)
            continue
        args = [work[i] for i in function.instruction_input(k)]
        if operation in plain:
            work[target] = graph.apply(plain[operation], *args)
        elif operation == casadi.OP_SQ:
            work[target] = graph.apply("mul", args[0], args[0])
        elif operation == casadi.OP_TWICE:
            work[target] = graph.apply("mul", graph.constant(2.0), args[0])
        elif operation == casadi.OP_INV:
            work[target] = graph.apply("div", one, args[0])
        elif operation == casadi.OP_TANH:
            twice = graph.apply("exp", graph.apply("mul", graph.constant(2.0), args[0]))
            share = graph.apply("div", graph.constant(2.0), graph.apply("add", twice, one))
            work[target] = graph.apply("sub", one, share)
        elif operation in (casadi.OP_POW, casadi.OP_CONSTPOW):
            work[target] = _power(graph, args[0], args[1])
        elif operation == casadi.OP_ASSIGN:
            work[target] = args[0]
        else:
            raise InputError("operations of calcis.elementary in a law", f"CasADi operation {operation}")
    return outputs


def _power(graph: Graph, base: int, exponent: int) -> int:
    """base^exponent: whole literal exponents multiplied out, others through exp and log."""
    value = graph.value(exponent)
    if value is not None and value == int(value) and 0 < abs(value) <= 8:
        result = base
        for _ in range(abs(int(value)) - 1):
            result = graph.apply("mul", result, base)
        return result if value > 0 else graph.apply("div", graph.constant(1.0), result)
    if value == 0.5:
        return graph.apply("sqrt", base)
    floored = graph.apply("max", base, graph.constant(FLOOR))  # as calcis.elementary.power
    return graph.apply("exp", graph.apply("mul", exponent, graph.apply("log", floored)))
