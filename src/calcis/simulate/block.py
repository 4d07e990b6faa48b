"""What is the block of voxels of one arm, what is read from it, and how is it operated on?"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from calcis.case import Case
from calcis.case.placed import injured, share_within, tissue_of_voxels
from calcis.case.surgery import Operation
from calcis.ledger import LEDGER
from calcis.simulate.lesion import operation_numbers
from calcis.simulate.numbers import Numbers
from calcis.solve.drive import merged
from calcis.solve.grid.layout import Grid
from calcis.solve.schedule import Drive
from calcis.space.border import perfused
from calcis.space.front import front_radius
from calcis.space.lesion import LesionGrid, stays_whole, tissue_model
from calcis.space.margin import within_margin
from calcis.tissue.surgery import CLOSED
from calcis.units import MM3_PER_L

# Relative tolerance of a step.  A year of 64³ voxels is then within 3e-4 of total mineral of a tenth of it
# (benchmarks/lesion_grid.py), and plasma is told to it as exactly as that.
RTOL, PLASMA_RTOL = 3e-2, 1e-4
# Width of the threshold of mineral, at most.  One voxel does not feel mineral.smoothing, but fluid that sits
# at the threshold for weeks does; with 1e-5 it feels nothing, in as many steps (docs/science/space.md).
SMOOTHING = 1e-5
_DEAD = 0.05  # of a voxel: what a surgeon takes for the lesion

# What is kept of every voxel.
KEPT = (
    "mineral_total",
    "mineral_amorphous",
    "mineral_octacalcium",
    "mineral_apatite",
    "mineral_bone",
    "calcium_soap",
    "radiodensity",
    "living_fraction",
    "dead_fraction",
    "scar_fraction",
    "neutrophils",
    "monocytes",
    "macrophages_inflammatory",
    "macrophages_reparative",
    "giant_cells",
    "microbes",
    "exchange_relative",
    "calcium_tissue",
    "phosphate_tissue",
    "pyrophosphate_tissue",
    "ph_tissue",
    "supersaturation_above_threshold",
)


@dataclass(frozen=True)
class Removed:
    """What an operation took from a block: when (h), in which words, volume (mm³), calcium (mmol), share."""

    at: float
    words: str
    volume: float
    calcium: float
    share: float  # of the block's mineral


class Block:
    """The block of one arm on its way; `plasma` drives it from the start to the end of the run."""

    def __init__(self, case: Case, arm: str, numbers: Numbers, plasma: Drive, threads: int | None) -> None:
        assert case.lesion is not None
        lesion = case.lesion
        assert lesion.grid is not None
        assert lesion.spacing is not None
        assert lesion.injury is not None
        model = tissue_model(case.drugs)
        injury, self.spacing, self.model = lesion.injury, lesion.spacing, model
        own = numbers.of_part(arm, injury.kind) | numbers.of_part(arm, "diffusion")
        if case.arms[arm].operations:
            own |= operation_numbers(numbers, arm, case.arms[arm].operations)
        tissues: list[Mapping[str, float]] = [
            numbers.of_organ(arm, tissue, model) | own for tissue, _ in case.layers
        ]
        tissues.append(numbers.of_model(arm, model) | own)
        tissues = [sharp(one) for one in tissues]
        self.levels, self.own = numbers.of_part(arm, "story"), own
        self.operations = list(case.arms[arm].operations)
        (self.plasma,) = merged([plasma], PLASMA_RTOL)
        begin = dict(zip(model.inputs, plasma.coefficients[0, :, 0].tolist(), strict=True))
        grid = Grid(lesion.grid, lesion.spacing)
        kinds = tissue_of_voxels(lesion.grid, lesion.spacing, [thick for _, thick in case.layers])
        if lesion.border == "perfused":
            tissues, kinds = perfused(grid, tissues, kinds)
        self.lesion = LesionGrid(
            grid,
            tissues,
            begin,
            tissue=kinds,
            drugs=case.drugs,
            rtol=RTOL,
            threads=threads,
            whole=not self.operations and stays_whole(injury.kind, injury.own, tissues),
        )
        for moment in injury.moments(case.run.duration):
            for at, within in injured(self.lesion.grid, injury.shape.kind, moment):
                self.lesion.injure(injury.kind, injury.killed, within, injury.own, at=at)

    @property
    def units(self) -> dict[str, str]:
        """Of all that is kept of every voxel."""
        return {name: self.model.signals[name] for name in KEPT}

    @property
    def time(self) -> float:
        """Where it is (h)."""
        return self.lesion.integration.time

    def fields(self, names: Sequence[str] = KEPT, dtype: type = np.float64) -> dict[str, np.ndarray]:
        """Signals of every voxel, now."""
        drive = self.plasma
        piece = max(int(np.searchsorted(drive.starts, self.time, side="right")) - 1, 0)
        since = self.time - drive.starts[piece]
        values = np.polynomial.polynomial.polyval(since, drive.coefficients[piece].T)
        plasma = dict(zip(self.model.inputs, values.tolist(), strict=True))
        return self.lesion.signals(names, plasma, dtype)

    def operate(self, operation: Operation) -> Removed:
        """Take a region, or a share of what is dead or mineral, with a margin around it; a wound is left."""
        found = self.fields(("mineral_total", "dead_fraction"))
        sick = (found["mineral_total"] > self.levels["story.mineral_stainable"]) | (
            found["dead_fraction"] > _DEAD
        )
        if operation.region is None:
            region = operation.share * within_margin(sick, operation.margin or 0.0, self.spacing)
        else:
            region = share_within(self.lesion.grid, operation.region, operation.margin or 0.0)
        before = float(found["mineral_total"].sum())
        if operation.kind == CLOSED:
            seam = within_margin(region > 0.0, self.own[f"{CLOSED}.seam"], self.spacing) * (1.0 - region)
            calcium = self.lesion.excise(region, seam)["calcium"]
        else:
            calcium = self.lesion.operate(operation.kind, operation.share, sick.astype(float))["calcium"]
        left = float(self.fields(("mineral_total",))["mineral_total"].sum())
        share = (before - left) / before if before > 0.0 else 0.0
        volume = float(region.sum()) * self.spacing**3
        return Removed(operation.at, operation.words, volume, calcium, share)

    def measures(self, fields: Mapping[str, np.ndarray]) -> dict[str, float]:
        """What is told of a frame: see UNITS."""
        each = self.spacing**3
        mineral = fields["mineral_total"]
        visible = mineral >= self.levels["story.mineral_ct"]
        stainable = mineral >= self.levels["story.mineral_stainable"]
        mass = float(mineral.sum(dtype=np.float64)) * each / MM3_PER_L * self.levels["story.calcium_mass"]
        ledger, litres = self.lesion.integration, mineral.size * each / MM3_PER_L
        taken = ledger.total(f"{LEDGER}.calcium_from_plasma_sum") * litres
        return {
            "calcium_in_mineral": mass,
            "stainable_volume": float(stainable.sum()) * each,
            "visible_volume": float(visible.sum()) * each,
            "stainable_radius": front_radius(stainable, self.spacing),
            "visible_radius": front_radius(visible, self.spacing),
            "radiodensity_highest": float(fields["radiodensity"].max()),
            "dead_volume": float(fields["dead_fraction"].sum()) * each,
            "calcium_from_plasma": taken * self.levels["story.calcium_mass"],
        }


def sharp(tissue: Mapping[str, float]) -> dict[str, float]:
    """Numbers of a tissue with the threshold of mineral as sharp as a block needs it."""
    return {**tissue, "mineral.smoothing": min(tissue["mineral.smoothing"], SMOOTHING)}


UNITS = {
    "calcium_in_mineral": "mg",
    "stainable_volume": "mm^3",
    "visible_volume": "mm^3",
    "stainable_radius": "mm",
    "visible_radius": "mm",
    "radiodensity_highest": "HU",
    "dead_volume": "mm^3",
    "calcium_from_plasma": "mg",
}
