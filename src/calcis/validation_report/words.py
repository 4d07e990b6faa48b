"""How is a comparison said?  In words for people, in JSON for programs; predicted apart from fitted."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from calcis.quantities import pretty
from calcis.study.experiment import Experiment
from calcis.study.validation import Validation
from calcis.study.verdict import Verdict, number_of
from calcis.wording import digits, span


def rows(validation: Validation) -> list[dict[str, Any]]:
    """What was compared by sort, predicted first: how many passed, failed as said, and surprised."""
    titles = {
        ("observed", False): "Predicted: published observations",
        ("recalled", False): "Predicted: limits recalled from the literature",
        ("observed", True): "Fitted to: published observations",
        ("recalled", True): "Fitted to: limits recalled from the literature",
        ("computed", False): "Computed by another program: are the equations the same?",
    }
    found = []
    for (kind, fitted), title in titles.items():
        some = [
            one for one in validation.verdicts if (one.said.kind, bool(one.said.fitted)) == (kind, fitted)
        ]
        if some:
            counts = {
                "count": len(some),
                "passed": sum(one.passed for one in some),
                "declared": sum(one.fails_as_known for one in some),
                "surprises": sum(not one.as_expected for one in some),
            }
            found.append({"kind": kind, "title": title, "verdicts": some, **counts})
    return found


def wanted(one: Verdict) -> str:
    """What was observed, in words: a number and its tolerance, or a limit."""
    unit = f" {pretty(one.unit)}".rstrip()
    if one.value is not None:
        below, above = one.value - one.low, one.high - one.value
        near = f" ± {above:.2g}" if math.isclose(below, above, rel_tol=1e-6) else ""
        near = near or f" ({one.low:.3g} to {one.high:.3g})"
        return f"{number_of(one.said.form.equals or '')}{near}{unit}"
    if one.low == -math.inf:
        return f"at most {_said(one.high)}{unit}"
    return (
        f"at least {_said(one.low)}{unit}"
        if one.high == math.inf
        else f"{_said(one.low)} to {_said(one.high)}{unit}"
    )


def simulated(one: Verdict) -> str:
    """What was simulated, in words, with as many digits as it takes to see the verdict."""
    if math.isnan(one.simulated):
        return "failed" if one.failure else "not known"
    if math.isinf(one.simulated):
        return "never"
    number = digits(one.simulated)
    for figures in range(4, 10):
        if (one.low <= _value(number) <= one.high) == one.passed:
            break
        number = f"{one.simulated:.{figures}g}".replace("-", "−")
    return f"{number} {pretty(one.unit)}".rstrip()


def verdict_word(one: Verdict) -> str:
    """Passed or failed, and whether that is a surprise."""
    if one.as_expected:
        return "fails, as known" if one.fails else "passed"
    return "passed, though said to fail" if one.passed else "FAILED"


def _value(number: str) -> float:
    return float(number.replace("−", "-"))


def _said(value: float) -> str:
    return f"{value:.6g}"


def patients(experiment: Experiment) -> str:
    """Of a virtual trial: who is let in, and what is given of them, which is compared with nothing."""
    given = experiment.patients
    if given is None:
        return ""
    said = [f"up to {given.simulated} simulated persons"]
    if given.diseases:
        said.append(", ".join(f"{many:g} with {_plain(name)}" for name, many in given.diseases.items()))
    if given.deposit is not None:
        said.append(f"each with {given.deposit} of apatite in the lesion at the start")
    entry = ", ".join(f"{_plain(name)} {text}" for name, text in given.entry.items())
    if entry:
        said.append(f"let in with {entry}" + (f", {span(given.at)} after the start" if given.at else ""))
    had = [
        f"{_plain(name)} {one.mean}"
        + (f" ± {one.sd}" if one.sd is not None else "")
        + (f" ({one.source})" if one.source is not None else "")
        for name, one in given.baseline.items()
    ]
    if had:
        said.append(f"given, not compared: {', '.join(had)} then")
    said += [
        f"{name}: the first of {', '.join(one.arms)} with {', '.join(map(_plain, one.until))} "
        f"{', '.join(one.until.values())} at {span(one.at)}"
        for name, one in given.titrated.items()
    ]
    return "; ".join(said)


def _plain(name: str) -> str:
    return name.replace("_", " ")


def as_json(validation: Validation) -> list[Mapping[str, Any]]:
    """Every comparison as JSON; what is not known, and an open end, is null."""
    return [
        {
            "name": one.name,
            "experiment": f"{one.experiment.group}/{one.experiment.name}",
            "title": one.experiment.title,
            "predicted": one.said.predicted,
            "passed": one.passed,
            "observed": one.value if one.value is not None else [_known(one.low), _known(one.high)],
            "simulated": _known(one.simulated),
            "tolerance": None if one.value is None else max(one.high - one.value, one.value - one.low),
            "unit": one.unit,
            "source": one.said.source,
            "kind": one.said.kind,
            "fitted": one.said.fitted or None,
            "why": one.said.why,
            "fails": one.fails or None,
            "failure": one.failure or None,
        }
        for one in validation.verdicts
    ]


def _known(value: float) -> float | None:
    return value if math.isfinite(value) else None


def markdown(validation: Validation) -> str:
    """The counts, and every comparison, as tables in Markdown."""
    lines = ["| | passed | failed, as known | not as said |", "|---|---|---|---|"]
    lines += [
        f"| {row['title']} | {row['passed']} | {row['declared']} | {row['surprises']} |"
        for row in rows(validation)
    ]
    group = ""
    for one in validation.verdicts:
        if one.experiment.group != group:
            group = one.experiment.group
            lines += ["", f"## {one.experiment.about}", ""]
            lines += ["| comparison | observed | simulated | verdict | |", "|---|---|---|---|---|"]
        cells = (one.name, wanted(one), simulated(one), verdict_word(one), one.said.sort)
        lines.append(f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |")
    return "\n".join(lines) + "\n"
