"""Is every number read with its unit and source, and every fault of a data file refused?"""

from pathlib import Path

import pytest

from calcis.errors import InputError
from calcis.parameters import (
    KINDS,
    bibliography_keys,
    data_path,
    read_parameters,
    reference_keys,
)
from calcis.reading import read_text

KEYS = frozenset({"payne_1973", "levin_2007"})
UNITS = {"kidney": {"filtration_rate": "L/h", "threshold": "mmol/L"}}
SPREAD = 'spread: {value: 20, unit: "%", kind: assumed, source: "levin_2007: table 2"}'
GOOD = """\
species: human
parts:
  kidney:
    filtration_rate: {value: 100, unit: mL/min, kind: measured, source: "levin_2007: table 2", SPREAD}
    threshold:
      value: 1.1e3
      unit: umol/L
      kind: fitted
      script: benchmarks/fit.py
      source: "payne_1973: figure 1"
      species: rat
      note: at rest
""".replace("SPREAD", SPREAD)


def _read(tmp_path: Path, text: str) -> dict:
    path = tmp_path / "kidney.yaml"
    path.write_text(text)
    return read_parameters(path, UNITS, KEYS)


def test_a_number_comes_with_all_that_is_known_of_it(tmp_path: Path) -> None:
    found = _read(tmp_path, GOOD)
    rate, threshold = found["kidney.filtration_rate"], found["kidney.threshold"]
    assert (rate.value, rate.unit, rate.shown) == (6.0, "L/h", (100.0, "mL/min"))
    assert (rate.kind, rate.species, rate.script) == ("measured", "human", None)
    assert rate.spread is not None and (rate.spread.value, rate.spread.kind) == (0.2, "assumed")
    assert (rate.source, rate.line, rate.changed_by) == ("levin_2007: table 2", 4, None)
    assert (threshold.value, threshold.shown) == (1.1, (1100.0, "umol/L"))
    assert (threshold.species, threshold.note, threshold.script) == ("rat", "at rest", "benchmarks/fit.py")


def test_a_range_is_kept_in_the_unit_of_the_laws(tmp_path: Path) -> None:
    found = _read(tmp_path, GOOD.replace(SPREAD, "range: [0, 200]"))
    assert found["kidney.filtration_rate"].range == (0.0, 12.0)  # L/h
    assert found["kidney.threshold"].range is None


def test_without_parts_the_file_s_own_units_are_taken(tmp_path: Path) -> None:
    path = tmp_path / "kidney.yaml"
    path.write_text(GOOD)
    assert read_parameters(path, references=KEYS)["kidney.filtration_rate"].unit == "mL/min"


# What is replaced by what, and line, column, expected (in part), got (in part), nearest.
FAULTS = {
    "missing": (GOOD[GOOD.index("    threshold:") :], "", 3, 3, "'threshold' of kidney", "none", None),
    "unknown": ("value: 100,", "value: 100, colour: red,", 4, 35, "a key of kidney.filt", "'colour'", None),
    "misspelt": ("filtration_rate", "filtration_rat", 4, 5, "a key", "'filtration_rat'", "filtration_rate"),
    "misspelt part": ("kidney:", "kidny:", 3, 3, "a key of `parts`: kidney", "'kidny'", "kidney"),
    "misspelt key": ("value: 100", "valu: 100", 4, 23, "a key", "'valu'", "value"),
    "misspelt top": ("species: human", "specis: human", 1, 1, "a key of this file", "'specis'", "species"),
    "dimension": ("mL/min", "mL", 4, 41, "a unit of length^3 / time, such as L/h", "mL (length^3)", None),
    "mass for amount": ("umol/L", "mg/L", 7, 13, "a molar mass in g/mol", "none", None),
    "unit": ("mL/min", "mL/minn", 4, 41, "a unit such as", "'mL/minn'", "mL/min"),
    "unsourced": (', source: "levin_2007: table 2"', "", 4, 5, "'source' of kidney.filt", "none", None),
    "no place in source": (
        "levin_2007: table 2",
        "levin_2007",
        4,
        73,
        'such as "key: table 2"',
        "levin",
        None,
    ),
    "unknown source": ("levin_2007:", "levin_2008:", 4, 73, "references.bib", "'levin_2008'", "levin_2007"),
    "bad kind": ("measured", "mesured", 4, 55, "one of measured", "'mesured'", "measured"),
    "not finite": ("value: 100", "value: .nan", 4, 30, "a finite number", "nan", None),
    "infinite": ("value: 100", "value: 1e999", 4, 30, "a finite number", "inf", None),
    "text": ("value: 100", "value: hundred", 4, 30, "a finite number", "'hundred'", None),
    "quoted": ("value: 100", "value: '100'", 4, 30, "a finite number", "'100'", None),
    "true": ("value: 100", "value: true", 4, 30, "a finite number", "true", None),
    "doubled": (
        "    threshold:",
        "    filtration_rate:",
        5,
        5,
        "each key once",
        "again (first on line 4)",
        None,
    ),
    "doubled key": ("value: 100", "value: 100, value: 1", 4, 35, "each key once", "'value' again", None),
    "fitted without script": ("      script: benchmarks/fit.py\n", "", 6, 7, "`script`", "none", None),
    "script, not fitted": ("kind: fitted", "kind: measured", 9, 7, "with kind: fitted", "measured", None),
    "spread without source": (SPREAD, "spread: 0.2", 4, 104, "a mapping {value", "0.2", None),
    "negative spread": ("value: 20", "value: -20", 4, 112, "above 0 and at most 2", "-0.2", None),
    "huge spread": ("value: 20", "value: 201", 4, 112, "above 0 and at most 2", "2.01", None),
    "spread of no number": ("value: 20", "value: .nan", 4, 112, "a finite number", "nan", None),
    "spread in litres": ('"%"', "L", 4, 122, "a number without a unit", "L", None),
    "spread misspelt": ("kind: assumed", "knd: assumed", 4, 127, "a key of", "'knd'", "kind"),
    "spread of a spread": ("kind: assumed", "spread: 1, kind: assumed", 4, 127, "a key of", "'spread'", None),
    "spread of 0": ("value: 100", "value: 0", 4, 94, "`spread` only of a number above 0", "value: 0", None),
    "bare number": ("{value: 100, unit: mL/min", "100 #", 4, 22, "a mapping", "100", None),
    "overflow": (
        "value: 100, unit: mL/min",
        "value: 1e308, unit: L/s",
        4,
        43,
        "fits a float",
        "1e+308",
        None,
    ),
    "no parts": (GOOD[GOOD.index("  kidney:") :], "", 2, 1, "a mapping", "nothing", None),
    "empty species": ("species: human", "species:", 1, 1, "text", "nothing", None),
    "species": ("species: human", "species: humans", 1, 10, "one of human, mouse", "'humans'", "human"),
    "species of a number": ("species: rat", "species: rats", 11, 16, "one of human", "'rats'", "rat"),
    "range of text": (SPREAD, "range: 0 to 1", 4, 103, "[lowest, highest]", "'0 to 1'", None),
    "range of three": (SPREAD, "range: [0, 1, 2]", 4, 103, "[lowest, highest]", "a list", None),
    "range without end": (SPREAD, "range: [0, .inf]", 4, 107, "a finite number", "inf", None),
    "range elsewhere": (SPREAD, "range: [0, 99]", 4, 103, "a range around 100", "0 to 99", None),
    "range upside down": (SPREAD, "range: [200, 0]", 4, 103, "around 100", "200 to 0", None),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_fault_is_refused_with_its_place(tmp_path: Path, fault: str) -> None:
    old, new, line, column, expected, got, nearest = FAULTS[fault]
    assert old in GOOD
    with pytest.raises(InputError) as wrong:
        _read(tmp_path, GOOD.replace(old, new, 1))
    found = wrong.value
    assert found.file == str(tmp_path / "kidney.yaml")
    assert (found.line, found.column, found.nearest) == (line, column, nearest), found
    assert expected in found.expected, found
    assert got in found.got, found


def test_keys_of_a_bibliography() -> None:
    text = "% a comment\n@article{payne_1973,\n title={x}}\n  @book { levin_2007 , year=2007}\n"
    assert bibliography_keys(text) == ["payne_1973", "levin_2007"]


def test_every_key_of_the_bibliography_stands_once() -> None:
    keys = bibliography_keys(read_text(data_path("references.bib")))
    assert len(keys) == len(set(keys)) == len(reference_keys())


def _data_files() -> list[str]:
    rooms = ("body", "drugs", "tissue", "injuries")
    return [f"{room}/{path.name}" for room in rooms for path in sorted(data_path(room).glob("*.yaml"))]


@pytest.mark.parametrize("name", _data_files())
def test_every_number_of_calcis_is_sourced(name: str) -> None:
    for parameter in read_parameters(data_path(*name.split("/"))).values():
        assert parameter.kind in KINDS
        assert parameter.file == f"calcis/data/{name}"
        if parameter.script is not None:
            assert (data_path().parents[2] / parameter.script).is_file(), parameter
