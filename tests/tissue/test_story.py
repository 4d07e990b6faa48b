"""The story of a lesion from its courses: crossings, verdict, sentences."""

import numpy as np
import pytest

from calcis.tissue.numbers import tissue_parameters
from calcis.tissue.story import COURSES, THRESHOLDS, sentences, tell

DAYS = np.arange(0.0, 366.0) * 24.0


@pytest.fixture(scope="module")
def thresholds():
    numbers = tissue_parameters()
    return {name: numbers[f"story.{name}"].value for name in THRESHOLDS}


def courses(**given):
    """Courses of healthy tissue, but for those given."""
    healthy = {name: np.zeros_like(DAYS) for name in COURSES}
    healthy["living_fraction"] = np.ones_like(DAYS)
    mineral = given.get("mineral_total", healthy["mineral_total"])
    return healthy | {"radiodensity": 50 + 0.1 * mineral} | given


def test_a_healed_lesion(thresholds):
    dead = np.maximum(0.9 - DAYS / 240.0, 0.0)  # below 5 % after 8.5 days
    living = 1.0 - dead
    story = tell(DAYS, courses(dead_fraction=dead, living_fraction=living), thresholds)
    assert story.verdict == "healed"
    assert story.dead_highest == 0.9
    assert story.dead_cleared_at == pytest.approx(8.5 * 24.0)
    assert story.stainable_at is story.radiographic_at is story.ct_at is story.osteogenic_at is None
    said = sentences(story)
    assert said[0] == (
        "info",
        "The lesion healed: at the end 100 % living tissue and 0 % scar, without stainable mineral.",
    )
    assert said[1][1] == "At most 90 % of the tissue was dead; it was cleared by day 8."


def test_a_calcified_lesion(thresholds):
    mineral = 4.0 * DAYS / 24.0
    dead = np.full_like(DAYS, 0.8)
    given = courses(
        mineral_total=mineral,
        dead_fraction=dead,
        living_fraction=1 - dead,
        osteogenic_signal=np.minimum(DAYS / 24.0 / 100.0, 1.0),
    )
    story = tell(DAYS, given, thresholds)
    assert story.verdict == "calcified"
    assert story.dead_cleared_at is None
    assert story.stainable_at == pytest.approx(15 / 4 * 24)
    assert story.radiographic_at == pytest.approx(25 * 24)
    assert story.ct_at == pytest.approx(155 * 24)
    assert story.osteogenic_at == pytest.approx(50 * 24)
    assert story.mineral_end == story.mineral_highest == 1460
    levels, texts = zip(*sentences(story), strict=True)
    assert levels == ("warning", "info", "info", "warning")
    assert "196 HU" in texts[0] and "visible on CT from day 155" in texts[2]


def test_mineral_that_came_and_went_is_told_and_healed(thresholds):
    mineral = 120.0 * np.exp(-(((DAYS / 24.0 - 10.0) / 5.0) ** 2))
    story = tell(DAYS, courses(mineral_total=mineral), thresholds)
    assert story.verdict == "healed"
    assert story.mineral_highest == 120.0 and story.mineral_highest_at == 240.0
    assert story.radiographic_at is not None and story.ct_at is None


@pytest.mark.parametrize(
    "given",
    [
        {"mineral_total": np.full_like(DAYS, 50.0)},
        {"dead_fraction": np.full_like(DAYS, 0.3), "living_fraction": np.full_like(DAYS, 0.7)},
        {"living_fraction": np.full_like(DAYS, 0.4)},
    ],
    ids=["some mineral", "still dead", "not refilled"],
)
def test_what_is_neither_is_unsettled(thresholds, given):
    story = tell(DAYS, courses(**given), thresholds)
    assert story.verdict == "unsettled"
    assert "neither healed nor calcified" in sentences(story)[0][1]


def test_debris_that_returns_counts_as_cleared_only_at_the_end(thresholds):
    dead = np.where((DAYS < 240) | ((DAYS > 1000) & (DAYS < 2000)), 0.5, 0.0)
    story = tell(DAYS, courses(dead_fraction=dead), thresholds)
    assert 1992 < story.dead_cleared_at < 2016
