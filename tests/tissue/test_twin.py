"""The tissue model against a second writing of it: one function, other units, its own copy of the numbers."""

from math import log10

import casadi
import numpy as np
import pytest

from calcis.part import assemble
from calcis.tissue import INPUTS, PARTS
from calcis.tissue.numbers import tissue_parameters

STATES = {
    "L": "parenchyma.living",
    "A": "parenchyma.apoptotic",
    "S": "parenchyma.scar",
    "D": "debris.dead",
    "W": "debris.mitochondria",
    "O": "debris.organic_phosphate",
    "N": "leukocytes.neutrophil",
    "Mo": "leukocytes.monocyte",
    "M1": "leukocytes.inflammatory",
    "M2": "leukocytes.reparative",
    "C": "interstitial_fluid.calcium",
    "P": "interstitial_fluid.phosphate",
    "a": "interstitial_fluid.acid",
    "X": "interstitial_fluid.pyrophosphate",
    "ZA": "mineral.amorphous",
    "ZH": "mineral.apatite",
    "B": "ossification.osteogenic",
}


def twin(y, c):
    """Rates per day, pyrophosphate in µmol/L, sharp threshold; c: plasma Ca, P, X, pH, and perf, m, u, F."""
    L, A, S, D, W, O, N, Mo, M1, M2, C, P, a, X, ZA, ZH, B = (y[n] for n in STATES)  # noqa: E741
    m, F, u = c["m"], c["F"], c["u"]
    Z, dp = ZA + ZH, c["pH"] - a / 30 - 7.4
    i = (N + Mo + M1) / (5000 + N + Mo + M1)
    T = 36 * c["perf"] * (0.2305 + (1 - 0.2305) * min(1, L + S)) * (1 + 4.893 * i)
    per = T / 36
    w = D**2 / (D**2 + 0.1601**2)
    lc, lp = log10(max(C, 1e-4) / 1.25), log10(max(P, 1e-4) / 1.15)
    si_acp = -1.668 + 2.898 * lc + 1.991 * lp + 2.262 * dp - 0.355 * dp**2
    si_hap = 9.665 + 4.845 * lc + 2.985 * lp + 4.392 * dp - 0.532 * dp**2
    th = -1.2 + log10(1 + X / 0.6465) - 0.1245 * w
    s = 10 ** ((si_acp - th) / 5)
    f0 = max(1 - L - A - D - S, 0)
    s_d, s_o = D**2 / (D**2 + 0.2141**2), O / (20 + O)
    q = Z / (D + 0.02)
    kap = (1 - F) * (1e-5 * N * (m > 0) + m * 0.0002343 * (M1 + 0.3 * M2))
    kap /= (1 + D / 0.4615) * (1 + (q / 14.19) ** 4)
    j_a = (2268 * D + 161.3 * (1 - D)) * max(s - 1, 0)
    j_d = 6.273 * ZA * max(1 - s, 0)
    j_m = (1 - F) * 755.6 * W * C / (C + 0.5) * P / (P + 0.3) * per / (per + 0.2)
    j_t = 2.4 * ZA / (1 + X / 0.4511)
    g = (0.002094 + (0.9088 - 0.002094) * w) / (1 + X / 0.2759)
    j_g = 7.576 * 0.371 * 10 ** (0.95 * lc + lp + 1.13 * dp)
    j_g *= max(1 - 10 ** (-si_hap / 9), 0) * g * max(1 - Z / 4720, 0) * ZH
    r = m * (1 - F) * (0.01021 + 0.8188 * M2**4 / (M2**4 + 5711**4)) / (1 + (ZH / 195.6) ** 3) * ZH
    sw = 1.5 / (1 + D / 0.1)
    h_x = 1e-3 * (34.16 * D + 5.179 * L) * X
    j_acp, j_hap = j_a + j_m - j_d, j_g - 0.3 * r
    p_mineral = 2 / 3 * j_acp + 0.6 * j_hap - (2 / 3 - 0.6) * j_t
    return {
        "L": (1 - F) * (-u * L + 0.25 * f0 * (1 - s_d) * L / (L + 0.02)),
        "A": u * L - (0.002 * m * (M1 + M2) + 1) * A,
        "S": (1 - F) * (0.05 * f0 * s_d + 0.005 * f0),
        "D": A - kap * D,
        "W": A - 5.292 * W,
        "O": 60 * A - 0.538 * O - kap * O,
        "N": (1 - F) * (m > 0) * 3e4 * s_o - 3 * N,
        "Mo": (1 - F) * m * 8000 * (1 - (1 - s_d) * (1 - 1 * s_o)) - (0.958 + 0.5) * Mo,
        "M1": 0.958 * Mo - (sw + 0.3) * M1,
        "M2": sw * M1 - 0.224 * (M2 - 200 * m * (1 - F)),
        "C": (T * (c["Ca"] - C) - j_acp - j_hap) / 0.15,
        "P": (T * (c["P"] - P) + 0.538 * O + 2 * h_x - p_mineral) / 0.15,
        "a": (-T * a + 2 / 3 * j_acp + 0.8 * j_hap + (0.8 - 2 / 3) * j_t + h_x) / 0.15,
        "X": (T * (c["X"] - X) + 95.74 * L - 1e3 * h_x) / 0.15,
        "ZA": j_acp - j_t - kap * ZA,
        "ZH": j_t + j_g - r - kap * ZH,
        "B": (Z / (Z + 100) - B) / 14,
    }


def random_point(rng):
    """States and conditions of the twin, over all that a run may meet; now and then a state is 0."""
    fractions = rng.dirichlet(np.ones(5))[:4]
    y = dict(zip(("L", "A", "S", "D"), map(float, fractions), strict=True))
    y |= {"W": rng.uniform(0, 1), "O": rng.uniform(0, 60), "B": rng.uniform(0, 1), "a": rng.uniform(-3, 3)}
    y |= {name: 10 ** rng.uniform(0, 4.3) for name in ("N", "Mo", "M1", "M2")}
    y |= {"C": 10 ** rng.uniform(-5, 0.6), "P": 10 ** rng.uniform(-5, 1.2), "X": rng.uniform(0, 12)}
    y |= {"ZA": 10 ** rng.uniform(-4, 2), "ZH": 10 ** rng.uniform(-4, 3.6)}
    for name in rng.choice([n for n in STATES if n != "a"], rng.integers(0, 3)):
        y[str(name)] = 0.0
    c = {
        "Ca": rng.uniform(0.7, 3),
        "P": rng.uniform(0.5, 4),
        "X": rng.uniform(0, 10),
        "pH": rng.uniform(7, 7.7),
    }
    c |= {"perf": rng.choice([0, 0.02, 0.3, 1, 50]), "m": rng.choice([0, 0.05, 0.5, 1])}
    c |= {"u": rng.choice([0, 0.04]), "F": rng.choice([0, 0, 0, 1])}
    if c["m"] == 0:
        y["N"] = 0.0  # without leukocytes there are none; the twin switches off their phagocytosis as well
    return {k: float(v) for k, v in y.items()}, {k: float(v) for k, v in c.items()}


@pytest.fixture(scope="module")
def model():
    return assemble(PARTS, INPUTS)


@pytest.fixture(scope="module")
def numbers():
    return {name: number.value for name, number in tissue_parameters().items()}


def ours(model, numbers, y, c):
    """What `model.at` needs, for a point of the twin."""
    states = {STATES[n]: value * (1e-3 if n == "X" else 1) for n, value in y.items()}
    states = {name: states[name] for name in model.states}
    changed = {
        "capillaries.perfusion": c["perf"],
        "leukocytes.macrophage_competence": c["m"],
        "parenchyma.fixed": c["F"],
        "parenchyma.apoptosis_rate": c["u"] / 24,
    }
    plasma = {
        "calcium_ionised_plasma": c["Ca"],
        "phosphate_plasma": c["P"],
        "pyrophosphate_plasma": 1e-3 * c["X"],
        "ph_plasma": c["pH"],
    }
    return states, numbers | changed, plasma


def test_rates_equal_those_of_the_twin(model, numbers):
    """To rounding: 1e-12 of the rate, or of the largest mineral flow where rates are differences of those."""
    exact = {
        "mineral.smoothing": 1e-12,
        "mineral.growth_least_apatite": 0.0,
        "parenchyma.regrowth_least_living": 0.0,
    }
    rng = np.random.default_rng(1)
    worst = 0.0
    for _ in range(400):
        y, c = random_point(rng)
        wanted = twin(y, c)
        states, parameters, plasma = ours(model, numbers | exact, y, c)
        found = model.at(states, parameters, plasma).rates()
        flow = max(abs(wanted[n]) for n in ("C", "P", "a", "ZA", "ZH"))
        for name, dotted in STATES.items():
            rate = found[dotted] * 24 * (1e3 if name == "X" else 1)
            size = flow if name in ("C", "P", "a", "ZA", "ZH") else abs(wanted[name])
            worst = max(worst, abs(rate - wanted[name]) / (size + 1e-3))
    assert worst < 1e-12


def test_floats_arrays_and_symbols_agree(model, numbers):
    """The same laws on floats, on arrays of courses and as a CasADi graph, to rounding."""
    rng = np.random.default_rng(2)
    points = [ours(model, numbers, *random_point(rng)) for _ in range(20)]
    symbols = {name: casadi.SX.sym(name) for name in (*model.states, *model.parameters, *INPUTS)}
    graph = model.at(symbols, symbols, symbols).rates()
    function = casadi.Function("rates", list(symbols.values()), [casadi.vertcat(*graph.values())])
    together = [
        {name: np.array([point[i][name] for point in points]) for name in points[0][i]} for i in range(3)
    ]
    columns = model.at(*together).rates()
    for k, (states, parameters, plasma) in enumerate(points):
        found = model.at(states, parameters, plasma).rates()
        values = {**parameters, **states, **plasma}
        traced = np.array(function(*(values[name] for name in symbols))).ravel()
        for i, name in enumerate(model.states):
            assert columns[name][k] == pytest.approx(found[name], rel=1e-9, abs=1e-9)
            assert traced[i] == pytest.approx(found[name], rel=1e-9, abs=1e-9)
