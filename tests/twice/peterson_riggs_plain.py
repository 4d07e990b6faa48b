"""What are the equations of Peterson and Riggs (2010), written a second time as one flat function?

A blind twin of the Parts: written from the published equations alone, in the paper's notation and
units (h; mmol of Ca and P; pmol of hormones; GFR L/h; denosumab in ng), with literal numbers, and
sharing no code and no data file with the package.  Where the published description leaves a
choice, the choice stands in a comment that begins with "Read as".
"""

from __future__ import annotations

import numpy as np

STATES = (
    *("PTH", "S", "PTmax", "B", "AOH", "Ca", "P", "T", "R", "HAp", "PGut", "IPO", "OC", "ROB", "OBf", "OBs"),
    *("TGFB", "TGFBa", "L", "RNK", "M", "N", "OPG", "Q", "Qb", "RX2", "CREB", "BCL2"),
    *("EST", "TSC", "DSC", "DC", "DP", "BMDls", "BMDlsDEN", "BMDfn"),
)

HOURS_PER_YEAR = 8766.0

HOOKS = {
    "secretion": 1.0,  # multiplies the secretion product T63·FCTD
    "sensitivity": 1.0,  # multiplies C1 inside T63
    "GFR": 100 / 16.667,  # L/h at the start, in filtration and in ReabsMax
    "GFRdelta": 0.0,  # L/h lost in the end
    "GFRtau": 10 * HOURS_PER_YEAR,
    "hydroxylase": 1.0,  # multiplies SE
    "calcitriol": 0.0,  # pmol/h into B
    "PTHrP": 0.0,  # pM, seen by kidney, RANKL, OPG, RUNX2 and CREB, not by 1α-hydroxylase
    "efflux": 0.0,  # mmol/h of calcium out of bone, besides the model's own J14
    "menopause": 0.0,  # 1: oestrogen follows age
    "entry": 41.0,  # y of age at t = 0
}

TERIPARATIDE_20_UG = 4857.0  # pmol into TSC
DENOSUMAB_1_MG = 0.729 * 1e6  # ng into DSC


def start() -> np.ndarray:
    """The published initial condition, in the order of STATES."""
    L, RNK, OPG = 0.4, 10.0, 4.0
    OB = 0.00501324
    return np.array(
        [
            *(53.9, 0.5, 1.0, 1260.0, 126.0, 32.9, 16.8, 1.58471, 0.5, 1.0, 0.839, 3226.0, 0.00115398),
            *(0.00104122, 0.797629 * OB, OB - 0.797629 * OB, 228.142, 0.228142),
            *(L, RNK, 6.24e-6 * RNK * L / 0.112013, 6.24e-6 * OPG * L / 0.112013, OPG),
            *(100.0, 24900.0, 10.0, 10.0, 100.0),
            *(1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 1.0, 1.0),
        ]
    )


def rates(t: float, y: np.ndarray, overrides: dict[str, float] | None = None) -> np.ndarray:
    """Derivative of STATES per hour; overrides replace values of HOOKS."""
    hook = HOOKS | (overrides or {})
    (PTH, S, PTmax, B, AOH, Ca, P, T, R, HAp, PGut, IPO, OC, ROB, OBf, OBs, TGFB, TGFBa) = y[:18]
    (L, RNK, M, N, OPG, Q, Qb, RX2, CREB, BCL2, EST, TSC, DSC, DC, DP, b1, b2, b3) = y[18:]

    # 1.1 concentrations and steady values
    C1, C2, C8, p = Ca / 14, P / 14, B / 14, PTH / 14
    C10, p0 = 32.9 / 14, 53.9 / 14
    OB, OB0, OBf0 = OBf + OBs, 0.00501324, 0.797629 * 0.00501324
    OC0, ROB0, Pic0 = 0.00115398, 0.00104122, 0.228142
    k1 = k3 = 6.24e-6
    k2 = k4 = 0.112013
    L0, RNK0, O0 = 0.4, 10.0, 4.0
    M0 = k3 * RNK0 * L0 / k4
    agonist = p + hook["PTHrP"]
    GFR = hook["GFR"] - hook["GFRdelta"] * (1 - np.exp(-t / hook["GFRtau"]))

    # 1.2.2 calcium and phosphate balance
    Q0, Qb0 = 100.0, 24900.0
    T13 = (88 / 24) / Q0
    OC50g = 0.543488 * OC0**1.6971 / T13 - OC0**1.6971
    OCe = 0.543488 * OC**1.6971 / (OC**1.6971 + OC50g)
    MOCe = ((M / OC) / (M0 / OC0)) ** 0.603754
    J14 = T13 * Q0 * (1 - 0.107763) + OCe * Q0 * 0.107763 * MOCe + hook["efflux"]
    J15 = 88 / (24 * C10 * 14) * Ca * ((1 - 0.114376) + 0.114376 * HAp)
    J14a = 2.44437e-5 * Qb
    J15a = 2.44437e-5 * Qb0 / Q0 * Q
    J41, J42 = 0.464 * J14, 0.464 * J15

    # 1.2.3 kidney
    m = (1 - 0.923737) / 0.9
    CaFilt = 0.6 * 0.5 * GFR * C1
    ReabsMax = (1 - m + m * EST) * (0.3 * GFR * C10 - 0.149997) * (1.57322 + C10) / C10
    Reabs = ReabsMax * C1 / (1.57322 + C1) * 1.06147 * agonist / (agonist + 0.06147 * p0)
    J27 = max(0.0, (2 - 2 * C8 / (C8 + 90)) * (CaFilt - Reabs))
    J48 = max(0.0, 0.88 * GFR * C2 - 1.142 * 0.88 * GFR)

    # 1.2.4 gut
    T0 = 1.58471
    T85 = 0.909359 * R**4 / (R**4 + 0.75**4)
    T29 = T0 * (0.9 - 0.105929) / 0.105929
    T31 = 0.9 * T / (T + T29)
    J40 = T31 * T * (R / 0.5) / (T + 0.75) + 0.0495 * T
    T36 = 0.003 + 0.034 * C8 / (90 + C8)
    T37 = 0.037 - 0.034 * C8 / (90 + C8)
    J53 = 0.365 * PGut
    J54 = 51.8 * C2
    J56 = 0.019268 * IPO

    # 1.2.5 parathyroid gland
    T60g = (6249.09 - 96.25) * C10**11.7387 / (6249.09 - 385) - C10**11.7387
    sensed = (hook["sensitivity"] * C1) ** 11.7387
    T63 = 6249.09 - (6249.09 - 96.25) * sensed / (sensed + T60g)
    FCTD = (S / 0.5) * PTmax
    u = 0.03 * (C8 - 90 * (C10 / C1) ** 0.9)
    T75 = 0.01 * (0.85 * (1 + np.tanh(u)) + 0.15)
    T76 = 0.01 * (0.85 * (1 - np.tanh(u)) + 0.15)
    cCPE = (4.1029 - 0.9) * 90**12.5033 / (4.1029 - 1) - 90**12.5033
    CPE = 4.1029 - (4.1029 - 0.9) * C8**12.5033 / (C8**12.5033 + cCPE)
    fTSC = 62.2 / 94.4 * TSC

    # 1.2.6 calcitriol
    a = 0.111241
    T66 = (1.54865**a + p0**a) / p0**a
    T68 = T66 * p**a / (1.54865**a + p**a)
    if C2 <= 1.2:
        PhosEff = 1.0
    else:
        PEm = 0.52493 * (1.2**8.25229 + 1.3021**8.25229) / (1.52493 * 1.2**8.25229)
        PhosEff = 1.52493 * (1 - PEm * C2**8.25229 / (C2**8.25229 + 1.3021**8.25229))
    SE = 6.3 * T68 * PhosEff * hook["hydroxylase"]

    # 1.2.7 bone cells and signals
    def H(x: float, E0: float, Em: float, g: float, x0: float, y0: float) -> float:
        c = Em * x0**g / (y0 - E0) - x0**g
        return E0 + Em * x**g / (x**g + c)

    kb, k = 6.05516e-4, 2.98449e-5
    bigDb = kb * OB0 * Pic0 / ROB0
    X = k * (TGFB / 228.142) ** 0.919131 * TGFB * (OC / OC0) ** 0.593891 * EST**0.045273
    PicROB = H(TGFBa, 0.883824 * Pic0, 3.9745, 1.80968, Pic0, Pic0)
    PicOB = H(TGFBa, 0.000244818 * Pic0, 0.251636, 0.122313, Pic0, Pic0)
    PicOC = H(TGFBa, 0.878215 * Pic0, 1.9746, 1.0168, Pic0, Pic0)
    Meff = H(M, 0.388267, 3.15667, 8.53065, M0, 1.0)
    z, z0 = M / 10, k3 / k4 * L0
    cLs = (3.80338 - 0.469779) * z0**3.09023 / (3.80338 - 1) - z0**3.09023
    Ls = 3.80338 - (3.80338 - 0.469779) * z**3.09023 / (z**3.09023 + cLs)
    E0R = 1.01 * kb
    E, F = 3.11842 * Pic0, 0.764028 * Pic0
    cPk = (E - F) * Pic0**2.92375 / (E - Pic0) - Pic0**2.92375
    Pk = E - (E - F) * TGFBa**2.92375 / (TGFBa**2.92375 + cPk)
    Rm = 0.638114 * E0R
    cR = Rm * 10**3.81644 / (E0R - kb) - 10**3.81644
    r = BCL2 - 90 if BCL2 > 105 else 10.0
    Rk = Rm * r**3.81644 / (r**3.81644 + cR)
    kbp = E0R * (Pk / Pic0) * EST**-1.16832e-5 - Rk
    kbs = 0.313186 * kbp
    kbf = (kb * OB0 + kbs * OBf0 - kbs * OB0) / OBf0
    born = bigDb / PicOB * ROB
    kL = 0.00293273
    OE = (OB / OB0) ** 0.173833
    LP = 1.30721 * agonist / (0.30721 * p0 * OE + agonist)
    DenM = (DC / 2340) / 150000 * 1e6
    kinR = (0.00323667 * RNK0 + k3 * RNK0 * L0 - k4 * M0) / 0.228142**0.151825
    d = ROB / ROB0
    cRX = 5 * p0 / (0.693 - 0.125) - p0
    cCR = 3.39745 * p0 / 0.5 - p0

    # 1.2.8 oestrogen, denosumab, bone density
    kinEST = 0.05776227
    if hook["menopause"]:
        # Read as: the onset lies one menopausal duration before its end.
        age, onset = hook["entry"] + t / HOURS_PER_YEAR, 51 - 1.66
        kinEST *= (age / 41) ** -2.3
        if age > onset:  # Read as: the loss begins at the onset, it is not mirrored before it.
            kinEST *= 1 - 0.64 * (age - onset) ** 2 / ((1.66 / 2) ** 2 + (age - onset) ** 2)
    C = DC / 2340

    return np.array(
        [
            T63 * FCTD * hook["secretion"] - 100 / 14 * PTH + fTSC,
            (1 - S) * T76 - S * T75,
            1.604e-4 * CPE - 1.604e-4 * PTmax,
            AOH - 0.10 * B + hook["calcitriol"],
            SE - 0.05 * AOH,
            J14 - J15 - J27 + J40,
            J41 - J42 - J48 + J53 - J54 + J56,
            24.055 / 24 * T85 - J40,
            T36 * (1 - R) - T37 * R,
            (OB / OB0 - HAp) / 3.60609,
            10.5 / 24 * 0.7 - J53,
            J54 - J56,
            0.7 / 24 * Pic0 * Meff * OC0 - 0.7 / 24 * PicOC * Ls * OC,
            kb * OB0 / Pic0 * PicROB * EST**-0.16 - bigDb / PicOB * ROB,
            born * 0.797629 * (kbf / kbp) - kbf * OBf,
            born * 0.202371 * 0.313186 - kbs * OBs,
            k * 228.142 * (OB / OB0) ** 0.0111319 * EST**-0.0374 - X,
            X - 1000 * k * TGFBa,
            kL * 0.4 * OE * LP - kL * L - k1 * OPG * L + k2 * N - k3 * RNK * L + k4 * M - 2.0e-6 * DenM * L,
            kinR * TGFBa**0.151825 - 0.00323667 * RNK - k3 * RNK * L + k4 * M,
            k3 * RNK * L - k4 * M,
            k1 * OPG * L - k2 * N,
            15.8885 * O0 * d * (agonist + 3.85 * d) / (2 * agonist) - k1 * OPG * L + k2 * N - 15.8885 * OPG,
            J15 - J14 + J14a - J15a,
            J15a - J14a,
            6.93 - RX2 * (0.125 + 5 * agonist / (agonist + cRX)),
            0.00279513 * (10 * (0.5 + 3.39745 * agonist / (agonist + cCR)) - CREB),
            0.693 * (CREB * RX2 - BCL2),
            kinEST - 0.05776227 * EST,
            -62.2 / 94.4 * TSC,
            -0.00592 * DSC,
            0.00592 * DSC + 18.67 * DP / 1324 - (18.67 + 2.75 + 3110 / (188 + C)) * C,
            18.67 * C - 18.67 * DP / 1324,
            3.97e-4 * (OB / OB0) ** 0.0793 - 3.97e-4 * (OC / OC0) ** 0.14 * b1,
            1.45e-4 * (OB / OB0) ** 0.0793 - 1.45e-4 * (OC / OC0) ** 0.0679 * b2,
            5.651e-6 * (OB / OB0) ** 0.0793 - 5.651e-6 * (OC / OC0) ** 0.3101 * b3,
        ]
    )
