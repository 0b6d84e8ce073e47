"""`GOALS.md`: every goal has a row, and every test it names is there."""

from __future__ import annotations

import re

import pytest

from tests.conftest import ROOT

TEXT = (ROOT / "tests" / "GOALS.md").read_text(encoding="utf-8")
ROWS = re.findall(r"^\| G(\d+) (.+?) \| (.+?) \| (.*?) ?\|$", TEXT, re.MULTILINE)


def test_every_goal_has_a_row() -> None:
    """Twenty-two of them, in order."""
    assert [int(number) for number, *_ in ROWS] == list(range(1, 23))


@pytest.mark.parametrize(("number", "goal", "held", "distance"), ROWS, ids=[r[0] for r in ROWS])
def test_what_holds_a_goal_is_there(number: str, goal: str, held: str, distance: str) -> None:
    """Each row names tests, and each of them is one; a distance is a sentence."""
    named = re.findall(r"`([\w/]+\.py)::(test_\w+)`", held)
    assert named
    assert ", ".join(f"`{file}::{test}`" for file, test in named) == held
    for file, test in named:
        text = (ROOT / "tests" / file).read_text(encoding="utf-8")
        assert re.search(rf"^def {test}\(|^@often.*\ndef {test}\(", text, re.MULTILINE), test
    assert not distance or distance.endswith(".")


def test_tests_carry_the_numbers_of_goals() -> None:
    """A number in the name of a test is that of a goal."""
    for path in (ROOT / "tests").rglob("test_*.py"):
        for number in re.findall(r"^def test_g(\d+)_", path.read_text("utf-8"), re.MULTILINE):
            assert 1 <= int(number) <= 22, path
