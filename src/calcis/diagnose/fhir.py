"""Which labs does a FHIR R4 bundle have?  Observations with LOINC codes and quantities in UCUM units.

Of the patient, sex and age at the last observation are read; of observations also their components, and those
contained in reports.  What is not final, has a comparator or no value, or is none of the labs that Calcis
knows, is left out, and that is said.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import MappingProxyType
from typing import Any

from calcis.diagnose.lab_files import BOUNDS, KNOWN, UCUM, LabFile, Reading, in_moles
from calcis.errors import InputError, nearest
from calcis.parameters import data_path, read_data
from calcis.reading import Where, parse_yaml, shown

MOST = 5_000  # entries of a bundle
LOINC, UNITS = "http://loinc.org", "http://unitsofmeasure.org"
_FINAL = ("final", "amended", "corrected")
_DATE = re.compile(r"\d{4}(-\d{2}(-\d{2}(T[0-9:.+Z-]*)?)?)?")
_DEEPEST = 40
_PLACED = 400_000  # characters of a bundle in which places of complaints are looked up


@cache
def codes() -> Mapping[str, str]:
    """The lab of a case that a LOINC code means."""
    found: Any = read_data(data_path("diagnose", "loinc.yaml")).data["codes"]
    assert set(found.values()) <= set(KNOWN)
    return MappingProxyType(dict(found))


@cache
def left_out() -> Mapping[str, str]:
    """Codes that are not read, and why."""
    return MappingProxyType(dict(read_data(data_path("diagnose", "loinc.yaml")).data["left_out"]))


def read_bundle(text: str, file: str) -> LabFile:
    """The labs of a bundle.  Raises InputError, with its place, for what cannot be read."""
    bundle = _Bundle(text, file)
    readings, left = list(bundle.readings()), bundle.left
    remarks = [f"Left out of the bundle: {count} {what}." for what, count in sorted(left.items())]
    if bundle.bounds:
        remarks.append(BOUNDS.format(", ".join(bundle.bounds)))
    return LabFile(readings, bundle.person(max((one.when for one in readings), default="")), remarks)


class _Bundle:
    """A bundle, with complaints that name the place in it."""

    def __init__(self, text: str, file: str) -> None:
        self.text, self.file, self.left = text, file, Counter[str]()
        self.bounds: list[str] = []
        try:
            self.data: Any = json.loads(text, parse_constant=_no_constant)
        except (ValueError, RecursionError) as problem:
            line, column = getattr(problem, "lineno", 1), getattr(problem, "colno", 1)
            what = getattr(problem, "msg", None) or "text that is not"
            raise InputError("JSON", what, file, line, column) from None
        self._check(_depth(self.data) <= _DEEPEST, (), f"at most {_DEEPEST} levels", "more")
        kind = self.data.get("resourceType") if isinstance(self.data, dict) else None
        self._check(kind == "Bundle", ("resourceType",), "a Bundle of FHIR R4", shown(kind))
        entries = self.data.get("entry", [])
        self._check(isinstance(entries, list), ("entry",), "a list", shown(entries))
        self._check(len(entries) <= MOST, ("entry",), f"at most {MOST} entries", f"{len(entries)}")
        self.resources = [
            (("entry", place, "resource"), entry["resource"])
            for place, entry in enumerate(entries)
            if isinstance(entry, dict) and isinstance(entry.get("resource"), dict)
        ]

    def error(self, where: Where, expected: str, got: str, near: str | None = None) -> InputError:
        """A complaint with line and column, or at least with the way to it."""
        if len(self.text) <= _PLACED:
            try:
                return parse_yaml(self.text, self.file).error(where, expected, got, near)
            except InputError:
                pass
        way = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in where)
        return InputError(f"{expected} at {way.lstrip('.')}", got, self.file, nearest=near)

    def _check(self, sound: bool, where: Where, expected: str, got: str) -> None:
        if not sound:
            raise self.error(where, expected, got)

    def readings(self) -> Iterator[Reading]:
        """The values of labs that count."""
        whose: set[str] = set()
        for where, one in self._observations():
            named = [(there, part, self._code(part)) for there, part in _parts(where, one)]
            ours = [(there, part, code) for there, part, code in named if code is not None]
            if not ours:
                self._say_unknown(named)
                continue
            if one.get("status") not in _FINAL:
                self.left[f"not final ({one.get('status', 'without a status')})"] += 1
                continue
            subject = one.get("subject")
            if isinstance(subject, dict) and isinstance(subject.get("reference"), str):
                whose.add(subject["reference"])
                self._check(len(whose) == 1, where, "observations of one patient", "those of several")
            for there, part, code in ours:
                if "valueQuantity" not in part:
                    self.left["without a quantity"] += 1
                elif (found := self._reading(there, part, codes()[code], self._when(where, one))) is not None:
                    yield found

    def _observations(self) -> Iterator[tuple[Where, dict[str, Any]]]:
        """Observations of the bundle, and those that are contained in a report."""
        for where, one in self.resources:
            if one.get("resourceType") == "Observation":
                yield where, one
            inside = one.get("contained")
            for place, part in enumerate(inside if isinstance(inside, list) else []):
                if isinstance(part, dict) and part.get("resourceType") == "Observation":
                    yield (*where, "contained", place), part

    def _say_unknown(self, named: list[tuple[Where, dict[str, Any], str | None]]) -> None:
        written = [code for _, part, _ in named for code in _written(part)]
        why = next((left_out()[code] for code in written if code in left_out()), None)
        self.left[f"of a lab that is not used{f' ({why})' if why else ''}"] += 1

    def _when(self, where: Where, one: dict[str, Any]) -> str:
        """When it was taken, as ISO 8601, or empty."""
        period = one.get("effectivePeriod")
        ends = [period.get("end"), period.get("start")] if isinstance(period, dict) else []
        given = [one.get("effectiveDateTime"), one.get("effectiveInstant"), *ends, one.get("issued")]
        when = next((each for each in given if each), "")
        sound = isinstance(when, str) and (not when or bool(_DATE.fullmatch(when)))
        self._check(sound, (*where, "effectiveDateTime"), "a date and time", shown(when))
        return str(when)

    def _code(self, one: dict[str, Any]) -> str | None:
        """The LOINC code of an observation, or of a part of one, that is one of our labs."""
        return next((code for code in _written(one) if code in codes()), None)

    def _reading(self, where: Where, one: dict[str, Any], lab: str, when: str) -> Reading | None:
        place = (*where, "valueQuantity")
        given = one["valueQuantity"]
        self._check(isinstance(given, dict), place, "a Quantity", shown(given))
        value = given.get("value")
        number = isinstance(value, int | float) and not isinstance(value, bool)
        self._check(number, (*place, "value"), "a number", shown(value))
        unit = given.get("code") or given.get("unit")
        if given.get("comparator"):
            said = f"{lab.replace('_', ' ')} {given['comparator']}{value} {unit or ''}".strip()
            self.bounds.append(said[:80])
            return None
        system = given.get("system", UNITS)
        self._check(system == UNITS, (*place, "system"), UNITS, shown(system))
        key = "code" if given.get("code") else "unit"
        self._check(unit is not None, place, f"a `code` or `unit`: {', '.join(UCUM)}", "neither")
        if unit not in UCUM:
            expected = f"a unit of UCUM: {', '.join(UCUM)}"
            raise self.error((*place, key), expected, shown(unit), nearest(str(unit), UCUM))

        def error(expected: str, got: str, near: str | None = None) -> InputError:
            return self.error((*place, "value"), expected, got, near)

        complain: Callable[[str, str, str | None], InputError] = error
        return Reading(lab, in_moles(lab, f"{value!r} {UCUM[unit]}"), when, complain)

    def person(self, when: str) -> dict[str, str]:
        """Sex and age of the patient, where the bundle tells them, at a date."""
        patients = [(where, one) for where, one in self.resources if one.get("resourceType") == "Patient"]
        self._check(len(patients) <= 1, (), "one Patient", f"{len(patients)}")
        found: dict[str, str] = {}
        for where, one in patients:
            if one.get("gender") in ("female", "male"):
                found["sex"] = one["gender"]
            born = one.get("birthDate")
            if born is None:
                continue
            whole = isinstance(born, str) and re.fullmatch(r"\d{4}(-\d{2}(-\d{2})?)?", born)
            self._check(bool(whole), (*where, "birthDate"), "a date", shown(born))
            if when:
                before = when[4:10] < born[4:]  # a date without month or day counts from its beginning
                years = int(when[:4]) - int(born[:4]) - int(before)
                self._check(years > 0, (*where, "birthDate"), "a birth before the observations", shown(born))
                found["age"] = f"{years} y"
        return found


def _parts(where: Where, one: dict[str, Any]) -> Iterator[tuple[Where, dict[str, Any]]]:
    """An observation, and its components."""
    yield where, one
    components = one.get("component")
    for place, part in enumerate(components if isinstance(components, list) else []):
        if isinstance(part, dict):
            yield (*where, "component", place), part


def _written(one: dict[str, Any]) -> list[str]:
    """The LOINC codes with which an observation is marked."""
    coded = one.get("code")
    codings = coded.get("coding") if isinstance(coded, dict) else None
    found = [
        coding.get("code")
        for coding in (codings if isinstance(codings, list) else [])
        if isinstance(coding, dict) and coding.get("system") == LOINC
    ]
    return [code for code in found if isinstance(code, str)]


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name}, which is no number")


def _depth(data: Any) -> int:
    """How deeply data are nested; counted without recursion."""
    deepest, open_ = 0, [(data, 1)]
    while open_:
        one, depth = open_.pop()
        deepest = max(deepest, depth)
        if deepest > _DEEPEST:
            break
        inside = one.values() if isinstance(one, dict) else one if isinstance(one, list) else ()
        open_ += [(value, depth + 1) for value in inside if isinstance(value, dict | list)]
    return deepest
