"""How supersaturated is a body fluid?  Without a speciation solver: log-linear in Ca, P and pH.

At 37 °C and the ionic strength of plasma, saturation indices are almost exactly linear in the
logarithms of free calcium and total phosphate and quadratic in pH.  Coefficients were computed
with PHREEQC and minteq.v4 constants on 210 points; they stand in data/chemistry/saturation.yaml
with their sources.  A threshold fitted in one database must never be used with another.

Range: pH 6.6-7.8, free calcium 0.6-2.6 mmol/L, phosphate 0.6-4 mmol/L, free magnesium about
0.4 mmol/L; largest error there 0.03 (apatite), 0.02 (amorphous).  Outside it is extrapolation.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from calcis.elementary import Value, exp, log10, maximum

_LN10 = math.log(10.0)
_POOREST = 1e-9  # mmol/L; a fluid poorer than this is undersaturated in everything, logarithms stop here
_SLOPES = ("at_reference", "calcium_slope", "phosphate_slope", "ph_slope", "ph_curvature")

REFERENCE = {"reference_calcium": "mmol/L", "reference_phosphate": "mmol/L", "reference_ph": "1"}
RANGE = {
    "lowest_calcium": "mmol/L",
    "highest_calcium": "mmol/L",
    "lowest_phosphate": "mmol/L",
    "highest_phosphate": "mmol/L",
    "lowest_ph": "1",
    "highest_ph": "1",
}


def ten_to(x: Value) -> Value:
    """10 to the power x."""
    return exp(_LN10 * x)


def coefficient_names(quantity: str) -> dict[str, str]:
    """Parameter name -> unit of the five coefficients of one quantity, such as "apatite"."""
    return {f"{quantity}_{slope}": "1" for slope in _SLOPES}


@dataclass(frozen=True)
class Departure:
    """How far a fluid is from the reference fluid: lg(Ca/Ca₀), lg(P/P₀), pH - pH₀."""

    calcium: Value
    phosphate: Value
    ph: Value


def departure(v: Any, calcium: Value, phosphate: Value, ph: Value) -> Departure:
    """Departure of a fluid of free calcium and total phosphate (mmol/L) from the reference in `v`."""
    return Departure(
        log10(maximum(calcium, _POOREST) / v.reference_calcium),
        log10(maximum(phosphate, _POOREST) / v.reference_phosphate),
        ph - v.reference_ph,
    )


def log_linear(v: Any, quantity: str, fluid: Departure) -> Value:
    """lg of a quantity: a + b·lg(Ca/Ca₀) + c·lg(P/P₀) + d·ΔpH + e·ΔpH², coefficients named in `v`.

    For a mineral this is its saturation index, lg(ion activity product / solubility product).
    """
    a, b, c, d, e = (getattr(v, f"{quantity}_{slope}") for slope in _SLOPES)
    return a + b * fluid.calcium + c * fluid.phosphate + (d + e * fluid.ph) * fluid.ph


def within_range(v: Any, calcium: Value, phosphate: Value, ph: Value) -> Value:
    """Whether the surrogate was fitted there (arrays give arrays); `v` holds the limits of RANGE."""
    return (
        (calcium >= v.lowest_calcium)
        & (calcium <= v.highest_calcium)
        & (phosphate >= v.lowest_phosphate)
        & (phosphate <= v.highest_phosphate)
        & (ph >= v.lowest_ph)
        & (ph <= v.highest_ph)
    )
