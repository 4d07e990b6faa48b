"""Are the probabilities of `calcis diagnose` true, and does it name the diseases of published patients?

    python calibration/diagnose.py [--persons 3000]

Writes calibration/diagnose.md: whether healthy simulated persons vary as healthy people do; reliability,
Brier scores and hits on simulated persons who are in no ensemble, of one disease and of two; how many of
them are told that nothing fits, and how many of those whose disease nobody knows; and what the mean labs of
published groups of patients (data/validation/patients.yaml) are told.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np

from calcis.case.form import Labs
from calcis.case.further import FurtherLabs
from calcis.clinical.labs import LABS
from calcis.diagnose import reliability as persons_of
from calcis.diagnose.answer import every_lab, told_by
from calcis.diagnose.asked import asked_of
from calcis.diagnose.differential import differential
from calcis.diagnose.ensemble import Ensemble, ensemble
from calcis.diagnose.hypotheses import HEALTHY, Hypothesis, hypotheses, known
from calcis.diagnose.likelihood import Evidence, points
from calcis.diagnose.numbers import number
from calcis.diagnose.reliability import Bin, fitting, hits, reliability
from calcis.diagnose.settings import setting, settings
from calcis.individual.levels import Measured
from calcis.parameters import data_path, read_data
from calcis.quantities import described
from calcis.reading import parse_yaml
from calcis.reference_ranges import Whom
from calcis.units import convert, read_quantity
from calcis.wording import digits

AGE, SEED, EACH = 60.0, 20261122, 300
SETTINGS = ("general_practice", "hospital", "endocrine_clinic", "kidney_clinic")
GFR = "GFR"
PANELS = {
    "calcium alone": ["calcium"],
    "calcium, phosphate, creatinine, PTH": ["calcium", "phosphate", "creatinine", "pth"],
    "all": [lab for lab in LABS if lab not in ("albumin", "alkaline_phosphatase")],
}
PANELS["all, urine, PTHrP, bicarbonate"] = [*PANELS["all"], *FurtherLabs.model_fields]
REPORT = Path(__file__).with_suffix(".md")


def main() -> None:
    """Reckon, and write the report."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    options.add_argument("--persons", type=int, default=3000)
    count = options.parse_args().persons
    persons, labs = ensemble(AGE), {lab.lab: lab for lab in every_lab(_case("calcium: 2.4 mmol/L"))}
    panels = {title: [labs[name] for name in names] for title, names in PANELS.items()}
    persons_of.simulated_of = cache(persons_of.simulated_of)  # the same persons for every panel
    lines = [_HEAD.format(persons=count, age=AGE, each=EACH)]
    lines += _healthy(persons, panels["all"])
    lines += _reliabilities(persons, panels, count)
    lines += _hits(persons, panels)
    lines += _nothing_fits(persons, panels)
    lines += _unknown(persons, panels)
    lines += _patients(persons)
    REPORT.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"Wrote {REPORT}")


def _case(labs: str) -> Any:
    text = f"calcis: 1\nperson: {{age: {AGE:g} y, sex: female}}\nlabs: {{{labs}}}\n"
    return asked_of(parse_yaml(text, "the person"), {}).case


def _reliabilities(persons: Ensemble, panels: dict[str, list[Measured]], count: int) -> Iterator[str]:
    yield "## Reliability\n"
    yield "Probabilities of a disease between two ends: how many, what was told on average, what came true.\n"
    found = {
        (where, title): reliability(persons, setting(where), labs, count, SEED)
        for where in SETTINGS
        for title, labs in panels.items()
    }
    yield "| setting | labs | Brier score | of prevalence alone | all diseases first |"
    yield "|---|---|---|---|---|"
    for (where, title), one in found.items():
        row = f"{settings()[where].title} | {title} | {one.brier:.4f} | {one.chance:.4f} | {one.first:.0%}"
        yield f"| {row} |"
    for (where, title), one in found.items():
        if title != "calcium alone":
            yield f"\n### {settings()[where].title}: {title}\n"
            yield from _bins(one.bins)
    yield "\n## Two diseases at once\n"
    yield "Of simulated persons who have two: one of them is told most probable of all diseases; both are,"
    yield "before all others.  Then how true the probability is that a person has two.\n"
    yield "| setting | labs | one of them first | both before all others |"
    yield "|---|---|---|---|"
    for (where, title), one in found.items():
        yield f"| {settings()[where].title} | {title} | {one.one_first:.0%} | {one.both_first:.0%} |"
    for (where, title), one in found.items():
        if title == "all" and where in ("hospital", "endocrine_clinic"):
            yield f"\n### Two at once, {settings()[where].title}: {title}\n"
            yield from _bins(one.two)
    yield ""


def _bins(bins: tuple[Bin, ...]) -> Iterator[str]:
    yield "| told | how many | on average | came true | ± 1 standard error |"
    yield "|---|---|---|---|---|"
    for each in bins:
        error = np.sqrt(max(each.mean * (1.0 - each.mean), 1e-12) / each.told)
        ends = f"{100 * each.low:g} to {100 * each.high:g} %"
        yield f"| {ends} | {each.told} | {each.mean:.2%} | {each.true:.2%} | {error:.2%} |"


def _hits(persons: Ensemble, panels: dict[str, list[Measured]]) -> Iterator[str]:
    yield "## Which disease is told first\n"
    yield f"{EACH} persons with each disease alone, all alike (`even`): told first, and among three.\n"
    found = {title: hits(persons, setting("even"), labs, EACH, SEED) for title, labs in panels.items()}
    yield f"| | {' | '.join(panels)} |"
    yield f"|---|{'---|' * len(panels)}"
    for name in (HEALTHY, *known()):
        cells = [
            f"{first / of:.0%}, {three / of:.0%}" for of, first, three in (t[name] for t in found.values())
        ]
        title = Hypothesis(() if name == HEALTHY else (name,)).title
        yield f"| {title} | {' | '.join(cells)} |"
    yield ""


def _nothing_fits(persons: Ensemble, panels: dict[str, list[Measured]]) -> Iterator[str]:
    yield "## None of these\n"
    share = number("none.share")
    for title, labs in panels.items():
        told, of = fitting(persons, labs, 10, SEED)
        said = f"{told} of {of} simulated persons, ten with each hypothesis, are told that nothing fits"
        yield f"- {title}: {said} ({told / of:.2%}; by choice {share:.1%})."
    yield ""


def _unknown(persons: Ensemble, panels: dict[str, list[Measured]]) -> Iterator[str]:
    yield "Of persons with a disease that is not among the candidates, as if nobody knew of it, so many are"
    yield "told that nothing fits; the others are taken for something else:\n"
    chosen = ["all"]
    yield f"| | {' | '.join(chosen)} |"
    yield f"|---|{'---|' * len(chosen)}"
    for name in known():
        one = Hypothesis((name,))
        others = {key: table for key, table in persons.levels.items() if name not in key.diseases}
        lacking = Ensemble(persons.age, others, {key: persons.albumin[key] for key in others})
        cells = []
        for title in chosen:
            told, of = fitting(lacking, panels[title], 60, SEED, [one])
            cells.append(f"{told / of:.0%}")
        yield f"| {one.title} | {' | '.join(cells)} |"
    yield ""


def _healthy(persons: Ensemble, labs: list[Measured]) -> Iterator[str]:
    yield "## Healthy persons\n"
    yield "Where the middle 95 % of healthy simulated persons are, with the variation of measured labs, and"
    yield "the reference ranges of laboratories.\n"
    yield "| lab | simulated | reference range |"
    yield "|---|---|---|"
    chance, system = np.random.default_rng(SEED), "si"
    for lab in labs:
        quantity = described(lab.signal, lab.unit, system)
        at = points(persons, Hypothesis(), Evidence((lab,)))[:, 0]
        at = at + chance.standard_normal(len(at))
        grid = np.geomspace(lab.value / 100, lab.value * 100, 20_000)
        low, high = np.interp(np.quantile(at, (0.025, 0.975)), lab.standing(np.log(grid)), grid)
        ends = quantity.range(system, Whom("female", AGE))
        said = f"{digits(ends[0])} to {digits(ends[1])}" if ends else ""
        found = [digits(quantity.shown(float(end), lab.unit, system)) for end in (low, high)]
        yield f"| {quantity.title}, {quantity.unit(system)} | {found[0]} to {found[1]} | {said} |"
    yield ""


def _patients(persons: Ensemble) -> Iterator[str]:
    yield "## Published patients\n"
    yield "The middle of what was observed in a group of patients, as one person's labs, in a clinic for"
    yield "such disorders and where all diseases are alike; where a group was chosen by its filtration rate,"
    yield "that too.  Two or three labs tell little; numbers of the body and of these diseases were fitted to"
    yield "some of these groups.  Where a rank is worse in the clinic, that is the doing of prevalence.\n"
    yield "| patients | labs | disease | rank in the clinic, probability | rank among all alike |"
    yield "|---|---|---|---|---|"
    ranks = []
    for title, disease, labs in published():
        case = _case(", ".join(f"{lab}: {value}" for lab, value in labs.items() if lab != GFR))
        evidence = Evidence((*told_by(case)[0], *_filtration(labs)))
        cells = []
        for where in ("endocrine_clinic", "even"):
            found = differential(persons, evidence, setting(where))
            order = sorted(found.diseases, key=lambda name: -found.diseases[name][1])
            cells.append(f"{order.index(disease) + 1}, {found.diseases[disease][1]:.1%}")
            if where == "endocrine_clinic":
                ranks.append(order.index(disease) + 1)
        fits = "" if found.fits else " (nothing fits)"
        said = ", ".join(f"{lab} {value}" for lab, value in labs.items())
        yield f"| {title} | {said}{fits} | {disease.replace('_', ' ')} | {cells[0]} | {cells[1]} |"
    first, three = (sum(rank <= most for rank in ranks) for most in (1, 3))
    yield f"\nIn the clinic {first} of {len(ranks)} are told first, {three} among the first three."


def _filtration(labs: dict[str, str]) -> Iterator[Measured]:
    """The filtration rate of a group, as it is estimated from creatinine."""
    if GFR in labs:
        one = next(lab for lab in every_lab(_case("calcium: 2.4 mmol/L")) if lab.lab == "creatinine")
        yield replace(one, value=convert(*read_quantity(labs[GFR]), one.unit))


def published() -> Iterator[tuple[str, str, dict[str, str]]]:
    """Groups of patients of whom two labs at least were published: title, disease, labs in words."""
    document = read_data(data_path("validation", "patients.yaml")).data
    lab_of = {signal: lab for lab, (signal, _) in LABS.items()}
    for name, one in document["experiments"].items():
        given = one.get("case", {})
        disease = given.get("disease")
        if isinstance(disease, dict):
            disease = next(iter(disease)) if len(disease) == 1 else None
        if disease not in known() or len(given.get("arms", {"it": []})) != 1 or "history" in given:
            continue
        labs: dict[str, str] = {}
        rate = given.get("disease", {}).get(disease) if isinstance(given.get("disease"), dict) else None
        for seen in one["observations"]:
            lab = lab_of.get(seen["of"])
            if lab is None or "over" in seen or "minus" in seen or not {"least", "most"} <= {*seen}:
                continue
            (low, unit), (high, other) = (read_quantity(seen[end]) for end in ("least", "most"))
            labs[lab] = f"{(low + convert(high, other, unit)) / 2:.4g} {unit}"
        if len(labs) >= 2:
            yield name, disease, {**labs, **({GFR: rate["gfr"]} if rate and "gfr" in rate else {})}


_HEAD = """# Are the probabilities of `calcis diagnose` true?

Written by `python calibration/diagnose.py`.  {persons} persons of {age:g} years are drawn as often as a
setting has them, with another seed than the ensembles; their labs vary as measured ones do.  That says
whether the reckoning is right, not whether the model is: persons are the model's own.
"""

assert set(LABS) == set(Labs.model_fields) and hypotheses()

if __name__ == "__main__":
    main()
