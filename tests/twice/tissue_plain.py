"""What are the equations of one voxel of tissue, written a second time as one flat function?

A blind twin of the Parts: written from the written-down model alone, in its own notation and units
(day; mmol per litre of tissue for solids and organic P; mM for dissolved Ca and Pi; µM for
pyrophosphate; cells and germs/mm³; volume fractions), with literal numbers, and sharing no code and no
data file with the package.  V, the share of blood flow that is lost, and G, germs, came after it.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

STATES = ("L", "A", "D", "S", "W", "N", "Mo", "M1", "M2", "O", "C", "P", "a", "X", "ZA", "ZH", "B", "V", "G")

CONDITIONS = {
    "Ca_p": 1.25,  # mM
    "P_p": 1.15,  # mM
    "pH_p": 7.4,
    "X_p": 3.3,  # µM
    "perf": 1.0,  # multiple of resting muscle exchange
    "m": 1.0,  # macrophage competence; 0 also means ex vivo
    "u": 0.0,  # 1/d, apoptosis of living cells
    "F": 0.0,  # 1: fixed or devitalised implant
}

MOUSE = {"P_p": 1.8}
ABCC6 = {"P_p": 1.8, "X_p": 1.155}


def start(kill: float, overrides: dict[str, float] | None = None) -> np.ndarray:
    """State right after a fraction `kill` of the cells died, in the order of STATES."""
    v = CONDITIONS | (overrides or {})
    perf, F, X_p = v["perf"], v["F"], v["X_p"]
    T = 36 * perf
    X = X_p if perf == 0 or F == 1 else (T * X_p + 95.74) / (T + 5.179)
    W = 0.0 if F == 1 else kill
    O = 10.0 if F == 1 else 60 * kill  # noqa: E741 - the model's own symbol
    M2 = 0.0 if F == 1 else 200 * v["m"]
    fluid = [v["Ca_p"], v["P_p"], 0.0, X]
    return np.array([1 - kill, 0.0, kill, 0.0, W, 0.0, 0.0, 0.0, M2, O, *fluid, 0.0, 0.0, 0.0, 0.0, 0.0])


def injure(y: np.ndarray, killed: float) -> np.ndarray:
    """State after an injury that kills a fraction of what lives: section 1's initial values, later."""
    after, dying = y.copy(), killed * y[STATES.index("L")]
    for name, share in (("L", -1), ("D", 1), ("W", 1), ("O", 60)):
        after[STATES.index(name)] += share * dying
    return after


Map = Callable[[np.ndarray], np.ndarray]


def strikes(kind: str, killed: float, **own: float) -> list[tuple[float, Map]]:
    """What an injury does: (days after it, map of the state), in order.

    own: flow (share left), lasts (d), germs (1/mm³), calcium and phosphate (mmol per litre of tissue).
    """

    def kill(y: np.ndarray) -> np.ndarray:
        return injure(y, killed)

    def put(name: str, new: Callable[[float], float]) -> Map:
        k = STATES.index(name)
        return lambda y: np.concatenate([y[:k], [new(y[k])], y[k + 1 :]])

    def shut(left: float) -> Map:
        return put("V", lambda lost: 1 - left * (1 - lost))

    if kind == "ischaemia":
        end = own.get("lasts", np.inf)
        found = [(0.0, shut(own.get("flow", 0.0))), (min(1 / 6, end), kill)]
        return found + ([(end, put("V", lambda lost: 0.0))] if end < np.inf else [])
    more = {
        "trauma": lambda: [shut(own.get("flow", 0.5))],
        "infection": lambda: [put("G", lambda germs: germs + own.get("germs", 1000.0))],
        "injection": lambda: [
            put("C", lambda c: c + own.get("calcium", 0.0) / 0.15),
            put("P", lambda c: c + own.get("phosphate", 0.0) / 0.15),
        ],
    }
    return [(0.0, kill), *((0.0, one) for one in more.get(kind, list)())]


def activities(C: float, P: float, pH: float) -> tuple[float, float]:
    """lg of the activities of Ca2+ and PO4 3- (mol/L) at 37 °C, of free Ca and total Pi in mM.

    Phosphate as a sum over what it is bound to, relative to HPO4 2-; 144.2 mM of salt, 0.5 mM of free Mg.
    """
    h = 10 ** (7.4 - pH)
    I = min((144.2 + 3 * C + 3 * 0.5 + 0.085791 * P / (1 + 0.4044 * h)) / 1000, 0.3949793385896)  # noqa: E741
    minus_lg_gamma = 0.5195 * (np.sqrt(I) / (1 + np.sqrt(I)) - 0.3 * I)
    gamma = 10**-minus_lg_gamma
    a_Ca, a_Mg = C * gamma**4, 0.5 * gamma**4
    HPO4 = 1 / gamma**4
    NaHPO4 = 0.019578 * 144.2
    H2PO4 = 0.69168 * h / gamma
    CaPO4, CaHPO4, CaH2PO4 = 0.049512 / h / gamma * a_Ca, 0.68786 * a_Ca, 0.018761 * h / gamma * a_Ca
    MgHPO4 = 0.98099 * a_Mg
    forms = HPO4 + NaHPO4 + H2PO4 + CaPO4 + CaHPO4 + CaH2PO4 + MgHPO4
    lg_Ca = np.log10(C) - 3 - 0.0018372 - 4 * minus_lg_gamma
    return lg_Ca, np.log10(P / forms) - 3 - 12.214 + pH


def rates(t: float, y: np.ndarray, overrides: dict[str, float] | None = None) -> np.ndarray:
    """Derivative of STATES per day; overrides replace values of CONDITIONS."""
    v = CONDITIONS | (overrides or {})
    Ca_p, P_p, pH_p, X_p = v["Ca_p"], v["P_p"], v["pH_p"], v["X_p"]
    perf, m, u, F = v["perf"], v["m"], v["u"], v["F"]
    L, A, D, S, W, N, Mo, M1, M2, O, C, P, a, X, ZA, ZH, B, V, G = y  # noqa: E741
    leukocytes = 1.0 if m > 0 else 0.0

    # 2. auxiliary functions
    Z = ZA + ZH
    pH = pH_p - a / 30
    i = (N + Mo + M1) / (5000 + N + Mo + M1)
    T = 36 * perf * (1 - V) * (0.2305 + (1 - 0.2305) * min(1.0, L + S)) * (1 + 4.893 * i)
    per = T / 36
    w = D**2 / (D**2 + 0.1601**2)
    # Read as: 1e-4 mM is still supersaturated where calcium was injected, so logarithms go on to 1e-9.
    lg_Ca, lg_PO4 = activities(max(C, 1e-9), max(P, 1e-9), pH)
    lg_water = -0.0022
    SI_ACP = 3 * lg_Ca + 2 * lg_PO4 + 3 * lg_water + 25.7
    SI_HAP = 5 * lg_Ca + 3 * lg_PO4 + (pH - 13.6187 + lg_water) + 58.6285
    th = -1.241 + np.log10(1 + X / 0.6465) - 0.1245 * w
    s = 10 ** ((SI_ACP - th) / 5)
    f0 = max(0.0, 1 - L - A - D - S)
    s_D = D**2 / (D**2 + 0.2141**2)
    s_O = O / (20 + O)
    s_G = G / (1000 + G)
    q = Z / (D + 0.02)
    eaten = 1e-5 * N * leukocytes + m * 0.0002343 * (M1 + 0.3 * M2)
    kap = (1 - F) * eaten / (1 + D / 0.4615) / (1 + (q / 14.19) ** 4)
    g_s = 1 / (1 + (ZH / 195.6) ** 3)

    # 3. mineral
    J_A = (2268 * D + 161.3 * (1 - D)) * max(0.0, s - 1)
    J_d = 6.273 * ZA * max(0.0, 1 - s)
    J_m = (1 - F) * 755.6 * W * C / (C + 0.5) * P / (P + 0.3) * per / (per + 0.2)
    J_t = 2.4 * ZA / (1 + X / 0.4511)
    g = (0.002094 + (0.9088 - 0.002094) * w) / (1 + X / 0.2759)
    driving = max(0.0, 1 - 10 ** (-SI_HAP / 9))
    room = max(0.0, 1 - Z / 4720)
    J_g = 7.576 * 0.371 * 10 ** (lg_Ca + lg_PO4 + 12.006577) * driving * g * room * ZH
    R = m * (1 - F) * (0.01021 + 0.8188 * M2**4 / (M2**4 + 5711**4)) * g_s * ZH

    # 3. cells and chemistry
    kh, chi = 0.538, 0.3
    sw = 1.5 / (1 + D / 0.1)
    mu = 1e-4 * G
    burst = A + (1 - F) * mu * L
    eaten_germs = 2.88e-3 * N + 0.18 * m * (M1 + M2) / (1 + G / 200)
    h_X = 1e-3 * (34.16 * D + 5.179 * L) * X
    net = J_A + J_m - J_d
    P_solid = 2 / 3 * net + 0.6 * (J_g - chi * R) - (2 / 3 - 0.6) * J_t
    return np.array(
        [
            (1 - F) * (-u * L - mu * L + 0.25 * f0 * (1 - s_D) * L / (L + 0.02)),
            u * L - (0.002 * m * (M1 + M2) + 1) * A,
            burst - kap * D,
            (1 - F) * (0.05 * f0 * s_D + 0.005 * f0),
            burst - 5.292 * W,
            (1 - F) * leukocytes * 3e4 * (1 - (1 - s_O) * (1 - s_G)) - 3 * N,
            (1 - F) * m * 8000 * (1 - (1 - s_D) * (1 - 1 * s_O) * (1 - s_G)) - (0.958 + 0.5) * Mo,
            0.958 * Mo - (sw + 0.3) * M1,
            sw * M1 - 0.224 * (M2 - 200 * m * (1 - F)),
            60 * burst - kh * O - kap * O,
            (T * (Ca_p - C) - J_A - J_m - J_g + J_d + chi * R) / 0.15,
            (T * (P_p - P) + kh * O + 2 * h_X - P_solid) / 0.15,
            (-T * a + 2 / 3 * net + 0.8 * (J_g - chi * R) + (0.8 - 2 / 3) * J_t + h_X) / 0.15,
            (T * (X_p - X) + 95.74 * L - (34.16 * D + 5.179 * L) * X) / 0.15,
            J_A + J_m - J_d - J_t - kap * ZA,
            J_t + J_g - R - kap * ZH,
            (Z / (Z + 100) - B) / 14,
            -2e-5 * (M1 + M2) * V,
            11.52 * max(0.0, G - 0.1) * (1 - G / 2e4) - eaten_germs * G,
        ]
    )
