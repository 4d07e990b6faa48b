"""What is abnormal in the person of a case, and what speaks against treating it?

What labs tell counts, and where there are none the body with the case's diseases.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from calcis.case import Case
from calcis.clinical.grades import lines, normal_range
from calcis.clinical.history import implied
from calcis.compare.criteria import criteria
from calcis.compare.evidence import rules
from calcis.individual.find import usually_lived
from calcis.individual.levels import Response
from calcis.units import convert

_OWN_GLANDS = ("primary_hyperparathyroidism", "tertiary_hyperparathyroidism", "lithium")
_BEGINNING = (24.0, 72.0, 240.0)  # h at which a disease that begins with the run is looked at too
_MALIGNANT = ("osteolytic_metastases", "humoral_hypercalcaemia_of_malignancy")
_OWN = "calcium_ionised_of_body"  # whatever labs say

Levels = Mapping[str, tuple[float, str]]  # value and unit by signal


def levels_of(case: Case) -> dict[str, tuple[float, str]]:
    """What a body with the diseases of the case has: value and unit by signal; labs come before it."""
    response = Response(case)
    hours = case.history or usually_lived(case)
    looked = [hours] if case.history or not case.diseases else [*_BEGINNING, hours]
    values = response.levels([response.base] * len(looked), looked)
    high = values[:, response.signals.index("phosphate_plasma")] if len(looked) > 1 else np.zeros(1)
    worst = values[-1 if high[-1] >= 0.9 * np.nanmax(high) else int(np.nanargmax(high))]
    found = {
        name: (float(value), response.model.signals[name])
        for name, value in zip(response.signals, worst, strict=True)
    }
    found[_OWN] = found["calcium_ionised_plasma"]
    given = case.labs.given if case.labs is not None else {}
    for lab, signal, unit in (
        ("calcium", "calcium_plasma", "mmol/L"),
        ("calcium_ionised", "calcium_ionised_plasma", "mmol/L"),
        ("phosphate", "phosphate_plasma", "mmol/L"),
        ("pth", "pth_plasma", "pmol/L"),
        ("vitamin_d_25", "calcidiol_plasma", "nmol/L"),
    ):
        if lab in given:
            found[signal] = (given[lab], unit)
    if "calcium" in given and "calcium_ionised" not in given:
        found.pop("calcium_ionised_plasma", None)  # what was measured counts, corrected for albumin
        known = next(iter(case.arms.values())).known
        if known is not None and "calcium" in known.values:
            found["calcium_plasma"] = (known.values["calcium"], "mmol/L")
    return found


def abnormalities(case: Case, levels: Levels) -> set[str]:
    """Which targets are abnormal."""

    def level(name: str, unit: str) -> float | None:
        return None if name not in levels else convert(*levels[name], unit)

    found = set()
    ionised, total = level("calcium_ionised_plasma", "mmol/L"), level("calcium_plasma", "mmol/L")
    high = (
        ionised > normal_range("calcium_ionised_plasma")[1]
        if ionised is not None
        else total is not None and total > normal_range("calcium_plasma")[1]
    )
    phosphate, pth = level("phosphate_plasma", "mmol/L"), level("pth_plasma", "pmol/L")
    diseases = {disease.name for disease in case.diseases}
    if high:
        found.add("high_calcium")
        suppressed = pth is None or pth < normal_range("pth_plasma")[0]
        if not suppressed and diseases & {*_OWN_GLANDS}:
            found.add("high_pth")
    if phosphate is not None and phosphate > normal_range("phosphate_plasma")[1]:
        found.add("high_phosphate")
    if has(case, "dialysis") and pth is not None and pth > normal_range("pth_plasma")[1] and not _low(levels):
        found.add("high_pth_dialysis")
    vitamin_d = level("calcidiol_plasma", "nmol/L")
    if vitamin_d is not None and vitamin_d < lines()["vitamin_d_25.deficient_below"].value and not high:
        found.add("vitamin_d_deficiency")
    least = criteria()["generated.lacking_pyrophosphate"].value
    low = least * (level("pyrophosphate_plasma_normal", "umol/L") or 0.0)
    if diseases & {*rules()["lacking"]} and (level("pyrophosphate_plasma", "umol/L") or 0.0) < low:
        found.add("low_pyrophosphate")
    return found | _against(case, levels, diseases) if high else found


def _against(case: Case, levels: Levels, diseases: set[str]) -> set[str]:
    """What speaks against lowering calcium or phosphate by drugs where calcium is high: `waits` there."""

    def level(name: str, unit: str, unknown: float) -> float:
        return convert(*levels[name], unit) if name in levels else unknown

    found = set()
    if diseases & {*rules()["waits"]["left_alone"]["diseases"]}:
        found.add("left_alone")
    if has(case, "dialysis"):
        found.add("no_urine")
    measured = case.labs is None or case.labs.calcium is not None
    moderate = lines()["hypercalcaemia.moderate_from"]
    if measured and not diseases & {*_MALIGNANT}:
        calcium = level("calcium_plasma", "mmol/L", moderate.value)
        found |= {"mild"} if calcium < moderate.value else set()
    own = level(_OWN, "mmol/L", 0.0) > normal_range("calcium_ionised_plasma")[1]
    if own and level("resorption_relative", "1", 2.0) <= criteria()["generated.usual_resorption"].value:
        found.add("not_of_bone")
    known = next(iter(case.arms.values())).known
    rate = known.values.get("gfr", 100.0) if known is not None else 100.0
    suppressed = level("pth_plasma", "pmol/L", 100.0) < normal_range("pth_plasma")[0]
    failing = criteria()["generated.failing_filtration"].value
    if suppressed and rate > failing and not has(case, "dialysis"):
        found.add("suppressed_pth")
    return found


def _low(levels: Levels) -> bool:
    value, unit = levels.get("calcium_plasma", (2.4, "mmol/L"))
    return convert(value, unit, "mmol/L") < normal_range("calcium_plasma")[0]


def has(case: Case, condition: str) -> bool:
    """Whether a case tells a condition, or a disease that is one."""
    return condition in (*case.conditions, *implied(tuple(disease.name for disease in case.diseases)))
