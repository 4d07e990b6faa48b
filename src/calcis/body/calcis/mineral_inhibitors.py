"""What in plasma holds crystals back?  Pyrophosphate, fetuin-A, and the particles that fetuin-A carries."""

from __future__ import annotations

from typing import Any

from calcis.elementary import Value, power
from calcis.part import Part, Signal


def _pyrophosphate(v: Any) -> Value:
    """Pyrophosphate, mmol/L: P₀·f/(1 − s + s·b): released by cells, split by what osteoblasts b shed.

    The rest of it is lost otherwise.  f, 1 in health, is release over normal.
    """
    loss = 1.0 - v.phosphatase_bone_share + v.phosphatase_bone_share * v.osteoblasts_relative
    return v.pyrophosphate_plasma_normal * v.pyrophosphate_release_factor / (loss * v.phosphatase_factor)


def _fetuin_a(v: Any) -> Value:
    """Fetuin-A, g/L: less of it with few nephrons n, A₀·f·nᵃ."""
    return v.fetuin_a_normal * v.fetuin_a_factor * power(v.nephrons_relative, v.fetuin_a_nephron_exponent)


def _particles(v: Any) -> Value:
    """Calcium that fetuin-A holds in particles, over normal: (calcium·phosphate product over normal)ⁿ."""
    product = v.calcium_ionised_relative * v.phosphate_relative
    return power(product, v.particle_exponent)


MINERAL_INHIBITORS = Part(
    name="mineral_inhibitors",
    parameters={
        "pyrophosphate_release_factor": "1",
        "phosphatase_bone_share": "1",
        "phosphatase_factor": "1",
        "fetuin_a_normal": "g/L",
        "fetuin_a_factor": "1",
        "fetuin_a_nephron_exponent": "1",
        "particle_exponent": "1",
    },
    needs={
        "pyrophosphate_plasma_normal": "mmol/L",
        "osteoblasts_relative": "1",
        "nephrons_relative": "1",
        "calcium_ionised_relative": "1",
        "phosphate_relative": "1",
    },
    gives={
        "pyrophosphate_plasma": Signal("mmol/L", _pyrophosphate),
        "fetuin_a_plasma": Signal("g/L", _fetuin_a),
        "calciprotein_particles_relative": Signal("1", _particles),
    },
)
