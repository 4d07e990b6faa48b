"""What did a simulation give?  A Run: arms, courses with units, findings, and how to repeat it."""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, ValuesView
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from calcis.body import CLAMPED
from calcis.errors import InputError, nearest
from calcis.parameters import ALL_SPECIES, Parameter
from calcis.results.fields import open_fields

if TYPE_CHECKING:
    import xarray

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Series:
    """One quantity over time: its unit and its values, shape (times,)."""

    unit: str
    values: Floats


@dataclass(frozen=True)
class Finding:
    """One sentence that the result says: level `info`, `warning` or `urgent`, with a source if it has one."""

    level: str
    text: str
    source: str | None = None


@dataclass(frozen=True)
class DoseMark:
    """When (h) which drug was given; `text` as a clinician reads it."""

    drug: str
    time: float
    text: str


@dataclass(frozen=True, eq=False)
class OrganMap:
    """Courses of the organs: their names, titles and volumes (L); times (h) are fewer than an arm's.

    The values of a series have the shape (places, times).
    """

    places: tuple[str, ...]
    titles: tuple[str, ...]
    volumes: Floats
    time: Floats
    series: Mapping[str, Series]

    @cached_property
    def dataset(self) -> xarray.Dataset:
        """Its courses over `place` and `time` (h), each with its unit in `attrs["units"]`."""
        import xarray

        axes = ("place", "time")
        variables = {name: (axes, one.values, {"units": one.unit}) for name, one in self.series.items()}
        coords = {
            "place": ("place", list(self.places)),
            "time": ("time", self.time, {"units": "h"}),
            "volume": ("place", self.volumes, {"units": "L"}),
        }
        return xarray.Dataset(variables, coords=coords)


@dataclass(frozen=True, eq=False)
class Arm:
    """One way to treat the case, and its course.

    `time` (h) is the same for all arms of a run.  `changes` are the numbers in which this arm differs
    from the run's `parameters`; `treatment` says in words what is done.  `lesion_facts` holds JSON
    values only, as does `organ_facts`.  `ledger` is defect / sum of absolute flows.  `failure` is a
    sentence, or None; after a failure the values are NaN.
    """

    name: str
    time: Floats
    body_series: Mapping[str, Series]
    lesion_series: Mapping[str, Series] | None = None
    lesion_facts: Mapping[str, Any] = field(default_factory=dict)
    doses: tuple[DoseMark, ...] = ()
    findings: tuple[Finding, ...] = ()
    ledger: Mapping[str, float] = field(default_factory=dict)
    failure: str | None = None
    changes: tuple[Parameter, ...] = ()
    treatment: tuple[str, ...] = ()
    organ_map: OrganMap | None = None
    organ_facts: Mapping[str, Any] = field(default_factory=dict)
    space: Mapping[str, Series] = field(default_factory=dict)  # over `space_time` (h), of the lesion in space
    space_time: Floats = field(default_factory=lambda: np.zeros(0))
    fields_at: tuple[Any, str] | None = None  # where zarr keeps its fields, and in which group

    @cached_property
    def body(self) -> xarray.Dataset:
        """Courses of the body over `time` (h), each with its unit in `attrs["units"]`."""
        return _dataset(self.time, self.body_series)

    @cached_property
    def lesion(self) -> xarray.Dataset | None:
        """Courses of the lesion, or None where the case has none."""
        return None if self.lesion_series is None else _dataset(self.time, self.lesion_series)

    @cached_property
    def fields(self) -> xarray.Dataset | None:
        """The lesion in space over `time` (h), `z`, `y` and `x` (mm), or None where the case has no grid.

        Read as it is asked for; z is the depth below the surface, and every variable has its unit in
        `attrs["units"]`.
        """
        return None if self.fields_at is None else open_fields(*self.fields_at)

    @property
    def organs(self) -> xarray.Dataset | None:
        """Courses of the organs over `place` and `time` (h), or None where none is simulated."""
        return None if self.organ_map is None else self.organ_map.dataset


@dataclass(frozen=True, eq=False)
class Run:
    """All arms of one case by name, as in a mapping, and everything that is needed to repeat it.

    `parameters` are the numbers used; `cite` the keys of references.bib behind them; `versions` those
    of Calcis, the libraries and the processor; `data` the sha256 of each data file; `limits` say what
    the models are known to get wrong, in sentences; `body` and `species` are those of the case.
    `individual` holds, as JSON values, the person who was found for its labs (calcis.individual).
    """

    title: str
    case_text: str
    arms: Mapping[str, Arm]
    parameters: tuple[Parameter, ...]
    cite: tuple[str, ...]
    versions: Mapping[str, str]
    data: Mapping[str, str]
    seed: int | None
    command: str
    limits: tuple[str, ...] = ()
    folder: Path | None = None
    body: str = ""
    species: str = "human"
    individual: Mapping[str, Any] | None = None

    @property
    def time(self) -> Floats:
        """Output times (h), the same in every arm."""
        return next(iter(self.arms.values())).time

    @property
    def every(self) -> float:
        """Hours between outputs; 0 for a single one."""
        return float(np.median(np.diff(self.time))) if len(self.time) > 1 else 0.0

    @property
    def status(self) -> str:
        """`done`, or `failed` if an arm failed."""
        return "failed" if any(arm.failure for arm in self.arms.values()) else "done"

    @property
    def assumed(self) -> tuple[Parameter, ...]:
        """The numbers that nobody measured."""
        return tuple(parameter for parameter in self.parameters if parameter.kind == "assumed")

    @property
    def clamped(self) -> bool:
        """Whether plasma or medium was given: no body made it."""
        return self.body == CLAMPED

    @property
    def ranged(self) -> bool:
        """Whether reference ranges, which are of people, are for this plasma: a person's own body made it."""
        return self.species == "human" and not self.clamped

    @property
    def borrowed(self) -> dict[str, tuple[Parameter, ...]]:
        """The numbers of other species than the case's, by species, the most first."""
        found: dict[str, list[Parameter]] = {}
        for parameter in self.parameters:
            if parameter.species not in (self.species, *ALL_SPECIES):
                found.setdefault(parameter.species, []).append(parameter)
        most = sorted(found.items(), key=lambda item: (-len(item[1]), item[0]))
        return {species: tuple(numbers) for species, numbers in most}

    def __iter__(self) -> Iterator[str]:
        return iter(self.arms)

    def __len__(self) -> int:
        return len(self.arms)

    def __contains__(self, arm: object) -> bool:
        return arm in self.arms

    def keys(self) -> KeysView[str]:
        """Names of the arms, in the order of the case."""
        return self.arms.keys()

    def values(self) -> ValuesView[Arm]:
        """The arms, in the order of the case."""
        return self.arms.values()

    def items(self) -> ItemsView[str, Arm]:
        """Names and arms, in the order of the case."""
        return self.arms.items()

    def __getitem__(self, arm: str) -> Arm:
        if arm not in self.arms:
            raise InputError("an arm of this run", repr(arm), nearest=nearest(arm, self.arms))
        return self.arms[arm]


def _dataset(time: Floats, courses: Mapping[str, Series]) -> xarray.Dataset:
    import xarray

    variables = {name: ("time", series.values, {"units": series.unit}) for name, series in courses.items()}
    return xarray.Dataset(variables, coords={"time": ("time", time, {"units": "h"})})
