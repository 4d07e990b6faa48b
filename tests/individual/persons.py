"""Cases with labs that a person of known numbers would have."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from calcis.case import Case, read_case_text
from calcis.clinical.labs import LABS
from calcis.individual.levels import Response
from calcis.units import HOURS_PER_YEAR

YEAR = HOURS_PER_YEAR

CASE = """calcis: 1
person: {{age: 61 y, sex: male, mass: 80 kg}}
body: {body}
{extra}
labs: {{{labs}}}
arms: {{watch: []}}
run: {{duration: 30 d, every: 10 d}}
"""


def case(labs: str, extra: str = "", body: str = "calcis") -> Case:
    """A case with these labs."""
    return read_case_text(CASE.format(labs=labs, extra=extra, body=body), "case")


def labs_of(changes: str = "{}", body: str = "calcis", history: str = "1 y") -> dict[str, str]:
    """The labs, with units, of who has lived with these changes; creatinine is left out."""
    extra = f"history: {history}\nchanges: {changes}"
    given = case("pth: 4 pmol/L", extra, body)
    response = Response(given)
    (levels,) = response.levels([response.base], [given.history])
    return {
        lab: f"{float(levels[response.signals.index(signal)])!r} {unit}"
        for lab, (signal, unit) in LABS.items()
        if signal in response.signals
    }


def written(labs: Mapping[str, str]) -> str:
    """Labs as a case has them."""
    return ", ".join(f"{lab}: {value}" for lab, value in labs.items())


def number(response: Response, name: str) -> float:
    """A number of the person of a case before any change that was found."""
    return float(np.asarray(response.base)[response.names.index(name)])
