"""How much klotho do the kidneys have, without which FGF23 does not act on them?"""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value, maximum, power
from calcis.part import Part, Signal, State


def _wanted(v: Any) -> Value:
    """Klotho at which it settles, over normal: f·nᵏ, lost with the nephrons n."""
    return v.klotho_factor * power(v.nephrons_relative, v.nephron_exponent)


KLOTHO = Part(
    name="klotho",
    states={"klotho": State("1", lambda v: 1.0, scale=1e-3)},
    parameters={"klotho_factor": "1", "nephron_exponent": "1", "klotho_time": "h", "klotho_floor": "1"},
    needs={"nephrons_relative": "1", "fgf23_relative": "1"},
    gives={
        "klotho_relative": Signal("1", lambda v: maximum(v.klotho, v.klotho_floor)),
        "klotho_wanted": Signal("1", _wanted),
        # What tubule and hydroxylases take for FGF23: the hormone with its co-receptor.
        "fgf23_action": Signal("1", lambda v: maximum(v.fgf23_relative * v.klotho_relative, v.klotho_floor)),
    },
    rates=lambda v: {"klotho": (v.klotho_wanted - v.klotho) / v.klotho_time},
)
