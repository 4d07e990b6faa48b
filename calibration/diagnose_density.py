"""How wide are the densities of `calcis diagnose` to be, and is it worth splitting persons into groups?

    python calibration/diagnose_density.py

Writes calibration/diagnose_density.md: scores of what labs of other simulated persons are told, for widths
with and without groups.  data/diagnose/numbers.yaml has the width chosen.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np

from calcis.case.further import FurtherLabs
from calcis.clinical.labs import LABS
from calcis.diagnose.answer import every_lab
from calcis.diagnose.asked import asked_of
from calcis.diagnose.density import cloud, log_sum
from calcis.diagnose.ensemble import Ensemble, ensemble, simulated
from calcis.diagnose.likelihood import Evidence, points
from calcis.diagnose.settings import prior, setting
from calcis.individual.levels import Measured
from calcis.reading import parse_yaml

AGE, SEED, EACH = 60.0, 20261123, 30  # persons of each hypothesis that are judged
SETTINGS = ("general_practice", "hospital", "endocrine_clinic", "kidney_clinic", "even")
WIDTHS = ((1.0, False), (1.3, False), (1.0, True), (1.2, True), (1.4, True), (1.6, True))
SOME = [lab for lab in LABS if lab not in ("albumin", "alkaline_phosphatase")]
PANELS = {
    "calcium alone": ["calcium"],
    "calcium, phosphate, creatinine, PTH": ["calcium", "phosphate", "creatinine", "pth"],
    "all": SOME,
    "all, urine, PTHrP, bicarbonate": [*SOME, *FurtherLabs.model_fields],
}
REPORT = Path(__file__).with_suffix(".md")


def main() -> None:
    """Score, and write the report."""
    text = f"calcis: 1\nperson: {{age: {AGE:g} y, sex: female}}\nlabs: {{calcium: 2.4 mmol/L}}\n"
    labs = {lab.lab: lab for lab in every_lab(asked_of(parse_yaml(text, "the person"), {}).case)}
    persons, others = ensemble(AGE), simulated(AGE, seed=SEED, few=0.15)
    lines = [_HEAD]
    for title, names in PANELS.items():
        lines += [
            f"\n## {title}\n",
            f"| width | groups | {' | '.join(SETTINGS)} |",
            f"|{'---|' * (2 + len(SETTINGS))}",
        ]
        for width, split in WIDTHS:
            cells = scores(persons, others, [labs[name] for name in names], width, split)
            row = f"| {width:g} | {'yes' if split else 'no'} | {' | '.join(cells)} |"
            lines.append(row)
            print(title, row, flush=True)
    REPORT.write_text("\n".join(lines) + "\n", encoding="utf-8")


def scores(persons: Ensemble, others: Ensemble, labs: list[Measured], width: float, split: bool) -> list[str]:
    """Brier score (times 10 000) and mean −ln of the probability of the truth, by setting, as cells."""
    evidence, chance = Evidence(tuple(labs)), np.random.default_rng(SEED)
    densities = {one: cloud(points(persons, one, evidence), width, split) for one in persons.levels}
    every = [one for one, density in densities.items() if density is not None and len(others.levels[one])]
    table, truth = [], []
    for place, one in enumerate(every):
        group = points(others, one, evidence)[: EACH if len(one.diseases) == 2 else 4 * EACH]
        table.append(group + chance.standard_normal(group.shape))
        truth += [place] * len(group)
    asked, place_of = np.vstack(table), np.array(truth)
    logs = np.stack([densities[one].log_density(asked) for one in every], axis=1)  # type: ignore[union-attr]
    names = sorted({name for one in every for name in one.diseases})
    having = np.array([[name in one.diseases for name in names] for one in every], float)
    cells = []
    for where in SETTINGS:
        shares = np.array(list(prior(setting(where), every).values()))
        weight = (shares / np.bincount(place_of))[place_of]
        weight /= weight.sum()
        joint = logs + np.log(shares)
        joint -= log_sum(joint)[:, None]
        off = (np.exp(joint) @ having - having[place_of]) ** 2
        truths = -joint[np.arange(len(joint)), place_of]
        cells.append(f"{1e4 * weight @ off.mean(axis=1):.1f}, {weight @ truths:.3f}")
    return cells


_HEAD = f"""# How wide are densities to be?

Written by `python calibration/diagnose_density.py`.  Labs of simulated persons who are in no ensemble,
{EACH} with every two diseases and {4 * EACH} with each alone, weighted as often as a setting has them
(stages of kidney disease as simulated): the Brier score over all diseases, times 10 000, and the mean of
−ln of the probability that is told for what they have.  Less is better; who is common in a setting weighs
much, so that a few per cent are chance.  The width is that of `data/diagnose/numbers.yaml`; with groups
persons are split as `calcis.diagnose.density` says.  1 without groups is what was used before."""

if __name__ == "__main__":
    main()
