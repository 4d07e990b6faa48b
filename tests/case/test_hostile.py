"""Does a case file, whatever is in it, give a Case or an InputError with a place, and nothing else?"""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcis.case import Vocabulary, read_case_text
from calcis.errors import InputError
from calcis.reading import parse_yaml

SEED = """\
calcis: 1
title: Nodule
person: {age: 54 y, sex: female, mass: 68 kg, species: human}
body: peterson_riggs_2010
lesion:
  tissue: dermis
  injury: {kind: bite, at: 12 h, shape: {cone: {diameter: 6 mm, depth: 4 mm}}, killed: 0.9}
changes: {kidney.filtration_rate: {factor: 0.5, source: "a: b"}, bone.delay: 2 h}
arms:
  watch: []
  failed: [{changes: {macrophage_competence: 0.05}}]
  drug: [denosumab 60 mg SC every 26 weeks for 2 y, "teriparatide 20 ug SC daily x 3"]
run: {duration: 1 y, every: 1 d, tolerance: 1e-6}
"""
GIVEN = """\
calcis: 1
person: {species: mouse}
body: clamped
plasma:
  between: lines
  calcium_ionised: 5 mg/dL
  phosphate: [{at: 0 d, value: 3 mmol/L}, {at: 8 d, value: 3 mmol/L}, {at: 8 d, value: 1.8 mmol/L}]
  pyrophosphate: 1.5 umol/L
  ph: 7.4
lesion: {tissue: dermis}
arms:
  watch: []
  other:
    - changes: {bone.delay: 1 h}
      plasma: {between: steps, ph: [{at: 0 d, value: 7}, {at: 1 d, value: 7.4}]}
run: {duration: 20 d, every: 1 d}
"""
SEEDS = st.sampled_from([SEED, GIVEN])
DATA = [parse_yaml(text, "seed").data for text in (SEED, GIVEN)]
TOKENS = [
    *(
        "\t",
        "\n",
        "  ",
        "- ",
        ": ",
        "{",
        "}",
        "[",
        "]",
        "'",
        '"',
        "|",
        ">",
        "#",
        "&a ",
        "*a",
        "!!x ",
        "---\n",
    ),
    *(
        "---\n",
        "%YAML 1.1\n",
        "<<: ",
        "~",
        ".nan",
        ".inf",
        "-1",
        "1e999",
        "0",
        "9" * 400,
        "é",
        "🦴",
        "\u2028",
    ),
    *(
        "\x85",
        "54 y",
        "1 kg",
        "null",
        "true",
        "? ",
        "...\n",
        "changes",
        "run",
        "daily",
        "every 1 min",
        "x 99999",
    ),
]
WORDS = st.sampled_from(
    ["54 y", "1 d", "0.5", "1e999", "-1 kg", "bite", "daily", "denosumab 60 mg SC", "", " "]
)
LEAVES = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=12), WORDS, st.just(10**400)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8) | WORDS, inner, max_size=3)
    ),
    max_leaves=6,
)


def _sound(text: str, vocabulary: Vocabulary) -> None:
    try:
        case = read_case_text(text, "case.yaml", vocabulary)
    except InputError as wrong:
        assert wrong.file and wrong.line and wrong.column, wrong
        assert wrong.expected and wrong.got, wrong
        assert len(str(wrong)) < 1500
        return
    for arm in case.arms:
        case.parameters(vocabulary.parameters(case.body), arm)
    again = read_case_text(case.text, "case.yaml", vocabulary)
    assert (again.person, again.lesion, again.run) == (case.person, case.lesion, case.run)


def test_the_seed_is_a_case(vocabulary: Vocabulary) -> None:
    read_case_text(SEED, "case.yaml", vocabulary)
    read_case_text(GIVEN, "case.yaml", vocabulary)


@given(st.text(max_size=300))
def test_any_text(vocabulary: Vocabulary, text: str) -> None:
    _sound(text, vocabulary)


@given(
    SEEDS,
    st.lists(st.tuples(st.integers(0, len(SEED)), st.sampled_from(TOKENS), st.integers(0, 12)), max_size=3),
)
def test_a_case_with_pieces_replaced(
    vocabulary: Vocabulary, text: str, edits: list[tuple[int, str, int]]
) -> None:
    for place, token, length in edits:
        text = text[:place] + token + text[place + length :]
    _sound(text, vocabulary)


@given(SEEDS, st.integers(0, len(SEED)), st.integers(0, len(SEED)))
def test_a_case_cut_short_or_doubled(vocabulary: Vocabulary, text: str, first: int, second: int) -> None:
    _sound(text[:first], vocabulary)
    _sound(text[:first] + text[second:], vocabulary)


def _ways(data: Any, way: tuple = ()) -> list[tuple]:
    entries = data.items() if isinstance(data, dict) else enumerate(data) if isinstance(data, list) else ()
    return [way, *(inner for key, value in entries for inner in _ways(value, (*way, key)))]


@given(
    st.sampled_from([(case, way) for case in DATA for way in _ways(case)]),
    VALUES,
    st.none() | st.text(max_size=8) | WORDS,
)
def test_a_case_with_a_value_or_key_of_another_shape(
    vocabulary: Vocabulary, place: tuple[Any, tuple], value: Any, key: str | None
) -> None:
    data, way = json.loads(json.dumps(place[0])), place[1]
    if not way:
        data = value
    else:
        holder = data
        for step in way[:-1]:
            holder = holder[step]
        holder[way[-1]] = value
        if key is not None and isinstance(holder, dict):
            holder[key] = holder.pop(way[-1])
    for ascii_only in (True, False):
        _sound(json.dumps(data, ensure_ascii=ascii_only), vocabulary)


@given(VALUES)
def test_a_run_json_with_anything_in_it(vocabulary: Vocabulary, value: Any) -> None:
    _sound(json.dumps({"case": value}), vocabulary)
    _sound(json.dumps({"case": {"text": value}, "x": SEED}), vocabulary)


@pytest.mark.parametrize(
    "text",
    [
        "{" * 100_000,
        "a:\n" * 1000,
        "arms: " + "[" * 39 + "]" * 39,
        "x" * 1_000_000,
        "calcis: 1\n" * 2,
        "\n" * 100_000 + "a",
        SEED.replace("watch: []", "\n  ".join(f"a{i}: []" for i in range(101))),
        SEED.replace("Nodule", "N" * 100_000),
        SEED.replace("54 y", "9" * 100_000 + " y"),
        SEED.replace("54 y", "54 " + "y" * 100_000),
        SEED.replace("denosumab 60 mg SC", "denosumab 60 mg SC " + "every 1 d " * 10_000),
        SEED.replace("bone.delay", "b" * 20_000),
        SEED.replace("tissue: dermis", "tissue: ../../etc/passwd"),
        SEED.replace("body: peterson_riggs_2010", "body: ../drugs/denosumab"),
    ],
    ids=range(14),
)
def test_what_is_large_or_leads_elsewhere_is_refused(vocabulary: Vocabulary, text: str) -> None:
    with pytest.raises(InputError) as wrong:
        read_case_text(text, "case.yaml", vocabulary)
    assert len(str(wrong.value)) < 1500
