"""What regulates calcium and phosphate in the rat over minutes to weeks?  Granjon and others, 2017.

Plasma with its complexes, gut, kidney, bone, cells, the parathyroid gland, calcitriol and FGF23, each a
Part.  Equations in these files, numbers in data/body/granjon_2017.yaml.  The constants hold for a growing
rat of 250 to 300 g whose normal state is the start; `changes:` are steps from there.

Source: Granjon D, Bonny O, Edwards A. Am J Physiol Renal Physiol 2017 (granjon_2017 in references.bib).
"""

from calcis.body.granjon_2017.bone_mineral import BONE_MINERAL
from calcis.body.granjon_2017.calcitriol import CALCITRIOL
from calcis.body.granjon_2017.complexes import COMPLEXES
from calcis.body.granjon_2017.fgf23 import FGF23
from calcis.body.granjon_2017.gut import GUT
from calcis.body.granjon_2017.intracellular_phosphate import INTRACELLULAR_PHOSPHATE
from calcis.body.granjon_2017.kidney import KIDNEY
from calcis.body.granjon_2017.parathyroid_gland import PARATHYROID_GLAND
from calcis.body.granjon_2017.plasma import PLASMA
from calcis.ledger import Balance

SPECIES = "rat"

PARTS = (
    PLASMA,
    COMPLEXES,
    INTRACELLULAR_PHOSPHATE,
    GUT,
    KIDNEY,
    PARATHYROID_GLAND,
    CALCITRIOL,
    FGF23,
    BONE_MINERAL,
)

# A complex, and a particle, holds one calcium and one phosphate.
_CALCIUM_PHOSPHATE = (
    "complexes.hydrogen_phosphate",
    "complexes.dihydrogen_phosphate",
    "complexes.particles",
    "bone_mineral.hydrogen_phosphate",
    "bone_mineral.dihydrogen_phosphate",
)
_CALCIUM = (
    "plasma.calcium",
    "complexes.protein_bound",
    "bone_mineral.calcium",
    "bone_mineral.calcium_mineral",
)
_PHOSPHATE = (
    "plasma.phosphate",
    "complexes.sodium_phosphate",
    "intracellular_phosphate.phosphate",
    "bone_mineral.phosphate",
    "bone_mineral.phosphate_mineral",
)

BALANCES = (
    Balance(
        "calcium",
        "mmol",
        stores=dict.fromkeys((*_CALCIUM, *_CALCIUM_PHOSPHATE), 1.0),
        flows={
            "calcium_absorbed": 1.0,
            "calcium_infused": 1.0,
            "calcium_urine": -1.0,
            "calciprotein_cleared": -1.0,
            "calcium_uptake_tissue": -1.0,
        },
    ),
    Balance(
        "phosphate",
        "mmol",
        stores=dict.fromkeys((*_PHOSPHATE, *_CALCIUM_PHOSPHATE), 1.0),
        flows={
            "phosphate_absorbed": 1.0,
            "phosphate_infused": 1.0,
            "phosphate_urine": -1.0,
            "calciprotein_cleared": -1.0,
            "phosphate_uptake_tissue": -1.0,
        },
    ),
)

# What tissue takes up (mmol/h) -> from which pool (mmol).
SUPPLIES = {"calcium_uptake_tissue": "plasma.calcium", "phosphate_uptake_tissue": "plasma.phosphate"}

# Which numbers a case's person sets: none, as the model is of one rat.
PERSON: dict[str, str] = {}

# What a reader of any result of this body has to know.
LIMITS = (
    "The body is the published model of a growing rat of 250 to 300 g (Granjon, Bonny and Edwards 2017), in "
    "its normal state at the start. Nothing of the animal but its species is used. Its bone is not in "
    "balance: it gains calcium and phosphate all the time.",
    "That model is known to be wrong in kidney failure: its calcitriol rises where it should fall, and its "
    "FGF23 hardly rises. Its calcium follows the diet far more than it should, an overproduction of PTH does "
    "not answer to a calcimimetic, and PTH leaves its plasma within a second, where minutes are real. "
    "Resorption does not ask how much bone there is.",
)

__all__ = ["BALANCES", "LIMITS", "PARTS", "PERSON", "SPECIES", "SUPPLIES"]
