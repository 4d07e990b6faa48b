"""What does an injury do to tissue?  It kills cells, and its kind may stop blood, bring microbes or a salt.

An injury is a few linear jumps of the states at its time or a given time after; what follows is the tissue's
own doing.  The numbers of the kinds stand in data/injuries.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from calcis.elementary import Value
from calcis.errors import InputError, nearest


@dataclass(frozen=True)
class Kind:
    """A kind of injury: what it does, and the keys that a case may give to it alone, with an example each."""

    what: str
    keys: Mapping[str, str] = field(default_factory=dict)


KINDS: Mapping[str, Kind] = {
    "bite": Kind("An insect's saliva or venom kills, and spares vessels: so far in the numbers of a toxin."),
    "toxin": Kind("A muscle toxin, such as cardiotoxin, kills, and spares vessels."),
    "freezing": Kind("Freezing and thawing kills: so far in the numbers of a toxin."),
    "fixation": Kind("A fixative such as glutaraldehyde kills all; with parenchyma.fixed 1, an implant."),
    "trauma": Kind(
        "Force kills and tears vessels: `flow`, the share of blood flow left, comes back as new ones grow.",
        {"flow": "0.5"},
    ),
    "ischaemia": Kind(
        "Blood flow falls to the share `flow` (0) at once, and cells die after ischaemia.survival_time, or "
        "when flow returns if that is earlier.  It returns at once after `lasts`, and else as vessels grow.",
        {"flow": "0.1", "lasts": "5.5 h"},
    ),
    "infection": Kind(
        "`microbes` (density, 1/mm^3) come in; they grow, kill cells and call leukocytes, which kill them.",
        {"microbes": "1000 1/mm^3"},
    ),
    "fat_necrosis": Kind(
        "Fat cells die, and lipase has set free the share `freed` (0.5) of their fat, which binds calcium.",
        {"freed": "0.2"},
    ),
    "injection": Kind(
        "A needle kills, and leaves `calcium` or `phosphate` (mmol) in the fluid of the patch, "
        "as when an infusion of calcium gluconate (0.22 mmol per mL) runs beside the vein.",
        {"calcium": "0.4 mmol", "phosphate": "0.4 mmol"},
    ),
}

_SHARES = {"apoptotic_share": "1", "mitochondria_share": "1", "phosphate_share": "1", "flow_left": "1"}
_OWN = {"ischaemia": {"survival_time": "h"}, "infection": {"inoculum": "1/mm^3"}}
_OWN |= {"fat_necrosis": {"freed_share": "1"}, "freezing": {"stem_cells_left": "1"}}
PARAMETERS = {kind: _SHARES | _OWN.get(kind, {}) for kind in KINDS}  # as a data file of injuries names them

_LOST = "capillaries.flow_lost"

Jump = list[tuple[str, str | None, Value]]


@dataclass(frozen=True)
class Move:
    """A jump, `after` h after the injury: new[target] += factor·old[source], += factor where that is None."""

    after: float
    target: str
    factor: Value
    source: str | None = None


def moves(
    kind: str, killed: float, parameters: Mapping[str, Value], given: Mapping[str, float] | None = None
) -> list[Move]:
    """All that an injury does, in the order of time; targets and sources are dotted states.

    `killed` and `parameters` as for `jump`, and `interstitial_fluid.fluid_share`.  `given` are keys of
    the kind: flow (share left, 0..1), lasts (h), microbes (1/mm^3), freed (share of fat, 0..1), calcium and
    phosphate (mmol per litre of tissue).  Raises InputError for an unknown kind, a key of another, and shares
    outside 0..1.
    """
    given = given or {}
    killing = jump(kind, killed, parameters, given.get("freed"))
    for key in given:
        if key not in KINDS[kind].keys:
            raise InputError(f"a key of {kind}: {', '.join(KINDS[kind].keys) or 'none'}", repr(key))
    flow = _share("a share of flow", given.get("flow", parameters[f"{kind}.flow_left"]))
    lasts = given.get("lasts", math.inf)
    dying = min(parameters["ischaemia.survival_time"], lasts) if kind == "ischaemia" else 0.0
    found = [Move(dying, target, factor, source) for target, source, factor in killing]
    if flow < 1.0:  # lost becomes lost + (1 - flow)·(1 - lost)
        found += [Move(0.0, _LOST, 1.0 - flow), Move(0.0, _LOST, flow - 1.0, _LOST)]
    if lasts < math.inf:
        found.append(Move(lasts, _LOST, -1.0, _LOST))
    if kind == "infection":
        found.append(Move(0.0, "microbes.density", given.get("microbes", parameters["infection.inoculum"])))
    for salt in ("calcium", "phosphate"):
        if salt in given:
            dissolved = given[salt] / parameters["interstitial_fluid.fluid_share"]
            found.append(Move(0.0, f"interstitial_fluid.{salt}", dissolved))
    return sorted(found, key=lambda move: move.after)


def jump(kind: str, killed: float, parameters: Mapping[str, Value], freed: Value | None = None) -> Jump:
    """How the cells die: (target, source, coefficient), new[target] += coefficient·old[source].

    `killed` is the share of living tissue killed, 0..1: it becomes dead tissue (or apoptotic cells),
    whose mitochondria and phosphate come with it.  `parameters` holds the kind's shares by dotted name,
    such as "bite.apoptotic_share", `debris.organic_phosphate_content` and `fat.fat_content` (mmol/L).
    `freed` is the share of their fat that lipase has set free (default: what the kind says, if it does).

    Raises InputError for an unknown kind and a share outside 0..1.
    """
    if kind not in KINDS:
        raise InputError(f"an injury of kind {', '.join(KINDS)}", repr(kind), nearest=nearest(kind, KINDS))
    _share("a killed share", killed)
    apoptotic = killed * parameters[f"{kind}.apoptotic_share"]
    necrotic = killed - apoptotic
    phosphate = parameters["debris.organic_phosphate_content"] * parameters[f"{kind}.phosphate_share"]
    if freed is None:
        freed = parameters[f"{kind}.freed_share"] if "freed_share" in PARAMETERS[kind] else 0.0
    _share("a share of fat", freed)
    fat = necrotic * parameters["fat.fat_content"]
    gains = {
        "parenchyma.living": -killed,
        "parenchyma.apoptotic": apoptotic,
        "debris.dead": necrotic,
        "debris.mitochondria": necrotic * parameters[f"{kind}.mitochondria_share"],
        "debris.alarmin": necrotic,
        "debris.organic_phosphate": necrotic * phosphate,
        "fat.lipid": fat * (1.0 - freed),
        "fat.fatty_acid": fat * freed,
    }
    return [(target, "parenchyma.living", gain) for target, gain in gains.items()]


def _share(what: str, value: Value) -> Value:
    if not 0.0 <= value <= 1.0:
        raise InputError(f"{what} from 0 to 1", repr(value))
    return value
