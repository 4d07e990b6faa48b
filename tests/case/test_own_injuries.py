"""Injuries of a case's own: like a kind, but for some numbers; faults are refused with their place."""

from __future__ import annotations

import pytest

from calcis.case import read_case_text
from calcis.errors import InputError
from calcis.simulate import simulate

CASE = """\
calcis: 1
body: clamped
person: {species: mouse}
plasma: {calcium_ionised: 1.25 mmol/L, phosphate: 1.8 mmol/L, pyrophosphate: 3.3 umol/L, ph: 7.4}
injuries:
  viper_bite: {like: bite, changes: {flow_left: {value: 0.3, source: "by hand"}, apoptotic_share: 0.2}}
lesion:
  tissue: skeletal_muscle
  injury: {kind: viper_bite, at: 0 d, killed: 0.5, shape: {cone: {diameter: 4 mm, depth: 3 mm}}}
arms: {it: []}
run: {duration: 5 d, every: 1 d}
"""


def test_it_has_the_numbers_of_its_kind_but_for_its_own() -> None:
    run = simulate(read_case_text(CASE, "case.yaml"))["it"]
    course, facts = run.lesion_series, run.lesion_facts
    assert course is not None and run.failure is None
    assert course["blood_flow"].values[0] == pytest.approx(0.3)
    assert course["dead_fraction"].values[0] == pytest.approx(0.4)
    assert facts["injury"] == "viper_bite" and facts["story"][0]["text"].startswith("Viper bite, ")


def test_it_is_kept_with_the_case() -> None:
    case = read_case_text(CASE, "case.yaml")
    assert case.lesion is not None and case.lesion.injury is not None
    assert (case.lesion.injury.kind, case.lesion.injury.name) == ("bite", "viper_bite")
    assert read_case_text(case.text, "again.yaml").lesion == case.lesion


@pytest.mark.parametrize(
    ("old", "new", "line", "expected", "nearest"),
    [
        ("like: bite", "like: bight", 6, "a kind of injury: bite, ", "bite"),
        ("flow_left", "flow_lef", 6, "a number of bite: apoptotic_share, ", "flow_left"),
        ("viper_bite: {", "toxin: {", 6, "a name that no injury has yet", None),
        ("kind: viper_bite", "kind: viper_bit", 9, "an injury: viper_bite, bite", "viper_bite"),
        ("value: 0.3", "value: 3", 6, "bite.flow_left from 0 to 1", None),
        ("like: bite, ", "", 6, "`like` in injuries.viper_bite", None),
        ("apoptotic_share: 0.2", "apoptotic_share: 0.2 h", 6, "a number without a unit", None),
    ],
)
def test_a_fault_is_refused_with_its_place(
    old: str, new: str, line: int, expected: str, nearest: str | None
) -> None:
    with pytest.raises(InputError) as wrong:
        read_case_text(CASE.replace(old, new), "case.yaml")
    found = wrong.value
    assert (found.line, found.nearest) == (line, nearest) and expected in found.expected, found
