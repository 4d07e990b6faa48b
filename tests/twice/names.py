"""What do the two writings of a model call the same thing, and in which units?

The plain twins know nothing of the package, so states, hooks and units are matched here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from calcis import tissue
from calcis.body.peterson_riggs_2010 import PARTS
from calcis.drugs import drug_part
from calcis.parameters import data_path, read_parameters
from calcis.part import Model, assemble
from calcis.tissue.numbers import tissue_parameters
from tests.twice import peterson_riggs_plain, tissue_plain

DENOSUMAB = drug_part("denosumab")
TERIPARATIDE = drug_part("teriparatide")

NG_PER_NMOL = 150_000.0  # denosumab
BIOAVAILABILITY = 0.729  # the plain model applies it to the dose, the Part on absorption
HOURS_PER_DAY = 24.0

BODY_STATES = {
    "PTH": "parathyroid_gland.pth",
    "S": "parathyroid_gland.pool",
    "PTmax": "parathyroid_gland.mass",
    "B": "calcitriol.calcitriol",
    "AOH": "calcitriol.hydroxylase",
    "Ca": "plasma.calcium",
    "P": "plasma.phosphate",
    "T": "gut.calcium",
    "R": "gut.calcium_transport",
    "HAp": "bone_mineral.hydroxyapatite",
    "PGut": "gut.phosphate",
    "IPO": "intracellular_phosphate.phosphate",
    "OC": "bone_cells.osteoclasts",
    "ROB": "bone_cells.responding_osteoblasts",
    "OBf": "bone_cells.osteoblasts_fast",
    "OBs": "bone_cells.osteoblasts_slow",
    "TGFB": "tgf_beta.latent",
    "TGFBa": "tgf_beta.active",
    "L": "rankl.rankl",
    "RNK": "rankl.rank",
    "M": "rankl.rank_rankl_bound",
    "N": "rankl.opg_rankl_bound",
    "OPG": "rankl.opg",
    "Q": "bone_mineral.exchangeable",
    "Qb": "bone_mineral.deep",
    "RX2": "osteoblast_survival.runx2",
    "CREB": "osteoblast_survival.creb",
    "BCL2": "osteoblast_survival.bcl2_protein",
    "EST": "oestrogen.oestrogen",
    "TSC": "teriparatide.subcutaneous",
    "DSC": "denosumab.subcutaneous",
    "DC": "denosumab.central",
    "DP": "denosumab.peripheral",
    "BMDls": "bone_density.lumbar_spine",
    "BMDlsDEN": "bone_density.lumbar_spine_denosumab",
    "BMDfn": "bone_density.femoral_neck",
}
# Plain unit per unit of the Parts, where they differ.
BODY_FACTORS = {"DSC": NG_PER_NMOL * BIOAVAILABILITY, "DC": NG_PER_NMOL, "DP": NG_PER_NMOL}

BODY_HOOKS = {
    "secretion": "parathyroid_gland.secretion_factor",
    "sensitivity": "parathyroid_gland.calcium_sensitivity",
    "GFR": "kidney.filtration_rate",
    "GFRdelta": "kidney.filtration_decline",
    "GFRtau": "kidney.filtration_decline_time",
    "hydroxylase": "calcitriol.hydroxylase_factor",
    "calcitriol": "calcitriol.infusion",
    "PTHrP": "plasma.pthrp",
    "efflux": "bone_mineral.extra_release",
    "menopause": "oestrogen.ageing",
    "entry": "oestrogen.age_at_start",
}

TISSUE_STATES = {
    "L": "parenchyma.living",
    "A": "parenchyma.apoptotic",
    "S": "parenchyma.scar",
    "D": "debris.dead",
    "W": "debris.mitochondria",
    "K": "debris.alarmin",
    "O": "debris.organic_phosphate",
    "N": "leukocytes.neutrophil",
    "Mo": "leukocytes.monocyte",
    "M1": "leukocytes.inflammatory",
    "M2": "leukocytes.reparative",
    "U": "leukocytes.giant",
    "B": "ossification.osteogenic",
    "V": "capillaries.flow_lost",
    "G": "microbes.density",
    "C": "interstitial_fluid.calcium",
    "P": "interstitial_fluid.phosphate",
    "a": "interstitial_fluid.acid",
    "X": "interstitial_fluid.pyrophosphate",
    "ZA": "mineral.amorphous",
    "ZO": "mineral.octacalcium",
    "ZH": "mineral.apatite",
    "ZB": "mineral.bone",
    "ZE": "mineral.elastic",
    "F": "fat.lipid",
    "FA": "fat.fatty_acid",
    "So": "fat.soap",
    "QC": "digestion.calcium",
    "QP": "digestion.phosphate",
}
TISSUE_CONDITIONS = {
    "perf": "capillaries.perfusion",
    "m": "leukocytes.macrophage_competence",
    "u": "parenchyma.apoptosis_rate",
    "fixed": "parenchyma.fixed",
    "fat": "fat.fat_content",
    "base": "interstitial_fluid.base_secretion",
    "dpH": "interstitial_fluid.ph_offset",
    "muscle": "ossification.smooth_muscle",
    "access": "leukocytes.access",
    "eat": "leukocytes.phagocytosis_left",
    "out": "capillaries.outgrowth",
    "hide": "microbes.escape",
    "bare": "mineral.elastin_rate",
}
PER_DAY = (
    "parenchyma.apoptosis_rate",
    "interstitial_fluid.base_secretion",
    "capillaries.outgrowth",
    "mineral.elastin_rate",
)
TISSUE_PLASMA = {
    "Ca_p": "calcium_ionised_plasma",
    "P_p": "phosphate_plasma",
    "X_p": "pyrophosphate_plasma",
    "pH_p": "ph_plasma",
}


@dataclass(frozen=True)
class Setting:
    """The Parts at the twin's states and hooks: all that Model.at asks for."""

    model: Model
    states: dict[str, float]
    parameters: dict[str, float]
    inputs: dict[str, float] = field(default_factory=dict)
    time: float = 0.0

    def rates(self) -> dict[str, float]:
        """Rates of the Parts, in their own units per hour."""
        return self.model.at(self.states, self.parameters, self.inputs, self.time).rates()


def body_model() -> tuple[Model, dict[str, float]]:
    """The published body with both its drugs, and its parameter values."""
    model = assemble([*PARTS, DENOSUMAB, TERIPARATIDE])
    found = read_parameters(
        data_path("body", "peterson_riggs_2010.yaml"), {part.name: part.parameters for part in PARTS}
    )
    for drug in (DENOSUMAB, TERIPARATIDE):
        found |= read_parameters(data_path("drugs", f"{drug.name}.yaml"), {drug.name: drug.parameters})
    return model, {name: found[name].value for name in model.parameters}


def tissue_model(sharp: bool = True) -> tuple[Model, dict[str, float]]:
    """The tissue and its parameter values; `sharp` makes it the written-down model.

    The Parts smooth the nucleation threshold, and let nothing grow from fewer crystals or cells than
    a mm³ can hold; sharp: the first as narrow as floats allow (1e-12 in s), the others zero.
    """
    model = assemble(tissue.PARTS, tissue.INPUTS)
    found = tissue_parameters()
    values = {name: found[name].value for name in model.parameters}
    if sharp:
        values["mineral.smoothing"] = 1e-12
        values["mineral.growth_least_crystals"] = values["parenchyma.regrowth_least_living"] = 0.0
    return model, values


def body_setting(
    model: Model, numbers: Mapping[str, float], time: float, y: np.ndarray, hooks: Mapping[str, float]
) -> Setting:
    """The Parts where the plain body is at `y` (its order), hooks (h, L/h, y of age) and time in h."""
    plain = dict(zip(peterson_riggs_plain.STATES, map(float, y), strict=True))
    every = peterson_riggs_plain.HOOKS | dict(hooks)
    states = {BODY_STATES[name]: value / BODY_FACTORS.get(name, 1.0) for name, value in plain.items()}
    decay = np.exp(-time / every["GFRtau"])
    states["kidney.filtration"] = every["GFR"] - every["GFRdelta"] * (1.0 - decay)
    # PTH is one pool there; here the injected part has its own state.  Any split is the same thing.
    states["teriparatide.circulating"] = 0.25 * plain["PTH"] if plain["TSC"] else 0.0
    states["parathyroid_gland.pth"] -= states["teriparatide.circulating"]
    changed = {BODY_HOOKS[name]: every[name] for name in BODY_HOOKS}
    changed["oestrogen.age_at_start"] *= peterson_riggs_plain.HOURS_PER_YEAR
    return Setting(model, {name: states[name] for name in model.states}, {**numbers, **changed}, time=time)


def body_rates(setting: Setting) -> np.ndarray:
    """Rates of the Parts in the plain order and units, per hour."""
    rates = setting.rates()
    rates["parathyroid_gland.pth"] += rates["teriparatide.circulating"]
    return np.array([rates[name] * BODY_FACTORS.get(plain, 1.0) for plain, name in BODY_STATES.items()])


def tissue_setting(
    model: Model, numbers: Mapping[str, float], y: np.ndarray, conditions: Mapping[str, float]
) -> Setting:
    """The Parts where the plain tissue is at `y` under `conditions` (those of the plain twin)."""
    every = tissue_plain.CONDITIONS | dict(conditions)
    changed = {TISSUE_CONDITIONS[name]: every[name] for name in TISSUE_CONDITIONS}
    for name in PER_DAY:
        changed[name] /= HOURS_PER_DAY
    inputs = {TISSUE_PLASMA[name]: every[name] for name in TISSUE_PLASMA}
    states = dict(zip(TISSUE_STATES.values(), map(float, y), strict=True))
    return Setting(model, {name: states[name] for name in model.states}, {**numbers, **changed}, inputs)


def tissue_rates(setting: Setting) -> np.ndarray:
    """Rates of the Parts in the plain order and units, per day."""
    rates = {name: rate * HOURS_PER_DAY for name, rate in setting.rates().items()}
    return np.array([rates[name] for name in TISSUE_STATES.values()])
