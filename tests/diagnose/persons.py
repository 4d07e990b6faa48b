"""Who is asked about in the tests, and few simulated persons with whom they are compared."""

from __future__ import annotations

from functools import cache

from calcis.diagnose.answer import told_by
from calcis.diagnose.asked import Asked, asked_of
from calcis.diagnose.differential import Differential, differential
from calcis.diagnose.ensemble import Ensemble, simulated
from calcis.diagnose.likelihood import Evidence
from calcis.diagnose.settings import setting
from calcis.reading import parse_yaml

NORMAL = "calcium: 9.4 mg/dL, phosphate: 3.4 mg/dL, pth: 36 pg/mL"
HIGH_PTH = "calcium: 11.2 mg/dL, albumin: 41 g/L, phosphate: 2.5 mg/dL, pth: 120 pg/mL"


@cache
def few() -> Ensemble:
    """A tenth of the persons that are usually simulated."""
    return simulated(60.0, few=0.1)


def asked(labs: str, extra: str = "", age: str = "61 y") -> Asked:
    """What a case with these labs asks."""
    text = f"calcis: 1\nperson: {{age: {age}, sex: female}}\nlabs: {{{labs}}}\n{extra}"
    return asked_of(parse_yaml(text, "case.yaml"), {})


def found(labs: str, where: str = "general_practice", extra: str = "") -> Differential:
    """The differential of labs among few persons."""
    one = asked(labs, extra)
    assert one.case.labs is not None
    evidence = Evidence(told_by(one.case)[0], one.case.labs.albumin)
    return differential(few(), evidence, setting(where), [names for names, _ in one.certain])
