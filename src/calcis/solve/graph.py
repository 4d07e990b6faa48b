"""How do traced equations become a list of instructions without a repeated computation?

A Graph holds scalar nodes in the order of computation, each (operation, arguments), every
distinct computation once.  Simplifications are those that cost no accuracy.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

Node = tuple[Any, ...]

_FOLD: dict[str, Callable[..., float]] = {
    "add": lambda a, b: a + b,
    "sub": lambda a, b: a - b,
    "mul": lambda a, b: a * b,
    "neg": lambda a: -a,
    "max": lambda a, b: a if a >= b else b,
    "min": lambda a, b: a if a <= b else b,
    "lt": lambda a, b: float(a < b),
    "le": lambda a, b: float(a <= b),
    "eq": lambda a, b: float(a == b),
    "ne": lambda a, b: float(a != b),
    "not": lambda a: float(a == 0.0),
    "and": lambda a, b: float(a != 0.0 and b != 0.0),
    "or": lambda a, b: float(a != 0.0 or b != 0.0),
    "pick": lambda c, a: a if c != 0.0 else 0.0,
    "abs": abs,
    "exp": math.exp,
    "log": math.log,
    "sqrt": math.sqrt,
    "div": lambda a, b: a / b,
}
_SYMMETRIC = {"add", "mul", "eq", "ne", "and", "or"}


class Graph:
    """Hash-consed scalar computations; a node is known by its number."""

    def __init__(self) -> None:
        self.nodes: list[Node] = []
        self._known: dict[Node, int] = {}
        self._constant_part: list[bool] = []  # depends on parameters and constants alone

    def _new(self, node: Node, fixed: bool) -> int:
        found = self._known.get(node)
        if found is None:
            found = self._known[node] = len(self.nodes)
            self.nodes.append(node)
            self._constant_part.append(fixed)
        return found

    def constant(self, value: float) -> int:
        """Node of a literal number."""
        return self._new(("const", float(value).hex()), True)

    def input(self, array: str, index: int, fixed: bool = False) -> int:
        """Node of an element of an input array; `fixed` if it never changes during a run."""
        return self._new(("in", array, index), fixed)

    def value(self, node: int) -> float | None:
        """The literal value of a node, or None."""
        kind, *rest = self.nodes[node]
        return float.fromhex(rest[0]) if kind == "const" else None

    def is_fixed(self, node: int) -> bool:
        """Whether a node depends on parameters and constants alone."""
        return self._constant_part[node]

    def apply(self, operation: str, *arguments: int) -> int:
        """Node of an operation on nodes, simplified."""
        values = [self.value(argument) for argument in arguments]
        if all(value is not None for value in values):
            try:
                return self.constant(_FOLD[operation](*values))
            except (OverflowError, ValueError, ZeroDivisionError):
                pass
        simpler = self._simplify(operation, arguments, values)
        if simpler is not None:
            return simpler
        if operation in _SYMMETRIC:
            arguments = tuple(sorted(arguments))
        return self._new((operation, *arguments), all(self._constant_part[a] for a in arguments))

    def _simplify(self, operation: str, args: Sequence[int], values: Sequence[float | None]) -> int | None:
        if operation == "add":
            if values[0] == 0.0:
                return args[1]
            if values[1] == 0.0:
                return args[0]
            for one, other in (args, args[::-1]):
                if self.nodes[one][0] == "neg":
                    return self.apply("sub", other, self.nodes[one][1])
        elif operation == "sub":
            if values[1] == 0.0:
                return args[0]
            if values[0] == 0.0:
                return self.apply("neg", args[1])
            if args[0] == args[1]:
                return self.constant(0.0)
            if self.nodes[args[1]][0] == "neg":
                return self.apply("add", args[0], self.nodes[args[1]][1])
        elif operation == "mul":
            if 0.0 in values:
                return self.constant(0.0)
            for one, other, value in ((args[0], args[1], values[1]), (args[1], args[0], values[0])):
                if value == 1.0:
                    return one
                if value == -1.0:
                    return self.apply("neg", one)
                if self.nodes[one][0] == "neg":
                    return self.apply("neg", self.apply("mul", self.nodes[one][1], other))
        elif operation == "div":
            if values[0] == 0.0:
                return args[0]
            if values[1] == 1.0:
                return args[0]
            # Reciprocals are shared: a derivative divides by the denominators of its law again, and a
            # reciprocal of parameters is computed once per run.
            if values[0] != 1.0:
                return self.apply("mul", args[0], self.apply("div", self.constant(1.0), args[1]))
        elif operation == "neg":
            if self.nodes[args[0]][0] == "neg":
                return int(self.nodes[args[0]][1])
        elif operation == "pick":
            if values[0] is not None:
                return args[1] if values[0] != 0.0 else self.constant(0.0)
            if values[1] == 0.0:
                return self.constant(0.0)
        elif operation in ("max", "min") and args[0] == args[1]:
            return args[0]
        return None

    def needed(self, outputs: Iterable[int], stop_at_fixed: bool = False) -> list[int]:
        """Numbers of all nodes that `outputs` need, in the order of computation.

        With `stop_at_fixed`, fixed nodes are included but not what they are computed from.
        """
        seen: set[int] = set()
        stack = list(outputs)
        while stack:
            node = stack.pop()
            if node in seen:
                continue
            seen.add(node)
            if stop_at_fixed and self._constant_part[node]:
                continue
            if self.nodes[node][0] not in ("const", "in"):
                stack.extend(self.nodes[node][1:])
        return sorted(seen)
