"""Mistakes people make, each with everything `brief check` says about it.

One file of `tests/bad` is one mistake: a line that says what somebody did, the files they wrote
over the small library, and the complete output. Written anew with `pytest --update-goldens`;
read every changed message as somebody would who knows summits and not YAML.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from generator import check, load, prose
from generator.build import check_content
from generator.problems import as_text
from tests.conftest import MINI, TODAY, write_library

BAD = Path(__file__).parent / "bad"
CASES = sorted(BAD.glob("*.txt"))
EXPECTED = "-- expected --\n"
#: Codes without a case here: they need files too big to read; test_tree and test_limits have them.
TOO_BIG = {"SB101", "SB106", "SB123"}

_SECTION = re.compile(r"^-- (\S.*?)(?: \((escaped|link)\))? --\n", re.MULTILINE)


def write_case(case: str, root: Path) -> None:
    """Write the files of a case over a copy of the small library.

    `(escaped)` after a file name: its text has Python's escapes, `\\t` and `\\xe9`, for bytes that
    do not show. `(link)`: the file is a symbolic link to the path in its text.
    """
    write_library(root)
    parts = _SECTION.split(case)
    for name, how, text in zip(parts[1::3], parts[2::3], parts[3::3], strict=True):
        path = root / name
        path.unlink(missing_ok=True)
        path.parent.mkdir(parents=True, exist_ok=True)
        if how == "link":
            path.symlink_to(text.strip())
        elif how == "escaped":
            path.write_bytes(text.encode("ascii").decode("unicode_escape").encode("latin-1"))
        else:
            path.write_text(text, encoding="utf-8", newline="\n")


def output(root: Path) -> str:
    """What `brief check` prints without a terminal."""
    return "".join(f"{as_text(p)}\n" for p in check_content(root, TODAY).problems)


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.stem)
def test_mistake(path: Path, tmp_path: Path, golden: Callable[[Path, str], None]) -> None:
    """Each mistake is reported at its place, in plain words, and nothing else is."""
    case = path.read_text(encoding="utf-8").partition(EXPECTED)[0]
    write_case(case, tmp_path)
    said = output(tmp_path)
    assert said
    golden(path, f"{case}{EXPECTED}{said}")


def test_there_are_many() -> None:
    """At least sixty mistakes, each told in a first line of its own."""
    first_lines = [path.read_text(encoding="utf-8").partition("\n")[0] for path in CASES]
    assert len(set(first_lines)) == len(CASES) >= 60
    assert all(re.fullmatch(r"[A-Z].{10,90}\.", line) for line in first_lines)


def test_every_code_has_a_mistake() -> None:
    """Every code the program can print is printed for at least one mistake."""
    said = "".join(path.read_text(encoding="utf-8").partition(EXPECTED)[2] for path in CASES)
    rules = [*load.RULES, *prose.RULES, *(row.rule for row in check.RULES)]
    assert {rule.code for rule in rules} - TOO_BIG <= set(re.findall(r"SB\d{3}", said))


@pytest.mark.parametrize("path", sorted(MINI.rglob("*.yml")), ids=lambda path: path.stem)
def test_broken_file_blames_nobody_else(path: Path, tmp_path: Path) -> None:
    """Whichever file is broken, the only problem is in that file."""
    broken = write_library(tmp_path) / path.relative_to(MINI)
    broken.write_text("title: [", encoding="utf-8")
    places = [line.partition(":")[0] for line in _problems(output(tmp_path))]
    assert places == [path.relative_to(MINI).as_posix()]


def test_all_mistakes_at_once(tmp_path: Path) -> None:
    """A broken file hides no problem of the others, and all come out sorted from one run."""
    names = ["colon-in-title", "tab", "wrong-date-slashes", "html-in-prose", "empty-list"]
    alone: list[str] = []
    for number, name in enumerate(names):
        case = (BAD / f"{name}.txt").read_text(encoding="utf-8").partition(EXPECTED)[0]
        # Several cases write a file of the same name; here each has a record of its own.
        case = re.sub(r"^(-- content/\w+/.+)\.yml", rf"\1-{number}.yml", case, flags=re.MULTILINE)
        for folder in (name, "all"):
            write_case(case, tmp_path / folder)
        alone += _problems(output(tmp_path / name))
    together = _problems(output(tmp_path / "all"))
    assert sorted(together) == sorted(alone)
    places = [re.match(r"(.+?):(\d+):(\d+): (\S+)", line).groups() for line in together]
    assert places == sorted(places, key=lambda p: (p[0], int(p[1]), int(p[2]), p[3]))


def _problems(text: str) -> list[str]:
    """The output, one entry for each problem."""
    return re.findall(r"^\S.*(?:\n    .*)?", text, re.MULTILINE)
