"""How much does the tissue hang on the last digit of its numbers?

    python -m calibration.robustness [--write]

Draws all fitted numbers of the tissue with errors of 10 per cent, and says how many of the observations that
were fitted to then fail, and which; and by how many per cent outcomes move when one number moves by one.
With --write it goes into calibration/robustness.md.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from calcis.case import packaged
from calcis.study.calibration import Problem
from calcis.study.experiment import experiment_files, read_experiments
from calcis.study.priors import Prior, read_calibration
from calcis.study.verdict import Verdict
from calibration import fit_tissue

HERE = Path(__file__).parent
REPORT = "robustness.md"
SEED, DRAWS, ERROR = 2026, 100, 0.1
STEP = 0.01  # of a number, for sensitivities
SHOWN = 0.3  # a number that moves no outcome by so many per cent per per cent is not in the table
OUTCOMES = {
    "calcitriol": "aorta, vitamin D",
    "abcc6": "Abcc6-/- muscle",
    "abcc6_depleted": "without macrophages",
    "pericardium, 60 d": "fixed pericardium",
    "aortic valve": "aortic valve",
    "calcific tendinitis": "tendon",
    "human_lesion": "human lesion",
}


def problem() -> Problem:
    """The tissue's numbers, and what they are fitted to."""
    vocabulary = packaged()
    numbers = vocabulary.parameters(fit_tissue.SCRIPT.body)
    calibration = read_calibration(HERE / fit_tissue.SCRIPT.calibration, numbers)
    experiments = [one for path in experiment_files() for one in read_experiments(path)]
    return Problem(calibration, experiments, vocabulary)


def verdicts(of: Problem, z: np.ndarray) -> list[list[Verdict]]:
    """Of every set of numbers, (set, parameter), what is simulated beside each observation."""
    return [of.verdicts(one) for one in z]


def drawn(of: Problem) -> list[str]:
    """How many observations fail when all numbers are wrong by some 10 per cent, and which."""
    now = of.now()
    shift = np.random.default_rng(SEED).standard_normal((DRAWS, len(now))) * ERROR
    sets = np.array(
        [
            [prior.z(_moved(prior, z, d)) for prior, z, d in zip(of.priors, now, row, strict=True)]
            for row in shift
        ]
    )
    base, found = of.verdicts(now), verdicts(of, sets)
    failed = np.array([sum(not one.passed for one in row) for row in found])
    also = Counter(
        k
        for row in found
        for k, (one, at) in enumerate(zip(row, base, strict=True))
        if at.passed and not one.passed
    )
    count, agree = len(base), sum(one.passed for one in base)
    worst, best = (count - int(np.quantile(failed, share)) for share in (0.9, 0.1))
    lines = [
        f"Of {count} observations that are fitted to, {agree} agree with the numbers as they are. With "
        f"errors of {100 * ERROR:.0f} % on all {len(now)} fitted numbers at once ({DRAWS} draws), between "
        f"{worst} and {best} agree in eight draws of ten, {count - np.median(failed):.0f} in the median.",
        "",
        "| which agrees, and fails in more than a tenth of the draws | per cent |",
        "|---|---|",
    ]
    for k, times in also.most_common():
        if times > 0.1 * DRAWS:
            target = of.targets[k]
            lines.append(f"| {target.experiment.name}: {base[k].what} | {100 * times / DRAWS:.0f} |")
    return lines


def sensitivities(of: Problem) -> list[str]:
    """By how many per cent the first outcome of some experiments moves when a number moves by one."""
    now = of.now()
    first = {target.experiment.name: k for k, target in reversed(list(enumerate(of.targets)))}
    chosen = [name for name in OUTCOMES if name in first]
    rows = []
    for j, prior in enumerate(of.priors):
        values = []
        for sign in (1.0, -1.0):
            moved = now.copy()
            moved[j] = prior.z(_moved(prior, now[j], sign * STEP))
            told = of.verdicts(moved)
            values.append([told[first[name]].simulated for name in chosen])
        slopes = (np.log(values[0]) - np.log(values[1])) / (2.0 * STEP)
        if np.abs(slopes).max() >= SHOWN:
            rows.append(f"| {prior.name} | " + " | ".join(f"{one:.1f}" for one in slopes) + " |")
    what = " | ".join(f"{OUTCOMES[name]}: {of.verdicts(now)[first[name]].what}" for name in chosen)
    return [f"| number | {what} |", "|---|" + "---|" * len(chosen), *rows]


def _moved(prior: Prior, z: float, by: float) -> float:
    """A number that is larger by a factor eᵇ, at most half-way to what its prior allows."""
    value = float(prior.value(np.array(z)))
    return min(value * float(np.exp(by)), 0.5 * (value + prior.high))


def main(arguments: Sequence[str] | None = None) -> int:
    """Tell, and write with --write."""
    of = problem()
    text = "\n".join(
        [
            "# How robust is the tissue?",
            "",
            "Written by `python -m calibration.robustness --write`.",
            "",
            *drawn(of),
            "",
            "Per cent by which an outcome moves when a number moves by one; numbers that move none by "
            f"{SHOWN} are left out.",
            "",
            *sensitivities(of),
            "",
        ]
    )
    print(text)
    if "--write" in (sys.argv[1:] if arguments is None else arguments):
        (HERE / REPORT).write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
