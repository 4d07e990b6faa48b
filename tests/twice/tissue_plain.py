"""What are the equations of one voxel of tissue, written a second time as one flat function?

A twin of the Parts: written from the written-down laws, as a list of reactions with what each makes and
takes, in its own notation and units (days; mmol per litre of tissue for solids, of fluid for what is
dissolved; cells and germs/mm³; volume fractions).  It reads the numbers that are fitted by itself; those of
saturation and stoichiometry stand here.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import yaml

CELLS = ("L", "A", "S", "D", "W", "K", "O", "N", "Mo", "M1", "M2", "U", "B", "V", "G")
FLUID = ("C", "P", "a", "X")  # counted per litre of fluid
SOLIDS = ("ZA", "ZO", "ZH", "ZB", "ZE", "F", "FA", "So", "QC", "QP")
STATES = (*CELLS, *FLUID, *SOLIDS)

CONDITIONS = {
    "Ca_p": 1.25,  # mM
    "P_p": 1.15,  # mM
    "pH_p": 7.4,
    "X_p": 3.3e-3,  # mM
    "perf": 1.0,  # multiple of resting muscle exchange
    "m": 1.0,  # macrophage competence; 0 also means ex vivo
    "u": 0.0,  # 1/d, apoptosis of living cells
    "fixed": 0.0,  # 1: fixed or devitalised implant
    "fat": 0.0,  # mM of fatty acid in the fat of the tissue
    "base": 0.0,  # mM/d, base that stays where the tissue secretes acid
    "dpH": 0.0,  # pH above that of plasma, by carbon dioxide that leaves
    "muscle": 0.0,  # share of cells that are smooth muscle
    "access": 1.0,  # how easily leukocytes come
    "eat": 1.0,  # what is left of phagocytosis
    "out": 0.0,  # 1/d, outgrowth of blood supply
    "bare": 0.0,  # mM/d, mineral within elastic fibres at the drive of plasma
    "hide": 0.0,  # share of killing that germs escape
}

MOUSE = {"P_p": 1.8}
ABCC6 = {"P_p": 1.8, "X_p": 1.155e-3}

# Phosphate and acid (H over HPO4 2- and water) per calcium: Ca3(PO4)2, Ca4H(PO4)3, Ca5(PO4)3OH twice.
SALTS = {
    "ZA": (2 / 3, 2 / 3),
    "ZO": (3 / 4, 1 / 2),
    "ZH": (3 / 5, 4 / 5),
    "ZB": (3 / 5, 4 / 5),
    "ZE": (3 / 5, 4 / 5),
}

_TO_DAYS = {
    **dict.fromkeys(("1", "1/d", "d", "mmol/L", "mmol/L/d", "1/mm^3", "1/mm^3/d", "mm^3/d"), 1.0),
    **dict.fromkeys(("1/h", "mmol/L/h", "mm^3/h"), 24.0),
    **{"1/min": 1440.0, "cm^3/min": 1440e3, "h": 1 / 24, "umol/L": 1e-3, "umol/L/d": 1e-3},
}


@cache
def _numbers() -> SimpleNamespace:
    """The numbers of the laws by name of part and of number, in days and mM; those of mass are not used."""
    found: dict[str, SimpleNamespace] = {}
    for path in (Path(__file__).parents[2] / "src" / "calcis" / "data" / "tissue").glob("*.yaml"):
        for part, numbers in yaml.safe_load(path.read_text())["parts"].items():
            used = {
                k: float(n["value"]) * _TO_DAYS[str(n["unit"])]
                for k, n in numbers.items()
                if str(n["unit"]) in _TO_DAYS
            }
            found[part] = SimpleNamespace(**used)
    return SimpleNamespace(**found)


def start(kill: float, overrides: dict[str, float] | None = None) -> np.ndarray:
    """State right after a fraction `kill` of the cells died, in the order of STATES."""
    v, n = CONDITIONS | (overrides or {}), _numbers()
    fixed, T = v["fixed"], n.capillaries.permeability_surface * v["perf"]
    content = n.debris.organic_phosphate_content
    split, made = n.interstitial_fluid.pyrophosphatase_living, n.interstitial_fluid.pyrophosphate_production
    y = dict.fromkeys(STATES, 0.0)
    y |= {"L": 1 - kill, "D": kill, "K": kill, "F": v["fat"] * kill}
    y |= {"W": (1 - fixed) * kill, "O": content * kill * (1 / 6 if fixed else 1)}
    y |= {"M2": n.leukocytes.resident_macrophages * v["m"] * (1 - fixed)}
    y |= {"C": v["Ca_p"], "P": v["P_p"], "X": v["X_p"]}
    if T > 0 and not fixed:
        y["X"] = (T * v["X_p"] + made) / (T + split)
        y["P"] += 2 * split * y["X"] / T
        y["a"] += (split * y["X"] - v["base"]) / T
    return np.array([y[name] for name in STATES])


def injure(y: np.ndarray, killed: float) -> np.ndarray:
    """State after an injury that kills a fraction of what lives: section 1's initial values, later."""
    after, dying = y.copy(), killed * y[STATES.index("L")]
    content = _numbers().debris.organic_phosphate_content
    for name, share in (("L", -1), ("D", 1), ("W", 1), ("K", 1), ("O", content)):
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
    v, n = CONDITIONS | (overrides or {}), _numbers()
    x = SimpleNamespace(**dict(zip(STATES, map(float, y), strict=True)))
    cells, dead, wall, soup, salt = n.leukocytes, n.debris, n.capillaries, n.interstitial_fluid, n.mineral
    alive, m = 1 - v["fixed"], v["m"]
    Z = x.ZA + x.ZO + x.ZH + x.ZB
    change = dict.fromkeys(STATES, 0.0)

    def go(rate: float, **made: float) -> None:
        for name, amount in made.items():
            change[name] += amount * rate

    def falling(of: float, half: float) -> float:
        return 1 / (1 + of / half)

    def hill(of: float, half: float, power: int) -> float:
        return of**power / (of**power + half**power)

    # Signals
    by_debris = hill(x.D, dead.signal_half, 2)
    w = hill(x.D, dead.environment_half, 2)
    alarmed = hill(x.K, cells.alarm_half, 2)
    germs = hill(x.G, n.microbes.signal_half, 1)
    crystals = hill(Z, cells.crystal_half, 1)
    on_mineral = hill(Z, n.ossification.half_mineral, 1)
    inflamed = hill(x.N + x.Mo + x.M1, cells.inflammation_half, 1)
    flow = 1 - x.V
    oxygen = hill(flow, n.parenchyma.flow_half, 4) / hill(1.0, n.parenchyma.flow_half, 4)
    reach = falling(Z, salt.resorption_depth)
    room = max(0.0, 1 - (Z + x.ZE) / salt.mineral_highest)
    permissive = w + (1 - w) * n.ossification.permissiveness * v["muscle"] * x.B

    # Blood
    T = wall.permeability_surface * v["perf"] * flow * (1 + wall.hyperaemia * inflamed)
    T *= 1 - (1 - wall.exchange_left_in_dead) * (1 - min(1.0, x.L + x.S))
    T /= 1 + (Z / wall.closing_mineral) ** 2
    go(T * (v["Ca_p"] - x.C), C=1)
    go(T * (v["P_p"] - x.P), P=1)
    go(T * (v["X_p"] - x.X), X=1)
    go(-T * x.a, a=1)
    go(v["out"] * flow - wall.vessel_growth * (x.M1 + x.M2) * x.V, V=1)

    # Cells of the tissue
    def bursts(rate: float, source: str) -> None:
        content = dead.organic_phosphate_content
        go(rate, **{source: -1, "D": 1, "W": 1, "K": 1, "O": content, "F": v["fat"]})

    own = n.parenchyma
    space = max(0.0, 1 - x.L - x.A - x.D - x.S)
    parents = max(x.L, 0.0) + own.stem_cells
    bursts(alive * n.microbes.toxicity * x.G * x.L, "L")
    bursts(alive * own.starvation_rate * (1 - oxygen) * x.L, "L")
    bursts(x.A / own.secondary_necrosis_time, "A")
    go(alive * v["u"] * x.L, L=-1, A=1)
    go(cells.efferocytosis * m * (x.M1 + x.M2) * x.A, A=-1)
    grown = parents / (parents + own.regrowth_half_living) * (1 - by_debris)
    go(alive * space * oxygen * own.regrowth_rate * grown, L=1)
    go(alive * space * oxygen * (own.scarring_rate * by_debris + own.scarring_rate_clean), S=1)
    go(dead.mitochondrial_loss * x.W, W=-1)
    go(dead.alarmin_loss * x.K, K=-1)
    go(dead.phosphate_release_rate * x.O, O=-1, P=1)

    # Leukocytes and germs
    calm = (1 - by_debris) * (1 - cells.alarm_weight * alarmed) * (1 - cells.crystal_weight * crystals)
    come = alive * v["access"]
    go(come * (m > 0) * cells.neutrophil_recruitment * (1 - (1 - alarmed) * (1 - germs)), N=1)
    go(cells.neutrophil_loss * x.N, N=-1)
    go(come * m * cells.monocyte_recruitment * (1 - calm * (1 - germs)), Mo=1)
    go(cells.differentiation_rate * x.Mo, Mo=-1, M1=1)
    go(cells.monocyte_loss * x.Mo, Mo=-1)
    go(cells.switching_rate * falling(x.D, cells.switching_half) * x.M1, M1=-1, M2=1)
    go(cells.inflammatory_loss * x.M1, M1=-1)
    go(cells.reparative_loss * (x.M2 - alive * m * cells.resident_macrophages), M2=-1)
    go(alive * cells.fusion_rate * x.M2**2 * crystals, U=1)
    go(cells.giant_loss * x.U, U=-1)
    by_macrophages = m * cells.macrophage_killing * (x.M1 + x.M2)
    killing = cells.neutrophil_killing * x.N + by_macrophages * falling(
        x.G, n.microbes.phagocytosis_saturation
    )
    breeding = n.microbes.growth_rate * max(0.0, x.G - n.microbes.least) * (1 - x.G / n.microbes.highest)
    go(breeding - (1 - v["hide"]) * killing * x.G, G=1)

    # Fluid.  1e-4 mM is still supersaturated where calcium was injected, so logarithms go on to 1e-9.
    pH = v["pH_p"] + v["dpH"] - x.a / soup.buffer_capacity
    lg_Ca, lg_PO4 = activities(max(x.C, 1e-9), max(x.P, 1e-9), pH)
    lg_water = -0.0022
    SI_ACP = 3 * lg_Ca + 2 * lg_PO4 + 3 * lg_water + 25.7
    SI_OCP = 4 * lg_Ca + 3 * lg_PO4 - pH + 2.5 * lg_water + 48.7
    SI_HAP = 5 * lg_Ca + 3 * lg_PO4 + (pH - 13.6187 + lg_water) + 58.6285
    go((soup.pyrophosphatase_dead * x.D + soup.pyrophosphatase_living * x.L) * x.X, X=-1, P=2, a=1)
    go(soup.pyrophosphate_production * x.L, X=1)
    go(alive * flow * v["base"] * x.L, a=-1)

    # Mineral: what forms takes calcium, phosphate and base from the fluid
    def forms(rate: float, kind: str, **more: float) -> None:
        phosphate, acid = SALTS[kind]
        go(rate, **{kind: 1, "C": -1, "P": -phosphate, "a": acid}, **more)

    def turns(rate: float, kind: str, into: str) -> None:
        forms(-rate, kind)
        forms(rate, into)

    def leaves(rate: float, kind: str, returned: float = 0.0) -> None:
        go(rate * (1 - returned), **{kind: -1, "QC": 1, "QP": SALTS[kind][0]})
        forms(-rate * returned, kind)

    threshold = salt.threshold + np.log10(1 + x.X / salt.threshold_half_pyrophosphate)
    s = 10 ** ((SI_ACP - threshold + salt.membrane_shift * permissive) / 5)
    forms((salt.nucleation_dead * x.D + salt.nucleation_living * (1 - x.D)) * max(0.0, s - 1) * room, "ZA")
    forms(-salt.redissolution_rate * x.ZA * max(0.0, 1 - s), "ZA")
    supplied = v["perf"] and T / (T + wall.permeability_surface * dead.loading_half_exchange)
    loading = alive * dead.loading_rate * x.W * supplied
    loading *= room * hill(x.C, dead.loading_half_calcium, 1) * hill(x.P, dead.loading_half_phosphate, 1)
    forms(loading, "ZA", W=-1 / dead.loading_capacity)
    turns(salt.conversion_rate * x.ZA * falling(x.X, salt.conversion_half_pyrophosphate), "ZA", "ZO")
    turns(salt.ripening_rate * x.ZO, "ZO", "ZH")
    surface = x.ZO + salt.apatite_surface * x.ZH
    g = salt.growth_dead * permissive + salt.growth_living * (1 - permissive)
    g *= salt.growth_rate * salt.growth_temperature_factor * 10 ** (lg_Ca + lg_PO4 + 12.006577)
    g *= falling(x.X, salt.growth_half_pyrophosphate) * room
    forms(g * max(0.0, 1 - 10 ** (-SI_OCP / 8)) * surface, "ZO")
    bare = v["bare"] * 10 ** (lg_Ca + lg_PO4 + 12.006577) * max(0.0, 1 - 10 ** (-SI_OCP / 8))
    forms(bare * falling(x.X, salt.growth_half_pyrophosphate) * room, "ZE")
    forms(-salt.dissolution_rate * x.ZO * max(0.0, 1 - 10 ** (SI_OCP / 8)), "ZO")
    forms(-salt.dissolution_rate * salt.apatite_surface * x.ZH * max(0.0, 1 - 10 ** (SI_HAP / 9)), "ZH")
    bone = n.ossification.bone_rate * hill(x.B, n.ossification.bone_half_signal, 4) * on_mineral * room
    forms(alive * (x.L + x.S) * bone * hill(x.C, n.ossification.bone_half_calcium, 1), "ZB")

    # What cells carry off, and what becomes of it
    single = alive * m * cells.resorption_basal
    giant = x.U * cells.giant_resorption * cells.giant_density / (Z + cells.giant_half)
    leaves((single * reach + giant) * x.ZO, "ZO", salt.resorbed_returned)
    leaves((single * reach * salt.apatite_surface + giant) * x.ZH, "ZH", salt.resorbed_returned)
    leaves(alive * m * salt.bone_turnover * x.ZB, "ZB", salt.resorbed_returned)
    eating = cells.neutrophil_phagocytosis * x.N
    eating += m * cells.macrophage_phagocytosis * (x.M1 + cells.reparative_share * x.M2)
    load = Z / (x.D + dead.mineral_load_floor) / dead.mineral_resistance
    least = dead.least_clearance
    kappa = alive * v["eat"] * eating * falling(x.D, dead.clearance_saturation)
    kappa *= (least + (1 - least) * falling(load**2, 1.0)) * reach
    kappa *= falling((x.F + x.FA + 2 * x.So) / (x.D + dead.mineral_load_floor), dead.oil_resistance)
    go(kappa * x.D, D=-1)
    go(kappa * x.O, O=-1, QP=1)
    for kind in ("ZA", "ZO", "ZH"):
        leaves(kappa * getattr(x, kind), kind)
    go(n.digestion.digestion_rate * x.QC, QC=-1)
    go(n.digestion.digestion_rate * x.QP, QP=-1)

    # Fat
    go(n.fat.lipolysis_rate * x.F, F=-1, FA=1)
    go(kappa * x.F, F=-1)
    go(kappa * x.FA, FA=-1)
    go(n.fat.soap_rate * x.FA * hill(x.C, n.fat.soap_half_calcium, 1), FA=-2, C=-1, So=1, a=2)
    go(n.fat.wash_out * T * x.FA * falling(x.FA, n.fat.albumin_binds), FA=-1)
    go((kappa + n.fat.soap_uptake * single) * x.So, So=-1, QC=1)

    # Bone forming
    by_phosphate = v["muscle"] * hill(x.P, n.ossification.half_phosphate, 4)
    called = on_mineral + by_phosphate - on_mineral * by_phosphate
    go((alive * called - x.B) / n.ossification.response_time, B=1)

    return np.array([change[k] / (soup.fluid_share if k in FLUID else 1.0) for k in STATES])
