"""Where do laws jump or bend, and what does a step do there?

A law jumps where a comparison changes (a switch), and bends where a maximum or minimum changes (a kink).
During a step every switch stays as it was at the start, so that what a step sees is smooth; where one
has changed at the end or at a probe inside, `locate` finds the moment and the step ends just behind it.
A step across a kink is held to a share of the tolerance.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from calcis.elementary import FLOOR
from calcis.solve.ir import Writer, literal
from calcis.solve.system import System

# The result is an order better than its error estimate, but not in a step across a kink, which is
# therefore held to this share of the tolerance; a switch has changed when it is so far beyond.
SHARE = 0.01
PROBES = (0.25, 0.5, 0.75, 1.0)  # shares of a step where switches are looked at
NONE = 2.0  # beyond all of them: no switch changed
HALVINGS = 44  # of a quarter of a step, so that it ends at most 2e-14 of itself behind the jump

Body = Callable[[Writer, list[int], dict[int, str]], dict[int, str]]


@dataclass(frozen=True)
class Corners:
    """Differences of nodes that change sign at a corner: (comparison, a, b) of switches, (a, b) of kinks.

    `place` maps the nodes of switches to theirs; `support` lists the states on which switches depend.
    """

    switches: tuple[tuple[str, int, int], ...]
    kinks: tuple[tuple[int, int], ...]
    place: Mapping[int, int]
    support: tuple[int, ...]

    @property
    def pairs(self) -> tuple[tuple[int, int], ...]:
        """Whose differences are stored: of switches, then of kinks."""
        return (*((a, b) for _, a, b in self.switches), *self.kinks)


def find(system: System) -> Corners:
    """The corners of a system's rates.

    Floors are no corners: those of logarithms, and those of a state at zero, are there for undershoots.
    """
    graph = system.graph
    switches: dict[tuple[str, int, int], int] = {}
    kinks: dict[tuple[int, int], None] = {}
    for node in graph.needed(system.rates):
        kind, *arguments = graph.nodes[node]
        if kind not in ("max", "min", "lt", "le") or graph.is_fixed(node):
            continue
        a, b = arguments
        if kind in ("lt", "le"):
            switches[kind, a, b] = node
            continue
        of_state = any(graph.nodes[argument][:2] == ("in", "y") for argument in arguments)
        values = graph.value(a), graph.value(b)
        if FLOOR not in values and not (0.0 in values and of_state):
            kinks[a, b] = None
    place = {node: i for i, node in enumerate(switches.values())}
    reads = [graph.nodes[node] for node in graph.needed(place)]
    support = tuple(
        sorted(index for array, index in (node[1:] for node in reads if node[0] == "in") if array == "y")
    )
    return Corners(tuple(switches), tuple(kinks), place, support)


def differences(corners: Corners, body: Body) -> Writer:
    """Function of (y, d, q, s, o): for every pair the difference, and the size of its members."""
    writer = Writer()
    known = body(writer, [node for pair in corners.pairs for node in pair], {})
    for i, (a, b) in enumerate(corners.pairs):
        writer.store(writer.sub(known[a], known[b]), "%o", 2 * i)
        writer.store(_size(writer, known[a], known[b]), "%o", 2 * i + 1)
    return writer


def switched(corners: Corners, body: Body) -> Writer:
    """Function of (y, d, q, s, tol, c, o): 1 where a switch differs from what differences c say, else 0."""
    writer = Writer()
    known = body(writer, [node for _, *pair in corners.switches for node in pair], {})
    share = writer.mul(writer.load("%tol", 0), literal(SHARE))
    found = literal(0.0)
    for i, (kind, a, b) in enumerate(corners.switches):
        now = writer.sub(known[a], known[b])
        least = writer.mul(share, _size(writer, known[a], known[b]))
        was = held(writer, kind, i)
        beyond = writer.select(was, now, writer.neg(now))  # positive on the other side
        found = writer.select(writer.compare("ogt", beyond, least), literal(1.0), found)
    writer.store(found, "%o", 0)
    return writer


def held(writer: Writer, kind: str, place: int) -> str:
    """A mask: was the comparison true at the differences c?"""
    condition = {"lt": "olt", "le": "ole"}[kind]
    return writer.compare(condition, writer.load("%c", 2 * place), literal(0.0))


def held_switches(writer: Writer, corners: Corners) -> dict[int, str]:
    """Values of the nodes of switches as they were at the differences c."""
    return {
        node: writer.select(held(writer, corners.switches[i][0], i), literal(1.0), literal(0.0))
        for node, i in corners.place.items()
    }


def hold_at_kinks(writer: Writer, corners: Corners, error: str, before: str, after: str) -> str:
    """The scaled error, larger where the step crossed a kink by more than the tolerance."""
    tolerance, crossed = writer.load("%tol", 0), literal(0.0)
    for i in range(len(corners.switches), len(corners.pairs)):
        old, new = writer.load(before, 2 * i), writer.load(after, 2 * i)
        least = writer.mul(tolerance, writer.load(after, 2 * i + 1))
        by = writer.sub(writer.call("fabs", writer.sub(new, old)), least)
        by = writer.select(writer.compare("olt", writer.mul(old, new), literal(0.0)), by, literal(0.0))
        crossed = writer.select(writer.compare("ogt", by, crossed), by, crossed)
    larger = writer.mul(error, literal(1.0 / SHARE))
    return writer.select(writer.compare("ogt", crossed, literal(0.0)), larger, error)


@dataclass(frozen=True)
class Inside:
    """The states that switches need, anywhere in a step: coefficients of each in powers of its share.

    z, si, found: where to put states, time and answer of `switched`; before: differences at the start.
    """

    coefficients: Mapping[int, list[str]]
    z: str
    si: str
    found: str
    before: str

    def switched(self, writer: Writer, share: str) -> str:
        """A mask: has a switch changed at this share of the step?"""
        for k, (highest, *lower) in ((k, terms[::-1]) for k, terms in self.coefficients.items()):
            value = highest
            for term in lower:
                value = writer.add(writer.mul(value, share), term)
            writer.store(value, self.z, k)
        moved = writer.mul(writer.load("%h", 0), share)
        writer.store(writer.add(writer.load("%s", 0), moved), self.si, 0)
        writer.run("switched", self.z, "%d", "%q", self.si, "%tol", self.before, self.found)
        return writer.compare("ogt", writer.load(self.found, 0), literal(0.0))

    def first(self, writer: Writer) -> str:
        """The first of PROBES at which a switch has changed, or NONE."""
        where = literal(NONE)
        for probe in reversed(PROBES):
            where = writer.select(self.switched(writer, literal(probe)), literal(probe), where)
        return where

    def moment(self, writer: Writer, high: str) -> str:
        """The share of the step just behind the change that was seen at one of PROBES (high)."""
        low = writer.sub(high, literal(PROBES[0]))
        for _ in range(HALVINGS):
            middle = writer.mul(literal(0.5), writer.add(low, high))
            beyond = self.switched(writer, middle)
            low, high = writer.select(beyond, low, middle), writer.select(beyond, middle, high)
        return high


def _size(writer: Writer, a: str, b: str) -> str:
    return writer.add(writer.call("fabs", a), writer.call("fabs", b))
