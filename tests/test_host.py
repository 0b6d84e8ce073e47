"""MkDocs as a guest: what is kept from it comes back as it was."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from generator import aside, host
from tests.conftest import ROOT


@pytest.mark.parametrize(
    ("text", "count"),
    [
        ("# Title\n\n<p class=x>One</p>\n\nText.\n", 1),
        ("<div>\n<div>inner</div>\n</div>\n", 1),
        ("<div>\n\n</div>\n", 0),  # goes on after the blank line
        ("<div>one</div> and text\n", 0),
        ("<h1>Title</h1>\n\n<section><h1>Title</h1></section>\n", 0),  # the theme looks for it
        ("<!-- note -->\n\n---\n\n<br>\n", 0),
        ("<p>one</p>\n<p>two</p>\n", 1),
        ("<p>one</p>\n\n# Title\n\n<p>two</p>", 2),
        ("<p>one</p>\n\n<p>two</p>", 1),
        ('---\n{\n "title": "A"\n}\n---\n\n "head": "<meta>"\n', 0),
    ],
)
def test_set_aside(text: str, count: int) -> None:
    """Whole elements between blank lines, and nothing else; put back, they are what they were."""
    lean, blocks = aside.set_aside(text)
    assert len(blocks) == count
    assert aside.put_back(lean, blocks).rstrip("\n") == text.rstrip("\n")


def test_head_is_set_aside() -> None:
    """What the front matter has for the head of a page is no work for the reader of YAML."""
    front = '---\n{\n "title": "A",\n "head": %s\n}\n---\n\n# Title\n'
    lean, blocks = aside.set_aside(front % json.dumps('<meta name="a">\n<meta>'))
    assert blocks == ['<meta name="a">\n<meta>']
    assert lean == front % json.dumps('<div data-aside="0"></div>')


@given(st.lists(st.sampled_from(["<div>", "</div>", "<p x>", "</p>", "\n", "\n\n", "a", "# b"])))
def test_whatever_is_set_aside_comes_back(pieces: list[str]) -> None:
    """Of any text."""
    text = "".join(pieces)
    lean, blocks = aside.set_aside(text)
    assert aside.put_back(lean, blocks).replace("\n", "") == text.replace("\n", "")


def test_pages_are_those_of_plain_mkdocs(real_project: Path, tmp_path: Path) -> None:
    """Every page of the real record has the bytes that MkDocs alone gives it, whole at once."""
    settings = {
        "INHERIT": os.path.relpath(ROOT / "mkdocs.yml", tmp_path),
        "docs_dir": str(real_project / ".build/docs"),
        "site_dir": "site",
        "theme": {"custom_dir": str(ROOT / "templates/theme")},
        "hooks": [],
        "watch": [],
    }
    (tmp_path / "mkdocs.yml").write_text(json.dumps(settings), encoding="utf-8")
    subprocess.run(
        [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict"],
        cwd=tmp_path,
        env=os.environ | {host.INSIDE_BUILD: "1", "NO_MKDOCS_2_WARNING": "1"},
        check=True,
    )
    names = [
        host.page_of(path.relative_to(real_project / ".build/docs").as_posix())
        for path in (real_project / ".build/docs").rglob("*.md")
    ]
    assert len(names) > 800
    for name in names:
        assert (tmp_path / "site" / name).read_bytes() == (
            real_project / "site" / name
        ).read_bytes(), name
