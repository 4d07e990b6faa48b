"""What else does a case say of the person: which conditions, which medication, and what is stopped?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from calcis.body import CLAMPED
from calcis.case.case import Case, Treatment
from calcis.case.disease import Disease
from calcis.case.doses import too_much_in_a_day
from calcis.case.drugs import Drug
from calcis.case.form import CaseForm, Person
from calcis.clinical.formulas import is_adult
from calcis.clinical.hard_findings import patient
from calcis.clinical.history import Named, conditions, implied, medicines, taken
from calcis.clinical.rules import Patient
from calcis.errors import nearest
from calcis.parameters import Parameter
from calcis.reading import Document, Where, shown
from calcis.units import convert

_LIGHTEST, _LIGHTEST_ADULT, _HEAVIEST = 0.4, 20.0, 650.0  # kg of people who have lived
_FILTRATION = "kidney.filtration_rate"  # of bodies that have one number for it


def read_conditions(document: Document, where: Where, given: Sequence[str]) -> tuple[str, ...]:
    """The conditions at `where`, by their own names; each is known and named once."""
    known = {said: one.name for one in conditions().values() for said in (one.name, *one.also)}
    return _read(document, where, given, known, "a condition", conditions())


def read_medication(
    document: Document, where: Where, given: Sequence[str], drugs: Mapping[str, Drug]
) -> tuple[str, ...]:
    """The medicines at `where`: those of the history, and drugs that can be given."""
    return _read(document, where, given, _medicines(drugs), "a medicine", [*medicines(), *drugs])


def read_stopped(
    document: Document, where: Where, name: str, medication: Sequence[str], drugs: Mapping[str, Drug]
) -> str:
    """What an arm stops, of the medication that the person takes."""
    own = _own(name, _medicines(drugs))
    if own is None or own not in medication:
        taken = ", ".join(medication) or "none, as the case has no `medication`"
        near = nearest(name, medication)
        raise document.error(where, f"medication of this person ({taken})", shown(name), near)
    return own


def check_labs(document: Document, form: CaseForm) -> None:
    """Labs are those of people, some at least, and no more calcium is ionised than there is."""
    labs = form.labs
    if labs is None:
        if "labs" in form.model_fields_set:
            raise document.error(("labs",), "a mapping, lines of `key: value`", "none")
        return
    if form.person.species != "human":
        expected = "no `labs`, as their formulas and ranges are of people"
        raise document.error(("labs",), expected, f"species {form.person.species}", key=True)
    if not labs.given:
        raise document.error(("labs",), f"one of {', '.join(type(labs).model_fields)}", "none")
    if labs.calcium is not None and labs.calcium_ionised is not None and labs.calcium_ionised > labs.calcium:
        said = document.data["labs"]
        expected = f"less ionised calcium than calcium, {said['calcium']}"
        raise document.error(("labs", "calcium_ionised"), expected, shown(said["calcium_ionised"]))


def check_person(document: Document, person: Person) -> None:
    """A person has an age, a sex and a mass, and is neither lighter nor heavier than anybody was."""
    for name in ("age", "sex", "mass"):
        if getattr(person, name) is None:
            raise document.error(("person",), f"`{name}` in person", "none", key=True)
    adult = is_adult(person.age)
    least = _LIGHTEST_ADULT if adult else _LIGHTEST
    if person.mass is not None and not least <= person.mass <= _HEAVIEST:
        given, whose = shown(document.data["person"]["mass"]), "an adult" if adult else "a child"
        expected = f"{whose} of {least:g} to {_HEAVIEST:g} kg"
        raise document.error(("person", "mass"), expected, given)


def check_doses(
    document: Document,
    form: CaseForm,
    arm: Treatment,
    drugs: Mapping[str, Drug],
    diseases: Iterable[Disease],
) -> None:
    """No drug is given to whom has the disease of taking it, nor more in a day than anybody takes."""
    had = {disease.name for disease in (*diseases, *arm.diseases)}
    for own in arm.taken:
        same = drugs[own.drug].same_as
        if same in had:
            expected = f"either {own.drug} or disease: {same}, which is its taking for long"
            raise document.error(("medication",), expected, "both")
    for index, action in enumerate(form.arms[arm.name]):
        text = " ".join(action.split()) if isinstance(action, str) else ""
        for dose in arm.doses:
            same = drugs[dose.drug].same_as
            if dose.text == text and same in had:
                expected = f"either {dose.drug} or disease: {same}, which is its taking for long"
                raise document.error(("arms", arm.name, index), expected, "both")
            if dose.text != text:
                continue
            if dose.route == "IL" and form.lesion is None:
                expected = f"`lesion` in the case file, into which {dose.drug} is injected"
                raise document.error(("arms", arm.name, index), expected, "none")
            drug = drugs[dose.drug]
            alike = [one for one in (*arm.doses, *arm.taken) if one.drug == dose.drug]
            for route in ("", dose.route):
                much = too_much_in_a_day(alike, drug, route)
                if much:
                    by = f" {route}" if route else ""
                    expected = f"at most {much[0]} of {drug.title}{by} within 24 h"
                    raise document.error(("arms", arm.name, index), expected, much[1])


def known_of(case: Case, arm: str, numbers: Mapping[str, Parameter]) -> Patient | None:
    """What a case says of its person in an arm, of which `numbers` are those; None of animals.

    Where no labs are given, the person has the filtration rate of the body's numbers.
    """
    if case.person.species != "human":
        return None
    rate = numbers.get(_FILTRATION) if case.labs is None and case.body != CLAMPED else None
    named = tuple(disease.name for disease in (*case.diseases, *case.arms[arm].diseases))
    return patient(
        {} if case.labs is None else case.labs.given,
        case.person.age,
        case.person.sex,
        conditions=(*case.conditions, *implied(named)),
        medication=(*case.medication, *taken(named)),
        gfr=None if rate is None else convert(rate.value, rate.unit, "mL/min"),
    )


def _read(
    document: Document,
    where: Where,
    given: Sequence[str],
    known: Mapping[str, str],
    what: str,
    listed: Mapping[str, Named] | Iterable[str],
) -> tuple[str, ...]:
    found: list[str] = []
    for index, name in enumerate(given):
        own = _own(name, known)
        if own is None:
            expected = f"{what}: {', '.join(sorted(listed))}"
            near = nearest(name, known, least=0.6)
            raise document.error((*where, index), expected, shown(name), near)
        if {own, *found} >= {"hypercalcaemia", "hypocalcaemia"}:
            raise document.error((*where, index), "calcium that is either high or low", "both")
        if own in found:
            raise document.error((*where, index), f"each {what.split()[1]} once", f"{own} again")
        found.append(own)
    return tuple(found)


def _medicines(drugs: Mapping[str, Drug]) -> dict[str, str]:
    """Every name of a medicine, and which it means."""
    known = {name: drug.name for drug in drugs.values() for name in drug.names}
    return known | {said: one.name for one in medicines().values() for said in (one.name, *one.also)}


def _own(name: str, known: Mapping[str, str]) -> str | None:
    """What a name means, however its words are joined."""
    joined = {_joined(said): own for said, own in known.items()}
    return joined.get(_joined(name))


def _joined(name: str) -> str:
    return "_".join(name.lower().replace("-", " ").replace("_", " ").split())
