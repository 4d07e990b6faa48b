"""Is a file of experiments that is wrong refused, with its line and what was meant?"""

from __future__ import annotations

from pathlib import Path

import pytest

from calcis.errors import InputError
from calcis.study.experiment import experiment_files, read_experiments
from calcis.study.validation import choose, validate

RIGHT = """calcis_validation: 1
title: Small
source: "moore_lotridge_2019: abstract"
kind: observed
fitted: false
why: a reason
within: [5 %]
case:
  calcis: 1
  body: clamped
  plasma: {calcium_ionised: 1.25 mmol/L, phosphate: 1.15 mmol/L, pyrophosphate: 3.3 umol/L, ph: 7.4}
  lesion: {tissue: skeletal_muscle}
  arms: {it: []}
  run: {duration: 2 d, every: 1 d}
experiments:
  health:
    case: {changes: {leukocytes.macrophage_competence: 0.5}}
    start: {it: {mineral.apatite: 60 mmol/L}}
    then: [{at: 1 d, changes: {capillaries.perfusion: 2}}]
    observations:
      - {of: living_fraction, at: 1 d, equals: "1"}
      - {of: mineral_total, at: 2 d, over: {at: 0 d}, least: "0.9", most: "1.1"}
"""
OBSERVATIONS = RIGHT[RIGHT.index("    observations:") :]


def refusal(folder: Path, before: str, after: str, run: bool = False) -> InputError:
    """What is said of RIGHT with one change."""
    assert before in RIGHT
    file = folder / "small.yaml"
    file.write_text(RIGHT.replace(before, after, 1))
    with pytest.raises(InputError) as wrong:
        experiments = read_experiments(file)
        if run:
            validate(experiments)
    assert wrong.value.file == str(file)
    return wrong.value


def line(text: str) -> int:
    """The line of RIGHT on which a text first stands."""
    return RIGHT[: RIGHT.index(text)].count("\n") + 1


def test_a_right_file_is_read_and_its_case_laid_over_the_shared_one(tmp_path: Path) -> None:
    file = tmp_path / "small.yaml"
    file.write_text(RIGHT)
    [one] = read_experiments(file)
    assert (one.group, one.name, one.about) == ("small", "health", "Small")
    first, then = (phase.case for phase in one.phases)
    assert first.run.duration == 48.0 and first.lesion is not None
    assert [change.name for change in first.changes[-1]] == ["leukocytes.macrophage_competence"]
    assert {change.name for change in then.changes[-1]} == {
        "leukocytes.macrophage_competence",
        "capillaries.perfusion",
    }
    assert one.phases[1].begin == 24.0
    assert [said.predicted for said in one.observations] == [True, True]


@pytest.mark.parametrize(
    ("before", "after", "at", "said"),
    [
        ("kind: observed", "kind: observd", "kind: observed", "did you mean observed?"),
        ("title: Small", "titel: Small", "title: Small", "did you mean title?"),
        ('least: "0.9"', 'leest: "0.9"', "least:", "did you mean least?"),
        ("moore_lotridge_2019", "moore_lotrige_2019", "moore_lotridge", "did you mean moore_lotridge_2019?"),
        ("tissue: skeletal_muscle", "tissue: skeletal_musle", "tissue:", "did you mean skeletal_muscle?"),
        ("macrophage_competence: 0.5", "macrophage_competense: 0.5", "macrophage_comp", "did you mean"),
        ("macrophage_competence: 0.5", "macrophage_competence: 5", "macrophage_comp", "from 0 to 1"),
        ("perfusion: 2}", "perfussion: 2}", "perfusion", "did you mean capillaries.perfusion?"),
        ("at: 1 d, changes", "at: 3 d, changes", "then:", "before the end of the run"),
        ("start: {it:", "start: {them:", "start:", "an arm of the case"),
        ("60 mmol/L", "sixty", "start:", "a number and its unit"),
        ("at: 1 d, equals", "at: 1 month, equals", "of: living", "days or weeks"),
        ("calcis_validation: 1", "calcis_validation: 2", "calcis_val", "expected 1"),
        ("fitted: false", "fitted: true", "fitted: false", "false, or by what it was fitted"),
        ("fitted: false", "fitted: [a]", "fitted: false", "false, or by what it was fitted"),
        (OBSERVATIONS, "    observations: []\n", "observations:", "at least 1 in"),
        ("why: a reason\n", "\n", "- {of: living", "`why` of the observation, here or above"),
        ("fitted: false\n", "\n", "- {of: living", "`fitted` of the observation, here or above"),
    ],
)
def test_a_wrong_file_is_refused_with_its_line(
    tmp_path: Path, before: str, after: str, at: str, said: str
) -> None:
    wrong = refusal(tmp_path, before, after)
    assert wrong.line == line(at)
    assert said in str(wrong)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ("of: mineral_total", "of: mineral_totl", "did you mean mineral_total?"),
        ("of: mineral_total", "of: mineral_total, arm: him", "an arm of the case"),
        ("of: mineral_total", "of: {mineral_total: 1, ph_tissue: 1}", "mmol/L"),
        ("at: 2 d, over", "at: 3 d, over", "up to the run's end at 2 d"),
        ("at: 2 d, over", "at: 2 d, highest: [0 d, 1 d], over", "expected one of"),
        ("at: 2 d, over", "mean: [2 d, 1 d], over", "a first time before the last"),
        ('least: "0.9", most: "1.1"', "over_what: 1", "a key of"),
        (', least: "0.9", most: "1.1"', "", "`equals`, or one or both"),
        ('least: "0.9"', "least: 1 mmol/L", "a number without a unit"),
        ('least: "0.9"', 'least: "1.2"', "at most the `most`"),
        ("within: [5 %]", "within: [five %]", "digits, a share such as 5 %"),
        ("within: [5 %]", "within: [factor 0.5]", "a factor above 1"),
        ("within: [5 %]\n", "\n", "how near is equal"),
        ("mineral.apatite:", "mineral.apatit:", "did you mean mineral.apatite?"),
        ("60 mmol/L", "60 mmol", "mmol/L"),
        ("    then:", "    infused: {mineral.apatite: 1 mmol/h}\n    then:", "may be infused into"),
    ],
)
def test_what_does_not_fit_the_run_is_refused_with_its_place(
    tmp_path: Path, before: str, after: str, said: str
) -> None:
    wrong = refusal(tmp_path, before, after, run=True)
    assert wrong.line is not None and wrong.line >= line("within:")
    assert said in str(wrong)


def test_a_case_file_beside_the_experiments_is_used_and_none_outside(tmp_path: Path) -> None:
    text = RIGHT[: RIGHT.index("case:")] + RIGHT[RIGHT.index("experiments:") :]
    text = text.replace("case: {changes: {leukocytes.macrophage_competence: 0.5}}", "case: NAME")
    text = text.replace("    then: [{at: 1 d, changes: {capillaries.perfusion: 2}}]\n", "")
    case = RIGHT[RIGHT.index("  calcis: 1") : RIGHT.index("experiments:")].replace("\n  ", "\n")[2:]
    (tmp_path / "health.yaml").write_text(case)
    file = tmp_path / "small.yaml"
    file.write_text(text.replace("NAME", "health.yaml"))
    assert validate(read_experiments(file)).passed
    file.write_text(text.replace("NAME", "../health.yaml"))
    with pytest.raises(InputError, match="in the case's folder"):
        read_experiments(file)


def test_the_experiments_that_come_with_calcis_have_a_folder_and_a_link_each() -> None:
    room = Path(__file__).parents[2] / "validation"
    files = experiment_files()
    assert files
    for file in files:
        link = room / file.stem / "experiments.yaml"
        assert link.is_symlink() and link.resolve() == file.resolve(), link


def test_names_choose_and_a_wrong_one_says_what_was_meant() -> None:
    assert {one.group for one in choose("peterson")} == {"peterson_riggs_2010"}
    assert [one.name for one in choose("Uraemic_wall")] == ["uraemic_wall"]
    with pytest.raises(InputError, match="did you mean uraemic_wall"):
        choose("uremic_wal")
