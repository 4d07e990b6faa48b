"""How supersaturated is the tissue fluid, with respect to amorphous mineral and to apatite?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from calcis.chemistry.saturation import PARAMETERS, RANGE, log_activities, ten_to
from calcis.elementary import Value
from calcis.parameters import data_path, read_parameters
from calcis.part import Part, Signal
from calcis.wording import listed

_IONS = {"calcium": "free calcium", "phosphate": "phosphate", "ph": "pH"}


def _fluid(v: Any) -> dict[str, Value]:
    return log_activities(v, v.calcium_tissue, v.phosphate_tissue, v.ph_tissue)


def saturation_amorphous(v: Any) -> Value:
    """Saturation index of amorphous calcium phosphate, per Ca₃(PO₄)₂·3H₂O."""
    fluid = _fluid(v)
    product = 3.0 * fluid["calcium"] + 2.0 * fluid["phosphate"] + 3.0 * fluid["H2O"]
    return product - v.amorphous_log_ksp


def saturation_octacalcium(v: Any) -> Value:
    """Saturation index of octacalcium phosphate, per Ca₄H(PO₄)₃·2.5H₂O."""
    fluid = _fluid(v)
    product = 4.0 * fluid["calcium"] + 3.0 * fluid["phosphate"] + fluid["hydrogen"] + 2.5 * fluid["H2O"]
    return product - v.octacalcium_log_ksp


def saturation_apatite(v: Any) -> Value:
    """Saturation index of hydroxyapatite, per Ca₅(PO₄)₃OH."""
    fluid = _fluid(v)
    return 5.0 * fluid["calcium"] + 3.0 * fluid["phosphate"] + fluid["OH-"] - v.apatite_log_ksp


def ion_product_relative(v: Any) -> Value:
    """Activity product a(Ca²⁺)·a(PO₄³⁻), as a multiple of that in the reference fluid."""
    fluid = _fluid(v)
    return ten_to(fluid["calcium"] + fluid["phosphate"] - v.reference_product)


SATURATION = Part(
    name="saturation",
    parameters=PARAMETERS,
    needs={"calcium_tissue": "mmol/L", "phosphate_tissue": "mmol/L", "ph_tissue": "1"},
    gives={
        "saturation_amorphous": Signal("1", saturation_amorphous),
        "saturation_octacalcium": Signal("1", saturation_octacalcium),
        "saturation_apatite": Signal("1", saturation_apatite),
        "ion_product_relative": Signal("1", ion_product_relative),
    },
)


def extrapolated(courses: Mapping[str, np.ndarray]) -> str:
    """What in a lesion's fluid left the range for which saturation was computed, in words; "" if nothing."""
    limits, said = saturation_limits(), []
    for name, title in _IONS.items():
        low, high = (limits[f"{end}_{name}"] for end in ("lowest", "highest"))
        least, most = (float(end(courses[f"{name}_tissue"])) for end in (np.min, np.max))
        if least < low or most > high:
            unit = "" if name == "ph" else " mmol/L"
            reached = most if most > high else least
            said.append(f"{title} of {reached:.3g}{unit} (computed for {low:g} to {high:g})")
    return f"The fluid of the lesion had {listed(said)}; saturation is extrapolated there." if said else ""


@cache
def saturation_limits() -> dict[str, float]:
    """Lowest and highest free calcium, phosphate (mmol/L) and pH for which saturation was computed."""
    found = read_parameters(data_path("chemistry", "saturation_range.yaml"))
    return {name: found[f"saturation_range.{name}"].value for name in RANGE}
