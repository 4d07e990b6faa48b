"""Which changes of a case move numbers that nothing in it uses?"""

from __future__ import annotations

from collections.abc import Collection, Iterable

from calcis.case.case import Case
from calcis.case.vocabulary import Vocabulary
from calcis.changes import Change, resolve
from calcis.drugs import SITES, acts_on
from calcis.tissue.numbers import tissue_parameters


def idle_changes(case: Case, arm: str, vocabulary: Vocabulary) -> list[str]:
    """A sentence for every change of the case, and of one of its arms, that has no effect in it."""
    taken = {one.drug for one in case.taken}
    given = {name: taken | {dose.drug for dose in one.doses} for name, one in case.arms.items()}
    shared = [change for changes in case.changes for change in changes]
    own = [change for changes in case.arms[arm].sets for change in changes]
    return [
        *_sentences(case, vocabulary, shared, set().union(*given.values())),
        *_sentences(case, vocabulary, own, given[arm]),
    ]


def _sentences(
    case: Case, vocabulary: Vocabulary, changes: Iterable[Change], given: Collection[str]
) -> list[str]:
    said = []
    for change in changes:
        name = resolve(change, vocabulary.parameters(case.body))
        why = _unused(name, case, vocabulary, given)
        if why is not None:
            said.append(f"{name} is changed ({change.by}) without effect, as {why}.")
    return said


def _unused(name: str, case: Case, vocabulary: Vocabulary, given: Collection[str]) -> str | None:
    """Why a number is not used; None where it is."""
    part = name.partition(".")[0]
    if part in vocabulary.drugs and part not in given:
        return f"no {part} is given"
    if part in SITES and not any(acts_on(drug, part) for drug in given):
        return "no drug that acts on it is given"
    injury = None if case.lesion is None else case.lesion.injury
    if case.lesion is None and not case.organs and name in tissue_parameters():
        return "there is no lesion"
    if part in ("diffusion", "ingrowth") and (case.lesion is None or case.lesion.grid is None):
        return "there is no lesion in space (`grid` in lesion)"
    if part in vocabulary.injuries and (injury is None or injury.kind != part):
        return f"there is no injury of kind {part}"
    return None
