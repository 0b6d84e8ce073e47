"""Reading YAML: text stays text, limits hold, nothing raises, and both parsers agree."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from generator import tree
from generator.problems import Problem
from tests.conftest import MINI, ROOT, write_library
from tests.test_bad import CASES, EXPECTED, output, write_case

needs_c_parser = pytest.mark.skipif(
    tree.CParser is None, reason="the C parser (ruamel.yaml.clib) is not installed"
)


def data(text: str) -> Any:
    """The record in `text` as plain data; there must be no problem."""
    fields, problems = tree.parse(text.encode(), "x.yml")
    assert problems == []
    assert fields is not None
    return tree.to_data(fields)


def problem(text: str | bytes) -> Problem:
    """The one problem of a text."""
    raw = text if isinstance(text, bytes) else text.encode()
    _, problems = tree.parse(raw, "x.yml")
    assert len(problems) == 1, problems
    return problems[0]


# -- what is let in -------------------------------------------------------------------------------

SCALARS = """
no yes on off true False NULL null ~ 010 0o14 0x1F 1_000 1e3 .inf .nan 12:30 1:30:00 190:20:30
2025-08-25 2025-08-25T16:55 2025-02-30 350000000000000000000000 3.140 +1 -0 = y N <
""".split()


@pytest.mark.parametrize("scalar", SCALARS)
def test_scalars_stay_text(scalar: str) -> None:
    """A value without quotes is the text that was typed, whatever YAML might make of it."""
    assert data(f"a: {scalar}\nb:\n  - {scalar}\n") == {"a": scalar, "b": [scalar]}


@pytest.mark.parametrize("key", ["no", "on", "010", "12", "1.5", "null"])
def test_keys_stay_text(key: str) -> None:
    """So is the name of a field."""
    assert data(f"{key}: a\n") == {key: "a"}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: b", {"a": "b"}),
        ("a:", {"a": ""}),
        ("a: ''\nb: \"\"", {"a": "", "b": ""}),
        ("a: 'it''s'\nb: \"say \\\"x\\\"\"", {"a": "it's", "b": 'say "x"'}),
        ('a: "caf\\u00e9"', {"a": "café"}),
        ("a: |\n  one\n  two\n", {"a": "one\ntwo\n"}),
        ("a: >-\n  one\n  two\n", {"a": "one two"}),
        ("a: one\n  two\n", {"a": "one two"}),
        ("a: |\n  - x\n  - y\n", {"a": "- x\n- y\n"}),
        ("a:\n- x\n- y\n", {"a": ["x", "y"]}),
        ("a: [x, 'y, z']\n", {"a": ["x", "y, z"]}),
        ("a: {b: c}\n", {"a": {"b": "c"}}),
        ("a: []\nb: {}\n", {"a": [], "b": {}}),
        ("# note\na: b # why\n", {"a": "b"}),
        ("a: b#c\n", {"a": "b#c"}),
        ("a: x:y\n", {"a": "x:y"}),
        ("a: https://example.org/?a=1&b=2#c\n", {"a": "https://example.org/?a=1&b=2#c"}),
        ("a: Lee's visit\n", {"a": "Lee's visit"}),
        ("a: “One” and “two”\n", {"a": "“One” and “two”"}),
        ('a: "“One”"\n', {"a": "“One”"}),
        ("a: 이재명\n", {"a": "이재명"}),
        ("a: 😀\n", {"a": "😀"}),
        ("\ufeffa: b\n", {"a": "b"}),
        ("a: b\r\nc: d\r\n", {"a": "b", "c": "d"}),
        ("a: b\n...\n", {"a": "b"}),
    ],
)
def test_what_is_let_in(text: str, expected: Any) -> None:
    """The part of YAML that records use, and what it turns into."""
    assert data(text) == expected


# -- what is not ----------------------------------------------------------------------------------

NESTED = "".join(f"{'  ' * n}a:\n" for n in range(40))
MANY = "a:\n" + "".join(f"  - {n}\n" for n in range(tree.MAX_NODES))

REFUSED = [
    # code, line, column, text
    ("SB102", 1, 5, b"a: b\xff\n"),
    ("SB102", 2, 4, "a: 이\nb: ".encode() + b"\xec\x9d"),
    ("SB103", 1, 3, "a:\tb\n"),
    ("SB103", 2, 5, "a: b\nc: d\x00e\n"),
    ("SB103", 1, 5, "a: b\x85c\n"),
    ("SB103", 1, 5, "a: b\u2028c\n"),
    ("SB103", 1, 5, "a: b\ufeffc\n"),
    ("SB103", 1, 5, "a: b\u202ec\n"),
    ("SB103", 1, 5, "a: b\rc\n"),
    ("SB104", 1, 4, "a: [b\n"),
    ("SB104", 1, 4, 'a: "b\n'),
    ("SB105", 13, 25, NESTED),
    ("SB105", 1, 15, "a: " + "[" * 100_000),
    ("SB105", 1, 25, "- " * 100_000),
    ("SB106", 4999, 5, MANY),
    ("SB107", 1, 4, "a: !b c\n"),
    ("SB107", 1, 4, "a: !!str c\n"),
    ("SB107", 1, 4, "a: !!python/object/apply:os.system [id]\n"),
    ("SB108", 1, 4, "a: &b c\n"),
    ("SB108", 2, 4, "a: b\nc: *a\n"),
    ("SB108", 1, 1, "<<: a\n"),
    ("SB109", 2, 1, "a: b\na: c\n"),
    ("SB109", 3, 3, "a:\n  b: c\n  b: d\n"),
    ("SB109", 2, 1, "a: b\n'a': c\n"),
    ("SB110", 1, 1, "---\na: b\n"),
    ("SB110", 2, 1, "a: b\n---\nc: d\n"),
    ("SB110", 1, 1, "%YAML 1.1\n---\na: b\n"),
    ("SB111", 1, 1, ""),
    ("SB111", 1, 1, "# nothing\n"),
    ("SB111", 1, 1, "- a\n"),
    ("SB111", 1, 1, "text\n"),
]


@pytest.mark.parametrize(("code", "line", "column", "text"), REFUSED, ids=range(len(REFUSED)))
def test_what_is_refused(code: str, line: int, column: int, text: str | bytes) -> None:
    """What is not let in is refused under its code, at its place."""
    found = problem(text)
    assert (found.code, found.line, found.column) == (code, line, column)


def test_limits_are_the_last_allowed_value() -> None:
    """Exactly at a limit all is well, one beyond it is not."""
    deep = "".join(f"{'  ' * n}a:\n" for n in range(tree.MAX_DEPTH))
    assert data(deep)
    assert problem(deep + "  " * tree.MAX_DEPTH + "a: b\n").code == "SB105"
    wide = "a:\n" + "".join(f"- {n}\n" for n in range(tree.MAX_NODES - 3))
    assert len(data(wide)["a"]) == tree.MAX_NODES - 3
    assert problem(wide + "- x\n").code == "SB106"
    room = tree.MAX_BYTES - len("a: \n")
    assert len(data(f"a: {'x' * room}\n")["a"]) == room
    assert problem(f"a: {'x' * (room + 1)}\n").code == "SB101"


def test_every_value_knows_its_place() -> None:
    """Fields and values stand at the line and column where they begin, in any style."""
    fields, _ = tree.parse(b'a: one\nb:\n  - "two"\n  - c: |\n      three\n', "x.yml")
    assert fields is not None
    places = {
        way: (node.line, node.column)
        for way in [("a",), ("b",), ("b", 0), ("b", 1), ("b", 1, "c")]
        for node in [tree.locate(fields, way)]
    }
    assert places == {
        ("a",): (1, 4),
        ("b",): (3, 3),
        ("b", 0): (3, 5),
        ("b", 1): (4, 5),
        ("b", 1, "c"): (4, 8),
    }
    key = tree.locate(fields, ("b", 1, "c"), key=True)
    assert (key.line, key.column) == (4, 5)


# -- anything at all ------------------------------------------------------------------------------

#: Pieces of YAML, so that generated texts get past the first line.
PIECES = st.sampled_from(
    [
        *("a: ", "b:", "- ", "  ", "\n", "\n  ", "x", '"', "'", "[", "]", "{", "}", ",", ": "),
        *(":", "#", " #", "|", ">", "|-\n", "&a ", "*a", "!t ", "<<: ", "---", "...", "%", "@"),
        *("`", "?", "? ", "\\", "\\n", "“", "”", "é", "이", "\t", "\u2028", "\x00", "~", "null"),
        *("0", "10", "-", "\r"),
    ]
)
YAML = st.lists(PIECES, max_size=30).map("".join)


def verdict(raw: bytes) -> tuple[Any, list[Problem]]:
    """What reading gives, with every place; each problem must have one inside the text."""
    fields, problems = tree.parse(raw, "x.yml")
    rows = raw.count(b"\n") + 1
    for found in problems:
        assert re.fullmatch(r"SB1\d\d", found.code)
        assert 1 <= found.line <= rows
        assert found.column >= 1
        assert found.message
    assert problems or fields is not None
    return fields, problems


@given(st.binary(max_size=200))
def test_arbitrary_bytes(raw: bytes) -> None:
    """No bytes raise, and every problem has a place."""
    verdict(raw)


@given(st.text(max_size=200))
def test_arbitrary_text(text: str) -> None:
    """No text raises, and every problem has a place."""
    verdict(text.encode("utf-8", "surrogatepass"))


@given(YAML)
@example("? a")
@example("a: !<")
@example('a: "\\')
@example("a: >1-")
@example("a: &\n")
@example("[a]: b")
@example("{a: b}: c")
def test_arbitrary_yaml(text: str) -> None:
    """No pieces of YAML put together raise, and every problem has a place."""
    verdict(text.encode())


# -- both parsers ---------------------------------------------------------------------------------


def pure(raw: bytes) -> tuple[Any, list[Problem]]:
    """The verdict without the C parser."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tree, "CParser", None)
        return verdict(raw)


@needs_c_parser
@given(YAML)
@example("a: b\n  c")
@example("a: 'b\n\n  c'")
@example("a: [b, c]\n")
@example("a: |2\n   b\n")
@example("a: >\n  b\n\n  c\n\n")
@example("a: b # c\n\n\n")
@example("a: '😀' b\n")
@example("😀: 😀\n")
def test_parsers_agree_on_anything(text: str) -> None:
    """With and without the C parser, data, places and problems are the same."""
    assert verdict(text.encode()) == pure(text.encode())


REAL = [*sorted(MINI.rglob("*.yml")), *sorted((ROOT / "content").rglob("*.yml"))]


@needs_c_parser
def test_parsers_agree_on_the_content() -> None:
    """So they are for every record there is."""
    assert len(REAL) > 100
    differing = [p.name for p in REAL if verdict(p.read_bytes()) != pure(p.read_bytes())]
    assert differing == []


@needs_c_parser
def test_parsers_agree_on_mistakes(tmp_path: Path) -> None:
    """And for every file of every mistake in the table."""
    raw = {}
    for case in CASES:
        write_case(case.read_text(encoding="utf-8").partition(EXPECTED)[0], tmp_path / case.stem)
        files = (tmp_path / case.stem / "content").rglob("*.y*ml")
        raw |= {f"{case.stem}: {path.name}": path.read_bytes() for path in files if path.is_file()}
    known = {path.read_bytes() for path in REAL}
    mistakes = {name: data for name, data in raw.items() if data not in known}
    assert len(mistakes) > 150
    assert [name for name, data in mistakes.items() if verdict(data) != pure(data)] == []


@needs_c_parser
def test_the_c_parser_reads_the_content() -> None:
    """The fast way is taken: the C parser alone reads nearly every real record."""
    texts = [tree.decode(path.read_bytes()) for path in REAL]
    fast = [text for text in texts if tree._fast_tree(text) is not None]
    assert len(fast) > 0.9 * len(texts)


def test_without_c_parser_the_library_is_fine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The small library has no problems without the C parser, either."""
    monkeypatch.setattr(tree, "CParser", None)
    assert output(write_library(tmp_path)) == ""
