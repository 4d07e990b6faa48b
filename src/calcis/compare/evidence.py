"""What stands behind an arm: trials, series of patients, opinion?  As the files of its drugs tell."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from calcis.case import Drug, Treatment


@dataclass(frozen=True)
class Support:
    """What is known of one drug of an arm in one use: `level` is trial, series or opinion, or `none`."""

    drug: str
    use: str
    level: str
    says: str
    source: str


def support(arm: Treatment, drugs: Mapping[str, Drug]) -> tuple[Support, ...]:
    """The evidence behind every drug of an arm; a drug whose file tells of none says so."""
    found = []
    for name in dict.fromkeys(dose.drug for dose in arm.doses):
        known = drugs[name].evidence
        found += [Support(name, one.use, one.level, one.says, one.source) for one in known]
        if not known:
            found.append(Support(name, "", "none", "no evidence was looked up", ""))
    return tuple(found)
