"""How is the story of a lesion told, in order and in plain words?

Injury, clearance, first mineral and why, growth and why, what would be seen, bone, soap, how much at the
end; what mineral does is in `calcis.tissue.deposit`.
Kinds of injury are not known here: they are told by what the courses show.
"""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any

from calcis.tissue import deposit
from calcis.tissue.chapter import Chapter
from calcis.tissue.reasons import why_it_formed
from calcis.tissue.story import Story
from calcis.wording import about, capital, digits, listed, moment, on, per_cent, span

_FEW = 1.0  # white cells per mm^3 that are as good as none


def chapters(story: Story, tissue: str = "tissue") -> list[Chapter]:
    """The whole story, in order."""
    found = [_injury(story, tissue), _white_cells(story), _clearance(story)]
    found += [told(story) for told in deposit.CHAPTERS]
    return [
        replace(chapter, when="" if chapter.at is None else moment(chapter.at, story.every))
        for chapter in found
        if chapter is not None
    ]


def sentences(story: Story) -> list[tuple[str, str]]:
    """How it ended, and what to mind, as (level, sentence); level is `info` or `warning`."""
    mind = [chapter for chapter in (deposit.bone(story), deposit.soap(story)) if chapter is not None]
    return [_verdict(story), *((chapter.level, chapter.text) for chapter in mind)]


def brief(story: Story) -> list[str]:
    """How it came to that, in a few sentences: clearance, and mineral and why."""
    said = [_dead(story)] if story.dead_highest.value > 0.0 else []
    if story.mineral_begun_at is not None:
        went = story.mineral_end < deposit.LITTLE
        gone = f"It came to {digits(story.mineral_highest.value)} mmol/L and went again." if went else ""
        why = why_it_formed(story.saturation, story.supply) if story.fluid_formed else ""
        grew = deposit.why_crystals_grew(story, brief=True)
        said.append(deposit.joined(deposit.origin(story), why, grew, gone))
    else:
        said.append("No mineral formed.")
    return said


def _verdict(story: Story) -> tuple[str, str]:
    if story.verdict == "calcified":
        return "warning", f"The lesion calcified: at the end {deposit.density(story)}."
    if story.verdict == "stainable":
        return "info", f"Mineral that a stain shows, but no radiograph: at the end {deposit.density(story)}."
    if story.verdict == "intact":
        return "info", "The tissue stayed healthy: hardly anything in it died, and no mineral can be stained."
    tissue = f"{per_cent(story.living_end)} living tissue and {per_cent(story.scar_end)} scar"
    if story.verdict == "healed":
        return "info", f"The lesion healed: at the end {tissue}, without stainable mineral."
    left = f"{tissue}, {per_cent(story.dead_end)} dead"
    return (
        "warning",
        f"The lesion has neither healed nor calcified: at the end {left}; {deposit.density(story)}.",
    )


def _injury(story: Story, tissue: str) -> Chapter:
    hurt = story.injured
    if hurt is None:
        return Chapter("Injury", None, f"None: healthy {_words(tissue)}, and what its {story.supply} brings.")
    size = f"{about(hurt.volume)} mm³ of {_words(tissue)}" if hurt.volume else _words(tissue)
    killed = f": {per_cent(hurt.killed)} of the cells were killed" if story.dead_highest.value > 0 else ""
    said = [f"{capital(_words(hurt.kind))}, {on(hurt.at)}, in {size}{killed if hurt.killed else ''}."]
    if hurt.again:
        said.append(
            f"It came again {len(hurt.again)} times, each {span(hurt.again[0] - hurt.at)} after the last."
        )
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
    kind = hurt.like or hurt.kind
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
    giant = story.giant_cells
    if giant.value > _FEW:
        most = f"at most {about(giant.value)} per mm³, {on(giant.at, story.every)}"
        said += f" On crystals, macrophages fused to giant cells ({most})."
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
        "bone_end": (story.bone_end, "mmol/L"),
        "soap_end": (story.soap_end, "mmol/L"),
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
        "seen": f"The mineral would be seen {listed(deposit.visible(story))}."
        if deposit.visible(story)
        else None,
        "story": [
            {**asdict(chapter), "rests_on": list(chapter.rests_on)} for chapter in chapters(story, tissue)
        ],
    }
