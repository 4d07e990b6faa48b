"""Random body fluids, healthy and sick: totals in mmol/kg water, pH, temperature; also for benchmarks."""

from __future__ import annotations

import numpy as np

# median and spread (of ln) of each total, lowest and highest pH
PLASMA = {
    "calcium": (2.5, 0.25),
    "magnesium": (0.9, 0.3),
    "sodium": (148, 0.04),
    "potassium": (4.5, 0.2),
    "ammonium": (0.03, 0.5),
    "phosphate": (1.3, 0.5),
    "carbonate": (25, 0.3),
    "chloride": (110, 0.06),
    "sulphate": (0.5, 0.5),
    "citrate": (0.12, 0.5),
    "lactate": (1.2, 0.7),
    "oxalate": (0.005, 0.7),
    "pyrophosphate": (0.003, 0.5),
    "protein": (11, 0.25),
}
INTERSTITIAL = PLASMA | {"calcium": (1.7, 0.3), "protein": (4.5, 0.4)}
DYING = PLASMA | {"phosphate": (10, 0.3), "calcium": (2, 0.6), "lactate": (10, 0.5), "protein": (0, 0)}
URINE = {
    "calcium": (4, 0.6),
    "magnesium": (4, 0.5),
    "sodium": (100, 0.5),
    "potassium": (50, 0.5),
    "ammonium": (30, 0.6),
    "phosphate": (22, 0.5),
    "carbonate": (3, 1.0),
    "chloride": (110, 0.5),
    "sulphate": (16, 0.4),
    "citrate": (2, 0.8),
    "oxalate": (0.25, 0.5),
    "pyrophosphate": (0.03, 0.5),
}
KINDS = ((PLASMA, 6.8, 7.9), (INTERSTITIAL, 6.6, 7.9), (DYING, 4.5, 8.3), (URINE, 4.5, 8.3))


def random_fluids(
    masters: tuple[str, ...], count: int, seed: int = 1, temperature: float | None = None
) -> tuple[dict[str, np.ndarray], np.ndarray, np.ndarray]:
    """Totals by master, pH and temperature (K; 20-42 °C if not given) of fluids of each kind in turn."""
    random = np.random.default_rng(seed)
    kind = np.arange(count) % len(KINDS)
    totals = {}
    for master in masters:
        medians = np.array([one[0].get(master, (0.0, 0.0)) for one in KINDS])[kind]
        totals[master] = medians[:, 0] * np.exp(medians[:, 1] * random.standard_normal(count))
    limits = np.array([one[1:] for one in KINDS])[kind]
    ph = random.uniform(limits[:, 0], limits[:, 1])
    heat = random.uniform(293.15, 315.15, count) if temperature is None else np.full(count, temperature)
    return totals, ph, heat
