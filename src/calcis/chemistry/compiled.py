"""How do eight fluids at a time find their equilibrium?  By a compiled loop of Newton steps.

One LLVM module for each database and closure, cached like the solver's kernels.  A lane that has converged
stands still, so its bits do not depend on its neighbours, its place or the number of threads.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from calcis.chemistry.database import Database
from calcis.chemistry.newton import Closure, Step, newton_step
from calcis.solve.ir import LANES, MASK, VECTOR, Writer, function, literal
from calcis.solve.kernel import machine_code

CONVERGED = 1e-6  # the last step's longest change of a logarithm; Newton squares it
MOST_STEPS = 60

# A block of lanes: its logarithms, its conditions, and constants (once if `same`), then what is at `{then}`.
_BLOCK = """entry:
  br label %block
block:
  %b = phi i64 [0, %entry], [%b1, %{last}]
  %xi = mul i64 %b, {states}
  %x = getelementptr inbounds {vector}, ptr %x0, i64 %xi
  %ci = mul i64 %b, 3
  %c = getelementptr inbounds {vector}, ptr %c0, i64 %ci
{own}
  %later = icmp ugt i64 %b, 0
  %again = icmp ne i64 %same, 0
  %kept = and i1 %later, %again
  br i1 %kept, label %{then}, label %constants
constants:
  call void @prepare(ptr %c, ptr %k)
  br label %{then}
{then}:"""

# equilibrate: for each block prepare constants (once if `same`), start (unless `warm`), step until every
# lane has converged; `o` gets each lane's steps and the last one's length.
_LOOP = """
define void @equilibrate(ptr %x0, ptr %t0, ptr %c0, ptr %o0, ptr %k, ptr %y,
                         i64 %blocks, i64 %same, i64 %warm) nounwind {{
{block}
  %started = icmp ne i64 %warm, 0
  br i1 %started, label %begin, label %first
first:
  call void @first(ptr %t, ptr %k, ptr %x)
  br label %begin
begin:
  br label %loop
loop:
  %n = phi i64 [0, %begin], [%n1, %loop]
  %ready = phi {mask} [zeroinitializer, %begin], [%ready1, %loop]
  %count = phi {vector} [zeroinitializer, %begin], [%count1, %loop]
  %length = phi {vector} [zeroinitializer, %begin], [%length1, %loop]
  call void @step(ptr %x, ptr %t, ptr %k, ptr %y)
{moves}
  %found = load {vector}, ptr %yl, align 64
  %length1 = select {mask} %ready, {vector} %length, {vector} %found
  %more = fadd {vector} %count, {one}
  %count1 = select {mask} %ready, {vector} %count, {vector} %more
  %small = fcmp olt {vector} %found, {converged}
  %ready1 = or {mask} %ready, %small
  %bits = bitcast {mask} %ready1 to i{lanes}
  %all = icmp eq i{lanes} %bits, -1
  %n1 = add i64 %n, 1
  %spent = icmp uge i64 %n1, {most}
  %stop = or i1 %all, %spent
  br i1 %stop, label %done, label %loop
done:
  store {vector} %count1, ptr %o, align 64
  %o1 = getelementptr inbounds {vector}, ptr %o, i64 1
  store {vector} %length1, ptr %o1, align 64
  %b1 = add i64 %b, 1
  %end = icmp uge i64 %b1, %blocks
  br i1 %end, label %out, label %block
out:
  ret void
}}

define void @dissolve(ptr %x0, ptr %c0, ptr %m0, ptr %k, i64 %blocks, i64 %same) nounwind {{
{listing}
  call void @molalities(ptr %x, ptr %k, ptr %m)
  %b1 = add i64 %b, 1
  %end = icmp uge i64 %b1, %blocks
  br i1 %end, label %out, label %block
out:
  ret void
}}
"""


@dataclass(frozen=True)
class Kernel:
    """Entry points of a compiled speciation, and sizes of its arrays in vectors."""

    states: int
    given: int
    species: int
    constants: int
    equilibrate: Any = field(repr=False)
    dissolve: Any = field(repr=False)
    _engine: Any = field(repr=False)  # owns the machine code


@lru_cache(maxsize=32)
def compile_kernel(database: Database, closure: Closure) -> Kernel:
    """Compile the speciation of a database under a closure, or load it from the cache."""
    step = newton_step(database, closure)
    states, given = len(step.first), len(database.masters) + 1
    engine, _ = machine_code(module_text(step, states, given))
    pointer, whole = ctypes.c_void_p, ctypes.c_int64

    def entry(name: str, pointers: int, numbers: int) -> Any:
        kind = ctypes.CFUNCTYPE(None, *[pointer] * pointers, *[whole] * numbers)
        return kind(engine.get_function_address(name))

    return Kernel(
        states,
        given,
        len(step.molalities),
        len(step.prepared),
        entry("equilibrate", 6, 3),
        entry("dissolve", 4, 2),
        engine,
    )


def module_text(step: Step, states: int, given: int) -> str:
    """The LLVM module of a Newton step and its loop."""
    parts = [
        _function(step, "prepare", ("c", "o"), step.prepared),
        _function(step, "first", ("t", "k", "o"), step.first),
        _function(step, "step", ("x", "t", "k", "o"), (*step.next, step.length)),
        _function(step, "molalities", ("x", "k", "o"), step.molalities),
    ]
    moves = []
    for i in range(states):
        moves += [
            f"  %at{i} = getelementptr inbounds {VECTOR}, ptr %x, i64 {i}",
            f"  %from{i} = getelementptr inbounds {VECTOR}, ptr %y, i64 {i}",
            f"  %old{i} = load {VECTOR}, ptr %at{i}, align 64",
            f"  %new{i} = load {VECTOR}, ptr %from{i}, align 64",
            f"  %keep{i} = select {MASK} %ready, {VECTOR} %old{i}, {VECTOR} %new{i}",
            f"  store {VECTOR} %keep{i}, ptr %at{i}, align 64",
        ]
    moves.append(f"  %yl = getelementptr inbounds {VECTOR}, ptr %y, i64 {states}")

    def block(then: str, last: str, **own: int) -> str:
        lines = [
            f"  %{name}i = mul i64 %b, {size}\n"
            f"  %{name} = getelementptr inbounds {VECTOR}, ptr %{name}0, i64 %{name}i"
            for name, size in own.items()
        ]
        return _BLOCK.format(states=states, vector=VECTOR, own="\n".join(lines), then=then, last=last)

    loop = _LOOP.format(
        block=block("start", "done", t=given, o=2),
        listing=block("list", "list", m=len(step.molalities)),
        vector=VECTOR,
        mask=MASK,
        lanes=LANES,
        moves="\n".join(moves),
        one=literal(1.0),
        converged=literal(CONVERGED),
        most=MOST_STEPS,
    )
    declared = "".join(f"declare {VECTOR} @llvm.{name}.v{LANES}f64({VECTOR})\n" for name in ("sqrt", "fabs"))
    return declared + "\n" + "\n".join(parts) + loop


def _function(step: Step, name: str, arguments: tuple[str, ...], outputs: Iterable[int]) -> str:
    writer = Writer()
    arrays: Mapping[str, str] = {argument: f"%{argument}" for argument in arguments[:-1]}
    known: dict[int, str] = {}
    outputs = list(outputs)
    writer.nodes(step.graph, step.graph.needed(outputs), known, arrays)
    for place, node in enumerate(outputs):
        writer.store(known[node], "%o", place)
    return function(name, arguments, writer, internal=True)
