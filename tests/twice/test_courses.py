"""Does the compiled solver give the courses that SciPy gives, of the blind twins and of the Parts?"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from itertools import pairwise

import numpy as np
import pytest
from scipy.integrate import solve_ivp

from calcis.part import Model
from calcis.solve.integrate import solve
from calcis.solve.kernel import Kernel, compile_system
from calcis.solve.schedule import Drive, Jump, Lane
from calcis.solve.system import INPUT_DEGREE, trace
from calcis.tissue.injuries import moves
from calcis.tissue.numbers import tissue_parameters
from tests.twice import peterson_riggs_plain as body
from tests.twice import tissue_plain as tissue
from tests.twice.names import (
    BODY_FACTORS,
    BODY_STATES,
    HOURS_PER_DAY,
    TISSUE_STATES,
    Setting,
    body_model,
    body_setting,
    tissue_model,
    tissue_setting,
)

RTOL = 1e-6
# Global error against local tolerance; what was measured is at most 0.6.
FACTOR = 10.0
REFERENCE = 1e-9  # a thousandth of RTOL: what Radau leaves is not counted against the solver
YEAR = 8760.0

Doses = tuple[tuple[float, str, float], ...]  # (h, plain state, plain amount)
DENOSUMAB: Doses = ((30.5 * 24, "DSC", 60 * body.DENOSUMAB_1_MG),)
TERIPARATIDE: Doses = ((100.5 * 24, "TSC", body.TERIPARATIDE_20_UG),)
# At a dose (which counts as given), while it acts fast, and through the year.
HOURS = np.array([0, 1, 24, 700, 732, 732.5, 736, 756, 1000, 2000, 2412, 2412.5, 2416, 3000, 5000, YEAR])

Rates = Callable[[float, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Compiled:
    """A model with its kernel and numbers."""

    model: Model
    numbers: dict[str, float]
    kernel: Kernel

    def scales(self) -> np.ndarray:
        """The solver's own scale of every state."""
        return np.array([state.scale for state in self.model.states.values()])

    def solve(self, lane: Lane, times: np.ndarray) -> dict[str, np.ndarray]:
        """Courses by dotted name of one lane that does not fail."""
        solution = solve(self.kernel, [lane], times, RTOL, threads=1)
        assert solution.failures == (None,)
        return dict(zip(self.model.states, solution.states[0].T, strict=True))


def _compiled(made: tuple[Model, dict[str, float]]) -> Compiled:
    return Compiled(*made, compile_system(trace(made[0])))


@pytest.fixture(scope="module")
def compiled_body() -> Compiled:
    return _compiled(body_model())


@pytest.fixture(scope="module")
def compiled_tissue() -> Compiled:
    return _compiled(tissue_model())


def radau(
    rates: Rates,
    start: np.ndarray,
    times: np.ndarray,
    scales: np.ndarray,
    events: dict[float, Callable[[np.ndarray], np.ndarray]] | None = None,
    rtol: float = REFERENCE,
) -> np.ndarray:
    """States at `times`, from SciPy's Radau; events map the state at their time, before its output."""
    events = events or {}
    corners = sorted({0.0, float(times[-1]), *events})
    y, found = start, np.empty((len(times), len(start)))
    for first, last in pairwise(corners):
        y = events[first](y) if first in events else y
        solution = solve_ivp(
            rates, (first, last), y, method="Radau", rtol=rtol, atol=rtol * scales, dense_output=True
        )
        assert solution.success
        for k, time in enumerate(times):
            if first <= time <= last:
                found[k] = y if time == first else solution.sol(time)
        y = solution.y[:, -1]
    return found


def parts_rates(setting: Setting, inputs: Callable[[float], dict[str, float]] | None = None) -> Rates:
    """The Parts' own laws as plain floats, of the vector of their states."""
    names, model = list(setting.states), setting.model

    def rates(time: float, y: np.ndarray) -> np.ndarray:
        given = inputs(time) if inputs else setting.inputs
        states = dict(zip(names, y.tolist(), strict=True))
        return np.array(list(model.at(states, setting.parameters, given, time).rates().values()))

    return rates


def assert_close(
    found: np.ndarray, wanted: np.ndarray, scales: np.ndarray, names: tuple[str, ...], times: np.ndarray
) -> None:
    """Every state at every time within FACTOR·RTOL of its size plus its scale."""
    error = np.abs(found - wanted) / (np.abs(wanted) + scales) / RTOL
    worst = np.unravel_index(np.argmax(error), error.shape)
    assert error[worst] <= FACTOR, (names[worst[1]], times[worst[0]], error[worst])


def body_lane(setting: Setting, doses: Doses) -> Lane:
    names = list(setting.states)
    jumps = [
        Jump(time, names.index(BODY_STATES[state]), amount / BODY_FACTORS.get(state, 1.0))
        for time, state, amount in doses
    ]
    values = (np.array(list(of.values())) for of in (setting.parameters, setting.states))
    return Lane("patient", *values, begin=0.0, end=YEAR, jumps=jumps)


EVERYTHING = {
    **{
        "secretion": 2.0,
        "sensitivity": 0.95,
        "GFR": 4.0,
        "GFRdelta": 1.0,
        "GFRtau": 3000.0,
        "hydroxylase": 0.8,
    },
    **{"calcitriol": 5.0, "PTHrP": 1.0, "efflux": 0.2, "menopause": 1.0, "entry": 49.0},
}


@pytest.mark.parametrize(
    ("hooks", "doses"),
    [
        pytest.param({}, DENOSUMAB + TERIPARATIDE, id="healthy, both drugs"),
        pytest.param({"GFR": 1.8}, DENOSUMAB, id="kidney disease, denosumab"),
        pytest.param(EVERYTHING, DENOSUMAB + TERIPARATIDE, id="every hook, both drugs"),
    ],
)
def test_body_of_the_blind_twin(compiled_body: Compiled, hooks: dict[str, float], doses: Doses) -> None:
    """A year of the twin under Radau; the menopause begins, and GFR falls, within the year."""
    setting = body_setting(compiled_body.model, compiled_body.numbers, 0.0, body.start(), hooks)
    course = compiled_body.solve(body_lane(setting, doses), HOURS)
    course["parathyroid_gland.pth"] += course["teriparatide.circulating"]
    factors = np.array([BODY_FACTORS.get(name, 1.0) for name in body.STATES])
    found = np.array([course[name] for name in BODY_STATES.values()]).T * factors
    scale = {name: state.scale for name, state in compiled_body.model.states.items()}
    scales = np.array([scale[name] for name in BODY_STATES.values()]) * factors

    def give(state: str, amount: float) -> Callable[[np.ndarray], np.ndarray]:
        return lambda y: y + amount * (np.array(body.STATES) == state)

    events = {time: give(state, amount) for time, state, amount in doses}
    wanted = radau(lambda t, y: body.rates(t, y, hooks), body.start(), HOURS, scales, events)
    assert_close(found, wanted, scales, body.STATES, HOURS)


def test_body_of_the_parts_themselves(compiled_body: Compiled) -> None:
    """A year with denosumab: the Parts' laws as plain floats under Radau.

    Radau at 1e-8, a hundredth of RTOL, because plain Parts are slow.
    """
    setting = body_setting(compiled_body.model, compiled_body.numbers, 0.0, body.start(), {})
    lane = body_lane(setting, DENOSUMAB)
    found = np.array(list(compiled_body.solve(lane, HOURS).values())).T
    (dose,) = lane.jumps

    def give(y: np.ndarray) -> np.ndarray:
        return y + dose.factor * (np.arange(len(y)) == dose.target)

    scales = compiled_body.scales()
    wanted = radau(parts_rates(setting), lane.start, HOURS, scales, {dose.time: give}, rtol=1e-8)
    assert_close(found, wanted, scales, tuple(setting.states), HOURS)


@dataclass(frozen=True)
class Lesion:
    """An injury (`kind`, `killed`, `own` keys) at `at` days in tissue under conditions of the twin.

    At 0 d the twin's own start is injured, else a healthy one later.
    """

    killed: float
    days: tuple[float, ...]
    conditions: dict[str, float]
    kind: str = "bite"
    at: float = 0.0
    own: dict[str, float] = field(default_factory=dict)


IMPLANT = {"fixed": 1.0, "m": 0.0, "Ca_p": 1.35, "P_p": 2.8, "X_p": 2e-3, "perf": 2.2}
VITAMIN_D = {"Ca_p": 1.9, "P_p": 3.0, "X_p": 1.5e-3, "u": 0.04}
LESIONS = {
    "heals": Lesion(0.9, (1, 7, 28, 56, 365), {}, at=1.0),
    "calcifies and resolves": Lesion(0.8, (0.2, 1, 2, 7, 14, 28, 42, 56), tissue.ABCC6),
    "calcifies for good": Lesion(0.9, (1, 7, 30, 60, 100, 180, 365), {"perf": 0.3, "m": 0.05}, at=0.5),
    "implant, over the threshold": Lesion(1.0, (1, 7, 14, 28, 56), IMPLANT, kind="fixation"),
    "vitamin D, over the threshold": Lesion(0.0, (1, 3, 5, 6, 7, 8), VITAMIN_D),
    "reperfused": Lesion(
        0.6, (1, 1.1, 1.2, 1.3, 2, 7), tissue.MOUSE, "ischaemia", 1.0, {"flow": 0.05, "lasts": 0.25}
    ),
    "never reperfused": Lesion(0.8, (1, 1.2, 2, 7, 28), tissue.ABCC6, "ischaemia", 1.0),
    "torn": Lesion(0.7, (1, 2, 7, 28, 100), {"perf": 0.3, "m": 0.05}, "trauma", 1.0),
    "infected": Lesion(0.1, (1, 1.1, 1.5, 2, 7, 28), {}, "infection", 1.0, {"germs": 5000.0}),
    "infected for good": Lesion(0.1, (1, 1.1, 1.5, 2, 7, 28, 100), {"m": 0.05}, "infection", 1.0),
    "dead fat": Lesion(0.8, (1, 1.1, 2, 7, 28, 100), {"fat": 2000.0}, at=1.0),
    "artery that ossifies": Lesion(
        0.3, (1, 2, 7, 28, 100, 365), {"P_p": 3.0, "X_p": 1e-3, "muscle": 1.0, "perf": 0.3, "m": 0.3}, at=1.0
    ),
    "stomach without flow": Lesion(
        0.5, (1, 2, 7, 28), {"base": 50.0, "perf": 5.0, "dpH": 0.05}, "ischaemia", 1.0
    ),
    "injected": Lesion(
        0.3, (1, 1.01, 1.1, 2, 7), {"perf": 0.3}, "injection", 1.0, {"calcium": 50.0, "phosphate": 5.0}
    ),
}


def injury_jumps(model: Model, lesion: Lesion) -> list[Jump]:
    names = list(model.states)
    numbers = {name: number.value for name, number in tissue_parameters().items()}
    given = {{"germs": "microbes"}.get(name, name): value for name, value in lesion.own.items()}
    if "lasts" in given:
        given["lasts"] *= HOURS_PER_DAY
    return [
        Jump(
            lesion.at * HOURS_PER_DAY + move.after,
            names.index(move.target),
            move.factor,
            move.source and names.index(move.source),
        )
        for move in moves(lesion.kind, lesion.killed, numbers, given)
    ]


def strikes(lesion: Lesion) -> dict[float, Callable[[np.ndarray], np.ndarray]]:
    """What the twin says that an injury does, by day."""
    found: dict[float, Callable[[np.ndarray], np.ndarray]] = {}
    for after, one in tissue.strikes(lesion.kind, lesion.killed, **lesion.own):
        before = found.get(lesion.at + after, lambda y: y)
        found[lesion.at + after] = lambda y, one=one, before=before: one(before(y))
    return found


def tissue_lane(setting: Setting, days: float, jumps: list[Jump], drive: Drive | None = None) -> Lane:
    if drive is None:
        given = np.zeros((1, len(setting.inputs), INPUT_DEGREE + 1))
        given[0, :, 0] = [setting.inputs[name] for name in setting.model.inputs]
        drive = Drive(np.array([0.0]), np.array([days * HOURS_PER_DAY]), given)
    values = (np.array(list(of.values())) for of in (setting.parameters, setting.states))
    return Lane("tissue", *values, begin=0.0, end=days * HOURS_PER_DAY, jumps=jumps, drive=drive)


@pytest.mark.parametrize("lesion", LESIONS.values(), ids=list(LESIONS))
def test_tissue_of_the_blind_twin(compiled_tissue: Compiled, lesion: Lesion) -> None:
    """The sharp model: the kink at the threshold of nucleation is left to error control on both sides."""
    model, conditions, days = compiled_tissue.model, lesion.conditions, np.array(lesion.days, float)
    start = tissue.start(lesion.killed if lesion.at == 0.0 else 0.0, conditions)
    setting = tissue_setting(model, compiled_tissue.numbers, start, conditions)
    jumps = injury_jumps(model, lesion) if lesion.at else []
    course = compiled_tissue.solve(tissue_lane(setting, days[-1], jumps), days * HOURS_PER_DAY)
    found = np.array([course[name] for name in TISSUE_STATES.values()]).T
    scale = {name: state.scale for name, state in model.states.items()}
    scales = np.array([scale[name] for name in TISSUE_STATES.values()])
    events = strikes(lesion) if lesion.at else {}
    wanted = radau(lambda t, y: tissue.rates(t, y, conditions), start, days, scales, events)
    assert_close(found, wanted, scales, tissue.STATES, days)


def test_tissue_of_the_parts_themselves_under_moving_plasma() -> None:
    """The Parts as they are, with plasma in two pieces that meet at 5 d, as plain floats under Radau."""
    compiled = _compiled(tissue_model(sharp=False))
    lesion = replace(LESIONS["calcifies and resolves"], days=(0.2, 1, 2, 5, 7, 14))
    start = tissue.start(lesion.killed, lesion.conditions)
    setting = tissue_setting(compiled.model, compiled.numbers, start, lesion.conditions)
    turn, end = 5.0 * HOURS_PER_DAY, lesion.days[-1] * HOURS_PER_DAY
    pieces = np.zeros((2, len(setting.inputs), INPUT_DEGREE + 1))
    level = np.array([setting.inputs[name] for name in compiled.model.inputs])
    rise = np.array([0.2, 0.3, 0.1, 0.01]) * level
    pieces[0, :, 0], pieces[0, :, 1], pieces[0, :, 3] = level, 2.0 * rise / turn, -rise / turn**3
    pieces[1, :, 0], pieces[1, :, 2] = level + rise, -rise / end**2

    def inputs(time: float) -> dict[str, float]:
        piece, since = (pieces[0], time) if time < turn else (pieces[1], time - turn)
        return dict(zip(compiled.model.inputs, piece @ since ** np.arange(INPUT_DEGREE + 1), strict=True))

    drive = Drive(np.array([0.0, turn]), np.array([turn, end]), pieces)
    lane = tissue_lane(setting, lesion.days[-1], [], drive)
    times = np.array(lesion.days) * HOURS_PER_DAY
    found = np.array(list(compiled.solve(lane, times).values())).T
    corner = {turn: lambda y: y}
    wanted = radau(parts_rates(setting, inputs), lane.start, times, compiled.scales(), corner, rtol=1e-8)
    assert_close(found, wanted, compiled.scales(), tuple(setting.states), times)
