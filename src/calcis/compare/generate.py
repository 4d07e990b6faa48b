"""Which arms come to mind for this person?  By kind and extent of calcification, and by what is abnormal.

The rules, with their sources, are in data/compare/rules.yaml; doses and evidence in the files of the drugs.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from calcis.case import Case, packaged, read_case_text
from calcis.case.dose_text import read_dose
from calcis.case.drugs import USES, Evidence
from calcis.case.form import Difference
from calcis.changes import resolve
from calcis.clinical.grades import lines, normal_range
from calcis.clinical.hard_findings import Simulated
from calcis.clinical.history import implied
from calcis.compare.evidence import rules
from calcis.individual.find import usually_lived
from calcis.individual.levels import Response
from calcis.units import convert
from calcis.wording import listed

_LONG = 90 * 24.0  # h, from which on a drug that may be is averaged
MANY = 300  # doses of a course
AVERAGED = "averaged"
_WATCH = "watch"
_DEPOSITS = ("calcinosis", "calciphylaxis")
_OWN_GLANDS = ("primary_hyperparathyroidism", "tertiary_hyperparathyroidism", "lithium")


@dataclass(frozen=True)
class Generated:
    """A case with further arms, why each is there, what was left out and why, and the kind, in words."""

    case: Case
    why: Mapping[str, str]
    left_out: Mapping[str, str]
    kind: str


def generate(case: Case) -> Generated:
    """The case with the arms that the rules suggest, beside its own.

    What is abnormal is told by labs, and where there are none by the body with the case's diseases.
    """
    levels = _levels(case)
    abnormal = _abnormal(case, levels)
    kind = _kind(case, abnormal)
    told = rules()["kinds"][kind]
    words = f"{told['title']}: {told['says']}"
    asked: dict[str, tuple[list[Any], str]] = {_WATCH: ([], "What happens if nothing is done.")}
    left_out: dict[str, str] = {}
    for name, actions, why in (*_causes(case, abnormal), *_drugs(case, abnormal, kind, left_out)):
        asked[name] = (actions, why)
    if case.lesion is not None and case.lesion.injury is not None:
        if "excise" in Difference.model_fields:
            at = case.lesion.injury.at + 0.5 * (case.run.duration - case.lesion.injury.at)
            action = {"excise": {"at": f"{at / 24.0:.6g} d", "margin": "2 mm"}}
            asked["excise"] = ([action], f"It is one lesion. Half way through the run. {_surgery()}")
        else:
            left_out["excise"] = f"Excision cannot be simulated. {_surgery()}"
    fresh = {name: one for name, one in asked.items() if name not in case.arms and not _same(case, one[0])}
    whole = _with_arms(case, {name: actions for name, (actions, _) in fresh.items()})
    start = Simulated(
        np.zeros(1), {name: (unit, np.array([value])) for name, (value, unit) in levels.items()}
    )
    reasons = {name: said for name, (_, said) in fresh.items()}
    for name in fresh:
        bad = [one for one in whole.arms[name].hard_findings(start) if one.contraindicated]
        if bad:
            left_out[name] = bad[0].text
            del reasons[name]
    kept = {name: asked[name][0] for name in reasons}
    return Generated(_with_arms(case, kept) if kept else case, reasons, left_out, words)


def _levels(case: Case) -> dict[str, tuple[float, str]]:
    """What a body with the diseases of the case has: value and unit by signal; labs come before it."""
    response = Response(case)
    hours = case.history or usually_lived(case)
    (values,) = response.levels([response.base], [hours])
    found = {
        name: (float(value), response.model.signals[name])
        for name, value in zip(response.signals, values, strict=True)
    }
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


def _abnormal(case: Case, levels: Mapping[str, tuple[float, str]]) -> set[str]:
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
    if _dialysed(case) and pth is not None and pth > normal_range("pth_plasma")[1] and not _low(levels):
        found.add("high_pth_dialysis")
    vitamin_d = level("calcidiol_plasma", "nmol/L")
    if vitamin_d is not None and vitamin_d < lines()["vitamin_d_25.deficient_below"].value and not high:
        found.add("vitamin_d_deficiency")
    return found


def _low(levels: Mapping[str, tuple[float, str]]) -> bool:
    value, unit = levels.get("calcium_plasma", (2.4, "mmol/L"))
    return convert(value, unit, "mmol/L") < normal_range("calcium_plasma")[0]


def _dialysed(case: Case) -> bool:
    named = tuple(disease.name for disease in case.diseases)
    return "dialysis" in (*case.conditions, *implied(named))


def _kind(case: Case, abnormal: set[str]) -> str:
    if abnormal & {"high_calcium", "high_phosphate"}:
        return "metastatic"
    if case.lesion is not None:
        return "localised"
    return "dystrophic" if set(_DEPOSITS) & {*case.conditions} else "none"


def _causes(case: Case, abnormal: set[str]) -> Iterator[tuple[str, list[Any], str]]:
    """Arms in which the numbers of a disease are normal again."""
    if not abnormal & {"high_calcium", "high_phosphate"}:
        return
    numbers = packaged().parameters(case.body)
    for disease in case.diseases:
        told = rules()["causes"].get(disease.name)
        if told is None:
            continue
        changes = {}
        for change in disease.changes:
            own = numbers[resolve(change, numbers)]
            value, unit = own.shown
            changes[own.name] = value if unit == "1" else f"{value!r} {unit}"
        yield told["arm"], [{"changes": changes}], f"The cause: {told['says']}."


def _drugs(
    case: Case, abnormal: set[str], kind: str, left_out: dict[str, str]
) -> Iterator[tuple[str, list[Any], str]]:
    """Drugs whose target is abnormal."""
    targets = {*abnormal} | ({"deposit"} if kind == "dystrophic" else set())
    for target, rule in rules()["targets"].items():
        if target not in targets or (rule.get("only") == "dialysis" and not _dialysed(case)):
            continue
        for name in rule["drugs"]:
            drug = packaged().drugs[name]
            known = next(one for one in drug.evidence if one.use == target)
            lacks = packaged().lacks(case.body, name)
            words = f"{USES[target][0].upper()}{USES[target][1:]}."
            title = name.replace("_", " ")
            if drug.waits or lacks:
                left_out[title] = f"{words} Not simulated: {drug.waits or lacks}. {_said(known)}"
                continue
            if any({dose.drug for dose in arm.doses} == {name} for arm in case.arms.values()):
                continue  # the user thought of it
            text = _dose(case, known, drug.averaged)
            count = len(read_dose(text, packaged().drugs, case.run.duration, case.person.mass).times)
            if count > MANY and not text.endswith(AVERAGED):
                left_out[title] = f"{words} {count} doses one by one take long to simulate. {_said(known)}"
                continue
            yield title, [text], words


def _dose(case: Case, known: Evidence, averaged: str) -> str:
    """The usual dose; averaged in long runs where its error is known to be small."""
    repeated = any(word in known.dose for word in ("every", "daily"))
    return f"{known.dose} {AVERAGED}" if averaged and repeated and case.run.duration > _LONG else known.dose


def _said(known: Evidence) -> str:
    return f"{known.level[0].upper()}{known.level[1:]}: {known.says}."


def _surgery() -> str:
    known = rules()["operations"]["excise"]
    return f"{known['level'][0].upper()}{known['level'][1:]}: {known['says']}."


def _same(case: Case, actions: Sequence[Any]) -> bool:
    """Whether an arm of the case does the same: nothing."""
    return not actions and any(not arm.words for arm in case.arms.values())


def _with_arms(case: Case, arms: Mapping[str, Sequence[Any]]) -> Case:
    """The case read anew with more arms, as if they stood in its file."""
    from ruamel.yaml import YAML

    yaml = YAML(typ="rt")
    yaml.width = 1000
    data = yaml.load(case.text)
    for name, actions in arms.items():
        data["arms"][name] = list(actions)
    written = io.StringIO()
    yaml.dump(data, written)
    return read_case_text(written.getvalue(), f"{case.file} with {listed(list(arms))}")
