"""How supersaturated is the tissue fluid, with respect to amorphous mineral and to apatite?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

import numpy as np

from calcis.chemistry.saturation import PARAMETERS, RANGE, log_activities, ten_to
from calcis.elementary import Value
from calcis.parameters import data_path, read_parameters
from calcis.part import Law, Part, Signal
from calcis.wording import listed

_IONS = {"calcium": "free calcium", "phosphate": "phosphate", "ph": "pH"}


def _log_activity(ion: str) -> Law:
    """The law of lg of the activity (mol/L) of an ion in the fluid of the tissue."""

    def law(v: Any) -> Value:
        return log_activities(v, v.calcium_tissue, v.phosphate_tissue, v.ph_tissue)[ion]

    return law


def saturation_amorphous(v: Any) -> Value:
    """Saturation index of amorphous calcium phosphate, per Ca₃(PO₄)₂·3H₂O."""
    product = 3.0 * v.calcium_log_activity + 2.0 * v.phosphate_log_activity + 3.0 * v.water_log_activity
    return product - v.amorphous_log_ksp


def saturation_octacalcium(v: Any) -> Value:
    """Saturation index of octacalcium phosphate, per Ca₄H(PO₄)₃·2.5H₂O."""
    ions = 4.0 * v.calcium_log_activity + 3.0 * v.phosphate_log_activity - v.ph_tissue
    return ions + 2.5 * v.water_log_activity - v.octacalcium_log_ksp


def saturation_apatite(v: Any) -> Value:
    """Saturation index of hydroxyapatite, per Ca₅(PO₄)₃OH."""
    product = 5.0 * v.calcium_log_activity + 3.0 * v.phosphate_log_activity + v.hydroxide_log_activity
    return product - v.apatite_log_ksp


def ion_product_relative(v: Any) -> Value:
    """Activity product a(Ca²⁺)·a(PO₄³⁻), as a multiple of that in the reference fluid."""
    return ten_to(v.calcium_log_activity + v.phosphate_log_activity - v.reference_product)


SATURATION = Part(
    name="saturation",
    parameters=PARAMETERS,
    needs={"calcium_tissue": "mmol/L", "phosphate_tissue": "mmol/L", "ph_tissue": "1"},
    gives={
        "calcium_log_activity": Signal("1", _log_activity("calcium")),
        "phosphate_log_activity": Signal("1", _log_activity("phosphate")),
        "hydroxide_log_activity": Signal("1", _log_activity("OH-")),
        "saturation_amorphous": Signal("1", saturation_amorphous),
        "saturation_octacalcium": Signal("1", saturation_octacalcium),
        "saturation_apatite": Signal("1", saturation_apatite),
        "ion_product_relative": Signal("1", ion_product_relative),
    },
)


def add_saturation(v: Any) -> Any:
    """A scope that has what SATURATION needs and its numbers, now also with all that it gives."""
    for name, signal in SATURATION.gives.items():
        setattr(v, name, signal.law(v))
    return v


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
