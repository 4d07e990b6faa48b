"""When does calcium phosphate form in the tissue, how does it grow, and what removes it?

Above a threshold of saturation an amorphous precursor forms; it turns into apatite, which grows.
Apatite never dissolves on its own while the fluid is supersaturated, and body fluids always are:
only cells that make acid remove it, from its surface.

The threshold law [s - 1]₊ is smoothed to δ·ln(1 + exp((s - 1)/δ)) with δ = 0.001 in s.  Against
the sharp law this moves mineral by at most 0.1 % in the experiments where it forms at the threshold
(fixed implants) and by far less elsewhere; the threshold is not known to a per cent.  One voxel can
be solved with either law; on a grid, linearly implicit steps stall at the sharp one.
"""

from __future__ import annotations

from typing import Any

from calcis.chemistry.saturation import ten_to
from calcis.elementary import Value, exp, log, log10, maximum
from calcis.part import Part, Signal, State


def _softplus(x: Value) -> Value:
    """ln(1 + eˣ), without overflow."""
    return maximum(x, 0.0) + log(1.0 + exp(-maximum(x, -x)))


def saturation_threshold(v: Any) -> Value:
    """Saturation index above which amorphous mineral forms, t₀ + lg(1 + PPi/K) - Δ·w.

    Pyrophosphate raises it, the dead environment w (membranes, bare elastin) lowers it.
    """
    inhibition = log10(1.0 + maximum(v.pyrophosphate_tissue, 0.0) / v.threshold_half_pyrophosphate)
    return v.threshold + inhibition - v.membrane_shift * v.dead_environment


def saturation_relative(v: Any) -> Value:
    """Concentration of the ions as a multiple of that at which amorphous mineral forms, s: per ion."""
    return v.supersaturation_above_threshold + 1.0


def supersaturation_above_threshold(v: Any) -> Value:
    """s - 1, with s = 10^((saturation index - threshold)/5): per ion of Ca₃(PO₄)₂, 0 at the threshold."""
    return ten_to((v.saturation_amorphous - v.saturation_threshold) / v.amorphous_ions) - 1.0


def amorphous_formation(v: Any) -> Value:
    """Amorphous mineral formed (mmol Ca per L tissue and h), (n_D·D + n_L·(1 - D))·[s - 1]₊."""
    sites = v.nucleation_dead * v.dead_fraction + v.nucleation_living * (1.0 - v.dead_fraction)
    return sites * v.smoothing * _softplus(v.supersaturation_above_threshold / v.smoothing)


def amorphous_redissolution(v: Any) -> Value:
    """Amorphous mineral dissolved below the threshold (mmol/L/h), k·Z·[1 - s]₊."""
    below = v.smoothing * _softplus(-v.supersaturation_above_threshold / v.smoothing)
    return v.redissolution_rate * v.amorphous * below


def amorphous_conversion(v: Any) -> Value:
    """Amorphous mineral that turns into apatite (mmol/L/h), k·Z/(1 + PPi/K)."""
    inhibition = 1.0 + maximum(v.pyrophosphate_tissue, 0.0) / v.conversion_half_pyrophosphate
    return v.conversion_rate * v.amorphous / inhibition


def apatite_growth(v: Any) -> Value:
    """Growth of apatite (mmol/L/h), θ·k·(a_Ca·a_PO₄)·(1 - 10^(-SI/9))₊·g·(1 - Z/Zmax)₊·(Z_H - Z₀)₊.

    g, what inhibitors leave: (g_L + (g_D - g_L)·w)/(1 + PPi/K); the product is relative to plasma.
    Less than Z₀, some 10⁵ crystals per mm³, does not grow: 0 would be unstable, and rounding would seed.
    """
    uninhibited = v.growth_living + (v.growth_dead - v.growth_living) * v.dead_environment
    inhibition = 1.0 + maximum(v.pyrophosphate_tissue, 0.0) / v.growth_half_pyrophosphate
    drive = maximum(1.0 - ten_to(-v.saturation_apatite / v.apatite_ions), 0.0)
    room = maximum(1.0 - v.mineral_total / v.mineral_highest, 0.0)
    speed = v.growth_temperature_factor * v.growth_rate * v.ion_product_relative
    seeds = maximum(v.apatite - v.growth_least_apatite, 0.0)
    return speed * drive * uninhibited / inhibition * room * seeds


def apatite_resorption(v: Any) -> Value:
    """Apatite dissolved by acid-making cells (mmol/L/h); 1/(1 + (Z/Zₛ)³) of it is in reach."""
    relative = maximum(v.apatite, 0.0) / v.resorption_depth
    return v.crystal_resorption_rate * v.apatite / (1.0 + relative * relative * relative)


def _amorphous_gain(v: Any) -> Value:
    return v.amorphous_formation + v.mitochondrial_loading - v.amorphous_redissolution


def _apatite_gain_from_fluid(v: Any) -> Value:
    return v.apatite_growth - v.resorbed_returned * v.apatite_resorption


def calcium_to_mineral(v: Any) -> Value:
    """Net calcium that leaves the fluid for mineral (mmol/L/h)."""
    return _amorphous_gain(v) + _apatite_gain_from_fluid(v)


def phosphate_to_mineral(v: Any) -> Value:
    """Net phosphate that leaves the fluid for mineral (mmol/L/h); conversion gives some back."""
    surplus = v.amorphous_phosphate - v.apatite_phosphate
    gain = v.amorphous_phosphate * _amorphous_gain(v) + v.apatite_phosphate * _apatite_gain_from_fluid(v)
    return gain - surplus * v.amorphous_conversion


def acid_from_mineral(v: Any) -> Value:
    """Protons released by mineral that forms (mmol/L/h), counted from HPO₄²⁻ and water."""
    more = v.apatite_acid - v.amorphous_acid
    gain = v.amorphous_acid * _amorphous_gain(v) + v.apatite_acid * _apatite_gain_from_fluid(v)
    return gain + more * v.amorphous_conversion


def amorphous_cleared(v: Any) -> Value:
    """Amorphous mineral that leaves with debris (mmol/L/h)."""
    return v.debris_clearance_rate * v.amorphous


def apatite_cleared(v: Any) -> Value:
    """Apatite that leaves with debris (mmol/L/h)."""
    return v.debris_clearance_rate * v.apatite


def _apatite_carried_off(v: Any) -> Value:
    """Apatite that leaves the tissue with cells: the part of what they dissolve, and in debris."""
    return (1.0 - v.resorbed_returned) * v.apatite_resorption + apatite_cleared(v)


def calcium_carried_off(v: Any) -> Value:
    """Calcium that phagocytes carry away (mmol/L/h)."""
    return _apatite_carried_off(v) + amorphous_cleared(v)


def phosphate_carried_off(v: Any) -> Value:
    """Phosphate that phagocytes carry away, mineral and organic (mmol/L/h)."""
    apatite, amorphous = _apatite_carried_off(v), amorphous_cleared(v)
    return v.apatite_phosphate * apatite + v.amorphous_phosphate * amorphous + v.organic_phosphate_cleared


def base_carried_off(v: Any) -> Value:
    """Base that leaves in the mineral phagocytes carry away (mmol/L/h)."""
    return v.apatite_acid * _apatite_carried_off(v) + v.amorphous_acid * amorphous_cleared(v)


def radiodensity(v: Any) -> Value:
    """CT number (Hounsfield units): tissue + slope·(mg of hydroxyapatite per mL)."""
    return v.radiodensity_tissue + v.radiodensity_slope * v.apatite_mass * v.mineral_total


def rates(v: Any) -> dict[str, Value]:
    """amorphous' = gain - conversion - κ·Z_A; apatite' = conversion + growth - resorption - κ·Z_H."""
    return {
        "amorphous": _amorphous_gain(v) - v.amorphous_conversion - amorphous_cleared(v),
        "apatite": v.amorphous_conversion + v.apatite_growth - v.apatite_resorption - apatite_cleared(v),
    }


_FLOW = "mmol/L/h"

MINERAL = Part(
    name="mineral",
    states={
        "amorphous": State("mmol/L", start=lambda v: 0.0, scale=1e-2),
        "apatite": State("mmol/L", start=lambda v: 0.0, scale=1e-2),
    },
    parameters={
        "threshold": "1",
        "threshold_half_pyrophosphate": "mmol/L",
        "membrane_shift": "1",
        "smoothing": "1",
        "amorphous_ions": "1",
        "nucleation_dead": _FLOW,
        "nucleation_living": _FLOW,
        "redissolution_rate": "1/h",
        "conversion_rate": "1/h",
        "conversion_half_pyrophosphate": "mmol/L",
        "growth_rate": "1/h",
        "growth_temperature_factor": "1",
        "growth_living": "1",
        "growth_dead": "1",
        "growth_half_pyrophosphate": "mmol/L",
        "growth_least_apatite": "mmol/L",
        "apatite_ions": "1",
        "mineral_highest": "mmol/L",
        "resorption_depth": "mmol/L",
        "resorbed_returned": "1",
        "amorphous_phosphate": "1",
        "amorphous_acid": "1",
        "apatite_phosphate": "1",
        "apatite_acid": "1",
        "apatite_mass": "mg/mmol",
        "radiodensity_tissue": "1",
        "radiodensity_slope": "L/mg",
    },
    needs={
        "dead_fraction": "1",
        "dead_environment": "1",
        "pyrophosphate_tissue": "mmol/L",
        "saturation_amorphous": "1",
        "saturation_apatite": "1",
        "ion_product_relative": "1",
        "mitochondrial_loading": _FLOW,
        "crystal_resorption_rate": "1/h",
        "debris_clearance_rate": "1/h",
        "organic_phosphate_cleared": _FLOW,
    },
    gives={
        "mineral_amorphous": Signal("mmol/L", lambda v: v.amorphous),
        "mineral_apatite": Signal("mmol/L", lambda v: v.apatite),
        "mineral_total": Signal("mmol/L", lambda v: v.amorphous + v.apatite),
        "radiodensity": Signal("1", radiodensity),
        "saturation_threshold": Signal("1", saturation_threshold),
        "supersaturation_above_threshold": Signal("1", supersaturation_above_threshold),
        "saturation_relative": Signal("1", saturation_relative),
        "amorphous_formation": Signal(_FLOW, amorphous_formation),
        "amorphous_redissolution": Signal(_FLOW, amorphous_redissolution),
        "amorphous_conversion": Signal(_FLOW, amorphous_conversion),
        "apatite_growth": Signal(_FLOW, apatite_growth),
        "apatite_resorption": Signal(_FLOW, apatite_resorption),
        "amorphous_cleared": Signal(_FLOW, amorphous_cleared),
        "apatite_cleared": Signal(_FLOW, apatite_cleared),
        "calcium_to_mineral": Signal(_FLOW, calcium_to_mineral),
        "phosphate_to_mineral": Signal(_FLOW, phosphate_to_mineral),
        "acid_from_mineral": Signal(_FLOW, acid_from_mineral),
        "calcium_carried_off": Signal(_FLOW, calcium_carried_off),
        "phosphate_carried_off": Signal(_FLOW, phosphate_carried_off),
        "base_carried_off": Signal(_FLOW, base_carried_off),
    },
    rates=rates,
)
