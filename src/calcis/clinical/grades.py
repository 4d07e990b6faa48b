"""How grave is a laboratory value, by the lines that clinicians draw?

The lines, with their sources, are in data/clinical/grades.yaml; the ends of normal in data/report.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

from calcis.parameters import Parameter, data_path, read_parameters

_UNITS = {
    "hypercalcaemia": {"moderate_from": "mmol/L", "severe_above": "mmol/L"},
    "hypocalcaemia": {"severe_below": "mmol/L"},
    "gfr": {f"{grade}_from": "mL/min" for grade in ("g1", "g2", "g3a", "g3b", "g4")},
    "vitamin_d_25": {"deficient_below": "nmol/L", "adequate_from": "nmol/L", "high_above": "nmol/L"},
    "calcium_phosphate_product": {"target_below": "mg^2/dL^2"},
    "circulation": {"pressure_low": "mmHg", "rate_low": "1/min", "conduction_slow": "ms"},
}
_GFR = {
    "g1": "normal or high",
    "g2": "mildly decreased",
    "g3a": "mildly to moderately decreased",
    "g3b": "moderately to severely decreased",
    "g4": "severely decreased",
}


@cache
def lines() -> Mapping[str, Parameter]:
    """Where the grades end, by dotted name."""
    return MappingProxyType(read_parameters(data_path("clinical", "grades.yaml"), _UNITS))


@cache
def normal() -> Mapping[str, Parameter]:
    """Reference ranges of healthy adults: `calcium_plasma.low`, `calcium_plasma.high` and so on."""
    return MappingProxyType(read_parameters(data_path("report", "reference_ranges.yaml")))


def normal_range(name: str) -> tuple[float, float]:
    """Lower and upper end of a reference range, in the unit of its file."""
    return normal()[f"{name}.low"].value, normal()[f"{name}.high"].value


def gfr_category(gfr: float) -> tuple[str, str]:
    """KDIGO's category of a glomerular filtration rate (mL/min per 1.73 m²), and what it means.

    The rate counts as laboratories report it, in whole numbers: 89.6 is 90, G1.  Source: kdigo_2013.

    >>> gfr_category(89.6), gfr_category(14.4)
    (('G1', 'normal or high'), ('G5', 'kidney failure'))
    """
    for grade, meaning in _GFR.items():
        if round(gfr) >= lines()[f"gfr.{grade}_from"].value:
            return grade.replace("g", "G"), meaning
    return "G5", "kidney failure"


def calcium_grade(calcium: float) -> str:
    """Severity by total calcium corrected for albumin, mmol/L; empty where it is in its reference range.

    Above it: mild, moderate from 3.0, severe above 3.5 (walsh_2016).  Below it: mild, severe below 1.9
    (turner_2016; with symptoms it is severe at any level below the range).

    >>> [calcium_grade(level) for level in (1.8, 2.0, 2.4, 2.9, 3.0, 3.6)]
    ['severe hypocalcaemia', 'mild hypocalcaemia', '', 'mild hypercalcaemia', 'moderate hypercalcaemia', \
'severe hypercalcaemia']
    """
    low, high = normal_range("calcium_plasma")
    if calcium < low:
        severe = calcium < lines()["hypocalcaemia.severe_below"].value
        return "severe hypocalcaemia" if severe else "mild hypocalcaemia"
    if calcium <= high:
        return ""
    if calcium > lines()["hypercalcaemia.severe_above"].value:
        return "severe hypercalcaemia"
    moderate = calcium >= lines()["hypercalcaemia.moderate_from"].value
    return "moderate hypercalcaemia" if moderate else "mild hypercalcaemia"


def vitamin_d_status(calcidiol: float) -> str:
    """What 25-hydroxyvitamin D (nmol/L) says of the supply; below 30 deficient, from 50 adequate (ross_2011).

    >>> [vitamin_d_status(level) for level in (20.0, 40.0, 75.0, 200.0)]
    ['deficient', 'inadequate', 'adequate', 'high']
    """
    if calcidiol < lines()["vitamin_d_25.deficient_below"].value:
        return "deficient"
    if calcidiol < lines()["vitamin_d_25.adequate_from"].value:
        return "inadequate"
    return "high" if calcidiol > lines()["vitamin_d_25.high_above"].value else "adequate"


def pth_for_calcium(pth: float, calcium: float, name: str) -> str:
    """Whether PTH (pmol/L) answers calcium: `not suppressed`, `not raised`, or empty where it does.

    `calcium` (mmol/L) is judged by the reference range of `name`.  High calcium should bring PTH below its
    range (brett_2023), low calcium above it (khan_2019).  Nothing is said of a normal calcium.

    >>> pth_for_calcium(5.0, 2.9, "calcium_plasma"), pth_for_calcium(5.0, 1.9, "calcium_plasma")
    ('not suppressed', 'not raised')
    >>> pth_for_calcium(0.5, 2.9, "calcium_plasma"), pth_for_calcium(20.0, 1.9, "calcium_plasma")
    ('', '')
    """
    (low, high), (least, most) = normal_range(name), normal_range("pth_plasma")
    if calcium > high and pth >= least:
        return "not suppressed"
    return "not raised" if calcium < low and pth <= most else ""
