"""In which order is the sparse matrix I/(γh) − J eliminated, and with which instructions?

The pattern never changes, so the elimination is unrolled: every non-zero is one node.  Pivots
stay on the diagonal, in the order of least fill (Markowitz); the step's error control rejects a
step whose pivots were bad.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from calcis.solve.graph import Graph


@dataclass(frozen=True)
class Elimination:
    """Factors of W = I/(γh) − J as nodes: W = L U with a unit lower triangle.

    `order` lists the pivots; `lower[i, k]` are multipliers, `upper[k, j]` off-diagonal entries and
    `inverse_pivot[k]` reciprocals, by original row and column.
    """

    order: tuple[int, ...]
    lower: Mapping[tuple[int, int], int]
    upper: Mapping[tuple[int, int], int]
    inverse_pivot: Mapping[int, int]

    @property
    def entries(self) -> tuple[int, ...]:
        """Every node that a solve reads."""
        return (*self.lower.values(), *self.upper.values(), *self.inverse_pivot.values())


def eliminate(graph: Graph, size: int, jacobian: Mapping[tuple[int, int], int], shift: int) -> Elimination:
    """Eliminate shift·I − J symbolically on the graph (shift: the node of 1/(γh))."""
    rows: dict[int, dict[int, int]] = {i: {} for i in range(size)}
    for (i, j), node in jacobian.items():
        rows[i][j] = graph.apply("neg", node)
    for i in range(size):
        diagonal = jacobian.get((i, i))
        rows[i][i] = shift if diagonal is None else graph.apply("sub", shift, diagonal)
    columns: dict[int, set[int]] = {j: set() for j in range(size)}
    for i, row in rows.items():
        for j in row:
            columns[j].add(i)

    remaining = set(range(size))
    order: list[int] = []
    lower: dict[tuple[int, int], int] = {}
    upper: dict[tuple[int, int], int] = {}
    inverse: dict[int, int] = {}
    one = graph.constant(1.0)
    while remaining:
        pivot = min(remaining, key=lambda k: ((len(rows[k]) - 1) * (len(columns[k]) - 1), k))
        remaining.discard(pivot)
        order.append(pivot)
        inverse[pivot] = graph.apply("div", one, rows[pivot].pop(pivot))
        columns[pivot].discard(pivot)
        for j, node in rows[pivot].items():
            upper[pivot, j] = node
            columns[j].discard(pivot)
        for i in sorted(columns[pivot]):
            factor = graph.apply("mul", rows[i].pop(pivot), inverse[pivot])
            lower[i, pivot] = factor
            for j, node in rows[pivot].items():
                update = graph.apply("mul", factor, node)
                if j in rows[i]:
                    rows[i][j] = graph.apply("sub", rows[i][j], update)
                else:
                    rows[i][j] = graph.apply("neg", update)
                    columns[j].add(i)
        columns[pivot] = set()
    return Elimination(tuple(order), lower, upper, inverse)
