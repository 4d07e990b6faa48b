"""Which operations does an arm do on the lesion, and can they be done when it says?"""

from __future__ import annotations

from collections.abc import Iterator

from calcis.case.form import CaseForm, Difference
from calcis.case.surgery import Operation
from calcis.reading import Document, Where, shown
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
        yield Operation(kind, said.at, getattr(said, "share", 1.0), getattr(said, "margin", None))
