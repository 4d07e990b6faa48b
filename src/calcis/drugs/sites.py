"""On what of a body do drugs act that no body here has?  Parts that join a body when a drug acts on them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from calcis.drugs.action import Action
from calcis.drugs.circulation import CIRCULATION
from calcis.drugs.gla_proteins import GLA_PROTEINS
from calcis.part import Part


@dataclass(frozen=True)
class Site:
    """A Part on which drugs act; `tissue`: which of its signals multiplies which numbers of tissue."""

    part: Part
    tissue: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


SITES: Mapping[str, Site] = MappingProxyType(
    {
        "circulation": Site(CIRCULATION),
        "gla_proteins": Site(
            GLA_PROTEINS, {"gla_unfinished_relative": ("mineral.growth_living", "mineral.elastin_rate")}
        ),
    }
)


def sites_of(actions: Iterable[Action]) -> list[str]:
    """The sites on which any of the actions is."""
    named = {place for action in actions for place in action.on}
    return [name for name in SITES if name in named]


def in_tissue_by(site: str) -> list[tuple[str, Action]]:
    """What a site moves in tissue: its signal is itself the factor, 1 as long as nothing moves it."""
    return [
        (target, Action(site, "stimulates", signal, {}, signal))
        for signal, targets in SITES[site].tissue.items()
        for target in targets
    ]
