"""The story of a lesion from its courses: crossings, verdict, causes, and the order in which it is told."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from calcis.parameters import data_path, read_parameters
from calcis.tissue import story as story_room
from calcis.tissue.crossings import Spell
from calcis.tissue.numbers import tissue_parameters
from calcis.tissue.story import COURSES, PLASMA, Injured, tell, verdict
from calcis.tissue.telling import brief, chapters, outcome, sentences

DAYS = np.arange(0.0, 366.0) * 24.0
BITE = Injured("bite", 0.0, 0.9, 1000.0)


@pytest.fixture(scope="module")
def numbers():
    return {name: number.value for name, number in tissue_parameters().items()}


def courses(**given):
    """Courses of healthy tissue under ordinary blood, but for those given."""
    healthy = {name: np.zeros_like(DAYS) for name in COURSES}
    healthy |= {"living_fraction": np.ones_like(DAYS), "pyrophosphate_tissue": np.full_like(DAYS, 6e-3)}
    healthy["clearance_left"] = np.ones_like(DAYS)
    ions = {"calcium_tissue": 1.25, "phosphate_tissue": 1.2, "ph_tissue": 7.4}
    blood = dict(zip(PLASMA, (1.25, 1.2, 7.4, 3.3e-3), strict=True))
    healthy |= {name: np.full_like(DAYS, value) for name, value in (ions | blood).items()}
    mineral = given.get("mineral_total", healthy["mineral_total"])
    return healthy | {"radiodensity": 50 + 0.1 * mineral} | given


def titles(story):
    return [chapter.title for chapter in chapters(story)]


def text(story, title):
    return next(chapter.text for chapter in chapters(story) if chapter.title == title)


def test_a_healed_lesion(numbers):
    dead = np.maximum(0.9 - DAYS / 240.0, 0.0)  # below 5 % after 8.5 days
    story = tell(DAYS, courses(dead_fraction=dead, living_fraction=1 - dead), numbers, BITE)
    assert story.verdict == "healed"
    assert story.dead_highest.value == 0.9
    assert story.dead_cleared_at == pytest.approx(8.5 * 24.0)
    assert story.refilled_at == pytest.approx(8.0 * 24.0)
    assert story.stainable_at is story.radiographic_at is story.ct_at is story.osteogenic_at is None
    healed = "The lesion healed: at the end 100 % living tissue and 0 % scar, without stainable mineral."
    assert sentences(story) == [("info", healed)]
    assert brief(story) == [
        "At most 90 % of the tissue was dead; it was cleared by day 8.",
        "No mineral formed.",
    ]
    assert titles(story) == ["Injury", "White cells", "Clearance", "First mineral", "In the fluid"]
    assert text(story, "First mineral") == "None formed."


def test_a_calcified_lesion(numbers):
    mineral = 4.0 * DAYS / 24.0
    dead = np.full_like(DAYS, 0.8)
    given = courses(
        mineral_total=mineral,
        dead_fraction=dead,
        mineral_permissiveness=np.full_like(DAYS, 0.95),
        living_fraction=1 - dead,
        osteogenic_signal=np.minimum(DAYS / 24.0 / 100.0, 1.0),
        mitochondrial_loading_sum=np.minimum(mineral, 10.0),
        amorphous_conversion_sum=np.minimum(mineral, 10.0),
        crystal_growth_sum=np.maximum(mineral - 10.0, 0.0),
    )
    story = tell(DAYS, given, numbers, BITE)
    assert story.verdict == "calcified"
    assert story.dead_cleared_at is None
    assert story.mineral_begun_at == pytest.approx(6.0)
    assert story.stainable_at == pytest.approx(15 / 4 * 24)
    assert story.radiographic_at == pytest.approx(25 * 24)
    assert story.ct_at == pytest.approx(155 * 24)
    assert story.osteogenic_at == pytest.approx(50 * 24)
    assert story.mineral_end == story.mineral_highest.value == 1460
    assert story.calcium_end == pytest.approx(1460 * 1e-3 * 40.078)  # mmol/L in a millilitre
    levels, texts = zip(*sentences(story), strict=True)
    assert levels == ("warning", "warning")
    assert (
        "1460 mmol of calcium per litre of tissue (59 mg in the whole lesion), mean density 196 HU"
        in texts[0]
    )
    assert texts[1] == "The signal to form bone was on from day 50."
    assert "on CT of a person from day 155" in outcome(story)["seen"]
    assert "mitochondria" in brief(story)[1] and "Crystals then grew" in brief(story)[1]
    assert titles(story) == [
        *["Injury", "White cells", "Clearance", "First mineral", "In the fluid"],
        *["Growth", "What would be seen", "Bone", "How much"],
    ]
    assert "within a day of the injury in the mitochondria" in text(story, "First mineral")


def test_mineral_that_came_and_went_is_told_and_healed(numbers):
    mineral = 120.0 * np.exp(-(((DAYS / 24.0 - 10.0) / 5.0) ** 2))
    story = tell(DAYS, courses(mineral_total=mineral), numbers, BITE)
    assert story.verdict == "intact"  # nothing had died in these courses
    assert story.mineral_highest.value == 120.0 and story.mineral_highest.at == 240.0
    assert story.radiographic_at is not None and story.ct_at is None
    assert "At most 120 mmol" in text(story, "How much") and "At the end no mineral" in text(
        story, "How much"
    )
    assert text(story, "What would be seen").endswith("Not on CT.")


@pytest.mark.parametrize(
    "given",
    [
        {"dead_fraction": np.full_like(DAYS, 0.3), "living_fraction": np.full_like(DAYS, 0.7)},
        {"living_fraction": np.full_like(DAYS, 0.4)},
    ],
    ids=["still dead", "not refilled"],
)
def test_what_is_neither_is_unsettled(numbers, given):
    story = tell(DAYS, courses(**given), numbers, BITE)
    assert story.verdict == "unsettled"
    assert "neither healed nor calcified" in sentences(story)[0][1]


def test_mineral_that_only_a_stain_shows(numbers):
    story = tell(DAYS, courses(mineral_total=np.full_like(DAYS, 50.0)), numbers, BITE)
    assert story.verdict == "stainable"
    assert sentences(story)[0][1].startswith(
        "Mineral that a stain shows, but no radiograph: at the end 50.0 mmol"
    )


def test_a_culture_has_a_medium_and_no_blood(numbers):
    dish = numbers | {"leukocytes.macrophage_competence": 0.0}
    mineral = np.minimum(4.0 * DAYS / 24.0, 600.0)
    medium = {"phosphate_plasma": 2.0, "phosphate_tissue": 2.0, "pyrophosphate_tissue": 0.0}
    given = courses(mineral_total=mineral, amorphous_formation_sum=mineral)
    given |= {name: np.full_like(DAYS, value) for name, value in medium.items()}
    said = " ".join(chapter.text for chapter in chapters(tell(DAYS, given, dish), "cell_culture"))
    assert "healthy cell culture, and what its medium brings" in said
    assert "phosphate of the medium was high (2.00 mmol/L instead of 1.15" in said
    assert "blood" not in said


def test_why_the_fluid_formed_mineral_is_not_told_where_outputs_do_not_show_it(numbers):
    formed = np.where(DAYS >= 24.0, 5.0, 0.0)  # within a day, in a fluid that is healthy at every output
    given = courses(mineral_total=formed, amorphous_formation_sum=formed)
    assert "between outputs, which do not show why" in text(tell(DAYS, given, numbers, BITE), "In the fluid")
    calcium = np.where(DAYS == 0.0, 100.0, 1.25)  # an injection, seen at the output at which it was given
    story = tell(DAYS, given | {"calcium_tissue": calcium}, numbers, replace(BITE, own={"calcium": 0.1}))
    assert "because calcium of the fluid was high (100 mmol/L, 1.2 in blood; " in text(story, "In the fluid")


def test_without_an_injury_nothing_was_injured(numbers):
    story = tell(DAYS, courses(), numbers)
    assert story.verdict == "intact"
    assert sentences(story)[0][1].startswith("The tissue stayed healthy")
    assert titles(story) == ["Injury", "First mineral", "In the fluid"]
    assert text(story, "Injury").startswith("None")
    assert "injury" not in " ".join(chapter.text for chapter in chapters(story)[1:])


def test_debris_that_returns_counts_as_cleared_only_at_the_end(numbers):
    dead = np.where((DAYS < 240) | ((DAYS > 1000) & (DAYS < 2000)), 0.5, 0.0)
    story = tell(DAYS, courses(dead_fraction=dead), numbers, BITE)
    assert 1992 < story.dead_cleared_at < 2016


def test_what_came_with_an_injury_is_told_by_its_courses(numbers):
    """A kind that the words do not know, with its flow, microbes and salts."""
    odd = Injured("crushed_by_ice", 48.0, 0.0, 8.0, {"calcium": 0.22})
    flow = np.where((DAYS >= 48.0) & (DAYS < 240.0), 0.0, 1.0)
    microbes = np.where((DAYS >= 48.0) & (DAYS < 120.0), 5000.0, 0.0)
    story = tell(DAYS, courses(blood_flow=flow, microbes=microbes), numbers, odd)
    told = text(story, "Injury")
    assert told.startswith("Crushed by ice, on day 2, in 8.0 mm³ of tissue. ")
    assert "With it came 0.22 mmol of calcium." in told
    assert "Blood flow stopped; it was back by day 10." in told
    assert "Microbes: at most 5,000 per mm³, gone on day 5." in told
    lasting = replace(odd, own={"lasts": 5.5})
    unseen = replace(story, injured=lasting, flow=None)  # between two outputs
    assert "Blood flow stopped and returned after 5.5 h." in text(unseen, "Injury")
    low = replace(story, injured=lasting, flow=Spell(0.3, 48.0, 72.0))  # by the number of its kind
    assert "Blood flow fell to 30 % and returned after 5.5 h." in text(low, "Injury")
    stays = tell(DAYS, courses(blood_flow=np.where(DAYS >= 48.0, 0.3, 1.0)), numbers, odd)
    assert "Blood flow fell to 30 %; it stayed low." in text(stays, "Injury")


def test_the_dead_are_shielded_only_by_mineral(numbers):
    dead = np.full_like(DAYS, 0.8)
    bare = tell(DAYS, courses(dead_fraction=dead), numbers, BITE)
    given = courses(dead_fraction=dead, clearance_left=1.0 / (1.0 + DAYS / 240.0))
    laden, gone = (tell(DAYS, one, numbers, BITE) for one in (given, given | {"dead_fraction": 0.0 * dead}))
    assert bare.shielded_at is None and gone.shielded_at is None
    assert laden.shielded_at == pytest.approx(240.0)  # clearance is halved, and shielding 2
    assert "From day 10 on mineral shielded the dead" in text(laden, "Clearance")


def test_verdict_by_itself(numbers):
    thresholds = {name: numbers[f"story.{name}"] for name in story_room.THRESHOLDS}
    one, none = np.ones(2), np.zeros(2)
    assert verdict(none, one, none, none, thresholds) == "intact"
    assert verdict(np.array([0.9, 0.0]), one, none, none, thresholds) == "healed"
    assert verdict(none, one, none, 100 * one, thresholds) == "calcified"


def test_every_number_that_a_chapter_rests_on_is_one_of_the_tissue(numbers):
    mineral = 4.0 * DAYS / 24.0
    given = courses(
        mineral_total=mineral,
        dead_fraction=np.full_like(DAYS, 0.8),
        osteogenic_signal=np.ones_like(DAYS),
        crystal_growth_sum=mineral,
        calcium_tissue=np.full_like(DAYS, 0.1),
        mineral_bone=0.1 * mineral,
        calcium_soap=mineral,
    )
    for formed in (0.0, 100.0):
        story = tell(DAYS, given | {"amorphous_formation_sum": np.minimum(mineral, formed)}, numbers, BITE)
        told = chapters(story)
        assert all(chapter.rests_on for chapter in told)
        for chapter in told:
            assert set(chapter.rests_on) <= set(numbers), chapter.title


def test_the_outcome_is_json(numbers):
    import json

    mineral = 4.0 * DAYS / 24.0
    story = tell(DAYS, courses(mineral_total=mineral, crystal_growth_sum=mineral), numbers, BITE)
    found = outcome(story, "dermis")
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["ct_at"] == {"value": pytest.approx(155 * 24), "unit": "h"}
    assert found["dead_cleared_at"] is None


def test_what_plasma_does_is_told_against_its_own_kind(numbers):
    """A mouse's 1.8 mmol/L of phosphate is high for people, and not for mice."""
    mineral = 4.0 * DAYS / 24.0
    given = courses(
        mineral_total=mineral,
        dead_fraction=np.full_like(DAYS, 0.8),
        mineral_permissiveness=np.full_like(DAYS, 0.95),
        phosphate_plasma=np.full_like(DAYS, 1.8),
        phosphate_tissue=np.full_like(DAYS, 1.8),
        crystal_growth_sum=mineral,
    )
    plasma = {name: float(given[name][0]) for name in PLASMA}
    assert "phosphate of the blood was high" in text(tell(DAYS, given, numbers, BITE), "Growth")
    assert "phosphate of the blood" not in text(tell(DAYS, given, numbers, BITE, plasma), "Growth")


def test_little_that_died_and_went_is_told_as_cleared(numbers):
    """Never above the share that counts as dead, so no day is told on which it fell below it."""
    dead = 0.04 * np.exp(-DAYS / 48.0)
    story = tell(DAYS, courses(dead_fraction=dead, living_fraction=1 - dead), numbers, BITE)
    assert "At most 4 % of the tissue was dead; it was cleared." in text(story, "Clearance")


@pytest.mark.parametrize(("formed", "said"), [(0.0, "None formed"), (0.5, "Hardly any formed")])
def test_a_little_that_the_fluid_formed_is_not_told_as_none(numbers, formed, said):
    """Less than a tenth of what mitochondria load, so its saturation is not told as the cause."""
    loaded = np.minimum(DAYS / 24.0, 10.0)
    given = courses(
        mineral_total=loaded * (1.0 + formed / 10.0),
        mitochondrial_loading_sum=loaded,
        amorphous_formation_sum=loaded * formed / 10.0,
    )
    assert text(tell(DAYS, given, numbers, BITE), "In the fluid").startswith(f"{said} in the fluid")


def test_calcium_weighs_what_it_does_in_the_report(numbers):
    masses = read_parameters(data_path("report", "molar_masses.yaml"))
    assert numbers["story.calcium_mass"] == masses["molar_mass.calcium"].value  # mg/mmol is g/mol


def test_bone_is_told_where_cells_laid_it_down_or_were_called_to(numbers):
    mineral = 4.0 * DAYS / 24.0
    called = np.minimum(DAYS / 24.0 / 100.0, 1.0)
    laid = np.maximum(DAYS / 24.0 - 100.0, 0.0)  # 1 mmol/L on day 101, 265 at the end
    stone = courses(mineral_total=mineral, osteogenic_signal=called, mineral_bone=laid)
    story = tell(DAYS, stone, numbers, BITE)
    assert (story.osteogenic_at, story.bone_begun_at) == (pytest.approx(50 * 24), pytest.approx(101 * 24))
    laid_down = "Cells laid down bone from day 101 on: at the end there are 260 mmol/L, 18 % of the mineral."
    assert text(story, "Bone") == f"The signal to form bone was on from day 50. {laid_down}"
    assert sentences(story)[1] == ("warning", text(story, "Bone"))
    slow = tell(DAYS, stone | {"osteogenic_signal": 0.4 * called}, numbers, BITE)
    assert text(slow, "Bone") == laid_down
    none = tell(DAYS, stone | {"osteogenic_signal": 0.4 * called, "mineral_bone": 0.0 * laid}, numbers, BITE)
    assert "Bone" not in titles(none)
    assert outcome(story)["bone_end"] == {"value": 265.0, "unit": "mmol/L"}


def test_soap_is_told_where_fat_died(numbers):
    soap = 50.0 * np.exp(-(((DAYS / 24.0 - 20.0) / 8.0) ** 2))
    story = tell(DAYS, courses(calcium_soap=soap), numbers, BITE)
    assert text(story, "Soap").startswith("Fatty acids of dead fat bound calcium to soap from day 4 on")
    assert "at most 50 mmol/L, on day 20; it went." in text(story, "Soap")
    assert sentences(story)[1] == ("info", text(story, "Soap"))
    stays = tell(DAYS, courses(calcium_soap=np.minimum(DAYS / 24.0, 30.0)), numbers, BITE)
    assert text(stays, "Soap").endswith("at most 30 mmol/L, on day 30, at the end 30.")
    assert "Soap" not in titles(tell(DAYS, courses(), numbers, BITE))


def test_giant_cells_are_told_where_there_are_some(numbers):
    came = courses(macrophages_reparative=np.full_like(DAYS, 500.0) * (DAYS > 0.0))
    few, some = (
        tell(DAYS, came | {"giant_cells": most * DAYS / DAYS[-1]}, numbers, BITE) for most in (0.5, 40.0)
    )
    assert "giant" not in text(few, "White cells")
    assert "macrophages fused to giant cells (at most 40 per mm³, on day 365)" in text(some, "White cells")


def test_what_became_of_crystals_is_told(numbers):
    mineral = np.where(DAYS > 0.0, 100.0 * np.exp(-DAYS / 480.0), 0.0)
    gone = np.where(DAYS > 0.0, mineral.max() - mineral, 0.0)
    given = courses(
        mineral_total=mineral,
        crystal_growth_sum=np.where(DAYS > 0.0, mineral.max(), 0.0),
        octacalcium_resorption_sum=0.5 * gone,
        apatite_cleared_sum=0.25 * gone,
        octacalcium_dissolution_sum=0.15 * gone,
        apatite_dissolution_sum=0.1 * gone,
    )
    story = tell(DAYS, given, numbers, BITE)
    assert (story.budget.resorbed, story.budget.dissolved) == pytest.approx((0.5 * gone[-1], 0.25 * gone[-1]))
    for told in (
        "25 % was carried off with the dead",
        "50 % was dissolved by the acid of macrophages",
        "25 % dissolved again",
    ):
        assert told in text(story, "How much")
