"""How supersaturated is the tissue fluid, with respect to amorphous mineral and to apatite?"""

from __future__ import annotations

from typing import Any

from calcis.chemistry.saturation import REFERENCE, Departure, coefficient_names, departure, log_linear, ten_to
from calcis.elementary import Value
from calcis.part import Part, Signal


def _fluid(v: Any) -> Departure:
    return departure(v, v.calcium_tissue, v.phosphate_tissue, v.ph_tissue)


def saturation_amorphous(v: Any) -> Value:
    """Saturation index of amorphous calcium phosphate, per Ca₃(PO₄)₂ (pK 25.7)."""
    return log_linear(v, "amorphous", _fluid(v))


def saturation_apatite(v: Any) -> Value:
    """Saturation index of hydroxyapatite, per Ca₅(PO₄)₃OH."""
    return log_linear(v, "apatite", _fluid(v))


def ion_product_relative(v: Any) -> Value:
    """Activity product a(Ca²⁺)·a(PO₄³⁻), as a multiple of that in the reference fluid."""
    return ten_to(log_linear(v, "product", _fluid(v)))


SATURATION = Part(
    name="saturation",
    parameters={
        **REFERENCE,
        **coefficient_names("amorphous"),
        **coefficient_names("apatite"),
        **coefficient_names("product"),
    },
    needs={"calcium_tissue": "mmol/L", "phosphate_tissue": "mmol/L", "ph_tissue": "1"},
    gives={
        "saturation_amorphous": Signal("1", saturation_amorphous),
        "saturation_apatite": Signal("1", saturation_apatite),
        "ion_product_relative": Signal("1", ion_product_relative),
    },
)
