"""Which drugs can be given, by which routes, in which units?

A drug is one file, data/drugs/<name>.yaml: the numbers of its Part (calcis.parameters), and

    species: human
    drug:
      name: teriparatide                    # what a case file calls it: the file's name
      synonyms: [Forsteo, Forteo]           # optional; other names a case file may use
      dose_units: [ug, nmol]                # any unit of these dimensions is a dose; all also per kg
      molar_mass: {value: 4117.8, unit: g/mol, kind: published, source: "key: where"}
      activity: {value: ..., unit: IU/mg, kind: ..., source: ...}   # where dose_units has IU
      what: a bisphosphonate               # optional; one line
      most: 10 mg                          # optional; a dose above it is refused as a mistake
      averaged: 5 %                        # optional; how far its effect is off where doses are averaged
      routes:                               # SC, IV, IM, PO or IL -> the state that receives the dose
        SC: {state: teriparatide.depot}     # dotted name of a `dosable` state of the drug's Part
        IV: {state: teriparatide.plasma}    # optional `most` of the route, and `waits`, as below
      same_as: thiazide                     # optional; the disease of persons who take it for long
      kinetics, actions, waits: ...         # calcis.drugs.drug
      evidence:                             # optional; what stands behind it, use by use
        - {for: high_calcium, dose: zoledronate 4 mg IV, level: trial, says: ..., source: "key: where"}
    parts:
      teriparatide: {...}

A dose is handed on in mmol where `molar_mass` is given, else in mg, else in IU, or in L; whoever gives it
converts it to the unit of the state.  What is lost on the way (bioavailability) is for the law.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from calcis.parameters import (
    Parameter,
    check_keys,
    read_data,
    read_number,
    read_source,
    read_species,
    reference_keys,
)
from calcis.reading import Document, Where, shown
from calcis.units import UnitError, dimension, read_quantity

ROUTES = ("SC", "IV", "IM", "PO", "IL")  # under the skin, into a vein, a muscle, by mouth, into the lesion


# What a drug is given for -> in words; and how it is known that it helps.
USES = {
    "high_calcium": "high calcium",
    "high_pth": "too much PTH by the glands' own will, with high calcium",
    "high_pth_dialysis": "too much PTH on dialysis",
    "high_phosphate": "high phosphate",
    "vitamin_d_deficiency": "lack of vitamin D",
    "deposit": "calcium deposits in soft tissue",
    "ossification": "ossification after an operation or injury",
    "bone_loss": "loss of bone",
}
LEVELS = ("trial", "series", "opinion")


@dataclass(frozen=True)
class Evidence:
    """What stands behind a drug in one use: `dose` as it was given there, `level` one of LEVELS."""

    use: str
    dose: str
    level: str
    says: str
    source: str


@dataclass(frozen=True)
class Drug:
    """A drug as a prescriber sees it."""

    name: str
    routes: Mapping[str, str]  # route -> dotted name of the state that receives the dose
    dose_units: tuple[str, ...]
    synonyms: tuple[str, ...] = ()
    molar_mass: Parameter | None = None  # g/mol
    activity: Parameter | None = None  # IU/mg
    species: str = "human"
    what: str = ""
    waits: str = ""  # why nothing answers to it yet
    most: tuple[float, str] | None = None  # a larger dose at once is a mistake
    evidence: tuple[Evidence, ...] = ()
    same_as: str = ""  # a disease that is its taking: nobody has both
    idle: Mapping[str, str] = field(default_factory=dict)  # route -> why nothing answers to it by that one
    most_by: Mapping[str, tuple[float, str]] = field(default_factory=dict)  # route -> `most` of that one
    averaged: str = ""  # how far its effect is off where doses are averaged; empty where too far

    @property
    def title(self) -> str:
        """Its name in a sentence."""
        return self.name.removeprefix("given_").replace("_", " ")

    @property
    def names(self) -> tuple[str, ...]:
        """What a case may call it."""
        return tuple(dict.fromkeys((self.name, self.name.replace("_", " "), *self.synonyms)))


_NEEDED = ("name", "dose_units", "routes")
_KEYS = (
    *_NEEDED,
    "synonyms",
    "what",
    "molar_mass",
    "activity",
    "most",
    "averaged",
    "kinetics",
    "actions",
    "waits",
    "evidence",
    "same_as",
)


def read_drug(path: str | Path, references: frozenset[str] | None = None) -> Drug:
    """The drug that a file describes under `drug:`.

    Raises InputError, with place, for each fault; `references` as in `read_parameters`.
    """
    document = read_data(path)
    check_keys(document, (), ("species", "drug", "parts"), ("species", "drug", "parts"))
    check_keys(document, ("drug",), _NEEDED, _KEYS)
    described, species = document.data["drug"], read_species(document, ("species",))
    if described["name"] != Path(path).stem:
        expected = f"the file's name, {Path(path).stem}"
        raise document.error(("drug", "name"), expected, shown(described["name"]))
    known = reference_keys() if references is None else references
    numbers: dict[str, Parameter | None] = {}
    for name, unit in (("molar_mass", "g/mol"), ("activity", "IU/mg")):
        numbers[name] = None
        if name in described:
            dotted = f"{described['name']}.{name}"
            numbers[name] = read_number(document, ("drug", name), dotted, unit, species, known)
    return Drug(
        name=described["name"],
        routes=_routes(document),
        dose_units=_units(document),
        synonyms=_words(document, "synonyms") if "synonyms" in described else (),
        species=species,
        what=str(described.get("what", "")),
        waits=str(described.get("waits", "")),
        most=_most(document, ("drug", "most")) if "most" in described else None,
        most_by={
            route: _most(document, ("drug", "routes", route, "most"))
            for route, said in described["routes"].items()
            if "most" in said
        },
        idle={route: str(said["waits"]) for route, said in described["routes"].items() if "waits" in said},
        averaged=str(described.get("averaged", "")),
        same_as=str(described.get("same_as", "")),
        evidence=_evidence(document, known) if "evidence" in described else (),
        **numbers,
    )


def _most(document: Document, where: Where) -> tuple[float, str]:
    """The largest dose, a quantity in one of the dose units."""
    try:
        return read_quantity(str(document.at(where)))
    except UnitError as wrong:
        raise document.error(where, wrong.expected, wrong.got, wrong.nearest) from None


def _evidence(document: Document, references: frozenset[str]) -> tuple[Evidence, ...]:
    keys, found = ("for", "dose", "level", "says", "source"), []
    given: Any = document.data["drug"]["evidence"]
    if not isinstance(given, list) or not given:
        raise document.error(("drug", "evidence"), "a list", shown(given))
    for index, one in enumerate(given):
        where = ("drug", "evidence", index)
        check_keys(document, where, keys, keys)
        for key, valid in (("for", USES), ("level", LEVELS)):
            if one[key] not in valid:
                raise document.error((*where, key), f"one of {', '.join(valid)}", shown(one[key]))
        source = read_source(document, (*where, "source"), references)
        found.append(Evidence(one["for"], str(one["dose"]), one["level"], str(one["says"]), source))
    return tuple(found)


def _routes(document: Document) -> dict[str, str]:
    check_keys(document, ("drug", "routes"), (), ROUTES)
    routes: dict[str, Any] = document.data["drug"]["routes"]
    if not routes:
        raise document.error(("drug", "routes"), "at least one route", "none")
    for route in routes:
        where = ("drug", "routes", route)
        check_keys(document, where, ("state",), ("state", "most", "waits"))
        state = routes[route]["state"]
        if not isinstance(state, str) or state.partition(".")[0] not in document.data["parts"]:
            expected = f"a state, dotted, of {', '.join(document.data['parts'])}"
            raise document.error((*where, "state"), expected, shown(state))
    return {route: target["state"] for route, target in routes.items()}


def _words(document: Document, key: str) -> tuple[str, ...]:
    words = document.data["drug"][key]
    if not isinstance(words, list) or not words or not all(isinstance(word, str) for word in words):
        raise document.error(("drug", key), "a list of words", shown(words))
    return tuple(words)


def _units(document: Document) -> tuple[str, ...]:
    units = _words(document, "dose_units")
    for index, unit in enumerate(units):
        where = ("drug", "dose_units", index)
        try:
            fits = dimension(unit) in [dimension(known) for known in ("mg", "mmol", "IU", "L")]
        except UnitError as wrong:
            raise document.error(where, wrong.expected, wrong.got, wrong.nearest) from None
        if not fits:
            raise document.error(where, "a unit of mass, amount, biological activity or volume", unit)
    return units
