"""When does calcium phosphate form in the tissue, how does it grow, and what removes it?

Above a threshold of saturation an amorphous precursor forms; it turns into octacalcium phosphate, which
crystals of either kind add to their surface, and that slowly turns into apatite, with less surface.  Each
dissolves where the fluid is undersaturated with it, and body fluids never are with apatite: only cells
that make acid remove it.

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

    Pyrophosphate raises it; where w is high, mineral forms on membranes of the dead, bare elastin, vesicles.
    """
    inhibition = log10(1.0 + maximum(v.pyrophosphate_tissue, 0.0) / v.threshold_half_pyrophosphate)
    return v.threshold + inhibition - v.membrane_shift * v.mineral_permissiveness


def saturation_relative(v: Any) -> Value:
    """Concentration of the ions as a multiple of that at which amorphous mineral forms, s: per ion."""
    return v.supersaturation_above_threshold + 1.0


def supersaturation_above_threshold(v: Any) -> Value:
    """s - 1, with s = 10^((saturation index - threshold)/5): per ion of Ca₃(PO₄)₂, 0 at the threshold."""
    return ten_to((v.saturation_amorphous - v.saturation_threshold) / v.amorphous_ions) - 1.0


def amorphous_formation(v: Any) -> Value:
    """Amorphous mineral formed (mmol Ca per L tissue and h), (n_D·D + n_L·(1 - D))·[s - 1]₊·r, r room."""
    sites = v.nucleation_dead * v.dead_fraction + v.nucleation_living * (1.0 - v.dead_fraction)
    above = v.smoothing * _softplus(v.supersaturation_above_threshold / v.smoothing)
    return sites * above * v.mineral_room


def amorphous_redissolution(v: Any) -> Value:
    """Amorphous mineral dissolved below the threshold (mmol/L/h), k·Z·[1 - s]₊."""
    below = v.smoothing * _softplus(-v.supersaturation_above_threshold / v.smoothing)
    return v.redissolution_rate * v.amorphous * below


def amorphous_conversion(v: Any) -> Value:
    """Amorphous mineral that turns into octacalcium phosphate (mmol/L/h), k·Z/(1 + PPi/K)."""
    inhibition = 1.0 + maximum(v.pyrophosphate_tissue, 0.0) / v.conversion_half_pyrophosphate
    return v.conversion_rate * v.amorphous / inhibition


def crystal_growth(v: Any) -> Value:
    """Octacalcium phosphate laid on crystals (mmol/L/h), θ·k·(a_Ca·a_PO₄)·(1 - 10^(-SI/8))₊·g·r·(S - S₀)₊.

    g, what inhibitors leave: (g_L + (g_D - g_L)·w)/(1 + PPi/K); the product is relative to plasma; r room;
    S surface, octacalcium + σ·apatite.  Less than S₀, some 10⁵ crystals per mm³, does not grow: 0 would be
    unstable, and rounding would seed.
    """
    uninhibited = v.growth_living + (v.growth_dead - v.growth_living) * v.mineral_permissiveness
    inhibition = 1.0 + maximum(v.pyrophosphate_tissue, 0.0) / v.growth_half_pyrophosphate
    drive = maximum(1.0 - ten_to(-v.saturation_octacalcium / v.octacalcium_ions), 0.0)
    speed = v.growth_temperature_factor * v.growth_rate * v.ion_product_relative
    surface = v.octacalcium + v.apatite_surface * v.apatite
    seeds = maximum(surface - v.growth_least_crystals, 0.0)
    return speed * drive * uninhibited / inhibition * v.mineral_room * seeds


def elastin_mineral(v: Any) -> Value:
    """Apatite laid down within elastic fibres (mmol/L/h), e·a_Ca·a_PO₄·(1 - 10^(-SI/8))₊/(1 + PPi/K)·r.

    Neither cells nor other crystals meet it there; e is next to nothing but in walls of arteries.
    """
    inhibition = 1.0 + maximum(v.pyrophosphate_tissue, 0.0) / v.growth_half_pyrophosphate
    drive = maximum(1.0 - ten_to(-v.saturation_octacalcium / v.octacalcium_ions), 0.0)
    return v.elastin_rate * v.ion_product_relative * drive / inhibition * v.mineral_room


def octacalcium_conversion(v: Any) -> Value:
    """Octacalcium phosphate that turns into apatite (mmol/L/h)."""
    return v.ripening_rate * v.octacalcium


def octacalcium_dissolution(v: Any) -> Value:
    """Octacalcium phosphate dissolved in undersaturated fluid (mmol/L/h), k·Z·(1 - 10^(SI/8))₊."""
    return v.dissolution_rate * v.octacalcium * _undersaturation(v.saturation_octacalcium, v.octacalcium_ions)


def apatite_dissolution(v: Any) -> Value:
    """Apatite dissolved in undersaturated fluid (mmol/L/h), k·σ·Z·(1 - 10^(SI/9))₊."""
    surface = v.apatite_surface * v.apatite
    return v.dissolution_rate * surface * _undersaturation(v.saturation_apatite, v.apatite_ions)


def _undersaturation(index: Value, ions: Value) -> Value:
    return maximum(1.0 - ten_to(index / ions), 0.0)


def mineral_in_reach(v: Any) -> Value:
    """Share of mineral, and of what it encloses, that cells reach: 1/(1 + Z/Zₛ); the rest is inside."""
    return 1.0 / (1.0 + maximum(v.mineral_met, 0.0) / v.resorption_depth)


def octacalcium_resorption(v: Any) -> Value:
    """Octacalcium phosphate dissolved by acid-making cells (mmol/L/h)."""
    return (v.crystal_resorption_rate * v.mineral_in_reach + v.giant_resorption_rate) * v.octacalcium


def apatite_resorption(v: Any) -> Value:
    """Apatite dissolved by acid-making cells (mmol/L/h): by single ones in proportion to its surface."""
    by_one = v.crystal_resorption_rate * v.mineral_in_reach * v.apatite_surface
    return (by_one + v.giant_resorption_rate) * v.apatite


def bone_resorption(v: Any) -> Value:
    """Mineral of bone-like tissue that osteoclasts, kin of macrophages, take away (mmol/L/h)."""
    return v.bone_turnover * v.resorbing_cells * v.bone


def amorphous_cleared(v: Any) -> Value:
    """Amorphous mineral that leaves with debris (mmol/L/h)."""
    return v.debris_clearance_rate * v.amorphous


def octacalcium_cleared(v: Any) -> Value:
    """Octacalcium phosphate that leaves with debris (mmol/L/h)."""
    return v.debris_clearance_rate * v.octacalcium


def apatite_cleared(v: Any) -> Value:
    """Apatite that leaves with debris (mmol/L/h)."""
    return v.debris_clearance_rate * v.apatite


def _amorphous_gain(v: Any) -> Value:
    return v.amorphous_formation + v.mitochondrial_loading - v.amorphous_redissolution


def _octacalcium_gain(v: Any) -> Value:
    return v.crystal_growth - v.octacalcium_dissolution - v.resorbed_returned * v.octacalcium_resorption


def _apatite_gain(v: Any) -> Value:
    """Of apatite, bone, and what elastic fibres hold, which are the same mineral here."""
    return (
        v.bone_formation
        + v.elastin_mineral
        - v.apatite_dissolution
        - v.resorbed_returned * _apatite_resorbed(v)
    )


def _apatite_resorbed(v: Any) -> Value:
    return v.apatite_resorption + v.bone_resorption


def calcium_to_mineral(v: Any) -> Value:
    """Net calcium that leaves the fluid for mineral (mmol/L/h)."""
    return _amorphous_gain(v) + _octacalcium_gain(v) + _apatite_gain(v)


def phosphate_to_mineral(v: Any) -> Value:
    """Net phosphate that leaves the fluid for mineral (mmol/L/h); ripening gives some back."""
    a, o, h = v.amorphous_phosphate, v.octacalcium_phosphate, v.apatite_phosphate
    gain = a * _amorphous_gain(v) + o * _octacalcium_gain(v) + h * _apatite_gain(v)
    return gain + (o - a) * v.amorphous_conversion + (h - o) * v.octacalcium_conversion


def acid_from_mineral(v: Any) -> Value:
    """Protons released by mineral that forms (mmol/L/h), counted from HPO₄²⁻ and water."""
    a, o, h = v.amorphous_acid, v.octacalcium_acid, v.apatite_acid
    gain = a * _amorphous_gain(v) + o * _octacalcium_gain(v) + h * _apatite_gain(v)
    return gain + (o - a) * v.amorphous_conversion + (h - o) * v.octacalcium_conversion


def _octacalcium_carried_off(v: Any) -> Value:
    return (1.0 - v.resorbed_returned) * v.octacalcium_resorption + v.octacalcium_cleared


def _apatite_carried_off(v: Any) -> Value:
    return (1.0 - v.resorbed_returned) * _apatite_resorbed(v) + v.apatite_cleared


def calcium_carried_off(v: Any) -> Value:
    """Calcium that phagocytes carry away, as mineral and as soap (mmol/L/h)."""
    mineral = _apatite_carried_off(v) + _octacalcium_carried_off(v) + v.amorphous_cleared
    return mineral + v.soap_carried_off


def phosphate_carried_off(v: Any) -> Value:
    """Phosphate that phagocytes carry away, mineral and organic (mmol/L/h)."""
    crystals = v.apatite_phosphate * _apatite_carried_off(v)
    crystals += v.octacalcium_phosphate * _octacalcium_carried_off(v)
    return crystals + v.amorphous_phosphate * v.amorphous_cleared + v.organic_phosphate_cleared


def base_carried_off(v: Any) -> Value:
    """Base that leaves in the mineral phagocytes carry away (mmol/L/h)."""
    crystals = v.apatite_acid * _apatite_carried_off(v) + v.octacalcium_acid * _octacalcium_carried_off(v)
    return crystals + v.amorphous_acid * v.amorphous_cleared


def mineral_total(v: Any) -> Value:
    """All calcium phosphate (mmol Ca per L tissue)."""
    return v.mineral_met + v.elastic


def radiodensity(v: Any) -> Value:
    """CT number (Hounsfield units): tissue + slope·(mg of hydroxyapatite per mL)."""
    return v.radiodensity_tissue + v.radiodensity_slope * v.apatite_mass * v.mineral_total


def calcium_per_dry_mass(v: Any) -> Value:
    """Calcium content as the bench gives it (mmol per mg of dry tissue and mineral)."""
    solid = v.mineral_total + v.calcium_soap
    return (v.native_calcium + solid) / (v.dry_mass + v.apatite_mass * v.mineral_total)


def rates(v: Any) -> dict[str, Value]:
    """Each pool: what forms, grows or ripens into it, less what dissolves, ripens, is resorbed or cleared."""
    return {
        "amorphous": _amorphous_gain(v) - v.amorphous_conversion - v.amorphous_cleared,
        "octacalcium": v.amorphous_conversion
        + v.crystal_growth
        - v.octacalcium_dissolution
        - v.octacalcium_conversion
        - v.octacalcium_resorption
        - v.octacalcium_cleared,
        "apatite": v.octacalcium_conversion
        - v.apatite_dissolution
        - v.apatite_resorption
        - v.apatite_cleared,
        "bone": v.bone_formation - v.bone_resorption,
        "elastic": v.elastin_mineral,
    }


_FLOW = "mmol/L/h"

_FLOWS = (
    amorphous_formation,
    amorphous_redissolution,
    amorphous_conversion,
    crystal_growth,
    elastin_mineral,
    octacalcium_conversion,
    octacalcium_dissolution,
    apatite_dissolution,
    octacalcium_resorption,
    apatite_resorption,
    bone_resorption,
    amorphous_cleared,
    octacalcium_cleared,
    apatite_cleared,
    calcium_to_mineral,
    phosphate_to_mineral,
    acid_from_mineral,
    calcium_carried_off,
    phosphate_carried_off,
    base_carried_off,
)

MINERAL = Part(
    name="mineral",
    states={
        "amorphous": State("mmol/L", start=lambda v: 0.0, scale=1e-2),
        "octacalcium": State("mmol/L", start=lambda v: 0.0, scale=1e-2),
        "apatite": State("mmol/L", start=lambda v: 0.0, scale=1e-2),
        "bone": State("mmol/L", start=lambda v: 0.0, scale=1e-2),
        "elastic": State("mmol/L", start=lambda v: 0.0, scale=1e-2),
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
        "growth_least_crystals": "mmol/L",
        "elastin_rate": _FLOW,
        "octacalcium_ions": "1",
        "apatite_ions": "1",
        "apatite_surface": "1",
        "ripening_rate": "1/h",
        "dissolution_rate": "1/h",
        "mineral_highest": "mmol/L",
        "resorption_depth": "mmol/L",
        "resorbed_returned": "1",
        "bone_turnover": "1/h",
        "amorphous_phosphate": "1",
        "amorphous_acid": "1",
        "octacalcium_phosphate": "1",
        "octacalcium_acid": "1",
        "apatite_phosphate": "1",
        "apatite_acid": "1",
        "apatite_mass": "mg/mmol",
        "native_calcium": "mmol/L",
        "dry_mass": "mg/L",
        "radiodensity_tissue": "HU",
        "radiodensity_slope": "L/mg",
    },
    needs={
        "resorbing_cells": "1",
        "dead_fraction": "1",
        "mineral_permissiveness": "1",
        "pyrophosphate_tissue": "mmol/L",
        "saturation_amorphous": "1",
        "saturation_octacalcium": "1",
        "saturation_apatite": "1",
        "ion_product_relative": "1",
        "mitochondrial_loading": _FLOW,
        "bone_formation": _FLOW,
        "crystal_resorption_rate": "1/h",
        "giant_resorption_rate": "1/h",
        "debris_clearance_rate": "1/h",
        "organic_phosphate_cleared": _FLOW,
        "calcium_soap": "mmol/L",
        "soap_carried_off": _FLOW,
    },
    gives={
        "mineral_amorphous": Signal("mmol/L", lambda v: v.amorphous),
        "mineral_octacalcium": Signal("mmol/L", lambda v: v.octacalcium),
        "mineral_apatite": Signal("mmol/L", lambda v: v.apatite),
        "mineral_bone": Signal("mmol/L", lambda v: v.bone),
        "mineral_elastic": Signal("mmol/L", lambda v: v.elastic),
        "mineral_met": Signal("mmol/L", lambda v: v.amorphous + v.octacalcium + v.apatite + v.bone),
        "mineral_total": Signal("mmol/L", mineral_total),
        "mineral_room": Signal("1", lambda v: maximum(1.0 - v.mineral_total / v.mineral_highest, 0.0)),
        "mineral_in_reach": Signal("1", mineral_in_reach),
        "radiodensity": Signal("HU", radiodensity),
        "calcium_per_dry_mass": Signal("mmol/mg", calcium_per_dry_mass),
        "saturation_threshold": Signal("1", saturation_threshold),
        "supersaturation_above_threshold": Signal("1", supersaturation_above_threshold),
        "saturation_relative": Signal("1", saturation_relative),
        **{law.__name__: Signal(_FLOW, law) for law in _FLOWS},
    },
    rates=rates,
)
