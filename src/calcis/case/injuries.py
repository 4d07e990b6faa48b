"""Which injuries of its own does a case have?  Each is like a kind of injury, but for some of its numbers.

injuries:
  viper_bite: {like: bite, changes: {flow_left: {value: 0.3, source: "where I read it"}}}
lesion:
  injury: {kind: viper_bite, ...}
"""

from __future__ import annotations

from dataclasses import replace

from calcis.case.form import CaseForm
from calcis.case.vocabulary import Vocabulary
from calcis.changes import Change, apply, read_changes
from calcis.errors import nearest
from calcis.reading import Document, Where, shown
from calcis.tissue.injuries import PARAMETERS


def with_own_injuries(
    document: Document, form: CaseForm, vocabulary: Vocabulary
) -> tuple[CaseForm, tuple[Change, ...]]:
    """The form in which the lesion's injury is of a kind that Calcis has, and its numbers that differ.

    Raises InputError, with place, for each fault of an injury of the case's own, whether it is used or not.
    """
    found = {name: _changes(document, name, form, vocabulary) for name in form.injuries}
    injury = None if form.lesion is None else form.lesion.injury
    if form.lesion is None or injury is None or injury.kind not in found:
        return form, ()
    lesion = form.lesion.model_copy(
        update={"injury": injury.named(injury.kind, form.injuries[injury.kind].like)}
    )
    return form.model_copy(update={"lesion": lesion}), found[injury.kind]


def _changes(document: Document, name: str, form: CaseForm, vocabulary: Vocabulary) -> tuple[Change, ...]:
    """The changes of one injury, by dotted name."""
    where: Where = ("injuries", name)
    if name in vocabulary.injuries:
        raise document.error(where, "a name that no injury has yet", shown(name), key=True)
    like = form.injuries[name].like
    if like not in vocabulary.injuries:
        expected = f"a kind of injury: {', '.join(vocabulary.injuries)}"
        raise document.error((*where, "like"), expected, shown(like), nearest(like, vocabulary.injuries))
    own = []
    for change in read_changes(document, (*where, "changes")) if form.injuries[name].changes else ():
        if change.name not in PARAMETERS[like]:
            expected = f"a number of {like}: {', '.join(PARAMETERS[like])}"
            raise change.refuse(
                expected, shown(change.name), nearest(change.name, PARAMETERS[like]), key=True
            )
        own.append(replace(change, name=f"{like}.{change.name}"))
    if form.body in vocabulary.bodies:  # or a complaint about that comes first
        apply(vocabulary.parameters(form.body), own, form.person.species)
    return tuple(own)
