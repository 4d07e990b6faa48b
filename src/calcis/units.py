"""Which units does Calcis read and show, and how does a number go from one to another?

One small table.  Inside the laws numbers are plain floats in h, mm, mmol (hormones pmol), L,
mmol/L (hormones pmol/L), J/mol, K and cells/mm^3; units live at the gate: files in, reports out.

>>> convert(100, "mL/min", "L/h")
6.0
>>> convert(9.4, "mg/dL", "mmol/L", molar_mass=40.078)  # calcium
2.345426418483956
>>> read_quantity("25 mL/min")
(25.0, 'mL/min')
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import lru_cache

from calcis.errors import InputError, nearest

MM3_PER_L = 1e6  # mm³ in a litre
_YEAR = 31557600  # s, of a Julian year, 365.25 d
HOURS_PER_YEAR = _YEAR / 3600


class UnitError(InputError):
    """A unit that is not known, or that does not fit."""


Dimension = tuple[int, int, int, int, int, int]  # powers of the six base quantities below
_BASES = ("time", "length", "amount", "mass", "temperature", "biological activity")
_NONE: Dimension = (0, 0, 0, 0, 0, 0)
_SECOND: Dimension = (1, 0, 0, 0, 0, 0)
_METRE: Dimension = (0, 1, 0, 0, 0, 0)
_CUBIC_METRE: Dimension = (0, 3, 0, 0, 0, 0)
_MOLE: Dimension = (0, 0, 1, 0, 0, 0)
_MOLAR: Dimension = (0, -3, 1, 0, 0, 0)
_GRAM: Dimension = (0, 0, 0, 1, 0, 0)
_KELVIN: Dimension = (0, 0, 0, 0, 1, 0)
_IU: Dimension = (0, 0, 0, 0, 0, 1)
_JOULE: Dimension = (-2, 2, 0, 1, 0, 0)
_PASCAL: Dimension = (-2, -1, 0, 1, 0, 0)

_POWERS = {"f": -15, "p": -12, "n": -9, "u": -6, "m": -3, "c": -2, "d": -1, "": 0, "k": 3}
# Symbol, prefixes it takes, decimal power of one unit in base units (s, m, mol, g, K), dimension.
_METRIC = (
    ("M", "fpnum", 3, _MOLAR),
    ("m", "num", 0, _METRE),
    ("m", "c", 0, _METRE),
    ("m", "", 0, _METRE),
    ("l", "fpnumd", -3, _CUBIC_METRE),
    ("l", "", -3, _CUBIC_METRE),
    ("L", "fpnumd", -3, _CUBIC_METRE),
    ("L", "", -3, _CUBIC_METRE),
    ("mol", "fpnum", 0, _MOLE),
    ("mol", "", 0, _MOLE),
    ("g", "fpnumk", 0, _GRAM),
    ("g", "", 0, _GRAM),
    ("K", "", 0, _KELVIN),
    ("J", "mk", 3, _JOULE),
    ("J", "", 3, _JOULE),
    ("Pa", "mk", 3, _PASCAL),
    ("Pa", "", 3, _PASCAL),
    ("IU", "mk", 0, _IU),
    ("IU", "", 0, _IU),
)
# Names, exact value in base units as a fraction, dimension.
_OTHER = (
    (("s", "second", "seconds"), (1, 1), _SECOND),
    (("ms",), (1, 1000), _SECOND),
    (("min", "minute", "minutes"), (60, 1), _SECOND),
    (("h", "hour", "hours"), (3600, 1), _SECOND),
    (("d", "day", "days"), (86400, 1), _SECOND),
    (("wk", "week", "weeks"), (604800, 1), _SECOND),
    (("y", "year", "years"), (_YEAR, 1), _SECOND),
    (("mcg",), (1, 10**6), _GRAM),
    (("mmHg",), (133322387415, 10**6), _PASCAL),
    (("1", "cell", "cells", "HU"), (1, 1), _NONE),
    (("%",), (1, 100), _NONE),
    (("ppm",), (1, 10**6), _NONE),
)
_REFUSED = {
    "month": "days or weeks (months differ in length)",
    "months": "days or weeks (months differ in length)",
    "mo": "days or weeks (months differ in length)",
    "mEq": "mmol (an equivalent depends on the charge)",
    "U": "IU, or umol/min for an enzyme",
    "units": "IU",
    "unit": "IU",
    "C": "K (add 273.15)",
    "°C": "K (add 273.15)",
    "degC": "K (add 273.15)",
}
_PLAIN = str.maketrans("µμ·×⋅⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "uu***0123456789-")
_NAME = r"(?P<name>[A-Za-z°]+|%|1(?![0-9]))(?:\^?(?P<power>-?[0-9]+))?"
_TOKEN = re.compile(rf"\s*(?:{_NAME}|(?P<sign>[*/()]))\s*")
_NUMBER = re.compile(r"[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")
_LONGEST, _STEEPEST = 60, 9  # characters of a unit, power of one name: keeps hostile text cheap

_Unit = tuple[int, int, Dimension]  # numerator, denominator, dimension: exact


def _table() -> Iterator[tuple[str, _Unit]]:
    for symbol, prefixes, shift, dimension_ in _METRIC:
        for prefix in prefixes or ("",):
            power = _POWERS[prefix] + shift
            yield prefix + symbol, (10 ** max(power, 0), 10 ** max(-power, 0), dimension_)
    for names, (top, bottom), dimension_ in _OTHER:
        for name in names:
            yield name, (top, bottom, dimension_)


_UNITS: dict[str, _Unit] = dict(_table())


def _times(a: _Unit, b: _Unit, power: int) -> _Unit:
    """a·bⁿ."""
    top, bottom = (b[0], b[1]) if power >= 0 else (b[1], b[0])
    size = abs(power)
    summed = tuple(x + power * y for x, y in zip(a[2], b[2], strict=True))
    return a[0] * top**size, a[1] * bottom**size, summed  # type: ignore[return-value]


class _Unknown(Exception):
    """A name in a unit's text that the table does not have; None where the text is no unit at all."""


def _walk(text: str) -> _Unit:
    plain = text.translate(_PLAIN).replace("**", "^").strip()
    if not plain or len(plain) > _LONGEST:
        raise _Unknown(None)
    total: _Unit = (1, 1, _NONE)
    sign, outer, group = 1, 1, False  # sign of this factor, sign of the group it is in
    position, want_factor = 0, True
    while position < len(plain):
        token = _TOKEN.match(plain, position)
        if not token:
            raise _Unknown(None)
        position = token.end()
        mark, name = token["sign"], token["name"]
        if name and want_factor:
            if name not in _UNITS:
                raise _Unknown(name)
            power = int(token["power"][:6]) if token["power"] else 1
            if abs(power) > _STEEPEST:
                raise _Unknown(None)
            total = _times(total, _UNITS[name], sign * outer * power)
            want_factor = False
        elif mark == "(" and want_factor and not group:
            group, outer, sign = True, sign, 1
        elif mark == ")" and group and not want_factor:
            group, outer = False, 1
        elif mark in ("*", "/") and not want_factor:
            sign, want_factor = (1 if mark == "*" else -1), True
        else:
            raise _Unknown(None)
    if want_factor or group:
        raise _Unknown(None)
    return total


@lru_cache(maxsize=1024)
def _parse(text: str) -> _Unit:
    try:
        return _walk(text)
    except _Unknown as unknown:
        name = unknown.args[0]
    if name in _REFUSED:
        raise UnitError(_REFUSED[name], repr(text))
    like = nearest(name, _UNITS) if name else None
    guess = text.replace(name, like) if like else None
    try:
        _walk(guess or "1")
    except _Unknown:
        guess = None
    raise UnitError("a unit such as mmol/L, mL/min, 1/h", repr(text[:_LONGEST]), nearest=guess)


def dimension(unit: str) -> Dimension:
    """Powers of time, length, amount, mass, temperature and biological activity in a unit's text.

    Products and quotients are read from left to right, so a/b*c is (a/b)·c; one level of brackets.
    Raises UnitError for text that is not a unit.

    >>> dimension("mmol/L") == dimension("mol/m^3") == dimension("mM")
    True
    """
    return _parse(unit)[2]


def in_words(dimension_: Dimension) -> str:
    """A dimension in words, for messages.

    >>> in_words(dimension("mL/min"))
    'length^3 / time'
    """
    above = [b + (f"^{p}" if p > 1 else "") for b, p in zip(_BASES, dimension_, strict=True) if p > 0]
    below = [b + (f"^{-p}" if p < -1 else "") for b, p in zip(_BASES, dimension_, strict=True) if p < 0]
    if not above and not below:
        return "dimensionless"
    return " ".join(above or ["1"]) + ("" if not below else " / " + " / ".join(below))


def convert(value: float, from_unit: str, to_unit: str, molar_mass: float | None = None) -> float:
    """`value` of `from_unit` in `to_unit`, rounded once.

    `molar_mass` (g/mol) turns mass into amount and back.  Raises UnitError where the dimensions
    differ, and where only a molar mass is missing says so.
    """
    top, bottom, have = _parse(from_unit)
    under, over, want = _parse(to_unit)
    moles = want[2] - have[2]
    if moles and have[3] - want[3] == moles and have[:2] + have[4:] == want[:2] + want[4:]:
        if molar_mass is None or not (math.isfinite(molar_mass) and molar_mass > 0):
            got = "none" if molar_mass is None else repr(molar_mass)
            raise UnitError(f"a molar mass in g/mol, to turn {from_unit} into {to_unit}", got)
        size, parts = molar_mass.as_integer_ratio()
        size, parts = (size, parts) if moles < 0 else (parts, size)
        top, bottom = top * size ** abs(moles), bottom * parts ** abs(moles)
    elif have != want:
        plain = "a number without a unit"
        expected = f"a unit of {in_words(want)}, such as {to_unit}" if any(want) else plain
        got = f"{from_unit} ({in_words(have)})" if any(have) else plain
        raise UnitError(expected, got)
    if not math.isfinite(value):
        return value
    above, below = float(value).as_integer_ratio()
    try:
        return (above * top * over) / (below * bottom * under)
    except OverflowError:
        raise UnitError("a number that fits a float", f"{value!r} {from_unit} in {to_unit}") from None


def read_quantity(text: str) -> tuple[float, str]:
    """Value and unit of text such as "25 mL/min"; the unit of a bare number is "1".

    Raises UnitError for anything else, and for a number that is not finite.
    """
    found = _NUMBER.match(text.strip())
    if not found:
        raise UnitError("a number and its unit, such as 25 mL/min", repr(text[:_LONGEST]))
    value, unit = float(found.group()), text.strip()[found.end() :].strip() or "1"
    if unit[0] == ",":
        raise UnitError("a decimal point, such as 9.4 mg/dL", repr(text[:_LONGEST]))
    if unit[0] in "/*^.(":
        raise UnitError("a number and its unit, such as 25 mL/min", repr(text[:_LONGEST]))
    if not math.isfinite(value):
        raise UnitError("a finite number", repr(text[:_LONGEST]))
    _parse(unit)
    return value, unit
