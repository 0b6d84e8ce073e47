"""The canonical form of record files: nothing is lost, nothing changes twice."""

from __future__ import annotations

import contextlib
import random
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from generator import characters, fill, prose
from generator import tree as yaml_tree
from generator.fill import wrapped
from generator.fmt import CannotFormat, as_yaml, formatted, meaning
from generator.model import BY_FOLDER, Person, Source, Summit, Takeaway, Term
from tests.conftest import MINI, ROOT

REAL = sorted((ROOT / "content").glob("*/*.yml")) + sorted((MINI / "content").glob("*/*.yml"))


def form(text: str, shape: type = Takeaway) -> str:
    """The canonical form of a text."""
    return formatted(text.encode(), "content/takeaways/x.yml", shape).decode()


def tree_of(data: bytes) -> yaml_tree.Fields:
    tree, problems = yaml_tree.parse(data, "x")
    assert tree is not None
    assert problems == []
    return tree


# -- examples -----------------------------------------------------------------------------------

EXAMPLES = {
    "fields in their order": (
        "kind: outcome\nheadline: A\nsummits:\n  - b\n",
        "summits:\n  - b\nheadline: A\nkind: outcome\n",
    ),
    "fields within a list item": (
        "history:\n  - note: |\n      It began.\n    date: 2025\n    status: open\n",
        "history:\n  - date: 2025\n    status: open\n    note: |\n      It began.\n",
    ),
    "unknown fields stay, at the end": ("zzz: 1\nkind: outcome\n", 'kind: outcome\nzzz: "1"\n'),
    "lists indented by two": ("topics:\n- a\n-   b\n", "topics:\n  - a\n  - b\n"),
    "lists in brackets": ("topics: [a, b]  # both\n", "topics:\n  - a\n  - b  # both\n"),
    "odd indents": (
        "deadline:\n     date: 2025\n     text: soon\n",
        "deadline:\n  date: 2025\n  text: soon\n",
    ),
    "needless quotes": ("headline: 'A deal'\n", "headline: A deal\n"),
    "one sort of quotes": ("headline: 'A: deal'\n", 'headline: "A: deal"\n'),
    "quotes in quotes": ('headline: "\\"A\\": deal"\n', "headline: '\"A\": deal'\n"),
    "Norway": ("by:\n  - no\n  - on\n", 'by:\n  - "no"\n  - "on"\n'),
    "numbers as text": (
        "sources:\n  - source: a\n    locator: 010\n  - source: a\n    locator: 12:30\n",
        'sources:\n  - source: a\n    locator: "010"\n  - source: a\n    locator: "12:30"\n',
    ),
    "numbers as numbers": (
        "order: '3'\namounts:\n  - value: \"350000000000\"\n",
        "order: 3\namounts:\n  - value: 350000000000\n",
    ),
    "text that looks like a date": ("headline: 2025-08-25\n", 'headline: "2025-08-25"\n'),
    "dates": (
        "checked: 2025/8/5\nreview: '2025-09-01'\n",
        "checked: 2025-08-05\nreview: 2025-09-01\n",
    ),
    "a date with two readings stays": ("checked: 08/09/2025\n", "checked: 08/09/2025\n"),
    "prose in a block": ("body: They met.\n", "body: |\n  They met.\n"),
    "prose is filled": (
        "body: |\n  They\n  met.\n\n\n\n  It rained.\n",
        "body: |\n  They met.\n\n  It rained.\n",
    ),
    "lists in prose": (
        "body: |\n  - one\n  - two\n    three\n",
        "body: |\n  - one\n  - two three\n",
    ),
    "quotations in prose": ("body: |\n  > one\n  two\n", "body: |\n  > one two\n"),
    "a hard break": ("body: |\n  one  \n  two\n", "body: |\n  one\\\n  two\n"),
    "comments above": (
        "# of kind\nkind: outcome\n# of summits\nsummits:\n  # of b\n  - b\n",
        "# of summits\nsummits:\n  # of b\n  - b\n# of kind\nkind: outcome\n",
    ),
    "comments beside": (
        "kind: outcome # why\nbody: |  # what\n    They met.\n",
        "kind: outcome  # why\nbody: |  # what\n  They met.\n",
    ),
    "a comment at the end of a list": (
        "topics:\n  - a\n  # - b\nby:\n  - kr\n",
        "by:\n  - kr\ntopics:\n  - a\n  # - b\n",
    ),
    "a comment at the end": ("kind: outcome\n# the end", "kind: outcome\n# the end\n"),
    "a comment for the editor stays first": (
        "# yaml-language-server: $schema=x\nkind: outcome\nsummits:\n  - a\n",
        "# yaml-language-server: $schema=x\nsummits:\n  - a\nkind: outcome\n",
    ),
    "a heading comment stays first": (
        "# Checked twice.\n\nkind: outcome\nsummits:\n  - a\n",
        "# Checked twice.\n\nsummits:\n  - a\nkind: outcome\n",
    ),
    "comments inside of an item": (
        "history:\n  -\n    # first\n    status: open\n    date: 2025\n",
        "history:\n  # first\n  - date: 2025\n    status: open\n",
    ),
    "a hash that is no comment": ("headline: Nr.#5\n", "headline: Nr.#5\n"),
    "empty lines": ("kind: outcome\n\n\n\nbody: |\n  A.\n\n\n", "kind: outcome\n\nbody: |\n  A.\n"),
    "line endings, mark and space at ends": (
        "\ufeffkind: outcome   \r\nheadline: A\r\n",
        "headline: A\nkind: outcome\n",
    ),
    "composed letters": ("headline: Communique\u0301\n", "headline: Communiqu\u00e9\n"),
    "no last line end": ("kind: outcome", "kind: outcome\n"),
    "an empty value": ("kind:\n", "kind:\n"),
    "notes": ("notes: For editors.\n", "notes: |\n  For editors.\n"),
}


@pytest.mark.parametrize("name", EXAMPLES)
def test_example(name: str) -> None:
    """Each rule of the form, by an example; the form of the form is itself."""
    given_text, wanted = EXAMPLES[name]
    if name == "fields in their order":
        assert form(given_text) == wanted
    assert form(given_text) == wanted
    assert form(wanted) == wanted


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: b: c\n", "cannot be read"),
        ("kind: outcome\nkind: signal\n", "cannot be read"),
        ("\tkind: outcome\n", "cannot be read"),
        ("", "cannot be read"),
        ("- a\n", "cannot be read"),
    ],
)
def test_refused(text: str, reason: str) -> None:
    """What cannot be read is left alone, with the problem."""
    with pytest.raises(CannotFormat, match=reason) as refused:
        form(text)
    assert refused.value.problems


def test_an_empty_record() -> None:
    """A record without fields, in the one way YAML has for it, has no other form."""
    with pytest.raises(CannotFormat, match="there is nothing in it"):
        form("{}\n")


def test_not_utf_8() -> None:
    with pytest.raises(CannotFormat):
        formatted(b"title: \xff\n", "content/terms/x.yml", Term)


def test_long_lines_of_notes_are_folded() -> None:
    text = form(f"notes: {'word ' * 40}\n")
    assert max(len(row) for row in text.splitlines()) <= 100


def test_prose_is_at_most_100_columns_wide() -> None:
    links = (
        "[[2025-08-25-investment-terms|the terms of it]] [@source-of-it, Trump section para. 2] "
    )
    text = form(f"body: |\n  {links * 20}\n")
    assert max(len(row) for row in text.splitlines()) <= 100
    assert text.count("[@source-of-it, Trump section para. 2]") == 20


@pytest.mark.parametrize("start", ["-", "+", "*", "1.", "12)", "#", ">", "|", "---", "==="])
def test_filling_starts_no_block(start: str) -> None:
    """A sign that would begin a list or a heading never comes to stand first in a line."""
    for before in range(80, 104):
        text = "x" * before + f" {start} word"
        rows = wrapped(text, 98)
        assert prose.parse("\n".join(rows)).blocks == prose.parse("\n".join(rows)).blocks
        assert [b.kind for b in prose.parse("\n".join(rows)).blocks] == ["paragraph"]


# -- all real records ---------------------------------------------------------------------------


@pytest.mark.parametrize("path", REAL, ids=lambda p: p.stem)
def test_real_record(path: Path) -> None:
    """Every real record has a canonical form with the same data, and it is stable."""
    shape = BY_FOLDER[path.parent.name]
    data = path.read_bytes()
    once = formatted(data, str(path), shape)
    assert formatted(once, str(path), shape) == once
    assert meaning(tree_of(once), shape) == meaning(tree_of(data), shape)
    record = shape.model_validate({**yaml_tree.to_data(tree_of(once)), "id": path.stem})
    assert record


def test_real_content_is_canonical() -> None:
    """What lies in content/ is in canonical form: `brief fmt` changes nothing."""
    others = [
        path
        for path in sorted((ROOT / "content").glob("*/*.yml"))
        if formatted(path.read_bytes(), str(path), BY_FOLDER[path.parent.name]) != path.read_bytes()
    ]
    assert others == [], "run: brief fmt"


# -- disturbed and invented ones ----------------------------------------------------------------


def disturbed(text: str, rng: random.Random) -> tuple[str, list[str]]:
    """A record file as a person might leave it: in disorder, with comments; and the comments."""
    chunks = re.split(r"^(?=[a-z_]+:)", text, flags=re.MULTILINE)
    chunks = [chunk for chunk in chunks if chunk]
    rng.shuffle(chunks)
    lines: list[str] = []
    comments: list[str] = []
    block: int | None = None
    for row in "".join(chunks).splitlines():
        indent = len(row) - len(row.lstrip())
        if block is not None and (indent > block or not row):
            lines.append(row)
            continue
        block = None
        if rng.random() < 0.15:
            comments.append(f"# note {len(comments)} on 'this': \"that\"")
            lines.append(" " * indent + comments[-1])
        if rng.random() < 0.05:
            lines.append("")
        if row.endswith("|"):
            block = indent
        end = ""
        if block is None and rng.random() < 0.1:
            comments.append(f"#beside {len(comments)}")
            end = "  " + comments[-1]
        elif block is None and rng.random() < 0.1:
            end = "  "
        lines.append(row + end)
    ending = rng.choice(["\n", "\r\n"])
    return ending.join(lines) + rng.choice(["", ending, ending * 3]), comments


def comments_in(text: str) -> list[str]:
    return re.findall(r"# note \d+ on 'this': \"that\"|#beside \d+", text)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(REAL), st.integers(0, 2**32))
def test_disturbed_record(path: Path, seed: int) -> None:
    """In whatever order and with whatever comments: same data, all comments, stable."""
    shape = BY_FOLDER[path.parent.name]
    text, comments = disturbed(path.read_text(encoding="utf-8"), random.Random(seed))
    once = formatted(text.encode(), str(path), shape)
    assert sorted(comments_in(once.decode())) == sorted(comments)
    assert formatted(once, str(path), shape) == once
    assert meaning(tree_of(once), shape) == meaning(tree_of(path.read_bytes()), shape)


@pytest.mark.parametrize("path", REAL, ids=lambda p: p.stem)
def test_order_does_not_matter(path: Path) -> None:
    """Two people who write the same data get the same file."""
    shape = BY_FOLDER[path.parent.name]
    text = path.read_text(encoding="utf-8")
    chunks = [c for c in re.split(r"^(?=[a-z_]+:)", text, flags=re.MULTILINE) if c]
    turned = "".join(c if c.endswith("\n") else c + "\n" for c in reversed(chunks))
    assert formatted(turned.encode(), "x", shape) == formatted(text.encode(), "x", shape)


LETTERS = st.characters(exclude_categories=("Cs", "Cc", "Cn", "Co"))
ANY_WORDS = st.text(
    st.one_of(st.sampled_from(list(" -:#'\"\\|>[]{}&*!%@`,?~=<.0123456789noyes\n")), LETTERS),
    max_size=40,
)
#: Text that may stand in a record.
WORDS = ANY_WORDS.filter(lambda text: not characters.odd(text))


@settings(max_examples=400, deadline=None)
@given(
    st.dictionaries(st.sampled_from(["title", "city", "venue", "notes", "zzz"]), WORDS, min_size=1)
)
def test_any_text_comes_back(data: dict[str, str]) -> None:
    """Whatever the text, what is written is read as the same again."""
    rows = as_yaml(data, Summit)
    tree = tree_of(("\n".join(rows) + "\n").encode())
    for name, text in data.items():
        found = yaml_tree.to_data(tree)[name]
        if name == "notes":
            assert found.split() == text.split()
        else:
            strip = "\n".join(row.rstrip() for row in text.strip("\n").split("\n"))
            assert found.strip("\n") in (text.strip("\n"), strip)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "word",
                "-",
                "1.",
                "*a*",
                "**b**",
                "[[x|a b]]",
                "[@s, p. 2]",
                "\n",
                "\n\n",
                "> ",
                "  \n",
                "# ",
                "| a |",
                "https://x.org/a-b",
                "한국어",
            ]
        ),
        max_size=60,
    )
)
def test_any_prose_keeps_its_meaning(parts: list[str]) -> None:
    """Filled prose means the same, and fills to the same again."""
    text = " ".join(parts).strip()
    if not text:
        return
    once = wrapped(text, 60)
    shown = fill.meaning(prose.parse("\n".join(once), rich=True).blocks)
    assert shown == fill.meaning(prose.parse(text, rich=True).blocks)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=200))
def test_any_bytes(data: bytes) -> None:
    """Bytes are formatted or refused; nothing else happens."""
    for shape in (Source, Person):
        with contextlib.suppress(CannotFormat):
            formatted(data, "content/sources/x.yml", shape)


@settings(max_examples=200, deadline=None)
@given(
    st.lists(
        st.sampled_from(
            [
                "title: a",
                "city:",
                "  - x",
                "- y",
                "  k: v",
                "# c",
                "  # d",
                "",
                "body: |",
                "    text",
                "a: [b, c] # e",
                "x: 'q'",
                "- p: q",
                "  -",
                "      # z",
                "notes: >-",
            ]
        ),
        max_size=12,
    )
)
def test_any_lines(lines: list[str]) -> None:
    """Odd files with odd comments are formatted without loss, or refused."""
    try:
        once = formatted("\n".join(lines).encode(), "content/summits/x.yml", Summit)
    except CannotFormat as error:
        refused = str(error)
    else:
        refused = "it cannot be read"
        assert formatted(once, "content/summits/x.yml", Summit) == once
    assert refused == "it cannot be read"
