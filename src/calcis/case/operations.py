"""Which operations does an arm do on the lesion, and can they be done when it says?"""

from __future__ import annotations

from collections.abc import Iterator

from calcis.case.form import CaseForm, Difference, Lesion
from calcis.case.patch import Region
from calcis.case.placed import share_of_patch
from calcis.case.surgery import Excise, Operation
from calcis.reading import Document, Where, shown
from calcis.solve.grid.layout import Grid
from calcis.tissue.surgery import KINDS


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
            yield _of_region(document, (*where, kind, "region"), form.lesion, said)
        else:
            yield Operation(kind, said.at, getattr(said, "share", 1.0), getattr(said, "margin", None))


def _of_region(document: Document, where: Where, lesion: Lesion, said: Excise) -> Operation:
    """A region is cut out of a block; of the lesion in one voxel the share of the patch that lies there."""
    if lesion.grid is None or lesion.spacing is None or lesion.injury is None:
        raise document.error(where, "`grid` in lesion, a block in which a region lies", "none", key=True)
    region = said.region.kind if said.region is not None else None
    if not isinstance(region, Region):
        name = type(region).__name__.lower()
        raise document.error(where, "a cone, sphere, line or shell", name, key=True)
    grid = Grid(lesion.grid, lesion.spacing)
    share = share_of_patch(grid, lesion.injury.shape.kind, region, said.margin or 0.0)
    if share <= 0.0:
        raise document.error(where, "a region that holds some of the injured patch", "none of it", key=True)
    return Operation("excise", said.at, share, said.margin, region)
