"""What are the equations of Granjon, Bonny and Edwards (2017), written a second time as one flat function?

A twin of the Parts, in the published notation and units (min; mmol; mM; pM; 25OHD in pM), with literal
numbers, and sharing no code and no data file with the package.  It is NOT blind: one author wrote both,
and this one first.  Where the description leaves a choice, a comment that begins with "Read as" says it.
"""

from __future__ import annotations

import numpy as np

STATES = (
    *("PTHg", "PTHp", "D", "F", "Ca", "Caf", "Cab", "P", "Pf", "Pb", "Pc"),
    *("CaHPO4", "CaH2PO4", "CPP", "CaHPO4f", "CaH2PO4f", "CaProt", "NaPO4"),
)

HOOKS = {
    "r": 10**0.6,  # HPO4/H2PO4; the printed steady state, but not the scenarios, is that of 4
    "synthesis": 1.0,  # multiplies the synthesis of PTH
    "exocytosis": 0.0,  # 1: exocytosis as at full activation of the calcium-sensing receptor
    "TAL": 0.0,  # 1: reabsorption in the TAL as without calcium
    "25OHD": 1.0,  # multiplies 25OHD
    "D3": 0.0,  # pM/min into D
    "GFR": 1.0,
    "res": 1.0,  # multiplies resorption
    "urine": 1.0,  # multiplies urinary calcium
    "Ca diet": 1.0,
    "P diet": 1.0,
    "Ca": 0.0,  # mmol/min into Ca
    "P": 0.0,  # mmol/min into P
}

VP = 0.01  # L


def start() -> np.ndarray:
    """The published steady state as it is printed, in the order of STATES; CaProt and NaPO4 as well."""
    return np.array(
        [
            *(1287.0, 6.87 * VP, 564.0, 16.8, 1.206, 1.836, 268.5, 1.478, 0.792, 93.0, 2.771),
            *(0.1059, 0.003736, 0.01088, 0.0865, 0.00305, 1.452, 0.913),
        ]
    )


def rates(t: float, y: np.ndarray, overrides: dict[str, float] | None = None) -> np.ndarray:
    """Derivative of STATES per minute; overrides replace values of HOOKS."""
    hook = HOOKS | (overrides or {})
    PTHg, PTHp, D, F, Ca, Caf, _, P, Pf, _, Pc, X, Z, CPP, Xf, Zf, Prot, NaP = y
    p = PTHp / VP
    a, b = hook["r"] / (1 + hook["r"]), 1 / (1 + hook["r"])
    f1, f2 = 0.76, 0.33

    # parathyroid gland
    n = 100 / (1 + np.exp(-10 * (1.1 - Ca))) + 30
    sensed = 1 / (1 + (1.16 / Ca) ** n)
    Fx = 0.059 - 0.058 * (sensed + hook["exocytosis"] * (1 - sensed))
    synthesis = hook["synthesis"] * 419.2 / (1 + 8.33e-4 * D) * P**3 / (2.4**3 + P**3)

    # calcitriol
    D25 = 25000.0 * hook["25OHD"]
    # Read as: only the synthesis that PTH drives is inhibited
    hydroxylase = 14.04e-5 * D25 * p**6 / (p**6 + 15.75**6)
    hydroxylase /= (1 + 0.3 * Ca) * (1 + 0.003 * D) * (1 + 0.2 * P) * (1 + 0.02 * F)
    lost = 0.001 * (1 + 0.1265 * F) * D / (1 + p)

    # gut and bone
    h = D**2 / (D**2 + 640**2)
    A_Ca = 2.2e-3 * hook["Ca diet"] * (0.25 + 0.45 * h)
    A_P = 1.55e-3 * hook["P diet"] * (0.40 + 0.30 * h)
    res = hook["res"] * (1e-4 + 6e-4 * (0.2 * p**2 / (p**2 + 6.12**2) + 0.8 * D**2 / (D**2 + 600**2)))

    # kidney
    GFR = 2e-3 * hook["GFR"]
    casr = 1 - (1 - hook["TAL"]) * Ca**4 / (Ca**4 + 1.33**4)
    FR_Ca = 0.64 + 0.01 / (1 + (p / 15) ** 5) + 0.225 + 0.0175 * casr + 0.0075 * p / (p + 4.2)
    FR_Ca += 0.09 + 0.01 * (0.8 * p / (p + 6.3) + 0.2 * D / (D + 480))
    FR_P = 0.55 + 0.1 / (1 + (p / 20) ** 5) + 0.2 / (1 + (F / 20) ** 5) + 0.05 / (1 + (P / 1.6) ** 5) + 0.10
    U_Ca = hook["urine"] * (1 - FR_Ca) * GFR * (Ca + X + Z)
    U_P = (1 - FR_P) * GFR * (P + X + Z + NaP)

    # complexes, mM/min in plasma; in the fast pool amounts stand in for concentrations
    to_X = 1137.3 * Ca * a * P * f2**2 - 1666.7 * X
    to_Z = 52.94 * Ca * b * P * f2 * f1 - 1666.7 * Z * f1
    to_Xf = 1137.3 * Caf * a * Pf * f2**2 - 1666.7 * Xf
    to_Zf = 52.94 * Caf * b * Pf * f2 * f1 - 1666.7 * Zf * f1
    to_Prot = 190.2 * Ca * (20 * 0.6 - Prot) - 1666.7 * Prot
    to_NaP = (7.8432 * a + 4.9020 * b) * 142 * P - 1666.7 * NaP

    Ca_net = A_Ca + res - 0.44 * Ca * VP + 2.34e-3 * Caf - U_Ca + hook["Ca"]
    P_net = A_P + 0.3 * res - 13.5 * P * VP + 0.25165 * Pf - U_P + hook["P"] - 0.1875 * P * VP + 1e-3 * Pc
    return np.array(
        [
            synthesis - 0.035 * PTHg - Fx * PTHg,
            Fx * PTHg - 1.3 * p,
            hook["D3"] + 8.8e-6 * D25 + hydroxylase - lost,
            0.06902 * (1 + 10 * D**5 / (D**5 + 564**5) * P / (P + 1.6)) - 0.014 * F,
            Ca_net / VP - to_X - to_Z - to_Prot,
            0.44 * Ca * VP - (2.34e-3 + 5.5e-4) * Caf - to_Xf - to_Zf,
            5.5e-4 * Caf - res,
            P_net / VP - to_X - to_Z - to_NaP,
            13.5 * P * VP - (0.25165 + 2.75e-4) * Pf - to_Xf - to_Zf,
            2.75e-4 * Pf - 0.3 * res,
            0.1875 * P * VP - 1e-3 * Pc,
            to_X - 0.3 * X,
            to_Z - 0.3 * Z * f1,
            0.3 * (X + f1 * Z) - 3 * CPP,
            to_Xf,
            to_Zf,
            to_Prot,
            to_NaP,
        ]
    )
