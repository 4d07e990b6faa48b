"""What does a lesion take from the blood, and what does it give back?"""

from __future__ import annotations

from functools import partial
from typing import Any

from calcis.elementary import Value
from calcis.part import Part, Signal

# What the body loses to the lesion (mmol/h) -> what a litre of tissue takes up.  A body has no acid to give:
# of the tissue's acid it takes no notice.
TAKEN = {
    "calcium_uptake_tissue": "calcium_from_plasma",
    "phosphate_uptake_tissue": "phosphate_from_plasma",
}


def uptake(volume: float) -> Part:
    """The part by which a lesion of this volume (L) and a body are one model."""
    return Part(
        name="uptake",
        needs=dict.fromkeys(TAKEN.values(), "mmol/L/h"),
        gives={loss: Signal("mmol/h", partial(_whole, flow, volume)) for loss, flow in TAKEN.items()},
    )


def _whole(flow: str, volume: float, v: Any) -> Value:
    """What the whole lesion takes, volume · flow per litre."""
    return volume * getattr(v, flow)
