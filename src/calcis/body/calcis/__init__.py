"""What keeps calcium, phosphate and magnesium of a person steady, and what breaks that?  The body of Calcis.

An organ a file: plasma and what binds calcium in it, extracellular fluid, gut, kidney, cells, bone,
parathyroid gland, vitamin D, FGF23.  Equations in these files, numbers in data/body/calcis.yaml, diseases
as sets of changes in data/diseases.  Constants that follow from the normal state are computed in the laws,
so that the start is a steady state whatever number is changed; factors of 1 and amounts of 0 are what
diseases move.

Source: structure from a hand-built prototype (calcis_body_prototype in references.bib), repaired where it
failed; constants that nobody measured are fitted by calibration/fit_body.py.
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
    "The body is one standard adult, who may differ by what a case changes or by the person that labs find. "
    "Of the person of a case only mass is used, where a dose is per kg. Its disease begins at once, out of "
    "the normal state: at the start of the run, or before it by the case's history.",
    "Most constants that nobody measured were fitted together, by a script, to what is known of healthy "
    "people and patients: half of that was read in abstracts, the rest at second hand. The data determine "
    "about a third of the fitted numbers, the others are guesses that the data allow; calibration/report.md "
    "tells which. Of what was measured and not fitted to, seven tenths agree; what does not is in the report "
    "of `calcis validate`.",
    "Known to be wrong: PTH answers a little too little to a lasting fall of calcium (denosumab, severe lack "
    "of vitamin D), and calcium too much to a lasting excess of PTH (tertiary hyperparathyroidism); "
    "calcitriol follows PTH and calcium too little within a day or two; phosphate by mouth lowers calcium "
    "and its loss in urine too little; PTH given for days does not lower bone formation; denosumab lowers "
    "calcium a little too far in kidney disease.",
)

__all__ = ["BALANCES", "LIMITS", "PARTS", "PERSON", "SPECIES", "SUPPLIES"]
