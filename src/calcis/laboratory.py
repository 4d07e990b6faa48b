"""What do a person's laboratory values look like to a reader: measured, computed from them, and judged?"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from calcis.body import CLAMPED
from calcis.case.form import Labs, Person
from calcis.clinical.appraisal import Appraisal, Derived, Remark, appraise
from calcis.clinical.formulas import is_adult, molar_mass, product_by_mass
from calcis.clinical.labs import LABS
from calcis.quantities import Quantity, quantities
from calcis.reading import parse_yaml
from calcis.reference_ranges import Whom, reference_ranges
from calcis.wording import digits

# Those that no body has: title, units of the two systems, and the substance of the molar mass.
_ONLY_MEASURED = {
    "albumin_plasma": ("Albumin", "g/L", "g/dL", ""),
    "creatinine_plasma": ("Creatinine", "umol/L", "mg/dL", "creatinine"),
    "alkaline_phosphatase_plasma": ("Alkaline phosphatase", "IU/L", "IU/L", ""),
}
_FOUND = "The simulation starts from the person whose state matches these values best."
_TO_FIND = "A run looks for the person whose state matches these values, and starts from there."
_FROM_GIVEN = "The simulation does not use these values: its plasma is given."


@dataclass(frozen=True)
class Row:
    """One value in the unit shown, with its reference range and which side of it it is on."""

    name: str
    title: str
    value: str
    unit: str
    given: str = ""  # in the case's own words; empty where it was computed
    range: tuple[float, float] | None = None
    outside: str = ""  # low or high
    source: str | None = None  # of the range, or of the formula
    formula: str = ""
    says: str = ""

    @property
    def ends(self) -> str:
        """The reference range in words."""
        return f"{digits(self.range[0])} to {digits(self.range[1])}" if self.range else ""


@dataclass(frozen=True)
class Laboratory:
    """The labs of a case: rows of what was measured and computed, remarks, and what the run makes of them."""

    labs: Mapping[str, float]
    measured: tuple[Row, ...]
    derived: tuple[Row, ...]
    appraisal: Appraisal
    simulated: str  # a sentence
    used: bool  # whether the simulation makes anything of them

    @property
    def remarks(self) -> tuple[Remark, ...]:
        """What is to be said of the values, warnings first."""
        return self.appraisal.remarks

    @property
    def line(self) -> str:
        """All of it in a line: the values in the case's own words, then those computed."""
        said = [
            f"{row.title} {row.given}" + (f" ({row.outside})" if row.outside else "") for row in self.measured
        ]
        said += [f"{row.title} {row.value} {row.unit}".strip() for row in self.derived]
        return f"Labs: {'; '.join(said)}. {self.simulated}"


def laboratory(case_text: str, system: str = "si", found: bool = False) -> Laboratory | None:
    """The labs that a case's text gives, in a `system` of units; None where it gives none.

    `found` says that a run has found its person.
    """
    case = parse_yaml(case_text, "the case").data
    said = case.get("labs")
    if not said:
        return None
    labs, person = Labs.model_validate(said).given, Person.model_validate(case.get("person") or {})
    clamped = case.get("body") == CLAMPED
    appraisal = appraise(labs, person.age, person.sex)
    whom = Whom(person.sex, person.age) if is_adult(person.age) else None
    measured = tuple(_row(name, value, system, whom, str(said[name])) for name, value in labs.items())
    return Laboratory(
        labs,
        measured,
        tuple(_computed(one, system, whom) for one in appraisal.derived),
        appraisal,
        _FROM_GIVEN if clamped else _FOUND if found else _TO_FIND,
        used=not clamped,
    )


def lab_title(lab: str) -> str:
    """What a lab of a case is called for a reader."""
    return _quantities()[LABS[lab][0]].title


@cache
def _quantities() -> dict[str, Quantity]:
    """How a reader sees each lab."""
    found = dict(quantities())
    for name, (title, si, us, substance) in _ONLY_MEASURED.items():
        mass = molar_mass(substance) if substance else None
        ranges = reference_ranges()[name]
        found[name] = Quantity(name, title, "laboratory", si, us, molar_mass=mass, ranges=ranges)
    return found


def _row(name: str, value: float, system: str, whom: Whom | None, given: str) -> Row:
    course, unit = LABS[name]
    quantity = _quantities()[course]
    shown, range_ = quantity.shown(value, unit, system), quantity.range(system, whom)
    found = quantity.reference(whom)
    source = found.low.source if found else None
    outside = _outside(shown, range_)
    return Row(name, quantity.title, digits(shown), quantity.unit(system), given, range_, outside, source)


def _outside(value: float, range_: tuple[float, float] | None) -> str:
    if range_ is None or range_[0] <= value <= range_[1]:
        return ""
    return "low" if value < range_[0] else "high"


def _computed(one: Derived, system: str, whom: Whom | None) -> Row:
    if one.name == "estimated_gfr":
        value, unit = f"{one.value:.0f}", "mL/min per 1.73 m²"
        return Row(one.name, "eGFR", value, unit, source=one.source, formula=one.formula, says=one.says)
    if one.name == "calcium_phosphate_product":
        value = f"{digits(one.value)} mmol²/L² ({product_by_mass(one.value):.0f} mg²/dL²)"
        title = "Calcium times phosphate"
        return Row(one.name, title, value, "", source=one.source, formula=one.formula, says=one.says)
    quantity = quantities()["calcium_plasma"]  # corrected, it is held against the range of total calcium
    shown, range_ = quantity.shown(one.value, one.unit, system), quantity.range(system, whom)
    return Row(
        one.name,
        "Corrected calcium",
        digits(shown),
        quantity.unit(system),
        range=range_,
        outside=_outside(shown, range_),
        source=one.source,
        formula=one.formula,
        says=one.says,
    )


def laboratory_json(found: Laboratory | None) -> dict[str, Any] | None:
    """Labs as JSON, in the units in which the case keeps them; null where there are none."""
    if found is None:
        return None
    return {
        "measured": {
            row.name: {
                "given": row.given,
                "value": found.labs[row.name],
                "unit": LABS[row.name][1],
                "outside": row.outside,
            }
            for row in found.measured
        },
        "derived": {
            one.name: {k: v for k, v in vars(one).items() if k != "name"} for one in found.appraisal.derived
        },
        "remarks": [vars(one) for one in found.remarks],
        "simulated": found.simulated,
    }
