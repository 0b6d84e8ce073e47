"""Any bytes at all: no traceback, every problem with a place, time that grows with the length."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from generator import fill, prose
from generator import tree as yaml_tree
from tests import payloads
from tests.conftest import MINI, ROOT
from tests.fuzz.target import FOLDERS, loads, one_input, writes
from tests.pace import HANGS, growth, seconds

REAL = sorted(MINI.rglob("*.yml"))
#: Records with a few bytes of something else in them.
DAMAGED = st.builds(
    lambda data, at, put: data[: at % len(data)] + put + data[at % len(data) + len(put) :],
    st.sampled_from([path.read_bytes() for path in REAL]),
    st.integers(0, 10_000),
    st.binary(max_size=6)
    | st.sampled_from([b"\n", b": ", b"- ", b"|\n", b'"', b"\xe2\x80\xae", b"#"]),
)


@settings(max_examples=150)
@given(st.binary(max_size=300))
@example(b"")
@example(b"\xff\xfe")
@example(b"\x00")
def test_g06_any_bytes(data: bytes) -> None:
    one_input(data)


@settings(max_examples=150)
@given(DAMAGED)
def test_g06_damaged_records(data: bytes) -> None:
    for folder in ("topics", "takeaways"):
        loads(data, folder)


@settings(max_examples=300)
@given(
    st.text(
        st.sampled_from("<>/\"'&;:=()[]{}|!@#*_`~\\- \n\tabscriptkr1.hxp가é^+%$?,"), max_size=120
    )
)
def test_g06_any_prose(text: str) -> None:
    one_input(text.encode())


@pytest.mark.parametrize(
    "rows",
    [
        payloads.own() + payloads.public(),
        pytest.param(payloads.scripts(), marks=pytest.mark.full),
    ],
    ids=["own and public", "scripts"],
)
def test_g05_hostile_yaml(rows: tuple[str, ...]) -> None:
    """Every payload as a file of its own, in some folder: no traceback, and none takes for ever."""
    for row in rows:
        assert seconds(lambda row=row: one_input(row.encode("utf-8", "replace"))) < HANGS, row[:80]


BOMBS = [
    b"- " * 50_000,
    b"[" * 200_000,
    b"{" * 200_000,
    b"a: " * 50_000,
    b"? " * 50_000,
    b"- - " * 5_000 + b"x",
    b"".join(b" " * n + b"a:\n" for n in range(300)),
    b"a: &a [x]\nb: &b [*a,*a,*a,*a]\nc: [*b,*b,*b,*b]\n",
    b"a: &a [*a]\n",
    b"<<: {a: b}\n",
    b"a: " + b"1" * 100_000,
    b"a: 0x" + b"f" * 100_000,
    b'a: "' + b"\\x41" * 50_000 + b'"',
    b"a: |\n" + b"  x\n" * 60_000,
    b"a: >\n" + b"  x\n\n" * 40_000,
    b"#" * 250_000,
    b"a: b\n" * 50_000,
    b"%YAML 1.2\n" * 1_000,
    b"--- x\n" * 10_000,
    b"a: 'b''" * 30_000,
    b"a: !!python/object/apply:os.system [id]\n",
    b"a: !!binary aGVsbG8=\n",
    b"? [a, b]\n: c\n",
    "a: \U0001f3f4".encode() + "\U000e0067".encode() * 50_000,
]


def plain(length: int) -> list[bytes]:
    """Files of plain fields, no more in each than a record may have, so long together."""
    lines = [b"field%d: Some words of a record\n" % n for n in range(length // 30 + 1)]
    return [b"".join(lines[n : n + 2_000]) for n in range(0, len(lines), 2_000)]


@pytest.mark.parametrize("data", BOMBS, ids=range(len(BOMBS)))
def test_y04_bombs(data: bytes) -> None:
    """Nesting, doubling, endless lines: a problem with a place, and about as soon as with fields.

    Sixteen times as late at most as with plain ones of the same length, or two pages beside what is
    short; where time grows with the square of the length, it is thousands of times.
    """
    tree, problems = yaml_tree.parse(data, "x.yml")
    assert tree is None or problems == [] or all(p.line for p in problems)
    assert all(p.line >= 1 and p.column >= 1 for p in problems)
    fields = plain(max(len(data), 4_000))
    assert [yaml_tree.parse(file, "x.yml")[1] for file in fields] == [[]] * len(fields)
    ways = (fields, [data])
    assert growth(lambda n: [yaml_tree.parse(f, "x.yml") for f in ways[n]], (0, 1), below=16) < 16


#: Reads all of them in a process of its own and prints how many kB it needed at most.
READ_BOMBS = r"""
import re
from pathlib import Path
from generator import tree
from tests.test_fuzz import BOMBS
for data in BOMBS:
    tree.parse(data, "x.yml")
# Of this program alone: what getrusage says has the parent's memory in it.
print(re.search(r"VmHWM:\s+(\d+)", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is counted in kB on Linux only")
def test_g05_bombs_need_little_memory() -> None:
    """All of them, with Python and the program, need less than 300 MB."""
    done = subprocess.run(
        [sys.executable, "-c", READ_BOMBS], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert int(done.stdout) < 300_000


#: Beginnings that are never ended, and the like: what slows parsers of Markdown down.
PATHOLOGICAL = {
    "brackets": "[",
    "brackets-both": "[]",
    "nested-links": "[a](",
    "links-with-angle": "[a](<b",
    "images": "![",
    "record-links": "[[a",
    "record-links-half": "[[a|",
    "notes": "[@a",
    "stars": "*a ",
    "stars-alternating": "*a _b ",
    "double-stars": "**a ",
    "underscores": "_a ",
    "backticks": "`a",
    "tags": "<a ",
    "comments": "<!-- a ",
    "entities": "&a",
    "quotes": "> ",
    "lists": "- ",
    "numbers": "1. ",
    "escapes": "\\[",
    "angles": "<",
    "autolinks": "<https:",
    "parentheses": "[a](" + "(" * 3,
    "tables": "|a",
    "rules": "a\n-\n",
    "setext": "a\n=\n",
    "hard-breaks": "a  \n",
    "marks": "e\u0301",
}


@pytest.mark.parametrize("piece", PATHOLOGICAL.values(), ids=PATHOLOGICAL)
def test_g07_prose_is_linear(piece: str) -> None:
    """Four times the text takes about four times as long: far from sixteen."""

    def shown(size: int) -> None:
        tree = prose.parse((piece * size)[:size], rich=True)
        prose.to_html(tree, lambda _: None, lambda *_: (0, "", ""))

    assert growth(shown, (2_000, 8_000), below=11) < 11


def test_g07_filling_is_linear() -> None:
    """So does filling prose to a width."""

    def filled(size: int) -> None:
        fill.wrapped("word [x](https://e.org) *a* " * (size // 28), 96)

    assert growth(filled, (4_000, 16_000), below=11) < 11


def test_growth_is_told() -> None:
    """What grows with the square is above the limit, what grows with the length is below it."""

    def square(size: int) -> None:
        for _ in range(size):
            sum(range(size))

    def line(size: int) -> None:
        sum(range(size * 100))

    assert growth(square, (500, 2_000), below=0) > 11
    assert growth(line, (2_000, 8_000), below=11) < 11


def test_every_folder_is_tried() -> None:
    for folder in FOLDERS:
        loads(b"title: x\n", folder)
    writes("x")
