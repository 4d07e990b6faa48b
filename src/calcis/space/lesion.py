"""How does a lesion in space go on?  Healthy tissue on a grid, injured somewhere, marched in plasma."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

from calcis.errors import InputError
from calcis.ledger import LEAST_FLOW, LEDGER, books
from calcis.part import Model, assemble
from calcis.solve.grid.integrate import GridIntegration
from calcis.solve.grid.kernel import GridKernel, compile_grid
from calcis.solve.grid.layout import Grid
from calcis.solve.system import INPUT_DEGREE, trace
from calcis.space.diffusion import SPECIES, diffusivities
from calcis.tissue import BALANCES, INPUTS, PARTS
from calcis.tissue.injuries import moves

_MM3_PER_L = 1e6
_NOTHING = 1e-12  # mmol/L that have flowed: less is rounding


@cache
def grid_model() -> tuple[Model, GridKernel]:
    """The tissue with its books, and its compiled kernel for grids; put together once in a process."""
    model = assemble([*PARTS, books(BALANCES)], INPUTS)
    summed = [name for name in model.states if name.startswith(f"{LEDGER}.")]
    return model, compile_grid(trace(model), [f"interstitial_fluid.{name}" for name in SPECIES], summed)


class LesionGrid:
    """A block of tissue, healthy and in balance with plasma until something is done to it.

    tissues: parameters by dotted name, those of diffusion too, for each kind of tissue; `tissue` says which
    of them each voxel (z, y, x) is.  plasma: the tissue's inputs by name.
    """

    def __init__(
        self,
        grid: Grid,
        tissues: Sequence[Mapping[str, float]],
        plasma: Mapping[str, float],
        *,
        tissue: np.ndarray | None = None,
        rtol: float = 1e-2,
        threads: int | None = None,
    ) -> None:
        self.grid, self.tissues = grid, tissues
        self.model, self.kernel = grid_model()
        spread = diffusivities(tissues[0])
        if any(diffusivities(other) != spread for other in tissues):
            raise InputError("one diffusivity in all tissues of a grid", "several")
        nx, ny, nz = grid.shape
        self.tissue = np.zeros((nz, ny, nx), np.int16) if tissue is None else np.asarray(tissue)
        table = np.array([[own[name] for name in self.model.parameters] for own in tissues])
        share = self._of_voxels([own["interstitial_fluid.fluid_share"] for own in tissues])
        self.integration = GridIntegration(
            self.kernel, grid, table, spread, share=share, tissue=self.tissue, rtol=rtol, threads=threads
        )
        self._voxel_states = [name for name in self.model.states if not name.startswith(f"{LEDGER}.")]
        starts = [self.model.start(dict(own), plasma) for own in tissues]
        for name in self._voxel_states:
            self.integration.set(name, self._of_voxels([float(start[name]) for start in starts]))
        self._stored_at_start = self._stored()

    def _of_voxels(self, values: Sequence[float]) -> np.ndarray:
        return np.asarray(np.array(values)[self.tissue])

    def state(self, name: str) -> np.ndarray:
        """A state by dotted name, over the grid."""
        return self.integration.get(name)

    def signal(self, name: str, plasma: Mapping[str, float]) -> np.ndarray:
        """A signal over the grid, in its declared unit."""
        states = {state: self.state(state) for state in self._voxel_states}
        numbers = {
            number: self._of_voxels([own[number] for own in self.tissues]) for number in self.model.parameters
        }
        value = self.model.at(states, numbers, dict(plasma), self.integration.time).signal(name)
        return np.asarray(np.broadcast_to(value, self.tissue.shape))

    def injure(
        self, kind: str, killed: float, within: np.ndarray, given: Mapping[str, float] | None = None
    ) -> None:
        """Injure the share `within` of every voxel; other arguments as for `calcis.tissue.injuries.moves`.

        A salt in `given` is in mmol, and spreads evenly in what is injured.  Only what happens at once.
        """
        given = dict(given or {})
        litres = float(within.sum()) * self.grid.spacing**3 / _MM3_PER_L
        for salt in given.keys() & {"calcium", "phosphate"}:
            given[salt] /= litres
        stored = self._stored()
        before: dict[str | None, np.ndarray] = {}
        lists = [moves(kind, killed, own, given) for own in self.tissues]
        for same in zip(*lists, strict=True):
            if any(move.after > 0.0 for move in same):
                raise InputError("an injury that acts at once", f"{kind!r}, which acts later")
            target, source = same[0].target, same[0].source
            before.update(
                {name: self.state(name) for name in (target, source) if name and name not in before}
            )
            factor = self._of_voxels([float(move.factor) for move in same]) * within
            moved = factor if source is None else factor * before[source]
            self.integration.set(target, self.state(target) + moved)
        for quantity, amount in self._stored().items():
            place = f"{LEDGER}.{quantity}_given"
            self.integration.add_to_total(place, amount - stored[quantity])
        self.integration.step = 0.0

    def advance(self, until: float, plasma: Mapping[str, float]) -> None:
        """March to a time (h) in constant plasma."""
        system = self.kernel.system
        controls = np.zeros(system.controls)
        for place, name in enumerate(system.inputs):
            controls[1 + len(system.infused) + place * (INPUT_DEGREE + 1)] = plasma[name]
        controls[0] = self.integration.time
        self.integration.advance(until, controls)

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
        """What is missing in every balance, as a share of all that has flowed since the start."""
        found = {}
        now, total = self._stored(), self.integration.total
        for balance in BALANCES:
            kind = balance.quantity
            flows = [share * total(f"{LEDGER}.{flow}_sum") for flow, share in balance.flows.items()]
            flows.append(total(f"{LEDGER}.{kind}_given"))
            turned_over = max(sum(map(abs, flows)), LEAST_FLOW * abs(now[kind]), _NOTHING)
            found[kind] = abs(now[kind] - self._stored_at_start[kind] - sum(flows)) / turned_over
        return found
