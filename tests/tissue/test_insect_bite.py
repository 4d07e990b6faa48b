"""The example's three arms: healed, calcified, calcified faster, each by what sets it apart."""

import numpy as np
import pytest

from calcis.case import read_case_text
from calcis.case.templates import template
from calcis.simulate import simulate
from calcis.tissue.numbers import tissue_parameters

COMPETENT, FAILED = "competent clearance", "failed clearance"
PHOSPHATE = f"{FAILED}, high phosphate"
KEPT = """\
        kidney.phosphate_threshold: 1.94 mmol/L
        plasma.phosphate_normal: 2 mmol/L
        intracellular_phosphate.phosphate_normal: {factor: 1.667}
"""
# The third arm, and the second, with one thing changed.
LIVING = tissue_parameters()["mineral.growth_living"].value
MORE = f"""\
  cleared, high phosphate:
    - changes:
        macrophage_competence: 1
{KEPT}\
  no growth among the dead, high phosphate:
    - changes:
        macrophage_competence: 0.05
        mineral.growth_dead: {LIVING}
{KEPT}\
  failed clearance of the harmless:
    - changes: {{macrophage_competence: 0.05, bite.mitochondria_share: 0, bite.phosphate_share: 0}}

run:
"""


def course(arm, name):
    return arm.lesion_series[name].values


def day_of(arm, threshold):
    """First day on which mineral reaches a threshold of the story; None if never."""
    level = tissue_parameters()[f"story.{threshold}"].value
    above = np.flatnonzero(course(arm, "mineral_total") >= level)
    return arm.time[above[0]] / 24.0 if above.size else None


@pytest.fixture(scope="module")
def run():
    text = template("insect_bite")
    assert text.count("\nrun:\n") == 1
    found = simulate(read_case_text(text.replace("\nrun:\n", MORE), "insect_bite.yaml"))
    assert [arm.failure for arm in found.arms.values()] == [None] * 6
    return found


def test_it_heals_calcifies_and_calcifies_faster(run):
    assert list(run.arms)[:3] == [COMPETENT, FAILED, PHOSPHATE]
    verdicts = [run[name].lesion_facts["verdict"] for name in (COMPETENT, FAILED, PHOSPHATE)]
    assert verdicts == ["healed", "calcified", "calcified"]
    assert day_of(run[COMPETENT], "mineral_stainable") is None
    for threshold in ("mineral_radiographic", "mineral_ct"):
        assert day_of(run[PHOSPHATE], threshold) < day_of(run[FAILED], threshold)
    # Weeks, not a day of 365: outputs are a day apart.
    assert day_of(run[FAILED], "mineral_ct") - day_of(run[PHOSPHATE], "mineral_ct") > 7.0


def test_the_first_two_differ_in_competence_alone(run):
    assert run[COMPETENT].changes == ()
    assert [change.name for change in run[FAILED].changes] == ["leukocytes.macrophage_competence"]
    # Blood is the same but for what 38 mm³ of tissue took: 1e-4 mmol of calcium, of 33 in plasma.
    for name in ("calcium_ionised_plasma", "phosphate_plasma", "pth_plasma"):
        one, other = (run[arm].body_series[name].values for arm in (COMPETENT, FAILED))
        assert np.abs(other / one - 1.0).max() < 1e-4, name


def test_phosphate_is_high_from_the_start_and_stays(run):
    phosphate = run[PHOSPHATE].body_series["phosphate_plasma"].values
    assert phosphate.min() > 1.95 and phosphate.max() < 2.1


def test_clearance_takes_away_what_calcifies(run):
    """Not the phosphate but clearance decides: with it even high phosphate leaves nothing."""
    both = run["cleared, high phosphate"]
    assert both.lesion_facts["verdict"] == "healed"
    assert day_of(both, "mineral_stainable") is None
    # The dead, who hold loaded mitochondria and phosphate, go within two weeks, and their mineral with them.
    day = 14
    assert course(both, "dead_fraction")[day] < 0.01 < 0.8 < course(run[PHOSPHATE], "dead_fraction")[day]
    assert course(both, "mineral_total")[day] < 0.1 < course(run[PHOSPHATE], "mineral_total")[day]


def test_the_uncleared_calcify_by_what_they_bring(run):
    """The dead without their phosphate and mitochondria: not cleared, and no mineral at all."""
    harmless = run["failed clearance of the harmless"]
    assert course(harmless, "dead_fraction")[28] > 0.75
    assert course(harmless, "mineral_total").max() < 1e-3


def test_it_grows_where_inhibitors_of_living_tissue_are_gone(run):
    """Growth among the dead held back as among the living: the seed stays a seed, whatever the phosphate."""
    held = run["no growth among the dead, high phosphate"]
    assert course(held, "mineral_total").max() < 15.0


def test_phosphate_makes_crystals_grow_though_they_take_the_calcium(run):
    """In the first week, before blood calcium moves: more growth from fluid with less calcium."""
    week = slice(1, 8)
    low, high = run[FAILED], run[PHOSPHATE]
    calcium = [arm.body_series["calcium_ionised_plasma"].values[week] for arm in (low, high)]
    assert np.abs(calcium[1] / calcium[0] - 1.0).max() < 0.01
    assert np.all(course(high, "calcium_tissue")[week] < course(low, "calcium_tissue")[week])
    assert np.all(course(high, "phosphate_tissue")[week] > course(low, "phosphate_tissue")[week])
    assert np.all(course(high, "crystal_growth")[week] > 1.2 * course(low, "crystal_growth")[week])


CLAMPED = """\
calcis: 1
body: clamped
plasma: {calcium_ionised: 1.224 mmol/L, phosphate: 1.2 mmol/L, pyrophosphate: 3.3 umol/L, ph: 7.4}
lesion:
  tissue: dermis
  injury: {kind: bite, at: 0 d, shape: {cone: {diameter: 6 mm, depth: 4 mm}}, killed: 0.9}
changes: {macrophage_competence: 0.05}
arms:
  normal: []
  phosphate: [{plasma: {phosphate: 2 mmol/L}}]
  calcium: [{plasma: {calcium_ionised: 1.3 mmol/L}}]
run: {duration: 150 d, every: 6 h}
"""


def test_phosphate_alone_is_enough():
    """The body's calcium rises under phosphate; without that, phosphate still does most of it."""
    found = simulate(read_case_text(CLAMPED, "clamped.yaml"))
    day = {name: day_of(arm, "mineral_ct") for name, arm in found.arms.items()}
    assert day["normal"] - day["phosphate"] > 7.0
    assert day["phosphate"] < day["calcium"] < day["normal"]
