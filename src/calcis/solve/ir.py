"""How is a list of instructions written as LLVM IR on vectors of eight lanes?

A lane is a person, an arm or a voxel.  Every operation acts on each lane alone, nothing is
reassociated, and multiply-add is fused wherever the processor can, so a lane's bits depend on
the version and the processor's features only.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Mapping

from calcis.solve.graph import Graph

LANES = 8
VECTOR = f"<{LANES} x double>"
INTEGERS = f"<{LANES} x i64>"
MASK = f"<{LANES} x i1>"

# Minimax polynomial of (exp(r) − 1 − r)/r² on |r| <= ln2/2; relative error of exp below 4e-18.
_EXP = (
    0.5000000000000011,
    0.16666666666666413,
    0.041666666666530155,
    0.008333333333494461,
    0.0013888888943630134,
    0.00019841269506578723,
    2.480149309888739e-05,
    2.755758637378518e-06,
    2.763024838532302e-07,
    2.500006162553128e-08,
)
# log((1+s)/(1−s))/s − 2 in powers of s², |s| <= 0.1716 (Sun's fdlibm, error below 2^-58.45).
_LOG = (
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
)
_LN2_HIGH, _LN2_LOW = 6.93147180369123816490e-01, 1.90821492927058770002e-10
_ROUND = 6755399441055744.0  # 1.5 * 2^52: adding it leaves the nearest integer in the low bits


def literal(value: float) -> str:
    """A double, equal in every lane, as LLVM text."""
    bits = struct.unpack("<Q", struct.pack("<d", value))[0]
    return "<" + ", ".join([f"double 0x{bits:016X}"] * LANES) + ">"


def integers(value: int) -> str:
    """A 64-bit integer, equal in every lane, as LLVM text."""
    return "<" + ", ".join([f"i64 {value}"] * LANES) + ">"


class Writer:
    """Lines of one LLVM function; each method appends an instruction and returns its value."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._count = 0

    def _value(self, text: str) -> str:
        name = f"%v{self._count}"
        self._count += 1
        self.lines.append(f"  {name} = {text}")
        return name

    def arithmetic(self, operation: str, a: str, b: str) -> str:
        """a operation b, where the operation is fadd, fsub, fmul or fdiv; may be fused."""
        return self._value(f"{operation} contract {VECTOR} {a}, {b}")

    def add(self, a: str, b: str) -> str:
        """a + b."""
        return self.arithmetic("fadd", a, b)

    def sub(self, a: str, b: str) -> str:
        """a - b."""
        return self.arithmetic("fsub", a, b)

    def mul(self, a: str, b: str) -> str:
        """a b."""
        return self.arithmetic("fmul", a, b)

    def div(self, a: str, b: str) -> str:
        """a / b."""
        return self.arithmetic("fdiv", a, b)

    def neg(self, a: str) -> str:
        """-a."""
        return self._value(f"fneg {VECTOR} {a}")

    def strict(self, operation: str, a: str, b: str) -> str:
        """a operation b, never fused with a neighbour: for error-free transformations."""
        return self._value(f"{operation} {VECTOR} {a}, {b}")

    def compare(self, condition: str, a: str, b: str) -> str:
        """A mask: does the condition (olt, ole, oeq, une, oge, uge) hold, lane by lane."""
        return self._value(f"fcmp {condition} {VECTOR} {a}, {b}")

    def select(self, mask: str, yes: str, no: str) -> str:
        """yes where the mask is set, else no."""
        return self._value(f"select {MASK} {mask}, {VECTOR} {yes}, {VECTOR} {no}")

    def call(self, intrinsic: str, a: str) -> str:
        """An LLVM intrinsic of one argument, such as sqrt or fabs."""
        return self._value(f"call {VECTOR} @llvm.{intrinsic}.v{LANES}f64({VECTOR} {a})")

    def load(self, pointer: str, index: int) -> str:
        """The index-th vector of an array."""
        address = self._value(f"getelementptr inbounds {VECTOR}, ptr {pointer}, i64 {index}")
        return self._value(f"load {VECTOR}, ptr {address}, align 64")

    def store(self, value: str, pointer: str, index: int) -> None:
        """Store a vector as the index-th of an array."""
        address = self._value(f"getelementptr inbounds {VECTOR}, ptr {pointer}, i64 {index}")
        self.lines.append(f"  store {VECTOR} {value}, ptr {address}, align 64")

    def run(self, function: str, *pointers: str) -> None:
        """Call a function of this module on pointers."""
        arguments = ", ".join(f"ptr {pointer}" for pointer in pointers)
        self.lines.append(f"  call void @{function}({arguments})")

    def offset(self, pointer: str, index: int) -> str:
        """Pointer to the index-th vector of an array."""
        return self._value(f"getelementptr inbounds {VECTOR}, ptr {pointer}, i64 {index}")

    def transpose(self, rows: list[str]) -> list[str]:
        """Eight vectors as the rows of a matrix -> its columns."""
        for distance in (1, 2, 4):
            low = [i if not i & distance else i - distance + LANES for i in range(LANES)]
            high = [i + distance if not i & distance else i + LANES for i in range(LANES)]
            moved = list(rows)
            for i in range(LANES):
                if not i & distance:
                    moved[i] = self._shuffle(rows[i], rows[i + distance], low)
                    moved[i + distance] = self._shuffle(rows[i], rows[i + distance], high)
            rows = moved
        return rows

    def _shuffle(self, a: str, b: str, places: list[int]) -> str:
        mask = f"<{LANES} x i32> <" + ", ".join(f"i32 {place}" for place in places) + ">"
        return self._value(f"shufflevector {VECTOR} {a}, {VECTOR} {b}, {mask}")

    def polynomial(self, x: str, coefficients: Iterable[float]) -> str:
        """Σ cₖ xᵏ by Horner's rule, lowest coefficient first."""
        highest, *others = reversed(tuple(coefficients))
        result = literal(highest)
        for coefficient in others:
            result = self.add(self.mul(result, x), literal(coefficient))
        return result

    def exp(self, x: str) -> str:
        """e^x with x held within ±708, so that the result is a normal number."""
        x = self.select(self.compare("olt", x, literal(-708.0)), literal(-708.0), x)
        x = self.select(self.compare("ogt", x, literal(708.0)), literal(708.0), x)
        shifted = self.strict("fadd", self.strict("fmul", x, literal(1.4426950408889634)), literal(_ROUND))
        whole = self.strict("fsub", shifted, literal(_ROUND))
        r = self.sub(x, self.mul(whole, literal(_LN2_HIGH)))
        r = self.sub(r, self.mul(whole, literal(_LN2_LOW)))
        square = self.mul(r, r)
        fraction = self.add(self.mul(self.polynomial(r, _EXP), square), r)
        fraction = self.add(fraction, literal(1.0))
        bits = self._value(f"bitcast {VECTOR} {shifted} to {INTEGERS}")
        power = self._value(f"shl {INTEGERS} {bits}, {integers(52)}")
        mantissa = self._value(f"bitcast {VECTOR} {fraction} to {INTEGERS}")
        result = self._value(f"add {INTEGERS} {mantissa}, {power}")
        return self._value(f"bitcast {INTEGERS} {result} to {VECTOR}")

    def log(self, x: str) -> str:
        """Natural logarithm of a positive normal number."""
        low = 0x3FE6A09E667F3BCD  # sqrt(1/2)
        bits = self._value(f"bitcast {VECTOR} {x} to {INTEGERS}")
        moved = self._value(f"add {INTEGERS} {bits}, {integers(0x3FF0000000000000 - low)}")
        biased = self._value(f"lshr {INTEGERS} {moved}, {integers(52)}")
        exponent = self._value(f"sub {INTEGERS} {biased}, {integers(1023)}")
        power = self._value(f"shl {INTEGERS} {exponent}, {integers(52)}")
        mantissa = self._value(f"sub {INTEGERS} {bits}, {power}")
        m = self._value(f"bitcast {INTEGERS} {mantissa} to {VECTOR}")
        magic = self._value(f"add {INTEGERS} {exponent}, {integers(0x4338000000000000)}")
        whole = self.strict("fsub", self._value(f"bitcast {INTEGERS} {magic} to {VECTOR}"), literal(_ROUND))
        f = self.strict("fsub", m, literal(1.0))
        s = self.div(f, self.add(f, literal(2.0)))
        z = self.mul(s, s)
        half = self.mul(self.mul(f, f), literal(0.5))
        rest = self.mul(self.polynomial(z, _LOG), z)
        tail = self.add(self.mul(s, self.add(half, rest)), self.mul(whole, literal(_LN2_LOW)))
        body = self.sub(f, self.sub(half, tail))
        return self.add(self.mul(whole, literal(_LN2_HIGH)), body)

    def operation(self, name: str, arguments: list[str]) -> str:
        """One node of a Graph."""
        a, b = arguments[0], arguments[-1]
        if name in ("add", "sub", "mul", "div"):
            return self.arithmetic("f" + name, a, b)
        if name in ("neg", "exp", "log"):
            return str(getattr(self, name)(a))
        if name in ("sqrt", "abs"):
            return self.call("sqrt" if name == "sqrt" else "fabs", a)
        if name == "max":
            return self.select(self.compare("oge", a, b), a, b)
        if name == "min":
            return self.select(self.compare("ole", a, b), a, b)
        zero, one = literal(0.0), literal(1.0)
        if name in ("lt", "le", "eq", "ne"):
            condition = {"lt": "olt", "le": "ole", "eq": "oeq", "ne": "une"}[name]
            return self.select(self.compare(condition, a, b), one, zero)
        if name == "not":
            return self.select(self.compare("oeq", a, zero), one, zero)
        if name == "and":
            return self.select(
                self.compare("une", a, zero), self.select(self.compare("une", b, zero), one, zero), zero
            )
        if name == "or":
            return self.select(
                self.compare("une", a, zero), one, self.select(self.compare("une", b, zero), one, zero)
            )
        if name == "pick":
            return self.select(self.compare("une", a, zero), b, zero)
        raise ValueError(name)

    def nodes(
        self, graph: Graph, numbers: Iterable[int], known: dict[int, str], arrays: Mapping[str, str]
    ) -> None:
        """Write graph nodes in order; `known` maps nodes to values and grows."""
        for number in numbers:
            if number in known:
                continue
            kind, *rest = graph.nodes[number]
            if kind == "const":
                known[number] = literal(float.fromhex(rest[0]))
            elif kind == "in":
                known[number] = self.load(arrays[rest[0]], rest[1])
            else:
                known[number] = self.operation(kind, [known[argument] for argument in rest])


def function(name: str, arguments: Iterable[str], writer: Writer, internal: bool = False) -> str:
    """A whole LLVM function of pointers."""
    parameters = ", ".join(f"ptr %{argument}" for argument in arguments)
    body = "\n".join(writer.lines)
    linkage = "internal " if internal else ""
    return (
        f"define {linkage}void @{name}({parameters}) noinline nounwind {{\nentry:\n{body}\n  ret void\n}}\n"
    )
