"""What may be said of a fluid, under which names and in which units, and how is it read?"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache

from calcis.errors import InputError, nearest
from calcis.parameters import data_path, read_parameters
from calcis.units import UnitError, convert, read_quantity

ZERO_CELSIUS = 273.15  # K
_CELSIUS = re.compile(r"(?<=[0-9\s])(°\s*C|degC|C)$")


@dataclass(frozen=True)
class Field:
    """One quantity of a fluid: its name for readers, its unit here and in the US, and what it may be.

    `low` and `high` bound what can be read at all; `plausible` is what people have lived with: beyond, a
    wrong unit is likely, and that is said.  `substance` may be given as a mass.
    """

    title: str
    unit: str
    example: str
    us: str = ""
    master: str = ""
    low: float = 0.0
    high: float = 300.0
    plausible: tuple[float, float] | None = None
    substance: str | None = None
    others: tuple[str, ...] = ()  # names that it also goes by


_M = "mmol/L"
FIELDS = {
    "calcium": Field(
        "total calcium",
        _M,
        "9.4 mg/dL",
        "mg/dL",
        "calcium",
        0,
        300,
        (0.8, 6),
        "calcium",
        ("ca", "total_calcium", "calcium_total"),
    ),
    "calcium_ionised": Field(
        "ionised calcium",
        _M,
        "1.2 mmol/L",
        "mg/dL",
        "calcium",
        0,
        300,
        (0.2, 3.5),
        "calcium",
        ("ica", "ca++", "ca2+", "ionised_calcium", "ionized_calcium", "calcium_ionized"),
    ),
    "albumin": Field("albumin", "g/L", "41 g/L", "g/dL", "", 0, 400, (5, 80), None, ("alb",)),
    "phosphate": Field(
        "phosphate",
        _M,
        "3.6 mg/dL",
        "mg/dL",
        "phosphate",
        0,
        300,
        (0.05, 10),
        "phosphorus",
        ("p", "pi", "po4", "phosphorus", "inorganic_phosphate"),
    ),
    "magnesium": Field(
        "magnesium", _M, "0.85 mmol/L", "mg/dL", "magnesium", 0, 300, (0.1, 10), "magnesium", ("mg",)
    ),
    "sodium": Field("sodium", _M, "140 mmol/L", "", "sodium", 0, 1000, (90, 200), None, ("na",)),
    "potassium": Field("potassium", _M, "4.2 mmol/L", "", "potassium", 0, 1000, (1, 12), None, ("k",)),
    "chloride": Field("chloride", _M, "103 mmol/L", "", "chloride", 0, 1000, (50, 160), None, ("cl",)),
    "bicarbonate": Field(
        "bicarbonate with dissolved carbon dioxide",
        _M,
        "24 mmol/L",
        "",
        "carbonate",
        0,
        300,
        (1, 80),
        None,
        ("hco3", "co2", "tco2", "total_co2", "carbonate", "total_carbonate"),
    ),
    "sulphate": Field(
        "sulphate", _M, "0.35 mmol/L", "", "sulphate", 0, 300, (0, 10), None, ("sulfate", "so4")
    ),
    "citrate": Field("citrate", _M, "0.1 mmol/L", "", "citrate", 0, 300, (0, 20)),
    "lactate": Field("lactate", _M, "1 mmol/L", "", "lactate", 0, 300, (0, 40)),
    "oxalate": Field("oxalate", _M, "2 umol/L", "", "oxalate", 0, 300, (0, 1)),
    "pyrophosphate": Field(
        "pyrophosphate", _M, "3.3 umol/L", "", "pyrophosphate", 0, 300, (0, 0.1), None, ("ppi",)
    ),
    "ammonium": Field("ammonium", _M, "30 umol/L", "", "ammonium", 0, 300, (0, 2), None, ("nh4", "ammonia")),
    "ph": Field("pH", "1", "7.4", "", "", 0, 14, (6.7, 7.9)),
    "pco2": Field(
        "pressure of carbon dioxide", "mmHg", "40 mmHg", "", "", 0, 1e5, (5, 200), None, ("paco2", "pvco2")
    ),
    "charge": Field("net charge of what is given", _M, "12 mmol/L", "", "", -300, 300),
    "temperature": Field(
        "temperature", "K", "37 °C", "", "", 273.15, 373.15, (288.15, 316.15), None, ("temp", "t")
    ),
}
_NAMES = {other: name for name, field in FIELDS.items() for other in (name, *field.others)}


def named(text: str) -> str | None:
    """The field that a heading or key names, whatever its spelling; None if none."""
    return _NAMES.get(re.sub(r"[\s\-]+", "_", text.strip().lower()))


def like(text: str) -> str | None:
    """The nearest name of a field."""
    found = nearest(re.sub(r"[\s\-]+", "_", text.strip().lower()), _NAMES)
    return None if found is None else _NAMES[found]


def read_value(name: str, text: str, unit: str | None = None) -> float:
    """The value of a field in its unit, from text with a unit, or a number whose `unit` stands elsewhere.

    Raises InputError, without a place.
    """
    field, plain = FIELDS[name], text.strip()
    example = f"{field.title} as a number and its unit, such as {field.example}"
    if name == "ph":
        example = f"pH as a number, such as {field.example}"
    said = plain if unit is None else f"{plain} {unit}".strip()
    try:
        if name == "temperature" and _CELSIUS.search(said):
            value = read_quantity(_CELSIUS.sub("", said).strip())[0] + ZERO_CELSIUS
        else:
            number, own = read_quantity(said)
            if own == "1" != field.unit:
                raise InputError(example, f"{plain!r}, without a unit")
            value = convert(number, own, field.unit, _molar_mass(field.substance))
    except UnitError as wrong:
        ours = wrong.expected.startswith(("a unit", "a number", "a molar"))  # this field says it better
        raise InputError(example if ours else wrong.expected, repr(said), nearest=wrong.nearest) from None
    if not field.low <= value <= field.high:
        low, high = (f"{in_system(name, end, 'si'):g}" for end in (field.low, field.high))
        high = f"{high} {unit_shown(name, 'si')}".strip()
        raise InputError(f"{field.title} from {low} to {high}", repr(said))
    return value


def unit_of(name: str, text: str) -> str:
    """A unit of a heading, checked: of the field's dimension.  Raises InputError, without a place."""
    read_value(name, "1" if name != "temperature" else "300" if text == "K" else "30", text)
    return text


def unit_shown(name: str, system: str) -> str:
    """The unit in which a field is shown in a system of units, "si" or "us"."""
    field = FIELDS[name]
    if name == "temperature":
        return "°C"
    unit = (field.us if system == "us" else "") or field.unit
    return "" if unit == "1" else unit


def in_system(name: str, value: float, system: str) -> float:
    """A value of a field, which is in the field's unit, in the unit of a system."""
    field = FIELDS[name]
    if name == "temperature":
        return value - ZERO_CELSIUS
    if system != "us" or not field.us or not math.isfinite(value):
        return value
    return convert(value, field.unit, field.us, _molar_mass(field.substance))


def shown(name: str, value: float, system: str = "si") -> str:
    """A value with its unit, as a reader sees it."""
    number = in_system(name, value, system)
    text = f"{number:.2f}" if name == "ph" else f"{number:.4g}"
    return f"{text} {unit_shown(name, system)}".strip().replace("-", "−")


@cache
def _molar_mass(substance: str | None) -> float | None:
    if substance is None:
        return None
    return read_parameters(data_path("report", "molar_masses.yaml"))[f"molar_mass.{substance}"].value
