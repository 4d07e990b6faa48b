"""What does an injury do to tissue?  It kills a share of the living cells, at once.

An injury is a linear jump of the states: the killed part of living tissue becomes dead tissue
(or apoptotic cells), whose mitochondria and phosphate come with it.  Kinds differ in shares alone,
which stand in data/injuries.
"""

from __future__ import annotations

from collections.abc import Mapping

from calcis.elementary import Value
from calcis.errors import InputError, nearest

KINDS = ("bite", "toxin", "freezing", "fixation")

SHARES = {"apoptotic_share": "1", "mitochondria_share": "1", "phosphate_share": "1"}
PARAMETERS = dict.fromkeys(KINDS, SHARES)  # as a data file of injuries names them

Jump = list[tuple[str, str | None, Value]]


def jump(kind: str, killed: float, parameters: Mapping[str, Value]) -> Jump:
    """The jump of an injury: (target, source, coefficient), new[target] += coefficient·old[source].

    Targets and sources are dotted states; a source of None means 1, a constant.  `killed` is the
    share of living tissue killed, 0..1.  `parameters` holds the kind's shares by dotted name,
    such as "bite.apoptotic_share", and `debris.organic_phosphate_content` (mmol/L).

    Raises InputError for an unknown kind and a share outside 0..1.
    """
    if kind not in KINDS:
        raise InputError(f"an injury of kind {', '.join(KINDS)}", repr(kind), nearest=nearest(kind, KINDS))
    if not 0.0 <= killed <= 1.0:
        raise InputError("a killed share from 0 to 1", repr(killed))
    apoptotic = killed * parameters[f"{kind}.apoptotic_share"]
    necrotic = killed - apoptotic
    phosphate = parameters["debris.organic_phosphate_content"] * parameters[f"{kind}.phosphate_share"]
    gains = {
        "parenchyma.living": -killed,
        "parenchyma.apoptotic": apoptotic,
        "debris.dead": necrotic,
        "debris.mitochondria": necrotic * parameters[f"{kind}.mitochondria_share"],
        "debris.organic_phosphate": necrotic * phosphate,
    }
    return [(target, "parenchyma.living", gain) for target, gain in gains.items()]
