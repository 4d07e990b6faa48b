"""What is asked?  A person, labs, a history, where they are seen, and what is known of a calcification."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from calcis.case import Case
from calcis.case.further import FurtherLabs
from calcis.case.reader import case_of
from calcis.clinical.formulas import constants, is_adult
from calcis.clinical.history import conditions, medicines, members
from calcis.diagnose.hypotheses import BODY, known
from calcis.diagnose.numbers import number
from calcis.diagnose.settings import DEFAULT
from calcis.errors import nearest
from calcis.parameters import data_path, read_data
from calcis.reading import Document, parse_yaml, read_text, shown
from calcis.units import convert, read_quantity

_SEEN = ("setting", "site", "pattern")
_UNUSED: dict[str, Any] = {"arms": {"it": []}, "run": {"duration": "1 d", "every": "1 d"}, "body": BODY}
_MASS = "70 kg"  # of no effect here


@dataclass(frozen=True)
class Asked:
    """A case, where its person is seen, sets of diseases of each of which they have one, with why; what is
    known of a calcification, remarks of whoever read the file, further labs, and how common diseases are
    in place of what the setting says.
    """

    case: Case
    setting: str
    certain: tuple[tuple[frozenset[str], str], ...]
    site: str | None = None
    pattern: str | None = None
    remarks: tuple[str, ...] = ()
    further: Mapping[str, float] = field(default_factory=dict)
    prevalence: Mapping[str, float] = field(default_factory=dict)


def read_asked(path: str | Path, options: Mapping[str, str]) -> Asked:
    """What a case file asks; `options` (setting, site, pattern) win over it.

    Arms and run of a case may be missing.  Raises InputError, with place, for what is wrong with it.
    """
    return asked_of(parse_yaml(read_text(path), str(path)), options, Path(path).parent)


def asked_of(document: Document, options: Mapping[str, str], folder: Path | None = None) -> Asked:
    """The same of a document of the form of a case file."""
    data = {**_UNUSED, **document.data}
    if isinstance(data.get("person"), dict):
        data["person"] = {"mass": _MASS, **data["person"]}
    case = case_of(replace(document, data=data), folder=folder)
    if case.body != BODY:
        raise document.error(("body",), f"{BODY}, the body whose diseases are compared", case.body)
    if case.labs is None and "further_labs" not in data:
        raise document.error((), "`labs`, the values that are to be explained", "none")
    if not is_adult(case.person.age):
        raise document.error(("person", "age"), adults(), shown(document.data["person"]["age"]))
    setting, site, pattern = (options.get(key) or document.data.get(key) for key in _SEEN)
    further = FurtherLabs.model_validate(data.get("further_labs") or {}).given
    untold = not_taken(case.medication) if "medication" in document.data else ()
    prevalence = {**dict.fromkeys(untold, number("medication.untold")), **dict(_prevalence(document))}
    return Asked(case, setting or DEFAULT, tuple(_certain(case)), site, pattern, (), further, prevalence)


def adults() -> str:
    """Who may be asked about, as complaints say it."""
    youngest = constants()["ckd_epi_2021.youngest"].value
    return f"an adult: bodies and diseases are those of people of {youngest:g} years or more"


def _certain(case: Case) -> Iterator[tuple[frozenset[str], str]]:
    """What history says that a person has for certain."""
    for disease in case.diseases:
        if disease.name in known():
            yield frozenset(_with_it((disease.name,))), f"the case says so: {disease.title}"
    for name in case.conditions:
        condition = conditions()[name]
        if condition.diseases:
            yield frozenset(_with_it(condition.diseases)), condition.title
    for name in case.medication:
        for medicine, diseases in _taking().items():
            if name in members((medicine,)):
                yield frozenset(diseases), f"takes {name.replace('_', ' ')}"


def _taking() -> dict[str, tuple[str, ...]]:
    """Medicines that are diseases of the body while they are taken, and which."""
    return {name: one.diseases for name, one in medicines().items() if one.diseases}


def not_taken(medication: Collection[str]) -> tuple[str, ...]:
    """Diseases which are the taking of a medicine that `medication` does not name."""
    return tuple(
        disease
        for medicine, diseases in _taking().items()
        if not members((medicine,)) & {*medication}
        for disease in diseases
    )


def _prevalence(document: Document) -> Iterator[tuple[str, float]]:
    """How common a case says that diseases are."""
    given: Any = document.data.get("prevalence") or {}
    for name, said in given.items():
        if name not in known():
            expected = f"a disease: {', '.join(known())}"
            raise document.error(
                ("prevalence", name), expected, shown(name), nearest(name, known()), key=True
            )
        value = convert(*read_quantity(said), "1")
        if not 0.0 < value < 1.0:
            raise document.error(("prevalence", name), "more than 0 and less than 100 %", shown(said))
        yield name, value


def _with_it(names: Collection[str]) -> Iterator[str]:
    """Diseases, and those that have one of them within."""
    for name in known():
        within = read_data(data_path("diseases", f"{name}.yaml")).data.get("with")
        if name in names or within in names:
            yield name
