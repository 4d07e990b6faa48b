"""Which numbers of drugs agree best with the trials that are fitted to, and how well are they known?

    python -m calibration.fit_drugs [--write]

Fits the numbers of calibration/drugs.yaml, from the values that the data files have now, to the experiments
whose observations say `fitted: calibration/fit_drugs.py`, in half a minute.  With --write they go into the
data files, and into those numbers that are taken to be the same.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

from calcis.case import packaged
from calcis.parameters import data_path, read_parameters, read_text
from calcis.study.calibration import Problem
from calcis.study.experiment import read_experiments
from calcis.study.optimum import Point, fit
from calcis.study.priors import read_calibration
from calibration.data_file import Fitted, rewritten
from calibration.report import interval

HERE = Path(__file__).parent
SCRIPT = f"{HERE.name}/{Path(__file__).name}"
# Numbers that are taken to be the same as a fitted one.
SAME = {f"{drug}.resorption_half": f"{drug}.osteolysis_half" for drug in ("etidronate", "clodronate")}
SAME |= {f"{drug}.osteolysis_half": f"{drug}.resorption_half" for drug in ("zoledronate", "alendronate")}
BISPHOSPHONATES = ("zoledronate", "pamidronate", "alendronate", "etidronate", "clodronate")
SAME |= {
    f"{drug}.osteolysis_maximum": "zoledronate.resorption_maximum"
    for drug in (*BISPHOSPHONATES, "ibandronate")
}
SAME |= {f"{drug}.resorption_maximum": "zoledronate.resorption_maximum" for drug in BISPHOSPHONATES[1:]}


def problem() -> Problem:
    """The numbers, what was believed of them, and the trials."""
    vocabulary = packaged()
    calibration = read_calibration(HERE / "drugs.yaml", vocabulary.parameters("calcis"))
    experiments = read_experiments(data_path("validation", "drugs.yaml"), vocabulary)
    return Problem(calibration, experiments, vocabulary)


def main() -> int:
    """Fit and tell.  Exit status 0; 1 without an optimum."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--write", action="store_true", help="write the optimum into the data files")
    write = parser.parse_args().write
    drugs = problem()
    print(f"{len(drugs.priors)} numbers, {len(drugs.targets)} observations")
    end = fit(drugs, drugs.now(), 40, _told)
    numbers = _numbers(drugs, end)
    for name, one in numbers.items():
        print(f"{name:42s} {one.value:>9s}  {one.deviation}")
    if write:
        _write(numbers)
    return 0 if end.left < 0.05 else 1


def _told(at: Point) -> None:
    print(f"round {at.round}: objective {at.objective:.4f}; left to go {at.left:.2g} sd", flush=True)


def _numbers(drugs: Problem, end: Point) -> dict[str, Fitted]:
    """Every fitted number in the unit of its file, with what is known of it."""
    found = {}
    for prior, z, deviation in zip(drugs.priors, end.z, end.derivatives.deviations, strict=True):
        low, high = interval(prior, float(z), float(deviation))
        told = f"{low:.3g} to {high:.3g}, told by data to {100.0 * (1.0 - deviation**2):.0f} %"
        value = f"{prior.shown(float(prior.value(z))):.4g}"
        found[prior.name] = Fitted(value, SCRIPT, f"calcis: {HERE.name}/drugs.yaml", told)
    return found


def _write(numbers: Mapping[str, Fitted]) -> None:
    """Put numbers into the files of their drugs; those that are the same stay `assumed`."""
    for drug in dict.fromkeys(name.partition(".")[0] for name in (*numbers, *SAME)):
        path = data_path("drugs", f"{drug}.yaml")
        own = {name: one for name, one in numbers.items() if name.startswith(f"{drug}.")}
        text = rewritten(read_text(path), str(path), own)
        for name, other in SAME.items():
            if name.startswith(f"{drug}."):
                text = _with_value(text, name.partition(".")[2], numbers[other].value)
        path.write_text(text, "utf-8")
        read_parameters(path)


def _with_value(text: str, name: str, value: str) -> str:
    """The text of a data file with another value of one number."""
    head, mark, rest = text.partition(f"    {name}: {{value: ")
    return head + mark + value + rest[rest.index(",") :]


if __name__ == "__main__":
    sys.exit(main())
