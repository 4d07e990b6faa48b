"""What does a reader learn of the person who was found for the labs of a case?  Tables, and sentences."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from calcis.case import packaged
from calcis.case.form import Person
from calcis.clinical.formulas import is_adult
from calcis.clinical.labs import LABS
from calcis.individual import Individual
from calcis.individual.factors import search, variation
from calcis.individual.individual import Level, Moved, Other
from calcis.individual.options import ASIDE
from calcis.parameters import Parameter
from calcis.quantities import Quantity, described, number_shown, pretty, quantities
from calcis.reading import parse_yaml
from calcis.results.store import Finding, Run
from calcis.wording import capital, digits, listed, lowered, span

_SORTS = {
    "beyond": "more than healthy people differ by",
    "disease": "a disease or treatment",
    "argument": "part of the disease of the case",
    "measured": "measured",
}
_MOST_OTHERS = 5
_VAGUE = 3.0  # a standard deviation of a logarithm from which on nothing is known
_AMONG_THE_HEALTHY = (
    (2.0, "healthy people differ as much"),
    (3.0, "few healthy people differ as much"),
    (math.inf, "hardly any healthy person differs as much"),
)
_CHILD = (
    "The body is an adult's, and so is what people differ by: what is found for labs of a child means little."
)
_ALONE = " Alone, it would give "
_NOTHING = "Nothing: the labs fit the standard person of this body within their variation."


@dataclass(frozen=True)
class Row:
    """One quantity in the unit shown: measured and simulated, each from one standard deviation below to one
    above, and by how many of the measured one they differ.
    """

    title: str
    unit: str
    simulated: str
    simulated_ends: str
    measured: str = ""
    measured_ends: str = ""
    off: str = ""
    verdict: str = ""  # does not match, or set aside


@dataclass(frozen=True)
class Matching:
    """The person who was found, for a reader: rows of what was measured and what was not, and sentences."""

    brief: str  # a sentence on what was found
    lived: str
    rows: tuple[Row, ...]
    unseen: tuple[Row, ...]
    changes: tuple[str, ...]
    others: tuple[str, ...]
    remarks: tuple[Finding, ...]
    variation: tuple[tuple[str, tuple[Parameter, ...]], ...]  # of each lab, by its title, with sources


def matching(run: Run, system: str = "si") -> Matching | None:
    """The person who was found for a run in a `system` of units; None where nobody was looked for."""
    if run.individual is None:
        return None
    found, case = Individual.of(run.individual), parse_yaml(run.case_text, "the case").data
    levels = {one.lab: one for one in found.levels}
    against = [one for one in _of_disease(found, case, levels, system) if one.level == "warning"]
    return Matching(
        brief=" ".join([_brief(found, case, system), *(one.text.partition(_ALONE)[0] for one in against)]),
        lived=_lived(found),
        rows=tuple(replace(_row(one, system), verdict=_verdict(found, one)) for one in found.levels),
        unseen=tuple(_row(one, system) for one in found.unseen),
        changes=tuple(_change(one, system) for one in found.changes if one.sort != ASIDE) or (_NOTHING,),
        others=tuple(_others(found, system)),
        variation=tuple((_row(one, system).title, _variation(one.lab)) for one in found.levels),
        remarks=tuple(_remarks(found, case, system)),
    )


def matching_json(run: Run) -> dict[str, Any] | None:
    """The person who was found as JSON: numbers in the units that stand beside them, and the sentences."""
    told = matching(run)
    if told is None or run.individual is None:
        return None
    said = {
        "brief": told.brief,
        "lived": told.lived,
        "changes": list(told.changes),
        "others": list(told.others),
    }
    return {**run.individual, "said": said, "findings": [vars(one) for one in told.remarks]}


def _brief(found: Individual, case: Mapping[str, Any], system: str) -> str:
    """What was found, and that labs do not match, in a sentence or two."""
    said = [f"{lowered(one.title)} {_amount(one, system)}" for one in found.changes if one.numbers]
    text = f"The person found for the labs: {listed(said)}." if said else "The labs fit the standard person."
    if found.misfit:
        given = [f"{_named_lab(lab)} of {case['labs'][lab]}" for lab in found.misfit]
        text += f" {capital(listed(given))} {'do' if len(given) > 1 else 'does'} not match."
    return text


def _variation(lab: str) -> tuple[Parameter, ...]:
    """By how much a lab varies in an unchanged person, as data."""
    return tuple(one for name, one in variation().items() if name.partition(".")[0] == lab)


def _lived(found: Individual) -> str:
    """For how long."""
    text = f"At the start of the run this person has lived like that for {span(found.hours)}"
    return text + ("." if found.told else ", as the case does not say for how long.")


def _quantity(level: Level) -> Quantity:
    return described(level.signal, level.unit, "si")


def _row(level: Level, system: str) -> Row:
    quantity = _quantity(level)

    def ends(value: float, spread: float) -> str:
        if spread > _VAGUE:
            return "not determined"
        low, high = (
            quantity.shown(value * math.exp(side * spread), level.unit, system) for side in (-1.0, 1.0)
        )
        return f"{quantity.read(low)} to {quantity.read(high)}"

    simulated = quantity.read(quantity.shown(level.simulated, level.unit, system))
    unsure, unit = ends(level.simulated, level.unsure), quantity.unit(system)
    if level.measured is None or level.spread is None or level.off is None:
        return Row(quantity.title, unit, simulated, unsure)
    title = quantity.title
    if level.lab == "creatinine":  # a body is a standard adult's, and so is its surface
        title, unit = "eGFR, by creatinine", f"{unit} per 1.73 m²"
    return Row(
        title,
        unit,
        simulated,
        unsure,
        quantity.read(quantity.shown(level.measured, level.unit, system)),
        ends(level.measured, level.spread),
        f"{round(level.off, 1) + 0.0:+.1f}".replace("-", "−").replace("+0.0", "0.0"),
    )


def _verdict(found: Individual, level: Level) -> str:
    """What is to be marked of a lab."""
    return "set aside" if level.lab in found.aside else "does not match" if level.lab in found.misfit else ""


def _amount(moved: Moved, system: str) -> str:
    """A change in words: how much there is where it has a unit or is normally none, else over normal."""
    name, value, own, _ = moved.numbers[0]
    if own != "1" or moved.factor is None:
        shown, unit = number_shown(name, value, own, system)
        return f"{digits(shown)} {pretty(unit)}".strip()
    return f"{digits(moved.factor)} {'times' if moved.factor >= 1.0 else 'of'} normal"


def _change(moved: Moved, system: str) -> str:
    """A change with what is open of it, what is normal, and how unusual it is."""
    name, value, unit, normal = moved.numbers[0]
    size = value if unit != "1" or moved.factor is None else moved.factor
    spread = min(moved.unsure, _VAGUE)
    low, high = size * math.exp(-spread), size * math.exp(spread)
    if moved.factor is None:
        low, high = max(0.0, size * (1.0 - moved.unsure)), size * (1.0 + moved.unsure)
    low, high, normal = (number_shown(name, one, unit, system)[0] for one in (low, high, normal))
    text = f"{capital(moved.title)}: {_amount(moved, system)}"
    if moved.sort != "measured":
        text += f" ({digits(low)} to {digits(high)})" if moved.unsure < _VAGUE else " (not determined)"
    if moved.factor is None:
        text += ", normally none"
    elif unit != "1":
        text += f", in the standard person {digits(normal)}"
    usual = next(words for most, words in _AMONG_THE_HEALTHY if moved.size <= most)
    return f"{text}; {_SORTS.get(moved.sort, usual)}."


def _others(found: Individual, system: str) -> Iterator[str]:
    """Other explanations, and how plausible they are beside the one that was taken."""
    for one in found.others[:_MOST_OTHERS]:
        plausible = min(1.0, math.exp(-0.5 * one.more))
        yield f"{capital(_named(one, found, system))}: {100.0 * plausible:.0f} % as plausible."


def _named(other: Other, found: Individual, system: str) -> str:
    """The changes of another explanation, and which labs it sets aside that the one taken does not."""
    said = [f"{lowered(one.title)} {_amount(one, system)}" for one in other.changes if one.numbers]
    doubted = [one.title for one in other.changes if one.sort == ASIDE and one.title not in found.aside]
    said += [f"{_named_lab(lab)} set aside" for lab in doubted]
    return listed(said) if said else "no change"


def _remarks(found: Individual, case: Mapping[str, Any], system: str) -> Iterator[Finding]:
    given = {name: str(value) for name, value in (case.get("labs") or {}).items()}
    levels = {one.lab: one for one in found.levels}

    def named(lab: str) -> str:
        return f"{_lab(levels[lab])} of {given[lab]}"

    age = Person.model_validate(case.get("person") or {}).age
    if age is not None and not is_adult(age):
        yield Finding("warning", _CHILD)
    for lab, others in found.aside.items():
        yield Finding("warning", capital(_contradiction(lab, others, named, _titles(case))))
    for lab in found.misfit:
        row = _row(levels[lab], system)
        text = f"{_lab(levels[lab])} does not match: the person has {row.simulated} {row.unit}, where "
        if lab not in found.aside:
            text += f"{row.measured} were measured ({row.off} standard deviations)."
            yield Finding("warning", capital(text))
    yield from _of_disease(found, case, levels, system)
    reasons: dict[str, list[str]] = {}
    for lab, why in found.unused.items():
        reasons.setdefault(why, []).append(_named_lab(lab))
    for why, labs in reasons.items():
        yield Finding("info", f"Not used: {listed(labs)}, as {why}.")


def _named_lab(lab: str) -> str:
    """A lab of a case inside a sentence."""
    quantity = quantities().get(LABS[lab][0])
    return lowered(quantity.title) if quantity is not None else lab.replace("_", " ")


def _lab(level: Level) -> str:
    return "creatinine (as eGFR)" if level.lab == "creatinine" else _named_lab(level.lab)


def _contradiction(lab: str, others: Sequence[str], named: Callable[[str], str], disease: str) -> str:
    """What a lab that was set aside contradicts."""
    if lab in others:
        given = f"with {disease}, as in the case, " if disease else ""
        text = f"in this body no plausible person {given}has {named(lab)}, whatever else was measured"
    elif others:
        both = "both" if len(others) == 1 else "it beside any of these"
        text = f"{named(lab)} contradicts {listed([named(one) for one in others])}: "
        text += f"in this body no plausible person {f'with {disease} ' if disease else ''}has {both}"
    else:
        text = f"{named(lab)} contradicts all other labs together"
    text += ". It is set aside, as the rest is more plausible without it. "
    return text + "Either it is wrong (sample, unit, time), or this body cannot have what the person has."


def _titles(case: Mapping[str, Any]) -> str:
    """The diseases of a case, as in a sentence; empty where it has none."""
    named, known = case.get("disease"), packaged().diseases
    titles = [known[name].title for name in ([named] if isinstance(named, str) else named or {})]
    return listed([lowered(title) for title in titles])


def _of_disease(
    found: Individual, case: Mapping[str, Any], levels: Mapping[str, Level], system: str
) -> Iterator[Finding]:
    """Whether the labs speak for the diseases of the case, or against them."""
    if found.without_disease is None:
        return
    titles = _titles(case)
    limit, better = search()["telling.disease"].value, found.without_disease - found.cost
    alone = []
    for lab, value in found.plain.items():
        quantity, unit = _quantity(levels[lab]), levels[lab].unit
        said = quantity.read(quantity.shown(value, unit, system))
        row = _row(levels[lab], system)
        alone.append(f"{_lab(levels[lab])} of {said} {row.unit} (measured {row.measured})")
    told = f"{_ALONE}{listed(alone)}." if alone else ""
    freed = [lab for lab in found.aside if lab not in found.aside_without_disease]
    if freed:
        labs = listed([_lab(levels[lab]) for lab in freed])
        text = f"The labs fit {titles} only with {labs} set aside; without the disease they fit "
        text += "all together." if not found.aside_without_disease else "better."
        yield Finding("warning", text + told)
    elif better > limit:
        yield Finding("info", f"The labs speak for {titles}: they are harder to explain without.")
    elif better < -limit:
        text = f"The labs speak against {titles}: they are explained better without."
        yield Finding("warning", text + told)
    else:
        text = f"The labs speak neither for nor against {titles}: they are explained as well without."
        yield Finding("info", text + told)
