"""How does a lesion in space go on?  Healthy tissue on a grid, injured somewhere, marched in plasma."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from weakref import ref

import numpy as np

from calcis.drugs import in_tissue
from calcis.errors import InputError
from calcis.ledger import LEAST_FLOW, LEDGER, books
from calcis.part import Model, assemble
from calcis.solve.grid.integrate import GridIntegration, Moment
from calcis.solve.grid.kernel import GridKernel, compile_grid
from calcis.solve.grid.layout import Grid
from calcis.solve.schedule import Drive, Lane, segments
from calcis.solve.system import INPUT_DEGREE, trace
from calcis.space.diffusion import diffusivities, passable
from calcis.space.ingrowth import INGROWTH
from calcis.tissue import BALANCES, INPUTS, PARTS
from calcis.tissue.injuries import Move, moves
from calcis.tissue.surgery import CLOSED, WOUND
from calcis.tissue.surgery import moves as operation
from calcis.units import MM3_PER_L

_PLANES = 32_768  # voxels whose signals are found at a time
_NOTHING = 1e-12  # mmol/L that have flowed: less is rounding
_FLOW_LOST, _STEM_CELLS, _PERFUSION = (
    "capillaries.flow_lost",
    "ingrowth.progenitors",
    "ingrowth.perfusion_near",
)


@dataclass(frozen=True)
class _Due:
    """At a time (h): new[target] += factor·old[source], += factor where that is None.

    factor: of each tissue, times `within` (z, y, x), which all that an injury does share.
    """

    time: float
    target: str
    source: str | None
    factors: tuple[float, ...]
    within: np.ndarray


@cache
def tissue_model(drugs: tuple[str, ...] = ()) -> Model:
    """The tissue, moved by drugs, with what grows in and its books; put together once."""
    parts, acting = in_tissue((*PARTS, INGROWTH), drugs)
    return assemble([*parts, books(BALANCES)], INPUTS | acting)


@cache
def _kernel(drugs: tuple[str, ...], moving: tuple[str, ...]) -> GridKernel:
    model = tissue_model(drugs)
    summed = [name for name in model.states if name.startswith(f"{LEDGER}.")]
    parts = groupby(moving, lambda name: name.partition(".")[0])
    return compile_grid(trace(model), [list(states) for _, states in parts], summed)


def stays_whole(kind: str, given: Mapping[str, float], tissues: Sequence[Mapping[str, float]]) -> bool:
    """Whether an injury leaves vessels and stem cells where they are, in tissues that outgrow neither."""
    return all(
        own["capillaries.outgrowth"] == 0.0
        and own.get(f"{kind}.stem_cells_left", 1.0) == 1.0
        and all(move.target != _FLOW_LOST for move in moves(kind, 1.0, own, given))
        for own in tissues
    )


class LesionGrid:
    """A block of tissue, healthy and in balance with plasma until something is done to it.

    tissues: parameters by dotted name, those of diffusion too, for each kind of tissue; `tissue` says which
    of them each voxel (z, y, x) is.  plasma: the tissue's inputs by name, with what `drugs` do in it.  whole:
    nothing will be cut out, frozen, or without blood, so that nothing has to grow in, which saves a fifth.
    """

    def __init__(
        self,
        grid: Grid,
        tissues: Sequence[Mapping[str, float]],
        plasma: Mapping[str, float],
        *,
        tissue: np.ndarray | None = None,
        drugs: tuple[str, ...] = (),
        rtol: float = 1e-2,
        threads: int | None = None,
        whole: bool = False,
    ) -> None:
        self.grid, self.tissues, self._whole = grid, tissues, whole
        spread, hindrance = diffusivities(tissues[0], whole), tissues[0]["diffusion.hindrance"]
        alike = [diffusivities({**other, "diffusion.hindrance": hindrance}, whole) for other in tissues]
        if any(other != spread for other in alike):
            raise InputError("tissues of a grid that differ in diffusion by its hindrance only", "others")
        self.model, self.kernel = tissue_model(drugs), _kernel(drugs, tuple(spread))
        nx, ny, nz = grid.shape
        self.tissue = np.zeros((nz, ny, nx), np.int16) if tissue is None else np.asarray(tissue)
        self._minerals = [name for name in self.model.states if name.startswith("mineral.")]
        table = np.array([[own[name] for name in self.model.parameters] for own in tissues])
        self._hindrance = self._of_voxels([own["diffusion.hindrance"] / hindrance for own in tissues])
        share = self._of_voxels([own["interstitial_fluid.fluid_share"] for own in tissues])
        self.integration = GridIntegration(
            self.kernel,
            grid,
            table,
            spread,
            share=share,
            tissue=self.tissue,
            rtol=rtol,
            threads=threads,
            passable=_weakly(self),
        )
        self._voxel_states = [name for name in self.model.states if not name.startswith(f"{LEDGER}.")]
        starts = [self.model.start(dict(own), plasma) for own in tissues]
        for name in self._voxel_states:
            self.integration.set(name, self._of_voxels([float(start[name]) for start in starts]))
        self._due: list[_Due] = []
        self._stored_at_start = self._stored()

    def left_of_diffusion(self) -> np.ndarray:
        """What mineral leaves of diffusion in every voxel, and tissue, against the first of them."""
        return np.asarray(
            self._hindrance * passable(self.integration.sum_of(self._minerals), self.tissues[0])
        )

    def _of_voxels(self, values: Sequence[float]) -> np.ndarray:
        return np.asarray(np.array(values)[self.tissue])

    def state(self, name: str) -> np.ndarray:
        """A state by dotted name, over the grid."""
        return self.integration.get(name)

    def signals(
        self, names: Sequence[str], plasma: Mapping[str, float], dtype: type = np.float64
    ) -> dict[str, np.ndarray]:
        """Signals over the grid, each in its declared unit; some planes at a time, which saves memory."""
        each = {name: np.array([own[name] for own in self.tissues]) for name in self.model.parameters}
        found: dict[str, np.ndarray] = {name: np.empty(self.tissue.shape, dtype) for name in names}
        step = max(1, _PLANES // self.tissue[0].size)
        for first in range(0, len(self.tissue), step):
            here = slice(first, first + step)
            tissue = self.tissue[here]
            numbers = {name: values[tissue] if np.ptp(values) else values[0] for name, values in each.items()}
            own = {state: self.integration.get(state, here) for state in self._voxel_states}
            point = self.model.at(own, numbers, dict(plasma), self.integration.time)
            for name, array in found.items():
                array[here] = point.signal(name)
        return found

    def injure(
        self,
        kind: str,
        killed: float,
        within: np.ndarray,
        given: Mapping[str, float] | None = None,
        at: float | None = None,
    ) -> None:
        """Injure the share `within` of every voxel at a time (h; now); the rest as for `injuries.moves`.

        A salt in `given` is in mmol, and spreads evenly in what is injured.
        """
        given = dict(given or {})
        litres = float(within.sum()) * self.grid.spacing**3 / MM3_PER_L
        for salt in given.keys() & {"calcium", "phosphate"}:
            given[salt] /= litres
        lists = [moves(kind, killed, own, given) for own in self.tissues]
        if gone := killed * (1.0 - self.tissues[0].get(f"{kind}.stem_cells_left", 1.0)):
            lists = [[*each, Move(0.0, _STEM_CELLS, -gone, _STEM_CELLS)] for each in lists]
        self._move(kind, lists, within, self.integration.time if at is None else at)

    def operate(self, kind: str, share: float, within: np.ndarray) -> dict[str, float]:
        """Take a share of the lesion `within` a part, as an operation of a kind does; what it took (mmol)."""
        before = self._stored()
        states = [name for name in self._voxel_states if name != _PERFUSION]
        lists = [operation(kind, share, own, states) for own in self.tissues]
        self._move(kind, lists, within, self.integration.time)
        return self._lost_since(before)

    def _move(self, kind: str, lists: Sequence[Sequence[Move]], within: np.ndarray, now: float) -> None:
        """Let moves of each tissue happen in their time after `now`, in the share `within` of every voxel."""
        for same in zip(*lists, strict=True):
            first = same[0]
            if len({(move.after, move.target, move.source) for move in same}) > 1:
                raise InputError(f"one course of {kind!r} in all tissues of a grid", "several")
            if self._whole and first.target in (_FLOW_LOST, _STEM_CELLS):
                raise InputError("an injury that leaves vessels and stem cells, in whole tissue", repr(kind))
            factors = tuple(float(move.factor) for move in same)
            self._due.append(_Due(now + first.after, first.target, first.source, factors, within))
        self._due.sort(key=lambda due: due.time)
        self._happen()

    def moment(self, copy: bool = True) -> Moment:
        """Where it is; if it is no copy, true until it goes on."""
        return self.integration.moment(copy)

    def restore(self, moment: Moment) -> None:
        """Go on from a moment of a lesion to which the same was done, to the same bits."""
        self.integration.restore(moment)
        self._due = [due for due in self._due if due.time > self.integration.time]

    def excise(self, within: np.ndarray, seam: np.ndarray | None = None) -> dict[str, float]:
        """Cut out the share `within` of every voxel; what was in it, of every balance (mmol).

        The wound fills with the fluid that was there; vessels in it are gone, and so is what lived.  The
        share `seam` of every voxel is the wound's seam: there what is left is hurt.
        """
        if self._whole:
            raise InputError("nothing cut out of tissue that stays whole", "an excision")
        before = self._stored()
        for name in self._voxel_states:
            part = name.partition(".")[0]
            if part == "capillaries":
                lost = self.state(name)
                self.integration.set(name, lost + within * (1.0 - lost))
            elif part != "interstitial_fluid":
                self.integration.set(name, (1.0 - within) * self.state(name))
        self._book_given(before)
        taken = self._lost_since(before)
        if seam is not None:
            own = self.tissues[0]
            self.injure(WOUND, own[f"{CLOSED}.killed"], seam, {"flow": own[f"{CLOSED}.flow_left"]})
        return taken

    def _lost_since(self, before: Mapping[str, float]) -> dict[str, float]:
        """What the block holds less of every balance than `before` (mmol)."""
        litres = self.grid.voxels * self.grid.spacing**3 / MM3_PER_L
        return {kind: (before[kind] - now) * litres for kind, now in self._stored().items()}

    def _book_given(self, before: Mapping[str, float]) -> None:
        """Enter in the books what an event has changed, and begin anew with a short step."""
        for quantity, amount in self._stored().items():
            self.integration.add_to_total(f"{LEDGER}.{quantity}_given", amount - before[quantity])
        self.integration.interrupt()

    def _happen(self) -> None:
        """What is due now: all of it moves shares of what was there before."""
        now = [due for due in self._due if due.time <= self.integration.time]
        if not now:
            return
        self._due = self._due[len(now) :]
        stored = self._stored()
        before = {due.source: self.state(due.source) for due in now if due.source is not None}
        for due in now:
            moved = self._of_voxels(due.factors) * due.within
            if due.source is not None:
                moved *= before[due.source]
            self.integration.set(due.target, self.state(due.target) + moved)
        self._book_given(stored)

    def advance(
        self,
        until: float,
        plasma: Mapping[str, float] | Drive,
        between: Callable[[], None] | None = None,
    ) -> None:
        """March to a time (h) in plasma: the tissue's inputs by name, or as polynomials in their order.

        between: called between steps; a moment taken there goes on to the same bits, to the same time.
        """
        if not isinstance(plasma, Drive):
            coefficients = np.zeros((1, len(self.model.inputs), INPUT_DEGREE + 1))
            coefficients[0, :, 0] = [plasma[name] for name in self.model.inputs]
            plasma = Drive(np.array([self.integration.began]), np.array([until]), coefficients)
        while self.integration.time < until:
            end = min([until, *(due.time for due in self._due)])
            self._march(end, plasma, between)
            self._happen()

    def _march(self, end: float, plasma: Drive, between: Callable[[], None] | None) -> None:
        """Go on with the march to `end`, which may have begun before this lesion was restored."""
        begin = self.integration.began
        lane = Lane("block", np.zeros(0), np.zeros(0), begin, end, drive=plasma, fresh=begin in plasma.rough)
        plan = segments(self.kernel.system, [lane])
        for start, until, controls, smooth in zip(
            plan.start, plan.end, plan.controls, plan.smooth, strict=True
        ):
            if not smooth and start >= self.integration.time:
                self.integration.interrupt()
            self.integration.advance(float(until), controls, between)
        self.integration.began = end

    def _stored(self) -> dict[str, float]:
        """What a litre of the whole block holds of every balance."""
        found = {}
        for balance in BALANCES:
            total = 0.0
            for name, weight in balance.stores.items():
                weights = [weight(dict(own)) if callable(weight) else weight for own in self.tissues]
                total += float((self._of_voxels(weights) * self.state(name)).mean())
            found[balance.quantity] = total
        return found

    def defects(self) -> dict[str, float]:
        """What is missing in every balance, as a share of all that has flowed, in either direction."""
        found = {}
        now = self._stored()
        for balance in BALANCES:
            kind = balance.quantity
            shares = {f"{LEDGER}.{flow}_sum": share for flow, share in balance.flows.items()}
            shares[f"{LEDGER}.{kind}_given"] = 1.0
            net = sum(share * self.integration.total(name) for name, share in shares.items())
            either = sum(abs(share) * self.integration.flown(name) for name, share in shares.items())
            turned_over = max(either, LEAST_FLOW * abs(now[kind]), _NOTHING)
            found[kind] = abs(now[kind] - self._stored_at_start[kind] - net) / turned_over
        return found


def _weakly(lesion: LesionGrid) -> Callable[[], np.ndarray]:
    """What is left of diffusion in a lesion, which does not live on for that: its memory is freed at once."""
    own = ref(lesion)

    def left_of_diffusion() -> np.ndarray:
        found = own()
        assert found is not None  # it holds what calls this
        return found.left_of_diffusion()

    return left_of_diffusion
