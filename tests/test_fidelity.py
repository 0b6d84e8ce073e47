"""What is accepted arrives unchanged: the same text in pages, JSON, CSV, feeds, calendar, database,
citations. Paper has its own tests, in tests/pdf, because what it shows depends on the fonts."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import icalendar
import lxml.etree
import pytest
import rispy

from generator import characters, seal
from generator.build import build
from generator.files import files_below
from tests.conftest import MINI, TODAY, changed, write_project
from tests.test_characters import FINE

#: Everything that passes the loader and could go wrong on the way out, in portions of one title.
TEXTS = {
    name: text
    for name, text in FINE.items()
    if name != "mark-without-letter-of-its-own"  # below
} | {
    "markup": "<b>&amp; &lt;i&gt; </title> --> ]]> \"double\" 'single' `back`",
    "signs": "; , : \\ \\n | # * _ [x](y) {{ z }} {% w %} $ % ^ ~ @ = + - !",
    "marks": "x\u0302 and n\u0303\u0302".replace("n\u0303", "\u00f1"),
}
TITLE = " § ".join(text.replace("'", "\u2019") for text in TEXTS.values())


def strings(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from strings(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from strings(inner)
    elif isinstance(value, str):
        yield value


def in_json(path: Path) -> Iterator[str]:
    yield from strings(json.loads(path.read_text(encoding="utf-8")))


def in_csv(path: Path) -> Iterator[str]:
    for row in csv.reader(io.StringIO(path.read_text(encoding="utf-8"), newline="")):
        yield from row


def in_atom(path: Path) -> Iterator[str]:
    for element in lxml.etree.parse(str(path)).iter():
        yield "".join(element.itertext())


def in_calendar(path: Path) -> Iterator[str]:
    for part in icalendar.Calendar.from_ical(path.read_bytes()).walk():
        yield from (str(value) for value in part.values())


def in_ris(path: Path) -> Iterator[str]:
    for entry in rispy.loads(path.read_text(encoding="utf-8")):
        yield from strings(entry)


def in_database(path: Path) -> Iterator[str]:
    with sqlite3.connect(f"file:{path}?immutable=1", uri=True) as base:
        names = [
            row[0] for row in base.execute("SELECT name FROM sqlite_master WHERE type='table'")
        ]
        for name in names:
            for row in base.execute(f'SELECT * FROM "{name}"'):
                yield from (cell for cell in row if isinstance(cell, str))


READERS: dict[str, Callable[[Path], Iterator[str]]] = {
    "json": in_json,
    "csv": in_csv,
    "atom": in_atom,
    "ics": in_calendar,
    "ris": in_ris,
    "sqlite": in_database,
}


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small library with that text as the title of a summit, built with every check on."""
    root = write_project(tmp_path_factory.mktemp("fidelity"), MINI / "content")
    quoted = "'" + TITLE.replace("'", "''") + "'"
    name = "summits/2025-08-23-lee-ishiba-tokyo"
    (root / "content" / f"{name}.yml").write_text(
        changed(name, f"title: {quoted}\nvenue: {quoted}\n"),
        encoding="utf-8",
    )
    return root


def test_g03_the_same_text_in_every_format(project: Path) -> None:
    """Letter by letter, as a stranger's program reads it."""
    assert characters.odd(TITLE) == []
    build(project, TODAY)
    site = project / "site"
    for ending, read in READERS.items():
        found = [
            name
            for name in files_below(site)
            if name.endswith(f".{ending}") and any(TITLE in text for text in read(site / name))
        ]
        assert found, ending
    page = "summits/2025-08-23-lee-ishiba-tokyo/index.html"
    assert seal.gate(site, [page], {page: [TITLE]}) == []
