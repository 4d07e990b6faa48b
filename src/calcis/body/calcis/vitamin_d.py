"""How much calcitriol is there, from which supply of 25-hydroxyvitamin D, and how strongly do both act?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calcis.body.calcis.relative_saturation import saturating
from calcis.elementary import Value, maximum, power
from calcis.part import Part, Signal, State


def _drive(v: Any) -> Value:
    """Activation of the vitamin D receptor, over normal: (D + η·N)/(D₀ + η·N₀).

    25-hydroxyvitamin D, N, is a weak agonist beside calcitriol, D.
    """
    active = v.calcitriol + v.calcidiol_potency * v.calcidiol
    return active / (v.calcitriol_normal + v.calcidiol_potency * v.calcidiol_normal)


def _hydroxylase_wanted(v: Any) -> Value:
    """Renal 1α-hydroxylase wanted, over normal: f·nᵅ·[e + (1 − e)·r·(1 + K)/(r + K)]·F⁻ᶠ·P⁻ᵖ·x⁻ᶜ·mᵍ.

    n nephrons, r PTH with teriparatide and the share of PTHrP that acts here, F action of FGF23, P phosphate,
    x ionised calcium, m magnesium, each over normal; x, P and m are floored far below what anyone lives with;
    f is 1 in health.
    """
    agonist = (v.pth_total_plasma + v.pthrp_potency * v.pthrp_plasma) / v.pth_plasma_normal
    calcium = maximum(v.calcium_ionised_relative, v.floor)
    phosphate = maximum(v.phosphate_relative, v.floor)
    magnesium = maximum(v.magnesium_relative, v.floor)
    pth = v.hydroxylase_without_pth + (1.0 - v.hydroxylase_without_pth) * saturating(
        v.pth_response * agonist, v.pth_half
    )
    return (
        v.hydroxylase_factor
        * power(v.nephrons_relative, v.nephron_exponent)
        * pth
        * power(v.fgf23_action, -v.fgf23_exponent)
        * power(phosphate, -v.phosphate_exponent)
        * power(calcium, -v.calcium_exponent)
        * power(magnesium, v.magnesium_exponent)
    )


def _made(v: Any) -> Value:
    """Calcitriol made, pmol/L/h: k·D₀·[(1 − s)·E·N/(N + K) + (s + granulomas)·N], N terms over normal.

    A share s is made outside the kidney, as what granulomas make in proportion to 25-hydroxyvitamin D and not
    regulated.
    """
    substrate = v.calcidiol / (v.calcidiol + v.calcidiol_half)
    normal = v.calcidiol_normal / (v.calcidiol_normal + v.calcidiol_half)
    share = v.extrarenal_share
    renal = (1.0 - share) * v.hydroxylase * substrate / normal
    made = renal + (share + v.extrarenal_hydroxylase) * v.calcidiol / v.calcidiol_normal
    return v.calcitriol_elimination_rate * v.calcitriol_normal * made


def _degraded(v: Any) -> Value:
    """Calcitriol broken down by 24-hydroxylase, pmol/L/h: f·k·D·[(1 − k₁ − k₂) + k₁·d + k₂·Fᵉ], f 1."""
    fgf23 = power(v.fgf23_action, v.degradation_fgf23_exponent)
    rest = 1.0 - v.degradation_vitamin_d_share - v.degradation_fgf23_share
    induced = rest + v.degradation_vitamin_d_share * v.vitamin_d_drive + v.degradation_fgf23_share * fgf23
    return v.degradation_factor * v.calcitriol_elimination_rate * v.calcitriol * induced


def _rates(v: Any) -> Mapping[str, Value]:
    """Hydroxylase 1/h, calcitriol pmol/L/h, 25-hydroxyvitamin D nmol/L/h."""
    supplied = v.calcidiol_normal * v.supply_factor
    return {
        "hydroxylase": (v.hydroxylase_wanted - v.hydroxylase) / v.hydroxylase_time,
        "calcitriol": v.calcitriol_made + v.calcitriol_infusion - v.calcitriol_degraded,
        "calcidiol": v.calcidiol_elimination_rate * (supplied - v.calcidiol),
    }


VITAMIN_D = Part(
    name="vitamin_d",
    states={
        "hydroxylase": State("1", lambda v: 1.0, scale=1e-3),
        "calcitriol": State("pmol/L", "calcitriol_normal", scale=0.1),
        "calcidiol": State("nmol/L", "calcidiol_normal", scale=0.1),
    },
    parameters={
        "calcitriol_normal": "pmol/L",
        "calcitriol_elimination_rate": "1/h",
        "calcitriol_infusion": "pmol/L/h",
        "calcidiol_normal": "nmol/L",
        "calcidiol_elimination_rate": "1/h",
        "calcidiol_potency": "pmol/nmol",
        "calcidiol_half": "nmol/L",
        "supply_factor": "1",
        "extrarenal_hydroxylase": "1",
        "extrarenal_share": "1",
        "hydroxylase_factor": "1",
        "hydroxylase_time": "h",
        "hydroxylase_without_pth": "1",
        "pth_half": "1",
        "pthrp_potency": "1",
        "nephron_exponent": "1",
        "fgf23_exponent": "1",
        "phosphate_exponent": "1",
        "calcium_exponent": "1",
        "magnesium_exponent": "1",
        "floor": "1",
        "degradation_vitamin_d_share": "1",
        "degradation_fgf23_share": "1",
        "degradation_fgf23_exponent": "1",
        "degradation_factor": "1",
        "pth_response": "1",
    },
    needs={
        "pth_total_plasma": "pmol/L",
        "pth_plasma_normal": "pmol/L",
        "pthrp_plasma": "pmol/L",
        "nephrons_relative": "1",
        "fgf23_action": "1",
        "phosphate_relative": "1",
        "magnesium_relative": "1",
        "calcium_ionised_relative": "1",
    },
    gives={
        "calcitriol_plasma": Signal("pmol/L", lambda v: v.calcitriol),
        "calcidiol_plasma": Signal("nmol/L", lambda v: v.calcidiol),
        "vitamin_d_drive": Signal("1", _drive),
        "hydroxylase_wanted": Signal("1", _hydroxylase_wanted),
        "calcitriol_made": Signal("pmol/L/h", _made),
        "calcitriol_degraded": Signal("pmol/L/h", _degraded),
    },
    rates=_rates,
)
