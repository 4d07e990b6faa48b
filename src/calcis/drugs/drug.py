"""Which Part is a drug, what does it move in a body, and what does a body lack for it?  Read from its file.

    drug:
      kinetics: {law: compartments, unit: umol, scale: 1e-4, depots: [gut], renal: true}
      actions:
        resorption:                       # numbers: resorption_maximum ...; signal: NAME_on_resorption
          law: inhibits                   # one of calcis.drugs.action.LAWS
          by: zoledronate_bone            # a signal or state of the drug
          delayed: true
          on: {calcis: [bone_cells.resorption_factor]}    # of a body, of `tissue` (lesion and organs), or
                                                          # of a `lesion`, or of a site of calcis.drugs.sites
      waits: no law reads it yet          # instead of actions: why a drug without any may be given

`scale` is about 1e-5 of a usual dose, in `unit`: the solver's absolute tolerance comes from it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cache
from typing import Any

from calcis.drugs.acting import treated
from calcis.drugs.action import LAWS, Action, acting
from calcis.drugs.compartments import compartments
from calcis.drugs.own_hormone import own_hormone
from calcis.drugs.sites import SITES, in_tissue_by, sites_of
from calcis.errors import nearest
from calcis.parameters import check_keys, data_path, read_data
from calcis.part import Part
from calcis.reading import Document, Where, shown

KINETICS: Mapping[str, Callable[..., Part]] = {"compartments": compartments, "own hormone": own_hormone}
_PIECES = ("depots", "central", "peripheral", "renal", "bone", "target", "unbound", "first_pass")
TISSUE = "tissue"  # among the bodies in which an action moves something: lesion and organs
INJECTED = "lesion"  # the lesion alone, of what is injected into it
_KEYS = ("law", "by", "on", "signal", "unit", "delayed", "escape")


@cache
def drug_part(name: str) -> Part:
    """The Part of the drug that a case calls `name`."""
    document = _document(name)
    said = _chosen(document, ("drug", "kinetics"), KINETICS, ("law", "unit", "scale"), _PIECES)
    pieces = {key: value for key, value in said.items() if key != "law"} | {"scale": float(said["scale"])}
    part = KINETICS[said["law"]](name, **pieces)
    for action in drug_actions(name):
        if action.by not in part.gives and action.by not in part.states:
            where = ("drug", "actions", action.name, "by")
            known = [*part.gives, *part.states]
            raise document.error(where, f"one of {', '.join(known)}", action.by, nearest(action.by, known))
        part = acting(part, action)
    return part


@cache
def drug_actions(name: str) -> tuple[Action, ...]:
    """What a drug moves."""
    document = _document(name)
    actions: Any = document.data["drug"].get("actions", {})
    found = []
    for key in actions:
        where = ("drug", "actions", key)
        said = _chosen(document, where, LAWS, ("law", "by"), _KEYS)
        on = {body: tuple(targets) for body, targets in said.get("on", {}).items()}
        signal = said.get("signal", f"{name}_on_{key}")
        flags = {flag: bool(said.get(flag, False)) for flag in ("delayed", "escape")}
        found.append(Action(key, said["law"], said["by"], on, signal, said.get("unit", "1"), **flags))
    return tuple(found)


def drug_waits(name: str) -> str:
    """Why nothing answers to a drug yet; empty where something does."""
    return str(_document(name).data["drug"].get("waits", ""))


def absent(name: str, body: str, parts: Iterable[Part]) -> str:
    """What a body, of these parts, lacks for a drug, in words; empty where it lacks nothing."""
    parts, part, actions = list(parts), drug_part(name), drug_actions(name)
    given = {one for other in parts for one in other.gives}
    numbers = {f"{other.name}.{number}" for other in parts for number in other.parameters}
    lacking = [need for need in part.needs if need not in given | set(part.neutral)]
    if lacking:
        return f"it has no {lacking[0]}"
    for action in actions:
        missing = [target for target in action.on.get(body, ()) if target not in given | numbers]
        if missing:
            return f"it has no {missing[0]}"
    used = {one for other in parts for one in other.needs}
    acts = sites_of(actions) or any(
        action.on.get(body) or action.on.get(TISSUE) or action.on.get(INJECTED) for action in actions
    )
    if used & set(part.gives) or acts or drug_waits(name):
        return ""
    return "it has no law on which it acts"


def acts_on(name: str, place: str) -> bool:
    """Whether a drug moves something in a body, in tissue, or of a site."""
    return any(place in action.on for action in drug_actions(name))


def with_drugs(body: str, parts: Iterable[Part], names: Iterable[str]) -> list[Part]:
    """The parts of the body called `body`, with those of drugs in it and of the sites they act on."""
    names = list(names)
    sites = [one for site in _sites(names) for one in treated([SITES[site].part], _on(site, names))]
    return [*treated(parts, _on(body, names)), *sites, *(drug_part(name) for name in names)]


def in_tissue(
    parts: Iterable[Part], names: Iterable[str], *, lesion: bool = True
) -> tuple[list[Part], dict[str, str]]:
    """The parts of tissue, moved by drugs that are in the body; the drugs' signals that do it, with units.

    The signals are those of the lesion also where the tissue is none, but `lesion` false: organs.
    """
    names = list(names)
    actions = [*_on(TISSUE, names), *(one for site in _sites(names) for one in in_tissue_by(site))]
    injected = _on(INJECTED, names)
    signals = {action.signal: action.unit for _, action in (*actions, *injected)}
    return treated(parts, [*actions, *(injected if lesion else [])]), signals


def _on(place: str, names: Iterable[str]) -> list[tuple[str, Action]]:
    """What each drug moves in a body or in tissue, and by which action."""
    return [
        (target, action)
        for name in names
        for action in drug_actions(name)
        for target in action.on.get(place, ())
    ]


def _sites(names: Iterable[str]) -> list[str]:
    """The sites on which any of the drugs acts."""
    return sites_of(action for name in names for action in drug_actions(name))


def _document(name: str) -> Document:
    return read_data(data_path("drugs", f"{name}.yaml"))


def _chosen(
    document: Document,
    where: Where,
    laws: Mapping[str, Any],
    needed: tuple[str, ...],
    others: tuple[str, ...],
) -> dict[str, Any]:
    """What is said at `where`, of which `law` is one of `laws`."""
    check_keys(document, where, needed, (*needed, *others))
    said = document.at(where)
    if said["law"] not in laws:
        near = nearest(str(said["law"]), laws)
        raise document.error((*where, "law"), f"one of {', '.join(laws)}", shown(said["law"]), near)
    return dict(said)
