"""Which of the tissue's states move between voxels, and how fast?"""

from __future__ import annotations

from collections.abc import Mapping

from calcis.parameters import Parameter, data_path, read_parameters

SPECIES = ("calcium", "phosphate", "acid", "pyrophosphate")
PARAMETERS = dict.fromkeys(SPECIES, "mm^2/h") | {"warming": "1", "hindrance": "1"}


def diffusion_parameters() -> dict[str, Parameter]:
    """The numbers of diffusion by dotted name."""
    return read_parameters(data_path("space", "diffusion.yaml"), {"diffusion": PARAMETERS})


def diffusivities(parameters: Mapping[str, float]) -> dict[str, float]:
    """Diffusivity in tissue (mm²/h) of every dissolved state: free · warming · hindrance."""
    tissue = parameters["diffusion.warming"] * parameters["diffusion.hindrance"]
    return {f"interstitial_fluid.{name}": parameters[f"diffusion.{name}"] * tissue for name in SPECIES}
