"""What is done to a person at the start of an arm that is no drug?

A procedure is a file of data/procedures, of the form of a disease (calcis.case.disease): a set of changes
with sources.  An arm names it alone: `surgery: [parathyroidectomy]`.
"""

from __future__ import annotations

from calcis.case.disease import Disease
from calcis.case.vocabulary import Vocabulary
from calcis.reading import Document, Where


def read_procedure(
    document: Document, where: Where, text: str, body: str, vocabulary: Vocabulary
) -> Disease | None:
    """The procedure that `text` at `where` names; None where it is something else."""
    found = vocabulary.procedures.get(text.strip().lower())
    if found is None:
        return None
    known = vocabulary.parameters(body)
    lacking = [change.name for change in found.changes if change.name not in known]
    if lacking:
        expected = f"a body in which there is {lacking[0]}, for {found.name}"
        raise document.error(where, expected, f"body: {body}")
    return found
