"""Which operations does an arm do on the lesion, and can they be done when it says?"""

from __future__ import annotations

import itertools
from collections.abc import Iterator

from calcis.case.block import block_edges, size_words
from calcis.case.form import CaseForm, Difference, Lesion
from calcis.case.patch import Region
from calcis.case.placed import share_of_patch
from calcis.case.surgery import Excise, Operation
from calcis.reading import Document, Where, shown
from calcis.solve.grid.layout import Grid
from calcis.tissue.surgery import KINDS
from calcis.wording import on


def read_operations(
    document: Document, where: Where, form: CaseForm, action: Difference
) -> Iterator[Operation]:
    """The operations of the action at `where`: within the run, on a lesion that has been hurt before."""
    for kind in KINDS:
        said = getattr(action, kind)
        if said is None:
            continue
        if form.lesion is None:
            raise document.error((*where, kind), "a lesion in the case", "none", key=True)
        place, arm = (*where, kind, "at"), document.data["arms"][where[1]]
        given = shown(arm[where[2]][kind]["at"])
        if said.at >= form.run.duration:
            end = document.data["run"]["duration"]
            raise document.error(place, f"a time before the end of the run at {end}", given)
        injury = form.lesion.injury
        if injury is not None and said.at <= injury.at:
            begun = document.data["lesion"]["injury"]["at"]
            raise document.error(place, f"a time after the injury at {begun}", given)
        if isinstance(said, Excise) and said.region is not None:
            yield _of_region(document, (*where, kind), form.lesion, said)
            continue
        if isinstance(said, Excise):
            _check_room(document, (*where, kind), form.lesion, said)
        yield Operation(kind, said.at, getattr(said, "share", 1.0), getattr(said, "margin", None))


def in_order(document: Document, arm: str, operations: list[Operation]) -> tuple[Operation, ...]:
    """Operations as they come; of two at one time nobody knows which is first."""
    found = sorted(operations, key=lambda one: one.at)
    for one, other in itertools.pairwise(found):
        if one.at == other.at:
            got = f"{one.kind} and {other.kind} both {on(one.at)}"
            raise document.error(("arms", arm), "operations at different times", got, key=True)
    return tuple(found)


def _check_room(document: Document, where: Where, lesion: Lesion, said: Excise) -> None:
    """What is cut out of a block, with its margin, lies inside it; above its surface is nothing to cut."""
    if lesion.grid is None or lesion.spacing is None or lesion.injury is None:
        return
    shape = lesion.injury.shape if said.region is None else said.region
    margin, reach = said.margin or 0.0, shape.kind.reach
    edges = block_edges(lesion)
    needed = (reach[0] + 2 * margin, reach[1] + 2 * margin, reach[2] + margin)
    if all(need <= edge for need, edge in zip(needed, edges, strict=True)):
        return
    got = f"{' x '.join(f'{need:.4g}' for need in needed)} mm"
    spare = min((edges[0] - reach[0]) / 2, (edges[1] - reach[1]) / 2, edges[2] - reach[2])
    room = f"a margin of at most {spare:.3g} mm" if spare > 1e-6 else "no margin"
    most = f", so {room}" if margin and spare >= 0.0 else ""
    key = "margin" if said.region is None else "region"
    expected = f"an excision inside the block of {size_words(lesion)}{most}"
    raise document.error((*where, key), expected, got, key=True)


def _of_region(document: Document, where: Where, lesion: Lesion, said: Excise) -> Operation:
    """A region is cut out of a block; of the lesion in one voxel the share of the patch that lies there."""
    place = (*where, "region")
    if lesion.grid is None or lesion.spacing is None or lesion.injury is None:
        raise document.error(place, "`grid` in lesion, a block in which a region lies", "none", key=True)
    region = said.region.kind if said.region is not None else None
    if not isinstance(region, Region):
        name = type(region).__name__.lower()
        raise document.error(place, "a cone, sphere, line or shell", name, key=True)
    _check_room(document, where, lesion, said)
    grid = Grid(lesion.grid, lesion.spacing)
    share = share_of_patch(grid, lesion.injury.shape.kind, region, said.margin or 0.0)
    if share <= 0.0:
        raise document.error(place, "a region that holds some of the injured patch", "none of it", key=True)
    return Operation("excise", said.at, share, said.margin, region)
