"""Which of the tissue's states move between voxels, and how fast?"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from calcis.parameters import Parameter, data_path, read_parameters
from calcis.space.ingrowth import INGROWTH, motilities

SPECIES = ("calcium", "phosphate", "acid", "pyrophosphate")
ALARMIN = "debris.alarmin"  # what the freshly dead send out
CELLS = ("monocyte", "reparative")  # neutrophils live too short, and inflammatory ones stay with the dead
PARAMETERS = dict.fromkeys((*SPECIES, "alarmin", "macrophages", "progenitors"), "mm^2/h") | {
    "warming": "1",
    "hindrance": "1",
    "mineral_density": "mg/L",
}


def diffusion_parameters() -> dict[str, Parameter]:
    """The numbers of diffusion and ingrowth by dotted name."""
    parts = {"diffusion": PARAMETERS, "ingrowth": INGROWTH.parameters}
    return read_parameters(data_path("space", "diffusion.yaml"), parts)


def diffusivities(parameters: Mapping[str, float], whole: bool = False) -> dict[str, float]:
    """Diffusivity in tissue (mm²/h): dissolved, free · warming · hindrance; of cells, if any move.

    Where tissue stays `whole`, what would grow into it is 1 everywhere, and need not be moved.
    """
    tissue = parameters["diffusion.warming"] * parameters["diffusion.hindrance"]
    found = {f"interstitial_fluid.{name}": parameters[f"diffusion.{name}"] * tissue for name in SPECIES}
    moving = {ALARMIN: parameters["diffusion.alarmin"] * tissue}
    moving |= {f"leukocytes.{name}": parameters["diffusion.macrophages"] for name in CELLS}
    if not whole:
        moving |= {f"{INGROWTH.name}.{name}": speed for name, speed in motilities(parameters).items()}
    return found | {name: speed for name, speed in moving.items() if speed > 0.0}


def passable(mineral: np.ndarray, parameters: Mapping[str, float]) -> np.ndarray:
    """What mineral (mmol/L) leaves of diffusion, ((1 - v)/(1 + v))², v the share of tissue that it fills.

    As for an obstacle of randomly placed impermeable units (Mackie and Meares 1955).
    """
    filled = (
        np.clip(mineral, 0.0, None)
        * parameters["mineral.apatite_mass"]
        / parameters["diffusion.mineral_density"]
    )
    open_share = np.clip(1.0 - filled, 0.0, 1.0)
    return np.asarray((open_share / (1.0 + filled)) ** 2)
