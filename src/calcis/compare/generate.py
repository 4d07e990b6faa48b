"""Which arms come to mind for this person?  By kind and extent of calcification, and by what is abnormal.

The rules, with their sources, are in data/compare/rules.yaml; doses and evidence in the files of the drugs.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from calcis.case import Case, Drug, packaged, read_case_text
from calcis.case.dose_text import read_dose
from calcis.case.doses import Dose
from calcis.case.drugs import USES, Evidence
from calcis.changes import resolve
from calcis.clinical.grades import lines, normal_range
from calcis.clinical.hard_findings import Simulated
from calcis.clinical.history import conditions, implied
from calcis.compare.evidence import rules
from calcis.errors import InputError
from calcis.individual.find import usually_lived
from calcis.individual.levels import Response
from calcis.units import convert
from calcis.wording import listed

_LONG = 90 * 24.0  # h, from which on a drug that may be is averaged
MANY = 300  # doses of a course
AVERAGED = "averaged"
_WATCH = "watch"
_DEPOSITS = ("calcinosis", "calciphylaxis")
_BEHIND = ("systemic_sclerosis",)
_EXCISE, _MARGINS = "excise", ("2 mm", "1 mm", "0.5 mm", "0 mm")
_UNFELT = "Its dose is not told: what it does is not simulated, nor what follows when it is stopped."
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
    start = Simulated(
        np.zeros(1), {name: (unit, np.array([value])) for name, (value, unit) in levels.items()}
    )
    asked: dict[str, tuple[list[Any], str]] = {_WATCH: ([], "What happens if nothing is done.")}
    left_out = _behind(case) if kind == "dystrophic" else {}
    taken, simulated = _taken(case, start), {one.drug for one in case.taken}
    for drug, text in taken.items():
        unfelt = "" if drug in simulated else f" {_UNFELT}"
        asked[f"stop {drug.replace('_', ' ')}"] = ([{"stop": drug}], f"{text}{unfelt}")
    for name, actions, why in (
        *_causes(case, abnormal, left_out),
        *_drugs(case, abnormal, kind, left_out),
        *_excision(case, left_out),
    ):
        asked[name] = ([*({"stop": drug} for drug in taken), *actions], why)
    fresh = {name: one for name, one in asked.items() if name not in case.arms and not _same(case, one[0])}
    whole = _with_arms(case, {name: actions for name, (actions, _) in fresh.items()})
    reasons = {name: said for name, (_, said) in fresh.items()}
    for name in fresh:
        bad = [one for one in whole.arms[name].hard_findings(start) if one.contraindicated]
        if bad and name != _WATCH:
            left_out[name] = bad[0].text
            del reasons[name]
    kept = {name: asked[name][0] for name in reasons}
    return Generated(_with_arms(case, kept) if kept else case, reasons, left_out, words)


def _taken(case: Case, start: Simulated) -> dict[str, str]:
    """Medication that this person should not take, and why."""
    watched = replace(next(iter(case.arms.values())), doses=(), stopped=())
    said = [one for one in watched.hard_findings(start) if one.drug in case.medication]
    return {one.drug: one.text for one in reversed(said) if one.drug is not None and one.level == "urgent"}


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
    if (
        _has(case, "dialysis")
        and pth is not None
        and pth > normal_range("pth_plasma")[1]
        and not _low(levels)
    ):
        found.add("high_pth_dialysis")
    vitamin_d = level("calcidiol_plasma", "nmol/L")
    if vitamin_d is not None and vitamin_d < lines()["vitamin_d_25.deficient_below"].value and not high:
        found.add("vitamin_d_deficiency")
    return found


def _low(levels: Mapping[str, tuple[float, str]]) -> bool:
    value, unit = levels.get("calcium_plasma", (2.4, "mmol/L"))
    return convert(value, unit, "mmol/L") < normal_range("calcium_plasma")[0]


def _has(case: Case, condition: str) -> bool:
    """Whether a case tells a condition, or a disease that is one."""
    return condition in (*case.conditions, *implied(tuple(disease.name for disease in case.diseases)))


def _kind(case: Case, abnormal: set[str]) -> str:
    if abnormal & {"high_calcium", "high_phosphate"}:
        return "metastatic"
    if set(_DEPOSITS) & {*case.conditions}:
        return "dystrophic"
    return "localised" if case.lesion is not None else "none"


def _causes(case: Case, abnormal: set[str], left_out: dict[str, str]) -> Iterator[tuple[str, list[Any], str]]:
    """Arms in which the numbers of a disease are normal again."""
    if not abnormal & {"high_calcium", "high_phosphate"}:
        return
    numbers = packaged().parameters(case.body)
    for disease in case.diseases:
        told = rules()["causes"].get(disease.name)
        if told is None:
            left_out[f"treat: {disease.title}"] = "The cause. That it is treated cannot be simulated."
            continue
        why = f"The cause: {told['says']}."
        if "does" in told:
            yield told["arm"], [told["does"]], why
            continue
        changes = {}
        for change in disease.changes:
            own = numbers[resolve(change, numbers)]
            value, unit = own.shown
            changes[own.name] = value if unit == "1" else f"{value!r} {unit}"
        yield told["arm"], [{"changes": changes}], why


def _behind(case: Case) -> dict[str, str]:
    """The disease behind deposits in many places: no arm, as nothing simulated treats it."""
    known = [disease.title for disease in case.diseases]
    known += [conditions()[name].title for name in case.conditions if name in _BEHIND]
    what = listed(known) if known else "the disease behind the deposits"
    return {f"treat: {what}": "It comes first. How it is treated, and what that does, cannot be simulated."}


def _excision(case: Case, left_out: dict[str, str]) -> Iterator[tuple[str, list[Any], str]]:
    """The lesion is cut out half way through the run, with as wide a margin as its block has room for."""
    if case.lesion is None or case.lesion.injury is None:
        return
    at = case.lesion.injury.at + 0.5 * (case.run.duration - case.lesion.injury.at)
    problem = None
    for margin in _MARGINS:
        action = {"excise": {"at": f"{at / 24.0:.6g} d", "margin": margin}}
        try:
            _with_arms(case, {_EXCISE: [action]} if _EXCISE not in case.arms else {})
        except InputError as wrong:
            problem = wrong
            continue
        yield _EXCISE, [action], f"It is one lesion. Half way through the run. {_surgery()}"
        return
    left_out[_EXCISE] = f"{problem}. {_surgery()}"


def _drugs(
    case: Case, abnormal: set[str], kind: str, left_out: dict[str, str]
) -> Iterator[tuple[str, list[Any], str]]:
    """Drugs whose target is abnormal."""
    targets = {*abnormal} | ({"deposit"} if kind == "dystrophic" else set())
    for target, rule in rules()["targets"].items():
        use, only = rule.get("use", target), rule.get("only")
        if use not in targets or (only is not None and not _has(case, only)):
            continue
        for name in rule["drugs"]:
            drug = packaged().drugs[name]
            known = _known(case, drug, use)
            lacks = packaged().lacks(case.body, name)
            words = f"{USES[use][0].upper()}{USES[use][1:]}."
            title = name.replace("_", " ")
            waits = drug.waits or drug.idle.get(_read(case, known.dose).route, "")
            if waits or lacks:
                left_out[title] = f"{words} Not simulated: {waits or lacks}. {_said(known)}"
                continue
            if name in case.medication:
                left_out[title] = f"{words} It is taken already."
                continue
            if any({dose.drug for dose in arm.doses} == {name} for arm in case.arms.values()):
                continue  # the user thought of it
            text = _dose(case, known, drug.averaged)
            count = len(_read(case, text).times)
            if count > MANY and not text.endswith(AVERAGED):
                left_out[title] = f"{words} {count} doses one by one take long to simulate. {_said(known)}"
                continue
            yield title, [text], words


def _known(case: Case, drug: Drug, use: str) -> Evidence:
    """The first of a drug's evidence for a use whose route does something, and can be gone in this case."""
    found = [one for one in drug.evidence if one.use == use]
    routes = {one.dose: _read(case, one.dose).route for one in found}
    lesion = case.lesion is not None and case.lesion.injury is not None
    usable = [one for one in found if routes[one.dose] not in {*drug.idle, *(() if lesion else ("IL",))}]
    return (usable or found)[0]


def _read(case: Case, text: str) -> Dose:
    return read_dose(text, packaged().drugs, case.run.duration, case.person.mass)


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
