"""What do lesions in the tests of space have in common: plasma, numbers, and how mineral is read?"""

from calcis.space.diffusion import diffusion_parameters
from calcis.tissue.numbers import tissue_parameters

PLASMA = {
    "calcium_ionised_plasma": 1.25,
    "phosphate_plasma": 1.15,
    "pyrophosphate_plasma": 3.26e-3,
    "ph_plasma": 7.4,
}
DAY = 24.0


def tissue_numbers():
    """Numbers of the tissue and of diffusion, in the units of the laws."""
    return {name: number.value for name, number in {**tissue_parameters(), **diffusion_parameters()}.items()}


def mineral(lesion):
    """Mineral of every voxel, mmol/L."""
    return sum(lesion.state(name) for name in lesion.model.states if name.startswith("mineral."))
