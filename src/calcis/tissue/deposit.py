"""How is the mineral of a lesion told?  From what it began, why it grew, who sees it, what became of it.

Bone that cells lay down on it and soap of dead fat are told here, too.
"""

from __future__ import annotations

from collections.abc import Callable

from calcis.tissue.chapter import Chapter
from calcis.tissue.reasons import reasons, why_it_formed, why_it_grew
from calcis.tissue.story import Story
from calcis.wording import about, capital, digits, listed, moment, on, per_cent, span

LITTLE = 0.05  # mmol/L of mineral that are as good as none
_SHORT = 0.25  # share of the blood's calcium in the fluid below which supply is what limits growth

_THRESHOLD = ("mineral.threshold", "mineral.threshold_half_pyrophosphate", "mineral.membrane_shift")
_MITOCHONDRIA = ("debris.loading_rate", "debris.mitochondrial_loss")
_FATE = ("mineral.redissolution_rate", "mineral.conversion_rate", "mineral.conversion_half_pyrophosphate")
_GROWTH = (
    "mineral.growth_rate",
    "mineral.growth_temperature_factor",
    "mineral.growth_living",
    "mineral.growth_dead",
    "mineral.growth_half_pyrophosphate",
)
_SUPPLY = ("capillaries.permeability_surface", "capillaries.perfusion", "capillaries.exchange_left_in_dead")
_BONE = (
    "ossification.half_mineral",
    "ossification.response_time",
    "ossification.bone_rate",
    "story.osteogenic_on",
)
_SOAP = ("fat.fat_content", "fat.lipolysis_rate", "fat.soap_rate")
_SEEN = ("story.mineral_stainable", "story.mineral_radiographic", "story.mineral_ct")


def density(story: Story) -> str:
    """How much mineral there is at the end."""
    if story.mineral_end < LITTLE:
        return "no mineral"
    mass = "" if story.calcium_end is None else f" ({about(story.calcium_end)} mg in the whole lesion)"
    amount = f"{digits(story.mineral_end)} mmol of calcium per litre of tissue{mass}"
    return f"{amount}, mean density {story.radiodensity_end:.0f} HU"


def joined(*sentences: str) -> str:
    """Sentences in a row, without those that are empty."""
    return " ".join(filter(None, sentences))


def beginning(story: Story) -> Chapter:
    """When mineral began, from what, and what became of it."""
    if story.mineral_begun_at is None:
        return Chapter("First mineral", None, "None formed.")
    budget = story.budget
    made = budget.from_fluid + budget.from_mitochondria
    parts = {
        "dissolved again": budget.redissolved,
        "was carried off with the dead": budget.cleared_amorphous,
        "turned to crystals": budget.converted,
    }
    named = [f"{per_cent(part / made)} {what}" for what, part in parts.items() if part > 0.005 * made]
    fate = f"Of {about(made)} mmol/L, {listed(named)}." if named and made > LITTLE else ""
    source = _THRESHOLD if budget.from_fluid > budget.from_mitochondria else _MITOCHONDRIA
    return Chapter(
        "First mineral", story.mineral_begun_at, joined(origin(story), fate), rests_on=(*source, *_FATE)
    )


def origin(story: Story) -> str:
    """From what the first mineral came."""
    budget, when = story.budget_begun, story.mineral_begun_at
    assert budget is not None and when is not None
    mitochondria = "in the mitochondria of dead cells"
    sources = {mitochondria: budget.from_mitochondria, "in the fluid between the cells": budget.from_fluid}
    sources["within elastic fibres"] = budget.from_elastin
    total = sum(sources.values())
    if budget.at_start > total:
        return "There was mineral from the start."
    ordered = sorted(sources.items(), key=lambda one: -one[1])
    named = [(name, part) for name, part in ordered if part > 0.1 * total]
    where = listed([f"{name} ({per_cent(part / total)})" if len(named) > 1 else name for name, part in named])
    why = ", which take up calcium and phosphate" if where == mitochondria else ""
    return f"Mineral began {_when_begun(story, when)} {where}{why}."


def _when_begun(story: Story, when: float) -> str:
    """Within an output interval of the injury nobody knows when."""
    injury = story.injured
    start = injury.at if injury is not None else 0.0
    if not start <= when <= start + story.every:
        return on(when, story.every)
    interval = "a day" if story.every == 24.0 else span(story.every)
    return f"within {interval} of the {'injury' if injury is not None else 'start'}"


def fluid(story: Story) -> Chapter | None:
    """Whether the fluid itself passed the saturation at which mineral forms in it, and by what."""
    change = story.saturation
    if story.fluid_formed:
        return Chapter("In the fluid", change.at, why_it_formed(change, story.supply), rests_on=_THRESHOLD)
    share, before = story.concentration, story.concentration_before
    formed = "None" if story.budget.from_fluid < LITTLE else "Hardly any"
    said = f"{formed} formed in the fluid between the cells: its ions came to {per_cent(share)} of the"
    said = f"{said} concentration that this takes"
    if share > before + 0.02:
        earlier = f"{per_cent(before)} before {'the injury' if story.injured is not None else 'that'}"
        said = f"{said}, {on(change.at, story.every)} ({earlier}), because {reasons(change, story.supply)}"
    return Chapter("In the fluid", None, f"{said}.", rests_on=_THRESHOLD)


def why_crystals_grew(story: Story, brief: bool = False) -> str:
    """Why crystals grew; empty where hardly any did."""
    if story.growth is None or story.budget.from_growth < LITTLE:
        return ""
    return why_it_grew(story.growth, story.supply, brief)


def growth(story: Story) -> Chapter | None:
    """Why crystals grew, and whether blood brought calcium fast enough."""
    said, left = why_crystals_grew(story), story.calcium_left
    if story.growth is None or not said:
        return None
    if left is None or left >= _SHORT:
        return Chapter("Growth", story.growth.at, said, rests_on=_GROWTH)
    said += (
        f" They took calcium as fast as {story.supply} brought it: when half of the mineral was there, the "
        f"fluid held only {per_cent(left)} of the calcium of {story.supply}."
    )
    return Chapter("Growth", story.growth.at, said, rests_on=(*_GROWTH, *_SUPPLY))


def amount(story: Story) -> Chapter | None:
    """How much mineral there was and is, and what became of the rest."""
    if story.mineral_begun_at is None:
        return None
    peak, budget, said = story.mineral_highest, story.budget, []
    if story.mineral_end < 0.9 * peak.value:
        said.append(
            f"At most {digits(peak.value)} mmol of calcium per litre of tissue, {on(peak.at, story.every)}."
        )
        gone = {
            "was carried off with the dead": budget.cleared_crystals,
            "was dissolved by the acid of macrophages": budget.resorbed,
            "dissolved again": budget.dissolved,
        }
        made = budget.converted + budget.from_growth
        named = [f"{per_cent(part / made)} {what}" for what, part in gone.items() if part > 0.05 * made]
        said.append(
            f"Of {about(made)} mmol/L of crystals laid down in all, {listed(named)}." if named else ""
        )
    said.append(f"At the end {density(story)}.")
    if story.mineral_end > story.mineral_highest.value / 2 and budget.from_growth > 0.5 * story.mineral_end:
        said.append(
            f"Nearly all of it came from the {story.supply}, by growth."
            if budget.from_growth > 0.9 * story.mineral_end
            else "Most of it came by growth."
        )
    if budget.from_elastin > LITTLE:
        said.append(f"Elastic fibres hold {about(budget.from_elastin)} mmol/L, out of reach of cells.")
    return Chapter("How much", story.end, joined(*said), rests_on=("mineral.radiodensity_slope",))


def visible(story: Story) -> list[str]:
    """By what means mineral would be seen, and from when."""
    means = {
        "under the microscope (stain)": story.stainable_at,
        "on a radiograph of a mouse": story.radiographic_at,
        "on CT of a person": story.ct_at,
    }
    return [f"{what} from {moment(when, story.every)}" for what, when in means.items() if when is not None]


def seen(story: Story) -> Chapter | None:
    """Who would see the mineral."""
    if story.mineral_begun_at is None:
        return None
    means = visible(story)
    if not means:
        said = "Nothing: too little mineral for a stain, and none on CT."
        return Chapter("What would be seen", None, said, rests_on=_SEEN)
    said = capital(f"{listed(means)}.")
    said += "" if story.ct_at is not None else " Not on CT."
    return Chapter("What would be seen", story.stainable_at, said, rests_on=_SEEN)


def bone(story: Story) -> Chapter | None:
    """Whether cells turned to bone forming, and how much of the mineral is theirs."""
    said = []
    if story.osteogenic_at is not None:
        said.append(f"The signal to form bone was on from {moment(story.osteogenic_at, story.every)}.")
    if story.bone_begun_at is not None:
        share = per_cent(story.bone_end / story.mineral_end) if story.mineral_end > 0 else "0 %"
        amount = f"at the end there are {about(story.bone_end)} mmol/L, {share} of the mineral"
        said.append(f"Cells laid down bone from {moment(story.bone_begun_at, story.every)} on: {amount}.")
    if not said:
        return None
    at = story.bone_begun_at if story.osteogenic_at is None else story.osteogenic_at
    return Chapter("Bone", at, joined(*said), "warning", _BONE)


def soap(story: Story) -> Chapter | None:
    """Whether fatty acids of dead fat bound calcium."""
    begun, peak = story.soap_begun_at, story.soap_highest
    if begun is None:
        return None
    said = f"Fatty acids of dead fat bound calcium to soap from {moment(begun, story.every)} on: at most"
    said = f"{said} {about(peak.value)} mmol/L, {on(peak.at, story.every)}"
    said = f"{said}, at the end {about(story.soap_end)}." if story.soap_end >= LITTLE else f"{said}; it went."
    return Chapter("Soap", begun, said, rests_on=_SOAP)


CHAPTERS: tuple[Callable[[Story], Chapter | None], ...] = (
    beginning,
    fluid,
    growth,
    seen,
    bone,
    soap,
    amount,
)
