"""What happens in a small piece of tissue: cells die, are cleared or not, and turn to stone or not.

One voxel; states per litre of tissue, dissolved species per litre of interstitial fluid.  Plasma
drives it through INPUTS.
"""

from calcis.ledger import Balance
from calcis.tissue.debris import DEBRIS
from calcis.tissue.exchange import CAPILLARIES, INTERSTITIAL_FLUID
from calcis.tissue.leukocytes import LEUKOCYTES
from calcis.tissue.microbes import MICROBES
from calcis.tissue.mineral import MINERAL
from calcis.tissue.ossification import OSSIFICATION
from calcis.tissue.parenchyma import PARENCHYMA
from calcis.tissue.saturation import SATURATION

PARTS = (
    PARENCHYMA,
    DEBRIS,
    LEUKOCYTES,
    MICROBES,
    CAPILLARIES,
    INTERSTITIAL_FLUID,
    SATURATION,
    MINERAL,
    OSSIFICATION,
)

INPUTS = {
    "calcium_ionised_plasma": "mmol/L",
    "phosphate_plasma": "mmol/L",
    "pyrophosphate_plasma": "mmol/L",
    "ph_plasma": "1",
}

# What a litre of tissue holds and exchanges.  Phosphate enters it as that of cells when they die, and of
# pyrophosphate when it is split; acid is counted from HPO₄²⁻ and water, so mineral holds less than none.
BALANCES = (
    Balance(
        "calcium",
        "mmol/L",
        stores={
            "interstitial_fluid.calcium": lambda p: p["interstitial_fluid.fluid_share"],
            "mineral.amorphous": 1.0,
            "mineral.apatite": 1.0,
        },
        flows={"calcium_from_plasma": 1.0, "calcium_carried_off": -1.0},
    ),
    Balance(
        "phosphate",
        "mmol/L",
        stores={
            "interstitial_fluid.phosphate": lambda p: p["interstitial_fluid.fluid_share"],
            "debris.organic_phosphate": 1.0,
            "mineral.amorphous": lambda p: p["mineral.amorphous_phosphate"],
            "mineral.apatite": lambda p: p["mineral.apatite_phosphate"],
        },
        flows={
            "phosphate_from_plasma": 1.0,
            "phosphate_of_dying": 1.0,
            "pyrophosphate_hydrolysis": 2.0,
            "phosphate_carried_off": -1.0,
        },
    ),
    Balance(
        "acid",
        "mmol/L",
        stores={
            "interstitial_fluid.acid": lambda p: p["interstitial_fluid.fluid_share"],
            "mineral.amorphous": lambda p: -p["mineral.amorphous_acid"],
            "mineral.apatite": lambda p: -p["mineral.apatite_acid"],
        },
        flows={"acid_from_plasma": 1.0, "base_carried_off": 1.0, "pyrophosphate_hydrolysis": 1.0},
    ),
    # The two minerals, so that the story knows from where each came and what became of it.
    Balance(
        "amorphous",
        "mmol/L",
        stores={"mineral.amorphous": 1.0},
        flows={
            "amorphous_formation": 1.0,
            "mitochondrial_loading": 1.0,
            "amorphous_redissolution": -1.0,
            "amorphous_conversion": -1.0,
            "amorphous_cleared": -1.0,
        },
    ),
    Balance(
        "apatite",
        "mmol/L",
        stores={"mineral.apatite": 1.0},
        flows={
            "amorphous_conversion": 1.0,
            "apatite_growth": 1.0,
            "apatite_resorption": -1.0,
            "apatite_cleared": -1.0,
        },
    ),
)

__all__ = ["BALANCES", "INPUTS", "PARTS"]
