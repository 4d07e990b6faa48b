"""What happens in a small piece of tissue: cells die, are cleared or not, and turn to stone or not.

One voxel; states per litre of tissue, dissolved species per litre of interstitial fluid.  Plasma
drives it through INPUTS.
"""

from collections.abc import Mapping

from calcis.ledger import Balance, Weight
from calcis.tissue.debris import DEBRIS
from calcis.tissue.digestion import DIGESTION
from calcis.tissue.exchange import CAPILLARIES, INTERSTITIAL_FLUID
from calcis.tissue.fat import FAT
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
    FAT,
    OSSIFICATION,
    DIGESTION,
)

INPUTS = {
    "calcium_ionised_plasma": "mmol/L",
    "phosphate_plasma": "mmol/L",
    "pyrophosphate_plasma": "mmol/L",
    "ph_plasma": "1",
}

# What a litre of tissue holds and exchanges.  Phosphate enters it as that of cells when they die, and of
# pyrophosphate when it is split; acid is counted from HPO₄²⁻ and water, so mineral holds less than none.
_MINERALS = ("amorphous", "octacalcium", "apatite")


def _of_mineral(what: str, sign: float = 1.0) -> dict[str, Weight]:
    """Phosphate or acid per calcium of each mineral; bone and what elastic fibres hold are apatite."""
    laws: dict[str, Weight] = {
        f"mineral.{name}": lambda p, name=name: sign * p[f"mineral.{name}_{what}"]  # type: ignore[misc]
        for name in _MINERALS
    }
    return laws | dict.fromkeys(("mineral.bone", "mineral.elastic"), laws["mineral.apatite"])


def _fluid(p: Mapping[str, float]) -> float:
    return p["interstitial_fluid.fluid_share"]


BALANCES = (
    Balance(
        "calcium",
        "mmol/L",
        stores={
            "interstitial_fluid.calcium": _fluid,
            **{f"mineral.{name}": 1.0 for name in (*_MINERALS, "bone", "elastic")},
            "fat.soap": 1.0,
            "digestion.calcium": 1.0,
        },
        flows={"calcium_from_plasma": 1.0},
    ),
    Balance(
        "phosphate",
        "mmol/L",
        stores={
            "interstitial_fluid.phosphate": _fluid,
            "debris.organic_phosphate": 1.0,
            **_of_mineral("phosphate"),
            "digestion.phosphate": 1.0,
        },
        flows={
            "phosphate_from_plasma": 1.0,
            "phosphate_of_dying": 1.0,
            "pyrophosphate_hydrolysis": 2.0,
        },
    ),
    Balance(
        "acid",
        "mmol/L",
        stores={"interstitial_fluid.acid": _fluid, **_of_mineral("acid", -1.0)},
        flows={
            "acid_from_plasma": 1.0,
            "base_carried_off": 1.0,
            "pyrophosphate_hydrolysis": 1.0,
            "soap_formation": 2.0,
            "base_kept": -1.0,
        },
    ),
    # The minerals one by one, so that the story knows from where each came and what became of it.
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
        "octacalcium",
        "mmol/L",
        stores={"mineral.octacalcium": 1.0},
        flows={
            "amorphous_conversion": 1.0,
            "crystal_growth": 1.0,
            "octacalcium_dissolution": -1.0,
            "octacalcium_conversion": -1.0,
            "octacalcium_resorption": -1.0,
            "octacalcium_cleared": -1.0,
        },
    ),
    Balance(
        "apatite",
        "mmol/L",
        stores={"mineral.apatite": 1.0},
        flows={
            "octacalcium_conversion": 1.0,
            "apatite_dissolution": -1.0,
            "apatite_resorption": -1.0,
            "apatite_cleared": -1.0,
        },
    ),
    Balance(
        "bone",
        "mmol/L",
        stores={"mineral.bone": 1.0},
        flows={"bone_formation": 1.0, "bone_resorption": -1.0},
    ),
    Balance(
        "elastic",
        "mmol/L",
        stores={"mineral.elastic": 1.0},
        flows={"elastin_mineral": 1.0},
    ),
)

__all__ = ["BALANCES", "INPUTS", "PARTS"]
