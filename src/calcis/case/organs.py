"""Which tissues may a case name, its own among them, and which organs are simulated?"""

from __future__ import annotations

from collections.abc import Mapping

from calcis.body import CLAMPED
from calcis.case.form import CaseForm
from calcis.case.tissues import Tissue, tissue_at
from calcis.case.vocabulary import Vocabulary
from calcis.changes import apply
from calcis.errors import nearest
from calcis.reading import Document, Where, shown

ALL, NONE = "all", "none"


def own_tissues(document: Document, form: CaseForm, vocabulary: Vocabulary) -> dict[str, Tissue]:
    """All tissues that a case may name: those of the vocabulary, and its own, which may be like them.

    Raises InputError, with place, for each fault of its own.
    """
    found = dict(vocabulary.tissues)
    for name in form.tissues:
        where: Where = ("tissues", name)
        if name in found or name in (ALL, NONE):
            raise document.error(where, "a name that no tissue has yet", shown(name), key=True)
        found[name] = tissue_at(document, where, name, found)
        if form.body in vocabulary.bodies:  # or a complaint about that comes first
            apply(vocabulary.parameters(form.body), found[name].changes, form.person.species)
    return found


def organ_map(document: Document, form: CaseForm, tissues: Mapping[str, Tissue]) -> tuple[Tissue, ...]:
    """The organs that are simulated: all of a person's, unless the case chooses.

    Raises InputError, with place, for a name that is no organ of this person, and where there is no body.
    """
    asked, person = form.organs, form.person
    if form.body == CLAMPED or person.species != "human":
        if asked not in (None, NONE):
            what = f"body: {CLAMPED}" if form.body == CLAMPED else f"species {person.species}"
            raise document.error(
                ("organs",), "no `organs`, as they are those of a person's body", what, key=True
            )
        return ()
    there = {name: tissue for name, tissue in tissues.items() if tissue.of(person.sex)}
    if asked in (None, ALL):
        return tuple(there.values())
    if asked == NONE:
        return ()
    names = [asked] if isinstance(asked, str) else asked or []
    for index, name in enumerate(names):
        where: Where = ("organs",) if isinstance(asked, str) else ("organs", index)
        if name in names[:index]:
            raise document.error(where, "each organ once", shown(name))
        if name in there:
            continue
        tissue = tissues.get(name)
        if tissue is not None:
            why = f"{name} (of a {tissue.sex})" if tissue.volume else f"{name}, a tissue without a `volume`"
            raise document.error(where, f"an organ of this person: {', '.join(there)}", why)
        expected = f"{ALL}, {NONE}, or organs: {', '.join(there)}"
        raise document.error(where, expected, shown(name), nearest(name, [ALL, NONE, *there]))
    return tuple(there[name] for name in names)
