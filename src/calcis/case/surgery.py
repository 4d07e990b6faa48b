"""What may be done to a lesion by hand?  The form of operations in a case file, and an operation in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

from pydantic import Field

from calcis.case.patch import Region, Shape
from calcis.case.quantity import Form, Moment, Quantity
from calcis.wording import on, per_cent

Margin = Annotated[float, Quantity("mm", "2 mm", 0, 200)]
Share = Annotated[float, Quantity("1", "0.8", 0, 1, above=True)]


class Excise(Form):
    """The lesion, or a region of its block, is cut out at a time (h), with a margin (mm) around it."""

    at: Moment
    margin: Annotated[Margin | None, Field(description="of healthy tissue that is taken along")] = None
    region: Annotated[Shape | None, Field(description="of a block: cut out, whatever is there")] = None


class Remove(Form):
    """A share of the lesion is taken away at a time (h)."""

    at: Moment
    share: Share


@dataclass(frozen=True)
class Operation:
    """One operation on the lesion: its kind, when (h), the share that is taken, margin (mm), and region."""

    kind: str
    at: float
    share: float = 1.0
    margin: float | None = None
    region: Region | None = None

    @property
    def words(self) -> str:
        """What is done, and when."""
        if self.kind == "excise":
            margin = "" if self.margin is None else f" with a margin of {self.margin:g} mm"
            what = "" if self.region is None else f" of a {type(self.region).__name__.lower()}"
            size = "" if self.region is None else f" of {self.region.volume:.3g} mm³"
            return f"excision{what}{size}{margin} {on(self.at)}"
        named = {"debulk": "debulking", "curette": "curettage"}.get(self.kind, self.kind)
        return f"{named} of {per_cent(self.share)} {on(self.at)}"
