"""Does the compiled code compute what the graph says, and is its cache safe?"""

from __future__ import annotations

import math
import subprocess
import sys

import numpy as np
import pytest

from calcis.elementary import exp, log, maximum, power, sqrt, tanh, where
from calcis.solve.elimination import eliminate
from calcis.solve.evaluate import aligned
from calcis.solve.graph import Graph
from calcis.solve.kernel import call, compile_system
from calcis.solve.system import trace_equations


def observe(law, x):
    """Values of a law of one state, compiled."""
    kernel = compile_system(
        trace_equations(
            lambda y, p, q, s: ([0.0 * y[0]], [law(y[0])]), {"x": (1.0, True)}, (), observed=("law",)
        )
    )
    found = np.empty_like(x)
    y, o = aligned(1), aligned(1)
    for first in range(0, len(x), 8):
        part = x[first : first + 8]
        y[: len(part)] = part
        call(kernel.address["observe"], y, aligned(1), aligned(1), aligned(1), o)
        found[first : first + 8] = o[: len(part)]
    return found


def test_exp_and_log_are_right_to_a_rounding():
    rng = np.random.default_rng(1)
    x = np.concatenate([rng.uniform(-700, 700, 4000), rng.uniform(-1, 1, 4000), [0.0, 1.0, -1e-300]])
    # Two units in the last place: one from the polynomial, one from the reference.
    assert np.allclose(observe(exp, x), np.exp(x), rtol=4.5e-16, atol=0)
    x = np.concatenate([np.exp(rng.uniform(-690, 700, 4000)), rng.uniform(0.5, 2.0, 4000), [1.0, 1e-300]])
    assert np.allclose(observe(log, x), np.log(x), rtol=4.5e-16, atol=1e-17)


@pytest.mark.parametrize(
    "law",
    [
        lambda x: tanh(x),
        lambda x: sqrt(1.0 + x * x),
        lambda x: power(x, 2.5),
        lambda x: power(x, 3),
        lambda x: maximum(x, 0.3) / (2.0 + x),
        lambda x: where(x > 0.25, x * x, -x),
        lambda x: 1.0 / (1.0 + exp(-x)) - 3.0 / (x * x + 0.5),
    ],
)
def test_a_law_gives_the_same_compiled_as_on_floats_and_arrays(law):
    x = np.random.default_rng(2).uniform(-2, 2, 64)
    floats = np.array([law(float(value)) for value in x])
    assert np.allclose(law(x), floats, rtol=1e-15, atol=1e-300)
    assert np.allclose(observe(law, x), floats, rtol=2e-15, atol=1e-15)  # a few roundings of order one


def test_the_graph_computes_nothing_twice_and_keeps_values():
    graph = Graph()
    x, y, k = graph.input("y", 0), graph.input("y", 1), graph.input("p", 0, fixed=True)
    assert graph.apply("add", x, y) == graph.apply("add", y, x)
    assert graph.apply("sub", x, x) == graph.constant(0.0)
    assert graph.apply("mul", graph.constant(1.0), x) == x
    assert graph.apply("neg", graph.apply("neg", x)) == x
    assert graph.value(graph.apply("exp", graph.constant(1.0))) == math.e
    assert graph.is_fixed(graph.apply("log", k)) and not graph.is_fixed(graph.apply("mul", x, k))


def test_elimination_solves_sparse_systems():
    rng = np.random.default_rng(4)
    n = 12
    pattern = [(i, j) for i in range(n) for j in range(n) if i == j or rng.random() < 0.2]
    graph = Graph()
    inputs = {place: graph.input("y", k) for k, place in enumerate(pattern)}
    factors = eliminate(graph, n, inputs, graph.input("g", 0))
    values = rng.standard_normal(len(pattern))
    matrix = 20.0 * np.eye(n)
    for value, (i, j) in zip(values, pattern, strict=True):
        matrix[i, j] -= value
    found: list[float] = []
    fold = {"add": np.add, "sub": np.subtract, "mul": np.multiply, "div": np.divide, "neg": np.negative}
    for kind, *rest in graph.nodes:
        if kind == "const":
            found.append(float.fromhex(rest[0]))
        elif kind == "in":
            found.append(values[rest[1]] if rest[0] == "y" else 20.0)
        else:
            found.append(fold[kind](*(found[a] for a in rest)))
    lower, upper = np.eye(n), np.zeros((n, n))
    place = {pivot: k for k, pivot in enumerate(factors.order)}
    for (i, k), node in factors.lower.items():
        lower[place[i], place[k]] = found[node]
    for (k, j), node in factors.upper.items():
        upper[place[k], place[j]] = found[node]
    for k, node in factors.inverse_pivot.items():
        upper[place[k], place[k]] = 1.0 / found[node]
    order = list(factors.order)
    assert np.allclose(lower @ upper, matrix[np.ix_(order, order)], rtol=0, atol=1e-12)


COMPILE = """
from calcis.solve.kernel import compile_system
from calcis.solve.system import trace_equations
compile_system(trace_equations(lambda y, p, q, s: ([-y[0] * 0.123], []), {"x": (1.0, False)}, ()))
"""


def test_the_cache_survives_damage_and_two_writers(tmp_path, monkeypatch):
    monkeypatch.setenv("CALCIS_CACHE", str(tmp_path))
    both = [subprocess.Popen([sys.executable, "-c", COMPILE]) for _ in range(2)]
    assert [process.wait() for process in both] == [0, 0]
    (stored,) = tmp_path.iterdir()
    good = stored.read_bytes()
    for damaged in (b"", good[:100], good[:-1] + bytes([good[-1] ^ 1]), b"x" * len(good)):
        stored.write_bytes(damaged)
        subprocess.run([sys.executable, "-c", COMPILE], check=True)
        assert stored.read_bytes() == good
    monkeypatch.setenv("CALCIS_CACHE", str(tmp_path / "file" / "below"))
    (tmp_path / "file").write_text("a file where the folder should be")
    subprocess.run([sys.executable, "-c", COMPILE], check=True)


SOLVE = """
import sys
import numpy as np
from calcis.solve import compiled_driver
if "begin" in sys.argv:
    compiled_driver.begin()
compiled_driver.compile_now()
"""


def test_the_compiled_driver_is_sealed_and_a_damaged_one_made_anew(tmp_path, monkeypatch):
    monkeypatch.setenv("CALCIS_CACHE", str(tmp_path))
    subprocess.run([sys.executable, "-c", SOLVE, "begin"], check=True)
    (code,) = tmp_path.rglob("*.nbc")
    (sealed,) = tmp_path.rglob("seal")
    good, first = code.read_bytes(), code.stat().st_mtime_ns
    subprocess.run([sys.executable, "-c", SOLVE], check=True)
    assert code.stat().st_mtime_ns == first  # used as it was
    code.write_bytes(good[: len(good) // 2] + b"x" + good[len(good) // 2 + 1 :])
    subprocess.run([sys.executable, "-c", SOLVE], check=True)
    assert code.stat().st_mtime_ns != first and sealed.exists()


def test_nothing_in_the_working_folder_is_imported_or_anybody_elses_cache_trusted(tmp_path, monkeypatch):
    monkeypatch.setenv("CALCIS_CACHE", str(tmp_path / "cache"))
    (tmp_path / "numba.py").write_text("open('planted', 'w').close()")
    command = [sys.executable, "-P", "-c", SOLVE, "begin"]
    subprocess.run(command, check=True, cwd=tmp_path)
    assert not (tmp_path / "planted").exists()
    kernels = list((tmp_path / "cache").glob("*.o"))
    assert kernels
    stored = kernels[0].stat().st_mtime_ns
    kernels[0].chmod(0o666)  # others could have written it
    subprocess.run(command, check=True, cwd=tmp_path)
    assert kernels[0].stat().st_mtime_ns != stored
