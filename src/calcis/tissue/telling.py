"""How is the story of a lesion told, in order and in plain words?

Injury, clearance, first mineral and why, growth and why, what would be seen, bone, how much at the end.
Kinds of injury are not known here: they are told by what the courses show.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

from calcis.tissue.reasons import reasons, why_it_formed, why_it_grew
from calcis.tissue.story import Story
from calcis.wording import about, capital, digits, listed, moment, on, per_cent, span

_LITTLE = 0.05  # mmol/L of mineral that are as good as none
_SHORT = 0.25  # share of the blood's calcium in the fluid below which supply is what limits growth
_FEW = 1.0  # white cells per mm^3 that are as good as none

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
_SEEN = ("story.mineral_stainable", "story.mineral_radiographic", "story.mineral_ct")


@dataclass(frozen=True)
class Chapter:
    """One step of the story: its title, when it is (h; None for what has no time), its text and level.

    `rests_on` are the dotted names of the numbers that decide it most; `when` is the time in words.
    """

    title: str
    at: float | None
    text: str
    level: str = "info"
    rests_on: tuple[str, ...] = ()
    when: str = ""


def chapters(story: Story, tissue: str = "tissue") -> list[Chapter]:
    """The whole story, in order."""
    found = [_injury(story, tissue), _white_cells(story), _clearance(story), _beginning(story), _fluid(story)]
    found += [_growth(story), _seen(story), _bone(story), _amount(story)]
    return [
        replace(chapter, when="" if chapter.at is None else moment(chapter.at, story.every))
        for chapter in found
        if chapter is not None
    ]


def sentences(story: Story) -> list[tuple[str, str]]:
    """How it ended, and what to mind, as (level, sentence); level is `info` or `warning`."""
    bone = _bone(story)
    return [_verdict(story), *([(bone.level, bone.text)] if bone is not None else [])]


def brief(story: Story) -> list[str]:
    """How it came to that, in a few sentences: clearance, and mineral and why."""
    said = [_dead(story)] if story.dead_highest.value > 0.0 else []
    if story.mineral_begun_at is not None:
        went = story.mineral_end < _LITTLE
        gone = f"It came to {digits(story.mineral_highest.value)} mmol/L and went again." if went else ""
        why = why_it_formed(story.saturation, story.supply) if story.fluid_formed else ""
        said.append(_joined(_origin(story), why, _why_it_grew(story, brief=True), gone))
    else:
        said.append("No mineral formed.")
    return said


def _joined(*sentences: str) -> str:
    return " ".join(filter(None, sentences))


def _verdict(story: Story) -> tuple[str, str]:
    if story.verdict == "calcified":
        return "warning", f"The lesion calcified: at the end {_density(story)}."
    if story.verdict == "stainable":
        return "info", f"Mineral that a stain shows, but no radiograph: at the end {_density(story)}."
    if story.verdict == "intact":
        return "info", "The tissue stayed healthy: hardly anything in it died, and no mineral can be stained."
    tissue = f"{per_cent(story.living_end)} living tissue and {per_cent(story.scar_end)} scar"
    if story.verdict == "healed":
        return "info", f"The lesion healed: at the end {tissue}, without stainable mineral."
    left = f"{tissue}, {per_cent(story.dead_end)} dead"
    return "warning", f"The lesion has neither healed nor calcified: at the end {left}; {_density(story)}."


def _density(story: Story) -> str:
    if story.mineral_end < _LITTLE:
        return "no mineral"
    mass = "" if story.calcium_end is None else f" ({about(story.calcium_end)} mg in the whole lesion)"
    amount = f"{digits(story.mineral_end)} mmol of calcium per litre of tissue{mass}"
    return f"{amount}, mean density {story.radiodensity_end:.0f} HU"


def _injury(story: Story, tissue: str) -> Chapter:
    hurt = story.injured
    if hurt is None:
        return Chapter("Injury", None, f"None: healthy {_words(tissue)}, and what its {story.supply} brings.")
    size = f"{about(hurt.volume)} mm³ of {_words(tissue)}" if hurt.volume else _words(tissue)
    killed = f": {per_cent(hurt.killed)} of the cells were killed" if story.dead_highest.value > 0 else ""
    said = [f"{capital(_words(hurt.kind))}, {on(hurt.at)}, in {size}{killed if hurt.killed else ''}."]
    for salt in ("calcium", "phosphate"):
        if hurt.own.get(salt):
            said.append(f"With it came {about(hurt.own[salt])} mmol of {salt}.")
    flow = _blood_flow(story)
    if flow:
        said.append(flow)
    if story.microbes is not None:
        gone = (
            f"gone {on(story.microbes.end, story.every)}"
            if story.microbes.end is not None
            else "still there at the end"
        )
        said.append(f"Microbes: at most {about(story.microbes.value)} per mm³, {gone}.")
    kind = hurt.kind
    rests = (f"{kind}.mitochondria_share", f"{kind}.phosphate_share", "debris.organic_phosphate_content")
    return Chapter("Injury", hurt.at, " ".join(said), rests_on=rests)


def _blood_flow(story: Story) -> str:
    """How far blood flow fell and when it was back; by what the case says where outputs are too far apart."""
    own, seen = story.injured.own if story.injured is not None else {}, story.flow
    least = own.get("flow", 0.0 if seen is None else seen.value)
    fell = f"Blood flow fell to {per_cent(least)}" if least > 0.005 else "Blood flow stopped"
    if "lasts" in own:
        return f"{fell} and returned after {span(own['lasts'])}."
    if seen is None:
        return ""
    back = f"it was back by {moment(seen.end, story.every)}" if seen.end is not None else "it stayed low"
    return f"{fell}; {back}."


def _words(name: str) -> str:
    return name.replace("_", " ")


def _white_cells(story: Story) -> Chapter | None:
    came = [
        f"{name} (at most {about(peak.value)} per mm³, {on(peak.at, story.every)})"
        for name, peak in (("neutrophils", story.neutrophils), ("macrophages", story.macrophages))
        if peak.value > _FEW and peak.at > 0
    ]
    if not came and story.injured is None:
        return None
    said = f"{capital(listed(came))} came." if came else "None came."
    if story.competence != 1.0:
        said += f" Macrophages work at {per_cent(story.competence)} of normal."
    rests = ("leukocytes.neutrophil_recruitment", "leukocytes.monocyte_recruitment")
    return Chapter("White cells", story.neutrophils.at if came else None, said, rests_on=rests)


def _dead(story: Story) -> str:
    """What was dead, and what became of it."""
    highest = f"At most {per_cent(story.dead_highest.value)} of the tissue was dead"
    if story.dead_cleared_at is not None:
        return f"{highest}; it was cleared by {moment(story.dead_cleared_at, story.every)}."
    gone = 1.0 - story.dead_end / story.dead_highest.value
    if gone < 0.005:
        return f"{highest}; it was not cleared."
    if gone > 0.995:
        return f"{highest}; it was cleared."
    return f"{highest}; {per_cent(gone)} of that was cleared, the rest was not."


def _clearance(story: Story) -> Chapter | None:
    if story.dead_highest.value <= 0.0:
        return None
    said, rests = [_dead(story)], ["leukocytes.macrophage_phagocytosis", "debris.clearance_saturation"]
    filled = f"{per_cent(story.living_end)} living tissue and {per_cent(story.scar_end)} scar"
    if story.dead_cleared_at is None and story.shielded_at is not None:
        said.append(
            f"From {moment(story.shielded_at, story.every)} on mineral shielded the dead from macrophages."
        )
        rests.append("debris.mineral_resistance")
    if story.dead_cleared_at is not None and story.refilled_at is not None:
        said.append(
            f"The gap was filled by {moment(story.refilled_at, story.every)}; at the end there is {filled}."
        )
    else:
        said.append(f"At the end there is {filled}.")
    return Chapter("Clearance", story.dead_cleared_at, " ".join(said), rests_on=tuple(rests))


def _beginning(story: Story) -> Chapter:
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
    fate = f"Of {about(made)} mmol/L, {listed(named)}." if named and made > _LITTLE else ""
    source = _THRESHOLD if budget.from_fluid > budget.from_mitochondria else _MITOCHONDRIA
    return Chapter(
        "First mineral", story.mineral_begun_at, _joined(_origin(story), fate), rests_on=(*source, *_FATE)
    )


def _origin(story: Story) -> str:
    """From what the first mineral came."""
    budget, when = story.budget_begun, story.mineral_begun_at
    assert budget is not None and when is not None
    mitochondria = "in the mitochondria of dead cells"
    sources = {mitochondria: budget.from_mitochondria, "in the fluid between the cells": budget.from_fluid}
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


def _fluid(story: Story) -> Chapter | None:
    """Whether the fluid itself passed the saturation at which mineral forms in it, and by what."""
    seen = story.saturation
    if story.fluid_formed:
        return Chapter(
            "In the fluid", seen.at, why_it_formed(story.saturation, story.supply), rests_on=_THRESHOLD
        )
    share, before = story.concentration, story.concentration_before
    formed = "None" if story.budget.from_fluid < _LITTLE else "Hardly any"
    said = f"{formed} formed in the fluid between the cells: its ions came to {per_cent(share)} of the"
    said = f"{said} concentration that this takes"
    if share > before + 0.02:
        earlier = f"{per_cent(before)} before {'the injury' if story.injured is not None else 'that'}"
        said = f"{said}, {on(seen.at, story.every)} ({earlier}), because {reasons(seen, story.supply)}"
    return Chapter("In the fluid", None, f"{said}.", rests_on=_THRESHOLD)


def _why_it_grew(story: Story, brief: bool = False) -> str:
    if story.growth is None or story.budget.from_growth < _LITTLE:
        return ""
    return why_it_grew(story.growth, story.supply, brief)


def _growth(story: Story) -> Chapter | None:
    said, left = _why_it_grew(story), story.calcium_left
    if story.growth is None or not said:
        return None
    if left is None or left >= _SHORT:
        return Chapter("Growth", story.growth.at, said, rests_on=_GROWTH)
    said += (
        f" They took calcium as fast as {story.supply} brought it: when half of the mineral was there, the "
        f"fluid held only {per_cent(left)} of the calcium of {story.supply}."
    )
    return Chapter("Growth", story.growth.at, said, rests_on=(*_GROWTH, *_SUPPLY))


def _amount(story: Story) -> Chapter | None:
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
        }
        made = budget.converted + budget.from_growth
        named = [f"{per_cent(part / made)} {what}" for what, part in gone.items() if part > 0.05 * made]
        said.append(
            f"Of {about(made)} mmol/L of crystals laid down in all, {listed(named)}." if named else ""
        )
    said.append(f"At the end {_density(story)}.")
    if story.mineral_end > story.mineral_highest.value / 2 and budget.from_growth > 0.5 * story.mineral_end:
        said.append(
            f"Nearly all of it came from the {story.supply}, by growth."
            if budget.from_growth > 0.9 * story.mineral_end
            else "Most of it came by growth."
        )
    return Chapter("How much", story.end, _joined(*said), rests_on=("mineral.radiodensity_slope",))


def _visible(story: Story) -> list[str]:
    seen = {
        "under the microscope (stain)": story.stainable_at,
        "on a radiograph of a mouse": story.radiographic_at,
        "on CT of a person": story.ct_at,
    }
    return [f"{what} from {moment(when, story.every)}" for what, when in seen.items() if when is not None]


def _seen(story: Story) -> Chapter | None:
    if story.mineral_begun_at is None:
        return None
    seen = _visible(story)
    if not seen:
        said = "Nothing: too little mineral for a stain, and none on CT."
        return Chapter("What would be seen", None, said, rests_on=_SEEN)
    said = capital(f"{listed(seen)}.")
    said += "" if story.ct_at is not None else " Not on CT."
    return Chapter("What would be seen", story.stainable_at, said, rests_on=_SEEN)


def _bone(story: Story) -> Chapter | None:
    if story.osteogenic_at is None:
        return None
    text = f"The signal to form bone was on from {moment(story.osteogenic_at, story.every)}."
    rests = ("ossification.half_mineral", "ossification.response_time", "story.osteogenic_on")
    return Chapter("Bone", story.osteogenic_at, text, "warning", rests)


def outcome(story: Story, tissue: str = "tissue") -> dict[str, Any]:
    """The story as JSON values: verdict, amounts and times with units (null for never), causes, words."""
    times = {
        "mineral_begun_at": story.mineral_begun_at,
        "stainable_at": story.stainable_at,
        "radiographic_at": story.radiographic_at,
        "ct_at": story.ct_at,
        "dead_cleared_at": story.dead_cleared_at,
    }
    amounts = {
        "dead_highest": (100.0 * story.dead_highest.value, "%"),
        "mineral_end": (story.mineral_end, "mmol/L"),
        "calcium_end": (story.calcium_end, "mg"),
        "radiodensity_end": (story.radiodensity_end, "HU"),
    }
    causes = {"saturation": story.saturation, "growth": story.growth}
    return {
        "verdict": story.verdict,
        **{name: None if at is None else {"value": at, "unit": "h"} for name, at in times.items()},
        **{
            name: {"value": value, "unit": unit}
            for name, (value, unit) in amounts.items()
            if value is not None
        },
        "budget": asdict(story.budget),
        "causes": {name: None if one is None else asdict(one) for name, one in causes.items()},
        "headline": _verdict(story)[1],
        "brief": brief(story),
        "seen": f"The mineral would be seen {listed(_visible(story))}." if _visible(story) else None,
        "story": [
            {**asdict(chapter), "rests_on": list(chapter.rests_on)} for chapter in chapters(story, tissue)
        ],
    }
