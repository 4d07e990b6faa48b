"""How far off is the effect of a drug whose doses are poured in evenly, beside dose by dose?

    python -m calibration.averaging [DRUG ...]

Each drug that is taken for long, in a usual dose, in a healthy adult or in one who is ill with its target:
the mean of days 50 to 60 of everything that it moves, dose by dose and averaged, as a share of what the doses
change.  The largest of these is the error; `averaged` in the drug's file must not be less.  Above 20 % a drug
is not averaged at all.  The table is calibration/averaging.md.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from typing import NamedTuple

import numpy as np

from calcis.case import packaged, read_case_text
from calcis.drugs import drug_actions
from calcis.simulate.numbers import Numbers
from calcis.simulate.person import body_lanes, body_model
from calcis.solve.integrate import solve

USUAL = {
    "alendronate": "10 mg PO daily",
    "calcitonin": "100 IU SC daily",
    "calcium_acetate": "667 mg PO every 8 h",
    "calcium_carbonate": "500 mg PO every 8 h",
    "calcium_supplement": "500 mg PO twice daily",
    "cholecalciferol": "1000 IU PO daily",
    "cinacalcet": "30 mg PO daily",
    "clodronate": "800 mg PO twice daily",
    "diltiazem": "60 mg PO every 8 h",
    "etidronate": "400 mg PO daily",
    "ferric_citrate": "2.4 g PO every 8 h",
    "furosemide": "40 mg PO daily",
    "given_calcitriol": "0.5 ug PO daily",
    "given_pyrophosphate": "1 g PO every 6 h",
    "hydrochlorothiazide": "25 mg PO daily",
    "ibandronate": "2.5 mg PO daily",
    "indometacin": "50 mg PO twice daily",
    "lanthanum": "1 g PO every 8 h",
    "menaquinone_7": "360 ug PO daily",
    "minocycline": "100 mg PO daily",
    "prednisolone": "10 mg PO daily",
    "sevelamer": "1600 mg PO every 8 h",
    "sucroferric_oxyhydroxide": "500 mg PO every 8 h",
    "tenapanor": "30 mg PO twice daily",
    "teriparatide": "20 ug SC daily",
    "verapamil": "80 mg PO every 8 h",
    "warfarin": "5 mg PO daily",
}
ILL = {"granulomatous_disease": ("prednisolone",)}  # in whom a drug has something to move
COURSES = (
    "calcium_ionised_plasma",
    "phosphate_plasma",
    "pth_plasma",
    "calcitriol_plasma",
    "calcium_urine",
    "phosphate_urine",
    "resorption_relative",
    "formation_relative",
    "mean_arterial_pressure",
    "heart_rate",
    "pr_interval",
    "gla_unfinished_relative",
)
MOST = 0.2  # an error above which averaging is refused
_WORTH = 0.01  # of its level that a course must move by for its error to count
CASE = """calcis: 1
person: {{age: 60 y, sex: female, mass: 70 kg}}
body: calcis
{ill}
arms: {{none: [], exact: [{dose}], averaged: [{dose} averaged]}}
run: {{duration: 60 d, every: 1 d}}
"""


class Error(NamedTuple):
    """What doses move, by how much (a share of its level), and how far off its mean is with an average."""

    what: str
    moved: float
    error: float


def errors(drug: str) -> Iterator[Error]:
    """The errors of everything that a drug's usual doses move, on which an average is allowed or not."""
    vocabulary = packaged()
    known = vocabulary.drugs[drug]
    allowed = {**vocabulary.drugs, drug: known.__class__(**{**vars(known), "averaged": "any"})}
    vocabulary = vocabulary.__class__(**{**vars(vocabulary), "drugs": allowed})
    ill = next((f"disease: {name}\nhistory: 1 y" for name, drugs in ILL.items() if drug in drugs), "")
    case = read_case_text(CASE.format(ill=ill, dose=f"{drug} {USUAL[drug]}"), "averaging", vocabulary)
    model, kernel = body_model(case, False)
    numbers = Numbers(case, vocabulary.parameters(case.body))
    lanes = body_lanes(case, model, kernel, numbers, vocabulary)
    names = list(model.signals)
    wanted = [name for name in (*COURSES, *(one.signal for one in drug_actions(drug))) if name in names]
    means = []
    for lane in lanes:
        course = solve(kernel, [lane], np.arange(50 * 24.0, 60 * 24.0 + 0.1, 0.25), rtol=1e-7).signals[0]
        middle = 0.5 * (course[1:] + course[:-1])
        means.append(middle.mean(axis=0)[[names.index(name) for name in wanted]])
    for name, none, exact, averaged in zip(wanted, *means, strict=True):
        moved = abs(exact - none)
        if moved > _WORTH * max(abs(none), 1e-9):
            yield Error(name, moved / max(abs(none), 1e-9), abs(averaged - exact) / moved)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("drugs", nargs="*", help="which drugs (default: all)")
    chosen = parser.parse_args().drugs or list(USUAL)
    print("| drug | dose | error of its average | in | other errors | its file says |")
    print("|---|---|---|---|---|---|")
    for drug in chosen:
        found = sorted(errors(drug), key=lambda one: -one.error)
        told = packaged().drugs[drug].averaged or "not averaged"
        if not found:
            print(f"| {drug} | {USUAL[drug]} | moves nothing by {_WORTH:.0%} | | | {told} |")
            continue
        others = ", ".join(f"{one.what} {100 * one.error:.2g} %" for one in found[1:])
        print(
            f"| {drug} | {USUAL[drug]} | {100 * found[0].error:.2g} % | {found[0].what} | {others} | {told} |"
        )


if __name__ == "__main__":
    main()
