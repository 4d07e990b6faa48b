"""Which species does a fluid hold, and how strongly are they bound?  Databases of association constants.

A database is a named base and a named extension for what the base lacks, both in data/chemistry/databases:
reactions with lg K at zero ionic strength (its course with temperature by van 't Hoff or an analytic
expression) and the parameters of each species' activity coefficient.  Reactions may use any species that
was formed before; here they are summed up to formation from the masters, H⁺ and H₂O.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np

from calcis.errors import nearest
from calcis.parameters import KINDS, check_keys, data_path, read_data, read_source, reference_keys
from calcis.reading import Document, Where, shown

R = 8.3147e-3  # kJ/mol/K, PHREEQC's; 8.31446e-3 would move lg K by 1e-5 at 37 °C
REFERENCE_TEMPERATURE = 298.15  # K
HYDROGEN, WATER, PROTON = "hydrogen", "H2O", "H+"
DAVIES = None  # the activity coefficient of a species without parameters of its own
_TERM = re.compile(r"(?:([0-9.]+) )?(\S+)")
_CHARGE = re.compile(r"([+-])([0-9]*)$")
_REACTION = ("log_k", "delta_h", "analytic", "gamma", "source", "kind", "base")


@dataclass(frozen=True)
class Species:
    """A dissolved species: what it is formed of, how strongly, and its activity coefficient.

    `formula` gives master (or HYDROGEN or WATER) -> number; `analytic` A₁..A₆ of
    lg K = A₁ + A₂T + A₃/T + A₄ lg T + A₅/T² + A₆T² of formation from the masters; `gamma` (a in Å, b) of
    Truesdell and Jones, or DAVIES.
    """

    name: str
    charge: int
    formula: Mapping[str, float]
    analytic: tuple[float, ...]
    gamma: tuple[float, float] | None
    reaction: str
    source: str
    kind: str


@dataclass(frozen=True, eq=False)
class Database:
    """Species and gases of a base with an extension; masters in the order of the fluid's totals."""

    name: str
    masters: tuple[str, ...]  # without hydrogen
    species: tuple[Species, ...]  # the masters' own first, H+ last of them
    gases: tuple[Species, ...]

    @cached_property
    def names(self) -> tuple[str, ...]:
        """Names of the species, in their order."""
        return tuple(species.name for species in self.species)

    @cached_property
    def stoichiometry(self) -> np.ndarray:
        """How much of each master, then of H⁺ and of H₂O, is in each species (species, masters + 2)."""
        return stoichiometry(self, self.species)

    @cached_property
    def charges(self) -> np.ndarray:
        """Charge of each species."""
        return np.array([species.charge for species in self.species], float)

    @cached_property
    def master_charges(self) -> np.ndarray:
        """Charge of each master's own species."""
        return self.charges[: len(self.masters)]

    def place(self, species: str) -> int:
        """Where a species stands.  Raises KeyError with the nearest name for one that is not there."""
        if species not in self.names:
            like = nearest(species, self.names)
            raise KeyError(f"no species {species!r}" + (f"; did you mean {like}?" if like else ""))
        return self.names.index(species)


def stoichiometry(database: Database, species: tuple[Species, ...]) -> np.ndarray:
    """How much of each master, then of H⁺ and of H₂O, is in each of some species."""
    columns = (*database.masters, HYDROGEN, WATER)
    return np.array([[one.formula.get(name, 0.0) for name in columns] for one in species], float)


def lg_k(species: tuple[Species, ...], temperature: np.ndarray) -> np.ndarray:
    """lg of formation constants (..., species) at temperatures in K."""
    a = np.array([one.analytic for one in species]).T
    t = np.asarray(temperature, float)[..., None]
    return np.asarray(a[0] + a[1] * t + a[2] / t + a[3] * np.log10(t) + a[4] / t**2 + a[5] * t**2)


@cache
def read_database(base: str, extension: str | None = "body_fluid", revision: str | None = None) -> Database:
    """A base ("minteq", "phreeqc") with an extension for what it lacks, and a revision of some constants.

    Raises InputError for data that are not in order.
    """
    document = _document(base)
    check_keys(document, (), ("title", "kind", "source", "masters", "species"), _KEYS)
    builder = _Builder(base)
    for master in document.data["masters"]:
        builder.master(document, ("masters", master), master)
    for k in range(len(document.data["species"])):
        builder.react(document, ("species", k))
    if extension is not None:
        added = _document(extension)
        check_keys(added, (), ("title", "kind", "source", "groups"), (*_KEYS, "groups"))
        for group in added.data["groups"]:
            builder.group(added, ("groups", group), group)
    if revision is not None:
        revised = _document(revision)
        check_keys(revised, (), ("title", "kind", "source", "species"), _KEYS)
        for k in range(len(revised.data["species"])):
            builder.react(revised, ("species", k), revised=True)
    for k in range(len(document.data.get("gases", ()))):
        builder.react(document, ("gases", k), gas=True)
    return builder.database(" + ".join(name for name in (base, extension, revision) if name))


_KEYS = ("title", "kind", "source", "masters", "species", "gases")


def _document(name: str) -> Document:
    path = data_path("chemistry", "databases", f"{name}.yaml")
    return read_data(path)


class _Builder:
    """Sums reactions up to formation from masters, in the order of the file."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.masters: dict[str, Species] = {}
        self.species: dict[str, Species] = {}
        self.gases: list[Species] = []
        self.known: dict[str, tuple[dict[str, float], np.ndarray]] = {WATER: ({WATER: 1.0}, np.zeros(6))}

    def master(self, document: Document, where: Where, name: str) -> None:
        check_keys(document, where, ("species",), ("species", "gamma"))
        entry = document.at(where)
        own = Species(
            str(entry["species"]),
            charge_of(entry["species"]),
            {name: 1.0},
            (0.0,) * 6,
            _gamma(document, where),
            "",
            str(document.data["source"]),
            str(document.data["kind"]),
        )
        self.masters[name] = own
        self.known[own.name] = ({name: 1.0}, np.zeros(6))

    def group(self, document: Document, where: Where, name: str) -> None:
        check_keys(document, where, ("master", "species"), ("master", "species", "kind"))
        if name in self.masters:
            return
        self.master(document, (*where, "master"), name)
        for k in range(len(document.at((*where, "species")))):
            self.react(document, (*where, "species", k), document.at(where).get("kind"))

    def react(
        self,
        document: Document,
        where: Where,
        kind: str | None = None,
        gas: bool = False,
        revised: bool = False,
    ) -> None:
        check_keys(document, where, ("reaction",), ("reaction", *_REACTION))
        entry = document.at(where)
        if entry.get("base", self.base) != self.base:
            return
        left, arrow, right = str(entry["reaction"]).partition(" = ")
        if not arrow:
            raise document.error(
                (*where, "reaction"), "a reaction such as A + B = C", shown(entry["reaction"])
            )
        if gas:  # a gas dissolves: it stands on the left
            left, right = right, left
        terms = [*_terms(left, 1.0), *_terms(right, -1.0)]
        new = next(name for name, number in terms if number < 0)
        if revised is not (new in self.species):
            expected = "a species that the base has" if revised else "a species once"
            raise document.error((*where, "reaction"), expected, shown(new), nearest(new, self.species))
        formula: dict[str, float] = {}
        analytic = _constant(document, where) * (-1.0 if gas else 1.0)
        for name, number in terms:
            if name == new:
                continue
            if name not in self.known:
                raise document.error(
                    (*where, "reaction"), "species formed before", shown(name), nearest(name, self.known)
                )
            for master, count in self.known[name][0].items():
                formula[master] = formula.get(master, 0.0) + number * count
            analytic = analytic + number * self.known[name][1]
        formula = {master: count for master, count in formula.items() if count}
        found = Species(
            new,
            charge_of(new),
            formula,
            tuple(analytic.tolist()),
            _gamma(document, where) or (self.species[new].gamma if revised else DAVIES),
            str(entry["reaction"]),
            self._source(document, where),
            self._kind(document, where, kind),
        )
        charges = {name: own.charge for name, own in self.masters.items()} | {WATER: 0}
        if sum(charges[master] * count for master, count in formula.items()) != found.charge:
            raise document.error((*where, "reaction"), "a balance of charges", shown(entry["reaction"]))
        if gas:
            self.gases.append(found)
        else:
            self.species[new] = found
            self.known[new] = (formula, analytic)

    def database(self, name: str) -> Database:
        masters = tuple(master for master in self.masters if master != HYDROGEN)
        own = [self.masters[master] for master in (*masters, HYDROGEN)]
        return Database(name, masters, (*own, *self.species.values()), tuple(self.gases))

    def _source(self, document: Document, where: Where) -> str:
        place = (*where, "source") if "source" in document.at(where) else ("source",)
        return read_source(document, place, reference_keys())

    def _kind(self, document: Document, where: Where, kind: str | None) -> str:
        found = str(document.at(where).get("kind", kind or document.data["kind"]))
        if found not in KINDS:
            raise document.error(where, f"one of {', '.join(KINDS)}", shown(found), nearest(found, KINDS))
        return found


def charge_of(name: str) -> int:
    """The charge at the end of a species' name.

    >>> charge_of("PO4-3"), charge_of("CaPO4-"), charge_of("CaHPO4"), charge_of("Ca+2")
    (-3, -1, 0, 2)
    """
    found = _CHARGE.search(name)
    return 0 if found is None else int(found[1] + (found[2] or "1"))


def _terms(side: str, sign: float) -> list[tuple[str, float]]:
    found = [_TERM.fullmatch(term) for term in side.split(" + ")]
    return [(term[2], sign * float(term[1] or 1.0)) for term in found if term is not None]


def _numbers(document: Document, where: Where, least: int, most: int) -> list[float]:
    values = document.at(where)
    good = isinstance(values, list) and least <= len(values) <= most
    if not good or not all(isinstance(value, int | float) and math.isfinite(value) for value in values):
        raise document.error(where, f"a list of {least} to {most} numbers", shown(values))
    return [float(value) for value in values]


def _gamma(document: Document, where: Where) -> tuple[float, float] | None:
    if "gamma" not in document.at(where):
        return DAVIES
    a, b = _numbers(document, (*where, "gamma"), 2, 2)
    return a, b


def _constant(document: Document, where: Where) -> np.ndarray:
    """A₁..A₆ of a reaction's lg K."""
    entry = document.at(where)
    found = np.zeros(6)
    if "analytic" in entry:
        values = _numbers(document, (*where, "analytic"), 1, 6)
        found[: len(values)] = values
        return found
    for key in ("log_k", "delta_h"):
        if not isinstance(entry.get(key, 0), int | float):
            raise document.error((*where, key), "a number", shown(entry[key]))
    if "log_k" not in entry:
        raise document.error(where, "`log_k` or `analytic`", "neither")
    slope = float(entry.get("delta_h", 0.0)) / (math.log(10.0) * R)
    found[0], found[2] = float(entry["log_k"]) + slope / REFERENCE_TEMPERATURE, -slope
    return found
