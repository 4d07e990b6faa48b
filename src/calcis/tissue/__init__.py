"""What happens in a small piece of tissue: cells die, are cleared or not, and turn to stone or not.

One voxel; states per litre of tissue, dissolved species per litre of interstitial fluid.  Plasma
drives it through INPUTS.
"""

from calcis.tissue.debris import DEBRIS
from calcis.tissue.exchange import CAPILLARIES, INTERSTITIAL_FLUID
from calcis.tissue.leukocytes import LEUKOCYTES
from calcis.tissue.mineral import MINERAL
from calcis.tissue.ossification import OSSIFICATION
from calcis.tissue.parenchyma import PARENCHYMA
from calcis.tissue.saturation import SATURATION

PARTS = (
    PARENCHYMA,
    DEBRIS,
    LEUKOCYTES,
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

__all__ = ["INPUTS", "PARTS"]
