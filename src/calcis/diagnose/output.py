"""How is a differential written as JSON?"""

from __future__ import annotations

import math
from typing import Any

from calcis.diagnose.answer import Answer
from calcis.diagnose.differential import odds_ratio
from calcis.diagnose.numbers import number
from calcis.diagnose.words import CAUTION, remarks


def as_json(answer: Answer) -> dict[str, Any]:
    """All of it as JSON values; an infinite ratio is null."""
    found = answer.found
    return {
        "setting": found.setting.name,
        "fits": found.fits,
        "rarer": {"share": found.rarer, "none_below": number("none.share")},
        "candidates": [
            {
                "diseases": list(one.hypothesis.diseases),
                "title": one.hypothesis.title,
                "before": one.before,
                "likelihood_ratio": _finite(one.ratio),
                "log_likelihood": found.logs[one.hypothesis],
                "after": one.after,
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
        "next": [{"lab": one.lab, "bits": one.bits} for one in answer.next],
        "unused": dict(answer.unused),
        "remarks": [{"level": level, "text": text} for level, text in remarks(answer)],
        "caution": CAUTION,
    }


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
