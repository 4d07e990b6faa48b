"""What is known of the person who was found: levels, changes, how sure, what else, what does not fit?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass(frozen=True)
class Level:
    """One quantity of the person who was found, in the unit of its signal.

    `measured`, with its lab's name and the spread of the lab in an unchanged person, where it was measured;
    `off` is simulated less measured in such spreads.  `spread` and `unsure` are standard deviations of the
    natural logarithm; `unsure` is what remains open of the simulated value, given the labs (99: all).
    """

    signal: str
    unit: str
    simulated: float
    unsure: float
    lab: str = ""
    measured: float | None = None
    spread: float | None = None
    off: float | None = None


@dataclass(frozen=True)
class Moved:
    """One change of the person: what is different, and the numbers (dotted name, value, unit, normal value).

    `sort` says whether healthy persons differ so (`variation`), disease does it (`disease`), a disease of the
    case left it open (`argument`), it was measured (`measured`), or a lab is set `aside` as wrong.  `factor`
    is the value over normal (None where there is normally none of it); `unsure` the standard deviation of its
    natural logarithm, or of the value over itself where there is no factor; `size` by how many standard
    deviations among such persons it is away from normal.
    """

    title: str
    sort: str
    numbers: tuple[tuple[str, float, str, float], ...]
    factor: float | None
    unsure: float
    size: float = 0.0


@dataclass(frozen=True)
class Other:
    """Another set of changes that fits nearly as well: how much more it costs, and which lab is off most."""

    changes: tuple[Moved, ...]
    more: float
    lab: str
    off: float


@dataclass(frozen=True)
class Individual:
    """The person whose state matches the labs of a case by the fewest plausible changes.

    `hours` is for how long the body has lived so when the run begins, `told` whether the case says that.
    `levels` are measured, `unseen` not.  `cost` is what misfit and changes cost together, `without_disease`
    that of the best person without the diseases of the case (None where it has none), who has the labs
    `aside_without_disease` set aside.  `plain` has the labs
    that do not match with these diseases alone, and what they would be.  `misfit` names the labs that do not
    match with all changes; `aside` those that are set aside as wrong, and what each contradicts: other labs,
    itself where it cannot be had with what the case gives, nothing alone where it is all others together.
    `unused`: lab and why.
    """

    hours: float
    told: bool
    levels: tuple[Level, ...]
    changes: tuple[Moved, ...]
    unseen: tuple[Level, ...]
    others: tuple[Other, ...]
    cost: float
    without_disease: float | None = None
    aside_without_disease: tuple[str, ...] = ()
    plain: Mapping[str, float] = field(default_factory=dict)
    misfit: tuple[str, ...] = ()
    aside: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    unused: Mapping[str, str] = field(default_factory=dict)

    def described(self) -> dict[str, Any]:
        """All of it as JSON values."""
        return asdict(self)

    @staticmethod
    def of(described: Mapping[str, Any]) -> Individual:
        """What `described` gave, also after it went through JSON."""
        given = dict(described)
        for name in ("levels", "unseen"):
            given[name] = tuple(Level(**one) for one in given[name])
        given["changes"] = tuple(_moved(one) for one in given["changes"])
        given["others"] = tuple(
            Other(**{**one, "changes": tuple(_moved(change) for change in one["changes"])})
            for one in given["others"]
        )
        for name in ("misfit", "aside_without_disease"):
            given[name] = tuple(given[name])
        given["aside"] = {lab: tuple(labs) for lab, labs in given["aside"].items()}
        return Individual(**given)


def _moved(described: Mapping[str, Any]) -> Moved:
    numbers = tuple((str(name), value, str(unit), own) for name, value, unit, own in described["numbers"])
    return Moved(**{**described, "numbers": numbers})
