"""What is accepted arrives unchanged: the same text in pages, JSON, CSV, feeds, calendar, database,
citations. Paper has its own tests, in tests/pdf, because what it shows depends on the fonts."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import icalendar
import lxml.etree
import pytest
import rispy

from generator import characters, seal
from generator.build import build
from generator.corpus import Corpus
from generator.files import files_below
from generator.outputs import OUTPUTS
from tests import payloads
from tests.conftest import MINI, TODAY, changed, write_project
from tests.test_characters import FINE
from tests.test_hostile import accepted, batches

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
SUMMIT = "summits/2025-08-23-lee-ishiba-tokyo"
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
    with closing(sqlite3.connect(f"file:{path}?immutable=1", uri=True)) as base:
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


#: The outputs those files are of, and how many summits are written at once.
FORMS = ("api", "citations", "feeds", "calendar", "csv", "database")
AT_ONCE = 25


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The small library with that text as the title of a summit, built with every check on."""
    root = write_project(tmp_path_factory.mktemp("fidelity"), MINI / "content")
    quoted = "'" + TITLE.replace("'", "''") + "'"
    (root / "content" / f"{SUMMIT}.yml").write_text(
        changed(SUMMIT, f"title: {quoted}\nvenue: {quoted}\n"),
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
    page = f"{SUMMIT}/index.html"
    assert seal.gate(site, [page], {page: [TITLE]}) == []


@pytest.mark.full
def test_g03_lists_in_every_format(mini: Corpus, tmp_path: Path) -> None:
    """So does every text of the lists that the loader lets through, as the title of a summit."""
    titles = [
        " § ".join(" ".join(row.split()) for row in rows)
        for rows in batches(accepted(payloads.own() + payloads.public() + payloads.scripts()))
    ]
    summit = mini.records[SUMMIT.split("/")[1]]
    missing = {ending: set(titles) for ending in READERS}
    for first in range(0, len(titles), AT_ONCE):
        copies = {
            f"{summit.id}-{number}": summit.model_copy(
                update={"id": f"{summit.id}-{number}", "title": title, "published": str(TODAY)}
            )
            for number, title in enumerate(titles[first : first + AT_ONCE])
        }
        corpus = Corpus({**mini.records, **copies}, TODAY)
        for path, data in (row for name in FORMS for row in OUTPUTS[name].write(corpus)):
            ending = path.rpartition(".")[2]
            if missing.get(ending):
                file = tmp_path / f"x.{ending}"
                file.write_bytes(data)
                found = "\0".join(READERS[ending](file))
                missing[ending] = {title for title in missing[ending] if title not in found}
    assert {
        ending: [title[:80] for title in rows] for ending, rows in missing.items() if rows
    } == {}
