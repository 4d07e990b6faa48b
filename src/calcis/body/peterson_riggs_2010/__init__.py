"""What regulates calcium and bone over hours to decades?  The model of Peterson and Riggs, 2010.

Plasma, gut, kidney, bone mineral, bone cells and their signals, the parathyroid gland, calcitriol
and oestrogen, each a Part.  Equations in these files, numbers in data/body/peterson_riggs_2010.yaml.
The constants hold for the adult whose normal state is the start; `changes:` are steps from there.

Source: Peterson MC, Riggs MM. Bone 2010;46:49-63 (peterson_riggs_2010 in references.bib).
"""

from calcis.body.peterson_riggs_2010.bone_cells import BONE_CELLS
from calcis.body.peterson_riggs_2010.bone_density import BONE_DENSITY
from calcis.body.peterson_riggs_2010.bone_mineral import BONE_MINERAL
from calcis.body.peterson_riggs_2010.calcitriol import CALCITRIOL
from calcis.body.peterson_riggs_2010.gut import GUT
from calcis.body.peterson_riggs_2010.intracellular_phosphate import INTRACELLULAR_PHOSPHATE
from calcis.body.peterson_riggs_2010.kidney import KIDNEY
from calcis.body.peterson_riggs_2010.oestrogen import OESTROGEN
from calcis.body.peterson_riggs_2010.osteoblast_survival import OSTEOBLAST_SURVIVAL
from calcis.body.peterson_riggs_2010.parathyroid_gland import PARATHYROID_GLAND
from calcis.body.peterson_riggs_2010.plasma import PLASMA
from calcis.body.peterson_riggs_2010.rankl import RANKL
from calcis.body.peterson_riggs_2010.tgf_beta import TGF_BETA
from calcis.ledger import Balance

SPECIES = "human"

PARTS = (
    PLASMA,
    INTRACELLULAR_PHOSPHATE,
    GUT,
    KIDNEY,
    PARATHYROID_GLAND,
    CALCITRIOL,
    BONE_MINERAL,
    BONE_CELLS,
    OSTEOBLAST_SURVIVAL,
    RANKL,
    TGF_BETA,
    OESTROGEN,
    BONE_DENSITY,
)

# Without what cells, bone salts and protein hold of phosphate beyond the pools that the model has.
BALANCES = (
    Balance(
        "calcium",
        "mmol",
        stores=dict.fromkeys(
            ("plasma.calcium", "gut.calcium", "bone_mineral.exchangeable", "bone_mineral.deep"), 1.0
        ),
        flows={"calcium_uptake_gut": 1.0, "calcium_urine": -1.0, "calcium_uptake_tissue": -1.0},
    ),
    Balance(
        "phosphate",
        "mmol",
        stores={
            **dict.fromkeys(("plasma.phosphate", "gut.phosphate", "intracellular_phosphate.phosphate"), 1.0),
            "bone_mineral.exchangeable": lambda p: p["bone_mineral.phosphate_per_calcium"],
            "bone_mineral.deep": lambda p: p["bone_mineral.phosphate_per_calcium"],
        },
        flows={"phosphate_uptake_gut": 1.0, "phosphate_urine": -1.0, "phosphate_uptake_tissue": -1.0},
    ),
)

# What tissue takes up (mmol/h) -> from which pool (mmol).
SUPPLIES = {"calcium_uptake_tissue": "plasma.calcium", "phosphate_uptake_tissue": "plasma.phosphate"}

# Which numbers a case's person sets: parameter -> what of the person.
PERSON = {"oestrogen.age_at_start": "age"}

# What a reader of any result of this body has to know.
LIMITS = (
    "The body is the published model of a standard adult (Peterson and Riggs 2010), in its normal state "
    "at the start. Of the person only age is used, where oestrogen.ageing is 1, and mass, where a dose is "
    "per kg.",
    "That model is known to be wrong in kidney failure and vitamin D deficiency (its calcium rises) and "
    "under calcitriol (its calcium falls), and has no FGF23. It serves for bone cells, PTH and denosumab "
    "over hours to months in people with working kidneys. Its bone density is fitted to denosumab; under "
    "daily teriparatide it falls, which is not what that drug is given for. After denosumab its urinary "
    "calcium is zero for weeks.",
)

__all__ = ["BALANCES", "LIMITS", "PARTS", "PERSON", "SPECIES", "SUPPLIES"]
