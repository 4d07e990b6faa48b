"""How is a differential written as JSON?"""

from __future__ import annotations

import math
from typing import Any

from calcis.clinical.labs import LABS
from calcis.diagnose.answer import Answer
from calcis.diagnose.differential import odds_ratio
from calcis.diagnose.further import further
from calcis.diagnose.kinds import Kinded
from calcis.diagnose.measure import Next
from calcis.diagnose.numbers import number
from calcis.diagnose.words import CAUTION, in_a_sentence, remarks


def as_json(answer: Answer) -> dict[str, Any]:
    """All of it as JSON values; an infinite ratio is null."""
    found = answer.found
    return {
        "setting": found.setting.name,
        "by_person": {name: one.value for name, one in found.setting.times.items()},
        "labs": _labs(answer),
        "fits": found.fits,
        "answer": in_a_sentence(answer),
        "states": [vars(one) for one in answer.states],
        "rarer": {"share": found.rarer, "none_below": number("none.share")},
        "candidates": [
            {
                "diseases": list(one.hypothesis.diseases),
                "title": one.hypothesis.title,
                "before": one.before,
                "likelihood_ratio": _finite(one.ratio),
                "log_likelihood": found.logs[one.hypothesis],
                "after": one.after,
                "rarer_among_its_persons": answer.typical.get(one.hypothesis),
                "reasons": [
                    {"lab": reason.lab, "factor": reason.factor, "speaks": reason.speaks}
                    for reason in answer.reasons.get(one.hypothesis, ())
                ],
            }
            for one in found.candidates
        ],
        "diseases": {
            name: {"before": before, "likelihood_ratio": _finite(odds_ratio(before, after)), "after": after}
            for name, (before, after) in found.diseases.items()
        },
        "next": [_next(one) for one in answer.next],
        "calibration": _calibration(answer),
        "kinds": _kinds(answer.kinds),
        "unused": dict(answer.unused),
        "remarks": [{"level": level, "text": text} for level, text in remarks(answer)],
        "caution": CAUTION,
    }


def _labs(answer: Answer) -> dict[str, Any]:
    """The values that were given, in the units in which a case keeps them."""
    given = answer.asked.case.labs.given if answer.asked.case.labs else {}
    own = {lab: {"value": value, "unit": LABS[lab][1]} for lab, value in given.items()}
    return own | {
        lab: {"value": value, "unit": further()[lab].unit} for lab, value in answer.asked.further.items()
    }


def _kinds(found: Kinded | None) -> dict[str, Any] | None:
    if found is None:
        return None
    return {
        "site": found.site and found.site.name,
        "pattern": found.pattern and found.pattern.name,
        "blood_supersaturated": found.supersaturated,
        "kinds": [
            {
                "kind": one.kind.name,
                "by_blood": one.by_blood,
                "after": one.after,
                "reasons": dict(one.reasons),
                "sources": list(one.sources),
                "causes": [
                    {"diseases": list(cause.diseases), "share": share} for cause, share in one.causes.items()
                ],
            }
            for one in found.found
        ],
    }


def _next(one: Next) -> dict[str, Any]:
    expected = [
        {"diseases": list(who.diseases), "low": ends[0], "median": ends[1], "high": ends[2]}
        for who, ends in one.expected.items()
    ]
    return {"lab": one.lab, "bits": one.bits, "signal": one.signal, "unit": one.unit, "expected": expected}


def _calibration(answer: Answer) -> dict[str, Any] | None:
    one = answer.calibration
    if one is None:
        return None
    found = one.reliability
    return {
        "persons": found.persons,
        "brier": found.brier,
        "brier_of_prevalence": found.chance,
        "all_first": found.first,
        "bins": [vars(each) for each in found.bins],
        "first_of": [{"diseases": list(who.diseases), "share": hit} for who, hit in one.hits.items()],
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
