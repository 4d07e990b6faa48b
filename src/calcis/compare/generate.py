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
from calcis.clinical.hard_findings import Simulated
from calcis.clinical.history import conditions
from calcis.compare.abnormal import abnormalities, has, levels_of
from calcis.compare.evidence import rules
from calcis.errors import InputError
from calcis.wording import capital, listed

_LONG = 90 * 24.0  # h, from which on a drug that may be is averaged
MANY = 300  # doses of a course
AVERAGED = "averaged"
_WATCH = "watch"
_DEPOSITS = ("calcinosis", "calciphylaxis")
_BEHIND = ("systemic_sclerosis",)
_EXCISE, _MARGINS = "excise", ("2 mm", "1 mm", "0.5 mm", "0 mm")
_UNFELT = "Its dose is not told: what it does is not simulated, nor what follows when it is stopped."


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
    levels = levels_of(case)
    abnormal = abnormalities(case, levels)
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
    if len(taken) > 1:
        every = [drug.replace("_", " ") for drug in taken]
        asked[f"stop {listed(every)}"] = ([{"stop": drug} for drug in taken], "All of that at once.")
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


def _kind(case: Case, abnormal: set[str]) -> str:
    if abnormal & {"high_calcium", "high_phosphate"}:
        return "metastatic"
    if set(_DEPOSITS) & {*case.conditions}:
        return "dystrophic"
    if case.lesion is not None:
        return "localised"
    return "lacking" if "low_pyrophosphate" in abnormal else "none"


def _causes(case: Case, abnormal: set[str], left_out: dict[str, str]) -> Iterator[tuple[str, list[Any], str]]:
    """Arms in which the numbers of a disease are normal again."""
    if not abnormal & {"high_calcium", "high_phosphate", "low_pyrophosphate"}:
        return
    numbers = packaged().parameters(case.body)
    for disease in case.diseases:
        told = rules()["causes"].get(disease.name, {})
        if "arm" not in told:
            if told:
                left_out[f"treat: {disease.title}"] = f"{told['says']}."
                continue
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
    targets = {*abnormal} | ({"deposit"} if kind == "dystrophic" or has(case, "calciphylaxis") else set())
    targets |= {"ossification"} if case.lesion is not None and case.lesion.injury is not None else set()
    for target, rule in rules()["targets"].items():
        use, only = rule.get("use", target), rule.get("only")
        if use not in targets or not (only is None or any(has(case, one) for one in only)):
            continue
        why_not = [rules()["waits"][one]["says"] for one in rule.get("waits", ()) if one in abnormal]
        for procedure in rule.get("does", ()) if not why_not else ():
            yield procedure, [procedure], f"{_of(use)} {rule['says']}"
        for name in rule["drugs"]:
            drug = packaged().drugs[name]
            known = _known(case, drug, use)
            lacks = packaged().lacks(case.body, name)
            words = _of(use)
            title = name.replace("_", " ")
            if why_not:
                left_out[title] = f"{words} {why_not[0]}."
                continue
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


def _of(use: str) -> str:
    return f"{capital(USES[use])}."


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
    injury = None if case.lesion is None else case.lesion.injury
    if known.use == "ossification" and injury is not None:
        return f"{known.dose} from {injury.at / 24.0:.6g} d"
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
