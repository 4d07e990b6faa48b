"""How do labs of a file become a case?  Values are read as in a case file, each refused with its place."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, get_args

from pydantic_core import PydanticCustomError

from calcis.case.form import Age, Labs
from calcis.case.further import FurtherLabs
from calcis.case.quantity import Quantity
from calcis.clinical.formulas import is_adult
from calcis.clinical.labs import LABS
from calcis.diagnose.asked import Asked, adults, asked_of
from calcis.diagnose.settings import SEXES
from calcis.errors import InputError, nearest
from calcis.reading import parse_yaml, shown

KNOWN = (*LABS, *FurtherLabs.model_fields)
# Units of UCUM that laboratories use, and what they are called here; in UCUM a litre is L or l.
_UNITS = {
    "mmol/L": "mmol/L", "umol/L": "umol/L", "nmol/L": "nmol/L", "pmol/L": "pmol/L",
    "mg/dL": "mg/dL", "mg/L": "mg/L", "g/dL": "g/dL", "g/L": "g/L", "ug/dL": "ug/dL", "ug/L": "ug/L",
    "ng/mL": "ng/mL", "ng/L": "ng/L", "ng/dL": "ng/dL", "pg/mL": "pg/mL", "pg/L": "pg/L",
    "U/L": "IU/L", "[IU]/L": "IU/L", "[iU]/L": "IU/L", "meq/L": "meq/L",
    "mmol/d": "mmol/d", "mg/d": "mg/d", "mmol/(24.h)": "mmol/d", "mg/(24.h)": "mg/d",
}  # fmt: skip
UCUM = _UNITS | {unit[:-1] + "l": ours for unit, ours in _UNITS.items() if unit.endswith("L")}
# Charges of ions that are measured in milliequivalents; of phosphate it depends on pH.
_CHARGES = {"calcium": 2, "calcium_ionised": 2, "magnesium": 2, "bicarbonate": 1}
_MILLIEQUIVALENTS = re.compile(r"([0-9.eE+-]+) m[Ee][Qq]/[Ll]")


BOUNDS = "Left out, as how much less or more is not known: {}. A value at the bound may be given by hand."


@dataclass(frozen=True)
class Reading:
    """One value of a lab in words, when it was taken (ISO 8601, or empty), and how to complain about it."""

    lab: str
    text: str
    when: str
    error: Callable[[str, str, str | None], InputError]


@dataclass(frozen=True)
class LabFile:
    """What a file of labs says: readings, the person where it tells, and remarks."""

    readings: Sequence[Reading]
    person: Mapping[str, str]
    remarks: Sequence[str] = ()


def quantity(lab: str) -> Quantity:
    """How a lab of a case is read."""
    for one in _metadata(lab):
        if isinstance(one, Quantity):
            return one
    raise KeyError(lab)


def age_of() -> Quantity:
    """How an age is read."""
    (found,) = (one for one in get_args(Age) if isinstance(one, Quantity))
    return found


def _metadata(lab: str) -> list[Any]:
    """What is said of the type of a lab's field, which may be absent."""
    field = (Labs if lab in LABS else FurtherLabs).model_fields[lab]
    inner = [getattr(part, "__metadata__", ()) for part in getattr(field.annotation, "__args__", ())]
    return [*field.metadata, *(one for part in inner for one in part)]


def asked_by(
    file: Path, found: LabFile, age: str | None, sex: str | None, options: Mapping[str, str]
) -> Asked:
    """What a file of labs asks of a person; `age` and `sex` win over what it tells.

    Of each lab the last value counts.  Raises InputError, with place, for what is wrong with it.
    """
    values, remarks = latest(found.readings)
    if not values:
        raise InputError(f"a value of {', '.join(KNOWN)}", "none", str(file))
    labs = {
        key: {lab: text for lab, text in values.items() if lab in table}
        for key, table in (("labs", LABS), ("further_labs", FurtherLabs.model_fields))
    }
    person = {"age": age or found.person.get("age"), "sex": sex or found.person.get("sex")}
    for name, value in person.items():
        if value is None:
            raise InputError(f"--{name}, as the file does not tell it", "none", str(file))
    assert person["age"] is not None
    try:
        years = age_of().read(person["age"])
    except PydanticCustomError as wrong:
        context = wrong.context or {}
        raise InputError(f"--age: {context['expected']}", context["got"]) from None
    if not is_adult(years):
        raise InputError(adults(), person["age"], str(file))
    if person["sex"] not in SEXES:
        got = shown(person["sex"])
        raise InputError(f"--sex: {' or '.join(SEXES)}", got, nearest=nearest(str(person["sex"]), SEXES))
    whole = {
        "calcis": 1,
        "title": file.name,
        "person": person,
        **{key: one for key, one in labs.items() if one},
    }
    text = json.dumps(whole, ensure_ascii=False)
    asked = asked_of(parse_yaml(text, str(file)), options)
    return replace(asked, remarks=(*found.remarks, *remarks))


def latest(readings: Sequence[Reading]) -> tuple[dict[str, str], list[str]]:
    """The last value of each lab in words, checked, and what is to be said of it."""
    last: dict[str, Reading] = {}
    more = 0
    for one in readings:
        read(one)
        if one.lab not in last:
            last[one.lab] = one
            continue
        more += 1
        other = last[one.lab]
        if one.when == other.when and read(one) != read(other):
            expected = f"one value of {one.lab} at a time"
            raise one.error(expected, f"{one.text} beside {other.text}", None)
        if one.when > other.when:
            last[one.lab] = one
    days = sorted({one.when[:10] for one in last.values() if one.when})
    remarks = [f"Of several values of a lab the last counts; {more} earlier are left out."] if more else []
    if len(days) > 1:
        remarks.append(f"The values are not of one day: {days[0]} to {days[-1]}.")
    return {lab: last[lab].text for lab in sorted(last, key=KNOWN.index)}, remarks


def read(one: Reading) -> float:
    """The value of a reading, in the unit of the lab."""
    try:
        return quantity(one.lab).read(one.text)
    except PydanticCustomError as wrong:
        context = wrong.context or {}
        near = _in_another_unit(one) if str(context["expected"]).startswith("at ") else None
        raise one.error(context["expected"], context["got"], near or context.get("nearest")) from None


def _in_another_unit(one: Reading) -> str | None:
    """The same number with a unit with which somebody lives."""
    number = one.text.split()[0]
    for unit in dict.fromkeys(_UNITS.values()):
        try:
            quantity(one.lab).read(f"{number} {unit}")
        except PydanticCustomError:
            continue
        return f"{number} {unit}"
    return None


def in_moles(lab: str, text: str) -> str:
    """A value in words, milliequivalents as millimoles where the charge of the ion is known."""
    found = _MILLIEQUIVALENTS.fullmatch(text)
    if found is None or lab not in _CHARGES:
        return text
    try:
        return f"{float(found[1]) / _CHARGES[lab]:.6g} mmol/L"
    except ValueError:
        return text


def lab_called(name: str) -> str | None:
    """The lab that a name means: that of a case, however its words are joined, or a usual abbreviation."""
    joined = "_".join(name.strip().lower().replace("-", " ").replace("_", " ").split())
    return joined if joined in KNOWN else _ALSO.get(joined)


_ALSO = {
    "ca": "calcium", "total_calcium": "calcium", "calcium_total": "calcium", "ica": "calcium_ionised",
    "ionised_calcium": "calcium_ionised", "ionized_calcium": "calcium_ionised",
    "calcium_ionized": "calcium_ionised", "alb": "albumin", "p": "phosphate", "po4": "phosphate",
    "phosphorus": "phosphate", "inorganic_phosphate": "phosphate", "mg": "magnesium",
    "crea": "creatinine", "parathyroid_hormone": "pth", "intact_pth": "pth", "ipth": "pth",
    "25_hydroxyvitamin_d": "vitamin_d_25", "25oh_vitamin_d": "vitamin_d_25", "25ohd": "vitamin_d_25",
    "1,25_dihydroxyvitamin_d": "calcitriol", "hco3": "bicarbonate", "urine_calcium": "calcium_urine",
    "alp": "alkaline_phosphatase", "pth,_intact": "pth", "calcium,_ionized": "calcium_ionised",
    "calcium,_total": "calcium", "co2": "bicarbonate", "pth_related_peptide": "pthrp",
    "pth_related_protein": "pthrp", "calcium_24_h_urine": "calcium_urine", "calcium,_urine": "calcium_urine",
}  # fmt: skip
