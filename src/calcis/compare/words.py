"""What does a reader, or a program, get to see of a comparison?  Rows in words and units, and JSON."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np

from calcis.case.drugs import USES
from calcis.case.goal import START
from calcis.compare.compare import Band, Compared, Comparison
from calcis.compare.criteria import Chance, criterion
from calcis.compare.evidence import Support
from calcis.quantities import described
from calcis.simulate.ensemble import MINERAL, MINERAL_ORGANS
from calcis.wording import listed, per_cent, span

_COLUMNS = ("calcium_plasma", "phosphate_plasma", "pth_plasma", MINERAL, MINERAL_ORGANS)
_TITLES = {MINERAL: "Mineral of the lesion", MINERAL_ORGANS: "Mineral of organs"}
_LITTLE = 0.005  # share of persons of whom nothing is said; mmol or mmol/L of mineral that is none
_LEVELS = ("trial", "series", "opinion", "none")
MOST_POINTS = 121  # of a course in JSON
LIMITS = (
    "The bands tell what labs, and what differs among people, leave open. They do not tell how wrong the "
    "model may be: for that see what `calcis validate` compares. Nobody's bleeding, rash or wish is in it."
)


@dataclass(frozen=True)
class Column:
    """A column of the table: heading, unit, and what stands in it for each arm."""

    title: str
    unit: str
    cells: dict[str, str]


@dataclass(frozen=True)
class Row:
    """An arm in the table."""

    name: str
    rank: str
    chance: str
    cells: tuple[str, ...]
    harms: str
    evidence: str


def told_at(found: Comparison) -> float:
    """The time (h) of the table: that of the goal, or the end."""
    return found.case.goal.time if found.case.goal is not None else float(found.times[-1])


def columns(found: Comparison, system: str) -> list[Column]:
    """Medians and bands of the main courses at the time of the table; mineral only where there is any."""
    goal = found.case.goal
    names = list(_COLUMNS)
    if goal is not None and goal.quantity not in names:
        names.insert(0, goal.quantity)
    made = []
    for name in names:
        bands = {one.name: one.bands[name] for one in found.arms.values() if name in one.bands}
        if not bands or (
            name in _TITLES and not any(np.nanmax(one.high) > _LITTLE for one in bands.values())
        ):
            continue
        unit = next(iter(bands.values())).unit
        quantity = described(name, unit, system)
        k = _index(found)
        cells = {arm: _band_words(quantity, band, k, system) for arm, band in bands.items()}
        made.append(Column(_TITLES.get(name, quantity.title), quantity.unit(system), cells))
    return made


def _index(found: Comparison) -> int:
    return int(np.argmin(np.abs(found.times - told_at(found))))


def _band_words(quantity: Any, band: Band, k: int, system: str) -> str:
    low, median, high = (
        float(quantity.shown(float(one[k]), band.unit, system)) for one in (band.low, band.median, band.high)
    )
    if not math.isfinite(median):
        return "not known"
    return f"{quantity.read(median)} ({quantity.read(low)}–{quantity.read(high)})"


def rows(found: Comparison, shown: list[Column]) -> Iterator[Row]:
    """The arms: those that are ranked in their order, then the others."""
    ranked = [one.name for one in found.ranked]
    for name in [*ranked, *(name for name in found.arms if name not in ranked)]:
        one = found.arms[name]
        yield Row(
            name,
            rank_words(found, one),
            chance_words(one.chance),
            tuple(column.cells.get(name, "") for column in shown),
            harm_words(one),
            evidence_words(one),
        )


def rank_words(found: Comparison, one: Compared) -> str:
    """`1`, or `2 =` where others share it; why there is none."""
    if one.contraindicated:
        return "contraindicated"
    if one.rank is None:
        return ""
    shared = sum(other.rank == one.rank for other in found.arms.values()) > 1
    return f"{one.rank} =" if shared else str(one.rank)


def chance_words(one: Chance | None) -> str:
    """`85 % (71 to 93)`."""
    if one is None:
        return ""
    if not one.persons:
        return "not known"
    return f"{per_cent(one.share)} ({100 * one.low:.0f}–{100 * one.high:.0f})"


def harm_words(one: Compared) -> str:
    """Who comes to harm; empty where nobody does."""
    some = [f"{harm.title} in {per_cent(harm.share)}" for harm in one.harms if harm.share > _LITTLE]
    return ", ".join(some)


def evidence_words(one: Compared) -> str:
    """Of each drug the best that stands behind it."""
    best: dict[str, Support] = {}
    for known in one.evidence:
        old = best.get(known.drug)
        if old is None or _LEVELS.index(known.level) < _LEVELS.index(old.level):
            best[known.drug] = known
    if not best:
        return ""
    words = {"none": "not looked up"}
    several = len(best) > 1
    said = [
        f"{name.replace('_', ' ')}: {words.get(known.level, known.level)}"
        if several
        else words.get(known.level, known.level)
        for name, known in best.items()
    ]
    return ", ".join(said)


def use_words(known: Support) -> str:
    """What a drug's evidence is for, in words."""
    return USES.get(known.use, "")


def in_a_sentence(found: Comparison) -> str:
    """The answer: who is best by the goal, or that nothing is told apart, or that there is no goal."""
    goal = found.case.goal
    if goal is None:
        return (
            "No goal is stated, so that nothing is ranked. One would be, in the case: "
            "goal: {calcium_plasma: 2.1 to 2.6 mmol/L, by: 30 d}"
        )
    if not any(one.chance and one.chance.persons for one in found.arms.values()):
        whose = "at the start" if goal.of == START else f"in “{goal.of}”"
        what = goal.quantity.replace("_", " ")
        return f"Nothing is ranked: there is no {what} {whose} of which the goal could be a share."
    ranked = found.ranked
    if not ranked:
        return "No arm is ranked: all are contraindicated."
    first = [one for one in ranked if one.rank == ranked[0].rank]
    names = listed([f"“{one.name}”" for one in first])
    if len(ranked) == 1:
        return f"{names} reaches the goal in {per_cent(first[0].chance.share if first[0].chance else 0)}."
    shares = {one.chance.share for one in ranked if one.chance}
    if len(first) == len(ranked) and len(ranked) > 1 and shares in ({0.0}, {1.0}):
        who = "nobody" if shares == {0.0} else "everybody"
        return f"By this goal the arms are not distinguishable: {who} reaches it in any of them ({names})."
    if len(first) == len(ranked):
        return f"By this goal the arms are not distinguishable: {names}."
    if len(first) > 1:
        return f"By this goal {names} come first and are not distinguishable."
    share = first[0].chance.share if first[0].chance else math.nan
    return f"By this goal {names} comes first: {per_cent(share)} of persons reach it."


def persons_words(found: Comparison) -> str:
    """Over whom, and how sure their spread is."""
    whose = "who match the labs" if found.individual is not None else "around what the case says"
    said = f"Over {found.persons} persons {whose}, from seed {found.case.run.seed}, for "
    said += f"{span(float(found.times[-1]))}."
    known = max([one.chance.persons for one in found.arms.values() if one.chance], default=0)
    if found.case.goal is not None and found.case.goal.of and 0 < known < found.persons:
        said += f" In {found.persons - known} of them the goal is a share of nothing: they do not count."
    if found.case.lesion is not None and found.case.lesion.grid is not None:
        said += " In all of them the lesion is one piece of tissue; in the first person it is simulated in "
        said += f"space too{_where(found)}."
    if found.individual is not None and found.worth < 0.5 * found.persons:
        said += (
            f" Their weights are worth {found.worth:.0f} independent persons: so many count for what "
            "is told of chances and ranks, and the bands are less sure than their number tells."
        )
    return said


def _where(found: Comparison) -> str:
    """Where the run of the first person is."""
    return "" if found.first is None or found.first.folder is None else f" ({found.first.folder.name})"


def as_json(found: Comparison, folder: str | None) -> dict[str, Any]:
    """The comparison as JSON values."""
    goal = found.case.goal
    step = -(-(len(found.times) - 1) // (MOST_POINTS - 1)) or 1
    few = np.unique(np.append(np.arange(0, len(found.times), step), len(found.times) - 1))
    return {
        "command": "compare",
        "status": found.status,
        "folder": folder,
        "title": found.case.title,
        "persons": found.persons,
        "seed": found.case.run.seed,
        "independent_persons": round(found.worth, 1),
        "goal": None if goal is None else {**vars(goal), "high": _number(goal.high), "words": goal.words},
        "criterion": criterion(),
        "answer": in_a_sentence(found),
        "states": [vars(one) for one in found.states],
        "arms": {name: _arm_json(found, one, few) for name, one in found.arms.items()},
        "kind": found.kind,
        "not_simulated": dict(found.not_simulated),
        "first_person": None
        if found.first is None or found.first.folder is None
        else str(found.first.folder),
        "individual": None if found.individual is None else found.individual.described(),
        "assumed": [{name: getattr(one, name) for name in _OF_NUMBERS} for one in found.assumed],
    }


def _arm_json(found: Comparison, one: Compared, few: np.ndarray) -> dict[str, Any]:
    series: dict[str, Any] = {"time": {"unit": "h", "values": found.times[few].tolist()}}
    for name, band in one.bands.items():
        courses = {key: [_number(x) for x in getattr(band, key)[few].tolist()] for key in _BANDS}
        series[name] = {"unit": band.unit, **courses}
    return {
        "words": list(one.words),
        "generated": one.generated,
        "rank": one.rank,
        "contraindicated": one.contraindicated,
        "chance": None if one.chance is None else {key: _number(x) for key, x in vars(one.chance).items()},
        "not_distinguishable_from": list(one.alike),
        "harms": [{**vars(harm), "share": _number(harm.share)} for harm in one.harms],
        "findings": [vars(finding) for finding in one.findings],
        "remarks": list(one.remarks),
        "evidence": [vars(known) for known in one.evidence],
        "failed": one.failed,
        "failure": one.failure or None,
        "in_space": None if found.first is None else found.first[one.name].lesion_facts.get("in_space"),
        "series": series,
    }


_OF_NUMBERS = ("name", "value", "unit", "source", "species", "note")
_BANDS = ("low", "median", "high", "central")


def _number(value: float) -> float | None:
    return value if math.isfinite(value) else None
