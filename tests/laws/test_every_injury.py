"""Every injury in every tissue and blood: nothing is lost or negative, and stone goes only by cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np
import pytest

from calcis.case.vocabulary import packaged
from calcis.changes import apply
from calcis.ledger import LEDGER, books, defects, entries
from calcis.part import assemble
from calcis.solve.integrate import Solution, solve
from calcis.solve.kernel import compile_system
from calcis.solve.schedule import Drive, Jump, Lane
from calcis.solve.system import INPUT_DEGREE, trace
from calcis.tissue import BALANCES, INPUTS, PARTS
from calcis.tissue.injuries import KINDS, moves
from calcis.tissue.numbers import tissue_parameters
from calcis.units import HOURS_PER_YEAR as YEAR

DAY = 24.0
KEPT = assemble([*PARTS, books(BALANCES)], INPUTS)
STATES = list(KEPT.states)
OBSERVED = ("mineral_total",)
KERNEL = compile_system(trace(KEPT, OBSERVED))

# Free calcium, phosphate, pyrophosphate (mmol/L) and pH.
BLOOD = {
    "normal": (1.25, 1.2, 3.3e-3, 7.4),
    "high calcium": (1.7, 1.2, 3.3e-3, 7.4),
    "high phosphate": (1.25, 2.5, 3.3e-3, 7.4),
    "high calcium and phosphate": (1.7, 2.5, 3.3e-3, 7.4),
    "low pyrophosphate": (1.25, 1.2, 5e-4, 7.4),
    "kidney disease": (1.15, 2.2, 2.3e-3, 7.3),
    "acidosis": (1.25, 1.2, 3.3e-3, 7.1),
    "vitamin D poisoning": (1.9, 3.0, 1.5e-3, 7.4),
}
# What a case may give beside the share killed, so that each kind does all it can.
GIVEN: Mapping[str, Mapping[str, float]] = {
    "ischaemia": {"flow": 0.05, "lasts": 6.0},
    "injection": {"calcium": 30.0, "phosphate": 30.0},
}
COMPETENCE = "leukocytes.macrophage_competence"
CELLS = (1.0, 0.2, 0.0)  # competence of macrophages; 0 is no leukocytes at all
# Numbers of a tissue in which every law has something to do.
ODD = {
    "ossification.smooth_muscle": 0.7,
    "fat.fat_content": 2000.0,
    "capillaries.outgrowth": 0.01,
    "interstitial_fluid.base_secretion": 2.0,
    "parenchyma.apoptosis_rate": 0.001,
    "mineral.elastin_rate": 0.02,
}
CRYSTALS = ("octacalcium", "apatite", "bone")
TAKEN_BY_CELLS = (
    "amorphous_cleared",
    "octacalcium_cleared",
    "apatite_cleared",
    "octacalcium_resorption",
    "apatite_resorption",
    "bone_resorption",
)


def tissues() -> dict[str, dict[str, float]]:
    """The numbers of every tissue that Calcis brings, by its name, and of one that is none."""
    own = tissue_parameters()
    found = {
        name: {what: number.value for what, number in apply(own, tissue.changes, "human").items()}
        for name, tissue in packaged().tissues.items()
    }
    return found | {"odd": found["skeletal_muscle"] | ODD}


TISSUES = tissues()


@dataclass(frozen=True)
class One:
    """One tissue in one blood after one injury."""

    tissue: str
    blood: str
    kind: str | None
    cells: float

    @property
    def numbers(self) -> dict[str, float]:
        """Numbers of the tissue with as many able cells; a fixed implant has none."""
        found = dict(TISSUES[self.tissue])
        found[COMPETENCE] = min(found[COMPETENCE], self.cells)
        return found | ({"parenchyma.fixed": 1.0, COMPETENCE: 0.0} if self.kind == "fixation" else {})

    def jumps(self, numbers: Mapping[str, float]) -> Iterator[Jump]:
        """What an injury on day 1 does and enters in the books."""
        if self.kind is None:
            return
        for move in moves(self.kind, 0.7, numbers, GIVEN.get(self.kind)):
            at, source = DAY + move.after, None if move.source is None else STATES.index(move.source)
            targets = [(move.target, move.factor), *entries(BALANCES, move.target, move.factor, numbers)]
            for target, factor in targets:
                yield Jump(at, STATES.index(target), factor, source)

    def lane(self, end: float) -> Lane:
        """Tissue at rest in its blood, then the injury."""
        numbers, plasma = self.numbers, BLOOD[self.blood]
        constant = np.zeros((1, len(INPUTS), INPUT_DEGREE + 1))
        constant[0, :, 0] = plasma
        parameters = np.array([numbers[name] for name in KERNEL.system.parameters])
        start = np.array([*KEPT.start(numbers, dict(zip(INPUTS, plasma, strict=True))).values()], float)
        drive = Drive(np.zeros(1), np.array([end]), constant)
        return Lane(str(self), parameters, start, 0.0, end, tuple(self.jumps(numbers)), (), drive)


EVERY = [
    One(tissue, blood, kind, cells)
    for tissue in TISSUES
    for blood in BLOOD
    for kind in (None, *KINDS)
    for cells in CELLS
]


def run(some: list[One], times: np.ndarray, tolerance: float) -> Solution:
    solution = solve(KERNEL, [one.lane(float(times[-1])) for one in some], times, tolerance)
    assert not [failure for failure in solution.failures if failure]
    return solution


@pytest.fixture(scope="module")
def year() -> Solution:
    """All of them over a year."""
    days = np.concatenate([np.arange(15.0), np.linspace(15.0, 365.0, 26)])
    return run(EVERY, days * DAY, 1e-6)


def flown(solution: Solution, flow: str) -> np.ndarray:
    """What has flowed since the start, (lane, time)."""
    found: np.ndarray = solution.states[:, :, STATES.index(f"{LEDGER}.{flow}_sum")]
    return found


def test_the_books_of_all_close(year: Solution) -> None:
    """Calcium, phosphate, acid and each mineral, to rounding of the larger of what is held and what flows."""
    for one, states in zip(EVERY, year.states, strict=True):
        found = defects(BALANCES, KEPT, states, one.numbers, least=1e-2, nothing=1e-9)
        assert max(found.values()) < 1e-9, (one, found)


def negative(solution: Solution, tolerance: float) -> list[tuple[One, str, float]]:
    """What is below zero by more than the solver may be wrong."""
    found = []
    for column, (name, state) in enumerate(KEPT.states.items()):
        if state.signed or name.startswith(LEDGER):
            continue
        course = solution.states[:, :, column]
        allowed = tolerance * (state.scale + course.max(axis=1))
        least = course.min(axis=1)
        found += [(EVERY[k], name, float(least[k])) for k in np.flatnonzero(least < -allowed)]
    return found


def test_nothing_falls_below_zero(year: Solution) -> None:
    assert negative(year, 1e-6) == []


def test_nothing_falls_below_zero_of_a_rough_solution() -> None:
    assert negative(run(EVERY, np.linspace(0.0, 100.0, 101) * DAY, 1e-3), 1e-3) == []


def test_mineral_fills_no_more_than_its_room(year: Solution) -> None:
    """Whatever the blood brings."""
    most = np.array([one.numbers["mineral.mineral_highest"] for one in EVERY])
    highest = year.signals[:, :, OBSERVED.index("mineral_total")].max(axis=1)
    assert (highest < most * (1.0 + 1e-6)).all()
    assert (highest > 0.9 * most).sum() > 100


def test_without_cells_no_mineral_is_taken_away(year: Solution) -> None:
    """Only chemistry is left: crystals stay where none dissolve, and apatite hardly ever does."""
    alone = [k for k, one in enumerate(EVERY) if one.numbers[COMPETENCE] == 0.0]
    assert len(alone) > len(EVERY) / 3
    for flow in TAKEN_BY_CELLS:
        assert not flown(year, flow)[alone].any(), flow
    for crystals, least in (("apatite", 0.9), ("octacalcium", 0.2)):
        stays = ~flown(year, f"{crystals}_dissolution")[alone].any(axis=1)
        assert stays.mean() > least, crystals
    mineral = sum(year.states[alone][:, :, STATES.index(f"mineral.{one}")] for one in CRYSTALS)
    stays = ~sum(flown(year, f"{one}_dissolution")[alone] for one in CRYSTALS[:2]).any(axis=1)
    mineral, largest = mineral[stays], mineral[stays].max(axis=1, keepdims=True)
    assert (np.diff(mineral, axis=1) >= -1e-6 * (0.01 + largest)).all()
    assert (largest > 1.0).sum() > 300


def test_with_cells_it_often_is(year: Solution) -> None:
    able = [k for k, one in enumerate(EVERY) if one.cells == 1.0 and one.kind not in (None, "fixation")]
    for flow in TAKEN_BY_CELLS:
        assert (flown(year, flow)[able, -1] > 0.0).mean() > 0.5, flow


def test_living_tissue_in_normal_blood_stays_clean_for_fifty_years() -> None:
    """In every organ: at rest to what the solver may be wrong, and without any mineral.

    But smooth muscle answers to phosphate a little even of normal blood, and stays so; and elastic fibres
    of the aorta do gain mineral with age (elliott_mcgrath_1994), and nothing else there does.
    """
    healthy = [One(tissue, "normal", None, 1.0) for tissue in TISSUES if tissue != "odd"]
    solution = run(healthy, np.linspace(0.0, 50.0, 51) * YEAR, 1e-6)
    for one, course, signals in zip(healthy, solution.states, solution.signals, strict=True):
        if one.tissue == "elastic_media":
            elastic = course[:, STATES.index("mineral.elastic")]
            assert 200.0 < elastic[-1] < 500.0 and np.abs(signals[:, 0] - elastic).max() < 1e-9
            continue
        assert np.abs(signals).max() < 1e-9, one
        for k, (name, state) in enumerate(KEPT.states.items()):
            if not name.startswith(LEDGER):
                since = 1 if name == "ossification.osteogenic" else 0
                drift = np.abs(course[since:, k] - course[since, k]).max()
                assert drift < 1e-6 * (abs(course[since, k]) + state.scale), (one, name, drift)
        assert course[-1, STATES.index("ossification.osteogenic")] < 0.1, one
