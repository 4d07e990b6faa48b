"""What keeps calcium, phosphate and magnesium of a person steady, and what breaks that?  The body of Calcis.

An organ a file: plasma and what binds calcium in it, extracellular fluid, gut, kidney, cells, bone,
parathyroid gland, vitamin D, FGF23.  Equations in these files, numbers in data/body/calcis.yaml, diseases
as sets of changes in data/diseases.  Constants that follow from the normal state are computed in the laws,
so that the start is a steady state whatever number is changed; factors of 1 and amounts of 0 are what
diseases move.

Source: a hand-built prototype (calcis_body_prototype in references.bib), 61 of whose constants were fitted
together by hand.
"""

from calcis.body.calcis.acid_base import ACID_BASE
from calcis.body.calcis.bone_cells import BONE_CELLS
from calcis.body.calcis.bone_mineral import BONE_MINERAL
from calcis.body.calcis.calcium_binding import CALCIUM_BINDING
from calcis.body.calcis.cells import CELLS
from calcis.body.calcis.dialysis import DIALYSIS
from calcis.body.calcis.extracellular_fluid import EXTRACELLULAR_FLUID
from calcis.body.calcis.fgf23 import FGF23
from calcis.body.calcis.gut import GUT
from calcis.body.calcis.kidney import KIDNEY
from calcis.body.calcis.kidney_calcium import KIDNEY_CALCIUM
from calcis.body.calcis.kidney_magnesium import KIDNEY_MAGNESIUM
from calcis.body.calcis.kidney_phosphate import KIDNEY_PHOSPHATE
from calcis.body.calcis.klotho import KLOTHO
from calcis.body.calcis.mineral_inhibitors import MINERAL_INHIBITORS
from calcis.body.calcis.parathyroid_gland import PARATHYROID_GLAND
from calcis.body.calcis.plasma import PLASMA
from calcis.body.calcis.vitamin_d import VITAMIN_D
from calcis.ledger import Balance

SPECIES = "human"

PARTS = (
    PLASMA,
    CALCIUM_BINDING,
    EXTRACELLULAR_FLUID,
    ACID_BASE,
    MINERAL_INHIBITORS,
    CELLS,
    GUT,
    KIDNEY,
    KIDNEY_CALCIUM,
    KIDNEY_PHOSPHATE,
    KIDNEY_MAGNESIUM,
    KLOTHO,
    DIALYSIS,
    BONE_CELLS,
    BONE_MINERAL,
    PARATHYROID_GLAND,
    VITAMIN_D,
    FGF23,
)

BALANCES = (
    Balance(
        "calcium",
        "mmol",
        stores=dict.fromkeys(("plasma.calcium", "bone_mineral.surface", "bone_mineral.mineral"), 1.0),
        flows={
            "calcium_absorbed": 1.0,
            "calcium_infused": 1.0,
            "calcium_dialysed": -1.0,
            "calcium_lost_gut_and_skin": -1.0,
            "calcium_urine": -1.0,
            "calcium_uptake_tissue": -1.0,
        },
    ),
    Balance(
        "phosphate",
        "mmol",
        stores={
            "plasma.phosphate": 1.0,
            "cells.phosphate": 1.0,
            "cells.dying_phosphate": 1.0,
            "bone_mineral.surface": lambda p: p["bone_mineral.phosphate_per_calcium_surface"],
            "bone_mineral.mineral": lambda p: p["bone_mineral.phosphate_per_calcium_mineral"],
        },
        flows={
            "phosphate_absorbed": 1.0,
            "phosphate_infused": 1.0,
            "phosphate_dialysed": -1.0,
            "phosphate_urine": -1.0,
            "phosphate_uptake_tissue": -1.0,
        },
    ),
    Balance(
        "magnesium",
        "mmol",
        stores={"plasma.magnesium": 1.0, "cells.magnesium": 1.0},
        flows={"magnesium_absorbed": 1.0, "magnesium_urine": -1.0, "magnesium_dialysed": -1.0},
    ),
)

# What tissue takes up (mmol/h) -> from which pool (mmol).
SUPPLIES = {"calcium_uptake_tissue": "plasma.calcium", "phosphate_uptake_tissue": "plasma.phosphate"}

# Which numbers a case's person sets: none yet, so that mass counts only where a dose is per kg.
PERSON: dict[str, str] = {}

# What a reader of any result of this body has to know.
LIMITS = (
    "The body is the first stage of Calcis's own model: one standard adult. Its disease begins at once, out "
    "of the normal state: at the start of the run, or before it by the case's history. Of the person only "
    "mass is used, where a dose is per kg.",
    "61 of its constants were fitted together by hand to some 70 clinical values, and many of them are not "
    "well determined: agreement with those values is no proof. Four still fail: calcitriol in vitamin D "
    "intoxication is far too low (the activity of vitamin D is right), calcium in the mildest primary "
    "hyperparathyroidism slightly too low, calcium in mild to moderate kidney disease a trace above normal, "
    "and in end-stage kidney disease calcium creeps up over years.",
    "Also not right: most calcium of vitamin D intoxication comes from bone; too little calcium is lost in "
    "urine in primary hyperparathyroidism; phosphate is too high in osteolysis and without parathyroid "
    "glands; osteolysis goes on at its rate until no bone is left, and the run stops there; denosumab lowers "
    "calcium too far in kidney disease; magnesium was compared with no measurement. Pyrophosphate and pH are "
    "the same in every disease.",
)

__all__ = ["BALANCES", "LIMITS", "PARTS", "PERSON", "SPECIES", "SUPPLIES"]
