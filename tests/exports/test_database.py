"""The SQLite file, asked questions."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager

from generator import shape
from generator.corpus import Corpus
from generator.exports import database
from generator.model import RECORD_TYPES, Source
from generator.tables import tables_of
from tests.exports.conftest import HOSTILE, files


@contextmanager
def opened(corpus: Corpus) -> Iterator[sqlite3.Connection]:
    with closing(sqlite3.connect(":memory:")) as connection:
        connection.deserialize(files(database, corpus)[database.FILE])
        connection.row_factory = sqlite3.Row
        yield connection


def test_every_record_is_a_row(library_of: Corpus) -> None:
    with opened(library_of) as base:
        assert base.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        assert base.execute("PRAGMA foreign_key_check").fetchall() == []
        for kind in RECORD_TYPES:
            rows = base.execute(f"SELECT * FROM {kind.folder} ORDER BY id").fetchall()
            assert [r["id"] for r in rows] == sorted(r.id for r in library_of.all(kind))
            for row in rows:
                fields = shape.fields_of(library_of.records[row["id"]])
                for name, value in fields.items():
                    stored = row[name]
                    found = json.loads(stored) if isinstance(value, list | dict) else stored
                    assert found == value


def test_words_in_any_script_are_found(real: Corpus) -> None:
    with opened(real) as base:
        found = base.execute("SELECT id FROM names WHERE names MATCH '이재명'").fetchall()
        assert "lee-jae-myung" in {row["id"] for row in found}
        found = base.execute("SELECT id FROM search WHERE search MATCH 'shipbuilding'").fetchall()
        assert found


def test_views(library_of: Corpus) -> None:
    with opened(library_of) as base:
        tracked = {row["id"]: row for row in base.execute("SELECT * FROM tracker")}
        assert set(tracked) == {t.id for t in library_of.tracked()}
        for takeaway in library_of.tracked():
            assert tracked[takeaway.id]["status"] == str(takeaway.history[-1].status)
        still = {row["id"] for row in base.execute("SELECT id FROM open_items")}
        assert still == {t.id for t in library_of.tracked() if library_of.is_open(t)}
        for name, _ in database.VIEWS:
            assert base.execute(f"SELECT count(*) FROM {name}").fetchone()[0] >= 0
        uses = base.execute("SELECT count(*) FROM source_use").fetchone()[0]
        assert uses == len(library_of.all(Source))


def test_columns_are_explained(mini: Corpus) -> None:
    with opened(mini) as base:
        found = base.execute('SELECT "table", "column", about FROM columns').fetchall()
    expected = [(t.name, c.name, c.about) for t in tables_of(mini) for c in t.columns]
    assert [tuple(row) for row in found] == expected
    assert all(row["about"] for row in found)


def test_hostile_text(hostile: Corpus) -> None:
    with opened(hostile) as base:
        query = "SELECT headline FROM takeaways WHERE id = '2025-08-25-investment-terms'"
        assert base.execute(query).fetchone()[0] == HOSTILE


def test_same_content_same_bytes(mini: Corpus) -> None:
    again = Corpus(mini.records, mini.today.replace(year=2031))
    assert files(database, again) == files(database, mini)
