"""How does a comparison become one page: the ranking, the bands of every arm, what stands behind each?"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
from markupsafe import Markup

from calcis import __version__
from calcis.compare.compare import Compared, Comparison
from calcis.compare.criteria import criterion
from calcis.compare.in_space import FOLDER, sentences
from calcis.compare.words import (
    LIMITS,
    chance_words,
    columns,
    harm_words,
    in_a_sentence,
    persons_words,
    rank_words,
    rows,
    told_at,
    use_words,
)
from calcis.figures import Line, Panel, curves, settled, swatch
from calcis.page import Citations, environment
from calcis.quantities import described
from calcis.reference_ranges import person_of
from calcis.report.run_page import in_space
from calcis.simulate.ensemble import MINERAL, MINERAL_ORGANS
from calcis.wording import span
from calcis.writing import write_into

_DRAWN = (
    "calcium_plasma",
    "calcium_ionised_plasma",
    "phosphate_plasma",
    "pth_plasma",
    "resorption_relative",
    "formation_relative",
    MINERAL,
    MINERAL_ORGANS,
)
_TITLES = {MINERAL: "Mineral of the lesion", MINERAL_ORGANS: "Mineral of all organs"}
_STYLES = 6  # of lines: as many arms are drawn
_LITTLE = 0.005


def render(found: Comparison, system: str = "si") -> str:
    """The comparison as one self-contained HTML page."""
    citations = Citations()
    shown = columns(found, system)
    table = list(rows(found, shown))
    style = {row.name: f"s{k}" for k, row in enumerate(table[:_STYLES])}
    return (
        environment()
        .get_template("compare.html.j2")
        .render(
            version=__version__,
            title=found.case.title or found.case.file,
            goal=None if found.case.goal is None else found.case.goal.words,
            answer=in_a_sentence(found),
            persons=persons_words(found),
            criterion=criterion(),
            limits=LIMITS,
            kind=found.kind,
            assumed=len(found.assumed),
            at=span(told_at(found)),
            states=[
                {"level": one.level, "text": one.text, "source": citations.link(one.source)}
                for one in found.states
            ],
            columns=shown,
            rows=[{**vars(row), "swatch": _mark(row.name, style)} for row in table],
            legend=[(name, _mark(name, style)) for name in style],
            left=len(table) - len(style),
            pictures=_pictures(found, system, style),
            arms=[_arm(found, one, citations) for one in found.arms.values()],
            not_simulated=found.not_simulated,
            first_folder=FOLDER,
            space=None if found.first is None else in_space(found.first),
            case=found.case.text,
            references=citations.listed(),
        )
    )


def write(found: Comparison, folder: Path, system: str = "si") -> Path:
    """Write compare.html into a folder; gives its path.  Raises InputError where it cannot be written."""
    return write_into(folder, "compare.html", render(found, system))


def _mark(name: str, style: dict[str, str]) -> Markup:
    """The mark of an arm's line; of one that is not drawn, room for it."""
    return Markup(swatch(style.get(name, "")))


def _arm(found: Comparison, one: Compared, citations: Citations) -> dict[str, Any]:
    findings: list[tuple[str, str, Any]] = [
        (each.level, each.text, citations.link(each.source)) for each in one.findings
    ]
    findings += [("warning", text, "") for text in one.remarks]
    if one.failed:
        findings.insert(0, ("urgent", f"{one.failed} of {found.persons} persons failed: {one.failure}", ""))
    if found.first is not None:
        findings += [(level, text, "") for level, text in sentences(found.first[one.name])]
    return {
        "name": one.name,
        "words": "; ".join(one.words) or "nothing is done",
        "rank": rank_words(found, one),
        "chance": chance_words(one.chance),
        "generated": one.generated,
        "alike": ", ".join(one.alike),
        "harms": harm_words(one),
        "findings": findings,
        "evidence": [
            {
                "drug": each.drug.replace("_", " "),
                "level": each.level if each.level != "none" else "",
                "use": use_words(each),
                "says": each.says,
                "source": citations.link(each.source),
            }
            for each in one.evidence
        ],
    }


def _pictures(found: Comparison, system: str, style: dict[str, str]) -> list[tuple[str, str, Markup]]:
    """Title, unit and picture of each course, with a band for each arm."""
    goal = found.case.goal
    names = list(_DRAWN)
    if goal is not None and goal.quantity not in names:
        names.insert(0, goal.quantity)
    drawn = []
    for name in names:
        bands = {arm: found.arms[arm].bands[name] for arm in style if name in found.arms[arm].bands}
        if not bands or (
            name in _TITLES and not any(np.nanmax(one.high) > _LITTLE for one in bands.values())
        ):
            continue
        unit = next(iter(bands.values())).unit
        quantity = described(name, unit, system)

        def read(values: np.ndarray, quantity: Any = quantity, unit: str = unit) -> np.ndarray:
            return np.asarray(quantity.shown(values, unit, system))

        lines = tuple(
            Line(arm, read(band.median), style[arm], read(band.low), read(band.high))
            for arm, band in bands.items()
        )
        title = _TITLES.get(name, quantity.title)
        panel = Panel(
            title,
            quantity.unit(system),
            found.times,
            lines,
            band=quantity.range(system, person_of(found.case.text)),
            end=settled(found.times, [line.values for line in lines]),
        )
        drawn.append((title, quantity.unit(system), Markup(curves(panel))))
    return drawn
