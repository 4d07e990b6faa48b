"""Does a change move the number that was meant, and say who moved it?"""

from dataclasses import replace

import pytest

from calcis.changes import apply, parse_changes, read_sourced_changes
from calcis.errors import InputError
from calcis.parameters import Parameter


def _parameter(name: str, value: float, unit: str, shown: tuple[float, str]) -> Parameter:
    return Parameter(name, value, unit, "payne_1973: table 1", "fitted", "rat", shown, 0.1, "n", "fit.py")


NUMBERS = {
    parameter.name: parameter
    for parameter in (
        _parameter("kidney.filtration_rate", 6.0, "L/h", (100.0, "mL/min")),
        replace(_parameter("leukocytes.competence", 1.0, "1", (1.0, "1")), range=(0.0, 1.0)),
        _parameter("gut.calcium_plasma_half", 1.2, "mmol/L", (1.2, "mmol/L")),
        _parameter("gut.delay", 2.0, "h", (2.0, "h")),
        replace(_parameter("kidney.delay", 3.0, "h", (180.0, "min")), range=(1.0, 24.0)),
    )
}


def _apply(text: str) -> dict[str, Parameter]:
    return apply(NUMBERS, parse_changes(f"changes:\n{text}\n", "case.yaml"))


def test_a_value_is_converted_and_the_change_is_told() -> None:
    changed = _apply("  kidney.filtration_rate: 60 mL/min")["kidney.filtration_rate"]
    assert (changed.value, changed.unit, changed.shown) == (3.6, "L/h", (60.0, "mL/min"))
    assert (changed.kind, changed.changed_by, changed.species) == ("given", "case.yaml line 2", "rat")
    assert (changed.source, changed.script, changed.spread) == ("", None, None)


def test_the_others_and_the_originals_stay() -> None:
    changed = _apply("  kidney.filtration_rate: 60 mL/min")
    assert {name for name in NUMBERS if changed[name] is not NUMBERS[name]} == {"kidney.filtration_rate"}
    assert list(changed) == list(NUMBERS)
    assert NUMBERS["kidney.filtration_rate"].value == 6.0


def test_a_factor_keeps_unit_and_source() -> None:
    changed = _apply("  kidney.filtration_rate: {factor: 0.5}")["kidney.filtration_rate"]
    assert (changed.value, changed.shown, changed.source) == (3.0, (50.0, "mL/min"), "payne_1973: table 1")


def test_source_kind_species_and_note_of_a_change() -> None:
    text = "  gut.delay: {value: 90 min, source: 'x: y', kind: measured, species: mouse, note: z}"
    changed = _apply(text)["gut.delay"]
    assert changed.value == 1.5
    assert (changed.source, changed.kind, changed.species, changed.note) == ("x: y", "measured", "mouse", "z")


@pytest.mark.parametrize("text", ["0.05", "5 %", "{value: 0.05}", "{factor: 0.05}", "'0.05'"])
def test_a_bare_name_is_enough_where_one_part_has_it(text: str) -> None:
    assert _apply(f"  competence: {text}")["leukocytes.competence"].value == 0.05


def test_a_value_that_is_given_is_of_the_case_s_species_and_a_factor_is_not() -> None:
    """Nobody knows better than the case of whom its numbers are; half of a rat's number stays a rat's."""
    text = "  gut.delay: 1 h\n  kidney.delay: {factor: 0.5}\n  competence: {value: 1, kind: measured}"
    changed = apply(NUMBERS, parse_changes(f"changes:\n{text}\n", "case.yaml"), species="pig")
    species = {name: changed[name].species for name in NUMBERS if changed[name] is not NUMBERS[name]}
    assert species == {"gut.delay": "pig", "kidney.delay": "rat", "leukocytes.competence": "rat"}


@pytest.mark.parametrize("text", ["competence: 0", "competence: 100 %", "kidney.delay: 1440 min"])
def test_the_ends_of_a_range_are_in_it(text: str) -> None:
    assert _apply(f"  {text}") != NUMBERS


def test_an_empty_set_changes_nothing() -> None:
    assert _apply("") == NUMBERS


A_TIME = "a number and its unit (time), such as 2 h"
KEYS = "a key of a change: value, factor, source, kind, species, note"
SPECIES = "one of human, mouse, rat, rabbit, guinea pig, pig, dog, cow, sheep, monkey, any, none"
KINDS = "one of measured, fitted, published, assumed, definition"
FAULTS = [  # text, line, column, expected, got, nearest
    ("competance: 1", 2, 3, "the name of a parameter", "'competance'", "competence"),
    ("kidny.delay: 1 h", 2, 3, "the name of a parameter", "'kidny.delay'", "kidney.delay"),
    ("delay: 1 h", 2, 3, "one of gut.delay, kidney.delay", "'delay'", None),
    ("half: 1 mmol/L", 2, 3, "the name of a parameter", "'half'", None),
    ("gut.delay: 1", 2, 14, A_TIME, "1 without a unit", None),
    ("gut.delay: 1 kg", 2, 14, A_TIME, "1 kg", None),
    ("gut.delay: {value: 1 kg}", 2, 22, A_TIME, "1 kg", None),
    ("gut.delay: 1e308 y", 2, 14, A_TIME, "1e+308 y", None),
    ("gut.delay: 1 hh", 2, 14, "a unit such as mmol/L, mL/min, 1/h", "'hh'", "h"),
    ("gut.delay: soon", 2, 14, "a number and its unit, such as 25 mL/min", "'soon'", None),
    ("gut.delay:", 2, 3, "a number, or a number and its unit", "nothing", None),
    ("gut.delay: true", 2, 14, "a number, or a number and its unit", "true", None),
    ("gut.delay: .inf", 2, 14, "a number, or a number and its unit", "inf", None),
    ("gut.delay: [1]", 2, 14, "a number, or a number and its unit", "a list", None),
    ("competence: 1 mg", 2, 15, "a number without a unit", "1 mg", None),
    (
        "calcium_plasma_half: 9 mg/dL",
        *(2, 24, "a number and its unit (amount / length^3), such as 1.2 mmol/L", "9 mg/dL", None),
    ),
    ("gut.delay: {}", 2, 3, "either `value` or `factor`", "neither", None),
    ("gut.delay: {value: 1 h, factor: 2}", 2, 3, "either `value` or `factor`", "both", None),
    ("gut.delay: {factr: 2}", 2, 15, KEYS, "'factr'", "factor"),
    ("gut.delay: {factor: 2 h}", 2, 23, "a finite number", "'2 h'", None),
    ("gut.delay: {factor: .nan}", 2, 23, "a finite number", "nan", None),
    ("gut.delay: {factor: 1e308}\n  kidney.delay: {factor: 1e308}", 2, 14, "a finite number", "inf", None),
    ("gut.delay: {factor: 2, kind: guess}", 2, 32, KINDS, "'guess'", None),
    ("gut.delay: {factor: 2, source: }", 2, 26, "text", "nothing", None),
    ("gut.delay: {factor: 2, species: mous}", 2, 35, SPECIES, "'mous'", "mouse"),
    ("competence: -0.2", 2, 15, "leukocytes.competence from 0 to 1", "-0.2", None),
    ("competence: {factor: 1.5}", 2, 15, "leukocytes.competence from 0 to 1", "1.5", None),
    ("kidney.delay: 59 min", 2, 17, "kidney.delay from 60 to 1440 min", "59 min", None),
    (
        "competence: 1\n  leukocytes.competence: 2",
        *(3, 3, "each parameter once", "'leukocytes.competence' again (also at case.yaml line 2)", None),
    ),
]


@pytest.mark.parametrize("fault", FAULTS, ids=[fault[0] for fault in FAULTS])
def test_a_fault_is_refused_with_its_place(fault: tuple) -> None:
    text, line, column, expected, got, nearest = fault
    with pytest.raises(InputError) as wrong:
        _apply(f"  {text}")
    found = wrong.value
    assert (found.file, found.line, found.column) == ("case.yaml", line, column), found
    assert (found.expected, found.got, found.nearest) == (expected, got, nearest)


def test_changes_that_are_no_mapping_are_refused() -> None:
    with pytest.raises(InputError) as wrong:
        parse_changes("changes: [1]", "case.yaml")
    assert (wrong.value.expected, wrong.value.got) == ("a mapping, parameter: value", "a list")


def test_an_unsourced_change_of_calcis_is_refused(tmp_path) -> None:
    path = tmp_path / "bone.yaml"
    path.write_text("title: Bone\nchanges:\n  gut.delay: {factor: 2, kind: assumed}\n")
    with pytest.raises(InputError) as wrong:
        read_sourced_changes(path, frozenset({"payne_1973"}))
    assert (wrong.value.line, wrong.value.expected) == (3, "`source` of gut.delay")
    path.write_text("changes:\n  gut.delay: {factor: 2, kind: assumed, source: 'pane_1973: x'}\n")
    with pytest.raises(InputError) as wrong:
        read_sourced_changes(path, frozenset({"payne_1973"}))
    assert wrong.value.nearest == "payne_1973"
