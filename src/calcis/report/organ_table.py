"""Which organ calcifies first, and when?  Rows for a reader: an organ each, and what became of it by arm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from calcis.results.store import Run
from calcis.wording import digits, listed, lowered, moment

NEAR = 0.9  # of the ion concentration at which mineral forms: close, to a reader
_LITTLE = 0.05  # mmol/L of mineral that is as good as none


@dataclass(frozen=True)
class Cell:
    """An organ in one arm: in words, and how near to mineral it came, 0 to 1 (1: it calcified)."""

    text: str
    share: float
    calcified: bool

    @property
    def near(self) -> bool:
        """Whether it nearly calcified."""
        return not self.calcified and self.share > NEAR


@dataclass(frozen=True)
class OrganRow:
    """An organ: its cells by arm; of the first arm its pH at the start, and its share of 1 at pH 7.4."""

    title: str
    cells: tuple[Cell, ...]
    ph: str
    ph_assumed: bool
    at_neutral: str


@dataclass(frozen=True)
class OrganTable:
    """All organs, those first that calcify earliest in any arm, then those that come nearest to it."""

    arms: tuple[str, ...]
    rows: tuple[OrganRow, ...]
    said: tuple[tuple[str, str], ...]  # arms, sentence
    notes: tuple[str, ...]


def organ_table(run: Run) -> OrganTable | None:
    """The organs of a run; None where none was simulated."""
    arms = [arm for arm in run.arms.values() if arm.organ_facts.get("places")]
    if not arms:
        return None
    facts = [arm.organ_facts for arm in arms]
    never = float("inf")

    def order(name: str) -> tuple[float, float]:
        told = [one["places"][name] for one in facts]
        begins = [one["begins_at"]["value"] for one in told if one["begins_at"]]
        return min(begins, default=never), -max(one["highest_saturation"] or 0.0 for one in told)

    names = sorted(facts[0]["places"], key=order)
    rows = tuple(_row(name, facts, run.every) for name in names)
    told: dict[str, list[str]] = {}
    for arm in arms:
        told.setdefault(str(arm.organ_facts.get("said", "")), []).append(arm.name)
    said = tuple((listed(who), text) for text, who in told.items() if text)
    return OrganTable(tuple(arm.name for arm in arms), rows, said, _notes(facts[0]))


def _row(name: str, facts: list[Mapping[str, Any]], every: float) -> OrganRow:
    first = facts[0]["places"][name]
    neutral, ph = first["highest_saturation_at_ph_7_4"], first["ph"]
    return OrganRow(
        title=first["title"],
        cells=tuple(_cell(one["places"][name], every) for one in facts),
        ph="" if ph is None else f"{ph:.2f}",
        ph_assumed=name in facts[0]["ph_assumed"],
        at_neutral="" if neutral is None else f"{100 * neutral:.0f} %",
    )


def _cell(one: Mapping[str, Any], every: float) -> Cell:
    share, mineral = one["highest_saturation"] or 0.0, one["mineral"] or 0.0
    if one["begins_at"] is None:
        return Cell(f"{100 * share:.0f} %", min(share, 1.0), False)
    left = f"{digits(mineral)} mmol/L" if mineral > _LITTLE else "none left"
    return Cell(f"from {moment(one['begins_at']['value'], every)}: {left} at the end", 1.0, True)


def _notes(facts: Mapping[str, Any]) -> tuple[str, ...]:
    """What to know of the pH of organs."""
    places = facts["places"]
    assumed = [lowered(places[name]["title"]) for name in facts["ph_assumed"]]
    if not assumed:
        return ()
    rankings = (facts[key][:3] for key in ("ranking", "ranking_at_ph_7_4"))
    near, neutral = ([lowered(places[name]["title"]) for name in names] for names in rankings)
    note = f"The pH of {listed(assumed)} follows from what they secrete or breathe out, which is assumed. "
    same = "the first three stay in order" if near == neutral else f"first would be {listed(neutral)}"
    return (f"{note}Were all organs at pH 7.4, {same}.",)
