"""Is a file read as plain data with places, and everything else refused with its place?"""

import math
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calcis.errors import InputError
from calcis.reading import LARGEST, decode, inside, parse_yaml, read_text, read_yaml, shown


def test_values_are_those_of_yaml_1_2() -> None:
    text = (
        "a: 1e-5\nb: no\nc: 012\nd: '5'\ne: .inf\nf: ~\ng: true\nh: 12:30\ni: 0x1F\nj: -.5\nk:\nl: 2001-01-01"
    )
    data = parse_yaml(text, "f").data
    assert data == {
        "a": 1e-5,
        "b": "no",
        "c": 12,
        "d": "5",
        "e": math.inf,
        "f": None,
        "g": True,
        "h": "12:30",
        "i": "0x1F",
        "j": -0.5,
        "k": None,
        "l": "2001-01-01",
    }
    assert data["g"] is True
    assert math.isnan(parse_yaml("a: .nan", "f").data["a"])


def test_every_key_and_value_has_its_place() -> None:
    document = parse_yaml("a: 1\nb:\n  - x\n  - {c: 'd e', f: [1, 2]}\n", "f")
    places = {where: (place.line, place.column) for where, place in document.values.items() if where}
    assert places == {
        ("a",): (1, 4),
        ("b",): (3, 3),
        ("b", 0): (3, 5),
        ("b", 1): (4, 5),
        ("b", 1, "c"): (4, 9),
        ("b", 1, "f"): (4, 19),
        ("b", 1, "f", 0): (4, 20),
        ("b", 1, "f", 1): (4, 23),
    }
    assert (document.keys[("b", 1, "f")].line, document.keys[("b", 1, "f")].column) == (4, 16)


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ("a: one two", 8),
        ("a: 'one two'", 9),
        ('a: "one two"', 9),
        ("a: >\n  one two", 4),  # folded: the start of the value is the best that can be said
        ('a: "one\\x20two"', 4),
    ],
)
def test_a_complaint_points_into_text(text: str, column: int) -> None:
    assert parse_yaml(text, "f").error(("a",), "x", "y", offset=4).column == column


def test_a_complaint_about_what_is_not_there_points_above_it() -> None:
    wrong = parse_yaml("a: {b: 1}", "f").error(("a", "c"), "x", "y")
    assert (wrong.line, wrong.column) == (1, 4)


@pytest.mark.parametrize(
    ("text", "line", "column", "got"),
    [
        ("", 1, 1, "an empty file"),
        ("# nothing\n", 1, 1, "an empty file"),
        ("--- ~", 1, 1, "an empty file"),
        ("- 1", 1, 1, "a list"),
        ("word", 1, 1, "'word'"),
        ("a: 1\nb: 2\na: 3", 3, 1, "'a' again (first on line 1)"),
        ("a: {b: 1, b: 2}", 1, 11, "'b' again (first on line 1)"),
        ("a: &x 1\nb: *x", 1, 4, "anchor or alias 'x'"),
        ("a: 1\n<<: *x", 2, 5, "anchor or alias 'x'"),
        (
            "a: !!python/object/apply:os.system [ls]",
            1,
            4,
            "the tag 'tag:yaml.org,2002:python/object/apply:os.system'",
        ),
        ("a: !!int 3", 1, 4, "the tag 'tag:yaml.org,2002:int'"),
        ("a: !x {b: 1}", 1, 4, "the tag '!x'"),
        ("a: ! b", 1, 4, "the tag '!'"),
        ("? [a]\n: b", 1, 3, "a mapping or list"),
        ("a: 1\n---\nb: 2", 2, 1, "a second one"),
        ("a: " + "[" * 100, 1, 43, "more"),
    ],
)
def test_what_is_not_plain_data_is_refused_with_its_place(
    text: str, line: int, column: int, got: str
) -> None:
    with pytest.raises(InputError) as wrong:
        parse_yaml(text, "f.yaml")
    assert (wrong.value.file, wrong.value.line, wrong.value.column) == ("f.yaml", line, column)
    assert wrong.value.got == got


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ("a: [1, 2", 1, 9),
        ("a: b: c", 1, 5),
        ("a: 1\n\tb: 2", 2, 1),
        ("a: @x", 1, 4),
        ("a: 'x", 1, 6),
        ("%YAML 999999999999.1\n---\na: 1", 1, 1),
        ('a: "\\UFFFFFFFF"', 1, 1),  # the parser fails without saying where
    ],
)
def test_what_is_not_yaml_is_refused_with_its_place(text: str, line: int, column: int) -> None:
    with pytest.raises(InputError) as wrong:
        parse_yaml(text, "f.yaml")
    assert wrong.value.expected == "YAML"
    assert (wrong.value.line, wrong.value.column) == (line, column)


def test_nesting_without_end_is_refused_and_not_recursed_into() -> None:
    for text in ("[" * 100_000, "{a: " * 100_000, "a:\n" + "\n".join("  " * i + "- a:" for i in range(100))):
        with pytest.raises(InputError):
            parse_yaml(text, "f")


def test_an_alias_bomb_is_refused() -> None:
    lines = ["a0: &a0 x"] + [f"a{i}: &a{i} [{', '.join([f'*a{i - 1}'] * 9)}]" for i in range(1, 12)]
    with pytest.raises(InputError):
        parse_yaml("\n".join(lines), "f")


@pytest.mark.parametrize(
    ("content", "line", "column", "got"),
    [
        (b"\x7fELF\x02\x01\x00", 1, 1, "character U+007F"),
        (b"a: 1\nb: \x00", 2, 4, "character U+0000"),
        (b"a: 1\nbc\xff", 2, 3, "byte 0xff"),
        ("a: é".encode("latin-1"), 1, 4, "byte 0xe9"),
        ("a: 1".encode("utf-16"), 1, 1, "byte 0xff"),
        (b"a: \x1b[31m", 1, 4, "character U+001B"),
        (b"ab\x07\xff", 1, 3, "character U+0007"),
        (b"\x89PNG\r\n", 1, 1, "byte 0x89"),
    ],
)
def test_a_binary_file_is_refused_with_its_place(content: bytes, line: int, column: int, got: str) -> None:
    with pytest.raises(InputError) as wrong:
        decode(content, "f")
    assert (wrong.value.line, wrong.value.column, wrong.value.got) == (line, column, got)


def test_a_byte_order_mark_is_no_text() -> None:
    assert decode(b"\xef\xbb\xbfa: 1", "f") == "a: 1"


def test_a_file_over_4_mb_is_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "large.yaml"
    path.write_bytes(b"#" * (LARGEST + 1))
    with pytest.raises(InputError) as wrong:
        read_yaml(path)
    assert wrong.value.expected == "a file of at most 4 MB"
    path.write_bytes(b"#" * LARGEST)
    assert len(read_text(path)) == LARGEST


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "case.yaml").write_text("a: 1")
    os.mkfifo(tmp_path / "pipe")
    for path, got in [
        (tmp_path, "a folder"),
        (tmp_path / "no" / "file", "no such file"),
        (tmp_path / "pipe", "no regular file"),
        (Path("/dev/zero"), "no regular file"),
    ]:
        with pytest.raises(InputError) as wrong:
            read_text(path)
        assert wrong.value.got == got
    with pytest.raises(InputError) as wrong:
        read_text(tmp_path / "cse.yaml")
    assert wrong.value.nearest == str(tmp_path / "case.yaml")
    with pytest.raises(InputError):
        read_text("a\0b")


def test_only_files_within_the_folder_are_inside(tmp_path: Path) -> None:
    folder = tmp_path / "cases"
    (folder / "sub").mkdir(parents=True)
    (tmp_path / "secret.yaml").write_text("a: 1")
    (tmp_path / "cases2").mkdir()
    (folder / "mine.yaml").write_text("a: 1")
    (folder / "link.yaml").symlink_to(tmp_path / "secret.yaml")
    (folder / "out").symlink_to(tmp_path)
    (folder / "loop").symlink_to(folder / "loop")
    assert inside(folder, "mine.yaml") == (folder / "mine.yaml").resolve()
    assert inside(folder, "sub/../mine.yaml") == (folder / "mine.yaml").resolve()
    for name in (
        "../secret.yaml",
        str(tmp_path / "secret.yaml"),
        str(folder / "mine.yaml"),
        "link.yaml",
        "out/secret.yaml",
        "../cases2/x.yaml",
        "sub/../../secret.yaml",
        "",
        ".",
        "a\0b",
        "x" * 5000,
    ):
        with pytest.raises(InputError) as wrong:
            read_text(inside(folder, name))
        assert wrong.value.got
    with pytest.raises(InputError):
        read_text(inside(folder, "loop"))


@given(st.text(max_size=200))
def test_any_text_is_a_mapping_or_an_input_error(text: str) -> None:
    try:
        assert isinstance(parse_yaml(text, "f").data, dict)
    except InputError as wrong:
        assert wrong.line is not None and wrong.column is not None and wrong.got


@given(st.text(alphabet="ab:{}[],-\n '\"&*!|>#?%@`~1.\t\\", max_size=60))
def test_text_like_yaml_is_a_mapping_or_an_input_error(text: str) -> None:
    try:
        document = parse_yaml(text, "f")
    except InputError as wrong:
        assert wrong.line is not None and wrong.column is not None and wrong.got
        return
    for where in document.values:
        assert document.error(where, "x", "y", offset=1).line is not None


@given(st.binary(max_size=100))
def test_any_bytes_are_text_or_an_input_error(content: bytes) -> None:
    try:
        decode(content, "f")
    except InputError as wrong:
        assert wrong.line is not None and wrong.column is not None


def test_a_value_is_shown_short_and_in_the_words_of_the_file() -> None:
    assert [shown(value) for value in (None, True, {}, [], "a", 1.5)] == [
        "nothing",
        "true",
        "a mapping",
        "a list",
        "'a'",
        "1.5",
    ]
    assert len(shown("x" * 1000)) == 80


def test_the_parser_is_imported_only_to_read() -> None:
    code = "import sys, calcis.reading; sys.exit('ruamel.yaml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
