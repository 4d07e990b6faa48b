"""From where did the mineral of a lesion come, and where did it go?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from calcis.tissue.crossings import Floats

SUMS = (
    "amorphous_formation_sum",
    "mitochondrial_loading_sum",
    "amorphous_redissolution_sum",
    "amorphous_conversion_sum",
    "amorphous_cleared_sum",
    "crystal_growth_sum",
    "elastin_mineral_sum",
    "octacalcium_dissolution_sum",
    "octacalcium_resorption_sum",
    "octacalcium_cleared_sum",
    "apatite_dissolution_sum",
    "apatite_resorption_sum",
    "apatite_cleared_sum",
    "bone_formation_sum",
    "bone_resorption_sum",
)


@dataclass(frozen=True)
class Budget:
    """From where mineral came and where it went since the start, mmol of calcium per L of tissue."""

    at_start: float
    from_fluid: float
    from_mitochondria: float
    from_growth: float
    from_elastin: float  # laid down within elastic fibres
    redissolved: float
    converted: float  # amorphous mineral that turned into crystals
    cleared_amorphous: float
    cleared_crystals: float
    dissolved: float  # crystals, by the fluid alone
    resorbed: float  # crystals, by the acid of macrophages and giant cells
    bone_formed: float
    bone_resorbed: float


def budget(courses: Mapping[str, Floats], at: int) -> Budget:
    """The budget from the start to output `at`, of courses of SUMS and `mineral_total` (mmol/L)."""
    flown = {name: float(courses[name][at] - courses[name][0]) for name in SUMS}
    return Budget(
        at_start=float(courses["mineral_total"][0]),
        from_fluid=flown["amorphous_formation_sum"],
        from_mitochondria=flown["mitochondrial_loading_sum"],
        from_growth=flown["crystal_growth_sum"],
        from_elastin=flown["elastin_mineral_sum"],
        redissolved=flown["amorphous_redissolution_sum"],
        converted=flown["amorphous_conversion_sum"],
        cleared_amorphous=flown["amorphous_cleared_sum"],
        cleared_crystals=flown["octacalcium_cleared_sum"] + flown["apatite_cleared_sum"],
        dissolved=flown["octacalcium_dissolution_sum"] + flown["apatite_dissolution_sum"],
        resorbed=flown["octacalcium_resorption_sum"] + flown["apatite_resorption_sum"],
        bone_formed=flown["bone_formation_sum"],
        bone_resorbed=flown["bone_resorption_sum"],
    )
