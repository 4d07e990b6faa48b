"""What else does a case say of the person: which conditions, which medication, and what is stopped?"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from calcis.body import CLAMPED
from calcis.case.case import Case
from calcis.case.drugs import Drug
from calcis.clinical.hard_findings import patient
from calcis.clinical.history import Named, conditions, implied, medicines
from calcis.clinical.rules import Patient
from calcis.errors import nearest
from calcis.parameters import Parameter
from calcis.reading import Document, Where, shown
from calcis.units import convert

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


def known_of(case: Case, arm: str, numbers: Mapping[str, Parameter]) -> Patient | None:
    """What a case says of its person in an arm, of which `numbers` are those; None of animals.

    Where no labs are given, the person has the filtration rate of the body's numbers.
    """
    if case.person.species != "human":
        return None
    rate = numbers.get(_FILTRATION) if case.labs is None and case.body != CLAMPED else None
    named = [disease.name for disease in (*case.diseases, *case.arms[arm].diseases)]
    return patient(
        {} if case.labs is None else case.labs.given,
        case.person.age,
        case.person.sex,
        conditions=(*case.conditions, *implied(tuple(named))),
        medication=case.medication,
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
            raise document.error((*where, index), expected, shown(name), nearest(name, known))
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
