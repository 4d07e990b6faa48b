"""Which elementary functions may a rate law call?  These: they work on floats, arrays and symbols.

A law is written once.  Called with floats it gives a number, with NumPy arrays a course, with
CasADi symbols the expression from which kernels, Jacobians and SBML are made.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

Value = Any  # float, numpy.ndarray or casadi.SX

# Logarithms and powers floor their argument here: laws stay finite, with a finite derivative, at
# zero and in the small undershoot below it that the solver allows.
FLOOR = 1e-300


def _kind(*values: Value) -> Any:
    """The library that computes with `values`: casadi if any is a symbol, else numpy, else math."""
    for value in values:
        if type(value).__module__.startswith("casadi"):
            import casadi

            return casadi
    if any(isinstance(value, np.ndarray) for value in values):
        return np
    return math


def exp(x: Value) -> Value:
    """e to the power x (x dimensionless)."""
    try:
        return _kind(x).exp(x)
    except OverflowError:
        return math.inf


def log(x: Value) -> Value:
    """Natural logarithm of x, floored at log(1e-300)."""
    return _kind(x).log(maximum(x, FLOOR))


def log10(x: Value) -> Value:
    """Decimal logarithm of x."""
    return log(x) * (1.0 / math.log(10.0))


def sqrt(x: Value) -> Value:
    """Square root of x."""
    return _kind(x).sqrt(x)


def tanh(x: Value) -> Value:
    """Hyperbolic tangent of x."""
    return _kind(x).tanh(x)


def maximum(a: Value, b: Value) -> Value:
    """The larger of a and b."""
    library = _kind(a, b)
    if library is math:
        return a if a >= b else b
    return library.maximum(a, b) if library is np else library.fmax(a, b)


def minimum(a: Value, b: Value) -> Value:
    """The smaller of a and b."""
    library = _kind(a, b)
    if library is math:
        return a if a <= b else b
    return library.minimum(a, b) if library is np else library.fmin(a, b)


def where(condition: Value, yes: Value, no: Value) -> Value:
    """`yes` where the condition holds, else `no`; both are evaluated."""
    library = _kind(condition, yes, no)
    if library is math:
        return yes if condition else no
    return library.where(condition, yes, no) if library is np else library.if_else(condition, yes, no)


def power(base: Value, exponent: Value) -> Value:
    """base^exponent with the base floored at zero, so that a slight undershoot stays real.

    Whole exponents from 1 to 8 are multiplied out: exact, and cheaper than exp(n log x).
    """
    if isinstance(exponent, int | float) and exponent in range(1, 9):
        floored, result = maximum(base, 0.0), 1.0
        for _ in range(int(exponent)):
            result = result * floored
        return result
    return exp(exponent * log(base))


def hill(x: Value, half: Value, exponent: Value) -> Value:
    """Hill saturation xⁿ/(xⁿ + halfⁿ), in 0..1; x and half in the same unit."""
    top = power(x, exponent)
    return top / (top + power(half, exponent))
