"""How is one Newton step of a speciation written?  As scalar operations, in logarithms of activities.

Unknowns are ln a of each master, ln a of H⁺ where it is not given, ln I and the activity of water w; each
species has m = K Π a^ν / γ(I).  Equations: ln (Σ ν m / total) = 0 for each master (or its free molality, or
the pressure of its gas, is given), Σ ν_H m = the protons that the charges of the totals leave,
ln (½ Σ z² m / I) = 0, w = 1 - 0.017 Σ m as in PHREEQC.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from calcis.chemistry.database import HYDROGEN, WATER, Database, Species
from calcis.solve.elimination import eliminate
from calcis.solve.graph import Graph

LN10 = math.log(10.0)
WATER_FACTOR = 0.017  # of PHREEQC: a(H2O) = 1 - 0.017 Σ m
LONGEST = 4.0  # of a step in a logarithm; longer ones are shortened, all together
DRIEST = 0.05  # the least activity of water

_Kind = tuple[float, float | None, float]  # z², a and b of an activity coefficient; a None is Davies


@dataclass(frozen=True)
class Closure:
    """What is given of a fluid beside its totals.

    `acid`: "ph" (the activity of H⁺), "charge" (the net charge), or "gas" (the pressure of CO₂ beside total
    carbonate).  `open_gas`: the pressure of CO₂ is given in place of total carbonate.  `free`: masters of
    which the free molality is given in place of the total.
    """

    acid: str = "ph"
    open_gas: bool = False
    free: tuple[str, ...] = ()


@dataclass(frozen=True)
class Step:
    """Nodes of a graph over the arrays x, t, k and c.

    x: ln a of masters, ln a of H⁺, ln I, a of water.  t: given for each master, then for H⁺.
    c: temperature (K), A and B.  k: formation constants of species and gases, then A ln 10 and B.
    """

    graph: Graph
    prepared: tuple[int, ...]  # k from c
    first: tuple[int, ...]  # x to start with, from t and k
    next: tuple[int, ...]  # x after a step, from x, t and k
    length: int  # the longest change of the step, before it was shortened
    molalities: tuple[int, ...]  # of the species at x


class _Fluid:
    """Molalities and what depends on them at x."""

    def __init__(self, database: Database, graph: Graph) -> None:
        self.database, self.graph = database, graph
        self.n = len(database.masters)
        self.logs = [graph.input("x", j) for j in range(self.n + 2)]
        self.water = graph.input("x", self.n + 2)
        formed = (*database.species, *database.gases)
        self.k = {one.name: graph.input("k", place) for place, one in enumerate(formed)}
        self.a, self.b = (graph.input("k", len(formed) + place) for place in (0, 1))

    def total(self, terms: Iterable[tuple[float, int]]) -> int:
        """Σ factor · node."""
        apply, result = self.graph.apply, self.graph.constant(0.0)
        for factor, node in terms:
            result = apply("add", result, apply("mul", self.graph.constant(factor), node))
        return result

    def activity_coefficients(self, log_strength: int) -> tuple[dict[_Kind, int], dict[_Kind, int]]:
        """1/γ, and d ln γ / d ln I, by class of species (`_class`)."""
        apply, const = self.graph.apply, self.graph.constant
        one = const(1.0)
        strength = apply("exp", log_strength)
        root = apply("sqrt", strength)
        inverse, slope = {}, {}
        for kind in {_class(species): None for species in self.database.species}:
            squared, a, b = kind
            log, rise = const(0.0), const(0.0)
            if squared:
                size = root if a is None else apply("mul", apply("mul", const(a), self.b), root)
                share = apply("div", one, apply("add", one, size))
                screened = apply("mul", root, share)
                half = apply("mul", apply("mul", const(0.5), screened), share)
                if a is None:
                    salted = apply("mul", const(0.3), strength)
                    screened, half = apply("sub", screened, salted), apply("sub", half, salted)
                factor = apply("mul", const(-squared), self.a)
                log, rise = apply("mul", factor, screened), apply("mul", factor, half)
            salting = apply("mul", const(b * LN10), strength)
            inverse[kind] = apply("exp", apply("neg", apply("add", log, salting)))
            slope[kind] = apply("add", rise, salting)
        return inverse, slope

    def molality(self, species: Species, activity: Mapping[str, int], inverse: Mapping[_Kind, int]) -> int:
        """K Π a^ν / γ; anions with their protons first, so that species share products."""
        apply = self.graph.apply
        names = sorted(
            species.formula, key=lambda name: (not _is_anion(self.database, name), name != HYDROGEN, name)
        )
        product = self.graph.constant(1.0)
        for name in names:
            count = species.formula[name]
            factor = activity[name]
            if count < 0:
                factor = apply("div", self.graph.constant(1.0), factor)
            for _ in range(round(abs(count))):
                product = apply("mul", product, factor)
        if species.reaction:
            product = apply("mul", product, self.k[species.name])
        return apply("mul", product, inverse[_class(species)])


def _is_anion(database: Database, name: str) -> bool:
    return name in database.masters and database.master_charges[database.masters.index(name)] < 0


def _class(species: Species) -> _Kind:
    """The activity coefficient of a species."""
    if species.gamma is None:
        return (float(species.charge**2), None, 0.0) if species.charge else (0.0, 0.0, 0.1)
    a, b = species.gamma
    return float(species.charge**2), (a if species.charge else 0.0), b


def newton_step(database: Database, closure: Closure) -> Step:
    """One Newton step for fluids of a database under a closure."""
    graph = Graph()
    fluid = _Fluid(database, graph)
    equations = _Equations(fluid, closure)
    return Step(
        graph,
        tuple(_prepared(database, graph)),
        tuple(_first(database, closure, fluid)),
        *equations.step(),
        tuple(equations.molality),
    )


class _Equations:
    """The linear system of a step: for each unknown a row of derivatives and a right side.

    Unknowns are numbered as in x: masters 0..n-1, H⁺ n, ionic strength n + 1, activity of water n + 2.
    """

    def __init__(self, fluid: _Fluid, closure: Closure) -> None:
        self.fluid, self.closure, self.graph = fluid, closure, fluid.graph
        self.apply, self.const = self.graph.apply, self.graph.constant
        database, n = fluid.database, fluid.n
        self.place = {name: j for j, name in enumerate((*database.masters, HYDROGEN))}
        inverse, slope = fluid.activity_coefficients(fluid.logs[n + 1])
        activity = {name: self.apply("exp", fluid.logs[j]) for name, j in self.place.items()}
        activity[WATER] = fluid.water
        self.molality = [fluid.molality(one, activity, inverse) for one in database.species]
        self.rise = [slope[_class(one)] for one in database.species]
        self.held = database.stoichiometry.T.tolist()  # what a species holds of each master, of H⁺, of H₂O
        self.per_water = self.apply("div", self.const(1.0), fluid.water)
        self.logs = [*range(n), *([] if closure.acid == "ph" else [n])]
        self.rows: dict[tuple[int, int], int] = {}
        self.right: dict[int, int] = {}
        self.gas_row = n if closure.acid == "gas" else self.place["carbonate"] if closure.open_gas else None
        for j in range(n):
            if j != self.gas_row:
                self._master(j)
        if closure.acid == "charge":
            self._charge()
        if self.gas_row is not None:
            self._gas(self.gas_row)
        self._strength()
        self._water()

    def step(self) -> tuple[tuple[int, ...], int]:
        """x after the step, and the step's longest change before it was shortened."""
        apply, n = self.apply, self.fluid.n
        unknown = [*self.logs, n + 1, n + 2]
        change = _solve(self.graph, unknown, self.rows, self.right)
        length = self.const(0.0)
        for k in unknown:
            length = apply("max", length, apply("abs", change[k]))
        share = apply("min", self.const(1.0), apply("div", self.const(LONGEST), length))
        following = [*self.fluid.logs, self.fluid.water]
        for k in unknown:
            following[k] = apply("add", following[k], apply("mul", share, change[k]))
        following[n + 2] = apply("max", self.const(DRIEST), following[n + 2])
        return tuple(following), length

    def _sum(self, weights: Iterable[float]) -> int:
        """Σ w m."""
        return self.fluid.total((w, m) for w, m in zip(weights, self.molality, strict=True) if w)

    def _derivatives(self, row: int, weights: list[float]) -> None:
        """Derivatives of Σ w m by every unknown."""
        n = self.fluid.n
        for k in self.logs:
            products = [w * v for w, v in zip(weights, self.held[k], strict=True)]
            if any(products):
                self.rows[row, k] = self._sum(products)
        by_slope: dict[int, list[tuple[float, int]]] = {}
        for w, m, r in zip(weights, self.molality, self.rise, strict=True):
            if w:
                by_slope.setdefault(r, []).append((w, m))
        change = self.const(0.0)
        for r, terms in by_slope.items():
            change = self.apply("add", change, self.apply("mul", self.fluid.total(terms), r))
        self.rows[row, n + 1] = self.apply("neg", change)
        wet = [w * v for w, v in zip(weights, self.held[n + 1], strict=True)]
        if any(wet):
            self.rows[row, n + 2] = self.apply("mul", self._sum(wet), self.per_water)

    def _ratio(self, amount: int, given: int) -> int:
        """ln (amount / given)."""
        return self.apply("log", self.apply("div", amount, given))

    def _master(self, j: int) -> None:
        """ln (Σ ν m / total) = 0, times the amount; or ln (m / given) = 0."""
        given = self.graph.input("t", j)
        if self.fluid.database.masters[j] in self.closure.free:
            self.rows[j, j] = self.const(1.0)
            self.rows[j, self.fluid.n + 1] = self.apply("neg", self.rise[j])
            self.right[j] = self.apply("neg", self._ratio(self.molality[j], given))
            return
        amount = self._sum(self.held[j])
        self._derivatives(j, self.held[j])
        self.right[j] = self.apply("neg", self.apply("mul", amount, self._ratio(amount, given)))

    def _charge(self) -> None:
        """Charge less that of the totals that are given: the same equation, but symmetric with theirs."""
        database, n = self.fluid.database, self.fluid.n
        weights = list(self.held[n])
        for j, name in enumerate(database.masters):
            if j == self.gas_row or name in self.closure.free:
                z = float(database.master_charges[j])
                weights = [w + z * v for w, v in zip(weights, self.held[j], strict=True)]
        self._derivatives(n, weights)
        self.right[n] = self.apply("sub", self.graph.input("t", n), self._sum(weights))

    def _gas(self, row: int) -> None:
        """ln of the pressure of CO₂ = ln K + Σ ν ln a."""
        gas = next(one for one in self.fluid.database.gases if one.name == "CO2(g)")
        pressure = self.apply("log", self.fluid.k[gas.name])
        for name, count in gas.formula.items():
            factor = self.const(count)
            log = self.apply("log", self.fluid.water) if name == WATER else self.fluid.logs[self.place[name]]
            pressure = self.apply("add", pressure, self.apply("mul", factor, log))
            if name == WATER:
                self.rows[row, self.fluid.n + 2] = self.apply("mul", factor, self.per_water)
            elif self.place[name] in self.logs:
                self.rows[row, self.place[name]] = factor
        self.right[row] = self.apply("sub", self.apply("log", self.graph.input("t", row)), pressure)

    def _strength(self) -> None:
        """ln (½ Σ z² m / I) = 0, times the sum."""
        row = self.fluid.n + 1
        squares = [0.5 * one.charge**2 for one in self.fluid.database.species]
        found = self._sum(squares)
        self._derivatives(row, squares)
        self.rows[row, row] = self.apply("sub", self.rows[row, row], found)
        log = self._ratio(found, self.apply("exp", self.fluid.logs[row]))
        self.right[row] = self.apply("neg", self.apply("mul", found, log))

    def _water(self) -> None:
        """w + 0.017 Σ m = 1."""
        row = self.fluid.n + 2
        weights = [WATER_FACTOR] * len(self.molality)
        self._derivatives(row, weights)
        self.rows[row, row] = self.apply("add", self.rows[row, row], self.const(1.0))
        held = self.apply("add", self.fluid.water, self._sum(weights))
        self.right[row] = self.apply("sub", self.const(1.0), held)


def _solve(
    graph: Graph, unknown: list[int], rows: Mapping[tuple[int, int], int], right: Mapping[int, int]
) -> dict[int, int]:
    """Solution of rows · x = right, eliminated without exchanging rows."""
    order = {k: place for place, k in enumerate(unknown)}
    matrix = {(order[i], order[j]): graph.apply("neg", node) for (i, j), node in rows.items()}
    factors = eliminate(graph, len(unknown), matrix, graph.constant(0.0))
    x = [right[k] for k in unknown]
    position = {pivot: place for place, pivot in enumerate(factors.order)}
    for (i, k), node in sorted(
        factors.lower.items(), key=lambda item: (position[item[0][1]], position[item[0][0]])
    ):
        x[i] = graph.apply("sub", x[i], graph.apply("mul", node, x[k]))
    for k in reversed(factors.order):
        for (i, j), node in factors.upper.items():
            if i == k:
                x[k] = graph.apply("sub", x[k], graph.apply("mul", node, x[j]))
        x[k] = graph.apply("mul", x[k], factors.inverse_pivot[k])
    return {k: x[order[k]] for k in unknown}


def _prepared(database: Database, graph: Graph) -> Iterable[int]:
    """Formation constants, A ln 10 and B from the temperature, A and B."""
    apply, const = graph.apply, graph.constant
    t, a, b = (graph.input("c", place) for place in range(3))
    inverse = apply("div", const(1.0), t)
    powers = (
        const(1.0),
        t,
        inverse,
        apply("mul", apply("log", t), const(1.0 / LN10)),
        apply("mul", inverse, inverse),
        apply("mul", t, t),
    )
    for one in (*database.species, *database.gases):
        lg = const(0.0)
        for coefficient, power in zip(one.analytic, powers, strict=True):
            lg = apply("add", lg, apply("mul", const(coefficient), power))
        yield apply("exp", apply("mul", lg, const(LN10)))
    yield apply("mul", a, const(LN10))
    yield b


def _first(database: Database, closure: Closure, fluid: _Fluid) -> Iterable[int]:
    """Where to start: each acid protonated as its pH wants, nothing bound to metals."""
    graph, n = fluid.graph, fluid.n
    apply, const = graph.apply, graph.constant
    given = [graph.input("t", j) for j in range(n + 1)]
    if closure.open_gas:  # a total of carbonate near that of blood
        given[database.masters.index("carbonate")] = const(0.025)
    log_acid = given[n] if closure.acid == "ph" else const(-7.4 * LN10)
    rough = fluid.total((0.5 * min(z * z, 4.0), given[j]) for j, z in enumerate(database.master_charges))
    strength = apply("log", apply("add", rough, const(1e-7)))
    inverse, _ = fluid.activity_coefficients(strength)
    activity = {name: const(1.0) for name in database.masters}
    activity |= {HYDROGEN: apply("exp", log_acid), WATER: const(1.0)}
    alone: dict[str, list[tuple[Species, int]]] = {}
    for one in database.species:
        masters = [name for name in one.formula if name in database.masters]
        if len(masters) == 1 and one.formula[masters[0]] == 1.0:
            alone.setdefault(masters[0], []).append((one, fluid.molality(one, activity, inverse)))
    screened = const(1e-7)
    for j, name in enumerate(database.masters):
        per_activity = fluid.total((1.0, m) for _, m in alone[name])
        squares = fluid.total((0.5 * one.charge**2, m) for one, m in alone[name])
        start = apply("div", given[j], per_activity)
        screened = apply("add", screened, apply("mul", start, squares))
        yield apply("log", start)
    yield log_acid
    yield apply("log", screened)
    yield const(1.0)
