"""How strongly does water screen charges?  Debye and Hückel's A and B at 1 atm, 0-100 °C.

A = e² B / (2 ln 10 ε k T), B = √(8π N e² ρ / ε k T), with the density ρ of Wagner and Pruss (2002,
equation 2.6, on the saturation line, and the rise to 1 atm as PHREEQC 3 has it), the dielectric constant
ε of Bradley and Pitzer (1979), and the charges and constants of PHREEQC 3 (Parkhurst and Appelo 2013),
so that activities agree with PHREEQC to the last digits.
"""

from __future__ import annotations

import math

import numpy as np

ZERO_CELSIUS = 273.15  # K
LOWEST, HIGHEST = 273.15, 373.15  # K
_CRITICAL = 647.096  # K
_SATURATED = (  # Wagner and Pruss: power of 1 - T/Tc, coefficient; times 322 kg/m³
    (1 / 3, 1.99274064),
    (2 / 3, 1.09965342),
    (5 / 3, -0.510839303),
    (16 / 3, -1.75493479),
    (43 / 3, -45.5170352),
    (110 / 3, -6.7469445e5),
)
_PRESSED = (5.188e-2, -4.1885519e-4, 6.6780748e-6, -3.6648699e-8, 8.3501912e-11)  # kg/m³/atm, powers of °C
_PITZER = (3.4279e2, -5.0866e-3, 9.469e-7, -2.0525, 3.1159e3, -1.8289e2, -8.0325e3, 4.2142e6, 2.1417)
_CHARGE = 1.671008e-3  # e²/k, cm K
_AVOGADRO = 6.02252e23  # PHREEQC's; the exact one gives a B higher by 1e-5
_BAR = 1.01325  # per atm


def density(temperature: np.ndarray) -> np.ndarray:
    """Density of water at 1 atm, kg/m³; temperature in K."""
    θ = 1.0 - temperature / _CRITICAL
    saturated = 322.0 * (1.0 + sum(b * θ**power for power, b in _SATURATED))
    celsius = temperature - ZERO_CELSIUS
    vapour = np.exp(11.6702 - 3816.44 / (temperature - 46.13))  # atm
    return np.asarray(saturated + (1.0 - vapour) * sum(p * celsius**k for k, p in enumerate(_PRESSED)))


def dielectric_constant(temperature: np.ndarray) -> np.ndarray:
    """Relative dielectric constant of water at 1 atm; temperature in K."""
    u1, u2, u3, u4, u5, u6, u7, u8, u9 = _PITZER
    at_1000_bar = u1 * np.exp(temperature * (u2 + temperature * u3))
    c = u4 + u5 / (u6 + temperature)
    b = u7 + u8 / temperature + u9 * temperature
    return np.asarray(at_1000_bar + c * np.log((b + _BAR) / (b + 1000.0)))


def debye_hueckel(temperature: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """A (kg/mol)^½ for decimal logarithms, and B (kg/mol)^½/Å, at temperatures in K."""
    length = _CHARGE / (dielectric_constant(temperature) * temperature)  # cm
    b = np.sqrt(8.0 * math.pi * _AVOGADRO * length * density(temperature) * 1e-6)
    return b * length / (2.0 * math.log(10.0)), b * 1e-8
