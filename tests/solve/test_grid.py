"""Is a grid solved right?  Against exact solutions, by its order, and to the same bits on any threads."""

import numpy as np
import pytest
from numpy.polynomial.legendre import leggauss
from scipy.special import erfc, erfcinv

from calcis.elementary import exp, maximum
from calcis.errors import InputError
from calcis.solve.grid.integrate import GridIntegration
from calcis.solve.grid.kernel import compile_grid
from calcis.solve.grid.layout import Grid
from calcis.solve.system import trace_equations
from calcis.solve.tableau import RODAS3, RODAS4

NOTHING = np.zeros(0)
FROM_ZERO = np.zeros(1)  # controls of a segment that began at 0 h


def kernel_of(rates, states, diffusing, parameters=(), summed=(), method=RODAS4, signed=False):
    """`rates(y, p, t)`; states: name -> scale; diffusing: names in blocks."""
    system = trace_equations(
        lambda y, p, q, s: (rates(y, p, q[0] + s), []),
        {name: (scale, signed) for name, scale in states.items()},
        parameters,
    )
    return compile_grid(system, diffusing, summed, method)


def mode(count, number):
    """A cosine without slope at both ends, at the middles of voxels."""
    return np.cos(np.pi * number * (np.arange(count) + 0.5) / count)


def product(shape, numbers):
    x, y, z = (mode(count, number) for count, number in zip(shape, numbers, strict=True))
    return z[:, None, None] * y[None, :, None] * x[None, None, :]


def decay(shape, numbers, diffusivity, spacing):
    """Rate at which the second differences of `product` decay."""
    angles = [np.pi * number / count for number, count in zip(numbers, shape, strict=True)]
    return diffusivity / spacing**2 * sum(2.0 - 2.0 * np.cos(angle) for angle in angles)


DIFFUSION = kernel_of(lambda y, p, t: [0.0 * y[0]], {"u": 1.0}, [["u"]])


@pytest.mark.parametrize(
    ("shape", "numbers"),
    [
        ((64, 1, 1), (3, 0, 0)),
        ((16, 32, 1), (2, 1, 0)),
        ((16, 16, 16), (2, 1, 2)),
        ((20, 12, 8), (1, 2, 1)),
        ((6, 5, 3), (1, 1, 1)),
        ((2, 2, 2), (1, 0, 1)),
    ],
)
def test_a_cosine_decays_as_it_must(shape, numbers):
    grid = GridIntegration(DIFFUSION, Grid(shape, 0.1), NOTHING, {"u": 0.02}, rtol=1e-6)
    start = 1.0 + 0.5 * product(shape, numbers)
    rate = decay(shape, numbers, 0.02, 0.1)
    grid.set("u", start)
    grid.advance(1.0 / rate, FROM_ZERO)
    assert np.allclose(grid.get("u"), 1.0 + (start - 1.0) * np.exp(-1.0), rtol=0, atol=2e-5)
    assert grid.get("u").mean() == pytest.approx(start.mean(), abs=1e-14)


@pytest.mark.parametrize("count", [256, 512])
def test_a_front_of_growth_travels_at_its_speed(count):
    """Fisher: u' = D Δu + r u (1 - u) has the front (1 + e^((x - ct)/w))⁻², c = 5 √(rD/6), w = √(6D/r).

    Where nothing is, 0 is unstable: an undershoot must not grow.
    """
    kernel = kernel_of(lambda y, p, t: [0.5 * maximum(y[0], 0.0) * (1.0 - y[0])], {"u": 1.0}, [["u"]])
    spacing, diffusivity = 64.0 / count, 0.3
    speed, width = 5.0 * np.sqrt(0.5 * diffusivity / 6.0), np.sqrt(6.0 * diffusivity / 0.5)
    x = (np.arange(count) + 0.5) * spacing

    def exact(time):
        return (1.0 + np.exp((x - 15.0 - speed * time) / width)) ** -2.0

    grid = GridIntegration(kernel, Grid((count, 1, 1), spacing), NOTHING, {"u": diffusivity}, rtol=1e-5)
    grid.set("u", exact(0.0))
    grid.advance(20.0, FROM_ZERO)
    error = np.abs(grid.get("u").ravel() - exact(20.0)).max()
    assert error < 0.004 * (256 / count) ** 2  # measured: half of it, as the spacing is halved a quarter


def test_a_mineral_front_moves_as_the_root_of_time():
    """A and B meet and precipitate at once: a - b only diffuses, so where they meet is η·2√(Dt)."""
    rate, diffusivity, count, length, much, little = 3e4, 0.5, 1024, 16.0, 3.0, 1.0
    kernel = kernel_of(
        lambda y, p, t: [-rate * y[0] * y[1], -rate * y[0] * y[1], rate * y[0] * y[1]],
        {"a": 1.0, "b": 1.0, "mineral": 1.0},
        [["a", "b"]],
    )
    spacing = length / count
    both = {"a": diffusivity, "b": diffusivity}
    grid = GridIntegration(kernel, Grid((count, 1, 1), spacing), NOTHING, both, rtol=1e-4)
    x = (np.arange(count) + 0.5) * spacing - length / 2
    grid.set("a", np.where(x < 0.0, much, 0.0))
    grid.set("b", np.where(x > 0.0, little, 0.0))
    grid.set("mineral", 0.0)
    eta = erfcinv(2.0 * little / (much + little))
    node, weight = leggauss(200)
    for time in (0.25, 1.0, 4.0):
        grid.advance(time, FROM_ZERO)
        front = eta * 2.0 * np.sqrt(diffusivity * time)
        a, b, mineral = (grid.get(name).ravel() for name in ("a", "b", "mineral"))
        assert x[np.argmax(a < b)] == pytest.approx(front, abs=spacing)
        # What of A is left: a - b up to the front.
        at = 0.5 * (front + length / 2) * (node + 1.0) - length / 2
        excess = 0.5 * (much + little) * erfc(at / (2.0 * np.sqrt(diffusivity * time))) - little
        left = 0.5 * (front + length / 2) * (weight * excess).sum()
        total = mineral.sum() * spacing
        assert total == pytest.approx(much * length / 2 - left, rel=2e-3)
        assert (a + mineral).sum() * spacing == pytest.approx(much * length / 2, rel=1e-12)


def manufactured(shape, spacing, continuous, method, steps):
    """Largest error at 1 h for u = 1 + φ e^-t/2 and v = 2 + φ sin-like growth, forced to be the solution.

    φ is the parameter of each voxel; `continuous`: forced by Δ of φ, else by its second differences.
    """
    numbers, diffusivity = (1, 1, 2), 0.05
    edge = [count * spacing for count in shape]
    if continuous:
        rate = diffusivity * sum((np.pi * k / length) ** 2 for k, length in zip(numbers, edge, strict=True))
    else:
        rate = decay(shape, numbers, diffusivity, spacing)

    def rates(y, p, t):
        u, v = 1.0 + 0.5 * p[0] * exp(-t), 2.0 + p[0] / (1.0 + t)
        source_u = -0.5 * p[0] * exp(-t) * (1.0 - rate) - v * v + 4.0 * u
        source_v = -p[0] / ((1.0 + t) * (1.0 + t)) + 3.0 * v * u
        return [y[1] * y[1] - 4.0 * y[0] + source_u, -3.0 * y[1] * y[0] + source_v]

    kernel = kernel_of(rates, {"u": 1.0, "v": 1.0}, [["u"]], ("phi",), method=method)
    phi = product(shape, numbers)
    kinds = np.arange(phi.size).reshape(phi.shape)
    grid = GridIntegration(
        kernel, Grid(shape, spacing), phi.reshape(-1, 1), {"u": diffusivity}, tissue=kinds, rtol=1e-8
    )
    grid.set("u", 1.0 + 0.5 * phi)
    grid.set("v", 2.0 + phi)
    if steps:
        for _ in range(steps):
            grid.only(1.0 / steps, FROM_ZERO)
    else:
        grid.advance(1.0, FROM_ZERO)
    return np.abs(grid.get("u") - (1.0 + 0.5 * phi * np.exp(-1.0))).max()


@pytest.mark.parametrize(("method", "order"), [(RODAS3, 3), (RODAS4, 4)])
def test_the_order_in_time_is_that_of_the_method(method, order):
    errors = [manufactured((8, 8, 4), 0.25, False, method, steps) for steps in (16, 32, 64)]
    orders = np.log2(np.divide(errors[:-1], errors[1:]))
    assert (orders > order - 0.3).all(), (errors, orders)


def test_the_order_in_space_is_two():
    errors = [manufactured((n, n, n // 2), 2.0 / n, True, RODAS4, 0) for n in (16, 32)]
    assert np.log2(errors[0] / errors[1]) == pytest.approx(2.0, abs=0.15)


def reacting(threads, method=RODAS4, share=1.0, blocks=(("a", "b"),), keep_blocks=None):
    """A closed system in 3-D in which two dissolved states precipitate, with books of what has."""
    kernel = kernel_of(
        lambda y, p, t: [
            -2.0 * y[0] * y[1] * p[0],
            -2.0 * y[0] * y[1] * p[0],
            2.0 * y[0] * y[1] - 0.1 * y[2],
            2.0 * y[0] * y[1],
            0.1 * y[2],
        ],
        {"a": 0.1, "b": 0.1, "mineral": 0.1, "formed": 1.0, "lost": 1.0},
        blocks,
        ("per_share",),
        ["formed", "lost"],
        method,
    )
    both = {"a": 0.05, "b": 0.2}
    shape = (36, 20, 32)
    kinds = (np.arange(32)[:, None, None] + np.zeros((32, 20, 36))).astype(int) % 2
    shares = np.where(kinds == 0, 1.0, share)
    parameters = np.array([[1.0], [1.0 / share]])
    grid = GridIntegration(
        kernel, Grid(shape, 0.1), parameters, both,
        share=shares, tissue=kinds, rtol=1e-2, threads=threads, keep_blocks=keep_blocks,
    )  # fmt: skip
    rng = np.random.default_rng(1)
    z, y, x = np.indices((32, 20, 36))
    grid.set("a", np.where(x + 0.3 * y + 0.2 * z < 18, 1.0, 0.0) + 0.1 * rng.random((32, 20, 36)))
    grid.set("b", np.where(x > 14, 2.0, 0.0))
    grid.set("mineral", 0.0)
    return grid, shares


def test_two_threads_give_the_same_bits_as_one():
    found = []
    for threads in (1, 2, 3):
        grid, _ = reacting(threads)
        grid.advance(3.0, FROM_ZERO)
        found.append([grid.get(name).tobytes() for name in ("a", "b", "mineral")] + [grid.summed.tobytes()])
    assert found[0] == found[1] == found[2]


def test_blocks_that_are_not_kept_give_the_same_bits():
    found = []
    for keep in (1.0, 0.4, 0.0):
        grid, _ = reacting(1, keep_blocks=keep)
        grid.advance(3.0, FROM_ZERO)
        found.append([grid.get(name).tobytes() for name in ("a", "b", "mineral")] + [grid.summed.tobytes()])
    assert found[0] == found[1] == found[2]


def test_states_in_blocks_of_their_own_go_the_same_way():
    """Multigrid then iterates over what couples them, to its tolerance; books close as before."""
    found = []
    for blocks in ([["a", "b"]], [["a"], ["b"]]):
        grid, shares = reacting(1, share=0.3, blocks=blocks)
        before = (shares * grid.get("a")).mean()
        grid.advance(3.0, FROM_ZERO)
        stored = (shares * grid.get("a") + grid.get("mineral")).mean()
        assert stored - before + grid.total("lost") == pytest.approx(0.0, abs=1e-13)
        found.append(grid.get("mineral"))
    assert np.abs(found[1] - found[0]).max() < 1e-3 * found[0].max()


def test_a_grid_goes_on_from_a_moment_to_the_same_bits():
    grid, _ = reacting(1)
    grid.advance(1.0, FROM_ZERO)
    kept = grid.moment()
    grid.advance(3.0, FROM_ZERO)
    again, _ = reacting(2)
    again.advance(0.3, FROM_ZERO)
    again.restore(kept)
    again.advance(3.0, FROM_ZERO)
    for name in ("a", "b", "mineral"):
        assert again.get(name).tobytes() == grid.get(name).tobytes()
    assert again.summed.tobytes() == grid.summed.tobytes()
    assert again.flown("formed") == grid.flown("formed") > 0.0


def test_what_flows_is_summed_in_either_direction():
    """A flow of (1 - t) here and of half of that, back, there: net 1/8 at 1 h, 3/8 in all, and so on."""
    states = {"u": 1.0, "flow": 1.0}
    kernel = kernel_of(
        lambda y, p, t: [0.1 * (t - t * t), p[0] * (1.0 - t)], states, [["u"]], ("share",), summed=["flow"]
    )
    kinds = np.array([0, 0, 1, 1])[None, None, :]
    grid = GridIntegration(
        kernel, Grid((4, 1, 1), 1.0), np.array([[1.0], [-0.5]]), {"u": 1.0}, tissue=kinds, rtol=1e-6
    )
    grid.set("u", 1.0)
    grid.advance(1.0, FROM_ZERO)
    kept = grid.moment()
    grid.restore(kept)
    assert grid.total("flow") == pytest.approx(0.125, rel=1e-12)
    assert grid.flown("flow") == pytest.approx(0.375, rel=0.1)
    grid.advance(2.0, FROM_ZERO)
    assert grid.total("flow") == pytest.approx(0.0, abs=1e-12)
    assert grid.flown("flow") == pytest.approx(0.75, rel=0.1)
    grid.add_to_total("flow", -2.0)
    assert grid.flown("flow") == pytest.approx(2.75, rel=0.1)


@pytest.mark.parametrize("share", [1.0, 0.3])
def test_nothing_is_lost_at_a_loose_tolerance(share):
    grid, shares = reacting(1, share=share)

    def stored():
        return (shares * grid.get("a") + grid.get("mineral")).mean()

    before = stored()
    grid.advance(3.0, FROM_ZERO)
    assert stored() - before + grid.total("lost") == pytest.approx(0.0, abs=1e-13)
    assert grid.total("formed") == pytest.approx(grid.get("mineral").mean() + grid.total("lost"), abs=1e-13)
    assert grid.total("formed") > 0.1
    for name in ("a", "b", "mineral"):
        assert grid.get(name).min() > -1e-2 * 0.1


def test_without_diffusion_every_voxel_is_alone():
    """Voxels of two tissues, mixed at random, decay at their own rates."""
    kernel = kernel_of(lambda y, p, t: [-p[0] * y[0]], {"u": 1.0}, [["u"]], ("rate",))
    kinds = np.random.default_rng(2).integers(0, 3, (4, 6, 10))
    rates = np.array([[0.5], [1.0], [2.0]])
    grid = GridIntegration(kernel, Grid((10, 6, 4), 1.0), rates, {"u": 0.0}, tissue=kinds, rtol=1e-7)
    grid.set("u", 1.0 + kinds)
    grid.advance(1.0, FROM_ZERO)
    assert np.allclose(grid.get("u"), (1.0 + kinds) * np.exp(-rates[kinds, 0]), rtol=1e-6, atol=0)


def test_an_odd_first_axis_is_refused():
    with pytest.raises(InputError, match="even"):
        Grid((9, 8, 8), 0.1)


def test_other_diffusivities_are_refused():
    with pytest.raises(InputError, match="diffusivities of u"):
        GridIntegration(DIFFUSION, Grid((8, 1, 1), 1.0), NOTHING, {"v": 1.0})


def test_states_that_cannot_be_summed_are_refused():
    states = {"u": 1.0, "total": 1.0}
    with pytest.raises(InputError, match="nothing depends"):
        kernel_of(lambda y, p, t: [-y[1], y[0]], states, [["u"]], summed=["total"])
    with pytest.raises(InputError, match="a state of the system"):
        kernel_of(lambda y, p, t: [-y[0], y[0]], states, [["u"]], summed=["totals"])
