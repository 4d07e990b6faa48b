"""How is the person found, and how does a case then run?"""

from __future__ import annotations

import json
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from calcis.body import CLAMPED
from calcis.case import Case
from calcis.changes import Change, parse_changes
from calcis.clinical.labs import LABS
from calcis.errors import InputError
from calcis.individual.choice import Choice, choose
from calcis.individual.contradiction import aside, contradicted, misfit, without_disease
from calcis.individual.factors import search
from calcis.individual.fit import Fitted, Problem
from calcis.individual.individual import Individual, Level, Moved, Other
from calcis.individual.levels import ALBUMIN, FILTRATION, Measured, Response, measured
from calcis.individual.options import Option, doubts, options
from calcis.individual.uncertainty import OPEN, Unsure, unsure
from calcis.parameters import Parameter
from calcis.units import convert

SOURCE = "calcis: fitted to the labs of this case"
_FILE = "the person found by labs"
_TOLD = (*(signal for signal, _ in LABS.values()), FILTRATION, "calcium_urine", "phosphate_urine")


def find(case: Case) -> Individual | None:
    """The person whose state matches the labs of a case by the fewest plausible changes.

    None where the case has no labs, or gives its plasma.  The same case gives the same person, in whichever
    order its labs stand.  Raises InputError where nobody can live with what the case gives.
    """
    looked = look(case)
    return None if looked is None else told(case, looked)


@dataclass(frozen=True)
class Looked:
    """What was found for the labs of a case: the problem, the choice, and what of it is told."""

    given: Case  # with the albumin that was measured
    hours: float
    problem: Problem
    choice: Choice
    notes: tuple[Moved, ...]
    unused: dict[str, str]


def look(case: Case) -> Looked | None:
    """Look for the person of a case's labs; None, and InputError, as `find`."""
    if case.labs is None or case.body == CLAMPED:
        return None
    hours = case.history or usually_lived(case)
    given, notes = _with_albumin(case)
    problem, unused = _problem(given, hours)
    if case.labs.albumin is not None and not notes:
        unused.setdefault("albumin", "the case sets it itself")
    choice = choose(problem)
    if choice.best.cost == float("inf"):
        raise InputError("diseases and changes with which a body can live for its history", "others")
    return Looked(given, hours, problem, choice, notes, unused)


def told(case: Case, looked: Looked) -> Individual:
    """What is known of the person who was found."""
    given, hours, problem, choice = looked.given, looked.hours, looked.problem, looked.choice
    best, notes, unused = choice.best, looked.notes, looked.unused
    signals = [name for name in _TOLD if name in problem.response.signals]
    other = _without_disease(given, hours)
    open_ = unsure(problem, best, signals)
    found = Individual(
        hours=hours if case.history else problem.lived(best.chosen),
        told=bool(case.history),
        levels=(),
        changes=(*notes, *_moved(problem, best, open_.amounts)),
        unseen=(),
        others=tuple(_other(problem, one, best) for one in choice.others),
        cost=best.cost,
        without_disease=None if other is None else other[0],
        aside_without_disease=() if other is None else other[1],
        plain=_plain(problem, choice.plain),
        misfit=tuple(misfit(problem, best)),
        aside={lab: contradicted(problem, lab) for lab in aside(problem, best)},
        unused=unused,
    )
    levels = _levels(Response(as_found(case, found)), found.hours, problem.labs, signals, open_)
    seen = [one for one in levels if one.lab]
    unseen = [one for one in levels if not one.lab]
    return replace(found, levels=tuple(seen), unseen=tuple(unseen))


def as_found(case: Case, individual: Individual) -> Case:
    """A case as it runs: its person has lived so for so long, with the changes that were found."""
    changes = _changes(individual.changes)
    return replace(case, changes=(*case.changes, changes), history=individual.hours)


def usually_lived(case: Case) -> float:
    """For how long a person has lived with the diseases of a case that does not say so, h."""
    consuming = any(disease.never_steady for disease in case.diseases)
    return search()["lived.consuming" if consuming else "lived.usual"].value


def _problem(case: Case, hours: float, apart: Collection[str] = ()) -> tuple[Problem, dict[str, str]]:
    response = Response(case)
    labs, unused = measured(case, response.model)
    labs.sort(key=lambda lab: list(LABS).index(lab.lab))
    return Problem(response, hours, labs, [*options(case, response, apart), *doubts(labs)]), unused


def _with_albumin(case: Case) -> tuple[Case, tuple[Moved, ...]]:
    """The case with the albumin that was measured, where its body takes one and the case does not set it."""
    assert case.labs is not None
    fixed = {change.name for changes in case.changes for change in changes}
    response = Response(case)
    if case.labs.albumin is None or ALBUMIN not in response.names or fixed & {ALBUMIN, "albumin"}:
        return case, ()
    value = case.labs.albumin
    normal = float(response.base[response.names.index(ALBUMIN)])
    moved = (Moved("albumin", "measured", ((ALBUMIN, value, "g/L", normal),), value / normal, 0.0),)
    return replace(case, changes=(*case.changes, _changes(moved))), moved


def _without_disease(case: Case, hours: float) -> tuple[float, tuple[str, ...]] | None:
    """What the best person without the diseases of the case costs, and which labs are then set aside."""
    if not case.diseases:
        return None
    problem, _ = _problem(without_disease(case), hours, {disease.name for disease in case.diseases})
    best = choose(problem, exchange=False).best
    return best.cost, tuple(aside(problem, best))


def _plain(problem: Problem, plain: Fitted) -> dict[str, float]:
    """The labs that do not match without changes, and what they would be, in the units of their signals."""
    hours = problem.lived(plain.chosen)
    (values,) = problem.response.levels([problem.row(plain.chosen, plain.amounts)], [hours])
    signal = {lab.lab: lab.signal for lab in problem.labs}
    return {lab: float(values[problem.response.signals.index(signal[lab])]) for lab in misfit(problem, plain)}


def _moved(problem: Problem, one: Fitted, open_: Sequence[float] = ()) -> tuple[Moved, ...]:
    """The changes of a person, in the units of the data, to four digits, which are those that are used."""
    found = []
    row = problem.row(one.chosen, one.amounts)
    for place, (index, amount) in enumerate(zip(one.chosen, one.amounts, strict=True)):
        option = problem.options[index]
        columns = (*option.columns, *(column for column, _ in option.sets))
        numbers = tuple(_number(problem.response, column, row[column]) for column in columns)
        sd = open_[place] if open_ else option.spread
        relative, size = _relative(option, amount, sd), abs(amount) / option.spread
        found.append(Moved(option.title, option.sort, numbers, _factor(numbers), relative, size))
    return tuple(found)


def _number(response: Response, column: int, value: float) -> tuple[str, float, str, float]:
    """Name, value to four digits, unit and the body's own value of a number that was moved."""
    own: Parameter = response.numbers[response.names[column]]
    unit = own.shown[1]
    return own.name, float(f"{convert(value, own.unit, unit):.4g}"), unit, own.shown[0]


def _factor(numbers: Sequence[tuple[str, float, str, float]]) -> float | None:
    if not numbers:
        return None
    _, value, _, normal = numbers[0]
    return value / normal if normal > 0.0 else None


def _relative(option: Option, amount: float, sd: float) -> float:
    """A standard deviation of an amount as one of the number over itself."""
    if option.scale is None:
        return sd
    if not option.columns:
        return 0.0
    size = abs(option.centre[0] + option.scale * amount)
    return min(option.scale * sd / size, OPEN) if size > 0.0 else OPEN


def _other(problem: Problem, one: Fitted, best: Fitted) -> Other:
    sizes = [abs(float(off)) for off in one.off]
    worst = sizes.index(max(sizes))
    return Other(_moved(problem, one), one.cost - best.cost, problem.labs[worst].lab, float(one.off[worst]))


def _levels(
    response: Response, hours: float, labs: Sequence[Measured], signals: Sequence[str], open_: Unsure
) -> list[Level]:
    """The person's levels with the changes as they are used, measured or not."""
    (values,) = response.levels([response.base], [hours])
    by_signal = {lab.signal: lab for lab in labs}
    found = []
    for name, sd in zip(signals, open_.signals, strict=True):
        value, unit = float(values[response.signals.index(name)]), response.model.signals[name]
        lab = by_signal.get(name)
        if lab is None:
            found.append(Level(name, unit, value, sd))
            continue
        ((off,),) = Problem(response, hours, [lab], []).off([((), ())])
        found.append(Level(name, unit, value, sd, lab.lab, lab.value, lab.spread, float(off)))
    return found


def _changes(moved: Sequence[Moved]) -> tuple[Change, ...]:
    """Changes of a case with their source."""
    entries = {
        name: {
            "value": value if unit == "1" else f"{value!r} {unit}",
            "kind": "fitted" if one.sort != "measured" else "measured",
            "source": SOURCE,
            "note": one.title,
        }
        for one in moved
        for name, value, unit, _ in one.numbers
    }
    return parse_changes(json.dumps({"changes": entries}, ensure_ascii=False, indent=1), _FILE)
