"""What does an operation do to a lesion?  It takes part of it along, and what is left is a wound.

The wound is an injury like any other: it heals or calcifies as the tissue and its blood have it.  Numbers of
the kinds stand in data/surgery.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from calcis.elementary import Value
from calcis.tissue.injuries import Move, jump

KINDS: Mapping[str, str] = {
    "excise": "Cuts the whole patch out and closes the wound with what is around, hurt at the seam.",
    "debulk": "Takes a share of the deposit, and some of the living tissue with it.",
    "curette": "Scrapes a share of the deposit out, and all that is dead and soft in that share.",
    "laser": "Turns a share of the deposit to vapour; heat kills at the edges.",
    "lithotripsy": "Shatters a share of the deposit by shock waves; what is shattered is taken as gone.",
}
_NUMBERS = ("takes_mineral", "takes_dead", "takes_living", "killed", "flow_left")
PARAMETERS = {kind: dict.fromkeys(_NUMBERS, "1") for kind in KINDS}  # as the data file names them
PARAMETERS["excise"]["seam"] = "mm"

CLOSED = "excise"  # the kind of which the wound is closed with tissue of around
WOUND = "trauma"  # the kind of injury as which its dead count
_LOST = "capillaries.flow_lost"
_STAYS = ("interstitial_fluid", "capillaries", "ledger")
_LIVING = ("parenchyma.living", "parenchyma.scar", "ossification.osteogenic", "ingrowth.progenitors")
_MINERAL = ("mineral.", "fat.soap")


def moves(kind: str, share: float, parameters: Mapping[str, Value], states: Iterable[str]) -> list[Move]:
    """All that an operation does at once to the dotted `states` of the tissue.

    `share` (0..1) of the lesion is taken.  `parameters` holds the numbers of the kind and of the injury WOUND
    by dotted name, and those that `calcis.tissue.injuries.jump` asks for.
    """
    takes = {what: share * parameters[f"{kind}.takes_{what}"] for what in ("mineral", "dead", "living")}
    found = []
    for state in states:
        if state.partition(".")[0] in _STAYS:
            continue
        what = "mineral" if state.startswith(_MINERAL) else "living" if state in _LIVING else "dead"
        found.append(Move(0.0, state, -takes[what], state))
    hurt = jump(WOUND, parameters[f"{kind}.killed"], parameters)
    if kind == CLOSED:  # healthy tissue of around, and what of it is killed
        found.append(Move(0.0, "parenchyma.living", share))
        found.append(Move(0.0, "leukocytes.reparative", share * _resident(parameters)))
        found += [Move(0.0, target, share * factor) for target, _, factor in hurt]
    else:
        left = 1.0 - takes["living"]
        found += [Move(0.0, target, factor * left, source) for target, source, factor in hurt]
    flow = parameters[f"{kind}.flow_left"]  # lost becomes lost + (1 - flow)·(1 - lost)
    if kind == CLOSED:
        flow = 1.0 - share * (1.0 - flow)
    found += [Move(0.0, _LOST, 1.0 - flow), Move(0.0, _LOST, flow - 1.0, _LOST)]
    return found


def _resident(p: Mapping[str, Value]) -> Value:
    """Macrophages of healthy tissue, per mm³."""
    return (
        p["leukocytes.resident_macrophages"]
        * p["leukocytes.macrophage_competence"]
        * (1.0 - p["parenchyma.fixed"])
    )
