"""How does a differential become one page: what comes first, which diseases, why, and how sure?"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from markupsafe import Markup

from calcis import __version__
from calcis.diagnose.answer import Answer
from calcis.diagnose.clouds import dots, hills, labs_shown, telling, told
from calcis.diagnose.differential import odds_ratio
from calcis.diagnose.further import further, title_of
from calcis.diagnose.hypotheses import HEALTHY, Hypothesis
from calcis.diagnose.measure import Next
from calcis.diagnose.own_calibration import Calibration
from calcis.diagnose.words import (
    CAUTION,
    LEAST,
    MOST,
    because,
    beneath,
    in_a_sentence,
    ratio,
    remarks,
    rough,
    share,
    why_kind,
)
from calcis.errors import InputError
from calcis.figures import swatch
from calcis.laboratory import Row, laboratory
from calcis.page import Citations, environment
from calcis.quantities import described, pretty
from calcis.wording import digits
from calcis.writing import write_into

NAME = "diagnose.html"


def default_folder(file: Path) -> Path:
    """Where the page goes if nobody says: the file's name with .diagnose, in the working folder."""
    return Path(f"{file.stem}.diagnose")


def claimed(folder: Path) -> Path:
    """A folder that a page may be written to.  Raises InputError for a file of that name."""
    if folder.exists() and not folder.is_dir():
        raise InputError("a folder to write the page to", "a file of that name").at(folder)
    return folder


def render(answer: Answer, system: str = "si") -> str:
    """The differential as one self-contained HTML page."""
    citations, found = Citations(), answer.found
    labs, pair = labs_shown(answer, answer.persons, system), telling(answer)
    return (
        environment()
        .get_template("diagnose.html.j2")
        .render(
            version=__version__,
            title=answer.asked.case.title or answer.asked.case.file,
            caution=CAUTION,
            setting=found.setting.title,
            states=[(one.level, one.text, citations.link(one.source)) for one in answer.states],
            answer=in_a_sentence(answer),
            remarks=list(remarks(answer)),
            labs=list(_labs(answer, system, citations)),
            candidates=list(_candidates(answer)),
            rest=_rest(answer),
            diseases=list(_diseases(answer, citations)),
            many=_how_many(answer),
            legend=[(one.title, _mark(row)) for row, one in enumerate(told(answer))],
            pictures=[(one.title, one.unit, Markup(hills(one))) for one in labs],
            pair=None if pair is None else _pair(labs[pair[0]], labs[pair[1]]),
            kinds=_kinds(answer, citations),
            next=[_next(one, answer, system) for one in answer.next if one.bits >= 0.01],
            foretold=[one.title for one in _foretold(answer)],
            calibration=_calibration(answer.calibration),
            case=answer.asked.case.text,
            references=citations.listed(),
        )
    )


def write(answer: Answer, folder: Path, system: str = "si") -> Path:
    """Write diagnose.html into a folder; gives its path.  Raises InputError where it cannot be written."""
    return write_into(folder, NAME, render(answer, system))


def _mark(row: int) -> Markup:
    return Markup(swatch(f"s{row}"))


def _labs(answer: Answer, system: str, citations: Citations) -> Iterator[dict[str, Any]]:
    """What was measured and computed, as rows."""
    known = laboratory(answer.asked.case.text, system)
    rows: tuple[Row, ...] = (*known.measured, *known.derived) if known else ()
    for row in rows:
        yield {
            "title": row.title,
            "value": row.value,
            "unit": row.unit,
            "ends": row.ends,
            "says": row.says or row.outside,
            "source": citations.link(row.source),
        }
    for name, value in answer.asked.further.items():
        one = further()[name]
        yield {
            "title": one.title,
            "value": digits(value),
            "unit": pretty(one.unit),
            "ends": "",
            "says": "",
            "source": "",
        }


def _candidates(answer: Answer) -> Iterator[dict[str, Any]]:
    drawn = told(answer)
    for one in answer.found.candidates[:MOST]:
        if one.after < LEAST:
            continue
        yield {
            "title": one.hypothesis.title,
            "mark": _mark(drawn.index(one.hypothesis)) if one.hypothesis in drawn else Markup(swatch("")),
            "before": share(one.before),
            "ratio": ratio(one.ratio),
            "after": share(one.after),
            "bar": 100.0 * one.after,
            "why": because(answer, one.hypothesis),
        }


def _rest(answer: Answer) -> tuple[int, str, str]:
    """How many candidates are not told one by one, and their probability before and after."""
    every = answer.found.candidates
    rest = [one for place, one in enumerate(every) if place >= MOST or one.after < LEAST]
    return len(rest), share(sum(one.before for one in rest)), share(sum(one.after for one in rest))


def _diseases(answer: Answer, citations: Citations) -> Iterator[dict[str, Any]]:
    """Each disease, alone or with another, and from where it is known how common it is."""
    found = answer.found
    for name, (before, after) in sorted(found.diseases.items(), key=lambda item: -item[1][1]):
        common, times = found.setting.prevalence.get(name), found.setting.times.get(name)
        yield {
            "title": Hypothesis(() if name == HEALTHY else (name,)).title,
            "before": share(before),
            "ratio": ratio(odds_ratio(before, after)),
            "after": share(after),
            "common": "" if common is None else f"{digits(common.shown[0])} {common.shown[1]}",
            "kind": "" if common is None else common.kind,
            "times": ""
            if times is None
            else Markup("{} by sex and age {}").format(ratio(times.value), citations.link(times.source)),
            "source": "" if common is None else citations.link(common.source),
        }


def _how_many(answer: Answer) -> list[tuple[str, str, str]]:
    """None, one, or two at once: probability before and after."""
    found = []
    for count, said in enumerate(("none of these diseases", "one", "two at once")):
        those = [one for one in answer.found.candidates if len(one.hypothesis.diseases) == count]
        before, after = (share(sum(getattr(one, when) for one in those)) for when in ("before", "after"))
        found.append((said, before, after))
    return found


def _pair(across: Any, up: Any) -> tuple[str, str, Markup]:
    return f"{up.title} over {across.title.lower()}", up.unit, Markup(dots(across, up))


def _kinds(answer: Answer, citations: Citations) -> dict[str, Any] | None:
    kinded = answer.kinds
    if kinded is None:
        return None
    return {
        "seen": [(one.title, citations.link(one.source)) for one in (kinded.site, kinded.pattern) if one],
        "blood": rough(kinded.supersaturated),
        "rows": [
            {
                "title": one.kind.title,
                "says": one.kind.says,
                "by_blood": rough(one.by_blood),
                "after": rough(one.after),
                "bar": 100.0 * one.after,
                "why": why_kind(one, kinded.supersaturated),
                "beneath": beneath(one) if one.after >= 0.05 else "",
                "sources": [citations.link(source) for source in one.sources],
            }
            for one in kinded.found
        ],
    }


def _foretold(answer: Answer) -> list[Hypothesis]:
    return list(answer.next[0].expected) if answer.next else []


def _next(one: Next, answer: Answer, system: str) -> dict[str, Any]:
    """A lab to measure, and what it would be in the first candidates."""
    quantity = described(one.signal, one.unit, system)
    cells = []
    for ends in one.expected.values():
        low, middle, high = (digits(quantity.shown(end, one.unit, system)) for end in ends)
        cells.append(f"{middle} ({low} to {high})")
    title = "Creatinine (as eGFR)" if one.lab == "creatinine" else title_of(one.lab)
    return {"title": title, "unit": quantity.unit(system), "bits": f"{one.bits:.2f}", "cells": cells}


def _calibration(one: Calibration | None) -> dict[str, Any] | None:
    if one is None:
        return None
    return {
        "persons": one.reliability.persons,
        "first": share(one.reliability.first),
        "gain": share(1.0 - one.reliability.brier / one.reliability.chance),
        "hits": [(hypothesis.title, share(hit)) for hypothesis, hit in one.hits.items()],
        "bins": [
            {
                "ends": f"{100 * each.low:g} to {100 * each.high:g} %",
                "told": each.told,
                "mean": share(each.mean),
                "true": share(each.true),
                "error": f"{100 * (max(each.mean * (1 - each.mean), 1e-9) / each.told) ** 0.5:.1f}",
            }
            for each in one.reliability.bins
        ],
    }
