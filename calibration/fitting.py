"""How does a script fit numbers, tell how well they are known, and write them where they are used?

Fits the numbers of a calibration file, from the values that the data files have now, to the experiments whose
observations name the script in `fitted`, and shows what comes out; with --write it goes into the data files
and a report.  It may be stopped at any time: the best so far is kept in calibration/.work, and --resume goes
on from there.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from calcis.body import CLAMPED
from calcis.case import packaged
from calcis.errors import InputError
from calcis.parameters import data_path, read_parameters, read_text
from calcis.study.calibration import Problem
from calcis.study.experiment import experiment_files, read_experiments
from calcis.study.optimum import Point, fit, point, profile
from calcis.study.priors import read_calibration
from calcis.study.validation import validate
from calibration.data_file import Fitted, rewritten
from calibration.report import UNTOLD, Outcome, failing, interval, markdown, summary, undetermined

HERE = Path(__file__).parent
WORK = HERE / ".work"
SEED = 2026


@dataclass(frozen=True)
class Script:
    """A script that fits: its file, the calibration it reads, the report it writes, all in this folder."""

    file: str
    calibration: str
    report: str
    body: str  # whose numbers they are; "clamped" for those of the tissue

    @property
    def name(self) -> str:
        """As observations and numbers name it."""
        return f"{HERE.name}/{self.file}"

    @property
    def command(self) -> str:
        """How it is run."""
        return f"python -m {HERE.name}.{Path(self.file).stem}"


def main(script: Script, about: str | None, arguments: Sequence[str] | None = None) -> int:
    """Fit and tell.  Exit status 0; 1 without an optimum, 2 for bad input, 130 when stopped."""
    options = _options(script, about, arguments)
    try:
        return _run(script, options)
    except InputError as wrong:
        print(wrong, file=sys.stderr)
        return 2
    except KeyboardInterrupt:
        print(f"stopped; the best so far is in {_best(options)}: go on with --resume", file=sys.stderr)
        return 130


def _options(script: Script, about: str | None, arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    add = parser.add_argument
    file = HERE / script.calibration
    add("--calibration", type=Path, default=file, help="what is fitted, and the priors")
    add("--experiments", type=Path, nargs="+", help="files of experiments (default: those of Calcis)")
    add("--fitted", help="words in `fitted` of the observations to fit to (default: this script)")
    add("--rounds", type=int, default=60, help="at most so many")
    add("--evaluate", action="store_true", help="fit nothing; say how things stand")
    add("--resume", action="store_true", help="begin at the best of before, not at the data file's values")
    add("--starts", type=int, default=0, help="begin also at so many draws from the prior")
    add(
        "--profiles",
        type=int,
        default=0,
        help="so many, of the numbers that data tell least of, but something",
    )
    add(
        "--write",
        action="store_true",
        help="write the optimum into the data files, and the report beside this",
    )
    return parser.parse_args(arguments)


def _run(script: Script, options: argparse.Namespace) -> int:
    vocabulary = packaged()
    calibration = read_calibration(options.calibration, vocabulary.parameters(script.body))
    files = options.experiments or experiment_files()
    experiments = [one for path in files for one in read_experiments(path, vocabulary)]
    problem = Problem(calibration, experiments, vocabulary, options.fitted)
    print(f"{len(problem.priors)} numbers, {len(problem.targets)} observations")
    begin = now = problem.now()
    if options.resume:
        begin = _resumed(problem, _best(options), now)
    end = _search(problem, begin, options)
    outcome = _outcome(problem, now, end, experiments, options.profiles)
    print("", *summary(outcome), sep="\n")
    print("\nfailing:", *(failing(outcome) or ["nothing"]), sep="\n  ")
    print("\nhardly told by data:", *(undetermined(outcome) or ["none"]), sep="\n  ")
    report = (HERE if options.write else WORK) / script.report
    WORK.mkdir(exist_ok=True)
    if options.write:
        _write(script, problem, end)
    report.write_text(markdown(outcome, script.command), "utf-8")
    print(f"\nreport: {report}")
    return 0 if outcome.converged else 1


def _search(problem: Problem, begin: np.ndarray, options: argparse.Namespace) -> Point:
    """The best optimum of those reached from `begin` and from draws of the prior."""
    if options.evaluate:
        return point(problem, begin)
    clock = time.monotonic()
    best: list[Point] = []

    def reached(at: Point) -> None:
        data = float((at.derivatives.residuals**2).sum())
        print(
            f"round {at.round:2d}: objective {at.objective:9.4f}, of it data {data:9.4f}; "
            f"left to go {at.left:.3g} sd; {time.monotonic() - clock:.0f} s",
            flush=True,
        )
        if not best or at.objective < best[-1].objective:
            best.append(at)
            _keep(problem, at, _best(options))

    draws = np.random.default_rng(SEED).standard_normal((options.starts, len(begin)))
    for k, start in enumerate([begin, *draws]):
        print(
            f"from draw {k} of the prior"
            if k
            else "from the best of before"
            if options.resume
            else "from now"
        )
        fit(problem, start, options.rounds, reached)
    return best[-1]


def _outcome(
    problem: Problem, begin: np.ndarray, end: Point, experiments: Sequence, profiles: int
) -> Outcome:
    fitted = {id(target.said) for target in problem.targets}
    ours = [one for one in experiments if one.phases and one.phases[0].case.body == problem.calibration.body]
    everything = validate(ours, vocabulary=problem.with_values(end.z)).verdicts
    deviations = end.derivatives.deviations
    order = [k for k in np.argsort(-deviations) if 1.0 - deviations[k] ** 2 >= UNTOLD][:profiles]
    rises = []
    for k in order:
        rises.append((problem.names[k], *(profile(problem, end, int(k), side) for side in (-2.0, 2.0))))
        print(f"profile of {rises[-1][0]}: rises by {rises[-1][1]:.2f} and {rises[-1][2]:.2f}", flush=True)
    return Outcome(
        problem=problem,
        begin=begin,
        begin_verdicts=problem.verdicts(begin),
        end=end,
        verdicts=problem.verdicts(end.z),
        left_out=problem.left_out(end.z, end.derivatives),
        held_out=[one for one in everything if one.said.kind != "computed" and id(one.said) not in fitted],
        profiles=rises,
    )


def _best(options: argparse.Namespace) -> Path:
    return WORK / f"{options.calibration.stem}.json"


def _keep(problem: Problem, at: Point, path: Path) -> None:
    values = {name: float(value) for name, value in problem.values(at.z).items()}
    path.parent.mkdir(exist_ok=True)
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps({"objective": at.objective, "values": values}, indent=1), "utf-8")
    fresh.replace(path)


def _resumed(problem: Problem, path: Path, now: np.ndarray) -> np.ndarray:
    """z of the values kept; of numbers that were not fitted then, the data file's."""
    values = json.loads(read_text(path))["values"]
    return np.array(
        [
            prior.z(values[prior.name]) if prior.inside(values.get(prior.name, np.nan)) else z
            for prior, z in zip(problem.priors, now, strict=True)
        ]
    )


def _file(body: str, number: str) -> Path:
    """The data file in which a number stands: that of the body, or of the tissue's part."""
    if body != CLAMPED:
        return data_path("body", f"{body}.yaml")
    return data_path("tissue", f"{number.partition('.')[0]}.yaml")


def _write(script: Script, problem: Problem, end: Point) -> None:
    """Put the optimum into the data files; nothing is written that does not read back as it should."""
    files: dict[Path, dict[str, Fitted]] = {}
    told = 1.0 - end.derivatives.deviations**2
    for prior, z, deviation, share in zip(
        problem.priors, end.z, end.derivatives.deviations, told, strict=True
    ):
        value = prior.shown(float(prior.value(np.array(z))))
        low, high = interval(prior, float(z), float(deviation))
        files.setdefault(_file(problem.calibration.body, prior.name), {})[prior.name] = Fitted(
            _rounded(value, 0.5 * (high - low)),
            script.name,
            f"calcis: {HERE.name}/{script.calibration}",
            f"{low:.3g} to {high:.3g}, told by data to {100.0 * share:.0f} %",
        )
    for path, numbers in files.items():
        _rewrite(path, numbers)


def _rewrite(path: Path, numbers: dict[str, Fitted]) -> None:
    text = rewritten(read_text(path), str(path), numbers)
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, path.name)
        copy.write_text(text, "utf-8")
        read = read_parameters(copy)
    before = read_parameters(path)
    for name, number in before.items():
        wanted = float(numbers[name].value) if name in numbers else number.shown[0]
        assert read[name].shown[0] == wanted, name
        assert (read[name].range, read[name].shown[1]) == (number.range, number.shown[1]), name
    path.write_text(text, "utf-8")


def _rounded(value: float, deviation: float) -> str:
    """A number with so many digits, at least four, that a hundredth of its deviation is not lost."""
    for digits in range(4, 9):
        text = f"{value:.{digits}g}"
        if abs(float(text) - value) <= 0.01 * deviation:
            break
    return text
