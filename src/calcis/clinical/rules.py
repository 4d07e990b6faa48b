"""When does a hard finding hold?  A small declared vocabulary of conditions, each true, false or not known.

In data/clinical/hard_findings.yaml each rule has

    drugs: [denosumab, bisphosphonate]   # drugs or classes of calcis.clinical.history; states have none
    level: contraindicated               # contraindicated, urgent or warning
    given: true                          # optional; only where an arm gives it, not where a person takes it
    when: [...]                          # all of these hold
    unless: [...]                        # optional; and none of these is known to hold
    says: "{Drug} with low calcium"      # without a full stop; {Drug} is the drug's name
    source: "key: where"

and a condition is one of

    {gfr: {below: 30 mL/min}}    calcium, calcium_measured, calcium_ionised, vitamin_d_25 too; below, from,
                                 above.  Who is dialysed has less GFR than any limit.
    {calcium: high}              high or low by the reference range; ionised calcium decides where it is known
    {condition: heart_failure}   of the person's conditions
    {taking: [digoxin]}          the person takes it and the arm does not stop it, or the arm gives it too
    {not_before: saline}         the arm does not give it before the drug
    {lasts_over: 4 d}            from the first dose of the drug to the last
    {route: IV}                  how the drug is given
    {dose: {above: 3.5 mg}}      a single dose of it, where its mass is known
    {any: [...]}                 one of these holds
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Any, NamedTuple

from calcis.clinical.formulas import molar_mass
from calcis.clinical.grades import normal_range
from calcis.clinical.history import classes, conditions, medicines, members
from calcis.errors import nearest
from calcis.parameters import check_keys, data_path, read_data, read_source, reference_keys
from calcis.reading import Document, Where, shown
from calcis.units import convert, read_quantity
from calcis.wording import digits, listed, span

LEVELS = ("contraindicated", "urgent", "warning")
# What a person's values are called here -> what a reader calls them, their unit, substance, and range.
VALUES = {
    "gfr": ("GFR", "mL/min", "", ""),
    "calcium": ("calcium", "mmol/L", "calcium", "calcium_plasma"),
    "calcium_measured": ("calcium as measured", "mmol/L", "calcium", ""),  # not corrected
    "calcium_ionised": ("ionised calcium", "mmol/L", "calcium", "calcium_ionised_plasma"),
    "vitamin_d_25": ("25-hydroxyvitamin D", "nmol/L", "calcidiol", ""),
}
_ENDS = ("below", "from", "above")


@dataclass(frozen=True)
class Patient:
    """What is known of a person: values by the names and units of VALUES, conditions, medication, and whether
    it is a child.
    """

    values: Mapping[str, float] = field(default_factory=dict)
    conditions: frozenset[str] = frozenset()
    medication: frozenset[str] = frozenset()
    child: bool = False


@dataclass(frozen=True)
class Given:
    """A drug that an arm gives: its route, times (h: first dose, end of the last, start of all), its largest
    single dose (mg; 0 where not known).
    """

    drug: str
    route: str = ""
    begin: float = 0.0
    end: float = 0.0
    doses: tuple[float, ...] = ()
    each: float = 0.0


class Asked(NamedTuple):
    """About whom and what a rule is asked; without `drug` the person takes it, or it is about a state."""

    patient: Patient
    arm: Sequence[Given] = ()
    drug: Given | None = None


class Answer(NamedTuple):
    """Whether something holds (None: not known), what shows it, and which values are not known."""

    truth: bool | None
    shows: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


@dataclass(frozen=True)
class Rule:
    """One rule of the data; `drugs` are all for which it stands, none for a state of the person."""

    name: str
    drugs: frozenset[str]
    level: str
    given: bool
    when: tuple[Mapping[str, Any], ...]
    unless: tuple[Mapping[str, Any], ...]
    says: str
    source: str

    def holds(self, asked: Asked) -> Answer:
        """Whether it holds; what would except a person counts only where it is known."""
        if any(_holds(one, asked).truth for one in self.unless):
            return Answer(False)
        return _every([_holds(one, asked) for one in self.when])


@cache
def rules() -> tuple[Rule, ...]:
    """All rules, those of states first.  Raises InputError, with place, for what the vocabulary lacks."""
    document = read_data(data_path("clinical", "hard_findings.yaml"))
    check_keys(document, (), ("states", "findings"), ("states", "findings"))
    return tuple(
        _rule(document, (part, name)) for part in ("states", "findings") for name in document.data[part]
    )


def _every(answers: Sequence[Answer]) -> Answer:
    shows = tuple(word for one in answers for word in one.shows)
    unknown = tuple(name for one in answers for name in one.unknown)
    if any(one.truth is False for one in answers):
        return Answer(False)
    return Answer(None if unknown else True, shows, unknown)


def _some(answers: Sequence[Answer]) -> Answer:
    held = [one for one in answers if one.truth]
    if held:
        return Answer(True, tuple(word for one in held for word in one.shows))
    unknown = tuple(name for one in answers for name in one.unknown)
    return Answer(None if unknown else False, (), unknown)


def _holds(condition: Mapping[str, Any], asked: Asked) -> Answer:
    [(what, about)] = condition.items()
    patient, drug = asked.patient, asked.drug
    if what == "any":
        return _some([_holds(one, asked) for one in about])
    if what in VALUES:
        return _side(about, what, patient) if isinstance(about, str) else _compared(about, what, patient)
    if what == "condition":
        return Answer(about in patient.conditions, (conditions()[about].title,))
    if what == "taking":
        beside = {one.drug for one in asked.arm if drug is None or one.drug != drug.drug}
        found = sorted(members(tuple(about)) & (patient.medication | beside))
        return Answer(bool(found), tuple(name.replace("_", " ") for name in found))
    if drug is None:
        return Answer(False)
    if what == "route":
        return Answer(drug.route == about)
    if what == "dose":
        most = convert(*read_quantity(about["above"]), "mg")
        return Answer(drug.each > most * (1.0 + 1e-9), (f"{drug.each:.3g} mg",))
    if what == "not_before":
        return Answer(not any(one.drug == about and one.begin < drug.begin for one in asked.arm))
    lasts, limit = drug.end - drug.begin, convert(*read_quantity(about), "h")
    return Answer(lasts > limit, (f"over {span(lasts)}",))


def _side(side: str, what: str, patient: Patient) -> Answer:
    """Whether calcium is high or low; where it is not known, as the person's conditions say."""
    named = {"high": "hypercalcaemia", "low": "hypocalcaemia"}[side]
    for name in ("calcium_ionised", "calcium") if what == "calcium" else (what,):
        if name in patient.values:
            low, high = normal_range(VALUES[name][3])
            value = patient.values[name]
            return Answer(value > high if side == "high" else value < low, (_said(name, value),))
    if named in patient.conditions:
        return Answer(True, (conditions()[named].title,))
    if {"hypercalcaemia", "hypocalcaemia"} & patient.conditions:
        return Answer(False)
    return Answer(None, (), (VALUES[what][0],))


def _compared(about: Mapping[str, str], what: str, patient: Patient) -> Answer:
    title, unit, substance, _ = VALUES[what]
    [(end, text)] = about.items()
    if what == "gfr" and "dialysis" in patient.conditions:
        return Answer(end == "below", (conditions()["dialysis"].title,))
    if what not in patient.values:
        return Answer(None, (), (title,))
    value = patient.values[what]
    limit = convert(*read_quantity(text), unit, molar_mass(substance) if substance else None)
    truth = value < limit if end == "below" else value >= limit if end == "from" else value > limit
    return Answer(truth, (_said(what, value),))


def _said(name: str, value: float) -> str:
    title, unit, _, _ = VALUES[name]
    return f"{title} {digits(value)} {unit}"


def said(answer: Answer) -> str:
    """What shows a finding in this person, as the end of its sentence."""
    return f" ({listed(list(dict.fromkeys(answer.shows)))})" if answer.shows else ""


def asks(rule: Rule, name: str) -> bool:
    """Whether a rule asks for a condition or a medicine."""
    every = [*rule.when, *rule.unless]
    while every:
        [(what, about)] = every.pop().items()
        if what == "any":
            every += about
        elif about == name or (what == "taking" and name in members(tuple(about))):
            return True
    return False


def worded(condition: Mapping[str, Any]) -> str:
    """A condition in words.

    >>> worded({"gfr": {"below": "30 mL/min"}}), worded({"calcium": "low"}), worded({"lasts_over": "4 d"})
    ('GFR below 30 mL/min', 'low calcium', 'doses over more than 4 d')
    """
    [(what, about)] = condition.items()
    if what == "any":
        return listed([worded(one) for one in about], "or")
    if what in VALUES:
        title = VALUES[what][0]
        return f"{about} {title}" if isinstance(about, str) else f"{title} {' '.join(*about.items())}"
    if what == "condition":
        return conditions()[about].title
    if what == "dose":
        return f"a dose above {about['above']}"
    named = listed([name.replace("_", " ") for name in about], "or") if what == "taking" else about
    return {
        "taking": f"{named} taken",
        "not_before": f"no {named} before",
        "lasts_over": f"doses over more than {named}",
        "route": f"the route {named}",
    }[what]


def _rule(document: Document, where: Where) -> Rule:
    about = document.at(where)
    needed = ("level", "when", "says", "source", *(("drugs",) if where[0] == "findings" else ()))
    check_keys(document, where, needed, (*needed, "given", "unless"))
    if about["level"] not in LEVELS:
        near = nearest(str(about["level"]), LEVELS)
        raise document.error((*where, "level"), f"one of {', '.join(LEVELS)}", shown(about["level"]), near)
    for key in ("when", "unless"):
        for index in range(len(about.get(key, ()))):
            _check(document, (*where, key, index), about[key][index])
    return Rule(
        name=str(where[-1]),
        drugs=members(tuple(about.get("drugs", ()))),
        level=about["level"],
        given=bool(about.get("given", False)),
        when=tuple(about["when"]),
        unless=tuple(about.get("unless", ())),
        says=about["says"],
        source=read_source(document, (*where, "source"), reference_keys()),
    )


def _check(document: Document, where: Where, condition: Any) -> None:
    """A condition is one of the vocabulary, about something that is known."""
    kinds = (*VALUES, "condition", "taking", "not_before", "lasts_over", "route", "dose", "any")
    if not isinstance(condition, dict) or len(condition) != 1 or next(iter(condition)) not in kinds:
        got = shown(condition)
        near = nearest(str(next(iter(condition), "")), kinds) if isinstance(condition, dict) else None
        raise document.error(where, f"one condition: {', '.join(kinds)}", got, near)
    [(what, about)] = condition.items()
    place = (*where, what)
    if what == "any":
        for index, one in enumerate(about):
            _check(document, (*place, index), one)
    elif what in VALUES and isinstance(about, dict) and len(about) == 1 and next(iter(about)) in _ENDS:
        read_quantity(str(next(iter(about.values()))))
    elif what in VALUES and not (VALUES[what][3] and about in ("high", "low")):
        raise document.error(
            place, f"{{below: ...}} or {' or '.join(_ENDS[1:])}, or high or low", shown(about)
        )
    elif what == "dose":
        if not isinstance(about, dict) or set(about) != {"above"}:
            raise document.error(place, "{above: ...}", shown(about))
        read_quantity(str(about["above"]))
    elif what == "condition" and about not in conditions():
        raise document.error(place, "a condition of history.yaml", shown(about), nearest(about, conditions()))
    elif what == "taking":
        for name in about:
            if name not in classes() and name not in medicines() and name not in _in_classes():
                known = [*classes(), *_in_classes()]
                raise document.error(
                    place, "a medicine or class of history.yaml", shown(name), nearest(name, known)
                )


def _in_classes() -> frozenset[str]:
    return frozenset().union(*classes().values())
