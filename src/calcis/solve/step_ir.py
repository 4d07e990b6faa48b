"""What does the compiled kernel of a system contain?  One LLVM module with six functions.

prepare(p, d)                          what depends on parameters alone, once per run
observe(y, d, q, s, o)                 the observed signals
slope(y, d, q, s, tol, out)            the first step's size
step(y, d, q, s, tol, h, old, work, out) one whole Rosenbrock step and the next step's size
dense(y, new, d, q, s, tol, h, work, slopes, o, e) the last step's interpolating polynomial, and its error
locate(y, out, d, q, s, tol, h, work)  where in the last step a law jumped

All arrays are of vectors of eight lanes.  `work` keeps the stages for `dense`, whose `o` holds each
lane's coefficients together (lane, power, state padded to eight); `out` of a step: see `Layout`.
"""

from __future__ import annotations

from dataclasses import dataclass

from calcis.solve import corners
from calcis.solve.corners import Corners, Inside
from calcis.solve.elimination import eliminate, loaded
from calcis.solve.ir import LANES, VECTOR, Writer, function, literal
from calcis.solve.system import System
from calcis.solve.tableau import Tableau

SAFETY, SHRINK, GROW = 0.9, 0.2, 6.0  # of the step-size controller (Hairer and Wanner IV.8)
# The interpolant's defect is taken at these shares of the step, because its error may vanish at one of
# them.  Its filtered size was 0.65 to 0.81 of the largest error on HIRES, Van der Pol and OREGO, and with
# both probes no Prothero-Robinson problem up to 1e8 per h went beyond its tolerance: hence the factor.
PROBES, PROBE_FACTOR = (0.45, 0.75), 1.4


@dataclass(frozen=True)
class Layout:
    """Sizes of a kernel's arrays, in vectors.

    A step's `out` is the new state (n), then the scaled error, the factors by which a rejected
    and an accepted step change, the number of the state with the largest error, and the share of the
    step at which a law has jumped (above 1: none has).
    """

    states: int
    parameters: int
    derived: int
    controls: int
    observed: int
    work: int

    @property
    def out(self) -> int:
        """Of a step's `out`."""
        return self.states + 5


def module_text(system: System, method: Tableau) -> tuple[str, Layout]:
    """The LLVM module of a system under a method, and the sizes of its arrays."""
    graph, n, s = system.graph, len(system.states), method.stages
    shift = graph.input("g", 0)
    factors = eliminate(graph, n, system.jacobian, shift)
    entry_place = {node: place for place, node in enumerate(dict.fromkeys(factors.entries))}
    drift = dict(system.time_derivative)

    used = graph.needed(
        [*system.rates, *factors.entries, *drift.values(), *system.signals], stop_at_fixed=True
    )
    stored = [node for node in used if graph.is_fixed(node) and graph.value(node) is None]
    derived = {node: place for place, node in enumerate(stored)}

    parts = [_prepare(system, stored)]

    def body(writer: Writer, outputs: list[int], known: dict[int, str] | None = None) -> dict[int, str]:
        known = {} if known is None else known
        needed = graph.needed(outputs, stop_at_fixed=True)
        for node in needed:
            if node in derived:
                known[node] = writer.load("%d", derived[node])
        arrays = {"y": "%y", "q": "%q", "s": "%s", "g": "%g"}
        writer.nodes(graph, needed, known, arrays)
        return known

    found = corners.find(system)
    writer = Writer()
    known = body(writer, list(system.rates), corners.held_switches(writer, found))
    for i, node in enumerate(system.rates):
        writer.store(known[node], "%f", i)
    parts.append(function("rates", ["y", "d", "q", "s", "c", "f"], writer, internal=True))

    writer = Writer()
    outputs = [*system.rates, *entry_place, *drift.values()]
    known = body(writer, outputs, corners.held_switches(writer, found))
    for i, node in enumerate(system.rates):
        writer.store(known[node], "%f", i)
    for node, place in entry_place.items():
        writer.store(known[node], "%lu", place)
    for place, node in enumerate(drift.values()):
        writer.store(known[node], "%ft", place)
    parts.append(function("factor", ["y", "d", "q", "s", "c", "g", "f", "lu", "ft"], writer, internal=True))

    writer = Writer()
    known = body(writer, list(system.signals))
    for i, node in enumerate(system.signals):
        writer.store(known[node], "%o", i)
    parts.append(function("observe", ["y", "d", "q", "s", "o"], writer))

    writer = corners.differences(found, body)
    parts.append(function("corners", ["y", "d", "q", "s", "o"], writer, internal=True))
    writer = corners.switched(found, body)
    parts.append(function("switched", ["y", "d", "q", "s", "tol", "c", "o"], writer, internal=True))

    # Substitution: b -> U in place.
    writer = Writer()
    x = {i: writer.load("%b", i) for i in range(n)}
    entry = loaded(writer, "%lu", entry_place)
    factors.forward(writer, entry, x)
    factors.backward(writer, entry, x)
    for k in reversed(factors.order):
        writer.store(x[k], "%u", k)
    parts.append(function("substitute", ["b", "lu", "u"], writer, internal=True))

    places = {"u": 0, "f": s * n, "z": s * n + n, "ft": s * n + 2 * n}
    places["lu"] = places["ft"] + len(drift)
    places["g"] = places["lu"] + len(entry_place)
    places["si"] = places["g"] + 1
    places["found"] = places["si"] + 1
    places["before"] = places["found"] + 1
    places["after"] = places["before"] + 2 * len(found.pairs)
    work = places["after"] + 2 * len(found.pairs)
    drift_places = {row: place for place, row in enumerate(drift)}
    parts.append(_step(system, method, places, drift_places, found))
    parts.append(_slope(system, places))
    parts.append(_dense(system, method, places))
    parts.append(_locate(system, method, places, found))
    intrinsics = "".join(
        f"declare {VECTOR} @llvm.{name}.v{LANES}f64({VECTOR})\n" for name in ("sqrt", "fabs")
    )
    layout = Layout(n, len(system.parameters), len(stored), system.controls, len(system.signals), work)
    return intrinsics + "\n" + "\n".join(parts), layout


def _prepare(system: System, stored: list[int]) -> str:
    writer = Writer()
    known: dict[int, str] = {}
    writer.nodes(system.graph, system.graph.needed(stored), known, {"p": "%p"})
    for place, node in enumerate(stored):
        writer.store(known[node], "%d", place)
    return function("prepare", ["p", "d"], writer)


def _combine(writer: Writer, terms: list[tuple[float, str]], start: str | None) -> str | None:
    """start + Σ coefficient · value, skipping zero coefficients."""
    result = start
    for coefficient, value in terms:
        if coefficient == 0.0:
            continue
        term = value if coefficient == 1.0 else writer.mul(literal(coefficient), value)
        result = term if result is None else writer.add(result, term)
    return result


def _step(
    system: System, method: Tableau, places: dict[str, int], drift: dict[int, int], found: Corners
) -> str:
    n, s = len(system.states), method.stages
    writer = Writer()
    at = {name: writer.offset("%work", place) for name, place in places.items() if name != "u"}
    stage = [writer.offset("%work", places["u"] + i * n) for i in range(s)]
    h, time = writer.load("%h", 0), writer.load("%s", 0)
    per_h = writer.div(literal(1.0), h)
    writer.store(writer.mul(per_h, literal(1.0 / method.gamma)), at["g"], 0)
    if found.pairs:
        writer.run("corners", "%y", "%d", "%q", "%s", at["before"])
    writer.run("factor", "%y", "%d", "%q", "%s", at["before"], at["g"], at["f"], at["lu"], at["ft"])
    for i in range(s):
        if i > 0:
            for k in range(n):
                if i > 1 and method.a[i] == (*method.a[i - 1], 1.0):  # the stage before, moved on
                    moved = _combine(writer, [(1.0, writer.load(stage[i - 1], k))], writer.load(at["z"], k))
                else:
                    terms = [(a, writer.load(stage[j], k)) for j, a in enumerate(method.a[i]) if a]
                    moved = _combine(writer, terms, writer.load("%y", k))
                assert moved is not None
                writer.store(moved, at["z"], k)
            writer.store(writer.add(time, writer.mul(h, literal(method.nodes[i]))), at["si"], 0)
            writer.run("rates", at["z"], "%d", "%q", at["si"], at["before"], at["f"])
        weight = method.time_weights[i]
        scaled = writer.mul(h, literal(weight)) if drift and weight else None
        for k in range(n):
            value = writer.load(at["f"], k)
            terms = [(c, writer.load(stage[j], k)) for j, c in enumerate(method.c[i]) if c]
            coupled = _combine(writer, terms, None)
            if coupled is not None:
                value = writer.add(value, writer.mul(per_h, coupled))
            if scaled is not None and k in drift:
                value = writer.add(value, writer.mul(scaled, writer.load(at["ft"], drift[k])))
            writer.store(value, at["f"], k)
        writer.run("substitute", at["f"], at["lu"], stage[i])

    per_tolerance = writer.div(literal(1.0), writer.load("%tol", 0))
    worst, index, finite = literal(0.0), literal(-1.0), literal(0.0)
    for k in range(n):
        old = writer.load("%y", k)
        error = writer.load(stage[s - 1], k)
        new = writer.add(writer.load(at["z"], k), error)
        writer.store(new, "%out", k)
        missing = writer.strict("fsub", new, new)  # 0, or NaN where the state is not finite
        finite = writer.add(finite, missing)
        size_old, size_new = writer.call("fabs", old), writer.call("fabs", new)
        size = writer.select(writer.compare("oge", size_old, size_new), size_old, size_new)
        scaled_error = writer.div(writer.call("fabs", error), writer.add(size, literal(system.scales[k])))
        if not system.signed[k]:
            below = writer.mul(new, literal(-1.0 / system.scales[k]))
            scaled_error = writer.select(writer.compare("oge", scaled_error, below), scaled_error, below)
        broken = writer.compare("une", missing, literal(0.0))
        scaled_error = writer.select(broken, literal(1e30), scaled_error)
        larger = writer.compare("ogt", scaled_error, worst)
        worst = writer.select(larger, scaled_error, worst)
        index = writer.select(larger, literal(float(k)), index)
    worst = writer.mul(worst, per_tolerance)
    if found.kinks:
        writer.store(writer.add(time, h), at["si"], 0)
        writer.run("corners", "%out", "%d", "%q", at["si"], at["after"])
        worst = corners.hold_at_kinks(writer, found, worst, at["before"], at["after"])
    broken = writer.compare("une", finite, literal(0.0))
    worst = writer.select(broken, literal(1e30), worst)
    writer.store(worst, "%out", n)
    log_error = _log_floored(writer, worst)
    log_old = writer.log(writer.load("%old", 0))
    order = method.order
    writer.store(_factor(writer, writer.mul(log_error, literal(-1.0 / order))), "%out", n + 1)
    change = writer.add(
        writer.mul(log_error, literal(-0.7 / order)), writer.mul(log_old, literal(0.3 / order))
    )
    writer.store(_factor(writer, change), "%out", n + 2)
    writer.store(index, "%out", n + 3)
    where = literal(corners.NONE)
    if found.switches:
        where = _inside(writer, system, method, at, found, "%out").first(writer)
    writer.store(where, "%out", n + 4)
    return function("step", ["y", "d", "q", "s", "tol", "h", "old", "work", "out"], writer)


def _log_floored(writer: Writer, error: str) -> str:
    return writer.log(writer.select(writer.compare("oge", error, literal(1e-10)), error, literal(1e-10)))


def _factor(writer: Writer, exponent: str) -> str:
    """By how much the step changes: safety · e^exponent within its limits."""
    factor = writer.mul(literal(SAFETY), writer.exp(exponent))
    factor = writer.select(writer.compare("oge", factor, literal(SHRINK)), factor, literal(SHRINK))
    return writer.select(writer.compare("ole", factor, literal(GROW)), factor, literal(GROW))


def _slope(system: System, places: dict[str, int]) -> str:
    """Largest |f|/allowed over the states: the first step is a small multiple of its inverse."""
    n = len(system.states)
    writer = Writer()
    before = writer.offset("%f", places["before"])
    writer.run("corners", "%y", "%d", "%q", "%s", before)
    writer.run("rates", "%y", "%d", "%q", "%s", before, "%f")
    worst, finite = literal(0.0), literal(0.0)
    for k in range(n):
        slope = writer.load("%f", k)
        finite = writer.add(finite, writer.strict("fsub", slope, slope))
        size = writer.add(writer.call("fabs", writer.load("%y", k)), literal(system.scales[k]))
        relative = writer.div(writer.call("fabs", slope), size)
        worst = writer.select(writer.compare("oge", relative, worst), relative, worst)
    broken = writer.compare("une", finite, literal(0.0))
    writer.store(writer.select(broken, literal(-1.0), worst), "%out", 0)
    return function("slope", ["y", "d", "q", "s", "f", "out"], writer)


def _dense(system: System, method: Tableau, places: dict[str, int]) -> str:
    """Coefficients of y(θ) = Σ coeffₖ θᵏ, the interpolant's error, and how a step should change for it.

    The error is γh (I − γhJ)⁻¹ (y′(θ) − f(y(θ))): the defect with its stiff parts filtered, scaled
    like the error of a step.
    """
    n, degree = len(system.states), method.powers - 1
    writer = Writer()
    at = {name: writer.offset("%work", place) for name, place in places.items() if name != "u"}
    h = writer.load("%h", 0)
    per_h = writer.div(literal(1.0), h)
    blocks = blocks_of(n)
    kept: list[list[str]] = []
    for block in range(blocks):
        columns: list[list[str]] = [[] for _ in range(degree + 1)]
        for k in range(block * LANES, min(n, (block + 1) * LANES)):
            kept.append(_interpolant(writer, method, "%new", n, k))
            for column, term in zip(columns, kept[-1], strict=True):
                column.append(term)
        for m, column in enumerate(columns):
            rows = writer.transpose(column + [literal(0.0)] * (LANES - len(column)))
            for lane, row in enumerate(rows):
                writer.store(row, "%o", (lane * (degree + 1) + m) * blocks + block)
    worst, finite = literal(0.0), literal(0.0)
    for probe in PROBES:
        writer.store(writer.add(writer.load("%s", 0), writer.mul(h, literal(probe))), at["si"], 0)
        for k, terms in enumerate(kept):
            value = _combine(writer, [(probe**m, term) for m, term in enumerate(terms)], None)
            slope = _combine(writer, [(m * probe ** (m - 1), terms[m]) for m in range(1, degree + 1)], None)
            assert value is not None and slope is not None
            writer.store(value, at["z"], k)
            writer.store(writer.mul(slope, per_h), "%slopes", k)
        writer.run("rates", at["z"], "%d", "%q", at["si"], at["before"], at["f"])
        for k in range(n):
            writer.store(writer.sub(writer.load("%slopes", k), writer.load(at["f"], k)), at["f"], k)
        writer.run("substitute", at["f"], at["lu"], at["f"])
        for k in range(n):
            error = writer.load(at["f"], k)
            finite = writer.add(finite, writer.strict("fsub", error, error))
            size = writer.add(writer.call("fabs", writer.load(at["z"], k)), literal(system.scales[k]))
            scaled = writer.div(writer.call("fabs", error), size)
            worst = writer.select(writer.compare("oge", scaled, worst), scaled, worst)
    worst = writer.mul(worst, writer.div(literal(PROBE_FACTOR), writer.load("%tol", 0)))
    worst = writer.select(writer.compare("une", finite, literal(0.0)), literal(1e30), worst)
    writer.store(worst, "%e", 0)
    exponent = writer.mul(_log_floored(writer, worst), literal(-1.0 / (degree + 1)))
    writer.store(_factor(writer, exponent), "%e", 1)
    arguments = ["y", "new", "d", "q", "s", "tol", "h", "work", "slopes", "o", "e"]
    return function("dense", arguments, writer)


def _locate(system: System, method: Tableau, places: dict[str, int], found: Corners) -> str:
    """Puts the share of the step just behind a jump in place of the probe at which it was seen."""
    n = len(system.states)
    writer = Writer()
    at = {name: writer.offset("%work", place) for name, place in places.items()}
    if found.switches:
        high = writer.load("%out", n + 4)
        inside = _inside(writer, system, method, at, found, "%out")
        writer.store(inside.moment(writer, high), "%out", n + 4)
    return function("locate", ["y", "out", "d", "q", "s", "tol", "h", "work"], writer)


def _inside(
    writer: Writer, system: System, method: Tableau, at: dict[str, str], found: Corners, new: str
) -> Inside:
    n = len(system.states)
    coefficients = {k: _interpolant(writer, method, new, n, k) for k in found.support}
    return Inside(coefficients, at["z"], at["si"], at["found"], at["before"])


def _interpolant(writer: Writer, method: Tableau, after: str, n: int, k: int) -> list[str]:
    """Coefficients of state k: y₀ + θ (y₁ − y₀) + θ (1−θ) (K₁ + θ (K₂ + θ K₃)), by powers of θ."""
    old, new = writer.load("%y", k), writer.load(after, k)
    stages = [writer.load("%work", i * n + k) for i in range(method.stages)]
    inner = [
        _combine(writer, list(zip(row, stages, strict=True)), None) or literal(0.0) for row in method.dense
    ]
    middle = [writer.sub(inner[m], inner[m - 1]) for m in range(1, len(inner))]
    return [old, writer.add(writer.sub(new, old), inner[0]), *middle, writer.neg(inner[-1])]


def blocks_of(n: int) -> int:
    """Vectors that n numbers fill."""
    return -(-n // LANES)
