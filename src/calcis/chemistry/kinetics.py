"""How fast does mineral nucleate, grow, ripen and dissolve, and how much acid does it set free?

Laws only: every rate is a function of saturation indices, activities and constants, on floats, arrays and
symbols alike.  Each is defined, with a finite derivative, for every saturation: growth is 0 below
saturation, dissolution 0 above it.  `constants()` gives the numbers of data/chemistry/kinetics.yaml, each
with its source.

Saturation indices here are lg(ion activity product / solubility product) per formula unit; `ions` is the
number of ions of that unit (Mineral.ions), so that 10^(SI/ions) is the saturation per ion.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from functools import cache
from types import MappingProxyType

from calcis.chemistry.mineral import BODY, Mineral
from calcis.chemistry.saturation import ten_to
from calcis.elementary import Value, exp, log, maximum, minimum, power
from calcis.parameters import Parameter, data_path, read_parameters

_LN10 = math.log(10.0)
_AVOGADRO = 6.02214076e23  # 1/mol, exact
_BOLTZMANN = 1.380649e-23  # J/K, exact
_GAS = _AVOGADRO * _BOLTZMANN
_LEAST_AFFINITY = 1e-6  # of ln Ω; at it and below, the barrier is beyond anything that could be climbed


@cache
def constants() -> Mapping[str, Parameter]:
    """The rate constants, interfacial tensions and orders by dotted name, such as "hydroxyapatite.growth"."""
    return MappingProxyType(read_parameters(data_path("chemistry", "kinetics.yaml"), _UNITS))


# Nucleation


def wetting_factor(cosine: Value) -> Value:
    """Share of the barrier that a flat substrate leaves, f = (2 - 3·cosθ + cos³θ)/4 of the contact angle θ.

    cosθ = 1 is wetted in full (0), 0 leaves a half, -1 is no help at all (1).
    """
    return (2.0 - 3.0 * cosine + cosine * cosine * cosine) / 4.0


def nucleation_barrier(
    saturation: Value,
    tension: Value,
    molar_volume: Value,
    temperature: Value = BODY,
    wetting: Value = 1.0,
) -> Value:
    """Barrier of classical nucleation over kT: f·(16π/3)·γ³·v²/((kT)³·(ln Ω)²), v = Vₘ/N, Ω = 10^SI.

    `tension` γ in J/m², `molar_volume` Vₘ of a formula unit in L/mmol (which is m³/mol), temperature in K,
    `wetting` f from `wetting_factor`.  Without limit towards saturation; at it and below, above 10¹² rather
    than infinite. Apatite of 0.09 J/m² in normal plasma: 22 in the bulk, half of it on a substrate of 90°.

    Valid where a nucleus of a few nanometres has the tension of a plane; sources: habraken_2013, figure 7.
    """
    affinity = maximum(saturation * _LN10, _LEAST_AFFINITY)
    volume = molar_volume / _AVOGADRO
    reduced = tension / (_BOLTZMANN * temperature)
    return (
        wetting
        * (16.0 * math.pi / 3.0)
        * reduced
        * reduced
        * reduced
        * volume
        * volume
        / (affinity * affinity)
    )


def nucleation_rate(prefactor: Value, barrier: Value) -> Value:
    """Nuclei per time and place, A·exp(-ΔG*/kT), in the unit of A; 0 at saturation and below.

    A is known to many powers of ten only: what forms first, and where, is told better than when.
    """
    return prefactor * exp(-barrier)


def softplus(x: Value) -> Value:
    """ln(1 + eˣ), without overflow."""
    return maximum(x, 0.0) + log(1.0 + exp(-maximum(x, -x)))


def positive_part(x: Value, width: float) -> Value:
    """[x]₊ with its corner rounded over `width`: δ·ln(1 + exp(x/δ))."""
    return width * softplus(x / width)


def excess(saturation: Value, threshold: Value, ions: float) -> Value:
    """How far a fluid is above the threshold of nucleation, per ion: s - 1, s = 10^((SI - threshold)/ν)."""
    return ten_to((saturation - threshold) / ions) - 1.0


def threshold_formation(sites: Value, above: Value, width: float) -> Value:
    """Mineral that forms above a threshold, in the unit of `sites` n: n·[s - 1]₊, `above` from `excess`.

    The threshold law stands for classical nucleation where sites are many and the barrier falls within a
    tenth of SI. It belongs to the database of the solution that it was fitted in.  Source:
    calcis_tissue_prototype.
    """
    return sites * positive_part(above, width)


def threshold_redissolution(rate: Value, amount: Value, above: Value, width: float) -> Value:
    """Mineral without crystals that dissolves below the threshold: k·Z·[1 - s]₊."""
    return rate * amount * positive_part(-above, width)


# Growth and dissolution


def arrhenius(activation_energy: Value, temperature: Value, reference: Value) -> Value:
    """Factor of a rate constant between two temperatures (K): exp(-E/R·(1/T - 1/T₀)), E in J/mol."""
    return exp(-activation_energy / _GAS * (1.0 / temperature - 1.0 / reference))


def affinity_above(saturation: Value, ions: float) -> Value:
    """Drive of growth, 0 to 1: (1 - 10^(-SI/ν))₊."""
    return 1.0 - ten_to(-maximum(saturation, 0.0) / ions)


def affinity_below(saturation: Value, ions: float) -> Value:
    """Drive of dissolution, 0 to 1: (1 - 10^(SI/ν))₊."""
    return 1.0 - ten_to(minimum(saturation, 0.0) / ions)


def growth_by_ions(
    rate_constant: Value, calcium: Value, phosphate: Value, saturation: Value, ions: float
) -> Value:
    """Growth of apatite per area: k·a(Ca)·a(PO4)·(1 - 10^(-SI/ν))₊, in the unit of k; activities on mol/L.

    Measured on seeds at pH 7.4-8.4 and 25 °C, where the drive is 1: rate_constants of
    "hydroxyapatite.growth".
    """
    return rate_constant * calcium * phosphate * affinity_above(saturation, ions)


def growth_by_affinity(rate_constant: Value, saturation: Value, ions: float, order: float) -> Value:
    """Growth per area: k·(10^(SI/ν) - 1)₊ⁿ, in the unit of k.

    n = 1 is transport or rough faces, 2 a spiral, more a surface that has to nucleate: "*.growth_order".
    """
    return rate_constant * power(ten_to(maximum(saturation, 0.0) / ions) - 1.0, order)


def dissolution(
    neutral: Value, acid: Value, acid_order: float, hydrogen: Value, saturation: Value, ions: float
) -> Value:
    """Dissolution per area: (k₀ + k_H·a(H)ⁿ)·(1 - 10^(SI/ν))₊, in the unit of the constants; a(H) on mol/L.

    0 at saturation and above: apatite does not dissolve in body fluids, whatever the constants.
    """
    return (neutral + acid * power(hydrogen, acid_order)) * affinity_below(saturation, ions)


def per_volume(rate_per_area: Value, amount: Value, formula_mass: float, specific_area: Value) -> Value:
    """Rate per litre of tissue (mmol/L/h) from one per area (mmol/mm²/h): R·s·M·Z.

    `amount` Z of mineral in mmol/L of tissue, `formula_mass` M in mg/mmol, `specific_area` s in mm²/mg.
    """
    return rate_per_area * specific_area * formula_mass * amount


# Transformation


def transformation(rate: Value, amount: Value, saturation_product: Value, ions: float) -> Value:
    """Mineral that turns into a more stable one through the fluid: k·Z·(1 - 10^(-SI/ν))₊, SI of the product.

    With "transformation.amorphous_to_octacalcium" and then "transformation.octacalcium_to_apatite" it is the
    way from amorphous to octacalcium phosphate to apatite; where the fluid is not supersaturated with the
    next, it stops.
    """
    return rate * amount * affinity_above(saturation_product, ions)


# Acid


def mean_protonation(hydrogen: Value, log_formation: Sequence[Value]) -> Value:
    """Protons that a ligand holds on average: Σ k·βₖ·hᵏ / (1 + Σ βₖ·hᵏ).

    `log_formation` holds lg βₖ of L + k·H = HₖL for k = 1, 2, ...; `hydrogen` h is on the scale of those
    constants (activity, mol/L, for mixed constants).  Between 0 and the number of constants.
    """
    top: Value = 0.0
    bottom: Value = 1.0
    concentration: Value = 1.0
    for k, log_beta in enumerate(log_formation, start=1):
        concentration = concentration * hydrogen
        bound = ten_to(log_beta) * concentration
        top = top + k * bound
        bottom = bottom + bound
    return top / bottom


def protons_released(mineral: Mineral, protonation: Mapping[str, Value]) -> Value:
    """Protons that a formula unit sets free as it forms, and takes up as it dissolves: Σ νᵢ·n̄ᵢ - ν_H.

    `protonation` n̄ᵢ: protons that each master ion holds on average in the fluid (`mean_protonation`),
    counted from the bare ion, so that of ammonium is 0 or below; a missing one holds none.  With all
    phosphate as HPO4 apatite gives 4.
    """
    released: Value = -mineral.on_masters.get("hydrogen", 0.0)
    for ion, count in mineral.on_masters.items():
        if ion in protonation:
            released = released + count * protonation[ion]
    return released


_UNITS = {
    "hydroxyapatite": {
        "growth": "mmol/mm^2/h",
        "growth_activation_energy": "J/mol",
        "growth_order": "1",
        "specific_area": "mm^2/mg",
        "tension": "J/m^2",
        "dissolution_neutral": "mmol/mm^2/h",
        "dissolution_acid": "mmol/mm^2/h",
        "dissolution_acid_order": "1",
        "dissolution_activation_energy": "J/mol",
    },
    "calcite": {
        "growth_order": "1",
        "dissolution_neutral": "mmol/mm^2/h",
        "dissolution_neutral_activation_energy": "J/mol",
        "dissolution_acid": "mmol/mm^2/h",
        "dissolution_acid_order": "1",
        "dissolution_acid_activation_energy": "J/mol",
    },
    "amorphous_calcium_phosphate": {"tension": "J/m^2"},
    "octacalcium_phosphate": {"growth_order": "1", "tension": "J/m^2"},
    "brushite": {"growth_order": "1", "dissolution_order": "1"},
    "calcium_oxalate_monohydrate": {"growth_order": "1"},
    "struvite": {"growth_order": "1"},
    "transformation": {
        "amorphous_to_octacalcium": "1/h",
        "octacalcium_to_apatite": "1/h",
        "activation_energy": "J/mol",
    },
}
