"""How is the lesion of a case simulated in space?  Each arm's block of voxels marches in its body's plasma.

The blood feels the lesion in one voxel, which is marched before; what the block took beside it is told.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from calcis.case import Case
from calcis.case.block import memory
from calcis.case.placed import injured, layers_of, share_within
from calcis.case.surgery import Operation
from calcis.errors import InputError
from calcis.fields import FIELDS, FieldWriter, finish
from calcis.ledger import LEDGER
from calcis.simulate.march import Progress
from calcis.simulate.numbers import Numbers
from calcis.solve import compiled_driver
from calcis.solve.drive import merged
from calcis.solve.grid.integrate import Moment
from calcis.solve.grid.layout import Grid
from calcis.solve.schedule import Drive
from calcis.space.border import perfused
from calcis.space.lesion import LesionGrid, tissue_model
from calcis.space.margin import within_margin

MOST_FRAMES = 48  # of an arm: a frame of 64 x 64 x 64 voxels takes some megabytes, and a fifth of a second
# Relative tolerance of a step.  A year of 64³ voxels is then within 1e-4 of total mineral of a tenth of it
# (benchmarks/lesion_grid.py), and plasma is told to it as exactly as that.
RTOL, PLASMA_RTOL = 3e-2, 1e-4
_MM3_PER_L = 1e6
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


@dataclass(frozen=True)
class InSpace:
    """What the block of an arm did: courses over its frames, what was taken, defects of its books."""

    time: np.ndarray
    courses: Mapping[str, tuple[str, np.ndarray]]  # name -> unit, values
    removed: Sequence[Removed]
    defects: Mapping[str, float]
    failure: str | None


def frame_times(times: np.ndarray) -> np.ndarray:
    """Output times (h) of frames: every so many of a case's, and the last."""
    step = -(-(len(times) - 1) // MOST_FRAMES) or 1
    return np.append(times[:-1:step], times[-1]) if len(times) > 1 else times


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
        tissues: list[Mapping[str, float]] = [
            numbers.of_organ(arm, tissue, model) | own for tissue, _ in case.layers
        ]
        tissues.append(numbers.of_model(arm, model) | own)
        self.levels = numbers.of_part(arm, "story")
        self.operations = list(case.arms[arm].operations)
        (self.plasma,) = merged([plasma], PLASMA_RTOL)
        begin = dict(zip(model.inputs, plasma.coefficients[0, :, 0].tolist(), strict=True))
        grid = Grid(lesion.grid, lesion.spacing)
        kinds = layers_of(lesion.grid, lesion.spacing, [thick for _, thick in case.layers])
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
        )
        for moment in injury.moments(case.run.duration):
            for at, within in injured(self.lesion.grid, injury.shape.kind, moment):
                self.lesion.injure(injury.kind, injury.killed, within, injury.own, at=at)

    @property
    def time(self) -> float:
        """Where it is (h)."""
        return self.lesion.integration.time

    def fields(self, names: Sequence[str] = KEPT) -> dict[str, np.ndarray]:
        """Signals of every voxel, now."""
        drive = self.plasma
        piece = max(int(np.searchsorted(drive.starts, self.time, side="right")) - 1, 0)
        since = self.time - drive.starts[piece]
        values = np.polynomial.polynomial.polyval(since, drive.coefficients[piece].T)
        plasma = dict(zip(self.model.inputs, values.tolist(), strict=True))
        return self.lesion.signals(names, plasma)

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
        calcium = self.lesion.excise(region)["calcium"]
        left = float(self.fields(("mineral_total",))["mineral_total"].sum())
        share = (before - left) / before if before > 0.0 else 0.0
        volume = float(region.sum()) * self.spacing**3
        return Removed(operation.at, operation.words, volume, calcium, share)

    def measures(self, fields: Mapping[str, np.ndarray]) -> dict[str, float]:
        """What is told of a frame: see UNITS."""
        each = self.spacing**3
        mineral = fields["mineral_total"]
        visible = mineral >= self.levels["story.mineral_ct"]
        mass = float(mineral.sum()) * each / _MM3_PER_L * self.levels["story.calcium_mass"]
        ledger, litres = self.lesion.integration, mineral.size * each / _MM3_PER_L
        taken = ledger.total(f"{LEDGER}.calcium_from_plasma_sum") * litres
        return {
            "calcium_in_mineral": mass,
            "stainable_volume": float((mineral >= self.levels["story.mineral_stainable"]).sum()) * each,
            "visible_volume": float(visible.sum()) * each,
            "radiodensity_highest": float(fields["radiodensity"].max()),
            "dead_volume": float(fields["dead_fraction"].sum()) * each,
            "calcium_from_plasma": taken * self.levels["story.calcium_mass"],
        }


UNITS = {
    "calcium_in_mineral": "mg",
    "stainable_volume": "mm^3",
    "visible_volume": "mm^3",
    "radiodensity_highest": "1",
    "dead_volume": "mm^3",
    "calcium_from_plasma": "mg",
}


def simulate_in_space(
    case: Case,
    numbers: Numbers,
    plasma: Sequence[Drive | None],
    folder: Path | None,
    resume: bool,
    threads: int | None,
    progress: Progress,
) -> tuple[list[InSpace | None], Any]:
    """March the block of every arm that has plasma; what they did, and where their fields are kept.

    With a `folder` checkpoints and fields are kept there while it goes on; fields are in memory else.
    """
    _check_memory(case)
    store = _store(folder, resume)
    times = frame_times(np.array(case.run.times))
    found: list[InSpace | None] = []
    for k, (arm, drive) in enumerate(zip(case.arms, plasma, strict=True)):
        if drive is None:
            found.append(None)
            continue
        said = f"simulating {arm} in space ({k + 1} of {len(case.arms)})"
        progress(said, k / len(case.arms))
        block = Block(case, arm, numbers, drive, threads)
        shape = block.lesion.tissue.shape
        units = {name: block.model.signals[name] for name in KEPT}
        writer = FieldWriter(store, str(k), arm, shape, block.spacing, times, units)
        path = None if folder is None else folder / f"space_{k}.npz"
        key = key_of(block, arm, case.text)

        def tell(share: float, said: str = said, k: int = k) -> None:
            progress(said, (k + share) / len(case.arms))

        found.append(march_block(block, times, writer, path, key, tell))
    finish(store)
    return found, store


def _check_memory(case: Case) -> None:
    """Raises InputError for a block that this machine cannot hold."""
    assert case.lesion is not None
    needed, there = memory(case.lesion), os.sysconf("SC_PHYS_PAGES") * os.sysconf("SC_PAGE_SIZE") / 1e9
    if needed > there:
        expected = f"a grid that fits into the {there:.2g} GB of memory of this machine"
        raise InputError(expected, f"one that takes about {needed:.2g} GB")


def _store(folder: Path | None, resume: bool) -> Any:
    """Where zarr keeps the fields; what is there of another run goes."""
    if folder is None:
        from zarr.storage import MemoryStore

        return MemoryStore()
    path = folder / FIELDS
    if not resume:
        shutil.rmtree(path, ignore_errors=True)
        for old in folder.glob("space_*.npz"):
            old.unlink()
    return path


def joined(drives: Sequence[Drive]) -> Drive:
    """One drive of those of successive intervals."""
    rough = tuple(time for one in drives for time in one.rough)
    starts, ends, table = (
        np.concatenate([getattr(one, name) for one in drives]) for name in ("starts", "ends", "coefficients")
    )
    return Drive(starts, ends, table, rough)


def march_block(
    block: Block,
    times: np.ndarray,
    writer: FieldWriter,
    checkpoint: Path | None,
    key: str,
    progress: Callable[[float], None],
) -> InSpace:
    """Take a block to the last of the frames at `times` (h), from its checkpoint on if that is of `key`."""
    courses = {name: np.full(len(times), np.nan) for name in UNITS}
    removed: list[Removed] = []
    frame = _restored(block, checkpoint, key, courses, removed)
    failure = None
    while frame < len(times) and failure is None:
        try:
            _reach(block, float(times[frame]), removed)
        except ArithmeticError as problem:
            failure = f"the lesion in space stopped at {block.time / 24.0:.6g} d: {problem}"
            break
        fields = block.fields()
        for name, value in block.measures(fields).items():
            courses[name][frame] = value
        frame += 1
        try:
            writer.write(frame - 1, fields)
            if checkpoint is not None:
                _keep(block, checkpoint, key, frame, courses, removed)
        except OSError as problem:
            got = problem.strerror or str(problem)
            raise InputError("a folder with room for fields and checkpoints", got) from None
        progress(frame / len(times))
    told = {name: (UNITS[name], values) for name, values in courses.items()}
    return InSpace(times, told, removed, block.lesion.defects(), failure)


def _reach(block: Block, until: float, removed: list[Removed]) -> None:
    """March to a time, and operate on the way."""
    for operation in block.operations[len(removed) :]:
        if operation.at > until:
            break
        block.lesion.advance(operation.at, block.plasma)
        removed.append(block.operate(operation))
    block.lesion.advance(until, block.plasma)


def _keep(
    block: Block, path: Path, key: str, frame: int, courses: Mapping[str, np.ndarray], removed: list[Removed]
) -> None:
    """Write where a block is; what was there before stays until this is whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_suffix(".new")
    told = json.dumps([vars(one) for one in removed])
    with fresh.open("wb") as file:
        np.savez(
            file,
            allow_pickle=False,
            key=np.array(key),
            frame=np.array(frame),
            removed=np.array(told),
            **{f"moment.{name}": array for name, array in vars(block.lesion.moment()).items()},
            **{f"courses.{name}": array for name, array in courses.items()},
        )
    fresh.replace(path)


def _restored(
    block: Block, path: Path | None, key: str, courses: dict[str, np.ndarray], removed: list[Removed]
) -> int:
    """Put a block to where its checkpoint is; the next frame.  A damaged checkpoint is none.

    Raises InputError for one of something else than `key`.
    """
    if path is None or not path.is_file():
        return 0
    try:
        with np.load(path, allow_pickle=False) as kept:
            found = {name: kept[name] for name in kept.files}  # checked by zip's own sums
        if str(found["key"]) != key:
            raise InputError(
                "a checkpoint of this case, made by this version on this machine",
                "another; run without --resume to begin anew",
            ).at(path)
        moment = Moment(*(found[f"moment.{name}"] for name in Moment.__annotations__))
        done = [Removed(**one) for one in json.loads(str(found["removed"]))]
        block.lesion.restore(moment)
        courses |= {name: found[f"courses.{name}"] for name in courses}
        removed += done
        return int(found["frame"])
    except (OSError, EOFError, ValueError, KeyError, TypeError, zipfile.BadZipFile):
        return 0


def key_of(block: Block, arm: str, text: str) -> str:
    """Checksum of all that decides the bits of a block: code, processor, case, arm, numbers, plasma."""
    found = hashlib.sha256(f"{compiled_driver.identity()} {block.lesion.kernel.key} {arm}".encode())
    found.update(text.encode())
    for own in block.lesion.tissues:
        found.update(repr(sorted(own.items())).encode())
    for array in (block.plasma.starts, block.plasma.ends, block.plasma.coefficients):
        found.update(np.ascontiguousarray(array).tobytes())
    return found.hexdigest()
