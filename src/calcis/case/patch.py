"""Which patch of tissue is injured, and in which block of voxels?  The form of both in a case file.

    injury: {kind: bite, at: 0 d, shape: {cone: {diameter: 6 mm, depth: 4 mm}}, killed: 0.9}
    shape: {mask: {file: necrosis.nii.gz, surface: anterior}}    # a segmented image beside the case file
    grid: [64, 64, 64]        # voxels along the surface, and down; [64, 64] is a slice, [64] a line
    spacing: 0.125 mm
    layers: [{tissue: skin, thickness: 2 mm}]   # from the surface; below them lies the lesion's tissue

Shapes lie around the middle of the block; depths are from its surface, which is the body's where a shape
begins there.
"""

from __future__ import annotations

import math
from functools import cached_property
from typing import Annotated, Any, Literal

from pydantic import (
    BeforeValidator,
    ConfigDict,
    Field,
    PrivateAttr,
    model_validator,
)

from calcis.case.included import NamedFile
from calcis.case.quantity import Depth, Duration, Form, Length, Moment, Quantity, refusal
from calcis.reading import shown
from calcis.space.mask import Segment
from calcis.space.shapes import scattered

MOST_VOXELS = 128**3
MOST_EDGE = 1024
MOST_LAYERS = 20
MOST_PATCHES = 200

Spacing = Annotated[float, Quantity("mm", "0.125 mm", 0.005, 20)]


def _ball(diameter: float, depth: float | None) -> tuple[float, float, float]:
    """Width, breadth and depth that a ball needs, mm."""
    return diameter, diameter, diameter if depth is None else depth + 0.5 * diameter


class Cone(Form):
    """A bite's: its base at the surface, diameter of the base and depth (mm)."""

    diameter: Length
    depth: Length

    @property
    def volume(self) -> float:
        """π·d²·h/12, mm^3."""
        return math.pi * self.diameter**2 * self.depth / 12

    @property
    def reach(self) -> tuple[float, float, float]:
        """Width, breadth and depth that it needs, mm."""
        return self.diameter, self.diameter, self.depth


class Sphere(Form):
    """A ball: its diameter, and the depth of its middle (mm; else the middle of the block)."""

    diameter: Length
    depth: Depth | None = None

    @property
    def volume(self) -> float:
        """π·d³/6, mm^3."""
        return math.pi * self.diameter**3 / 6

    @property
    def reach(self) -> tuple[float, float, float]:
        """Width, breadth and depth that it needs, mm."""
        return _ball(self.diameter, self.depth)


class Line(Form):
    """A needle's track straight down: its diameter, and from which depth to which (mm)."""

    diameter: Length
    begin: Depth = 0.0
    end: Length

    @model_validator(mode="after")
    def _downwards(self) -> Line:
        if self.end <= self.begin:
            raise refusal(f"an `end` deeper than its `begin` of {self.begin:g} mm", f"{self.end:g} mm")
        return self

    @property
    def volume(self) -> float:
        """Of the cylinder, and of half a ball at either end that lies in tissue, mm^3."""
        ends = 1.0 if self.begin > 0.0 else 0.5
        cylinder = 0.25 * math.pi * self.diameter**2 * (self.end - self.begin)
        return cylinder + ends * math.pi * self.diameter**3 / 6

    @property
    def reach(self) -> tuple[float, float, float]:
        """Width, breadth and depth that it needs, mm."""
        return self.diameter, self.diameter, self.end + 0.5 * self.diameter


class Shell(Form):
    """The wall of a ball, as a granuloma's: outer diameter, thickness, and the depth of its middle (mm)."""

    diameter: Length
    thickness: Length
    depth: Depth | None = None

    @model_validator(mode="after")
    def _hollow(self) -> Shell:
        if 2.0 * self.thickness > self.diameter:
            raise refusal(f"a `thickness` of at most half of {self.diameter:g} mm", f"{self.thickness:g} mm")
        return self

    @property
    def volume(self) -> float:
        """Of the wall, mm^3."""
        return math.pi * (self.diameter**3 - (self.diameter - 2.0 * self.thickness) ** 3) / 6

    @property
    def reach(self) -> tuple[float, float, float]:
        """Width, breadth and depth that it needs, mm."""
        return _ball(self.diameter, self.depth)


class Growing(Form):
    """The core of a tumour that grows at a steady speed and outgrows its supply: all but a rim (mm, h).

    It is `begin` wide when the injury begins and `end` wide after `over`.
    """

    begin: Depth = 0.0
    end: Length
    over: Duration
    rim: Length
    depth: Depth | None = None

    @model_validator(mode="after")
    def _grows(self) -> Growing:
        if self.end <= max(self.begin, 2.0 * self.rim):
            least = max(self.begin, 2.0 * self.rim)
            raise refusal(
                f"an `end` wider than its `begin` and twice its `rim`, {least:g} mm", f"{self.end:g} mm"
            )
        return self

    def core(self, since: float) -> float:
        """Diameter (mm) of what has no supply, so long (h) after it began."""
        grown = self.begin + (self.end - self.begin) * min(since / self.over, 1.0)
        return max(grown - 2.0 * self.rim, 0.0)

    @property
    def volume(self) -> float:
        """Of the core in the end, mm^3."""
        return math.pi * self.core(self.over) ** 3 / 6

    @property
    def reach(self) -> tuple[float, float, float]:
        """Width, breadth and depth that it needs, mm."""
        return _ball(self.end, self.depth)


class Patches(Form):
    """Balls, `patch` wide, at random places within a ball, which die one after the other (mm, h).

    As a fibroid degenerates, clump by clump.  The first dies when the injury begins, the last `over` later.
    The same `seed` gives the same places.
    """

    diameter: Length
    patch: Length
    number: Annotated[int, Field(ge=2, le=MOST_PATCHES)]
    over: Moment = 0.0
    seed: Annotated[int, Field(ge=0, le=2**32 - 1)] = 1
    depth: Depth | None = None

    @model_validator(mode="after")
    def _fit(self) -> Patches:
        if self.patch >= self.diameter:
            raise refusal(f"a `patch` narrower than {self.diameter:g} mm", f"{self.patch:g} mm")
        if len(self.places) < self.number:
            expected = f"patches that find room beside each other in {self.diameter:g} mm: fewer, or narrower"
            raise refusal(expected, f"{self.number} of {self.patch:g} mm")
        return self

    @cached_property
    def places(self) -> list[tuple[float, float, float]]:
        """Centres from that of the whole (mm); none if they do not fit."""
        placed = scattered(self.number, self.patch, self.diameter, self.seed)
        return [] if placed is None else [(x, y, z) for x, y, z in placed.tolist()]

    def moments(self) -> list[float]:
        """When each dies, from the first (h)."""
        return [self.over * k / (self.number - 1) for k in range(self.number)]

    @property
    def volume(self) -> float:
        """Of all of them, mm^3."""
        return self.number * math.pi * self.patch**3 / 6

    @property
    def reach(self) -> tuple[float, float, float]:
        """Width, breadth and depth that they need, mm."""
        return _ball(self.diameter, self.depth)


class Mask(Form):
    """A segmented image: its NIfTI file, which label, what the surface looks to, depth of its middle (mm)."""

    file: Annotated[NamedFile, Field(description="NIfTI, beside the case file")]
    label: Annotated[int | None, Field(ge=1, le=65535, description="else all that is above 0.5")] = None
    surface: Annotated[
        Literal["superior", "inferior", "anterior", "posterior", "left", "right"],
        Field(description="to which side of the image the surface of the block looks"),
    ] = "superior"
    depth: Depth | None = None

    _segment: Segment | None = PrivateAttr(None)

    def filled(self, segment: Segment) -> None:
        """Take what the file holds."""
        self._segment = segment

    @property
    def segment(self) -> Segment:
        """What the file holds."""
        assert self._segment is not None
        return self._segment

    @property
    def volume(self) -> float:
        """mm^3."""
        return self.segment.volume

    @property
    def reach(self) -> tuple[float, float, float]:
        """Width, breadth and depth that it needs, mm."""
        x, y, deep = self.segment.size(self.surface)
        return x, y, deep if self.depth is None else self.depth + 0.5 * deep


Region = Cone | Sphere | Line | Shell
Kind = Region | Growing | Patches | Mask
_KINDS = ("cone", "sphere", "line", "shell", "growing", "patches", "mask")


class Shape(Form):
    """The form of the injured patch: one of these."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1, "maxProperties": 1})

    cone: Cone | None = None
    sphere: Sphere | None = None
    line: Line | None = None
    shell: Shell | None = None
    growing: Growing | None = None
    patches: Patches | None = None
    mask: Mask | None = None

    @model_validator(mode="after")
    def _one(self) -> Shape:
        given = [name for name in _KINDS if getattr(self, name) is not None]
        if len(given) != 1:
            raise refusal(f"one shape of {', '.join(_KINDS)}", " and ".join(given) or "none")
        return self

    @cached_property
    def kind(self) -> Kind:
        """The one that is given."""
        given: list[Kind] = [one for name in _KINDS if (one := getattr(self, name)) is not None]
        return given[0]

    @property
    def volume(self) -> float:
        """mm^3."""
        return self.kind.volume


def _read_grid(entry: Any) -> Any:
    """Numbers of voxels along the surface (x, y) and down (z) of one, two or three that are given."""
    if isinstance(entry, tuple):
        return entry
    whole = isinstance(entry, list) and all(type(count) is int for count in entry)
    if not whole or not 1 <= len(entry) <= 3:
        raise refusal("one to three whole numbers of voxels, such as [64, 64, 64]", shown(entry))
    if not all(1 <= count <= MOST_EDGE for count in entry) or entry[0] < 2:
        raise refusal(f"2 to {MOST_EDGE} voxels along each edge", str(entry))
    if entry[0] % 2:
        raise refusal("an even number of voxels along the first edge", str(entry))
    if math.prod(entry) > MOST_VOXELS:
        limit = f"at most {MOST_VOXELS} voxels (128 x 128 x 128), of which each takes about 2 kB of memory"
        raise refusal(limit, f"{math.prod(entry)}")
    first, *rest = entry
    return (first, rest[0] if len(rest) == 2 else 1, rest[-1] if rest else 1)


Voxels = Annotated[
    tuple[int, int, int],
    BeforeValidator(
        _read_grid, json_schema_input_type=Annotated[list[int], Field(min_length=1, max_length=3)]
    ),
]


class Layer(Form):
    """A layer of a tissue under the one before."""

    tissue: str
    thickness: Length
