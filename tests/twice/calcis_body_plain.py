"""What are the equations of the body of Calcis, written a second time as one flat function?

A twin of the Parts, in the notation of the prototype's description, with its numbers as literals, its
units (h, mmol, L, mM; PTH, PTHrP and 1,25D pM; 25D nM; FGF23 pg/mL), and no code or data of the package.
It is NOT blind: one author wrote both, the Parts first.
"""

from __future__ import annotations

from math import exp, inf, log, sqrt, tanh

import numpy as np

STATES = (
    *("Ca", "Pe", "Pc", "Q", "Bn", "a", "b", "W", "S", "H", "Y", "G", "E", "D", "N", "F", "R", "v"),
    *("Mg", "Mc", "Dp", "T"),
)

# What diseases move, with its neutral value; "xs" inf: the gland senses what is there.
HOOKS = {
    **{"Gx": 1.0, "aut": 0.0, "sp": 1.0, "spK": 1.0, "n": 1.0, "PTHrP": 0.0, "unc": 0.0, "Rext": 0.0},
    **{"block": 0.0, "sal": 0.0, "alk": 0.0, "ICx": 1.0, "IPx": 1.0, "bind": 1.0, "inN": 1.0, "IMx": 1.0},
    **{"auto": 0.0, "Cainf": 0.0, "Pinf": 0.0, "dial": 0.0, "xs": inf},
}

V, Vb, x0, Pi0, p0, D0, F0, N0, M0, GFR0 = 14.0, 7.0, 1.2, 1.1, 3.82, 100.0, 45.0, 75.0, 0.85, 6.0
cb, cP, Bm, Kb = 0.09, 0.036, 8.333, 8.8
ICa, fpas, KmI, sec, derm = 25 / 24, 0.09883, 25 / 24, 2.8 / 24, 0.7 / 24
IP, fpP, faP, hR, Rm, tR = 42 / 24, 0.5, 0.155, 1.86, 3.168, 24.0
d0, dc, Kc, nc, t0, Kr, tD, wC, mV = 0.1544, 0.6482, 1.825, 4.959, 0.6945, 1.294, 0.1658, 0.05177, 2.2
uf, wP, fl, Kp, bP, Kf, bF = 0.95, 0.2619, 0.2467, 0.3293, 0.66, 1.948, 0.4245
xz, kz, nu, gV, kv = 1.3, 0.12, 0.101, 1.001, 0.083333
J0, lP, Ka, lD, KD, cup, tA, tB = 0.338, 0.5323, 19.54, 0.3687, 6.588, 0.9095, 48.0, 551.0
Km, Kmd, nmd, ex0, Q0, gW, rs, tW = 0.3051, 2.318, 3, 3.6667, 100.0, 0.04647, 5.259, 1.0
rXP, rBP, Bone0 = 0.46, 0.6, 25000.0
kp, rho0, kd, M, m0, ns, cMg, kMg, kren = 12.44, 0.2948, 0.4737, 17.65, 0.05, 13.21, 0.15, 0.35, 0.3
yD, yP, yC, ly, tY = 0.08028, 0.1325, 4.821, 0.2704, 48.0
gD, gP, gC, lup, ldn, tG, bres = 0.9182, 0.8177, 1.971, 3.0, 0.35, 2160.0, 0.1658
eta, kD, tE, aN, e0, Ke, gF, gPi, gCa = 0.5777, 0.046, 8.0, 0.8212, 0.3788, 3.331, 0.1562, 0.4451, 1.195
KS, k1, k2, wD, kN = 66.39, 0.1, 0.07034, 0.2302, 0.0014441
kF, fP, fD, fn, fCa = 0.9, 1.174, 1.077, 1.26, 0.999
kc, Pc0, IMg, exM, Mc0, wM = 2.0, 200.0, 4 / 24, 0.3, 300.0, 0.05
kaT, kT = 6.0, 0.75


def sp(w: float, u: float) -> float:
    return w * log(1 + exp(u / w))


def inv(w: float, s: float) -> float:
    return w * log(exp(s / w) - 1)


def start() -> np.ndarray:
    """The base state, in the order of STATES."""
    ca = V * (1 + cb + cP * Pi0) * x0 + Vb * Bm * x0 / (x0 + Kb)
    bone = [Q0, Bone0, 1.0, 1.0, 0.0]
    gland = [1.0, p0, 1.0, 1.0]
    return np.array([ca, V * Pi0, Pc0, *bone, *gland, 1.0, D0, N0, F0, 1.0, 1.0, V * M0, Mc0, 0.0, 0.0])


def rates(t: float, y: np.ndarray, overrides: dict[str, float] | None = None) -> np.ndarray:
    """Derivative of STATES per hour; overrides replace values of HOOKS."""
    h = HOOKS | (overrides or {})
    Ca, Pe, Pc, Q, Bn, a, b, W, S, H, Y, G, E, D, N, F, R, v, Mg, Mc, Dp, T = map(float, y)
    n = h["n"]

    # 2.1 concentrations
    Ve = V * v
    P, m = Pe / Ve, Mg / Ve
    kappa = 1 + cb + cP * P
    Ms = Vb * Bm
    B = Ve * kappa * Kb + Ms - Ca
    x = (-B + sqrt(B * B + 4 * Ve * kappa * Ca * Kb)) / (2 * Ve * kappa)
    C = kappa * x
    xr, Pr, Mr, Fr = x / x0, P / Pi0, m / M0, F / F0
    d = (D + eta * N) / (D0 + eta * N0)
    r1 = (H + T + h["PTHrP"]) / p0
    r2 = (H + T + wD * h["PTHrP"]) / p0
    rb = r1 * n**bres
    GFR = GFR0 * n * max(0.15, 1 - gV * max(0, 1 - v))

    # 2.2 gut
    Rinf = Rm * d**hR / (d**hR + Rm - 1)
    eaten, AV = ICa * h["ICx"], 2 * (7.5 / 24 - fpas * ICa)
    A_Ca = fpas * eaten + AV * R * eaten / (eaten + KmI)
    A_P = IP * h["IPx"] * h["bind"] * min(0.9, fpP + faP * R)
    L = (sec + derm) * xr

    # 2.3 renal calcium
    def Hc_at(z: float) -> float:
        return z**nc / (z**nc + Kc**nc)

    Hc, Hc0 = Hc_at(xr / h["spK"]), Hc_at(1)
    delta = (d0 - dc * Hc0 + dc * Hc) * v**mV
    TmCa0 = d0 * (1 + cb + cP * Pi0) * x0 - inv(wC, (7.5 / 24 - sec - derm) / GFR0)
    TmCa = TmCa0 * (t0 + (1 - t0) * r1 * (1 + Kr) / (r1 + Kr)) * d**tD * (1 + h["alk"])
    U_Ca = GFR * sp(wC, delta * C - TmCa)

    # 2.4 renal phosphate
    TP0 = uf * Pi0 - inv(wP, IP * (fpP + faP) / GFR0)
    TmP = TP0 * (fl + (1 - fl) * ((1 + Kp) / (r1 + Kp)) ** bP * ((1 + Kf) / (Fr + Kf)) ** bF)
    U_P = GFR * sp(wP, uf * P - TmP)

    # 2.5 volume
    q = max(0, x - xz)
    vinf = 1 - nu * q * q / (q * q + kz * kz)

    # 2.6 bone
    rho_a = rb * (1 + Ka) / (rb + Ka)
    dd = d * d * (1 + KD * KD) / (d * d + KD * KD)
    ainf = ((1 - lP - lD) + lP * rho_a + lD * dd) * (1 - h["block"])
    Res = J0 * a * Bn / 25000 + h["Rext"]
    s = xr * Pr
    mu, muD = s * (1 + Km) / (s + Km), (1 + Kmd**-nmd) / (1 + (d / Kmd) ** nmd)
    For = J0 * b * mu * muD
    Winf = gW * (rb - 1) / (1 + max(rb - 1, 0) / rs)
    X = ex0 * (xr - Q / Q0 * (1 + W))

    # 2.7 PTH
    xs = h["xs"] if h["xs"] < inf else x + cMg * (m - M0)
    fM = Mr**3 / (Mr**3 + kMg**3) * (1 + kMg**3)
    sG = (M - m0) / (1 - m0) - 1
    rho = rho0 * fM * (m0 + (M - m0) / (1 + sG * (xs / (x0 * h["sp"])) ** ns))
    uY = -yD * log(d) + yP * log(Pr) - yC * log(x / (x0 * h["sp"]))
    uG = -gD * log(d) + gP * log(Pr) - gC * log(x / (x0 * h["sp"]))
    lg = lup if uG > 0 else ldn
    Ginf = 1.0 if h["aut"] else exp(lg * tanh(uG / lg))

    # 2.8 vitamin D
    f = e0 + (1 - e0) * r2 * (1 + Ke) / (r2 + Ke)
    Einf = n**aN * f * Fr**-gF * Pr**-gPi * xr**-gCa
    sub = N / (N + KS) * (N0 + KS) / N0
    k24 = (1 - k1 - k2) + k1 * d + k2 * Fr**0.3

    # 2.10 magnesium
    TM0 = 0.7 * M0 - inv(wM, IMg / GFR0)
    TM = TM0 * (1 - 0.35 * (Hc - Hc0) / (1 - Hc0)) * (0.9 + 0.2 * r1 / (r1 + 1))
    U_Mg = GFR * sp(wM, 0.7 * m - TM)
    X_Mg = exM * (Mr - Mc / Mc0)

    to_cells = kc * (Pr - Pc / Pc0)
    rate = {
        "Ca": A_Ca - L - U_Ca + Res - For - X + h["Cainf"],
        "Pe": A_P - U_P + rBP * (Res - For) - rXP * X - to_cells + h["Pinf"] - h["dial"] * P,
        "Pc": to_cells,
        "Q": X,
        "Bn": For - Res,
        "a": (ainf - a) / tA,
        "b": (a**cup * (1 - h["unc"]) - b) / tB,
        "W": (Winf - W) / tW,
        "S": (kd + rho0) * G * h["Gx"] * Y - (kd + rho) * S,
        "H": kp * (p0 * (rho / rho0) * S - H * (1 - kren + kren * n)),
        "Y": (exp(ly * tanh(uY / ly)) - Y) / tY,
        "G": (Ginf - G) / tG,
        "E": (Einf - E) / tE,
        "D": kD * (D0 * sub * (E + h["auto"]) - k24 * D),
        "N": kN * (N0 * h["inN"] - N),
        "F": kF * (F0 * Pr**fP * d**fD * n**-fn * xr**fCa - F),
        "R": (Rinf - R) / tR,
        "v": h["sal"] / V - kv * (v - vinf),
        "Mg": IMg * h["IMx"] - U_Mg - X_Mg,
        "Mc": X_Mg,
        "Dp": -kaT * Dp,
        "T": kaT * Dp - kT * T,
    }
    return np.array([rate[name] for name in STATES])
