"""What do calcium and phosphate form with each other, with sodium, with protein and with fetuin in plasma?

All within a fraction of a second, but for calciprotein particles, which live some twenty seconds.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from calcis.elementary import Value, power
from calcis.part import Part, Signal, State


def _hydrogen_phosphate_share(v: Any) -> Value:
    """Share of free phosphate that is HPO₄²⁻, r/(1 + r) with r = 10^(pH - pK); the rest is H₂PO₄⁻."""
    ratio = power(10.0, v.ph_plasma - v.phosphate_pk)
    return ratio / (1.0 + ratio)


def _hydrogen_phosphate_association(v: Any) -> Value:
    """CaHPO₄ formed per free calcium and free phosphate, L/(mmol·h): k·a·f₂²."""
    return v.calcium_hydrogen_phosphate_rate * v.hydrogen_phosphate_share * v.activity_divalent**2


def _dihydrogen_phosphate_association(v: Any) -> Value:
    """CaH₂PO₄⁺ formed per free calcium and free phosphate, L/(mmol·h): k·(1 - a)·f₂·f₁."""
    share = 1.0 - v.hydrogen_phosphate_share
    return v.calcium_dihydrogen_phosphate_rate * share * v.activity_divalent * v.activity_monovalent


def _sodium_association(v: Any) -> Value:
    """Sodium phosphate formed per free phosphate, 1/h: [k₁·a + k₂·(1 - a)]·Na."""
    share = v.hydrogen_phosphate_share
    per_sodium = v.sodium_hydrogen_phosphate_rate * share + v.sodium_dihydrogen_phosphate_rate * (1.0 - share)
    return per_sodium * v.sodium


def _formed(v: Any) -> dict[str, Value]:
    """What forms of each complex less what falls apart, mmol/h, C and P free, in mmol/L, V the volume.

    V·k·C·P - d·X (d·f₁ for CaH₂PO₄⁺);  V·k·C·(n·protein - X/V) - d·X;  V·k·P - d·X for sodium.
    """
    calcium, phosphate, volume = v.calcium_ionised_plasma, v.phosphate_free_plasma, v.plasma_volume
    product = volume * calcium * phosphate
    free_sites = volume * v.protein * v.protein_sites - v.protein_bound
    return {
        "hydrogen_phosphate": v.calcium_hydrogen_phosphate_association * product
        - v.calcium_phosphate_dissociation * v.hydrogen_phosphate,
        "dihydrogen_phosphate": v.calcium_dihydrogen_phosphate_association * product
        - v.calcium_dihydrogen_phosphate_dissociation * v.dihydrogen_phosphate,
        "protein_bound": v.protein_rate * calcium * free_sites - v.dissociation_rate * v.protein_bound,
        "sodium_phosphate": v.sodium_phosphate_association * volume * phosphate
        - v.dissociation_rate * v.sodium_phosphate,
    }


def _calcium_uptake(v: Any) -> Value:
    """Free calcium that complexes take, net, mmol/h."""
    formed = _formed(v)
    return formed["hydrogen_phosphate"] + formed["dihydrogen_phosphate"] + formed["protein_bound"]


def _phosphate_uptake(v: Any) -> Value:
    """Free phosphate that complexes take, net, mmol/h."""
    formed = _formed(v)
    return formed["hydrogen_phosphate"] + formed["dihydrogen_phosphate"] + formed["sodium_phosphate"]


def _rates(v: Any) -> Mapping[str, Value]:
    """mmol/h; fetuin takes CaHPO₄ and CaH₂PO₄⁺ into calciprotein particles, which are cleared."""
    formed = _formed(v)
    from_hydrogen = v.fetuin_binding_rate * v.hydrogen_phosphate
    from_dihydrogen = v.fetuin_binding_rate * v.activity_monovalent * v.dihydrogen_phosphate
    return {
        "hydrogen_phosphate": formed["hydrogen_phosphate"] - from_hydrogen,
        "dihydrogen_phosphate": formed["dihydrogen_phosphate"] - from_dihydrogen,
        "particles": from_hydrogen + from_dihydrogen - v.calciprotein_cleared,
        "protein_bound": formed["protein_bound"],
        "sodium_phosphate": formed["sodium_phosphate"],
    }


def _product_start(v: Any) -> Value:
    """V·C·P of the normal state, mmol²/L."""
    return v.plasma_volume * v.calcium_ionised_plasma_normal * v.phosphate_free_plasma_normal


def _hydrogen_phosphate_start(v: Any) -> Value:
    """CaHPO₄ at rest beside the normal free ions, mmol: k·V·C·P/(d + fetuin)."""
    lost = v.calcium_phosphate_dissociation + v.fetuin_binding_rate
    return v.calcium_hydrogen_phosphate_association * _product_start(v) / lost


def _dihydrogen_phosphate_start(v: Any) -> Value:
    """CaH₂PO₄⁺ at rest beside the normal free ions, mmol: k·V·C·P/[(d + fetuin)·f₁]."""
    lost = v.calcium_dihydrogen_phosphate_dissociation + v.fetuin_binding_rate * v.activity_monovalent
    return v.calcium_dihydrogen_phosphate_association * _product_start(v) / lost


def _particles_start(v: Any) -> Value:
    """Calciprotein particles at rest, mmol: fetuin·(CaHPO₄ + f₁·CaH₂PO₄⁺)/clearance."""
    bound = _hydrogen_phosphate_start(v) + v.activity_monovalent * _dihydrogen_phosphate_start(v)
    return v.fetuin_binding_rate * bound / v.particle_clearance_rate


def _protein_bound_start(v: Any) -> Value:
    """Calcium on protein at rest, mmol: V·n·protein·k·C/(k·C + d)."""
    binding = v.protein_rate * v.calcium_ionised_plasma_normal
    return v.plasma_volume * v.protein * v.protein_sites * binding / (binding + v.dissociation_rate)


def _sodium_phosphate_start(v: Any) -> Value:
    """Sodium phosphate at rest, mmol: V·k·P/d."""
    formed = v.sodium_phosphate_association * v.plasma_volume * v.phosphate_free_plasma_normal
    return formed / v.dissociation_rate


def _calcium_phosphate(v: Any) -> Value:
    """CaHPO₄ and CaH₂PO₄⁺, mmol."""
    return v.hydrogen_phosphate + v.dihydrogen_phosphate


COMPLEXES = Part(
    name="complexes",
    states={
        "hydrogen_phosphate": State("mmol", _hydrogen_phosphate_start, scale=1e-6),
        "dihydrogen_phosphate": State("mmol", _dihydrogen_phosphate_start, scale=3e-8),
        "particles": State("mmol", _particles_start, scale=1e-7),
        "protein_bound": State("mmol", _protein_bound_start, scale=1e-5),
        "sodium_phosphate": State("mmol", _sodium_phosphate_start, scale=1e-5),
    },
    parameters={
        "phosphate_pk": "1",
        "activity_monovalent": "1",
        "activity_divalent": "1",
        "calcium_hydrogen_phosphate_rate": "L/mmol/h",
        "calcium_dihydrogen_phosphate_rate": "L/mmol/h",
        "sodium_hydrogen_phosphate_rate": "L/mmol/h",
        "sodium_dihydrogen_phosphate_rate": "L/mmol/h",
        "protein_rate": "L/mmol/h",
        "dissociation_rate": "1/h",
        "protein": "mmol/L",
        "protein_sites": "1",
        "sodium": "mmol/L",
        "fetuin_binding_rate": "1/h",
        "particle_clearance_rate": "1/h",
    },
    needs={
        "plasma_volume": "L",
        "ph_plasma": "1",
        "calcium_ionised_plasma": "mmol/L",
        "phosphate_free_plasma": "mmol/L",
        "calcium_ionised_plasma_normal": "mmol/L",
        "phosphate_free_plasma_normal": "mmol/L",
    },
    gives={
        "hydrogen_phosphate_share": Signal("1", _hydrogen_phosphate_share),
        "calcium_hydrogen_phosphate_association": Signal("L/mmol/h", _hydrogen_phosphate_association),
        "calcium_dihydrogen_phosphate_association": Signal("L/mmol/h", _dihydrogen_phosphate_association),
        "sodium_phosphate_association": Signal("1/h", _sodium_association),
        "calcium_phosphate_dissociation": Signal("1/h", lambda v: v.dissociation_rate),
        "calcium_dihydrogen_phosphate_dissociation": Signal(
            "1/h", lambda v: v.dissociation_rate * v.activity_monovalent
        ),
        "calcium_complexed": Signal("mmol", lambda v: _calcium_phosphate(v) + v.particles + v.protein_bound),
        "phosphate_complexed": Signal(
            "mmol", lambda v: _calcium_phosphate(v) + v.particles + v.sodium_phosphate
        ),
        "calcium_uptake_complexes": Signal("mmol/h", _calcium_uptake),
        "phosphate_uptake_complexes": Signal("mmol/h", _phosphate_uptake),
        # What a capillary wall lets through: neither protein nor particles.
        "calcium_ultrafilterable_plasma": Signal(
            "mmol/L", lambda v: v.calcium_ionised_plasma + _calcium_phosphate(v) / v.plasma_volume
        ),
        "phosphate_ultrafilterable_plasma": Signal(
            "mmol/L",
            lambda v: (
                v.phosphate_free_plasma + (_calcium_phosphate(v) + v.sodium_phosphate) / v.plasma_volume
            ),
        ),
        "calciprotein_particles_plasma": Signal("mmol/L", lambda v: v.particles / v.plasma_volume),
        "calciprotein_cleared": Signal("mmol/h", lambda v: v.particle_clearance_rate * v.particles),
    },
    rates=_rates,
)
