"""How does a validation become one page that a physician or modeller can read, print and doubt?

Counts first, predicted apart from fitted; then what fails; then every comparison with its source.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from markupsafe import Markup

from calcis import __version__
from calcis.errors import InputError
from calcis.page import Citations, environment
from calcis.study.form import KINDS
from calcis.study.validation import Validation
from calcis.study.verdict import Verdict
from calcis.validation_report.pictures import against, points, strip
from calcis.validation_report.words import markdown, patients, rows, simulated, verdict_word, wanted
from calcis.writing import write_text


def render(validation: Validation) -> str:
    """The report of a validation as one self-contained HTML page."""
    citations = Citations()
    groups = [
        {"about": some[0].experiment.about, "name": name, "experiments": _experiments(some, citations)}
        for name, some in _grouped(validation.verdicts, lambda one: one.experiment.group)
    ]
    sorts = rows(validation)
    return (
        environment()
        .get_template("validation.html.j2")
        .render(
            version=__version__,
            sorts=sorts,
            kinds={kind: words for kind, words in KINDS.items() if kind in {row["kind"] for row in sorts}},
            fitted=list(dict.fromkeys(one.said.fitted for one in validation.verdicts if one.said.fitted)),
            count=len(validation.verdicts),
            experiments=sum(len(group["experiments"]) for group in groups),
            surprises=[_row(one, citations) for one in validation.surprises],
            known=[_row(one, citations) for one in validation.verdicts if one.fails_as_known],
            pictures=[
                (row["title"], Markup(against(row["verdicts"]))) for row in sorts if points(row["verdicts"])
            ],
            groups=groups,
            references=citations.listed(),
        )
    )


def write(validation: Validation, path: Path) -> None:
    """Write the report as a page, or as tables in Markdown (.md).

    Raises InputError for a file that is neither, or cannot be written.
    """
    ways: dict[str, Callable[[Validation], str]] = {".html": render, ".htm": render, ".md": markdown}
    if path.suffix not in ways:
        raise InputError("a name that ends in .html, for a page (or .md)", repr(path.name)).at(path)
    write_text(path, ways[path.suffix](validation))


def _grouped(some: Sequence[Verdict], key: Any) -> list[tuple[Any, list[Verdict]]]:
    return [(name, list(part)) for name, part in groupby(some, key)]


def _experiments(some: Sequence[Verdict], citations: Citations) -> list[dict[str, Any]]:
    return [
        {
            "name": name,
            "title": part[0].experiment.title,
            "patients": patients(part[0].experiment),
            "rows": [_row(one, citations) for one in part],
        }
        for name, part in _grouped(some, lambda one: one.experiment.name)
    ]


def _row(one: Verdict, citations: Citations) -> dict[str, Any]:
    return {
        "name": one.experiment.name,
        "title": one.experiment.title,
        "what": one.what.replace("_", " "),
        "wanted": wanted(one),
        "simulated": simulated(one),
        "strip": Markup(strip(one)),
        "verdict": verdict_word(one),
        "level": "urgent" if not one.as_expected else "warning" if not one.passed else "info",
        "sort": one.said.sort,
        "why": one.said.why,
        "fails": one.failure or one.fails,
        "source": citations.link(one.said.source),
    }
