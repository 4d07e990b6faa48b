"""Does the injured patch fit into its block of voxels, and which tissue lies where in it?"""

from __future__ import annotations

import math
from collections.abc import Mapping

from calcis.case.form import Lesion
from calcis.case.patch import Patches
from calcis.case.tissues import Tissue
from calcis.errors import nearest
from calcis.reading import Document, shown

_ROUNDING = 1e-9
_LITTLE = 0.1  # GB
# Of a voxel, measured in runs of 64 x 64 x 64 and of 128 x 128 x 128, where the solver keeps less so that its
# arrays stay within 3.3 GB; beside them are events and what is told at a frame.
_BYTES, _LEAST_BYTES, _BESIDE_BYTES, _ARRAYS = 2440.0, 1700.0, 140.0, 3.3e9


def check_block(document: Document, lesion: Lesion, tissues: Mapping[str, Tissue]) -> None:
    """Raises InputError, with place, for a block without voxels' size, injury or room, and unknown layers."""
    if lesion.grid is None:
        for key in ("spacing", "layers", "border"):
            if key in lesion.model_fields_set:
                expected = "`grid` in lesion, the numbers of voxels"
                raise document.error(("lesion", key), expected, "none", key=True)
        return
    if lesion.spacing is None:
        raise document.error(("lesion",), "`spacing` in lesion, the edge of a voxel", "none", key=True)
    if lesion.injury is None:
        raise document.error(("lesion",), "`injury` in lesion, as it has a grid", "none", key=True)
    shape = lesion.injury.shape.kind
    name = type(shape).__name__.lower()
    reach = shape.reach
    if any(needed > edge for needed, edge in zip(reach, block_edges(lesion), strict=True)):
        raise document.error(
            ("lesion", "injury", "shape", name),
            f"a patch inside the block of {size_words(lesion)}",
            f"one of {' x '.join(f'{needed:.4g}' for needed in reach)} mm",
        )
    depth = getattr(shape, "depth", None)
    if depth is not None and reach[2] - depth > depth * (1 + _ROUNDING):
        raise document.error(
            ("lesion", "injury", "shape", name, "depth"),
            f"a patch below the surface, its middle at least {reach[2] - depth:.4g} mm deep",
            f"{depth:g} mm",
        )
    width = shape.patch if isinstance(shape, Patches) else min(reach[:2])
    if width < lesion.spacing * (1 - _ROUNDING):
        expected = f"a patch at least a voxel of {lesion.spacing:g} mm wide"
        raise document.error(("lesion", "injury", "shape", name), expected, f"one of {width:g} mm", key=True)
    if isinstance(shape, Patches) and 1 in lesion.grid:
        expected = "a block for `patches`, with three numbers such as [32, 32, 32]"
        raise document.error(("lesion", "grid"), expected, "a slice or a line")
    for k, layer in enumerate(lesion.layers):
        if layer.tissue not in tissues:
            where = ("lesion", "layers", k, "tissue")
            expected = f"a tissue: {', '.join(tissues)}"
            raise document.error(where, expected, shown(layer.tissue), nearest(layer.tissue, tissues))
        if layer.thickness < lesion.spacing * (1 - _ROUNDING):
            expected = f"a layer at least a voxel of {lesion.spacing:g} mm thick"
            raise document.error(("lesion", "layers", k, "thickness"), expected, f"{layer.thickness:g} mm")
    thick = sum(layer.thickness for layer in lesion.layers)
    deep = lesion.spacing * lesion.grid[2]
    if lesion.layers and thick >= deep * (1 - _ROUNDING):
        expected = f"layers thinner than the block, {deep:g} mm deep, with {lesion.tissue} below"
        raise document.error(("lesion", "layers"), expected, f"{thick:g} mm", key=True)


def block_edges(lesion: Lesion) -> tuple[float, ...]:
    """How much room (mm) a block has along x, y and z, to rounding; no end of it where it is one voxel."""
    return tuple(
        count * (lesion.spacing or 0.0) * (1 + _ROUNDING) if count > 1 else math.inf
        for count in lesion.grid or ()
    )


def size_words(lesion: Lesion) -> str:
    """The edges of a block that are more than a voxel, as a reader sees them."""
    edges = (f"{count * (lesion.spacing or 0.0):g}" for count in lesion.grid or () if count > 1)
    return f"{' x '.join(edges)} mm"


def memory(lesion: Lesion) -> float:
    """About how many GB a block takes while it is simulated, beside the rest of a run."""
    voxels = math.prod(lesion.grid or (0,))
    return min(_BYTES * voxels, max(_LEAST_BYTES * voxels, _ARRAYS + _BESIDE_BYTES * voxels)) / 1e9


def block_words(lesion: Lesion) -> str:
    """The block of a lesion in space, as a reader sees it."""
    counts = " x ".join(str(count) for count in lesion.grid or () if count > 1)
    what = f"in space: {counts} voxels of {lesion.spacing:g} mm, {size_words(lesion)}"
    layers = ", ".join(f"{layer.tissue} {layer.thickness:g} mm" for layer in lesion.layers)
    under = f"; from the surface {layers}, then {lesion.tissue}" if layers else ""
    needs = f", about {memory(lesion):.2g} GB of memory" if memory(lesion) > _LITTLE else ""
    return f"{what}{needs}{under}"


def layers_of(lesion: Lesion | None, tissues: Mapping[str, Tissue]) -> tuple[tuple[Tissue, float], ...]:
    """The tissue of each layer, and its thickness (mm)."""
    layers = [] if lesion is None else lesion.layers
    return tuple((tissues[layer.tissue], layer.thickness) for layer in layers)
