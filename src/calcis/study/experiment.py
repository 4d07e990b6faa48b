"""What is an experiment?  A case or a fluid, what is done beside it, what was observed; read from its file.

An experiment's case is laid over the one that its file gives for all: mappings are joined, all else, and
`arms`, is replaced.  What comes out is an ordinary case, and refused with the line where a fault stands.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from calcis.body import CLAMPED
from calcis.case import Case, Vocabulary, packaged
from calcis.case.complaints import read_form
from calcis.case.reader import case_of
from calcis.errors import InputError, nearest
from calcis.fluids.reader import Fluid, fluids_of
from calcis.parameters import data_path, read_source, reference_keys
from calcis.reading import Document, Place, Where, inside, read_yaml, shown
from calcis.study import form
from calcis.units import UnitError, convert, read_quantity

TOLD = tuple(form.Told.model_fields)


@dataclass(frozen=True)
class Phase:
    """What holds from `begin` (h) on: the case, and infusions by state, (rate, unit)."""

    begin: float
    case: Case
    infused: Mapping[str, tuple[float, str]]


@dataclass(frozen=True)
class Said:
    """An observation with all that is said of it here or above it, and where (`document`, `where`)."""

    form: form.Observation
    source: str
    kind: str
    fitted: str  # by what, empty if it was not
    within: tuple[str, ...]
    why: str
    document: Document
    where: Where

    @property
    def sort(self) -> str:
        """`computed`, `fitted`, or `predicted`: about nature, and no number used was fitted to it."""
        return "computed" if self.kind == "computed" else "fitted" if self.fitted else "predicted"

    @property
    def predicted(self) -> bool:
        """Whether agreement speaks for the model."""
        return self.sort == "predicted"

    def refuse(self, key: str, expected: str, got: str, nearest: str | None = None) -> InputError:
        """A complaint about one of its keys, with its place."""
        return self.document.error((*self.where, key), expected, got, nearest)


@dataclass(frozen=True)
class Experiment:
    """One experiment; `start` by arm and state, (value, unit); `molar_masses` (g/mol) by course.

    It has `phases` of a case, or `fluids`.  kinds: of patients who have different diseases the case of each,
    and which share of them has it.
    """

    group: str  # the name of its file
    about: str  # the title of its file
    name: str
    title: str
    phases: tuple[Phase, ...]
    start: Mapping[str, Mapping[str, tuple[float, str]]]
    molar_masses: Mapping[str, float]
    observations: tuple[Said, ...]
    document: Document
    fluids: tuple[Fluid, ...] = ()
    patients: form.Patients | None = None
    kinds: tuple[tuple[Case, float], ...] = ()

    @property
    def where(self) -> Where:
        """Its place in its file."""
        return ("experiments", self.name)

    @property
    def key(self) -> str:
        """The same for experiments of which one run is enough."""
        phases = [(one.begin, one.case.text, dict(one.infused)) for one in self.phases]
        fluids = [(one.name, one.kind, dict(one.values)) for one in self.fluids]
        patients = None if self.patients is None else self.patients.model_dump()
        return json.dumps([phases, self.start, fluids, patients], sort_keys=True)


def experiment_files() -> list[Path]:
    """The files of experiments that come with Calcis."""
    return sorted(data_path("validation").glob("*.yaml"))


def read_experiments(path: str | Path, vocabulary: Vocabulary | None = None) -> list[Experiment]:
    """The experiments of a file.  Raises InputError with file, line and column for whatever is wrong."""
    path, vocabulary = Path(path), vocabulary or packaged()
    document = read_yaml(path)
    read = read_form(document, form.ExperimentsForm)
    places = _Places(document)
    return [_Maker(path, places, read, name, vocabulary).experiment() for name in read.experiments]


class _Maker:
    """Makes one experiment of a file."""

    def __init__(
        self, path: Path, places: _Places, file: form.ExperimentsForm, name: str, vocabulary: Vocabulary
    ) -> None:
        self.path, self.places, self.file, self.vocabulary = path, places, file, vocabulary
        self.document = places.document
        self.name, self.own = name, file.experiments[name]
        self.where: Where = ("experiments", name)

    def experiment(self) -> Experiment:
        case = None if self.own.fluid is not None else self._case(())
        return Experiment(
            group=self.path.stem,
            about=self.file.title,
            name=self.name,
            title=self.own.title or self.name,
            phases=() if case is None else self._phases(case),
            start={} if case is None else self._start(case),
            molar_masses=self._molar_masses(),
            observations=tuple(
                self._said((*self.where, "observations", k), one)
                for k, one in enumerate(self.own.observations)
            ),
            document=self.document,
            fluids=self._fluids(),
            patients=self._patients(case),
            kinds=self._kinds(case),
        )

    def _patients(self, case: Case | None) -> form.Patients | None:
        """Of whom a trial consists; its case is one body from beginning to end."""
        given = self.own.patients
        if given is None:
            return None
        where = (*self.where, "patients")
        if case is None or case.body == CLAMPED or case.person.species != "human" or case.labs is not None:
            expected = "a case with a person's body and without labs"
            raise self.document.error(where, expected, "another", key=True)
        for name in ("start", "infused", "then"):
            if name in self.own.model_fields_set:
                raise self.document.error((*self.where, name), "no such thing in a trial", name, key=True)
        return given

    def _kinds(self, case: Case | None) -> tuple[tuple[Case, float], ...]:
        """Cases of a trial's patients, one for each disease that some of them have, and their shares."""
        given = {} if self.own.patients is None else self.own.patients.diseases
        if case is None or not given:
            return () if case is None else ((case, 1.0),)
        where = (*self.where, "patients", "diseases")
        if case.diseases:
            expected = "a case without `disease`, as its patients have different ones"
            raise self.document.error(where, expected, case.diseases[0].name, key=True)
        known, found = self.vocabulary.diseases, []
        for name, count in given.items():
            if name not in known:
                near = nearest(name, known)
                raise self.document.error((*where, name), "a disease", repr(name), near, key=True)
            found.append((self._case((), {"disease": name}), count / sum(given.values())))
        return tuple(found)

    def _fluids(self) -> tuple[Fluid, ...]:
        """The experiment's fluids, none if it has a case."""
        if self.own.fluid is None:
            return ()
        for name in ("case", "start", "infused", "then"):
            if name in self.own.model_fields_set:
                where = (*self.where, name)
                raise self.document.error(where, "a `fluid` alone, which has no time", name, key=True)
        return tuple(fluids_of(_overlaid(self.places, [(*self.where, "fluid")], ()), self.name))

    def _phases(self, case: Case) -> tuple[Phase, ...]:
        begins = [0.0, *(then.at for then in self.own.then)]
        for k, (before, at) in enumerate(zip(begins, [*begins[1:], case.run.duration], strict=True)):
            if not before < at:
                where = (*self.where, "then", max(k - 1, 0), "at")
                raise self.document.error(where, "times that ascend, before the end of the run", f"{at:g} h")
        phases = [Phase(0.0, case, self._quantities((*self.where, "infused"), self.own.infused))]
        for k, then in enumerate(self.own.then):
            where = (*self.where, "then", k)
            infused = self._quantities((*where, "infused"), then.infused or {})
            phases.append(Phase(then.at, self._case((where,)), infused))
        return tuple(phases)

    def _case(self, over: Iterable[Where], more: Mapping[str, Any] | None = None) -> Case:
        """The experiment's case; for what follows later, with the places `over` laid over it; and `more`.

        Without organs, which no experiment asks for yet.
        """
        if isinstance(self.own.case, str):
            if self.file.case or self.own.then:
                expected = "a case here, as the file has one for all, or something follows later (`then`)"
                raise self.document.error((*self.where, "case"), expected, shown(self.own.case))
            try:
                document = read_yaml(inside(self.path.parent, self.own.case))
                document = replace(document, data={**document.data, **(more or {})})
                return replace(case_of(document, self.vocabulary, self.path.parent), organs=())
            except InputError as wrong:
                if wrong.line is not None:
                    raise
                raise self.document.error((*self.where, "case"), wrong.expected, wrong.got) from None
        places: list[Where] = [("case",)] if self.file.case is not None else []
        places += [(*self.where, "case")] if self.own.case is not None else []
        if not places:
            raise self.document.error(self.where, "`case`", "none", key=True)
        document = _overlaid(self.places, places, over)
        document = replace(document, data={**document.data, **(more or {})})
        case = case_of(document, self.vocabulary)
        return replace(case, text=json.dumps(document.data, ensure_ascii=False), organs=())

    def _start(self, case: Case) -> dict[str, dict[str, tuple[float, str]]]:
        found = {}
        for arm, states in self.own.start.items():
            if arm not in case.arms:
                where = (*self.where, "start", arm)
                near = nearest(arm, case.arms)
                raise self.document.error(where, "an arm of the case", shown(arm), near, key=True)
            found[arm] = self._quantities((*self.where, "start", arm), states)
        return found

    def _quantities(self, where: Where, texts: Mapping[str, str]) -> dict[str, tuple[float, str]]:
        return {name: _quantity(self.document, (*where, name), text) for name, text in texts.items()}

    def _molar_masses(self) -> dict[str, float]:
        """By course: those of the drugs, and those that the file gives."""
        drugs = self.vocabulary.drugs.items()
        found = {f"{name}_plasma": drug.molar_mass.value for name, drug in drugs if drug.molar_mass}
        for name, text in self.file.molar_masses.items():
            where: Where = ("molar_masses", name)
            value, unit = _quantity(self.document, where, text)
            try:
                found[name] = convert(value, unit, "g/mol")
            except UnitError as wrong:
                raise self.document.error(where, wrong.expected, wrong.got, wrong.nearest) from None
        return found

    def _said(self, where: Where, own: form.Observation) -> Said:
        """An observation, with what is said above it; what must be said and is not is refused."""
        told, places = {}, {}
        for place, level in ((), self.file), (self.where, self.own), (where, own):
            for name in TOLD:
                if getattr(level, name) is not None:
                    told[name], places[name] = getattr(level, name), (*place, name)
        if "source" in told:
            read_source(self.document, places["source"], reference_keys())
        needed = ["source", "kind", "why", *(["of"] if own.of is None else [])]
        needed += [] if told.get("kind") == "computed" else ["fitted"]
        for name in needed:
            if name not in told:
                expected = f"`{name}` of the observation" + ("" if name == "of" else ", here or above")
                raise self.document.error(where, expected, "none")
        return Said(
            form=own,
            source=told["source"],
            kind=told["kind"],
            fitted="" if told["kind"] == "computed" else told["fitted"] or "",
            within=tuple(told.get("within", ())),
            why=told["why"],
            document=self.document,
            where=where,
        )


def _quantity(document: Document, where: Where, text: str) -> tuple[float, str]:
    try:
        return read_quantity(text)
    except UnitError as wrong:
        raise document.error(where, wrong.expected, wrong.got, wrong.nearest) from None


class _Places(dict[Where, tuple[dict[Where, Place], dict[Where, Place]]]):
    """Of a mapping in a document: the places of values and of keys in it, by the way from it."""

    def __init__(self, document: Document) -> None:
        super().__init__()
        self.document = document

    def __missing__(self, top: Where) -> tuple[dict[Where, Place], dict[Where, Place]]:
        values, keys = (
            {where[len(top) :]: at for where, at in known.items() if where[: len(top)] == top}
            for known in (self.document.values, self.document.keys)
        )
        self[top] = values, keys
        return self[top]


def _overlaid(known: _Places, tops: Iterable[Where], over: Iterable[Where]) -> Document:
    """A document of the mappings at `tops`, each laid over those before, and what differs `over` them."""
    data: dict[str, Any] = {}
    values: dict[Where, Place] = {}
    keys: dict[Where, Place] = {}
    for top, chosen in [*((top, None) for top in tops), *((top, ("changes", "plasma")) for top in over)]:
        found: Any = known.document.data
        for step in top:
            found = found[step]
        if chosen is not None:
            found = {key: value for key, value in found.items() if key in chosen}
        data = _joined(data, found, ())
        values |= known[top][0]
        keys |= known[top][1]
    return Document(known.document.file, known.document.text, data, values, keys)


def _joined(under: Any, over: Any, where: Where) -> Any:
    if not isinstance(under, dict) or not isinstance(over, dict) or where == ("arms",):
        return over
    joined = {key: _joined(under[key], value, (*where, key)) for key, value in over.items() if key in under}
    return {**under, **over, **joined}
