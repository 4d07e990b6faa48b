"""How do fluids become one page to read or print: sentences, phase diagrams, saturation indices, sources?"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from markupsafe import Markup

from calcis import __version__
from calcis.chemistry.mineral import minerals
from calcis.errors import InputError
from calcis.fluids.diagram import acidity, everywhere, phase
from calcis.fluids.form import FIELDS, in_system, shown, unit_shown
from calcis.fluids.reference import reference
from calcis.fluids.solve import Found, assumed, threshold
from calcis.fluids.words import assumptions, basis, remarks, sentences, signed, title, together, verdict
from calcis.page import Citations, environment
from calcis.wording import capital, digits, listed
from calcis.writing import write_text

_MOST = 1000  # fluids in the page's table
_ROWS = ("calcium", "calcium_ionised", "phosphate")


def render(found: Found, system: str = "si", wrong: Sequence[InputError] = ()) -> str:
    """One self-contained HTML page."""
    citations, single = Citations(), len(found.fluids) == 1
    lines = reference(found)
    said = sentences(found, 0, system) if single else together(found)
    taken = {assumptions(found, k, system) for k in range(len(found.fluids))} - {""}
    common = taken.pop() if len(taken) == 1 else ""
    if taken:
        common = (
            "What was not given of a fluid was assumed to be as in a healthy adult; --json lists it for each."
        )
    warned = [(one.name, text) for k, one in enumerate(found.fluids) for text in remarks(found, k, system)]
    pictures = None
    if lines is not None:
        fluid = (
            "The lines are those of this fluid"
            if single
            else "The lines are those of the median of the fluids"
        )
        plain = everywhere(lines, found)
        pictures = {
            "phase": Markup(phase(lines, found, system)),
            "ph": Markup(acidity(lines, found)),
            "whose": f"{fluid}, at pH {lines.ph:.2f}",
            "everywhere": listed(plain),
        }
    return (
        environment()
        .get_template("saturation.html.j2")
        .render(
            version=__version__,
            title=_title(found),
            single=single,
            given=_given(found, system) if single else [],
            sentences=said,
            remarks=warned[:20],
            assumptions=common,
            pictures=pictures,
            minerals=_minerals(found, citations) if single and not found.reasons else [],
            units=[unit_shown(name, system) for name in _ROWS],
            fluids=[] if single else _fluids(found, system),
            more=max(0, len(found.fluids) - _MOST),
            basis=basis(found),
            wrong=[str(one) for one in wrong[:50]],
            database=found.database.name,
            threshold=citations.link(threshold(found.base).source),
            references=citations.listed(),
        )
    )


def write(found: Found, path: Path, system: str = "si", wrong: Sequence[InputError] = ()) -> None:
    """Write the page.  Raises InputError for a name that is no page's, or a file that cannot be written."""
    if path.suffix not in (".html", ".htm"):
        raise InputError("a name that ends in .html, for a page", repr(path.name)).at(path)
    write_text(path, render(found, system, wrong))


def _title(found: Found) -> str:
    if len(found.fluids) > 1:
        return f"What can crystallise from {len(found.fluids)} fluids"
    return f"What can crystallise from this {'plasma' if found.fluids[0].kind == 'plasma' else 'fluid'}"


def _given(found: Found, system: str) -> list[tuple[str, str]]:
    """What was said of the one fluid, and what was taken as normal."""
    fluid = found.fluids[0]
    rows = [
        ("pH" if name == "ph" else capital(FIELDS[name].title), shown(name, value, system))
        for name, value in fluid.values.items()
    ]
    return rows if rows else [("Given", "nothing" if assumed(fluid, found.database) else "pure water")]


def _minerals(found: Found, citations: Citations) -> list[dict[str, Any]]:
    rows = []
    there = {name: float(values[0]) for name, values in found.indices.items() if math.isfinite(values[0])}
    for name in sorted(there, key=lambda one: -there[one]):
        low, high = found.range(name, 0)
        numbers = minerals()[name].numbers.items()
        sources = dict.fromkeys(one.source for key, one in numbers if key != "density")
        rows.append(
            {
                "title": title(name),
                "index": signed(there[name]),
                "range": f"{signed(low)} to {signed(high)}" if high - low > 0.005 else "one source",
                "grows": there[name] > 0,
                "sources": [citations.link(source) for source in sources],
            }
        )
    return rows


def _fluids(found: Found, system: str) -> list[dict[str, Any]]:
    rows = []
    for k, fluid in enumerate(found.fluids[:_MOST]):
        row: dict[str, Any] = {
            "name": fluid.name,
            "verdict": verdict(found, k),
            "why": found.reasons.get(k, ""),
        }
        values = [digits(in_system(name, float(found.columns[name][k]), system)) for name in _ROWS]
        row["cells"] = [*values, f"{found.columns['ph'][k]:.2f}"] if not row["why"] else [""] * 4
        row["indices"] = [
            signed(float(found.indices[name][k])) if not row["why"] else ""
            for name in ("hydroxyapatite", "octacalcium_phosphate", "brushite", "amorphous_calcium_phosphate")
        ]
        rows.append(row)
    return rows
