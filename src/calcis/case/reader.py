"""How does a case file become a Case?  Read safely, checked against its form and the valid names."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from calcis.body import CLAMPED, body_parts, body_species
from calcis.case.arm_names import check_names
from calcis.case.background import (
    check_doses,
    check_labs,
    check_person,
    known_of,
    read_conditions,
    read_medication,
    read_stopped,
)
from calcis.case.block import check_block, layers_of
from calcis.case.case import Case, Treatment
from calcis.case.complaints import read_form
from calcis.case.disease import Disease, read_diseases
from calcis.case.dose_text import read_dose
from calcis.case.doses import Dose, remarks_of
from calcis.case.form import CaseForm, Difference, Injury, PlasmaForm
from calcis.case.goal import LESION, ORGANS, Goal, read_goal
from calcis.case.idle import idle_changes
from calcis.case.included import enclosed, read_named
from calcis.case.injuries import with_own_injuries
from calcis.case.operations import in_order, read_operations
from calcis.case.organs import organ_map, own_tissues
from calcis.case.plasma import Course, Plasma, complete, read_plasma, remarks, words
from calcis.case.procedures import read_procedure
from calcis.case.seen import check_seen
from calcis.case.segmented import fill_mask
from calcis.case.surgery import Operation
from calcis.case.taken import Taken, is_dose, read_taken
from calcis.case.taken import told as told_of_taken
from calcis.case.times import check_times
from calcis.case.vocabulary import Vocabulary, packaged
from calcis.changes import Change, parse_changes, read_changes
from calcis.errors import InputError, nearest
from calcis.reading import Document, Where, parse_yaml, read_text, shown
from calcis.tissue.injuries import KINDS
from calcis.units import HOURS_PER_YEAR

_Simulated = TypeVar("_Simulated", Dose, Taken)


def read_case(path: str | Path, vocabulary: Vocabulary | None = None) -> Case:
    """The case in a file, or in the `run.json` of an earlier run.

    `vocabulary` holds the valid names (default: those of the data that come with Calcis).  Raises
    InputError with file, line and column for whatever is wrong with it, and for nothing else.
    """
    path = Path(path)
    return read_case_text(read_text(path), str(path), vocabulary, path.parent)


def read_case_text(
    text: str, name: str, vocabulary: Vocabulary | None = None, folder: str | Path | None = None
) -> Case:
    """The case in `text`; `name` stands for its file in complaints.

    `folder` is where files that the case names are looked for (None: it may name none).
    """
    earlier = _case_of_run(text)
    if earlier is not None:
        text, name, folder = earlier, f"{name} (its case)", None
    return case_of(parse_yaml(text, name), vocabulary, folder)


def case_of(
    document: Document, vocabulary: Vocabulary | None = None, folder: str | Path | None = None
) -> Case:
    """The case that a document of the form of a case file holds."""
    return _Maker(document, read_form(document), vocabulary or packaged(), folder).case()


def _case_of_run(text: str) -> str | None:
    """The case's text where `text` is a run.json, else None."""
    if not text.lstrip().startswith("{"):
        return None
    try:
        found = json.loads(text).get("case")
    except (ValueError, RecursionError):
        return None
    if isinstance(found, dict):
        found = found.get("text")
    return found if isinstance(found, str) else None


class _Maker:
    """Checks what a form alone cannot: names, times, doses and changes; then makes the Case."""

    def __init__(
        self, document: Document, form: CaseForm, vocabulary: Vocabulary, folder: str | Path | None
    ) -> None:
        self.document, self.vocabulary, self.folder = document, vocabulary, folder
        self.form, self.own_injury = with_own_injuries(document, form, vocabulary)
        self.text = fill_mask(document, form, document.text, folder)
        self.tissues = own_tissues(document, form, vocabulary)
        self.conditions = read_conditions(document, ("conditions",), form.conditions)
        self.taken: tuple[Taken, ...] = ()
        self.medication: tuple[str, ...] = ()

    def case(self) -> Case:
        form = self.form
        self._known(("body",), form.body, self.vocabulary.bodies, "a body")
        self._check_body()
        check_times(self.document, form)
        self._check_history()
        self._read_medication()
        check_seen(self.document)
        check_names(self.document, list(form.arms))
        check_labs(self.document, form)
        if form.lesion is not None:
            self._known(("lesion", "tissue"), form.lesion.tissue, self.tissues, "a tissue")
            if form.lesion.injury is not None:
                kind, kinds = ("lesion", "injury", "kind"), [*form.injuries, *self.vocabulary.injuries]
                self._known(kind, form.lesion.injury.kind, kinds, "an injury")
                self._check_own_keys(form.lesion.injury)
            check_block(self.document, form.lesion, self.tissues)
        sets = [self.tissues[form.lesion.tissue].changes] if form.lesion is not None else []
        sets += [self.own_injury] if self.own_injury else []
        diseases = self._diseases() if "disease" in form.model_fields_set else ()
        sets += [disease.changes for disease in diseases]
        if "changes_from" in form.model_fields_set:
            sets.append(self._from_file())
        if form.changes:
            sets.append(read_changes(self.document))
        case = Case(
            title=form.title,
            person=form.person,
            body=form.body,
            lesion=form.lesion,
            layers=layers_of(form.lesion, self.tissues),
            changes=tuple(sets),
            arms={name: self._arm(name) for name in form.arms},
            run=form.run,
            diseases=diseases,
            history=form.history or 0.0,
            conditions=self.conditions,
            medication=self.medication,
            taken=self.taken,
            labs=form.labs,
            text=self.text,
            file=self.document.file,
            plasma_words=self._plasma_words(),
            organs=organ_map(self.document, form, self.tissues),
        )
        case = replace(case, goal=self._goal(case))
        base = self.vocabulary.parameters(form.body)
        arms = {}
        for name, arm in case.arms.items():
            check_doses(self.document, form, arm, self.vocabulary.drugs, diseases)
            known = known_of(case, name, case.parameters(base, name))
            untried = (said for disease in (*diseases, *arm.diseases) for said in disease.untried)
            idle = idle_changes(case, name, self.vocabulary)
            drugs = self.vocabulary.drugs
            told = remarks_of(arm.doses, drugs, case.run.duration)
            told += told_of_taken(
                case.taken, case.medication, arm.stopped, {dose.drug for dose in arm.doses}, drugs
            )
            arms[name] = replace(arm, remarks=(*arm.remarks, *untried, *told, *idle), known=known)
        return replace(case, arms=arms)

    def _goal(self, case: Case) -> Goal | None:
        if self.form.goal is None:
            return None
        if case.body == CLAMPED:
            raise self.document.error(("goal",), "no `goal`, as plasma is given", "one", key=True)
        units = {name: one.unit for part in body_parts(case.body) for name, one in part.gives.items()}
        tissue = [*([LESION] if case.lesion is not None else []), *([ORGANS] if case.organs else [])]
        return read_goal(self.document, self.form.goal, units, list(case.arms), case.run.duration, tissue)

    def _known(self, where: Where, name: str, valid: Iterable[str], what: str) -> None:
        names = list(valid)
        if name not in names:
            expected = (
                f"{what}: {', '.join(names[:10])}" if names else f"no {what.split()[-1]}, as there is none"
            )
            raise self.document.error(where, expected, shown(name), nearest(name, names))

    def _check_history(self) -> None:
        """Only a body has lived before the run."""
        if self.form.history is not None and self.form.body == CLAMPED:
            expected = f"no history, as body: {CLAMPED} is none that could have lived before"
            raise self.document.error(("history",), expected, "one", key=True)

    def _diseases(self, places: Iterable[Where] = (("disease",),)) -> tuple[Disease, ...]:
        """The diseases at `places`; their numbers must be there, and no two may set the same."""
        base = self.vocabulary.parameters(self.form.body)
        setter: dict[str, str] = {}
        found: dict[Where, Disease] = {}
        for place in places:
            found |= read_diseases(self.document, place, self.vocabulary.diseases)
        for where, disease in found.items():
            key = where[-1] != "disease"
            lacking = disease.lacking(base)
            if lacking:
                expected = f"a body of a {disease.species} in which there is {lacking[0]}, for {disease.name}"
                raise self.document.error(where, expected, f"body: {self.form.body}", key=key)
            if self.form.body in disease.not_in:
                got = f"body: {self.form.body} ({disease.not_in[self.form.body]})"
                raise self.document.error(where, f"a body that gets {disease.name} right", got, key=key)
            for change in disease.changes:
                if change.name in setter:
                    expected = f"diseases of which one sets {change.name}"
                    got = f"{setter[change.name]} and {disease.name}"
                    raise self.document.error(where, expected, got, key=key)
                setter[change.name] = disease.name
        return tuple(found.values())

    def _check_own_keys(self, injury: Injury) -> None:
        """Keys that only some kinds of injury have belong to this one."""
        own = KINDS[injury.kind].keys
        for key in injury.own:
            if key not in own:
                kinds = " or ".join(name for name, kind in KINDS.items() if key in kind.keys)
                expected = f"`{key}` only with an injury of kind {kinds}"
                expected += f" ({injury.kind} has {', '.join(own)})" if own else ""
                where: Where = ("lesion", "injury", key)
                raise self.document.error(where, expected, f"kind {injury.kind}", nearest(key, own), key=True)

    def _check_body(self) -> None:
        """A body needs a person and makes its plasma; given plasma needs a tissue to act on."""
        form, document = self.form, self.document
        if form.body == CLAMPED:
            if form.lesion is None:
                expected = "`lesion` in the case file, as nothing else is simulated where plasma is given"
                raise document.error((), expected, "none")
            return
        if form.plasma is not None:
            raise self._plasma_of_body(("plasma",))
        if "person" not in form.model_fields_set:
            raise document.error((), "`person` in the case file", "none")
        whose = body_species(form.body)
        if form.person.species != whose:
            why = f", as {form.body} is a {whose}'s body (body: {CLAMPED} is for every species)"
            if "species" not in form.person.model_fields_set:
                raise document.error(("person",), f"`species: {whose}` in person{why}", "none", key=True)
            raise document.error(("person", "species"), f"{whose}{why}", shown(form.person.species))
        if whose == "human":
            check_person(document, form.person)

    def _plasma_of_body(self, where: Where) -> InputError:
        expected = f"no `plasma`, as {self.form.body} makes its own (body: {CLAMPED} takes what is given)"
        return self.document.error(where, expected, "one", key=True)

    def _from_file(self) -> tuple[Change, ...]:
        """Changes of the file that `changes_from` names; its text joins the case's own text.

        A case read again from its text alone has them as {name: text of the file}.
        """
        where: Where = ("changes_from",)
        named = self.form.changes_from
        if isinstance(named, dict):
            if len(named) != 1:
                raise self.document.error(where, "one file", f"{len(named)}")
            [(name, text)] = named.items()
        else:
            name, text = named, read_named(self.document, where, named, self.folder)
            self.text = enclosed(self.document, where, self.text, name, text)
        return parse_changes(text, name)

    def _arm(self, name: str) -> Treatment:
        doses: list[Dose] = []
        changes: list[Change] = []
        diseases: list[Where] = []
        procedures: list[Disease] = []
        form = self.form
        given: list[tuple[Where, PlasmaForm]] = []
        stopped: list[str] = []
        operations: list[Operation] = []
        for index, action in enumerate(form.arms[name]):
            where: Where = ("arms", name, index)
            if not isinstance(action, Difference):
                procedure = read_procedure(self.document, where, action, form.body, self.vocabulary)
                if procedure is None:
                    doses.append(self._dose(where, action))
                elif procedure in procedures:
                    raise self.document.error(where, f"{procedure.name} once in an arm", "it again")
                else:
                    procedures.append(procedure)
                continue
            if not action.model_fields_set:
                raise self.document.error(
                    where, f"one of {', '.join(Difference.model_fields)}", "none", key=True
                )
            if "disease" in action.model_fields_set:
                diseases.append((*where, "disease"))
            if action.changes is not None:
                changes += read_changes(self.document, (*where, "changes"))
            if action.stop is not None:
                at, drugs = (*where, "stop"), self.vocabulary.drugs
                stopped.append(read_stopped(self.document, at, action.stop, self.medication, drugs))
            operations += read_operations(self.document, where, self.form, action)
            if action.plasma is not None:
                given.append(((*where, "plasma"), action.plasma))
        plasma, said = self._plasma(given)
        return Treatment(
            name,
            tuple(doses),
            tuple(changes),
            plasma=plasma,
            plasma_words=said,
            remarks=() if plasma is None else tuple(remarks(plasma, self.form.run.duration)),
            diseases=(*self._diseases(diseases), *procedures),
            stopped=tuple(dict.fromkeys(stopped)),
            taken=tuple(one.during for one in self.taken if one.drug not in stopped),
            operations=in_order(self.document, name, operations),
        )

    def _read_medication(self) -> None:
        """What the person takes, by name, and what of it is simulated."""
        where, names = ("medication",), []
        for index, line in enumerate(self.form.medication):
            if not is_dose(line):
                names.append(line)
                continue
            taken = self._simulated((*where, index), line, read_taken)
            if self.form.history is None and self.form.labs is None:
                expected = "`history` in the case, for how long the person has lived so (or `labs`)"
                raise self.document.error((*where, index), expected, shown(line))
            try:
                taken.check(self.form.history or HOURS_PER_YEAR)
            except InputError as wrong:
                raise self.document.error((*where, index), wrong.expected, wrong.got) from None
            names.append(taken.drug)
            self.taken += (taken,)
        self.medication = read_medication(self.document, where, names, self.vocabulary.drugs)

    def _dose(self, where: Where, text: str) -> Dose:
        return self._simulated(where, text, read_dose)

    def _simulated(self, where: Where, text: str, read: Callable[..., _Simulated]) -> _Simulated:
        """A dose, or what is taken, as `read` finds it in a text, of a drug that acts in this body."""
        run, mass = self.form.run, self.form.person.mass
        if self.form.body == CLAMPED:
            expected = f"changes or plasma, as with body: {CLAMPED} there is no body for a drug to act in"
            raise self.document.error(where, expected, shown(text))
        vocabulary = self.vocabulary
        try:
            dose = read(text, vocabulary.drugs, run.duration, mass)
            lacking = vocabulary.lacks(self.form.body, dose.drug)
            if lacking:
                acting = [drug for drug in vocabulary.drugs if not vocabulary.lacks(self.form.body, drug)]
                expected = f"a drug that acts in {self.form.body} ({', '.join(acting) or 'none does'})"
                raise InputError(expected, f"{dose.drug}, for which {lacking}")
            return dose
        except InputError as wrong:
            offset = (wrong.column or 1) - 1
            raise self.document.error(
                where, wrong.expected, wrong.got, wrong.nearest, offset=offset
            ) from None

    def _plasma(self, given: list[tuple[Where, PlasmaForm]]) -> tuple[Plasma | None, tuple[str, ...]]:
        """All that plasma offers in an arm which gives some of it itself, and the arm's own words."""
        document, form = self.document, self.form
        if form.body != CLAMPED:
            if given:
                raise self._plasma_of_body(given[0][0])
            return None, ()
        if len(given) > 1:
            raise document.error(given[1][0], "one `plasma` in an arm", "another", key=True)
        offered = self._shared_plasma()
        place: Where = () if form.plasma is None else ("plasma",)
        between = None if form.plasma is None else form.plasma.between
        said = []
        for where, own in given:
            place, found = where, read_plasma(document, where, own, between)
            if own.between is not None and not any(len(course.points) > 1 for course in found.values()):
                expected = "a course that it is for, in the same `plasma`"
                raise document.error((*where, "between"), expected, "none", key=True)
            said.append(words(document, where, found))
            offered |= found
        complete(document, place, offered)
        return offered, tuple(said)

    def _shared_plasma(self) -> dict[str, Course]:
        """What plasma offers in every arm that does not say otherwise."""
        given = self.form.plasma
        return {} if given is None else read_plasma(self.document, ("plasma",), given, None)

    def _plasma_words(self) -> str:
        return "" if self.form.plasma is None else words(self.document, ("plasma",), self._shared_plasma())
