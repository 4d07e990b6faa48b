"""Is tissue on a grid the tissue that was meant?  Balances, bits, a line against SciPy, one voxel."""

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from calcis.part import assemble
from calcis.solve.grid.layout import Grid
from calcis.solve.integrate import solve
from calcis.solve.kernel import compile_system
from calcis.solve.schedule import Drive, Jump, Lane
from calcis.solve.system import trace
from calcis.space.border import perfused
from calcis.space.diffusion import diffusivities, passable
from calcis.space.ingrowth import INGROWTH
from calcis.space.lesion import LesionGrid
from calcis.space.shapes import Sphere, share_of_voxels
from calcis.tissue import INPUTS, PARTS
from calcis.tissue.injuries import moves
from tests.space.problems import DAY, PLASMA, mineral


@pytest.fixture(scope="module")
def numbers(numbers):
    return numbers | {"leukocytes.macrophage_competence": 0.05}


MINERALS = [name for name in assemble(PARTS, INPUTS).states if name.startswith("mineral.")]


def test_a_line_of_voxels_agrees_with_scipy(numbers):
    """Total mineral to 1e-4 of a method of lines with the same differences, solved by LSODA at 1e-7."""
    count, spacing = 24, 0.25
    lesion = LesionGrid(Grid((count, 1, 1), spacing), [numbers], PLASMA)
    x = (np.arange(count) + 0.5) * spacing
    within = 1.0 / (1.0 + np.exp((x - 3.0) / 0.1))[None, None, :]
    lesion.injure("bite", 0.9, within)
    model = assemble((*PARTS, INGROWTH), INPUTS)
    names = list(model.states)
    parameters = {name: numbers[name] for name in model.parameters}
    places = [names.index(name) for name in MINERALS]
    moving = {names.index(n): d / spacing**2 for n, d in diffusivities(numbers).items()}

    def rates(_, flat):
        y = flat.reshape(count, -1).T
        found = model.at(dict(zip(names, y, strict=True)), parameters, PLASMA).rates()
        f = np.array([np.broadcast_to(found[name], (count,)) for name in names])
        left = np.sqrt(passable(y[places].sum(axis=0), numbers))
        for place, rate in moving.items():
            flow = rate * left[1:] * left[:-1] * np.diff(y[place])
            f[place, :-1] += flow
            f[place, 1:] -= flow
        return f.T.ravel()

    start = np.array([lesion.state(name).ravel() for name in names]).T.ravel()
    scales = np.tile([state.scale for state in model.states.values()], count)
    days = np.array([1.0, 7.0, 30.0])
    reference = solve_ivp(
        rates, (0.0, days[-1] * DAY), start, "LSODA", days * DAY, first_step=1e-6,
        rtol=1e-7, atol=1e-7 * scales, lband=len(names), uband=len(names),
    )  # fmt: skip
    assert reference.success
    courses = reference.y.T.reshape(len(days), count, -1)
    for day, truth in zip(days, courses, strict=True):
        lesion.advance(day * DAY, PLASMA)
        total = sum(truth[:, names.index(name)].sum() for name in MINERALS)
        assert mineral(lesion).sum() == pytest.approx(total, rel=1e-4)
        for place, name in enumerate(names):
            scale = np.abs(truth[:, place]).max() + 10.0 * model.states[name].scale
            assert np.abs(lesion.state(name).ravel() - truth[:, place]).max() < 3e-3 * scale, name


def ball(numbers, threads, tissues=None, tissue=None):
    grid = Grid((32, 20, 24), 0.25)
    lesion = LesionGrid(grid, tissues or [numbers], PLASMA, threads=threads, tissue=tissue)
    lesion.injure("bite", 0.9, share_of_voxels(Sphere((4.0, 2.5, 3.0), 4.0), grid))
    return lesion


def test_balances_close_and_threads_give_the_same_bits(numbers):
    """Over layers of two tissues; 1e-9 of what flowed is promised."""
    other = numbers | {"interstitial_fluid.fluid_share": 0.25, "capillaries.perfusion": 0.5}
    tissue = np.zeros((24, 20, 32), int)
    tissue[:10] = 1
    found = []
    for threads in (1, 2):
        lesion = ball(numbers, threads, [numbers, other], tissue)
        lesion.advance(20 * DAY, PLASMA)
        assert mineral(lesion).max() > 1.0
        assert max(lesion.defects().values()) < 1e-11, lesion.defects()
        found.append([lesion.state(name).tobytes() for name in lesion.model.states if "ledger" not in name])
    assert found[0] == found[1]


def test_nothing_falls_below_zero_by_more_than_the_tolerance(numbers):
    lesion = ball(numbers, None)
    lesion.advance(10 * DAY, PLASMA)
    for name, state in lesion.model.states.items():
        if "ledger" not in name and not state.signed:
            assert lesion.state(name).min() >= -1e-2 * state.scale, name


def test_healthy_tissue_stays_as_it_is(numbers):
    lesion = LesionGrid(Grid((16, 4, 4), 0.25), [numbers], PLASMA)
    start = {name: lesion.state(name) for name in lesion.model.states if "ledger" not in name}
    lesion.advance(365 * DAY, PLASMA)
    for name, values in start.items():
        assert np.abs(lesion.state(name) - values).max() < 1e-9 * (1.0 + np.abs(values).max()), name


def test_healthy_tissue_around_a_lesion_makes_it_no_worse(numbers):
    """The same lesion in a block of eight times as many voxels takes the same steps."""
    found = []
    for edge in (12, 24):
        grid = Grid((edge, edge, edge), 0.3)
        lesion = LesionGrid(grid, [numbers], PLASMA)
        middle = 0.5 * edge * 0.3
        lesion.injure("bite", 0.9, share_of_voxels(Sphere((middle, middle, middle), 2.0), grid, edge=0.6))
        lesion.advance(60 * DAY, PLASMA)
        found.append((mineral(lesion).sum(), lesion.integration.counts.steps))
    (small, few), (large, more) = found
    assert abs(more - few) <= 3
    assert large == pytest.approx(small, rel=0.02)  # supply from further away


def test_what_is_cut_out_is_weighed(numbers):
    """All mineral of the ball is removed and counted; books stay closed, and none comes back at once."""
    lesion = ball(numbers, None)
    lesion.advance(20 * DAY, PLASMA)
    total = mineral(lesion).sum() * lesion.grid.spacing**3 / 1e6
    wide = share_of_voxels(Sphere((4.0, 2.5, 3.0), 6.5), lesion.grid)
    removed = lesion.excise(wide)
    assert removed["calcium"] > 0.99 * total
    lesion.advance(25 * DAY, PLASMA)
    assert mineral(lesion).sum() * lesion.grid.spacing**3 / 1e6 < 0.01 * total
    assert max(lesion.defects().values()) < 1e-11


def rising(end):
    """Plasma in which phosphate steps up after a day and then rises on a line."""
    starts, ends = np.array([0.0, DAY]), np.array([DAY, end])
    coefficients = np.zeros((2, len(INPUTS), 5))
    coefficients[:, :, 0] = [PLASMA[name] for name in INPUTS]
    coefficients[1, list(INPUTS).index("phosphate_plasma"), :2] = 1.5, 1.0 / (end - DAY)
    return Drive(starts, ends, coefficients, rough=(DAY,))


@pytest.mark.parametrize(
    ("kind", "given"),
    [("toxin", {}), ("ischaemia", {"lasts": 5.5}), ("infection", {"microbes": 500.0}), ("trauma", {})],
)
def test_a_uniform_injury_is_one_voxel(numbers, kind, given):
    """Every voxel goes the way of the one-voxel tissue, whatever an injury does later, in changing plasma."""
    end = 5 * DAY
    plasma = rising(end)
    lesion = LesionGrid(Grid((8, 2, 2), 0.25), [numbers], PLASMA)
    model = assemble((*PARTS, INGROWTH), INPUTS)
    names = list(model.states)
    start = np.array([lesion.state(name)[0, 0, 0] for name in names])
    lesion.injure(kind, 0.7, np.ones((2, 2, 8)), given)
    lesion.advance(end, plasma)
    values = mineral(lesion)
    assert np.ptp(values) < 1e-7 * values.max()  # multigrid corrects in single precision
    states = {name: float(lesion.state(name)[0, 0, 0]) for name in names}
    point = model.at(states, numbers, PLASMA)
    assert lesion.signals(("ph_tissue",), PLASMA)["ph_tissue"][0, 0, 0] == pytest.approx(
        point.signal("ph_tissue"), rel=1e-12
    )
    jumps = [
        Jump(move.after, names.index(move.target), move.factor, move.source and names.index(move.source))
        for move in moves(kind, 0.7, numbers, given)
    ]
    table = np.array([numbers[name] for name in model.parameters])
    lane = Lane("alone", table, start, 0.0, end, jumps=jumps, drive=plasma)
    alone = solve(compile_system(trace(model)), [lane], np.array([end]), 1e-8)
    for place, name in enumerate(names):
        scale = abs(alone.states[0, 0, place]) + 10.0 * model.states[name].scale
        assert states[name] == pytest.approx(alone.states[0, 0, place], abs=1e-2 * scale), name  # rtol
    assert max(lesion.defects().values()) < 1e-11


def test_a_layer_that_lets_less_through_holds_back_what_diffuses(numbers):
    """A hindrance of a millionth is a wall: what is given on one side stays there."""
    wall = {**numbers, "diffusion.hindrance": 1e-6 * numbers["diffusion.hindrance"]}
    kinds = np.zeros((1, 1, 16), np.int16)
    kinds[0, 0, 8:] = 1
    for other, through in ((wall, False), (numbers, True)):
        closed = [{**own, "capillaries.perfusion": 1e-9} for own in (numbers, other)]
        lesion = LesionGrid(Grid((16, 1, 1), 0.25), closed, PLASMA, tissue=kinds)
        start = lesion.state("interstitial_fluid.calcium")
        start[0, 0, :8] = 1.0
        lesion.integration.set("interstitial_fluid.calcium", start)
        lesion.advance(6.0, PLASMA)
        after = lesion.state("interstitial_fluid.calcium")
        assert (abs(after[0, 0, 9:] - 1.25).max() > 0.01) == through


def test_a_perfused_border_holds_the_fluid_at_plasma(numbers):
    """Against the exact course in the middle of a slab whose ends are held; second order in spacing."""
    closed = {**numbers, "capillaries.perfusion": 1e-9}
    spread = diffusivities(numbers)["interstitial_fluid.calcium"]
    for count, within in ((8, 0.01), (16, 0.0025)):
        grid = Grid((count, 1, 1), 4.0 / count)
        tissues, kinds = perfused(grid, [closed], np.zeros((1, 1, count), np.int16))
        lesion = LesionGrid(grid, tissues, PLASMA, tissue=kinds, rtol=1e-4)
        lesion.integration.set("interstitial_fluid.calcium", 1.0)
        lesion.integration.interrupt()
        lesion.advance(3.0, PLASMA)
        k = np.arange(40)
        x = 2.0 - 2.0 / count  # the middle of the voxel beside the middle
        odd = (2 * k + 1) * np.pi / 4.0
        missing = 0.25 * np.sum(2.0 / (odd * 2.0) * np.sin(odd * x) * np.exp(-(odd**2) * spread * 3.0))
        found = lesion.state("interstitial_fluid.calcium")[0, 0, count // 2 - 1]
        assert found == pytest.approx(1.25 - missing, abs=within * 0.25)
        assert missing > 0.02
