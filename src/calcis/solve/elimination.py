"""In which order is the sparse matrix I/(γh) − J eliminated, and with which instructions?

The pattern never changes, so the elimination is unrolled: every non-zero is one node.  Pivots
stay on the diagonal, in the order of least fill (Markowitz); the step's error control rejects a
step whose pivots were bad.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from functools import cache

from calcis.solve.graph import Graph
from calcis.solve.ir import Writer


@dataclass(frozen=True)
class Elimination:
    """Factors of W = I/(γh) − J as nodes: W = L U with a unit lower triangle.

    `order` lists the pivots; `lower[i, k]` are multipliers, `upper[k, j]` off-diagonal entries and
    `inverse_pivot[k]` reciprocals, by original row and column.  `kept` is what is left of the rows
    and columns that were not eliminated.
    """

    order: tuple[int, ...]
    lower: Mapping[tuple[int, int], int]
    upper: Mapping[tuple[int, int], int]
    inverse_pivot: Mapping[int, int]
    kept: Mapping[tuple[int, int], int]

    @property
    def entries(self) -> tuple[int, ...]:
        """Every node that a solve reads."""
        return (*self.lower.values(), *self.upper.values(), *self.inverse_pivot.values())

    @property
    def _position(self) -> dict[int, int]:
        """Place of every row in the order of elimination; kept ones come last."""
        return {k: place for place, k in enumerate([*self.order, *sorted({i for i, _ in self.kept})])}

    def forward(self, writer: Writer, entry: Callable[[int], str], x: dict[int, str]) -> None:
        """Write L⁻¹x; `entry` gives the value of a node."""
        position = self._position
        for (i, k), node in sorted(
            self.lower.items(), key=lambda item: (position[item[0][1]], position[item[0][0]])
        ):
            x[i] = writer.sub(x[i], writer.mul(entry(node), x[k]))

    def backward(self, writer: Writer, entry: Callable[[int], str], x: dict[int, str]) -> None:
        """Write U⁻¹x, in which kept rows are already solved."""
        position = self._position
        above: dict[int, list[tuple[int, int]]] = {k: [] for k in self.order}
        for (k, j), node in self.upper.items():
            above[k].append((j, node))
        for k in reversed(self.order):
            for j, node in sorted(above[k], key=lambda item: position[item[0]]):
                x[k] = writer.sub(x[k], writer.mul(entry(node), x[j]))
            x[k] = writer.mul(x[k], entry(self.inverse_pivot[k]))


def loaded(writer: Writer, pointer: str, place: Mapping[int, int]) -> Callable[[int], str]:
    """Give the value of a node that is stored in an array, loaded where it is first needed."""
    return cache(lambda node: writer.load(pointer, place[node]))


def eliminate(
    graph: Graph,
    size: int,
    jacobian: Mapping[tuple[int, int], int],
    shift: int,
    keep: Collection[int] = (),
) -> Elimination:
    """Eliminate shift·I − J symbolically on the graph (shift: the node of 1/(γh)), all but `keep`."""
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

    remaining = set(range(size)) - set(keep)
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
    kept = {(i, j): node for i in keep for j, node in rows[i].items()}
    return Elimination(tuple(order), lower, upper, inverse, kept)
